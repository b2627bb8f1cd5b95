"""A real HTTP server of a few lines: answers every GET with its name and pid, and logs it.

Usage: server.py NAME PORT. Ends with status 0 on TERM; says so on USR1.
"""
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

name, port = sys.argv[1], int(sys.argv[2])


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{name} {os.getpid()}\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
signal.signal(signal.SIGUSR1, lambda *_: print(f"{name} was asked for a sign of life"))
server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
print(f"{name} serves on port {port}")
server.serve_forever()

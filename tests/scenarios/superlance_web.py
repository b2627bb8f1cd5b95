"""A web server that answers with status 500 once there is a file `broken` beside it; a new one mends it."""

import http.server
import os
import sys

BROKEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "broken")


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(500 if os.path.exists(BROKEN) else 200)
        self.end_headers()


if os.path.exists(BROKEN):
    os.remove(BROKEN)
http.server.HTTPServer.allow_reuse_address = True
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()

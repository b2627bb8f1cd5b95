"""A FastCGI worker: accepts on descriptor 0 and answers every request with its pid."""

import os
import socket
import struct

HEADER = struct.Struct("!BBHHBx")  # version, kind, request, length of content, length of padding
END_REQUEST, STDIN, STDOUT = 3, 5, 6


def records(stream):
    """What the client sends: the kind and the content of each record."""
    while header := stream.read(HEADER.size):
        _version, kind, _request, length, padding = HEADER.unpack(header)
        content = stream.read(length)
        stream.read(padding)
        yield kind, content


def record(kind, content):
    return HEADER.pack(1, kind, 1, len(content), 0) + content


def serve(connection):
    with connection, connection.makefile("rwb") as stream:
        for kind, content in records(stream):
            if kind == STDIN and not content:
                answer = f"Content-Type: text/plain\r\n\r\n{os.getpid()}\n".encode()
                stream.write(record(STDOUT, answer) + record(STDOUT, b"") + record(END_REQUEST, bytes(8)))
                return


listener = socket.socket(fileno=0)
while True:
    serve(listener.accept()[0])

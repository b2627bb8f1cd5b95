"""A listener as fast as Python makes one: notes when each event came, and hands out credit to who makes them.

Arguments: a file for notes (nanoseconds and the first line of the payload), how many events to wait for before the
notes are written, and optionally a named pipe that gets a byte for every hundred events.
"""

import os
import sys
import time

notes, wanted = sys.argv[1], int(sys.argv[2])
credit = os.open(sys.argv[3], os.O_RDWR) if len(sys.argv) > 3 else None
events, buffer = [], b""
os.write(1, b"READY\n")
while True:
    chunk = os.read(0, 1 << 20)
    if not chunk:
        sys.exit(0)
    buffer += chunk
    end = buffer.find(b"\n") + 1
    if end == 0:
        continue
    # All payloads are ASCII here, so that characters are bytes.
    at = buffer.rfind(b" len:", 0, end) + 5
    length = int(buffer[at:end].split()[0])
    if len(buffer) < end + length:
        continue
    events.append(b"%d %s" % (time.monotonic_ns(), buffer[end : end + length].split(b"\n")[0]))
    buffer = buffer[end + length :]
    if credit is not None and len(events) % 100 == 0:
        os.write(credit, b"x")
    if len(events) == wanted:
        with open(notes + ".new", "wb") as file:
            file.write(b"\n".join(events) + b"\n")
        os.rename(notes + ".new", notes)
    os.write(1, b"RESULT 2\nOKREADY\n")

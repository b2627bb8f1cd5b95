"""A listener as fast as Python makes one: notes when each event came, and hands out credit to who makes them.

Arguments: a file for notes (nanoseconds, name of the event and the first line of its payload), how many events to wait
for before the notes are written (0: each is written at once), and optionally a named pipe that gets a byte for every
hundred events.
"""

import os
import sys
import time

notes, wanted = sys.argv[1], int(sys.argv[2])
credit = os.open(sys.argv[3], os.O_RDWR) if len(sys.argv) > 3 else None
at_once = os.open(notes, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644) if wanted == 0 else None
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
    now = time.monotonic_ns()
    at = buffer.find(b" eventname:", 0, end) + 11
    name = buffer[at:end].split()[0]
    note = b"%d %s %s" % (now, name, buffer[end : end + length].split(b"\n")[0])
    buffer = buffer[end + length :]
    os.write(1, b"RESULT 2\nOKREADY\n")
    if at_once is not None:
        os.write(at_once, note + b"\n")
        continue
    events.append(note)
    if credit is not None and len(events) % 100 == 0:
        os.write(credit, b"x")
    if len(events) == wanted:
        with open(notes + ".new", "wb") as file:
            file.write(b"\n".join(events) + b"\n")
        os.rename(notes + ".new", notes)

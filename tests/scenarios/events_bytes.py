"""An event listener that reads bytes: writes every event down as a line of JSON.

Arguments: a file for notes, and the token of the header that is to be believed about the length.
"""

import json
import sys

with open(sys.argv[1], "a") as notes:
    while True:
        sys.stdout.write("READY\n")
        sys.stdout.flush()
        line = sys.stdin.buffer.readline().decode()
        headers = dict(token.split(":") for token in line.split())
        payload = sys.stdin.buffer.read(int(headers[sys.argv[2]])).decode()
        notes.write(json.dumps([headers, payload]) + "\n")
        notes.flush()
        sys.stdout.write("RESULT 2\nOK")
        sys.stdout.flush()

"""An event listener on the reference's own library: writes every event down as a line of JSON."""

import json
import sys

from supervisor import childutils

with open(sys.argv[1], "a") as notes:
    while True:
        headers, payload = childutils.listener.wait()
        notes.write(json.dumps([headers, payload]) + "\n")
        notes.flush()
        childutils.listener.ok()

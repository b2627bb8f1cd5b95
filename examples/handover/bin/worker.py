"""A worker that does nothing but be there.

Usage: worker.py WHAT. `crash` fails at once; anything else says who and where it is, and waits for a signal.
"""
import os
import signal
import sys

what = sys.argv[1]
if what == "crash":
    sys.exit("this worker cannot start: its database is gone")
print(f"worker {what} runs as uid {os.getuid()}, region {os.environ.get('REGION', 'none')}, "
      f"mode {os.environ.get('MODE', 'none')}")
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
signal.signal(signal.SIGUSR1, lambda *_: print(f"worker {what} was asked for a sign of life"))
while True:
    signal.pause()

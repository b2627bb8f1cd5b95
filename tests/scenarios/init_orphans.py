"""Leaves five thousand orphans behind, which end in all ways, some of them later; then waits.

Argument: a file that is made when all of them are.
"""
import os
import signal
import sys

ORPHANS = 5000

for number in range(ORPHANS):
    middle = os.fork()
    if middle == 0:
        if os.fork() == 0:
            if number % 3 == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            if number % 10 == 1:
                signal.setitimer(signal.ITIMER_REAL, 0.2)
                signal.signal(signal.SIGALRM, lambda *_: None)
                signal.pause()
            os._exit(number % 256)
        os._exit(0)
    os.waitpid(middle, 0)
with open(sys.argv[1], "w") as file:
    file.write("made")
while True:
    signal.pause()

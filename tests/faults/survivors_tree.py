"""Makes descendants that are hard to find, tells their pids in a file, and waits.

Arguments: the file, then the kinds, each one descendant:
child: stays where it was made. session: in a session of its own. bare: that, without its environment. daemon: its
parents are gone, too. lost: all of this. deaf: a daemon that ignores SIGTERM. swarm: 200 that make others all the time.
"""
import os
import signal
import sys

told = sys.argv[1]


def wait():
    while True:
        signal.pause()


def report():
    with open(told, "a") as file:
        file.write("%d\n" % os.getpid())


def become(kind):
    if kind not in ("child", "swarm"):
        os.setsid()
    if kind in ("daemon", "lost", "deaf") and os.fork():
        os._exit(0)
    if kind == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if kind in ("bare", "lost"):
        os.closerange(0, 3)
        os.execve("/bin/sh", ["sh", "-c", 'echo $$ >> "$0"; exec sleep 1000', told], {"PATH": "/usr/bin:/bin"})
    if kind == "swarm":
        swarm()
    report()
    wait()


def swarm():
    """Each makes one other every 10 ms or so and ends when it has made three, so that there are always many."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for number in range(200):
        if os.fork() == 0:
            if number % 2:
                os.setsid()
            report()
            for _ in range(3):
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                signal.signal(signal.SIGALRM, lambda *_: None)
                signal.pause()
                if os.fork() == 0:
                    report()
                    wait()
            wait()


for kind in sys.argv[2:]:
    made = os.fork()
    if made == 0:
        become(kind)
    if kind in ("daemon", "lost", "deaf"):
        os.waitpid(made, 0)
with open(told, "a") as file:
    file.write("made\n")
wait()

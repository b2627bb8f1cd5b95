#!/usr/bin/env python3
"""An event listener that appends every event to a Redis list, each exactly once.

    events_to_redis.py [--socket PATH] [--list KEY]

The daemon delivers at least once: whoever dies between the push and the answer gets the event again. So an event is
pushed together with a note of its number, in one step, and an event whose number is noted is not pushed again.
Needs nothing but Python and a Redis that listens on a unix socket.
"""

import argparse
import json
import os
import socket
import sys

# Events that are remembered. One that comes again is among those that wait or are in hand, so this has to be
# more than `buffer_size` and `numprocs` together.
REMEMBERED = 100_000
# Seconds for which they are, so that nothing is left of a daemon that is gone.
KEPT = 24 * 3600

# KEYS: the list, the numbers. ARGV: the number, the event, how many to remember, and for how long.
PUSH_ONCE = """
if redis.call('ZADD', KEYS[2], 'NX', ARGV[1], ARGV[1]) == 1 then
    redis.call('RPUSH', KEYS[1], ARGV[2])
    redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - ARGV[3])
    redis.call('EXPIRE', KEYS[2], ARGV[4])
end
return redis.status_reply('OK')
"""


class Redis:
    """A connection that sends one command at a time; connected when it is first used."""

    def __init__(self, path):
        self.path = path
        self.stream = None

    def command(self, *words):
        """The first line of the answer; OSError if there is none, or if it is a complaint."""
        try:
            if self.stream is None:
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(self.path)
                self.stream = connection.makefile("rwb")
            request = b"*%d\r\n" % len(words)
            for word in words:
                word = word if isinstance(word, bytes) else str(word).encode()
                request += b"$%d\r\n%s\r\n" % (len(word), word)
            self.stream.write(request)
            self.stream.flush()
            answer = self.stream.readline()
            if not answer.endswith(b"\r\n") or answer.startswith(b"-"):
                raise OSError("Redis says %r" % answer)
            return answer[:-2]
        except OSError:
            self.stream = None
            raise


def life():
    """Names this life of the daemon, in which event numbers are counted from 0."""
    parent = os.getppid()
    try:
        with open("/proc/%d/stat" % parent) as stat:
            # When it began; field 22, counted behind the name, which may have blanks.
            return "%d-%s" % (parent, stat.read().rsplit(")", 1)[1].split()[19])
    except OSError:
        return str(parent)


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def next_event():
    """The next event: its header as a dictionary, and its payload."""
    say("READY\n")
    line = sys.stdin.buffer.readline()
    if not line:
        sys.exit(0)
    header = dict(token.split(":", 1) for token in line.decode().split())
    payload = sys.stdin.buffer.read(int(header.get("bytes", header["len"])))
    return header, payload.decode()


def push(redis, key, header, payload):
    """Appends the event unless it was appended before."""
    event = json.dumps({**header, "payload": payload})
    seen = "%s:seen:%s:%s" % (key, header["server"], life())
    redis.command("EVAL", PUSH_ONCE, 2, key, seen, header["serial"], event, REMEMBERED, KEPT)


def main():
    parser = argparse.ArgumentParser(description="Append every event to a Redis list.")
    parser.add_argument("--socket", default="/run/redis/redis.sock", help="where Redis listens")
    parser.add_argument("--list", default="supervisor:events", help="the key of the list")
    options = parser.parse_args()
    redis = Redis(options.socket)
    while True:
        header, payload = next_event()
        try:
            push(redis, options.list, header, payload)
        except OSError as error:
            # The event comes again, after a pause that grows while Redis is away.
            print("%s: %s" % (options.socket, error), file=sys.stderr, flush=True)
            say("RESULT 4\nFAIL")
        else:
            say("RESULT 2\nOK")


if __name__ == "__main__":
    main()

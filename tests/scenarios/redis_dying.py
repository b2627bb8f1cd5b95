"""The listener of the example, which dies in the worst moment: an event was pushed, and its answer not yet given.

Arguments: the folder of the example, a file that remembers the deaths over all lives, numbers of events with commas
between them; the example's own arguments follow.
"""

import os
import sys

folder, deaths, numbers = sys.argv[1:4]
sys.path.insert(0, folder)
sys.dont_write_bytecode = True
del sys.argv[1:4]

import events_to_redis

push = events_to_redis.push


def push_and_die(redis, key, header, payload):
    push(redis, key, header, payload)
    if header["serial"] in numbers.split(","):
        with open(deaths, "a+") as file:
            file.seek(0)
            if header["serial"] + "\n" not in file.readlines():
                file.write(header["serial"] + "\n")
                file.flush()
                os._exit(1)


events_to_redis.push = push_and_die
events_to_redis.main()

"""Writes messages between capture tokens, a hundred for every byte that comes through a named pipe.

Arguments: the named pipe, and how many messages to write. Two hundred are under way at a time: the reference takes a
read with many hundreds of messages for an endless recursion.
"""

import os
import sys

credit = os.open(sys.argv[1], os.O_RDWR)
left = int(sys.argv[2])
hundred = b"<!--XSUPERVISOR:BEGIN-->a message of some length<!--XSUPERVISOR:END-->\n" * 100
os.write(credit, b"xx")
while left > 0:
    os.read(credit, 1)
    os.write(1, hundred)
    left -= 100
sys.stdin.read()

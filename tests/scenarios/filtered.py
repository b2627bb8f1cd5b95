"""Runs a command under a filter of system calls: filtered.py KIND COMMAND...

unshare: no table of descriptors can be left (`close_range` with a flag, `unshare`).
clone: no child shares the table of descriptors, as under qemu-user.
vfork: no child shares anything with the process that makes it.
"""

import ctypes
import errno
import os
import platform
import struct
import sys

CLONE, UNSHARE = {"x86_64": (56, 272), "aarch64": (220, 97)}[platform.machine()]
CLOSE_RANGE = 436
CLONE_VM, CLONE_FILES, CLONE_VFORK = 0x100, 0x400, 0x4000

# The kernel's words for the filter: load a word, compare, answer.
LOAD, IS, ANSWER = 0x20, 0x15, 0x06
AND = 0x54
ALLOW, FAIL = 0x7FFF0000, 0x00050000
FIRST_ARGUMENT, THIRD_ARGUMENT = 16, 32


def refuse(call, error, offset=None, bits=0):
    """Refuses the call, or only where all these bits of an argument are set."""
    fail = (ANSWER, 0, 0, FAIL | error)
    if offset is None:
        return [(LOAD, 0, 0, 0), (IS, 0, 1, call), fail]
    return [(LOAD, 0, 0, 0), (IS, 0, 4, call), (LOAD, 0, 0, offset), (AND, 0, 0, bits), (IS, 0, 1, bits), fail]


# Threads are made with CLONE_FILES as well, but without CLONE_VFORK.
FILTERS = {
    "unshare": refuse(CLOSE_RANGE, errno.EPERM, THIRD_ARGUMENT, 2) + refuse(UNSHARE, errno.EPERM),
    "clone": refuse(CLONE, errno.EINVAL, FIRST_ARGUMENT, CLONE_FILES | CLONE_VFORK),
    "vfork": refuse(CLONE, errno.EPERM, FIRST_ARGUMENT, CLONE_VM | CLONE_VFORK),
}


def install(program):
    """Makes it the filter of this process and of what comes of it."""
    class Program(ctypes.Structure):
        """The kernel's `struct sock_fprog`."""

        _fields_ = [("length", ctypes.c_ushort), ("words", ctypes.c_char_p)]

    words = b"".join(struct.pack("=HBBI", *word) for word in program)
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    no_new_privileges, set_filter, filter_mode = 38, 22, 2
    filtered = Program(len(program), words)
    for arguments in (no_new_privileges, 1, 0, 0, 0), (set_filter, filter_mode, ctypes.byref(filtered), 0, 0):
        if prctl(*arguments) != 0:
            sys.exit(os.strerror(ctypes.get_errno()))


install(FILTERS[sys.argv[1]] + [(ANSWER, 0, 0, ALLOW)])
os.execvp(sys.argv[2], sys.argv[2:])

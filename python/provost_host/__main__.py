"""The program: `python3 -m provost_host [module:factory [key=value ...]]`.

Arguments win over what the section says; mostly there are none.
"""
import os
import sys

from provost_host.host import Host
from provost_host.peer import Peer

USAGE = "usage: python3 -m provost_host [module:factory [key=value ...]]"


def arguments(words):
    """The factory and the settings that stand on the command line."""
    factory = words[0] if words else None
    settings = {}
    for word in words[1:]:
        key, sign, value = word.partition("=")
        if not sign:
            sys.exit("%s is no key=value\n%s" % (word, USAGE))
        settings[key] = value
    if factory is not None and ":" not in factory:
        sys.exit("%s is no module:factory\n%s" % (factory, USAGE))
    return factory, settings


def private_streams():
    """The pipes of the conversation. Whatever the interface prints goes to standard error instead."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return incoming, outgoing


def main():
    factory, settings = arguments(sys.argv[1:])
    if os.isatty(0):
        sys.exit("this is to be started by the daemon, as the command of an [rpcinterface:x] section\n" + USAGE)
    sys.exit(Host(Peer(*private_streams()), factory, settings).serve())


main()

"""Evaluates XML-RPC calls, one per line, with the reference's own transport.

Reads Python expressions on standard input, such as `supervisor.getProcessInfo('cat')`, and answers each
with one line of JSON: the lines a person would like to see. Arguments: server URL, user, password.
"""
import json
import sys
from xmlrpc.client import Binary, DateTime, Fault, ProtocolError, ServerProxy

from supervisor.xmlrpc import SupervisorTransport

url, user, password = sys.argv[1:4]


def connect():
    transport = SupervisorTransport(user or None, password or None, url)
    return ServerProxy("http://127.0.0.1", transport)


def shown(value):
    """A list of structs or lists takes a line for each, anything else is one line."""
    if isinstance(value, list) and value and all(isinstance(item, (dict, list)) for item in value):
        return [repr(item) for item in value]
    return [repr(value)]


def answer(expression):
    proxy = connect()
    names = {
        "supervisor": proxy.supervisor,
        "system": proxy.system,
        "proxy": proxy,
        "Binary": Binary,
        "DateTime": DateTime,
    }
    try:
        return shown(eval(expression, names))
    except Fault as fault:
        return ["fault %d %s" % (fault.faultCode, fault.faultString)]
    except ProtocolError as error:
        return ["http %s %s" % (error.errcode, error.errmsg)]
    except Exception as error:
        return ["failed %s: %s" % (type(error).__name__, error)]


for line in sys.stdin:
    print(json.dumps(answer(line.strip())), flush=True)

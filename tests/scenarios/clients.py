"""Talks to a daemon with nothing but Python's own xmlrpc.client, as scripts do.

Argument: a URL with credentials. Prints one line for each step.
"""
import sys
from xmlrpc.client import Fault, ProtocolError, ServerProxy

proxy = ServerProxy(sys.argv[1] + "/RPC2")
supervisor = proxy.supervisor
print(supervisor.getState())
first = proxy("transport")._connection[1].sock.getsockname()
print(list(supervisor.getProcessInfo("cat")))
try:
    supervisor.getProcessInfo("zz")
except Fault as fault:
    print("fault", fault.faultCode, fault.faultString)
print(supervisor.sendProcessStdin("cat", "grüße & <küsse>\n"))
while "küsse" not in supervisor.readProcessStdoutLog("cat", 0, 0):
    pass
print(supervisor.stopProcess("cat"), supervisor.readProcessStdoutLog("cat", 0, 0))
print(supervisor.startProcess("cat"), proxy.system.methodSignature("supervisor.startProcess"))
print("one connection:", proxy("transport")._connection[1].sock.getsockname() == first)
try:
    ServerProxy(sys.argv[1].replace("word", "wort") + "/RPC2").supervisor.getState()
except ProtocolError as error:
    print("http", error.errcode, error.errmsg)

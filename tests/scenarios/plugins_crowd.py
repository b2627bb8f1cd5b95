"""Eight clients at once: seven whose calls are held, one that has them released. Arguments: URL, namespace."""
import sys
import threading
from xmlrpc.client import ServerProxy

from supervisor.xmlrpc import SupervisorTransport

url, namespace = sys.argv[1:3]
answers = []


def call(method):
    proxy = ServerProxy("http://127.0.0.1", SupervisorTransport(None, None, url))
    answers.append(getattr(getattr(proxy, namespace), method)())


def echo(number):
    proxy = ServerProxy("http://127.0.0.1", SupervisorTransport(None, None, url))
    for turn in range(100):
        sent = [number, turn, "text %d" % turn]
        assert getattr(proxy, namespace).echo(*sent) == sent


held = [threading.Thread(target=call, args=("hold",)) for _ in range(7)]
for thread in held:
    thread.start()
# Whoever is not held yet will be held after this, so it is asked again.
while any(thread.is_alive() for thread in held):
    call("release")
print(answers.count("released"), "released")

crowd = [threading.Thread(target=echo, args=(number,)) for number in range(8)]
for thread in crowd:
    thread.start()
for thread in crowd:
    thread.join()
print("echoed")

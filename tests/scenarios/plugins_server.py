"""A namespace served by hand: JSON-RPC on standard input and output, with the manners and the bad manners of plug-ins.

Argument: a file in which starts are counted, a line for each.
"""
import json
import os
import sys

METHODS = [
    {"name": "echo", "help": "Gives back what it got.", "signature": ["array"]},
    {"name": "settings"},
    {"name": "refuse"},
    {"name": "hold"},
    {"name": "release"},
    {"name": "hang"},
    {"name": "die"},
    {"name": "babble"},
    {"name": "flood"},
    {"name": "close"},
    {"name": "ask"},
    {"name": "whisper"},
]

with open(sys.argv[1], "a") as starts:
    starts.write("%d\n" % os.getpid())

held = []
# Questions to the daemon, and what they are asked for.
asked = {}
introduction = {}


def write(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def answer(number, result):
    write({"jsonrpc": "2.0", "id": number, "result": result})


def carry_out(number, method, params):
    if method == "rpc.describe":
        introduction.update(params)
        answer(number, {"methods": METHODS})
    elif method == "echo":
        answer(number, params)
    elif method == "settings":
        answer(number, [introduction["namespace"], introduction["settings"]])
    elif method == "refuse":
        write({"jsonrpc": "2.0", "id": number, "error": {"code": params[0], "message": params[1]}})
    elif method == "hold":
        held.append(number)
    elif method == "release":
        # The last comes first.
        while held:
            answer(held.pop(), "released")
        answer(number, True)
    elif method == "die":
        os._exit(3)
    elif method == "babble":
        sys.stdout.write("this is no message\n{\n[]\n\n\x00\xff" + "x" * 200000 + "\n")
        write({"jsonrpc": "2.0", "id": 4711, "result": "nobody asked"})
        answer(number, "done")
    elif method == "flood":
        # Lines that are no messages, and one without end.
        for _ in range(params[0] // 1000):
            sys.stdout.write("y" * 499 + "\n" + "z" * 500)
        sys.stdout.write("\n")
        answer(number, "done")
    elif method == "close":
        os.close(1)
    elif method == "ask":
        asked[len(asked)] = number
        write({"jsonrpc": "2.0", "id": len(asked) - 1, "method": params[0], "params": params[1:]})
    elif method == "whisper":
        write({"jsonrpc": "2.0", "method": "rpc.log", "params": {"level": "warn", "message": params[0]}})
        write({"jsonrpc": "2.0", "method": "rpc.unheard_of", "params": {}})
        answer(number, True)
    # "hang" is never answered.


for line in sys.stdin:
    message = json.loads(line)
    if "method" in message:
        carry_out(message["id"], message["method"], message["params"])
    else:
        number = asked.pop(message["id"])
        answer(number, message.get("result", message.get("error")))

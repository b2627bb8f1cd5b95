#!/usr/bin/env python3
"""A namespace of RPC methods: `inventory.count(kind)`, over JSON-RPC on standard input and output.

`supervisord` starts it, because of the section [rpcinterface:inventory].
"""
import json
import sys

STOCK = {"apples": 3, "pears": 5}
METHODS = [{"name": "count", "help": "How many there are of a kind.", "signature": ["int", "string"]}]


def answer_to(method, params):
    """What the answer says: a result, or a fault."""
    if method == "rpc.describe":
        return {"result": {"methods": METHODS}}
    if method != "count":
        return {"error": {"code": -32601, "message": "there is no method " + method}}
    if len(params) != 1:
        return {"error": {"code": -32602, "message": "count takes one kind"}}
    if params[0] not in STOCK:
        return {"error": {"code": 10, "message": "BAD_NAME: " + str(params[0])}}
    return {"result": STOCK[params[0]]}


# The end of standard input is the end of the conversation.
for line in sys.stdin:
    question = json.loads(line)
    answer = {"jsonrpc": "2.0", "id": question["id"]}
    answer.update(answer_to(question["method"], question.get("params", [])))
    print(json.dumps(answer), flush=True)

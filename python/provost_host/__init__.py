"""Runs RPC interfaces written for Supervisor behind the Provost daemon.

Start it as the `command` of an `[rpcinterface:x]` section: `python3 -m provost_host`. The factory and its settings
come from that section. An interface of your own needs none of this: any program that speaks JSON-RPC on its standard
input and output can serve a namespace.
"""

"""Answers what the reference makes of a configuration or a command line.

Reads questions on standard input, one JSON object a line, and answers each with one line of JSON. The first line
says where everything stands; its answer tells what the system knows about users, so that both sides of a
comparison look names up in one list.

A question may name amendments: differences that are there on purpose. With an amendment the reference behaves in
that one point as it would if it had been changed too; the answer says which amendments made a difference ("fired").
So a difference on purpose is not merely excused: what is left must agree, value by value.
"""
import configparser
import grp
import io
import json
import os
import platform
import pwd
import sys
import warnings

STAGE = json.loads(sys.stdin.readline())
# Before the reference is loaded: it looks at these early.
os.environ.clear()
os.environ.update(STAGE["environment"])
os.chdir(STAGE["directory"])
sys.argv[0] = STAGE["program"]
warnings.simplefilter("ignore")

from amendments import ACTIVE, FIRED, amended, without_twins  # noqa: E402
from settings import describe_client, describe_daemon  # noqa: E402
from supervisor import options  # noqa: E402
from supervisor.supervisord import Supervisor  # noqa: E402

class Exit(Exception):
    """Instead of the end of the interpreter."""


def leave(code):
    raise Exit(code)


def read_on(instance, arguments):
    """Has the reference read a command line and a configuration; what it said, if that was the end of it."""
    instance.stdout, instance.stderr, instance.exit = io.StringIO(), io.StringIO(), leave
    try:
        instance.realize(arguments, doc="help")
    except Exit as exit:
        printed = instance.stderr.getvalue() if exit.args[0] else instance.stdout.getvalue()
        return {"exit": exit.args[0], "printed": printed}
    except configparser.ParsingError as error:
        if amended("mistakes are no tracebacks"):
            FIRED.add("mistakes are no tracebacks")
            return {"exit": 2, "printed": "Error: %s\n" % error}
        return crash(error)
    except Exception as error:
        return crash(error)
    return None


def crash(error):
    return {"traceback": "%s: %s" % (type(error).__name__, error)}


class State:
    """The daemon that was asked about last, for what is read again."""

    daemon = None


def ask_daemon(question):
    daemon = options.ServerOptions()
    try:
        State.daemon = None
        end = read_on(daemon, question["arguments"])
        if end is not None:
            return end
        State.daemon = daemon
        return {"settings": describe_daemon(daemon)}
    finally:
        daemon.poller.close()


def ask_client(question):
    client = options.ClientOptions()
    return read_on(client, question["arguments"]) or {"settings": describe_client(client)}


def check_user(name):
    try:
        options.name_to_uid(name)
    except ValueError:
        FIRED.add("a reread checks the user, too")
        raise


class Running:
    """As much of a running group as is compared."""

    def __init__(self, config):
        self.config = config


def ask_reread(question):
    """What changes for the daemon of the question before, whose file is another one by now."""
    daemon = State.daemon
    if not amended("AUTO is compared as configured"):
        # The daemon gives names to the log files of its groups when they start.
        daemon.mktempfile = lambda suffix, prefix, dir: os.path.join(dir, prefix + "made" + suffix)
        for group in daemon.process_group_configs:
            group.after_setuid()
    supervisor = Supervisor(daemon)
    supervisor.process_groups = {}
    for group in daemon.process_group_configs:
        supervisor.process_groups.setdefault(group.name, Running(group))
    if amended("variables of the old file are gone"):
        fresh = {"ENV_%s" % name: value for name, value in os.environ.items()}
        if fresh != daemon.environ_expansions:
            FIRED.add("variables of the old file are gone")
        daemon.environ_expansions = fresh
    try:
        daemon.process_config(do_usage=False)
        if amended("a reread checks the user, too") and daemon.user is not None:
            check_user(daemon.user)
    except ValueError as refusal:
        return {"exit": 2, "printed": "Error: %s\n" % refusal}
    except Exception as error:
        return crash(error)
    if amended("twins are left out"):
        daemon.process_group_configs = without_twins(daemon.process_group_configs)
    changes = supervisor.diff_to_active()
    names = ("added", "changed", "removed")
    return {"settings": {name: [group.name for group in groups] for name, groups in zip(names, changes)}}


ASK = {"daemon": ask_daemon, "client": ask_client, "reread": ask_reread}


def answer(question):
    ACTIVE.clear()
    ACTIVE.update(question["amendments"])
    FIRED.clear()
    try:
        found = ASK[question["about"]](question)
    except Exception as error:
        # Said as an answer, so that the case is known.
        found = crash(error)
    found["fired"] = sorted(FIRED)
    return found


def say(value):
    print(json.dumps(value), flush=True)


say({
    "users": [{"name": u.pw_name, "uid": u.pw_uid, "gid": u.pw_gid, "home": u.pw_dir} for u in pwd.getpwall()],
    "groups": [{"name": g.gr_name, "gid": g.gr_gid} for g in grp.getgrall()],
    "uid": os.getuid(),
    "hostname": platform.node(),
})
for line in sys.stdin:
    say(answer(json.loads(line)))

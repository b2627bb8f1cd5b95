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
import re
import shlex
import socket
import sys
import warnings

STAGE = json.loads(sys.stdin.readline())
# Before the reference is used: it looks at these when its objects are made.
os.environ.clear()
os.environ.update(STAGE["environment"])
os.chdir(STAGE["directory"])
sys.argv[0] = STAGE["program"]
warnings.simplefilter("ignore")

from supervisor import datatypes, loggers, options  # noqa: E402
from supervisor.events import EventTypes  # noqa: E402
from supervisor.rpcinterface import SupervisorNamespaceRPCInterface  # noqa: E402
from supervisor.supervisord import Supervisor  # noqa: E402

ACTIVE = set()
FIRED = set()


def amended(name):
    return name in ACTIVE


def attempt(function, *arguments):
    """The result or the refusal of a call, to be compared or given back."""
    try:
        return ("value", function(*arguments))
    except ValueError as refusal:
        return ("refusal", refusal)


def settle(result):
    kind, content = result
    if kind == "refusal":
        raise content
    return content


def comparable(result):
    kind, content = result
    return (kind, str(content) if kind == "refusal" else content)


def replaced(name, original, amendment):
    """Calls `amendment` instead of `original` while the amendment is active."""

    def call(*arguments):
        before = attempt(original, *arguments)
        if not amended(name):
            return settle(before)
        after = attempt(amendment, *arguments)
        if comparable(before) != comparable(after):
            FIRED.add(name)
        return settle(after)

    return call


# --- Amendments: each is what quirks.md says about one row. ---------------------------------------------------


def posix_pairs(text):
    """The pairs of `environment=` with the quotes and escapes of a POSIX shell, as 4.4 reads them."""
    lexer = shlex.shlex(str(text), posix=True)
    lexer.wordchars += "/.+-():"
    words = list(lexer)
    pairs = {}
    for start in range(0, len(words), 4):
        part = words[start:start + 3]
        if len(part) != 3 or part[1] != "=":
            raise ValueError("Unexpected end of key/value pairs in value '%s'" % text)
        pairs[part[0]] = part[2]
    return pairs


class Names(dict):
    """Names for an expansion that cannot be printed all at once."""

    def __repr__(self):
        raise ValueError("format requires a mapping key, as in %(name)s; write %% for a percent sign")

    __str__ = __repr__


Names.__name__ = "dict"  # Messages name the type.

LOGFILE = re.compile(r"(?:.*\.)?std(?:out|err)_logfile$")


def expand_amended(original):
    def call(text, names, name):
        before = attempt(original, text, names, name)
        after, fired = before, None
        second_pass = name in ("stdout_logfile", "stderr_logfile")
        if amended("environment is expanded once") and name == "supervisord.environment":
            after, fired = ("value", text), "environment is expanded once"
        elif amended("logfiles are expanded once") and second_pass:
            after, fired = ("value", text), "logfiles are expanded once"
        elif amended("logfiles are expanded once") and LOGFILE.match(name):
            single = re.sub("%%%%", "%%", text)
            after, fired = attempt(original, single, names, name), "logfiles are expanded once"
        if comparable(before) != comparable(after):
            FIRED.add(fired)
        if amended("bare conversions are refused") and after[0] == "value" and after[1] is not text:
            strict = attempt(original, text, Names(names), name)
            if strict[0] == "refusal":
                FIRED.add("bare conversions are refused")
                after = strict
        return settle(after)

    return call


def only_signals(value):
    """Names and numbers that the signal module has but that are no signals."""
    number = settle(attempt(original_signal_number, value))
    name = value.strip().upper()
    if name.startswith(("SIG_", "_")):
        raise ValueError("value %r is not a valid signal name" % value)
    if number < 1:
        raise ValueError("value %r is not a valid signal number" % value)
    return number


def fcgi_message_as_sentence(*arguments):
    try:
        return original_parse_fcgi_socket(*arguments)
    except ValueError as refusal:
        if len(refusal.args) == 2:
            raise ValueError(refusal.args[0] % refusal.args[1])
        raise


def complete_credentials(self, parser, section):
    """No user name beside a password is a mistake; both empty are none."""
    found = original_credentials(self, parser, section)
    if found["username"] == "" and found["password"] == "":
        return {"username": None, "password": None}
    if found["username"] == "":
        raise ValueError(
            "Section [%s] contains incomplete authentication: If a username or a password is specified, both the "
            "username and password must be specified" % section
        )
    return found


class FactoryOnly:
    """A parser whose plugin sections have their factory and nothing else."""

    def __init__(self, parser, key):
        self.parser, self.key = parser, key

    def options(self, section):
        return [self.key]

    def __getattr__(self, name):
        return getattr(self.parser, name)


def plugins_without_extras(self, parser, key, prefix):
    return original_get_plugins(self, FactoryOnly(parser, key), key, prefix)


original_signal_number = options.signal_number
original_parse_fcgi_socket = options.ServerOptions.parse_fcgi_socket
original_credentials = options.ServerOptions._parse_username_and_password
original_get_plugins = options.Options.get_plugins

options.expand = expand_amended(options.expand)
options.dict_of_key_value_pairs = replaced(
    "environment has POSIX quotes", options.dict_of_key_value_pairs, posix_pairs
)
options.signal_number = replaced("only signals are signals", original_signal_number, only_signals)
options.ServerOptions.parse_fcgi_socket = replaced(
    "messages are sentences", original_parse_fcgi_socket, fcgi_message_as_sentence
)
options.ServerOptions._parse_username_and_password = replaced(
    "credentials are complete", original_credentials, complete_credentials
)


def get_plugins(self, parser, key, prefix):
    if amended("factories get no extras"):
        before = attempt(original_get_plugins, self, parser, key, prefix)
        after = attempt(plugins_without_extras, self, parser, key, prefix)
        if before[0] != after[0] or before[0] == "refusal" and str(before[1]) != str(after[1]):
            FIRED.add("factories get no extras")
        return settle(after)
    return original_get_plugins(self, parser, key, prefix)


options.Options.get_plugins = get_plugins


class OnlySection:
    """A parser with a single section, whose priority is nobody's business."""

    def __init__(self, parser, section):
        self.parser, self.section = parser, section

    def sections(self):
        return [self.section]

    def saneget(self, section, option, default=None, **more):
        if option == "priority":
            return default
        return self.parser.saneget(section, option, default, **more)


def processes_from_section(self, parser, section, group_name, klass=None):
    """Looks at the socket of a FastCGI program that stands in a group, as outside of one."""
    name = "sockets in groups are checked"
    if amended(name) and klass is options.ProcessConfig and section.startswith("fcgi-program:"):
        self.processes_from_section = lambda *arguments: []
        try:
            shared = self.process_groups_from_parser(OnlySection(parser, section))[0].socket_config
        except ValueError:
            FIRED.add(name)
            raise
        finally:
            del self.processes_from_section
        processes = original_processes(self, parser, section, group_name, klass)
        for config in processes:
            config.shared = shared
        return processes
    return original_processes(self, parser, section, group_name, klass)


original_processes = options.ServerOptions.processes_from_section
options.ServerOptions.processes_from_section = processes_from_section


def without_twins(groups):
    """The groups and processes that a running daemon would have, of those that were configured."""
    kept = []
    for group in groups:
        if any(other.name == group.name for other in kept):
            FIRED.add("twins are left out")
            continue
        processes = {}
        for process in group.process_configs:
            processes[process.name] = process
        if len(processes) < len(group.process_configs):
            FIRED.add("twins are left out")
            group.process_configs = list(processes.values())
        kept.append(group)
    return kept


def logfile_name(value):
    return original_logfile_name(value or None)


original_logfile_name = options.logfile_name
options.logfile_name = replaced("an empty log file is none", original_logfile_name, logfile_name)


def clamp(number, low, high):
    bounded = max(low, min(high, number))
    if bounded != number and amended("numbers are bounded"):
        FIRED.add("numbers are bounded")
        return bounded
    return number


def signed(number):
    return clamp(number, -2**63, 2**63 - 1)


def count(number):
    return clamp(signed(number), 0, 2**63 - 1)


def backups(number):
    return clamp(signed(number), 0, 2**32 - 1)


def mode(number):
    if number is None or not amended("numbers are bounded"):
        return number
    if number != number & 0o7777:
        FIRED.add("numbers are bounded")
    # The other side stops at 64 bits, and then takes the lowest twelve.
    return signed(number) & 0o7777


# --- What is compared. --------------------------------------------------------------------------------------


def daemon_settings(daemon):
    return {
        "logfile": daemon.logfile,
        "logfile_maxbytes": signed(daemon.logfile_maxbytes),
        "logfile_backups": backups(daemon.logfile_backups),
        "loglevel": loggers.LOG_LEVELS_BY_NUM[daemon.loglevel],
        "pidfile": daemon.pidfile,
        "umask": mode(daemon.umask),
        "nodaemon": bool(daemon.nodaemon),
        "silent": bool(daemon.silent),
        "minfds": count(daemon.minfds),
        "minprocs": count(daemon.minprocs),
        "nocleanup": bool(daemon.nocleanup),
        "childlogdir": daemon.childlogdir,
        "uid": daemon.uid,
        "gid": daemon.gid,
        "directory": daemon.directory,
        "strip_ansi": bool(daemon.strip_ansi),
        "environment": daemon.configroot.supervisord.environment,
        "identifier": daemon.identifier,
    }


def server(config):
    shown = {"section": config["section"], "username": config["username"], "password": config["password"]}
    if config["family"] == socket.AF_UNIX:
        shown.update(file=config["file"], chown=list(config["chown"]), chmod=mode(config["chmod"]))
    else:
        shown.update(host=config["host"], port=config["port"])
    return shown


EVENT_NAMES = {getattr(EventTypes, name): name for name in dir(EventTypes) if name.isupper()}


def kind(group):
    if isinstance(group, options.EventListenerPoolConfig):
        handler = group.result_handler
        return {
            "kind": "eventlistener",
            "buffer_size": signed(group.buffer_size),
            "events": sorted(EVENT_NAMES[event] for event in group.pool_events),
            "result_handler": "%s:%s" % (handler.__module__, handler.__qualname__),
        }
    if isinstance(group, options.FastCGIGroupConfig):
        shared = group.socket_config
        shown = {"kind": "fcgi-program", "socket": shared.url, "backlog": shared.backlog}
        if hasattr(shared, "mode") and shared.url.startswith("unix:"):
            shown.update(mode=mode(shared.mode), owner=list(shared.owner or (-1, -1)))
        return shown
    return {"kind": "programs"}


AUTORESTART = {
    datatypes.RestartUnconditionally: True,
    datatypes.RestartWhenExitUnexpected: "unexpected",
    False: False,
}


def process(config):
    """What `getAllConfigInfo` does not say."""
    return {
        "name": config.name,
        "umask": mode(config.umask),
        "stopasgroup": config.stopasgroup,
        "autorestart": AUTORESTART[config.autorestart],
        "environment": config.environment,
    }


def config_info(daemon):
    supervisor = Supervisor(daemon)
    supervisor.process_groups = {}
    rows = SupervisorNamespaceRPCInterface(supervisor).getAllConfigInfo()
    for row in rows:
        for key, value in row.items():
            if key.endswith("_backups"):
                row[key] = backups(value)
            elif isinstance(value, int) and not isinstance(value, bool):
                row[key] = signed(value)
    return rows


def describe_daemon(daemon):
    if amended("twins are left out"):
        daemon.process_group_configs = without_twins(daemon.process_group_configs)
    messages = [["CRIT", text] for text in daemon.parse_criticals]
    messages += [["WARN", text] for text in daemon.parse_warnings]
    messages += [["INFO", text] for text in daemon.parse_infos]
    return {
        "supervisord": daemon_settings(daemon),
        "servers": [server(config) for config in daemon.server_configs],
        "rpcinterfaces": [name for name, _, _ in daemon.rpcinterface_factories],
        "groups": [
            {
                "name": group.name,
                "priority": signed(group.priority),
                "processes": [process(config) for config in group.process_configs],
                **kind(group),
            }
            for group in daemon.process_group_configs
        ],
        "config_info": config_info(daemon),
        "messages": messages,
    }


def describe_client(client):
    history = client.history_file
    if amended("the history file of the command line counts") and ("-r" in dict(client.options)
                                                                   or "--history_file" in dict(client.options)):
        if client.history:
            history = options.normalize_path(client.history)
        FIRED.add("the history file of the command line counts")
    return {
        "serverurl": client.serverurl,
        "username": client.username,
        "password": client.password,
        "prompt": client.prompt,
        "history_file": history or None,
        "interactive": bool(client.interactive),
        "action": client.args,
    }


# --- Questions. -----------------------------------------------------------------------------------------------


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
    except ValueError as refusal:
        return {"exit": 2, "printed": "Error: %s\n" % refusal}
    except Exception as error:
        return crash(error)
    if amended("twins are left out"):
        daemon.process_group_configs = without_twins(daemon.process_group_configs)
    changes = supervisor.diff_to_active()
    names = ("added", "changed", "removed")
    return {"settings": {name: [group.name for group in groups] for name, groups in zip(names, changes)}}


original_process_equal = options.ProcessConfig.__eq__
original_socket_equal = datatypes.SocketConfig.__eq__


def processes_equal(one, other):
    equal = original_process_equal(one, other)
    if equal and getattr(one, "shared", None) != getattr(other, "shared", None):
        FIRED.add("sockets in groups are checked")
        return False
    if not amended("AUTO is compared as configured") or not equal:
        return equal
    names = options.ProcessConfig.req_param_names + options.ProcessConfig.optional_param_names
    strict = all(getattr(one, name) == getattr(other, name) for name in names)
    if strict != equal:
        FIRED.add("AUTO is compared as configured")
    return strict


def sockets_equal(one, other):
    equal = original_socket_equal(one, other)
    if not amended("sockets are compared in full") or not equal:
        return equal
    names = ("backlog", "mode", "owner")
    strict = all(getattr(one, name, None) == getattr(other, name, None) for name in names)
    if strict != equal:
        FIRED.add("sockets are compared in full")
    return strict


options.ProcessConfig.__eq__ = processes_equal
datatypes.SocketConfig.__eq__ = sockets_equal

ASK = {"daemon": ask_daemon, "client": ask_client, "reread": ask_reread}


def answer(question):
    ACTIVE.clear()
    ACTIVE.update(question["amendments"])
    FIRED.clear()
    found = ASK[question["about"]](question)
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

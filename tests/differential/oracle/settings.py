"""What is compared of a configuration, in the words of the reference.

`describe.rs` prints ours in the same words.
"""
import os
import socket

from amendments import FIRED, amended, backups, count, logfile, mode, signed, without_twins
from supervisor import datatypes, loggers, options
from supervisor.events import EventTypes
from supervisor.rpcinterface import SupervisorNamespaceRPCInterface
from supervisor.supervisord import Supervisor

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
        # What it makes there has absolute names.
        "childlogdir": os.path.abspath(daemon.childlogdir),
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
        # It may be a module, or anything else that has a name in Python.
        handler = group.result_handler
        names = [getattr(handler, name, "?") for name in ("__module__", "__qualname__")]
        return {
            "kind": "eventlistener",
            "buffer_size": signed(group.buffer_size),
            "events": sorted(EVENT_NAMES[event] for event in group.pool_events),
            "result_handler": ":".join(names),
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
            if key.endswith("_logfile"):
                row[key] = "none" if logfile(value) is None else value
            elif key.endswith("_backups"):
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

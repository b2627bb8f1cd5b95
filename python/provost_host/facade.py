"""What an interface finds in place of the `supervisord` object that its factory is given.

In the reference that is the daemon itself, with everything in it. Here it is a view of the daemon's interface: every
look asks the daemon, so nothing gets stale.

There is: `get_state()`; `options` with `mood`, `identifier`, `configfile`, `logger` and `process_group_configs`;
`process_groups`, a mapping of groups with `config`, `processes` and `get_unstopped_processes()`; processes with `config`,
`group`, `pid`, `state`, `laststart`, `laststop`, `spawnerr`, `exitstatus`, and `get_state()`, `spawn()`, `stop()`, `kill()`,
`signal()`, `write()`.

There is not: sockets and HTTP servers, dispatchers and descriptors, and the `supervisor.events` of the daemon (events
reach listeners only); looking for them is an AttributeError. What would change groups behind the configuration's back,
such as `addProgramToGroup` of supervisor_twiddler, is a fault that says so: change the file, then
`supervisorctl update`.
"""
import collections.abc

from provost_host.peer import Fault

SHUTDOWN_STATE = 6
FAILED = 30
# Moods as the reference numbers them.
RUNNING, SHUTDOWN = 1, -1
# States of processes that have no child and get none by themselves.
STOPPED_STATES = (0, 100, 200, 1000)


def unsupported(what):
    """The fault for what interfaces can do in the reference, because they are a part of it."""
    return Fault(FAILED, "FAILED: %s; change its configuration, then update" % what)


class Daemon:
    """The main interface, under whatever name it is served."""

    def __init__(self, peer, told):
        self.peer = peer
        self.told = told

    def __call__(self, method, *params):
        interfaces = self.told.get("interfaces")
        if not interfaces:
            raise RuntimeError("the daemon does not serve its main interface: add a section [rpcinterface:supervisor]")
        return self.peer.call("%s.%s" % (interfaces[0], method), *params)


class Supervisord:
    """In place of `supervisor.supervisord.Supervisor`."""

    def __init__(self, peer, told):
        self.daemon = Daemon(peer, told)
        self.options = Options(self.daemon, peer)
        self.process_groups = Groups(self.daemon)

    def get_state(self):
        return self.options.mood


class Options:
    """In place of `supervisor.options.ServerOptions`."""

    def __init__(self, daemon, peer):
        self.daemon = daemon
        self.identifier = daemon.told.get("identifier")
        self.configfile = daemon.told.get("configfile")
        self.logger = Logger(peer)

    @property
    def mood(self):
        try:
            return self.daemon("getState")["statecode"]
        except Fault as fault:
            if fault.code == SHUTDOWN_STATE:
                return SHUTDOWN
            raise

    @property
    def process_group_configs(self):
        return [group.config for group in Groups(self.daemon).values()]

    def processes_from_section(self, parser, section, group_name, klass=None):
        raise unsupported("a program cannot be added to a group while the daemon runs")


class Logger:
    """In place of `supervisor.loggers.Logger`: lines go to the activity log."""

    LEVELS = ((50, "critical"), (40, "error"), (30, "warn"), (20, "info"), (10, "debug"), (5, "trace"))

    def __init__(self, peer):
        self.peer = peer

    # The names of parameters are the reference's: values are given by name, too.
    def log(self, level, msg, **kw):
        names = (name for number, name in self.LEVELS if level >= number)
        self.peer.log(next(names, "blather"), msg % kw if kw else msg)

    def blather(self, msg, **kw):
        self.log(3, msg, **kw)

    def trace(self, msg, **kw):
        self.log(5, msg, **kw)

    def debug(self, msg, **kw):
        self.log(10, msg, **kw)

    def info(self, msg, **kw):
        self.log(20, msg, **kw)

    def warn(self, msg, **kw):
        self.log(30, msg, **kw)

    def error(self, msg, **kw):
        self.log(40, msg, **kw)

    def critical(self, msg, **kw):
        self.log(50, msg, **kw)


class Groups(collections.abc.Mapping):
    """The active groups, by name."""

    def __init__(self, daemon):
        self.daemon = daemon

    def _names(self):
        return sorted({row["group"] for row in self.daemon("getAllProcessInfo")})

    def __getitem__(self, name):
        if name not in self._names():
            raise KeyError(name)
        return Group(self.daemon, name)

    def __iter__(self):
        return iter(self._names())

    def __len__(self):
        return len(self._names())


class Group:
    """In place of `supervisor.process.ProcessGroup`."""

    def __init__(self, daemon, name):
        self.daemon = daemon
        self.config = GroupConfig(daemon, name)
        self.processes = Processes(daemon, name)

    def get_unstopped_processes(self):
        return [process for process in self.processes.values() if process.state not in STOPPED_STATES]

    def transition(self):
        """Processes change their states by themselves."""


class GroupConfig:
    """In place of `supervisor.options.ProcessGroupConfig`."""

    def __init__(self, daemon, name):
        self.daemon = daemon
        self.name = name

    @property
    def process_configs(self):
        names = list(Processes(self.daemon, self.name))
        rows = {row["name"]: row for row in self.daemon("getAllConfigInfo") if row["group"] == self.name}
        return [ProcessConfig(name, rows.get(name, {})) for name in names]

    @property
    def priority(self):
        rows = [row for row in self.daemon("getAllConfigInfo") if row["group"] == self.name]
        return rows[0]["group_prio"] if rows else None


class ProcessConfig:
    """In place of `supervisor.options.ProcessConfig`: what getAllConfigInfo tells, as attributes."""

    def __init__(self, name, row):
        self.name = name
        self._row = row

    def __getattr__(self, name):
        row = self.__dict__.get("_row", {})
        key = "process_prio" if name == "priority" else name
        if key not in row:
            raise AttributeError(name)
        return row[key]


class Processes(collections.abc.MutableMapping):
    """The processes of a group, by name."""

    def __init__(self, daemon, group):
        self.daemon = daemon
        self.group = group

    def _rows(self):
        return [row for row in self.daemon("getAllProcessInfo") if row["group"] == self.group]

    def __getitem__(self, name):
        if not any(row["name"] == name for row in self._rows()):
            raise KeyError(name)
        return Process(self.daemon, self.group, name)

    def __setitem__(self, name, process):
        raise unsupported("a process cannot be added to a group while the daemon runs")

    def __delitem__(self, name):
        raise unsupported("a process cannot be taken out of a group while the daemon runs")

    def __iter__(self):
        return iter([row["name"] for row in self._rows()])

    def __len__(self):
        return len(self._rows())


class Process:
    """In place of `supervisor.process.Subprocess`."""

    # Attributes, and the members of getProcessInfo that they are.
    INFO = {
        "pid": "pid",
        "state": "state",
        "laststart": "start",
        "laststop": "stop",
        "spawnerr": "spawnerr",
        "exitstatus": "exitstatus",
    }

    def __init__(self, daemon, group, name):
        self.daemon = daemon
        self.namespec = "%s:%s" % (group, name)
        self._group = group
        self._name = name

    def __getattr__(self, name):
        if name not in Process.INFO:
            raise AttributeError(name)
        return self.daemon("getProcessInfo", self.namespec)[Process.INFO[name]]

    @property
    def config(self):
        rows = self.daemon("getAllConfigInfo")
        found = [row for row in rows if (row["group"], row["name"]) == (self._group, self._name)]
        return ProcessConfig(self._name, found[0] if found else {})

    @property
    def group(self):
        return Group(self.daemon, self._group)

    def get_state(self):
        return self.state

    def spawn(self):
        self.daemon("startProcess", self.namespec, False)
        return self.pid

    def stop(self):
        self.daemon("stopProcess", self.namespec, False)

    def kill(self, sig):
        self.signal(sig)

    def signal(self, sig):
        self.daemon("signalProcess", self.namespec, str(int(sig)))

    def write(self, chars):
        self.daemon("sendProcessStdin", self.namespec, chars)

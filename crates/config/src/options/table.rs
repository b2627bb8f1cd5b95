//! The rows. One line per option, so that it reads as the table it is.

use super::Fallback::{Described, Required, RequiredWithout, Text as Is};
use super::ValueType::{
    AutoRestart, Boolean, Bytes, Callable, Directory, EventLength, Events, ExitCodes, FilePath, HostPort,
    Integer, KillMode, List, LogFile, LogLevel, MainLog, Octal, OnConfigError, Pairs, Path, Patterns,
    ShutdownMode, Signal, Socket, Text, Url, User, UserGroup,
};
use super::{Fallback, Kind, Match, Names, OURS, OptionRow, SectionRow, ValueType};

const fn row(
    name: &'static str,
    value: ValueType,
    fallback: Fallback,
    names: Names,
    texts: (&'static str, &'static str),
) -> OptionRow {
    OptionRow { name, value, fallback, names, since: None, sample: texts.0, help: texts.1 }
}

/// The same row, with the version that brought it.
const fn since(version: &'static str, row: OptionRow) -> OptionRow {
    OptionRow { since: Some(version), ..row }
}

const NONE: Fallback = Described("none");

/// Every kind of section, in the order of the sample configuration and of the documentation.
#[rustfmt::skip]
pub const SECTIONS: &[SectionRow] = &[
    SectionRow {
        kind: Kind::UnixHttpServer, name: "unix_http_server", matching: Match::StartsWith, example: "",
        help: "A server on a unix socket, for `supervisorctl` on the same machine. Several may be given, told apart by a suffix: `[unix_http_server:second]`.",
        own: UNIX_HTTP_SERVER, shared: &[], in_sample: true,
    },
    SectionRow {
        kind: Kind::InetHttpServer, name: "inet_http_server", matching: Match::StartsWith, example: "",
        help: "A server on a TCP port, for `supervisorctl` and browsers. Whoever can use it can run programs as the daemon's user: bind it to localhost and set a password. Several may be given, told apart by a suffix.",
        own: INET_HTTP_SERVER, shared: &[], in_sample: false,
    },
    SectionRow {
        kind: Kind::Supervisord, name: "supervisord", matching: Match::Exactly, example: "",
        help: "The daemon itself. The section must exist; it may be empty.",
        own: SUPERVISORD, shared: &[], in_sample: true,
    },
    SectionRow {
        kind: Kind::RpcInterface, name: "rpcinterface", matching: Match::Named, example: "supervisor",
        help: "A namespace of RPC methods. `supervisorctl` and the web pages need the one called `supervisor`. With a `command` the namespace is served by a process of its own: then the section has all options of a program, too, and any other option is handed to that process.",
        own: RPC_INTERFACE, shared: &[], in_sample: true,
    },
    SectionRow {
        kind: Kind::Supervisorctl, name: "supervisorctl", matching: Match::Exactly, example: "",
        help: "How `supervisorctl` reaches the daemon. It reads this section of the main file only: includes are not followed.",
        own: SUPERVISORCTL, shared: &[], in_sample: true,
    },
    SectionRow {
        kind: Kind::CtlPlugin, name: "ctlplugin", matching: Match::Named, example: "name",
        help: "A further command for `supervisorctl`, which a program provides. Python plugins cannot be loaded; a section that names one is accepted so that one file serves both clients.",
        own: CTL_PLUGIN, shared: &[], in_sample: false,
    },
    SectionRow {
        kind: Kind::Program, name: "program", matching: Match::Named, example: "name",
        help: "A program to keep running, as one process or as several alike.",
        own: PROGRAM, shared: &[], in_sample: false,
    },
    SectionRow {
        kind: Kind::EventListener, name: "eventlistener", matching: Match::Named, example: "name",
        help: "A pool of processes that receive events on standard input and answer on standard output. All options of a program, and:",
        own: EVENT_LISTENER, shared: PROGRAM, in_sample: false,
    },
    SectionRow {
        kind: Kind::FcgiProgram, name: "fcgi-program", matching: Match::Named, example: "name",
        help: "FastCGI workers around one listening socket, which they get as descriptor 0. All options of a program, and:",
        own: FCGI_PROGRAM, shared: PROGRAM, in_sample: false,
    },
    SectionRow {
        kind: Kind::Group, name: "group", matching: Match::Named, example: "name",
        help: "Programs that are started, stopped and updated together. A program that is named here has no group of its own.",
        own: GROUP, shared: &[], in_sample: false,
    },
    SectionRow {
        kind: Kind::Include, name: "include", matching: Match::Exactly, example: "",
        help: "Further files that are read over this one. Included files cannot include others.",
        own: INCLUDE, shared: &[], in_sample: false,
    },
];

#[rustfmt::skip]
const SUPERVISORD: &[OptionRow] = {
    use Names::{Here, Host};
    &[
        row("logfile", MainLog, Is("supervisord.log"), Here, ("/tmp/supervisord.log", "Where the activity log goes.")),
        row("logfile_maxbytes", Bytes, Is("50MB"), Here, ("50MB", "Size at which the activity log rolls over; 0 never.")),
        row("logfile_backups", Integer, Is("10"), Here, ("10", "Old activity logs that are kept; 0 keeps none.")),
        row("loglevel", LogLevel, Is("info"), Here, ("info", "Lines below this level are not written; debug and lower also log what programs print.")),
        row("pidfile", FilePath, Is("supervisord.pid"), Here, ("/tmp/supervisord.pid", "Where the daemon writes its process id.")),
        row("nodaemon", Boolean, Is("false"), Here, ("false", "Stay in the foreground.")),
        since("4.2.0", row("silent", Boolean, Is("false"), Here, ("false", "In the foreground: do not copy the activity log to standard output."))),
        row("minfds", Integer, Is("1024"), Here, ("1024", "File descriptors that must be available at start.")),
        row("minprocs", Integer, Is("200"), Here, ("200", "Processes that must be available at start.")),
        row("umask", Octal, Is("022"), Here, ("022", "File creation mask of the daemon when it goes to the background.")),
        row("user", User, NONE, Here, ("nobody", "User to become at start; recommended when started as root.")),
        row("identifier", Text, Is("supervisor"), Here, ("supervisor", "Name of this daemon, for clients, listeners and the names of AUTO logs.")),
        row("directory", Directory, NONE, Here, ("/tmp", "Directory to change to when it goes to the background.")),
        row("nocleanup", Boolean, Is("false"), Here, ("true", "Keep the AUTO logs of earlier runs.")),
        row("childlogdir", Directory, Described("the system's temporary directory"), Here, ("/tmp", "Directory of AUTO logs.")),
        row("environment", Pairs, Is(""), Host, ("KEY=\"value\"", "Variables for every program; also usable as `%(ENV_KEY)s` in the whole file.")),
        row("strip_ansi", Boolean, Is("false"), Here, ("false", "Remove ANSI escape sequences from the logs of programs.")),
        since(OURS, row("on_config_error", OnConfigError, Is("abort"), Here, ("abort", "What a mistake in a program's section does: refuse the whole configuration, or show that program as FATAL and run the others."))),
        since(OURS, row("create_log_dirs", Boolean, Is("false"), Here, ("false", "Make missing directories of programs' log files; each program may say otherwise."))),
        since(OURS, row("require_password", Boolean, Is("false"), Here, ("true", "Refuse the configuration if a server that others can reach has no password: one on a port that is not of this machine alone, or on a socket that every user may open. Without it that is a line of level critical in the activity log."))),
        since(OURS, row("shutdown_mode", ShutdownMode, Is("priority"), Here, ("serial", "Which programs are stopped together when the daemon ends: those of one `priority` (`priority`), those of one group (`serial`, as in Supervisor), or all (`parallel`). Listeners come after the programs they stop with."))),
    ]
};

#[rustfmt::skip]
const UNIX_HTTP_SERVER: &[OptionRow] = {
    use Names::{Environment, Here};
    &[
        row("file", Path, Required, Here, ("/tmp/supervisor.sock", "Path of the socket.")),
        row("chmod", Octal, Is("0700"), Environment, ("0700", "Permissions of the socket.")),
        row("chown", UserGroup, Described("unchanged"), Environment, ("nobody:nogroup", "Owner and group of the socket.")),
        row("username", Text, NONE, Environment, ("user", "User name that clients must give; needs a password too.")),
        row("password", Text, NONE, Environment, ("123", "Password that clients must give: a hash that `supervisord --hash-password` makes, one of bcrypt or LDAP (see the manual), `{SHA}` and its SHA-1 in hexadecimal, or plain.")),
        since(OURS, row("allowed_hosts", List, NONE, Environment, ("supervisor.example.com", "Names by which pages may call the server, beyond those it trusts by itself (see the manual): as they stand in a `Host` or `Origin` header, without scheme and port. `*.example.com` stands for all below; `*` for every name."))),
        since(OURS, row("metrics_auth", Boolean, Is("true"), Environment, ("true", "Whether `/metrics` asks for username and password as everything else does."))),
        since(OURS, row("unsafe_get_actions", Boolean, Is("false"), Environment, ("false", "Whether links such as `/index.html?action=stop&processname=web` act, as in the reference, instead of asking first. Any web site can then make a visitor's browser follow them."))),
    ]
};

#[rustfmt::skip]
const INET_HTTP_SERVER: &[OptionRow] = {
    use Names::Environment;
    &[
        row("port", HostPort, Required, Environment, ("127.0.0.1:9001", "Where to listen; without a host on every interface.")),
        row("username", Text, NONE, Environment, ("user", "User name that clients must give; needs a password too.")),
        row("password", Text, NONE, Environment, ("123", "Password that clients must give: a hash that `supervisord --hash-password` makes, one of bcrypt or LDAP (see the manual), `{SHA}` and its SHA-1 in hexadecimal, or plain.")),
        since(OURS, row("allowed_hosts", List, NONE, Environment, ("supervisor.example.com", "Names by which pages may call the server, beyond those it trusts by itself (see the manual): as they stand in a `Host` or `Origin` header, without scheme and port. `*.example.com` stands for all below; `*` for every name."))),
        since(OURS, row("metrics_auth", Boolean, Is("true"), Environment, ("true", "Whether `/metrics` asks for username and password as everything else does."))),
        since(OURS, row("unsafe_get_actions", Boolean, Is("false"), Environment, ("false", "Whether links such as `/index.html?action=stop&processname=web` act, as in the reference, instead of asking first. Any web site can then make a visitor's browser follow them."))),
    ]
};

#[rustfmt::skip]
const RPC_INTERFACE: &[OptionRow] = &[
    row("supervisor.rpcinterface_factory", Callable, RequiredWithout("command"), Names::Environment, ("supervisor.rpcinterface:make_main_rpcinterface", "What serves the namespace: the main interface, or beside `command` what a Python host is to run.")),
    since(OURS, row("command", Text, NONE, Names::Process, ("python3 -m provost_host", "The program that serves the namespace, as JSON-RPC on its standard input and output. `provost_host` runs interfaces written in Python; `pip install ./python` installs it."))),
    since(OURS, row("priority", Integer, Is("-1"), Names::Environment, ("-1", "As of a program, beside `command`: the default starts it first and stops it last."))),
    since(OURS, row("rpc_timeout", Integer, Is("30"), Names::Environment, ("30", "Seconds after which a call of that program's methods is given up, beside `command`."))),
];

#[rustfmt::skip]
const SUPERVISORCTL: &[OptionRow] = {
    use Names::{Environment, Here};
    &[
        row("serverurl", Url, Is("http://localhost:9001"), Here, ("unix:///tmp/supervisor.sock", "Where the daemon listens: `unix:///path` or `http://host:port`.")),
        row("username", Text, NONE, Environment, ("user", "User name for the daemon, if it asks for one.")),
        row("password", Text, NONE, Environment, ("123", "Password for the daemon, in plain text.")),
        row("prompt", Text, Is("supervisor"), Environment, ("mysupervisor", "What the prompt says.")),
        since("3.0a5", row("history_file", Path, NONE, Here, ("~/.sc_history", "Where the prompt keeps its history."))),
    ]
};

#[rustfmt::skip]
const CTL_PLUGIN: &[OptionRow] = &[
    row("supervisor.ctl_factory", Callable, RequiredWithout("command"), Names::Environment, ("my.package:make_plugin", "What provides the commands: Python code, which is not loaded.")),
    since(OURS, row("command", Text, NONE, Names::Here, ("/usr/local/bin/roll", "The program that provides the command named like the section; it gets the words that follow, and its exit code becomes that of `supervisorctl`. `help` calls it with `--help-line` and shows the one line that it prints: a program that does not know that word must not act on it."))),
];

#[rustfmt::skip]
const PROGRAM: &[OptionRow] = {
    use Names::{Here, Numbered, Process, Program};
    &[
        row("command", Text, Required, Process, ("/bin/cat", "What to run, with arguments, and without a shell.")),
        row("process_name", Text, Is("%(program_name)s"), Process, ("%(program_name)s", "Name of each process; must contain `%(process_num)` when there are several.")),
        row("numprocs", Integer, Is("1"), Program, ("1", "Processes to start.")),
        row("numprocs_start", Integer, Is("0"), Program, ("0", "The first `process_num`.")),
        row("directory", Text, Described("the daemon's"), Process, ("/tmp", "Working directory.")),
        row("umask", Octal, Described("the daemon's"), Program, ("022", "File creation mask.")),
        row("priority", Integer, Is("999"), Here, ("999", "Low numbers start first and stop last.")),
        row("autostart", Boolean, Is("true"), Program, ("true", "Start together with the daemon.")),
        row("startsecs", Integer, Is("1"), Program, ("1", "Seconds to stay up before a start counts as successful.")),
        row("startretries", Integer, Is("3"), Program, ("3", "Failed starts in a row that are tried again before giving up.")),
        row("autorestart", AutoRestart, Is("unexpected"), Program, ("unexpected", "When to start again after an exit: always, never, or if the exit code is unexpected.")),
        row("exitcodes", ExitCodes, Is("0"), Program, ("0", "Exit codes that are expected.")),
        row("stopsignal", Signal, Is("TERM"), Program, ("QUIT", "Signal that asks the process to stop.")),
        row("stopwaitsecs", Integer, Is("10"), Program, ("10", "Seconds between the stop signal and SIGKILL.")),
        since("3.0b1", row("stopasgroup", Boolean, Is("false"), Program, ("false", "Send the stop signal to the whole process group; implies killasgroup."))),
        since("3.0a11", row("killasgroup", Boolean, Described("that of `stopasgroup`"), Program, ("false", "Send SIGKILL to the whole process group."))),
        since(OURS, row("kill_mode", KillMode, Described("`stopasgroup` and `killasgroup` say who is signalled, and nobody else is looked after"), Program, ("tree", "What belongs to the process: it counts as stopped, and is started again, when none of it is left. `group` is its process group; `tree` also finds descendants that left the group or their parents; `cgroup` makes it a cgroup (version 2), which nobody leaves unnoticed. Who is left when the child has ended gets the stop signal, and SIGKILL after `stopwaitsecs`."))),
        row("user", User, Described("the daemon's"), Program, ("nobody", "User to run as; needs a daemon that runs as root.")),
        since(OURS, row("user_environment", Boolean, Is("false"), Program, ("true", "Set HOME, USER and LOGNAME to what the system says of `user`, unless `environment` says otherwise. Without it they stay what the daemon was started with."))),
        row("redirect_stderr", Boolean, Is("false"), Program, ("true", "Send standard error where standard output goes.")),
        row("stdout_logfile", LogFile, Is("AUTO"), Process, ("/a/path", "Where standard output goes.")),
        row("stdout_logfile_maxbytes", Bytes, Is("50MB"), Process, ("1MB", "Size at which that log rolls over; 0 never.")),
        row("stdout_logfile_backups", Integer, Is("10"), Process, ("10", "Old logs of standard output that are kept; 0 keeps none.")),
        row("stdout_capture_maxbytes", Bytes, Is("0"), Program, ("1MB", "Size of the capture buffer of standard output; 0 turns capture mode off.")),
        since("3.0a7", row("stdout_events_enabled", Boolean, Is("false"), Program, ("false", "Send PROCESS_LOG_STDOUT events."))),
        since("4.0.0", row("stdout_syslog", Boolean, Is("false"), Process, ("false", "Send standard output to the system log too."))),
        since(OURS, row("stdout_logfile_mode", Octal, Described("0666 less the umask; 0600 of an AUTO log"), Program, ("0640", "Permissions of a log file of standard output that is made."))),
        since(OURS, row("stdout_logfile_owner", UserGroup, Described("the daemon's"), Program, ("nobody:nogroup", "Owner and group of a log file of standard output that is made; needs a daemon that runs as root."))),
        row("stderr_logfile", LogFile, Is("AUTO"), Process, ("/a/path", "Where standard error goes.")),
        row("stderr_logfile_maxbytes", Bytes, Is("50MB"), Process, ("1MB", "Size at which that log rolls over; 0 never.")),
        row("stderr_logfile_backups", Integer, Is("10"), Process, ("10", "Old logs of standard error that are kept; 0 keeps none.")),
        row("stderr_capture_maxbytes", Bytes, Is("0"), Program, ("1MB", "Size of the capture buffer of standard error; 0 turns capture mode off.")),
        since("3.0a7", row("stderr_events_enabled", Boolean, Is("false"), Program, ("false", "Send PROCESS_LOG_STDERR events."))),
        since("4.0.0", row("stderr_syslog", Boolean, Is("false"), Process, ("false", "Send standard error to the system log too."))),
        since(OURS, row("stderr_logfile_mode", Octal, Described("0666 less the umask; 0600 of an AUTO log"), Program, ("0640", "Permissions of a log file of standard error that is made."))),
        since(OURS, row("stderr_logfile_owner", UserGroup, Described("the daemon's"), Program, ("nobody:nogroup", "Owner and group of a log file of standard error that is made; needs a daemon that runs as root."))),
        row("environment", Pairs, Is(""), Numbered, ("A=\"1\",B=\"2\"", "Variables added to those of `[supervisord]`.")),
        row("serverurl", Url, Is("AUTO"), Program, ("AUTO", "What SUPERVISOR_SERVER_URL says; AUTO is computed from the servers, empty leaves it out.")),
        since(OURS, row("create_log_dirs", Boolean, Described("that of `[supervisord]`"), Program, ("true", "Make missing directories of its log files, with permissions 0755."))),
    ]
};

#[rustfmt::skip]
const EVENT_LISTENER: &[OptionRow] = {
    use Names::Here;
    &[
        row("events", Events, Required, Here, ("EVENT", "Events to receive; a kind stands for all kinds below it.")),
        row("buffer_size", Integer, Is("10"), Here, ("10", "Events that wait at most; the oldest is dropped when more come.")),
        row("result_handler", Callable, Is("supervisor.dispatchers:default_handler"), Here, ("supervisor_stdout:event_handler", "What judges a listener's answer. Known are the default, which takes OK and nothing else, and the handlers of `supervisor_stdout`, `supervisor_console` and `supervisor_stdlog`, which print the output in the answer.")),
        since(OURS, row("event_length", EventLength, Is("characters"), Here, ("bytes", "What `len` in the header of an event counts: characters, as listeners that read text expect, or bytes. The token `bytes` counts bytes always."))),
        row("priority", Integer, Is("-1"), Here, ("-1", "As of a program: the default starts listeners first and stops them last.")),
        row("redirect_stderr", Boolean, Is("false"), Here, ("false", "Must be false: standard output carries the protocol.")),
    ]
};

#[rustfmt::skip]
const FCGI_PROGRAM: &[OptionRow] = {
    use Names::Here;
    &[
        row("socket", Socket, Required, Names::Socket, ("unix:///tmp/%(program_name)s.sock", "The listening socket that all processes share.")),
        since("3.4.0", row("socket_backlog", Integer, Described("the system's maximum"), Here, ("512", "Connections that may wait, 1 to 65535."))),
        row("socket_owner", UserGroup, Described("the program's user, if it has one"), Here, ("nobody:nogroup", "Owner and group of a unix socket.")),
        row("socket_mode", Octal, Described("`0700`"), Here, ("0700", "Permissions of a unix socket.")),
        row("user", User, Described("the daemon's"), Here, ("nobody", "User to run as; also owns a unix socket that has no socket_owner.")),
    ]
};

#[rustfmt::skip]
const GROUP: &[OptionRow] = &[
    row("programs", List, Is(""), Names::Here, ("progname1,progname2", "Names of `[program:x]` and `[fcgi-program:x]` sections.")),
    row("priority", Integer, Is("999"), Names::Here, ("999", "Low numbers start first and stop last.")),
];

#[rustfmt::skip]
const INCLUDE: &[OptionRow] = &[
    row("files", Patterns, Required, Names::Host, ("relative/directory/*.ini", "Files to read, relative to the directory of this one.")),
];

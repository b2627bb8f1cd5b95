//! The typed configuration: what a configuration file means, once every word of it has been checked.
//!
//! Plain data, shared by the core (which decides with it), the daemon's planes (which act on it) and the
//! comparison of two configurations. Nothing here reads a file or asks the system: `resolve` fills it in.
//! Durations are whole seconds and sizes are bytes, as in the file.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

/// A whole configuration, as `supervisord` runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `[supervisord]`, after the command line was laid over it.
    pub supervisord: Supervisord,
    /// HTTP servers in the order in which they are opened: all inet servers, then all unix ones.
    pub servers: Vec<Server>,
    /// Names of the `[rpcinterface:x]` sections that stand for the main interface, in file order.
    pub rpc_namespaces: Vec<String>,
    /// Groups, sorted by priority and then name.
    pub groups: Vec<Arc<Group>>,
}

/// `[supervisord]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervisord {
    /// Absolute path of the configuration file.
    pub config_file: String,
    /// Where the activity log goes.
    pub logfile: MainLog,
    /// Size at which the activity log rolls over; 0 never.
    pub logfile_maxbytes: i64,
    /// Backups of the activity log; 0 truncates.
    pub logfile_backups: u32,
    /// Lines below this level are not written.
    pub loglevel: Level,
    /// Absolute path of the pid file.
    pub pidfile: String,
    /// Applied only when daemonizing.
    pub umask: u32,
    /// Stay in the foreground.
    pub nodaemon: bool,
    /// In the foreground: no copy of the log on standard output.
    pub silent: bool,
    /// Wanted soft limit of open files.
    pub minfds: u64,
    /// Wanted soft limit of processes.
    pub minprocs: u64,
    /// Keep AUTO logs of earlier runs.
    pub nocleanup: bool,
    /// Directory of AUTO logs, absolute; `None` when none is usable (an error only for who needs one).
    pub childlogdir: Option<String>,
    /// The user to become.
    pub user: Option<User>,
    /// Changed to when daemonizing.
    pub directory: Option<String>,
    /// Remove ANSI escape sequences from logs.
    pub strip_ansi: bool,
    /// Given to every child (not to the daemon).
    pub environment: BTreeMap<String, String>,
    /// The daemon's name in AUTO logs, RPC and envelopes.
    pub identifier: String,
    /// What becomes of a configuration with a broken program.
    pub on_config_error: OnConfigError,
    /// What programs that do not say so themselves do about missing log directories.
    pub create_log_dirs: bool,
    /// Whether a server that others can reach must have a password.
    pub require_password: bool,
    /// Which programs are stopped together when the daemon ends.
    pub shutdown_mode: ShutdownMode,
}

/// Which programs are stopped together when the daemon ends or starts over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ShutdownMode {
    /// All groups of one priority.
    #[default]
    Priority,
    /// One group after the other, as the reference does it.
    Serial,
    /// All.
    Parallel,
}

impl ShutdownMode {
    /// The word in configuration files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::Serial => "serial",
            Self::Parallel => "parallel",
        }
    }
}

/// What becomes of a configuration in which a program is broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConfigError {
    /// All of it is refused.
    #[default]
    Abort,
    /// The program shows up as FATAL with its error, and everything else runs.
    SkipProgram,
}

/// Where the activity log goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MainLog {
    /// A file, by its path.
    File(String),
    /// The system log.
    Syslog,
}

/// A user of the system, looked up when the configuration was resolved.
///
/// Two are equal when name and numbers are: that somebody joined a group is no change of the configuration.
#[derive(Clone, Debug)]
pub struct User {
    /// Login name; the number as text if the system knows no name.
    pub name: String,
    /// User id.
    pub uid: u32,
    /// Primary group id.
    pub gid: u32,
    /// All groups of the user, the primary one included: looked up together with the user, because a directory service
    /// that hangs must not hang a start.
    pub groups: Arc<[u32]>,
}

impl User {
    /// A user of no group but the primary one.
    pub fn new(name: &str, uid: u32, gid: u32) -> Self {
        Self { name: name.to_owned(), uid, gid, groups: [gid].into() }
    }
}

impl PartialEq for User {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.uid, self.gid) == (&other.name, other.uid, other.gid)
    }
}

impl Eq for User {}

/// Levels of the activity log, most severe last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `blather`, printed `BLAT`.
    Blather,
    /// `trace`, printed `TRAC`.
    Trace,
    /// `debug`, printed `DEBG`.
    Debug,
    /// `info`, printed `INFO`.
    Info,
    /// `warn`, printed `WARN`.
    Warn,
    /// `error`, printed `ERRO`.
    Error,
    /// `critical`, printed `CRIT`.
    Critical,
}

impl Level {
    /// The four letters of a log line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Blather => "BLAT",
            Self::Trace => "TRAC",
            Self::Debug => "DEBG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERRO",
            Self::Critical => "CRIT",
        }
    }
}

/// One `[unix_http_server]` or `[inet_http_server]` section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// The section's name, as log lines print it.
    pub section: String,
    /// Where it listens.
    pub address: Address,
    /// Who may use it; `None` is everybody.
    pub credentials: Option<Credentials>,
    /// Names by which web pages may call it beyond those that it trusts by itself; lower case, `*.` at the beginning
    /// stands for all names below, `*` for every name.
    pub allowed_hosts: Vec<String>,
    /// Whether `/metrics` needs credentials as everything else does.
    pub metrics_auth: bool,
    /// Whether links of the old page act instead of asking first.
    pub unsafe_get_actions: bool,
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A unix socket.
    Unix {
        /// Absolute path.
        path: String,
        /// Permission bits.
        mode: u32,
        /// New owner and group; an absent group stays unchanged.
        owner: Option<(u32, Option<u32>)>,
    },
    /// A TCP socket.
    Inet {
        /// Lower-cased host; empty is every interface.
        host: String,
        /// Port, 1 to 65535.
        port: u16,
    },
}

impl Address {
    /// Whether others than the daemon's own user, or those it chose, can reach a server there: from other machines, or as
    /// any user of this one.
    pub fn is_open_to_others(&self) -> bool {
        match self {
            Self::Inet { host, .. } => !is_loopback(host),
            Self::Unix { mode, .. } => mode & 0o002 != 0,
        }
    }
}

/// Whether only this machine can reach a port of that host. Other names are not looked up: they may change.
fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

/// User name and stored password of a server.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Never empty.
    pub username: String,
    /// Plain text or a hash, in one of the forms that the daemon knows.
    pub password: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials").field("username", &self.username).finish_non_exhaustive()
    }
}

/// A group of processes that starts, stops and is updated as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Low starts first and stops last.
    pub priority: i64,
    /// What makes the group more than a list of programs.
    pub kind: GroupKind,
    /// Its processes, in the order in which they start.
    pub processes: Vec<Arc<Process>>,
}

/// What a group is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupKind {
    /// Ordinary programs.
    Programs,
    /// A pool of event listeners.
    Listeners(Pool),
    /// FastCGI workers around one socket.
    FastCgi(FastCgi),
    /// The one process that serves an RPC namespace, which has the group's name.
    RpcPlugin(RpcPlugin),
}

/// What an `[eventlistener:x]` section adds to a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Events that wait at most; at least 1.
    pub buffer_size: usize,
    /// Subscriptions; abstract kinds stand for all their descendants.
    pub events: BTreeSet<EventKind>,
    /// Judges a listener's answer.
    pub result_handler: ResultHandler,
    /// What the length in the header of an event counts.
    pub event_length: EventLength,
}

/// What judges a listener's answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ResultHandler {
    /// The answer OK accepts, any other rejects.
    #[default]
    Default,
    /// An answer that carries output of a program accepts, and the output is printed. Handlers that do this have
    /// several names; this is the one in the configuration, as `module:callable`.
    Printer(String),
}

impl ResultHandler {
    /// The reference's name of the default.
    pub const DEFAULT: &str = "supervisor.dispatchers:default_handler";

    /// `module:callable`.
    pub fn name(&self) -> &str {
        match self {
            Self::Default => Self::DEFAULT,
            Self::Printer(name) => name,
        }
    }
}

/// What the length in the header of an event counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventLength {
    /// Unicode characters, as in the reference; listeners that read text need it.
    #[default]
    Characters,
    /// Bytes of UTF-8, as the reference documents it.
    Bytes,
}

impl EventLength {
    /// The word in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Characters => "characters",
            Self::Bytes => "bytes",
        }
    }
}

/// What a `[fcgi-program:x]` section adds to a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FastCgi {
    /// The shared listening socket.
    pub socket: FastCgiSocket,
    /// `listen(2)` backlog; `None` is the system's maximum.
    pub backlog: Option<u32>,
}

/// What an `[rpcinterface:x]` section with a `command` adds to a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcPlugin {
    /// Seconds that a call may take; at least 1.
    pub timeout: u64,
    /// `module:callable`, for plug-ins that run such a thing.
    pub factory: Option<String>,
    /// The options of the section that are neither ours nor a program's, expanded: the plug-in's own.
    pub settings: BTreeMap<String, String>,
}

/// The socket of a FastCGI group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FastCgiSocket {
    /// `unix:///path`.
    Unix {
        /// Absolute path.
        path: String,
        /// Permission bits.
        mode: u32,
        /// New owner and group; an absent group stays unchanged.
        owner: Option<(u32, Option<u32>)>,
    },
    /// `tcp://host:port`.
    Tcp {
        /// Lower-cased host.
        host: String,
        /// Port.
        port: u16,
    },
}

/// When a process that ended by itself is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoRestart {
    /// Never.
    Never,
    /// When its exit status is not among `exitcodes`.
    Unexpected,
    /// Always.
    Always,
}

/// One process: everything a `[program:x]` section says, expanded for one process number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Process name (without the group).
    pub name: Arc<str>,
    /// The command line, expanded, not yet split into words.
    pub command: String,
    /// Low starts first within the group.
    pub priority: i64,
    /// Start with the daemon.
    pub autostart: bool,
    /// Start again after an exit.
    pub autorestart: AutoRestart,
    /// Seconds to stay up before it counts as RUNNING.
    pub startsecs: i64,
    /// Failed starts that are retried before FATAL.
    pub startretries: i64,
    /// Exit codes that are expected.
    pub exitcodes: Arc<[i32]>,
    /// Signal number that asks it to stop.
    pub stopsignal: i32,
    /// Seconds between the stop signal and SIGKILL.
    pub stopwaitsecs: i64,
    /// Send the stop signal to the whole process group.
    pub stopasgroup: bool,
    /// Send SIGKILL to the whole process group.
    pub killasgroup: bool,
    /// What has to be gone before it counts as stopped; `None` is the child alone, as in the reference.
    pub kill_mode: Option<KillMode>,
    /// The user it runs as.
    pub user: Option<User>,
    /// Whether its environment was given that user's HOME, USER and LOGNAME.
    pub user_environment: bool,
    /// Its umask; `None` inherits.
    pub umask: Option<u32>,
    /// Its working directory; `None` inherits.
    pub directory: Option<String>,
    /// Send stderr to the stdout log.
    pub redirect_stderr: bool,
    /// Standard output.
    pub stdout: Channel,
    /// Standard error.
    pub stderr: Channel,
    /// `[supervisord] environment` overlaid by the program's own.
    pub environment: BTreeMap<String, String>,
    /// `serverurl`: what SUPERVISOR_SERVER_URL says.
    pub serverurl: ServerUrl,
    /// Make the directories of its log files if they are missing.
    pub create_log_dirs: bool,
    /// The FastCGI socket it gets as descriptor 0: for processes of `[fcgi-program:x]` sections, also inside a
    /// `[group:x]`. All processes of one section share one value.
    pub fastcgi: Option<Arc<FastCgi>>,
    /// Why its section was refused, if it was: then only the names mean anything, and it cannot be started.
    pub broken: Option<Arc<str>>,
}

impl Process {
    /// A process whose section was refused, for that reason.
    pub fn broken(name: &str, reason: &str) -> Self {
        let mut process = Self::with_defaults(name, "");
        process.stdout.logfile = LogFile::None;
        process.stderr.logfile = LogFile::None;
        Self { broken: Some(reason.into()), ..process }
    }

    /// A process of which only the name and the command are configured: everything else is at its default.
    pub fn with_defaults(name: &str, command: &str) -> Self {
        let channel = Channel {
            logfile: LogFile::Auto,
            maxbytes: 50 * 1024 * 1024,
            backups: 10,
            capture_maxbytes: 0,
            events_enabled: false,
            syslog: false,
            mode: None,
            owner: None,
        };
        Self {
            name: name.into(),
            command: command.to_owned(),
            priority: 999,
            autostart: true,
            autorestart: AutoRestart::Unexpected,
            startsecs: 1,
            startretries: 3,
            exitcodes: [0].into(),
            stopsignal: 15,
            stopwaitsecs: 10,
            stopasgroup: false,
            killasgroup: false,
            kill_mode: None,
            user: None,
            user_environment: false,
            umask: None,
            directory: None,
            redirect_stderr: false,
            stdout: channel.clone(),
            stderr: channel,
            environment: BTreeMap::new(),
            serverurl: ServerUrl::Auto,
            create_log_dirs: false,
            fastcgi: None,
            broken: None,
        }
    }
}

/// What belongs to a process: none of it is left when the process is stopped, or started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KillMode {
    /// The child.
    Process,
    /// The child and its process group.
    Group,
    /// The child and its descendants, also those that left the group, the session or their parents.
    Tree,
    /// The child and all that are in the cgroup that is made for it.
    Cgroup,
}

impl KillMode {
    /// The word in configuration files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Group => "group",
            Self::Tree => "tree",
            Self::Cgroup => "cgroup",
        }
    }
}

/// The value of SUPERVISOR_SERVER_URL in a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerUrl {
    /// Computed from the configured servers.
    Auto,
    /// As configured; empty leaves the variable out.
    Given(String),
}

/// Where one output channel of a process goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// The log file.
    pub logfile: LogFile,
    /// Size at which it rolls over; 0 (or less) never.
    pub maxbytes: i64,
    /// Backups that are kept; 0 truncates.
    pub backups: u32,
    /// Size of the capture buffer; 0 turns capture mode off.
    pub capture_maxbytes: i64,
    /// Send PROCESS_LOG events.
    pub events_enabled: bool,
    /// Send lines to the system log too.
    pub syslog: bool,
    /// Permission bits of a log file that is made; `None` leaves them to the daemon's umask.
    pub mode: Option<u32>,
    /// Owner and group of a log file that is made; an absent group stays unchanged.
    pub owner: Option<(u32, Option<u32>)>,
}

/// The log file of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogFile {
    /// A file of the daemon's making, in `childlogdir`.
    Auto,
    /// No file.
    None,
    /// This path; a relative one is relative to the daemon's working directory.
    Path(Arc<str>),
}

/// Kinds of events a listener can subscribe to (the reference's names; see [`EventKind::name`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the variants are the public event names, explained in the manual")]
pub enum EventKind {
    Event,
    ProcessState,
    ProcessStateStarting,
    ProcessStateBackoff,
    ProcessStateRunning,
    ProcessStateStopping,
    ProcessStateStopped,
    ProcessStateExited,
    ProcessStateFatal,
    ProcessStateUnknown,
    ProcessCommunication,
    ProcessCommunicationStdout,
    ProcessCommunicationStderr,
    ProcessLog,
    ProcessLogStdout,
    ProcessLogStderr,
    RemoteCommunication,
    SupervisorStateChange,
    SupervisorStateChangeRunning,
    SupervisorStateChangeStopping,
    Tick,
    Tick5,
    Tick60,
    Tick3600,
    ProcessGroup,
    ProcessGroupAdded,
    ProcessGroupRemoved,
}

/// One row per event kind: the kind, its name, and the kind it is a case of.
const EVENT_KINDS: &[(EventKind, &str, Option<EventKind>)] = {
    use EventKind as K;
    &[
        (K::Event, "EVENT", None),
        (K::ProcessState, "PROCESS_STATE", Some(K::Event)),
        (K::ProcessStateStarting, "PROCESS_STATE_STARTING", Some(K::ProcessState)),
        (K::ProcessStateBackoff, "PROCESS_STATE_BACKOFF", Some(K::ProcessState)),
        (K::ProcessStateRunning, "PROCESS_STATE_RUNNING", Some(K::ProcessState)),
        (K::ProcessStateStopping, "PROCESS_STATE_STOPPING", Some(K::ProcessState)),
        (K::ProcessStateStopped, "PROCESS_STATE_STOPPED", Some(K::ProcessState)),
        (K::ProcessStateExited, "PROCESS_STATE_EXITED", Some(K::ProcessState)),
        (K::ProcessStateFatal, "PROCESS_STATE_FATAL", Some(K::ProcessState)),
        (K::ProcessStateUnknown, "PROCESS_STATE_UNKNOWN", Some(K::ProcessState)),
        (K::ProcessCommunication, "PROCESS_COMMUNICATION", Some(K::Event)),
        (K::ProcessCommunicationStdout, "PROCESS_COMMUNICATION_STDOUT", Some(K::ProcessCommunication)),
        (K::ProcessCommunicationStderr, "PROCESS_COMMUNICATION_STDERR", Some(K::ProcessCommunication)),
        (K::ProcessLog, "PROCESS_LOG", Some(K::Event)),
        (K::ProcessLogStdout, "PROCESS_LOG_STDOUT", Some(K::ProcessLog)),
        (K::ProcessLogStderr, "PROCESS_LOG_STDERR", Some(K::ProcessLog)),
        (K::RemoteCommunication, "REMOTE_COMMUNICATION", Some(K::Event)),
        (K::SupervisorStateChange, "SUPERVISOR_STATE_CHANGE", Some(K::Event)),
        (K::SupervisorStateChangeRunning, "SUPERVISOR_STATE_CHANGE_RUNNING", Some(K::SupervisorStateChange)),
        (
            K::SupervisorStateChangeStopping,
            "SUPERVISOR_STATE_CHANGE_STOPPING",
            Some(K::SupervisorStateChange),
        ),
        (K::Tick, "TICK", Some(K::Event)),
        (K::Tick5, "TICK_5", Some(K::Tick)),
        (K::Tick60, "TICK_60", Some(K::Tick)),
        (K::Tick3600, "TICK_3600", Some(K::Tick)),
        (K::ProcessGroup, "PROCESS_GROUP", Some(K::Event)),
        (K::ProcessGroupAdded, "PROCESS_GROUP_ADDED", Some(K::ProcessGroup)),
        (K::ProcessGroupRemoved, "PROCESS_GROUP_REMOVED", Some(K::ProcessGroup)),
    ]
};

impl EventKind {
    /// Every kind, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        EVENT_KINDS.iter().map(|row| row.0)
    }

    /// The name on the wire and in `events=`.
    pub fn name(self) -> &'static str {
        EVENT_KINDS[self as usize].1
    }

    /// The kind this one is a case of; `None` for `EVENT`.
    pub fn parent(self) -> Option<Self> {
        EVENT_KINDS[self as usize].2
    }

    /// The kind of that (upper-case) name.
    pub fn from_name(name: &str) -> Option<Self> {
        EVENT_KINDS.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// Whether an event of this kind reaches who subscribed to `subscription`.
    pub fn is_a(self, subscription: Self) -> bool {
        self == subscription || self.parent().is_some_and(|parent| parent.is_a(subscription))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_table_is_in_the_order_of_the_enum() {
        for (index, row) in EVENT_KINDS.iter().enumerate() {
            assert_eq!(row.0 as usize, index, "{}", row.1);
            assert_eq!(EventKind::from_name(row.1), Some(row.0));
        }
    }

    #[test]
    fn a_kind_reaches_subscribers_of_itself_and_its_ancestors() {
        assert!(EventKind::Tick5.is_a(EventKind::Tick));
        assert!(EventKind::Tick5.is_a(EventKind::Event));
        assert!(!EventKind::Tick5.is_a(EventKind::Tick60));
        assert!(!EventKind::Tick.is_a(EventKind::Tick5));
    }
}

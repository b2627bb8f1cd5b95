//! What the world may see: public state codes and the published snapshot.
//!
//! The snapshot is immutable. After every turn that changed something the shell publishes a new one, in which
//! only the rows of changed processes are new; readers never wait for the core.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use provost_config::model;

use crate::failure::{Attempt, StartFailure};
use crate::rows::Rows;
use crate::time::{Now, Wall};

/// Identifies a process for the life of the daemon; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(pub u32);

/// The operating system's process id of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pid(pub i32);

impl std::fmt::Display for Pid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The public state of a process; codes and names are the reference's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are the public ones; docs/state-machine.md tells what each means")]
pub enum State {
    Stopped = 0,
    Starting = 10,
    Running = 20,
    Backoff = 30,
    Stopping = 40,
    Exited = 100,
    Fatal = 200,
    Unknown = 1000,
}

impl State {
    /// The code in RPC structs.
    pub fn code(self) -> i32 {
        self as i32
    }

    /// The upper-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stopped => "STOPPED",
            Self::Starting => "STARTING",
            Self::Running => "RUNNING",
            Self::Backoff => "BACKOFF",
            Self::Stopping => "STOPPING",
            Self::Exited => "EXITED",
            Self::Fatal => "FATAL",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// Refuses a start, accepts a stop.
    pub fn is_running(self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Backoff)
    }

    /// Has no child and makes no attempt to get one.
    pub fn is_stopped(self) -> bool {
        matches!(self, Self::Stopped | Self::Exited | Self::Fatal | Self::Unknown)
    }

    /// Has a child that can be signalled.
    pub fn is_signallable(self) -> bool {
        matches!(self, Self::Starting | Self::Running | Self::Stopping)
    }
}

/// What the daemon as a whole is doing; the reference calls it the supervisor state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Supervising.
    Running,
    /// Stopping everything in order to start over.
    Restarting,
    /// Stopping everything in order to end.
    Shutdown,
}

impl Mood {
    /// The code in RPC structs.
    pub fn code(self) -> i32 {
        match self {
            Self::Running => 1,
            Self::Restarting => 0,
            Self::Shutdown => -1,
        }
    }

    /// The upper-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Restarting => "RESTARTING",
            Self::Shutdown => "SHUTDOWN",
        }
    }
}

/// How a child ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// It returned this code.
    Exited(i32),
    /// A signal ended it.
    Signaled {
        /// The signal's number.
        signal: i32,
        /// Whether it left a core dump.
        core_dumped: bool,
    },
}

impl ExitStatus {
    /// The number RPC reports: the code, or −1 for a death by signal.
    pub fn code(self) -> i32 {
        match self {
            Self::Exited(code) => code,
            Self::Signaled { .. } => -1,
        }
    }
}

/// The end of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastExit {
    /// How.
    pub status: ExitStatus,
    /// Whether it was to be expected: somebody asked for it, or the code is among `exitcodes` and it did not come before
    /// `startsecs`.
    pub expected: bool,
    /// When it was reaped.
    pub at: Now,
}

/// Everything a reader may know about one process.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessStatus {
    /// Its identity.
    pub id: ProcessId,
    /// Name of its group.
    pub group: Arc<str>,
    /// Name and policy.
    pub recipe: Arc<model::Process>,
    /// Public state.
    pub state: State,
    /// Its child, dead or alive, as long as the state machine has one.
    pub pid: Option<Pid>,
    /// When it was last started.
    pub started: Option<Wall>,
    /// When its last child was reaped; before it had any, when its last start failed.
    pub stopped: Option<Wall>,
    /// Why the last start or exit was not as it should be; empty if it was.
    pub spawn_error: Arc<str>,
    /// The exit status RPC reports; `None` while there is nothing to report.
    pub exit_status: Option<i32>,
    /// How the last child ended, ever.
    pub last_exit: Option<LastExit>,
    /// Children it has had.
    pub spawns: u32,
    /// Why the last start failed; `None` after one that did not.
    pub last_failure: Option<Arc<StartFailure>>,
    /// The attempt that is under way (STARTING), or the last that failed (BACKOFF, FATAL).
    pub attempt: Option<Attempt>,
    /// When it is started again without anybody asking: the next attempt in BACKOFF, the restart in EXITED.
    pub next_start: Option<Now>,
    /// Effective path of the stdout log, if it has one.
    pub stdout_logfile: Option<Arc<str>>,
    /// Effective path of the stderr log, if it has one.
    pub stderr_logfile: Option<Arc<str>>,
}

impl ProcessStatus {
    /// Children it has had after its first, whether somebody asked for them or not.
    pub fn restarts(&self) -> u32 {
        self.spawns.saturating_sub(1)
    }
}

/// One active group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupStatus {
    /// Its configuration.
    pub config: Arc<model::Group>,
    /// What its listeners have to do, if it is a pool.
    pub pool: Option<Arc<PoolGauge>>,
}

/// How many events a pool has, and has lost. Readers see every change at once: these numbers change with every
/// event, which must not cost a snapshot.
#[derive(Debug, Default)]
pub struct PoolGauge {
    buffered: AtomicUsize,
    dropped: AtomicU64,
}

impl PoolGauge {
    /// Events that wait for a listener.
    pub fn buffered(&self) -> usize {
        self.buffered.load(Ordering::Relaxed)
    }

    /// Events that were dropped because too many waited, since the pool was added.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// What a pool has now.
    pub(crate) fn show(&self, buffered: usize, dropped: u64) {
        self.buffered.store(buffered, Ordering::Relaxed);
        self.dropped.store(dropped, Ordering::Relaxed);
    }
}

/// Two gauges are the same when they show the same.
impl PartialEq for PoolGauge {
    fn eq(&self, other: &Self) -> bool {
        (self.buffered(), self.dropped()) == (other.buffered(), other.dropped())
    }
}

/// The daemon at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// The daemon's mood.
    pub mood: Mood,
    /// The daemon's name for itself.
    pub identifier: Arc<str>,
    /// Every process, by group name and then process name, byte-wise.
    pub processes: Rows,
    /// Active groups by priority, then by order of addition.
    pub groups: Arc<[GroupStatus]>,
    /// The configuration that was read last (not necessarily what runs).
    pub configured: Arc<model::Config>,
}

impl Snapshot {
    /// The process of that group and name.
    pub fn process(&self, group: &str, name: &str) -> Option<&Arc<ProcessStatus>> {
        let index = self.processes.partition_point(|row| (&*row.group, &*row.recipe.name) < (group, name));
        self.processes.iter_from(index).next().filter(|row| &*row.group == group && &*row.recipe.name == name)
    }

    /// The active group of that name.
    pub fn group(&self, name: &str) -> Option<&GroupStatus> {
        self.groups.iter().find(|group| group.config.name == name)
    }

    /// The processes of a group, by name.
    pub fn members<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a Arc<ProcessStatus>> {
        let start = self.processes.partition_point(|row| &*row.group < group);
        self.processes.iter_from(start).take_while(move |row| &*row.group == group)
    }
}

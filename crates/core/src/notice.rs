//! Notices: facts the core reports. Each is rendered as a log line, an event for listeners, or both.
//!
//! The texts of log lines are an interface: scripts and the reference's own tests look for them.

use std::sync::Arc;

use provost_config::model::Level;
use provost_config::signal;

use crate::failure::StartFailure;
use crate::status::{ExitStatus, Pid, State};

/// A process as notices name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessName {
    /// Its group.
    pub group: Arc<str>,
    /// Its own name; log lines use only this.
    pub name: Arc<str>,
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum Notice {
    /// A process changed its public state (an event; the lines have notices of their own).
    StateChanged { process: ProcessName, from: State, to: State, detail: StateDetail },
    /// A child was made.
    Spawned { process: ProcessName, pid: Pid },
    /// No child could be made.
    SpawnFailed { process: ProcessName, reason: Arc<str> },
    /// An attempt to start came to nothing; `next` is in how many seconds the next one follows, if any does.
    StartFailed { process: ProcessName, failure: Arc<StartFailure>, next: Option<u64> },
    /// A process stayed up for `startsecs`.
    EnteredRunning { process: ProcessName, startsecs: i64 },
    /// A child ended by itself.
    Exited { process: ProcessName, status: ExitStatus, expected: bool },
    /// A child ended because it was asked to.
    Stopped { process: ProcessName, status: ExitStatus, expected: bool },
    /// No more retries.
    GaveUp { process: ProcessName },
    /// A stop request waits for this process.
    WaitingToStop { process: ProcessName },
    /// Shutdown waits for these processes.
    WaitingToDie { processes: Vec<Arc<str>> },
    /// What one of them is doing.
    Unstopped { process: ProcessName, state: State },
    /// The grace is over.
    Killing { process: ProcessName, pid: Pid },
    /// A stop signal or SIGKILL is sent.
    StopSignal { process: ProcessName, pid: Pid, signal: i32, group: bool },
    /// A stop request found the process in BACKOFF.
    StoppedInBackoff { process: ProcessName },
    /// A signal is sent on request.
    SendingSignal { process: ProcessName, pid: Pid, signal: i32 },
    /// The child was gone before the stop signal or SIGKILL.
    KillTooLate { process: ProcessName, pid: Pid, error: Arc<str> },
    /// The child was gone before the requested signal.
    SignalTooLate { process: ProcessName, pid: Pid, error: Arc<str> },
    /// The system refused a stop signal or SIGKILL.
    KillRefused { process: ProcessName, pid: Pid, error: Arc<str> },
    /// The system refused a requested signal.
    SignalRefused { process: ProcessName, pid: Pid, error: Arc<str> },
    /// A child that SIGKILL does not end no longer holds up the shutdown.
    Abandoned { process: ProcessName, pid: Pid },
    /// A child that SIGKILL does not end; the daemon goes on trying.
    Unkillable { process: ProcessName, pid: Pid },
    /// The grace is over for what a dead child left behind.
    KillingSurvivors { process: ProcessName },
    /// The child's last output could not be logged in time; its exit is announced all the same.
    DrainOverdue { process: ProcessName },
    /// A child nobody here made.
    ReapedUnknown { pid: Pid, status: ExitStatus },
    /// A group became active.
    GroupAdded { group: Arc<str> },
    /// A group is no longer active.
    GroupRemoved { group: Arc<str> },
    /// The daemon supervises.
    SupervisorRunning,
    /// The daemon stops everything.
    SupervisorStopping,
    /// TERM, INT or QUIT came.
    ExitRequested { signal: i32 },
    /// HUP came.
    RestartRequested,
    /// HUP came too late.
    RestartIgnored,
    /// HUP (or a call) found a configuration that cannot be used; nothing changes.
    ConfigRefused { reason: String },
    /// USR2 came.
    ReopenRequested,
    /// CHLD came.
    ChildQuit,
    /// A client sends something to listeners.
    RemoteCommunication { kind: String, data: String },
}

/// What a state change carries besides its names, for listeners.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StateDetail {
    /// Failed starts so far.
    pub tries: u32,
    /// The child; 0 without one.
    pub pid: i32,
    /// Whether an exit was expected.
    pub expected: bool,
}

impl Notice {
    /// The line in the activity log; `None` if this fact has none.
    pub fn line(&self) -> Option<(Level, String)> {
        use Level::{Blather, Critical, Debug, Info, Warn};
        Some(match self {
            Self::StateChanged { .. }
            | Self::GroupAdded { .. }
            | Self::GroupRemoved { .. }
            | Self::SupervisorRunning
            | Self::SupervisorStopping
            | Self::RemoteCommunication { .. } => return None,
            Self::Spawned { process, pid } => (Info, format!("spawned: '{}' with pid {pid}", process.name)),
            Self::SpawnFailed { reason, .. } => (Info, format!("spawnerr: {reason}")),
            Self::StartFailed { process, failure, next } => (
                Warn,
                format!("start of '{}' failed ({}): {}", process.name, which(failure, *next), failure.cause),
            ),
            Self::EnteredRunning { process, startsecs } => (
                Info,
                format!(
                    "success: {} entered RUNNING state, process has stayed up for > than {startsecs} seconds (startsecs)",
                    process.name
                ),
            ),
            Self::Exited { process, status, expected: true } => {
                (Info, format!("exited: {} ({}; expected)", process.name, how(*status)))
            }
            Self::Exited { process, status, expected: false } => {
                (Warn, format!("exited: {} ({}; not expected)", process.name, how(*status)))
            }
            Self::Stopped { process, status, expected } => {
                (if *expected { Info } else { Warn }, format!("stopped: {} ({})", process.name, how(*status)))
            }
            Self::GaveUp { process } => (
                Info,
                format!("gave up: {} entered FATAL state, too many start retries too quickly", process.name),
            ),
            Self::WaitingToStop { process } => (Info, format!("waiting for {} to stop", process.name)),
            Self::WaitingToDie { processes } => {
                (Info, format!("waiting for {} to die", processes.join(", ")))
            }
            Self::Unstopped { process, state } => {
                (Blather, format!("{} state: {}", process.name, state.name()))
            }
            Self::Killing { process, pid } => {
                (Warn, format!("killing '{}' ({pid}) with SIGKILL", process.name))
            }
            Self::StopSignal { process, pid, signal, group } => (
                Debug,
                format!(
                    "killing {} (pid {pid}) {}with signal {}",
                    process.name,
                    if *group { "process group " } else { "" },
                    signal::name(*signal)
                ),
            ),
            Self::StoppedInBackoff { process } => {
                (Debug, format!("Attempted to kill {}, which is in BACKOFF state.", process.name))
            }
            Self::SendingSignal { process, pid, signal } => {
                (Debug, format!("sending {} (pid {pid}) sig {}", process.name, signal::name(*signal)))
            }
            Self::KillTooLate { process, pid, error } => (
                Debug,
                format!(
                    "unable to signal {} (pid {pid}), it probably just exited on its own: {error}",
                    process.name
                ),
            ),
            Self::SignalTooLate { process, pid, error } => (
                Debug,
                format!(
                    "unable to signal {} (pid {pid}), it probably just now exited on its own: {error}",
                    process.name
                ),
            ),
            Self::KillRefused { process, pid, error } => {
                (Critical, format!("unknown problem killing {} ({pid}):{error}", process.name))
            }
            Self::SignalRefused { process, pid, error } => {
                (Critical, format!("unknown problem sending sig {} ({pid}):{error}", process.name))
            }
            Self::Abandoned { process, pid } => (
                Critical,
                format!("{} ({pid}) does not end on SIGKILL; the shutdown goes on without it", process.name),
            ),
            Self::Unkillable { process, pid } => (
                Critical,
                format!(
                    "{} ({pid}) does not end on SIGKILL: the system has it wait for something, such as a disk that hangs",
                    process.name
                ),
            ),
            Self::KillingSurvivors { process } => {
                (Warn, format!("killing what '{}' left behind with SIGKILL", process.name))
            }
            Self::DrainOverdue { process } => (
                Warn,
                format!(
                    "the log of {} does not accept output in time; its exit is not held back for that",
                    process.name
                ),
            ),
            Self::ReapedUnknown { pid, status } => {
                (Info, format!("reaped unknown pid {pid} ({})", how(*status)))
            }
            Self::ExitRequested { signal } => {
                (Warn, format!("received {} indicating exit request", signal::name(*signal)))
            }
            Self::RestartRequested => (Warn, "received SIGHUP indicating restart request".into()),
            Self::RestartIgnored => {
                (Warn, "ignored SIGHUP indicating restart request (shutdown in progress)".into())
            }
            Self::ConfigRefused { reason } => {
                (Critical, format!("the configuration was not loaded, nothing changes: {reason}"))
            }
            Self::ReopenRequested => (Info, "received SIGUSR2 indicating log reopen request".into()),
            Self::ChildQuit => (Debug, "received SIGCHLD indicating a child quit".into()),
        })
    }
}

/// Which attempt failed, and what follows.
fn which(failure: &StartFailure, next: Option<u64>) -> String {
    match (failure.attempt, next) {
        (Some(attempt), Some(seconds)) => format!("{attempt}, next in {seconds} s"),
        (Some(attempt), None) => format!("{attempt}, no further one"),
        (None, _) => "it counted as RUNNING".into(),
    }
}

/// How a child ended, in the words of the log.
pub fn how(status: ExitStatus) -> String {
    match status {
        ExitStatus::Exited(code) => format!("exit status {code}"),
        ExitStatus::Signaled { signal, core_dumped } => {
            format!(
                "terminated by {}{}",
                signal::name(signal),
                if core_dumped { " (core dumped)" } else { "" }
            )
        }
    }
}

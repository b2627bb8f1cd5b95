//! Calls: what clients may ask of the core, and what it answers.
//!
//! A call names its target as the client did, because faults quote that. What a call waits for is in
//! `pending`; what needs no decision (reading logs, status) never gets here.

use std::sync::Arc;

pub use provost_config::diff::Changes;
use provost_config::model::Config;

/// Identifies a call until its reply; chosen by the shell, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// Which processes a call is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// One process.
    Process {
        /// Its group.
        group: String,
        /// Its name.
        process: String,
        /// The name as the client gave it.
        given: String,
    },
    /// Every process of a group.
    Group {
        /// The group.
        group: String,
        /// The name as the client gave it.
        given: String,
    },
    /// Every process.
    All,
}

/// Something a client asks for.
#[derive(Clone, Debug)]
pub enum Call {
    /// Start processes; `wait` until they run.
    Start {
        /// Which.
        target: Target,
        /// Reply only when it is known how it went.
        wait: bool,
    },
    /// Stop processes; `wait` until they are stopped.
    Stop {
        /// Which.
        target: Target,
        /// Reply only when they are stopped.
        wait: bool,
    },
    /// Send a signal.
    Signal {
        /// To which.
        target: Target,
        /// The signal's number; `None` if the client named no signal there is.
        signal: Option<i32>,
        /// The signal as the client gave it.
        given: String,
    },
    /// Write to a child's standard input.
    SendStdin {
        /// One process.
        target: Target,
        /// The bytes.
        data: Vec<u8>,
    },
    /// Tell listeners something.
    SendRemoteEvent {
        /// What the client calls it.
        kind: String,
        /// Its text.
        data: String,
    },
    /// Make a group of the last read configuration active.
    AddGroup(String),
    /// Forget a stopped group.
    RemoveGroup(String),
    /// Remember a newly read configuration and tell what differs.
    Reread(Arc<Config>),
    /// Stop everything and end.
    Shutdown,
    /// Stop everything and start over with this configuration.
    Restart(Arc<Config>),
}

/// The answer to a call that was carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is done.
    Done,
    /// How it went for each process, in order of completion.
    Bulk(Vec<BulkItem>),
    /// How the configuration on disk differs from what is active.
    Changes(Changes),
}

/// How a bulk call went for one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkItem {
    /// Process name.
    pub name: String,
    /// Group name.
    pub group: String,
    /// What came of it.
    pub outcome: Result<(), Fault>,
}

/// Why a call was not carried out. The texts are what the reference adds behind the fault's name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the public fault names; the table of faults is in the manual")]
pub enum Fault {
    ShutdownState,
    BadName(String),
    BadSignal(String),
    NoFile(String),
    NotExecutable(String),
    Failed(String),
    AbnormalTermination(String),
    SpawnError(String),
    AlreadyStarted(String),
    NotRunning(String),
    AlreadyAdded(String),
    StillRunning(String),
}

//! What goes into the core and what comes out: the two enums that are its whole interface to the world.

use std::sync::Arc;

use bytes::Bytes;
use provost_config::model::{self, Config};

use crate::call::{Call, CallId, Fault, Reply};
use crate::event::Envelope;
use crate::failure::Cause;
use crate::notice::{Notice, ProcessName};
use crate::output::Channel;
use crate::pool::{PoolNotice, Refusal};
use crate::shutdown::Ending;
use crate::status::{ExitStatus, Pid, ProcessId};

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// The daemon is ready: its first groups become active.
    Booted,
    /// A deadline may have come.
    Elapsed,
    /// The log plane opened the sinks of a process, or the reason why it could not.
    Prepared {
        /// Whose.
        process: ProcessId,
        /// The launch that [`Effect::Prepare`] named.
        launch: u32,
        /// Nothing, or why not.
        result: Result<(), Cause>,
    },
    /// The shell made a child; comes before [`Input::Reaped`], of which there is one for each.
    Spawned {
        /// Whose.
        process: ProcessId,
        /// The child.
        pid: Pid,
    },
    /// The shell could not make a child.
    SpawnFailed {
        /// Whose.
        process: ProcessId,
        /// Why not.
        cause: Cause,
    },
    /// A child turned out not to have become its program; comes before [`Input::Reaped`].
    NotExecuted {
        /// The child.
        pid: Pid,
        /// Why not.
        cause: Cause,
    },
    /// A child was reaped: one of ours or an orphan.
    Reaped {
        /// The child.
        pid: Pid,
        /// How it ended.
        status: ExitStatus,
    },
    /// Nothing that belongs to a process is left of its dead child.
    Cleared {
        /// Whose.
        process: ProcessId,
        /// The launch that [`Effect::Clear`] named.
        launch: u32,
    },
    /// The log plane stored what a dead child had written.
    Drained {
        /// Whose.
        process: ProcessId,
        /// The launch that [`Effect::Drain`] named.
        launch: u32,
    },
    /// What came of a signal.
    SignalSent {
        /// To whose child.
        process: ProcessId,
        /// The child.
        pid: Pid,
        /// What the system said.
        result: Result<(), SignalError>,
        /// The call that wanted it, if it was not the state machine.
        call: Option<CallId>,
    },
    /// The command of a process was looked up for a start.
    Probed {
        /// Who wants to start it.
        call: CallId,
        /// Whose.
        process: ProcessId,
        /// Whether it can be started, else the fault.
        result: Result<(), Fault>,
    },
    /// Bytes for a child's standard input were taken, or why not.
    Written {
        /// Who sent them.
        call: CallId,
        /// To whom.
        process: ProcessId,
        /// What came of it.
        result: Result<(), Fault>,
    },
    /// The daemon got a signal.
    Signaled(DaemonSignal),
    /// The configuration was read again because of SIGHUP; the error is the reader's.
    Loaded(Result<Arc<Config>, String>),
    /// A client asks for something.
    Call {
        /// Names it in the reply.
        id: CallId,
        /// What.
        call: Call,
    },
    /// A listener wrote to its standard output, which is its side of the conversation.
    Heard {
        /// Which.
        process: ProcessId,
        /// The start whose child wrote it.
        launch: u32,
        /// What came with one read.
        data: Vec<u8>,
    },
    /// A child wrote something that listeners may want to know.
    Output {
        /// Whose.
        process: ProcessId,
        /// Where.
        channel: Channel,
        /// Between the tokens of capture mode (PROCESS_COMMUNICATION), or anywhere (PROCESS_LOG).
        captured: bool,
        /// A whole captured message, or what came with one read.
        data: Bytes,
    },
    /// An event could not be written to a listener.
    DeliveryFailed {
        /// Which.
        process: ProcessId,
        /// Why not.
        reason: Refusal,
    },
}

/// A signal to the daemon itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DaemonSignal {
    /// TERM, INT or QUIT, by number.
    Exit(i32),
    /// HUP.
    Restart,
    /// USR2.
    Reopen,
    /// CHLD; the shell reaps first.
    Child,
}

/// Why a signal could not be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignalError {
    /// There is no such process any more.
    Gone(Arc<str>),
    /// The system refused.
    Refused(Arc<str>),
}

/// Something to do.
#[derive(Debug)]
pub enum Effect {
    /// A process exists now. In a box, because a boot queues one for each process, and it is larger than other effects.
    Register(Box<Registration>),
    /// A process is no more.
    Forget(ProcessId),
    /// Open the sinks of a process for a start; answered by [`Input::Prepared`].
    Prepare {
        /// Whose.
        process: ProcessId,
        /// Which start.
        launch: u32,
    },
    /// Make a child; answered by [`Input::Spawned`] or [`Input::SpawnFailed`].
    Spawn {
        /// Whose.
        process: ProcessId,
        /// Which start.
        launch: u32,
    },
    /// No child will come of a prepared start.
    Release(ProcessId),
    /// Signal what the dead child of a process left behind; answered by [`Input::Cleared`] as soon as nothing is left.
    Clear {
        /// Whose.
        process: ProcessId,
        /// Which start.
        launch: u32,
        /// Which signal.
        signal: i32,
    },
    /// What is left of the dead child of a process does not end: tell it, and let it alone.
    Leave(ProcessId),
    /// Store what a dead child had written; answered by [`Input::Drained`].
    Drain {
        /// Whose.
        process: ProcessId,
        /// Which start.
        launch: u32,
        /// Unless somebody stops it meanwhile, the next start follows at once, so [`Effect::Prepare`] may be carried
        /// out together with this.
        again: bool,
    },
    /// Signal a child; answered by [`Input::SignalSent`].
    Signal {
        /// Whose.
        process: ProcessId,
        /// The child.
        pid: Pid,
        /// Which signal.
        signal: i32,
        /// Its whole process group.
        group: bool,
        /// The call that wants it, if it is not the state machine.
        call: Option<CallId>,
    },
    /// Look up the command of a process; answered by [`Input::Probed`].
    Probe {
        /// Who wants to start it.
        call: CallId,
        /// Whose.
        process: ProcessId,
    },
    /// Write to a child's standard input; answered by [`Input::Written`].
    WriteStdin {
        /// Who sends it.
        call: CallId,
        /// To whom.
        process: ProcessId,
        /// The name for faults.
        given: String,
        /// The bytes.
        data: Vec<u8>,
    },
    /// Read the configuration again; answered by [`Input::Loaded`].
    LoadConfig,
    /// Close and open all logs.
    ReopenLogs,
    /// Report a fact.
    Notify(Notice),
    /// Report a fact about listeners.
    NotifyOfPool(PoolNotice),
    /// Write an event to a listener's standard input; only a failure is answered, by [`Input::DeliveryFailed`].
    Deliver {
        /// The listener.
        process: ProcessId,
        /// The event.
        envelope: Envelope,
    },
    /// Write whole lines to the daemon's own standard output.
    Print(Vec<u8>),
    /// Answer a call, after the snapshot that shows the change was published.
    Reply {
        /// Which call.
        call: CallId,
        /// The answer.
        result: Result<Reply, Fault>,
    },
    /// Everything is stopped.
    End(Ending),
}

/// What the shell needs to know of a new process.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its identity.
    pub process: ProcessId,
    /// Its names.
    pub name: ProcessName,
    /// Its options.
    pub recipe: Arc<model::Process>,
    /// Its group's configuration.
    pub group: Arc<model::Group>,
    /// Effective path of its stdout log.
    pub stdout_logfile: Option<Arc<str>>,
    /// Effective path of its stderr log.
    pub stderr_logfile: Option<Arc<str>>,
}

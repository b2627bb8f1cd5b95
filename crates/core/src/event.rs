//! Events: what listeners can subscribe to, and the payload each kind carries.
//!
//! An event borrows what it is about. It is made for every fact, but its text only for those that some pool has
//! subscribed to, and then once for all pools. The payloads are an interface: the order of the tokens, their
//! separators and even the line feed that only some of them end with are the reference's.
//!
//! It owns no state and does not decide who gets an event; that is [`pool`](crate::pool).

use std::fmt::{self, Display, Write as _};
use std::sync::Arc;

use provost_config::model::EventKind;

use crate::notice::{Notice, ProcessName, StateDetail};
use crate::output::{Channel, printable};
use crate::status::{Pid, State};
use crate::tick::Period;

/// Something that listeners may want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// A process changed its public state.
    State {
        /// Which.
        process: &'a ProcessName,
        /// Before.
        from: State,
        /// Now.
        to: State,
        /// What was true at that moment.
        detail: StateDetail,
    },
    /// A process wrote to a channel with events enabled.
    Log(Output<'a>),
    /// A process sent a message between capture tokens.
    Communication(Output<'a>),
    /// A client sends something to listeners.
    Remote {
        /// What the client calls it.
        kind: &'a str,
        /// Its text.
        data: &'a str,
    },
    /// The daemon supervises.
    SupervisorRunning,
    /// The daemon stops everything.
    SupervisorStopping,
    /// The clock entered another slice of time.
    Tick {
        /// How long slices are.
        period: Period,
        /// When the slice began, in seconds since the epoch.
        when: i64,
    },
    /// A group became active.
    GroupAdded {
        /// Its name.
        group: &'a str,
    },
    /// A group is no longer active.
    GroupRemoved {
        /// Its name.
        group: &'a str,
    },
}

/// Bytes that a child wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output<'a> {
    /// Which process.
    pub process: &'a ProcessName,
    /// The child.
    pub pid: Pid,
    /// Where it wrote them.
    pub channel: Channel,
    /// The bytes, after escape sequences were removed, if they are to be.
    pub data: &'a [u8],
}

impl<'a> Event<'a> {
    /// The event that goes with a notice, if one does.
    pub fn of(notice: &'a Notice) -> Option<Self> {
        Some(match notice {
            Notice::StateChanged { process, from, to, detail } => {
                Self::State { process, from: *from, to: *to, detail: *detail }
            }
            Notice::GroupAdded { group } => Self::GroupAdded { group },
            Notice::GroupRemoved { group } => Self::GroupRemoved { group },
            Notice::SupervisorRunning => Self::SupervisorRunning,
            Notice::SupervisorStopping => Self::SupervisorStopping,
            Notice::RemoteCommunication { kind, data } => Self::Remote { kind, data },
            _ => return None,
        })
    }

    /// Which kind of event this is; never an abstract one.
    pub fn kind(&self) -> EventKind {
        use EventKind as K;
        match self {
            Self::State { to, .. } => match to {
                State::Stopped => K::ProcessStateStopped,
                State::Starting => K::ProcessStateStarting,
                State::Running => K::ProcessStateRunning,
                State::Backoff => K::ProcessStateBackoff,
                State::Stopping => K::ProcessStateStopping,
                State::Exited => K::ProcessStateExited,
                State::Fatal => K::ProcessStateFatal,
                State::Unknown => K::ProcessStateUnknown,
            },
            Self::Log(output) => match output.channel {
                Channel::Stdout => K::ProcessLogStdout,
                Channel::Stderr => K::ProcessLogStderr,
            },
            Self::Communication(output) => match output.channel {
                Channel::Stdout => K::ProcessCommunicationStdout,
                Channel::Stderr => K::ProcessCommunicationStderr,
            },
            Self::Remote { .. } => K::RemoteCommunication,
            Self::SupervisorRunning => K::SupervisorStateChangeRunning,
            Self::SupervisorStopping => K::SupervisorStateChangeStopping,
            Self::Tick { period, .. } => period.kind(),
            Self::GroupAdded { .. } => K::ProcessGroupAdded,
            Self::GroupRemoved { .. } => K::ProcessGroupRemoved,
        }
    }

    /// The text after the header.
    pub fn payload(&self) -> Arc<str> {
        let mut text = String::new();
        write!(text, "{self}").expect("invariant: writing to a String cannot fail");
        text.into()
    }
}

/// One event on its way to one listener of a pool: what the shell writes to the child's standard input, behind a
/// header with these numbers. An event that is sent again is the same envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Number of the event in the life of the daemon.
    pub serial: u64,
    /// The pool's name.
    pub pool: Arc<str>,
    /// Number of the event within the pool.
    pub pool_serial: u64,
    /// What happened.
    pub kind: EventKind,
    /// What it says.
    pub payload: Arc<str>,
}

/// The payload.
impl Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State { process, from, to, detail } => {
                write!(f, "{} from_state:{}", Names(process), from.name())?;
                let StateDetail { tries, pid, expected } = detail;
                match to {
                    State::Starting | State::Backoff => write!(f, " tries:{tries}"),
                    State::Running | State::Stopping | State::Stopped => write!(f, " pid:{pid}"),
                    State::Exited => write!(f, " expected:{} pid:{pid}", u8::from(*expected)),
                    State::Fatal | State::Unknown => Ok(()),
                }
            }
            Self::Log(Output { process, pid, channel, data }) => {
                write!(f, "{} pid:{pid} channel:{}\n{}", Names(process), channel.name(), printable(data))
            }
            Self::Communication(Output { process, pid, data, .. }) => {
                write!(f, "{} pid:{pid}\n{}", Names(process), printable(data))
            }
            Self::Remote { kind, data } => write!(f, "type:{kind}\n{data}"),
            Self::SupervisorRunning | Self::SupervisorStopping => Ok(()),
            Self::Tick { when, .. } => write!(f, "when:{when}"),
            Self::GroupAdded { group } | Self::GroupRemoved { group } => writeln!(f, "groupname:{group}"),
        }
    }
}

/// The two tokens that begin every payload about a process.
struct Names<'a>(&'a ProcessName);

impl Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "processname:{} groupname:{}", self.0.name, self.0.group)
    }
}

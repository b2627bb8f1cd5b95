//! Events: what listeners can subscribe to, and the payload each kind carries.
//!
//! An event borrows what it is about. It is made for every fact, but a payload only for those that some pool has
//! subscribed to, and then once for all pools. What a child wrote becomes text when it is sent, not before: of a flood,
//! full buffers drop most, and that must cost next to nothing. The payloads are an interface: the order of the tokens, their
//! separators and even the line feed that only some of them end with are the reference's.
//!
//! It owns no state and does not decide who gets an event; that is [`pool`](crate::pool).

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::sync::Arc;

use bytes::Bytes;
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
    pub data: &'a Bytes,
}

impl Output<'_> {
    /// As a payload, which names the channel if it is told.
    fn payload(&self, channel: Option<Channel>) -> Payload {
        let Self { process, pid, data, .. } = *self;
        Payload::Output { process: process.clone(), pid, channel, data: data.clone() }
    }
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

    /// What follows the header.
    pub fn payload(&self) -> Payload {
        let text = match self {
            Self::Log(output) => return output.payload(Some(output.channel)),
            Self::Communication(output) => return output.payload(None),
            Self::State { process, from, to, detail } => state_text(process, *from, *to, *detail),
            Self::Remote { kind, data } => format!("type:{kind}\n{data}"),
            Self::SupervisorRunning | Self::SupervisorStopping => String::new(),
            Self::Tick { when, .. } => format!("when:{when}"),
            Self::GroupAdded { group } | Self::GroupRemoved { group } => format!("groupname:{group}\n"),
        };
        Payload::Text(text.into())
    }
}

/// What an event says, while it waits for a listener. Cloning it copies no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// This.
    Text(Arc<str>),
    /// What a child wrote, behind a line of tokens.
    Output {
        /// Which process.
        process: ProcessName,
        /// The child.
        pid: Pid,
        /// Where it wrote, in the events that tell.
        channel: Option<Channel>,
        /// The bytes.
        data: Bytes,
    },
}

impl Payload {
    /// The text after the header. That of output is made anew each time.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Output { process, pid, channel, data } => {
                let names = Names(process);
                let head = match channel {
                    Some(channel) => format!("{names} pid:{pid} channel:{}\n", channel.name()),
                    None => format!("{names} pid:{pid}\n"),
                };
                Cow::Owned(head + &printable(data))
            }
        }
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
    pub payload: Payload,
}

/// The payload of a change of state. Which tokens it has depends on the new state.
fn state_text(process: &ProcessName, from: State, to: State, detail: StateDetail) -> String {
    let begin = format_args!("{} from_state:{}", Names(process), from.name());
    let StateDetail { tries, pid, expected } = detail;
    match to {
        State::Starting | State::Backoff => format!("{begin} tries:{tries}"),
        State::Running | State::Stopping | State::Stopped => format!("{begin} pid:{pid}"),
        State::Exited => format!("{begin} expected:{} pid:{pid}", u8::from(expected)),
        State::Fatal | State::Unknown => begin.to_string(),
    }
}

/// The two tokens that begin every payload about a process.
struct Names<'a>(&'a ProcessName);

impl Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "processname:{} groupname:{}", self.0.name, self.0.group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> ProcessName {
        let (group, name) = text.split_once(':').expect("the test gives group:process");
        ProcessName { group: group.into(), name: name.into() }
    }

    #[track_caller]
    fn check(event: &Event<'_>, kind: &str, payload: &str) {
        assert_eq!((event.kind().name(), &*event.payload().text()), (kind, payload));
    }

    #[test]
    fn state_changes() {
        use State::{Backoff, Exited, Fatal, Running, Starting, Stopped, Stopping, Unknown};
        #[track_caller]
        fn state(of: &str, (from, to): (State, State), detail: (u32, i32, bool), expect: (&str, &str)) {
            let (tries, pid, expected) = detail;
            let detail = StateDetail { tries, pid, expected };
            check(&Event::State { process: &name(of), from, to, detail }, expect.0, expect.1);
        }
        state(
            "all:all",
            (Stopped, Starting),
            (0, 0, false),
            ("PROCESS_STATE_STARTING", "processname:all groupname:all from_state:STOPPED tries:0"),
        );
        state(
            "duo:quick",
            (Starting, Backoff),
            (1, 4711, true),
            ("PROCESS_STATE_BACKOFF", "processname:quick groupname:duo from_state:STARTING tries:1"),
        );
        state(
            "duo:quick",
            (Backoff, Starting),
            (1, 0, false),
            ("PROCESS_STATE_STARTING", "processname:quick groupname:duo from_state:BACKOFF tries:1"),
        );
        state(
            "duo:quick",
            (Backoff, Fatal),
            (2, 8228, true),
            ("PROCESS_STATE_FATAL", "processname:quick groupname:duo from_state:BACKOFF"),
        );
        state(
            "bad:bad",
            (Starting, Running),
            (3, 8227, true),
            ("PROCESS_STATE_RUNNING", "processname:bad groupname:bad from_state:STARTING pid:8227"),
        );
        state(
            "once:once",
            (Running, Exited),
            (0, 8226, true),
            (
                "PROCESS_STATE_EXITED",
                "processname:once groupname:once from_state:RUNNING expected:1 pid:8226",
            ),
        );
        state(
            "bad:bad",
            (Running, Exited),
            (0, 8227, false),
            ("PROCESS_STATE_EXITED", "processname:bad groupname:bad from_state:RUNNING expected:0 pid:8227"),
        );
        state(
            "talk:talk",
            (Running, Stopping),
            (0, 8171, true),
            ("PROCESS_STATE_STOPPING", "processname:talk groupname:talk from_state:RUNNING pid:8171"),
        );
        state(
            "talk:talk",
            (Stopping, Stopped),
            (0, 8171, true),
            ("PROCESS_STATE_STOPPED", "processname:talk groupname:talk from_state:STOPPING pid:8171"),
        );
        state(
            "talk:talk",
            (Backoff, Stopped),
            (1, 0, true),
            ("PROCESS_STATE_STOPPED", "processname:talk groupname:talk from_state:BACKOFF pid:0"),
        );
        state(
            "talk:talk",
            (Stopping, Unknown),
            (1, 8171, true),
            ("PROCESS_STATE_UNKNOWN", "processname:talk groupname:talk from_state:STOPPING"),
        );
    }

    #[test]
    fn output() {
        use Channel::{Stderr, Stdout};
        #[track_caller]
        fn output(channel: Channel, data: &'static [u8], expect: [&str; 2]) {
            let (process, data) = (name("pair:talk"), Bytes::from_static(data));
            let output = Output { process: &process, pid: Pid(8171), channel, data: &data };
            let channel = channel.name().to_uppercase();
            check(&Event::Log(output), &format!("PROCESS_LOG_{channel}"), expect[0]);
            check(&Event::Communication(output), &format!("PROCESS_COMMUNICATION_{channel}"), expect[1]);
        }
        output(
            Stdout,
            b"msg",
            [
                "processname:talk groupname:pair pid:8171 channel:stdout\nmsg",
                "processname:talk groupname:pair pid:8171\nmsg",
            ],
        );
        output(
            Stderr,
            "err é\n".as_bytes(),
            [
                "processname:talk groupname:pair pid:8171 channel:stderr\nerr é\n",
                "processname:talk groupname:pair pid:8171\nerr é\n",
            ],
        );
        output(
            Stdout,
            b"plain\n\xff\n",
            [
                "processname:talk groupname:pair pid:8171 channel:stdout\nUndecodable: b'plain\\n\\xff\\n'",
                "processname:talk groupname:pair pid:8171\nUndecodable: b'plain\\n\\xff\\n'",
            ],
        );
        output(
            Stderr,
            b"",
            [
                "processname:talk groupname:pair pid:8171 channel:stderr\n",
                "processname:talk groupname:pair pid:8171\n",
            ],
        );
    }

    #[test]
    fn everything_else() {
        check(
            &Event::Remote { kind: "my type", data: "dätä\nline2" },
            "REMOTE_COMMUNICATION",
            "type:my type\ndätä\nline2",
        );
        check(&Event::Remote { kind: "", data: "" }, "REMOTE_COMMUNICATION", "type:\n");
        check(&Event::SupervisorRunning, "SUPERVISOR_STATE_CHANGE_RUNNING", "");
        check(&Event::SupervisorStopping, "SUPERVISOR_STATE_CHANGE_STOPPING", "");
        check(&Event::GroupAdded { group: "all" }, "PROCESS_GROUP_ADDED", "groupname:all\n");
        check(&Event::GroupRemoved { group: "talk" }, "PROCESS_GROUP_REMOVED", "groupname:talk\n");
        for (period, kind) in Period::ALL.into_iter().zip(["TICK_5", "TICK_60", "TICK_3600"]) {
            check(&Event::Tick { period, when: 1_795_399_685 }, kind, "when:1795399685");
        }
    }

    #[test]
    fn notices_that_are_events() {
        #[track_caller]
        fn check(notice: &Notice, expect: Option<&str>) {
            assert_eq!(Event::of(notice).map(|event| event.kind().name()), expect);
        }
        let process = name("g:p");
        let detail = StateDetail::default();
        check(
            &Notice::StateChanged {
                process: process.clone(),
                from: State::Fatal,
                to: State::Starting,
                detail,
            },
            Some("PROCESS_STATE_STARTING"),
        );
        check(&Notice::GroupAdded { group: "g".into() }, Some("PROCESS_GROUP_ADDED"));
        check(&Notice::GroupRemoved { group: "g".into() }, Some("PROCESS_GROUP_REMOVED"));
        check(&Notice::SupervisorRunning, Some("SUPERVISOR_STATE_CHANGE_RUNNING"));
        check(&Notice::SupervisorStopping, Some("SUPERVISOR_STATE_CHANGE_STOPPING"));
        check(
            &Notice::RemoteCommunication { kind: "k".into(), data: "d".into() },
            Some("REMOTE_COMMUNICATION"),
        );
        check(&Notice::GaveUp { process }, None);
        check(&Notice::ChildQuit, None);
    }
}

//! The event reference: every kind that a listener can subscribe to, and an example of what it says.
//!
//! Names and their order come from the table of kinds, payloads from the function that the daemon itself writes them
//! with; only when each of them happens is told here.

use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use provost_config::model::EventKind;
use provost_core::event::{Event, Output};
use provost_core::notice::{ProcessName, StateDetail};
use provost_core::output::Channel;
use provost_core::status::{Pid, State};
use provost_core::tick::Period;

const HEAD: &str = "\
# Events

Generated from the table of events; do not edit.

What an `[eventlistener:x]` can name in `events=`. A kind that stands for others brings all of them; `EVENT` is everything. How a
listener and the daemon talk is told in the [manual](manual.md#event-listeners).

A payload is tokens `key:value` with blanks between them; where a line feed (shown as `⏎`) follows, what is behind it is text as it was
written. There is no line feed at the end unless one is shown.
";

/// Every state that a process can change to.
const STATES: [State; 8] = [
    State::Starting,
    State::Backoff,
    State::Running,
    State::Stopping,
    State::Stopped,
    State::Exited,
    State::Fatal,
    State::Unknown,
];

const TAIL: &str = "
| token | meaning |
| --- | --- |
| `processname`, `groupname` | whose process it is; with `numprocs` the two differ |
| `from_state` | the state before, as `status` shows it |
| `pid` | the child; after its end, the one that there was; 0 if there was none |
| `tries` | failed starts since the last one that was asked for, or that succeeded; 0 at the first start |
| `expected` | 1 if the exit code is one of `exitcodes`, else 0 |
| `channel` | `stdout` or `stderr` |
| `type` | what the client called it that sent the event |
| `when` | the beginning of the slice of time, in seconds since 1970 |

Output that is no UTF-8 is sent as `Undecodable: ` and the bytes as Python writes them. Between `<!--XSUPERVISOR:BEGIN-->` and
`<!--XSUPERVISOR:END-->` a process with `stdout_capture_maxbytes` (or `stderr_…`) writes a message: `PROCESS_COMMUNICATION`.
";

/// `docs/events.md`.
pub(super) fn markdown() -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n| event | when | payload |\n| --- | --- | --- |\n");
    for kind in EventKind::all() {
        let payload = payload(kind).map(|text| match text.replace('\n', " ⏎ ").trim_end() {
            "" => "empty".to_owned(),
            shown => format!("`{shown}`"),
        });
        // Kinds that stand for others end in what they have in common, and are never sent.
        let name = match payload {
            Some(_) => format!("`{}`", kind.name()),
            None => format!("**`{}`**", kind.name()),
        };
        writeln!(page, "| {name} | {} | {} |", when(kind), payload.unwrap_or_default())
            .expect("invariant: writing to a String does not fail");
    }
    page + TAIL
}

/// When such an event is sent.
fn when(kind: EventKind) -> &'static str {
    use EventKind as K;
    match kind {
        K::Event => "all of the following",
        K::ProcessState => "a process changes its state: all of these",
        K::ProcessStateStarting => "it is started",
        K::ProcessStateBackoff => "a start failed, or it ended before `startsecs`; it will be tried again",
        K::ProcessStateRunning => "it has been up for `startsecs`",
        K::ProcessStateStopping => "it is asked to stop",
        K::ProcessStateStopped => "it has ended as it was asked to",
        K::ProcessStateExited => "it ended by itself",
        K::ProcessStateFatal => "no further start is tried",
        K::ProcessStateUnknown => "it could not be killed while the daemon was shutting down",
        K::ProcessCommunication => "a process sends a message: both of these",
        K::ProcessCommunicationStdout => "… between capture marks on standard output",
        K::ProcessCommunicationStderr => "… between capture marks on standard error",
        K::ProcessLog => "a process writes: both of these",
        K::ProcessLogStdout => "… on standard output, with `stdout_events_enabled=true`",
        K::ProcessLogStderr => "… on standard error, with `stderr_events_enabled=true`",
        K::RemoteCommunication => "a client calls `supervisor.sendRemoteCommEvent(type, data)`",
        K::SupervisorStateChange => "the daemon changes its state: both of these",
        K::SupervisorStateChangeRunning => "it begins to supervise, also after a reload",
        K::SupervisorStateChangeStopping => "it stops everything, to end or to reload",
        K::Tick => "time passes: all of these",
        K::Tick5 => "every 5 seconds",
        K::Tick60 => "every minute",
        K::Tick3600 => "every hour",
        K::ProcessGroup => "groups come and go: both of these",
        K::ProcessGroupAdded => "a group becomes active: at the start of the daemon, by `add` or by `update`",
        K::ProcessGroupRemoved => "a group is removed by `remove` or `update`",
    }
}

/// What an event of that kind says; `None` of kinds that only stand for others.
fn payload(kind: EventKind) -> Option<String> {
    let process = ProcessName { group: Arc::from("web"), name: Arc::from("web_00") };
    let data = Bytes::from_static(b"what it wrote");
    let periods = Period::ALL.map(|period| Event::Tick { period, when: 1_795_392_000 });
    let states = STATES.map(|to| {
        let from = before(to);
        let pid = if from == State::Backoff { 0 } else { 4711 };
        Event::State { process: &process, from, to, detail: StateDetail { tries: 1, pid, expected: false } }
    });
    let outputs = [Channel::Stdout, Channel::Stderr].map(|channel| Output {
        process: &process,
        pid: Pid(4711),
        channel,
        data: &data,
    });
    let others = [
        Event::Remote { kind: "deployed", data: "version 7" },
        Event::SupervisorRunning,
        Event::SupervisorStopping,
        Event::GroupAdded { group: "web" },
        Event::GroupRemoved { group: "web" },
    ];
    let examples = states.into_iter().chain(outputs.map(Event::Communication)).chain(outputs.map(Event::Log));
    let mut examples = examples.chain(others).chain(periods);
    examples.find(|event| event.kind() == kind).map(|event| event.payload().text().into_owned())
}

/// A state from which a process comes into that one.
fn before(state: State) -> State {
    match state {
        State::Starting => State::Exited,
        State::Backoff | State::Running => State::Starting,
        State::Stopping | State::Exited => State::Running,
        State::Stopped | State::Unknown => State::Stopping,
        State::Fatal => State::Backoff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_payload_or_stands_for_others() {
        for kind in EventKind::all() {
            let stands_for_others = EventKind::all().any(|other| other.parent() == Some(kind));
            assert_eq!(payload(kind).is_none(), stands_for_others, "{}", kind.name());
        }
    }
}

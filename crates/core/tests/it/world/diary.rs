//! What happened in a calm world, in words that a test can be compared with.

use std::collections::BTreeMap;

use provost_config::model::Level;
use provost_core::call::{BulkItem, Changes, Fault, Reply};
use provost_core::notice::{Notice, ProcessName, StateDetail};
use provost_core::status::{ProcessId, State};
use provost_core::supervisor::{Effect, Registration};

/// What an entry of the diary is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// What listeners are told.
    Event,
    /// What the activity log says.
    Line,
    /// What the planes are asked to do.
    Deed,
}

/// Everything that was said and done, until a test has read it.
#[derive(Debug, Default)]
pub(crate) struct Diary(Vec<(Kind, String)>);

impl Diary {
    pub(super) fn note(&mut self, effect: &Effect, registered: &BTreeMap<ProcessId, Registration>) {
        let name = |process: &ProcessId| {
            registered.get(process).map(|entry| namespec(&entry.name)).unwrap_or_default()
        };
        let deed = match effect {
            Effect::Notify(notice) => return self.note_fact(notice),
            Effect::NotifyOfPool(notice) => {
                let (level, text) = notice.line();
                return self.0.push((Kind::Line, line_text(level, &text)));
            }
            Effect::Deliver { process, envelope } => {
                format!("deliver {} {} to {}", envelope.serial, envelope.kind.name(), name(process))
            }
            Effect::Register(registration) => format!("register {}", namespec(&registration.name)),
            Effect::Forget(process) => format!("forget {}", name(process)),
            Effect::Prepare { process, launch } => format!("prepare {} {launch}", name(process)),
            Effect::Spawn { process, launch } => format!("spawn {} {launch}", name(process)),
            Effect::Release(process) => format!("release {}", name(process)),
            Effect::Drain { process, launch, .. } => format!("drain {} {launch}", name(process)),
            Effect::Clear { process, launch, signal } => {
                format!("clear {} {launch} with {signal}", name(process))
            }
            Effect::Leave(process) => format!("leave {}", name(process)),
            Effect::Signal { process, pid, signal, group, .. } => {
                let whole = if *group { "group of " } else { "" };
                format!("signal {signal} to {whole}{} {pid}", name(process))
            }
            Effect::Probe { process, .. } => format!("probe {}", name(process)),
            Effect::WriteStdin { process, given, data, .. } => {
                format!("write {} {given} {}", name(process), String::from_utf8_lossy(data))
            }
            Effect::LoadConfig => "load".into(),
            Effect::ReopenLogs => "reopen".into(),
            Effect::Reply { call, result } => format!("reply {}: {}", call.0, answer_text(result)),
            Effect::End(ending) => format!("end: {ending:?}"),
            Effect::Print(lines) => format!("print: {}", lines.escape_ascii()),
        };
        self.0.push((Kind::Deed, deed));
    }

    fn note_fact(&mut self, notice: &Notice) {
        if let Some((level, text)) = notice.line() {
            self.0.push((Kind::Line, line_text(level, &text)));
        }
        self.0.extend(event_text(notice).map(|text| (Kind::Event, text)));
    }

    /// What there is of a kind since the last time.
    pub(crate) fn take(&mut self, kind: Kind) -> Vec<String> {
        let (taken, kept) = std::mem::take(&mut self.0).into_iter().partition(|entry| entry.0 == kind);
        self.0 = kept;
        let taken: Vec<(Kind, String)> = taken;
        taken.into_iter().map(|entry| entry.1).collect()
    }

    /// Everything since the last time, in order.
    pub(crate) fn take_all(&mut self) -> Vec<String> {
        std::mem::take(&mut self.0).into_iter().map(|entry| entry.1).collect()
    }
}

/// A line of the activity log, without its time.
pub(crate) fn line_text(level: Level, text: &str) -> String {
    format!("{} {text}", level.code())
}

/// An event, with the details that its payload carries for that state.
fn event_text(notice: &Notice) -> Option<String> {
    Some(match notice {
        Notice::StateChanged { process, from, to, detail } => {
            let StateDetail { tries, pid, expected } = detail;
            let details = match to {
                State::Starting | State::Backoff => format!(" tries:{tries}"),
                State::Running | State::Stopping | State::Stopped => format!(" pid:{pid}"),
                State::Exited => format!(" expected:{} pid:{pid}", u8::from(*expected)),
                State::Fatal | State::Unknown => String::new(),
            };
            format!("{} {} to {}{details}", namespec(process), from.name(), to.name())
        }
        Notice::GroupAdded { group } => format!("added {group}"),
        Notice::GroupRemoved { group } => format!("removed {group}"),
        Notice::SupervisorRunning => "supervisor running".into(),
        Notice::SupervisorStopping => "supervisor stopping".into(),
        Notice::RemoteCommunication { kind, data } => format!("remote {kind} {data}"),
        _ => return None,
    })
}

fn namespec(name: &ProcessName) -> String {
    if name.group == name.name { name.name.to_string() } else { format!("{}:{}", name.group, name.name) }
}

/// An answer as a client sees it.
pub(crate) fn answer_text(result: &Result<Reply, Fault>) -> String {
    match result {
        Ok(Reply::Done) => "done".into(),
        Ok(Reply::Bulk(items)) => items.iter().map(item_text).collect::<Vec<_>>().join(", "),
        Ok(Reply::Changes(Changes { added, changed, removed })) => {
            format!("added {added:?} changed {changed:?} removed {removed:?}")
        }
        Err(fault) => fault_text(fault),
    }
}

fn item_text(item: &BulkItem) -> String {
    let outcome = item.outcome.as_ref().map_or_else(fault_text, |()| "OK".into());
    format!("{}:{} {outcome}", item.group, item.name)
}

/// A fault as RPC prints it.
fn fault_text(fault: &Fault) -> String {
    match fault {
        Fault::ShutdownState => "SHUTDOWN_STATE".into(),
        Fault::BadName(detail) => format!("BAD_NAME: {detail}"),
        Fault::BadSignal(detail) => format!("BAD_SIGNAL: {detail}"),
        Fault::NoFile(detail) => format!("NO_FILE: {detail}"),
        Fault::NotExecutable(detail) => format!("NOT_EXECUTABLE: {detail}"),
        Fault::Failed(detail) => format!("FAILED: {detail}"),
        Fault::AbnormalTermination(detail) => format!("ABNORMAL_TERMINATION: {detail}"),
        Fault::SpawnError(detail) => format!("SPAWN_ERROR: {detail}"),
        Fault::AlreadyStarted(detail) => format!("ALREADY_STARTED: {detail}"),
        Fault::NotRunning(detail) => format!("NOT_RUNNING: {detail}"),
        Fault::AlreadyAdded(detail) => format!("ALREADY_ADDED: {detail}"),
        Fault::StillRunning(detail) => format!("STILL_RUNNING: {detail}"),
    }
}

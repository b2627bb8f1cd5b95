//! Answers for programs: one JSON object per command line.
//!
//! The object always has the member `errors`, and besides it those of [`shapes`] that the command came to fill.
//! A member that stands there may get more members of its own in later versions; none changes its meaning or
//! type. `docs/json.md` is printed from the table, and a test holds what is written against it.

use serde_json::{Map, Value as Json, json};

use crate::answer::{Answer, LogEnd, Outcome, Row};
use crate::remote::{Changes, ConfigInfo, Details, LastExit, Plan, ProcessInfo};
use crate::render::short_name;

/// What is said beside the data, and what went wrong.
const MESSAGES: &str = "messages";
const ERRORS: &str = "errors";

/// The object of one command line.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Document {
    members: Map<String, Json>,
    /// How many objects the command line gave already; a watch gives one per reading.
    given: usize,
}

impl Document {
    /// Adds what a command found out.
    pub fn add(&mut self, answer: &Answer<'_>) {
        match answer {
            Answer::Processes(rows) => self.set("processes", rows.iter().map(process).collect()),
            Answer::Details(rows) | Answer::Load(rows) => {
                self.set("processes", rows.iter().map(detailed_process).collect());
            }
            Answer::Outcome(outcome) => {
                self.extend("results", outcome.as_ref().map(result));
                if let Some(outcome) = outcome.filter(|outcome| !outcome.ok) {
                    self.error(outcome.line.to_owned());
                }
            }
            Answer::Configured(processes) => {
                self.set("configured", processes.iter().map(configured).collect());
            }
            Answer::Changes(found) => self.set("changes", changes(found)),
            Answer::Plan(found) => self.set("plan", plan(found)),
            Answer::DaemonPid(found) => self.set("pid", json!(found)),
            Answer::Pid(name, found) => {
                self.extend("pids", Some(json!({ "name": name, "pid": pid(*found) })));
            }
            Answer::Version(version) => self.set("version", json!(version)),
            Answer::Log(end) => self.extend("logs", Some(log(end))),
        }
    }

    /// Adds a line that is no data.
    pub fn message(&mut self, line: String) {
        // Blank lines are for the eye.
        if !line.is_empty() {
            self.extend(MESSAGES, Some(line.into()));
        }
    }

    /// Adds a line about something that went wrong.
    pub fn error(&mut self, line: String) {
        self.extend(ERRORS, Some(line.into()));
    }

    /// The object as one line, and an empty one in its place.
    pub fn take(&mut self) -> String {
        self.extend(ERRORS, None);
        self.given += 1;
        Json::Object(std::mem::take(&mut self.members)).to_string()
    }

    /// The last object of the command line: there is one at least, and none that says nothing new.
    pub fn finish(&mut self) -> Option<String> {
        let object = (self.given == 0 || !self.members.is_empty()).then(|| self.take());
        self.given = 0;
        object
    }

    /// Notes that another program answers the command line, in a form of its own.
    pub fn leave_to_another(&mut self) {
        self.given += 1;
    }

    fn set(&mut self, key: &str, value: Json) {
        self.members.insert(key.to_owned(), value);
    }

    /// Adds to a list, which is there from then on even if nothing is added.
    fn extend(&mut self, key: &str, item: Option<Json>) {
        let list = self.members.entry(key).or_insert_with(|| json!([]));
        list.as_array_mut().expect("invariant: the members that are extended are lists").extend(item);
    }
}

fn process(row: &Row) -> Json {
    let ProcessInfo { group, name, state, state_name, description, pid: child } = &row.info;
    json!({
        "name": short_name(group, name),
        "group": group,
        "process": name,
        "state": state_name,
        "code": state,
        "description": description,
        "pid": pid(*child),
    })
}

fn detailed_process(row: &Row) -> Json {
    let mut object = process(row);
    let members = object.as_object_mut().expect("invariant: a process is an object");
    members.insert("details".to_owned(), row.details.as_ref().map_or(Json::Null, details));
    members.insert("cpu_percent".to_owned(), json!(row.cpu_percent));
    object
}

fn details(details: &Details) -> Json {
    json!({
        "started": details.started,
        "uptime": details.uptime,
        "restarts": details.restarts,
        "last_exit": details.last_exit.as_ref().map(last_exit),
        "failure": details.failure,
        "attempt": details.attempt,
        "attempts": details.attempts,
        "next_retry_in": details.next_retry_in,
        "memory_bytes": whole(details.memory),
        "cpu_seconds": details.cpu,
        "tree_processes": details.processes,
        "events_buffered": details.events_buffered,
        "events_dropped": details.events_dropped,
        "log_bytes_dropped": whole(details.log_bytes_dropped),
    })
}

fn last_exit(exit: &LastExit) -> Json {
    json!({ "text": exit.text, "code": exit.code, "signal": exit.signal, "time": exit.time })
}

fn result(outcome: &Outcome<'_>) -> Json {
    json!({
        "action": outcome.action,
        "name": outcome.process.map_or_else(|| outcome.group.to_owned(), |name| short_name(outcome.group, name)),
        "group": outcome.group,
        "process": outcome.process,
        "ok": outcome.ok,
        "message": outcome.message,
    })
}

fn configured(info: &ConfigInfo) -> Json {
    json!({
        "name": short_name(&info.group, &info.name),
        "group": info.group,
        "process": info.name,
        "in_use": info.in_use,
        "autostart": info.autostart,
        "group_priority": info.group_priority,
        "process_priority": info.process_priority,
    })
}

fn changes(changes: &Changes) -> Json {
    json!({ "added": changes.added, "changed": changes.changed, "removed": changes.removed })
}

fn plan(plan: &Plan) -> Json {
    let changed = plan.changed.iter();
    let changed: Json =
        changed.map(|changed| json!({ "group": changed.group, "reasons": changed.reasons })).collect();
    json!({ "added": plan.added, "changed": changed, "removed": plan.removed })
}

fn log(end: &LogEnd<'_>) -> Json {
    let (name, channel) = end.of.unzip();
    json!({ "name": name, "channel": channel.map(|channel| channel.word()), "text": end.text })
}

/// A process without a child has no pid.
fn pid(pid: i64) -> Option<i64> {
    (pid != 0).then_some(pid)
}

/// A count that came as a double, because the wire has no wide integers.
fn whole(number: f64) -> u64 {
    number as u64
}

mod shapes;
pub use shapes::reference_markdown;

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;

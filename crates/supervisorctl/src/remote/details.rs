//! What only our daemon tells: the `provost.*` methods, as types.
//!
//! The reference answers them with `UNKNOWN_METHOD`; that is no failure but a [`None`], and the commands say
//! what they do without. On the wire a fact that is missing is an empty text, a zero or a minus one; here it
//! is a `None`.

use provost_wire::fault::FaultCode;
use provost_wire::xmlrpc::Value;

use super::{ProcessInfo, Remote, number, process_info, text};
use crate::failure::Failure;

/// What is known of a process beyond [`ProcessInfo`].
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// When its child was started last, in seconds of the epoch.
    pub started: Option<i64>,
    /// For how long the child has run, in seconds.
    pub uptime: Option<f64>,
    /// How many children it has had after its first.
    pub restarts: i64,
    /// How the child before this one ended.
    pub last_exit: Option<LastExit>,
    /// Why the last start failed.
    pub failure: Option<String>,
    /// Which attempt in a row to start it is under way or failed last; 0 if neither.
    pub attempt: i64,
    /// How many there are before it is given up; 0 if there is no attempt.
    pub attempts: i64,
    /// Seconds until it is started again.
    pub next_retry_in: Option<f64>,
    /// Resident memory of the child and all its descendants, in bytes.
    pub memory: f64,
    /// Processor time that they have used, in seconds.
    pub cpu: f64,
    /// How many they are.
    pub processes: i64,
    /// Events that wait for a listener; 0 for other programs, as the next one.
    pub events_buffered: i64,
    /// Events that were dropped because too many waited.
    pub events_dropped: i64,
    /// Bytes of output that could not be stored.
    pub log_bytes_dropped: f64,
}

/// The end of a child.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastExit {
    /// In words, such as `exit status 3, not expected`.
    pub text: String,
    /// The exit code, if it exited.
    pub code: Option<i64>,
    /// The signal's name, if one killed it.
    pub signal: Option<String>,
    /// When, in seconds of the epoch.
    pub time: Option<i64>,
}

/// What an update would do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Groups that would be made active.
    pub added: Vec<String>,
    /// Groups that would be stopped and removed.
    pub removed: Vec<String>,
    /// Groups that would be stopped, replaced and started.
    pub changed: Vec<ChangedGroup>,
}

/// A group that is configured otherwise than it runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedGroup {
    /// Its name.
    pub group: String,
    /// The options that differ.
    pub reasons: Vec<String>,
}

impl Remote {
    /// All active processes with their details, in the order of [`Remote::all_process_info`]; `None` if the
    /// server does not offer that.
    ///
    /// # Errors
    ///
    /// As the other methods.
    pub fn all_process_details(&mut self) -> Result<Option<Vec<(ProcessInfo, Details)>>, Failure> {
        let read = |value: &Value| Some((process_info(value)?, details(value)?));
        offered(self.list("provost.getAllProcessDetails", &[], read))
    }

    /// What an update would do, with the files read now; nothing is changed or remembered. `None` if the server
    /// does not offer that.
    ///
    /// # Errors
    ///
    /// As the other methods; `CANT_REREAD` when the files are in error.
    pub fn plan_update(&mut self) -> Result<Option<Plan>, Failure> {
        const METHOD: &str = "provost.planUpdate";
        let Some(answer) = offered(self.transport().call(METHOD, &[]))? else { return Ok(None) };
        let plan = plan(&answer).ok_or(Failure::Unexpected { method: METHOD, expected: "a plan" })?;
        Ok(Some(plan))
    }
}

/// A server that has no such method is a server without the answer.
fn offered<T>(answer: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(Failure::Fault(fault)) if fault.known() == Some(FaultCode::UnknownMethod) => Ok(None),
        Err(other) => Err(other),
    }
}

fn details(value: &Value) -> Option<Details> {
    Some(Details {
        started: number(value, "start").map(|time| (time > 0).then_some(time))?,
        uptime: double(value, "uptime").map(|uptime| (number(value, "pid") != Some(0)).then_some(uptime))?,
        restarts: number(value, "restarts")?,
        last_exit: last_exit(value)?,
        failure: words(value, "failure")?,
        attempt: number(value, "attempt")?,
        attempts: number(value, "attempts")?,
        next_retry_in: double(value, "next_retry_in").map(|seconds| (seconds >= 0.0).then_some(seconds))?,
        memory: double(value, "memory")?,
        cpu: double(value, "cpu")?,
        processes: number(value, "processes")?,
        events_buffered: number(value, "events_buffered")?,
        events_dropped: number(value, "events_dropped")?,
        log_bytes_dropped: double(value, "log_bytes_dropped")?,
    })
}

/// The outer `None` is a struct without the members, the inner one a process that never ended.
fn last_exit(value: &Value) -> Option<Option<LastExit>> {
    let Some(text) = words(value, "last_exit")? else { return Some(None) };
    Some(Some(LastExit {
        text,
        code: number(value, "last_exit_code").map(|code| (code >= 0).then_some(code))?,
        signal: words(value, "last_exit_signal")?,
        time: number(value, "last_exit_time").map(|time| (time > 0).then_some(time))?,
    }))
}

fn plan(value: &Value) -> Option<Plan> {
    let changed = |value: &Value| {
        Some(ChangedGroup { group: text(value, "group")?, reasons: strings(value.get("reasons")?)? })
    };
    Some(Plan {
        added: strings(value.get("added")?)?,
        removed: strings(value.get("removed")?)?,
        changed: value.get("changed")?.as_array()?.iter().map(changed).collect::<Option<_>>()?,
    })
}

/// A text, unless it is empty; the outer `None` is a struct without it.
fn words(value: &Value, key: &str) -> Option<Option<String>> {
    text(value, key).map(|text| Some(text).filter(|text| !text.is_empty()))
}

fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

fn double(value: &Value, key: &str) -> Option<f64> {
    match value.get(key)? {
        Value::Double(number) => Some(*number),
        // Only numbers far below 2⁵³ come as integers.
        Value::Int(number) => Some(*number as f64),
        _ => None,
    }
}

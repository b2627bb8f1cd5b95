//! Answers: what commands find out, before it is known who reads it.
//!
//! A person gets lines, from [`render`](crate::render); a program gets members of a JSON object, from
//! [`json`](crate::json). A command that has something to tell makes an answer of it and leaves the rest to the
//! session.

use crate::remote::{Changes, Channel, ConfigInfo, Details, Plan, ProcessInfo};
use crate::render::{self, change_lines, config_line, plan_lines, status_table};
use crate::surface::Paint;

/// See the module.
#[derive(Debug, Clone, Copy)]
pub enum Answer<'a> {
    /// `status`.
    Processes(&'a [Row]),
    /// `status -l`.
    Details(&'a [Row]),
    /// `status --watch`.
    Load(&'a [Row]),
    /// What became of something that was to be done. Nothing at all was to be done if there is none.
    Outcome(Option<Outcome<'a>>),
    /// `avail`.
    Configured(&'a [ConfigInfo]),
    /// `reread`.
    Changes(&'a Changes),
    /// `update --dry-run`.
    Plan(&'a Plan),
    /// `pid` of the daemon.
    DaemonPid(i64),
    /// `pid` of a process, under the name that was asked for; 0 when it has no child.
    Pid(&'a str, i64),
    /// `version`.
    Version(&'a str),
    /// The end of a log.
    Log(LogEnd<'a>),
}

/// A process as `status` shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What every daemon tells.
    pub info: ProcessInfo,
    /// What only ours tells, if it was asked.
    pub details: Option<Details>,
    /// Share of one processor since the reading before, in percent; more than 100 with several.
    pub cpu_percent: Option<f64>,
}

impl From<ProcessInfo> for Row {
    fn from(info: ProcessInfo) -> Self {
        Self { info, details: None, cpu_percent: None }
    }
}

/// What became of one thing that was to be done.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// The command, such as `start`.
    pub action: &'a str,
    /// The group it was done to.
    pub group: &'a str,
    /// The process; `None` when a whole group was meant.
    pub process: Option<&'a str>,
    /// Whether that is what the user wanted.
    pub ok: bool,
    /// What happened, in a few words.
    pub message: &'a str,
    /// The same as a line for people.
    pub line: &'a str,
}

/// The end of a log.
#[derive(Debug, Clone, Copy)]
pub struct LogEnd<'a> {
    /// The process, as it was asked for, and which of its streams; `None` is the daemon's own log.
    pub of: Option<(&'a str, Channel)>,
    /// What stands there.
    pub text: &'a str,
}

impl Answer<'_> {
    /// The answer for people.
    #[must_use]
    pub fn lines(&self, paint: Paint) -> Vec<String> {
        match self {
            Self::Processes(rows) => status_table(rows.iter().map(|row| &row.info), paint),
            Self::Details(rows) => render::details::blocks(rows, paint),
            Self::Load(rows) => render::details::load_table(rows, paint),
            Self::Outcome(outcome) => outcome.iter().map(|outcome| outcome.line.to_owned()).collect(),
            Self::Configured(processes) => processes.iter().map(config_line).collect(),
            Self::Changes(changes) => change_lines(changes),
            Self::Plan(plan) => plan_lines(plan),
            Self::DaemonPid(pid) | Self::Pid(_, pid) => vec![pid.to_string()],
            Self::Version(version) => vec![(*version).to_owned()],
            Self::Log(log) => vec![log.text.to_owned()],
        }
    }
}

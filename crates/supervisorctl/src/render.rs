//! The lines users and scripts read, as pure functions from values to text.
//!
//! These texts are an interface: monitoring plugins and configuration management cut them up. Nothing here
//! prints or decides an exit code.

use std::collections::BTreeMap;

use provost_wire::fault::FaultCode;
use provost_wire::namespec::ShortName;

use crate::failure::Failure;
use crate::remote::{Changes, ConfigInfo, Plan, ProcessInfo, ProcessResult, Verb};
use crate::surface::Paint;

pub mod details;

/// Narrowest column of names in a status table, without the blanks that follow it.
const NAME_WIDTH: usize = 30;
/// Blanks between the longest name and its state.
const NAME_GAP: usize = 3;
/// Width of the column of states.
const STATE_WIDTH: usize = 10;
/// Width of the lists of commands. The reference fills 79 of the terminal's classic 80 columns.
pub const LIST_WIDTH: usize = 79;

/// A status table, one line per process.
pub fn status_table<'a>(
    processes: impl Iterator<Item = &'a ProcessInfo> + Clone,
    paint: Paint,
) -> Vec<String> {
    let width = name_width(processes.clone()) + NAME_GAP;
    let line = |info: &ProcessInfo| {
        let name = short_name(&info.group, &info.name);
        let state = padded_state(&info.state_name, paint);
        format!("{}{state}{}", padded(&name, width), info.description)
    };
    processes.map(line).collect()
}

/// How wide the names of these processes are, in a column of the usual width or more.
fn name_width<'a>(processes: impl Iterator<Item = &'a ProcessInfo>) -> usize {
    let widths = processes.map(|info| short_name(&info.group, &info.name).chars().count());
    widths.max().unwrap_or(0).max(NAME_WIDTH)
}

/// A text in a column. The width of a formatted argument has a limit that names from elsewhere may be beyond.
pub(crate) fn padded(text: &str, width: usize) -> String {
    let padding = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(padding))
}

/// A state in its column. The colours take no room.
fn padded_state(name: &str, paint: Paint) -> String {
    let padding = STATE_WIDTH.saturating_sub(name.chars().count());
    format!("{}{}", paint.state(name), " ".repeat(padding))
}

/// A line of which parts come from elsewhere, without what would move the cursor.
#[must_use]
pub fn harmless(line: &str) -> String {
    line.replace(|character: char| character.is_control() && !matches!(character, '\n' | '\t'), "\u{fffd}")
}

/// What became of one process, in the words of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// It was done.
    Done(&'static str),
    /// It was not, for this reason.
    Refused(&'static str),
    /// It was not, and the server said all there is to say.
    Told(&'a str),
}

impl<'a> Verdict<'a> {
    /// The words alone.
    #[must_use]
    pub fn message(self) -> &'a str {
        match self {
            Self::Done(words) | Self::Refused(words) => words,
            Self::Told(text) => text,
        }
    }

    /// The line about the process of this name.
    #[must_use]
    pub fn line(self, name: &str) -> String {
        match self {
            Self::Done(participle) => format!("{name}: {participle}"),
            Self::Refused(complaint) => error_line(name, complaint),
            Self::Told(text) => text.to_owned(),
        }
    }
}

/// What became of one process under `verb`.
///
/// # Errors
///
/// [`Failure::UnknownResult`] when the verb has no words for the status.
pub fn verdict<'a>(verb: Verb<'_>, result: &'a ProcessResult) -> Result<Verdict<'a>, Failure> {
    use FaultCode as Code;
    let complaint = match (verb, Code::from_number(result.status)) {
        (_, Some(Code::Success)) => return Ok(Verdict::Done(participle(verb))),
        (_, Some(Code::BadName)) => "no such process",
        (Verb::Start, Some(Code::NoFile)) => "no such file",
        (Verb::Start, Some(Code::NotExecutable)) => "file is not executable",
        (Verb::Start, Some(Code::AlreadyStarted)) => "already started",
        (Verb::Start, Some(Code::SpawnError)) => "spawn error",
        (Verb::Start, Some(Code::AbnormalTermination)) => "abnormal termination",
        (Verb::Stop | Verb::Signal(_), Some(Code::BadSignal)) => "bad signal name",
        (Verb::Stop | Verb::Signal(_), Some(Code::NotRunning)) => "not running",
        (Verb::Stop | Verb::Signal(_), Some(Code::Failed)) => return Ok(Verdict::Told(&result.description)),
        (Verb::Clear, Some(Code::Failed)) => "failed",
        _ => return Err(Failure::UnknownResult { status: result.status, name: result_name(result) }),
    };
    Ok(Verdict::Refused(complaint))
}

/// The name under which a result is shown.
#[must_use]
pub fn result_name(result: &ProcessResult) -> String {
    match &result.name {
        Some(name) => short_name(&result.group, name),
        None => format!("{}:*", result.group),
    }
}

/// `NAME: ERROR (COMPLAINT)`.
#[must_use]
pub fn error_line(name: &str, complaint: &str) -> String {
    format!("{name}: ERROR ({complaint})")
}

/// One line of `avail`.
#[must_use]
pub fn config_line(info: &ConfigInfo) -> String {
    let name = short_name(&info.group, &info.name);
    let in_use = if info.in_use { "in use" } else { "avail" };
    let start = if info.autostart { "auto" } else { "manual" };
    format!("{name:<32} {in_use:<9} {start:<9} {}:{}", info.group_priority, info.process_priority)
}

/// Nothing to update.
const NO_CHANGES: &str = "No config updates to processes";

/// The lines of `reread`, by name.
#[must_use]
pub fn change_lines(changes: &Changes) -> Vec<String> {
    let kinds =
        [(&changes.added, "available"), (&changes.changed, "changed"), (&changes.removed, "disappeared")];
    let by_name: BTreeMap<&str, &str> =
        kinds.iter().flat_map(|(names, word)| names.iter().map(|name| (name.as_str(), *word))).collect();
    if by_name.is_empty() {
        return vec![NO_CHANGES.to_owned()];
    }
    by_name.iter().map(|(name, word)| format!("{name}: {word}")).collect()
}

/// What an update would do, in the order in which it does it.
#[must_use]
pub fn plan_lines(plan: &Plan) -> Vec<String> {
    let removed = plan.removed.iter().map(|group| format!("{group}: would be stopped and removed"));
    let changed = plan
        .changed
        .iter()
        .map(|changed| format!("{}: would be restarted ({})", changed.group, changed.reasons.join(", ")));
    let added = plan.added.iter().map(|group| format!("{group}: would be added"));
    let lines: Vec<String> = removed.chain(changed).chain(added).collect();
    if lines.is_empty() { vec![NO_CHANGES.to_owned()] } else { lines }
}

/// Words in as few rows as fit `width`, read down the columns, two blanks between them.
#[must_use]
pub fn columns(words: &[&str], width: usize) -> Vec<String> {
    let rows = (1..=words.len()).find(|&rows| {
        let widths = column_widths(words, rows);
        widths.iter().sum::<usize>() + 2 * (widths.len() - 1) <= width
    });
    // Not even one column fits: one word per line all the same.
    let rows = rows.unwrap_or(words.len());
    let widths = column_widths(words, rows);
    let line = |row: usize| {
        let cells = words.iter().skip(row).step_by(rows.max(1)).zip(&widths);
        cells.map(|(word, &width)| padded(word, width)).collect::<Vec<_>>().join("  ")
    };
    (0..rows).map(line).collect()
}

fn column_widths(words: &[&str], rows: usize) -> Vec<usize> {
    let widest = |column: &[&str]| column.iter().map(|word| word.len()).max().unwrap_or(0);
    words.chunks(rows.max(1)).map(widest).collect()
}

fn participle(verb: Verb<'_>) -> &'static str {
    match verb {
        Verb::Start => "started",
        Verb::Stop => "stopped",
        Verb::Signal(_) => "signalled",
        Verb::Clear => "cleared",
    }
}

/// `name` when it is its group's name too, else `group:name`.
#[must_use]
pub fn short_name(group: &str, name: &str) -> String {
    ShortName::new(group, name).to_string()
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;

//! The lines users and scripts read, as pure functions from values to text.
//!
//! These texts are an interface: monitoring plugins and configuration management cut them up. Nothing here
//! prints or decides an exit code.

use std::collections::BTreeMap;

use provost_wire::fault::FaultCode;
use provost_wire::namespec::ShortName;

use crate::failure::Failure;
use crate::remote::{Changes, ConfigInfo, ProcessInfo, ProcessResult, Verb};

/// Narrowest column of names in a status table, without the blanks that follow it.
const NAME_WIDTH: usize = 30;
/// Blanks between the longest name and its state.
const NAME_GAP: usize = 3;
/// Width of the lists of commands. The reference fills 79 of the terminal's classic 80 columns.
pub const LIST_WIDTH: usize = 79;

/// A status table, one line per process.
#[must_use]
pub fn status_table(processes: &[ProcessInfo]) -> Vec<String> {
    let names: Vec<String> = processes.iter().map(|info| short_name(&info.group, &info.name)).collect();
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let width = longest.max(NAME_WIDTH) + NAME_GAP;
    let lines = names.iter().zip(processes);
    lines.map(|(name, info)| format!("{name:<width$}{:<10}{}", info.state_name, info.description)).collect()
}

/// What became of one process under `verb`.
///
/// # Errors
///
/// [`Failure::UnknownResult`] when the verb has no words for the status.
pub fn result_line(verb: Verb<'_>, result: &ProcessResult) -> Result<String, Failure> {
    use FaultCode as Code;
    let name = match &result.name {
        Some(name) => short_name(&result.group, name),
        None => format!("{}:*", result.group),
    };
    let code = Code::from_number(result.status);
    let complaint = match (verb, code) {
        (_, Some(Code::Success)) => return Ok(format!("{name}: {}", participle(verb))),
        (_, Some(Code::BadName)) => "no such process",
        (Verb::Start, Some(Code::NoFile)) => "no such file",
        (Verb::Start, Some(Code::NotExecutable)) => "file is not executable",
        (Verb::Start, Some(Code::AlreadyStarted)) => "already started",
        (Verb::Start, Some(Code::SpawnError)) => "spawn error",
        (Verb::Start, Some(Code::AbnormalTermination)) => "abnormal termination",
        (Verb::Stop | Verb::Signal(_), Some(Code::BadSignal)) => "bad signal name",
        (Verb::Stop | Verb::Signal(_), Some(Code::NotRunning)) => "not running",
        (Verb::Stop | Verb::Signal(_), Some(Code::Failed)) => return Ok(result.description.clone()),
        (Verb::Clear, Some(Code::Failed)) => "failed",
        _ => return Err(Failure::UnknownResult { status: result.status, name }),
    };
    Ok(error_line(&name, complaint))
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

/// The lines of `reread`, by name.
#[must_use]
pub fn change_lines(changes: &Changes) -> Vec<String> {
    let kinds =
        [(&changes.added, "available"), (&changes.changed, "changed"), (&changes.removed, "disappeared")];
    let by_name: BTreeMap<&str, &str> =
        kinds.iter().flat_map(|(names, word)| names.iter().map(|name| (name.as_str(), *word))).collect();
    if by_name.is_empty() {
        return vec!["No config updates to processes".to_owned()];
    }
    by_name.iter().map(|(name, word)| format!("{name}: {word}")).collect()
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
        cells.map(|(word, &width)| format!("{word:<width$}")).collect::<Vec<_>>().join("  ")
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

//! The lines of `status -l` and `status --watch`. Nobody but people reads these: what is parsed is the plain
//! table and the JSON, so here a line may gain a fact at any time.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{NAME_GAP, STATE_WIDTH, name_width, padded, padded_state, short_name, status_table};
use crate::answer::Row;
use crate::remote::{Details, LastExit};
use crate::surface::Paint;

/// Width of what introduces a fact.
const LABEL_WIDTH: usize = 12;
/// Stands for a number that is not known.
const UNKNOWN: &str = "-";

/// Each process's line of the table, and below it what else is known, one fact per line.
#[must_use]
pub fn blocks(rows: &[Row], paint: Paint) -> Vec<String> {
    let table = status_table(rows.iter().map(|row| &row.info), paint);
    let mut lines = Vec::new();
    for (line, row) in table.into_iter().zip(rows) {
        lines.push(line);
        if let Some(details) = &row.details {
            let facts = facts(details, row.cpu_percent).into_iter();
            lines.extend(facts.map(|(label, fact)| format!("    {label:<LABEL_WIDTH$}{fact}")));
        }
    }
    lines
}

/// What is known of a process; what it never did is left out.
fn facts(details: &Details, cpu_percent: Option<f64>) -> Vec<(&'static str, String)> {
    let mut facts = vec![("restarts", details.restarts.to_string())];
    if let Some(exit) = &details.last_exit {
        facts.push(("last exit", last_exit(exit)));
    }
    if let Some(failure) = &details.failure {
        facts.push(("failure", failure.clone()));
    }
    if let Some(seconds) = details.next_retry_in {
        let (attempt, attempts) = (details.attempt, details.attempts);
        facts.push(("next start", format!("in {seconds:.1} s, after {attempt} of {attempts} attempts")));
    }
    if details.processes > 0 {
        facts.push(("tree", tree(details, cpu_percent)));
    }
    if details.events_buffered > 0 || details.events_dropped > 0 {
        let (waiting, dropped) = (details.events_buffered, details.events_dropped);
        facts.push(("events", format!("{waiting} waiting, {dropped} dropped")));
    }
    if details.log_bytes_dropped > 0.0 {
        facts.push(("output", format!("{} dropped", size(details.log_bytes_dropped))));
    }
    facts
}

fn last_exit(exit: &LastExit) -> String {
    match exit.time.and_then(local_time) {
        Some(time) => format!("{time}: {}", exit.text),
        None => exit.text.clone(),
    }
}

fn tree(details: &Details, cpu_percent: Option<f64>) -> String {
    let noun = if details.processes == 1 { "process" } else { "processes" };
    let share = cpu_percent.map(|percent| format!(", now {percent:.1} %")).unwrap_or_default();
    format!(
        "{} {noun}, {} of memory, {} of processor time{share}",
        details.processes,
        size(details.memory),
        duration(details.cpu),
    )
}

/// A table for looking at again and again, with a headline; as `status` prints it if nothing is known of loads.
#[must_use]
pub fn load_table(rows: &[Row], paint: Paint) -> Vec<String> {
    if rows.iter().all(|row| row.details.is_none()) {
        return status_table(rows.iter().map(|row| &row.info), paint);
    }
    let width = name_width(rows.iter().map(|row| &row.info)) + NAME_GAP;
    let headline = format!(
        "{}{:<STATE_WIDTH$}{:>7}{:>11}{:>10}  DESCRIPTION",
        padded("NAME", width),
        "STATE",
        "CPU %",
        "MEMORY",
        "RESTARTS"
    );
    let line = |row: &Row| {
        let name = padded(&short_name(&row.info.group, &row.info.name), width);
        let state = padded_state(&row.info.state_name, paint);
        let cpu = row.cpu_percent.map_or_else(|| UNKNOWN.to_owned(), |percent| format!("{percent:.1}"));
        let runs = row.details.as_ref().filter(|details| details.processes > 0);
        let memory = runs.map_or_else(|| UNKNOWN.to_owned(), |details| size(details.memory));
        let restarts = row.details.as_ref().map_or(0, |details| details.restarts);
        format!("{name}{state}{cpu:>7}{memory:>11}{restarts:>10}  {}", row.info.description)
    };
    std::iter::once(headline).chain(rows.iter().map(line)).collect()
}

/// A number of bytes in the largest unit that leaves something before the point.
fn size(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    const STEP: f64 = 1024.0;
    if bytes < STEP {
        return format!("{bytes:.0} B");
    }
    let mut value = bytes / STEP;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    // From here on it would be shown as 1024.0.
    while value >= 1023.95 && units.len() > 0 {
        value /= STEP;
        unit = units.next();
    }
    format!("{value:.1} {}", unit.expect("invariant: the loop stops at the last unit"))
}

/// Seconds of processor time: with hundredths for a minute, then as an uptime is shown.
fn duration(seconds: f64) -> String {
    if seconds < 60.0 {
        return format!("{seconds:.2} s");
    }
    let whole = seconds as u64;
    format!("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
}

/// A time of the epoch, as clocks here show it.
fn local_time(seconds: i64) -> Option<String> {
    let time = Timestamp::from_second(seconds).ok()?.to_zoned(TimeZone::system());
    Some(time.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
#[path = "details_tests.rs"]
mod tests;

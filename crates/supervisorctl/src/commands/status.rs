//! `status`: how the processes are, once or again and again.
//!
//! Without switches this is the reference's command to the byte. `-l` and `--watch` ask for what only our daemon
//! tells; on another one they make do with what there is, and say so.

mod watch;

use std::time::Duration;

use provost_wire::namespec;

use super::{Invocation, Switch};
use crate::answer::{Answer, Row};
use crate::complete::ProcessName;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::{self, Groups};
use crate::remote::ProcessInfo;
use crate::render::error_line;
use crate::session::{Server, Session};

/// Asks for details.
pub(super) const LONG: Switch = Switch {
    short: Some("-l"),
    long: "--long",
    value: None,
    sentence: "Show restarts, the last exit, failures, memory and processor time as well",
};

/// Asks again and again.
pub(super) const WATCH: Switch = Switch {
    short: None,
    long: "--watch",
    value: Some("SECONDS"),
    sentence: "Show it anew every two seconds, or as often as said; Ctrl-C to leave it",
};

/// Time between two readings, if nothing else was said.
const USUAL_INTERVAL: Duration = Duration::from_secs(2);
/// A daemon need not be asked more often than this.
const SHORTEST_INTERVAL: f64 = 0.1;
/// Longer than anybody watches; a limit, because not every number of seconds is a duration.
const LONGEST_INTERVAL: f64 = 86_400.0;

/// What a command line asks for.
#[derive(Debug, PartialEq)]
struct Wish<'a> {
    /// None for all processes.
    names: Vec<&'a str>,
    depth: Depth,
    /// The time between two readings, if there is to be more than one.
    interval: Option<Duration>,
}

/// How much is shown of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    Line,
    Details,
}

impl<'a> Wish<'a> {
    /// Reads the arguments; an error is a complaint about them.
    fn parse(invocation: &Invocation<'a>) -> Result<Self, String> {
        let (switches, mut names) = invocation.switches_and_names();
        if names.contains(&"all") {
            names.clear();
        }
        let mut wish = Self { names, depth: Depth::Line, interval: None };
        for (switch, value) in switches {
            if *switch == LONG {
                wish.depth = Depth::Details;
            } else {
                wish.interval = Some(value.map_or(Ok(USUAL_INTERVAL), interval)?);
            }
        }
        Ok(wish)
    }
}

fn interval(seconds: &str) -> Result<Duration, String> {
    let number =
        seconds.parse().ok().filter(|number| (SHORTEST_INTERVAL..=LONGEST_INTERVAL).contains(number));
    number.map(Duration::from_secs_f64).ok_or_else(|| {
        format!(
            "bad interval '{seconds}': use a number of seconds from {SHORTEST_INTERVAL} to {LONGEST_INTERVAL}"
        )
    })
}

/// `status [-l] [--watch[=SECONDS]] [NAME...]`
pub(super) fn status(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        session.failed(Exit::StatusUnknown);
        return Ok(());
    }
    let wish = match Wish::parse(invocation) {
        Ok(wish) => wish,
        Err(complaint) => {
            session.misused(invocation.command, &complaint, Exit::StatusUnknown);
            return Ok(());
        }
    };
    match wish.interval {
        None => once(session, &wish),
        Some(interval) => watch::watch(session, &wish, interval),
    }
}

fn once(session: &mut Session, wish: &Wish<'_>) -> Result<(), Failure> {
    let all = match wish.depth {
        Depth::Line => plain_rows(session)?,
        Depth::Details => match detailed_rows(session)? {
            Some(rows) => rows,
            None => {
                session.warn(NOT_OFFERED);
                plain_rows(session)?
            }
        },
    };
    let Selection { shown, missing } = select(all, &wish.names);
    complain_of_missing(session, missing);
    session.answer(&match wish.depth {
        Depth::Line => Answer::Processes(&shown),
        Depth::Details => Answer::Details(&shown),
    });
    if shown.iter().any(|row| row.info.is_stopped()) {
        session.failed(Exit::NotAllRunning);
    }
    Ok(())
}

/// Said when there is nothing to show beyond the plain table.
const NOT_OFFERED: &str = "this supervisord does not tell details (it has no provost.getAllProcessDetails)";

fn plain_rows(session: &mut Session) -> Result<Vec<Row>, Failure> {
    Ok(session.remote().all_process_info()?.into_iter().map(Row::from).collect())
}

/// `None` if the server does not tell details.
fn detailed_rows(session: &mut Session) -> Result<Option<Vec<Row>>, Failure> {
    let row = |(info, details)| Row { info, details: Some(details), cpu_percent: None };
    let processes = session.remote().all_process_details()?;
    Ok(processes.map(|processes| processes.into_iter().map(row).collect()))
}

/// What of all processes is to be shown.
#[derive(Debug, PartialEq)]
struct Selection {
    /// In the order of the names.
    shown: Vec<Row>,
    /// Names that mean nothing.
    missing: Vec<String>,
}

fn select(all: Vec<Row>, names: &[&str]) -> Selection {
    if names.is_empty() {
        return Selection { shown: all, missing: Vec::new() };
    }
    let existing: Vec<ProcessName> = all.iter().map(|row| ProcessName::from(&row.info)).collect();
    let (mut shown, mut missing) = (Vec::new(), Vec::new());
    for name in names::expand(names, &existing, Groups::Whole) {
        let (group, process) = namespec::split(&name);
        let is_meant = |row: &&Row| {
            let ProcessInfo { group: its_group, name, .. } = &row.info;
            its_group == group && process.is_none_or(|process| name == process)
        };
        let before = shown.len();
        shown.extend(all.iter().filter(is_meant).cloned());
        if shown.len() == before {
            missing.push(name);
        }
    }
    Selection { shown, missing }
}

/// Names that mean nothing are told at once, so before the table.
fn complain_of_missing(session: &mut Session, missing: Vec<String>) {
    for name in missing {
        let line = match namespec::split(&name) {
            (group, None) => error_line(group, "no such group"),
            (_, Some(_)) => error_line(&name, "no such process"),
        };
        session.refuse(line, Exit::StatusUnknown);
        session.advise_on_process(&name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::find;

    #[test]
    fn arguments() {
        let check = |argument: &str, expect: Result<(&[&str], Depth, Option<f64>), &str>| {
            let command = find("status").expect("it stands in the table");
            let expect = expect
                .map(|(names, depth, seconds)| Wish {
                    names: names.to_vec(),
                    depth,
                    interval: seconds.map(Duration::from_secs_f64),
                })
                .map_err(str::to_owned);
            assert_eq!(Wish::parse(&Invocation { command, argument }), expect, "{argument}");
        };
        check("", Ok((&[], Depth::Line, None)));
        check("a b", Ok((&["a", "b"], Depth::Line, None)));
        check("a all", Ok((&[], Depth::Line, None)));
        check("-l", Ok((&[], Depth::Details, None)));
        check("a --long", Ok((&["a"], Depth::Details, None)));
        check("--watch", Ok((&[], Depth::Line, Some(2.0))));
        check("--watch=0.5 -l a", Ok((&["a"], Depth::Details, Some(0.5))));
        let bad = |value: &str| format!("bad interval '{value}': use a number of seconds from 0.1 to 86400");
        for value in ["", "x", "0", "0.09", "-1", "NaN", "inf", "86401", "1e99"] {
            check(&format!("--watch={value}"), Err(&bad(value)));
        }
    }
}

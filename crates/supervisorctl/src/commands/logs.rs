//! `tail` and `maintail`: what processes and the daemon wrote.

mod arguments;
mod assembly;
mod follow;

use std::rc::Rc;

use provost_wire::fault::FaultCode;
use provost_wire::namespec;
use regex_lite::Regex;

use super::Invocation;
use crate::answer::{Answer, LogEnd};
use crate::complete::ProcessName;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::{self, Groups};
use crate::remote::Channel;
use crate::render::{error_line, padded, short_name};
use crate::session::{Server, Session};

use arguments::{Backlog, Extent, Mistake, USUAL_BYTES, Wanted};
use assembly::{Assembly, last_lines};
use follow::{Log, Show, follow};

pub(super) use follow::{HOW_TO_LEAVE, log_path, refuse};

/// How much of a log is fetched at first to find a number of lines in it, in bytes for each line.
const USUAL_LINE: usize = 256;
/// The most that is ever fetched for that. Longer answers than the server's own limits are of no use.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// What `--json` gets for a stream.
const NO_JSON: &str = "Error: a log that is followed has no end, and so no JSON";

/// `tail [-f|-N|-n LINES] [--stderr|--both] [--grep PATTERN] NAME... [stdout|stderr]`
pub(super) fn tail(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        return Ok(());
    }
    let words = invocation.words();
    match Wanted::parse(&words) {
        Ok(wanted) => show(session, &wanted),
        Err(mistake @ (Mistake::TooFew | Mistake::TooMany)) => {
            session.misused(invocation.command, &mistake.to_string(), Exit::Failure);
            Ok(())
        }
        Err(mistake) => {
            session.complain(format!("Error: {mistake}"));
            Ok(())
        }
    }
}

/// One log of one process.
struct Source {
    name: String,
    channel: Channel,
}

fn show(session: &mut Session, wanted: &Wanted<'_>) -> Result<(), Failure> {
    let pattern = match wanted.pattern.map(Regex::new).transpose() {
        Ok(pattern) => pattern.map(Rc::new),
        Err(error) => {
            session.complain(format!("Error: bad pattern: {error}"));
            return Ok(());
        }
    };
    let sources = sources(session, wanted)?;
    let labels = if session.speaks_json() {
        // There each text stands beside the name of its process.
        vec![String::new(); sources.len()]
    } else {
        labels(&sources, wanted.channels)
    };
    let extent = match wanted.extent {
        Extent::Follow(_) if session.speaks_json() => {
            session.complain(NO_JSON.to_owned());
            return Ok(());
        }
        Extent::Follow(backlog) => {
            let plain = sources.len() == 1 && pattern.is_none() && backlog == Backlog::Usual;
            let show = if plain { Show::Raw } else { Show::Lines { labels, pattern, backlog } };
            let logs: Vec<Log> = sources.into_iter().map(Log::Process).collect();
            return follow(session, &logs, show);
        }
        extent => extent,
    };
    let mut labels = labels.into_iter();
    for of_process in sources.chunks(wanted.channels.len()) {
        let ends = of_process.iter().map(|source| end_of_log(session, source, extent));
        let ends = ends.collect::<Result<Vec<End>, Failure>>()?;
        let has_text = ends.iter().any(|end| matches!(end, End::Text(_)));
        for ((source, end), label) in of_process.iter().zip(ends).zip(&mut labels) {
            match end {
                End::Text(text) => print_end(session, source, &text, (label, pattern.as_ref())),
                // A program that logs one of the two only (`redirect_stderr`, `NONE`) is no reason to complain.
                End::NoFile if has_text => {}
                End::NoFile => session.complain(error_line(&source.name, "no log file")),
                End::Unreadable => session.complain(error_line(&source.name, "unknown error reading log")),
                End::NoProcess => {
                    session.complain(error_line(&source.name, "no such process name"));
                    session.advise_on_process(&source.name);
                }
            }
        }
    }
    Ok(())
}

/// Prints the end of a log, each line behind the label if there is one, and only those with the pattern.
fn print_end(
    session: &mut Session,
    source: &Source,
    text: &str,
    (label, pattern): (String, Option<&Rc<Regex>>),
) {
    let of = Some((source.name.as_str(), source.channel));
    if label.is_empty() && pattern.is_none() {
        return session.answer(&Answer::Log(LogEnd { of, text }));
    }
    let mut assembly = Assembly::new(label, pattern.cloned(), None);
    let lines = [assembly.take(text.as_bytes()), assembly.end()].concat();
    let lines = String::from_utf8_lossy(&lines);
    // A pattern that is not found prints nothing, as grep does.
    if let Some(text) = lines.strip_suffix('\n') {
        session.answer(&Answer::Log(LogEnd { of, text }));
    }
}

/// The logs that are meant: each name is one process unless it is a group's or a pattern.
fn sources(session: &mut Session, wanted: &Wanted<'_>) -> Result<Vec<Source>, Failure> {
    let is_group = |name: &&str| namespec::split(name).1.is_none();
    let names: Vec<String> = if names::has_pattern(&wanted.names) || wanted.names.iter().any(is_group) {
        let processes = session.remote().process_names()?;
        let expanded = names::expand(&wanted.names, &processes, Groups::ByMember);
        expanded.into_iter().flat_map(|name| members(name, &processes)).collect()
    } else {
        wanted.names.iter().map(|name| (*name).to_owned()).collect()
    };
    let of_all_channels =
        |name: String| wanted.channels.iter().map(move |&channel| Source { name: name.clone(), channel });
    Ok(names.into_iter().flat_map(of_all_channels).collect())
}

/// The processes of a group; a name that is none, or of a group that nobody knows, stays as it is.
fn members(name: String, processes: &[ProcessName]) -> Vec<String> {
    let (group, None) = namespec::split(&name) else { return vec![name] };
    let of_group = processes.iter().filter(|process| process.group == group);
    let members: Vec<String> = of_group.map(|process| short_name(&process.group, &process.name)).collect();
    if members.is_empty() { vec![name] } else { members }
}

/// What stands before the lines of each source: nothing if there is only one.
fn labels(sources: &[Source], channels: &[Channel]) -> Vec<String> {
    if sources.len() == 1 {
        return vec![String::new()];
    }
    let label = |source: &Source| match channels {
        [_] => source.name.clone(),
        _ => format!("{} {}", source.name, source.channel.word()),
    };
    let labels: Vec<String> = sources.iter().map(label).collect();
    let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    labels.iter().map(|label| format!("{} | ", padded(label, width))).collect()
}

/// What there is of a log.
enum End {
    Text(String),
    NoFile,
    Unreadable,
    NoProcess,
}

/// The end of one log.
fn end_of_log(session: &mut Session, source: &Source, extent: Extent) -> Result<End, Failure> {
    let answer = match extent {
        Extent::Bytes(bytes) => session.remote().process_log_end(&source.name, source.channel, bytes),
        Extent::Lines(lines) => end_in_lines(session, source, lines),
        Extent::Follow(_) => unreachable!("invariant: following is another thing"),
    };
    let failure = match answer {
        Ok(text) => return Ok(End::Text(text)),
        Err(failure) => failure,
    };
    match fault_code(&failure) {
        Some(FaultCode::NoFile) => Ok(End::NoFile),
        Some(FaultCode::Failed) => Ok(End::Unreadable),
        Some(FaultCode::BadName) => Ok(End::NoProcess),
        _ => Err(failure),
    }
}

/// The last lines of a log. The interface counts in bytes, so more and more is fetched until they are in it.
fn end_in_lines(session: &mut Session, source: &Source, lines: usize) -> Result<String, Failure> {
    let mut bytes = lines.saturating_add(1).saturating_mul(USUAL_LINE).min(MOST_BYTES);
    loop {
        let asked = i64::try_from(bytes).expect("invariant: the most is far less");
        let text = session.remote().process_log_end(&source.name, source.channel, asked)?;
        let found = last_lines(text.as_bytes(), lines).len();
        // All of the log was fetched if it is shorter than what was asked for.
        if found < text.len() || text.len() < bytes || bytes == MOST_BYTES {
            let end = &text[text.len() - found..];
            // The line that is printed gets its own end.
            return Ok(end.strip_suffix('\n').unwrap_or(end).to_owned());
        }
        bytes = bytes.saturating_mul(4).min(MOST_BYTES);
    }
}

/// `maintail [-f|-N]`
pub(super) fn maintail(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        return Ok(());
    }
    let extent = match invocation.words().as_slice() {
        [] => Extent::Bytes(USUAL_BYTES),
        [modifier] => match Extent::parse(modifier) {
            Some(extent) => extent,
            None => {
                session.complain(format!("Error: {}", Mistake::Argument((*modifier).to_owned())));
                return Ok(());
            }
        },
        _ => {
            session.misused(invocation.command, &Mistake::TooMany.to_string(), Exit::Failure);
            return Ok(());
        }
    };
    match extent {
        Extent::Follow(_) if session.speaks_json() => {
            session.complain(NO_JSON.to_owned());
            Ok(())
        }
        Extent::Bytes(bytes) => print_end_of_main_log(session, bytes),
        Extent::Lines(_) | Extent::Follow(_) => follow(session, &[Log::Main], Show::Raw),
    }
}

fn print_end_of_main_log(session: &mut Session, bytes: i64) -> Result<(), Failure> {
    match session.remote().main_log_end(bytes) {
        Ok(text) => session.answer(&Answer::Log(LogEnd { of: None, text: &text })),
        Err(failure) => {
            let complaint = match fault_code(&failure) {
                Some(FaultCode::NoFile) => "no log file",
                Some(FaultCode::Failed) => "unknown error reading log",
                _ => return Err(failure),
            };
            session.complain(error_line("supervisord", complaint));
        }
    }
    Ok(())
}

fn fault_code(failure: &Failure) -> Option<FaultCode> {
    match failure {
        Failure::Fault(fault) => fault.known(),
        _ => None,
    }
}

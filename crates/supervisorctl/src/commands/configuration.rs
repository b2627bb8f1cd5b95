//! `avail`, `reread`, `add`, `remove`, `update`: the configuration and what of it is active.

use std::collections::BTreeSet;

use provost_wire::fault::{Fault, FaultCode};

use super::Invocation;
use crate::failure::Failure;
use crate::remote::{ProcessResult, Verb};
use crate::render::{change_lines, config_line};
use crate::session::Session;

/// `avail`
pub(super) fn avail(session: &mut Session, _: &Invocation<'_>) -> Result<(), Failure> {
    match session.remote().all_config_info() {
        Ok(processes) => processes.iter().for_each(|info| session.say(config_line(info))),
        Err(failure) => {
            let line = match known_fault(&failure) {
                Some((FaultCode::ShutdownState, _)) => "ERROR: supervisor shutting down".to_owned(),
                _ => return Err(failure),
            };
            session.complain(line);
        }
    }
    Ok(())
}

/// `reread`
pub(super) fn reread(session: &mut Session, _: &Invocation<'_>) -> Result<(), Failure> {
    match session.remote().reload_config() {
        Ok(changes) => change_lines(&changes).into_iter().for_each(|line| session.say(line)),
        Err(failure) => {
            let line = match known_fault(&failure) {
                Some((FaultCode::ShutdownState, _)) => "ERROR: supervisor shutting down".to_owned(),
                Some((FaultCode::CantReread, fault)) => format!("ERROR: {}", fault.string),
                _ => return Err(failure),
            };
            session.complain(line);
        }
    }
    Ok(())
}

/// `add GROUP...`
pub(super) fn add(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    for group in invocation.words() {
        let Err(failure) = session.remote().add_group(group) else {
            session.say(format!("{group}: added process group"));
            continue;
        };
        match known_fault(&failure) {
            Some((FaultCode::ShutdownState, _)) => session.complain("ERROR: shutting down".to_owned()),
            // What was wished for is so already: said, but no failure.
            Some((FaultCode::AlreadyAdded, _)) => session.say("ERROR: process group already active"),
            Some((FaultCode::BadName, _)) => session.complain(unknown(group)),
            _ => return Err(failure),
        }
    }
    Ok(())
}

/// `remove GROUP...`
pub(super) fn remove(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    for group in invocation.words() {
        let Err(failure) = session.remote().remove_group(group) else {
            session.say(format!("{group}: removed process group"));
            continue;
        };
        match known_fault(&failure) {
            Some((FaultCode::StillRunning, _)) => {
                session.complain(format!("ERROR: process/group still running: {group}"));
            }
            Some((FaultCode::BadName, _)) => session.complain(unknown(group)),
            _ => return Err(failure),
        }
    }
    Ok(())
}

/// `update [GROUP...|all]`: first what is gone, then what changed, then what is new.
pub(super) fn update(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    let changes = match session.remote().reload_config() {
        Ok(changes) => changes,
        Err(failure) => {
            let line = match known_fault(&failure) {
                Some((FaultCode::ShutdownState, _)) => "ERROR: already shutting down".to_owned(),
                Some((FaultCode::CantReread, fault)) => format!("ERROR: {}", fault.string),
                _ => return Err(failure),
            };
            session.complain(line);
            return Ok(());
        }
    };
    let scope = Scope::of(invocation);
    if let Scope::Only(groups) = &scope {
        complain_of_unknown(session, groups, &changes.added)?;
    }
    for group in changes.removed.iter().filter(|group| scope.has(group)) {
        drop_removed(session, group)?;
    }
    for group in changes.changed.iter().filter(|group| scope.has(group)) {
        session.remote().group(Verb::Stop, group)?;
        session.say(format!("{group}: stopped"));
        session.remote().remove_group(group)?;
        session.remote().add_group(group)?;
        session.say(format!("{group}: updated process group"));
    }
    for group in changes.added.iter().filter(|group| scope.has(group)) {
        session.remote().add_group(group)?;
        session.say(format!("{group}: added process group"));
    }
    Ok(())
}

/// Which groups an update touches.
enum Scope<'a> {
    All,
    /// In the order of the command line, each once.
    Only(Vec<&'a str>),
}

impl<'a> Scope<'a> {
    fn of(invocation: &Invocation<'a>) -> Self {
        let words = invocation.words();
        if words.is_empty() || words.contains(&"all") {
            return Self::All;
        }
        let mut seen = BTreeSet::new();
        Self::Only(words.into_iter().filter(|word| seen.insert(*word)).collect())
    }

    fn has(&self, group: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(groups) => groups.contains(&group),
        }
    }
}

/// A group exists if it is active or about to be added. An active one without processes cannot be seen.
fn complain_of_unknown(session: &mut Session, groups: &[&str], added: &[String]) -> Result<(), Failure> {
    let active = session.remote().all_process_info()?;
    let known: BTreeSet<&str> =
        active.iter().map(|info| info.group.as_str()).chain(added.iter().map(String::as_str)).collect();
    for group in groups.iter().filter(|group| !known.contains(*group)) {
        session.complain(format!("ERROR: no such group: {group}"));
    }
    Ok(())
}

/// A group with a process that would not stop stays, because removing it would orphan the child.
fn drop_removed(session: &mut Session, group: &str) -> Result<(), Failure> {
    let results = session.remote().group(Verb::Stop, group)?;
    session.say(format!("{group}: stopped"));
    let would_not = |result: &ProcessResult| result.status == FaultCode::Failed.number();
    if results.iter().any(would_not) {
        session.complain(format!("{group}: has problems; not removing"));
        return Ok(());
    }
    session.remote().remove_group(group)?;
    session.say(format!("{group}: removed process group"));
    Ok(())
}

fn unknown(group: &str) -> String {
    format!("ERROR: no such process/group: {group}")
}

fn known_fault(failure: &Failure) -> Option<(FaultCode, &Fault)> {
    match failure {
        Failure::Fault(fault) => fault.known().map(|code| (code, fault)),
        _ => None,
    }
}

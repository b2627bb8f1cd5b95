//! `status`, `pid`, `version`: looking without touching.

use provost_wire::fault::FaultCode;
use provost_wire::namespec;

use super::Invocation;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::remote::ProcessInfo;
use crate::render::{error_line, status_table};
use crate::session::{Server, Session};

/// `status [NAME...]`
pub(super) fn status(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        session.failed(Exit::StatusUnknown);
        return Ok(());
    }
    let all = session.remote().all_process_info()?;
    let names = invocation.words();
    let shown = if names.is_empty() || names.contains(&"all") {
        all
    } else {
        names.iter().flat_map(|name| named(session, &all, name)).collect()
    };
    for line in status_table(&shown) {
        session.say(line);
    }
    if shown.iter().any(ProcessInfo::is_stopped) {
        session.failed(Exit::NotAllRunning);
    }
    Ok(())
}

/// The processes that a name means; if there are none, that is said at once, so before the table.
fn named(session: &mut Session, all: &[ProcessInfo], name: &str) -> Vec<ProcessInfo> {
    let (group, process) = namespec::split(name);
    let is_meant =
        |info: &&ProcessInfo| info.group == group && process.is_none_or(|process| info.name == process);
    let meant: Vec<ProcessInfo> = all.iter().filter(is_meant).cloned().collect();
    if meant.is_empty() {
        session.say(match process {
            None => error_line(group, "no such group"),
            Some(_) => error_line(name, "no such process"),
        });
        session.failed(Exit::StatusUnknown);
    }
    meant
}

/// `pid [NAME...|all]`
pub(super) fn pid(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        return Ok(());
    }
    let names = invocation.words();
    if names.is_empty() {
        let pid = session.remote().pid()?;
        session.say(pid);
    } else if names.contains(&"all") {
        for info in session.remote().all_process_info()? {
            session.say(info.pid);
        }
    } else {
        for name in names {
            pid_of(session, name)?;
        }
    }
    Ok(())
}

fn pid_of(session: &mut Session, name: &str) -> Result<(), Failure> {
    match session.remote().process_info(name) {
        Ok(info) => {
            session.say(info.pid);
            if info.pid == 0 {
                session.failed(Exit::NotRunning);
            }
            Ok(())
        }
        Err(Failure::Fault(fault)) if fault.known() == Some(FaultCode::BadName) => {
            session.say(format!("No such process {name}"));
            session.failed(Exit::Failure);
            Ok(())
        }
        Err(other) => Err(other),
    }
}

/// `version`
pub(super) fn version(session: &mut Session, _: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Ready {
        let version = session.remote().supervisor_version()?;
        session.say(version);
    }
    Ok(())
}

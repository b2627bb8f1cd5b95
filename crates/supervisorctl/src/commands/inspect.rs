//! `pid`, `version`: single facts.

use provost_wire::fault::FaultCode;

use super::Invocation;
use crate::answer::Answer;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::Groups;
use crate::render::short_name;
use crate::session::{Server, Session};

/// `pid [NAME...|all]`
pub(super) fn pid(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        return Ok(());
    }
    let names = invocation.words();
    if names.is_empty() {
        let pid = session.remote().pid()?;
        session.answer(&Answer::DaemonPid(pid));
    } else if names.contains(&"all") {
        for info in session.remote().all_process_info()? {
            session.answer(&Answer::Pid(&short_name(&info.group, &info.name), info.pid));
        }
    } else {
        for name in session.expand(&names, Groups::ByMember)? {
            pid_of(session, &name)?;
        }
    }
    Ok(())
}

fn pid_of(session: &mut Session, name: &str) -> Result<(), Failure> {
    match session.remote().process_info(name) {
        Ok(info) => {
            session.answer(&Answer::Pid(name, info.pid));
            if info.pid == 0 {
                session.failed(Exit::NotRunning);
            }
            Ok(())
        }
        Err(Failure::Fault(fault)) if fault.known() == Some(FaultCode::BadName) => {
            session.complain(format!("No such process {name}"));
            session.advise_on_process(name);
            Ok(())
        }
        Err(other) => Err(other),
    }
}

/// `version`
pub(super) fn version(session: &mut Session, _: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Ready {
        let version = session.remote().supervisor_version()?;
        session.answer(&Answer::Version(&version));
    }
    Ok(())
}

//! `start`, `stop`, `restart`, `signal`, `clear`: what one says to processes.
//!
//! The four verbs differ in words and in what counts as failure, and in nothing else, so they share one loop.

use provost_wire::fault::FaultCode;
use provost_wire::namespec;

use super::Invocation;
use crate::answer::{Answer, Outcome};
use crate::complete::ProcessName;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::names::Groups;
use crate::remote::{ProcessResult, Verb};
use crate::render::{error_line, result_name, verdict};
use crate::session::{Server, Session};

mod hint;

/// The name that means every process. The server knows no such name; it has other methods for all.
const ALL: &str = "all";

/// What a verb makes of what the server says.
#[derive(Debug, Clone, Copy)]
struct Manner<'a> {
    verb: Verb<'a>,
    /// The status that says there was nothing to do.
    tolerated: Option<FaultCode>,
    /// The exit code when a group is unknown.
    unknown_group: Exit,
}

const START: Manner<'_> = Manner {
    verb: Verb::Start,
    tolerated: Some(FaultCode::AlreadyStarted),
    unknown_group: Exit::BadArguments,
};
const STOP: Manner<'_> =
    Manner { verb: Verb::Stop, tolerated: Some(FaultCode::NotRunning), unknown_group: Exit::Failure };
const CLEAR: Manner<'_> = Manner { verb: Verb::Clear, tolerated: None, unknown_group: Exit::Failure };

/// `start NAME...`
pub(super) fn start(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    apply_to_named(session, invocation, START, Exit::BadArguments)
}

/// `stop NAME...`
pub(super) fn stop(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    apply_to_named(session, invocation, STOP, Exit::Failure)
}

/// `clear NAME...`
pub(super) fn clear(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    apply_to_named(session, invocation, CLEAR, Exit::Failure)
}

/// `restart NAME...`: a whole `stop`, then a whole `start`, even of what could not be stopped. What was started is what
/// the daemon knows, which is not always what stands in the file.
pub(super) fn restart(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        return Ok(());
    }
    if invocation.argument.is_empty() {
        session.misused(invocation.command, "restart requires a process name", Exit::Failure);
        return Ok(());
    }
    stop(session, invocation)?;
    start(session, invocation)?;
    let names = session.expand(&invocation.words(), Groups::Whole)?;
    hint::tell_of_another_file(session, &names)
}

/// `signal SIGNAL NAME...`
pub(super) fn signal(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        return Ok(());
    }
    match invocation.words().as_slice() {
        [signal, names @ ..] if !names.is_empty() => {
            let manner = Manner { verb: Verb::Signal(signal), tolerated: None, unknown_group: Exit::Failure };
            apply(session, manner, names)
        }
        _ => {
            let complaint = "signal requires a signal name and a process name";
            session.misused(invocation.command, complaint, Exit::Failure);
            Ok(())
        }
    }
}

fn apply_to_named(
    session: &mut Session,
    invocation: &Invocation<'_>,
    manner: Manner<'_>,
    nameless: Exit,
) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        return Ok(());
    }
    let names = invocation.words();
    if names.is_empty() {
        let complaint = format!("{} requires a process name", invocation.command.name);
        session.misused(invocation.command, &complaint, nameless);
        return Ok(());
    }
    apply(session, manner, &names)
}

/// `all` anywhere among the names means all, and the other names are not looked at.
fn apply(session: &mut Session, manner: Manner<'_>, names: &[&str]) -> Result<(), Failure> {
    if names.contains(&ALL) {
        let results = session.remote().all(manner.verb)?;
        return report(session, manner, &results);
    }
    for name in session.expand(names, Groups::Whole)? {
        match namespec::split(&name) {
            (group, None) => apply_to_group(session, manner, group)?,
            (group, Some(process)) => {
                let result = result_of_one(session.remote().one(manner.verb, &name), group, process)?;
                report(session, manner, &[result])?;
            }
        }
    }
    Ok(())
}

fn apply_to_group(session: &mut Session, manner: Manner<'_>, group: &str) -> Result<(), Failure> {
    match session.remote().group(manner.verb, group) {
        Ok(results) => report(session, manner, &results),
        Err(Failure::Fault(fault)) if fault.known() == Some(FaultCode::BadName) => {
            let message = "no such group";
            let line = error_line(group, message);
            let action = manner.verb.word();
            let outcome = Outcome { action, group, process: None, ok: false, message, line: &line };
            session.answer(&Answer::Outcome(Some(outcome)));
            session.failed(manner.unknown_group);
            session.advise_on_process(&format!("{group}:*"));
            Ok(())
        }
        Err(other) => Err(other),
    }
}

/// A call to one process answers with a fault where a bulk call has an entry; from here on both look alike.
fn result_of_one(answer: Result<(), Failure>, group: &str, process: &str) -> Result<ProcessResult, Failure> {
    let (status, description) = match answer {
        Ok(()) => (FaultCode::Success.number(), String::new()),
        Err(Failure::Fault(fault)) => (fault.code, fault.string),
        Err(other) => return Err(other),
    };
    Ok(ProcessResult { group: group.to_owned(), name: Some(process.to_owned()), status, description })
}

fn report(session: &mut Session, manner: Manner<'_>, results: &[ProcessResult]) -> Result<(), Failure> {
    session.answer(&Answer::Outcome(None));
    for result in results {
        let verdict = verdict(manner.verb, result)?;
        let exit = Exit::of_status(result.status, manner.tolerated);
        session.answer(&Answer::Outcome(Some(Outcome {
            action: manner.verb.word(),
            group: &result.group,
            process: result.name.as_deref(),
            ok: exit == Exit::Success,
            message: verdict.message(),
            line: &verdict.line(&result_name(result)),
        })));
        session.failed(exit);
        if FaultCode::from_number(result.status) == Some(FaultCode::BadName) {
            session.advise_on_process(&result_name(result));
        }
        if manner.verb == Verb::Start {
            session.explain_command(result);
        }
    }
    let has_failed = |result: &&ProcessResult| {
        let status = FaultCode::from_number(result.status);
        matches!(status, Some(FaultCode::SpawnError | FaultCode::AbnormalTermination))
    };
    let failed: Vec<ProcessName> = results.iter().filter(has_failed).filter_map(process_name).collect();
    session.explain_starts(&failed);
    Ok(())
}

fn process_name(ProcessResult { group, name, .. }: &ProcessResult) -> Option<ProcessName> {
    Some(ProcessName { group: group.clone(), name: name.clone()? })
}

//! `shutdown`, `reload`, `open`: the daemon itself.

use provost_wire::fault::FaultCode;

use super::{Invocation, status};
use crate::failure::Failure;
use crate::session::{CONNECTION_REFUSED, NO_SUCH_FILE, Session};

/// `shutdown`
pub(super) fn shutdown(session: &mut Session, _: &Invocation<'_>) -> Result<(), Failure> {
    if !session.confirm("Really shut the remote supervisord process down y/N? ")? {
        return Ok(());
    }
    let Err(failure) = session.remote().shut_down() else {
        session.say("Shut down");
        return Ok(());
    };
    let url = session.remote().transport().url().to_owned();
    match failure.errno() {
        Some(CONNECTION_REFUSED) => {
            session.complain(format!("ERROR: {url} refused connection (already shut down?)"));
            session.explain(&failure);
        }
        Some(NO_SUCH_FILE) => {
            session.complain(format!("ERROR: {url} no such file (already shut down?)"));
            session.explain(&failure);
        }
        // What was wished for happens already: said, but no failure.
        _ if is_shutting_down(&failure) => session.say("ERROR: already shutting down"),
        _ => return Err(failure),
    }
    Ok(())
}

/// `reload`
pub(super) fn reload(session: &mut Session, _: &Invocation<'_>) -> Result<(), Failure> {
    if !session.confirm("Really restart the remote supervisord process y/N? ")? {
        return Ok(());
    }
    match session.remote().restart() {
        Ok(()) => session.say("Restarted supervisord"),
        Err(failure) if is_shutting_down(&failure) => {
            session.complain("ERROR: already shutting down".to_owned());
        }
        // Ours reads the file first; one that cannot be used changes nothing.
        Err(Failure::Fault(fault)) if fault.known() == Some(FaultCode::CantReread) => {
            session.complain(format!("ERROR: {}", fault.string));
            session.explain_mistakes();
        }
        Err(other) => return Err(other),
    }
    Ok(())
}

/// `open URL`: the other daemon's status follows at once. Whether it answers does not touch the exit code.
pub(super) fn open(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    let url = invocation.argument;
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    if !matches!(scheme.as_deref(), Some("unix" | "http")) {
        session.complain("ERROR: url must be http:// or unix://".to_owned());
        return Ok(());
    }
    session.remote().transport().open(url);
    let before = session.exit();
    let everything = Invocation { command: invocation.command, argument: "" };
    status::status(session, &everything)?;
    session.set_exit(before);
    Ok(())
}

fn is_shutting_down(failure: &Failure) -> bool {
    matches!(failure, Failure::Fault(fault) if fault.known() == Some(FaultCode::ShutdownState))
}

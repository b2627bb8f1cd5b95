//! `fg`: a process's streams in this terminal, and this terminal's lines on the process's standard input.
//!
//! Nothing is asked twice a second: the streams are the daemon's `/logtail`, and the state of the process is
//! looked at after each line that was sent to it.

use provost_wire::fault::FaultCode;

use super::logs::{HOW_TO_LEAVE, log_path, refuse};
use super::{Invocation, help_lines};
use crate::failure::Failure;
use crate::output::ReaderGone;
use crate::remote::{Channel, Happening, Typing};
use crate::session::{Server, Session};

/// Why a process is left that has ended.
const KILLED: &str = "Process got killed";
/// The last line, whoever ended it.
const LEAVING: &str = "Exiting foreground";

/// `fg NAME`
pub(super) fn fg(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        return Ok(());
    }
    let name = match invocation.words().as_slice() {
        [name] => *name,
        [] => {
            session.complain("ERROR: no process name supplied".to_owned());
            help_lines(invocation.command.name).into_iter().for_each(|line| session.say(line));
            return Ok(());
        }
        _ => {
            session.complain("ERROR: too many process names supplied".to_owned());
            return Ok(());
        }
    };
    if session.speaks_json() {
        session.complain("ERROR: a conversation is no JSON".to_owned());
        return Ok(());
    }
    match session.remote().process_info(name) {
        Ok(info) if info.is_running() => visit(session, name),
        Ok(_) => {
            session.complain("ERROR: process not running".to_owned());
            Ok(())
        }
        Err(Failure::Fault(fault)) if fault.known() == Some(FaultCode::BadName) => {
            session.complain("ERROR: bad process name supplied".to_owned());
            session.advise_on_process(name);
            Ok(())
        }
        Err(failure @ Failure::Fault(_)) => {
            session.complain(format!("ERROR: {failure}"));
            Ok(())
        }
        Err(other) => Err(other),
    }
}

/// Talks to a running process until one of the two has enough.
fn visit(session: &mut Session, name: &str) -> Result<(), Failure> {
    session.say(HOW_TO_LEAVE);
    match converse(session, name) {
        // Ctrl-C, whether at the keyboard or during a call.
        Ok(()) | Err(Failure::Interrupted) => {
            session.say(LEAVING);
            Ok(())
        }
        Err(other) => Err(other),
    }
}

fn converse(session: &mut Session, name: &str) -> Result<(), Failure> {
    let paths = [Channel::Stdout, Channel::Stderr].map(|channel| log_path(name, channel));
    let mut feed = session.follow(&paths)?;
    let mut streams = Streams::default();
    loop {
        if streams.are_over(paths.len()) {
            session.complain("ERROR: the server has ended the connection".to_owned());
            return Ok(());
        }
        // What is typed waits until both streams are there, so that no answer to it is missed.
        let typing = if streams.answered() < paths.len() { Typing::Ignored } else { Typing::Wanted };
        match feed.next(typing)? {
            Happening::Opened { .. } => streams.opened += 1,
            Happening::Refused { stream, failure } => {
                streams.refused.push((stream, failure));
                if streams.refused.len() == paths.len() {
                    streams
                        .refused
                        .iter()
                        .for_each(|(stream, failure)| refuse(session, &paths[*stream], failure));
                }
            }
            Happening::Piece { bytes, .. } => {
                if session.pass_on(&bytes) == Err(ReaderGone) {
                    return Ok(());
                }
            }
            Happening::Ended { .. } => streams.ended += 1,
            Happening::Line(line) => {
                if say_to(session, name, &line)? == Process::Gone {
                    return Ok(());
                }
            }
            Happening::EndOfInput => return Ok(()),
        }
    }
}

/// How the two streams stand.
#[derive(Default)]
struct Streams {
    opened: usize,
    ended: usize,
    /// A program that logs one of the two only (`redirect_stderr`, `NONE`) is no reason to complain.
    refused: Vec<(usize, Failure)>,
}

impl Streams {
    fn answered(&self) -> usize {
        self.opened + self.refused.len()
    }

    /// Whether there was something to hear from these streams, and there is no more.
    fn are_over(&self, count: usize) -> bool {
        self.answered() == count && self.opened > 0 && self.ended == self.opened
    }
}

/// Whether there is somebody to talk to.
#[derive(PartialEq, Eq)]
enum Process {
    Listens,
    Gone,
}

/// Sends a line to the process and looks how it took it.
fn say_to(session: &mut Session, name: &str, line: &str) -> Result<Process, Failure> {
    match session.remote().send_stdin(name, &format!("{line}\n")) {
        Ok(()) if session.remote().process_info(name)?.is_running() => return Ok(Process::Listens),
        Ok(()) => session.say(KILLED),
        Err(Failure::Fault(fault)) if fault.known() == Some(FaultCode::NotRunning) => session.say(KILLED),
        Err(failure @ Failure::Fault(_)) => session.say(format_args!("ERROR: {failure}")),
        Err(other) => return Err(other),
    }
    Ok(Process::Gone)
}

//! The client: a drop-in `supervisorctl`.
//!
//! A command line, from the shell or typed at the prompt, becomes a row of one table ([`commands`]), whose
//! function speaks to a daemon through typed methods ([`remote`]) and says the outcome in lines that scripts
//! have parsed for years ([`render`]) and an exit code that they test ([`exit`]).
//!
//! This crate owns the user's side of the conversation and nothing else: it supervises nothing, starts no
//! daemon and keeps no state between two runs but the history of the prompt. It is a library so that its
//! parts can be tested and documented; the program is [`main_with_arguments`].

#![forbid(unsafe_code)]

pub mod address;
pub mod advice;
pub mod answer;
pub mod args;
pub mod client;
pub mod commands;
pub mod complete;
pub mod exit;
pub mod explain;
pub mod failure;
pub mod json;
pub mod manner;
pub mod names;
pub mod output;
pub mod plugin;
pub mod prompt;
pub mod reactor;
pub mod remote;
pub mod render;
pub mod session;
pub mod settings;
pub mod surface;
pub mod system;
pub mod terminal;

use std::cell::RefCell;
use std::ffi::OsString;
use std::process::ExitCode;
use std::rc::Rc;

use crate::client::Client;
use crate::exit::Exit;
use crate::failure::{Failure, system_text};
use crate::json::Document;
use crate::manner::{Manner, Voice};
use crate::output::Output;
use crate::plugin::Plugins;
use crate::reactor::Reactor;
use crate::remote::Remote;
use crate::session::{Console, Session, Streams};
use crate::settings::{Settings, Task};
use crate::surface::Surface;
use crate::terminal::{LineReader, Terminal};

/// Exit code of a program that Ctrl-C ended after it had begun to watch for it: 128 and the signal's number.
const INTERRUPTED: u8 = 130;

/// The whole program. The first argument is the name it was called by.
pub fn main_with_arguments(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let settings = match args::understand(arguments) {
        Ok(settings) => settings,
        Err(early) => return early.tell(),
    };
    match run(&settings) {
        Ok(code) => code,
        Err(failure) => {
            eprintln_quietly(&format!("error: {failure}"));
            ExitCode::from(Exit::Failure.code())
        }
    }
}

fn run(settings: &Settings) -> Result<ExitCode, Failure> {
    let reactor = Rc::new(Reactor::new().map_err(Failure::Terminal)?);
    let lines = Rc::new(RefCell::new(LineReader::new(reactor.clone())));
    let client = Client::new(
        reactor.clone(),
        lines.clone(),
        settings.server_url.clone(),
        settings.credentials.clone(),
    );
    let console: Option<Box<dyn Console>> = match settings.task {
        Task::Script(_) => None,
        Task::Prompt | Task::Attended(_) => Some(Box::new(Terminal::new(reactor.clone(), lines.clone()))),
    };
    let streams = Streams { out: Output::stdout(), err: Output::stderr() };
    let manner = Manner {
        voice: if settings.json { Voice::Json(Document::default()) } else { Voice::Lines },
        surface: Surface::of_stdout(),
        pacer: Some(Box::new(reactor.clone())),
    };
    let mut session = Session::new(Remote::new(Box::new(client)), streams, console)
        .in_manner(manner)
        .in_surroundings(settings.surroundings.clone())
        .with_plugins(Plugins {
            named: settings.plugins.clone(),
            python: settings.python_plugins.clone(),
            folders: plugin::folders(),
            credentials: settings.credentials.clone(),
        });
    match &settings.task {
        Task::Script(words) | Task::Attended(words) => {
            let flow = session.execute_words(words);
            Ok(finish(&session, flow))
        }
        Task::Prompt => {
            let session = Rc::new(RefCell::new(session));
            prompt::run(&session, (&reactor, lines), settings)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn finish(session: &Session, flow: commands::Flow) -> ExitCode {
    if flow == commands::Flow::Interrupted {
        return ExitCode::from(INTERRUPTED);
    }
    if let Some(error) = session.lost_output() {
        eprintln_quietly(&format!("error: cannot write to standard output: {}", system_text(error)));
        return ExitCode::from(Exit::Failure.code());
    }
    ExitCode::from(session.exit().code())
}

/// A closed standard error is no reason to panic.
fn eprintln_quietly(line: &str) {
    let mut stderr = Output::stderr();
    stderr.line(line);
    stderr.flush();
}

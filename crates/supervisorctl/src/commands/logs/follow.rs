//! Following logs until Ctrl-C, one as it is or several line by line.

use std::mem;
use std::rc::Rc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex_lite::Regex;

use super::Source;
use super::arguments::Backlog;
use super::assembly::Assembly;
use crate::failure::{Failure, system_text};
use crate::output::ReaderGone;
use crate::remote::{Channel, Feed, Happening, Typing};
use crate::session::Session;

/// The HTTP status for a log that there is not, be it that there is no such process.
const NOT_FOUND: u16 = 404;

/// Stands before streams that only Ctrl-C ends.
pub(in crate::commands) const HOW_TO_LEAVE: &str = "==> Press Ctrl-C to exit <==";

/// What may stand in a path as it is. The reference writes the colon of a name into the path, too.
const PLAIN_IN_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// Where the daemon's own log is streamed.
const MAIN_LOG: &str = "/mainlogtail";

/// What is followed.
pub(super) enum Log {
    /// The daemon's own log.
    Main,
    /// One of a process.
    Process(Source),
}

impl Log {
    fn path(&self) -> String {
        match self {
            Self::Main => MAIN_LOG.to_owned(),
            Self::Process(source) => log_path(&source.name, source.channel),
        }
    }

    /// Whether this is the other log of the same process.
    fn goes_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Process(one), Self::Process(other)) => {
                one.name == other.name && one.channel != other.channel
            }
            _ => false,
        }
    }
}

/// Where a process's log is streamed.
pub(in crate::commands) fn log_path(name: &str, channel: Channel) -> String {
    format!("/logtail/{}/{}", utf8_percent_encode(name, PLAIN_IN_PATH), channel.word())
}

/// `path` with the wish to begin so many lines before the end. Servers that do not know it ignore it.
fn with_backlog(path: &str, backlog: Backlog) -> String {
    match backlog {
        Backlog::Usual => path.to_owned(),
        Backlog::Lines(lines) => format!("{path}?lines={lines}"),
    }
}

/// How streams are shown.
pub(super) enum Show {
    /// As they come.
    Raw,
    /// Line by line, each behind the label of its stream, if only those with the pattern.
    Lines {
        /// One for each stream.
        labels: Vec<String>,
        pattern: Option<Rc<Regex>>,
        backlog: Backlog,
    },
}

/// Copies streams to the output until the server has ended them all, or the user leaves with Ctrl-C, which is the
/// usual way out and no failure.
pub(super) fn follow(session: &mut Session, logs: &[Log], show: Show) -> Result<(), Failure> {
    session.say(HOW_TO_LEAVE);
    let (mut assemblies, backlog) = match show {
        Show::Raw => (None, Backlog::Usual),
        Show::Lines { labels, pattern, backlog } => {
            let assembly = |label| Assembly::new(label, pattern.clone(), Some(backlog));
            (Some(labels.into_iter().map(assembly).collect::<Vec<_>>()), backlog)
        }
    };
    let requests: Vec<String> = logs.iter().map(|log| with_backlog(&log.path(), backlog)).collect();
    let mut feed = session.follow(&requests)?;
    let outcome = copy(session, &mut *feed, logs, assemblies.as_deref_mut());
    let rest = assemblies.iter_mut().flatten().flat_map(Assembly::end).collect::<Vec<u8>>();
    // A reader who is gone misses nothing any more.
    let _gone = session.pass_on(&rest);
    match outcome {
        Err(Failure::Interrupted) => {
            session.say("");
            Ok(())
        }
        other => other,
    }
}

fn copy(
    session: &mut Session,
    feed: &mut dyn Feed,
    logs: &[Log],
    mut assemblies: Option<&mut [Assembly]>,
) -> Result<(), Failure> {
    let mut open = logs.len();
    let mut silent: Vec<(usize, Failure)> = Vec::new();
    while open > 0 {
        match feed.next(Typing::Ignored)? {
            Happening::Piece { stream, bytes } => {
                let passed_on = match &mut assemblies {
                    None => session.pass_on(&bytes),
                    Some(assemblies) => session.pass_on(&assemblies[stream].take(&bytes)),
                };
                if passed_on == Err(ReaderGone) {
                    break;
                }
            }
            Happening::Refused { stream, failure } => {
                open -= 1;
                tell_refusal(session, logs, &mut silent, (stream, failure));
            }
            Happening::Ended { .. } => open -= 1,
            Happening::Opened { .. } | Happening::Line(_) | Happening::EndOfInput => {}
        }
    }
    Ok(())
}

/// Tells of a refusal, but not of the first of a process's two streams: a program that logs one of them only
/// (`redirect_stderr`, `NONE`) is no reason to complain. What is not told is kept in `silent`.
fn tell_refusal(
    session: &mut Session,
    logs: &[Log],
    silent: &mut Vec<(usize, Failure)>,
    (stream, failure): (usize, Failure),
) {
    let goes_with = |other: usize| logs[other].goes_with(&logs[stream]);
    let (of_process, of_others): (Vec<_>, _) =
        mem::take(silent).into_iter().partition(|(other, _)| goes_with(*other));
    *silent = of_others;
    if of_process.is_empty() && (0..logs.len()).any(goes_with) {
        silent.push((stream, failure));
        return;
    }
    for (stream, failure) in of_process.into_iter().chain([(stream, failure)]) {
        refuse(session, &logs[stream].path(), &failure);
        if let (Log::Process(source), Failure::Status { status: NOT_FOUND, .. }) = (&logs[stream], &failure) {
            session.advise_on_log(&source.name, source.channel);
        }
    }
}

/// Says that a stream cannot be had: on standard error, because a log goes to standard output.
pub(in crate::commands) fn refuse(session: &mut Session, path: &str, failure: &Failure) {
    let complaint = match failure {
        Failure::Status { status, .. } => format!("Cannot read, status code {status}"),
        Failure::Unreachable { source, .. } => format!("Cannot connect, error: {}", system_text(source)),
        other => format!("Cannot read, error: {other}"),
    };
    let url = session.remote().transport().url().to_owned();
    session.warn(&format!("{url}{path} {complaint}"));
    session.failed(crate::exit::Exit::Failure);
}

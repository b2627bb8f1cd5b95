//! Following logs until Ctrl-C, one as it is or several line by line.

use std::rc::Rc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use regex_lite::Regex;

use super::arguments::Backlog;
use super::assembly::Assembly;
use crate::failure::{Failure, system_text};
use crate::output::ReaderGone;
use crate::remote::{Channel, Feed, Happening, Typing};
use crate::session::Session;

/// Stands before streams that only Ctrl-C ends.
pub(in crate::commands) const HOW_TO_LEAVE: &str = "==> Press Ctrl-C to exit <==";

/// What may stand in a path as it is. The reference writes the colon of a name into the path, too.
const PLAIN_IN_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// Where the daemon's own log is streamed.
pub(super) const MAIN_LOG: &str = "/mainlogtail";

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
pub(super) fn follow(session: &mut Session, paths: &[String], show: Show) -> Result<(), Failure> {
    session.say(HOW_TO_LEAVE);
    let (mut assemblies, backlog) = match show {
        Show::Raw => (None, Backlog::Usual),
        Show::Lines { labels, pattern, backlog } => {
            let assembly = |label| Assembly::new(label, pattern.clone(), Some(backlog));
            (Some(labels.into_iter().map(assembly).collect::<Vec<_>>()), backlog)
        }
    };
    let requests: Vec<String> = paths.iter().map(|path| with_backlog(path, backlog)).collect();
    let mut feed = session.follow(&requests)?;
    let outcome = copy(session, &mut *feed, paths, assemblies.as_deref_mut());
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
    paths: &[String],
    mut assemblies: Option<&mut [Assembly]>,
) -> Result<(), Failure> {
    let mut open = paths.len();
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
                refuse(session, &paths[stream], &failure);
            }
            Happening::Ended { .. } => open -= 1,
            Happening::Opened { .. } | Happening::Line(_) | Happening::EndOfInput => {}
        }
    }
    Ok(())
}

/// Says that a stream cannot be had: on standard error, because a log goes to standard output.
pub(in crate::commands) fn refuse(session: &mut Session, path: &str, failure: &Failure) {
    let complaint = match failure {
        Failure::Status { status, .. } => format!("Cannot read, status code {status}"),
        Failure::Unreachable { source, .. } => format!("Cannot connect, error: {}", system_text(source)),
        other => format!("Cannot read, error: {other}"),
    };
    let url = session.remote().transport().url().to_owned();
    session.warn(format!("{url}{path} {complaint}"));
    session.failed(crate::exit::Exit::Failure);
}

//! `tail`, `maintail`, `fg`: what processes and the daemon wrote.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use provost_config::text::Repr;
use provost_wire::fault::FaultCode;

use super::Invocation;
use crate::exit::Exit;
use crate::failure::{Failure, system_text};
use crate::remote::Channel;
use crate::render::error_line;
use crate::session::{Server, Session};

/// How much of a log is printed when nothing else is asked for, in bytes.
const USUAL_BYTES: i64 = 1600;

/// Stands before a stream that only Ctrl-C ends.
const HOW_TO_LEAVE: &str = "==> Press Ctrl-C to exit <==";

/// What may stand in a path as it is. The reference writes the colon of a name into the path, too.
const PLAIN_IN_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// How much of a log is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// So many bytes of its end; all of it for 0.
    Last(i64),
    /// The last bytes and whatever is added, until Ctrl-C.
    Follow,
}

impl Extent {
    /// Reads `-f` or `-N`.
    fn parse(modifier: &str) -> Option<Self> {
        match modifier.strip_prefix('-')? {
            "f" => Some(Self::Follow),
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok().map(Self::Last),
            _ => None,
        }
    }
}

/// `tail [-f|-N] NAME [stdout|stderr]`
pub(super) fn tail(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        return Ok(());
    }
    let words = invocation.words();
    if words.is_empty() || words.len() > 3 {
        let complaint = if words.is_empty() { "too few arguments" } else { "too many arguments" };
        session.misused(invocation.command, complaint, Exit::Failure);
        return Ok(());
    }
    match Wanted::parse(&words) {
        Ok(Wanted { name, channel, extent: Extent::Last(bytes) }) => {
            print_end_of_log(session, name, channel, bytes)
        }
        Ok(Wanted { name, channel, extent: Extent::Follow }) => {
            let encoded = utf8_percent_encode(name, PLAIN_IN_PATH);
            follow(session, &format!("/logtail/{encoded}/{}", channel.word()))
        }
        Err(complaint) => {
            session.complain(complaint);
            Ok(())
        }
    }
}

/// The arguments of `tail`, understood.
#[derive(Debug, PartialEq, Eq)]
struct Wanted<'a> {
    name: &'a str,
    channel: Channel,
    extent: Extent,
}

impl<'a> Wanted<'a> {
    /// Understands one to three words, or says what is wrong with them. Of three words without a modifier the
    /// reference ignores the middle one; here too.
    fn parse(words: &[&'a str]) -> Result<Self, String> {
        let (modifier, words) = match words {
            [modifier, rest @ ..] if modifier.starts_with('-') => (Some(*modifier), rest),
            all => (None, all),
        };
        let (name, channel) = match *words {
            [] => return Err("Error: tail requires process name".to_owned()),
            [name] => (name, Channel::Stdout),
            [name, .., word] => (name, channel_called(word)?),
        };
        let extent = match modifier {
            None => Extent::Last(USUAL_BYTES),
            Some(modifier) => Extent::parse(modifier).ok_or_else(|| bad_argument(modifier))?,
        };
        Ok(Self { name, channel, extent })
    }
}

fn channel_called(word: &str) -> Result<Channel, String> {
    let word = word.to_lowercase();
    [Channel::Stdout, Channel::Stderr]
        .into_iter()
        .find(|channel| channel.word() == word)
        .ok_or_else(|| format!("Error: bad channel {}", Repr(&word)))
}

fn bad_argument(argument: &str) -> String {
    format!("Error: bad argument {argument}")
}

fn print_end_of_log(session: &mut Session, name: &str, channel: Channel, bytes: i64) -> Result<(), Failure> {
    match session.remote().process_log_end(name, channel, bytes) {
        Ok(text) => session.say(text),
        Err(failure) => {
            let complaint = match fault_code(&failure) {
                Some(FaultCode::NoFile) => "no log file",
                Some(FaultCode::Failed) => "unknown error reading log",
                Some(FaultCode::BadName) => "no such process name",
                _ => return Err(failure),
            };
            session.complain(error_line(name, complaint));
        }
    }
    Ok(())
}

/// `maintail [-f|-N]`
pub(super) fn maintail(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    if session.check_server()? == Server::Unusable {
        return Ok(());
    }
    let extent = match invocation.words().as_slice() {
        [] => Extent::Last(USUAL_BYTES),
        [modifier] => match Extent::parse(modifier) {
            Some(extent) => extent,
            None => {
                session.complain(bad_argument(modifier));
                return Ok(());
            }
        },
        _ => {
            session.misused(invocation.command, "too many arguments", Exit::Failure);
            return Ok(());
        }
    };
    match extent {
        Extent::Follow => follow(session, "/mainlogtail"),
        Extent::Last(bytes) => print_end_of_main_log(session, bytes),
    }
}

fn print_end_of_main_log(session: &mut Session, bytes: i64) -> Result<(), Failure> {
    match session.remote().main_log_end(bytes) {
        Ok(text) => session.say(text),
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

/// Copies a log stream to the output. Ctrl-C is the usual way out of it and no failure.
fn follow(session: &mut Session, path: &str) -> Result<(), Failure> {
    session.say(HOW_TO_LEAVE);
    let complaint = match session.follow(path) {
        Ok(()) => return Ok(()),
        Err(Failure::Interrupted) => {
            session.say("");
            return Ok(());
        }
        Err(Failure::Status { status, .. }) => format!("Cannot read, status code {status}"),
        Err(Failure::Unreachable { source, .. }) => {
            format!("Cannot connect, error: {}", system_text(&source))
        }
        Err(other) => return Err(other),
    };
    let url = session.remote().transport().url().to_owned();
    session.warn(format!("{url}{path} {complaint}"));
    session.failed(Exit::Failure);
    Ok(())
}

/// `fg NAME`: its place in the table is taken, its function comes later.
pub(super) fn fg(session: &mut Session, _: &Invocation<'_>) -> Result<(), Failure> {
    session
        .complain("ERROR: fg is not available yet; `tail -f NAME` follows what a process prints".to_owned());
    Ok(())
}

fn fault_code(failure: &Failure) -> Option<FaultCode> {
    match failure {
        Failure::Fault(fault) => fault.known(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_tail() {
        use Channel::{Stderr, Stdout};
        let check = |line: &str, expect: Result<(&str, Channel, Extent), &str>| {
            let words: Vec<&str> = line.split(' ').collect();
            let expect =
                expect.map(|(name, channel, extent)| Wanted { name, channel, extent }).map_err(str::to_owned);
            assert_eq!(Wanted::parse(&words), expect, "{line}");
        };
        check("x", Ok(("x", Stdout, Extent::Last(1600))));
        check("g:x stderr", Ok(("g:x", Stderr, Extent::Last(1600))));
        check("x STDOUT", Ok(("x", Stdout, Extent::Last(1600))));
        check("x ignored stderr", Ok(("x", Stderr, Extent::Last(1600))));
        check("-100 x", Ok(("x", Stdout, Extent::Last(100))));
        check("-0 x stderr", Ok(("x", Stderr, Extent::Last(0))));
        check("-f x", Ok(("x", Stdout, Extent::Follow)));
        check("-f x Stderr", Ok(("x", Stderr, Extent::Follow)));
        check("-f", Err("Error: tail requires process name"));
        check("x foo", Err("Error: bad channel 'foo'"));
        check("x FOO", Err("Error: bad channel 'foo'"));
        check("-x y", Err("Error: bad argument -x"));
        check("- y", Err("Error: bad argument -"));
        check("--5 y", Err("Error: bad argument --5"));
        check("-99999999999999999999 y", Err("Error: bad argument -99999999999999999999"));
        check("-x y foo", Err("Error: bad channel 'foo'"));
    }
}

//! Why a start failed: the facts, and the words for them.
//!
//! The reference tells a failed start in the words of its spawnerr or as `exited: …; not expected`, and leaves the
//! rest to the log of the child. Here every failed attempt has one reason, kept as data, from which the line in the
//! activity log, RPC, the status page and the spawn error are made. Nothing here decides anything.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use provost_config::signal;

use crate::status::ExitStatus;
use crate::time::Now;

/// What spawnerr says of a child that did not live for `startsecs`.
const TOO_QUICK: &str = "Exited too quickly (process log may have details)";

/// An error of the system, with its words: the core cannot ask for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemError {
    /// Its number.
    pub number: i32,
    /// Its symbol, `EACCES`.
    pub symbol: &'static str,
    /// The C library's text, `Permission denied`.
    pub text: Arc<str>,
}

impl fmt::Display for SystemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (errno {}, {})", self.text, self.number, self.symbol)
    }
}

/// Why a start failed. Shown with `{}` it is the part of a line after the colon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The section of the configuration was refused; what is wrong with it.
    Refused(Arc<str>),
    /// No child could be made: the command is not there, or something ran out. The reference has words for each.
    NoChild(Arc<str>),
    /// A log file cannot be opened.
    Log {
        /// The file.
        path: Arc<str>,
        /// What the system says.
        error: SystemError,
    },
    /// The child could not execute the program.
    Execute {
        /// The program's file.
        path: Arc<str>,
        /// What the system says.
        error: SystemError,
    },
    /// The child could not change to its directory.
    Enter {
        /// The directory.
        directory: Arc<str>,
        /// What the system says.
        error: SystemError,
    },
    /// The child could not become its user.
    Become {
        /// The user's name.
        user: Arc<str>,
        /// What is in the way.
        reason: Arc<str>,
    },
    /// The child could not place its standard input, output and error.
    Descriptors(SystemError),
    /// The program ran, but not for `startsecs`.
    Ended {
        /// How it ended.
        status: ExitStatus,
        /// How long after its start.
        lived: Duration,
        /// For how many seconds it should have run.
        startsecs: i64,
    },
}

impl Cause {
    /// What spawnerr says: the reference's words, which know less.
    pub fn spawn_error(&self, process: &str) -> Arc<str> {
        match self {
            Self::Refused(reason) | Self::NoChild(reason) => Arc::clone(reason),
            Self::Log { error, .. } if error.symbol == "EMFILE" => {
                format!("too many open files to spawn '{process}'").into()
            }
            Self::Log { error, .. } => {
                format!("unknown error making dispatchers for '{process}': {}", error.symbol).into()
            }
            Self::Execute { .. }
            | Self::Enter { .. }
            | Self::Become { .. }
            | Self::Descriptors(_)
            | Self::Ended { .. } => TOO_QUICK.into(),
        }
    }
}

/// A reason in words that the reference has.
impl From<&str> for Cause {
    fn from(text: &str) -> Self {
        Self::NoChild(text.into())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) | Self::NoChild(reason) => f.write_str(reason),
            Self::Log { path, error } => write!(f, "cannot open log {path}: {error}"),
            Self::Execute { path, error } => write!(f, "cannot execute {path}: {error}{}", hint(error)),
            Self::Enter { directory, error } => write!(f, "cannot change to directory {directory}: {error}"),
            Self::Become { user, reason } => write!(f, "cannot become user {user}: {reason}"),
            Self::Descriptors(error) => write!(f, "cannot set up stdin, stdout and stderr: {error}"),
            Self::Ended { status, lived, startsecs } => {
                match status {
                    ExitStatus::Exited(code) => write!(f, "it exited with status {code}")?,
                    ExitStatus::Signaled { signal, core_dumped } => {
                        let dump = if *core_dumped { " (core dumped)" } else { "" };
                        write!(f, "it was killed by {}{dump}", signal::name(*signal))?;
                    }
                }
                // Rounded down: what came too early must not look as if it had come in time.
                let (seconds, hundredths) = (lived.as_secs(), lived.subsec_millis() / 10);
                write!(f, " after {seconds}.{hundredths:02} s, before startsecs ({startsecs} s)")
            }
        }
    }
}

/// What an error of executing a file means, where its text misleads.
fn hint(error: &SystemError) -> &'static str {
    match error.symbol {
        "ENOENT" => "; if the file is there, the interpreter that its first line names is not",
        "ENOEXEC" => "; a script needs a first line such as #!/bin/sh",
        _ => "",
    }
}

/// Which attempt to start a process: an operator's start begins with the first, retries continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// From 1 on.
    pub number: u32,
    /// How many there are before the process is FATAL: `startretries` and the first.
    pub of: u32,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "attempt {} of {}", self.number, self.of)
    }
}

/// A start that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartFailure {
    /// Why.
    pub cause: Cause,
    /// Which attempt it was; `None` if it counted as none: the configuration was refused, or the process was
    /// RUNNING (`startsecs=0`) before anybody knew.
    pub attempt: Option<Attempt>,
    /// When.
    pub at: Now,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied() -> SystemError {
        SystemError { number: 13, symbol: "EACCES", text: "Permission denied".into() }
    }

    #[track_caller]
    fn check(cause: &Cause, shown: &str, spawn_error: &str) {
        assert_eq!((cause.to_string().as_str(), &*cause.spawn_error("web")), (shown, spawn_error));
    }

    #[test]
    fn what_the_reference_has_words_for_is_told_in_these() {
        check(&"can't find command '/x'".into(), "can't find command '/x'", "can't find command '/x'");
        check(&Cause::Refused("no command".into()), "no command", "no command");
    }

    #[test]
    fn errors_of_the_system_name_the_thing_and_the_number() {
        let told = "Permission denied (errno 13, EACCES)";
        check(
            &Cause::Log { path: "/x/y.log".into(), error: denied() },
            &format!("cannot open log /x/y.log: {told}"),
            "unknown error making dispatchers for 'web': EACCES",
        );
        let exhausted = SystemError { symbol: "EMFILE", ..denied() };
        let told_exhausted = format!("cannot open log /x/y.log: {exhausted}");
        let cause = Cause::Log { path: "/x/y.log".into(), error: exhausted };
        check(&cause, &told_exhausted, "too many open files to spawn 'web'");
        for (cause, shown) in [
            (Cause::Execute { path: "/opt/x".into(), error: denied() }, "cannot execute /opt/x: "),
            (Cause::Enter { directory: "/no".into(), error: denied() }, "cannot change to directory /no: "),
            (Cause::Descriptors(denied()), "cannot set up stdin, stdout and stderr: "),
        ] {
            check(&cause, &format!("{shown}{told}"), TOO_QUICK);
        }
        let refused = Cause::Become { user: "bob".into(), reason: "not root".into() };
        check(&refused, "cannot become user bob: not root", TOO_QUICK);
    }

    #[test]
    fn an_early_end_says_how_and_when() {
        let ended = |status| Cause::Ended { status, lived: Duration::from_millis(123), startsecs: 1 };
        let rest = "after 0.12 s, before startsecs (1 s)";
        check(&ended(ExitStatus::Exited(3)), &format!("it exited with status 3 {rest}"), TOO_QUICK);
        for (core_dumped, dump) in [(false, ""), (true, " (core dumped)")] {
            let status = ExitStatus::Signaled { signal: 11, core_dumped };
            check(&ended(status), &format!("it was killed by SIGSEGV{dump} {rest}"), TOO_QUICK);
        }
    }
}

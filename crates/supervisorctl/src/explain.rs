//! Explanations: why a server could not be worked with, and what fixes it.
//!
//! The line that a command prints about such a failure is the reference's, because scripts match it. Beside it, on
//! standard error, stands one line of ours: which URL was asked and who chose it, whether the daemon's process
//! is alive, and what to do. Nothing here decides anything; the pid file is read only when there is something
//! to explain.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt;

use provost_config::ctl::{DaemonTraces, UrlOrigin};
use provost_wire::fault::FaultCode;
use rustix::process::{Pid, geteuid, test_kill_process};

use crate::failure::Failure;
use crate::session::{CONNECTION_REFUSED, NO_SUCH_FILE};

/// `EACCES`: the socket is there, but not for this user.
const PERMISSION_DENIED: i32 = rustix::io::Errno::ACCESS.raw_os_error();
/// The HTTP status of a server that wants credentials.
const UNAUTHORIZED: u16 = 401;
/// The HTTP status of a server from which somebody guessed passwords.
const TOO_MANY_REQUESTS: u16 = 429;

/// What was known before the server was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The configuration file that was read, as it was named.
    pub config_file: Option<String>,
    /// The URL of the beginning.
    pub server_url: String,
    /// Who chose it.
    pub url_origin: UrlOrigin,
    /// Where the same file lets the daemon be found.
    pub daemon: DaemonTraces,
    /// The user name that is presented to the server.
    pub user: Option<String>,
}

/// What the pid file says.
#[derive(Debug, PartialEq, Eq)]
enum Daemon {
    /// No file was named, or it cannot be read or understood.
    Unknown,
    /// There is no pid file.
    NotThere { pidfile: String },
    /// It names a process that does not exist.
    Gone { pid: i32, pidfile: String },
    /// It names a process that exists.
    Alive { pid: i32, pidfile: String },
}

impl Daemon {
    fn look(pidfile: Option<&str>) -> Self {
        let Some(path) = pidfile else { return Self::Unknown };
        let pidfile = path.to_owned();
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Self::NotThere { pidfile },
            Err(_) => return Self::Unknown,
        };
        let Some(process) = text.trim().parse().ok().filter(|&pid| pid > 0).and_then(Pid::from_raw) else {
            return Self::Unknown;
        };
        let pid = process.as_raw_nonzero().get();
        match test_kill_process(process) {
            Err(rustix::io::Errno::SRCH) => Self::Gone { pid, pidfile },
            // What may not be signalled is alive all the same.
            Ok(()) | Err(_) => Self::Alive { pid, pidfile },
        }
    }
}

impl fmt::Display for Daemon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => Ok(()),
            Self::NotThere { pidfile } => {
                write!(f, "; supervisord does not run: there is no pid file {pidfile}")
            }
            Self::Gone { pid, pidfile } => {
                write!(f, "; supervisord does not run: process {pid} of its pid file {pidfile} is gone")
            }
            Self::Alive { pid, pidfile } => write!(f, "; process {pid} of its pid file {pidfile} is alive"),
        }
    }
}

impl Surroundings {
    /// The line for a failure of the server at `url`; `None` if the failure says all there is to say.
    #[must_use]
    pub fn explain(&self, url: &str, failure: &Failure) -> Option<String> {
        let remedy: fn(&Self, &str, &Failure, &Daemon) -> String = match failure {
            Failure::Unreachable { .. } => match failure.errno() {
                Some(CONNECTION_REFUSED | NO_SUCH_FILE) => Self::nobody_listens,
                Some(PERMISSION_DENIED) => Self::not_allowed,
                _ => Self::no_way,
            },
            Failure::Status { status: UNAUTHORIZED, .. } => Self::wrong_credentials,
            Failure::Status { status: TOO_MANY_REQUESTS, .. } => {
                return Some(format!(
                    "{}; too many wrong passwords came from here, so nothing is looked at for up to a minute",
                    self.choice(url)
                ));
            }
            // The daemon is no part of this.
            Failure::UnknownProtocol(_) => {
                return Some(format!("{}; write http://HOST:PORT or unix:///PATH", self.choice(url)));
            }
            Failure::Fault(fault) if fault.known() == Some(FaultCode::ShutdownState) => {
                return Some("supervisord is about to end, or to start over after `reload`".to_owned());
            }
            Failure::Status { .. } | Failure::Broken { .. } | Failure::Undecodable { .. } => {
                Self::somebody_else
            }
            _ => return None,
        };
        let daemon = Daemon::look(self.daemon.pidfile.as_deref());
        Some(format!("{}{daemon}; {}", self.choice(url), remedy(self, url, failure, &daemon)))
    }

    /// Which URL was asked, and why that one.
    fn choice(&self, url: &str) -> String {
        match (&self.config_file, self.url_origin) {
            _ if url != self.server_url => format!("{url} was asked"),
            (None, UrlOrigin::CommandLine) => format!("{url} was asked, as -s says"),
            (Some(file), UrlOrigin::CommandLine) => {
                format!("{url} was asked, as -s says, and not what {file} says")
            }
            (Some(file), UrlOrigin::File) => format!("{url} was asked, as serverurl in {file} says"),
            (Some(file), UrlOrigin::Default) => {
                format!("{url} was asked, the default, because {file} has no serverurl")
            }
            (None, _) => format!("{url} was asked, the default, because no configuration file was found"),
        }
    }

    fn nobody_listens(&self, url: &str, _: &Failure, daemon: &Daemon) -> String {
        let start = match &self.config_file {
            Some(file) => format!("start it with: supervisord -c {file}"),
            None => "start supervisord, or name its configuration file with -c".to_owned(),
        };
        let elsewhere =
            self.daemon.urls.first().filter(|_| !self.daemon.urls.iter().any(|other| other == url));
        match (elsewhere, daemon) {
            (Some(other), Daemon::NotThere { .. } | Daemon::Gone { .. }) => {
                format!("{start}; by that file it will listen at {other}, so ask there")
            }
            (Some(other), _) => format!("by its file supervisord listens at {other}: ask there"),
            (None, Daemon::Alive { .. }) => {
                "if it is supervisord, it began with another file or lost its socket: restart it".to_owned()
            }
            (None, _) => start,
        }
    }

    fn not_allowed(&self, url: &str, _: &Failure, _: &Daemon) -> String {
        let socket = url.strip_prefix("unix://").unwrap_or(url);
        let why = match fs::metadata(socket) {
            Ok(socket) => {
                format!("it belongs to uid {} with mode {:04o}", socket.uid(), socket.mode() & 0o7777)
            }
            Err(_) => "a directory on the way to it is closed to this user".to_owned(),
        };
        format!(
            "uid {} may not use this socket: {why}; run supervisorctl as its owner, or change chmod= and chown= in \
             [unix_http_server]",
            geteuid().as_raw()
        )
    }

    fn no_way(&self, _: &str, _: &Failure, _: &Daemon) -> String {
        "check the host and port of the URL".to_owned()
    }

    fn wrong_credentials(&self, _: &str, _: &Failure, _: &Daemon) -> String {
        let given = match &self.user {
            Some(user) => format!("the server refused user {user} with the password that was given"),
            None => "no user name and password were given".to_owned(),
        };
        let place = match &self.config_file {
            Some(file) => format!("in [supervisorctl] of {file}, "),
            None => String::new(),
        };
        format!("{given}; set username= and password= {place}or use -u and -p, or -i to be asked")
    }

    fn somebody_else(&self, _: &str, _: &Failure, _: &Daemon) -> String {
        "what answers there is no supervisord, or it is ending: correct the URL, or try again".to_owned()
    }
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;

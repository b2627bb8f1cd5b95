//! Failures: everything that ends a command before its time.
//!
//! A command returns one with `?`; the session prints it as `error: …` and exits with 1. Only commands that
//! have their own words for a failure look inside.

use std::io;

use provost_config::text::Repr;
use provost_wire::fault::Fault;
use provost_wire::xmlrpc::DecodeError;

/// Why a command could not go on.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The server said no. Printed in the reference's form, because scripts search for the fault's name.
    #[error("<Fault {}: {}>", .0.code, Repr(&.0.string))]
    Fault(#[from] Fault),
    /// No connection came about.
    #[error("{}", system_text(.source))]
    Unreachable {
        /// The server's URL as the user wrote it.
        url: String,
        /// What the operating system or the resolver said.
        source: io::Error,
    },
    /// The server answered with an HTTP status other than 200.
    #[error("<ProtocolError for {url}: {status} {reason}>")]
    Status {
        /// The server's URL with the path asked for.
        url: String,
        /// The HTTP status.
        status: u16,
        /// Its usual name.
        reason: &'static str,
    },
    /// The connection broke before the answer was complete.
    #[error("the connection to {url} broke before the answer was complete: {source}")]
    Broken {
        /// The server's URL.
        url: String,
        /// What the HTTP layer noticed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The answer is not XML-RPC.
    #[error("the answer of {url} is not XML-RPC: {source}")]
    Undecodable {
        /// The server's URL.
        url: String,
        /// What is wrong with it.
        source: DecodeError,
    },
    /// The answer is XML-RPC of another shape than the method promises.
    #[error("{method} answered with something else than {expected}; is it a server of another version?")]
    Unexpected {
        /// The method's full name.
        method: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// The URL names a scheme that nobody here speaks.
    #[error("Unknown protocol for serverurl {0}")]
    UnknownProtocol(String),
    /// The URL's port is no port.
    #[error("bad port in serverurl {0}; use a number from 1 to 65535")]
    BadPort(String),
    /// A process's result has a status that this verb has no words for.
    #[error("Unknown result code {status} for {name}")]
    UnknownResult {
        /// The status.
        status: i32,
        /// The process, as printed.
        name: String,
    },
    /// A question met the end of the input.
    #[error("EOF when reading a line")]
    NoAnswer,
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Terminal(io::Error),
    /// The user pressed Ctrl-C while something was waited for.
    #[error("interrupted")]
    Interrupted,
}

impl Failure {
    /// The operating system's number of a failed connection, if that is what this is.
    #[must_use]
    pub fn errno(&self) -> Option<i32> {
        match self {
            Self::Unreachable { source, .. } => source.raw_os_error(),
            _ => None,
        }
    }
}

/// A system error as the reference prints it: `[Errno 13] Permission denied`.
pub(crate) fn system_text(error: &io::Error) -> String {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(number) => {
            let plain = text.strip_suffix(&format!(" (os error {number})")).unwrap_or(&text);
            format!("[Errno {number}] {plain}")
        }
        // The resolver's, which the standard library introduces at length.
        None => text.rsplit_once(": ").map_or_else(|| text.clone(), |(_, cause)| cause.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use provost_wire::fault::FaultCode;

    use super::*;

    #[test]
    fn messages_carry_what_scripts_search_for() {
        let check = |failure: Failure, expect: &str| assert_eq!(failure.to_string(), expect);
        check(Fault::bare(FaultCode::ShutdownState).into(), "<Fault 6: 'SHUTDOWN_STATE'>");
        check(
            Fault::with_detail(FaultCode::CantReread, "invalid value 'abc'").into(),
            "<Fault 92: \"CANT_REREAD: invalid value 'abc'\">",
        );
        check(
            Failure::Unreachable { url: "unix:///s".into(), source: io::Error::from_raw_os_error(13) },
            "[Errno 13] Permission denied",
        );
        check(
            Failure::Status { url: "http://h:1/RPC2".into(), status: 401, reason: "Unauthorized" },
            "<ProtocolError for http://h:1/RPC2: 401 Unauthorized>",
        );
        check(Failure::UnknownResult { status: 30, name: "a:b".into() }, "Unknown result code 30 for a:b");
        check(Failure::NoAnswer, "EOF when reading a line");
    }
}

//! Words to whoever started the daemon.
//!
//! Nobody has to be listening: a terminal that was closed, a reader that left or a full disk must not end a daemon,
//! as the standard library's printing macros would. What is not taken is dropped.

use std::fmt::Display;
use std::io::{self, Write};

/// Prints to standard output.
pub(crate) fn print(text: impl Display) {
    let mut stdout = io::stdout().lock();
    let _ = write!(stdout, "{text}").and_then(|()| stdout.flush());
}

/// Prints to standard error.
pub(crate) fn complain(text: impl Display) {
    let _ = write!(io::stderr(), "{text}");
}

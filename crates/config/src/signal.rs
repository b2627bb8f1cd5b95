//! Names and numbers of signals, as configuration values, RPC arguments and log lines use them.
//!
//! The set is the reference's on Linux: 1 to 31, RTMIN (34) and RTMAX (64). What it accepts by accident
//! (0, `SIG_DFL`, `SIG_IGN`) is no signal here.

use std::borrow::Cow;

/// One row per name; the first row of a number is the name that is printed.
#[rustfmt::skip]
const SIGNALS: &[(i32, &str)] = &[
    (1, "SIGHUP"), (2, "SIGINT"), (3, "SIGQUIT"), (4, "SIGILL"), (5, "SIGTRAP"), (6, "SIGABRT"), (6, "SIGIOT"),
    (7, "SIGBUS"), (8, "SIGFPE"), (9, "SIGKILL"), (10, "SIGUSR1"), (11, "SIGSEGV"), (12, "SIGUSR2"),
    (13, "SIGPIPE"), (14, "SIGALRM"), (15, "SIGTERM"), (16, "SIGSTKFLT"), (17, "SIGCHLD"), (17, "SIGCLD"),
    (18, "SIGCONT"), (19, "SIGSTOP"), (20, "SIGTSTP"), (21, "SIGTTIN"), (22, "SIGTTOU"), (23, "SIGURG"),
    (24, "SIGXCPU"), (25, "SIGXFSZ"), (26, "SIGVTALRM"), (27, "SIGPROF"), (28, "SIGWINCH"), (29, "SIGPOLL"),
    (29, "SIGIO"), (30, "SIGPWR"), (31, "SIGSYS"), (34, "SIGRTMIN"), (64, "SIGRTMAX"),
];

/// What log lines call a signal: its symbol, or `signal N` if it has none.
pub fn name(number: i32) -> Cow<'static, str> {
    match SIGNALS.iter().find(|row| row.0 == number) {
        Some(row) => Cow::Borrowed(row.1),
        None => Cow::Owned(format!("signal {number}")),
    }
}

/// The names of all signals without `SIG`, by number; each signal once.
pub fn names() -> impl Iterator<Item = &'static str> {
    let is_preferred = |row: &&(i32, &'static str)| name(row.0) == row.1;
    SIGNALS.iter().filter(is_preferred).map(|row| &row.1[3..])
}

/// Whether a signal of that number has a name.
pub fn exists(number: i32) -> bool {
    SIGNALS.iter().any(|row| row.0 == number)
}

/// The number of a signal named in any case, with or without `SIG`.
pub fn by_name(text: &str) -> Option<i32> {
    let upper = text.trim().to_uppercase();
    let bare = upper.strip_prefix("SIG").unwrap_or(&upper);
    SIGNALS.iter().find(|row| &row.1[3..] == bare).map(|row| row.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_preferred_symbols() {
        for (number, expect) in [
            (6, "SIGABRT"),
            (17, "SIGCHLD"),
            (29, "SIGPOLL"),
            (35, "signal 35"),
            (34, "SIGRTMIN"),
            (0, "signal 0"),
        ] {
            assert_eq!(name(number), expect);
        }
    }

    #[test]
    fn names_are_found_in_every_spelling() {
        for (text, expect) in [
            ("TERM", Some(15)),
            ("sigterm", Some(15)),
            (" Hup ", Some(1)),
            ("CLD", Some(17)),
            ("IO", Some(29)),
            ("SIG_DFL", None),
            ("_IGN", None),
            ("", None),
            ("SIG", None),
        ] {
            assert_eq!(by_name(text), expect, "{text:?}");
        }
    }
}

//! Faults of every kind, done to whole daemons: what must not end one, hold one up, or cost anything.
//!
//! Each case is a function of the implementation that it is done to and returns what became of it. Ours has to take all
//! of them well; what the reference makes of them stands beside, was seen, and is looked at again at every run. The
//! same table stands in `docs/guarantees.md`, which a test compares ([`document`]).
//!
//! Cases about what only ours promises are plain tests. A machine that lacks what a case needs (strace, the right to
//! mount a file system) passes it and says so.

mod clients;
mod configuration;
mod document;
mod files;
mod instance;
mod outcome;
mod outlets;
mod resources;
mod rounds;
mod stage;
mod survivors;
mod sweep;
mod tamper;

use outcome::Outcome;

/// A case as the document shows it.
pub(crate) struct Row {
    /// The test, from this folder on.
    test: &'static str,
    /// What is done to the daemon.
    fault: &'static str,
    /// What the reference makes of it.
    reference: Outcome,
}

/// Makes the tests `NAME::ours` and `NAME::reference` of each case, and the table of all.
macro_rules! cases {
    ($($room:ident::$name:ident, $fault:literal => $reference:ident;)*) => {
        /// Every case, in the order of the document.
        const CASES: &[Row] = &[$(Row {
            test: concat!(stringify!($room), ".rs::", stringify!($name)),
            fault: $fault,
            reference: Outcome::$reference,
        }),*];

        $(mod $name {
            use super::{Outcome, outcome::expect, $room::$name};
            use provost_tests::Implementation;

            #[test]
            fn ours() {
                expect($name(Implementation::Ours), Outcome::Holds);
            }

            #[test]
            fn reference() {
                expect($name(Implementation::Reference), Outcome::$reference);
            }
        })*
    };
}

cases! {
    resources::no_descriptors, "no descriptors left (EMFILE)" => Holds;
    resources::no_files_in_the_system, "no descriptors left on the machine (ENFILE)" => Holds;
    resources::no_processes, "fork refused (EAGAIN)" => Holds;
    resources::no_memory_for_processes, "fork refused (ENOMEM)" => Holds;
    files::a_deleted_log, "a log is deleted" => Holds;
    files::a_directory_for_a_log, "USR2 finds a directory in the place of a log" => Dies;
    files::no_directory_for_a_log, "USR2 finds the directory of a log gone" => Dies;
    files::a_pipe_without_reader_for_a_log, "USR2 finds a named pipe without reader in the place of a log" => Hangs;
    files::a_start_with_a_pipe_without_reader, "a program starts whose log is a named pipe without reader" => Hangs;
    files::a_rollover_that_fails, "a log cannot be rolled over" => Loses;
    files::a_broken_disk, "writing to a log fails (EIO)" => Holds;
    files::a_full_disk, "the disk of a log is full (ENOSPC)" => Holds;
    files::a_read_only_disk, "the disk of a log is read-only (EROFS)" => Holds;
    outlets::a_vanished_terminal, "the terminal of a daemon in the foreground vanishes" => Holds;
    outlets::a_closed_pipe, "the reader of a daemon in the foreground ends" => Holds;
    outlets::a_stalled_pipe, "the reader of a daemon in the foreground stalls" => Hangs;
    outlets::a_deaf_listener, "a listener accepts events that it does not read" => Dies;
    outlets::a_failing_poll, "waiting for events fails (ENOMEM)" => Dies;
    outlets::a_failing_accept, "accepting a connection fails (ENOBUFS)" => Holds;
    outlets::a_client_gone_before_accept, "a client is gone before it is accepted (ECONNABORTED)" => Holds;
    outlets::a_failing_wait, "looking for dead children is interrupted (EINTR)" => Holds;
    clients::idle_ones, "1,200 connections that say nothing" => Hangs;
    clients::slow_ones, "100 clients that send a byte now and then" => Holds;
    clients::ones_that_do_not_read, "50 clients that ask for a log and do not read it" => Holds;
    clients::a_huge_body, "a request of 40 MB" => Swells;
    clients::chatty_programs, "four programs that write as fast as they can" => Holds;
    clients::a_stalled_log, "the reader of a program's log stalls" => Hangs;
    configuration::hangup_with_broken_syntax, "SIGHUP, and the file is broken" => Dies;
    configuration::hangup_with_a_broken_value, "SIGHUP, and a value is wrong" => Dies;
    configuration::hangup_with_a_broken_include, "SIGHUP, and an included file is broken" => Dies;
    configuration::hangup_without_a_file, "SIGHUP, and the file is gone" => Dies;
    configuration::hangup_with_a_directory, "SIGHUP, and the file is a directory" => Dies;
    configuration::hangup_with_junk, "SIGHUP, and the file is binary junk" => Dies;
    configuration::hangup_with_a_pipe, "SIGHUP, and the file is a named pipe without writer" => Hangs;
    configuration::hangup_with_a_huge_file, "SIGHUP, and the file is 40 MB of junk" => Dies;
    configuration::reload_with_broken_syntax, "`supervisorctl reload`, and the file is broken" => Dies;
    configuration::reread_of_anything_broken, "reread and update of files that are broken in all these ways" => Holds;
}

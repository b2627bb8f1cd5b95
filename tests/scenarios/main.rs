//! Whole jobs, as operators do them, on both implementations.
//!
//! A scenario is a function of the implementation it runs on; [`on_both`] makes two tests of it. Where the
//! two differ on purpose, the scenario says for each what it must do. Scenarios about what only ours promises
//! (no wake-ups, children that survive the daemon) are plain tests.

mod api;
mod background;
mod bad_input;
mod beyond;
mod child_logs;
mod client_errors;
mod clients;
mod clock;
mod daemon;
mod effects;
mod events;
mod every_byte;
mod exit_codes;
mod failures;
mod fastcgi;
mod filtered;
mod following;
mod foreground;
mod handover;
mod init;
mod intruders;
mod listeners;
mod log_targets;
mod mutations;
mod pidproxy;
mod plugins;
mod promises;
mod prompt;
mod redis;
mod rights;
mod sample;
mod shell;
mod superlance;
mod unkillable;
mod web;
mod wrapped;

/// Makes the tests `NAME::reference` and `NAME::ours` of each named scenario.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        $(mod $name {
            use provost_tests::Implementation;

            #[test]
            fn reference() {
                super::$name(Implementation::Reference);
            }

            #[test]
            fn ours() {
                super::$name(Implementation::Ours);
            }
        })*
    };
}
pub(crate) use on_both;

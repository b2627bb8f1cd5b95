//! What must hold for any bytes of a stranger, wherever such bytes are parsed.
//!
//! Every check is a function of bytes that panics if a promise is broken: that nothing panics, that what was read can
//! be written and read again, that it makes no difference where one read ended and the next began. The same functions
//! are run twice: by the fuzzers of `fuzz/fuzz_targets`, which need a nightly compiler and run for as long as somebody
//! lets them, and by this crate's own test, which plays the seeds and many small changes of them on any compiler.

#![forbid(unsafe_code)]

mod config;
mod output;
mod pools;
mod wire;

/// A check and what it is called, which is also the name of its fuzz target and of its folder in `fuzz/seeds`.
pub struct Check {
    /// Its name.
    pub name: &'static str,
    /// Panics if a promise is broken.
    pub run: fn(&[u8]),
}

/// All of them, by name.
pub const ALL: &[Check] = &[
    Check { name: "auth", run: wire::auth },
    Check { name: "events", run: pools::events },
    Check { name: "expand", run: config::expand },
    Check { name: "ini", run: config::ini },
    Check { name: "jsonrpc", run: wire::jsonrpc },
    Check { name: "namespec", run: wire::namespec },
    Check { name: "output", run: output::output },
    Check { name: "xmlrpc_call", run: wire::xmlrpc_call },
    Check { name: "xmlrpc_response", run: wire::xmlrpc_response },
];

/// Runs the check of that name.
///
/// # Panics
/// A promise is broken, or no check is called so.
pub fn run(name: &str, bytes: &[u8]) {
    let check = ALL.iter().find(|check| check.name == name).expect("a check has that name");
    (check.run)(bytes);
}

//! Lets Miri interpret the tests of the core.
//!
//! The core forbids `unsafe`, so what it looks for can only be in what the core uses (`bytes`, `memchr`). What tests
//! by numbers (simulated years, thousands of cases) is cut short or left out: Miri is a thousand times slower.

use std::process::Command;

use crate::chore::{Failure, root, succeed};

/// What works by numbers alone.
const TOO_LONG: [&str; 12] = [
    "--skip",
    "simulation::",
    "--skip",
    "properties::",
    "--skip",
    "transition_table::the_documented",
    "--skip",
    "output::tests",
    "--skip",
    "text::tests",
    "--skip",
    "borders",
];
const REMEDY: &str =
    "it needs a nightly compiler with Miri (rustup toolchain install nightly --component miri)";

pub(crate) fn run() -> Result<(), Failure> {
    for tests in [["--lib"].as_slice(), &["--test", "core"]] {
        // Not the cargo that runs this chore, but the one that knows other toolchains.
        let mut miri = Command::new("cargo");
        miri.current_dir(root()).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
        miri.env("PROPTEST_CASES", "2").env("PROVOST_SCHEDULES", "5");
        // Tests may read their environment and the documents they guard.
        miri.env("MIRIFLAGS", "-Zmiri-disable-isolation");
        miri.args(["+nightly", "miri", "test", "--package", "provost-core"]).args(tests);
        succeed(miri.arg("--").args(TOO_LONG), REMEDY)?;
    }
    Ok(())
}

//! Building what the tests run, and running them all.

use std::env;

use crate::chore::{Failure, cargo, root, succeed};
use crate::reference;

/// What to do when cargo itself cannot be started.
const REMEDY: &str = "run this chore with cargo";

/// Builds the programs, installs the reference, and runs every test of the workspace.
pub(crate) fn test(words: &[String]) -> Result<(), Failure> {
    build()?;
    let reference = reference::install()?;
    let mut tests = cargo();
    tests.args(["test", "--workspace", "--no-fail-fast"]).args(words);
    // What somebody has set stays: other binaries, or another reference, can be put to the same tests.
    if env::var_os("PROVOST_BIN_DIR").is_none() {
        tests.env("PROVOST_BIN_DIR", binaries());
    }
    if env::var_os("PROVOST_REFERENCE").is_none() {
        tests.env("PROVOST_REFERENCE", reference);
    }
    // The slow ones wait for daemons, not for the processor.
    if env::var_os("RUST_TEST_THREADS").is_none() {
        tests.env("RUST_TEST_THREADS", "6");
    }
    succeed(&mut tests, REMEDY)
}

/// Builds the programs and runs the daemon's demonstration until somebody ends it.
pub(crate) fn demo(words: &[String]) -> Result<(), Failure> {
    build()?;
    let mut daemon = std::process::Command::new(binaries().join("supervisord"));
    succeed(daemon.arg("--demo").args(words), REMEDY)
}

/// Builds the programs as the tests, the examples and the measurements run them.
pub(crate) fn build() -> Result<(), Failure> {
    let mut build = cargo();
    build.args(["build", "--profile", "quick", "-p", "supervisord", "-p", "supervisorctl"]);
    succeed(&mut build, REMEDY)
}

/// Where [`build`] puts them.
pub(crate) fn binaries() -> std::path::PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), Into::into).join("quick")
}

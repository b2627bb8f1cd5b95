//! Schemathesis, which asks a daemon whether it does what its OpenAPI document says.
//!
//! It has many dependencies, so it gets an environment of its own and stays away from the reference's. It is extra: a
//! machine that cannot install it skips the test.

use std::fs;
use std::process::Command;

use crate::chore::{Failure, root, succeed};

/// What is installed.
const PACKAGE: &str = "schemathesis==4.32.5";

/// Installs it under `.venv/schemathesis` unless it is there already.
pub(crate) fn install() -> Result<(), Failure> {
    let environment = root().join(".venv/schemathesis");
    let list = environment.join("packages");
    if fs::read_to_string(&list).is_ok_and(|found| found == PACKAGE) {
        return Ok(());
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv"]).arg(&environment);
    let mut pip = Command::new(environment.join("bin/python3"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]);
    for command in [&mut make, &mut pip] {
        if let Err(failure) = succeed(command, "Python 3.10 or newer is needed") {
            eprintln!(
                "{failure}\nSchemathesis is not installed: the test of the OpenAPI document is skipped"
            );
            return Ok(());
        }
    }
    fs::write(&list, PACKAGE).map_err(|cause| Failure::File { action: "write", path: list, cause })
}

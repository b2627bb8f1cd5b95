//! The reference: Supervisor 4.3.0 from PyPI, in a virtual environment of its own.
//!
//! It is asked what is right, so its version is pinned; another one is replaced.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::chore::{Failure, root, succeed};
use crate::{node, schemathesis};

/// The version whose behaviour is the measure.
const VERSION: &str = "4.3.0";

/// Published programs that are made for it, and that the tests run unchanged.
const GUESTS: [&str; 3] = ["superlance==2.0.0", "supervisor_cache==1.1.0", "supervisor_twiddler==1.0.0"];

/// The file in the environment that says which guests it has.
const GUEST_LIST: &str = "guests";

/// What to do when there is no usable Python.
const REMEDY: &str = "Python 3 is needed (on Debian: apt-get install python3-venv)";

pub(crate) fn run() -> Result<(), Failure> {
    let bin = install()?;
    println!("Supervisor {VERSION} is in {}", bin.display());
    Ok(())
}

/// Makes the environment unless it is there already; the folder of its programs.
pub(crate) fn install() -> Result<PathBuf, Failure> {
    node::install()?;
    schemathesis::install()?;
    let environment = root().join(".venv/reference");
    let bin = environment.join("bin");
    if version(&bin).as_deref() == Some(VERSION) {
        invite(&environment)?;
        return Ok(bin);
    }
    if environment.exists() {
        // Half an environment, or one of another version: begin anew.
        fs::remove_dir_all(&environment).map_err(|cause| Failure::File {
            action: "remove",
            path: environment.clone(),
            cause,
        })?;
    }
    let mut make = Command::new("python3");
    make.args(["-m", "venv"]).arg(&environment);
    succeed(&mut make, REMEDY).map_err(with_remedy)?;
    let mut pip = pip(&bin);
    pip.arg(format!("supervisor=={VERSION}"));
    succeed(&mut pip, REMEDY)?;
    invite(&environment)?;
    Ok(bin)
}

/// Installs the guests that are not there yet.
fn invite(environment: &Path) -> Result<(), Failure> {
    let (list, wanted) = (environment.join(GUEST_LIST), GUESTS.join("\n"));
    if fs::read_to_string(&list).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    // What they depend on is the reference, which is there.
    let mut pip = pip(&environment.join("bin"));
    pip.arg("--no-deps").args(GUESTS);
    succeed(&mut pip, REMEDY)?;
    fs::write(&list, wanted).map_err(|cause| Failure::File { action: "write", path: list, cause })
}

/// The installer of the environment with those programs.
fn pip(bin: &Path) -> Command {
    let mut pip = Command::new(bin.join("python3"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    pip
}

/// What the installed daemon says its version is.
fn version(bin: &Path) -> Option<String> {
    let output = Command::new(bin.join("supervisord")).arg("-v").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Python's own complaint about a missing `venv` is long; this is what it comes to.
fn with_remedy(failure: Failure) -> Failure {
    match failure {
        Failure::Unsuccessful { command, status, .. } => Failure::Unsuccessful {
            command,
            status,
            remedy: "; Python's venv module is needed (on Debian: apt-get install python3-venv)",
        },
        other => other,
    }
}

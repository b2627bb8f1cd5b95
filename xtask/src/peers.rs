//! Other supervisors, for the columns that `cargo xtask bench --peers` adds.
//!
//! They are extra: one that cannot be had is left out, with a word. s6 and runit come with the system.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::chore::{Failure, root, succeed};

/// What is installed from PyPI.
const CIRCUS: &str = "circus==0.19.0";
/// What is installed from npm.
const PM2: &str = "pm2@7.0.4";

/// Installs what is missing under `.venv/`.
pub(crate) fn install() -> Result<(), Failure> {
    for (program, package) in [("s6-svscan", "s6"), ("runsvdir", "runit")] {
        if !std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
            .any(|folder| folder.join(program).exists())
        {
            eprintln!("{package} is left out: there is no {program} (on Debian: apt-get install {package})");
        }
    }
    let venv = root().join(".venv");
    let circus = venv.join("circus");
    let mut make = Command::new("python3");
    make.args(["-m", "venv"]).arg(&circus);
    let mut pip = Command::new(circus.join("bin/python3"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", CIRCUS]);
    provide(&circus, CIRCUS, [make, pip])?;
    let pm2 = venv.join("pm2");
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefix"]);
    npm.arg(&pm2).arg(PM2);
    provide(&pm2, PM2, [npm])
}

/// Runs the commands that bring a package into a folder, unless it is there already.
fn provide(folder: &Path, package: &str, commands: impl IntoIterator<Item = Command>) -> Result<(), Failure> {
    let list = folder.join("packages");
    if fs::read_to_string(&list).is_ok_and(|found| found == package) {
        return Ok(());
    }
    for mut command in commands {
        if let Err(failure) = succeed(&mut command, "it comes with Debian's python3-venv and npm") {
            eprintln!("{package} is left out: {failure}");
            return Ok(());
        }
    }
    fs::write(&list, package).map_err(|cause| Failure::File { action: "write", path: list, cause })
}

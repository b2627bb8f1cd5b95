//! What the tests use from npm: XML-RPC clients for Node, and the checker of accessible pages.
//!
//! They are extra: without npm the tests that need them say so and pass.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::chore::{Failure, root, succeed};

/// What is installed: the client that most others stand on, one made for supervisord, and the checker.
const PACKAGES: [&str; 3] = ["xmlrpc@1.3.2", "supervisord@0.1.0", "axe-core@4.11.0"];

/// The file in the folder that says what it has.
const LIST: &str = "packages";

/// Installs the packages under `.venv/node` unless they are there already.
pub(crate) fn install() -> Result<(), Failure> {
    let (folder, wanted) = (root().join(".venv/node"), PACKAGES.join("\n"));
    let list = folder.join(LIST);
    if fs::read_to_string(&list).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    if !has_npm() {
        eprintln!(
            "npm is not installed: tests with its packages are skipped (on Debian: apt-get install npm)"
        );
        return Ok(());
    }
    let written = |action: &'static str, path: &Path| {
        let path = path.to_owned();
        move |cause| Failure::File { action, path, cause }
    };
    fs::create_dir_all(&folder).map_err(written("make", &folder))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts"]);
    npm.args(PACKAGES).current_dir(&folder);
    succeed(&mut npm, "npm was there a moment ago")?;
    fs::write(&list, wanted).map_err(written("write", &list))
}

fn has_npm() -> bool {
    Command::new("npm").arg("--version").output().is_ok_and(|output| output.status.success())
}

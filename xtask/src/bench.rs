//! Builds and installs what the whole-process comparison runs, and starts it.
//!
//! What is measured, and how, stands in `benches/compare`. Here is only what has to be there first.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use provost_compare::Takes;

use crate::chore::{Failure, cargo, root, succeed};
use crate::{peers, reference};

/// What to do when cargo itself cannot be started.
const REMEDY: &str = "run this chore with cargo";

/// Passes its words on, once they are known to mean something: building takes minutes.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let takes = provost_compare::takes(words).map_err(Failure::Words)?;
    let bench = target().join("bench");
    if takes == Takes::Programs {
        // Whoever names binaries has built them.
        if std::env::var_os("PROVOST_BIN_DIR").is_none() {
            let release = ["build", "--release", "-p", "supervisord", "-p", "supervisorctl"];
            succeed(cargo().args(release), REMEDY)?;
        }
        fs::create_dir_all(&bench).map_err(|cause| Failure::File {
            action: "make",
            path: bench.clone(),
            cause,
        })?;
        compile("floor", &[], &bench)?;
        compile("mark", &["-static"], &bench)?;
        reference::install()?;
        if words.iter().any(|word| word == "--peers") {
            peers::install()?;
        }
    }
    // Without optimisation it would use as much of the processor as what it measures.
    let build = ["build", "--quiet", "--profile", "quick", "-p", "provost-compare"];
    succeed(cargo().args(build), REMEDY)?;
    succeed(Command::new(target().join("quick/provost-compare")).args(words), "it has just been built")
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Compiles one of the small C programs.
fn compile(name: &str, options: &[&str], bench: &Path) -> Result<(), Failure> {
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-o"]).arg(bench.join(name)).args(options);
    cc.arg(root().join("benches/floor").join(name).with_extension("c"));
    succeed(&mut cc, "a C compiler is needed (on Debian: apt-get install gcc libc6-dev)")
}

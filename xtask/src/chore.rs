//! What chores share: how they fail, and how they run other programs.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// Why a chore was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// A program could not be started at all.
    #[error("failed to run {program}: {cause}; {remedy}")]
    NotRun {
        /// Its name.
        program: String,
        /// What the system said.
        cause: io::Error,
        /// What to do about it.
        remedy: &'static str,
    },
    /// A program ended with something other than success.
    #[error("{command} ended with {status}{remedy}")]
    Unsuccessful {
        /// The whole command.
        command: String,
        /// Its end.
        status: ExitStatus,
        /// What to do about it, beginning with a semicolon; empty when its own output says it.
        remedy: &'static str,
    },
    /// A file could not be read or written.
    #[error("failed to {action} {}: {cause}", path.display())]
    File {
        /// "read" or "write".
        action: &'static str,
        /// Which.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The tree is not as it should be.
    #[error("{} to mend:\n{}", .0.len(), .0.join("\n"))]
    Untidy(Vec<String>),
    /// The words after the chore's name have no meaning; what is wrong, and what may be said.
    #[error("{0}")]
    Words(String),
    /// A word after the chore's name has no meaning.
    #[error("{word:?} is not {expected}")]
    Argument {
        /// The word.
        word: String,
        /// What it should have been.
        expected: &'static str,
    },
}

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("invariant: this package is a folder of the workspace")
}

/// The cargo that runs this chore.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(root());
    command
}

/// Runs a command to its end and expects success; `remedy` is said when it cannot be started.
pub(crate) fn succeed(command: &mut Command, remedy: &'static str) -> Result<(), Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().map_err(|cause| Failure::NotRun { program, cause, remedy })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::Unsuccessful { command: shown(command), status, remedy: "" })
}

/// The command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

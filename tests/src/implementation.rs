//! Which implementation a test drives, and where its programs are.

use std::env;
use std::path::{Path, PathBuf};

/// The two implementations under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Implementation {
    /// Python supervisord 4.3.0, from PyPI.
    Reference,
    /// The binaries of this workspace.
    Ours,
}

/// Who plays the daemon and who plays the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// Whose `supervisord` runs.
    pub daemon: Implementation,
    /// Whose `supervisorctl` drives it.
    pub client: Implementation,
}

/// A program that has to be there and is not.
#[derive(Debug, thiserror::Error)]
#[error("{} is missing; {remedy}", path.display())]
pub struct Missing {
    path: PathBuf,
    remedy: &'static str,
}

impl Implementation {
    /// The name used in test names and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::Ours => "ours",
        }
    }

    /// The path of one of its programs, such as `supervisord`.
    ///
    /// # Errors
    ///
    /// [`Missing`] when it has not been built or installed; the message says how to.
    pub fn program(self, name: &str) -> Result<PathBuf, Missing> {
        let (directory, remedy) = match self {
            Self::Reference => (reference_bin(), "`cargo xtask reference` installs the reference"),
            Self::Ours => {
                (our_bin(), "`cargo build --profile quick -p supervisord -p supervisorctl` builds it")
            }
        };
        let path = directory.join(name);
        if path.exists() { Ok(path) } else { Err(Missing { path, remedy }) }
    }
}

impl Sides {
    /// Daemon and client of the same implementation.
    pub fn both(implementation: Implementation) -> Self {
        Self { daemon: implementation, client: implementation }
    }

    /// The name used in test names and reports.
    pub fn name(self) -> &'static str {
        match (self.daemon, self.client) {
            (Implementation::Reference, Implementation::Reference) => "reference",
            (Implementation::Ours, Implementation::Ours) => "ours",
            (Implementation::Ours, Implementation::Reference) => "reference_ctl_on_our_daemon",
            (Implementation::Reference, Implementation::Ours) => "our_ctl_on_reference_daemon",
        }
    }
}

/// The Python that has the reference's modules, for clients written with them.
///
/// # Errors
///
/// [`Missing`] when the reference is not installed.
pub fn reference_python() -> Result<PathBuf, Missing> {
    Implementation::Reference.program("python3")
}

/// The root of the workspace.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("invariant: this package is a folder of the workspace")
}

fn reference_bin() -> PathBuf {
    from_environment("PROVOST_REFERENCE").unwrap_or_else(|| workspace().join(".venv/reference/bin"))
}

fn our_bin() -> PathBuf {
    from_environment("PROVOST_BIN_DIR").unwrap_or_else(|| {
        from_environment("CARGO_TARGET_DIR").unwrap_or_else(|| workspace().join("target")).join("quick")
    })
}

fn from_environment(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

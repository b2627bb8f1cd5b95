//! What a spawn needs, prepared: plain data, made before the fork and only read after it.
//!
//! A [`SpawnSpec`] is made once per process (or whenever its configuration changes) and used for every start;
//! only the descriptors in [`Stdio`] are new each time. Preparing is where allocation and look-ups happen,
//! because between fork and exec neither is allowed (see `spawn.rs`).

use std::ffi::CString;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use crate::id::{Gid, Uid};

/// A text that cannot be given to the system, because it holds a NUL byte.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{what} holds a NUL byte, which no program can receive; remove it")]
pub struct NulInText {
    /// Which text: `the command`, `an argument`, `the environment`, `the directory`.
    pub what: &'static str,
}

/// One thing the child does to itself before it executes the program.
///
/// Limits, scheduling, namespaces and the like become further variants: each carries what it needs
/// ready-made, and its action in `spawn.rs` is system calls only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Take on another user's rights.
    Become(Identity),
    /// Change to this directory.
    Enter(CString),
    /// Set the file creation mask.
    Umask(u32),
    /// Join the control group behind this file (`cgroup.procs`). A child that may not goes on without.
    Join(CString),
}

/// Whom a child shall run as.
///
/// If that is the daemon's own user nothing is done; if it is another, the daemon must be root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// The user.
    pub uid: Uid,
    /// The user's primary group.
    pub gid: Gid,
    /// All groups of the user, the primary one included.
    pub groups: Vec<Gid>,
}

/// Everything about a child but its descriptors.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SpawnSpec {
    /// The file to execute; if relative, relative to the directory of [`Step::Enter`].
    pub program: CString,
    /// The arguments, the word for the program itself first. Never empty.
    pub argv: Vec<CString>,
    /// The whole environment of the child, as `NAME=value`. Nothing is inherited beside it.
    pub envp: Vec<CString>,
    /// What the child does to itself, in this order. The reference's order is user, directory, mask: a
    /// directory is entered with the rights of the program's user.
    pub steps: Vec<Step>,
    /// Descriptors below this are closed in the child, on systems that cannot close "all from 3 on" in one
    /// call.
    pub max_fd: i32,
}

impl SpawnSpec {
    /// The reference's default of `minfds`, up to which it closes descriptors in a child.
    const DEFAULT_MAX_FD: i32 = 1024;

    /// A child that runs `program` with these arguments and no environment, as the daemon's user, in the
    /// daemon's directory and with its file creation mask.
    ///
    /// # Errors
    /// [`NulInText`] if a text holds a NUL byte.
    ///
    /// # Panics
    /// If `argv` is empty: a command has at least its own name.
    pub fn new<A: AsRef<str>>(program: &Path, argv: &[A]) -> Result<Self, NulInText> {
        assert!(!argv.is_empty(), "a command has at least its own name");
        Ok(Self {
            program: c_string(program.as_os_str().as_bytes(), "the command")?,
            argv: argv
                .iter()
                .map(|word| c_string(word.as_ref().as_bytes(), "an argument"))
                .collect::<Result<_, _>>()?,
            envp: Vec::new(),
            steps: Vec::new(),
            max_fd: Self::DEFAULT_MAX_FD,
        })
    }

    /// Adds variables to the environment. The caller has merged them: a name must not come twice.
    ///
    /// # Errors
    /// [`NulInText`] if a name or value holds a NUL byte.
    pub fn env<N, V>(mut self, variables: impl IntoIterator<Item = (N, V)>) -> Result<Self, NulInText>
    where
        N: AsRef<[u8]>,
        V: AsRef<[u8]>,
    {
        for (name, value) in variables {
            let pair = [name.as_ref(), b"=", value.as_ref()].concat();
            self.envp.push(c_string(&pair, "the environment")?);
        }
        Ok(self)
    }

    /// Adds the step of running as another user.
    #[must_use]
    pub fn identity(mut self, identity: Identity) -> Self {
        self.steps.push(Step::Become(identity));
        self
    }

    /// Adds the step of changing to a directory.
    ///
    /// # Errors
    /// [`NulInText`] if the path holds a NUL byte.
    pub fn directory(mut self, directory: &Path) -> Result<Self, NulInText> {
        self.steps.push(Step::Enter(c_string(directory.as_os_str().as_bytes(), "the directory")?));
        Ok(self)
    }

    /// Adds the step of joining a control group; comes before the identity, whose user may not.
    ///
    /// # Errors
    /// [`NulInText`] if the path holds a NUL byte.
    pub fn join(mut self, entrance: &Path) -> Result<Self, NulInText> {
        self.steps.push(Step::Join(c_string(entrance.as_os_str().as_bytes(), "the control group")?));
        Ok(self)
    }

    /// Adds the step of setting the file creation mask.
    #[must_use]
    pub fn umask(mut self, mask: u32) -> Self {
        self.steps.push(Step::Umask(mask));
        self
    }
}

fn c_string(bytes: &[u8], what: &'static str) -> Result<CString, NulInText> {
    CString::new(bytes).map_err(|_| NulInText { what })
}

/// The child's descriptors 0, 1 and 2.
///
/// They may be any descriptors, also the same one twice (`redirect_stderr`) or ones numbered 0 to 2; they
/// stay open in the daemon.
#[derive(Clone, Copy, Debug)]
pub struct Stdio<'fd> {
    /// Becomes the child's descriptor 0.
    pub stdin: BorrowedFd<'fd>,
    /// Becomes the child's descriptor 1.
    pub stdout: BorrowedFd<'fd>,
    /// Becomes the child's descriptor 2, where a failure to start is reported.
    pub stderr: BorrowedFd<'fd>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_keep_their_order() {
        let identity = Identity { uid: Uid::new(42), gid: Gid::new(42), groups: Vec::new() };
        let spec = SpawnSpec::new(Path::new("/bin/sh"), &["sh", "-c", "true"])
            .and_then(|spec| spec.env([("A", "1"), ("B", "")]))
            .and_then(|spec| spec.identity(identity.clone()).umask(0o22).directory(Path::new("/tmp")))
            .expect("no NUL");
        assert_eq!(spec.argv, [c"sh".to_owned(), c"-c".to_owned(), c"true".to_owned()]);
        assert_eq!(spec.envp, [c"A=1".to_owned(), c"B=".to_owned()]);
        assert_eq!(spec.steps, [Step::Become(identity), Step::Umask(0o22), Step::Enter(c"/tmp".to_owned())]);
    }

    #[test]
    fn nul_bytes_are_refused() {
        let sh = Path::new("/bin/sh");
        let named = |result: Result<SpawnSpec, NulInText>| result.expect_err("NUL").what;
        assert_eq!(named(SpawnSpec::new(Path::new("/bin\0"), &["x"])), "the command");
        assert_eq!(named(SpawnSpec::new(sh, &["x\0"])), "an argument");
        let spec = SpawnSpec::new(sh, &["x"]).expect("no NUL");
        assert_eq!(named(spec.clone().env([("A", "\0")])), "the environment");
        assert_eq!(named(spec.directory(Path::new("\0"))), "the directory");
    }
}

//! Runs a program to its end and keeps everything it said.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::process::{Command, ExitStatus, Stdio};

use crate::wait::{PATIENCE, until_some};

/// What a finished program left: both streams and its exit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Standard output; bytes that are not UTF-8 are replaced.
    pub stdout: String,
    /// Standard error, likewise.
    pub stderr: String,
    /// Exit code; `None` when a signal ended it.
    pub code: Option<i32>,
}

impl Output {
    /// The first line of standard error, empty if there is none.
    pub fn complaint(&self) -> &str {
        self.stderr.lines().next().unwrap_or_default()
    }
}

/// Runs `command` to its end, with `input` on its standard input.
///
/// # Panics
///
/// When it cannot be started or does not end in time; it is killed then.
pub fn run(mut command: Command, input: &str) -> Output {
    // Files, not pipes: a grandchild that keeps a pipe open would keep us reading for ever.
    let mut stdout = tempfile::tempfile().expect("a temporary file");
    let mut stderr = tempfile::tempfile().expect("a temporary file");
    let mut stdin = tempfile::tempfile().expect("a temporary file");
    stdin.write_all(input.as_bytes()).and_then(|()| stdin.seek(SeekFrom::Start(0))).expect("our own file");
    command.stdout(share(&stdout)).stderr(share(&stderr));
    if !input.is_empty() {
        command.stdin(stdin);
    }
    let mut child = command.spawn().unwrap_or_else(|error| panic!("failed to run {command:?}: {error}"));
    let status: ExitStatus = until_some(PATIENCE, &format!("{command:?} to end"), || {
        child.try_wait().expect("invariant: our own child can be waited for")
    });
    Output { stdout: content(&mut stdout), stderr: content(&mut stderr), code: status.code() }
}

fn share(file: &File) -> Stdio {
    file.try_clone().expect("a descriptor for our own file").into()
}

fn content(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes)).expect("our own file");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::run;
    use std::process::Command;

    #[test]
    fn keeps_both_streams_and_the_code() {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "cat; echo no >&2; exit 3"]);
        let output = run(shell, "yes\n");
        assert_eq!((output.stdout.as_str(), output.complaint(), output.code), ("yes\n", "no", Some(3)));
    }
}

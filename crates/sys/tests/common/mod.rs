//! Running one child and collecting everything about it.

use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, OwnedFd};

use provost_sys::{ChildFailure, ExitStatus, Pid, Report, SpawnSpec, Spawned, Stdio, pipe, spawn};
use rustix::process::WaitOptions;

/// What became of a child.
pub(crate) struct Outcome {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: ExitStatus,
    /// What the child said of itself.
    pub(crate) failure: Option<ChildFailure>,
}

/// A child that was started with pipes, and our ends of them.
pub(crate) struct Started {
    pub(crate) pid: Pid,
    pub(crate) report: Report,
    pub(crate) stdin: OwnedFd,
    pub(crate) stdout: OwnedFd,
    pub(crate) stderr: OwnedFd,
}

/// A spec that runs a shell script with these further arguments (`$1` and so on).
pub(crate) fn shell(script: &str, arguments: &[&str]) -> SpawnSpec {
    let argv = [&["sh", "-c", script, "sh"], arguments].concat();
    SpawnSpec::new("/bin/sh".as_ref(), &argv)
        .and_then(|spec| spec.env([("PATH", "/bin:/usr/bin")]))
        .expect("no NUL bytes")
}

/// Starts a child on three fresh pipes.
pub(crate) fn start(spec: &SpawnSpec) -> Started {
    let stdin = pipe::input_pipe().expect("pipe");
    let stdout = pipe::output_pipe(None).expect("pipe");
    let stderr = pipe::output_pipe(None).expect("pipe");
    let stdio =
        Stdio { stdin: stdin.childs.as_fd(), stdout: stdout.childs.as_fd(), stderr: stderr.childs.as_fd() };
    let Spawned { pid, report } = spawn(spec, &stdio).expect("spawn");
    Started { pid, report, stdin: stdin.ours, stdout: stdout.ours, stderr: stderr.ours }
}

/// The session of a process, from `/proc/PID/stat`; 0 when its leader is outside this pid namespace, which
/// `getsid` of rustix does not allow for.
pub(crate) fn session(process: &str) -> i32 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).expect("alive");
    // The command stands in parentheses and may contain any character; state, parent and group follow.
    let (_, rest) = stat.rsplit_once(')').expect("a command");
    rest.split_whitespace().nth(3).and_then(|field| field.parse().ok()).expect("a session")
}

/// Runs a child to its end. Its stdin is at end-of-file; its output must fit into a pipe.
pub(crate) fn run(spec: &SpawnSpec) -> Outcome {
    let Started { pid, report, stdin, stdout, stderr } = start(spec);
    drop(stdin);
    let status = wait(pid);
    Outcome { stdout: contents(stdout), stderr: contents(stderr), status, failure: report.failure() }
}

/// Waits for one child; the tests of a file share a process, so "any child" would take another test's.
pub(crate) fn wait(pid: Pid) -> ExitStatus {
    let raw = rustix::process::Pid::from_raw(pid.raw());
    let (_, status) =
        rustix::process::waitpid(raw, WaitOptions::empty()).expect("waitpid").expect("blocks until it ended");
    ExitStatus::from_raw(status.as_raw())
}

/// Everything that comes out of a pipe until its end. The child has ended, but a child that another thread is
/// just starting may hold copies of its descriptors a moment longer; so this waits.
pub(crate) fn contents(pipe: OwnedFd) -> String {
    rustix::io::ioctl_fionbio(&pipe, false).expect("blocking");
    let mut text = String::new();
    File::from(pipe).read_to_string(&mut text).expect("read");
    text
}

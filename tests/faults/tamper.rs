//! System calls that fail because strace says so.
//!
//! An injection lasts as long as its value. strace is attached to threads that run, not to what they start, so that
//! programs have the system as it is.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use provost_tests::wait::look_for;
use provost_tests::{PATIENCE, Scratch, processes};
use rustix::process::Signal;

/// Calls that are to fail.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault<'a> {
    /// Names of system calls, with commas between them.
    pub(crate) calls: &'a str,
    /// The error, such as `ENOMEM`.
    pub(crate) errno: &'a str,
    /// Which of them, in strace's words: `2` is the second, `1+` all; each thread counts its own.
    pub(crate) when: &'a str,
    /// Only calls on these files; on anything without one.
    pub(crate) paths: &'a [PathBuf],
}

/// A daemon that is being lied to.
#[derive(Debug)]
pub(crate) struct Injection {
    strace: Child,
    report: PathBuf,
}

/// Whether strace is there and may look at processes.
pub(crate) fn is_possible() -> bool {
    static POSSIBLE: OnceLock<bool> = OnceLock::new();
    *POSSIBLE.get_or_init(|| {
        let mut strace = Command::new("strace");
        strace.args(["-o", "/dev/null", "/bin/true"]).stderr(Stdio::null());
        strace.status().is_ok_and(|status| status.success())
    })
}

/// The threads of a process with this name, all of them without one.
pub(crate) fn threads(pid: u32, name: Option<&str>) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return Vec::new() };
    let threads = tasks.filter_map(|task| task.ok()?.file_name().to_str()?.parse().ok());
    let is_meant = |thread: &u32| {
        let comm = fs::read_to_string(format!("/proc/{pid}/task/{thread}/comm")).unwrap_or_default();
        name.is_none_or(|name| comm.trim_end() == name)
    };
    threads.filter(is_meant).collect()
}

impl Injection {
    /// From now on these threads see the fault.
    ///
    /// # Panics
    ///
    /// When strace does not get hold of them; ask [`is_possible`] first.
    pub(crate) fn begin(scratch: &Scratch, threads: &[u32], fault: Fault<'_>) -> Self {
        let report = scratch.file("strace.report");
        let mut command = scratch.command(Path::new("strace"));
        let Fault { calls, errno, when, paths } = fault;
        command.arg("-qq").arg("-o").arg(&report);
        command.args(["-e", &format!("trace={calls}"), "-e"]);
        command.arg(format!("inject={calls}:error={errno}:when={when}"));
        for path in paths {
            command.arg("-P").arg(path);
        }
        for thread in threads {
            command.args(["-p", &thread.to_string()]);
        }
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut strace = command.spawn().expect("strace runs");
        let attached = look_for(PATIENCE, || {
            let is_held = |thread: &u32| {
                // A thread that ends by itself in this moment is no loss.
                processes::status_field(*thread, "TracerPid").is_none_or(|tracer| tracer != 0)
            };
            let ended = strace.try_wait().expect("invariant: our own child can be waited for").is_some();
            (ended || threads.iter().all(is_held)).then_some(!ended)
        });
        assert_eq!(attached, Some(true), "strace holds {threads:?} for {fault:?}");
        Self { strace, report }
    }

    /// How often the fault was felt so far.
    pub(crate) fn felt(&self) -> usize {
        fs::read_to_string(&self.report).unwrap_or_default().matches("(INJECTED)").count()
    }

    /// Ends the fault; how often it was felt.
    pub(crate) fn end(mut self) -> usize {
        self.detach();
        self.felt()
    }

    fn detach(&mut self) {
        processes::send(self.strace.id(), Signal::TERM);
        let _gone_already = self.strace.wait();
    }
}

impl Drop for Injection {
    fn drop(&mut self) {
        self.detach();
    }
}

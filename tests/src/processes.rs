//! Looking at processes through `/proc`, and ending those that a test started.
//!
//! A process belongs to a test when its environment carries the test's mark: the mark is inherited, so it
//! is found on every descendant, whoever its parent is by now.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::process;
use std::time::Duration;

use nix::time::{clock_getcpuclockid, clock_gettime};
use rustix::process::{Pid, Signal, kill_process};

use crate::wait::{PATIENCE, until_some};

/// The environment variable that carries the mark.
pub const MARK: &str = "PROVOST_TEST_WORLD";

/// Sends `signal` to `pid`; a process that is gone already is no error.
pub fn send(pid: u32, signal: Signal) {
    let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) else { return };
    let _gone_already = kill_process(pid, signal);
}

/// A signal by its name, as an operator writes it.
///
/// # Panics
///
/// When no test has needed this name before.
pub fn signal(name: &str) -> Signal {
    match name {
        "TERM" => Signal::TERM,
        "KILL" => Signal::KILL,
        "INT" => Signal::INT,
        "QUIT" => Signal::QUIT,
        "HUP" => Signal::HUP,
        "USR1" => Signal::USR1,
        "USR2" => Signal::USR2,
        "STOP" => Signal::STOP,
        "CONT" => Signal::CONT,
        _ => panic!("no signal named {name} is known here"),
    }
}

/// Whether `pid` exists and is not a zombie.
pub fn is_alive(pid: u32) -> bool {
    // The state follows the command, which stands in parentheses and may contain any character.
    let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { return false };
    stat.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with('Z'))
}

/// The marks of all living processes that have one, with their pids.
fn all_marked() -> Vec<(u32, String)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|&pid| is_alive(pid))
        .filter_map(|pid| Some((pid, mark_of(pid)?)))
        .collect()
}

/// The mark in the environment of `pid`.
///
/// In the middle of an exec a process shows neither environment nor arguments; it is asked again, or a
/// program on its way to its first instruction would be taken for gone.
fn mark_of(pid: u32) -> Option<String> {
    let part = |name: &str| fs::read(format!("/proc/{pid}/{name}")).ok();
    loop {
        let environment = part("environ")?;
        let prefix = format!("{MARK}=");
        let mut entries = environment.split(|&byte| byte == 0);
        if let Some(mark) = entries.find_map(|entry| entry.strip_prefix(prefix.as_bytes())) {
            return Some(String::from_utf8_lossy(mark).into_owned());
        }
        // A kernel thread has no arguments either, and no executable.
        let in_exec = environment.is_empty()
            && part("cmdline")?.is_empty()
            && fs::read_link(format!("/proc/{pid}/exe")).is_ok()
            && is_alive(pid);
        if !in_exec {
            return None;
        }
        std::thread::yield_now();
    }
}

/// The pids of all living processes that carry `mark`.
pub fn marked(mark: &str) -> Vec<u32> {
    all_marked().into_iter().filter(|(_, other)| other == mark).map(|(pid, _)| pid).collect()
}

/// Ends every process that carries `mark`, and returns once none is left.
pub fn end_marked(mark: &str) {
    until_some(PATIENCE, "the marked processes to be gone", || {
        let left = marked(mark);
        for &pid in &left {
            send(pid, Signal::KILL);
        }
        left.is_empty().then_some(())
    });
}

/// What the marks of this process begin with: the pid namespace it is in, and its pid there.
pub fn maker() -> String {
    format!("{}-{}", namespace(), process::id())
}

/// The number of the pid namespace we are in; 0 where the system does not tell.
fn namespace() -> u64 {
    fs::metadata("/proc/self/ns/pid").map_or(0, |link| link.ino())
}

/// Ends what was left by test programs that were killed. Those of another pid namespace may well be visible from
/// here, but not whether their makers live.
pub fn end_orphans() {
    let namespace = namespace().to_string();
    for (pid, mark) in all_marked() {
        let mut words = mark.split('-');
        let is_from_here = words.next() == Some(&namespace);
        let maker = words.next().and_then(|maker| maker.parse().ok());
        if is_from_here && maker.is_some_and(|maker| !is_alive(maker)) {
            send(pid, Signal::KILL);
        }
    }
}

/// One numeric line of `/proc/PID/status`, such as `VmRSS` (in kB).
pub fn status_field(pid: u32, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.split(':').next() == Some(field))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// How often the threads of `pid` have gone to sleep of their own accord.
pub fn voluntary_switches(pid: u32) -> u64 {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else { return 0 };
    tasks
        .filter_map(|task| fs::read_to_string(task.ok()?.path().join("status")).ok())
        .filter_map(|status| {
            let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .sum()
}

/// Processor time that `pid` has used: all its threads, those that are gone as well; nothing once it is gone itself.
pub fn cpu_time(pid: u32) -> Duration {
    let Ok(pid) = i32::try_from(pid) else { return Duration::ZERO };
    let clock = clock_getcpuclockid(nix::unistd::Pid::from_raw(pid));
    clock.and_then(clock_gettime).map_or(Duration::ZERO, Duration::from)
}

/// The numeric user id `pid` runs as.
pub fn uid(pid: u32) -> Option<u64> {
    status_field(pid, "Uid")
}

/// The process group and session of `pid`; 0 for one outside this pid namespace.
pub fn group_and_session(pid: u32) -> Option<(u32, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

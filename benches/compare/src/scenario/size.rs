//! What a supervisor takes while nothing happens: memory, files in its address space, wake-ups.

use std::fs;
use std::path::Path;
use std::time::Duration;

use provost_tests::processes;
use provost_tests::wait::until;

use super::{Effort, PATIENCE, REST, Seen, rest};
use crate::contender::{Bout, Contender, Plan, Programs};
use crate::figure::Figure;
use crate::numbers::number;

const MEMORY: [(usize, Figure); 2] = [
    (0, Figure::less("resident memory, no program", "MiB").within(4.0)),
    (1000, Figure::less("resident memory, 1000 programs", "MiB").within(6.0)),
];
const MAPPED: Figure = Figure::less("bytes mapped from files", "MiB").within(8.0);
const WAKE_UPS: Figure = Figure::less("idle, 100 programs: wake-ups", "1/s").within(0.0);
const CALLS: Figure = Figure::less("idle, 100 programs: system calls", "1/s").within(0.0);
const TIME: Figure = Figure::less("idle, 100 programs: processor time", "ms/s").within(0.0);

/// All of it.
pub(super) fn size(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let mut seen = Seen::new();
    for (count, figure) in MEMORY {
        // The floor ends when it has no children; an empty configuration is an error to some peers.
        let count = if contender.has_api() { count } else { count.max(1) };
        let bout = Bout::running(contender, programs, &Plan::waiting(count));
        rest(REST);
        seen.push((figure, resident(&bout)));
        if count <= 1 && !contender.is_peer() {
            seen.push((MAPPED, mapped(bout.pid())));
        }
    }
    let bout = Bout::running(contender, programs, &Plan::waiting(100));
    rest(REST);
    let time = Duration::from_secs(effort.choose(5, 10));
    let (wake_ups, busy) = idle(&bout, time);
    seen.push((WAKE_UPS, wake_ups));
    seen.push((TIME, busy));
    if !contender.is_peer()
        && let Some(calls) = system_calls(&bout, time)
    {
        seen.push((CALLS, calls));
    }
    seen
}

/// Memory of all its processes, in MiB. Pages that they share count for each.
fn resident(bout: &Bout) -> f64 {
    let sizes = bout.staff().into_iter().filter_map(|pid| processes::status_field(pid, "VmRSS"));
    number(sizes.sum()) / 1024.0
}

/// Bytes of files in the daemon's address space, in MiB.
fn mapped(pid: u32) -> f64 {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    let bytes = maps.lines().filter(|line| line.contains(" /")).filter_map(|line| {
        let (from, to) = line.split_once(' ')?.0.split_once('-')?;
        Some(u64::from_str_radix(to, 16).ok()? - u64::from_str_radix(from, 16).ok()?)
    });
    number(bytes.sum()) / f64::from(1 << 20)
}

/// How often its threads went to sleep, and the milliseconds of processor time they used, in a second.
pub(super) fn idle(bout: &Bout, time: Duration) -> (f64, f64) {
    let staff = bout.staff();
    let used = || -> (u64, Duration) {
        let each = staff.iter().copied();
        (each.clone().map(processes::voluntary_switches).sum(), each.map(processes::cpu_time).sum())
    };
    let before = used();
    rest(time);
    let after = used();
    let seconds = time.as_secs_f64();
    // A family's member that ended meanwhile took its numbers along.
    let switches = number(after.0.saturating_sub(before.0)) / seconds;
    (switches, after.1.saturating_sub(before.1).as_secs_f64() * 1e3 / seconds)
}

/// How many system calls the daemon makes in a second; `None` when there is no strace, or it may not look.
fn system_calls(bout: &Bout, time: Duration) -> Option<f64> {
    let trace = bout.scratch.file("trace");
    let mut strace = bout.scratch.command(Path::new("strace"));
    strace.args(["-f", "-qq", "-ttt", "-o"]).arg(&trace).arg("-p").arg(bout.pid().to_string());
    let mut strace = strace.stderr(std::process::Stdio::null()).spawn().ok()?;
    // Being watched interrupts what it waits in; that is over when each thread has been written down once.
    rest(REST);
    let before = calls(&trace);
    rest(time);
    let after = calls(&trace);
    let watched = strace.try_wait().is_ok_and(|ended| ended.is_none());
    processes::send(strace.id(), processes::signal("INT"));
    until(PATIENCE, "strace to end", || strace.try_wait().is_ok_and(|ended| ended.is_some()));
    watched.then(|| number((after - before) as u64) / time.as_secs_f64())
}

/// Lines of a trace so far.
fn calls(trace: &Path) -> usize {
    fs::read(trace).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count()
}

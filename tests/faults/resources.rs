//! The system has none left: descriptors, processes, memory for them.

use std::fs;
use std::io::Write;
use std::time::Duration;

use provost_tests::{Implementation, processes};
use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::outcome::Kept;
use crate::stage::{Stage, now, passed_over};
use crate::tamper::{self, Fault, Injection};

/// The daemon has no descriptors left while a program has to be started again and a client calls.
pub(crate) fn no_descriptors(implementation: Implementation) -> Kept {
    let stage = Stage::new(implementation, "");
    let before = limit_descriptors(&stage, Some(room_for_a_pipe(&stage)));
    let (births, killed) = kill_victim(&stage);
    let mut client = stage.world.server.connect().expect("the kernel accepts for the daemon");
    let _nobody_may_read_it = client.write_all(b"GET / HTTP/1.0\r\n\r\n");
    // The reference's words for it, which are also ours.
    let failed = stage.says("too many open files to spawn");
    limit_descriptors(&stage, before);
    failed?;
    stage.successor(births, killed)?;
    stage.is_well()
}

/// The whole machine has no descriptors left.
pub(crate) fn no_files_in_the_system(implementation: Implementation) -> Kept {
    failing_starts(
        implementation,
        Fault { calls: "pipe2,pipe,open,openat,accept4,socketpair", errno: "ENFILE", when: "1+", paths: &[] },
    )
}

/// There are too many processes.
pub(crate) fn no_processes(implementation: Implementation) -> Kept {
    failing_starts(
        implementation,
        Fault { calls: "clone,clone3,fork,vfork", errno: "EAGAIN", when: "1+", paths: &[] },
    )
}

/// There is no memory for another process.
pub(crate) fn no_memory_for_processes(implementation: Implementation) -> Kept {
    failing_starts(
        implementation,
        Fault { calls: "clone,clone3,fork,vfork", errno: "ENOMEM", when: "1+", paths: &[] },
    )
}

/// A program has to be started again while this fault lasts; the state says so, and the start succeeds afterwards.
fn failing_starts(implementation: Implementation, fault: Fault<'_>) -> Kept {
    if !tamper::is_possible() {
        return passed_over("strace may not look at processes here");
    }
    let stage = Stage::new(implementation, "");
    let threads = tamper::threads(stage.world.daemon_pid(), None);
    let injection = Injection::begin(&stage.world.scratch, &threads, fault);
    let (births, killed) = kill_victim(&stage);
    let failed = stage.says("spawnerr: ");
    let felt = injection.end();
    failed?;
    assert!(felt > 0, "{fault:?} was not felt");
    stage.successor(births, killed)?;
    stage.is_well()
}

/// Kills the victim; how many there had been, and when.
fn kill_victim(stage: &Stage) -> (usize, Duration) {
    let births = stage.births();
    let (pid, _) = births.last().expect("the victim was born");
    processes::send(*pid, processes::signal("KILL"));
    (births.len(), now())
}

/// A limit below which so many numbers are free that one pipe can be made, but not all that a child needs. None at all
/// would be a limit that poll(2) itself may not like.
fn room_for_a_pipe(stage: &Stage) -> u64 {
    let folder = format!("/proc/{}/fd", stage.world.daemon_pid());
    let is_open = |number: &u64| fs::symlink_metadata(format!("{folder}/{number}")).is_ok();
    (0..).filter(|number| !is_open(number)).nth(2).expect("invariant: numbers do not end")
}

/// Sets the daemon's soft limit of open files; gives the one it had.
fn limit_descriptors(stage: &Stage, soft: Option<u64>) -> Option<u64> {
    let pid =
        i32::try_from(stage.world.daemon_pid()).ok().and_then(Pid::from_raw).expect("a daemon that runs");
    let hard = rustix::process::getrlimit(Resource::Nofile).maximum;
    prlimit(Some(pid), Resource::Nofile, Rlimit { current: soft, maximum: hard })
        .expect("a child of ours")
        .current
}

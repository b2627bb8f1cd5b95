//! What only ours promises, and the reference does not keep.

use std::time::{Duration, Instant};

use provost_tests::wait::{PATIENCE, stays, until, until_some};
use provost_tests::{Implementation, World, processes};

fn ours(programs: &str) -> World {
    World::with_programs(Implementation::Ours, programs)
}

#[test]
fn an_idle_daemon_does_not_wake_up() {
    let world = ours(
        "[program:many]\ncommand=/bin/cat\nnumprocs=100\nprocess_name=%(program_name)s_%(process_num)02d\n\
         stdout_logfile=NONE\nstderr_logfile=NONE\n",
    );
    until(PATIENCE, "all to run", || {
        world.rpc("sum(p['statename'] == 'RUNNING' for p in supervisor.getAllProcessInfo())") == ["100"]
    });
    let pid = world.daemon_pid();
    // What the last call left to do is done once nothing has happened for a while.
    let mut last = (0, Instant::now());
    until(PATIENCE, "the daemon to come to rest", || {
        let now = processes::voluntary_switches(pid);
        if now != last.0 {
            last = (now, Instant::now());
        }
        last.1.elapsed() > Duration::from_secs(1)
    });
    let (switches, time) = (processes::voluntary_switches(pid), processes::cpu_time(pid));
    stays(Duration::from_secs(4), "rest", || processes::voluntary_switches(pid) == switches);
    assert_eq!(processes::cpu_time(pid), time, "no processor time");
}

#[test]
fn a_successor_comes_at_once() {
    let world = ours("[program:cat]\ncommand=/bin/cat\n");
    world.wait_state("cat", "RUNNING");
    let first = world.pid_of("cat");
    let killed = Instant::now();
    processes::send(first, processes::signal("KILL"));
    until_some(PATIENCE, "a successor", || {
        world.scratch.processes().into_iter().find(|&pid| {
            pid != first
                && std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line == b"/bin/cat\0")
        })
    });
    // Milliseconds on a quiet machine; the limit is for a busy one. The reference needs up to a second.
    assert!(killed.elapsed() < Duration::from_millis(500), "{:?}", killed.elapsed());
}

#[test]
fn a_child_outlives_the_daemon_and_may_go_on_writing() {
    let mut world = ours(
        "[program:chatty]\ncommand=/bin/sh -c \"i=0; while :; do i=$((i+1)); echo $i; echo $i > %(here)s/count; \
         sleep 0.02; done\"\n",
    );
    world.wait_state("chatty", "RUNNING");
    let child = world.pid_of("chatty");
    let count = |world: &World| world.scratch.read("count").trim().parse::<u64>().unwrap_or(0);
    world.signal("KILL");
    world.wait_end();
    let then = count(&world);
    until(PATIENCE, "twenty more lines", || count(&world) > then + 20);
    assert!(processes::is_alive(child));
}

#[test]
fn what_a_child_wrote_is_in_its_log_when_its_exit_is_known() {
    let world = ours(
        "[program:writer]\ncommand=/bin/sh -c \"head -c 1000000 /dev/zero | tr '\\\\000' x\"\n\
         startsecs=0\nautorestart=false\nstdout_logfile=%(here)s/writer.log\n\
         [program:keeper]\ncommand=/bin/sh -c \"sleep 1000 & echo gone\"\n\
         startsecs=0\nautorestart=false\nstdout_logfile=%(here)s/keeper.log\n",
    );
    world.wait_state("writer", "EXITED");
    assert_eq!(world.scratch.read("writer.log").len(), 1_000_000);
    // A grandchild holds the pipe open; the exit is announced all the same.
    world.wait_state("keeper", "EXITED");
    assert_eq!(world.scratch.read("keeper.log"), "gone\n");
}

#[test]
fn a_program_that_dies_at_once_is_started_once_a_second() {
    let world = ours("[program:flash]\ncommand=/bin/true\nstartsecs=0\nautorestart=true\n");
    world.wait_log("spawned: 'flash'");
    let begin = Instant::now();
    let spawned = || world.log().matches("spawned: 'flash'").count();
    until(PATIENCE, "the fourth start", || spawned() >= 4);
    assert!(begin.elapsed() > Duration::from_millis(2900), "{:?}", begin.elapsed());
    assert_eq!(spawned(), 4);
}

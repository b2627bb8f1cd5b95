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

/// More output than any pipe holds, from programs of every kind. Who has filled the pipe waits for a reader, as on a
/// terminal that is stopped; nobody is ended by SIGPIPE, and what the end of its standard input means is for each to
/// decide.
#[test]
fn the_death_of_the_daemon_takes_nobody_along() {
    const FULL: usize = 3 << 20;
    let mut world = ours(&format!(
        "[program:writer]\ncommand=/bin/sh -c \"trap '' PIPE; while :; do echo x || echo lost > %(here)s/lost; \
         echo . >> %(here)s/count_%(process_num)d; sleep 0.05; done\"\nnumprocs=10\n\
         process_name=%(process_num)d\n\
         [program:flood]\ncommand=/bin/sh -c \"read line; head -c {FULL} /dev/zero; echo over > %(here)s/over\"\n\
         [program:reader]\ncommand=/bin/sh -c \"read line; exec sleep 1000\"\nnumprocs=6\n\
         process_name=%(process_num)d\n\
         [eventlistener:listener]\ncommand=/bin/sh -c \"echo READY; read line; exec sleep 1000\"\nevents=TICK_60\n\
         [fcgi-program:worker]\ncommand=/bin/sleep 1000\nsocket=unix://%(here)s/w.sock\nnumprocs=2\n\
         process_name=%(process_num)d\n"
    ));
    let all = "[p['pid'] for p in supervisor.getAllProcessInfo()]";
    let running = "sum(p['statename'] == 'RUNNING' for p in supervisor.getAllProcessInfo())";
    until(PATIENCE, "all twenty to run", || world.rpc(running) == ["20"]);
    let listed = world.rpc(all).concat();
    let children: Vec<u32> =
        listed.trim_matches(['[', ']']).split(", ").map(|pid| pid.parse().expect("a pid")).collect();
    let flood = world.pid_of("flood");
    // The flood begins when nobody reads it any more.
    let kill = world.daemon_pid();
    assert_eq!(world.rpc("supervisor.sendProcessStdin('flood', 'go\\n')"), ["True"]);
    processes::send(kill, processes::signal("KILL"));
    world.wait_end();
    let lines = |world: &World| (0..10).map(|n| world.scratch.read(&format!("count_{n}")).len()).min();
    let then = lines(&world);
    until(PATIENCE, "ten more lines of each", || lines(&world) > then.map(|count| count + 20));
    for pid in &children {
        // One that was read to its end before the daemon died is over, and well.
        let is_over = *pid == flood && world.scratch.file("over").exists();
        assert!(processes::is_alive(*pid) || is_over, "{pid} of {children:?}");
    }
    assert!(!world.scratch.file("lost").exists(), "somebody could not write");

    // The next daemon is not confused by them: it has children of its own, and ends no others.
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    until(PATIENCE, "all twenty to run again", || world.rpc(running) == ["20"]);
    let listed = world.rpc(all).concat();
    assert!(children.iter().all(|pid| !listed.contains(&pid.to_string())), "{children:?} {listed}");
    assert_eq!(world.stop(), Some(0));
    let left = children.iter().filter(|pid| processes::is_alive(**pid)).count();
    assert!(left >= children.len() - 1, "{left} of {}", children.len());
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

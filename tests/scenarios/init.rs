//! The daemon as process 1 of a PID namespace, as in a container: it inherits everybody's orphans.

use std::process::Stdio;

use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, processes};

use crate::on_both;
use crate::wrapped::{Wrapped, allowed, children_of};

on_both! {
    orphans_are_reaped_and_children_restarted,
    orphans_are_reported_with_how_they_ended,
}

const NAMESPACE: [&str; 3] = ["unshare", "-fp", "--mount-proc"];

/// Leaves five hundred grandchildren behind, and stays.
const PROGRAMS: &str = "
[program:forker]
command=/bin/sh -c \"i=0; while [ $i -lt 500 ]; do (true &); i=$((i+1)); done; echo done > %(here)s/forked; exec cat\"
[program:cat]
command=/bin/cat
";

fn orphans_are_reaped_and_children_restarted(implementation: Implementation) {
    if !allowed(&NAMESPACE) {
        return;
    }
    let mut world = World::new(Sides::both(implementation));
    world.configure(PROGRAMS);
    let mut wrapped = Wrapped::start(world, &NAMESPACE, Stdio::null());
    let world = &wrapped.world;
    assert_eq!(world.scratch.read("supervisord.pid"), "1\n");
    assert_eq!(world.rpc("supervisor.getPID()"), ["1"]);
    let [(daemon, _)] = children_of(wrapped.pid())[..] else { panic!("one child, the daemon") };

    world.wait_file("forked", "done");
    until(PATIENCE, "all orphans to be reported", || {
        world.log().matches("INFO reaped unknown pid ").count() == 500
    });
    until(PATIENCE, "no zombie to be left", || children_of(daemon).iter().all(|&(_, state)| state != 'Z'));
    assert_eq!(children_of(daemon).len(), 2, "both programs and nobody else");

    world.wait_state("cat", "RUNNING");
    let before = world.pids_of(&["cat", "forker"]);
    assert_eq!(world.rpc("supervisor.signalProcess('cat', 'KILL')"), ["True"]);
    until(PATIENCE, "a successor", || ![0, before[0]].contains(&world.pid_of("cat")));
    world.wait_state("cat", "RUNNING");
    world.wait_log("exited: cat (terminated by SIGKILL; not expected)");
    assert_eq!(world.pid_of("forker"), before[1], "the other one goes on");

    processes::send(daemon, processes::signal("TERM"));
    assert_eq!(wrapped.wait_end(), Some(0));
    assert!(wrapped.world.scratch.processes().is_empty(), "nobody is left");
    assert!(!wrapped.world.scratch.file("supervisord.pid").exists());
}

/// Leaves three orphans behind, each with an end of its own.
const ENDS: &str = "
[program:forker]
command=/bin/sh -c \"(sh -c 'sleep 0.2; exit 7' &); (sh -c 'sleep 0.2; kill -9 $$' &); (sh -c 'sleep 0.2; kill -40 $$' &); exec cat\"
";

fn orphans_are_reported_with_how_they_ended(implementation: Implementation) {
    if !allowed(&NAMESPACE) {
        return;
    }
    let mut world = World::new(Sides::both(implementation));
    world.configure(ENDS);
    let wrapped = Wrapped::start(world, &NAMESPACE, Stdio::null());
    let world = &wrapped.world;
    world.wait_state("forker", "RUNNING");
    for how in ["(exit status 7)", "(terminated by SIGKILL)", "(terminated by signal 40)"] {
        until(PATIENCE, how, || {
            let log = world.log();
            log.lines().any(|line| line.contains(" INFO reaped unknown pid ") && line.ends_with(how))
        });
    }
    assert_eq!(world.log().matches("reaped unknown pid").count(), 3);
    assert_eq!(world.state("forker"), "RUNNING");
}

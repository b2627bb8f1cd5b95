//! The daemon as process 1 of a PID namespace, as in a container: it inherits everybody's orphans.

use std::process::Stdio;

use provost_tests::implementation::reference_python;
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

/// Five thousand orphans, and children of its own that end with every code and by signals, all at the same time.
#[test]
fn nobody_is_taken_for_somebody_else() {
    const SIGNALS: [(i32, &str); 6] =
        [(1, "SIGHUP"), (6, "SIGABRT"), (9, "SIGKILL"), (11, "SIGSEGV"), (15, "SIGTERM"), (40, "signal 40")];
    if !allowed(&NAMESPACE) {
        return;
    }
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.scratch.write("orphans.py", include_str!("init_orphans.py"));
    let mut programs = format!(
        "[program:maker]\ncommand={} %(here)s/orphans.py %(here)s/made\npriority=1\n\
         [program:code]\ncommand=/bin/sh -c \"exit %(process_num)d\"\nnumprocs=256\n\
         process_name=%(process_num)03d\nstartsecs=0\nautorestart=false\nstdout_logfile=NONE\nstderr_logfile=NONE\n",
        python.display()
    );
    for (number, _) in SIGNALS {
        programs.push_str(&format!(
            "[program:signal{number}]\ncommand=/bin/sh -c \"kill -{number} $$\"\nstartsecs=0\nautorestart=false\n"
        ));
    }
    world.configure(&programs);
    let mut wrapped = Wrapped::start(world, &NAMESPACE, Stdio::null());
    let world = &wrapped.world;
    let [(daemon, _)] = children_of(wrapped.pid())[..] else { panic!("one child, the daemon") };
    world.wait_file("made", "made");
    until(PATIENCE, "all orphans to be reported", || {
        world.log().matches("INFO reaped unknown pid ").count() == 5000
    });
    until(PATIENCE, "no zombie to be left", || children_of(daemon).iter().all(|&(_, state)| state != 'Z'));
    assert_eq!(children_of(daemon).len(), 1, "the maker and nobody else");
    let wrong = world.rpc(
        "[p['name'] for p in supervisor.getAllProcessInfo() if p['group'] == 'code' and \
         (p['statename'], p['exitstatus']) != ('EXITED', int(p['name']))]",
    );
    assert_eq!(wrong, ["[]"]);
    for (number, name) in SIGNALS {
        world.wait_log(&format!("exited: signal{number} (terminated by {name}"));
        assert_eq!(world.info(&format!("signal{number}"), "exitstatus"), "-1");
    }
    processes::send(daemon, processes::signal("TERM"));
    assert_eq!(wrapped.wait_end(), Some(0));
}

/// Process 1 has no default for any signal: what the daemon does not handle would be lost, and what it does ends it in
/// order, with 0.
#[test]
fn process_1_ends_in_order_when_it_is_told() {
    if !allowed(&NAMESPACE) {
        return;
    }
    for name in ["TERM", "INT", "QUIT"] {
        let mut world = World::new(Sides::both(Implementation::Ours));
        world.configure(
            "[program:last]\ncommand=/bin/sh -c \"trap 'echo > %(here)s/ended; exit 0' TERM; while :; do sleep 0.05; done\"\n",
        );
        let mut wrapped = Wrapped::start(world, &NAMESPACE, Stdio::null());
        let [(daemon, _)] = children_of(wrapped.pid())[..] else { panic!("one child, the daemon") };
        wrapped.world.wait_state("last", "RUNNING");
        processes::send(daemon, processes::signal("USR2"));
        wrapped.world.wait_log("received SIGUSR2 indicating log reopen request");
        let before = wrapped.world.pid_of("last");
        processes::send(daemon, processes::signal("HUP"));
        until(PATIENCE, "another child", || ![0, before].contains(&wrapped.world.pid_of("last")));
        wrapped.world.wait_state("last", "RUNNING");
        processes::send(daemon, processes::signal(name));
        assert_eq!(wrapped.wait_end(), Some(0), "{name}");
        assert!(wrapped.world.scratch.file("ended").exists(), "its program was asked, not killed with it");
        assert!(wrapped.world.scratch.processes().is_empty(), "nobody is left");
    }
}

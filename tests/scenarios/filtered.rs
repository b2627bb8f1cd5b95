//! A daemon that may not do everything: filters of system calls, as containers have them, and capabilities taken away.

use std::process::Stdio;

use provost_tests::world::{CONFIG, HEAD};
use provost_tests::{Implementation, Sides, World};

use crate::rights::owner_of;
use crate::wrapped::{Wrapped, allowed};

/// A program that says which descriptors it has, and one that cannot start.
const PROGRAMS: &str = "
[program:open]
command=/bin/sh -c \"ls /proc/$$/fd; echo end; exec cat\"
stdout_logfile=%(here)s/open.out
[program:lost]
command=/bin/cat
directory=/no/such
startretries=0
";

/// The first start and all later ones succeed with what is left of the ways to make a child, and a failure has its reason.
#[track_caller]
fn check_starts(kind: &str) {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure(PROGRAMS);
    world.scratch.write("filtered.py", include_str!("filtered.py"));
    let mut wrapped = Wrapped::start(world, &["python3", "filtered.py", kind], Stdio::null());
    let world = &wrapped.world;
    world.wait_file("open.out", "end\n");
    world.wait_state("open", "RUNNING");
    world.wait_state("lost", "FATAL");
    world.wait_log(
        "start of 'lost' failed (attempt 1 of 1, no further one): cannot change to directory /no/such",
    );
    assert_eq!(world.scratch.read("open.out"), "0\n1\n2\nend\n", "{kind}");
    assert!(!world.log().contains("reaped unknown pid"), "{}", world.log());
    assert_eq!(world.rpc("supervisor.stopProcess('open')"), ["True"]);
    assert_eq!(world.rpc("supervisor.startProcess('open')"), ["True"]);
    assert_eq!(world.scratch.read("open.out").matches("0\n1\n2\nend\n").count(), 2, "{kind}");
    assert_eq!(world.log().matches("spawned: 'open'").count(), 2, "{}", world.log());
    assert_eq!(world.rpc("supervisor.shutdown()"), ["True"]);
    assert_eq!(wrapped.wait_end(), Some(0));
}

#[test]
fn programs_start_where_no_table_of_descriptors_can_be_left() {
    check_starts("unshare");
}

#[test]
fn programs_start_where_no_table_of_descriptors_is_shared() {
    check_starts("clone");
}

#[test]
fn programs_start_where_nothing_is_shared() {
    check_starts("vfork");
}

/// Root of many containers has no right to change what belongs to others.
#[test]
fn a_socket_is_given_away_without_cap_fowner() {
    const BOUND: [&str; 2] = ["setpriv", "--bounding-set=-fowner"];
    if !allowed(&BOUND) {
        return;
    }
    let mut world = World::new(Sides::both(Implementation::Ours));
    let server = "file=%(here)s/supervisor.sock\n";
    assert!(HEAD.contains(server), "{HEAD}");
    let text = HEAD.replace(server, &format!("{server}chown=1:1\nchmod=0770\n"));
    let worker = "[fcgi-program:worker]\ncommand=/bin/sleep 1000\nsocket=unix://%(here)s/worker.sock\n\
                  socket_owner=daemon\nsocket_mode=0770\n";
    world.scratch.write(CONFIG, &format!("{text}{worker}"));
    let mut wrapped = Wrapped::start(world, &BOUND, Stdio::null());
    let world = &wrapped.world;
    world.wait_state("worker", "RUNNING");
    for name in ["supervisor.sock", "worker.sock"] {
        assert_eq!(owner_of(world, name).0, 1, "{name}");
    }
    assert_eq!(world.rpc("supervisor.shutdown()"), ["True"]);
    assert_eq!(wrapped.wait_end(), Some(0));
}

//! A child, or who belongs to it, that the daemon may not signal: the daemon is not root, and they have become so.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::process::Stdio;

use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, processes};

use crate::on_both;
use crate::wrapped::{Wrapped, allowed};

on_both! { a_child_that_may_not_be_signalled }

/// The user `nobody`, with the groups of nobody.
const NOBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/// A program that makes itself root, which the system lets it because its file says so.
const PROGRAM: &str = "
[program:root]
command=%(here)s/become --reuid=0 --regid=0 --clear-groups /bin/cat
startsecs=1
stopwaitsecs=1
";

/// Leaves behind somebody who has become root.
const LEAVER: &str = "
[program:leaver]
command=/bin/sh -c \"%(here)s/become --reuid=0 --regid=0 --clear-groups /bin/sleep 1000 & echo $! > %(here)s/left; exec cat\"
startsecs=1
stopwaitsecs=1
kill_mode=tree
";

/// Who belongs to a program and may not be signalled is named, and not waited for without end.
#[test]
fn a_descendant_that_may_not_be_signalled() {
    let Some(mut wrapped) = unprivileged(Implementation::Ours, LEAVER) else { return };
    let world = &wrapped.world;
    world.wait_state("leaver", "RUNNING");
    world.wait_file("left", "\n");
    let left: u32 = world.scratch.read("left").trim().parse().expect("a pid");
    until(PATIENCE, "it to become root", || {
        fs::read(format!("/proc/{left}/comm")).is_ok_and(|name| name == b"sleep\n")
    });
    if processes::uid(left) != Some(0) {
        eprintln!("skipped: the file system of temporary files does not let programs become root");
        return;
    }
    assert_eq!(world.rpc("supervisor.stopProcess('leaver')"), ["True"]);
    let named = format!(
        "what 'leaver' left behind does not end on SIGKILL, and is let alone: {left} (sleep, state S)"
    );
    world.wait_log(&format!("CRIT {named}"));
    assert_eq!((world.state("leaver"), processes::is_alive(left)), ("STOPPED".into(), true));
    processes::send(wrapped.pid(), processes::signal("TERM"));
    assert_eq!(wrapped.wait_end(), Some(0));
    processes::send(left, processes::signal("KILL"));
}

/// A daemon that is `nobody`, whose directory has a program that makes others root.
fn unprivileged(implementation: Implementation, program: &str) -> Option<Wrapped> {
    if !allowed(&NOBODY) {
        return None;
    }
    let mut world = World::new(Sides::both(implementation));
    world.configure(program);
    let become_root = world.scratch.file("become");
    fs::copy("/usr/bin/setpriv", &become_root).expect("the program is installed");
    fs::set_permissions(&become_root, fs::Permissions::from_mode(0o4755)).expect("our own file");
    chown(world.scratch.path(), Some(65534), Some(65534)).expect("root may do that");
    Some(Wrapped::start(world, &NOBODY, Stdio::null()))
}

fn a_child_that_may_not_be_signalled(implementation: Implementation) {
    let Some(mut wrapped) = unprivileged(implementation, PROGRAM) else { return };
    wrapped.world.wait_state("root", "RUNNING");
    let child = wrapped.world.pid_of("root");
    if processes::uid(child) != Some(0) {
        eprintln!("skipped: the file system of temporary files does not let programs become root");
        return;
    }

    let refused = format!("unknown problem killing root ({child}):");
    let answer = wrapped.world.rpc("supervisor.stopProcess('root')").concat();
    assert!(answer.starts_with(&format!("fault 30 FAILED: {refused}")), "{answer}");
    wrapped.world.wait_log(&format!("CRIT {refused}"));
    match implementation {
        Implementation::Reference => the_child_is_out_of_control(&wrapped.world, child),
        Implementation::Ours => the_child_is_still_ours(&wrapped.world, child),
    }
    processes::send(wrapped.pid(), processes::signal("TERM"));
    assert_eq!(wrapped.wait_end(), Some(0), "nothing can hold up the end for ever");
    if implementation == Implementation::Ours {
        wrapped.world.wait_log(") does not end on SIGKILL; the shutdown goes on without it");
    }
}

/// The state is UNKNOWN, which counts as stopped, and nothing can be done about the process any more.
fn the_child_is_out_of_control(world: &World, child: u32) {
    assert_eq!(world.state("root"), "UNKNOWN");
    assert_eq!(world.rpc("supervisor.stopProcess('root')"), ["fault 70 NOT_RUNNING: root"]);
    assert!(processes::is_alive(child));
}

/// The state is what it would be; the child's end is noticed, and there may be another one.
fn the_child_is_still_ours(world: &World, child: u32) {
    assert_eq!(world.state("root"), "STOPPING");
    world.wait_log(&format!("WARN killing 'root' ({child}) with SIGKILL"));
    let answer = world.rpc("supervisor.signalProcess('root', 'HUP')").concat();
    assert!(
        answer.starts_with(&format!("fault 30 FAILED: unknown problem sending sig root ({child}):")),
        "{answer}"
    );
    processes::send(child, processes::signal("KILL"));
    world.wait_state("root", "STOPPED");
    assert_eq!(world.rpc("supervisor.startProcess('root')"), ["True"]);
}

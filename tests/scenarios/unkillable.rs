//! A child that the daemon may not signal: the daemon is not root, and the child has become so.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::process::Stdio;

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

fn a_child_that_may_not_be_signalled(implementation: Implementation) {
    if !allowed(&NOBODY) {
        return;
    }
    let mut world = World::new(Sides::both(implementation));
    world.configure(PROGRAM);
    let become_root = world.scratch.file("become");
    fs::copy("/usr/bin/setpriv", &become_root).expect("the program is installed");
    fs::set_permissions(&become_root, fs::Permissions::from_mode(0o4755)).expect("our own file");
    chown(world.scratch.path(), Some(65534), Some(65534)).expect("root may do that");
    let mut wrapped = Wrapped::start(world, &NOBODY, Stdio::null());
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

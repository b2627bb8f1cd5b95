//! Failed starts say why, and a daemon that runs out of things goes on. Facts of ours alone: the reference says less,
//! and ends.

use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, processes};
use rustix::process::{Pid, Resource, Rlimit, prlimit};

/// Programs that fail in every way that has a reason of its own.
const FAILING: &str = r#"
[program:missing]
command=/no/such/program
startretries=1
[program:plain]
command=%(here)s/plain
startretries=0
[program:script]
command=%(here)s/script
startretries=0
[program:lost]
command=/bin/cat
directory=/no/such/folder
startretries=0
[program:mute]
command=/bin/cat
stdout_logfile=%(here)s
startretries=0
[program:brief]
command=/bin/sh -c "exit 3"
startretries=0
[program:shot]
command=/bin/sh -c "kill -KILL $$"
startretries=0
[program:never]
command=%(here)s/script
startsecs=0
autorestart=false
"#;

const MISSING: &str = "No such file or directory (errno 2, ENOENT)";

#[test]
fn a_failed_start_says_why() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.scratch.write("plain", "no program\n");
    world.scratch.write("script", "#!/no/such/interpreter\n");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(world.scratch.file("script"), executable).expect("a file of our own");
    world.configure(FAILING);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    let here = world.scratch.path().display().to_string();
    let script = format!("cannot execute {here}/script: {MISSING}; if the file is there");
    for (name, attempt, reason) in [
        ("missing", "attempt 1 of 2, next in 1 s", "can't find command '/no/such/program'"),
        ("missing", "attempt 2 of 2, no further one", "can't find command '/no/such/program'"),
        ("plain", "attempt 1 of 1, no further one", &format!("command at '{here}/plain' is not executable")),
        ("script", "attempt 1 of 1, no further one", &script),
        (
            "lost",
            "attempt 1 of 1, no further one",
            &format!("cannot change to directory /no/such/folder: {MISSING}"),
        ),
        (
            "mute",
            "attempt 1 of 1, no further one",
            &format!("cannot open log {here}: Is a directory (errno 21, EISDIR)"),
        ),
        ("brief", "attempt 1 of 1, no further one", "it exited with status 3 after "),
        ("shot", "attempt 1 of 1, no further one", "it was killed by SIGKILL after "),
        ("never", "it counted as RUNNING", &script),
    ] {
        world.wait_log(&format!("WARN start of '{name}' failed ({attempt}): {reason}"));
    }
    assert_eq!(
        world.log().matches("WARN start of").count(),
        9,
        "one line for each attempt:\n{}",
        world.log()
    );
}

/// The child of another user has memory of its own, and tells all the same.
#[test]
fn a_failed_start_as_another_user_says_why() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let programs =
        "[program:guest]\ncommand=/bin/cat\nuser=nobody\ndirectory=/no/such/folder\nstartretries=0\n";
    let world = World::with_programs(Implementation::Ours, programs);
    let reason = format!("cannot change to directory /no/such/folder: {MISSING}");
    world.wait_log(&format!("WARN start of 'guest' failed (attempt 1 of 1, no further one): {reason}"));
}

/// A program that ends when it is told to.
const CAT: &str = "[program:cat]\ncommand=/bin/cat\n";

/// A program that does not end before the test ends it.
const SLOW: &str =
    "[program:slow]\ncommand=/bin/sh -c \"trap '' TERM; read line; sleep 0\"\nstopwaitsecs=60\n";

/// Few enough for nothing new to be opened, and enough to wait for the two that are.
const NO_MORE: u64 = 3;

/// What a daemon without descriptors can do in its next life: nothing, but it stays and says so.
#[test]
fn a_reload_without_descriptors_waits_for_some() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure(&format!("{CAT}{SLOW}"));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("slow", "RUNNING");
    let slow = world.pid_of("slow");
    world.configure(CAT);
    world.signal("HUP");
    // The file has been read, and the old life lasts as long as this child.
    world.wait_log("waiting for cat, slow to die");
    let before = limit_descriptors(&world, Some(NO_MORE));
    processes::send(slow, processes::signal("KILL"));
    world.wait_log("CRIT nothing can be started: Too many open files");
    assert_eq!(world.log().matches("spawned: 'cat'").count(), 1);
    limit_descriptors(&world, before);
    until(PATIENCE, "the new life", || world.log().matches("spawned: 'cat'").count() == 2);
    // Its servers were refused; the next life has them.
    world.wait_log("stays closed until the next reload");
    world.signal("HUP");
    until(PATIENCE, "the servers", || world.server.answers());
    world.wait_state("cat", "RUNNING");
    assert_eq!(world.stop(), Some(0));
}

#[test]
fn a_daemon_that_waits_for_descriptors_can_be_ended() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure(SLOW);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("slow", "RUNNING");
    let slow = world.pid_of("slow");
    world.signal("HUP");
    world.wait_log("waiting for slow to die");
    limit_descriptors(&world, Some(NO_MORE));
    processes::send(slow, processes::signal("KILL"));
    world.wait_log("CRIT nothing can be started: Too many open files");
    world.signal("TERM");
    assert_eq!(world.wait_end(), Some(0));
}

/// Sets the daemon's soft limit of open files; gives the one it had.
fn limit_descriptors(world: &World, soft: Option<u64>) -> Option<u64> {
    let pid = i32::try_from(world.daemon_pid()).ok().and_then(Pid::from_raw).expect("a daemon that runs");
    let hard = rustix::process::getrlimit(Resource::Nofile).maximum;
    prlimit(Some(pid), Resource::Nofile, Rlimit { current: soft, maximum: hard })
        .expect("a child of ours")
        .current
}

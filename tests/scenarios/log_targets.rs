//! Logs that go where logs may fail: a full disk, somebody else's pipe, a pipe that nobody reads.

use std::fs::{self, File};
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::os::fd::OwnedFd;
use std::os::unix::fs::chown;
use std::process::{ChildStdout, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, processes};
use rustix::fs::{Mode, OFlags, fcntl_getfl, fcntl_setfl};
use rustix::pty::{OpenptFlags, openpt, ptsname, unlockpt};

use crate::on_both;
use crate::rights::NOBODY;
use crate::wrapped::{Wrapped, allowed};

on_both! {
    a_full_disk_costs_lines_and_nothing_else,
    a_pipe_as_dev_stdout,
}

/// A mount namespace in which `full` is a disk of one megabyte; it goes with its last process.
pub(crate) const SMALL_DISK: [&str; 6] = [
    "unshare",
    "-m",
    "/bin/sh",
    "-c",
    "mkdir -p full && mount -t tmpfs -o size=1m provost full && exec \"$@\"",
    "sh",
];

/// Two programs that count; one of them has its log on the small disk.
const COUNTERS: &str = "
[program:victim]
command=/bin/sh -c \"i=0; while :; do i=$((i+1)); echo line $i; echo $i > victim.count; sleep 0.02; done\"
stdout_logfile=%(here)s/full/victim.log
[program:other]
command=/bin/sh -c \"i=0; while :; do i=$((i+1)); echo line $i; echo $i > other.count; sleep 0.02; done\"
stdout_logfile=%(here)s/other.log
";

fn count(world: &World, name: &str) -> u64 {
    world.scratch.read(&format!("{name}.count")).trim().parse().unwrap_or(0)
}

fn a_full_disk_costs_lines_and_nothing_else(implementation: Implementation) {
    if !allowed(&SMALL_DISK) {
        return;
    }
    let mut world = World::new(Sides::both(implementation));
    world.configure(COUNTERS);
    let wrapped = Wrapped::start(world, &SMALL_DISK, Stdio::null());
    let world = &wrapped.world;
    for name in ["victim", "other"] {
        world.wait_state(name, "RUNNING");
    }
    let pids = world.pids_of(&["victim", "other"]);
    // The disk is seen through the daemon's own root: it is mounted nowhere else.
    let disk = format!("/proc/{}/root{}", wrapped.pid(), world.scratch.file("full").display());
    let log = || fs::read_to_string(format!("{disk}/victim.log")).unwrap_or_default();
    until(PATIENCE, "the first lines", || log().contains("line 3\n"));

    fs::write(format!("{disk}/filler"), vec![0; 2 << 20]).expect_err("the disk is smaller than that");
    match implementation {
        Implementation::Ours => world.wait_log("full/victim.log) cannot be written: No space left on device"),
        Implementation::Reference => world.wait_file("daemon.stderr", "No space left on device"),
    }
    let then = [count(world, "victim"), count(world, "other")];
    until(PATIENCE, "both to go on", || {
        count(world, "victim") > then[0] + 20 && count(world, "other") > then[1] + 20
    });
    let last = format!("line {}\n", count(world, "other"));
    until(PATIENCE, "the other log to go on", || world.scratch.read("other.log").contains(&last));
    assert!(!log().contains(&format!("line {}\n", then[0] + 20)), "nothing more went to the full disk");

    fs::remove_file(format!("{disk}/filler")).expect("our own file");
    let later = count(world, "victim") + 20;
    until(PATIENCE, "the log to go on", || log().contains(&format!("line {later}\n")));
    if implementation == Implementation::Ours {
        world.wait_log("full/victim.log) is written again; ");
    }
    let other = world.scratch.read("other.log");
    let whole: String = (1..=other.lines().count()).map(|number| format!("line {number}\n")).collect();
    assert_eq!(other, whole, "the other log has every line");
    assert_eq!(world.pids_of(&["victim", "other"]), pids);
}

/// Collects what comes out of a daemon.
fn collect(mut stdout: ChildStdout) -> Arc<Mutex<Vec<u8>>> {
    let collected = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&collected);
    thread::spawn(move || {
        let mut buffer = vec![0; 65536];
        while let Ok(length @ 1..) = stdout.read(&mut buffer) {
            shared
                .lock()
                .expect("invariant: nobody panics with the lock")
                .extend_from_slice(&buffer[..length]);
        }
    });
    collected
}

const TWENTY_THOUSAND: &str = "
[program:seq]
command=/bin/sh -c \"seq 1 20000; exec cat\"
stdout_logfile=/dev/stdout
[supervisord]
silent=true
";

/// As in a container: the daemon is not root, its standard output is a pipe that belongs to root, and nobody
/// has written `stdout_logfile_maxbytes=0`. The reference can do neither: it runs as its starter, and with that.
fn a_pipe_as_dev_stdout(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    let mut wrapper = vec!["env"];
    match implementation {
        Implementation::Reference => {
            world
                .configure(&TWENTY_THOUSAND.replace("/dev/stdout", "/dev/stdout\nstdout_logfile_maxbytes=0"));
        }
        Implementation::Ours => {
            world.configure(TWENTY_THOUSAND);
            if allowed(&NOBODY) {
                wrapper = NOBODY.into();
                chown(world.scratch.path(), Some(65534), Some(65534)).expect("root may do that");
            }
        }
    }
    let mut wrapped = Wrapped::start(world, &wrapper, Stdio::piped());
    let collected = collect(wrapped.take_stdout());
    let expected: String = (1..=20000).map(|number| format!("{number}\n")).collect();
    until(PATIENCE, "all lines", || {
        collected.lock().expect("invariant: nobody panics with the lock").len() >= expected.len()
    });
    wrapped.world.wait_state("seq", "RUNNING");
    let uid = processes::uid(wrapped.pid());
    assert_eq!(uid == Some(65534), wrapper.len() > 1);
    processes::send(wrapped.pid(), processes::signal("TERM"));
    assert_eq!(wrapped.wait_end(), Some(0));
    let collected = collected.lock().expect("invariant: nobody panics with the lock");
    assert_eq!(String::from_utf8_lossy(&collected), expected);
}

/// A pipe that takes no more; it stays full as long as nobody reads.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = pipe().expect("a pipe");
    let flags = fcntl_getfl(&writer).expect("our own pipe");
    fcntl_setfl(&writer, flags | OFlags::NONBLOCK).expect("our own pipe");
    let block = [b'x'; 4096];
    while writer.write(&block).is_ok() {}
    // The flag belongs to the pipe's end, and the daemon gets this very end: as a shell would make it.
    fcntl_setfl(&writer, flags).expect("our own pipe");
    (reader, writer)
}

/// A terminal that belongs to root and shows nothing: its other end, which nobody reads.
fn terminal() -> (OwnedFd, File) {
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    unlockpt(&screen).expect("our own terminal");
    let path = ptsname(&screen, Vec::new()).expect("our own terminal");
    let flags = OFlags::RDWR | OFlags::NOCTTY;
    (screen, rustix::fs::open(path, flags, Mode::empty()).expect("our own terminal").into())
}

#[test]
fn a_console_that_hangs_holds_up_nothing() {
    let (reader, writer) = full_pipe();
    check_console(World::new(Sides::both(Implementation::Ours)), &["env"], writer.into());
    drop(reader);
}

/// As after `su`: the terminal belongs to somebody else, who has it controlling the daemon.
#[test]
fn a_terminal_of_another_user_that_hangs_holds_up_nothing() {
    if !allowed(&NOBODY) {
        return;
    }
    let world = World::new(Sides::both(Implementation::Ours));
    chown(world.scratch.path(), Some(65534), Some(65534)).expect("root may do that");
    let (screen, terminal) = terminal();
    let wrapper = [&["sh", "-c", "exec setsid -w -c \"$@\" <&1", "sh"][..], &NOBODY].concat();
    check_console(world, &wrapper, terminal.into());
    drop(screen);
}

/// A daemon whose standard output is that, and is or will be full, does everything else as ever.
#[track_caller]
fn check_console(mut world: World, wrapper: &[&str], console: Stdio) {
    world.configure(
        "[program:cat]\ncommand=/bin/cat\n[program:stuck]\ncommand=/usr/bin/yes\n\
         stdout_logfile=/dev/stdout\n\
         [program:other]\ncommand=/bin/sh -c \"i=0; while :; do i=$((i+1)); echo line $i; sleep 0.02; done\"\n\
         stdout_logfile=%(here)s/other.log\n",
    );
    let mut wrapped = Wrapped::start(world, wrapper, console);
    let world = &wrapped.world;
    for name in ["cat", "stuck"] {
        world.wait_state(name, "RUNNING");
    }
    world.wait_log("success: stuck");
    for _ in 0..3 {
        let lines = world.scratch.read("other.log").lines().count() + 10;
        world.wait_file("other.log", &format!("line {lines}\n"));
        let before = world.pid_of("cat");
        processes::send(before, processes::signal("KILL"));
        until(PATIENCE, "a successor", || ![0, before].contains(&world.pid_of("cat")));
        world.wait_state("cat", "RUNNING");
    }
    let restarted = world.ctl("restart cat");
    assert_eq!(restarted.stdout, "cat: stopped\ncat: started\n", "{}", restarted.stderr);

    let begin = Instant::now();
    assert_eq!(world.ctl("shutdown").stdout, "Shut down\n");
    assert_eq!(wrapped.wait_end(), Some(0));
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert!(wrapped.world.scratch.processes().is_empty());
}

//! The wall clock is set by a year, forward and backward: what is printed changes, and nothing else.
//!
//! Nobody may set the clock of the machine for a test. The daemon runs with `libfaketime` instead, which lets a file
//! say what the wall clock shows; the monotonic clock is left alone, as it is when somebody sets the real one.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, processes};

use crate::on_both;
use crate::wrapped::Wrapped;

on_both! { set_by_a_year }

const PROGRAMS: &str = "
[program:steady]
command=/bin/cat
[program:victim]
command=/bin/cat
startsecs=0
[program:flapping]
command=/bin/false
startsecs=1000
startretries=1000
[program:slow]
command=/bin/cat
startsecs=2
autostart=false
[program:stubborn]
command=/bin/sh -c \"trap '' TERM; echo ready; while :; do sleep 0.05; done\"
stopwaitsecs=2
autostart=false
stdout_logfile=%(here)s/stubborn.log
";

/// The library, if it is installed.
fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten();
    let files = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    let found = files.into_iter().find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: libfaketime is not installed (Debian: faketime)");
    }
    found
}

/// Writes what the wall clock is ahead of the real one; a rename, so that nobody reads half of it.
fn set_clock(world: &World, days: i32) {
    fs::write(world.scratch.file("clock.new"), format!("{days:+}d\n")).expect("our own directory");
    fs::rename(world.scratch.file("clock.new"), world.scratch.file("clock")).expect("our own directory");
}

/// The year in which the last line of the activity log was written.
fn year_of_log(world: &World) -> i32 {
    let log = world.log();
    let line = log.lines().rev().find(|line| line.get(4..5) == Some("-"));
    line.and_then(|line| line[..4].parse().ok()).expect("a line with a time")
}

/// A start, a kill and a crash take as long as ever, and whom they do not concern goes on.
fn life_goes_on(world: &World) {
    let begin = Instant::now();
    assert_eq!(world.rpc("supervisor.startProcess('slow')"), ["True"]);
    // The reference judges this by its wall clock, but not while that stands still.
    assert!(begin.elapsed() >= Duration::from_secs(2), "startsecs: {:?}", begin.elapsed());
    assert!(begin.elapsed() < Duration::from_secs(10), "startsecs: {:?}", begin.elapsed());
    assert_eq!(world.rpc("supervisor.stopProcess('slow')"), ["True"]);

    fs::write(world.scratch.file("stubborn.log"), "").expect("our own directory");
    assert_eq!(world.rpc("supervisor.startProcess('stubborn')"), ["True"]);
    world.wait_file("stubborn.log", "ready");
    let begin = Instant::now();
    assert_eq!(world.rpc("supervisor.stopProcess('stubborn')"), ["True"]);
    assert!(begin.elapsed() >= Duration::from_secs(2), "stopwaitsecs: {:?}", begin.elapsed());
    assert!(begin.elapsed() < Duration::from_secs(10), "stopwaitsecs: {:?}", begin.elapsed());

    let victim = world.pid_of("victim");
    processes::send(victim, processes::signal("KILL"));
    until(PATIENCE, "a successor", || ![0, victim].contains(&world.pid_of("victim")));
}

fn set_by_a_year(implementation: Implementation) {
    let Some(library) = library() else { return };
    let mut world = World::new(Sides::both(implementation));
    world.configure(PROGRAMS);
    set_clock(&world, 0);
    let preload = format!("LD_PRELOAD={}", library.display());
    let clock = format!("FAKETIME_TIMESTAMP_FILE={}", world.scratch.file("clock").display());
    let wrapper = ["env", &preload, &clock, "FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1"];
    let mut wrapped = Wrapped::start(world, &wrapper, Stdio::null());
    let world = &wrapped.world;
    for name in ["steady", "victim"] {
        world.wait_state(name, "RUNNING");
    }
    world.wait_state("flapping", "BACKOFF");
    let steady = world.pid_of("steady");
    let this_year = year_of_log(world);
    // More than a year, whichever it is, to both sides, and back.
    for days in [366, -366, 0] {
        set_clock(world, days);
        let attempts = world.log().matches("spawned: 'flapping'").count();
        life_goes_on(world);
        until(PATIENCE, "another attempt", || world.log().matches("spawned: 'flapping'").count() > attempts);
        assert_eq!(year_of_log(world) == this_year, days == 0, "printed times follow the clock");
        assert_eq!((world.state("steady"), world.pid_of("steady")), ("RUNNING".to_owned(), steady));
        assert_eq!(world.state("flapping"), "BACKOFF");
    }
    processes::send(wrapped.pid(), processes::signal("TERM"));
    assert_eq!(wrapped.wait_end(), Some(0));
}

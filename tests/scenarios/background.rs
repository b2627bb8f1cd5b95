//! Going to the background, and staying in the foreground: what is changed of the process, and what is inherited.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, processes};

use crate::{on_both, shell};

on_both! {
    a_daemon_leaves_its_starter_behind,
    a_daemon_without_settings_keeps_what_it_has,
    the_foreground_keeps_umask_and_directory,
}

const PROGRAM: &str = "[program:cat]\ncommand=/bin/cat\nstdout_logfile=NONE\nstderr_logfile=NONE\n";

/// Starts the daemon as a careless starter would: with an open file, an odd umask, from a shell.
const STARTER: &str = "umask 027; exec 9> held; exec 7< held; exec \"$@\"";

fn world(implementation: Implementation, settings: &str) -> World {
    let mut world = World::new(Sides::both(implementation));
    fs::create_dir(world.scratch.file("there")).expect("a directory of our own");
    world.configure(&format!("{PROGRAM}[supervisord]\n{settings}"));
    world
}

/// Umask, open descriptors, and working directory of the program.
fn child(world: &World) -> (String, Vec<String>, PathBuf) {
    world.wait_state("cat", "RUNNING");
    let pid = world.pid_of("cat");
    let name = || fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    until(PATIENCE, "the program to be executed", || name() == b"/bin/cat\0");
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).expect("the process lives");
    let number =
        |entry: std::io::Result<fs::DirEntry>| entry.expect("a readable folder").file_name().into_string();
    let mut numbers: Vec<String> = entries.filter_map(|entry| number(entry).ok()).collect();
    numbers.sort_unstable();
    (shell::umask_of(pid), numbers, shell::directory_of(pid))
}

/// What [`child`] should see: a child has its three channels and nothing else.
fn expected_child(umask: &str, directory: PathBuf) -> (String, Vec<String>, PathBuf) {
    (umask.to_owned(), ["0", "1", "2"].map(str::to_owned).into(), directory)
}

fn mode_of(world: &World, name: &str) -> u32 {
    let metadata = fs::metadata(world.scratch.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    metadata.permissions().mode() & 0o7777
}

fn a_daemon_leaves_its_starter_behind(implementation: Implementation) {
    let mut world = world(implementation, "umask=077\ndirectory=%(here)s/there\n");
    let pid = shell::start(&world, STARTER, "");
    let there = world.scratch.file("there");
    let (_, session) = processes::group_and_session(pid).expect("the daemon lives");
    let (_, ours) = processes::group_and_session(std::process::id()).expect("we live");
    assert_eq!(session, pid, "it leads a session of its own");
    assert_ne!(session, ours);
    for number in 0..3 {
        let target = fs::read_link(format!("/proc/{pid}/fd/{number}")).expect("an open descriptor");
        assert_eq!(target.to_str(), Some("/dev/null"), "descriptor {number}");
    }
    assert_eq!((shell::umask_of(pid).as_str(), shell::directory_of(pid)), ("0077", there.clone()));
    assert_eq!(child(&world), expected_child("0077", there));
    // The log is opened before the umask is set, the pid file is written afterwards.
    assert_eq!((mode_of(&world, "supervisord.log"), mode_of(&world, "supervisord.pid")), (0o640, 0o600));
    shell::end(&mut world, pid);
    assert!(!world.scratch.file("supervisord.pid").exists());
}

fn a_daemon_without_settings_keeps_what_it_has(implementation: Implementation) {
    let mut world = world(implementation, "");
    let pid = shell::start(&world, STARTER, "");
    let here = world.scratch.path().to_owned();
    // 022 is the default of `umask`, and is set; there is none for `directory`.
    assert_eq!((shell::umask_of(pid).as_str(), shell::directory_of(pid)), ("0022", here.clone()));
    assert_eq!(child(&world), expected_child("0022", here));
    assert_eq!((mode_of(&world, "supervisord.log"), mode_of(&world, "supervisord.pid")), (0o640, 0o644));
    shell::end(&mut world, pid);
}

fn the_foreground_keeps_umask_and_directory(implementation: Implementation) {
    let mut world = world(implementation, "umask=077\ndirectory=%(here)s/there\n");
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    let pid = world.daemon_pid();
    let here = world.scratch.path().to_owned();
    let (_, session) = processes::group_and_session(pid).expect("the daemon lives");
    let (_, ours) = processes::group_and_session(std::process::id()).expect("we live");
    assert_eq!(session, ours, "it stays in its starter's session");
    assert_eq!((shell::umask_of(pid).as_str(), shell::directory_of(pid)), ("0022", here.clone()));
    assert_eq!(child(&world), expected_child("0022", here));
    assert_eq!(mode_of(&world, "supervisord.pid"), 0o644);
    assert_eq!(world.stop(), Some(0));
}

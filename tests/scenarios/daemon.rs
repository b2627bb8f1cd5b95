//! The daemon as a process: detached, as another user, killed, signalled, and with children that die.

use std::fs;

use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, processes};

use crate::on_both;

on_both! {
    detached,
    another_user,
    a_killed_child_has_a_successor,
    a_killed_daemon_starts_again,
    a_socket_in_use,
    signals_in_a_row,
}

fn detached(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    world.configure("[program:cat]\ncommand=/bin/cat\n[supervisord]\numask=077\ndirectory=/\n");
    let output = world.start_detached();
    assert_eq!((output.code, output.stdout.as_str(), output.stderr.as_str()), (Some(0), "", ""));
    let pid = world.daemon_pid();
    let (_, session) = processes::group_and_session(pid).expect("the daemon lives");
    assert_eq!(session, pid, "a session of its own");
    for number in 0..3 {
        let target = fs::read_link(format!("/proc/{pid}/fd/{number}")).expect("an open descriptor");
        assert_eq!(target.to_str(), Some("/dev/null"));
    }
    assert_eq!(fs::read_link(format!("/proc/{pid}/cwd")).expect("the daemon lives").to_str(), Some("/"));
    world.wait_log("daemonizing the supervisord process");
    world.wait_log("set current directory: '/'");
    let is_root = rustix::process::geteuid().is_root();
    assert_eq!(
        world.log().contains("CRIT Supervisor is running as root.  Privileges were not dropped"),
        is_root
    );
    world.wait_state("cat", "RUNNING");
    let child = world.pid_of("cat");
    let (group, session) = processes::group_and_session(child).expect("the child lives");
    assert_eq!((group, session), (child, pid), "a process group of its own in the daemon's session");
    assert_eq!(world.ctl("pid").stdout.trim(), pid.to_string());
    assert_eq!(world.ctl("shutdown").stdout, "Shut down\n");
    world.wait_end();
    until(PATIENCE, "nobody to be left", || world.scratch.processes().is_empty());
    assert!(!world.scratch.file("supervisord.pid").exists());
    assert!(!world.scratch.file("supervisor.sock").exists());
}

fn another_user(implementation: Implementation) {
    if !rustix::process::geteuid().is_root() {
        return other_user_without_root(implementation);
    }
    let world = World::with_programs(
        implementation,
        "[program:guest]\ncommand=/bin/sh -c \"id -u; id -G; exec cat\"\nuser=nobody\n\
         stdout_logfile=%(here)s/guest.log\n[program:host]\ncommand=/bin/cat\n",
    );
    world.wait_state("guest", "RUNNING");
    world.wait_state("host", "RUNNING");
    let nobody = processes::uid(world.pid_of("guest")).expect("the child lives");
    assert_ne!(nobody, 0);
    assert_eq!(processes::uid(world.pid_of("host")), Some(0));
    let log = world.scratch.read("guest.log");
    let mut lines = log.lines();
    assert_eq!(lines.next(), Some(nobody.to_string().as_str()));
    assert!(lines.next().is_some_and(|groups| !groups.split(' ').any(|group| group == "0")), "{log}");
}

fn other_user_without_root(implementation: Implementation) {
    let world = World::with_programs(
        implementation,
        "[program:guest]\ncommand=/bin/cat\nuser=root\nstartretries=0\nstderr_logfile=%(here)s/guest.err\n",
    );
    world.wait_state("guest", "FATAL");
    let complaint = "supervisor: couldn't setuid to 0: Can't drop privilege as nonroot user\n";
    let said = world.scratch.read("guest.err");
    assert!(said.starts_with(complaint), "{said:?}");
}

fn a_killed_child_has_a_successor(implementation: Implementation) {
    let world = World::with_programs(implementation, "[program:cat]\ncommand=/bin/cat\n");
    world.wait_state("cat", "RUNNING");
    let first = world.pid_of("cat");
    processes::send(first, processes::signal("KILL"));
    until(PATIENCE, "a successor", || ![0, first].contains(&world.pid_of("cat")));
    world.wait_state("cat", "RUNNING");
    world.wait_log("exited: cat (terminated by SIGKILL; not expected)");
    until(PATIENCE, "both starts in the log", || world.log().matches("spawned: 'cat'").count() == 2);
}

fn a_killed_daemon_starts_again(implementation: Implementation) {
    let mut world = World::with_programs(implementation, "[program:cat]\ncommand=/bin/cat\n");
    world.wait_state("cat", "RUNNING");
    world.signal("KILL");
    assert_eq!(world.wait_end(), None);
    assert!(world.scratch.file("supervisor.sock").exists(), "nobody tidied up");
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("cat", "RUNNING");
    assert_eq!(world.stop(), Some(0));
}

fn a_socket_in_use(implementation: Implementation) {
    let mut first = World::with_programs(implementation, "[program:cat]\ncommand=/bin/cat\n");
    first.wait_state("cat", "RUNNING");
    let second = first.refusal(&[]).expect("the socket is in use");
    assert_eq!(second.code, Some(2));
    assert!(second.stderr.contains("Another program is already listening on a port"), "{}", second.stderr);
    assert_eq!(first.state("cat"), "RUNNING");
    assert_eq!(first.scratch.read("supervisord.pid").trim(), first.daemon_pid().to_string());
    assert_eq!(first.stop(), Some(0));
}

fn signals_in_a_row(implementation: Implementation) {
    let mut world = World::with_programs(implementation, "[program:cat]\ncommand=/bin/cat\n");
    world.wait_state("cat", "RUNNING");
    let child = world.pid_of("cat");
    world.signal("USR2");
    world.wait_log("supervisord logreopen");
    assert_eq!(world.pid_of("cat"), child);
    world.signal("HUP");
    until(PATIENCE, "another child", || ![0, child].contains(&world.pid_of("cat")));
    world.wait_state("cat", "RUNNING");
    world.signal("QUIT");
    assert_eq!(world.wait_end(), Some(0));
    world.wait_log("received SIGQUIT indicating exit request");
}

/// A second daemon over the same file says which server is taken, and leaves the log of the first one alone.
#[test]
fn a_second_start_names_the_server_and_writes_nothing() {
    let mut first = World::with_programs(Implementation::Ours, "[program:cat]\ncommand=/bin/cat\n");
    first.wait_state("cat", "RUNNING");
    let before = first.log();
    let second = first.refusal(&[]).expect("the socket is in use");
    for part in [
        "Error: Another program is already listening on a port",
        "  --> ",
        "help: [unix_http_server] is to listen at ",
        "supervisor.sock: another process does already",
    ] {
        assert!(second.stderr.contains(part), "{part}: {}", second.stderr);
    }
    assert_eq!(first.log(), before);
    assert_eq!(first.stop(), Some(0));
}

#[test]
fn a_server_that_cannot_be_opened_is_named() {
    #[track_caller]
    fn check(section: &str, expect: &[&str]) {
        let mut world = World::new(Sides::both(Implementation::Ours));
        world.scratch.write(
            "supervisord.conf",
            &format!("[supervisord]\npidfile=$DIR/p\nlogfile=$DIR/l\n{section}\n"),
        );
        let refused = world.refusal(&[]).expect("it cannot be opened");
        for part in expect {
            assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
        }
        assert_eq!(world.scratch.read("l"), "", "{section}");
    }
    check(
        "[unix_http_server]\nfile=/nope/s.sock",
        &[
            "errno.ENOENT (2)\n",
            ":5:6\n",
            "[unix_http_server] is to listen at /nope/s.sock: make the directory /nope, ",
        ],
    );
    check(
        "[inet_http_server:far]\nport=192.0.2.1:9",
        &[
            "errno.EADDRNOTAVAIL (99)\n",
            ":5:6\n",
            "[inet_http_server:far] is to listen at 192.0.2.1:9: that is no address of",
        ],
    );
}

#[test]
fn a_pid_file_that_was_left_behind_is_told() {
    let mut world = World::with_programs(Implementation::Ours, "[program:cat]\ncommand=/bin/cat\n");
    let told = "WARN the pid file ";
    assert!(!world.log().contains(told), "{}", world.log());
    let killed = world.daemon_pid();
    world.signal("KILL");
    assert_eq!(world.wait_end(), None);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_log(&format!("supervisord.pid is left from process {killed}: "));
    assert_eq!(world.stop(), Some(0));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    assert_eq!(world.log().matches(told).count(), 1, "{}", world.log());
    assert_eq!(world.stop(), Some(0));
}

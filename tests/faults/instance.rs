//! One daemon for one configuration: a second one is refused, and touches nothing of the first.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use provost_tests::ctl::run;
use provost_tests::wait::{PATIENCE, until, until_some};
use provost_tests::world::{CONFIG, HEAD};
use provost_tests::{Implementation, Scratch, Sides, World, processes};

use crate::tamper;

/// Programs with AUTO logs, and a server on a port.
const PROGRAMS: &str = "
[inet_http_server]
port=127.0.0.1:$PORT1
[program:talker]
command=/bin/sh -c \"echo hello; exec cat\"
[fcgi-program:worker]
command=/bin/sleep 1000
socket=unix://%(here)s/worker.sock
";

fn running() -> World {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure(PROGRAMS);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("talker", "RUNNING");
    world.wait_state("worker", "RUNNING");
    world
}

fn program(world: &World) -> PathBuf {
    world.sides.daemon.program("supervisord").unwrap_or_else(|missing| panic!("{missing}"))
}

/// Everything in the directory that belongs to the first daemon: which file it is, how long, and of when.
fn belongings(scratch: &Scratch) -> BTreeMap<String, (u64, u64, i64)> {
    let entries = fs::read_dir(scratch.path()).expect("our own directory");
    let described = entries.map(|entry| {
        let entry = entry.expect("our own directory");
        let metadata = entry.metadata().expect("it was just listed");
        let modified = metadata.mtime() * 1_000_000_000 + metadata.mtime_nsec();
        (entry.file_name().to_string_lossy().into_owned(), (metadata.ino(), metadata.size(), modified))
    });
    // What the tests write, and what the second daemon says.
    described.filter(|(name, _)| !name.starts_with("refused.") && !name.starts_with("second")).collect()
}

/// A second daemon with what `edit` makes of the first one's configuration is refused with these words.
#[track_caller]
fn check_refused(world: &mut World, edit: &dyn Fn(&str) -> String, expect: &[&str]) {
    let text = edit(&format!("{HEAD}{PROGRAMS}"));
    world.scratch.write("second.conf", &text);
    let before = belongings(&world.scratch);
    let mut second = world.scratch.command(&program(world));
    second.args(["-n", "-c", "second.conf"]);
    let refused = run(second, "");
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    for part in expect {
        assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
    }
    assert_eq!(belongings(&world.scratch), before, "{}", refused.stderr);
    assert_eq!((world.state("talker"), world.state("worker")), ("RUNNING".into(), "RUNNING".into()));
}

const LISTENS: &str = "Error: Another program is already listening on a port that one of our HTTP servers is \
                       configured to use.  Shut this program down first before starting supervisord.";

#[test]
fn a_second_daemon_touches_nothing_of_the_first() {
    let mut world = running();
    let holder = format!("process {} has the pid file", world.daemon_pid());
    let own_pidfile = |text: &str| text.replace("/supervisord.pid", "/second.pid");
    let own_socket = |text: &str| text.replace("/supervisor.sock", "/second.sock");
    let own_port = |text: &str| text.replace("$PORT1", "$PORT2");
    // The same file; the same pidfile alone; without any server; one server each.
    check_refused(&mut world, &str::to_owned, &[LISTENS, &holder]);
    let claimed = format!("({})", holder.replace(" has the pid file", ""));
    check_refused(
        &mut world,
        &|text| own_socket(&own_port(text)),
        &["Error: Another supervisord is already running with the pid file ", "supervisord.pid", &claimed],
    );
    check_refused(
        &mut world,
        &|_| {
            "[supervisord]\npidfile=%(here)s/supervisord.pid\nlogfile=%(here)s/supervisord.log\nchildlogdir=%(here)s\n".into()
        },
        &["Error: Another supervisord is already running with the pid file ", &claimed],
    );
    check_refused(
        &mut world,
        &|text| own_pidfile(&own_port(text)),
        &[LISTENS, "[unix_http_server] is to listen at"],
    );
    check_refused(
        &mut world,
        &|text| own_pidfile(&own_socket(text)),
        &[LISTENS, "[inet_http_server] is to listen at"],
    );
    assert!(!world.scratch.file("second.pid").exists(), "what was not used is not left behind");
    assert_eq!(world.stop(), Some(0));
    assert!(!world.scratch.file("supervisord.pid").exists());
}

#[test]
fn a_daemon_in_the_background_keeps_its_claim() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure("[program:cat]\ncommand=/bin/cat\n");
    world.start_detached();
    world.wait_state("cat", "RUNNING");
    let refused = world.refusal(&[]).expect("a second daemon is refused");
    assert!(
        refused.stderr.contains(&format!("process {} has the pid file", world.daemon_pid())),
        "{}",
        refused.stderr
    );
    // It is not lost at a reload, at no moment: attempts go on until there are new children.
    let first = world.pid_of("cat");
    world.signal("HUP");
    let mut attempts = 0;
    until(PATIENCE, "another child", || {
        attempts += 1;
        assert_eq!(world.refusal(&[]).and_then(|refused| refused.code), Some(2));
        ![0, first].contains(&world.pid_of("cat"))
    });
    assert_eq!(world.scratch.read("supervisord.pid").trim(), world.daemon_pid().to_string());
    assert!(attempts > 0);
    assert_eq!(world.rpc("supervisor.shutdown()"), ["True"]);
    world.wait_end();
    assert!(!world.scratch.file("supervisord.pid").exists());
}

/// Two daemons that start at the same instant, over what a killed one left: one of them wins.
#[test]
fn of_two_at_once_one_wins() {
    const PAIRS: usize = 20;
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure("[program:cat]\ncommand=/bin/cat\nautostart=false\n");
    let program = program(&world);
    let begin = |number: usize, world: &World| -> Child {
        let mut command = world.scratch.command(&program);
        let said =
            fs::File::create(world.scratch.file(&format!("said.{number}"))).expect("our own directory");
        command.args(["-n", "-c", CONFIG]).stdout(Stdio::null()).stderr(said);
        command.spawn().expect("the daemon runs")
    };
    for pair in 0..PAIRS {
        let mut both = [begin(0, &world), begin(1, &world)];
        let loser = until_some(PATIENCE, "one to be refused", || {
            both.iter_mut().position(|child| matches!(child.try_wait(), Ok(Some(_))))
        });
        let status = both[loser].wait().expect("our own child");
        let said = world.scratch.read(&format!("said.{loser}"));
        assert_eq!(status.code(), Some(2), "pair {pair}: {said}");
        assert!(said.starts_with("Error: Another "), "pair {pair}: {said}");
        let winner = &mut both[1 - loser];
        until(PATIENCE, "the other one to serve", || {
            assert!(
                matches!(winner.try_wait(), Ok(None)),
                "{}",
                world.scratch.read(&format!("said.{}", 1 - loser))
            );
            world.server.answers() && world.scratch.read("supervisord.pid").trim() == winner.id().to_string()
        });
        processes::send(winner.id(), processes::signal("KILL"));
        winner.wait().expect("our own child");
        assert!(world.scratch.file("supervisor.sock").exists(), "nobody tidied up");
    }
}

/// As any user may who can read the pidfile; a killed daemon has left it.
#[test]
fn the_lock_of_a_stranger_keeps_nobody_from_starting() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure("[program:cat]\ncommand=/bin/cat\n");
    world.scratch.write("supervisord.pid", &format!("{}\n", i32::MAX));
    let file = fs::File::open(world.scratch.file("supervisord.pid")).expect("our own file");
    file.lock_shared().expect("nobody has it");
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_log("supervisord.pid is locked by somebody who is no supervisord as far as can be seen");
    world.wait_state("cat", "RUNNING");
    // Its own claim is as good as any.
    assert_eq!(world.scratch.read("supervisord.pid").trim(), world.daemon_pid().to_string());
    let refused = world.refusal(&[]).expect("a second daemon is refused");
    assert!(refused.stderr.contains(&format!("process {} has the pid file", world.daemon_pid())));
    assert_eq!(world.stop(), Some(0));
    assert!(!world.scratch.file("supervisord.pid").exists());
}

/// As on a network file system without locks.
#[test]
fn a_file_system_without_locks_gets_a_warning() {
    if !tamper::is_possible() {
        eprintln!("skipped: strace is not there, or may not trace");
        return;
    }
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure("[program:cat]\ncommand=/bin/cat\n");
    // The tracer is a grandchild, so that the daemon has the pid that is waited for.
    world.wrap(&["strace", "-D", "-qq", "-o", "/dev/null", "-e", "inject=flock:error=ENOLCK"]);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_log("cannot be locked (No locks available), so a second daemon over it would not be noticed");
    world.wait_state("cat", "RUNNING");
    assert_eq!(world.stop(), Some(0));
    assert!(!world.scratch.file("supervisord.pid").exists());
}

#[test]
fn a_pidfile_that_cannot_be_locked_is_no_reason_not_to_start() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.scratch.write(CONFIG, &HEAD.replace("%(here)s/supervisord.pid", "/dev/null"));
    let said = fs::File::create(world.scratch.file("said")).expect("our own directory");
    let mut command = world.scratch.command(&program(&world));
    let mut daemon = command.args(["-n", "-c", CONFIG]).stdout(said).spawn().expect("the daemon runs");
    world.wait_file("said", "supervisord started with pid");
    processes::send(daemon.id(), processes::signal("TERM"));
    assert!(daemon.wait().expect("our own child").success());
}

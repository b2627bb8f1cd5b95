//! No signal and no request is lost: many clients at once, stops at every moment, storms of signals. In the end what is
//! reported is what there is.

use std::thread;
use std::time::{Duration, Instant};

use provost_tests::rpc::{Console, Credentials};
use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, World, processes};

/// Programs of every kind of temper.
const PROGRAMS: &str = "
[program:quick]
command=/bin/cat
startsecs=0
[program:slow]
command=/bin/cat
startsecs=1
[program:deaf]
command=/bin/sh -c \"trap '' TERM; while :; do sleep 0.1; done\"
startsecs=0
stopwaitsecs=1
stopasgroup=true
[program:failing]
command=/bin/false
startretries=1000
[program:family]
command=/bin/sh -c \"sleep 1000 & exec cat\"
startsecs=0
kill_mode=tree
";

const NAMES: [&str; 5] = ["quick", "slow", "deaf", "failing", "family"];

/// A program that would be killed after half a minute, and not before, if a stop was lost.
const PATIENT: &str = "[program:cat]\ncommand=/bin/cat\nautostart=false\nstopwaitsecs=30\n";

/// No process.
const NOBODY: [u32; 0] = [];

fn ours(programs: &str) -> World {
    World::with_programs(Implementation::Ours, programs)
}

/// The children of `pid` that have not ended.
fn children_of(pid: u32) -> Vec<u32> {
    let parent =
        |pid: u32| processes::status_field(pid, "PPid").and_then(|parent| u32::try_from(parent).ok());
    let all = std::fs::read_dir("/proc").expect("a process table");
    let pids = all.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let mut children: Vec<u32> =
        pids.filter(|&child| parent(child) == Some(pid) && processes::is_alive(child)).collect();
    children.sort_unstable();
    children
}

/// What is reported is what there is: each process that runs has the child that it names, and there is no other.
#[track_caller]
fn check_reality(world: &World, names: &[&str]) {
    let mut reported = Vec::new();
    let mut real = Vec::new();
    until(PATIENCE, "reports and reality to agree", || {
        let pids = |world: &World| {
            let mut pids: Vec<u32> = world.pids_of(names).into_iter().filter(|pid| *pid != 0).collect();
            pids.sort_unstable();
            pids
        };
        reported = pids(world);
        real = children_of(world.daemon_pid());
        reported == real && reported == pids(world)
    });
    for name in names {
        let (state, pid) = (world.state(name), world.pid_of(name));
        let should_have_one = ["RUNNING", "STARTING", "STOPPING"].contains(&state.as_str());
        let may_come_and_go = *name == "failing";
        assert!(
            may_come_and_go || should_have_one == (pid != 0),
            "{name} {state} {pid}: {reported:?} {real:?}"
        );
    }
}

/// One client: a hundred requests in an order of its own.
fn play(world: (&provost_tests::Scratch, &provost_tests::http::Server), client: u64) -> Vec<String> {
    const ROUNDS: usize = 100;
    let mut console = Console::open(world.0, world.1, Credentials::default());
    let mut dice = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(client + 1);
    let mut throw = |sides: usize| {
        // Xorshift: any order will do, as long as it is the same at each run.
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        usize::try_from(dice % u64::try_from(sides).expect("a few")).expect("a few")
    };
    let mut odd = Vec::new();
    for _ in 0..ROUNDS {
        let name = NAMES[throw(NAMES.len())];
        let wait = ["False", "False", "False", "True"][throw(4)];
        let calls: &[&str] = [&["start"][..], &["stop"], &["stop", "start"]][throw(3)];
        for call in calls {
            let answer = console.eval(&format!("supervisor.{call}Process('{name}', {wait})")).concat();
            let expected = ["True", "fault 60 ", "fault 70 ", "fault 40 ", "fault 50 "];
            if !expected.iter().any(|beginning| answer.starts_with(beginning)) {
                odd.push(format!("{call} {name}: {answer}"));
            }
        }
    }
    odd
}

#[test]
fn eight_clients_and_a_hundred_rounds_each() {
    let mut world = ours(PROGRAMS);
    let stage = (&world.scratch, &world.server);
    let odd: Vec<String> = thread::scope(|scope| {
        let clients: Vec<_> = (0..8).map(|client| scope.spawn(move || play(stage, client))).collect();
        clients.into_iter().flat_map(|client| client.join().expect("a client")).collect()
    });
    assert_eq!(odd, Vec::<String>::new());
    check_reality(&world, &NAMES);
    assert_eq!(world.rpc("len(supervisor.stopAllProcesses())").len(), 1);
    check_reality(&world, &NAMES);
    assert_eq!(children_of(world.daemon_pid()), NOBODY, "everything is stopped");
    assert_eq!(world.stop(), Some(0));
    assert_eq!(world.scratch.processes(), NOBODY, "nobody is left");
}

#[test]
fn a_stop_right_after_a_start_is_not_lost() {
    let world = ours(PATIENT);
    for round in 0..50 {
        let begin = Instant::now();
        // Both in one request: nothing can be in between.
        let answers = world.rpc(
            "system.multicall([{'methodName': 'supervisor.startProcess', 'params': ['cat', False]}, \
             {'methodName': 'supervisor.stopProcess', 'params': ['cat', True]}])",
        );
        assert_eq!(answers, ["[True, True]"], "round {round}");
        assert!(begin.elapsed() < Duration::from_secs(10), "round {round} waited for SIGKILL");
        assert_eq!((world.state("cat"), children_of(world.daemon_pid())), ("STOPPED".to_owned(), vec![]));
    }
    assert!(!world.log().contains("SIGKILL"), "{}", world.log());
}

#[test]
fn a_stop_at_every_moment_of_a_start_is_not_lost() {
    let world = ours(PATIENT);
    let starter = |world: &World| {
        let stage = (&world.scratch, &world.server);
        let mut console = Console::open(stage.0, stage.1, Credentials::default());
        console.eval("supervisor.getState()");
        console
    };
    let (mut one, mut other) = (starter(&world), starter(&world));
    for round in 0..50 {
        let begin = Instant::now();
        thread::scope(|scope| {
            scope.spawn(|| one.eval("supervisor.startProcess('cat', False)"));
            // Whichever comes first: asked until there was something to stop.
            scope.spawn(|| {
                until(PATIENCE, "a stop", || other.eval("supervisor.stopProcess('cat', True)") == ["True"]);
            });
        });
        assert!(begin.elapsed() < Duration::from_secs(10), "round {round} waited for SIGKILL");
        assert_eq!((world.state("cat"), children_of(world.daemon_pid())), ("STOPPED".to_owned(), vec![]));
    }
}

#[test]
fn two_operators_stop_one_process() {
    let world = ours(
        "[program:slow]\ncommand=/bin/sh -c \"trap 'sleep 0.3; exit 0' TERM; while :; do sleep 0.05; done\"\n",
    );
    world.wait_state("slow", "RUNNING");
    let stage = (&world.scratch, &world.server);
    let answers: Vec<String> = thread::scope(|scope| {
        let stop =
            || Console::open(stage.0, stage.1, Credentials::default()).eval("supervisor.stopProcess('slow')");
        let both = [scope.spawn(stop), scope.spawn(stop)];
        both.into_iter().map(|client| client.join().expect("a client").concat()).collect()
    });
    // Who comes when it is over learns that it is.
    assert!(answers.iter().any(|answer| answer == "True"), "{answers:?}");
    assert!(answers.iter().all(|answer| answer == "True" || answer.starts_with("fault 70 ")), "{answers:?}");
    assert_eq!(world.state("slow"), "STOPPED");
    assert_eq!(world.log().matches("stopped: slow").count(), 1);
}

#[test]
fn a_stop_during_backoff_and_before_a_restart_is_the_last_word() {
    let world = ours(
        "[program:failing]\ncommand=/bin/false\nstartretries=1000\n\
         [program:flash]\ncommand=/bin/true\nstartsecs=0\nautorestart=true\n",
    );
    for (name, waits_in) in [("failing", "BACKOFF"), ("flash", "EXITED")] {
        world.wait_state(name, waits_in);
        // It may be just starting again; then it is stopped there.
        let answer = world.rpc(&format!("supervisor.stopProcess('{name}')"));
        assert_eq!(answer, ["True"], "{name}");
        let spawned = || world.log().matches(&format!("spawned: '{name}'")).count();
        let before = spawned();
        provost_tests::wait::stays(Duration::from_millis(1500), "rest", || spawned() == before);
        assert_eq!(world.state(name), "STOPPED");
    }
}

#[test]
fn storms_of_signals_end_in_one_daemon_with_its_children() {
    let mut world = ours(PATIENT.replace("autostart=false", "autostart=true").as_str());
    world.wait_state("cat", "RUNNING");
    for round in 0..300 {
        world.signal(["USR2", "HUP", "USR2"][round % 3]);
    }
    // Every one of them is over when a reload that was asked for afterwards is.
    world.wait_log("received SIGHUP indicating restart request");
    until(PATIENCE, "the storm to pass", || world.server.answers() && world.state("cat") == "RUNNING");
    check_reality(&world, &["cat"]);
    assert_eq!(world.scratch.read("supervisord.pid").trim(), world.daemon_pid().to_string());
    // TERM amid reloads is not lost, nor does a HUP after it bring anything back.
    for signal in ["HUP", "TERM", "HUP", "USR2", "TERM", "HUP"] {
        world.signal(signal);
    }
    assert_eq!(world.wait_end(), Some(0));
    assert_eq!(world.scratch.processes(), NOBODY, "nobody is left");
    assert!(!world.scratch.file("supervisord.pid").exists());
}

#[test]
fn stops_and_starts_during_a_reload_and_a_shutdown_are_answered() {
    let mut world = ours(
        "[program:slow]\ncommand=/bin/sh -c \"trap 'sleep 0.5; exit 0' TERM; while :; do sleep 0.05; done\"\n\
         [program:cat]\ncommand=/bin/cat\n",
    );
    world.wait_state("slow", "RUNNING");
    world.signal("HUP");
    world.wait_log("waiting for ");
    // 6 is SHUTDOWN_STATE; a stop of what is being stopped waits for its end.
    let refused = world.rpc("supervisor.startProcess('cat')").concat();
    assert!(refused.starts_with("fault 6 ") || refused.starts_with("fault 60 "), "{refused}");
    until(PATIENCE, "the next life", || world.state("slow") == "RUNNING");
    check_reality(&world, &["slow", "cat"]);
    world.signal("TERM");
    assert_eq!(world.wait_end(), Some(0));
    assert_eq!(world.scratch.processes(), NOBODY, "nobody is left");
}

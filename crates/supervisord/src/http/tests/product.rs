//! The namespace `provost`: what this daemon tells beyond the reference.

use std::sync::Arc;
use std::time::Duration;

use provost_config::model::Process;
use provost_core::failure::{Attempt, Cause, StartFailure};
use provost_core::output::Channel;
use provost_core::status::{ExitStatus, LastExit, Mood, Pid, ProcessId, ProcessStatus, State};
use provost_core::time::{Now, Wall};
use provost_wire::xmlrpc::Value;

use super::world::{Setup, World, config, exited, group, row};

/// Checks members of the details of a row, given as `KEY VALUE` with one blank between.
#[track_caller]
fn check(row: ProcessStatus, expect: &[&str]) {
    let name = Value::from(format!("{}:{}", row.group, row.recipe.name));
    let world = World::new(Setup { processes: vec![row], ..Setup::default() });
    let details = world.rpc("provost.getProcessDetails", &[name]).expect("the process is there");
    for line in expect {
        let (key, value) = line.split_once(' ').expect("a case has a key and a value");
        let found = match details.get(key).unwrap_or_else(|| panic!("{key} is missing")) {
            Value::Str(text) => text.clone(),
            Value::Int(number) => number.to_string(),
            Value::Double(number) => format!("{number:.1}"),
            other => panic!("{key} is {other:?}"),
        };
        assert_eq!(found, value, "{key}");
    }
}

fn ended(status: ExitStatus, expected: bool) -> ProcessStatus {
    let at = Now { wall: Wall(1_700_000_000_500_000), ..Now::default() };
    ProcessStatus { last_exit: Some(LastExit { status, expected, at }), ..row(1, "a", "a", State::Exited) }
}

#[test]
fn a_process_that_never_ran_has_nothing_to_tell() {
    check(
        row(1, "g", "a", State::Stopped),
        &["name a", "group g", "state 0", "statename STOPPED", "description Not started", "pid 0", "start 0"],
    );
    check(
        row(1, "a", "a", State::Stopped),
        &[
            "restarts 0",
            "last_exit ",
            "last_exit_code -1",
            "last_exit_signal ",
            "last_exit_time 0",
            "failure ",
        ],
    );
    check(
        row(1, "a", "a", State::Stopped),
        &[
            "attempt 0",
            "attempts 0",
            "next_retry_in -1.0",
            "uptime 0.0",
            "memory 0.0",
            "cpu 0.0",
            "processes 0",
        ],
    );
    check(
        row(1, "a", "a", State::Stopped),
        &["events_buffered 0", "events_dropped 0", "log_bytes_dropped 0.0"],
    );
}

#[test]
fn exits_are_told_in_words_and_in_parts() {
    check(
        ended(ExitStatus::Exited(0), true),
        &["last_exit exit status 0", "last_exit_code 0", "last_exit_signal ", "last_exit_time 1700000000"],
    );
    check(
        ended(ExitStatus::Exited(3), false),
        &["last_exit exit status 3, not expected", "last_exit_code 3", "last_exit_signal "],
    );
    check(
        ended(ExitStatus::Signaled { signal: 9, core_dumped: false }, false),
        &["last_exit killed by SIGKILL", "last_exit_code -1", "last_exit_signal SIGKILL"],
    );
    check(
        ended(ExitStatus::Signaled { signal: 15, core_dumped: false }, true),
        &["last_exit stopped by SIGTERM", "last_exit_code -1", "last_exit_signal SIGTERM"],
    );
    check(
        ended(ExitStatus::Signaled { signal: 40, core_dumped: true }, false),
        &["last_exit killed by signal 40 (core dumped)", "last_exit_signal signal 40"],
    );
    let again = ProcessStatus { spawns: 3, ..ended(ExitStatus::Exited(0), true) };
    check(again, &["restarts 2"]);
}

#[test]
fn attempts_tell_why_and_when_the_next_one_is() {
    let attempt = Attempt { number: 2, of: 4 };
    let cause =
        Cause::Ended { status: ExitStatus::Exited(3), lived: Duration::from_millis(123), startsecs: 1 };
    let failure = StartFailure { cause, attempt: Some(attempt), at: Now::default() };
    // An hour from now, so that a slow test sees most of it.
    let now = jiff::Timestamp::now().as_microsecond();
    let failed = |next: i64| ProcessStatus {
        last_failure: Some(Arc::new(failure.clone())),
        attempt: Some(attempt),
        next_start: Some(Now { wall: Wall(now + next * 1_000_000), ..Now::default() }),
        ..row(1, "a", "a", State::Backoff)
    };
    let why = "failure it exited with status 3 after 0.12 s, before startsecs (1 s)";
    check(failed(-5), &[why, "attempt 2", "attempts 4", "next_retry_in 0.0"]);
    let world = World::new(Setup { processes: vec![failed(3600)], ..Setup::default() });
    let details = world.rpc("provost.getProcessDetails", &["a".into()]).expect("the process is there");
    let Some(Value::Double(seconds)) = details.get("next_retry_in") else { panic!("{details:?}") };
    assert!((3500.0..=3600.0).contains(seconds), "{seconds}");
}

#[test]
fn what_processes_use_is_looked_up_for_all_at_once() {
    let own = i32::try_from(std::process::id()).expect("pids fit");
    let now = jiff::Timestamp::now().as_microsecond();
    let running = ProcessStatus {
        pid: Some(Pid(own)),
        started: Some(Wall(now - 10_000_000)),
        ..row(1, "a", "a", State::Running)
    };
    let world = World::new(Setup {
        processes: vec![running, exited(row(2, "b", "b", State::Exited), 0, 9)],
        ..Setup::default()
    });
    let all = world.rpc("provost.getAllProcessDetails", &[]).expect("no fault");
    let [a, b] = all.as_array().expect("an array") else { panic!("{all:?}") };
    let double = |row: &Value, key: &str| match row.get(key) {
        Some(Value::Double(number)) => *number,
        other => panic!("{key}: {other:?}"),
    };
    assert!(double(a, "memory") > 100_000.0 && double(a, "cpu") >= 0.0, "{a:?}");
    assert!(double(a, "uptime") >= 10.0, "{a:?}");
    assert!(a.get("processes").and_then(Value::as_int) >= Some(1), "{a:?}");
    assert_eq!((double(b, "memory"), double(b, "uptime")), (0.0, 0.0));
    assert_eq!(a.as_struct().map(<[_]>::len), Some(23));
}

#[test]
fn lost_output_is_counted_over_both_logs() {
    let world = World::new(Setup::default());
    world.ports.watches.channel(ProcessId(1), Channel::Stdout).show_lost(3_000_000_000);
    world.ports.watches.channel(ProcessId(1), Channel::Stderr).show_lost(5);
    world.ports.watches.channel(ProcessId(2), Channel::Stdout).show_lost(7);
    let details = world.rpc("provost.getProcessDetails", &["a".into()]).expect("the process is there");
    assert_eq!(details.get("log_bytes_dropped"), Some(&Value::Double(3_000_000_005.0)));
}

#[test]
fn names_are_checked_and_the_mood_is_not() {
    let world = World::new(Setup::default());
    world.publish(|snapshot| snapshot.mood = Mood::Shutdown);
    for name in ["nope", "g:*", "g", "g:three"] {
        let fault = world.rpc("provost.getProcessDetails", &[name.into()]).expect_err(name);
        assert_eq!(fault.to_string(), format!("BAD_NAME: {name}"));
    }
    assert!(world.rpc("provost.getProcessDetails", &["g:one".into()]).is_ok());
    assert!(world.rpc("provost.getProcessDetails", &[]).is_err());
}

/// What `provost.planUpdate` says of a file with these groups, as one line; the daemon has `a`, and `g` with `one`
/// and `two`.
#[track_caller]
fn check_plan(groups: Vec<provost_config::model::Group>, expect: &str) {
    let loader = move || Ok(Arc::new(config(groups.clone())));
    let world = World::new(Setup { loader: Arc::new(loader), ..Setup::default() });
    let plan = world.rpc("provost.planUpdate", &[]).expect("no fault");
    let texts = |value: Option<&Value>| {
        let items = value.and_then(Value::as_array).expect("an array");
        items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
    };
    let changed = plan.get("changed").and_then(Value::as_array).expect("an array");
    let changed: Vec<_> = changed
        .iter()
        .map(|change| {
            let group = change.get("group").and_then(Value::as_str).expect("a name");
            format!("{group}({})", texts(change.get("reasons")))
        })
        .collect();
    let (added, removed) = (texts(plan.get("added")), texts(plan.get("removed")));
    assert_eq!(format!("+{added} -{removed} ~{}", changed.join(",")), expect);
    assert!(world.calls.lock().expect("no test panics with the lock").is_empty(), "nothing is remembered");
}

#[test]
fn a_plan_names_groups_and_the_options_behind() {
    let one = || Process::with_defaults("one", "/bin/one");
    let two = || Process::with_defaults("two", "/bin/two");
    let a = || group("a", 1, vec![Process::with_defaults("a", "/bin/a")]);
    check_plan(vec![a(), group("g", 2, vec![two(), one()])], "+ - ~");
    check_plan(vec![], "+ -a,g ~");
    check_plan(vec![a(), group("g", 2, vec![two(), one()]), group("n", 3, vec![one()])], "+n - ~");
    let changed = Process { startsecs: 7, command: "/bin/else".into(), ..two() };
    check_plan(vec![a(), group("g", 3, vec![changed, one()])], "+ - ~g(command,priority,startsecs)");
    check_plan(vec![group("g", 2, vec![two()])], "+ -a ~g(programs)");
}

#[test]
fn a_plan_of_a_broken_file_is_a_fault() {
    let broken = World::new(Setup { loader: Arc::new(|| Err("line 3 is odd".into())), ..Setup::default() });
    let fault = broken.rpc("provost.planUpdate", &[]).expect_err("the file is broken");
    assert_eq!((fault.code, fault.to_string()), (92, "CANT_REREAD: line 3 is odd".to_owned()));
}

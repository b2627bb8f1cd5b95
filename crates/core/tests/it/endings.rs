//! How the daemon ends or starts over: order, reports, and that nothing can hold it up.

use std::sync::Arc;

use provost_config::model::ShutdownMode;
use provost_core::call::Call;
use provost_core::shutdown::Ending;
use provost_core::supervisor::DaemonSignal;

use crate::calm::{Calm, check, code, eager, idle};
use crate::world::Script;
use crate::world::config::{config, group, pool};

const TERM: DaemonSignal = DaemonSignal::Exit(15);

/// Stop signals since the last time, by process.
fn told(calm: &mut Calm) -> Vec<String> {
    let signals = calm.deeds_of("signal 15 to ");
    signals.iter().map(|deed| deed.split(' ').nth(3).expect("a name").to_owned()).collect()
}

fn two_groups() -> Calm {
    let member = |name: &str, priority| eager(name, |recipe| recipe.priority = priority);
    Calm::with(
        Script::with_stubborn(&["a", "b", "c", "d", "e"]),
        vec![
            group("one", 1, vec![member("a", 5), member("b", 1)]),
            group("two", 9, vec![member("c", 1), member("d", 5), member("e", 1)]),
        ],
    )
}

#[test]
fn groups_stop_one_after_another_highest_priority_number_first() {
    let mut calm = two_groups();
    calm.signaled(TERM);
    check(&told(&mut calm), &["two:d", "two:e", "two:c"]);
    for name in ["two:c", "two:d"] {
        calm.die(name, code(0));
        check(&told(&mut calm), &[]);
    }
    calm.die("two:e", code(0));
    check(&told(&mut calm), &["one:a", "one:b"]);
    calm.die("one:b", code(0));
    assert_eq!(calm.world.ended, None);
    calm.die("one:a", code(0));
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

/// Who is told together by a daemon with that mode, in the order in which they are told.
#[track_caller]
fn check_turns(mode: ShutdownMode, expect: &[&[&str]]) {
    let one = |name: &str, priority| group(name, priority, vec![eager(name, |_| {})]);
    let ear = |name: &str, priority| pool(name, priority, vec![eager(name, |_| {})]);
    let pair = group("pair", 5, vec![eager("first", |_| {}), eager("second", |recipe| recipe.priority = 1)]);
    let groups = vec![ear("ear", -1), one("a", 5), pair, ear("spy", 5), one("b", 5), one("c", 9)];
    let mut config = config(groups);
    config.supervisord.shutdown_mode = mode;
    let everybody = ["a", "b", "c", "first", "second", "ear", "spy"];
    let mut calm = Calm::configured(Script::with_stubborn(&everybody), config);
    calm.signaled(TERM);
    for turn in expect {
        let together = told(&mut calm);
        check(&together, turn);
        for name in together {
            assert_eq!(calm.world.ended, None);
            calm.die(&name, code(0));
        }
    }
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

#[test]
fn groups_of_one_priority_stop_together_and_listeners_after_them() {
    let together: &[&str] = &["b", "pair:first", "pair:second", "a"];
    check_turns(ShutdownMode::Priority, &[&["c"], together, &["spy"], &["ear"]]);
}

#[test]
fn a_serial_shutdown_stops_one_group_after_the_other() {
    let pair: &[&str] = &["pair:first", "pair:second"];
    check_turns(ShutdownMode::Serial, &[&["c"], &["b"], &["spy"], pair, &["a"], &["ear"]]);
}

#[test]
fn a_parallel_shutdown_stops_all_programs_and_then_all_listeners() {
    check_turns(ShutdownMode::Parallel, &[&["c", "b", "pair:first", "pair:second", "a"], &["spy", "ear"]]);
}

#[test]
fn groups_of_one_priority_are_told_against_the_order_of_their_addition() {
    let groups = ["x", "y", "z"].map(|name| group(name, 5, vec![eager(name, |_| {})]));
    let mut calm = Calm::new(groups.to_vec());
    calm.signaled(TERM);
    check(&told(&mut calm), &["z", "y", "x"]);
}

#[test]
fn what_is_left_is_said_at_once_and_then_every_three_seconds() {
    let mut calm = two_groups();
    calm.everything();
    calm.signaled(TERM);
    let lines = calm.lines();
    check(&lines[..1], &["WARN received SIGTERM indicating exit request"]);
    let states = [
        "a state: RUNNING",
        "b state: RUNNING",
        "c state: STOPPING",
        "d state: STOPPING",
        "e state: STOPPING",
    ];
    let report: Vec<_> =
        lines.iter().filter(|line| line.contains("to die") || line.starts_with("BLAT")).collect();
    assert_eq!(report[0], "INFO waiting for a, b, c, d, e to die");
    for (line, state) in report[1..].iter().zip(states) {
        assert_eq!(**line, format!("BLAT {}", state.replace("RUNNING", "STARTING")));
    }
    assert_eq!(report.len(), 6);
    calm.die("two:c", code(0));
    calm.die("two:e", code(0));
    calm.pass(2.999);
    let reports = |calm: &mut Calm| {
        let mut lines = calm.lines();
        lines.retain(|line| line.contains("to die"));
        lines
    };
    check(&reports(&mut calm), &[]);
    calm.pass(0.001);
    check(&reports(&mut calm), &["INFO waiting for a, b, d to die"]);
    calm.die("two:d", code(0));
    check(&reports(&mut calm), &[]);
    calm.pass(3.0);
    check(&reports(&mut calm), &["INFO waiting for a, b to die"]);
}

#[test]
fn the_end_is_announced_once_before_any_child_is_told() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(2.0);
    calm.everything();
    calm.signaled(TERM);
    check(
        &calm.everything(),
        &[
            "WARN received SIGTERM indicating exit request",
            "supervisor stopping",
            "DEBG killing p (pid 100) with signal SIGTERM",
            "signal 15 to p 100",
            "p RUNNING to STOPPING pid:100",
            "INFO waiting for p to die",
            "BLAT p state: STOPPING",
            "drain p 1",
            "p STOPPING to STOPPED pid:100",
            "WARN stopped: p (terminated by SIGTERM)",
            "end: Exit",
        ],
    );
}

#[test]
fn a_daemon_with_nothing_to_stop_ends_at_once() {
    let mut calm = Calm::of(idle("p", |_| {}));
    calm.signaled(DaemonSignal::Exit(2));
    check(
        &calm.everything(),
        &["WARN received SIGINT indicating exit request", "supervisor stopping", "end: Exit"],
    );
    assert_eq!(calm.due(), None);
}

#[test]
fn the_end_is_told_once() {
    let mut calm = Calm::of(idle("p", |_| {}));
    calm.signaled(TERM);
    calm.everything();
    calm.signaled(TERM);
    check(&calm.everything(), &["WARN received SIGTERM indicating exit request"]);
}

#[test]
fn a_call_for_the_end_is_answered_first_and_logs_nothing_of_its_own() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.everything();
    assert_eq!(calm.ask(Call::Shutdown), "done");
    check(&calm.everything()[..2], &["reply 1: done", "supervisor stopping"]);
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

#[test]
fn what_backs_off_goes_straight_to_fatal_without_a_line() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.die("p", code(1));
    calm.everything();
    calm.signaled(TERM);
    check(&calm.everything()[1..], &["supervisor stopping", "p BACKOFF to FATAL", "end: Exit"]);
}

#[test]
fn groups_whose_turn_has_not_come_live_on_but_nothing_is_started_again() {
    let groups = vec![
        group(
            "first",
            1,
            vec![eager("backoff", |_| {}), eager("dies", |_| {}), eager("floor", |r| r.startsecs = 0)],
        ),
        group("last", 9, vec![eager("slow", |_| {})]),
    ];
    let mut calm = Calm::with(Script::with_stubborn(&["slow"]), groups);
    calm.die("first:backoff", code(0));
    calm.die("first:floor", code(1));
    calm.signaled(TERM);
    calm.everything();
    calm.pass(5.0);
    check(&calm.events(), &["first:dies STARTING to RUNNING pid:101"]);
    calm.die("first:dies", code(1));
    check(&calm.events(), &["first:dies RUNNING to EXITED expected:0 pid:101"]);
    check(&calm.deeds_of("spawn"), &[]);
    calm.die("last:slow", code(0));
    check(&calm.events(), &["last:slow STOPPING to STOPPED pid:103", "first:backoff BACKOFF to FATAL"]);
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

#[test]
fn a_start_whose_logs_are_not_open_yet_makes_no_child_any_more() {
    let groups =
        vec![group("first", 1, vec![idle("p", |_| {})]), group("last", 9, vec![eager("slow", |_| {})])];
    let mut calm = Calm::with(Script::with_stubborn(&["slow"]), groups);
    calm.script().logs_are_silent = true;
    let start = calm.start("first:p");
    calm.signaled(TERM);
    calm.everything();
    calm.pass(0.25);
    check(
        &calm.everything(),
        &[
            "release first:p",
            "first:p STARTING to STOPPING pid:0",
            "first:p STOPPING to STOPPED pid:0",
            "reply 1: ABNORMAL_TERMINATION: first:p",
        ],
    );
    assert_eq!(calm.answer(start), "ABNORMAL_TERMINATION: first:p");
}

#[test]
fn what_does_not_end_is_killed_after_its_grace() {
    let mut calm =
        Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |recipe| recipe.stopwaitsecs = 7));
    calm.signaled(TERM);
    calm.pass(6.999);
    assert_eq!(calm.world.ended, None);
    calm.pass(0.001);
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

#[test]
fn what_sigkill_does_not_end_is_left_behind() {
    let script = Script { unkillable: ["p".to_owned()].into(), ..Script::default() };
    let groups = vec![
        group("a", 1, vec![eager("q", |_| {})]),
        group("p", 2, vec![eager("p", |recipe| recipe.stopwaitsecs = 5)]),
    ];
    let mut calm = Calm::with(script, groups);
    calm.pass(2.0);
    calm.signaled(TERM);
    calm.pass(19.999);
    assert_eq!(calm.deeds_of("signal 9").len(), 3);
    assert_eq!(calm.world.ended, None);
    calm.everything();
    calm.pass(0.001);
    let said = calm.everything();
    check(
        &said[..2],
        &["CRIT p (101) does not end on SIGKILL; the shutdown goes on without it", "p STOPPING to UNKNOWN"],
    );
    assert_eq!((calm.state("p"), calm.state("a:q")), ("UNKNOWN", "STOPPED"));
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

#[test]
fn a_child_that_was_left_behind_can_still_be_reaped() {
    let mut script = Script::with_stubborn(&["q"]);
    script.unkillable.insert("p".into());
    let groups = vec![
        group("q", 1, vec![eager("q", |recipe| recipe.stopwaitsecs = 60)]),
        group("p", 2, vec![eager("p", |recipe| recipe.stopwaitsecs = 1)]),
    ];
    let mut calm = Calm::with(script, groups);
    calm.signaled(TERM);
    calm.pass(5.0);
    assert_eq!(calm.state("p"), "UNKNOWN");
    calm.everything();
    calm.die("p", code(0));
    check(&calm.events(), &["p UNKNOWN to STOPPED pid:101"]);
    let row = calm.row("p");
    assert_eq!(
        (row.last_exit.map(|exit| exit.status), row.stopped.is_some(), row.pid),
        (Some(code(0)), true, None)
    );
}

#[test]
fn hup_reads_first_and_starts_over_when_all_has_stopped() {
    let mut calm = Calm::of(eager("p", |_| {}));
    let fresh = Arc::new(config(Vec::new()));
    calm.script().loads.push_back(Ok(Arc::clone(&fresh)));
    calm.everything();
    calm.signaled(DaemonSignal::Restart);
    let said = calm.everything();
    check(&said[..3], &["WARN received SIGHUP indicating restart request", "load", "supervisor stopping"]);
    assert_eq!(said.last().expect("it ends"), "end: Restart");
    let next = calm.world.core.take_next_config().expect("it is kept for the start");
    assert!(Arc::ptr_eq(&next, &fresh));
}

#[test]
fn hup_with_a_configuration_that_cannot_be_used_changes_nothing() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(2.0);
    calm.script().loads.push_back(Err("no section".into()));
    calm.everything();
    calm.signaled(DaemonSignal::Restart);
    check(
        &calm.everything(),
        &[
            "WARN received SIGHUP indicating restart request",
            "load",
            "CRIT the configuration was not loaded, nothing changes: no section",
        ],
    );
    assert_eq!((calm.state("p"), calm.due()), ("RUNNING", None));
    calm.stop("p");
    let start = calm.start("p");
    calm.pass(1.0);
    assert_eq!(calm.answer(start), "done", "calls are served as before");
}

#[test]
fn term_during_a_restart_makes_it_an_exit() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    assert_eq!(calm.ask(Call::Restart(Arc::new(config(Vec::new())))), "done");
    calm.everything();
    calm.signaled(TERM);
    check(&calm.everything(), &["WARN received SIGTERM indicating exit request"]);
    calm.die("p", code(0));
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

#[test]
fn term_while_the_configuration_is_read_wins() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    calm.signaled(DaemonSignal::Restart);
    calm.signaled(TERM);
    calm.world.input(provost_core::supervisor::Input::Loaded(Ok(Arc::new(config(Vec::new())))));
    calm.die("p", code(0));
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

#[test]
fn hup_during_a_restart_reads_again() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    calm.call(Call::Restart(Arc::new(config(Vec::new()))));
    let newer = Arc::new(config(vec![group("n", 1, Vec::new())]));
    calm.script().loads.push_back(Ok(Arc::clone(&newer)));
    calm.signaled(DaemonSignal::Restart);
    calm.die("p", code(0));
    assert_eq!(calm.world.ended, Some(Ending::Restart));
    assert!(Arc::ptr_eq(&calm.world.core.take_next_config().expect("one was read"), &newer));
}

#[test]
fn hup_during_a_shutdown_is_ignored() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    calm.signaled(TERM);
    calm.everything();
    calm.signaled(DaemonSignal::Restart);
    check(&calm.everything(), &["WARN ignored SIGHUP indicating restart request (shutdown in progress)"]);
}

#[test]
fn usr2_reopens_the_logs_in_any_mood() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    for shutdown in [false, true] {
        if shutdown {
            calm.signaled(TERM);
        }
        calm.everything();
        calm.signaled(DaemonSignal::Reopen);
        check(&calm.everything(), &["INFO received SIGUSR2 indicating log reopen request", "reopen"]);
    }
}

#[test]
fn a_stop_that_is_under_way_when_the_shutdown_comes_is_not_repeated() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    let stop = calm.stop("p");
    calm.pass(5.0);
    calm.everything();
    calm.signaled(TERM);
    check(&calm.deeds_of("signal"), &[]);
    calm.pass(5.0);
    check(&calm.deeds_of("signal"), &["signal 9 to p 100"]);
    assert_eq!((calm.answer(stop), calm.world.ended), ("done".into(), Some(Ending::Exit)));
}

#[test]
fn an_exit_whose_output_is_being_stored_ends_as_stopped() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(5.0);
    calm.script().logs_are_silent = true;
    calm.die("p", code(1));
    calm.everything();
    calm.signaled(TERM);
    calm.pass(1.0);
    check(
        &calm.events(),
        &["supervisor stopping", "p RUNNING to STOPPING pid:100", "p STOPPING to STOPPED pid:100"],
    );
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

/// A program and a pool of one listener that is READY.
fn program_and_listener() -> Calm {
    let pool = pool("pool", -1, vec![eager("ear", |_| {})]);
    let mut calm = Calm::new(vec![pool, group("p", 999, vec![eager("p", |_| {})])]);
    calm.pass(2.0);
    calm
}

#[test]
fn a_pool_hears_of_the_last_end_before_it_is_stopped() {
    let mut calm = program_and_listener();
    calm.hear("pool:ear", b"READY\n");
    while !calm.deeds_of("deliver ").is_empty() {
        calm.hear("pool:ear", b"RESULT 2\nOKREADY\n");
    }
    calm.signaled(TERM);
    check(&told(&mut calm), &["p"]);
    for _ in 0..2 {
        assert_eq!(calm.world.ended, None, "STOPPING and STOPPED are still to be taken");
        calm.hear("pool:ear", b"RESULT 2\nOKREADY\n");
    }
    check(&told(&mut calm), &["pool:ear"]);
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

#[test]
fn a_pool_that_does_not_answer_is_stopped_after_a_second() {
    let mut calm = program_and_listener();
    calm.hear("pool:ear", b"READY\n");
    calm.signaled(TERM);
    check(&told(&mut calm), &["p"]);
    calm.pass(0.999);
    check(&told(&mut calm), &[]);
    calm.pass(0.001);
    check(&told(&mut calm), &["pool:ear"]);
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

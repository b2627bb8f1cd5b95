//! What a start answers: the order of its checks, and what it waits for.

use provost_core::call::Fault;
use provost_core::supervisor::Input;

use crate::calm::{Calm, code, eager, idle};
use crate::world::Script;

#[test]
fn the_command_is_looked_up_before_the_state_is_looked_at() {
    for fault in
        [Fault::NoFile("can't find command '/x'".into()), Fault::NotExecutable("command is empty".into())]
    {
        let mut calm = Calm::of(eager("p", |_| {}));
        calm.pass(2.0);
        assert_eq!(calm.state("p"), "RUNNING");
        calm.script().probe_faults.insert("p".into(), fault.clone());
        for wait in [true, false] {
            let call = if wait { calm.start("p") } else { calm.start_without_waiting("p") };
            assert_eq!(calm.world.replies[&call], Err(fault.clone()));
        }
    }
}

#[track_caller]
fn check_start(calm: &mut Calm, expect: &str) {
    for wait in [true, false] {
        let call = if wait { calm.start("p") } else { calm.start_without_waiting("p") };
        assert_eq!(calm.answer(call), expect, "wait={wait}");
    }
}

#[test]
fn a_start_of_what_is_starting_running_or_backing_off_is_refused() {
    let mut calm = Calm::of(eager("p", |_| {}));
    assert_eq!(calm.state("p"), "STARTING");
    check_start(&mut calm, "ALREADY_STARTED: p");
    calm.pass(1.0);
    assert_eq!(calm.state("p"), "RUNNING");
    check_start(&mut calm, "ALREADY_STARTED: p");
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.die("p", code(0));
    assert_eq!(calm.state("p"), "BACKOFF");
    check_start(&mut calm, "ALREADY_STARTED: p");
}

#[test]
fn a_start_while_stopping_is_an_abnormal_termination_whether_it_waits_or_not() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    calm.stop_without_waiting("p");
    assert_eq!(calm.state("p"), "STOPPING");
    check_start(&mut calm, "ABNORMAL_TERMINATION: p");
    let bulk = calm.start("p:*");
    assert_eq!(calm.answer(bulk), "p:p ABNORMAL_TERMINATION: p");
}

#[test]
fn a_start_that_waits_answers_when_the_process_runs() {
    let mut calm = Calm::of(idle("p", |recipe| recipe.startsecs = 3));
    let call = calm.start("p");
    calm.pass(2.999);
    assert_eq!(calm.answer(call), "nothing yet");
    calm.pass(0.001);
    assert_eq!(calm.answer(call), "done");
    assert_eq!(calm.state("p"), "RUNNING");
}

#[test]
fn a_start_whose_command_was_looked_up_twice_is_one_start() {
    let mut calm = Calm::of(idle("p", |_| {}));
    let call = calm.start("p");
    let process = calm.id("p");
    calm.world.input(Input::Probed { call, process, result: Ok(()) });
    assert_eq!(calm.answer(call), "nothing yet", "it is not its own rival");
    calm.stop("p");
    assert_eq!(calm.answer(call), "ABNORMAL_TERMINATION: p");
    calm.world.input(Input::Probed { call, process, result: Ok(()) });
    assert_eq!(calm.state("p"), "STOPPED", "who was answered starts nothing any more");
}

#[test]
fn a_start_that_does_not_wait_answers_when_the_child_exists() {
    let mut calm = Calm::scripted(Script::having(|script| script.spawns_wait = true), idle("p", |_| {}));
    let call = calm.start_without_waiting("p");
    assert_eq!(calm.answer(call), "nothing yet");
    let process = calm.id("p");
    let pid = calm.world.born(process);
    calm.world.input(Input::Spawned { process, pid });
    assert_eq!(calm.answer(call), "done");
    assert_eq!(calm.state("p"), "STARTING");
}

#[test]
fn with_startsecs_of_zero_a_start_is_answered_at_once() {
    for startsecs in [0, -1] {
        let mut calm = Calm::of(idle("p", |recipe| recipe.startsecs = startsecs));
        let call = calm.start("p");
        assert_eq!(calm.answer(call), "done");
        assert_eq!(calm.state("p"), "RUNNING");
    }
}

#[test]
fn a_start_that_fails_is_a_spawn_error_after_the_first_try_and_goes_on_by_itself() {
    for wait in [true, false] {
        for logs in [true, false] {
            let script = Script::having(|script| {
                let failures = if logs { &mut script.log_errors } else { &mut script.spawn_failures };
                failures.push_back("EMFILE".into());
            });
            let mut calm = Calm::scripted(script, idle("p", |_| {}));
            let call = if wait { calm.start("p") } else { calm.start_without_waiting("p") };
            assert_eq!(calm.answer(call), "SPAWN_ERROR: p");
            assert_eq!((calm.state("p"), &*calm.row("p").spawn_error), ("BACKOFF", "EMFILE"));
            calm.pass(2.0);
            assert_eq!(calm.state("p"), "RUNNING");
        }
    }
}

#[test]
fn a_start_whose_child_ends_too_quickly_is_a_spawn_error() {
    let mut calm = Calm::of(idle("p", |_| {}));
    let call = calm.start("p");
    calm.pass(0.5);
    calm.die("p", code(0));
    assert_eq!(calm.answer(call), "SPAWN_ERROR: p");
}

#[test]
fn a_start_that_somebody_stops_is_an_abnormal_termination() {
    let mut calm = Calm::of(idle("p", |_| {}));
    let start = calm.start("p");
    let stop = calm.stop("p");
    assert_eq!((calm.answer(start), calm.answer(stop)), ("ABNORMAL_TERMINATION: p".into(), "done".into()));
}

#[test]
fn a_start_of_what_waits_for_its_restart_does_not_wait_for_the_floor() {
    let mut calm = Calm::of(eager("p", |recipe| recipe.startsecs = 0));
    calm.pass(0.5);
    calm.die("p", code(1));
    let call = calm.start("p");
    assert_eq!((calm.answer(call), calm.state("p")), ("done".into(), "RUNNING"));
}

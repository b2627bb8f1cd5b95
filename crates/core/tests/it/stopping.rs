//! What a stop answers in every phase, and what is said while it is waited for.

use provost_core::status::Pid;
use provost_core::supervisor::{Input, SignalError};

use crate::calm::{Calm, check, code, eager, idle};
use crate::world::Script;

#[test]
fn a_stop_that_waits_answers_when_the_process_has_stopped_and_not_before() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    let call = calm.stop("p");
    calm.pass(4.0);
    assert_eq!(calm.answer(call), "nothing yet");
    calm.die("p", code(0));
    assert_eq!(calm.answer(call), "done");
}

#[test]
fn a_stop_waits_for_the_output_of_the_dead_child_but_not_for_long() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    let call = calm.stop("p");
    calm.script().logs_are_silent = true;
    calm.die("p", code(0));
    assert_eq!((calm.answer(call), calm.state("p")), ("nothing yet".into(), "STOPPING"));
    calm.pass(1.0);
    assert_eq!((calm.answer(call), calm.state("p")), ("done".into(), "STOPPED"));
}

#[test]
fn a_stop_that_does_not_wait_answers_when_the_signal_is_sent() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    for (given, expect) in [("p", "done"), ("p:*", ""), ("p", "NOT_RUNNING: p")] {
        let call = calm.stop_without_waiting(given);
        assert_eq!(calm.answer(call), expect);
    }
    assert_eq!(calm.state("p"), "STOPPING");
}

#[test]
fn a_stop_that_waits_joins_one_that_is_under_way() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    calm.stop_without_waiting("p");
    let calls = [calm.stop("p"), calm.stop("p:*"), calm.stop("all")];
    check(&calm.deeds_of("signal"), &["signal 15 to p 100"]);
    calm.die("p", code(0));
    assert_eq!(calls.map(|call| calm.answer(call)), ["done", "p:p OK", "p:p OK"]);
}

#[test]
fn a_stop_of_what_is_stopped_is_refused() {
    let mut calm = Calm::of(idle("p", |recipe| recipe.startretries = 0));
    let refused = |calm: &mut Calm, state: &str| {
        assert_eq!(calm.state("p"), state);
        for call in [calm.stop("p"), calm.stop_without_waiting("p")] {
            assert_eq!(calm.answer(call), "NOT_RUNNING: p", "{state}");
        }
    };
    refused(&mut calm, "STOPPED");
    calm.start("p");
    calm.die("p", code(0));
    refused(&mut calm, "FATAL");
    calm.start("p");
    calm.pass(1.0);
    calm.die("p", code(0));
    refused(&mut calm, "EXITED");
}

#[test]
fn a_stop_in_backoff_answers_at_once() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.die("p", code(1));
    let call = calm.stop("p");
    assert_eq!((calm.answer(call), calm.state("p")), ("done".into(), "STOPPED"));
    calm.pass(100.0);
    assert_eq!(calm.state("p"), "STOPPED", "no retry follows");
}

#[test]
fn a_stop_while_the_logs_are_being_opened_calls_the_start_off() {
    let script = Script::having(|script| script.logs_are_silent = true);
    let mut calm = Calm::scripted(script, idle("p", |_| {}));
    let start = calm.start("p");
    let stop = calm.stop("p");
    assert_eq!((calm.answer(start), calm.answer(stop)), ("ABNORMAL_TERMINATION: p".into(), "done".into()));
    check(&calm.deeds_of("release"), &["release p"]);
    check(
        &calm.events(),
        &["p STOPPED to STARTING tries:0", "p STARTING to STOPPING pid:0", "p STOPPING to STOPPED pid:0"],
    );
    let process = calm.id("p");
    calm.world.input(Input::Prepared { process, launch: 1, result: Ok(()) });
    check(&calm.deeds_of("spawn"), &[]);
    assert_eq!(calm.state("p"), "STOPPED", "the answer came too late");
}

#[test]
fn a_stop_while_the_child_is_being_made_reaches_it_as_soon_as_it_exists() {
    let mut calm = Calm::scripted(Script::having(|script| script.spawns_wait = true), idle("p", |_| {}));
    let start = calm.start("p");
    let stop = calm.stop("p");
    assert_eq!(
        (calm.answer(start), calm.answer(stop)),
        ("ABNORMAL_TERMINATION: p".into(), "nothing yet".into())
    );
    check(&calm.deeds_of("signal"), &[]);
    let process = calm.id("p");
    let pid = calm.world.born(process);
    calm.world.input(Input::Spawned { process, pid });
    check(&calm.deeds_of("signal"), &["signal 15 to p 100"]);
    assert_eq!((calm.answer(stop), calm.state("p")), ("done".into(), "STOPPED"));
}

#[test]
fn a_stop_while_a_child_that_cannot_be_made_is_being_made_succeeds() {
    let mut calm = Calm::scripted(Script::having(|script| script.spawns_wait = true), idle("p", |_| {}));
    calm.start("p");
    let stop = calm.stop("p");
    let process = calm.id("p");
    calm.world.input(Input::SpawnFailed { process, cause: "EAGAIN".into() });
    assert_eq!((calm.answer(stop), calm.state("p")), ("done".into(), "STOPPED"));
    assert_eq!(&*calm.row("p").spawn_error, "EAGAIN");
    check(&calm.deeds_of("release"), &["release p"]);
}

#[test]
fn a_stop_after_the_death_and_before_its_announcement_beats_the_restart() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(2.0);
    calm.script().logs_are_silent = true;
    calm.die("p", code(7));
    assert_eq!(calm.state("p"), "RUNNING", "the exit is announced after the output that led to it");
    calm.everything();
    let call = calm.stop("p");
    check(&calm.events(), &["p RUNNING to STOPPING pid:100"]);
    let process = calm.id("p");
    calm.world.input(Input::Drained { process, launch: 1 });
    assert_eq!((calm.answer(call), calm.state("p")), ("done".into(), "STOPPED"));
    check(&calm.deeds_of("signal"), &[]);
}

#[test]
fn a_stop_of_what_waits_for_its_restart_prevents_it() {
    for wait in [true, false] {
        let mut calm = Calm::of(eager("p", |recipe| recipe.startsecs = 0));
        calm.pass(0.5);
        calm.die("p", code(1));
        assert_eq!((calm.state("p"), calm.due()), ("EXITED", Some(1.0)));
        let call = if wait { calm.stop("p") } else { calm.stop_without_waiting("p") };
        assert_eq!((calm.answer(call), calm.state("p"), calm.due()), ("done".into(), "STOPPED", None));
    }
}

#[test]
fn waiting_for_a_stop_is_said_at_once_and_every_two_seconds_however_many_wait() {
    let mut calm =
        Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |recipe| recipe.stopwaitsecs = 60));
    calm.stop_without_waiting("p");
    calm.pass(10.0);
    let said =
        |calm: &mut Calm| calm.lines().iter().filter(|line| *line == "INFO waiting for p to stop").count();
    assert_eq!(said(&mut calm), 0, "nobody waits");
    calm.stop("p");
    calm.stop("p:*");
    assert_eq!(said(&mut calm), 1);
    for seconds in [1.999, 2.0, 2.0, 2.0] {
        calm.pass(seconds);
        calm.stop("p");
        assert_eq!(said(&mut calm), usize::from(seconds == 2.0));
    }
    calm.die("p", code(0));
    calm.everything();
    assert_eq!((calm.due(), said(&mut calm)), (None, 0));
}

#[test]
fn a_stop_that_the_system_refuses_fails_with_the_text_of_the_line() {
    let error = || SignalError::Refused("[Errno 1] Operation not permitted".into());
    let mut calm =
        Calm::scripted(Script::having(|script| script.signal_errors.push_back(error())), eager("p", |_| {}));
    let call = calm.stop("p");
    let text = "unknown problem killing p (100):[Errno 1] Operation not permitted";
    assert_eq!(calm.answer(call), format!("FAILED: {text}"));
    assert!(calm.lines().contains(&format!("CRIT {text}")));
    assert_eq!(calm.state("p"), "STOPPING", "the child is not lost sight of");
    calm.pass(10.0);
    assert_eq!(calm.state("p"), "STOPPED", "SIGKILL still follows");
}

#[test]
fn a_refused_stop_fails_all_calls_that_wait_for_it_and_no_other() {
    let mut calm = Calm::scripted(Script::having(|script| script.signals_wait = true), eager("p", |_| {}));
    let signal = calm.signal("p", Some(1));
    let stops = [calm.stop("p"), calm.stop("p:*")];
    let process = calm.id("p");
    let sent = |result, call| Input::SignalSent { process, pid: Pid(100), result, call };
    calm.world.input(sent(Err(SignalError::Refused("no".into())), None));
    let failed = "FAILED: unknown problem killing p (100):no";
    assert_eq!(stops.map(|call| calm.answer(call)), [failed.to_owned(), format!("p:p {failed}")]);
    assert_eq!(calm.answer(signal), "nothing yet");
    calm.world.input(sent(Ok(()), Some(signal)));
    assert_eq!(calm.answer(signal), "done");
}

#[test]
fn what_came_of_the_signal_to_an_earlier_child_is_no_answer() {
    for late in [Ok(()), Err(SignalError::Gone("gone".into())), Err(SignalError::Refused("no".into()))] {
        let mut calm =
            Calm::scripted(Script::having(|script| script.signals_wait = true), eager("p", |_| {}));
        calm.stop("p");
        calm.die("p", code(0));
        calm.start_without_waiting("p");
        let stops = [calm.stop_without_waiting("p"), calm.stop("p")];
        let process = calm.id("p");
        calm.lines();
        calm.world.input(Input::SignalSent { process, pid: Pid(100), result: late, call: None });
        assert_eq!(stops.map(|call| calm.answer(call)), ["nothing yet"; 2]);
        check(&calm.lines(), &[]);
        calm.die("p", code(0));
        assert_eq!(stops.map(|call| calm.answer(call)), ["done"; 2]);
    }
}

#[test]
fn a_stop_that_does_not_wait_fails_if_its_signal_is_refused() {
    for (error, expect) in [
        (SignalError::Refused("no".into()), "FAILED: unknown problem killing p (100):no"),
        (SignalError::Gone("gone".into()), "done"),
    ] {
        let failing = Script::having(|script| script.signal_errors.push_back(error));
        let mut calm = Calm::scripted(failing, eager("p", |_| {}));
        let call = calm.stop_without_waiting("p");
        assert_eq!(calm.answer(call), expect);
    }
}

#[test]
fn a_child_that_is_gone_before_the_stop_signal_is_waited_for() {
    let gone = SignalError::Gone("[Errno 3] No such process".into());
    let mut calm =
        Calm::scripted(Script::having(|script| script.signal_errors.push_back(gone)), eager("p", |_| {}));
    let call = calm.stop("p");
    assert_eq!(calm.answer(call), "nothing yet");
    let line =
        "DEBG unable to signal p (pid 100), it probably just exited on its own: [Errno 3] No such process";
    assert!(calm.lines().contains(&line.to_owned()));
    calm.die("p", code(0));
    assert_eq!(calm.answer(call), "done");
}

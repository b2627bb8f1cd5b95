//! What each call answers, when, and in which order it goes about it.

use provost_core::call::{Call, Fault};
use provost_core::supervisor::{DaemonSignal, Input, SignalError};

use crate::calm::{Calm, check, code, eager, idle};
use crate::world::Script;
use crate::world::config::group;

/// Two groups of one priority and one before them, whose processes have priorities against their order.
fn crowd() -> Calm {
    let member = |name: &str, priority| idle(name, |recipe| recipe.priority = priority);
    Calm::new(vec![
        group("first", 1, vec![member("z", 20), member("y", 10), member("x", 20)]),
        group("second", 5, vec![member("b", 999), member("a", 1)]),
        group("third", 5, vec![member("third", 0)]),
    ])
}

fn script(change: impl FnOnce(&mut Script)) -> Script {
    let mut script = Script::default();
    change(&mut script);
    script
}

#[test]
fn bulk_calls_go_by_group_priority_then_addition_then_process_priority_then_configuration() {
    let mut calm = crowd();
    calm.start("all");
    let order = ["first:y", "first:z", "first:x", "second:a", "second:b", "third"];
    check(
        &calm.deeds_of("prepare"),
        &order.map(|name| format!("prepare {name} 1")).each_ref().map(String::as_str),
    );
    calm.pass(2.0);
    calm.stop("all");
    let deeds: Vec<_> =
        calm.deeds_of("signal 15").iter().map(|deed| deed.split(' ').nth(3).map(str::to_owned)).collect();
    assert_eq!(deeds, order.map(|name| Some(name.to_owned())), "stopping goes the same way as starting");
}

#[test]
fn a_group_call_goes_by_process_priority_and_leaves_other_groups_alone() {
    let mut calm = crowd();
    calm.start("first:*");
    check(&calm.deeds_of("prepare"), &["prepare first:y 1", "prepare first:z 1", "prepare first:x 1"]);
}

#[test]
fn entries_of_a_bulk_answer_come_in_order_of_completion() {
    let slow = eager("slow", |recipe| recipe.startsecs = 5);
    let mut quick = idle("quick", |recipe| recipe.startsecs = 0);
    quick.priority = 1000;
    let mut calm = Calm::new(vec![group("g", 1, vec![slow, quick])]);
    calm.stop("g:slow");
    let call = calm.start("all");
    assert_eq!(calm.answer(call), "nothing yet");
    calm.pass(5.0);
    assert_eq!(calm.answer(call), "g:quick OK, g:slow OK");
}

#[test]
fn what_is_faulty_at_once_comes_before_what_has_to_be_waited_for() {
    let fault = Fault::NoFile("can't find command '/no'".into());
    let script = script(|script| drop(script.probe_faults.insert("z".into(), fault)));
    let members = vec![idle("a", |_| {}), idle("z", |recipe| recipe.priority = 1000)];
    let mut calm = Calm::with(script, vec![group("g", 1, members)]);
    let call = calm.start("g:*");
    calm.pass(1.0);
    assert_eq!(calm.answer(call), "g:z NO_FILE: can't find command '/no', g:a OK");
}

#[test]
fn a_bulk_call_has_no_entry_for_what_has_nothing_to_do() {
    let mut calm = Calm::new(vec![group("g", 1, vec![eager("up", |_| {}), idle("down", |_| {})])]);
    calm.pass(2.0);
    let signalled = calm.signal("g:*", Some(1));
    assert_eq!(calm.answer(signalled), "g:up OK");
    let stopped = calm.stop("g:*");
    assert_eq!(calm.answer(stopped), "g:up OK");
    for call in [calm.stop("all"), calm.stop_without_waiting("g:*"), calm.signal("all", Some(1))] {
        assert_eq!(calm.answer(call), "", "an empty array");
    }
    let started = calm.start("all");
    calm.pass(1.0);
    assert_eq!(calm.answer(started), "g:up OK, g:down OK");
    let again = calm.start("all");
    assert_eq!(calm.answer(again), "");
}

#[test]
fn names_that_do_not_exist_are_quoted_as_given() {
    let mut calm = crowd();
    for given in ["no", "no:such", "first", "first:no", "no:*", "third:other"] {
        let calls = [
            calm.start(given),
            calm.start_without_waiting(given),
            calm.stop(given),
            calm.signal(given, Some(1)),
            calm.signal(given, None),
            calm.write(given, "x"),
        ];
        for call in calls {
            assert_eq!(calm.answer(call), format!("BAD_NAME: {given}"));
        }
    }
    for given in ["third", "third:third"] {
        let call = calm.start_without_waiting(given);
        assert_eq!(calm.answer(call).contains("BAD_NAME"), false);
        let call = calm.stop(given);
        assert_eq!(calm.answer(call), "done");
    }
}

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
    let mut calm =
        Calm::scripted(script(|script| drop(script.stubborn.insert("p".into()))), eager("p", |_| {}));
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
fn a_start_that_does_not_wait_answers_when_the_child_exists() {
    let mut calm = Calm::scripted(script(|script| script.spawns_wait = true), idle("p", |_| {}));
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
            let script = script(|script| {
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
fn a_stop_that_waits_answers_when_the_process_has_stopped_and_not_before() {
    let script = script(|script| drop(script.stubborn.insert("p".into())));
    let mut calm = Calm::scripted(script, eager("p", |_| {}));
    let call = calm.stop("p");
    calm.pass(4.0);
    assert_eq!(calm.answer(call), "nothing yet");
    calm.die("p", code(0));
    assert_eq!(calm.answer(call), "done");
}

#[test]
fn a_stop_waits_for_the_output_of_the_dead_child_but_not_for_long() {
    let script = script(|script| drop(script.stubborn.insert("p".into())));
    let mut calm = Calm::scripted(script, eager("p", |_| {}));
    let call = calm.stop("p");
    calm.script().logs_are_silent = true;
    calm.die("p", code(0));
    assert_eq!((calm.answer(call), calm.state("p")), ("nothing yet".into(), "STOPPING"));
    calm.pass(0.25);
    assert_eq!((calm.answer(call), calm.state("p")), ("done".into(), "STOPPED"));
}

#[test]
fn a_stop_that_does_not_wait_answers_when_the_signal_is_sent() {
    let script = script(|script| drop(script.stubborn.insert("p".into())));
    let mut calm = Calm::scripted(script, eager("p", |_| {}));
    for (given, expect) in [("p", "done"), ("p:*", ""), ("p", "NOT_RUNNING: p")] {
        let call = calm.stop_without_waiting(given);
        assert_eq!(calm.answer(call), expect);
    }
    assert_eq!(calm.state("p"), "STOPPING");
}

#[test]
fn a_stop_that_waits_joins_one_that_is_under_way() {
    let script = script(|script| drop(script.stubborn.insert("p".into())));
    let mut calm = Calm::scripted(script, eager("p", |_| {}));
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
    let script = script(|script| script.logs_are_silent = true);
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
    let mut calm = Calm::scripted(script(|script| script.spawns_wait = true), idle("p", |_| {}));
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
    let mut calm = Calm::scripted(script(|script| script.spawns_wait = true), idle("p", |_| {}));
    calm.start("p");
    let stop = calm.stop("p");
    let process = calm.id("p");
    calm.world.input(Input::SpawnFailed { process, reason: "EAGAIN".into() });
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
fn a_start_of_what_waits_for_its_restart_does_not_wait_for_the_floor() {
    let mut calm = Calm::of(eager("p", |recipe| recipe.startsecs = 0));
    calm.pass(0.5);
    calm.die("p", code(1));
    let call = calm.start("p");
    assert_eq!((calm.answer(call), calm.state("p")), ("done".into(), "RUNNING"));
}

#[test]
fn waiting_for_a_stop_is_said_at_once_and_every_two_seconds_however_many_wait() {
    let script = script(|script| drop(script.stubborn.insert("p".into())));
    let mut calm = Calm::scripted(script, eager("p", |recipe| recipe.stopwaitsecs = 60));
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
        Calm::scripted(script(|script| script.signal_errors.push_back(error())), eager("p", |_| {}));
    let call = calm.stop("p");
    let text = "unknown problem killing p (100):[Errno 1] Operation not permitted";
    assert_eq!(calm.answer(call), format!("FAILED: {text}"));
    assert!(calm.lines().contains(&format!("CRIT {text}")));
    assert_eq!(calm.state("p"), "STOPPING", "the child is not lost sight of");
    calm.pass(10.0);
    assert_eq!(calm.state("p"), "STOPPED", "SIGKILL still follows");
}

#[test]
fn a_refused_stop_fails_only_the_calls_that_wait_for_it() {
    let script = script(|script| script.spawns_wait = true);
    let mut calm = Calm::scripted(script, idle("p", |_| {}));
    let start = calm.start("p");
    let stops = [calm.stop("p"), calm.stop("p:*")];
    calm.script().signal_errors.push_back(SignalError::Refused("no".into()));
    let process = calm.id("p");
    let pid = calm.world.born(process);
    calm.world.input(Input::Spawned { process, pid });
    let failed = "FAILED: unknown problem killing p (100):no";
    assert_eq!(stops.map(|call| calm.answer(call)), [failed.to_owned(), format!("p:p {failed}")]);
    assert_eq!(calm.answer(start), "ABNORMAL_TERMINATION: p");
}

#[test]
fn a_child_that_is_gone_before_the_stop_signal_is_waited_for() {
    let gone = SignalError::Gone("[Errno 3] No such process".into());
    let mut calm = Calm::scripted(script(|script| script.signal_errors.push_back(gone)), eager("p", |_| {}));
    let call = calm.stop("p");
    assert_eq!(calm.answer(call), "nothing yet");
    let line =
        "DEBG unable to signal p (pid 100), it probably just exited on its own: [Errno 3] No such process";
    assert!(calm.lines().contains(&line.to_owned()));
    calm.die("p", code(0));
    assert_eq!(calm.answer(call), "done");
}

#[test]
fn a_signal_is_checked_for_name_then_signal_then_state() {
    let mut calm = Calm::of(idle("p", |_| {}));
    for (given, signal, expect) in [
        ("q", None, "BAD_NAME: q"),
        ("p", None, "BAD_SIGNAL: usr9"),
        ("p", Some(1), "NOT_RUNNING: p"),
        ("p:p", Some(1), "NOT_RUNNING: p:p"),
        ("p:*", None, ""),
    ] {
        let call = calm.signal(given, signal);
        assert_eq!(calm.answer(call), expect);
    }
    calm.start("p");
    for (given, signal, expect) in [
        ("p", Some(1), "done"),
        ("p", None, "BAD_SIGNAL: usr9"),
        ("p:*", None, "p:p BAD_SIGNAL: usr9"),
        ("p:*", Some(10), "p:p OK"),
    ] {
        let call = calm.signal(given, signal);
        assert_eq!(calm.answer(call), expect);
    }
    check(&calm.deeds_of("signal"), &["signal 1 to p 100", "signal 10 to p 100"]);
}

#[test]
fn a_signal_goes_to_the_process_only_and_changes_no_state() {
    let mut calm = Calm::of(eager("p", |recipe| {
        recipe.stopasgroup = true;
        recipe.killasgroup = true;
    }));
    calm.pass(2.0);
    calm.everything();
    calm.signal("p", Some(15));
    check(&calm.deeds_of("signal"), &["signal 15 to p 100"]);
    check(&calm.events(), &["p RUNNING to EXITED expected:0 pid:100", "p EXITED to STARTING tries:0"]);
}

#[test]
fn a_stopping_process_can_be_signalled() {
    let script = script(|script| drop(script.stubborn.insert("p".into())));
    let mut calm = Calm::scripted(script, eager("p", |_| {}));
    calm.stop_without_waiting("p");
    let call = calm.signal("p", Some(10));
    assert_eq!(calm.answer(call), "done");
}

#[test]
fn a_requested_signal_that_does_not_arrive_fails_unless_the_child_was_gone() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.script().signal_errors.extend([SignalError::Gone("gone".into()), SignalError::Refused("no".into())]);
    calm.lines();
    let late = calm.signal("p", Some(1));
    let refused = calm.signal("p", Some(1));
    assert_eq!(calm.answer(late), "done");
    assert_eq!(calm.answer(refused), "FAILED: unknown problem sending sig p (100):no");
    check(
        &calm.lines(),
        &[
            "DEBG sending p (pid 100) sig SIGHUP",
            "DEBG unable to signal p (pid 100), it probably just now exited on its own: gone",
            "DEBG sending p (pid 100) sig SIGHUP",
            "CRIT unknown problem sending sig p (100):no",
        ],
    );
}

#[test]
fn a_process_without_a_child_has_no_standard_input() {
    let mut calm =
        Calm::scripted(script(|script| drop(script.stubborn.insert("p".into()))), idle("p", |_| {}));
    let check_write = |calm: &mut Calm, expect: &str| {
        let call = calm.write("p", "hello");
        assert_eq!(calm.answer(call), expect, "{}", calm.state("p"));
    };
    check_write(&mut calm, "NOT_RUNNING: p");
    calm.start("p");
    check_write(&mut calm, "done");
    check(&calm.deeds_of("write"), &["write p p hello"]);
    calm.pass(1.0);
    check_write(&mut calm, "done");
    calm.stop_without_waiting("p");
    check_write(&mut calm, "NOT_RUNNING: p");
    calm.die("p", code(0));
    check_write(&mut calm, "NOT_RUNNING: p");
}

#[test]
fn a_standard_input_that_is_closed_is_the_fault_of_the_shell() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.script().stdin_faults.push_back(Fault::NoFile("p:p".into()));
    let call = calm.write("p:p", "");
    assert_eq!(calm.answer(call), "NO_FILE: p:p");
}

#[test]
fn a_group_has_no_standard_input() {
    let mut calm = crowd();
    for (given, expect) in [("first:*", "BAD_NAME: first:*"), ("no:*", "BAD_NAME: no:*")] {
        let call = calm.write(given, "x");
        assert_eq!(calm.answer(call), expect);
    }
}

#[test]
fn everything_but_a_remote_event_is_refused_while_the_daemon_stops() {
    let script = script(|script| drop(script.stubborn.insert("p".into())));
    let mut calm = Calm::scripted(script, eager("p", |_| {}));
    calm.signaled(DaemonSignal::Exit(15));
    let config = std::sync::Arc::new(crate::world::config::config(Vec::new()));
    let calls = [
        calm.start("p"),
        calm.start("no such"),
        calm.stop("p"),
        calm.signal("p", None),
        calm.write("p", ""),
        calm.call(Call::AddGroup("p".into())),
        calm.call(Call::RemoveGroup("no".into())),
        calm.call(Call::Reread(config.clone())),
        calm.call(Call::Shutdown),
        calm.call(Call::Restart(config)),
    ];
    for call in calls {
        assert_eq!(calm.answer(call), "SHUTDOWN_STATE");
    }
    calm.events();
    let event = Call::SendRemoteEvent { kind: "deploy".into(), data: "v2".into() };
    assert_eq!(calm.ask(event), "done");
    check(&calm.events(), &["remote deploy v2"]);
}

#[test]
fn a_call_that_began_before_the_shutdown_gets_its_answer() {
    let groups = vec![
        group("a", 1, vec![eager("stop", |_| {})]),
        group("b", 2, vec![eager("start", |recipe| recipe.startsecs = 60)]),
    ];
    let mut calm = Calm::with(script(|script| drop(script.stubborn.insert("stop".into()))), groups);
    calm.stop("b:start");
    let calls = [calm.stop("a:stop"), calm.start("b:start")];
    calm.signaled(DaemonSignal::Exit(15));
    calm.pass(20.0);
    assert_eq!(calls.map(|call| calm.answer(call)), ["done", "ABNORMAL_TERMINATION: b:start"]);
}

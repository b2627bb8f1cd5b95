//! What holds for all calls: in which order they go about it, how they name things, and who may call.

use std::sync::Arc;

use provost_core::call::{Call, Fault};
use provost_core::supervisor::DaemonSignal;

use crate::calm::{Calm, check, eager, idle};
use crate::world::Script;
use crate::world::config::{config, group};

/// Two groups of one priority and one before them, whose processes have priorities against their order.
fn crowd() -> Calm {
    let member = |name: &str, priority| idle(name, |recipe| recipe.priority = priority);
    Calm::new(vec![
        group("first", 1, vec![member("z", 20), member("y", 10), member("x", 20)]),
        group("second", 5, vec![member("b", 999), member("a", 1)]),
        group("third", 5, vec![member("third", 0)]),
    ])
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
    let script = Script::having(|script| drop(script.probe_faults.insert("z".into(), fault)));
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
        assert!(!calm.answer(call).contains("BAD_NAME"));
        let call = calm.stop(given);
        assert_eq!(calm.answer(call), "done");
    }
}

#[test]
fn everything_but_a_remote_event_is_refused_while_the_daemon_stops() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    calm.signaled(DaemonSignal::Exit(15));
    let config = Arc::new(config(Vec::new()));
    let calls = [
        calm.start("p"),
        calm.start("no such"),
        calm.stop("p"),
        calm.signal("p", None),
        calm.write("p", ""),
        calm.call(Call::AddGroup("p".into())),
        calm.call(Call::RemoveGroup("no".into())),
        calm.call(Call::Reread(Arc::clone(&config))),
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
    let mut calm = Calm::with(Script::with_stubborn(&["stop"]), groups);
    calm.stop("b:start");
    let calls = [calm.stop("a:stop"), calm.start("b:start")];
    calm.signaled(DaemonSignal::Exit(15));
    calm.pass(20.0);
    assert_eq!(calls.map(|call| calm.answer(call)), ["done", "ABNORMAL_TERMINATION: b:start"]);
}

//! Signals and standard input on request.

use provost_core::call::Fault;
use provost_core::supervisor::SignalError;

use crate::calm::{Calm, check, code, eager, idle};
use crate::world::Script;
use crate::world::config::group;

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
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
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
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), idle("p", |_| {}));
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
    let members = vec![eager("a", |_| {}), eager("b", |_| {})];
    let mut calm = Calm::new(vec![group("first", 1, members)]);
    for (given, expect) in [("first:*", "BAD_NAME: first:*"), ("no:*", "BAD_NAME: no:*")] {
        let call = calm.write(given, "x");
        assert_eq!(calm.answer(call), expect);
    }
}

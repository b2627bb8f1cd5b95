//! What a dead child leaves behind (`kill_mode`): it gets the stop signal and the grace, then SIGKILL, and the end of the
//! process is announced when it is gone.

use provost_config::model::{AutoRestart, KillMode, Process};
use provost_core::supervisor::{DaemonSignal, Input};

use crate::calm::{Calm, check, code, eager};
use crate::world::Script;

/// A program of that mode which is up; what its children leave ignores stop signals, or even SIGKILL.
fn up(script: Script, change: impl FnOnce(&mut Process)) -> Calm {
    let mut calm = Calm::scripted(
        script,
        eager("p", |recipe| {
            recipe.kill_mode = Some(KillMode::Tree);
            recipe.stopwaitsecs = 5;
            change(recipe);
        }),
    );
    calm.pass(2.0);
    calm.everything();
    calm
}

fn stubborn() -> Script {
    Script::with_stubborn(&["p"])
}

#[test]
fn only_some_modes_look_after_what_is_left() {
    for (mode, clears) in [
        (None, false),
        (Some(KillMode::Process), false),
        (Some(KillMode::Group), true),
        (Some(KillMode::Tree), true),
        (Some(KillMode::Cgroup), true),
    ] {
        let mut calm = up(Script::default(), |recipe| recipe.kill_mode = mode);
        calm.stop("p");
        let deeds = calm.deeds();
        let expect: &[&str] = if clears {
            &["signal 15 to p 100", "clear p 1 with 15", "drain p 1", "reply 1: done"]
        } else {
            &["signal 15 to p 100", "drain p 1", "reply 1: done"]
        };
        check(&deeds, expect);
        assert_eq!(calm.state("p"), "STOPPED");
    }
}

#[test]
fn it_is_stopped_when_nothing_is_left() {
    let mut calm = up(stubborn(), |recipe| recipe.stopsignal = 2);
    let stop = calm.stop("p");
    calm.pass(2.0);
    calm.everything();
    // The child ends; what it leaves has the rest of the grace.
    calm.die("p", code(0));
    check(&calm.deeds(), &["clear p 1 with 2"]);
    calm.pass(2.999);
    check(&calm.deeds(), &[]);
    assert_eq!((calm.state("p"), calm.answer(stop)), ("STOPPING", "nothing yet".into()));
    calm.pass(0.001);
    check(
        &calm.everything(),
        &[
            "INFO waiting for p to stop",
            "WARN killing what 'p' left behind with SIGKILL",
            "clear p 1 with 9",
            "drain p 1",
            "p STOPPING to STOPPED pid:100",
            "INFO stopped: p (exit status 0)",
            "reply 1: done",
        ],
    );
}

#[test]
fn a_child_that_needs_sigkill_leaves_nobody_a_second_grace() {
    let mut calm = up(stubborn(), |_| {});
    calm.stop("p");
    calm.deeds();
    calm.pass(5.0);
    check(&calm.deeds(), &["signal 9 to p 100", "clear p 1 with 9", "drain p 1", "reply 1: done"]);
}

#[test]
fn what_survives_sigkill_is_told_and_left_alone() {
    let mut calm = up(stubborn(), |_| {});
    calm.script().unkillable.insert("p".into());
    let stop = calm.stop("p");
    calm.deeds();
    calm.die("p", code(0));
    calm.pass(4.0);
    check(&calm.deeds(), &["clear p 1 with 15"]);
    calm.pass(3.5);
    check(&calm.deeds(), &["clear p 1 with 9", "clear p 1 with 9", "clear p 1 with 9"]);
    assert_eq!(calm.state("p"), "STOPPING");
    calm.pass(1.0);
    check(&calm.deeds(), &["leave p", "drain p 1", "reply 1: done"]);
    assert_eq!((calm.state("p"), calm.answer(stop)), ("STOPPED", "done".into()));
}

#[test]
fn an_exit_by_itself_is_announced_and_followed_by_the_restart_when_nothing_is_left() {
    let mut calm = up(stubborn(), |recipe| recipe.autorestart = AutoRestart::Always);
    calm.die("p", code(3));
    check(&calm.deeds(), &["clear p 1 with 15"]);
    assert_eq!(calm.state("p"), "RUNNING");
    let signal = calm.signal("p", Some(1));
    assert_eq!(calm.answer(signal), "NOT_RUNNING: p", "nobody is signalled by a former pid");
    calm.everything();
    calm.world.input(Input::Cleared { process: calm.id("p"), launch: 7 });
    check(&calm.everything(), &[]);
    calm.world.input(Input::Cleared { process: calm.id("p"), launch: 1 });
    check(&calm.deeds(), &["drain p 1", "prepare p 2", "spawn p 2"]);
    check(&calm.events(), &["p RUNNING to EXITED expected:0 pid:100", "p EXITED to STARTING tries:0"]);
}

#[test]
fn a_stop_that_comes_meanwhile_wins_over_the_restart() {
    let mut calm = up(stubborn(), |recipe| recipe.autorestart = AutoRestart::Always);
    calm.die("p", code(3));
    let stop = calm.stop("p");
    check(&calm.events(), &["p RUNNING to STOPPING pid:100"]);
    calm.pass(5.0);
    check(&calm.events(), &["p STOPPING to STOPPED pid:100"]);
    assert_eq!(calm.answer(stop), "done");
    calm.pass(1000.0);
    assert_eq!(calm.state("p"), "STOPPED");
}

#[test]
fn a_shutdown_waits_for_what_is_left_but_not_without_end() {
    let mut calm = up(stubborn(), |_| {});
    calm.script().unkillable.insert("p".into());
    calm.die("p", code(0));
    calm.signaled(DaemonSignal::Exit(15));
    assert_eq!(calm.state("p"), "STOPPING");
    calm.pass(7.9);
    assert_eq!(calm.world.ended, None);
    calm.pass(0.2);
    assert!(calm.world.ended.is_some());
}

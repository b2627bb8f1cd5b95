//! How a process is made to end: stop signal, grace, SIGKILL.

use provost_config::model::{AutoRestart, Process};
use provost_core::notice::how;
use provost_core::status::ExitStatus;

use crate::calm::{Calm, check, code, eager};
use crate::world::Script;

const SIGTERM: ExitStatus = ExitStatus::Signaled { signal: 15, core_dumped: false };

fn stubborn(recipe: Process) -> Calm {
    Calm::scripted(Script::with_stubborn(&["p"]), recipe)
}

#[test]
fn the_stop_signal_is_the_configured_one() {
    for (signal, group, line) in [
        (15, false, "DEBG killing p (pid 100) with signal SIGTERM"),
        (2, true, "DEBG killing p (pid 100) process group with signal SIGINT"),
    ] {
        let mut calm = Calm::of(eager("p", |recipe| {
            recipe.stopsignal = signal;
            recipe.stopasgroup = group;
        }));
        calm.pass(2.0);
        calm.everything();
        calm.stop("p");
        let whole = if group { "group of " } else { "" };
        let how = how(ExitStatus::Signaled { signal, core_dumped: false });
        check(
            &calm.everything(),
            &[
                line,
                &format!("signal {signal} to {whole}p 100"),
                "p RUNNING to STOPPING pid:100",
                "INFO waiting for p to stop",
                "drain p 1",
                "p STOPPING to STOPPED pid:100",
                &format!("WARN stopped: p ({how})"),
                "reply 1: done",
            ],
        );
        assert_eq!(calm.row("p").exit_status, Some(-1));
    }
}

#[test]
fn a_stopped_process_stays_stopped_whatever_its_exit_status_and_policy() {
    for (status, line) in [
        (code(0), "INFO stopped: p (exit status 0)"),
        (code(1), "WARN stopped: p (exit status 1)"),
        (SIGTERM, "WARN stopped: p (terminated by SIGTERM)"),
    ] {
        let mut calm = stubborn(eager("p", |recipe| recipe.autorestart = AutoRestart::Always));
        calm.pass(2.0);
        calm.stop_without_waiting("p");
        calm.everything();
        calm.die("p", status);
        check(&calm.lines(), &[line]);
        calm.pass(1000.0);
        assert_eq!((calm.state("p"), calm.due()), ("STOPPED", None));
        assert_eq!(calm.row("p").exit_status, Some(status.code()));
    }
}

#[test]
fn a_stop_of_what_is_still_starting_is_no_failure() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(0.1);
    calm.events();
    calm.stop("p");
    check(&calm.events(), &["p STARTING to STOPPING pid:100", "p STOPPING to STOPPED pid:100"]);
}

#[test]
fn sigkill_follows_the_grace_and_is_repeated() {
    let mut calm = stubborn(eager("p", |recipe| {
        recipe.stopwaitsecs = 5;
        recipe.killasgroup = true;
    }));
    calm.script().unkillable.insert("p".into());
    calm.die("p", code(1));
    calm.pass(2.0);
    let stop = calm.stop("p");
    calm.everything();
    calm.pass(4.999);
    check(&calm.deeds(), &[]);
    calm.pass(0.001);
    check(&calm.deeds(), &["signal 9 to group of p 101"]);
    let killing =
        ["WARN killing 'p' (101) with SIGKILL", "DEBG killing p (pid 101) process group with signal SIGKILL"];
    let lines = calm.lines();
    assert!(lines.ends_with(&killing.map(str::to_owned)), "{lines:?}");
    for _ in 0..2 {
        calm.pass(5.0);
        check(&calm.deeds(), &["signal 9 to group of p 101"]);
    }
    assert_eq!((calm.state("p"), calm.answer(stop)), ("STOPPING", "nothing yet".into()));
    calm.lines();
    for _ in 0..3 {
        calm.pass(5.0);
        check(&calm.deeds_of("signal"), &["signal 9 to group of p 101"]);
    }
    let despair = "p (101) does not end on SIGKILL: ";
    assert_eq!(calm.lines().iter().filter(|line| line.contains(despair)).count(), 3);
    check(&calm.events(), &[]);
    assert_eq!(calm.state("p"), "STOPPING", "only a shutdown gives up");
    let told = calm.answer(stop);
    assert!(told.contains("FAILED") && told.contains(despair), "nobody waits for ever: {told}");
    calm.die("p", ExitStatus::Signaled { signal: 9, core_dumped: false });
    assert_eq!(calm.state("p"), "STOPPED");
}

#[test]
fn without_a_grace_sigkill_follows_at_once_and_is_repeated_once_a_second() {
    for stopwaitsecs in [0, -5] {
        let mut calm = stubborn(eager("p", |recipe| recipe.stopwaitsecs = stopwaitsecs));
        calm.script().unkillable.insert("p".into());
        calm.die("p", code(1));
        calm.pass(2.0);
        calm.stop("p");
        calm.deeds();
        calm.pass(0.0);
        check(&calm.deeds(), &["signal 9 to p 101"]);
        calm.pass(3.0);
        assert_eq!(calm.deeds_of("signal").len(), 3);
    }
}

#[test]
fn an_operators_second_stop_does_not_signal_again_nor_prolong_the_grace() {
    let mut calm = stubborn(eager("p", |_| {}));
    calm.stop("p");
    calm.deeds();
    calm.pass(9.0);
    calm.stop("p");
    check(&calm.deeds(), &[]);
    calm.pass(1.0);
    check(&calm.deeds_of("signal"), &["signal 9 to p 100"]);
}

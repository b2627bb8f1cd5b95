//! How a process ends by itself, and when it is back.

use std::time::Duration;

use provost_config::model::{AutoRestart, Process as Recipe};
use provost_core::notice::how;
use provost_core::process::{Act, Event, Life, Phase, Policy, Process, step};
use provost_core::status::{ExitStatus, Pid};
use provost_core::supervisor::{DaemonSignal, Input};
use provost_core::time::{Mono, Now, Wall};

use crate::calm::{Calm, check, code, eager, idle};

const SIGTERM: ExitStatus = ExitStatus::Signaled { signal: 15, core_dumped: false };

#[test]
fn an_exit_after_startsecs_that_was_not_announced_yet_passes_through_running() {
    let mut calm = Calm::of(idle("p", |recipe| recipe.autorestart = AutoRestart::Never));
    calm.start("p");
    calm.everything();
    calm.late(1.0);
    calm.die("p", code(0));
    check(
        &calm.everything(),
        &[
            "drain p 1",
            "p STARTING to RUNNING pid:100",
            "p RUNNING to EXITED expected:1 pid:100",
            "INFO exited: p (exit status 0; expected)",
            "reply 1: ABNORMAL_TERMINATION: p",
        ],
    );
}

#[track_caller]
fn check_exit(exitcodes: &[i32], status: ExitStatus, expect: (&str, &str, Option<i32>)) {
    let mut calm = Calm::of(eager("p", |recipe| {
        recipe.exitcodes = exitcodes.into();
        recipe.autorestart = AutoRestart::Never;
    }));
    calm.pass(5.0);
    calm.everything();
    calm.die("p", status);
    let (event, error, reported) = expect;
    check(&calm.events(), &[&format!("p RUNNING to EXITED expected:{event} pid:100")]);
    let (level, words) = if event == "1" { ("INFO", "expected") } else { ("WARN", "not expected") };
    check(&calm.lines(), &[&format!("{level} exited: p ({}; {words})", how(status))]);
    let row = calm.row("p");
    assert_eq!((row.state.name(), &*row.spawn_error, row.exit_status), ("EXITED", error, reported));
    assert_eq!((row.pid, row.last_exit.map(|exit| exit.status)), (None, Some(status)));
}

#[test]
fn an_exit_is_expected_if_its_code_is_listed_and_never_by_signal() {
    check_exit(&[0], code(0), ("1", "", Some(0)));
    check_exit(&[0], code(7), ("0", "Bad exit code 7", Some(7)));
    check_exit(&[0, 7], code(7), ("1", "", Some(7)));
    check_exit(&[], code(0), ("0", "Bad exit code 0", Some(0)));
    check_exit(&[0, 15], SIGTERM, ("0", "Bad exit code -1", Some(-1)));
}

#[test]
fn autorestart_decides_what_follows_an_exit() {
    use AutoRestart::{Always, Never, Unexpected};
    for (autorestart, status, restarts) in [
        (Never, 0, false),
        (Never, 1, false),
        (Unexpected, 0, false),
        (Unexpected, 1, true),
        (Always, 0, true),
        (Always, 1, true),
    ] {
        let mut calm = Calm::of(eager("p", |recipe| recipe.autorestart = autorestart));
        calm.pass(5.0);
        calm.everything();
        calm.die("p", code(status));
        let state = if restarts { "STARTING" } else { "EXITED" };
        assert_eq!(calm.state("p"), state, "{autorestart:?} after {status}");
        calm.pass(1000.0);
        assert_eq!(calm.deeds_of("spawn").len(), usize::from(restarts));
    }
}

#[test]
fn a_restart_is_announced_in_the_same_instant_as_the_exit() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(1.0);
    calm.everything();
    calm.die("p", code(3));
    check(
        &calm.everything(),
        &[
            "drain p 1",
            "p RUNNING to EXITED expected:0 pid:100",
            "WARN exited: p (exit status 3; not expected)",
            "p EXITED to STARTING tries:0",
            "prepare p 2",
            "spawn p 2",
            "INFO spawned: 'p' with pid 101",
        ],
    );
    assert_eq!((&*calm.row("p").spawn_error, calm.row("p").exit_status), ("", None), "a start begins clean");
}

#[test]
fn a_restart_is_never_sooner_than_a_second_after_the_start() {
    for (lived, restarted) in [(0.0, 1.0), (0.3, 1.0), (0.999, 1.0), (1.0, 1.0), (1.5, 1.5), (100.0, 100.0)] {
        let mut calm = Calm::of(eager("p", |recipe| recipe.startsecs = 0));
        calm.pass(lived);
        calm.deeds();
        calm.die("p", code(1));
        let state = if lived < 1.0 { "EXITED" } else { "RUNNING" };
        assert_eq!(calm.state("p"), state, "after {lived} s");
        calm.pass(restarted - lived);
        check(&calm.deeds_of("spawn"), &["spawn p 2"]);
    }
}

#[test]
fn a_program_that_ends_at_once_starts_once_a_second() {
    let mut calm = Calm::of(eager("p", |recipe| recipe.startsecs = 0));
    for _ in 0..10 {
        calm.die("p", code(1));
        calm.pass(1.0);
    }
    assert_eq!(calm.row("p").spawns, 11);
}

#[test]
fn logs_that_do_not_answer_delay_an_exit_for_a_second() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(5.0);
    calm.script().logs_are_silent = true;
    calm.everything();
    calm.die("p", code(0));
    assert_eq!((calm.state("p"), calm.row("p").pid.map(|pid| pid.0)), ("RUNNING", Some(100)));
    calm.pass(1.0);
    check(
        &calm.everything(),
        &[
            "drain p 1",
            "WARN the log of p does not accept output in time; its exit is not held back for that",
            "p RUNNING to EXITED expected:1 pid:100",
            "INFO exited: p (exit status 0; expected)",
        ],
    );
}

#[test]
fn an_answer_about_an_earlier_start_means_nothing() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(5.0);
    calm.die("p", code(1));
    calm.pass(5.0);
    calm.script().logs_are_silent = true;
    calm.die("p", code(1));
    let process = calm.id("p");
    calm.world.input(Input::Drained { process, launch: 1 });
    assert_eq!(calm.state("p"), "RUNNING");
    calm.world.input(Input::Drained { process, launch: 2 });
    assert_eq!(calm.state("p"), "STARTING");
}

#[test]
fn a_dead_child_is_not_signalled_while_its_output_is_stored() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(5.0);
    calm.script().logs_are_silent = true;
    calm.die("p", code(0));
    calm.deeds();
    let signal = calm.signal("p", Some(15));
    assert_eq!(calm.answer(signal), "NOT_RUNNING: p");
    calm.stop("p");
    calm.pass(20.0);
    check(&calm.deeds_of("signal"), &[]);
}

#[test]
fn a_child_that_nobody_made_is_reaped_and_mentioned() {
    let mut calm = Calm::of(idle("p", |_| {}));
    for (status, line) in [
        (code(3), "INFO reaped unknown pid 4711 (exit status 3)"),
        (SIGTERM, "INFO reaped unknown pid 4711 (terminated by SIGTERM)"),
    ] {
        calm.world.input(Input::Reaped { pid: Pid(4711), status });
        check(&calm.everything(), &[line]);
    }
    calm.signaled(DaemonSignal::Child);
    check(&calm.lines(), &["DEBG received SIGCHLD indicating a child quit"]);
}

/// Whether a child that ended like that, so many seconds after its start, is said to be back at once; and whether it is.
fn returns(recipe: &Recipe, was: Life, status: ExitStatus, lived: u64) -> (bool, bool) {
    let started = Now { mono: Mono(1_000_000_000), wall: Wall(0) };
    let died = Now { mono: started.mono.after(Duration::from_secs(lived)), ..started };
    let phase = Phase::Draining { pid: Pid(7), was, status, died: died.mono };
    let process = Process { phase, last_start: Some(started), ..Process::default() };
    let said = process.returns_at_once(recipe);
    let (_, acts) = step(process, Event::Drained, died, Policy { recipe, may_start: true });
    (said, acts.contains(&Act::Prepare))
}

#[test]
fn who_is_back_at_once_is_known_at_the_death() {
    let mut seen = [0; 2];
    for autorestart in [AutoRestart::Always, AutoRestart::Unexpected, AutoRestart::Never] {
        let recipe = eager("p", |recipe| recipe.autorestart = autorestart);
        for was in
            [Life::Running, Life::Unannounced, Life::Stopping, Life::TooQuick { lived: Duration::ZERO }]
        {
            for (status, lived) in [(code(0), 0), (code(0), 1), (code(1), 0), (code(1), 5)] {
                let (said, happens) = returns(&recipe, was, status, lived);
                assert_eq!(said, happens, "{autorestart:?} {was:?} {status:?} after {lived} s");
                seen[usize::from(said)] += 1;
            }
        }
    }
    assert_eq!(seen, [42, 6]);
}

//! The life of one process: starts, failures, ends and restarts, with what is announced of them.

use provost_config::model::{AutoRestart, Process};
use provost_core::status::ExitStatus;
use provost_core::supervisor::{DaemonSignal, Input};

use crate::calm::{Calm, check, code, eager, idle};
use crate::world::Script;

const SIGTERM: ExitStatus = ExitStatus::Signaled { signal: 15, core_dumped: false };

fn stubborn(recipe: Process) -> Calm {
    let mut script = Script::default();
    script.stubborn.insert(recipe.name.clone());
    Calm::scripted(script, recipe)
}

fn failing(times: usize, recipe: Process) -> Calm {
    let mut script = Script::default();
    script.spawn_failures.extend(std::iter::repeat_n("no".into(), times));
    Calm::scripted(script, recipe)
}

/// Seconds after the boot at which starts begin by themselves, until `seconds`.
fn starts_within(calm: &mut Calm, seconds: f64) -> Vec<f64> {
    let mut starts = Vec::new();
    calm.deeds();
    while let Some(due) = calm.due()
        && due <= seconds
    {
        let now = calm.seconds();
        calm.pass(due - now);
        starts.extend(calm.deeds_of("prepare").iter().map(|_| due));
    }
    starts
}

#[test]
fn a_start_is_announced_prepared_forked_and_proved() {
    let mut calm = Calm::of(idle("p", |_| {}));
    calm.start("p");
    check(
        &calm.everything(),
        &[
            "probe p",
            "p STOPPED to STARTING tries:0",
            "prepare p 1",
            "spawn p 1",
            "INFO spawned: 'p' with pid 100",
        ],
    );
    calm.pass(1.0);
    check(
        &calm.everything(),
        &[
            "p STARTING to RUNNING pid:100",
            "INFO success: p entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)",
            "reply 1: done",
        ],
    );
    assert_eq!(calm.due(), None, "a process that runs needs no attention");
}

#[test]
fn a_process_that_must_not_prove_itself_runs_in_the_moment_of_its_birth() {
    for startsecs in [0, -1] {
        let mut calm = Calm::of(idle("p", |recipe| recipe.startsecs = startsecs));
        calm.start("p");
        check(&calm.events(), &["p STOPPED to STARTING tries:0", "p STARTING to RUNNING pid:100"]);
        assert_eq!(
            calm.lines()[1],
            format!(
                "INFO success: p entered RUNNING state, process has stayed up for > than {startsecs} seconds (startsecs)"
            ),
        );
    }
}

#[test]
fn failed_starts_are_retried_after_one_two_and_three_seconds_and_then_given_up() {
    let mut calm = failing(9, idle("p", |_| {}));
    calm.start("p");
    check(&calm.deeds_of("prepare"), &["prepare p 1"]);
    assert_eq!(starts_within(&mut calm, 1000.0), [1.0, 3.0, 6.0]);
    assert_eq!(calm.state("p"), "FATAL");
    check(
        &calm.events(),
        &[
            "p STOPPED to STARTING tries:0",
            "p STARTING to BACKOFF tries:1",
            "p BACKOFF to STARTING tries:1",
            "p STARTING to BACKOFF tries:2",
            "p BACKOFF to STARTING tries:2",
            "p STARTING to BACKOFF tries:3",
            "p BACKOFF to STARTING tries:3",
            "p STARTING to BACKOFF tries:4",
            "p BACKOFF to FATAL",
        ],
    );
    assert_eq!(
        calm.lines().last().expect("it says so"),
        "INFO gave up: p entered FATAL state, too many start retries too quickly"
    );
    assert_eq!(&*calm.row("p").spawn_error, "no");
}

#[test]
fn a_process_has_one_more_attempt_than_retries() {
    for (startretries, attempts) in [(-1, 1), (0, 1), (1, 2), (3, 4), (5, 6)] {
        let mut calm = failing(20, eager("p", |recipe| recipe.startretries = startretries));
        assert_eq!(1 + starts_within(&mut calm, 1000.0).len(), attempts, "startretries={startretries}");
        assert_eq!(calm.state("p"), "FATAL");
    }
}

#[test]
fn logs_that_cannot_be_opened_are_a_failed_start() {
    let mut script = Script::default();
    script.log_errors.push_back("unknown error making dispatchers for 'p': EACCES".into());
    let mut calm = Calm::scripted(script, idle("p", |_| {}));
    calm.start_without_waiting("p");
    check(&calm.lines(), &["INFO spawnerr: unknown error making dispatchers for 'p': EACCES"]);
    check(&calm.events(), &["p STOPPED to STARTING tries:0", "p STARTING to BACKOFF tries:1"]);
    check(&calm.deeds_of("spawn"), &[]);
}

#[test]
fn a_child_that_cannot_be_made_lets_the_logs_go() {
    let mut calm = failing(1, idle("p", |_| {}));
    calm.start("p");
    check(&calm.deeds_of("release"), &["release p"]);
}

#[test]
fn success_forgets_earlier_failures() {
    let mut calm = failing(2, eager("p", |_| {}));
    calm.pass(10.0);
    assert_eq!(calm.state("p"), "RUNNING");
    calm.die("p", code(1));
    calm.pass(0.5);
    calm.everything();
    calm.die("p", code(1));
    check(&calm.events(), &["p STARTING to BACKOFF tries:1"]);
}

#[test]
fn a_manual_start_begins_a_new_account_of_failures() {
    let mut calm = failing(2, eager("p", |_| {}));
    calm.pass(1.5);
    assert_eq!(calm.state("p"), "BACKOFF");
    calm.stop("p");
    check(&calm.lines().split_off(1), &["DEBG Attempted to kill p, which is in BACKOFF state."]);
    calm.events();
    calm.start("p");
    check(&calm.events(), &["p STOPPED to STARTING tries:0"]);
}

#[test]
fn a_stop_in_backoff_has_no_pid() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.die("p", code(1));
    calm.events();
    calm.stop("p");
    check(&calm.events(), &["p BACKOFF to STOPPED pid:0"]);
}

#[test]
fn a_too_quick_exit_is_a_failure_even_with_an_expected_code() {
    for status in [code(0), code(2), SIGTERM] {
        let mut calm = Calm::of(idle("p", |recipe| recipe.startretries = 0));
        calm.start("p");
        calm.pass(0.999);
        calm.everything();
        calm.die("p", status);
        let how = provost_core::notice::how(status);
        check(
            &calm.everything(),
            &[
                "drain p 1",
                "p STARTING to BACKOFF tries:1",
                &format!("WARN exited: p ({how}; not expected)"),
                "p BACKOFF to FATAL",
                "INFO gave up: p entered FATAL state, too many start retries too quickly",
                "reply 1: SPAWN_ERROR: p",
            ],
        );
        let row = calm.row("p");
        assert_eq!(&*row.spawn_error, "Exited too quickly (process log may have details)");
        assert_eq!((row.exit_status, row.last_exit), (None, Some(status)));
    }
}

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
        recipe.exitcodes = exitcodes.to_vec();
        recipe.autorestart = AutoRestart::Never;
    }));
    calm.pass(5.0);
    calm.everything();
    calm.die("p", status);
    let (event, error, reported) = expect;
    check(&calm.events(), &[&format!("p RUNNING to EXITED expected:{event} pid:100")]);
    let (level, words) = if event == "1" { ("INFO", "expected") } else { ("WARN", "not expected") };
    check(&calm.lines(), &[&format!("{level} exited: p ({}; {words})", provost_core::notice::how(status))]);
    let row = calm.row("p");
    assert_eq!((row.state.name(), &*row.spawn_error, row.exit_status), ("EXITED", error, reported));
    assert_eq!((row.pid, row.last_exit), (None, Some(status)));
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
        let how = provost_core::notice::how(ExitStatus::Signaled { signal, core_dumped: false });
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
    for _ in 0..5 {
        calm.pass(5.0);
        check(&calm.deeds(), &["signal 9 to group of p 101"]);
    }
    check(&calm.events(), &[]);
    assert_eq!(
        (calm.state("p"), calm.answer(stop)),
        ("STOPPING", "nothing yet".into()),
        "only a shutdown gives up"
    );
    calm.die("p", ExitStatus::Signaled { signal: 9, core_dumped: false });
    assert_eq!((calm.state("p"), calm.answer(stop)), ("STOPPED", "done".into()));
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
        assert_eq!(calm.deeds().len(), 3);
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

#[test]
fn logs_that_do_not_answer_delay_a_start_for_a_quarter_of_a_second() {
    let mut calm = Calm::scripted(Script { logs_are_silent: true, ..Script::default() }, eager("p", |_| {}));
    assert_eq!((calm.state("p"), calm.due()), ("STARTING", Some(0.25)));
    calm.pass(0.25);
    check(&calm.deeds_of("spawn"), &["spawn p 1"]);
    assert_eq!(calm.due(), Some(1.25), "startsecs count from the birth of the child");
    let process = calm.id("p");
    calm.world.input(Input::Prepared { process, launch: 1, result: Err("too late".into()) });
    assert_eq!(calm.state("p"), "STARTING", "a late answer changes nothing");
}

#[test]
fn logs_that_do_not_answer_delay_an_exit_for_a_quarter_of_a_second() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(5.0);
    calm.script().logs_are_silent = true;
    calm.everything();
    calm.die("p", code(0));
    assert_eq!((calm.state("p"), calm.row("p").pid.map(|pid| pid.0)), ("RUNNING", Some(100)));
    calm.pass(0.25);
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
        calm.world.input(Input::Reaped { pid: provost_core::status::Pid(4711), status });
        check(&calm.everything(), &[line]);
    }
    calm.signaled(DaemonSignal::Child);
    check(&calm.lines(), &["DEBG received SIGCHLD indicating a child quit"]);
}

#[test]
fn only_a_process_with_autostart_starts_by_itself() {
    let calm = Calm::with(
        Script::default(),
        vec![crate::world::config::group("g", 1, vec![idle("idle", |_| {}), eager("eager", |_| {})])],
    );
    assert_eq!((calm.state("g:idle"), calm.state("g:eager")), ("STOPPED", "STARTING"));
}

#[test]
fn a_process_that_never_had_a_child_stopped_when_its_last_start_failed() {
    let mut calm = failing(1, idle("p", |_| {}));
    assert_eq!((calm.row("p").started, calm.row("p").stopped), (None, None));
    calm.pass(5.0);
    calm.start("p");
    let row = calm.row("p");
    assert_eq!((row.stopped, row.last_exit, row.spawns), (row.started, None, 0));
    calm.pass(20.0);
    calm.die("p", code(0));
    let stopped = calm.row("p").stopped;
    calm.pass(20.0);
    calm.script().spawn_failures.push_back("no".into());
    calm.start("p");
    assert_eq!(calm.row("p").stopped, stopped, "a failed start is no end of a child");
}

//! How a process comes to life: its start, its proof, its failures and retries.

use provost_config::model::Process;
use provost_core::status::ExitStatus;
use provost_core::supervisor::Input;

use crate::calm::{Calm, check, code, eager, idle};
use crate::world::Script;
use crate::world::config::group;

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
    let reason = "unknown error making dispatchers for 'p': EACCES";
    let told = format!("WARN start of 'p' failed (attempt 1 of 4, next in 1 s): {reason}");
    check(&calm.lines(), &[&format!("INFO spawnerr: {reason}"), &told]);
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
    check(&calm.lines().split_off(2), &["DEBG Attempted to kill p, which is in BACKOFF state."]);
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
    for status in [code(0), code(2), ExitStatus::Signaled { signal: 15, core_dumped: false }] {
        let mut calm = Calm::of(idle("p", |recipe| recipe.startretries = 0));
        calm.start("p");
        calm.pass(0.999);
        calm.everything();
        calm.die("p", status);
        let how = provost_core::notice::how(status);
        let why = calm.row("p").last_failure.as_ref().expect("it failed").cause.to_string();
        check(
            &calm.everything(),
            &[
                "drain p 1",
                "p STARTING to BACKOFF tries:1",
                &format!("WARN exited: p ({how}; not expected)"),
                &format!("WARN start of 'p' failed (attempt 1 of 1, no further one): {why}"),
                "p BACKOFF to FATAL",
                "INFO gave up: p entered FATAL state, too many start retries too quickly",
                "reply 1: SPAWN_ERROR: p",
            ],
        );
        let row = calm.row("p");
        assert_eq!(&*row.spawn_error, "Exited too quickly (process log may have details)");
        assert_eq!((row.exit_status, row.last_exit.map(|exit| exit.status)), (None, Some(status)));
    }
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
fn only_a_process_with_autostart_starts_by_itself() {
    let calm = Calm::with(
        Script::default(),
        vec![group("g", 1, vec![idle("idle", |_| {}), eager("eager", |_| {})])],
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

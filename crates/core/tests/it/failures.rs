//! Why a start failed: the line about each attempt, and what readers see of it.

use provost_core::failure::{Attempt, Cause, SystemError};
use provost_core::status::{ExitStatus, Pid};
use provost_core::supervisor::Input;
use provost_core::time::Mono;

use crate::calm::{Calm, check, code, eager, idle};
use crate::world::{Script, World};

fn denied() -> SystemError {
    SystemError { number: 13, symbol: "EACCES", text: "Permission denied".into() }
}

fn execute() -> Cause {
    Cause::Execute { path: "/opt/x".into(), error: denied() }
}

/// The lines about failed attempts; all others are forgotten.
fn failures(calm: &mut Calm) -> Vec<String> {
    let mut lines = calm.lines();
    lines.retain(|line| line.contains("start of"));
    lines
}

/// The child says that it could not become its program, and ends.
fn stumble(calm: &mut Calm, cause: Cause) {
    let pid = calm.row("p").pid.expect("it has a child");
    calm.world.input(Input::NotExecuted { pid, cause });
    calm.die("p", code(127));
}

fn attempt(number: u32, of: u32) -> Option<Attempt> {
    Some(Attempt { number, of })
}

/// A first start that fails like that, of a program that is tried once more.
#[track_caller]
fn check_failure(fail: impl FnOnce(&mut Calm), reason: &str) {
    let mut calm = Calm::of(idle("p", |recipe| recipe.startretries = 1));
    calm.start("p");
    fail(&mut calm);
    check(
        &failures(&mut calm),
        &[&format!("WARN start of 'p' failed (attempt 1 of 2, next in 1 s): {reason}")],
    );
    assert_eq!(calm.row("p").last_failure.as_ref().expect("it failed").cause.to_string(), reason);
}

#[test]
fn an_early_end_is_told_with_its_time() {
    check_failure(
        |calm| calm.die("p", code(3)),
        "it exited with status 3 after 0.00 s, before startsecs (1 s)",
    );
    check_failure(
        |calm| {
            calm.pass(0.999);
            calm.die("p", ExitStatus::Signaled { signal: 11, core_dumped: true });
        },
        "it was killed by SIGSEGV (core dumped) after 0.99 s, before startsecs (1 s)",
    );
}

#[test]
fn what_the_child_says_is_told_instead_of_its_exit_status() {
    check_failure(
        |calm| stumble(calm, execute()),
        "cannot execute /opt/x: Permission denied (errno 13, EACCES)",
    );
}

#[test]
fn logs_are_told_by_path_while_spawnerr_keeps_the_words_of_the_reference() {
    let cause = Cause::Log { path: "/x/y.log".into(), error: denied() };
    let script = Script::having(|script| script.log_errors.push_back(cause));
    let mut calm = Calm::scripted(script, eager("p", |_| {}));
    let spawn_error = "unknown error making dispatchers for 'p': EACCES";
    assert_eq!(&*calm.row("p").spawn_error, spawn_error);
    let failure = calm.row("p").last_failure.as_ref().expect("it failed");
    assert_eq!(failure.cause.to_string(), "cannot open log /x/y.log: Permission denied (errno 13, EACCES)");
    calm.pass(1.0);
    assert_eq!(&*calm.row("p").spawn_error, "", "spawnerr is about the present start");
}

#[test]
fn attempts_are_counted_to_the_last() {
    let script = Script::having(|script| {
        script.spawn_failures.extend((0..3).map(|_| Cause::from("no process")));
    });
    let mut calm = Calm::scripted(script, idle("p", |recipe| recipe.startretries = 2));
    calm.start("p");
    let expect = |attempt: &str| format!("WARN start of 'p' failed ({attempt}): no process");
    check(&failures(&mut calm), &[&expect("attempt 1 of 3, next in 1 s")]);
    assert_eq!(calm.row("p").attempt, attempt(1, 3));
    calm.pass(1.0);
    check(&failures(&mut calm), &[&expect("attempt 2 of 3, next in 2 s")]);
    assert_eq!(calm.row("p").attempt, attempt(2, 3));
    let next = calm.row("p").next_start.expect("it is tried again");
    assert_eq!(next.mono, Mono(World::BIRTH.0 + 3_000_000_000));
    assert_eq!(next.wall.0 - calm.row("p").stopped.expect("it failed").0, 2_000_000, "microseconds");
    calm.pass(2.0);
    check(&failures(&mut calm), &[&expect("attempt 3 of 3, no further one")]);
    let row = calm.row("p");
    assert_eq!((row.state.name(), row.attempt, row.next_start), ("FATAL", attempt(3, 3), None));
    calm.start("p");
    assert_eq!(calm.row("p").attempt, attempt(1, 3), "an operator's start begins a new account");
    calm.pass(1.0);
    let row = calm.row("p");
    assert_eq!((row.state.name(), row.attempt), ("RUNNING", None));
    assert!(row.last_failure.is_none(), "a start that succeeds leaves no failure behind");
}

#[test]
fn negative_and_endless_retries_are_counted_too() {
    for (retries, of) in [(-1, 1), (0, 1), (i64::MAX, u32::MAX)] {
        let calm = Calm::of(eager("p", |recipe| recipe.startretries = retries));
        assert_eq!(calm.row("p").attempt, attempt(1, of), "{retries}");
    }
}

#[test]
fn a_program_that_never_ran_is_told_although_it_counted_as_running() {
    let mut calm = Calm::of(eager("p", |recipe| recipe.startsecs = 0));
    stumble(&mut calm, execute());
    let line = "WARN start of 'p' failed (it counted as RUNNING): \
                cannot execute /opt/x: Permission denied (errno 13, EACCES)";
    check(&failures(&mut calm), &[line]);
    assert_eq!((calm.state("p"), calm.row("p").attempt), ("EXITED", None));
}

#[test]
fn a_child_that_is_stopped_has_not_failed() {
    let mut calm = Calm::scripted(Script::with_stubborn(&["p"]), eager("p", |_| {}));
    let pid = calm.row("p").pid.expect("it has a child");
    calm.stop("p");
    calm.world.input(Input::NotExecuted { pid, cause: execute() });
    calm.die("p", code(127));
    check(&failures(&mut calm), &[]);
    assert!(calm.row("p").last_failure.is_none());
}

#[test]
fn a_start_that_fails_while_it_is_stopped_is_not_tried_again() {
    let mut calm = Calm::scripted(Script::having(|script| script.spawns_wait = true), eager("p", |_| {}));
    calm.stop("p");
    let process = calm.id("p");
    calm.world.input(Input::SpawnFailed { process, cause: "no process".into() });
    check(&failures(&mut calm), &["WARN start of 'p' failed (attempt 1 of 4, no further one): no process"]);
    assert_eq!(calm.state("p"), "STOPPED");
}

#[test]
fn what_a_stranger_says_is_not_heard() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.world.input(Input::NotExecuted { pid: Pid(7), cause: execute() });
    calm.die("p", code(3));
    let told = failures(&mut calm);
    assert!(told[0].contains("it exited with status 3"), "{told:?}");
}

#[test]
fn a_refused_section_is_a_failure_without_attempts() {
    let calm = Calm::of(eager("p", |recipe| recipe.broken = Some("no command".into())));
    let failure = calm.row("p").last_failure.as_ref().expect("it failed");
    assert_eq!((failure.cause.clone(), failure.attempt), (Cause::Refused("no command".into()), None));
}

#[test]
fn the_last_exit_is_kept_with_what_was_expected() {
    for (status, expected) in
        [(code(0), true), (code(1), false), (ExitStatus::Signaled { signal: 9, core_dumped: false }, false)]
    {
        let mut calm = Calm::of(eager("p", |_| {}));
        calm.pass(5.0);
        calm.die("p", status);
        let row = calm.row("p");
        let exit = row.last_exit.expect("it ended");
        assert_eq!((exit.status, exit.expected), (status, expected));
        assert_eq!((exit.at.mono, Some(exit.at.wall)), (calm.world.now, row.stopped));
    }
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.die("p", code(0));
    let exit = calm.row("p").last_exit.expect("it ended");
    assert!(!exit.expected, "no code is expected before startsecs");
}

#[test]
fn every_child_after_the_first_is_a_restart() {
    let mut calm = Calm::of(eager("p", |_| {}));
    assert_eq!(calm.row("p").restarts(), 0);
    calm.pass(5.0);
    calm.die("p", code(1));
    assert_eq!((calm.state("p"), calm.row("p").restarts()), ("STARTING", 1));
    calm.pass(5.0);
    calm.stop("p");
    calm.start("p");
    assert_eq!(calm.row("p").restarts(), 2);
}

#[test]
fn a_restart_that_the_floor_puts_off_has_its_moment() {
    let mut calm = Calm::of(eager("p", |recipe| recipe.startsecs = 0));
    calm.pass(0.25);
    calm.die("p", code(1));
    let (exit, next) =
        (calm.row("p").last_exit.expect("it ended"), calm.row("p").next_start.expect("it waits"));
    assert_eq!(next.mono.since(exit.at.mono).as_millis(), 750);
    assert_eq!(next.wall.0 - exit.at.wall.0, 750_000, "microseconds");
}

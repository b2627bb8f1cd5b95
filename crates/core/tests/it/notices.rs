//! The lines of the activity log, word by word: scripts look for them.

use provost_core::notice::{Notice, ProcessName, how};
use provost_core::status::{ExitStatus, Pid, State};

use crate::world::line_text;

const PID: Pid = Pid(42);
const EXITED: ExitStatus = ExitStatus::Exited(3);

fn name() -> ProcessName {
    ProcessName { group: "group".into(), name: "öl".into() }
}

#[track_caller]
fn check(notice: &Notice, expect: &str) {
    let (level, text) = notice.line().expect("it has a line");
    assert_eq!(line_text(level, &text), expect);
}

fn killed(signal: i32, core_dumped: bool) -> ExitStatus {
    ExitStatus::Signaled { signal, core_dumped }
}

#[test]
fn the_life_of_a_process() {
    check(&Notice::Spawned { process: name(), pid: PID }, "INFO spawned: 'öl' with pid 42");
    check(
        &Notice::SpawnFailed { process: name(), reason: "can't find command '/x'".into() },
        "INFO spawnerr: can't find command '/x'",
    );
    check(
        &Notice::EnteredRunning { process: name(), startsecs: 10 },
        "INFO success: öl entered RUNNING state, process has stayed up for > than 10 seconds (startsecs)",
    );
    let exited = |status, expected| Notice::Exited { process: name(), status, expected };
    check(&exited(EXITED, true), "INFO exited: öl (exit status 3; expected)");
    check(&exited(EXITED, false), "WARN exited: öl (exit status 3; not expected)");
    check(
        &exited(killed(11, true), false),
        "WARN exited: öl (terminated by SIGSEGV (core dumped); not expected)",
    );
    let stopped = |status, expected| Notice::Stopped { process: name(), status, expected };
    check(&stopped(EXITED, true), "INFO stopped: öl (exit status 3)");
    check(&stopped(EXITED, false), "WARN stopped: öl (exit status 3)");
    check(&stopped(killed(15, false), false), "WARN stopped: öl (terminated by SIGTERM)");
    check(
        &Notice::GaveUp { process: name() },
        "INFO gave up: öl entered FATAL state, too many start retries too quickly",
    );
}

#[test]
fn stops_and_signals() {
    let (process, pid) = (name(), PID);
    check(&Notice::WaitingToStop { process: name() }, "INFO waiting for öl to stop");
    let stop = |signal, group| Notice::StopSignal { process: name(), pid, signal, group };
    check(&stop(15, false), "DEBG killing öl (pid 42) with signal SIGTERM");
    check(&stop(3, true), "DEBG killing öl (pid 42) process group with signal SIGQUIT");
    check(&stop(35, false), "DEBG killing öl (pid 42) with signal signal 35");
    check(&Notice::Killing { process: name(), pid }, "WARN killing 'öl' (42) with SIGKILL");
    check(
        &Notice::StoppedInBackoff { process: name() },
        "DEBG Attempted to kill öl, which is in BACKOFF state.",
    );
    check(&Notice::SendingSignal { process, pid, signal: 1 }, "DEBG sending öl (pid 42) sig SIGHUP");
    let error = || "[Errno 3] No such process".into();
    check(
        &Notice::KillTooLate { process: name(), pid, error: error() },
        "DEBG unable to signal öl (pid 42), it probably just exited on its own: [Errno 3] No such process",
    );
    check(
        &Notice::SignalTooLate { process: name(), pid, error: error() },
        "DEBG unable to signal öl (pid 42), it probably just now exited on its own: [Errno 3] No such process",
    );
    check(
        &Notice::KillRefused { process: name(), pid, error: error() },
        "CRIT unknown problem killing öl (42):[Errno 3] No such process",
    );
    check(
        &Notice::SignalRefused { process: name(), pid, error: error() },
        "CRIT unknown problem sending sig öl (42):[Errno 3] No such process",
    );
}

#[test]
fn the_daemon_itself() {
    let waiting = |names: &[&str]| Notice::WaitingToDie {
        processes: names.iter().map(|name| (*name).into()).collect(),
    };
    check(&waiting(&["a", "b"]), "INFO waiting for a, b to die");
    check(&waiting(&["a"]), "INFO waiting for a to die");
    check(&Notice::Unstopped { process: name(), state: State::Stopping }, "BLAT öl state: STOPPING");
    check(&Notice::ReapedUnknown { pid: PID, status: EXITED }, "INFO reaped unknown pid 42 (exit status 3)");
    for (signal, symbol) in [(15, "SIGTERM"), (2, "SIGINT"), (3, "SIGQUIT")] {
        let expect = format!("WARN received {symbol} indicating exit request");
        check(&Notice::ExitRequested { signal }, &expect);
    }
    check(&Notice::RestartRequested, "WARN received SIGHUP indicating restart request");
    check(&Notice::RestartIgnored, "WARN ignored SIGHUP indicating restart request (shutdown in progress)");
    check(&Notice::ReopenRequested, "INFO received SIGUSR2 indicating log reopen request");
    check(&Notice::ChildQuit, "DEBG received SIGCHLD indicating a child quit");
}

#[test]
fn what_the_reference_does_not_know() {
    check(
        &Notice::ConfigRefused { reason: "no such section".into() },
        "CRIT the configuration was not loaded, nothing changes: no such section",
    );
    check(
        &Notice::Abandoned { process: name(), pid: PID },
        "CRIT öl (42) does not end on SIGKILL; the shutdown goes on without it",
    );
    check(
        &Notice::DrainOverdue { process: name() },
        "WARN the log of öl does not accept output in time; its exit is not held back for that",
    );
}

#[test]
fn facts_that_are_only_events_have_no_line() {
    let group = || "group".into();
    let detail = provost_core::notice::StateDetail::default();
    for notice in [
        Notice::StateChanged { process: name(), from: State::Stopped, to: State::Starting, detail },
        Notice::GroupAdded { group: group() },
        Notice::GroupRemoved { group: group() },
        Notice::SupervisorRunning,
        Notice::SupervisorStopping,
        Notice::RemoteCommunication { kind: String::new(), data: String::new() },
    ] {
        assert_eq!(notice.line(), None, "{notice:?}");
    }
}

#[test]
fn how_a_child_ended() {
    for (status, expect) in [
        (ExitStatus::Exited(0), "exit status 0"),
        (ExitStatus::Exited(127), "exit status 127"),
        (killed(9, false), "terminated by SIGKILL"),
        (killed(6, true), "terminated by SIGABRT (core dumped)"),
        (killed(29, false), "terminated by SIGPOLL"),
        (killed(35, false), "terminated by signal 35"),
    ] {
        assert_eq!(how(status), expect);
    }
}

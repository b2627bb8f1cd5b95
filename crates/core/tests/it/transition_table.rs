//! `docs/state-machine.md` is this table, generated: every phase answers every event, and a change of an answer is
//! a change of that file. `PROVOST_BLESS=1` writes it.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use crate::world::config::program;
use provost_config::model::AutoRestart;
use provost_core::process::{Act, Event, KILLS_BEFORE_LOST, Life, Phase, Policy, Process, Saying, step};
use provost_core::status::{ExitStatus, Pid};
use provost_core::time::{Mono, Now, Wall};

const SECOND: u64 = 1_000_000_000;
const PID: Pid = Pid(42);
const DIED: ExitStatus = ExitStatus::Exited(0);

fn now() -> Now {
    Now { mono: Mono(100 * SECOND), wall: Wall(0) }
}

fn phases() -> Vec<(&'static str, Phase)> {
    let later = Mono(105 * SECOND);
    let clearing = |was, kills| Phase::Clearing { pid: PID, was, status: DIED, kill_at: later, kills };
    let draining = |was| Phase::Draining { pid: PID, was, status: DIED, died: now().mono };
    vec![
        ("Stopped", Phase::Stopped),
        ("Preparing", Phase::Preparing { until: later }),
        ("Forking", Phase::Forking { stop: false }),
        ("Forking, stop asked", Phase::Forking { stop: true }),
        ("Starting", Phase::Starting { pid: PID, running_at: later }),
        ("Running", Phase::Running { pid: PID }),
        ("Backoff", Phase::Backoff { retry_at: later }),
        ("Stopping", Phase::Stopping { pid: PID, kill_at: later, kills: 0 }),
        ("Clearing, was running", clearing(Life::Running, 0)),
        ("Clearing, was stopping", clearing(Life::Stopping, 0)),
        ("Clearing, after SIGKILLs", clearing(Life::Stopping, KILLS_BEFORE_LOST)),
        ("Draining, too quick", draining(Life::TooQuick { lived: Duration::from_millis(500) })),
        ("Draining, unannounced", draining(Life::Unannounced)),
        ("Draining, was running", draining(Life::Running)),
        ("Draining, was stopping", draining(Life::Stopping)),
        ("Exited, to be restarted", Phase::Exited { restart_at: Some(later) }),
        ("Exited", Phase::Exited { restart_at: None }),
        ("Fatal", Phase::Fatal),
        ("Lost", Phase::Lost { pid: PID }),
    ]
}

fn events() -> Vec<(&'static str, Event)> {
    vec![
        ("Start", Event::Start),
        ("Prepared", Event::Prepared(Ok(()))),
        ("Prepared, failed", Event::Prepared(Err("EACCES".into()))),
        ("Spawned", Event::Spawned(PID)),
        ("SpawnFailed", Event::SpawnFailed("no".into())),
        ("NotExecuted", Event::NotExecuted("no".into())),
        ("Stop", Event::Stop),
        ("Shutdown", Event::Shutdown),
        ("Reaped", Event::Reaped(DIED)),
        ("Cleared", Event::Cleared),
        ("Drained", Event::Drained),
        ("Due", Event::Due),
    ]
}

fn process_in(phase: Phase) -> Process {
    let last_start = Some(Now { mono: Mono(90 * SECOND), wall: Wall(0) });
    Process { phase, failures: 1, last_start, ..Process::default() }
}

fn describe(acts: &[Act]) -> String {
    let words: Vec<String> = acts
        .iter()
        .map(|act| match act {
            Act::Changed { from, to, .. } => format!("{} → {}", from.name(), to.name()),
            Act::Say(saying) => {
                let name = format!("{saying:?}");
                format!("say {}", name.split([' ', '{']).next().unwrap_or_default())
            }
            Act::Prepare => "prepare logs".into(),
            Act::Fork => "fork".into(),
            Act::Kill { signal, .. } => format!("signal {signal}"),
            Act::Despair { .. } => "answer who waits".into(),
            Act::Clear { signal } => format!("signal {signal} to what is left"),
            Act::Leave => "let it alone".into(),
            Act::Drain => "drain".into(),
            Act::Release => "release logs".into(),
        })
        .collect();
    words.join(", ")
}

fn table() -> String {
    let mut text = String::from(
        "# The states of a process\n\n\
         Generated from `crates/core/src/process.rs` by the test `transition_table`; do not edit.\n\n\
         One row per phase and event that has an answer, for a program with the default options and\n\
         `autorestart=true`, one failed start behind it, last started ten seconds ago. What has no row leaves the\n\
         process as it is. The meaning of the phases is told at the head of that file.\n\n",
    );
    text.push_str(HEAD);
    for (key, answer) in answers(true) {
        writeln!(text, "{key} {answer}").expect("a string takes everything");
    }
    text.push_str("\n## While the daemon stops\n\nOnly what differs from the table above.\n\n");
    text.push_str(HEAD);
    let usual = answers(true);
    for (key, answer) in answers(false).into_iter().filter(|row| !usual.contains(row)) {
        writeln!(text, "{key} {answer}").expect("a string takes everything");
    }
    text
}

const HEAD: &str = "| phase (public state) | event | becomes | what follows |\n| --- | --- | --- | --- |\n";

/// Each phase and event that changes something, or would if the daemon did not stop, with what comes of it.
fn answers(may_start: bool) -> Vec<(String, String)> {
    let mut recipe = program("p");
    recipe.autorestart = AutoRestart::Always;
    let mut rows = Vec::new();
    for (name, phase) in phases() {
        for (event_name, event) in events() {
            let before = process_in(phase);
            let answer =
                |may_start| step(before.clone(), event.clone(), now(), Policy { recipe: &recipe, may_start });
            let (usual, usual_acts) = answer(true);
            if usual == before && usual_acts.is_empty() {
                continue;
            }
            let (after, acts) = answer(may_start);
            let becomes = format!("{:?}", after.phase);
            let becomes = becomes.split([' ', '{']).next().unwrap_or_default();
            let becomes = if after == before && acts.is_empty() { "stays" } else { becomes };
            let state = phase.state().name();
            rows.push((
                format!("| {name} ({state}) | {event_name} |"),
                format!("{becomes} | {} |", describe(&acts)),
            ));
        }
    }
    rows
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may write the file that it guards")]
fn the_documented_table_is_the_real_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/state-machine.md");
    let table = table();
    if std::env::var_os("PROVOST_BLESS").is_some() {
        std::fs::write(&path, &table).expect("docs/ can be written");
    }
    let documented = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(documented, table, "docs/state-machine.md is stale; PROVOST_BLESS=1 writes it");
}

#[test]
fn every_phase_with_a_child_or_a_wait_has_a_deadline_unless_it_runs() {
    for (name, phase) in phases() {
        let waits = !matches!(
            phase,
            Phase::Stopped
                | Phase::Running { .. }
                | Phase::Fatal
                | Phase::Forking { .. }
                | Phase::Exited { restart_at: None }
                | Phase::Lost { .. }
        );
        assert_eq!(phase.deadline(true).is_some(), waits, "{name}");
    }
}

#[test]
fn a_dead_child_is_never_signalled() {
    let recipe = program("p");
    for may_start in [true, false] {
        for (name, phase) in phases() {
            if phase.child().is_some() {
                continue;
            }
            for (event_name, event) in events() {
                // Only a child that was made this very moment may be signalled.
                let made = matches!(event, Event::Spawned(_));
                let policy = Policy { recipe: &recipe, may_start };
                let (_, acts) = step(process_in(phase), event, now(), policy);
                let signalled = acts.iter().any(|act| matches!(act, Act::Kill { .. }));
                assert!(!signalled || made, "{name}, {event_name}: {acts:?}");
            }
        }
    }
}

#[test]
fn announced_states_follow_each_other_without_gaps() {
    let recipe = program("p");
    for may_start in [true, false] {
        for (name, phase) in phases() {
            for (event_name, event) in events() {
                let policy = Policy { recipe: &recipe, may_start };
                let (after, acts) = step(process_in(phase), event, now(), policy);
                let mut state = phase.state();
                for act in &acts {
                    if let Act::Changed { from, to, .. } = act {
                        assert_eq!(*from, state, "{name}, {event_name}: {acts:?}");
                        state = *to;
                    }
                }
                assert_eq!(state, after.phase.state(), "{name}, {event_name}: {acts:?}");
            }
        }
    }
}

#[test]
fn the_line_follows_the_change_it_is_about() {
    let recipe = program("p");
    let policy = Policy { recipe: &recipe, may_start: true };
    let running = process_in(Phase::Draining {
        pid: PID,
        was: Life::Running,
        status: ExitStatus::Exited(3),
        died: now().mono,
    });
    let (after, acts) = step(running, Event::Drained, now(), policy);
    assert!(matches!(acts[0], Act::Changed { pid: 42, expected: false, .. }), "{acts:?}");
    assert_eq!(acts[1], Act::Say(Saying::Exited { status: ExitStatus::Exited(3), expected: false }));
    assert!(matches!(after.phase, Phase::Preparing { .. }), "ten seconds after its start it is back at once");
    assert_eq!(after.spawn_error.as_ref(), "", "a new start begins with a clean slate");
}

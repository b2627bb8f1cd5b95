//! Programs whose section of the configuration was refused: FATAL with the mistake, and never a child.

use std::sync::Arc;

use provost_config::model::Process;
use provost_core::call::Call;
use provost_core::shutdown::Ending;
use provost_core::supervisor::{DaemonSignal, Input};

use crate::calm::{Calm, eager};
use crate::world::Script;
use crate::world::config::{config, group};

const MISTAKE: &str = "not a valid boolean value: 'x' (s.conf:3:11)";

fn broken(name: &str) -> Process {
    Process::broken(name, MISTAKE)
}

#[track_caller]
fn check_fatal(calm: &Calm, name: &str) {
    let row = calm.row(name);
    assert_eq!((row.state.name(), &*row.spawn_error), ("FATAL", MISTAKE));
    assert_eq!(row.pid, None);
}

#[test]
fn a_broken_program_is_fatal_from_the_boot_on_and_the_others_start() {
    let mut calm = Calm::new(vec![group("g", 1, vec![broken("b"), eager("p", |_| {})])]);
    check_fatal(&calm, "g:b");
    assert_eq!(calm.state("g:p"), "STARTING");
    calm.pass(60.0);
    check_fatal(&calm, "g:b");
    assert_eq!(calm.state("g:p"), "RUNNING");
}

#[test]
fn the_log_hears_of_it_once() {
    let mut calm = Calm::unread(Script::default(), vec![group("b", 1, vec![broken("b")])]);
    let lines = calm.lines();
    assert_eq!(lines.iter().filter(|line| line.contains("spawnerr: ")).count(), 1, "{lines:?}");
    assert!(lines.iter().any(|line| line.ends_with(&format!("spawnerr: {MISTAKE}"))), "{lines:?}");
    calm.start("b");
    assert_eq!(calm.lines(), Vec::<String>::new());
}

#[test]
fn a_start_is_refused_with_the_mistake() {
    let mut calm = Calm::of(broken("b"));
    for wait in [true, false] {
        let call = if wait { calm.start("b") } else { calm.start_without_waiting("b") };
        assert_eq!(calm.answer(call), format!("SPAWN_ERROR: b: {MISTAKE}"), "wait={wait}");
        check_fatal(&calm, "b");
    }
    let bulk = calm.start("b:*");
    assert_eq!(calm.answer(bulk), format!("b:b SPAWN_ERROR: b: {MISTAKE}"));
}

#[test]
fn it_is_not_in_the_way_of_stops_and_of_the_end() {
    let mut calm = Calm::of(broken("b"));
    let call = calm.stop("b");
    assert_eq!(calm.answer(call), "NOT_RUNNING: b");
    assert_eq!(calm.ask(Call::RemoveGroup("b".into())), "done");
    let mut calm = Calm::of(broken("b"));
    calm.signaled(DaemonSignal::Exit(15));
    assert_eq!(calm.world.ended, Some(Ending::Exit));
}

#[test]
fn a_group_that_is_added_or_repaired_shows_what_it_is() {
    let mut calm = Calm::of(broken("b"));
    let repaired =
        config(vec![group("b", 999, vec![eager("b", |_| {})]), group("c", 999, vec![broken("c")])]);
    calm.ask(Call::Reread(Arc::new(repaired)));
    calm.ask(Call::RemoveGroup("b".into()));
    calm.ask(Call::AddGroup("b".into()));
    calm.ask(Call::AddGroup("c".into()));
    assert_eq!(calm.state("b"), "STARTING");
    check_fatal(&calm, "c");
    calm.world.input(Input::Elapsed);
    check_fatal(&calm, "c");
}

//! What readers see: the order of the rows, what is in them, and that only changed ones are new.

use std::sync::Arc;

use provost_core::call::Call;
use provost_core::rows::Rows;
use provost_core::status::{Mood, Pid, ProcessStatus, Snapshot, State};
use provost_core::supervisor::{DaemonSignal, Input};

use crate::calm::{Calm, code, eager, idle};
use crate::world::Script;
use crate::world::config::{config, group};

fn snapshot(calm: &Calm) -> &Snapshot {
    calm.world.snapshot.as_ref().expect("a booted daemon has published")
}

fn names(calm: &Calm) -> Vec<String> {
    snapshot(calm).processes.iter().map(|row| format!("{}:{}", row.group, row.recipe.name)).collect()
}

/// For each row, whether it is the very same as before.
fn kept(before: &Rows, calm: &Calm) -> Vec<bool> {
    let is_old = |row: &Arc<ProcessStatus>| before.iter().any(|old| Arc::ptr_eq(old, row));
    snapshot(calm).processes.iter().map(is_old).collect()
}

fn crowd() -> Calm {
    Calm::new(vec![
        group("b", 1, vec![idle("z", |_| {}), idle("a", |_| {}), idle("Z", |_| {})]),
        group("a-", 2, vec![idle("é", |_| {}), idle("p", |_| {})]),
        group("a", 3, vec![idle("q", |_| {})]),
    ])
}

#[test]
fn rows_are_sorted_by_group_and_name_byte_by_byte() {
    let calm = crowd();
    assert_eq!(names(&calm), ["a:q", "a-:p", "a-:é", "b:Z", "b:a", "b:z"]);
}

#[test]
fn groups_are_sorted_by_priority_and_addition() {
    let mut calm = crowd();
    calm.call(Call::Reread(Arc::new(config(vec![group("0", 2, Vec::new())]))));
    calm.call(Call::AddGroup("0".into()));
    let groups: Vec<_> = snapshot(&calm).groups.iter().map(|group| group.config.name.as_str()).collect();
    assert_eq!(groups, ["b", "a-", "0", "a"]);
}

#[test]
fn rows_are_found_by_name() {
    let calm = crowd();
    let shown = snapshot(&calm);
    for (group, name) in [("a", "q"), ("a-", "é"), ("b", "Z"), ("b", "z")] {
        let row = shown.process(group, name).expect("it exists");
        assert_eq!((&*row.group, &*row.recipe.name), (group, name));
    }
    for (group, name) in [("a", "p"), ("", ""), ("c", "a"), ("a-", "q")] {
        assert!(shown.process(group, name).is_none());
    }
    let members = |group| shown.members(group).map(|row| row.recipe.name.to_string()).collect::<Vec<_>>();
    assert_eq!(members("b"), ["Z", "a", "z"]);
    assert_eq!(members("a"), ["q"]);
    assert!(members("none").is_empty());
    assert!(shown.group("a-").is_some() && shown.group("none").is_none());
}

#[test]
fn only_the_row_of_a_changed_process_is_new() {
    let mut calm = crowd();
    let before = snapshot(&calm).processes.clone();
    calm.start_without_waiting("b:a");
    assert_eq!(kept(&before, &calm), [true, true, true, true, false, true]);
}

#[test]
fn rows_survive_groups_that_come_and_go() {
    let mut calm = crowd();
    let before = snapshot(&calm).processes.clone();
    calm.call(Call::RemoveGroup("a-".into()));
    assert_eq!(kept(&before, &calm), [true; 4]);
    calm.call(Call::Reread(Arc::new(config(vec![group("aa", 2, vec![idle("p", |_| {})])]))));
    calm.call(Call::AddGroup("aa".into()));
    assert_eq!(kept(&before, &calm), [true, false, true, true, true]);
}

#[test]
fn what_shows_no_change_publishes_nothing() {
    let mut calm = Calm::of(eager("p", |_| {}));
    calm.pass(2.0);
    let published = calm.world.published;
    calm.signal("p", Some(1));
    calm.start("p");
    calm.signaled(DaemonSignal::Child);
    calm.world.input(Input::Reaped { pid: Pid(7), status: code(0) });
    calm.world.input(Input::Elapsed);
    let process = calm.id("p");
    calm.world.input(Input::Drained { process, launch: 1 });
    assert_eq!(calm.world.published, published);
    calm.stop("p");
    assert!(calm.world.published > published);
}

#[test]
fn a_row_tells_the_life_of_its_process() {
    let mut calm = Calm::of(idle("p", |_| {}));
    let birth = calm.world.clock().wall.secs();
    let facts = |calm: &Calm| {
        let row = calm.row("p");
        (row.state, row.pid.map(|pid| pid.0), row.exit_status, row.spawns)
    };
    let times = |calm: &Calm| {
        let second = |wall: provost_core::time::Wall| wall.secs() - birth;
        (calm.row("p").started.map(second), calm.row("p").stopped.map(second))
    };
    assert_eq!((facts(&calm), times(&calm)), ((State::Stopped, None, None, 0), (None, None)));
    calm.pass(10.0);
    calm.start_without_waiting("p");
    assert_eq!((facts(&calm), times(&calm)), ((State::Starting, Some(100), None, 1), (Some(10), None)));
    calm.pass(10.0);
    assert_eq!(facts(&calm), (State::Running, Some(100), None, 1));
    calm.die("p", code(5));
    assert_eq!((facts(&calm), times(&calm)), ((State::Starting, Some(101), None, 2), (Some(20), Some(20))));
    calm.pass(10.0);
    calm.die("p", code(0));
    assert_eq!((facts(&calm), times(&calm)), ((State::Exited, None, Some(0), 2), (Some(20), Some(30))));
}

#[test]
fn an_answer_never_comes_before_the_snapshot_that_shows_the_change() {
    let mut calm = Calm::of(eager("p", |_| {}));
    let call = calm.stop("p");
    assert_eq!((calm.answer(call), calm.state("p")), ("done".into(), "STOPPED"));
    let call = calm.start_without_waiting("p");
    assert_eq!((calm.answer(call), calm.state("p")), ("done".into(), "STARTING"));
}

#[test]
fn mood_and_last_read_configuration_are_shown() {
    let mut calm = Calm::with(Script::with_stubborn(&["p"]), vec![group("p", 1, vec![eager("p", |_| {})])]);
    let fresh = Arc::new(config(Vec::new()));
    calm.call(Call::Reread(Arc::clone(&fresh)));
    assert!(Arc::ptr_eq(&snapshot(&calm).configured, &fresh));
    assert_eq!(snapshot(&calm).mood, Mood::Running);
    calm.call(Call::Restart(fresh));
    assert_eq!(snapshot(&calm).mood, Mood::Restarting);
    calm.signaled(DaemonSignal::Exit(15));
    assert_eq!(snapshot(&calm).mood, Mood::Shutdown);
    assert_eq!(&*snapshot(&calm).identifier, "supervisor");
}

/// The index of each process among so many rows, found by its name.
#[track_caller]
fn check_found(count: usize) {
    let recipes = (0..count).map(|index| idle(&format!("p{index:04}"), |_| {})).collect();
    let calm = Calm::new(vec![group("g", 1, recipes)]);
    let shown = snapshot(&calm);
    assert_eq!((shown.processes.len(), shown.processes.iter().count()), (count, count));
    assert_eq!(shown.processes.is_empty(), count == 0);
    for index in 0..count {
        let name = format!("p{index:04}");
        assert_eq!(*shown.processes[index].recipe.name, *name);
        assert!(Arc::ptr_eq(shown.process("g", &name).expect("it exists"), &shown.processes[index]));
        assert_eq!(shown.processes.iter_from(index).len(), count - index);
    }
    for absent in ["", "p", "p0000x", "p0063x", "p0064x", "q"] {
        assert!(shown.process("g", absent).is_none(), "{absent}");
    }
    assert_eq!(
        (shown.members("g").count(), shown.members("f").count(), shown.members("h").count()),
        (count, 0, 0)
    );
}

#[test]
fn rows_are_found_wherever_their_block_ends() {
    for count in [0, 1, 63, 64, 65, 128, 129] {
        check_found(count);
    }
}

#[test]
fn what_has_been_published_stays_as_it_was() {
    let mut calm = Calm::new(vec![group(
        "g",
        1,
        (0..130).map(|index| eager(&format!("p{index:03}"), |_| {})).collect(),
    )]);
    let before = snapshot(&calm).processes.clone();
    let state = before[70].state;
    calm.stop_without_waiting("g:p070");
    assert_eq!(before[70].state, state);
    assert_ne!(snapshot(&calm).processes[70].state, state);
}

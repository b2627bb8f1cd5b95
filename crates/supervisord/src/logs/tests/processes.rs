//! The life of a process's logs: starts, deaths, survivors.

use std::fs;
use std::io::Write as _;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use provost_config::model::Level;
use provost_core::output::Channel;
use provost_core::status::ProcessId;
use tokio::sync::oneshot;

use super::world::{CAT, World, wait_until};
use crate::logs::channel::MAX_SOURCES;
use crate::ports::{ChannelSpec, Making, ToLogs};

fn world_with_log() -> World {
    let world = World::new(Level::Info);
    world.register(world.channel("out"), None);
    world
}

#[test]
fn output_is_in_the_log_when_the_process_is_drained() {
    let world = World::new(Level::Info);
    world.register(world.channel("out"), Some(world.channel("err")));
    for launch in 1..=2 {
        world.prepare(launch).expect("prepared");
        let child = world.attach_both(launch);
        child.print("to stdout\n");
        child.complain("to stderr\n");
        drop(child);
        world.drain(launch);
        let times = launch as usize;
        assert_eq!(world.read("out"), "to stdout\n".repeat(times));
        assert_eq!(world.read("err"), "to stderr\n".repeat(times));
        wait_until("a stopped process has no open log", || !world.is_open("out") && !world.is_open("err"));
    }
}

#[test]
fn a_running_process_is_logged_without_being_asked() {
    let world = world_with_log();
    let child = world.start(1);
    child.print("line\n");
    wait_until("the line", || world.read("out") == "line\n");
    child.print("another\n");
    wait_until("another", || world.read("out") == "line\nanother\n");
}

#[test]
fn more_than_one_read_is_drained() {
    let world = world_with_log();
    let child = world.start(1);
    let text = "0123456789\n".repeat(100_000);
    child.print(&text);
    drop(child);
    world.drain(1);
    assert!(world.read("out") == text);
}

#[test]
fn a_channel_without_a_log_is_read_all_the_same() {
    let world = World::new(Level::Info);
    world.register(ChannelSpec { path: None, ..world.channel("") }, None);
    let child = world.start(1);
    child.print("x".repeat(1 << 20));
    drop(child);
    world.drain(1);
}

#[test]
fn a_child_may_close_its_output_and_live() {
    let world = world_with_log();
    drop(world.start(1));
    world.settle();
    assert!(world.is_open("out"));
    world.drain(1);
    wait_until("the log closes", || !world.is_open("out"));
}

#[test]
fn a_survivor_that_holds_the_pipe_does_not_hold_up_the_drain() {
    let world = world_with_log();
    let survivor = world.start(1);
    survivor.print("child\n");
    world.drain(1);
    assert_eq!(world.read("out"), "child\n");

    survivor.print("survivor\n");
    wait_until("its output", || world.read("out") == "child\nsurvivor\n");
    let second = world.start(2);
    second.print("second\n");
    wait_until("the next child's output", || world.read("out").ends_with("second\n"));
    survivor.print("both\n");
    wait_until("output of both", || world.read("out").ends_with("second\nboth\n"));
    drop(second);
    world.drain(2);
    assert!(world.is_open("out"), "the survivor may write");
    drop(survivor);
    wait_until("the log closes", || !world.is_open("out"));
}

#[test]
fn a_survivor_that_never_stops_writing_does_not_hold_up_the_drain() {
    let world = world_with_log();
    let survivor = world.start(1);
    let enough = Arc::new(AtomicBool::new(false));
    let writer = std::thread::spawn({
        let enough = Arc::clone(&enough);
        move || {
            while !enough.load(Ordering::Relaxed) {
                survivor.print("on and on\n".repeat(1000));
            }
        }
    });
    for _ in 0..20 {
        world.drain(1);
    }
    enough.store(true, Ordering::Relaxed);
    writer.join().expect("writer");
}

#[test]
fn survivors_of_many_children_cannot_use_up_descriptors() {
    let world = world_with_log();
    let mut survivors: Vec<_> = (1..=MAX_SOURCES as u32)
        .map(|launch| {
            let child = world.start(launch);
            world.drain(launch);
            child
        })
        .collect();
    survivors[0].print("talkative\n");
    wait_until("its output", || world.read("out") == "talkative\n");
    survivors.push(world.start(100));
    world.settle();
    let silent = survivors.remove(1);
    assert!(
        world.main_log().starts_with("WARN a pipe that survivors of an earlier child of 'cat' stdout hold")
    );
    for survivor in &survivors {
        survivor.print("x");
    }
    wait_until("all others", || world.read("out") == format!("talkative\n{}", "x".repeat(MAX_SOURCES)));
    assert!((&silent.stdout).write_all(b"x").is_err(), "nobody reads the most silent one any more");
}

#[test]
fn a_late_drain_does_not_close_the_next_start() {
    let world = world_with_log();
    let first = world.start(1);
    let second = world.start(2);
    drop(first);
    world.drain(1);
    assert!(world.is_open("out"));
    second.print("second\n");
    drop(second);
    world.drain(2);
    assert_eq!(world.read("out"), "second\n");
}

#[test]
fn a_start_that_does_not_happen_closes_the_log() {
    let world = world_with_log();
    world.prepare(1).expect("prepared");
    assert!(world.is_open("out"));
    world.logs.send(ToLogs::Release { process: CAT });
    world.settle();
    assert!(!world.is_open("out"));
}

#[test]
fn a_drain_is_always_answered() {
    let world = world_with_log();
    world.settle();
    world.drain(1);
}

#[track_caller]
fn check_prepare(stdout: &str, stderr: &str, expect: Result<(), &str>) {
    let world = World::new(Level::Info);
    fs::create_dir(world.path("directory")).expect("make");
    world.register(world.channel(stdout), Some(world.channel(stderr)));
    assert_eq!(world.prepare(1), expect.map_err(str::to_owned));
    assert_eq!(world.is_open("out"), expect.is_ok(), "a failed start leaves nothing open");
}

#[test]
fn a_log_that_cannot_be_opened_fails_the_start() {
    check_prepare("out", "err", Ok(()));
    check_prepare("directory", "err", Err("EISDIR"));
    check_prepare("out", "directory", Err("EISDIR"));
    check_prepare("out", "missing/err", Err("ENOENT"));
    check_prepare("main.log/out", "err", Err("ENOTDIR"));
}

#[test]
fn a_start_opens_the_log_anew() {
    let world = world_with_log();
    let survivor = world.start(1);
    world.drain(1);
    fs::rename(world.path("out"), world.path("moved")).expect("rename");
    let second = world.start(2);
    second.print("second\n");
    wait_until("the new log", || world.read("out") == "second\n");
    assert_eq!(world.read("moved"), "");
    drop(survivor);
}

#[test]
fn a_log_of_the_daemons_making_is_made_at_once() {
    let world = World::new(Level::Info);
    world.register(ChannelSpec { auto: true, ..world.channel("auto") }, None);
    world.settle();
    let mode = fs::metadata(world.path("auto")).expect("it exists").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!world.is_open("auto"));
    for launch in 1..=2 {
        let child = world.start(launch);
        child.print("line\n");
        drop(child);
        world.drain(launch);
    }
    assert_eq!(world.read("auto"), "line\nline\n");
}

#[test]
fn a_log_of_the_daemons_making_must_be_new() {
    let world = World::new(Level::Info);
    fs::write(world.path("auto"), "").expect("write");
    world.register(ChannelSpec { auto: true, ..world.channel("auto") }, None);
    assert_eq!(world.prepare(1), Err("EEXIST".to_owned()));
    assert!(world.main_log().starts_with("ERRO log of 'cat' stdout ("), "{}", world.main_log());
    fs::remove_file(world.path("auto")).expect("remove");
    assert_eq!(world.prepare(2), Ok(()));
}

#[test]
fn directories_of_a_log_are_made_for_a_start_and_what_prevents_it_is_told() {
    let world = World::new(Level::Info);
    let making = Making { directories: true, ..Making::default() };
    world.register(ChannelSpec { making, ..world.channel("a/b/log") }, None);
    assert_eq!(world.prepare(1), Ok(()));
    assert!(world.path("a/b/log").is_file());
    let world = World::new(Level::Info);
    fs::write(world.path("a"), "").expect("write");
    world.register(ChannelSpec { making, ..world.channel("a/b/log") }, None);
    assert_eq!(world.prepare(1), Err("ENOTDIR".to_owned()));
}

#[test]
fn a_forgotten_process_is_read_to_its_end() {
    let world = world_with_log();
    let survivor = world.start(1);
    world.drain(1);
    let watch = world.watches.channel(CAT, Channel::Stdout);
    world.logs.send(ToLogs::Forget { process: CAT });
    survivor.print("still here\n");
    wait_until("its output", || world.read("out") == "still here\n");
    drop(survivor);
    wait_until("the log closes", || !world.is_open("out"));
    world.settle();
    assert!(!Arc::ptr_eq(&watch, &world.watches.channel(CAT, Channel::Stdout)), "watches are forgotten too");
}

#[test]
fn reopening_moves_to_the_new_files() {
    let world = world_with_log();
    let child = world.start(1);
    child.print("old\n");
    wait_until("output", || world.read("out") == "old\n");
    fs::rename(world.path("out"), world.path("out.moved")).expect("rename");
    fs::rename(world.path("main.log"), world.path("main.moved")).expect("rename");
    world.logs.send(ToLogs::Reopen);
    world.settle();
    child.print("new\n");
    wait_until("output", || world.read("out") == "new\n");
    assert_eq!(world.read("out.moved"), "old\n");
    assert!(world.read("main.moved").ends_with(" INFO supervisord logreopen\n"));
    assert_eq!(world.read("main.log"), "");
}

#[test]
fn reopening_does_not_open_logs_of_stopped_processes() {
    let world = world_with_log();
    world.logs.send(ToLogs::Reopen);
    world.settle();
    assert!(!world.path("out").exists());
}

#[test]
fn reopening_where_the_directory_has_vanished_goes_on() {
    let world = World::new(Level::Info);
    fs::create_dir(world.path("logs")).expect("make");
    world.register(world.channel("logs/out"), None);
    let child = world.start(1);
    fs::rename(world.path("logs"), world.path("away")).expect("rename");
    world.logs.send(ToLogs::Reopen);
    child.print("one\n");
    wait_until("output goes on", || world.read("away/out") == "one\n");
    assert!(world.main_log().contains("ERRO log of 'cat' stdout ("), "{}", world.main_log());
    fs::create_dir(world.path("logs")).expect("make");
    child.print("two\n");
    wait_until("output is back", || world.path("logs/out").exists() && world.read("logs/out") == "two\n");
}

#[test]
fn clearing_empties_the_log_of_a_running_process() {
    let world = World::new(Level::Info);
    world.register(world.channel("out"), Some(world.channel("err")));
    fs::write(world.path("out.1"), "backup\n").expect("write");
    world.prepare(1).expect("prepared");
    let child = world.attach_both(1);
    child.print("old\n");
    child.complain("old\n");
    wait_until("output", || world.read("out") == "old\n" && world.read("err") == "old\n");
    assert_eq!(world.clear(), Ok(()));
    assert_eq!((&*world.read("out"), &*world.read("err")), ("", ""));
    child.print("new\n");
    wait_until("output", || world.read("out") == "new\n");
    assert_eq!(world.read("out.1"), "backup\n");
}

#[test]
fn clearing_empties_the_log_of_a_stopped_process() {
    let world = world_with_log();
    assert_eq!(world.clear(), Ok(()));
    assert!(!world.path("out").exists());
    fs::write(world.path("out"), "old\n").expect("write");
    assert_eq!(world.clear(), Ok(()));
    assert_eq!(world.read("out"), "");
}

#[test]
fn clearing_tells_what_could_not_be_cleared_and_does_the_rest() {
    let world = World::new(Level::Info);
    world.register(world.channel("main.log/out"), Some(world.channel("err")));
    fs::write(world.path("err"), "old\n").expect("write");
    assert!(
        world
            .clear()
            .expect_err("no such place")
            .starts_with(&*world.path("main.log/out: ").to_string_lossy())
    );
    assert_eq!(world.read("err"), "");
}

#[test]
fn what_is_no_process_is_cleared_at_once() {
    let world = World::new(Level::Info);
    let (reply, answer) = oneshot::channel();
    world.logs.send(ToLogs::Clear { process: ProcessId(1), reply });
    assert_eq!(answer.blocking_recv(), Ok(Ok(())));
}

#[test]
fn the_end_takes_what_is_in_the_pipes() {
    let mut world = world_with_log();
    let child = world.start(1);
    child.print("last words\n");
    world.logs.line(Level::Info, "last line");
    let mut activity = world.end();
    activity.write(std::time::SystemTime::now(), Level::Info, "after the end");
    assert_eq!(world.read("out"), "last words\n");
    assert_eq!(world.main_log(), "INFO last line\nINFO after the end\n");
    assert!(!world.is_open("out"));
}

#[test]
fn a_pipe_that_would_block_is_made_not_to() {
    let world = world_with_log();
    world.prepare(1).expect("prepared");
    let (read, write) = std::io::pipe().expect("pipe");
    world.logs.send(ToLogs::Attach {
        process: CAT,
        launch: 1,
        stdout: Some(OwnedFd::from(read)),
        stderr: None,
    });
    world.drain(1);
    drop(write);
}

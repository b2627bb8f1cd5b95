//! What becomes of output besides being logged: capture, echo, followers, reports.

use std::fs;
use std::future::Future;
use std::os::unix::fs::symlink;
use std::time::Duration;

use provost_config::model::Level;
use provost_core::output::Channel;

use super::world::{CAT, World, wait_until};
use crate::ports::{ChannelSpec, Hearing, ToLogs};

/// A child prints the chunks, one read each, and dies; gives what listeners are to learn of it.
fn run(world: &World, spec: ChannelSpec, chunks: &[&[u8]]) -> Vec<(Hearing, String)> {
    world.register(spec, None);
    let child = world.start(1);
    for chunk in chunks {
        child.print(chunk);
        wait_until("the chunk is read", || {
            rustix::io::ioctl_fionread(&child.stdout).is_ok_and(|left| left == 0)
        });
    }
    drop(child);
    world.drain(1)
}

#[test]
fn listeners_learn_of_output_before_they_learn_of_the_end() {
    let check = |spec: fn(ChannelSpec) -> ChannelSpec, expect: &[(Hearing, &str)]| {
        let world = World::new(Level::Info);
        let chunks: [&[u8]; 2] = [b"one<!--XSUPERVISOR:BEGIN-->two", b"<!--XSUPERVISOR:END-->"];
        let overheard = run(&world, spec(world.channel("out")), &chunks);
        let overheard: Vec<_> = overheard.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
        assert_eq!(overheard, expect);
    };
    let (first, second) = ("one<!--XSUPERVISOR:BEGIN-->two", "<!--XSUPERVISOR:END-->");
    check(|spec| spec, &[]);
    check(|spec| ChannelSpec { events: true, ..spec }, &[(Hearing::Log, first), (Hearing::Log, second)]);
    check(
        |spec| ChannelSpec { protocol: true, ..spec },
        &[(Hearing::Protocol, first), (Hearing::Protocol, second)],
    );
    check(
        |spec| ChannelSpec { events: true, capture_maxbytes: 100, ..spec },
        &[(Hearing::Log, "one"), (Hearing::Log, "two"), (Hearing::Communication, "two")],
    );
}

#[test]
fn a_character_that_two_reads_cut_is_whole_in_the_event() {
    let world = World::new(Level::Info);
    let spec = ChannelSpec { events: true, ..world.channel("out") };
    let overheard = run(&world, spec, &[b"a\xc3", b"\xa4\xe2"]);
    let log = |text: &str| (Hearing::Log, text.to_owned());
    assert_eq!(overheard, [log("a"), log("\u{e4}"), log("\u{fffd}")]);
    assert_eq!(fs::read(world.path("out")).expect("the log"), b"a\xc3\xa4\xe2");
}

#[test]
fn what_was_read_elsewhere_is_logged_and_told_to_nobody() {
    let world = World::new(Level::Info);
    world.register(ChannelSpec { protocol: true, ..world.channel("out") }, None);
    let child = world.start(1);
    world.logs.said(CAT, b"READY\n".to_vec());
    drop(child);
    assert_eq!(world.drain(1), []);
    assert_eq!(world.read("out"), "READY\n");
}

#[track_caller]
fn check_log(spec: impl FnOnce(ChannelSpec) -> ChannelSpec, chunks: &[&[u8]], expect: &str) {
    let world = World::new(Level::Info);
    run(&world, spec(world.channel("out")), chunks);
    assert_eq!(world.read("out"), expect);
}

#[test]
fn captured_messages_are_not_in_the_log() {
    let capture = |spec| ChannelSpec { capture_maxbytes: 100, ..spec };
    let chunks: [&[u8]; 3] = [b"one<!--XSUPERVISOR:BEG", b"IN-->message<!--XSUP", b"ERVISOR:END-->two"];
    check_log(capture, &chunks, "onetwo");
    check_log(capture, &[b"one<!--XSUPERVISOR:BEGIN-->unfinished"], "oneunfinished");
    check_log(capture, &[b"short"], "short");
    check_log(capture, &[b"prompt <!-"], "prompt <!-");
}

#[test]
fn escape_sequences_are_removed() {
    let strip = |spec| ChannelSpec { strip_ansi: true, ..spec };
    check_log(strip, &[b"\x1b[31", b"mred\x1b[0m\n"], "red\n");
    check_log(|spec| spec, &[b"\x1b[31mred\x1b[0m\n"], "\x1b[31mred\x1b[0m\n");
}

#[test]
fn logs_roll_over() {
    let world = World::new(Level::Info);
    run(
        &world,
        ChannelSpec { maxbytes: 4, backups: 1, ..world.channel("out") },
        &[b"one\n", b"two\n", b"three\n", b"4"],
    );
    assert_eq!((&*world.read("out"), &*world.read("out.1")), ("4", "three\n"));
    assert!(!world.path("out.2").exists());
}

#[track_caller]
fn check_echo(level: Level, chunks: &[&[u8]], expect: &str) {
    let world = World::new(level);
    run(&world, ChannelSpec { capture_maxbytes: 100, ..world.channel("out") }, chunks);
    assert_eq!(world.main_log(), expect);
}

#[test]
fn at_debug_level_output_is_echoed() {
    check_echo(Level::Info, &[b"text\n"], "");
    check_echo(Level::Debug, &[b"text\n"], "DEBG 'cat' stdout output:\ntext\n\n");
    check_echo(Level::Debug, &[b"\xff\n"], "DEBG 'cat' stdout output:\nUndecodable: b'\\xff\\n'\n");
    check_echo(
        Level::Debug,
        &[b"<!--XSUPERVISOR:BEGIN-->message<!--XSUPERVISOR:END-->"],
        "DEBG 'cat' stdout output:\nmessage\nDEBG 'cat' stdout emitted a comm event\n",
    );
}

/// Polls the future in a runtime until it is done or time is up.
fn completes(future: impl Future) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("runtime");
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(30), future).await.is_ok() })
}

#[test]
fn followers_are_woken() {
    let world = World::new(Level::Info);
    world.register(world.channel("out"), None);
    let child = world.start(1);
    world.settle();
    let watch = world.watches.channel(CAT, Channel::Stdout);
    let follower = watch.follow();
    let causes: [(&str, &dyn Fn()); 3] = [
        ("output", &|| child.print("x")),
        ("clear", &|| world.clear().expect("clear")),
        ("reopen", &|| world.logs.send(ToLogs::Reopen)),
    ];
    for (name, cause) in causes {
        let changed = follower.changed();
        cause();
        assert!(completes(changed), "{name}");
        world.settle();
    }
}

#[test]
fn followers_of_the_activity_log_are_woken() {
    let world = World::new(Level::Info);
    let follower = world.watches.main.follow();
    let changed = follower.changed();
    world.logs.line(Level::Info, "line");
    assert!(completes(changed), "line");
    world.settle();
    let changed = follower.changed();
    assert_eq!(world.clear_main(), Ok(()));
    assert!(completes(changed), "clear");
    assert_eq!(world.read("main.log"), "");
}

#[test]
fn lines_keep_their_order_and_their_level() {
    let world = World::new(Level::Info);
    for number in 0..5000 {
        world.logs.line(Level::Info, number.to_string());
        world.logs.line(Level::Debug, "left out");
    }
    world.settle();
    let expect: String = (0..5000).map(|number| format!("INFO {number}\n")).collect();
    assert_eq!(world.main_log(), expect);
}

#[test]
fn a_log_that_fails_is_reported_once_and_again_when_it_heals() {
    let world = World::new(Level::Info);
    symlink("/dev/full", world.path("out")).expect("link");
    world.register(world.channel("out"), None);
    let child = world.start(1);
    for _ in 0..2 {
        child.print("lost\n");
        world.drain(1);
    }
    let log = world.main_log();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.starts_with("ERRO log of 'cat' stdout ("), "{log}");
    assert!(log.contains("cannot be written: No space left on device"), "{log}");

    fs::remove_file(world.path("out")).expect("remove");
    world.logs.send(ToLogs::Reopen);
    child.print("found\n");
    world.drain(1);
    assert_eq!(world.read("out"), "found\n");
    assert!(world.main_log().ends_with("is written again; 10 bytes were lost\n"), "{}", world.main_log());
}

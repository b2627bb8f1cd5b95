//! Logs that are read by somebody, who may be slow.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::time::{Duration, Instant};

use provost_config::model::Level;
use provost_core::status::ProcessId;
use rustix::fs::{Mode, OFlags};

use super::world::{Child, World, wait_until};
use crate::logs::health::Trouble;
use crate::logs::stream::{Backlog, MAX_KEPT_BYTES, Manner};
use crate::ports::{ChannelSpec, LogSpec, ToLogs};

/// A second program.
const DOG: ProcessId = ProcessId(8);

/// A named pipe in the world's directory, and its reader, who does not read yet.
fn named_pipe(world: &World, name: &str) -> File {
    let path = world.path(name);
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, Mode::from_raw_mode(0o600)).expect("named pipe");
    let reader = rustix::fs::open(&path, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty()).expect("reader");
    File::from(reader)
}

/// Everything that comes until `end` has.
fn read_until(reader: &mut File, end: &str) -> String {
    let (mut text, mut buffer) = (String::new(), vec![0; 4096]);
    wait_until(end, || {
        if let Ok(count) = reader.read(&mut buffer) {
            text.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
        text.ends_with(end)
    });
    text
}

fn lines(name: &str, count: usize) -> String {
    (1..=count).map(|number| format!("{name} line {number} of {count}\n")).collect()
}

/// Starts a child of that process, whose output has no other reader than the plane.
fn start(world: &World, process: ProcessId, stdout: ChannelSpec) -> Child {
    let spec = Box::new(LogSpec { name: "dog".into(), stdout, stderr: None });
    world.logs.send(ToLogs::Register { process, spec });
    let (read, stdout) = io::pipe().expect("pipe");
    world.logs.send(ToLogs::Attach { process, launch: 1, stdout: Some(OwnedFd::from(read)), stderr: None });
    Child { stdout, stderr: None }
}

/// A child that writes more than its log's reader has room for; the thread ends when all is written.
fn stalled(world: &World, text: &str) -> std::thread::JoinHandle<Child> {
    let child = world.start(1);
    let text = text.to_owned();
    std::thread::spawn(move || {
        child.print(text);
        child
    })
}

#[test]
fn a_slow_reader_holds_up_its_program_and_nobody_else() {
    let world = World::new(Level::Info);
    let mut reader = named_pipe(&world, "out");
    world.register(world.channel("out"), None);
    // More than both pipes and one read of the plane hold.
    let text = lines("cat", 20_000);
    let writer = stalled(&world, &text);
    let dog = start(&world, DOG, world.channel("dog"));
    for number in 0..20 {
        dog.print("bark\n");
        wait_until("the other log", || {
            fs::read_to_string(world.path("dog")).is_ok_and(|text| text == "bark\n".repeat(number + 1))
        });
    }
    assert!(!writer.is_finished(), "its program waits, as if it wrote to that reader itself");
    assert!(read_until(&mut reader, "line 20000 of 20000\n") == text, "everything, and in order");
    let child = writer.join().expect("writer");
    child.print("more\n");
    assert_eq!(read_until(&mut reader, "more\n"), "more\n");
    assert_eq!(world.main_log(), "");
}

#[test]
fn what_a_dead_child_has_left_waits_for_its_reader() {
    let world = World::new(Level::Info);
    let mut reader = named_pipe(&world, "out");
    world.register(world.channel("out"), None);
    let text = lines("cat", 4000);
    let child = world.start(1);
    child.print(&text[..1 << 16]);
    wait_until("the pipe is read", || rustix::io::ioctl_fionread(&child.stdout).is_ok_and(|left| left == 0));
    child.print(&text[1 << 16..]);
    drop(child);
    world.drain(1);
    assert!(world.is_open("out"), "what waits is yet to be written");
    assert!(read_until(&mut reader, "line 4000 of 4000\n") == text);
    wait_until("the log closes", || {
        let mut byte = [0];
        matches!(reader.read(&mut byte), Ok(0))
    });
}

#[test]
fn programs_that_share_a_slow_reader_do_not_mix_up_their_lines() {
    let world = World::new(Level::Info);
    let mut reader = named_pipe(&world, "out");
    world.register(world.channel("out"), None);
    let (cats, dogs) = (lines("cat", 10_000), lines("dog", 10_000));
    let children = [(world.start(1), cats.clone()), (start(&world, DOG, world.channel("out")), dogs.clone())];
    // A program that writes its lines one by one, as most do to a log.
    let writers = children.map(|(child, text)| {
        std::thread::spawn(move || text.split_inclusive('\n').for_each(|line| child.print(line)))
    });
    let (mut text, mut buffer) = (String::new(), vec![0; 1000]);
    wait_until("all lines", || {
        if let Ok(count) = reader.read(&mut buffer) {
            text.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
        text.len() >= cats.len() + dogs.len()
    });
    let of =
        |name: &str| text.split_inclusive('\n').filter(|line| line.starts_with(name)).collect::<String>();
    assert!(of("cat") == cats && of("dog") == dogs, "every line is whole, and in its order");
    writers.into_iter().for_each(|writer| writer.join().expect("writer"));
}

#[test]
fn reopening_moves_what_waits_to_the_new_file() {
    let world = World::new(Level::Info);
    let _reader = named_pipe(&world, "out");
    world.register(world.channel("out"), None);
    let text = lines("cat", 20_000);
    let writer = stalled(&world, &text);
    wait_until("the reader's pipe is full", || {
        let path = world.path("out");
        rustix::fs::open(&path, OFlags::WRONLY | OFlags::NONBLOCK, Mode::empty())
            .is_ok_and(|probe| rustix::io::write(&probe, &[b' '; 4096]) == Err(rustix::io::Errno::AGAIN))
    });
    fs::rename(world.path("out"), world.path("pipe")).expect("rename");
    world.logs.send(ToLogs::Reopen);
    wait_until("the end of it", || {
        fs::read_to_string(world.path("out")).is_ok_and(|found| found.ends_with("line 20000 of 20000\n"))
    });
    let found = world.read("out");
    assert!(text.ends_with(&found), "what the reader did not get, without a gap");
    drop(writer.join().expect("writer"));
}

#[test]
fn a_listener_is_heard_whoever_reads_its_log() {
    let world = World::new(Level::Info);
    let _reader = named_pipe(&world, "out");
    world.register(ChannelSpec { protocol: true, ..world.channel("out") }, None);
    let child = world.start(1);
    child.print("x".repeat(3 << 20));
    wait_until("all of it is read", || rustix::io::ioctl_fionread(&child.stdout).is_ok_and(|left| left == 0));
    drop(child);
    let heard: usize = world.drain(1).iter().map(|(_, text)| text.len()).sum();
    assert!(heard >= 2 << 20, "{heard}");
    let log = world.main_log();
    assert!(log.contains("cannot be written: who reads it does not keep up; "), "{log}");
}

#[test]
fn the_end_waits_for_a_slow_reader_but_not_for_ever() {
    let mut world = World::new(Level::Info);
    let _reader = named_pipe(&world, "out");
    world.register(world.channel("out"), None);
    let child = world.start(1);
    child.print("x".repeat(1 << 16));
    child.print("x".repeat(1 << 16));
    let begin = Instant::now();
    drop(world.end());
    assert!(begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    assert!(world.main_log().contains("cannot be written: who reads it does not keep up; "));
}

#[test]
fn a_backlog_keeps_what_may_be_left_in_a_pipe_and_counts_what_is_more() {
    let (mut read, write) = io::pipe().expect("pipe");
    let mut backlog = Backlog::default();
    let piece = lines("cat", 40);
    let mut taken = 0;
    while backlog.write(write.as_fd(), Manner::Asking, piece.as_bytes()).is_ok() {
        taken += 1;
    }
    let kept = taken * piece.len();
    assert!((MAX_KEPT_BYTES..MAX_KEPT_BYTES + (1 << 16)).contains(&(kept + piece.len() - 1)), "{kept}");
    match backlog.write(write.as_fd(), Manner::Asking, piece.as_bytes()) {
        Err(Trouble::Lost { bytes, .. }) => assert_eq!(bytes, piece.len()),
        other => panic!("{other:?}"),
    }
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        read.read_to_string(&mut text).expect("read");
        text
    });
    backlog
        .finish(write.as_fd(), Manner::Asking, Instant::now() + Duration::from_secs(30))
        .expect("it is read");
    drop(write);
    assert!(reader.join().expect("reader") == piece.repeat(taken));
}

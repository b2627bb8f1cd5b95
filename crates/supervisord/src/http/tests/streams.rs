//! Log streams over a real connection.

use std::io::Write;
use std::sync::Arc;

use provost_core::output::Channel;
use provost_core::status::ProcessId;

use super::world::{Client, Setup, World};

fn start(world: &World, path: &str) -> Client {
    let mut client = world.connect();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes());
    let head = client.head();
    assert_eq!(head.status, 200, "{head:?}");
    assert_eq!(head.header("transfer-encoding"), Some("chunked"));
    assert_eq!(head.header("content-type"), Some("text/plain;charset=utf-8"));
    assert!(head.header("last-modified").is_some_and(|time| time.ends_with(" GMT")), "{head:?}");
    let buffered = head.header("x-accel-buffering");
    assert_eq!(buffered, (!path.starts_with("/main")).then_some("no"));
    client
}

fn append(world: &World, name: &str, bytes: &[u8]) {
    let path = world.directory.path().join(name);
    let mut file = std::fs::File::options().append(true).create(true).open(path).expect("the log opens");
    file.write_all(bytes).expect("the log takes bytes");
    touch(world);
}

fn touch(world: &World) {
    world.ports.watches.channel(ProcessId(1), Channel::Stdout).touch();
    world.ports.watches.channel(ProcessId(2), Channel::Stderr).touch();
    world.ports.watches.main.touch();
}

#[test]
fn a_stream_follows_its_log_through_everything() {
    let world = World::new(Setup::default());
    world.write("a.out", format!("{}end\n", "x".repeat(2000)).as_bytes());
    let mut client = start(&world, "/logtail/a");
    assert_eq!(client.chunk(), format!("{}end\n", "x".repeat(1020)).into_bytes());
    append(&world, "a.out", b"more\n");
    assert_eq!(client.chunk(), b"more\n");
    let path = world.directory.path().join("a.out");
    std::fs::rename(&path, path.with_extension("1")).expect("the log is renamed");
    append(&world, "a.out", b"rolled over\n");
    assert_eq!(client.chunk(), b"rolled over\n");
    world.write("a.out", b"");
    touch(&world);
    assert_eq!(client.chunk(), b"==> File truncated <==\n");
    append(&world, "a.out", b"\xff raw \x1b\n");
    assert_eq!(client.chunk(), b"\xff raw \x1b\n");
}

#[test]
fn names_and_channels_are_found() {
    let world = World::new(Setup::default());
    world.write("one.err", b"complaint\n");
    world.write("a.out", b"output\n");
    world.write("main.log", b"activity\n");
    for (path, expect) in [
        ("/logtail/g:one/stderr", &b"complaint\n"[..]),
        ("/logtail/g%3Aone/stderr?x=y", b"complaint\n"),
        ("/logtail/a/stdout", b"output\n"),
        ("/logtail/a:a", b"output\n"),
        ("/mainlogtail", b"activity\n"),
        ("/mainlogtail/whatever", b"activity\n"),
    ] {
        assert_eq!(start(&world, path).chunk(), expect, "{path}");
    }
}

#[test]
fn a_stream_may_begin_with_a_number_of_lines() {
    let world = World::new(Setup::default());
    world.write("a.out", b"one\ntwo\nthree\n");
    world.write("main.log", b"one\ntwo\nthree\n");
    assert_eq!(start(&world, "/logtail/a?lines=2").chunk(), b"two\nthree\n");
    assert_eq!(start(&world, "/mainlogtail?lines=1").chunk(), b"three\n");
    let mut client = start(&world, "/logtail/a?lines=0");
    append(&world, "a.out", b"four\n");
    assert_eq!(client.chunk(), b"four\n");
}

#[test]
fn an_empty_log_sends_nothing_until_there_is_something() {
    let world = World::new(Setup::default());
    world.write("main.log", b"");
    let mut client = start(&world, "/mainlogtail");
    append(&world, "main.log", b"first\n");
    assert_eq!(client.chunk(), b"first\n");
}

#[test]
fn old_clients_get_the_bytes_at_once_and_without_chunks() {
    let world = World::new(Setup::default());
    world.write("a.out", b"one\n");
    let mut client = world.connect();
    client.send(b"GET /logtail/a HTTP/1.0\r\n\r\n");
    let head = client.head();
    assert_eq!((head.status, head.header("transfer-encoding")), (200, None));
    assert_eq!(client.take(4), b"one\n");
    append(&world, "a.out", b"two\n");
    assert_eq!(client.take(4), b"two\n");
}

#[test]
fn a_stream_ends_with_the_plane_and_with_its_client() {
    let mut world = World::new(Setup::default());
    world.write("a.out", b"one\n");
    let mut client = start(&world, "/logtail/a");
    assert_eq!(client.chunk(), b"one\n");
    let mut leaving = start(&world, "/logtail/a");
    assert_eq!(leaving.chunk(), b"one\n");
    leaving.end_writing();
    assert_eq!(leaving.rest(), b"", "a client that ends its side wants no more");
    world.stop();
    assert_eq!(client.chunk(), b"", "the last chunk");
    assert_eq!(client.rest(), b"");
}

#[test]
fn a_reader_that_does_not_read_holds_nobody_up() {
    let world = World::new(Setup::default());
    world.write("a.out", b"");
    let _asleep = start(&world, "/logtail/a");
    let mut awake = start(&world, "/logtail/a");
    let block = Arc::new(vec![b'x'; 1 << 20]);
    for _ in 0..4 {
        append(&world, "a.out", &block);
        let mut left = block.len();
        while left > 0 {
            left -= awake.chunk().len();
        }
    }
    assert_eq!(world.ask("GET /ok.html HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
}

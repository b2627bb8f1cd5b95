//! Ten times a hundred spoiled requests: none may end the plane, and each is answered or closed.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use super::world::{PATIENCE, Setup, World, post};

const SEEDS: &[&str] = &[
    "<?xml version='1.0'?><methodCall><methodName>supervisor.startProcess</methodName><params><param><value>\
     <string>g:*</string></value></param><param><value><boolean>1</boolean></value></param></params></methodCall>",
    "<methodCall><methodName>system.multicall</methodName><params><param><value><array><data><value><struct>\
     <member><name>methodName</name><value>supervisor.getPID</value></member><member><name>params</name><value>\
     <array><data/></array></value></member></struct></value></data></array></value></param></params></methodCall>",
    "<methodCall><methodName>supervisor.readProcessStdoutLog</methodName><params><param><value>a</value></param>\
     <param><value><int>-10</int></value></param><param><value><int>0</int></value></param></params></methodCall>",
];

/// A small generator whose whole state is its seed (xorshift), so that a failure can be repeated.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("the bound is a usize")
    }
}

fn spoil(request: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(request.len());
        match chance.below(5) {
            0 => request[at] ^= 1 << chance.below(8),
            1 => request.truncate(at.max(1)),
            2 => request.insert(at, u8::try_from(chance.below(256)).expect("below 256")),
            3 => drop(request.drain(at..(at + chance.below(20)).min(request.len()))),
            _ => {
                let piece = request[at..(at + chance.below(40)).min(request.len())].to_vec();
                request.splice(at..at, piece);
            }
        }
        if request.is_empty() {
            request.push(b'\n');
        }
    }
}

#[test]
fn no_spoiled_request_ends_the_plane() {
    let world = World::new(Setup::default());
    world.write("a.out", b"log");
    let path = world.directory.path().join("s.sock");
    for seed in 1..=1000_u64 {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut request = post(SEEDS[chance.below(SEEDS.len())]).into_bytes();
        spoil(&mut request, &mut chance);
        let mut stream = UnixStream::connect(&path).expect("the plane listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("sockets have time-outs");
        // The plane may close before it has read everything.
        let _ = stream.write_all(&request);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        match stream.read_to_end(&mut answer) {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "seed {seed}: {error}");
            }
        }
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "seed {seed}");
    }
    assert_eq!(world.ask("GET /ok.html HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 200);
    let lines = world.lines.lock().expect("no panic").join("\n");
    assert!(!lines.contains("CRIT"), "{lines}");
}

#[test]
fn deep_documents_do_not_exhaust_the_stack() {
    let world = World::new(Setup::default());
    for depth in [100, 10_000] {
        let nested =
            format!("{}{}", "<value><array><data>".repeat(depth), "</data></array></value>".repeat(depth));
        let call = format!(
            "<methodCall><methodName>supervisor.getPID</methodName><params><param>{nested}</param></params></methodCall>"
        );
        assert!(matches!(world.ask(&post(&call)).status, 200 | 400));
    }
}

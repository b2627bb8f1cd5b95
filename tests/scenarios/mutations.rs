//! Spoiled requests to a daemon with running children: it answers or closes, the children notice nothing, and what
//! the requests cost is given back.
//!
//! Every request comes from a seed, which a failure names. The parser of calls alone meets many more in the unit tests
//! and under the fuzzer; here it is the whole way from the socket to the answer.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};

use provost_tests::http::Connection;
use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, World, processes};

/// Requests in all.
const REQUESTS: u64 = 1000;
/// Requests before memory is looked at for the first time: buffers have found their size by then.
const WARM_UP: u64 = 200;
/// What the daemon may have more in the end, in kB; one request that kept its body would cost more over a thousand.
const SLACK: u64 = 4096;

const PROGRAMS: &str = "\
[program:cat]
command=/bin/cat
numprocs=4
process_name=%(program_name)s_%(process_num)d
startsecs=0
[program:log]
command=/bin/sh -c \"seq 1000; exec cat\"
startsecs=0
[eventlistener:idle]
command=/bin/cat
events=PROCESS_LOG,TICK_5
startsecs=0
";

/// Calls that leave children alone, whatever becomes of their names and arguments.
const CALLS: &[(&str, &str)] = &[
    ("supervisor.getAllProcessInfo", ""),
    ("supervisor.getProcessInfo", "<value><string>cat:cat_0</string></value>"),
    ("supervisor.getAllConfigInfo", ""),
    ("supervisor.startProcess", "<value>cat:*</value>;<value><boolean>1</boolean></value>"),
    ("supervisor.signalProcess", "<value>cat:cat_1</value>;<value><int>0</int></value>"),
    ("supervisor.sendProcessStdin", "<value>cat:cat_2</value>;<value><base64>aGVsbG8K</base64></value>"),
    ("supervisor.sendRemoteCommEvent", "<value>kind</value>;<value><![CDATA[<data>]]></value>"),
    (
        "supervisor.readProcessStdoutLog",
        "<value>log</value>;<value><int>-10</int></value>;<value><i4>0</i4></value>",
    ),
    (
        "supervisor.tailProcessStdoutLog",
        "<value>log</value>;<value><int>0</int></value>;<value><int>500</int></value>",
    ),
    ("supervisor.reloadConfig", ""),
    ("system.methodHelp", "<value>system.listMethods</value>"),
    ("provost.getAllProcessDetails", ""),
    (
        "system.multicall",
        "<value><array><data><value><struct><member><name>methodName</name><value>supervisor.getPID</value></member>\
         <member><name>params</name><value><array><data/></array></value></member></struct></value></data></array></value>",
    ),
];

/// Requests of other kinds.
const OTHERS: &[&str] = &[
    "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /logtail/log HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET /mainlogtail HTTP/1.0\r\n\r\n",
    "HEAD /ok.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "POST /index.html HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14\r\n\r\naction=refresh",
    "POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<a/>\n\r\n0\r\n\r\n",
    "GET /ok.html HTTP/1.1\r\n\r\nGET /ok.html HTTP/1.1\r\nConnection: close\r\n\r\n",
];

/// What makes trouble when it stands where it is not expected.
const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\0",
    b"\xff\xfe",
    b"<value>",
    b"</value>",
    b"<![CDATA[",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
    b"&#0;",
    b"&#x1F600;",
    b"999999999999999999999",
    b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Expect: 100-continue\r\n",
    b"Authorization: Basic ////\r\n",
    b"%00%ff",
];

/// A small generator whose whole state is its seed (xorshift), so that a failure can be repeated.
struct Chance(u64);

impl Chance {
    fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("invariant: below a usize")
    }

    fn one_of<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        &things[self.below(things.len())]
    }
}

fn request(chance: &mut Chance) -> Vec<u8> {
    if chance.below(4) == 0 {
        return chance.one_of(OTHERS).as_bytes().to_vec();
    }
    let (method, params) = chance.one_of(CALLS);
    let params: String = params.split(';').map(|value| format!("<param>{value}</param>")).collect();
    let params = if params == "<param></param>" { String::new() } else { params };
    let document = format!(
        "<?xml version='1.0'?><methodCall><methodName>{method}</methodName><params>{params}</params></methodCall>"
    );
    let head =
        format!("POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", document.len());
    (head + &document).into_bytes()
}

fn spoil(request: &mut Vec<u8>, chance: &mut Chance) {
    for _ in 0..=chance.below(5) {
        if request.is_empty() {
            request.push(b'\n');
        }
        let at = chance.below(request.len());
        let end = (at + chance.below(60)).min(request.len());
        match chance.below(7) {
            0 => request[at] ^= 1 << chance.below(8),
            1 => request.truncate(at),
            2 => drop(request.drain(at..end)),
            3 => {
                let piece = request[at..end].to_vec();
                let piece = piece.repeat(1 + chance.below(40));
                drop(request.splice(at..at, piece));
            }
            4 => drop(request.splice(at..at, chance.one_of(PIECES).iter().copied())),
            5 => drop(request.splice(at..end, self::request(chance))),
            _ => request.rotate_left(at),
        }
    }
}

/// Sends a request and ends the client's side. It is answered, or the connection closed, or both.
fn play(world: &World, seed: u64) {
    let mut chance = Chance::of(seed);
    let mut request = request(&mut chance);
    spoil(&mut request, &mut chance);
    let mut connection = world.server.connect().unwrap_or_else(|error| panic!("request {seed}: {error}"));
    // The daemon may close before it has read everything.
    let _closed_early = connection.write_all(&request);
    let _closed_already = connection.finish_sending();
    let answer = read(&mut connection).unwrap_or_else(|error| {
        panic!("{seed} was neither answered nor closed: {error}\n{:?}", shown(&request))
    });
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "request {seed} got {:?}", shown(&answer));
    assert!(!shown(&answer).starts_with("HTTP/1.1 500"), "request {seed} got {:?}", shown(&answer));
}

/// Reads everything, or the beginning of a stream, which may go on.
fn read(connection: &mut Connection) -> io::Result<Vec<u8>> {
    const STREAM: &str = "Content-Type: text/plain;charset=utf-8";
    let (mut answer, mut buffer) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        match connection.read(&mut buffer) {
            Ok(0) => return Ok(answer),
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(answer),
            Err(error) => return Err(error),
        }
        if shown(&answer).contains(STREAM) {
            return Ok(answer);
        }
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn descriptors(pid: u32) -> usize {
    fs::read_dir(format!("/proc/{pid}/fd")).expect("the daemon lives").count()
}

fn children(world: &World) -> Vec<u32> {
    world.pids_of(&["cat:cat_0", "cat:cat_1", "cat:cat_2", "cat:cat_3", "log", "idle"])
}

#[test]
fn spoiled_requests_cost_nothing_and_nobody() {
    let world = World::with_programs(Implementation::Ours, PROGRAMS);
    for name in ["cat:cat_0", "cat:cat_3", "log", "idle"] {
        world.wait_state(name, "RUNNING");
    }
    let before = children(&world);
    let daemon = world.daemon_pid();
    (1..=WARM_UP).for_each(|seed| play(&world, seed));
    let resident = || processes::status_field(daemon, "VmRSS").expect("the daemon lives");
    let (memory, open) = (resident(), descriptors(daemon));
    (WARM_UP + 1..=REQUESTS).for_each(|seed| play(&world, seed));
    assert_eq!(children(&world), before, "children were lost");
    // Who follows a log and sent more than one request before it left is found gone when the log has news.
    assert_eq!(world.rpc("supervisor.sendProcessStdin('log', 'news\\n')"), ["True"]);
    until(PATIENCE, "all descriptors to be given back", || descriptors(daemon) <= open);
    assert!(resident() <= memory + SLACK, "{memory} kB became {} kB", resident());
}

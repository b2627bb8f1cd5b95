//! What clients do.

use std::fmt;
use std::io::Write as _;
use std::ops::AddAssign;

use provost_tests::http::Server;
use provost_tests::processes;
use provost_tests::random::Random;
use provost_wire::fault::Fault;
use provost_wire::xmlrpc::{Value, decode_response, encode_call};

const PROCESSES: &[&str] = &[
    "steady:steady_0",
    "steady:steady_1",
    "steady:steady_2",
    "steady:steady_3",
    "crasher",
    "counter",
    "stubborn",
    "hopeless",
    "forker",
    "pair:one",
    "pair:two",
];
const GROUPS: &[&str] = &["steady", "crasher", "counter", "stubborn", "hopeless", "forker", "pair"];
/// A reload is rare, because everything else begins anew with it.
const RELOAD_ONE_IN: usize = 4000;

/// What was done, and what came of it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) calls: u64,
    pub(crate) faults: u64,
    pub(crate) pages: u64,
    pub(crate) signals: u64,
    pub(crate) rudeness: u64,
    /// Nobody answered: the daemon was between two lives.
    pub(crate) unanswered: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.faults += other.faults;
        self.pages += other.pages;
        self.signals += other.signals;
        self.rudeness += other.rudeness;
        self.unanswered += other.unanswered;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, faults, pages, signals, rudeness, unanswered } = self;
        write!(
            f,
            "{calls} calls ({faults} faults), {pages} pages, {signals} signals, {rudeness} rude clients, \
             {unanswered} unanswered"
        )
    }
}

/// Calls a method; `None` if nobody answered.
///
/// # Panics
/// The answer is no XML-RPC.
pub(crate) fn call(server: &Server, method: &str, params: &[Value]) -> Option<Result<Value, Fault>> {
    let document = encode_call(method, params);
    let head = format!(
        "POST /RPC2 HTTP/1.1\r\nHost: soak\r\nConnection: close\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n",
        document.len()
    );
    let answer = server.exchange(&[head.as_bytes(), &document].concat()).ok()?;
    if answer.code() == 0 {
        return None;
    }
    assert_eq!(answer.code(), 200, "{method}{params:?}: {answer:?}");
    let result = decode_response(answer.body.as_bytes());
    Some(result.unwrap_or_else(|error| panic!("{method}{params:?}: {error}: {}", answer.body)))
}

/// See the module.
pub(crate) struct Client {
    server: Server,
    daemon: u32,
    random: Random,
    tally: Tally,
}

impl Client {
    pub(crate) fn new(server: Server, daemon: u32, seed: u64) -> Self {
        Self { server, daemon, random: Random::new(seed), tally: Tally::default() }
    }

    pub(crate) fn tally(self) -> Tally {
        self.tally
    }

    /// Does one thing.
    pub(crate) fn act(&mut self) {
        if self.random.one_in(RELOAD_ONE_IN) {
            return self.reload();
        }
        let process = self.random.pick(PROCESSES);
        let group = self.random.pick(GROUPS);
        let wait = Value::Bool(self.random.one_in(3));
        match self.random.below(24) {
            0..4 => self.call("startProcess", &[process.into(), wait]),
            4..7 => self.call("stopProcess", &[process.into(), wait]),
            7 => self.call("startProcessGroup", &[group.into(), wait]),
            8 => self.call("stopProcessGroup", &[group.into(), wait]),
            9 => {
                let signal = self.random.pick(&["USR1", "HUP", "KILL", "CONT"]);
                self.call("signalProcess", &[process.into(), signal.into()]);
            }
            10 => self.call("clearProcessLogs", &[process.into()]),
            11 => self.call("readProcessStdoutLog", &[process.into(), (-2000).into(), 0.into()]),
            12 => self.call("tailProcessStdoutLog", &[process.into(), 0.into(), 4000.into()]),
            13 => self.call("getAllProcessInfo", &[]),
            14 => self.call("readLog", &[(-5000).into(), 0.into()]),
            15 => self.call("reloadConfig", &[]),
            16 => self.remove_and_add(group),
            17 => self.call("sendProcessStdin", &["pair:one".into(), "line\n".into()]),
            18 => self.get(&[
                "/",
                "/index.html?lang=zh",
                "/program?name=counter",
                "/nothing",
                "/logtail/counter/x",
            ]),
            19 => self.get(&[
                "/api/v1/processes",
                "/api/v1/processes/counter",
                "/metrics",
                "/healthz",
                "/readyz",
            ]),
            20 => self.rudeness(),
            21 => self.signal("USR2"),
            22 => self.signal("CONT"),
            _ => self.call("getProcessInfo", &[process.into()]),
        }
    }

    fn call(&mut self, method: &str, params: &[Value]) {
        self.tally.calls += 1;
        match call(&self.server, &format!("supervisor.{method}"), params) {
            None => self.tally.unanswered += 1,
            Some(Ok(_)) => {}
            Some(Err(_)) => self.tally.faults += 1,
        }
    }

    /// The group is there again in the end, unless somebody else was at it, too.
    fn remove_and_add(&mut self, group: &str) {
        self.call("stopProcessGroup", &[group.into(), true.into()]);
        self.call("removeProcessGroup", &[group.into()]);
        self.call("addProcessGroup", &[group.into()]);
    }

    fn get(&mut self, paths: &[&str]) {
        self.tally.pages += 1;
        let path = self.random.pick(paths);
        let request = format!("GET {path} HTTP/1.1\r\nHost: soak\r\nConnection: close\r\n\r\n");
        match self.server.exchange(request.as_bytes()) {
            Ok(answer) if answer.code() != 0 => {
                // Not ready is an answer; anything else of that kind is not.
                assert!(answer.code() < 500 || path == "/readyz", "{path}: {}", answer.status);
            }
            _ => self.tally.unanswered += 1,
        }
    }

    /// Garbage, or a request that nobody finishes or reads the answer to.
    fn rudeness(&mut self) {
        self.tally.rudeness += 1;
        let request: &[u8] = self.random.pick::<&[u8]>(&[
            b"GET / HT",
            b"\x00\xff\xfe\r\n\r\n",
            b"POST /RPC2 HTTP/1.1\r\nHost: soak\r\nContent-Length: 100\r\n\r\n<?xml",
            b"GET /mainlogtail HTTP/1.1\r\nHost: soak\r\n\r\n",
            b"GET /api/v1/events HTTP/1.1\r\nHost: soak\r\n\r\n",
            b"DELETE /RPC2 HTTP/9.9\r\n\r\n",
        ]);
        if let Ok(mut connection) = self.server.connect() {
            let _nobody_cares = connection.write_all(request);
        }
    }

    fn signal(&mut self, name: &str) {
        self.tally.signals += 1;
        processes::send(self.daemon, processes::signal(name));
    }

    /// By signal or by call.
    fn reload(&mut self) {
        if self.random.one_in(2) {
            self.signal("HUP");
        } else {
            self.tally.calls += 1;
            let _between_two_lives = call(&self.server, "supervisor.restart", &[]);
        }
    }
}

//! A daemon that consists of a control plane and of what a test says.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use arc_swap::ArcSwap;
use provost_config::model::{
    Config, Credentials, Group, GroupKind, Level, MainLog, OnConfigError, Process, ShutdownMode, Supervisord,
};
use provost_core::call::{Call, Fault, Reply};
use provost_core::status::{
    ExitStatus, GroupStatus, LastExit, Mood, Pid, ProcessId, ProcessStatus, Snapshot, State,
};
use provost_core::time::{Now, Wall};
use provost_sys::wake::Waker;
use provost_wire::fault::Fault as WireFault;
use provost_wire::xmlrpc::{Value, decode_response, encode_call};
use tempfile::TempDir;

use crate::http::stop::StopHandle;
use crate::http::{Listener, Socket, run, stop_pair};
use crate::ports::{ControlPorts, Loader, LogPort, LogWatches, SupervisorPort, ToLogs, ToSupervisor};

/// How long a test waits for what it expects before it fails.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);
/// A quarter of the stack that the daemon gives the plane's thread.
const STACK: usize = 256 << 10;

/// Decides what the supervision plane answers; `None` leaves the call unanswered.
type Script = Box<dyn FnMut(&Call) -> Option<Result<Reply, Fault>> + Send>;

/// What a test decides before the daemon starts.
pub(super) struct Setup {
    pub(super) processes: Vec<ProcessStatus>,
    pub(super) configured: Config,
    pub(super) script: Script,
    pub(super) credentials: Option<Credentials>,
    pub(super) tcp: bool,
    pub(super) unsafe_get_actions: bool,
    pub(super) loader: Loader,
    pub(super) main_log: Option<&'static str>,
    pub(super) log_trouble: Option<&'static str>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            processes: vec![
                ProcessStatus {
                    pid: Some(Pid(101)),
                    started: Some(Wall(1_000_000)),
                    ..row(1, "a", "a", State::Running)
                },
                row(2, "g", "one", State::Stopped),
                row(3, "g", "two", State::Stopped),
            ],
            configured: config(vec![
                group("a", 1, vec![Process::with_defaults("a", "/bin/a")]),
                group(
                    "g",
                    2,
                    vec![
                        Process::with_defaults("two", "/bin/two"),
                        Process::with_defaults("one", "/bin/one"),
                    ],
                ),
            ]),
            script: Box::new(|_| Some(Ok(Reply::Done))),
            credentials: None,
            tcp: false,
            unsafe_get_actions: false,
            loader: Arc::new(|| Ok(Arc::new(config(Vec::new())))),
            main_log: Some("main.log"),
            log_trouble: None,
        }
    }
}

/// A process of group and name, with logs `NAME.out` and `NAME.err` that [`World`] puts into its directory.
pub(in crate::http) fn row(id: u32, group: &str, name: &str, state: State) -> ProcessStatus {
    ProcessStatus {
        id: ProcessId(id),
        group: group.into(),
        recipe: Arc::new(Process::with_defaults(name, "/bin/true")),
        state,
        pid: None,
        started: None,
        stopped: None,
        spawn_error: "".into(),
        exit_status: None,
        last_exit: None,
        spawns: 0,
        last_failure: None,
        attempt: None,
        next_start: None,
        stdout_logfile: Some(format!("{name}.out").into()),
        stderr_logfile: Some(format!("{name}.err").into()),
    }
}

/// The same process after an exit.
pub(in crate::http) fn exited(mut row: ProcessStatus, code: i32, at: i64) -> ProcessStatus {
    row.started = Some(Wall((at - 5) * 1_000_000));
    row.stopped = Some(Wall(at * 1_000_000));
    row.exit_status = Some(code);
    let at = Now { wall: Wall(at * 1_000_000), ..Now::default() };
    row.last_exit = Some(LastExit { status: ExitStatus::Exited(code), expected: code == 0, at });
    row
}

pub(super) fn group(name: &str, priority: i64, processes: Vec<Process>) -> Group {
    let processes = processes.into_iter().map(Arc::new).collect();
    Group { name: name.into(), priority, kind: GroupKind::Programs, processes }
}

pub(super) fn config(groups: Vec<Group>) -> Config {
    Config {
        supervisord: Supervisord {
            config_file: "/etc/supervisord.conf".into(),
            logfile: MainLog::Syslog,
            logfile_maxbytes: 0,
            logfile_backups: 0,
            loglevel: Level::Info,
            pidfile: "/run/supervisord.pid".into(),
            umask: 0o22,
            nodaemon: true,
            silent: true,
            minfds: 1024,
            minprocs: 200,
            nocleanup: false,
            childlogdir: None,
            user: None,
            directory: None,
            strip_ansi: false,
            environment: std::collections::BTreeMap::new(),
            identifier: "supervisor".into(),
            on_config_error: OnConfigError::Abort,
            create_log_dirs: false,
            require_password: false,
            shutdown_mode: ShutdownMode::default(),
        },
        servers: Vec::new(),
        rpc_namespaces: vec!["supervisor".into()],
        groups: groups.into_iter().map(Arc::new).collect(),
    }
}

/// The running daemon of a test.
pub(super) struct World {
    pub(super) directory: TempDir,
    pub(super) ports: ControlPorts,
    /// Calls that reached the supervision plane.
    pub(super) calls: Arc<Mutex<Vec<String>>>,
    /// Lines of the activity log, and what the log plane was asked to clear.
    pub(super) lines: Arc<Mutex<Vec<String>>>,
    address: Address,
    stop: Option<StopHandle>,
    thread: Option<JoinHandle<()>>,
}

/// What reached the other planes.
#[derive(Clone, Default)]
pub(super) struct Records {
    pub(super) calls: Arc<Mutex<Vec<String>>>,
    pub(super) lines: Arc<Mutex<Vec<String>>>,
}

/// The ports of a daemon whose files are in `directory`.
pub(super) fn ports(setup: Setup, directory: &TempDir, records: &Records) -> ControlPorts {
    let in_directory = |name: &str| directory.path().join(name).to_str().expect("paths are text").into();
    let snapshot = snapshot(&setup.configured, setup.processes, &in_directory);
    ControlPorts {
        feed: Arc::default(),
        snapshot: Arc::new(ArcSwap::from_pointee(snapshot)),
        supervisor: supervision(setup.script, Arc::clone(&records.calls)),
        logs: log_plane(setup.log_trouble, Arc::clone(&records.lines)),
        watches: Arc::new(LogWatches::default()),
        loader: setup.loader,
        describe: Arc::new(|| Err("there is no file".to_owned())),
        main_log: setup.main_log.map(in_directory),
        inbox: Arc::new(tokio::sync::Mutex::new(tokio::sync::mpsc::unbounded_channel().1)),
    }
}

pub(super) enum Address {
    Unix(PathBuf),
    Tcp(std::net::SocketAddr),
}

impl World {
    pub(super) fn new(setup: Setup) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let (socket, address) = bind(&directory, setup.tcp);
        let listener = Listener::new("unix_http_server", socket, setup.credentials.as_ref(), &[])
            .expect("a test's password is usable")
            .with_unsafe_get_actions(setup.unsafe_get_actions);
        let records = Records::default();
        let ports = ports(setup, &directory, &records);
        let (stop, stopped) = stop_pair();
        let plane_ports = ports.clone();
        // Found before the plane begins, as in the daemon: it takes more stack than the plane has.
        crate::zone::local();
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn(move || run(&[listener], &plane_ports, &stopped))
            .expect("a thread");
        let Records { calls, lines } = records;
        Self { directory, ports, calls, lines, address, stop: Some(stop), thread: Some(thread) }
    }

    /// Ends the plane and waits for its thread.
    pub(super) fn stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.stop();
        }
        if let Some(thread) = self.thread.take() {
            thread.join().expect("the plane ends without a panic");
        }
    }

    pub(super) fn connect(&self) -> Client {
        let stream: Box<dyn Stream> = match &self.address {
            Address::Unix(path) => Box::new(UnixStream::connect(path).expect("the plane listens")),
            Address::Tcp(address) => Box::new(TcpStream::connect(address).expect("the plane listens")),
        };
        stream.limit(PATIENCE);
        Client { stream, buffer: Vec::new() }
    }

    /// The port, on TCP.
    pub(super) fn port(&self) -> u16 {
        match &self.address {
            Address::Tcp(address) => address.port(),
            Address::Unix(_) => panic!("a unix socket has no port"),
        }
    }

    /// One request on a connection of its own.
    pub(super) fn ask(&self, request: &str) -> Answer {
        let mut client = self.connect();
        client.send(request.as_bytes());
        if request.starts_with("HEAD ") { client.head() } else { client.answer() }
    }

    /// One call.
    pub(super) fn rpc(&self, method: &str, params: &[Value]) -> Result<Value, WireFault> {
        let answer =
            self.ask(&post(&String::from_utf8(encode_call(method, params)).expect("calls are text")));
        assert_eq!(answer.status, 200, "{method}: {answer:?}");
        decode_response(&answer.body).expect("answers are XML-RPC")
    }

    /// Writes a file into the directory, where `NAME.out` and `NAME.err` are the logs of NAME.
    pub(super) fn write(&self, name: &str, content: &[u8]) {
        std::fs::write(self.directory.path().join(name), content).expect("the file is written");
    }

    pub(super) fn publish(&self, change: impl FnOnce(&mut Snapshot)) {
        let mut snapshot = Snapshot::clone(&self.ports.snapshot.load());
        change(&mut snapshot);
        self.ports.snapshot.store(Arc::new(snapshot));
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.stop();
        }
    }
}

/// A bound socket, and where clients find it.
pub(super) fn bind(directory: &TempDir, tcp: bool) -> (Socket, Address) {
    if tcp {
        let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = socket.local_addr().expect("a bound socket has an address");
        (Socket::Tcp(socket), Address::Tcp(address))
    } else {
        let path = directory.path().join("s.sock");
        (Socket::Unix(UnixListener::bind(&path).expect("a new socket")), Address::Unix(path))
    }
}

fn snapshot(config: &Config, rows: Vec<ProcessStatus>, in_directory: &dyn Fn(&str) -> Arc<str>) -> Snapshot {
    let placed = |mut row: ProcessStatus| {
        row.stdout_logfile = row.stdout_logfile.map(|name| in_directory(&name));
        row.stderr_logfile = row.stderr_logfile.map(|name| in_directory(&name));
        Arc::new(row)
    };
    Snapshot {
        mood: Mood::Running,
        identifier: "supervisor".into(),
        processes: rows.into_iter().map(placed).collect(),
        groups: config
            .groups
            .iter()
            .map(|group| GroupStatus { config: Arc::clone(group), pool: None })
            .collect(),
        configured: Arc::new(config.clone()),
    }
}

/// A supervision plane that follows the script.
fn supervision(mut script: Script, calls: Arc<Mutex<Vec<String>>>) -> SupervisorPort {
    let (queue, inbox): (_, Receiver<ToSupervisor>) = mpsc::channel();
    std::thread::spawn(move || {
        let mut unanswered = Vec::new();
        for message in inbox {
            let ToSupervisor::Call { call, reply } = message else { continue };
            calls.lock().expect("no test panics with the lock").push(format!("{call:?}"));
            match script(&call) {
                // The client may have gone; that is its affair.
                Some(answer) => drop(reply.send(answer)),
                None => unanswered.push(reply),
            }
        }
    });
    SupervisorPort::new(queue, Waker::new().expect("a waker"))
}

/// A log plane that writes nothing and clears nothing, but says so.
fn log_plane(trouble: Option<&'static str>, lines: Arc<Mutex<Vec<String>>>) -> LogPort {
    let (queue, inbox): (_, Receiver<ToLogs>) = mpsc::channel();
    std::thread::spawn(move || {
        let result = || trouble.map_or(Ok(()), |reason| Err(reason.to_owned()));
        for message in inbox {
            let line = match message {
                ToLogs::Line { level, text, .. } => format!("{} {text}", level.code()),
                ToLogs::Clear { process, reply } => {
                    let _ = reply.send(result());
                    format!("cleared {}", process.0)
                }
                ToLogs::ClearMain { reply } => {
                    let _ = reply.send(result());
                    "cleared main".to_owned()
                }
                _ => continue,
            };
            lines.lock().expect("no test panics with the lock").push(line);
        }
    });
    LogPort::new(queue, Waker::new().expect("a waker"), Level::Trace)
}

/// A POST of an XML document.
pub(super) fn post(document: &str) -> String {
    format!("POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{document}", document.len())
}

trait Stream: Read + Write {
    fn limit(&self, time: Duration);
    fn end_writing(&self);
}

impl Stream for UnixStream {
    fn limit(&self, time: Duration) {
        self.set_read_timeout(Some(time)).expect("sockets have time-outs");
    }
    fn end_writing(&self) {
        self.shutdown(std::net::Shutdown::Write).expect("the socket is connected");
    }
}

impl Stream for TcpStream {
    fn limit(&self, time: Duration) {
        self.set_read_timeout(Some(time)).expect("sockets have time-outs");
    }
    fn end_writing(&self) {
        self.shutdown(std::net::Shutdown::Write).expect("the socket is connected");
    }
}

/// A client that knows HTTP just well enough to be strict about it.
pub(super) struct Client {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
}

/// An answer, or the beginning of one.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Client {
    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the plane reads");
    }

    /// Sends what the other side may refuse to take.
    pub(super) fn try_send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    pub(super) fn end_writing(&mut self) {
        self.stream.end_writing();
    }

    fn more(&mut self) -> bool {
        let mut chunk = [0; 65536];
        match self.stream.read(&mut chunk) {
            Ok(count) => {
                self.buffer.extend_from_slice(&chunk[..count]);
                count > 0
            }
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => false,
            Err(error) => {
                panic!("nothing came: {error}; so far: {:?}", String::from_utf8_lossy(&self.buffer))
            }
        }
    }

    /// Status line and headers; skips 100 Continue.
    pub(super) fn head(&mut self) -> Answer {
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(self.more(), "closed without an answer: {:?}", String::from_utf8_lossy(&self.buffer));
        };
        let head: Vec<u8> = self.buffer.drain(..end).collect();
        let head = String::from_utf8(head).expect("headers are text");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status line");
        Answer { status, head, body: Vec::new() }
    }

    /// A whole answer, with the body its headers announce; without a length, everything until the end.
    pub(super) fn answer(&mut self) -> Answer {
        let mut answer = self.head();
        match answer.header("content-length").map(|length| length.parse::<usize>().expect("a number")) {
            Some(length) => answer.body = self.take(length),
            None => answer.body = self.rest(),
        }
        answer
    }

    /// Exactly that many bytes.
    pub(super) fn take(&mut self, count: usize) -> Vec<u8> {
        while self.buffer.len() < count {
            assert!(self.more(), "closed after {:?}", String::from_utf8_lossy(&self.buffer));
        }
        self.buffer.drain(..count).collect()
    }

    /// Everything until the other side closes.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        while self.more() {}
        std::mem::take(&mut self.buffer)
    }

    /// One chunk of a chunked body; empty at its end.
    pub(super) fn chunk(&mut self) -> Vec<u8> {
        let end = loop {
            if let Some(at) = self.buffer.windows(2).position(|window| window == b"\r\n") {
                break at;
            }
            assert!(self.more(), "closed inside a chunked body");
        };
        let line: Vec<u8> = self.buffer.drain(..end + 2).collect();
        let line = std::str::from_utf8(&line[..end]).expect("chunk sizes are text");
        let size = usize::from_str_radix(line, 16).expect("chunk sizes are hexadecimal");
        let mut chunk = self.take(size + 2);
        chunk.truncate(size);
        chunk
    }
}

/// Waits for a line with that text: lines are recorded by a thread of their own.
pub(super) fn until_logged(lines: &Mutex<Vec<String>>, text: &str) {
    until(text, || {
        lines.lock().expect("no test panics with the lock").iter().any(|line| line.contains(text))
    });
}

/// Waits until `condition` holds, looking often; for what no event announces to a test.
pub(super) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "{what} did not happen");
        std::thread::yield_now();
    }
}

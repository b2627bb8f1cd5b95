//! A scratch with a daemon in it, and the means to drive that daemon and to look at it.

use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use rexpect::session::{PtySession, spawn_command};
use rustix::process::Signal;

use crate::ctl::{Output, run};
use crate::http::Server;
use crate::implementation::{Implementation, Sides};
use crate::processes;
use crate::rpc::{Console, Credentials};
use crate::scratch::Scratch;
use crate::wait::{PATIENCE, look_for, until, until_some};

/// The name of the configuration file in the scratch.
pub const CONFIG: &str = "supervisord.conf";

/// What a configuration needs besides its programs: one unix socket, everything inside the scratch.
pub const HEAD: &str = "\
[unix_http_server]
file=%(here)s/supervisor.sock

[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
childlogdir=%(here)s

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://%(here)s/supervisor.sock

";

/// How long a daemon may take to stop its children before it and they are killed.
const GRACE: Duration = Duration::from_secs(2);
/// How often a start is tried again with other ports.
const PORT_CLASHES: usize = 5;

/// A daemon that somebody has to end.
#[derive(Debug)]
struct Daemon {
    pid: u32,
    /// Absent when it detached itself and is no child of ours.
    child: Option<Child>,
}

/// See the [module](self).
#[derive(Debug)]
pub struct World {
    /// Directory, ports and environment.
    pub scratch: Scratch,
    /// Whose daemon and whose client.
    pub sides: Sides,
    /// Where the daemon is talked to.
    pub server: Server,
    credentials: (String, String),
    wrapper: Vec<String>,
    daemon: Option<Daemon>,
    console: RefCell<Option<Console>>,
}

/// A daemon that ended instead of serving.
#[derive(Debug, thiserror::Error)]
#[error("the daemon ended at once with {:?}, saying:\n{}{}", .0.code, .0.stdout, .0.stderr)]
pub struct Refused(pub Output);

impl World {
    /// A world without configuration and without a running daemon.
    pub fn new(sides: Sides) -> Self {
        let scratch = Scratch::new();
        let server = Server::Unix(scratch.file("supervisor.sock"));
        Self {
            scratch,
            sides,
            server,
            credentials: Default::default(),
            wrapper: Vec::new(),
            daemon: None,
            console: RefCell::new(None),
        }
    }

    /// A world with these programs below the usual [`HEAD`], started.
    ///
    /// # Panics
    ///
    /// When the daemon does not come up.
    pub fn with_programs(implementation: Implementation, programs: &str) -> Self {
        Self::crossed(Sides::both(implementation), programs)
    }

    /// As [`with_programs`](Self::with_programs), with daemon and client of different implementations.
    ///
    /// # Panics
    ///
    /// When the daemon does not come up.
    pub fn crossed(sides: Sides, programs: &str) -> Self {
        let mut world = Self::new(sides);
        world.configure(programs);
        world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
        world
    }

    /// A world whose server wants the user `u` with the password `p`, started.
    ///
    /// # Panics
    ///
    /// When the daemon does not come up.
    pub fn locked(implementation: Implementation) -> Self {
        let mut world = Self::new(Sides::both(implementation));
        let head = HEAD.replacen("supervisor.sock\n", "supervisor.sock\nusername=u\npassword=p\n", 1);
        world.scratch.write(CONFIG, &head);
        world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
        world
    }

    /// Writes the configuration: the usual [`HEAD`], then `programs`.
    pub fn configure(&mut self, programs: &str) {
        self.scratch.write(CONFIG, &format!("{HEAD}{programs}"));
    }

    /// Talks to the daemon on a port from now on, with name and password.
    pub fn serve_on(&mut self, server: Server, user: &str, password: &str) {
        self.server = server;
        self.credentials = (user.to_owned(), password.to_owned());
        self.console.replace(None);
    }

    /// Starts the daemon in the foreground and waits until it serves.
    ///
    /// # Errors
    ///
    /// [`Refused`] when it ended instead; a port that somebody took in the meantime is tried again.
    ///
    /// # Panics
    ///
    /// When it neither serves nor ends.
    pub fn start(&mut self, arguments: &[&str]) -> Result<(), Refused> {
        for _ in 1..PORT_CLASHES {
            match self.start_once(arguments) {
                Err(Refused(output)) if self.lost_a_port(&output) => self.scratch.renew_ports(),
                outcome => return outcome,
            }
        }
        self.start_once(arguments)
    }

    fn start_once(&mut self, arguments: &[&str]) -> Result<(), Refused> {
        assert!(self.daemon.is_none(), "one daemon at a time");
        let mut command = self.daemon_command(arguments);
        command.stdout(self.create("daemon.stdout")).stderr(self.create("daemon.stderr"));
        let mut child = command.spawn().expect("the daemon's program runs");
        let pid = child.id();
        let ended = until_some(PATIENCE, "the daemon to serve", || {
            if let Some(status) = child.try_wait().expect("invariant: our own child can be waited for") {
                return Some(Some(status.code()));
            }
            self.serves(pid).then_some(None)
        });
        match ended {
            Some(code) => Err(Refused(Output {
                stdout: self.scratch.read("daemon.stdout"),
                stderr: self.scratch.read("daemon.stderr"),
                code,
            })),
            None => {
                self.daemon = Some(Daemon { pid, child: Some(child) });
                Ok(())
            }
        }
    }

    /// Starts the daemon so that it detaches itself, and waits until it serves. Returns what the parent said.
    ///
    /// # Panics
    ///
    /// When it does not come up, or its pid file is not there.
    pub fn start_detached(&mut self) -> Output {
        let mut command = self.scratch.command(&self.program("supervisord"));
        command.arg("-c").arg(self.scratch.file(CONFIG));
        let output = run(command, "");
        let pid = until_some(PATIENCE, "a pid file", || self.pid_in("supervisord.pid"));
        until(PATIENCE, "the daemon to serve", || self.serves(pid));
        self.daemon = Some(Daemon { pid, child: None });
        output
    }

    /// Runs the daemon with a configuration or arguments that it should refuse; `None` when it starts
    /// instead (it is killed then).
    ///
    /// # Panics
    ///
    /// When it does neither.
    pub fn refusal(&self, arguments: &[&str]) -> Option<Output> {
        let mut command = self.daemon_command(arguments);
        command.stdout(self.create("refused.stdout")).stderr(self.create("refused.stderr"));
        let mut child = command.spawn().expect("the daemon's program runs");
        let status = until_some(PATIENCE, "the daemon to end or to start", || {
            let status = child.try_wait().expect("invariant: our own child can be waited for");
            let started = self.scratch.read("refused.stdout").contains("INFO supervisord started with pid");
            (status.is_some() || started).then_some(status)
        });
        if status.is_none() {
            let _gone_already = child.kill();
            let _reaped_already = child.wait();
        }
        let (stdout, stderr) = (self.scratch.read("refused.stdout"), self.scratch.read("refused.stderr"));
        status.map(|status| Output { stdout, stderr, code: status.code() })
    }

    /// Has the daemon started by a command that becomes it: its own words, to which the daemon's are added.
    pub fn wrap(&mut self, words: &[&str]) {
        self.wrapper = words.iter().map(|word| (*word).to_owned()).collect();
    }

    fn daemon_command(&self, arguments: &[&str]) -> Command {
        let daemon = self.program("supervisord");
        let mut command = match &self.wrapper[..] {
            [] => self.scratch.command(&daemon),
            [first, rest @ ..] => {
                let mut command = self.scratch.command(Path::new(first));
                command.args(rest).arg(daemon);
                command
            }
        };
        command.arg("-n").arg("-c").arg(self.scratch.file(CONFIG)).args(arguments);
        command
    }

    /// Whether the daemon `pid` has finished its start: it answers, and its pid file says that it is the one.
    fn serves(&self, pid: u32) -> bool {
        self.pid_in("supervisord.pid") == Some(pid) && self.server.answers()
    }

    fn pid_in(&self, name: &str) -> Option<u32> {
        self.scratch.read(name).trim().parse().ok()
    }

    fn lost_a_port(&self, output: &Output) -> bool {
        let complaints = ["is already listening on a port", "Address already in use"];
        self.scratch.has_ports() && complaints.iter().any(|complaint| output.stderr.contains(complaint))
    }

    fn program(&self, name: &str) -> PathBuf {
        let side = if name == "supervisorctl" { self.sides.client } else { self.sides.daemon };
        side.program(name).unwrap_or_else(|missing| panic!("{missing}"))
    }

    fn create(&self, name: &str) -> Stdio {
        File::create(self.scratch.file(name)).expect("a file in our own directory").into()
    }

    /// A command that runs the client with this configuration; the arguments are for the caller to add.
    pub fn client(&self) -> Command {
        let mut command = self.scratch.command(&self.program("supervisorctl"));
        command.arg("-c").arg(self.scratch.file(CONFIG));
        command
    }

    /// The client on a terminal, at its prompt; each expectation has [`PATIENCE`] as its limit.
    ///
    /// # Panics
    ///
    /// When no terminal can be had.
    pub fn terminal(&self) -> PtySession {
        self.terminal_for("")
    }

    /// The client on a terminal with the blank-separated words of `line` as arguments; else as
    /// [`terminal`](Self::terminal).
    ///
    /// # Panics
    ///
    /// When no terminal can be had.
    pub fn terminal_for(&self, line: &str) -> PtySession {
        let mut command = self.scratch.terminal_command(&self.program("supervisorctl"));
        command.arg("-c").arg(self.scratch.file(CONFIG)).args(line.split_whitespace());
        let limit = u64::try_from(PATIENCE.as_millis()).expect("invariant: the limit is short");
        spawn_command(command, Some(limit)).expect("a terminal")
    }

    /// Runs the client with the blank-separated words of `line` as arguments.
    pub fn ctl(&self, line: &str) -> Output {
        let mut command = self.client();
        command.args(line.split_whitespace());
        run(command, "")
    }

    /// Runs the client without arguments, typing `lines` at its prompt.
    pub fn prompt(&self, lines: &str) -> Output {
        run(self.client(), lines)
    }

    /// Evaluates an XML-RPC call; see [`Console::eval`].
    pub fn rpc(&self, expression: &str) -> Vec<String> {
        let mut console = self.console.borrow_mut();
        let (user, password) = &self.credentials;
        let open = || Console::open(&self.scratch, &self.server, Credentials { user, password });
        console.get_or_insert_with(open).eval(expression)
    }

    /// One field of `getProcessInfo`, as Python prints it without quotes; the fault if there is one.
    pub fn info(&self, name: &str, field: &str) -> String {
        self.rpc(&format!("supervisor.getProcessInfo('{name}')['{field}']"))
            .concat()
            .trim_matches('\'')
            .to_owned()
    }

    /// The public state of a process, such as `RUNNING`.
    pub fn state(&self, name: &str) -> String {
        self.info(name, "statename")
    }

    /// The pid of a process's child, 0 when it has none.
    pub fn pid_of(&self, name: &str) -> u32 {
        self.info(name, "pid").parse().unwrap_or(0)
    }

    /// Waits until a process is in `state`.
    ///
    /// # Panics
    ///
    /// When it does not get there; the message says where it is.
    pub fn wait_state(&self, name: &str, state: &str) {
        let mut last = String::new();
        let reached = look_for(PATIENCE, || {
            last = self.state(name);
            (last == state).then_some(())
        });
        assert!(reached.is_some(), "{name} should become {state} and is {last}");
    }

    /// The pids of several processes' children, in the order of the names.
    pub fn pids_of(&self, names: &[&str]) -> Vec<u32> {
        names.iter().map(|name| self.pid_of(name)).collect()
    }

    /// Waits until the activity log contains `text`.
    ///
    /// # Panics
    ///
    /// When it never does.
    pub fn wait_log(&self, text: &str) {
        self.wait_file("supervisord.log", text);
    }

    /// Waits until a file in the scratch contains `text`.
    ///
    /// # Panics
    ///
    /// When it never does; the message shows what is there.
    pub fn wait_file(&self, name: &str, text: &str) {
        let found = look_for(PATIENCE, || self.scratch.read(name).contains(text).then_some(()));
        assert!(found.is_some(), "{name} should contain {text:?} and is:\n{}", self.scratch.read(name));
    }

    /// The activity log.
    pub fn log(&self) -> String {
        self.scratch.read("supervisord.log")
    }

    /// The daemon's pid.
    ///
    /// # Panics
    ///
    /// When no daemon was started.
    pub fn daemon_pid(&self) -> u32 {
        self.daemon.as_ref().expect("invariant: the test started a daemon").pid
    }

    /// Sends a signal to the daemon.
    pub fn signal(&self, name: &str) {
        processes::send(self.daemon_pid(), processes::signal(name));
    }

    /// Waits until the daemon has ended by itself; its exit code, `None` when unknown.
    ///
    /// # Panics
    ///
    /// When it does not end, or was not started.
    pub fn wait_end(&mut self) -> Option<i32> {
        let mut daemon = self.daemon.take().expect("invariant: the test started a daemon");
        self.console.replace(None);
        match &mut daemon.child {
            Some(child) => {
                let ended = || child.try_wait().expect("invariant: our own child can be waited for");
                until_some(PATIENCE, "the daemon to end", ended).code()
            }
            None => {
                until(PATIENCE, "the daemon to end", || !processes::is_alive(daemon.pid));
                None
            }
        }
    }

    /// Ends the daemon with TERM; its exit code.
    ///
    /// # Panics
    ///
    /// When it does not end.
    pub fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.wait_end()
    }

    /// TERM first, so that nothing is left half done; whoever is still there after the grace is killed with
    /// everything else that carries the mark.
    fn end_daemon(&mut self) {
        let Some(mut daemon) = self.daemon.take() else { return };
        processes::send(daemon.pid, Signal::TERM);
        let _all_are_killed_next = look_for(GRACE, || {
            let ended = match &mut daemon.child {
                Some(child) => !matches!(child.try_wait(), Ok(None)),
                None => !processes::is_alive(daemon.pid),
            };
            ended.then_some(())
        });
        self.scratch.end_processes();
        if let Some(child) = &mut daemon.child {
            let _reaped_already = child.wait();
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.end_daemon();
        if thread::panicking() {
            eprintln!("--- activity log\n{}--- stderr\n{}", self.log(), self.scratch.read("daemon.stderr"));
        }
        if std::env::var_os("PROVOST_KEEP").is_some() {
            eprintln!("kept: {}", self.scratch.keep().display());
        }
    }
}

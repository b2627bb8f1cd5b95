//! The server as the commands see it: typed methods over any transport.
//!
//! [`Remote`] knows the methods' names, arguments and results; [`Transport`] knows how a call travels. The
//! tests put a script in the place of the transport. Nothing is cached here: every method is one call.

use bytes::Bytes;
use provost_wire::auth::Credentials;
use provost_wire::fault::{BULK_OK, Fault, FaultCode};
use provost_wire::xmlrpc::Value;

use crate::complete::ProcessName;
use crate::failure::Failure;

mod details;

pub use details::{ChangedGroup, Details, LastExit, Plan};

/// How calls reach a server.
pub trait Transport {
    /// The server's URL as the user wrote it; it stands in messages.
    fn url(&self) -> &str;

    /// Turns to another server.
    fn open(&mut self, url: &str);

    /// Presents other credentials from the next call on.
    fn log_in(&mut self, credentials: Credentials);

    /// Ends the connection, if there is one. The next call makes another.
    fn hang_up(&mut self);

    /// Calls a method and waits for its result, however long that takes.
    ///
    /// # Errors
    ///
    /// The server's fault, or why there was no answer.
    fn call(&mut self, method: &'static str, params: &[Value]) -> Result<Value, Failure>;

    /// Opens what the server streams under these paths. From now on Ctrl-C is watched.
    ///
    /// # Errors
    ///
    /// When Ctrl-C cannot be watched. Whether a stream can be had is told by the feed.
    fn follow(&mut self, paths: &[String]) -> Result<Box<dyn Feed>, Failure>;
}

/// Streams of a server that are open, or about to be.
pub trait Feed {
    /// Waits for the next thing to happen.
    ///
    /// # Errors
    ///
    /// [`Failure::Interrupted`] when the user pressed Ctrl-C; why a line could not be read.
    fn next(&mut self, typing: Typing) -> Result<Happening, Failure>;
}

/// Whether a feed is to read what the user types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typing {
    /// It stays where it is, for whoever reads it next.
    Ignored,
    /// The next line is something that happens.
    Wanted,
}

/// What happens while streams are followed. A stream is called by its place in the list of paths; its last word
/// is `Refused` or `Ended`.
#[derive(Debug)]
pub enum Happening {
    /// The server has begun to stream.
    Opened {
        /// Which.
        stream: usize,
    },
    /// The server, or what is in its place, does not stream this.
    Refused {
        /// Which.
        stream: usize,
        /// Why.
        failure: Failure,
    },
    /// A piece came; it may begin and end in the middle of a character.
    Piece {
        /// Of which.
        stream: usize,
        /// The piece.
        bytes: Bytes,
    },
    /// The server ended it.
    Ended {
        /// Which.
        stream: usize,
    },
    /// The user typed a line, which stands here without its end.
    Line(String),
    /// The user will type no more.
    EndOfInput,
}

/// A server to command.
pub struct Remote(Box<dyn Transport>);

/// What `start`, `stop`, `signal` and `clear` have in common: they go to one process, a group, or all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb<'a> {
    /// Start and wait until it runs or failed.
    Start,
    /// Stop and wait until it has ended.
    Stop,
    /// Send the signal of this name or number.
    Signal(&'a str),
    /// Empty the log files.
    Clear,
}

impl Verb<'_> {
    /// The command for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Signal(_) => "signal",
            Self::Clear => "clear",
        }
    }
}

/// Which of a process's output streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Channel {
    /// The word for it, in commands and in paths.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// One process, as far as this program shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessInfo {
    /// Its group.
    pub group: String,
    /// Its name inside the group.
    pub name: String,
    /// The number of its state.
    pub state: i64,
    /// The name of its state.
    pub state_name: String,
    /// A few words about it.
    pub description: String,
    /// Pid of its child, or 0.
    pub pid: i64,
}

impl ProcessInfo {
    /// Whether the state is RUNNING.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        self.state == 20
    }

    /// Whether the state is one of STOPPED, EXITED, FATAL and UNKNOWN.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        matches!(self.state, 0 | 100 | 200 | 1000)
    }
}

/// One process as configured, active or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigInfo {
    /// Its group.
    pub group: String,
    /// Its name inside the group.
    pub name: String,
    /// Whether the group is active.
    pub in_use: bool,
    /// Whether it starts by itself.
    pub autostart: bool,
    /// Priority of the group.
    pub group_priority: i64,
    /// Priority inside the group.
    pub process_priority: i64,
}

/// What happened to one process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessResult {
    /// Its group.
    pub group: String,
    /// Its name; `None` when a whole group was meant.
    pub name: Option<String>,
    /// `SUCCESS` or the number of a fault.
    pub status: i32,
    /// `OK` or the fault string.
    pub description: String,
}

/// What a reread found, as group names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// In the files, but not active.
    pub added: Vec<String>,
    /// Active, but otherwise than in the files.
    pub changed: Vec<String>,
    /// Active, but no longer in the files.
    pub removed: Vec<String>,
}

impl Remote {
    /// A server behind `transport`.
    #[must_use]
    pub fn new(transport: Box<dyn Transport>) -> Self {
        Self(transport)
    }

    /// How it is reached.
    pub fn transport(&mut self) -> &mut dyn Transport {
        &mut *self.0
    }

    /// The version of the interface. By its deprecated name, because old servers know only that one.
    ///
    /// # Errors
    ///
    /// This and all following methods fail with the server's fault or because no answer came.
    pub fn api_version(&mut self) -> Result<String, Failure> {
        self.string("supervisor.getVersion", &[])
    }

    /// The version of the server.
    pub fn supervisor_version(&mut self) -> Result<String, Failure> {
        self.string("supervisor.getSupervisorVersion", &[])
    }

    /// The pid of the server.
    pub fn pid(&mut self) -> Result<i64, Failure> {
        const METHOD: &str = "supervisor.getPID";
        let answer = self.0.call(METHOD, &[])?;
        answer.as_int().ok_or(Failure::Unexpected { method: METHOD, expected: "an integer" })
    }

    /// Asks the server to end. It answers before anything stops.
    pub fn shut_down(&mut self) -> Result<(), Failure> {
        self.0.call("supervisor.shutdown", &[]).map(drop)
    }

    /// Asks the server to start over with its configuration read anew. It answers before anything stops.
    pub fn restart(&mut self) -> Result<(), Failure> {
        self.0.call("supervisor.restart", &[]).map(drop)
    }

    /// All active processes, by group and name.
    pub fn all_process_info(&mut self) -> Result<Vec<ProcessInfo>, Failure> {
        self.list("supervisor.getAllProcessInfo", &[], process_info)
    }

    /// One process.
    pub fn process_info(&mut self, name: &str) -> Result<ProcessInfo, Failure> {
        const METHOD: &str = "supervisor.getProcessInfo";
        let answer = self.0.call(METHOD, &[name.into()])?;
        process_info(&answer).ok_or(Failure::Unexpected { method: METHOD, expected: "a process's state" })
    }

    /// All processes of the configuration that was read last.
    pub fn all_config_info(&mut self) -> Result<Vec<ConfigInfo>, Failure> {
        self.list("supervisor.getAllConfigInfo", &[], config_info)
    }

    /// Makes the server read its configuration again, without acting on it.
    pub fn reload_config(&mut self) -> Result<Changes, Failure> {
        const METHOD: &str = "supervisor.reloadConfig";
        let answer = self.0.call(METHOD, &[])?;
        changes(&answer).ok_or(Failure::Unexpected { method: METHOD, expected: "three lists of groups" })
    }

    /// Makes a configured group active.
    pub fn add_group(&mut self, group: &str) -> Result<(), Failure> {
        self.0.call("supervisor.addProcessGroup", &[group.into()]).map(drop)
    }

    /// Forgets a group that has stopped.
    pub fn remove_group(&mut self, group: &str) -> Result<(), Failure> {
        self.0.call("supervisor.removeProcessGroup", &[group.into()]).map(drop)
    }

    /// Does `verb` to one process. `name` goes out as the user typed it, because it comes back in faults.
    pub fn one(&mut self, verb: Verb<'_>, name: &str) -> Result<(), Failure> {
        let answer = match verb {
            Verb::Start => self.0.call("supervisor.startProcess", &[name.into()]),
            Verb::Stop => self.0.call("supervisor.stopProcess", &[name.into()]),
            Verb::Signal(signal) => self.0.call("supervisor.signalProcess", &[name.into(), signal.into()]),
            Verb::Clear => self.0.call("supervisor.clearProcessLogs", &[name.into()]),
        };
        answer.map(drop)
    }

    /// Does `verb` to every process of a group that needs it.
    pub fn group(&mut self, verb: Verb<'_>, group: &str) -> Result<Vec<ProcessResult>, Failure> {
        match verb {
            Verb::Start => self.list("supervisor.startProcessGroup", &[group.into()], process_result),
            Verb::Stop => self.list("supervisor.stopProcessGroup", &[group.into()], process_result),
            Verb::Signal(signal) => {
                self.list("supervisor.signalProcessGroup", &[group.into(), signal.into()], process_result)
            }
            Verb::Clear => self.clear_group(group),
        }
    }

    /// Does `verb` to every process that needs it.
    pub fn all(&mut self, verb: Verb<'_>) -> Result<Vec<ProcessResult>, Failure> {
        match verb {
            Verb::Start => self.list("supervisor.startAllProcesses", &[], process_result),
            Verb::Stop => self.list("supervisor.stopAllProcesses", &[], process_result),
            Verb::Signal(signal) => {
                self.list("supervisor.signalAllProcesses", &[signal.into()], process_result)
            }
            Verb::Clear => self.list("supervisor.clearAllProcessLogs", &[], process_result),
        }
    }

    /// The end of a process's log: `bytes` of it, or all of it for 0.
    pub fn process_log_end(&mut self, name: &str, channel: Channel, bytes: i64) -> Result<String, Failure> {
        let method = match channel {
            Channel::Stdout => "supervisor.readProcessStdoutLog",
            Channel::Stderr => "supervisor.readProcessStderrLog",
        };
        self.string(method, &[name.into(), (-bytes).into(), 0.into()])
    }

    /// The names of all active processes.
    pub fn process_names(&mut self) -> Result<Vec<ProcessName>, Failure> {
        let processes = self.all_process_info()?.into_iter();
        Ok(processes.map(|ProcessInfo { group, name, .. }| ProcessName { group, name }).collect())
    }

    /// Writes to a process's standard input.
    pub fn send_stdin(&mut self, name: &str, text: &str) -> Result<(), Failure> {
        self.0.call("supervisor.sendProcessStdin", &[name.into(), text.into()]).map(drop)
    }

    /// The end of the server's own log: `bytes` of it, or all of it for 0.
    pub fn main_log_end(&mut self, bytes: i64) -> Result<String, Failure> {
        self.string("supervisor.readLog", &[(-bytes).into(), 0.into()])
    }

    /// The interface clears one process or all; for a group its members are looked up and cleared in turn.
    fn clear_group(&mut self, group: &str) -> Result<Vec<ProcessResult>, Failure> {
        let members = self.all_process_info()?.into_iter().filter(|info| info.group == group);
        let mut results = Vec::new();
        for ProcessInfo { group, name, .. } in members {
            let (status, description) = match self.one(Verb::Clear, &format!("{group}:{name}")) {
                Ok(()) => (FaultCode::Success.number(), BULK_OK.to_owned()),
                Err(Failure::Fault(fault)) => (fault.code, fault.string),
                Err(other) => return Err(other),
            };
            results.push(ProcessResult { group, name: Some(name), status, description });
        }
        if results.is_empty() { Err(Fault::bad_name(group).into()) } else { Ok(results) }
    }

    fn string(&mut self, method: &'static str, params: &[Value]) -> Result<String, Failure> {
        match self.0.call(method, params)? {
            Value::Str(text) => Ok(text),
            _ => Err(Failure::Unexpected { method, expected: "a string" }),
        }
    }

    fn list<T>(
        &mut self,
        method: &'static str,
        params: &[Value],
        read: fn(&Value) -> Option<T>,
    ) -> Result<Vec<T>, Failure> {
        let answer = self.0.call(method, params)?;
        let items = answer.as_array().and_then(|items| items.iter().map(read).collect());
        items.ok_or(Failure::Unexpected { method, expected: "a list of structs" })
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    words(value.get(key)?)
}

/// A name or a few words. They end up on terminals, in rows of tables: what moves the cursor is no part of them, and is
/// replaced as our daemon replaces what XML has no place for.
fn words(value: &Value) -> Option<String> {
    Some(value.as_str()?.replace(char::is_control, "\u{fffd}"))
}

fn number(value: &Value, key: &str) -> Option<i64> {
    value.get(key)?.as_int()
}

fn process_info(value: &Value) -> Option<ProcessInfo> {
    Some(ProcessInfo {
        group: text(value, "group")?,
        name: text(value, "name")?,
        state: number(value, "state")?,
        state_name: text(value, "statename")?,
        description: text(value, "description")?,
        pid: number(value, "pid")?,
    })
}

fn config_info(value: &Value) -> Option<ConfigInfo> {
    Some(ConfigInfo {
        group: text(value, "group")?,
        name: text(value, "name")?,
        in_use: value.get("inuse")?.is_truthy(),
        autostart: value.get("autostart")?.is_truthy(),
        group_priority: number(value, "group_prio")?,
        process_priority: number(value, "process_prio")?,
    })
}

fn process_result(value: &Value) -> Option<ProcessResult> {
    Some(ProcessResult {
        group: text(value, "group")?,
        name: text(value, "name"),
        status: i32::try_from(number(value, "status")?).ok()?,
        description: text(value, "description")?,
    })
}

/// The three lists stand in a list of their own, which is the only element of the result.
fn changes(value: &Value) -> Option<Changes> {
    let [lists] = value.as_array()? else { return None };
    let [added, changed, removed] = lists.as_array()? else { return None };
    let names = |list: &Value| -> Option<Vec<String>> { list.as_array()?.iter().map(words).collect() };
    Some(Changes { added: names(added)?, changed: names(changed)?, removed: names(removed)? })
}

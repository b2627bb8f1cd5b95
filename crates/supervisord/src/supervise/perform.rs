//! Performs the core's effects. Each takes microseconds; what would take longer is handed to another plane.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provost_config::model::{
    Channel as ChannelOptions, EventLength, GroupKind, Level, LogFile, Pool, Supervisord,
};
use provost_core::call::{CallId, Fault, Reply};
use provost_core::event::Envelope;
use provost_core::failure::Cause;
use provost_core::notice::Notice;
use provost_core::pool::Refusal;
use provost_core::shutdown::Ending;
use provost_core::status::{Pid, ProcessId};
use provost_core::supervisor::{Effect, Input, Registration, is_listener};
use provost_sys::wake::{PollFd, PollFlags};
use provost_wire::envelope as wire;
use tokio::sync::oneshot;

use super::children::{Child, Launcher, Program};
use super::ear::{Ear, Ears};
use super::reports::Reports;
use super::stdin::{Refused, Stdin};
use super::survivors::{Blow, Survivors, Swept};
use super::turn::Neighbours;
use crate::feed::is_news;
use crate::ports::{
    ChannelSpec, ControlPort, Loader, LogPort, LogSpec, LogWatches, Making, Served, SupervisorPort,
    ToControl, ToLogs, ToSupervisor,
};

/// Room for an envelope's header, in bytes; it grows if names are longer.
const HEADER_ROOM: usize = 160;

/// Where the answer to a call goes.
type ReplyTo = oneshot::Sender<Result<Reply, Fault>>;

/// The hands of the supervision plane.
pub(super) struct Hands {
    launcher: Launcher,
    logs: LogPort,
    watches: Arc<LogWatches>,
    loader: Loader,
    control: ControlPort,
    /// The way back to this plane, for threads it starts.
    own_port: SupervisorPort,
    strip_ansi: bool,
    /// The daemon's name in envelopes.
    identifier: Arc<str>,
    programs: BTreeMap<ProcessId, Program>,
    reports: Reports,
    survivors: Survivors,
    stdins: BTreeMap<ProcessId, Stdin>,
    /// Those of them with bytes that their pipe did not take.
    waiting: BTreeSet<ProcessId>,
    ears: Ears,
    callers: BTreeMap<CallId, ReplyTo>,
    /// Answers that wait for the snapshot that shows the change.
    replies: Vec<(ReplyTo, Result<Reply, Fault>)>,
    /// What the log plane prepared together with a drain, until the core has heard of that.
    ahead: Option<Ahead>,
    /// What happened in this turn, for the feed, which gets it after the snapshot that shows it.
    news: Vec<Notice>,
    pub(super) ended: Option<Ending>,
}

impl Hands {
    pub(super) fn new(
        launcher: Launcher,
        neighbours: Neighbours,
        own_port: SupervisorPort,
        settings: &Supervisord,
    ) -> Self {
        let Neighbours { logs, watches, loader, control } = neighbours;
        Self {
            launcher,
            logs,
            watches,
            loader,
            control,
            survivors: Survivors::new(own_port.clone()),
            own_port,
            strip_ansi: settings.strip_ansi,
            identifier: settings.identifier.as_str().into(),
            programs: BTreeMap::new(),
            reports: Reports::default(),
            stdins: BTreeMap::new(),
            waiting: BTreeSet::new(),
            ears: Ears::new(),
            callers: BTreeMap::new(),
            replies: Vec::new(),
            ahead: None,
            news: Vec::new(),
            ended: None,
        }
    }

    /// Tells the control plane something; it is not there any more only when everything ends.
    fn control(&self, message: ToControl) {
        let _nobody_serves_any_more = self.control.send(message);
    }

    /// Remembers where the answer to a call goes.
    pub(super) fn expect_reply(&mut self, call: CallId, reply: ReplyTo) {
        self.callers.insert(call, reply);
    }

    /// Sends the answers of this turn; call it after the snapshot was published.
    pub(super) fn send_replies(&mut self) {
        for (caller, result) in self.replies.drain(..) {
            // A client that hung up does not want it any more.
            let _ = caller.send(result);
        }
    }

    /// What happened in this turn; call it after the snapshot was published.
    pub(super) fn take_news(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.news)
    }

    /// Pipes of children to wait for: standard inputs with bytes to write, and all listeners' outputs.
    pub(super) fn doors(&self) -> impl Iterator<Item = (Door, PollFd<'_>)> {
        let stdins = self.waiting.iter().filter_map(|process| Some((*process, self.stdins.get(process)?)));
        let stdins =
            stdins.map(|(process, stdin)| (Door::Stdin(process), PollFd::new(&stdin.pipe, PollFlags::OUT)));
        let ears = self.ears.iter();
        stdins.chain(ears.map(|(process, ear)| (Door::Ear(process), PollFd::new(&ear.pipe, PollFlags::IN))))
    }

    /// A pipe is ready: what the core has to be told about it.
    pub(super) fn open(&mut self, door: Door) -> Option<Input> {
        match door {
            Door::Stdin(process) => self.flush_stdin(process),
            Door::Ear(process) => self.hear(process),
        }
    }

    /// A listener said something.
    fn hear(&mut self, process: ProcessId) -> Option<Input> {
        let (launch, data) = self.ears.hear(process)?;
        let is_logged =
            self.programs.get(&process).is_some_and(|program| program.registration.stdout_logfile.is_some());
        if is_logged || self.logs.writes(Level::Debug) {
            self.logs.said(process, data.clone());
        }
        Some(Input::Heard { process, launch, data })
    }

    /// The listener is dead: the log plane takes what is left, and whoever else holds the pipe goes on writing.
    fn hand_over(&mut self, process: ProcessId) {
        if let Some(Ear { launch, pipe }) = self.ears.release(process) {
            self.logs.send(ToLogs::Attach { process, launch, stdout: Some(pipe), stderr: None });
        }
    }

    /// A standard input can be written to (or was closed, which the core has to be told).
    fn flush_stdin(&mut self, process: ProcessId) -> Option<Input> {
        let flushed = self.stdins.get_mut(&process).map_or(Err(Refused::Closed), Stdin::flush);
        self.note_stdin(process, flushed);
        flushed.err().map(|refused| delivery_failed(process, refused))
    }

    /// Remembers what a write left behind: bytes that wait, or a pipe that nobody reads any more.
    fn note_stdin(&mut self, process: ProcessId, outcome: Result<(), Refused>) {
        if outcome == Err(Refused::Closed) {
            self.stdins.remove(&process);
        }
        if self.stdins.get(&process).is_some_and(Stdin::is_waiting) {
            self.waiting.insert(process);
        } else {
            self.waiting.remove(&process);
        }
    }

    /// Every dead child was reaped: the log plane takes what they left in their pipes.
    pub(super) fn wake_logs(&self) {
        self.logs.wake();
    }

    /// Every dead child was reaped, and the core knows: what else it has to be told.
    pub(super) fn reaped(&mut self) -> Vec<Input> {
        self.survivors.reaped()
    }

    /// It was looked for what belongs to processes: what the core has to be told.
    pub(super) fn swept(&mut self, swept: Swept) -> Vec<Input> {
        self.survivors.swept(swept, &self.logs)
    }

    /// What belongs to a process does not end, and nobody waits for it any longer.
    fn leave(&mut self, process: ProcessId) {
        let name = self.programs.get(&process).map_or("", |program| &program.registration.name.name);
        if let Some(who) = self.survivors.leave(process) {
            let text = format!("what '{name}' left behind does not end on SIGKILL, and is let alone: {who}");
            self.logs.line(Level::Critical, text);
        }
    }

    /// A child was reaped: what the core has to be told of it first.
    pub(super) fn last_words(&mut self, pid: Pid) -> Option<Input> {
        self.survivors.buried(pid);
        let told = self.reports.take(pid)?;
        let program = self.programs.get(&told.process)?;
        Some(Input::NotExecuted { pid, cause: told.cause(&program.registration) })
    }

    fn close_stdin(&mut self, process: ProcessId) {
        self.stdins.remove(&process);
        self.waiting.remove(&process);
    }

    /// Does one thing; what the core has to be told about it.
    pub(super) fn perform(&mut self, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Register(registration) => self.register(registration),
            Effect::Forget(process) => {
                if let Some(program) = self.programs.remove(&process) {
                    self.launcher.sockets.forget(&program.registration.name.group);
                }
                self.close_stdin(process);
                self.survivors.forget(process);
                self.watches.forget(process);
                self.logs.send(ToLogs::Forget { process });
            }
            Effect::Prepare { process, launch } => return self.prepare(process, launch),
            Effect::Release(process) => self.logs.send(ToLogs::Release { process }),
            Effect::Drain { process, launch, again } => {
                self.close_stdin(process);
                self.hand_over(process);
                if self.programs.get(&process).is_some_and(Program::is_plugin) {
                    self.control(ToControl::Ended { process, launch });
                }
                // Children that die together are drained together: `wake_logs` follows, unless it was to be waited for
                // what a child had left.
                self.logs.queue(ToLogs::Drain { process, launch, again });
                if self.programs.get(&process).is_some_and(Program::has_kin) {
                    self.logs.wake();
                }
            }
            Effect::Spawn { process, launch } => return self.spawn(process, launch),
            Effect::Clear { process, launch, signal } => {
                // Who reads it may be waiting for its end.
                self.close_stdin(process);
                return self.survivors.clear(process, (launch, signal));
            }
            Effect::Leave(process) => self.leave(process),
            Effect::Signal { process, pid, signal, group, call: None }
                if self.survivors.strike(process, Blow { pid, signal, group }) => {}
            Effect::Signal { process, pid, signal, group, call } => {
                let result = Blow { pid, signal, group }.send();
                return Some(Input::SignalSent { process, pid, result, call });
            }
            Effect::Probe { call, process } => {
                let program = self.programs.get(&process)?;
                return Some(Input::Probed { call, process, result: self.launcher.probe(program) });
            }
            Effect::WriteStdin { call, process, given, data } => {
                return Some(Input::Written {
                    call,
                    process,
                    result: self.write_stdin(process, given, &data),
                });
            }
            Effect::LoadConfig => self.load_config(),
            Effect::ReopenLogs => self.logs.send(ToLogs::Reopen),
            Effect::Notify(notice) => {
                self.report(&notice);
                if is_news(&notice) {
                    self.news.push(notice);
                }
            }
            Effect::NotifyOfPool(notice) => {
                if self.logs.writes(notice.level()) {
                    self.logs.line(notice.level(), notice.text());
                }
            }
            Effect::Print(lines) => self.logs.print(lines),
            Effect::Deliver { process, envelope } => return self.deliver(process, &envelope),
            Effect::Reply { call, result } => {
                if let Some(caller) = self.callers.remove(&call) {
                    self.replies.push((caller, result));
                }
            }
            Effect::End(ending) => self.ended = Some(ending),
        }
        None
    }

    /// A start whose logs are open already, or for which the log plane is to open them.
    fn prepare(&mut self, process: ProcessId, launch: u32) -> Option<Input> {
        match self.ahead.take_if(|ahead| (ahead.process, ahead.launch) == (process, launch)) {
            Some(Ahead { result, .. }) => Some(Input::Prepared { process, launch, result }),
            None => {
                self.logs.send(ToLogs::Prepare { process, launch });
                None
            }
        }
    }

    /// The log plane has opened logs for a start that the core will ask for, if nobody stopped it meanwhile.
    pub(super) fn expect_start(&mut self, ahead: Ahead) {
        self.ahead = Some(ahead);
    }

    /// The core has heard of a drain: what was prepared with it and is not wanted is closed.
    pub(super) fn release_unwanted(&mut self) {
        if let Some(Ahead { process, .. }) = self.ahead.take() {
            self.logs.send(ToLogs::Release { process });
        }
    }

    /// Writes what a fact has to say to the activity log.
    fn report(&mut self, notice: &Notice) {
        if let Some((level, text)) = notice.line() {
            // Orphans that the daemon asked for are no news.
            let expected = matches!(notice, Notice::ReapedUnknown { .. }) && self.survivors.adopts();
            self.logs.line(if expected { Level::Debug } else { level }, text);
        }
        // What a child shares with others is closed after the line that says that it ended.
        if let Notice::Exited { process, .. }
        | Notice::Stopped { process, .. }
        | Notice::SpawnFailed { process, .. } = notice
        {
            let logs = &self.logs;
            self.launcher.sockets.release(process, &mut |line| logs.line(Level::Info, line));
        }
    }

    fn register(&mut self, registration: Box<Registration>) {
        let recipe = &registration.recipe;
        let (logs, group) = (&self.logs, &registration.name.group);
        let say = &mut |line| logs.line(Level::Info, line);
        if let Err(unmade) = self.launcher.sockets.check(group, recipe.fastcgi.as_ref(), say) {
            // Each start tries again, and fails by itself.
            logs.line(Level::Critical, unmade.to_string());
        }
        self.survivors.register(registration.process, recipe, logs);
        // What a listener writes to its standard output is protocol, never an event or a capture.
        let listener = is_listener(&registration.group);
        let mut stdout = self.channel(&recipe.stdout, registration.stdout_logfile.as_ref(), !listener);
        stdout.protocol = listener;
        let mut stderr = (!recipe.redirect_stderr)
            .then(|| self.channel(&recipe.stderr, registration.stderr_logfile.as_ref(), true));
        for channel in std::iter::once(&mut stdout).chain(&mut stderr) {
            channel.making.directories = recipe.create_log_dirs;
        }
        let spec = LogSpec { name: Arc::clone(&registration.name.name), stdout, stderr };
        let process = registration.process;
        self.programs.insert(process, Program::new(registration));
        self.logs.send(ToLogs::Register { process, spec: Box::new(spec) });
    }

    fn channel(&self, options: &ChannelOptions, path: Option<&Arc<str>>, special: bool) -> ChannelSpec {
        ChannelSpec {
            path: path.map(Arc::clone),
            auto: options.logfile == LogFile::Auto,
            maxbytes: options.maxbytes,
            backups: options.backups,
            strip_ansi: self.strip_ansi && special,
            syslog: options.syslog && special,
            capture_maxbytes: if special { options.capture_maxbytes } else { 0 },
            events: options.events_enabled && special,
            protocol: false,
            making: Making { directories: false, mode: options.mode, owner: options.owner },
        }
    }

    fn spawn(&mut self, process: ProcessId, launch: u32) -> Option<Input> {
        let program = self.programs.get(&process)?;
        let logs = &self.logs;
        let belongings = self.survivors.belongings(process, &program.registration.recipe, launch);
        Some(match self.launcher.launch(program, belongings, &mut |line| logs.line(Level::Info, line)) {
            Ok(Child { pid, report, path, stdin, stdout, stderr }) => {
                self.survivors.begin(process, (launch, pid), &program.registration.recipe);
                self.reports.keep((pid, process), report, &path.to_string_lossy());
                let registration = &program.registration;
                let stdout = match (&registration.group.kind, stdin) {
                    // What it reads and writes is a conversation that this plane has no part in.
                    (GroupKind::RpcPlugin(_), Some(stdin)) => {
                        let group = Arc::clone(&registration.group);
                        self.control(ToControl::Serving(Served { process, launch, group, stdin, stdout }));
                        None
                    }
                    (_, stdin) => {
                        self.stdins.extend(stdin.map(|pipe| (process, Stdin::new(pipe))));
                        if is_listener(&registration.group) {
                            self.ears.keep(process, Ear { launch, pipe: stdout });
                            None
                        } else {
                            Some(stdout)
                        }
                    }
                };
                self.logs.send(ToLogs::Attach { process, launch, stdout, stderr });
                Input::Spawned { process, pid }
            }
            Err(text) => Input::SpawnFailed { process, cause: Cause::NoChild(text.into()) },
        })
    }

    /// What the pool of a listener wants `len` to count.
    fn counting(&self, listener: ProcessId) -> wire::Counting {
        match self.programs.get(&listener).map(|program| &program.registration.group.kind) {
            Some(GroupKind::Listeners(Pool { event_length: EventLength::Bytes, .. })) => {
                wire::Counting::Bytes
            }
            _ => wire::Counting::Characters,
        }
    }

    /// Writes an event to a listener.
    fn deliver(&mut self, process: ProcessId, envelope: &Envelope) -> Option<Input> {
        let payload = envelope.payload.text();
        let mut bytes = Vec::with_capacity(payload.len() + HEADER_ROOM);
        wire::Envelope {
            server: &self.identifier,
            serial: envelope.serial,
            pool: &envelope.pool,
            pool_serial: envelope.pool_serial,
            event: envelope.kind.name(),
            payload: &payload,
        }
        .write(self.counting(process), &mut bytes);
        let outcome = self.stdins.get_mut(&process).map_or(Err(Refused::Closed), |stdin| stdin.send(&bytes));
        self.note_stdin(process, outcome);
        outcome.err().map(|refused| delivery_failed(process, refused))
    }

    fn write_stdin(&mut self, process: ProcessId, given: String, data: &[u8]) -> Result<(), Fault> {
        let outcome = self.stdins.get_mut(&process).map_or(Err(Refused::Closed), |stdin| stdin.send(data));
        self.note_stdin(process, outcome);
        outcome.map_err(|refused| match refused {
            Refused::Full => Fault::Failed(given),
            Refused::Closed => Fault::NoFile(given),
        })
    }

    /// Reading files is not for this plane: a thread does it and reports back.
    fn load_config(&self) {
        let (loader, port) = (Arc::clone(&self.loader), self.own_port.clone());
        let read = move || port.send(ToSupervisor::Loaded(loader().map_err(|unusable| unusable.message)));
        if let Err(error) = std::thread::Builder::new().name("reload".into()).spawn(read) {
            self.own_port.send(ToSupervisor::Loaded(Err(format!("no thread to read it with: {error}"))));
        }
    }
}

/// What came of opening the logs of a process for a start that follows its death at once.
#[derive(Debug)]
pub(super) struct Ahead {
    pub(super) process: ProcessId,
    /// The start.
    pub(super) launch: u32,
    pub(super) result: Result<(), Cause>,
}

/// A pipe of a child that this plane waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    /// Its standard input.
    Stdin(ProcessId),
    /// The standard output of a listener.
    Ear(ProcessId),
}

fn delivery_failed(process: ProcessId, refused: Refused) -> Input {
    let reason = match refused {
        Refused::Closed => Refusal::Closed,
        Refused::Full => Refusal::Full,
    };
    Input::DeliveryFailed { process, reason }
}

//! The typed messages between the planes: the only place where they meet.
//!
//! Each plane owns one queue and one waker; a port is the sending end of both. Sending never blocks. Who may
//! flood a queue is bounded at the source: clients by the control plane's limit on calls in flight, children by
//! the log plane reading their pipes only as fast as it writes, what listeners learn of output by
//! [`SupervisorPort::overheard`], log lines by [`LogPort::line`], printed ones by [`LogPort::print`].

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use arc_swap::ArcSwap;
use bytes::Bytes;
use provost_config::dump::Dump;
use provost_config::model::{Config, Group, Level};
use provost_core::call::{Call, Fault, Reply};
use provost_core::failure::Cause;
use provost_core::output::Channel;
use provost_core::status::{ProcessId, Snapshot};
use provost_sys::wake::Waker;
use tokio::sync::{Mutex, Notify, mpsc, oneshot};

use crate::feed::Feed;
use crate::supervise::Swept;

/// What the supervision plane is told by the other planes.
pub(crate) enum ToSupervisor {
    /// A client asks for something.
    Call {
        /// What.
        call: Call,
        /// Where the answer goes; it is sent after the snapshot that shows the change.
        reply: oneshot::Sender<Result<Reply, Fault>>,
    },
    /// The logs of a process are open (or cannot be).
    Prepared {
        /// Whose.
        process: ProcessId,
        /// The launch that [`ToLogs::Prepare`] named.
        launch: u32,
        /// Nothing, or what is wrong.
        result: Result<(), Cause>,
    },
    /// Everything a dead child had written has reached its sinks.
    Drained {
        /// Whose.
        process: ProcessId,
        /// The launch that [`ToLogs::Drain`] named.
        launch: u32,
        /// For the next start: that its logs are open, or cannot be. `None` if there is to be none at once.
        ahead: Option<Result<(), Cause>>,
    },
    /// The configuration was read again because of SIGHUP.
    Loaded(Result<Arc<Config>, String>),
    /// It was looked for what belongs to processes.
    Swept(Swept),
    /// A child wrote something that concerns listeners; sent with [`SupervisorPort::overheard`].
    Overheard(Overheard),
}

/// What a child wrote.
pub(crate) struct Overheard {
    /// Whose child.
    pub(crate) process: ProcessId,
    /// The start whose child it is.
    pub(crate) launch: u32,
    /// Where it wrote.
    pub(crate) channel: Channel,
    /// What it is to listeners.
    pub(crate) kind: Hearing,
    /// What came with one read, or a whole captured message.
    pub(crate) data: Bytes,
}

/// What output is to listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hearing {
    /// The other side of a listener's conversation.
    Protocol,
    /// A PROCESS_LOG event.
    Log,
    /// A PROCESS_COMMUNICATION event.
    Communication,
}

/// What the control plane is told of the processes that serve RPC namespaces.
pub(crate) enum ToControl {
    /// There is a child to talk to.
    Serving(Served),
    /// That child is dead. What it wrote before may still stand in its pipe.
    Ended {
        /// Whose.
        process: ProcessId,
        /// The launch that [`Served`] named.
        launch: u32,
    },
}

/// A child that serves an RPC namespace, and the daemon's ends of its pipes.
pub(crate) struct Served {
    /// Whose.
    pub(crate) process: ProcessId,
    /// Which start.
    pub(crate) launch: u32,
    /// Its group, which has the name of the namespace.
    pub(crate) group: Arc<Group>,
    /// Its standard input.
    pub(crate) stdin: OwnedFd,
    /// Its standard output.
    pub(crate) stdout: OwnedFd,
}

/// Sends to the control plane. There is no more than two messages for each start of such a process, so the queue needs
/// no bound.
pub(crate) type ControlPort = mpsc::UnboundedSender<ToControl>;

/// What the log plane is told to do.
pub(crate) enum ToLogs {
    /// A process exists now: remember its sinks, and make its AUTO files.
    Register {
        /// Which.
        process: ProcessId,
        /// Where its output goes.
        spec: Box<LogSpec>,
    },
    /// The process is no more; its sinks close when their last pipe does.
    Forget {
        /// Which.
        process: ProcessId,
    },
    /// Open the sinks for a start, answer [`ToSupervisor::Prepared`].
    Prepare {
        /// Whose.
        process: ProcessId,
        /// Which start.
        launch: u32,
    },
    /// A child was made: these are the ends of its output pipes to read from.
    Attach {
        /// Whose.
        process: ProcessId,
        /// Which start.
        launch: u32,
        /// Its standard output (and error, if redirected); `None` if the control plane has it.
        stdout: Option<OwnedFd>,
        /// Its standard error.
        stderr: Option<OwnedFd>,
    },
    /// The child of that launch is dead: read until its pipes are empty, answer [`ToSupervisor::Drained`].
    Drain {
        /// Whose.
        process: ProcessId,
        /// Which start.
        launch: u32,
        /// The next start follows at once: open the sinks for it, too, which spares both planes a round.
        again: bool,
    },
    /// A prepared start will not happen: close what was opened for it.
    Release {
        /// Whose.
        process: ProcessId,
    },
    /// Remove and reopen the logs of a process.
    Clear {
        /// Whose.
        process: ProcessId,
        /// What came of it.
        reply: oneshot::Sender<Result<(), String>>,
    },
    /// Remove and reopen the activity log.
    ClearMain {
        /// What came of it.
        reply: oneshot::Sender<Result<(), String>>,
    },
    /// Answer when everything is written that was told before, and that the pipes of that process hold now.
    CatchUp {
        /// Whose pipes; `None` if it is about the activity log.
        process: Option<ProcessId>,
        /// Who is going to read the log.
        reply: oneshot::Sender<()>,
    },
    /// Close and open every log file (USR2).
    Reopen,
    /// A line of the activity log.
    Line {
        /// When it happened.
        at: SystemTime,
        /// How severe it is.
        level: Level,
        /// Its text, without line end.
        text: String,
    },
    /// Lines for the daemon's own standard output.
    Print(Vec<u8>),
    /// What a listener said, for its log.
    Said {
        /// Which.
        process: ProcessId,
        /// What came with one read.
        data: Vec<u8>,
    },
    /// Write out what is queued and end.
    End,
}

/// Where the output of a process goes.
#[derive(Clone, Debug)]
pub(crate) struct LogSpec {
    /// Process name.
    pub(crate) name: Arc<str>,
    /// Standard output.
    pub(crate) stdout: ChannelSpec,
    /// Standard error; `None` if it is redirected to standard output.
    pub(crate) stderr: Option<ChannelSpec>,
}

/// Where the output of one channel goes.
#[derive(Clone, Debug)]
pub(crate) struct ChannelSpec {
    /// Path of the log file, if there is one.
    pub(crate) path: Option<Arc<str>>,
    /// The file is of the daemon's making: created at once, exclusively, mode 0600.
    pub(crate) auto: bool,
    /// Size in bytes at which it rolls over; 0 or less never.
    pub(crate) maxbytes: i64,
    /// Backups that are kept; 0 truncates.
    pub(crate) backups: u32,
    /// Remove ANSI escape sequences first.
    pub(crate) strip_ansi: bool,
    /// Send lines to the system log too.
    pub(crate) syslog: bool,
    /// Size in bytes of the capture buffer; 0 or less turns capture mode off.
    pub(crate) capture_maxbytes: i64,
    /// Report every read as a PROCESS_LOG event.
    pub(crate) events: bool,
    /// It is a listener's side of its conversation.
    pub(crate) protocol: bool,
    /// How a missing log file is made.
    pub(crate) making: Making,
}

/// How a log file is made where there is none; nothing of it touches a file that exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Making {
    /// Make missing directories above it, with permissions 0755.
    pub(crate) directories: bool,
    /// Its permission bits, whatever the umask; `None` is the usual ones.
    pub(crate) mode: Option<u32>,
    /// Its owner and group; an absent group stays the daemon's.
    pub(crate) owner: Option<(u32, Option<u32>)>,
}

/// Output that may wait for the supervision plane to pass it on, in bytes. Children are never held up by
/// listeners: what is more is dropped and counted.
pub(crate) const MAX_QUEUED_OUTPUT_BYTES: usize = 8 << 20;

/// The same for what listeners say, on top: a program that floods the queue with events must not swallow the word
/// by which a listener becomes ready again, because it is said only once.
pub(crate) const MAX_QUEUED_PROTOCOL_BYTES: usize = 1 << 20;

/// What a message costs in a queue beside its text, roughly; many short ones must not count as nothing.
const MESSAGE_BYTES: usize = 128;

/// Sends to the supervision plane.
#[derive(Clone)]
pub(crate) struct SupervisorPort {
    queue: Sender<ToSupervisor>,
    waker: Waker,
    output: Arc<OutputBacklog>,
}

/// How much output waits to become events, and how much was dropped because too much did.
#[derive(Default)]
pub(crate) struct OutputBacklog {
    queued_bytes: AtomicUsize,
    dropped: AtomicU64,
    dropped_ever: AtomicU64,
}

impl OutputBacklog {
    /// The supervision plane took output of that length out of its queue.
    pub(crate) fn taken(&self, bytes: usize) {
        self.queued_bytes.fetch_sub(bytes + MESSAGE_BYTES, Ordering::Relaxed);
    }

    /// Counts output of that length if it may wait, too.
    fn takes(&self, kind: Hearing, bytes: usize) -> bool {
        let most = match kind {
            Hearing::Protocol => MAX_QUEUED_OUTPUT_BYTES + MAX_QUEUED_PROTOCOL_BYTES,
            Hearing::Log | Hearing::Communication => MAX_QUEUED_OUTPUT_BYTES,
        };
        let fits = self.queued_bytes.fetch_add(bytes + MESSAGE_BYTES, Ordering::Relaxed) <= most;
        if !fits {
            self.taken(bytes);
            self.dropped.fetch_add(1, Ordering::Relaxed);
            self.dropped_ever.fetch_add(1, Ordering::Relaxed);
        }
        fits
    }

    /// Pieces of output dropped since the last look.
    pub(crate) fn take_dropped(&self) -> u64 {
        self.dropped.swap(0, Ordering::Relaxed)
    }
}

impl SupervisorPort {
    /// The port of that queue.
    pub(crate) fn new(queue: Sender<ToSupervisor>, waker: Waker) -> Self {
        Self { queue, waker, output: Arc::default() }
    }

    /// The account of queued output, for the supervision plane.
    pub(crate) fn output_backlog(&self) -> Arc<OutputBacklog> {
        Arc::clone(&self.output)
    }

    /// Pieces of output that were dropped in this life of the daemon.
    pub(crate) fn dropped_output(&self) -> u64 {
        self.output.dropped_ever.load(Ordering::Relaxed)
    }

    /// Passes on what a child wrote, unless too much waits already.
    pub(crate) fn overheard(&self, overheard: Overheard) {
        if self.output.takes(overheard.kind, overheard.data.len()) {
            self.send(ToSupervisor::Overheard(overheard));
        }
    }

    /// Sends; what is sent after the plane has ended is lost, and a waiting reply with it.
    pub(crate) fn send(&self, message: ToSupervisor) {
        if self.queue.send(message).is_ok() {
            self.waker.wake();
        }
    }

    /// Carries out a call; `ShutdownState` if the daemon ends before it answers.
    pub(crate) async fn call(&self, call: Call) -> Result<Reply, Fault> {
        let (reply, answer) = oneshot::channel();
        self.send(ToSupervisor::Call { call, reply });
        answer.await.unwrap_or(Err(Fault::ShutdownState))
    }
}

/// Lines of the activity log that may wait to be written, in bytes. A log that cannot be written for so long
/// loses lines, which are counted, instead of the daemon its memory.
pub(crate) const MAX_QUEUED_LINE_BYTES: usize = 8 << 20;

/// What may wait already when more of what listeners say is to wait, too: a listener that never stops talking must not
/// cost the activity log its lines.
const MAX_QUEUED_BEFORE_SAYINGS: usize = MAX_QUEUED_LINE_BYTES / 2;

/// Sends to the log plane.
#[derive(Clone)]
pub(crate) struct LogPort {
    queue: Sender<ToLogs>,
    waker: Waker,
    threshold: Level,
    backlog: Arc<LineBacklog>,
}

/// How much of the activity log waits, and how much was dropped because too much did.
#[derive(Default)]
pub(crate) struct LineBacklog {
    queued_bytes: AtomicUsize,
    dropped_lines: AtomicU64,
    dropped_ever: AtomicU64,
    dropped_sayings: AtomicU64,
}

impl LineBacklog {
    /// The log plane took a line of that length out of its queue.
    pub(crate) fn taken(&self, bytes: usize) {
        self.queued_bytes.fetch_sub(bytes + MESSAGE_BYTES, Ordering::Relaxed);
    }

    /// Counts a line of that length if it may wait, too.
    fn takes(&self, bytes: usize) -> bool {
        let fits = self.fits(bytes, MAX_QUEUED_LINE_BYTES);
        if !fits {
            self.dropped_lines.fetch_add(1, Ordering::Relaxed);
            self.dropped_ever.fetch_add(1, Ordering::Relaxed);
        }
        fits
    }

    /// The same for what a listener said.
    fn takes_saying(&self, bytes: usize) -> bool {
        let fits = self.fits(bytes, MAX_QUEUED_BEFORE_SAYINGS);
        if !fits {
            self.dropped_sayings.fetch_add(1, Ordering::Relaxed);
        }
        fits
    }

    fn fits(&self, bytes: usize, most: usize) -> bool {
        let queued = self.queued_bytes.fetch_add(bytes + MESSAGE_BYTES, Ordering::Relaxed);
        if queued > most {
            self.taken(bytes);
        }
        queued <= most
    }

    /// Lines dropped since the last look.
    pub(crate) fn take_dropped(&self) -> u64 {
        self.dropped_lines.swap(0, Ordering::Relaxed)
    }

    /// Pieces of what listeners said dropped since the last look.
    pub(crate) fn take_dropped_sayings(&self) -> u64 {
        self.dropped_sayings.swap(0, Ordering::Relaxed)
    }
}

impl LogPort {
    /// The port of that queue; lines below `threshold` are not sent.
    pub(crate) fn new(queue: Sender<ToLogs>, waker: Waker, threshold: Level) -> Self {
        Self { queue, waker, threshold, backlog: Arc::default() }
    }

    /// The account of queued lines, for the log plane.
    pub(crate) fn backlog(&self) -> Arc<LineBacklog> {
        Arc::clone(&self.backlog)
    }

    /// Sends; what is sent after the plane has ended is lost.
    pub(crate) fn send(&self, message: ToLogs) {
        self.queue(message);
        self.wake();
    }

    /// Sends one of several messages, which are seen at the latest after [`Self::wake`].
    pub(crate) fn queue(&self, message: ToLogs) {
        let _nobody_reads_any_more = self.queue.send(message);
    }

    /// Wakes the plane for what was queued.
    pub(crate) fn wake(&self) {
        self.waker.wake();
    }

    /// Lines that were dropped in this life of the daemon.
    pub(crate) fn dropped_lines(&self) -> u64 {
        self.backlog.dropped_ever.load(Ordering::Relaxed)
    }

    /// Whether lines of that level are written at all: ask before composing a costly one.
    pub(crate) fn writes(&self, level: Level) -> bool {
        level >= self.threshold
    }

    /// Writes a line to the activity log.
    pub(crate) fn line(&self, level: Level, text: impl Into<String>) {
        if !self.writes(level) {
            return;
        }
        let text = text.into();
        if self.backlog.takes(text.len()) {
            self.send(ToLogs::Line { at: SystemTime::now(), level, text });
        }
    }

    /// Writes to the log of a listener what it said.
    pub(crate) fn said(&self, process: ProcessId, data: Vec<u8>) {
        if self.backlog.takes_saying(data.len()) {
            self.send(ToLogs::Said { process, data });
        }
    }

    /// Writes lines to the daemon's own standard output.
    pub(crate) fn print(&self, lines: Vec<u8>) {
        if self.backlog.takes(lines.len()) {
            self.send(ToLogs::Print(lines));
        }
    }
}

/// Wakes the followers of one log.
#[derive(Default)]
pub(crate) struct LogWatch {
    /// Notified after bytes were written and after the file was replaced or cleared.
    changed: Notify,
    followers: AtomicUsize,
    /// Bytes that did not reach the log.
    lost: AtomicU64,
}

impl LogWatch {
    /// The log plane wrote to the log, or put another file in its place. Costs one load without followers.
    pub(crate) fn touch(&self) {
        if self.followers.load(Ordering::Acquire) > 0 {
            self.changed.notify_waiters();
        }
    }

    /// So many bytes did not reach the log, ever.
    pub(crate) fn show_lost(&self, bytes: u64) {
        self.lost.store(bytes, Ordering::Relaxed);
    }

    /// Bytes that did not reach the log, ever.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Begins to follow.
    pub(crate) fn follow(self: &Arc<Self>) -> Follower {
        self.followers.fetch_add(1, Ordering::AcqRel);
        Follower { watch: Arc::clone(self) }
    }
}

/// One follower of a log; it counts as one until dropped.
pub(crate) struct Follower {
    watch: Arc<LogWatch>,
}

impl Follower {
    /// Completes at the first change after its creation: create it, look at the file, then wait for it.
    pub(crate) fn changed(&self) -> tokio::sync::futures::Notified<'_> {
        self.watch.changed.notified()
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.watch.followers.fetch_sub(1, Ordering::AcqRel);
    }
}

/// The watches of all logs.
#[derive(Default)]
pub(crate) struct LogWatches {
    /// The activity log's.
    pub(crate) main: Arc<LogWatch>,
    /// Of channels that somebody has followed, or whose log has lost something: few of many.
    channels: RwLock<BTreeMap<(ProcessId, Channel), Arc<LogWatch>>>,
    /// How many these are.
    count: AtomicUsize,
}

impl LogWatches {
    /// The watch of one channel; made when first asked for.
    pub(crate) fn channel(&self, process: ProcessId, channel: Channel) -> Arc<LogWatch> {
        if let Some(watch) =
            self.channels.read().unwrap_or_else(PoisonError::into_inner).get(&(process, channel))
        {
            return Arc::clone(watch);
        }
        let mut channels = self.channels.write().unwrap_or_else(PoisonError::into_inner);
        let watch = Arc::clone(channels.entry((process, channel)).or_default());
        self.count.store(channels.len(), Ordering::Release);
        watch
    }

    /// The log plane wrote to that log, or put another file in its place. Costs one load as long as nobody has followed any.
    pub(crate) fn touch(&self, process: ProcessId, channel: Channel) {
        if self.count.load(Ordering::Acquire) == 0 {
            return;
        }
        let channels = self.channels.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(watch) = channels.get(&(process, channel)) {
            watch.touch();
        }
    }

    /// Bytes of a process that did not reach its logs, ever.
    pub(crate) fn lost(&self, process: ProcessId) -> u64 {
        let channels = self.channels.read().unwrap_or_else(PoisonError::into_inner);
        let of_process = (process, Channel::Stdout)..=(process, Channel::Stderr);
        channels.range(of_process).map(|(_, watch)| watch.lost()).sum()
    }

    /// The process is no more.
    pub(crate) fn forget(&self, process: ProcessId) {
        let mut channels = self.channels.write().unwrap_or_else(PoisonError::into_inner);
        channels.retain(|key, _| key.0 != process);
        self.count.store(channels.len(), Ordering::Release);
    }
}

/// Why a configuration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unusable {
    /// The reference's message for it.
    pub(crate) message: String,
    /// Every mistake as the log has it, with its place and what to do about it; never empty.
    pub(crate) mistakes: Vec<String>,
}

/// A reason that has no place in a file.
impl<T: Into<String>> From<T> for Unusable {
    fn from(message: T) -> Self {
        let message = message.into();
        Self { mistakes: vec![message.clone()], message }
    }
}

/// Reads the configuration again, blocking.
pub(crate) type Loader = Arc<dyn Fn() -> Result<Arc<Config>, Unusable> + Send + Sync>;

/// Reads the configuration again, blocking, and tells what each option comes to; secrets are masked.
pub(crate) type Describer = Arc<dyn Fn() -> Result<Dump, String> + Send + Sync>;

/// Everything the control plane may touch of the rest of the daemon.
#[derive(Clone)]
pub(crate) struct ControlPorts {
    /// What reads are answered from.
    pub(crate) snapshot: Arc<ArcSwap<Snapshot>>,
    /// What happened lately.
    pub(crate) feed: Arc<Feed>,
    /// Where calls go.
    pub(crate) supervisor: SupervisorPort,
    /// Where log requests and log lines go.
    pub(crate) logs: LogPort,
    /// What log followers wait on.
    pub(crate) watches: Arc<LogWatches>,
    /// Reads the configuration again.
    pub(crate) loader: Loader,
    /// Tells what the configuration file says.
    pub(crate) describe: Describer,
    /// Absolute path of the activity log, if it is a file.
    pub(crate) main_log: Option<Arc<str>>,
    /// What the supervision plane tells; only one reads it, and the next one goes on when that fails.
    pub(crate) inbox: Arc<Mutex<mpsc::UnboundedReceiver<ToControl>>>,
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    fn port() -> (SupervisorPort, Receiver<ToSupervisor>) {
        let (queue, received) = channel();
        (SupervisorPort::new(queue, Waker::new().expect("descriptors are left")), received)
    }

    fn say(port: &SupervisorPort, kind: Hearing, bytes: usize) {
        let (process, channel, data) = (ProcessId(1), Channel::Stdout, vec![b'x'; bytes].into());
        port.overheard(Overheard { process, launch: 1, channel, kind, data });
    }

    /// How many pieces of that length wait before one is dropped.
    fn fill(port: &SupervisorPort, kind: Hearing, bytes: usize) -> usize {
        (0..)
            .take_while(|_| {
                say(port, kind, bytes);
                port.output.take_dropped() == 0
            })
            .count()
    }

    #[test]
    fn a_flood_of_events_leaves_room_for_what_listeners_say() {
        let (port, received) = port();
        assert_eq!(fill(&port, Hearing::Log, 1 << 20), 8);
        say(&port, Hearing::Communication, 1);
        assert_eq!(port.output.take_dropped(), 1);
        assert!(fill(&port, Hearing::Protocol, 100) > 100, "a listener is heard all the same");
        let waiting: usize = received
            .try_iter()
            .map(|message| match message {
                ToSupervisor::Overheard(overheard) => overheard.data.len(),
                _ => panic!("only output was sent"),
            })
            .inspect(|bytes| port.output.taken(*bytes))
            .sum();
        assert!(waiting > 8 << 20, "{waiting}");
        assert_eq!(port.output.queued_bytes.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn short_pieces_count_too() {
        let (port, _received) = port();
        assert!(fill(&port, Hearing::Log, 1) < 100_000);
    }
}

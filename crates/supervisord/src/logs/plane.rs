//! The plane's thread: it waits, does what it is told, and gives every pipe that has something one read.

use std::any::Any;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant, SystemTime};

use provost_config::model::Level;
use provost_core::status::ProcessId;
use provost_sys::Waker;

use super::activity::ActivityLog;
use super::buffers::Buffers;
use super::channel::Tools;
use super::poller::{Interest, Poller, Token, Wait};
use super::process::{Pipes, ProcessLog};
use super::sink::Desk;
use super::source::SourceKey;
use super::stream::RoomWatch;
use super::syslog::Syslog;
use crate::ports::{LineBacklog, LogWatches, SupervisorPort, ToLogs, ToSupervisor};

/// Messages that are answered before the pipes get their turn again: a flood of log lines must not silence children.
const MESSAGES_PER_TURN: usize = 1024;

/// How long logs that are read slowly may take for their last lines, all of them together.
const END_PATIENCE: Duration = Duration::from_secs(1);

/// How often it is said at most that listeners say more than can be written.
const SAYINGS_INTERVAL: Duration = Duration::from_secs(10);

/// The waker's token; no source has it, because no process has the highest id.
const WAKER: Token = Token::MAX;

/// There is room for lines of the activity log, or on standard output.
const ACTIVITY_ROOM: Token = Token::MAX - 1;

/// The receiving end of a `LogPort`.
pub(crate) struct Inbox {
    mail: Mail,
    /// Where the plane waits for mail, and for its pipes.
    poller: Poller,
}

struct Mail {
    /// What the plane is told.
    queue: Receiver<ToLogs>,
    /// Wakes it when there is something in the queue.
    waker: Waker,
    /// The port's account of queued lines.
    backlog: Arc<LineBacklog>,
}

impl Inbox {
    /// The end of that queue.
    ///
    /// # Errors
    /// Descriptors have run out.
    pub(crate) fn new(queue: Receiver<ToLogs>, waker: Waker, backlog: Arc<LineBacklog>) -> io::Result<Self> {
        let mut poller = Poller::new()?;
        poller.add(waker.fd(), WAKER, Interest::Bytes)?;
        Ok(Self { mail: Mail { queue, waker, backlog }, poller })
    }
}

/// The log plane and all it owns.
pub(crate) struct LogPlane {
    inbox: Mail,
    supervisor: SupervisorPort,
    watches: Arc<LogWatches>,
    /// In boxes, because the nodes of a map that only grows at its end are half empty.
    processes: BTreeMap<ProcessId, Box<ProcessLog>>,
    tools: Tools,
    /// Where lines of the activity log wait for room.
    rooms: Vec<RoomWatch>,
    /// What can be read in this turn.
    ready: Vec<Token>,
    /// How to wait for the next turn: messages that are left over do not wake anybody.
    wait: Wait,
    /// When it was last said that listeners say too much.
    reported_sayings: Option<Instant>,
}

/// What comes after a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Next,
    End,
}

impl LogPlane {
    /// A plane that is ready to run.
    pub(crate) fn new(
        inbox: Inbox,
        supervisor: SupervisorPort,
        watches: Arc<LogWatches>,
        mut activity: ActivityLog,
    ) -> Self {
        let Inbox { mail: inbox, poller } = inbox;
        activity.watched_by(Arc::clone(&watches.main));
        let desk = Desk { activity, syslog: Syslog::system(), supervisor: supervisor.clone() };
        let tools = Tools { poller, buffers: Buffers::default(), desk };
        let (processes, rooms, ready) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self {
            inbox,
            supervisor,
            watches,
            processes,
            tools,
            rooms,
            ready,
            wait: Wait::Look,
            reported_sayings: None,
        }
    }

    /// Works until it is told to end. A defect that shows as a panic costs what was in hand at that moment, a message
    /// or a chunk; the plane reports it and goes on.
    ///
    /// # Errors
    /// The system refuses to wait for descriptors. Nothing is lost by calling this again.
    pub(crate) fn run(&mut self) -> io::Result<()> {
        loop {
            if self.survive(Self::turn)? == Turn::End {
                return Ok(());
            }
        }
    }

    /// Gives the activity log back, for the last lines of the daemon.
    pub(crate) fn into_activity_log(self) -> ActivityLog {
        self.tools.desk.activity
    }

    /// Does a piece of work; if it panics, the state stays as the work has left it.
    fn survive(&mut self, work: impl FnOnce(&mut Self) -> io::Result<Turn>) -> io::Result<Turn> {
        catch_unwind(AssertUnwindSafe(|| work(self))).unwrap_or_else(|panic| {
            self.tools.desk.say(Level::Critical, &format!("defect in the log plane: {}", reason(&*panic)));
            // The queue may have more than the work has taken, and nobody will wake the plane for that.
            self.wait = Wait::Look;
            Ok(Turn::Next)
        })
    }

    /// One round: wait, messages, one read for every pipe that has something.
    fn turn(&mut self) -> io::Result<Turn> {
        self.watch_for_room();
        self.tools.poller.wait(self.wait, &mut self.ready)?;
        if self.wait == Wait::Look || self.ready.contains(&WAKER) {
            self.inbox.waker.clear();
            if self.receive() == Turn::End {
                return Ok(Turn::End);
            }
        }
        for index in 0..self.ready.len() {
            let key = SourceKey::of(self.ready[index]);
            if let Some(log) = self.processes.get_mut(&key.process) {
                log.serve(key.channel, key.serial, &mut self.tools);
                self.bury(key.process);
            }
        }
        Ok(Turn::Next)
    }

    /// Has the plane woken when lines of the activity log that wait for room may be written, and writes them.
    fn watch_for_room(&mut self) {
        let activity = &mut self.tools.desk.activity;
        let has_come = self.ready.contains(&ACTIVITY_ROOM);
        if !has_come && self.rooms.len() == activity.needs_room().count() {
            return;
        }
        for watch in self.rooms.drain(..) {
            watch.end(&mut self.tools.poller);
        }
        activity.flush();
        for fd in activity.needs_room() {
            // If it cannot be watched, the next line tries again.
            self.rooms.extend(RoomWatch::begin(&mut self.tools.poller, fd, ACTIVITY_ROOM));
        }
    }

    /// Answers messages until there are none, or enough for one turn.
    fn receive(&mut self) -> Turn {
        self.wait = Wait::Look;
        for _ in 0..MESSAGES_PER_TURN {
            match self.inbox.queue.try_recv() {
                Ok(ToLogs::End) | Err(TryRecvError::Disconnected) => {
                    self.end();
                    return Turn::End;
                }
                Ok(message) => self.answer(message),
                Err(TryRecvError::Empty) => {
                    self.wait = Wait::Sleep;
                    break;
                }
            }
        }
        self.report_dropped_lines();
        Turn::Next
    }

    fn answer(&mut self, message: ToLogs) {
        let tools = &mut self.tools;
        match message {
            ToLogs::Register { process, spec } => {
                let log = ProcessLog::new(process, &spec, &self.watches, &mut tools.desk);
                self.processes.insert(process, Box::new(log));
            }
            ToLogs::Forget { process } => {
                if let Some(log) = self.processes.get_mut(&process) {
                    log.forget();
                    self.bury(process);
                }
            }
            ToLogs::Prepare { process, launch } => {
                let unknown = || Err("no such process".into());
                let result =
                    self.processes.get_mut(&process).map_or_else(unknown, |log| log.prepare(launch, tools));
                self.supervisor.send(ToSupervisor::Prepared { process, launch, result });
            }
            ToLogs::Attach { process, launch, stdout, stderr } => {
                if let Some(log) = self.processes.get_mut(&process) {
                    log.attach(launch, Pipes { stdout, stderr }, tools);
                }
            }
            ToLogs::Drain { process, launch, again } => {
                let mut ahead = None;
                if let Some(log) = self.processes.get_mut(&process) {
                    log.drain(launch, tools);
                    ahead = again.then(|| log.prepare(launch.wrapping_add(1), tools));
                    self.bury(process);
                }
                self.supervisor.send(ToSupervisor::Drained { process, launch, ahead });
            }
            ToLogs::Release { process } => {
                if let Some(log) = self.processes.get_mut(&process) {
                    log.release();
                }
            }
            ToLogs::Clear { process, reply } => {
                let outcome = self.processes.get_mut(&process).map_or(Ok(()), |log| log.clear());
                // Who asked may have gone away.
                let _ = reply.send(outcome);
            }
            ToLogs::ClearMain { reply } => {
                let _ = reply.send(tools.desk.activity.clear().map_err(|error| error.to_string()));
            }
            ToLogs::CatchUp { process, reply } => {
                if let Some(log) = process.and_then(|process| self.processes.get_mut(&process)) {
                    log.catch_up(tools);
                }
                let _ = reply.send(());
            }
            ToLogs::Reopen => self.reopen(),
            ToLogs::Line { at, level, text } => {
                self.inbox.backlog.taken(text.len());
                tools.desk.activity.write(at, level, &text);
            }
            ToLogs::Said { process, data } => {
                self.inbox.backlog.taken(data.len());
                if let Some(log) = self.processes.get_mut(&process) {
                    log.record(&data, tools);
                }
            }
            ToLogs::Print(lines) => {
                self.inbox.backlog.taken(lines.len());
                tools.desk.activity.print(&lines);
            }
            ToLogs::End => unreachable!("invariant: the end is not a message to be answered"),
        }
    }

    /// USR2: the line about it is the last one of the old activity log.
    fn reopen(&mut self) {
        let desk = &mut self.tools.desk;
        desk.say(Level::Info, "supervisord logreopen");
        if let Err(error) = desk.activity.reopen() {
            desk.say(
                Level::Error,
                &format!("the activity log cannot be reopened: {error}; every line tries again"),
            );
        }
        for log in self.processes.values_mut() {
            log.reopen(&mut self.tools);
        }
    }

    /// Takes what the pipes hold now, and closes everything but the activity log.
    fn end(&mut self) {
        let until = Instant::now() + END_PATIENCE;
        for log in self.processes.values_mut() {
            log.end(until, &mut self.tools);
        }
        self.processes.clear();
        self.report_dropped_lines();
        self.tools.desk.activity.finish(until);
        self.watch_for_room();
    }

    fn report_dropped_lines(&mut self) {
        let dropped = self.inbox.backlog.take_dropped();
        if dropped > 0 {
            let text =
                format!("{dropped} lines are missing here: they came faster than they could be written");
            self.tools.desk.activity.write(SystemTime::now(), Level::Warn, &text);
        }
        self.report_dropped_sayings();
    }

    /// A listener that floods does so for long, so this is not said each time.
    fn report_dropped_sayings(&mut self) {
        if self.reported_sayings.is_some_and(|then| then.elapsed() < SAYINGS_INTERVAL) {
            return;
        }
        let unsaid = self.inbox.backlog.take_dropped_sayings();
        if unsaid > 0 {
            self.reported_sayings = Some(Instant::now());
            let text = format!(
                "{unsaid} pieces of what listeners said are missing in their logs: they came faster than they could be \
                 written"
            );
            self.tools.desk.activity.write(SystemTime::now(), Level::Warn, &text);
        }
    }

    /// Removes a process that was forgotten, once its last pipe has ended.
    fn bury(&mut self, process: ProcessId) {
        if self.processes.get(&process).is_some_and(|log| log.is_over()) {
            self.processes.remove(&process);
            self.watches.forget(process);
        }
    }
}

/// What a panic says.
fn reason(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason given")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::mpsc::channel;

    use provost_config::model::MainLog;
    use tempfile::TempDir;

    use super::*;
    use crate::logs::ActivitySettings;
    use crate::ports::{LogPort, MAX_QUEUED_LINE_BYTES};

    /// A plane that does not run yet, the port to it, and its activity log.
    fn plane() -> (TempDir, LogPlane, LogPort) {
        let directory = TempDir::new().expect("directory");
        let activity = ActivityLog::open(&ActivitySettings {
            target: MainLog::File(directory.path().join("main.log").display().to_string()),
            maxbytes: 0,
            backups: 0,
            level: Level::Info,
            copy_to_stdout: false,
        });
        let waker = Waker::new().expect("waker");
        let (sender, queue) = channel();
        let port = LogPort::new(sender, waker.clone(), Level::Info);
        let inbox = Inbox::new(queue, waker.clone(), port.backlog()).expect("inbox");
        let supervisor = SupervisorPort::new(channel().0, waker);
        let plane = LogPlane::new(inbox, supervisor, Arc::default(), activity.expect("activity log"));
        (directory, plane, port)
    }

    /// The activity log without the times.
    fn texts(directory: &TempDir) -> Vec<String> {
        let log = fs::read_to_string(directory.path().join("main.log")).expect("read");
        log.lines().map(|line| line[24..].to_owned()).collect()
    }

    #[test]
    fn a_panic_is_reported_and_survived() {
        let (directory, mut plane, port) = plane();
        port.line(Level::Info, "before");
        let outcome = plane.survive(|plane| {
            plane.inbox.waker.clear();
            panic!("{} broke", "something")
        });
        assert_eq!(outcome.expect("goes on"), Turn::Next);
        port.send(ToLogs::End);
        plane.run().expect("run");
        assert_eq!(texts(&directory), ["CRIT defect in the log plane: something broke", "INFO before"]);
    }

    #[test]
    fn dropped_lines_are_counted_in_the_log() {
        let (directory, mut plane, port) = plane();
        let line = "x".repeat(MAX_QUEUED_LINE_BYTES / 5 * 2);
        for _ in 0..7 {
            port.line(Level::Info, line.as_str());
        }
        port.send(ToLogs::End);
        plane.run().expect("run");
        let texts = texts(&directory);
        assert_eq!(texts.len(), 4);
        assert_eq!(texts[3], "WARN 4 lines are missing here: they came faster than they could be written");
    }

    #[test]
    fn a_listener_that_never_stops_talking_leaves_room_for_lines() {
        let (directory, mut plane, port) = plane();
        for _ in 0..3 {
            port.said(ProcessId(1), vec![b'x'; MAX_QUEUED_LINE_BYTES / 3]);
        }
        port.line(Level::Info, "still here");
        port.send(ToLogs::End);
        plane.run().expect("run");
        let unsaid = "WARN 1 pieces of what listeners said are missing in their logs: they came faster than they could \
                      be written";
        assert_eq!(texts(&directory), ["INFO still here", unsaid]);
    }

    #[test]
    fn the_end_of_all_ports_is_the_end() {
        let (_directory, mut plane, port) = plane();
        drop(port);
        plane.run().expect("run");
    }
}

//! What a life of the daemon stands on: the queues between the planes, and the log plane, which runs before the others
//! and ends after them.
//!
//! This is the part of a beginning life that needs descriptors and threads and cannot do without. The first life ends
//! if it cannot have them; a later one says so in the log, which it still has, and tries again until it can.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::Builder;
use std::time::{Duration, SystemTime};

use provost_config::model::Level;
use provost_sys::signal::{SIGCHLD, SIGHUP, SIGUSR2};
use provost_sys::wake::{PollFd, PollFlags, poll};
use provost_sys::{Signals, Waker};

use crate::logs::{self, ActivityLog, LogPlane};
use crate::ports::{LogPort, LogWatches, SupervisorPort, ToLogs};
use crate::{supervise, terminal};

/// Stack of a plane's thread, in bytes. Neither plane recurses, but the time zone library needs a quarter of this
/// in a debug build. Only what is touched takes memory.
pub(crate) const PLANE_STACK: usize = 1 << 20;

/// How long the end of a life waits for logs that are slow. One that hangs (standard output with a reader that
/// stalls, a disk behind a dead network) must not keep the daemon from ending; its thread is left behind.
const LOG_PATIENCE: Duration = Duration::from_secs(3);

/// Between two attempts to lay the foundation of a later life.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// See the module.
pub(crate) struct Foundation {
    /// What the supervision plane listens to.
    pub(crate) inbox: supervise::Inbox,
    /// The way to the log plane.
    pub(crate) logs: LogPort,
    /// What followers of logs wait on.
    pub(crate) watches: Arc<LogWatches>,
    logs_ended: Receiver<ActivityLog>,
}

/// Lays the foundation of the first life.
///
/// # Errors
/// Descriptors or threads have run out.
pub(crate) fn lay(log: ActivityLog, threshold: Level) -> io::Result<Foundation> {
    Ok(Beginning::new(threshold)?.take_over(log))
}

/// Lays the foundation of a later life, however long it takes; `None` if a signal ends the daemon meanwhile.
pub(crate) fn lay_at_last(mut log: ActivityLog, threshold: Level, signals: &Signals) -> Option<Foundation> {
    let mut said = false;
    loop {
        let error = match Beginning::new(threshold) {
            Ok(beginning) => return Some(beginning.take_over(log)),
            Err(error) => error,
        };
        if !std::mem::replace(&mut said, true) {
            let text = format!("nothing can be started: {error}; trying again every second");
            log.write(SystemTime::now(), Level::Critical, &text);
        }
        if is_told_to_end(signals) {
            return None;
        }
    }
}

/// Waits for the next attempt. Children there are none; everything but the wish to end is as good as done by trying
/// again.
fn is_told_to_end(signals: &Signals) -> bool {
    let mut fds = [PollFd::from_borrowed_fd(signals.fd(), PollFlags::IN)];
    if poll(&mut fds, Some(RETRY_PAUSE)).is_err() {
        // Without the memory to wait for anything in particular, time still passes.
        std::thread::sleep(RETRY_PAUSE);
    }
    signals.drain().any(|number| ![SIGCHLD, SIGHUP, SIGUSR2].contains(&number))
}

/// Everything that can fail has been done; only the log is missing.
struct Beginning {
    inbox: supervise::Inbox,
    logs: LogPort,
    watches: Arc<LogWatches>,
    begin: Sender<ActivityLog>,
    logs_ended: Receiver<ActivityLog>,
}

impl Beginning {
    fn new(threshold: Level) -> io::Result<Self> {
        let (to_supervisor, queue) = channel();
        let waker = Waker::new()?;
        let port = SupervisorPort::new(to_supervisor, waker.clone());
        let (to_logs, logs_queue) = channel();
        let logs_waker = Waker::new()?;
        let logs = LogPort::new(to_logs, logs_waker.clone(), threshold);
        let watches = Arc::new(LogWatches::default());
        let logs_inbox = logs::Inbox::new(logs_queue, logs_waker, logs.backlog())?;
        let (begin, begins) = channel();
        let (ended, logs_ended) = channel();
        let (supervisor, their_watches) = (port.clone(), Arc::clone(&watches));
        Builder::new().name("logs".into()).stack_size(PLANE_STACK).spawn(move || {
            // Nothing comes if the rest of the life could not begin.
            let Ok(log) = begins.recv() else { return };
            let mut plane = LogPlane::new(logs_inbox, supervisor, their_watches, log);
            // The system refuses to wait only when out of kernel memory, and then not for long.
            while plane.run().is_err() {
                std::thread::yield_now();
            }
            // Who is not there any more has not waited for a log that hung.
            let _ = ended.send(plane.into_activity_log());
        })?;
        Ok(Self { inbox: supervise::Inbox { queue, waker, port }, logs, watches, begin, logs_ended })
    }

    fn take_over(self, log: ActivityLog) -> Foundation {
        let Self { inbox, logs, watches, begin, logs_ended } = self;
        // The thread waits for nothing else.
        let _ = begin.send(log);
        Foundation { inbox, logs, watches, logs_ended }
    }
}

/// The log plane of a life that is over but for that.
pub(crate) struct LastWords {
    logs: LogPort,
    ended: Receiver<ActivityLog>,
}

impl Foundation {
    /// The planes get theirs, and the end of the life the rest.
    pub(crate) fn share(self) -> (supervise::Inbox, LogPort, Arc<LogWatches>, LastWords) {
        let last_words = LastWords { logs: self.logs.clone(), ended: self.logs_ended };
        (self.inbox, self.logs, self.watches, last_words)
    }
}

impl LastWords {
    /// Waits until the log plane has written everything, but not for ever; gives its log back.
    pub(crate) fn hear(self) -> Option<ActivityLog> {
        self.logs.send(ToLogs::End);
        let log = self.ended.recv_timeout(LOG_PATIENCE);
        if matches!(log, Err(RecvTimeoutError::Timeout)) {
            let seconds = LOG_PATIENCE.as_secs();
            terminal::complain(format_args!(
                "supervisord: a log has taken nothing for {seconds} seconds; what it did not take is lost\n"
            ));
        }
        log.ok()
    }
}

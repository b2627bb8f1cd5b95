//! One turn of the supervision plane: sleep until something happened, tell the core, do what it says, publish.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use provost_config::model::{Config, Level};
use provost_core::call::CallId;
use provost_core::failure::Cause;
use provost_core::shutdown::Ending;
use provost_core::status::{ExitStatus, Pid, ProcessId, Snapshot};
use provost_core::supervisor::{DaemonSignal, Input, Origin, Supervisor};
use provost_sys::signal::{SIGCHLD, SIGHUP, SIGUSR2};
use provost_sys::wake::{PollFd, PollFlags, poll};
use provost_sys::{Signals, Waker, wait};

use super::children::Launcher;
use super::clock::Clock;
use super::perform::{Ahead, Door, Hands};
use crate::defect::survived;
use crate::feed::Feed;
use crate::ports::{
    ControlPort, Hearing, Loader, LogPort, LogWatches, OutputBacklog, Overheard, SupervisorPort, ToSupervisor,
};

/// Messages that are handled before signals and deadlines get their turn again: a program that floods listeners with
/// its output must not delay anybody's restart.
const MESSAGES_PER_TURN: usize = 256;

/// How long messages may take before signals, listeners and deadlines get their turn again, and readers a new snapshot.
/// A message that makes a child takes longer than this, and a start of everything is thousands of those.
const MESSAGES_TIME: Duration = Duration::from_micros(250);

/// The shortest time between two reports of dropped output; a report rides on a turn.
const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// How long the plane rests after a defect, which may come back with every turn.
const DEFECT_PAUSE: Duration = Duration::from_millis(100);

/// What the plane needs of the rest of the daemon.
pub(crate) struct Inbox {
    /// Messages of the other planes.
    pub(crate) queue: Receiver<ToSupervisor>,
    /// Woken for each of them.
    pub(crate) waker: Waker,
    /// The sending end of the queue.
    pub(crate) port: SupervisorPort,
}

/// The other planes, as this one knows them.
pub(crate) struct Neighbours {
    /// Where log commands and lines go.
    pub(crate) logs: LogPort,
    /// What log followers wait on.
    pub(crate) watches: Arc<LogWatches>,
    /// Reads the configuration again.
    pub(crate) loader: Loader,
    /// Where children that serve RPC namespaces are announced.
    pub(crate) control: ControlPort,
}

/// The supervision plane.
pub(crate) struct Plane {
    core: Supervisor,
    hands: Hands,
    clock: Clock,
    queue: Receiver<ToSupervisor>,
    waker: Waker,
    snapshot: Arc<ArcSwap<Snapshot>>,
    feed: Arc<Feed>,
    next_call: u64,
    logs: LogPort,
    /// The account of output that waits in the queue.
    output: Arc<OutputBacklog>,
    /// When dropped output was last reported.
    reported_dropping: Option<Instant>,
    /// A turn broke off. The next one looks at everything, as if all had happened.
    shaken: bool,
}

/// What there is to do after a sleep, besides pipes and deadlines. To look in vain would cost each event that goes to
/// a listener two more system calls.
struct Woken {
    by_signal: bool,
    by_message: bool,
}

/// How a life of the daemon ended, and what the next one takes over.
pub(crate) struct Ended {
    /// For good, or to start over.
    pub(crate) ending: Ending,
    /// What to start over with.
    pub(crate) config: Option<Arc<Config>>,
    /// The number of the next event.
    pub(crate) next_serial: u64,
}

impl Ended {
    /// A life that ended before its planes ran.
    pub(crate) fn without_planes(next_serial: u64) -> Self {
        Self { ending: Ending::Exit, config: None, next_serial }
    }
}

impl Plane {
    /// Makes the first groups active; nothing is started before [`Self::run`].
    pub(crate) fn new(
        config: &Arc<Config>,
        origin: Origin,
        launcher: Launcher,
        inbox: Inbox,
        neighbours: Neighbours,
    ) -> Self {
        let mut core = Supervisor::new(Arc::clone(config), origin);
        let snapshot = core.snapshot().expect("a new core has something to show");
        let logs = neighbours.logs.clone();
        let output = inbox.port.output_backlog();
        let hands = Hands::new(launcher, neighbours, inbox.port, &config.supervisord);
        Self {
            core,
            hands,
            clock: Clock::start(),
            queue: inbox.queue,
            waker: inbox.waker,
            snapshot: Arc::new(ArcSwap::from_pointee(snapshot)),
            feed: Arc::default(),
            next_call: 0,
            logs,
            output,
            reported_dropping: None,
            shaken: false,
        }
    }

    /// Where the plane publishes what it supervises.
    pub(crate) fn snapshot(&self) -> Arc<ArcSwap<Snapshot>> {
        Arc::clone(&self.snapshot)
    }

    /// Where the plane tells what happens.
    pub(crate) fn feed(&self) -> Arc<Feed> {
        Arc::clone(&self.feed)
    }

    /// Supervises until a signal or a call ends it.
    pub(crate) fn run(mut self, signals: &Signals) -> Ended {
        self.survive(|plane| {
            plane.tell(Input::Booted);
            plane.publish();
        });
        loop {
            if let Some(ending) = self.hands.ended {
                let config = self.core.take_next_config();
                return Ended { ending, config, next_serial: self.core.next_serial() };
            }
            self.survive(|plane| plane.turn(signals));
        }
    }

    /// Does a piece of work. A defect that shows as a panic costs the input that was in hand; the plane reports it and
    /// goes on, because its end would leave every program alone.
    fn survive(&mut self, work: impl FnOnce(&mut Self)) {
        if let Err(reason) = survived(|| work(self)) {
            self.logs.line(Level::Critical, format!("defect in the supervision plane: {reason}"));
            self.shaken = true;
            // The same input may come again at once: a deadline that has passed, for one.
            std::thread::sleep(DEFECT_PAUSE);
        }
    }

    /// Sleeps, and does everything that there is to do then.
    fn turn(&mut self, signals: &Signals) {
        let woken = self.sleep(signals);
        if std::mem::take(&mut self.shaken) {
            // What was announced before the defect and not looked at is still there to be seen.
            self.reap();
        }
        if woken.by_signal {
            self.take_signals(signals);
        }
        if woken.by_message {
            self.take_messages();
        }
        if self.core.next_deadline().is_some_and(|at| at <= self.clock.now().mono) {
            self.tell(Input::Elapsed);
        }
        self.publish();
    }

    /// Sleeps until a signal, a message, a ready pipe, or the next deadline.
    fn sleep(&mut self, signals: &Signals) -> Woken {
        if self.shaken {
            return Woken { by_signal: true, by_message: true };
        }
        let timeout = self.core.next_deadline().map(|at| self.clock.until(at));
        let (doors, mut fds): (Vec<Door>, Vec<PollFd<'_>>) = self.hands.doors().unzip();
        fds.push(PollFd::from_borrowed_fd(signals.fd(), PollFlags::IN));
        fds.push(PollFd::from_borrowed_fd(self.waker.fd(), PollFlags::IN));
        if poll(&mut fds, timeout).is_err() {
            // Out of kernel memory for the call itself: look at everything, as if all had happened.
            return Woken { by_signal: true, by_message: true };
        }
        let [.., signal, message] = &fds[..] else { unreachable!("invariant: two are always waited for") };
        let woken =
            Woken { by_signal: !signal.revents().is_empty(), by_message: !message.revents().is_empty() };
        let ready: Vec<_> = doors
            .into_iter()
            .zip(&fds)
            .filter(|(_, fd)| !fd.revents().is_empty())
            .map(|(door, _)| door)
            .collect();
        for door in ready {
            if let Some(input) = self.hands.open(door) {
                self.tell(input);
            }
        }
        woken
    }

    fn take_signals(&mut self, signals: &Signals) {
        for number in signals.drain() {
            match number {
                SIGCHLD => {
                    self.reap();
                    for input in self.hands.reaped() {
                        self.tell(input);
                    }
                    self.hands.wake_logs();
                    self.tell(Input::Signaled(DaemonSignal::Child));
                }
                SIGHUP => self.tell(Input::Signaled(DaemonSignal::Restart)),
                SIGUSR2 => self.tell(Input::Signaled(DaemonSignal::Reopen)),
                _ => self.tell(Input::Signaled(DaemonSignal::Exit(number))),
            }
        }
    }

    /// Reaps every child there is to reap.
    fn reap(&mut self) {
        loop {
            match wait::reap() {
                Ok(Some((pid, status))) => {
                    let pid = Pid(pid.raw());
                    if let Some(told) = self.hands.last_words(pid) {
                        self.tell(told);
                    }
                    self.tell(Input::Reaped { pid, status: exit_status(status) });
                }
                Ok(None) => return,
                Err(errno) => {
                    let number = errno.raw();
                    let text = format!("waitpid error {number}; a process may not be cleaned up properly");
                    return self.logs.line(Level::Critical, text);
                }
            }
        }
    }

    /// Takes what waits, but no more than for one turn.
    fn take_messages(&mut self) {
        self.waker.clear();
        let begun = Instant::now();
        for _ in 0..MESSAGES_PER_TURN {
            if begun.elapsed() > MESSAGES_TIME {
                break;
            }
            let Ok(message) = self.queue.try_recv() else { return self.report_dropped_output() };
            let input = match message {
                ToSupervisor::Call { call, reply } => {
                    let id = CallId(self.next_call);
                    self.next_call += 1;
                    self.hands.expect_reply(id, reply);
                    Input::Call { id, call }
                }
                ToSupervisor::Prepared { process, launch, result } => {
                    Input::Prepared { process, launch, result }
                }
                ToSupervisor::Drained { process, launch, ahead } => {
                    self.drained(process, launch, ahead);
                    continue;
                }
                ToSupervisor::Loaded(result) => Input::Loaded(result),
                ToSupervisor::Swept(swept) => {
                    for input in self.hands.swept(swept) {
                        self.tell(input);
                    }
                    continue;
                }
                ToSupervisor::Overheard(overheard) => self.overheard(overheard),
            };
            self.tell(input);
        }
        // There may be more, and nobody else wakes this plane for that.
        self.waker.wake();
        self.report_dropped_output();
    }

    /// A dead child's output is stored, and perhaps the logs for its successor are open.
    fn drained(&mut self, process: ProcessId, launch: u32, ahead: Option<Result<(), Cause>>) {
        // If the answer comes too late, that successor has had its logs opened in the ordinary way.
        if let Some(result) = ahead.filter(|_| self.core.launch_of(process) == Some(launch)) {
            self.hands.expect_start(Ahead { process, launch: launch.wrapping_add(1), result });
        }
        self.tell(Input::Drained { process, launch });
        self.hands.release_unwanted();
    }

    fn overheard(&self, overheard: Overheard) -> Input {
        let Overheard { process, launch, channel, kind, data } = overheard;
        self.output.taken(data.len());
        match kind {
            Hearing::Protocol => Input::Heard { process, launch, data: data.into() },
            Hearing::Log => Input::Output { process, channel, captured: false, data },
            Hearing::Communication => Input::Output { process, channel, captured: true, data },
        }
    }

    /// Says what did not become events because listeners could not keep up.
    fn report_dropped_output(&mut self) {
        if self.reported_dropping.is_some_and(|then| then.elapsed() < REPORT_INTERVAL) {
            return;
        }
        let dropped = self.output.take_dropped();
        if dropped > 0 {
            self.reported_dropping = Some(Instant::now());
            let text = format!(
                "{dropped} pieces of output became no events: they came faster than they were passed on"
            );
            self.logs.line(Level::Error, text);
        }
    }

    /// Gives the core an input, and everything that follows from it, in order.
    fn tell(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            self.core.handle(self.clock.now(), input);
            while let Some(effect) = self.core.poll_effect() {
                inputs.extend(self.hands.perform(effect));
            }
            debug_assert_eq!(self.core.check_invariants(), Ok(()));
        }
    }

    /// Shows the world what changed, then answers those who asked for it.
    fn publish(&mut self) {
        if let Some(snapshot) = self.core.snapshot() {
            self.snapshot.store(Arc::new(snapshot));
        }
        let news = self.hands.take_news();
        if !news.is_empty() {
            self.feed.add(self.clock.now().wall, news.into_iter());
        }
        self.hands.send_replies();
    }
}

fn exit_status(status: provost_sys::ExitStatus) -> ExitStatus {
    match status {
        provost_sys::ExitStatus::Exited(code) => ExitStatus::Exited(code),
        provost_sys::ExitStatus::Signaled { signal, core } => {
            ExitStatus::Signaled { signal, core_dumped: core }
        }
        // No system here reports anything else for a child that is gone.
        provost_sys::ExitStatus::Unknown(_) => ExitStatus::Exited(-1),
    }
}

#[cfg(test)]
#[path = "turn_tests.rs"]
mod tests;

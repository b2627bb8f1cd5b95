//! The life of one process: every phase, every event, and what follows.
//!
//! # The phases
//!
//! ```text
//!                 Start                Prepared            Spawned
//!   Stopped ─────────────▶ Preparing ───────────▶ Forking ─────────▶ Starting ──running_at──▶ Running
//!   Exited  ─restart_at─▶      │ Prepared(Err)      │ SpawnFailed       │ Stop                  │ Stop
//!   Fatal                      ▼                    ▼                   ▼                       ▼
//!                           Backoff ◀──────────── Backoff            Stopping ──kill_at──▶ SIGKILL, again
//!                              │ retry_at: Preparing                    │ Reaped
//!                              │ too many: Fatal                        ▼
//!                              └ Stop: Stopped  (Clearing ▶) Draining ──Drained──▶ Stopped, Exited or Backoff
//! ```
//!
//! * **Stopped**, **Exited**, **Fatal** have no child. Only `Exited` may hold a deadline: the moment of its
//!   automatic restart, which the floor can put off.
//! * **Preparing** waits for the log plane to open the sinks; **Forking** waits for the shell to make the child.
//!   Both are publicly STARTING. A stop while Preparing calls the start off, and so does the end of the wait if the
//!   daemon stops meanwhile. A stop while Forking is remembered and signals the child as soon as it exists, so that
//!   no stop is lost.
//! * **Starting** has a child that has not proved itself; it becomes **Running** after `startsecs`.
//! * **Stopping** has a child that was asked to end. SIGKILL follows after the grace, and again after each further
//!   grace, for as long as the child is not reaped.
//! * **Clearing** has a dead, reaped child, and descendants of it that belong to the process (`kill_mode`). They got the
//!   stop signal; SIGKILL follows when the grace is over, that of the stop if there was one. What survives
//!   [`KILLS_BEFORE_LOST`] of those is told and left alone. As in Draining, which follows, the public state stays what it
//!   was, and nobody is signalled by the pid of the former child.
//! * **Draining** has a dead, reaped child whose last output is on its way to the log. Its pid must not be
//!   signalled any more: the system may already have given it to somebody else. The public state stays what it was
//!   before the death, so that the exit is announced after the output that led to it. A log that does not answer
//!   delays this for no longer than [`DRAIN_GRACE`].
//! * A process whose section of the configuration was refused (`Recipe::broken`) is **Fatal** as soon as it is to be
//!   started, with the mistake as its spawn error, and never has a child.
//! * **Lost** is publicly UNKNOWN: a child that SIGKILL did not end while the daemon was shutting down. The
//!   shutdown no longer waits for it.
//!
//! # Who wins
//!
//! A stop request beats a restart: whatever the exit status, a process that was asked to stop ends up STOPPED. A
//! death beats a deadline that is due at the same time only if it was reaped first; inputs are taken in the order
//! in which the shell saw them. An operator's start begins a new account of failures; a retry continues it.
//!
//! # Failures
//!
//! A start fails when there is no child (`SpawnFailed`, sinks that cannot be opened), or when its child ends before
//! `startsecs`. Each failure is noted with its reason ([`crate::failure`]) and told in one line; a child that could not
//! execute its program leaves word of it just before its death (`NotExecuted`), which is a better reason than its status.
//! The note lasts until a start succeeds.
//!
//! # Restart pace
//!
//! An automatic restart is never sooner than [`RESTART_FLOOR`] after the previous *start*. A process that lived
//! longer than that is back at once.

mod clearing;

use std::sync::Arc;
use std::time::Duration;

use provost_config::model::{AutoRestart, Process as Recipe};

use crate::failure::{Attempt, Cause, StartFailure};
use crate::status::{ExitStatus, LastExit, Pid, State};
use crate::time::{Mono, Now, Wall};

/// Shortest time between two automatic starts of one process. The reference has no such rule but the same pace,
/// because it looks at its processes once a second.
pub const RESTART_FLOOR: Duration = Duration::from_secs(1);

/// How long the log plane may take to open the sinks before the child is made without waiting for it.
pub const PREPARE_GRACE: Duration = Duration::from_millis(250);

/// How long the log plane may take to store a dead child's last output before the death is announced anyway.
///
/// Long enough for a log plane that gets little of a busy machine; only one that hangs lets it pass.
pub const DRAIN_GRACE: Duration = Duration::from_secs(1);

/// SIGKILLs that a child survives before nobody has to wait for it any more: a stop is answered with a fault, a shutdown
/// gives it up as lost. The same for what it left behind.
pub const KILLS_BEFORE_LOST: u32 = 3;

/// The internal state, with exactly the data that is true in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Never started, or stopped on request.
    Stopped,
    /// The log plane opens the sinks.
    Preparing {
        /// When to stop waiting for it.
        until: Mono,
    },
    /// The shell makes the child.
    Forking {
        /// A stop request came meanwhile.
        stop: bool,
    },
    /// The child has not yet lived for `startsecs`.
    Starting {
        /// The child.
        pid: Pid,
        /// When it will have.
        running_at: Mono,
    },
    /// The child is up.
    Running {
        /// The child.
        pid: Pid,
    },
    /// The last start failed.
    Backoff {
        /// When the next is due.
        retry_at: Mono,
    },
    /// The child was asked to end.
    Stopping {
        /// The child.
        pid: Pid,
        /// When SIGKILL follows.
        kill_at: Mono,
        /// SIGKILLs sent so far.
        kills: u32,
    },
    /// The child is dead, and what it left behind is made to end.
    Clearing {
        /// The former child, for reports only.
        pid: Pid,
        /// What it did before it died.
        was: Life,
        /// How it died.
        status: ExitStatus,
        /// When SIGKILL follows.
        kill_at: Mono,
        /// SIGKILLs sent so far.
        kills: u32,
    },
    /// The child is dead, its output is being stored.
    Draining {
        /// The former child, for reports only.
        pid: Pid,
        /// What it did before it died.
        was: Life,
        /// How it died.
        status: ExitStatus,
        /// When; the log plane has [`DRAIN_GRACE`] from here.
        died: Mono,
    },
    /// Ended by itself.
    Exited {
        /// When it is started again; `None` if it is not.
        restart_at: Option<Mono>,
    },
    /// Gave up starting it.
    Fatal,
    /// A child that cannot be ended, left behind by a shutdown.
    Lost {
        /// The child.
        pid: Pid,
    },
}

/// What a child that died had been doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It died within `startsecs`.
    TooQuick {
        /// How long after its start.
        lived: Duration,
    },
    /// It died after `startsecs`, before it was announced as RUNNING.
    Unannounced,
    /// It was RUNNING.
    Running,
    /// It had been asked to end.
    Stopping,
}

/// Something that happened to a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Start it: at the daemon's start, or because somebody asks.
    Start,
    /// The sinks are open, or the reason why not.
    Prepared(Result<(), Cause>),
    /// The child exists.
    Spawned(Pid),
    /// No child could be made, and why.
    SpawnFailed(Cause),
    /// The child turned out not to have become its program; its death follows.
    NotExecuted(Cause),
    /// Stop it on request.
    Stop,
    /// Stop it because the daemon stops.
    Shutdown,
    /// The child was reaped.
    Reaped(ExitStatus),
    /// Nothing that belongs to the process is left of its dead child.
    Cleared,
    /// The dead child's output is stored.
    Drained,
    /// The deadline has come.
    Due,
}

/// What follows from an event, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// The public state changed.
    Changed {
        /// Before.
        from: State,
        /// Now.
        to: State,
        /// The child at that moment; 0 without one.
        pid: i32,
        /// Failed starts so far.
        tries: u32,
        /// Whether an exit was expected.
        expected: bool,
    },
    /// Say something in the activity log.
    Say(Saying),
    /// Ask the log plane to open the sinks.
    Prepare,
    /// Make the child.
    Fork,
    /// Signal the child.
    Kill {
        /// The child.
        pid: Pid,
        /// Which signal.
        signal: i32,
        /// Its whole process group.
        group: bool,
    },
    /// A child that SIGKILL does not end: who waits for that has waited long enough.
    Despair {
        /// The child.
        pid: Pid,
    },
    /// Signal what the dead child left behind, and watch until nothing is left.
    Clear {
        /// Which signal.
        signal: i32,
    },
    /// Let what is left alone.
    Leave,
    /// Ask the log plane to store what the dead child had written.
    Drain,
    /// Tell the log plane that no child will come of what it prepared.
    Release,
}

/// What the activity log says of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the notice of the same name")]
pub enum Saying {
    Spawned { pid: Pid },
    SpawnFailed { reason: Arc<str> },
    StartFailed { failure: Arc<StartFailure>, next: Option<u64> },
    EnteredRunning,
    Exited { status: ExitStatus, expected: bool },
    Stopped { status: ExitStatus, expected: bool },
    GaveUp,
    Killing { pid: Pid },
    StopSignal { pid: Pid, signal: i32, group: bool },
    StoppedInBackoff,
    KillingSurvivors,
    DrainOverdue,
    Abandoned { pid: Pid },
}

/// What the state machine needs to know besides the process itself.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// The program's options.
    pub recipe: &'a Recipe,
    /// Whether processes may be started now: not while the daemon stops.
    pub may_start: bool,
}

/// One supervised process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    /// Where it is in its life.
    pub phase: Phase,
    /// Starts that failed in a row; 0 in every phase that an operator's start leaves.
    pub failures: u32,
    /// When it was last started; the floor counts from here.
    pub last_start: Option<Now>,
    /// When its last child was reaped; before it had any, when its last start failed.
    pub last_stop: Option<Wall>,
    /// Why the last start or exit was not as it should be; empty if it was.
    pub spawn_error: Arc<str>,
    /// The exit status RPC reports.
    pub exit_status: Option<ExitStatus>,
    /// How the last child ended, ever.
    pub last_exit: Option<LastExit>,
    /// Children it has had.
    pub spawns: u32,
    /// Why the present child did not become its program, if that is known.
    pub not_executed: Option<Cause>,
    /// Why the last start failed; `None` after one that did not.
    pub last_failure: Option<Arc<StartFailure>>,
}

impl Default for Process {
    fn default() -> Self {
        Self {
            phase: Phase::Stopped,
            failures: 0,
            last_start: None,
            last_stop: None,
            spawn_error: "".into(),
            exit_status: None,
            last_exit: None,
            spawns: 0,
            not_executed: None,
            last_failure: None,
        }
    }
}

impl Life {
    /// The public state it had then.
    fn state(self) -> State {
        match self {
            Self::TooQuick { .. } | Self::Unannounced => State::Starting,
            Self::Running => State::Running,
            Self::Stopping => State::Stopping,
        }
    }
}

impl Process {
    /// The attempt that is under way, or the last that failed, as long as nothing else came of it.
    pub fn attempt(&self, recipe: &Recipe) -> Option<Attempt> {
        match self.phase.state() {
            State::Starting => Some(attempt(self.failures.saturating_add(1), recipe)),
            State::Backoff => Some(attempt(self.failures, recipe)),
            State::Fatal => self.last_failure.as_ref().and_then(|failure| failure.attempt),
            _ => None,
        }
    }

    /// Whether it is dead, and is started again as soon as its output is stored.
    pub fn returns_at_once(&self, recipe: &Recipe) -> bool {
        let Phase::Draining { was: Life::Running | Life::Unannounced, status, died, .. } = self.phase else {
            return false;
        };
        let is_wanted = wants_restart(recipe, recipe.exitcodes.contains(&status.code()));
        is_wanted && self.last_start.is_none_or(|start| start.mono.after(RESTART_FLOOR) <= died)
    }

    /// When it is started again without anybody asking.
    pub fn next_start(&self) -> Option<Now> {
        match self.phase {
            Phase::Backoff { retry_at } => self.last_failure.as_ref().map(|failure| failure.at.at(retry_at)),
            Phase::Exited { restart_at: Some(at) } => self.last_exit.map(|exit| exit.at.at(at)),
            _ => None,
        }
    }
}

/// That attempt of as many as the options allow.
fn attempt(number: u32, recipe: &Recipe) -> Attempt {
    let of = u32::try_from(recipe.startretries.max(0).saturating_add(1)).unwrap_or(u32::MAX);
    Attempt { number, of }
}

impl Phase {
    /// The public state.
    pub fn state(self) -> State {
        match self {
            Self::Stopped => State::Stopped,
            Self::Preparing { .. } | Self::Forking { stop: false } | Self::Starting { .. } => State::Starting,
            Self::Running { .. } => State::Running,
            Self::Backoff { .. } => State::Backoff,
            Self::Forking { stop: true } | Self::Stopping { .. } => State::Stopping,
            Self::Clearing { was, .. } | Self::Draining { was, .. } => was.state(),
            Self::Exited { .. } => State::Exited,
            Self::Fatal => State::Fatal,
            Self::Lost { .. } => State::Unknown,
        }
    }

    /// The child that can be signalled.
    pub fn child(self) -> Option<Pid> {
        match self {
            Self::Starting { pid, .. }
            | Self::Running { pid }
            | Self::Stopping { pid, .. }
            | Self::Lost { pid } => Some(pid),
            _ => None,
        }
    }

    /// The pid to report: the child, also when it has just died.
    pub fn reported_pid(self) -> Option<Pid> {
        match self {
            Self::Clearing { pid, .. } | Self::Draining { pid, .. } => Some(pid),
            _ => self.child(),
        }
    }

    /// When something is due without anything else happening. While the daemon stops, nothing is started.
    pub fn deadline(self, may_start: bool) -> Option<Mono> {
        match self {
            Self::Preparing { until } => Some(until),
            Self::Draining { died, .. } => Some(died.after(DRAIN_GRACE)),
            Self::Starting { running_at, .. } => Some(running_at),
            Self::Stopping { kill_at, .. } | Self::Clearing { kill_at, .. } => Some(kill_at),
            Self::Backoff { retry_at } if may_start => Some(retry_at),
            Self::Exited { restart_at } if may_start => restart_at,
            _ => None,
        }
    }
}

/// One transition: the process afterwards, and what follows, in order.
///
/// Total: an event that means nothing in a phase leaves the process as it is.
pub fn step(process: Process, event: Event, now: Now, policy: Policy<'_>) -> (Process, Vec<Act>) {
    let mut step = Step { process, acts: Vec::new(), now, policy };
    step.take(event);
    (step.process, step.acts)
}

/// A transition under way.
struct Step<'a> {
    process: Process,
    acts: Vec<Act>,
    now: Now,
    policy: Policy<'a>,
}

impl Step<'_> {
    fn take(&mut self, event: Event) {
        use Phase as P;
        match (self.process.phase, event) {
            (P::Stopped | P::Exited { .. } | P::Fatal, Event::Start) if self.policy.may_start => {
                self.launch();
            }

            (P::Preparing { .. }, Event::Prepared(Ok(())) | Event::Due) if self.policy.may_start => {
                self.process.phase = P::Forking { stop: false };
                self.acts.push(Act::Fork);
            }
            (P::Preparing { .. }, Event::Prepared(Err(cause))) => self.fail_to_spawn(cause),
            // A daemon that stops makes no more children, only to kill them.
            (P::Preparing { .. }, Event::Prepared(Ok(())) | Event::Due | Event::Stop | Event::Shutdown) => {
                self.call_off();
            }

            (P::Forking { stop: false }, Event::Spawned(pid)) => self.spawned(pid),
            (P::Forking { stop: true }, Event::Spawned(pid)) => {
                self.process.spawns += 1;
                self.say(Saying::Spawned { pid });
                self.process.phase = self.stop_signal(pid);
            }
            (P::Forking { stop: false }, Event::SpawnFailed(cause)) => {
                self.acts.push(Act::Release);
                self.fail_to_spawn(cause);
            }
            (P::Forking { stop: true }, Event::SpawnFailed(cause)) => {
                self.acts.push(Act::Release);
                self.fail_while_stopping(cause);
            }
            (P::Forking { stop: false }, Event::Stop | Event::Shutdown) => {
                self.enter(P::Forking { stop: true });
            }

            (P::Starting { pid, .. }, Event::Due) => self.announce_running(pid),
            (P::Starting { pid, running_at }, Event::Reaped(status)) => {
                let was = match self.now.mono < running_at {
                    true => Life::TooQuick { lived: self.since_start() },
                    false => Life::Unannounced,
                };
                self.ended(pid, was, status);
            }
            (P::Running { pid }, Event::Reaped(status)) => self.ended(pid, Life::Running, status),
            (P::Starting { pid, .. } | P::Running { pid }, Event::Stop | Event::Shutdown) => {
                let stopping = self.stop_signal(pid);
                self.enter(stopping);
            }

            (P::Starting { .. } | P::Running { .. }, Event::NotExecuted(cause)) => {
                self.process.not_executed = Some(cause);
            }

            (P::Backoff { .. }, Event::Due) if self.policy.may_start => self.launch(),
            (P::Backoff { .. }, Event::Stop) => {
                self.say(Saying::StoppedInBackoff);
                self.enter(P::Stopped);
                self.process.failures = 0;
            }
            (P::Backoff { .. }, Event::Shutdown) => {
                self.enter(P::Fatal);
                self.process.failures = 0;
            }

            (P::Stopping { pid, kills, .. }, Event::Due) => self.kill(pid, kills),
            (P::Stopping { pid, .. }, Event::Reaped(status)) => self.ended(pid, Life::Stopping, status),

            (P::Clearing { pid, was, status, .. }, Event::Cleared) => self.drain(pid, was, status),
            (P::Clearing { .. }, Event::Due) => self.clear_harder(),
            (P::Clearing { was: Life::Stopping, .. }, Event::Stop | Event::Shutdown) => {}
            (P::Clearing { pid, status, kill_at, kills, .. }, Event::Stop | Event::Shutdown) => {
                self.enter(P::Clearing { pid, was: Life::Stopping, status, kill_at, kills });
            }

            (P::Draining { pid, was, status, died }, Event::Drained) => self.bury(pid, was, status, died),
            (P::Draining { pid, was, status, died }, Event::Due) => {
                self.say(Saying::DrainOverdue);
                self.bury(pid, was, status, died);
            }
            (P::Draining { was: Life::Stopping, .. }, Event::Stop | Event::Shutdown) => {}
            (P::Draining { pid, status, died, .. }, Event::Stop | Event::Shutdown) => {
                self.enter(P::Draining { pid, was: Life::Stopping, status, died });
            }

            (P::Exited { restart_at: Some(_) }, Event::Due) if self.policy.may_start => self.launch(),
            (P::Exited { restart_at: Some(_) }, Event::Stop) => self.enter(P::Stopped),
            (P::Exited { restart_at: Some(_) }, Event::Shutdown) => {
                self.process.phase = P::Exited { restart_at: None };
            }

            (P::Lost { pid }, Event::Reaped(status)) => {
                self.process.last_stop = Some(self.now.wall);
                self.bury(pid, Life::Stopping, status, self.now.mono);
            }

            // What is left means nothing: answers that come too late, deadlines that were moved, stops of what
            // has no child, starts of what is already on its way.
            // Every phase is named here, so that a new one has to be thought about above.
            (
                P::Stopped
                | P::Preparing { .. }
                | P::Forking { .. }
                | P::Starting { .. }
                | P::Running { .. }
                | P::Backoff { .. }
                | P::Stopping { .. }
                | P::Clearing { .. }
                | P::Draining { .. }
                | P::Exited { .. }
                | P::Fatal
                | P::Lost { .. },
                _,
            ) => {}
        }
    }

    /// Changes the phase, and announces the change if the public state changed.
    fn enter(&mut self, phase: Phase) {
        self.enter_expecting(phase, false);
    }

    fn enter_expecting(&mut self, phase: Phase, expected: bool) {
        let (from, to) = (self.process.phase.state(), phase.state());
        let pid = phase.reported_pid().or(self.process.phase.reported_pid()).map_or(0, |pid| pid.0);
        self.process.phase = phase;
        if from != to {
            self.acts.push(Act::Changed { from, to, pid, tries: self.process.failures, expected });
        }
    }

    fn say(&mut self, saying: Saying) {
        self.acts.push(Act::Say(saying));
    }

    fn launch(&mut self) {
        if let Some(reason) = &self.policy.recipe.broken {
            return self.refuse_to_launch(Arc::clone(reason));
        }
        self.process.last_start = Some(self.now);
        self.process.spawn_error = "".into();
        self.process.exit_status = None;
        self.process.not_executed = None;
        self.enter(Phase::Preparing { until: self.now.mono.after(PREPARE_GRACE) });
        self.acts.push(Act::Prepare);
    }

    /// A process whose section was refused is FATAL from the first attempt on: no retry changes its configuration.
    fn refuse_to_launch(&mut self, reason: Arc<str>) {
        self.process.spawn_error = Arc::clone(&reason);
        self.note_failure(Cause::Refused(Arc::clone(&reason)), None);
        self.say(Saying::SpawnFailed { reason });
        self.enter(Phase::Fatal);
    }

    fn spawned(&mut self, pid: Pid) {
        self.process.spawns += 1;
        self.say(Saying::Spawned { pid });
        let startsecs = self.policy.recipe.startsecs;
        self.process.phase = Phase::Starting { pid, running_at: self.now.mono.after_secs(startsecs) };
        if startsecs <= 0 {
            self.announce_running(pid);
        }
    }

    fn announce_running(&mut self, pid: Pid) {
        self.process.failures = 0;
        self.process.last_failure = None;
        self.enter(Phase::Running { pid });
        self.say(Saying::EnteredRunning);
    }

    /// Stops a start of which there is no child yet; listeners see the usual STARTING, STOPPING, STOPPED.
    fn call_off(&mut self) {
        self.note_childless_end();
        self.acts.push(Act::Release);
        self.enter(Phase::Forking { stop: true });
        self.enter(Phase::Stopped);
        self.process.failures = 0;
    }

    fn fail_to_spawn(&mut self, cause: Cause) {
        self.note_spawn_failure(&cause);
        self.back_off(cause);
        self.tell_failure();
        self.give_up_if_exhausted();
    }

    /// There is no child to stop after all.
    fn fail_while_stopping(&mut self, cause: Cause) {
        self.note_spawn_failure(&cause);
        let number = self.process.failures.saturating_add(1);
        self.note_failure(cause, Some(attempt(number, self.policy.recipe)));
        self.enter(Phase::Stopped);
        self.process.failures = 0;
        self.tell_failure();
    }

    fn note_spawn_failure(&mut self, cause: &Cause) {
        self.note_childless_end();
        let reason = cause.spawn_error(&self.policy.recipe.name);
        self.say(Saying::SpawnFailed { reason: Arc::clone(&reason) });
        self.process.spawn_error = reason;
    }

    /// A process that never had a child stopped when its last attempt to get one ended.
    fn note_childless_end(&mut self) {
        if self.process.last_exit.is_none() {
            self.process.last_stop = Some(self.now.wall);
        }
    }

    /// A start failed: try again later, or give up.
    fn back_off(&mut self, cause: Cause) {
        self.process.failures += 1;
        let failures = self.process.failures;
        self.note_failure(cause, Some(attempt(failures, self.policy.recipe)));
        self.enter(Phase::Backoff { retry_at: self.now.mono.after_secs(i64::from(failures)) });
    }

    fn note_failure(&mut self, cause: Cause, attempt: Option<Attempt>) {
        self.process.last_failure = Some(Arc::new(StartFailure { cause, attempt, at: self.now }));
    }

    /// Says why the start failed that was noted last, and whether another one follows.
    fn tell_failure(&mut self) {
        let next = match self.process.phase {
            Phase::Backoff { retry_at } if self.policy.may_start && !self.is_exhausted() => {
                Some(retry_at.since(self.now.mono).as_secs())
            }
            _ => None,
        };
        if let Some(failure) = &self.process.last_failure {
            self.acts.push(Act::Say(Saying::StartFailed { failure: Arc::clone(failure), next }));
        }
    }

    fn is_exhausted(&self) -> bool {
        i64::from(self.process.failures) > self.policy.recipe.startretries
    }

    /// After the lines about a failed start: whether it was the last one.
    fn give_up_if_exhausted(&mut self) {
        if self.is_exhausted() && matches!(self.process.phase, Phase::Backoff { .. }) {
            self.enter(Phase::Fatal);
            self.process.failures = 0;
            self.say(Saying::GaveUp);
        }
    }

    /// Sends the stop signal; the phase to enter.
    fn stop_signal(&mut self, pid: Pid) -> Phase {
        let recipe = self.policy.recipe;
        let (signal, group) = (recipe.stopsignal, recipe.stopasgroup);
        self.say(Saying::StopSignal { pid, signal, group });
        self.acts.push(Act::Kill { pid, signal, group });
        Phase::Stopping { pid, kill_at: self.now.mono.after_secs(recipe.stopwaitsecs), kills: 0 }
    }

    fn kill(&mut self, pid: Pid, kills: u32) {
        if kills >= KILLS_BEFORE_LOST && !self.policy.may_start {
            self.say(Saying::Abandoned { pid });
            self.enter(Phase::Lost { pid });
            return;
        }
        if kills >= KILLS_BEFORE_LOST {
            self.acts.push(Act::Despair { pid });
        }
        let group = self.policy.recipe.killasgroup;
        self.say(Saying::Killing { pid });
        self.say(Saying::StopSignal { pid, signal: SIGKILL, group });
        self.acts.push(Act::Kill { pid, signal: SIGKILL, group });
        // A grace of zero would make this a busy loop: SIGKILL is not repeated faster than the floor.
        let pause = Duration::from_secs(u64::try_from(self.policy.recipe.stopwaitsecs).unwrap_or(0));
        let kill_at = self.now.mono.after(pause.max(RESTART_FLOOR));
        self.process.phase = Phase::Stopping { pid, kill_at, kills: kills.saturating_add(1) };
    }

    fn drain(&mut self, pid: Pid, was: Life, status: ExitStatus) {
        self.process.last_stop = Some(self.now.wall);
        self.process.phase = Phase::Draining { pid, was, status, died: self.now.mono };
        self.acts.push(Act::Drain);
    }

    /// The child is dead and its output stored: what its end means.
    fn bury(&mut self, pid: Pid, was: Life, status: ExitStatus, died: Mono) {
        let listed = self.policy.recipe.exitcodes.contains(&status.code());
        let expected = listed && !matches!(was, Life::TooQuick { .. });
        let wall = self.process.last_stop.unwrap_or(self.now.wall);
        // Who asked for it is not surprised, whatever the code; the log's level follows `exitcodes` alone, as the reference's.
        let foreseen = expected || matches!(was, Life::Stopping);
        self.process.last_exit = Some(LastExit { status, expected: foreseen, at: Now { mono: died, wall } });
        match was {
            Life::Stopping => {
                self.process.exit_status = Some(status);
                self.process.failures = 0;
                self.enter(Phase::Stopped);
                self.say(Saying::Stopped { status, expected });
            }
            Life::TooQuick { lived } => self.fail_too_quickly(status, lived),
            Life::Unannounced => {
                self.enter(Phase::Running { pid });
                self.exited(status, expected);
            }
            Life::Running => self.exited(status, expected),
        }
    }

    fn fail_too_quickly(&mut self, status: ExitStatus, lived: Duration) {
        let startsecs = self.policy.recipe.startsecs;
        let cause = self.process.not_executed.take();
        let cause = cause.unwrap_or(Cause::Ended { status, lived, startsecs });
        self.process.spawn_error = cause.spawn_error(&self.policy.recipe.name);
        self.back_off(cause);
        self.say(Saying::Exited { status, expected: false });
        self.tell_failure();
        self.give_up_if_exhausted();
    }

    fn exited(&mut self, status: ExitStatus, expected: bool) {
        self.process.failures = 0;
        self.process.exit_status = Some(status);
        self.process.spawn_error =
            if expected { "".into() } else { format!("Bad exit code {}", status.code()).into() };
        let restart_at = self.restart_at(expected);
        self.enter_expecting(Phase::Exited { restart_at }, expected);
        self.say(Saying::Exited { status, expected });
        if let Some(cause) = self.process.not_executed.take() {
            self.note_failure(cause, None);
            self.tell_failure();
        }
        if restart_at.is_some_and(|at| at <= self.now.mono) {
            self.launch();
        }
    }

    fn since_start(&self) -> Duration {
        self.process.last_start.map_or(Duration::ZERO, |start| self.now.mono.since(start.mono))
    }

    fn restart_at(&self, expected: bool) -> Option<Mono> {
        let restart = wants_restart(self.policy.recipe, expected);
        let started = self.process.last_start.map_or(self.now.mono, |start| start.mono);
        (restart && self.policy.may_start).then(|| started.after(RESTART_FLOOR).max(self.now.mono))
    }
}

/// Whether a process that ended by itself is to be started again.
fn wants_restart(recipe: &Recipe, expected: bool) -> bool {
    match recipe.autorestart {
        AutoRestart::Always => true,
        AutoRestart::Unexpected => !expected,
        AutoRestart::Never => false,
    }
}

/// The signal that nobody can refuse.
const SIGKILL: i32 = 9;

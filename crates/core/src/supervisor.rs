//! The whole of what the daemon decides: inputs in, effects out.
//!
//! Use it so: `handle(now, input)`, perform everything `poll_effect()` gives, publish `snapshot()` if there is a
//! new one, send the replies, sleep until `next_deadline()` (then `handle(now, Input::Elapsed)`).
//!
//! It owns every process, group, waiting call and timer as plain data. It does no IO and reads no clock. Effects
//! are queued, never performed, so nothing here can block, fail or recurse.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use provost_config::model::{self, Config, GroupKind};

use crate::call::{BulkItem, CallId, Fault};
use crate::event::{Event as Happening, Output};
use crate::group::{ActiveGroup, Groups};
use crate::logname::LogNames;
pub use crate::message::{DaemonSignal, Effect, Input, Registration, SignalError};
use crate::notice::{Notice, ProcessName, StateDetail};
use crate::output::Channel;
use crate::pending::{Goal, PendingCalls, judge};
use crate::pool::{PoolEffect, Pools};
use crate::process::{Act, Event, Policy, Process, Saying, step};
use crate::publish::Board;
use crate::shutdown::Shutdown;
use crate::status::{GroupStatus, Mood, Pid, ProcessId, Snapshot};
use crate::time::{Mono, Now};

/// Effects for which there is always room. A boot has several for each process at once; the memory for so many would
/// not be needed again.
const KEPT_EFFECTS: usize = 64;

/// One process and what belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: ProcessName,
    pub(crate) recipe: Arc<model::Process>,
    pub(crate) process: Process,
    pub(crate) stdout_logfile: Option<Arc<str>>,
    pub(crate) stderr_logfile: Option<Arc<str>>,
    /// Number of the present or last start.
    launch: u32,
    /// The deadline under which it stands in the timer table.
    timer: Option<Mono>,
}

/// What a core takes from before its time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin {
    /// Makes the names of AUTO logs.
    pub seed: u64,
    /// The number of the first event: they are counted for the life of the daemon, over all its restarts.
    pub next_serial: u64,
}

/// The core: see the module.
#[derive(Debug)]
pub struct Supervisor {
    pub(crate) mood: Mood,
    pub(crate) shutdown: Option<Shutdown>,
    /// The configuration that was read last.
    pub(crate) configured: Arc<Config>,
    /// The configuration to start over with.
    pub(crate) next_config: Option<Arc<Config>>,
    pub(crate) groups: Groups,
    /// In boxes, because the nodes of a map that only grows at its end are half empty.
    pub(crate) processes: BTreeMap<ProcessId, Box<Entry>>,
    pub(crate) pending: PendingCalls,
    pub(crate) pools: Pools,
    next_process: u32,
    log_names: LogNames,
    children: BTreeMap<Pid, ProcessId>,
    timers: BTreeSet<(Mono, ProcessId)>,
    effects: VecDeque<Effect>,
    board: Board,
}

impl Supervisor {
    /// A daemon that has not begun.
    pub fn new(config: Arc<Config>, origin: Origin) -> Self {
        let log_names = LogNames::new(&config.supervisord, origin.seed);
        let board = Board::new(config.supervisord.identifier.as_str().into());
        Self {
            mood: Mood::Running,
            shutdown: None,
            configured: config,
            next_config: None,
            groups: Groups::default(),
            processes: BTreeMap::new(),
            pending: PendingCalls::default(),
            pools: Pools::new(origin.next_serial),
            next_process: 0,
            log_names,
            children: BTreeMap::new(),
            timers: BTreeSet::new(),
            effects: VecDeque::new(),
            board,
        }
    }

    /// Takes an input; drain [`Self::poll_effect`] before the next.
    pub fn handle(&mut self, now: Now, input: Input) {
        debug_assert!(self.effects.is_empty(), "effects are drained after every input");
        match input {
            Input::Booted => self.boot(now),
            Input::Elapsed => self.elapsed(now),
            Input::Prepared { process, launch, result } if self.is_current(process, launch) => {
                self.apply(process, Event::Prepared(result), now);
            }
            Input::Drained { process, launch } if self.is_current(process, launch) => {
                self.apply(process, Event::Drained, now);
            }
            Input::Cleared { process, launch } if self.is_current(process, launch) => {
                self.apply(process, Event::Cleared, now);
            }
            Input::Prepared { .. } | Input::Drained { .. } | Input::Cleared { .. } => {}
            Input::Spawned { process, pid } => {
                self.children.insert(pid, process);
                self.apply(process, Event::Spawned(pid), now);
            }
            Input::SpawnFailed { process, cause } => self.apply(process, Event::SpawnFailed(cause), now),
            Input::NotExecuted { pid, cause } => {
                if let Some(process) = self.children.get(&pid) {
                    self.apply(*process, Event::NotExecuted(cause), now);
                }
            }
            Input::Reaped { pid, status } => match self.children.remove(&pid) {
                Some(process) => self.apply(process, Event::Reaped(status), now),
                None => self.notify(Notice::ReapedUnknown { pid, status }),
            },
            Input::SignalSent { process, pid, result, call } => self.signal_sent(process, pid, result, call),
            Input::Probed { call, process, result } => self.probed(call, process, result, now),
            Input::Written { call, process, result } => self.settle(call, process, result),
            Input::Signaled(signal) => self.signaled(signal),
            Input::Loaded(Ok(config)) => self.begin_restart(config),
            Input::Loaded(Err(reason)) => self.notify(Notice::ConfigRefused { reason }),
            Input::Call { id, call } => self.call(id, call, now),
            Input::Heard { process, launch, data } if self.is_current(process, launch) => {
                self.pools.heard(now, process, &data);
            }
            Input::Heard { .. } => {}
            Input::Output { process, channel, captured, data } => {
                self.output(process, channel, captured, &data);
            }
            Input::DeliveryFailed { process, reason } => self.pools.refused(process, reason),
        }
        self.advance_shutdown(now);
        self.turn_pools(now);
    }

    /// The next thing to do.
    pub fn poll_effect(&mut self) -> Option<Effect> {
        let effect = self.effects.pop_front();
        if effect.is_none() {
            self.effects.shrink_to(KEPT_EFFECTS);
        }
        effect
    }

    /// When [`Input::Elapsed`] is due, if nothing else happens before.
    pub fn next_deadline(&self) -> Option<Mono> {
        let timer = self.timers.first().map(|timer| timer.0);
        let report = self.shutdown.as_ref().and_then(Shutdown::deadline);
        [timer, report, self.pending.next_report(), self.pools.deadline()].into_iter().flatten().min()
    }

    /// A new snapshot, if anything changed since the last one.
    pub fn snapshot(&mut self) -> Option<Snapshot> {
        let groups = || {
            let status = |group: &ActiveGroup| GroupStatus {
                config: Arc::clone(&group.config),
                pool: self.pools.gauge(&group.name),
            };
            self.groups.iter().map(status).collect()
        };
        self.board.publish(self.mood, &self.configured, groups, &self.processes)
    }

    /// The configuration to start over with, after [`Ending::Restart`].
    pub fn take_next_config(&mut self) -> Option<Arc<Config>> {
        self.next_config.take()
    }

    /// The number of the next event, for the core that takes over after a restart.
    pub fn next_serial(&self) -> u64 {
        self.pools.next_serial()
    }

    /// The number of the present or last start of a process.
    pub fn launch_of(&self, process: ProcessId) -> Option<u32> {
        self.processes.get(&process).map(|entry| entry.launch)
    }

    /// What the simulated world and debug assertions check: a phase with a pid has a registered child, every
    /// registered child has such a phase, whatever waits has a deadline, and every waiting call can be woken.
    pub fn check_invariants(&self) -> Result<(), String> {
        for (id, entry) in &self.processes {
            let phase = entry.process.phase;
            if let Some(pid) = phase.child()
                && self.children.get(&pid) != Some(id)
            {
                return Err(format!("{phase:?} of {} has a child that is not registered", entry.name.name));
            }
            if entry.timer != phase.deadline(self.may_start()) {
                return Err(format!("{phase:?} of {} is not in the timer table", entry.name.name));
            }
        }
        for (pid, id) in &self.children {
            if self.processes.get(id).and_then(|entry| entry.process.phase.child()) != Some(*pid) {
                return Err(format!("{pid} is registered as the child of {id:?}, which has no such child"));
            }
        }
        let timers = self.processes.values().filter(|entry| entry.timer.is_some()).count();
        if timers != self.timers.len() {
            return Err(format!("{timers} deadlines, but {} in the timer table", self.timers.len()));
        }
        self.pools.check_invariants()?;
        self.pending.check_invariants(|process| self.processes.contains_key(&process))
    }

    /// Every process and its state machine, in order of registration.
    pub fn processes(&self) -> impl Iterator<Item = (ProcessId, &Process)> {
        self.processes.iter().map(|(id, entry)| (*id, &entry.process))
    }

    fn boot(&mut self, now: Now) {
        let config = Arc::clone(&self.configured);
        for group in &config.groups {
            self.activate(group);
        }
        self.notify(Notice::SupervisorRunning);
        let starters: Vec<_> = self.groups.iter().flat_map(|group| group.members.clone()).collect();
        for process in starters {
            self.autostart(process, now);
        }
    }

    /// Makes a group active; its processes are not started yet.
    pub(crate) fn activate(&mut self, config: &Arc<model::Group>) {
        let group: Arc<str> = config.name.as_str().into();
        let mut members = Vec::with_capacity(config.processes.len());
        for recipe in &config.processes {
            let id = ProcessId(self.next_process);
            self.next_process += 1;
            let name = ProcessName { group: Arc::clone(&group), name: Arc::clone(&recipe.name) };
            let (stdout_logfile, stderr_logfile) = self.log_names.of(recipe);
            let entry = Entry {
                name: name.clone(),
                recipe: Arc::clone(recipe),
                process: Process::default(),
                stdout_logfile: stdout_logfile.clone(),
                stderr_logfile: stderr_logfile.clone(),
                launch: 0,
                timer: None,
            };
            self.processes.insert(id, Box::new(entry));
            members.push(id);
            self.effects.push_back(Effect::Register(Box::new(Registration {
                process: id,
                name,
                recipe: Arc::clone(recipe),
                group: Arc::clone(config),
                stdout_logfile,
                stderr_logfile,
            })));
        }
        self.pools.add(config, &members);
        self.groups.add(config, Arc::clone(&group), members);
        self.board.regrouped();
        self.notify(Notice::GroupAdded { group });
    }

    /// Starts a process of a group that just became active, if it is to start by itself. A broken one is always
    /// tried, because that is what shows its mistake.
    pub(crate) fn autostart(&mut self, process: ProcessId, now: Now) {
        let recipe = self.processes.get(&process).map(|entry| &entry.recipe);
        let wanted = recipe.is_some_and(|recipe| recipe.autostart || recipe.broken.is_some());
        if self.may_start() && wanted {
            self.apply(process, Event::Start, now);
        }
    }

    /// Forgets a group whose processes are all stopped.
    pub(crate) fn deactivate(&mut self, name: &str) {
        let Some(group) = self.groups.remove(name) else { return };
        for process in group.members {
            for call in self.pending.of(process) {
                self.settle(call, process, Err(Fault::BadName(name.to_owned())));
            }
            if let Some(at) = self.processes.remove(&process).and_then(|entry| entry.timer) {
                self.timers.remove(&(at, process));
            }
            self.effects.push_back(Effect::Forget(process));
        }
        self.pools.remove(name);
        self.board.regrouped();
        self.notify(Notice::GroupRemoved { group: group.name });
    }

    fn elapsed(&mut self, now: Now) {
        while let Some(&(at, process)) = self.timers.first() {
            if at > now.mono {
                break;
            }
            self.apply(process, Event::Due, now);
        }
        for process in self.pending.due_reports(now.mono) {
            self.report_waiting(process);
        }
    }

    pub(crate) fn report_waiting(&mut self, process: ProcessId) {
        if let Some(entry) = self.processes.get(&process) {
            let process = entry.name.clone();
            self.notify(Notice::WaitingToStop { process });
        }
    }

    fn signaled(&mut self, signal: DaemonSignal) {
        match signal {
            DaemonSignal::Child => self.notify(Notice::ChildQuit),
            DaemonSignal::Exit(signal) => {
                self.notify(Notice::ExitRequested { signal });
                self.begin_exit();
            }
            DaemonSignal::Restart if self.mood == Mood::Shutdown => self.notify(Notice::RestartIgnored),
            DaemonSignal::Restart => {
                self.notify(Notice::RestartRequested);
                self.effects.push_back(Effect::LoadConfig);
            }
            DaemonSignal::Reopen => {
                self.notify(Notice::ReopenRequested);
                self.effects.push_back(Effect::ReopenLogs);
            }
        }
    }

    fn signal_sent(
        &mut self,
        process: ProcessId,
        pid: Pid,
        result: Result<(), SignalError>,
        call: Option<CallId>,
    ) {
        let Some(entry) = self.processes.get(&process) else { return };
        // An answer about an earlier child says nothing about the stop of this one.
        if call.is_none() && entry.process.phase.reported_pid() != Some(pid) {
            return;
        }
        let name = entry.name.clone();
        let (notice, refused) = match (result, call) {
            (Ok(()), Some(call)) => return self.settle(call, process, Ok(())),
            (Ok(()), None) => return self.settle_stops(process, &[Goal::StopSignalled], &Ok(())),
            (Err(SignalError::Gone(error)), Some(_)) => {
                (Notice::SignalTooLate { process: name, pid, error }, false)
            }
            (Err(SignalError::Gone(error)), None) => {
                (Notice::KillTooLate { process: name, pid, error }, false)
            }
            (Err(SignalError::Refused(error)), Some(_)) => {
                (Notice::SignalRefused { process: name, pid, error }, true)
            }
            (Err(SignalError::Refused(error)), None) => {
                (Notice::KillRefused { process: name, pid, error }, true)
            }
        };
        // The text of the line is also the detail of the fault. A child that was gone was signalled in effect.
        let outcome = match notice.line() {
            Some((_, text)) if refused => Err(Fault::Failed(text)),
            _ => Ok(()),
        };
        self.notify(notice);
        match call {
            Some(call) => self.settle(call, process, outcome),
            // A stop that the system refuses is not waited for.
            None if refused => self.settle_stops(process, &[Goal::Stopped, Goal::StopSignalled], &outcome),
            None => self.settle_stops(process, &[Goal::StopSignalled], &outcome),
        }
    }

    /// What the signal that stops a process came to, for the calls that wait with one of these goals.
    fn settle_stops(&mut self, process: ProcessId, goals: &[Goal], outcome: &Result<(), Fault>) {
        for call in self.pending.with_goal(process, goals) {
            self.settle(call, process, outcome.clone());
        }
    }

    /// Whether an answer belongs to the present start of a process.
    fn is_current(&self, process: ProcessId, launch: u32) -> bool {
        self.processes.get(&process).is_some_and(|entry| entry.launch == launch)
    }

    pub(crate) fn may_start(&self) -> bool {
        self.mood == Mood::Running
    }

    pub(crate) fn push(&mut self, effect: Effect) {
        self.effects.push_back(effect);
    }

    /// Reports a fact, to the activity log and to the listeners that want to know.
    pub(crate) fn notify(&mut self, notice: Notice) {
        if let Some(event) = Happening::of(&notice) {
            self.pools.offer(&event);
        }
        self.effects.push_back(Effect::Notify(notice));
    }

    /// What a child wrote, for the listeners that want to know.
    fn output(&mut self, process: ProcessId, channel: Channel, captured: bool, data: &Bytes) {
        let Some(entry) = self.processes.get(&process) else { return };
        // A descendant of an earlier child writes for the process as it is now.
        let pid = entry.process.phase.reported_pid().unwrap_or(Pid(0));
        let output = Output { process: &entry.name, pid, channel, data };
        let event = if captured { Happening::Communication(output) } else { Happening::Log(output) };
        self.pools.offer(&event);
    }

    /// After every input: what the pools have to say and to send.
    fn turn_pools(&mut self, now: Now) {
        self.pools.turn(now);
        while let Some(effect) = self.pools.poll_effect() {
            self.effects.push_back(match effect {
                PoolEffect::Notify(notice) => Effect::NotifyOfPool(notice),
                PoolEffect::Deliver { process, envelope } => Effect::Deliver { process, envelope },
                PoolEffect::Print(output) => Effect::Print(output),
            });
        }
    }

    /// The mood (or what was read last) changed.
    pub(crate) fn mark_changed(&mut self) {
        self.board.changed();
    }

    /// One step of one process, with everything that follows from it.
    pub(crate) fn apply(&mut self, id: ProcessId, event: Event, now: Now) {
        let may_start = self.may_start();
        let Some(entry) = self.processes.get_mut(&id) else { return };
        let policy = Policy { recipe: &entry.recipe, may_start };
        let (process, acts) = step(std::mem::take(&mut entry.process), event, now, policy);
        entry.process = process;
        self.pools.moved(id, &entry.process.phase);
        let deadline = entry.process.phase.deadline(may_start);
        if deadline != entry.timer {
            if let Some(at) = std::mem::replace(&mut entry.timer, deadline) {
                self.timers.remove(&(at, id));
            }
            if let Some(at) = deadline {
                self.timers.insert((at, id));
            }
        }
        for act in acts {
            self.follow(id, act);
        }
        self.board.touched(id);
        self.wake_callers(id);
    }

    /// Turns what follows from a step into effects.
    fn follow(&mut self, process: ProcessId, act: Act) {
        let may_start = self.may_start();
        let Some(entry) = self.processes.get_mut(&process) else { return };
        let launch = entry.launch;
        let effect = match act {
            Act::Changed { from, to, pid, tries, expected } => {
                let detail = StateDetail { tries, pid, expected };
                let process = entry.name.clone();
                return self.notify(Notice::StateChanged { process, from, to, detail });
            }
            Act::Say(saying) => Effect::Notify(notice_of(saying, entry)),
            Act::Prepare => {
                entry.launch += 1;
                Effect::Prepare { process, launch: entry.launch }
            }
            Act::Fork => Effect::Spawn { process, launch },
            Act::Release => Effect::Release(process),
            Act::Despair { pid } => {
                let notice = Notice::Unkillable { process: entry.name.clone(), pid };
                let text = notice.line().map_or_else(String::new, |line| line.1);
                self.notify(notice);
                return self.settle_stops(process, &[Goal::Stopped], &Err(Fault::Failed(text)));
            }
            Act::Clear { signal } => Effect::Clear { process, launch, signal },
            Act::Leave => Effect::Leave(process),
            Act::Drain => Effect::Drain {
                process,
                launch,
                again: may_start && entry.process.returns_at_once(&entry.recipe),
            },
            Act::Kill { pid, signal, group } => Effect::Signal { process, pid, signal, group, call: None },
        };
        self.effects.push_back(effect);
    }

    /// Looks at the calls that wait for this process.
    fn wake_callers(&mut self, process: ProcessId) {
        for call in self.pending.of(process) {
            let Some(pending) = self.pending.get_mut(call) else { continue };
            if !pending.waiting.contains(&process) {
                continue;
            }
            let (goal, given) = (pending.goal, pending.given(process));
            let Some(entry) = self.processes.get(&process) else { continue };
            if let Some(outcome) = judge(goal, &entry.process, &given) {
                self.settle(call, process, outcome);
            }
        }
    }

    /// A call learns what came of one process, and is answered if that was the last.
    pub(crate) fn settle(&mut self, call: CallId, process: ProcessId, outcome: Result<(), Fault>) {
        let Some(entry) = self.processes.get(&process) else { return };
        let item =
            BulkItem { name: entry.name.name.to_string(), group: entry.name.group.to_string(), outcome };
        if let Some(result) = self.pending.settle(call, process, item) {
            self.effects.push_back(Effect::Reply { call, result });
        }
    }

    /// Puts every deadline into the timer table again, after the rule for deadlines changed.
    pub(crate) fn rebuild_timers(&mut self) {
        let may_start = self.may_start();
        self.timers.clear();
        for (id, entry) in &mut self.processes {
            entry.timer = entry.process.phase.deadline(may_start);
            if let Some(at) = entry.timer {
                self.timers.insert((at, *id));
            }
        }
    }
}

fn notice_of(saying: Saying, entry: &Entry) -> Notice {
    let process = entry.name.clone();
    match saying {
        Saying::Spawned { pid } => Notice::Spawned { process, pid },
        Saying::SpawnFailed { reason } => Notice::SpawnFailed { process, reason },
        Saying::StartFailed { failure, next } => Notice::StartFailed { process, failure, next },
        Saying::EnteredRunning => Notice::EnteredRunning { process, startsecs: entry.recipe.startsecs },
        Saying::Exited { status, expected } => Notice::Exited { process, status, expected },
        Saying::Stopped { status, expected } => Notice::Stopped { process, status, expected },
        Saying::GaveUp => Notice::GaveUp { process },
        Saying::Killing { pid } => Notice::Killing { process, pid },
        Saying::StopSignal { pid, signal, group } => Notice::StopSignal { process, pid, signal, group },
        Saying::StoppedInBackoff => Notice::StoppedInBackoff { process },
        Saying::KillingSurvivors => Notice::KillingSurvivors { process },
        Saying::DrainOverdue => Notice::DrainOverdue { process },
        Saying::Abandoned { pid } => Notice::Abandoned { process, pid },
    }
}

/// Whether a group's processes speak the listener protocol.
pub fn is_listener(group: &model::Group) -> bool {
    matches!(group.kind, GroupKind::Listeners(_))
}

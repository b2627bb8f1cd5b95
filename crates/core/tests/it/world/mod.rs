//! A world for the core to live in: children, a log plane, operators and a clock, all made up.
//!
//! A world is stormy or calm. In a stormy one, trouble is random, and all of it comes from one seed, so that a
//! failure can be had again. It may be treacherous as well ([`treachery`]): then nobody who answers the core can be relied
//! on either, and what it announces is compared with a model of the reference. In a calm one nothing happens by itself:
//! what goes wrong is in its [`Script`], and everything that was said and done stands in its [`Diary`]. After every
//! input each world checks what must never be otherwise; see [`World::check`].

pub(crate) mod config;
mod diary;
mod dice;
mod ledger;
mod model;
mod script;
mod storm;
mod treachery;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use provost_config::model::Config;
use provost_core::call::{Call, CallId, Fault, Reply};
use provost_core::notice::Notice;
use provost_core::pool::Refusal;
use provost_core::shutdown::Ending;
use provost_core::status::{ExitStatus, Pid, ProcessId, Snapshot};
use provost_core::supervisor::{
    DaemonSignal, Effect, Input, Origin, Registration, SignalError, Supervisor, is_listener,
};
use provost_core::time::{Mono, Now, Wall};

pub(crate) use diary::{Diary, Kind, answer_text, line_text};
pub(crate) use dice::Dice;
pub(crate) use script::Script;
use treachery::NOT_EXECUTED;
pub(crate) use treachery::{Tally, Treachery};

/// A child that is alive in the world.
#[derive(Clone, Copy, Debug)]
struct Child {
    process: ProcessId,
    /// The core knows of it.
    announced: bool,
    ignores_term: bool,
    /// In uninterruptible sleep: even SIGKILL has to wait.
    unkillable: bool,
}

/// Something that will happen.
#[derive(Clone, Debug)]
enum Coming {
    Death(Pid, ExitStatus),
    /// The core is told something.
    Told(Input),
}

impl Coming {
    /// The call that this will answer.
    fn call(&self) -> Option<CallId> {
        match self {
            Self::Told(
                Input::Probed { call, .. }
                | Input::Written { call, .. }
                | Input::SignalSent { call: Some(call), .. },
            ) => Some(*call),
            Self::Told(_) | Self::Death(..) => None,
        }
    }
}

/// What the wall clock of a stormy world does. Nothing may depend on it but the times that are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WallClock {
    /// It keeps step with the monotonic clock.
    Steady,
    /// Somebody sets it, by a year forward and backward, at every input.
    Jumping,
}

/// A year, in microseconds.
const YEAR: i64 = 31_536_000_000_000;

/// What is added to the time of a wall clock that jumps, in turn.
const JUMPS: [i64; 7] = [0, YEAR, 0, -YEAR, -YEAR, YEAR, 2 * YEAR];

/// What the wall clock showed when the monotonic one began.
const WALL_BIRTH: i64 = 50 * YEAR;

pub(crate) struct World {
    pub(crate) core: Supervisor,
    pub(crate) wall_clock: WallClock,
    pub(crate) now: Mono,
    pub(crate) dice: Dice,
    pub(crate) notices: Vec<Notice>,
    pub(crate) replies: BTreeMap<CallId, Result<Reply, Fault>>,
    pub(crate) ended: Option<Ending>,
    pub(crate) snapshot: Option<Snapshot>,
    /// Snapshots so far.
    pub(crate) published: u64,
    /// What goes wrong in a calm world; `None` in a stormy one.
    pub(crate) script: Option<Script>,
    /// What a treacherous world has besides.
    pub(crate) treachery: Option<Treachery>,
    /// What happened in a calm world.
    pub(crate) diary: Diary,
    config: Arc<Config>,
    children: BTreeMap<Pid, Child>,
    /// Children that are dead and will be reaped next.
    zombies: BTreeSet<Pid>,
    coming: BTreeMap<(Mono, u64), Coming>,
    registered: BTreeMap<ProcessId, Registration>,
    asked: BTreeSet<CallId>,
    next_pid: i32,
    next_call: u64,
    serial: u64,
    pub(crate) inputs: u64,
    idle_turns: u32,
}

impl World {
    /// When every world begins.
    pub(crate) const BIRTH: Mono = Mono(1_000_000_000);

    /// A stormy world in which everything random comes from the seed.
    pub(crate) fn new(config: Config, seed: u64) -> Self {
        Self::with_wall_clock(config, seed, WallClock::Jumping)
    }

    /// The same, with that wall clock.
    pub(crate) fn with_wall_clock(config: Config, seed: u64, wall_clock: WallClock) -> Self {
        let mut world = Self { wall_clock, ..Self::unbooted(config, seed) };
        world.input(Input::Booted);
        world
    }

    /// A calm world, in which the script says what goes wrong.
    pub(crate) fn calm(config: Config, script: Script) -> Self {
        let mut world = Self::unbooted(config, 1);
        world.script = Some(script);
        world.input(Input::Booted);
        world
    }

    fn unbooted(config: Config, seed: u64) -> Self {
        let config = Arc::new(config);
        Self {
            core: Supervisor::new(Arc::clone(&config), Origin { seed, next_serial: 0 }),
            wall_clock: WallClock::Jumping,
            now: Self::BIRTH,
            dice: Dice::new(seed),
            notices: Vec::new(),
            replies: BTreeMap::new(),
            ended: None,
            snapshot: None,
            published: 0,
            script: None,
            treachery: None,
            diary: Diary::default(),
            config,
            children: BTreeMap::new(),
            zombies: BTreeSet::new(),
            coming: BTreeMap::new(),
            registered: BTreeMap::new(),
            asked: BTreeSet::new(),
            next_pid: 100,
            next_call: 1,
            serial: 0,
            inputs: 0,
            idle_turns: 0,
        }
    }

    pub(crate) fn clock(&self) -> Now {
        let jump = match (self.script.is_none(), self.wall_clock) {
            (true, WallClock::Jumping) => JUMPS[usize::try_from(self.inputs % 7).expect("a small number")],
            (true, WallClock::Steady) | (false, _) => 0,
        };
        let wall = WALL_BIRTH + i64::try_from(self.now.0 / 1000).expect("a few years fit") + jump;
        Now { mono: self.now, wall: Wall(wall) }
    }

    /// Gives the core an input and everything that follows from it, in the order of the shell: first come, first
    /// served.
    pub(crate) fn input(&mut self, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let shown = input.clone();
            self.inputs += 1;
            match &input {
                Input::Reaped { pid, .. } => {
                    self.children.remove(pid);
                    self.zombies.remove(pid);
                }
                Input::Spawned { pid, .. } => {
                    self.children.entry(*pid).and_modify(|child| child.announced = true);
                }
                _ => {}
            }
            let now = self.clock();
            if let Some(treachery) = &mut self.treachery {
                treachery.ledger.took(now, &input);
            }
            self.core.handle(now, input);
            let mut answers = VecDeque::new();
            while let Some(effect) = self.core.poll_effect() {
                if self.script.is_some() {
                    self.diary.note(&effect, &self.registered);
                }
                if self.is_killed_before(&effect) {
                    return self.crash();
                }
                self.perform(effect, &mut answers);
            }
            for answer in answers {
                self.answer(answer, &mut inputs);
            }
            if let Some(snapshot) = self.core.snapshot() {
                self.snapshot = Some(snapshot);
                self.published += 1;
            }
            self.check(&shown);
        }
    }

    fn perform(&mut self, effect: Effect, answers: &mut VecDeque<Input>) {
        assert!(
            self.ended.is_none()
                || matches!(effect, Effect::Notify(_) | Effect::NotifyOfPool(_) | Effect::Deliver { .. }),
            "an effect after the end: {effect:?}"
        );
        match effect {
            Effect::Register(registration) => {
                let stranger = self.registered.insert(registration.process, *registration).is_none();
                assert!(stranger, "registered twice");
            }
            Effect::Forget(process) => {
                assert!(self.registered.remove(&process).is_some(), "forgot a stranger");
            }
            Effect::Prepare { process, launch } => self.prepare(process, launch, answers),
            Effect::Spawn { process, launch } => {
                if self.script.is_none() && is_listener(&self.registered[&process].group) {
                    self.speak(process, launch, b"READY\n");
                }
                answers.extend(self.spawn(process));
            }
            Effect::NotifyOfPool(_) => {}
            Effect::Deliver { process, .. } => self.deliver(process, answers),
            Effect::Release(_) | Effect::ReopenLogs => {}
            Effect::Drain { process, launch, .. } => self.drain(process, launch, answers),
            Effect::Clear { process, launch, signal } => self.clear(process, (launch, signal), answers),
            Effect::Leave(_) => {}
            Effect::Signal { process, pid, signal, call, .. } => {
                if self.script.as_ref().is_some_and(|script| script.signals_wait) {
                    return;
                }
                let result = self.signal(process, pid, signal);
                let arrived = result.is_ok();
                answers.push_back(Input::SignalSent { process, pid, result, call });
                if arrived {
                    self.fall(pid, signal, answers);
                }
            }
            Effect::Probe { call, process } => {
                let result = self.probe(process);
                answers.push_back(Input::Probed { call, process, result });
            }
            Effect::WriteStdin { call, process, .. } => {
                let refusal = self.script.as_mut().and_then(|script| script.stdin_faults.pop_front());
                answers.push_back(Input::Written { call, process, result: refusal.map_or(Ok(()), Err) });
            }
            Effect::LoadConfig => answers.extend(self.load()),
            Effect::Notify(notice) => self.notices.push(notice),
            Effect::Reply { call, result } => {
                assert!(self.asked.remove(&call), "{call:?} was answered twice, or never asked");
                self.replies.insert(call, result);
            }
            Effect::Print(_) => {}
            Effect::End(ending) => self.ended = Some(ending),
        }
    }

    /// A listener gets an event: it answers, well or badly, or never.
    fn deliver(&mut self, process: ProcessId, answers: &mut VecDeque<Input>) {
        if self.script.is_some() {
            return;
        }
        let launch = self.core.launch_of(process).expect("an event is for a registered process");
        match self.dice.below(20) {
            0 => answers.push_back(Input::DeliveryFailed { process, reason: Refusal::Full }),
            1 => {}
            2 => self.speak(process, launch, b"RESULT 4\nFAILREADY\n"),
            3 => self.speak(process, launch, b"nonsense\n"),
            _ => self.speak(process, launch, b"RESULT 2\nOKREADY\n"),
        }
    }

    fn speak(&mut self, process: ProcessId, launch: u32, words: &'static [u8]) {
        let wait = Duration::from_micros(self.dice.below(5000));
        self.mail(wait, Input::Heard { process, launch, data: words.to_vec() });
    }

    fn later(&mut self, wait: Duration, coming: Coming) {
        self.serial += 1;
        self.coming.insert((self.now.after(wait), self.serial), coming);
    }

    fn prepare(&mut self, process: ProcessId, launch: u32, answers: &mut VecDeque<Input>) {
        if let Some(script) = &mut self.script {
            let result = script.log_errors.pop_front().map_or(Ok(()), Err);
            if !script.logs_are_silent {
                answers.push_back(Input::Prepared { process, launch, result });
            }
            return;
        }
        let result = if self.dice.one_in(60) { Err(self.log_trouble()) } else { Ok(()) };
        if !self.dice.one_in(60) {
            let wait = self.dice.below(1_000_000);
            self.mail(Duration::from_nanos(wait), Input::Prepared { process, launch, result });
        }
    }

    fn drain(&mut self, process: ProcessId, launch: u32, answers: &mut VecDeque<Input>) {
        match &self.script {
            Some(Script { logs_are_silent: true, .. }) => {}
            Some(_) => answers.push_back(Input::Drained { process, launch }),
            // Sometimes the disk hangs and the answer never comes.
            None if self.dice.one_in(50) => {}
            None => {
                let wait = self.dice.below(2_000_000);
                self.mail(Duration::from_nanos(wait), Input::Drained { process, launch });
            }
        }
    }

    /// What a dead child left behind gets a signal.
    fn clear(&mut self, process: ProcessId, clear: (u32, i32), answers: &mut VecDeque<Input>) {
        let (launch, signal) = clear;
        assert!(self.children.values().all(|child| child.process != process), "the child is not dead");
        if let Some(script) = &self.script {
            let name = &*self.registered[&process].name.name;
            let stays = script.unkillable.contains(name) || (signal != 9 && script.stubborn.contains(name));
            answers.extend((!stays).then_some(Input::Cleared { process, launch }));
        } else if !self.dice.one_in(4) {
            let wait = self.dice.below(3_000_000);
            self.mail(Duration::from_micros(wait), Input::Cleared { process, launch });
        }
    }

    fn spawn(&mut self, process: ProcessId) -> Option<Input> {
        let twin = self.children.values().find(|child| child.process == process);
        assert!(twin.is_none(), "a second child for {process:?}: {twin:?}");
        let failure = match &mut self.script {
            Some(script) if script.spawns_wait => return None,
            Some(script) => script.spawn_failures.pop_front(),
            None => self.dice.one_in(40).then(|| "Too many processes in process table".into()),
        };
        if let Some(cause) = failure {
            return Some(Input::SpawnFailed { process, cause });
        }
        let pid = self.born(process);
        if self.script.is_none() {
            let life = match self.dice.below(10) {
                0 => Duration::ZERO,
                1 | 2 => Duration::from_millis(self.dice.below(3000)),
                3..=6 => Duration::from_secs(self.dice.below(600)),
                _ => Duration::from_secs(self.dice.below(30 * 24 * 3600)),
            };
            let status = match self.dice.below(20) {
                0 if self.treachery.is_some() => NOT_EXECUTED,
                code => ExitStatus::Exited(i32::try_from(code % 3).expect("a small number")),
            };
            self.later(life, Coming::Death(pid, status));
        }
        Some(Input::Spawned { process, pid })
    }

    /// A child comes to life, with the character that the script or the dice give it.
    pub(crate) fn born(&mut self, process: ProcessId) -> Pid {
        let pid = self.free_pid().unwrap_or(Pid(self.next_pid));
        self.next_pid += 1;
        let (ignores_term, unkillable) = match &self.script {
            Some(script) => {
                let name = &*self.registered[&process].name.name;
                (script.stubborn.contains(name), script.unkillable.contains(name))
            }
            None => (self.dice.one_in(5), self.dice.one_in(self.odds_of_the_unkillable())),
        };
        self.children.insert(pid, Child { process, announced: false, ignores_term, unkillable });
        pid
    }

    fn signal(&mut self, process: ProcessId, pid: Pid, signal: i32) -> Result<(), SignalError> {
        if let Some(error) = self.script.as_mut().and_then(|script| script.signal_errors.pop_front()) {
            return Err(error);
        }
        let Some(child) = self.children.get(&pid).copied() else {
            return Err(SignalError::Gone("No such process".into()));
        };
        assert_eq!(child.process, process, "the wrong child is signalled");
        if self.script.is_some() {
            return Ok(());
        }
        if self.dice.one_in(200) {
            return Err(SignalError::Refused("Operation not permitted".into()));
        }
        if signal == 9 || !child.ignores_term {
            let sleeps = child.unkillable && (self.treachery.is_some() || self.dice.one_in(2));
            let wait = match sleeps {
                true => self.sleep_of_the_unkillable(),
                false => Duration::from_millis(self.dice.below(50)),
            };
            self.later(wait, Coming::Death(pid, ExitStatus::Signaled { signal, core_dumped: false }));
        }
        Ok(())
    }

    /// In a calm world a deadly signal is followed by the death at once.
    fn fall(&mut self, pid: Pid, signal: i32, answers: &mut VecDeque<Input>) {
        let Some(child) = self.children.get(&pid) else { return };
        let deadly = match signal {
            9 => !child.unkillable,
            2 | 3 | 15 => !child.ignores_term && !child.unkillable,
            _ => false,
        };
        if deadly && self.script.is_some() && self.zombies.insert(pid) {
            let status = ExitStatus::Signaled { signal, core_dumped: false };
            answers.push_back(Input::Reaped { pid, status });
        }
    }

    fn probe(&mut self, process: ProcessId) -> Result<(), Fault> {
        let fault = match &self.script {
            Some(script) => script.probe_faults.get(&*self.registered[&process].name.name).cloned(),
            None => self.dice.one_in(40).then(|| Fault::NoFile("can't find command 'x'".into())),
        };
        fault.map_or(Ok(()), Err)
    }

    fn load(&mut self) -> Option<Input> {
        let result = match &mut self.script {
            Some(script) => script.loads.pop_front()?,
            None if self.dice.one_in(2) => Ok(Arc::clone(&self.config)),
            None => Err("Error".to_owned()),
        };
        Some(Input::Loaded(result))
    }

    /// A child of a calm world ends by itself.
    pub(crate) fn die(&mut self, process: ProcessId, status: ExitStatus) {
        let found = self.children.iter().find(|entry| entry.1.process == process);
        let pid = *found.expect("the test says that it has a child").0;
        self.input(Input::Reaped { pid, status });
    }

    pub(crate) fn call(&mut self, call: Call) -> CallId {
        let id = CallId(self.next_call);
        self.next_call += 1;
        self.asked.insert(id);
        self.input(Input::Call { id, call });
        id
    }

    /// Lets the time pass to the next thing that happens, at most until `limit`; whether something did.
    pub(crate) fn advance(&mut self, limit: Mono) -> bool {
        let next_coming = self.coming.first_key_value().map(|entry| entry.0.0);
        let next_deadline = self.core.next_deadline();
        let Some(at) = [next_coming, next_deadline].into_iter().flatten().min() else {
            self.now = limit;
            return false;
        };
        if at > limit {
            self.now = limit;
            return false;
        }
        self.now = self.now.max(at);
        if next_coming == Some(at) {
            let (_, coming) = self.coming.pop_first().expect("it was just seen");
            self.happen(coming);
        } else {
            self.input(Input::Elapsed);
            // A grace of zero may be due at once, once; nothing may be due for ever.
            self.idle_turns = if self.core.next_deadline().is_some_and(|next| next <= self.now) {
                self.idle_turns + 1
            } else {
                0
            };
            assert!(self.idle_turns < 20, "a deadline stays due, the daemon would spin: {:?}", self.core);
        }
        true
    }

    fn happen(&mut self, coming: Coming) {
        match coming {
            Coming::Death(pid, status) if self.treachery.is_some() => self.die_treacherously(pid, status),
            Coming::Death(pid, status) => {
                if self.children.contains_key(&pid) {
                    self.input(Input::Reaped { pid, status });
                    self.input(Input::Signaled(DaemonSignal::Child));
                }
            }
            Coming::Told(input) => self.input(input),
        }
    }

    /// Lets `duration` pass, with everything that happens in it.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let limit = self.now.after(duration);
        while self.ended.is_none() && self.advance(limit) {}
    }

    /// What must never be otherwise.
    fn check(&self, after: &Input) {
        if let Err(broken) = self.core.check_invariants() {
            panic!("after {after:?}: {broken}");
        }
        let mut owners = BTreeSet::new();
        for child in self.children.values() {
            assert!(owners.insert(child.process), "after {after:?}: two children for {:?}", child.process);
        }
        for (id, process) in self.core.processes() {
            if let Some(pid) = process.phase.child() {
                assert!(self.children.contains_key(&pid), "after {after:?}: {id:?} believes in dead {pid}");
            }
        }
        if let Some(treachery) = &self.treachery {
            treachery.ledger.compare(&self.core);
        }
        if let Some(snapshot) = &self.snapshot {
            for row in &snapshot.processes {
                let process =
                    self.core.processes().find(|entry| entry.0 == row.id).expect("a row has a process");
                assert_eq!(row.state, process.1.phase.state(), "after {after:?}: the snapshot is stale");
            }
        }
    }

    /// Calls that nobody has answered.
    pub(crate) fn unanswered(&self) -> usize {
        self.asked.len()
    }

    /// Children that are alive.
    pub(crate) fn living(&self) -> usize {
        self.children.len()
    }
}

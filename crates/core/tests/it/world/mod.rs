//! A world for the core to live in: children, a log plane, operators and a clock, all made up.
//!
//! Everything random comes from one seed, so that a failure can be had again. After every input the world checks
//! what must never be otherwise; see [`World::check`].

pub(crate) mod config;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use provost_config::model::Config;
use provost_core::call::{Call, CallId, Fault, Reply, Target};
use provost_core::notice::Notice;
use provost_core::shutdown::Ending;
use provost_core::status::{ExitStatus, Pid, ProcessId, Snapshot};
use provost_core::supervisor::{DaemonSignal, Effect, Input, SignalError, Supervisor};
use provost_core::time::{Mono, Now, Wall};

/// A small random number generator (xorshift64*), good enough to make trouble.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % limit
    }

    pub(crate) fn one_in(&mut self, odds: u64) -> bool {
        self.below(odds) == 0
    }

    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[usize::try_from(self.below(items.len() as u64)).expect("an index fits")]
    }
}

/// A child that is alive in the world.
#[derive(Clone, Copy, Debug)]
struct Child {
    process: ProcessId,
    ignores_term: bool,
    /// In uninterruptible sleep: even SIGKILL has to wait.
    unkillable: bool,
}

/// Something that will happen.
#[derive(Clone, Debug)]
enum Coming {
    Death(Pid, ExitStatus),
    Prepared(ProcessId, u32, Result<(), Arc<str>>),
    Drained(ProcessId, u32),
}

pub(crate) struct World {
    pub(crate) core: Supervisor,
    pub(crate) now: Mono,
    pub(crate) dice: Dice,
    pub(crate) notices: Vec<Notice>,
    pub(crate) replies: BTreeMap<CallId, Result<Reply, Fault>>,
    pub(crate) ended: Option<Ending>,
    pub(crate) snapshot: Option<Snapshot>,
    config: Arc<Config>,
    children: BTreeMap<Pid, Child>,
    coming: BTreeMap<(Mono, u64), Coming>,
    registered: BTreeSet<ProcessId>,
    asked: BTreeSet<CallId>,
    next_pid: i32,
    next_call: u64,
    serial: u64,
    pub(crate) inputs: u64,
    idle_turns: u32,
}

impl World {
    pub(crate) fn new(config: Config, seed: u64) -> Self {
        let config = Arc::new(config);
        let mut world = Self {
            core: Supervisor::new(Arc::clone(&config), seed),
            now: Mono(1_000_000_000),
            dice: Dice::new(seed),
            notices: Vec::new(),
            replies: BTreeMap::new(),
            ended: None,
            snapshot: None,
            config,
            children: BTreeMap::new(),
            coming: BTreeMap::new(),
            registered: BTreeSet::new(),
            asked: BTreeSet::new(),
            next_pid: 100,
            next_call: 1,
            serial: 0,
            inputs: 0,
            idle_turns: 0,
        };
        world.input(Input::Booted);
        world
    }

    fn clock(&self) -> Now {
        // The wall clock limps and jumps; nothing may depend on it.
        let jump = if self.now.0 % 7 == 0 { -31_536_000_000_000 } else { 0 };
        Now { mono: self.now, wall: Wall(i64::try_from(self.now.0 / 1000).expect("a few years fit") + jump) }
    }

    pub(crate) fn input(&mut self, input: Input) {
        let mut inputs = vec![input];
        while let Some(input) = inputs.pop() {
            let shown = format!("{input:?}");
            self.inputs += 1;
            self.core.handle(self.clock(), input);
            let mut answers = Vec::new();
            while let Some(effect) = self.core.poll_effect() {
                self.perform(effect, &mut answers);
            }
            if let Some(snapshot) = self.core.snapshot() {
                self.snapshot = Some(snapshot);
            }
            self.check(&shown);
            // Answers come in the order in which the shell would give them.
            answers.reverse();
            inputs.extend(answers);
        }
    }

    fn perform(&mut self, effect: Effect, answers: &mut Vec<Input>) {
        assert!(
            self.ended.is_none() || matches!(effect, Effect::Notify(_)),
            "an effect after the end: {effect:?}"
        );
        match effect {
            Effect::Register(registration) => {
                assert!(self.registered.insert(registration.process), "registered twice");
            }
            Effect::Forget(process) => assert!(self.registered.remove(&process), "forgot a stranger"),
            Effect::Prepare { process, launch } => self.prepare(process, launch),
            Effect::Spawn { process, .. } => answers.push(self.spawn(process)),
            Effect::Release(_) | Effect::ReopenLogs => {}
            Effect::Drain { process, launch } => {
                // Sometimes the disk hangs and the answer never comes.
                if !self.dice.one_in(50) {
                    let wait = self.dice.below(2_000_000);
                    self.later(Duration::from_nanos(wait), Coming::Drained(process, launch));
                }
            }
            Effect::Signal { process, pid, signal, call, .. } => {
                let result = self.signal(process, pid, signal);
                answers.push(Input::SignalSent { process, pid, result, call });
            }
            Effect::Probe { call, process } => {
                let result = if self.dice.one_in(40) {
                    Err(Fault::NoFile("can't find command 'x'".into()))
                } else {
                    Ok(())
                };
                answers.push(Input::Probed { call, process, result });
            }
            Effect::WriteStdin { call, process, .. } => {
                answers.push(Input::Written { call, process, result: Ok(()) });
            }
            Effect::LoadConfig => {
                let result =
                    if self.dice.one_in(2) { Ok(Arc::clone(&self.config)) } else { Err("Error".to_owned()) };
                answers.push(Input::Loaded(result));
            }
            Effect::Notify(notice) => self.notices.push(notice),
            Effect::Reply { call, result } => {
                assert!(self.asked.remove(&call), "{call:?} was answered twice, or never asked");
                self.replies.insert(call, result);
            }
            Effect::End(ending) => self.ended = Some(ending),
        }
    }

    fn later(&mut self, wait: Duration, coming: Coming) {
        self.serial += 1;
        self.coming.insert((self.now.after(wait), self.serial), coming);
    }

    fn prepare(&mut self, process: ProcessId, launch: u32) {
        let result = if self.dice.one_in(60) { Err("EACCES".into()) } else { Ok(()) };
        if !self.dice.one_in(60) {
            let wait = self.dice.below(1_000_000);
            self.later(Duration::from_nanos(wait), Coming::Prepared(process, launch, result));
        }
    }

    fn spawn(&mut self, process: ProcessId) -> Input {
        if self.dice.one_in(40) {
            return Input::SpawnFailed { process, reason: "Too many processes in process table".into() };
        }
        let twin = self.children.values().find(|child| child.process == process);
        assert!(twin.is_none(), "a second child for {process:?}: {twin:?}");
        let pid = Pid(self.next_pid);
        self.next_pid += 1;
        let child = Child { process, ignores_term: self.dice.one_in(5), unkillable: self.dice.one_in(100) };
        self.children.insert(pid, child);
        let life = match self.dice.below(10) {
            0 => Duration::ZERO,
            1 | 2 => Duration::from_millis(self.dice.below(3000)),
            3..=6 => Duration::from_secs(self.dice.below(600)),
            _ => Duration::from_secs(self.dice.below(30 * 24 * 3600)),
        };
        let code = i32::try_from(self.dice.below(3)).expect("a small number");
        self.later(life, Coming::Death(pid, ExitStatus::Exited(code)));
        Input::Spawned { process, pid }
    }

    fn signal(&mut self, process: ProcessId, pid: Pid, signal: i32) -> Result<(), SignalError> {
        let Some(child) = self.children.get(&pid).copied() else {
            return Err(SignalError::Gone("No such process".into()));
        };
        assert_eq!(child.process, process, "the wrong child is signalled");
        if self.dice.one_in(200) {
            return Err(SignalError::Refused("Operation not permitted".into()));
        }
        let deadly = signal == 9 || !child.ignores_term;
        if deadly {
            let wait = if child.unkillable && self.dice.one_in(2) {
                Duration::from_secs(365 * 24 * 3600)
            } else {
                Duration::from_millis(self.dice.below(50))
            };
            self.later(wait, Coming::Death(pid, ExitStatus::Signaled { signal, core_dumped: false }));
        }
        Ok(())
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
            Coming::Death(pid, status) => {
                if self.children.remove(&pid).is_some() {
                    self.input(Input::Reaped { pid, status });
                    self.input(Input::Signaled(DaemonSignal::Child));
                }
            }
            Coming::Prepared(process, launch, result) => {
                self.input(Input::Prepared { process, launch, result });
            }
            Coming::Drained(process, launch) => self.input(Input::Drained { process, launch }),
        }
    }

    /// Lets `duration` pass, with everything that happens in it.
    pub(crate) fn pass(&mut self, duration: Duration) {
        let limit = self.now.after(duration);
        while self.ended.is_none() && self.advance(limit) {}
    }

    /// An operator does something, sensible or not.
    pub(crate) fn meddle(&mut self) {
        let target = self.target();
        let wait = self.dice.one_in(2);
        match self.dice.below(12) {
            0..=2 => {
                self.call(Call::Start { target, wait });
            }
            3..=5 => {
                self.call(Call::Stop { target, wait });
            }
            6 => {
                let signal = *self.dice.pick(&[None, Some(1), Some(15), Some(9)]);
                self.call(Call::Signal { target, signal, given: "X".into() });
            }
            7 => {
                self.call(Call::SendStdin { target, data: b"x".to_vec() });
            }
            8 => {
                let group = self.group_name();
                self.call(Call::AddGroup(group));
            }
            9 => {
                let group = self.group_name();
                self.call(Call::RemoveGroup(group));
            }
            10 => {
                let config = Arc::clone(&self.config);
                self.call(Call::Reread(config));
            }
            _ => self.input(Input::Reaped { pid: Pid(7), status: ExitStatus::Exited(0) }),
        }
    }

    fn group_name(&mut self) -> String {
        let groups = &self.config.groups;
        groups[usize::try_from(self.dice.below(groups.len() as u64)).expect("an index fits")].name.clone()
    }

    fn target(&mut self) -> Target {
        let group = self.group_name();
        let config = Arc::clone(&self.config);
        let processes =
            &config.groups.iter().find(|other| other.name == group).expect("it was picked").processes;
        match self.dice.below(8) {
            0 => Target::All,
            1 => Target::Group { group: group.clone(), given: group },
            2 => Target::Process { group: "no".into(), process: "such".into(), given: "no:such".into() },
            _ => {
                let process = self.dice.pick(processes).name.clone();
                Target::Process { given: format!("{group}:{process}"), group, process }
            }
        }
    }

    /// What must never be otherwise.
    fn check(&self, after: &str) {
        if let Err(broken) = self.core.check_invariants() {
            panic!("after {after}: {broken}");
        }
        let mut owners = BTreeSet::new();
        for child in self.children.values() {
            assert!(owners.insert(child.process), "after {after}: two children for {:?}", child.process);
        }
        for (id, process) in self.core.processes() {
            if let Some(pid) = process.phase.child() {
                assert!(self.children.contains_key(&pid), "after {after}: {id:?} believes in dead {pid}");
            }
        }
        if let Some(snapshot) = &self.snapshot {
            for row in &snapshot.processes {
                let process =
                    self.core.processes().find(|entry| entry.0 == row.id).expect("a row has a process");
                assert_eq!(row.state, process.1.phase.state(), "after {after}: the snapshot is stale");
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

//! What is true in a treacherous world, kept by somebody who reads over the core's shoulder: every input before the
//! core has it, every effect before it is carried out. After each input, and whenever the daemon is killed, the core's
//! plain data has to say the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provost_core::call::{Call, CallId, Fault, Reply, Target};
use provost_core::notice::Notice;
use provost_core::process::{KILLS_BEFORE_LOST, Phase, Process};
use provost_core::status::{Pid, ProcessId, State};
use provost_core::supervisor::{DaemonSignal, Effect, Input, SignalError, Supervisor};
use provost_core::time::Now;

use super::model::{Moment, Record};

/// What a call about one process wanted of it.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Start { wait: bool },
    Stop { wait: bool },
}

/// See the module.
#[derive(Debug)]
pub(super) struct Ledger {
    records: BTreeMap<ProcessId, Record>,
    names: BTreeMap<(Arc<str>, Arc<str>), ProcessId>,
    wishes: BTreeMap<CallId, (ProcessId, Wish)>,
    /// Calls that began a start.
    accepted: BTreeSet<CallId>,
    moment: Moment,
    /// Changes of state so far, and the rows of the table that allowed them.
    pub(super) changes: u64,
    pub(super) rows: u64,
}

impl Ledger {
    pub(super) fn new() -> Self {
        Self {
            records: BTreeMap::new(),
            names: BTreeMap::new(),
            wishes: BTreeMap::new(),
            accepted: BTreeSet::new(),
            moment: Moment { now: Now::default(), hand: Input::Elapsed, may_start: true },
            changes: 0,
            rows: 0,
        }
    }

    /// The core is about to be told this.
    pub(super) fn took(&mut self, now: Now, input: &Input) {
        match input {
            Input::Spawned { process, pid } => self.record(*process).spawned(*pid, now.mono),
            Input::SpawnFailed { process, .. } => self.record(*process).making = false,
            Input::Reaped { pid, status } => {
                let is_its = |record: &&mut Record| record.child.is_some_and(|child| child.0 == *pid);
                if let Some(record) = self.records.values_mut().find(is_its) {
                    record.reaped(*status, now.mono);
                }
            }
            Input::SignalSent { process, pid, result, call: None } => self.struck(*process, *pid, result),
            Input::Signaled(DaemonSignal::Exit(_)) | Input::Loaded(Ok(_)) => self.moment.may_start = false,
            Input::Call { id, call } => {
                self.records.values_mut().for_each(|record| record.stop_asked(input));
                self.asked(*id, call);
            }
            Input::Probed { call, process, result: Ok(()) } if self.moment.may_start => {
                let record = self.records.get(process);
                let startable = [State::Stopped, State::Exited, State::Fatal];
                let accepted = record.is_some_and(|record| startable.contains(&record.state));
                self.accepted.extend(accepted.then_some(*call));
            }
            _ => {}
        }
        (self.moment.now, self.moment.hand) = (now, input.clone());
    }

    fn record(&mut self, process: ProcessId) -> &mut Record {
        self.records.get_mut(&process).expect("only registered processes are spoken of")
    }

    fn struck(&mut self, process: ProcessId, pid: Pid, result: &Result<(), SignalError>) {
        let Some(record) = self.records.get_mut(&process).filter(|record| record.pid() == Some(pid)) else {
            return;
        };
        match result {
            Ok(()) | Err(SignalError::Gone(_)) => record.struck = true,
            Err(SignalError::Refused(_)) => record.refused = true,
        }
    }

    fn asked(&mut self, id: CallId, call: &Call) {
        let (target, wish) = match call {
            Call::Start { target, wait } => (target, Wish::Start { wait: *wait }),
            Call::Stop { target, wait } => (target, Wish::Stop { wait: *wait }),
            Call::Shutdown | Call::Restart(_) => {
                self.moment.may_start = false;
                return;
            }
            _ => return,
        };
        if let Target::Process { group, process, .. } = target {
            let key = (group.as_str().into(), process.as_str().into());
            self.wishes.extend(self.names.get(&key).map(|process| (id, (*process, wish))));
        }
    }

    /// The core wants this done.
    pub(super) fn saw(&mut self, effect: &Effect) {
        let now = self.moment.now;
        match effect {
            Effect::Register(registration) => {
                let name = registration.name.clone();
                self.names.insert((Arc::clone(&name.group), Arc::clone(&name.name)), registration.process);
                let record = Record::new(name, Arc::clone(&registration.recipe));
                self.records.insert(registration.process, record);
            }
            Effect::Forget(process) => {
                let name = self.records.remove(process).expect("it was registered").name;
                self.names.remove(&(name.group, name.name));
            }
            Effect::Prepare { process, launch } => {
                let record = self.record(*process);
                assert_eq!(*launch, record.launch + 1, "starts are counted");
                (record.launch, record.started, record.preparing) = (*launch, Some(now), true);
            }
            Effect::Spawn { process, launch } => {
                let record = self.record(*process);
                assert!(record.preparing && record.launch == *launch, "not prepared: {record:?}");
                (record.preparing, record.making) = (false, true);
            }
            Effect::Release(process) => self.record(*process).preparing = false,
            Effect::Clear { process, launch, .. } => {
                let record = self.record(*process);
                assert!(record.dead.is_some() && record.launch == *launch, "it is not dead: {record:?}");
            }
            Effect::Leave(process) => self.record(*process).left = true,
            Effect::Drain { process, launch, .. } => {
                let record = self.records.get_mut(process).expect("only registered processes are spoken of");
                assert_eq!(*launch, record.launch, "another child is drained");
                record.drains(*process, &self.moment);
            }
            Effect::Signal { process, pid, signal, call, .. } => {
                let record = self.record(*process);
                assert_eq!(record.child.map(|child| child.0), Some(*pid), "{record:?}");
                record.kills += u32::from(*signal == 9 && call.is_none());
            }
            Effect::Notify(notice) => self.told(notice),
            Effect::Reply { call, result } => self.answered(*call, result),
            _ => {}
        }
    }

    fn told(&mut self, notice: &Notice) {
        let Notice::StateChanged { process, from, to, detail } = notice else { return };
        let id = self.names[&(Arc::clone(&process.group), Arc::clone(&process.name))];
        let record = self.records.get_mut(&id).expect("a name has a record");
        let row = record.announced((*from, *to), *detail, (id, &self.moment));
        self.rows |= 1 << row;
        // A failure to open the logs is the end of opening them; so is a start that is called off.
        if *to != State::Starting && *to != State::Stopping {
            record.preparing = false;
        }
        self.changes += 1;
    }

    /// Whoever is answered is told the truth.
    fn answered(&mut self, call: CallId, result: &Result<Reply, Fault>) {
        let Some((process, wish)) = self.wishes.remove(&call) else { return };
        let Some(record) = self.records.get(&process) else { return };
        let is_true = match (wish, result) {
            (Wish::Start { wait: true }, Ok(_)) => record.state == State::Running,
            (Wish::Start { wait: false }, Ok(_)) => record.child.is_some() || record.dead.is_some(),
            (Wish::Stop { wait: true }, Ok(_)) => record.state.is_stopped(),
            (Wish::Stop { wait: false }, Ok(_)) => record.state.is_stopped() || record.struck,
            (Wish::Stop { .. }, Err(Fault::Failed(_))) => record.refused || record.kills >= KILLS_BEFORE_LOST,
            (Wish::Start { .. }, Err(Fault::AlreadyStarted(_) | Fault::ShutdownState | Fault::NoFile(_))) => {
                !self.accepted.contains(&call)
            }
            (Wish::Start { .. } | Wish::Stop { .. }, Err(_)) => true,
        };
        assert!(is_true, "{wish:?} was answered {result:?}: {record:?}");
    }

    /// The core's plain data is the truth: what there is, in which state, which child it has, since when.
    pub(super) fn compare(&self, core: &Supervisor) {
        let mut count = 0;
        for (id, process) in core.processes() {
            let record = self.records.get(&id).expect("every process was registered");
            let said = told_by(process);
            let truth = Said {
                state: record.state,
                child: record.child.map(|child| child.0),
                making: record.making,
                dead: record.dead.map(|dead| dead.pid),
                started: record.started,
                failures: record.failures,
            };
            assert_eq!(said, truth, "{}, after {:?}", record.name.name, self.moment.hand);
            assert_eq!(core.launch_of(id), Some(record.launch), "{}", record.name.name);
            count += 1;
        }
        assert_eq!(count, self.records.len(), "a process is missing");
    }

    /// The living children that the daemon knows, by process.
    pub(super) fn children(&self) -> impl Iterator<Item = (Pid, ProcessId)> {
        self.records.iter().filter_map(|(id, record)| record.child.map(|child| (child.0, *id)))
    }
}

/// What a later daemon would need to know of a process.
#[derive(Debug, PartialEq)]
struct Said {
    state: State,
    child: Option<Pid>,
    /// A child is being made: there may be one that the daemon does not know.
    making: bool,
    dead: Option<Pid>,
    started: Option<Now>,
    failures: u32,
}

fn told_by(process: &Process) -> Said {
    let phase = process.phase;
    let dead = match phase {
        Phase::Clearing { pid, .. } | Phase::Draining { pid, .. } => Some(pid),
        _ => None,
    };
    Said {
        state: phase.state(),
        child: phase.child(),
        making: matches!(phase, Phase::Forking { .. }),
        dead,
        started: process.last_start,
        failures: process.failures,
    }
}

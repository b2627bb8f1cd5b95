//! Calls that wait: what each waits for, process by process, and what it will answer.
//!
//! Nobody polls. After every change of a process, the calls that wait for it are looked at; when a call has
//! nothing left to wait for, it is answered. A client that hangs up changes nothing: its call is carried out to
//! the end, and the answer is thrown away.

use std::collections::{BTreeMap, BTreeSet};

use crate::call::{BulkItem, CallId, Fault, Reply};
use crate::process::{Phase, Process};
use crate::status::{ProcessId, State};
use crate::time::Mono;

/// Seconds between two lines about a stop that is being waited for (the reference's).
pub(crate) const STOP_REPORT_SECS: i64 = 2;

/// When a process counts as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Goal {
    /// The child exists, or could not be made.
    Launched,
    /// It runs, or failed to.
    Running,
    /// It has stopped.
    Stopped,
    /// The shell has answered for it (a probe, a write): nothing in the process itself counts.
    Answered,
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One process: done, or its fault.
    Single,
    /// Many: an item each.
    Bulk,
}

/// A call that has not been answered.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub(crate) shape: Shape,
    /// What the client asked for, once a process passed its checks.
    pub(crate) goal: Goal,
    /// Processes whose command is being looked up before they are started.
    pub(crate) probing: BTreeSet<ProcessId>,
    /// Processes it waits for.
    pub(crate) waiting: BTreeSet<ProcessId>,
    /// How faults name each process.
    pub(crate) given: BTreeMap<ProcessId, String>,
    /// What is known, in order of completion.
    pub(crate) done: Vec<BulkItem>,
    /// When to say again that a stop is being waited for.
    pub(crate) report_at: Option<Mono>,
}

impl Pending {
    pub(crate) fn new(shape: Shape, goal: Goal) -> Self {
        Self {
            shape,
            goal,
            probing: BTreeSet::new(),
            waiting: BTreeSet::new(),
            given: BTreeMap::new(),
            done: Vec::new(),
            report_at: None,
        }
    }

    /// How faults name that process.
    pub(crate) fn given(&self, process: ProcessId) -> String {
        self.given.get(&process).cloned().unwrap_or_default()
    }

    /// The answer, if nothing is left to wait for.
    pub(crate) fn answer(&mut self) -> Option<Result<Reply, Fault>> {
        if !self.probing.is_empty() || !self.waiting.is_empty() {
            return None;
        }
        let done = std::mem::take(&mut self.done);
        Some(match self.shape {
            Shape::Bulk => Ok(Reply::Bulk(done)),
            Shape::Single => match done.into_iter().next() {
                Some(BulkItem { outcome: Err(fault), .. }) => Err(fault),
                _ => Ok(Reply::Done),
            },
        })
    }
}

/// Waiting calls, found by their id and by the processes they wait for.
#[derive(Clone, Debug, Default)]
pub(crate) struct PendingCalls {
    calls: BTreeMap<CallId, Pending>,
    waiting_for: BTreeSet<(ProcessId, CallId)>,
}

impl PendingCalls {
    pub(crate) fn insert(&mut self, id: CallId, pending: Pending) {
        for process in pending.waiting.iter().chain(&pending.probing) {
            self.waiting_for.insert((*process, id));
        }
        self.calls.insert(id, pending);
    }

    /// The call, to be changed.
    pub(crate) fn get_mut(&mut self, id: CallId) -> Option<&mut Pending> {
        self.calls.get_mut(&id)
    }

    /// Calls that wait for that process.
    pub(crate) fn of(&self, process: ProcessId) -> Vec<CallId> {
        let range = (process, CallId(0))..=(process, CallId(u64::MAX));
        self.waiting_for.range(range).map(|key| key.1).collect()
    }

    /// The call no longer waits for that process; its answer if that was the last one.
    pub(crate) fn settle(
        &mut self,
        id: CallId,
        process: ProcessId,
        item: BulkItem,
    ) -> Option<Result<Reply, Fault>> {
        self.waiting_for.remove(&(process, id));
        let pending = self.calls.get_mut(&id)?;
        pending.probing.remove(&process);
        pending.waiting.remove(&process);
        pending.done.push(item);
        let answer = pending.answer()?;
        self.calls.remove(&id);
        Some(answer)
    }

    /// Calls whose stop report is due, with the processes they wait for.
    pub(crate) fn due_reports(&mut self, now: Mono) -> Vec<ProcessId> {
        let mut reported = BTreeSet::new();
        for pending in self.calls.values_mut() {
            if pending.report_at.is_some_and(|at| at <= now) {
                pending.report_at = Some(now.after_secs(STOP_REPORT_SECS));
                reported.extend(pending.waiting.iter().copied());
            }
        }
        reported.into_iter().collect()
    }

    /// When the next stop report is due.
    pub(crate) fn next_report(&self) -> Option<Mono> {
        self.calls.values().filter_map(|pending| pending.report_at).min()
    }
}

/// What a process means for a call that waits for it; `None` while it has to go on waiting.
pub(crate) fn judge(goal: Goal, process: &Process, given: &str) -> Option<Result<(), Fault>> {
    let state = process.phase.state();
    match goal {
        Goal::Answered => None,
        Goal::Stopped => state.is_stopped().then_some(Ok(())),
        Goal::Launched | Goal::Running => {
            if matches!(process.phase, Phase::Preparing { .. } | Phase::Forking { stop: false }) {
                return None;
            }
            if !process.spawn_error.is_empty() {
                return Some(Err(Fault::SpawnError(given.into())));
            }
            match (state, goal) {
                (State::Running, _) | (State::Starting, Goal::Launched) => Some(Ok(())),
                (State::Starting, _) => None,
                _ => Some(Err(Fault::AbnormalTermination(given.into()))),
            }
        }
    }
}

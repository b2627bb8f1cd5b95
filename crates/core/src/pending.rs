//! Calls that wait: what each waits for, process by process, and what it will answer.
//!
//! Nobody polls. After every change of a process, the calls that wait for it are looked at; when a call has
//! nothing left to wait for, it is answered. A client that hangs up changes nothing: its call is carried out to
//! the end, and the answer is thrown away.

use std::collections::btree_map::Entry;
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
    /// The signal that is to stop it was sent, or there was no child to send it to.
    StopSignalled,
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
    /// When to say again that the stop of a process is being waited for: once for all calls that do.
    stop_reports: BTreeMap<ProcessId, Mono>,
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

    /// Calls that wait for that process with one of these goals.
    pub(crate) fn with_goal(&self, process: ProcessId, goals: &[Goal]) -> Vec<CallId> {
        let mut calls = self.of(process);
        calls.retain(|call| self.calls.get(call).is_some_and(|pending| goals.contains(&pending.goal)));
        calls
    }

    /// The call no longer waits for that process; its answer if that was the last one. A call that did not wait
    /// for it learns nothing.
    pub(crate) fn settle(
        &mut self,
        id: CallId,
        process: ProcessId,
        item: BulkItem,
    ) -> Option<Result<Reply, Fault>> {
        if !self.waiting_for.remove(&(process, id)) {
            return None;
        }
        let pending = self.calls.get_mut(&id)?;
        pending.probing.remove(&process);
        pending.waiting.remove(&process);
        pending.done.push(item);
        if pending.goal == Goal::Stopped {
            // Whatever settles one call for a stop settles all of them.
            self.stop_reports.remove(&process);
        }
        let answer = pending.answer()?;
        self.calls.remove(&id);
        Some(answer)
    }

    /// A stop of that process is waited for from now on; whether to say so, which is when nobody else waits for it.
    #[must_use]
    pub(crate) fn begin_stop_reports(&mut self, process: ProcessId, now: Mono) -> bool {
        match self.stop_reports.entry(process) {
            Entry::Vacant(entry) => {
                entry.insert(now.after_secs(STOP_REPORT_SECS));
                true
            }
            Entry::Occupied(_) => false,
        }
    }

    /// Processes whose stop report is due.
    pub(crate) fn due_reports(&mut self, now: Mono) -> Vec<ProcessId> {
        let due = self.stop_reports.iter_mut().filter(|report| *report.1 <= now);
        due.map(|(process, at)| {
            *at = now.after_secs(STOP_REPORT_SECS);
            *process
        })
        .collect()
    }

    /// When the next stop report is due.
    pub(crate) fn next_report(&self) -> Option<Mono> {
        self.stop_reports.values().copied().min()
    }

    /// What must never be otherwise: a call that is kept waits for something, and can be found by it.
    pub(crate) fn check_invariants(&self, exists: impl Fn(ProcessId) -> bool) -> Result<(), String> {
        let mut indexed = 0;
        for (id, pending) in &self.calls {
            let processes = pending.waiting.iter().chain(&pending.probing);
            let (mut count, mut lost) = (0, None);
            for process in processes {
                count += 1;
                if !self.waiting_for.contains(&(*process, *id)) || !exists(*process) {
                    lost = Some(process);
                }
            }
            if let Some(process) = lost {
                return Err(format!("{id:?} waits for {process:?}, which cannot wake it"));
            }
            if count == 0 {
                return Err(format!("{id:?} waits for nothing"));
            }
            indexed += count;
        }
        if indexed != self.waiting_for.len() {
            return Err(format!("{} waits are indexed, but there are {indexed}", self.waiting_for.len()));
        }
        match self.stop_reports.keys().find(|process| self.with_goal(**process, &[Goal::Stopped]).is_empty())
        {
            Some(process) => Err(format!("nobody waits for the stop of {process:?} that is reported")),
            None => Ok(()),
        }
    }
}

/// What a process means for a call that waits for it; `None` while it has to go on waiting.
pub(crate) fn judge(goal: Goal, process: &Process, given: &str) -> Option<Result<(), Fault>> {
    let state = process.phase.state();
    match goal {
        Goal::Answered => None,
        Goal::Stopped | Goal::StopSignalled => state.is_stopped().then_some(Ok(())),
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

//! Carries out calls: who may, which processes, and what each has to wait for.

use std::sync::Arc;

use provost_config::diff::diff;
use provost_config::model::Config;

use crate::call::{BulkItem, Call, CallId, Fault, Reply, Target};
use crate::notice::Notice;
use crate::pending::{Goal, Pending, Shape};
use crate::process::{Event, Phase};
use crate::status::{Mood, ProcessId, State};
use crate::supervisor::{Effect, Supervisor};
use crate::time::Now;

/// The processes a call is about.
struct Members {
    shape: Shape,
    /// Each with the name that faults use for it.
    processes: Vec<(ProcessId, String)>,
}

impl Supervisor {
    pub(crate) fn call(&mut self, id: CallId, call: Call, now: Now) {
        if self.mood != Mood::Running && !matches!(call, Call::SendRemoteEvent { .. }) {
            return self.answer(id, Err(Fault::ShutdownState));
        }
        match call {
            Call::Start { target, wait } => self.start(id, &target, wait),
            Call::Stop { target, wait } => self.stop(id, &target, wait, now),
            Call::Signal { target, signal, given } => self.signal(id, &target, signal, &given),
            Call::SendStdin { target, data } => self.send_stdin(id, &target, data),
            Call::SendRemoteEvent { kind, data } => {
                self.notify(Notice::RemoteCommunication { kind, data });
                self.answer(id, Ok(Reply::Done));
            }
            Call::AddGroup(name) => self.add_group(id, &name, now),
            Call::RemoveGroup(name) => self.remove_group(id, name),
            Call::Reread(config) => self.reread(id, config),
            Call::Shutdown => {
                self.answer(id, Ok(Reply::Done));
                self.begin_exit();
            }
            Call::Restart(config) => {
                self.answer(id, Ok(Reply::Done));
                self.begin_restart(config);
            }
        }
    }

    fn answer(&mut self, call: CallId, result: Result<Reply, Fault>) {
        self.push(Effect::Reply { call, result });
    }

    /// Inserts a call whose processes are known, and answers it at once if there is nothing to wait for.
    fn admit(&mut self, id: CallId, mut pending: Pending) {
        match pending.answer() {
            Some(result) => self.answer(id, result),
            None => self.pending.insert(id, pending),
        }
    }

    /// The one process that is meant, with the name that faults use for it.
    fn one_process(&self, target: &Target) -> Result<(ProcessId, String), Fault> {
        match target {
            Target::Process { group, process, given } => {
                let named = |id: &ProcessId| &*self.processes[id].name.name == process.as_str();
                let found =
                    self.groups.get(group).and_then(|group| group.members.iter().copied().find(named));
                found.map(|id| (id, given.clone())).ok_or_else(|| Fault::BadName(given.clone()))
            }
            Target::Group { given, .. } => Err(Fault::BadName(given.clone())),
            Target::All => Err(Fault::BadName("all".to_owned())),
        }
    }

    fn members(&self, target: &Target) -> Result<Members, Fault> {
        match target {
            Target::Process { .. } => {
                Ok(Members { shape: Shape::Single, processes: vec![self.one_process(target)?] })
            }
            Target::Group { group, given } => {
                let group = self.groups.get(group).ok_or_else(|| Fault::BadName(given.clone()))?;
                let processes = group.by_priority().into_iter().map(|id| (id, self.namespec(id))).collect();
                Ok(Members { shape: Shape::Bulk, processes })
            }
            Target::All => {
                let ids = self.groups.iter().flat_map(|group| group.by_priority());
                let processes = ids.map(|id| (id, self.namespec(id))).collect();
                Ok(Members { shape: Shape::Bulk, processes })
            }
        }
    }

    fn namespec(&self, id: ProcessId) -> String {
        let name = &self.processes[&id].name;
        if name.group == name.name { name.name.to_string() } else { format!("{}:{}", name.group, name.name) }
    }

    fn phase(&self, id: ProcessId) -> Phase {
        self.processes[&id].process.phase
    }

    fn item(&self, id: ProcessId, outcome: Result<(), Fault>) -> BulkItem {
        let name = &self.processes[&id].name;
        BulkItem { name: name.name.to_string(), group: name.group.to_string(), outcome }
    }

    fn start(&mut self, id: CallId, target: &Target, wait: bool) {
        let members = match self.members(target) {
            Ok(members) => members,
            Err(fault) => return self.answer(id, Err(fault)),
        };
        let goal = if wait { Goal::Running } else { Goal::Launched };
        let mut pending = Pending::new(members.shape, goal);
        for (process, given) in members.processes {
            if members.shape == Shape::Bulk && self.phase(process).state().is_running() {
                continue;
            }
            // There is no command to look up, and nothing a start could change.
            if let Some(reason) = &self.processes[&process].recipe.broken {
                let fault = Fault::SpawnError(format!("{given}: {reason}"));
                pending.done.push(self.item(process, Err(fault)));
                continue;
            }
            pending.probing.insert(process);
            pending.given.insert(process, given);
            self.push(Effect::Probe { call: id, process });
        }
        self.admit(id, pending);
    }

    /// The command was looked up: the reference's order of checks goes on from there.
    pub(crate) fn probed(&mut self, call: CallId, process: ProcessId, result: Result<(), Fault>, now: Now) {
        // Whoever was answered, or is told twice, is not asking any more.
        let asking = self.pending.get_mut(call).filter(|pending| pending.probing.contains(&process));
        let Some(pending) = asking else { return };
        let given = pending.given(process);
        let state = self.phase(process).state();
        let fault = match (result, state) {
            (Err(fault), _) => fault,
            (Ok(()), _) if !self.may_start() => Fault::ShutdownState,
            (Ok(()), State::Starting | State::Running | State::Backoff) => Fault::AlreadyStarted(given),
            (Ok(()), State::Unknown) => Fault::Failed(format!("{given} is in an unknown process state")),
            (Ok(()), State::Stopping) => Fault::AbnormalTermination(given),
            (Ok(()), State::Stopped | State::Exited | State::Fatal) => {
                if let Some(pending) = self.pending.get_mut(call) {
                    pending.probing.remove(&process);
                    pending.waiting.insert(process);
                }
                return self.apply(process, Event::Start, now);
            }
        };
        self.settle(call, process, Err(fault));
    }

    fn stop(&mut self, id: CallId, target: &Target, wait: bool, now: Now) {
        let members = match self.members(target) {
            Ok(members) => members,
            Err(fault) => return self.answer(id, Err(fault)),
        };
        let goal = if wait { Goal::Stopped } else { Goal::StopSignalled };
        let mut pending = Pending::new(members.shape, goal);
        let mut to_stop = Vec::new();
        for (process, given) in members.processes {
            let phase = self.phase(process);
            let stoppable =
                phase.state().is_running() || matches!(phase, Phase::Exited { restart_at: Some(_) });
            // A stop that waits also waits for a stop that somebody else began.
            let stopping = wait && phase.state() == State::Stopping;
            if stoppable || stopping {
                pending.waiting.insert(process);
                pending.given.insert(process, given);
                to_stop.push(process);
            } else if members.shape == Shape::Single {
                return self.answer(id, Err(Fault::NotRunning(given)));
            }
        }
        self.admit(id, pending);
        for process in &to_stop {
            self.apply(*process, Event::Stop, now);
        }
        for process in to_stop {
            let stopping = self.phase(process).state() == State::Stopping;
            if wait && stopping && self.pending.begin_stop_reports(process, now.mono) {
                self.report_waiting(process);
            }
        }
    }

    fn signal(&mut self, id: CallId, target: &Target, signal: Option<i32>, given_signal: &str) {
        let members = match self.members(target) {
            Ok(members) => members,
            Err(fault) => return self.answer(id, Err(fault)),
        };
        let mut pending = Pending::new(members.shape, Goal::Answered);
        for (process, given) in members.processes {
            let phase = self.phase(process);
            if members.shape == Shape::Bulk && !phase.state().is_signallable() {
                continue;
            }
            let fault = match (signal, phase.child()) {
                (None, _) => Fault::BadSignal(given_signal.to_owned()),
                (Some(_), None) => Fault::NotRunning(given),
                (Some(signal), Some(pid)) => {
                    let name = self.processes[&process].name.clone();
                    self.notify(Notice::SendingSignal { process: name, pid, signal });
                    self.push(Effect::Signal { process, pid, signal, group: false, call: Some(id) });
                    pending.waiting.insert(process);
                    continue;
                }
            };
            pending.done.push(self.item(process, Err(fault)));
        }
        self.admit(id, pending);
    }

    fn send_stdin(&mut self, id: CallId, target: &Target, data: Vec<u8>) {
        let (process, given) = match self.one_process(target) {
            Ok(found) => found,
            Err(fault) => return self.answer(id, Err(fault)),
        };
        if !matches!(self.phase(process), Phase::Starting { .. } | Phase::Running { .. }) {
            return self.answer(id, Err(Fault::NotRunning(given)));
        }
        let mut pending = Pending::new(Shape::Single, Goal::Answered);
        pending.waiting.insert(process);
        pending.given.insert(process, given.clone());
        self.pending.insert(id, pending);
        self.push(Effect::WriteStdin { call: id, process, given, data });
    }

    fn add_group(&mut self, id: CallId, name: &str, now: Now) {
        if self.groups.get(name).is_some() {
            return self.answer(id, Err(Fault::AlreadyAdded(name.to_owned())));
        }
        let Some(config) = self.configured.groups.iter().find(|group| group.name == name).map(Arc::clone)
        else {
            return self.answer(id, Err(Fault::BadName(name.to_owned())));
        };
        self.activate(&config);
        self.answer(id, Ok(Reply::Done));
        let members = self.groups.get(name).map(|group| group.members.clone()).unwrap_or_default();
        for process in members {
            self.autostart(process, now);
        }
    }

    fn remove_group(&mut self, id: CallId, name: String) {
        let Some(group) = self.groups.get(&name) else {
            return self.answer(id, Err(Fault::BadName(name)));
        };
        if group.members.iter().any(|process| !self.phase(*process).state().is_stopped()) {
            return self.answer(id, Err(Fault::StillRunning(name)));
        }
        self.deactivate(&name);
        self.answer(id, Ok(Reply::Done));
    }

    fn reread(&mut self, id: CallId, config: Arc<Config>) {
        let groups = self.groups.by_addition();
        let active: Vec<_> = groups.iter().map(|group| &*group.config).collect();
        let changes = diff(&active, &config);
        self.configured = config;
        self.mark_changed();
        self.answer(id, Ok(Reply::Changes(changes)));
    }
}

//! Keeps the rows of the published snapshot: after a turn only the rows of changed processes are made anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provost_config::model::Config;

use crate::rows::Rows;
use crate::status::{GroupStatus, Mood, ProcessId, ProcessStatus, Snapshot};
use crate::supervisor::Entry;

/// The rows as last published, and what changed since.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    identifier: Arc<str>,
    rows: Rows,
    groups: Arc<[GroupStatus]>,
    /// Where in `rows` a process stands.
    position: BTreeMap<ProcessId, usize>,
    touched: BTreeSet<ProcessId>,
    regrouped: bool,
    changed: bool,
}

impl Board {
    pub(crate) fn new(identifier: Arc<str>) -> Self {
        Self {
            identifier,
            rows: Rows::default(),
            groups: Arc::default(),
            position: BTreeMap::new(),
            touched: BTreeSet::new(),
            regrouped: true,
            changed: true,
        }
    }

    /// A process changed.
    pub(crate) fn touched(&mut self, process: ProcessId) {
        self.touched.insert(process);
    }

    /// Groups came or went.
    pub(crate) fn regrouped(&mut self) {
        self.regrouped = true;
    }

    /// Something besides processes and groups changed.
    pub(crate) fn changed(&mut self) {
        self.changed = true;
    }

    /// The snapshot, if it differs from the last one.
    pub(crate) fn publish(
        &mut self,
        mood: Mood,
        configured: &Arc<Config>,
        groups: impl FnOnce() -> Arc<[GroupStatus]>,
        processes: &BTreeMap<ProcessId, Box<Entry>>,
    ) -> Option<Snapshot> {
        if self.regrouped {
            self.sort_rows(processes);
            self.groups = groups();
        } else {
            self.renew_rows(processes);
        }
        self.touched.clear();
        let differs = std::mem::take(&mut self.regrouped) | std::mem::take(&mut self.changed);
        differs.then(|| Snapshot {
            mood,
            identifier: Arc::clone(&self.identifier),
            processes: self.rows.clone(),
            groups: Arc::clone(&self.groups),
            configured: Arc::clone(configured),
        })
    }

    /// Replaces the rows of touched processes, where something shows.
    fn renew_rows(&mut self, processes: &BTreeMap<ProcessId, Box<Entry>>) {
        for process in &self.touched {
            let (Some(entry), Some(at)) = (processes.get(process), self.position.get(process)) else {
                continue;
            };
            let row = row(*process, entry);
            if *self.rows[*at] != row {
                self.rows.replace(*at, Arc::new(row));
                self.changed = true;
            }
        }
    }

    /// Groups came or went: sorts all rows again, of which only those of touched and new processes are made anew.
    fn sort_rows(&mut self, processes: &BTreeMap<ProcessId, Box<Entry>>) {
        let old = std::mem::take(&mut self.rows);
        let shown = |id| match self.position.get(id) {
            Some(at) if !self.touched.contains(id) => Some(Arc::clone(&old[*at])),
            _ => None,
        };
        let mut rows: Vec<_> = processes
            .iter()
            .map(|(id, entry)| shown(id).unwrap_or_else(|| Arc::new(row(*id, entry))))
            .collect();
        rows.sort_by(|a, b| (&a.group, &a.recipe.name).cmp(&(&b.group, &b.recipe.name)));
        self.rows = rows.into_iter().collect();
        self.position = self.rows.iter().enumerate().map(|(index, row)| (row.id, index)).collect();
    }
}

fn row(id: ProcessId, entry: &Entry) -> ProcessStatus {
    let process = &entry.process;
    ProcessStatus {
        id,
        group: Arc::clone(&entry.name.group),
        recipe: Arc::clone(&entry.recipe),
        state: process.phase.state(),
        pid: process.phase.reported_pid(),
        started: process.last_start.map(|start| start.wall),
        stopped: process.last_stop,
        spawn_error: Arc::clone(&process.spawn_error),
        exit_status: process.exit_status.map(|status| status.code()),
        last_exit: process.last_exit,
        spawns: process.spawns,
        last_failure: process.last_failure.clone(),
        attempt: process.attempt(&entry.recipe),
        next_start: process.next_start(),
        stdout_logfile: entry.stdout_logfile.clone(),
        stderr_logfile: entry.stderr_logfile.clone(),
    }
}

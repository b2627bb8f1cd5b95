//! How the daemon ends, or starts over: its groups stop one after another.
//!
//! The last group in (priority, addition) order comes first. The next one's turn comes when no process of the
//! present one is left unstopped. Groups that have nothing to stop cost nothing. No error and no process can keep
//! this from ending: what ignores the stop signal is killed, and what survives that is given up as lost.

use std::sync::Arc;

use provost_config::model::Config;

use crate::notice::Notice;
use crate::process::Event;
use crate::status::{Mood, ProcessId};
use crate::supervisor::{Effect, Supervisor};
use crate::time::{Mono, Now};

/// Seconds between two lines about what the shutdown waits for (the reference's).
const REPORT_SECS: i64 = 3;

/// How the daemon ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// For good.
    Exit,
    /// To start over with the configuration that came with the request.
    Restart,
}

/// A shutdown (or restart) under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shutdown {
    /// The number of the group whose turn it is.
    turn: u32,
    /// When to say again what is waited for.
    pub(crate) report_at: Mono,
}

impl Supervisor {
    /// Ends the daemon, also if it was about to start over.
    pub(crate) fn begin_exit(&mut self) {
        self.change_mood(Mood::Shutdown);
    }

    /// Starts the daemon over, unless it is ending.
    pub(crate) fn begin_restart(&mut self, config: Arc<Config>) {
        if self.mood != Mood::Shutdown {
            self.next_config = Some(config);
            self.change_mood(Mood::Restarting);
        }
    }

    fn change_mood(&mut self, mood: Mood) {
        if self.mood == Mood::Running {
            self.notify(Notice::SupervisorStopping);
        }
        self.mood = mood;
        self.mark_changed();
        self.rebuild_timers();
    }

    /// Goes on with a shutdown as far as it can go now; called after every input.
    pub(crate) fn advance_shutdown(&mut self, now: Now) {
        let ending = match self.mood {
            Mood::Running => return,
            Mood::Restarting => Ending::Restart,
            Mood::Shutdown => Ending::Exit,
        };
        loop {
            let Some((number, members)) = self.last_unstopped_group() else {
                self.shutdown = None;
                return self.push(Effect::End(ending));
            };
            match self.shutdown {
                Some(Shutdown { turn, .. }) if turn == number => break,
                _ => self.tell_group(number, members, now),
            }
        }
        if self.shutdown.is_some_and(|shutdown| shutdown.report_at <= now.mono) {
            self.report_shutdown(now);
        }
    }

    fn last_unstopped_group(&self) -> Option<(u32, Vec<ProcessId>)> {
        let unstopped = |id: &ProcessId| !self.processes[id].process.phase.state().is_stopped();
        self.groups
            .iter()
            .rev()
            .find(|group| group.members.iter().any(unstopped))
            .map(|group| (group.number, group.by_priority()))
    }

    /// It is the group's turn: all its processes are told at once, highest priority number first.
    fn tell_group(&mut self, number: u32, mut members: Vec<ProcessId>, now: Now) {
        // What is due at once is the first report; later turns keep the rhythm.
        let report_at = self.shutdown.map_or(now.mono, |shutdown| shutdown.report_at);
        self.shutdown = Some(Shutdown { turn: number, report_at });
        members.reverse();
        for process in members {
            self.apply(process, Event::Shutdown, now);
        }
    }

    fn report_shutdown(&mut self, now: Now) {
        let ids = self.groups.iter().flat_map(|group| group.members.iter());
        let unstopped =
            ids.map(|id| &self.processes[id]).filter(|entry| !entry.process.phase.state().is_stopped());
        let processes = unstopped.map(|entry| Arc::clone(&entry.name.name)).collect();
        self.notify(Notice::WaitingToDie { processes });
        if let Some(shutdown) = &mut self.shutdown {
            shutdown.report_at = now.mono.after_secs(REPORT_SECS);
        }
    }
}

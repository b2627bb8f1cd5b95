//! How the daemon ends, or starts over: its groups stop one after another.
//!
//! The last group in (priority, addition) order comes first. The next one's turn comes when no process of the
//! present one is left unstopped. Groups that have nothing to stop cost nothing. No error and no process can keep
//! this from ending: what ignores the stop signal is killed, and what survives that is given up as lost.
//!
//! Listeners stop last (their priority is −1 unless configured), and a pool whose turn it is may first hear of the
//! ends of all others: it is not stopped before it took its events, for up to [`LISTENER_GRACE`].

use std::sync::Arc;
use std::time::Duration;

use provost_config::model::Config;

use crate::group::ActiveGroup;
use crate::notice::Notice;
use crate::process::Event;
use crate::status::{Mood, ProcessId};
use crate::supervisor::{Effect, Supervisor};
use crate::time::{Mono, Now};

/// Seconds between two lines about what the shutdown waits for (the reference's).
const REPORT_SECS: i64 = 3;

/// How long a pool may take for its last events before it is stopped. The reference gives it about this long, because
/// it looks at its groups once a second.
const LISTENER_GRACE: Duration = Duration::from_secs(1);

/// How the daemon ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// For good.
    Exit,
    /// To start over with the configuration that came with the request.
    Restart,
}

/// A shutdown (or restart) under way. No process is started any more, so what has stopped stays stopped.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown {
    /// Groups whose turn has not come: so many from the front of the order.
    turns_left: usize,
    /// Processes of the group whose turn it is, without those at the end that have stopped.
    told: Vec<ProcessId>,
    /// Until when the pool whose turn comes next may take its last events.
    hold_until: Option<Mono>,
    /// When to say again what is waited for.
    report_at: Mono,
    /// What was announced when nothing was left to wait for.
    ended: Option<Ending>,
}

impl Shutdown {
    /// When there is something to report.
    pub(crate) fn deadline(&self) -> Option<Mono> {
        let hold = self.hold_until.unwrap_or(self.report_at);
        self.ended.is_none().then_some(self.report_at.min(hold))
    }
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
        // The first report is due at once; later turns keep the rhythm.
        let mut shutdown = self.shutdown.take().unwrap_or_else(|| Shutdown {
            turns_left: self.groups.iter().len(),
            told: Vec::new(),
            hold_until: None,
            report_at: now.mono,
            ended: None,
        });
        while shutdown.ended.is_none() && self.is_turn_over(&mut shutdown) {
            let Some(turn) = shutdown.turns_left.checked_sub(1) else { break };
            if self.is_held(turn, &mut shutdown, now) {
                break;
            }
            shutdown.turns_left = turn;
            shutdown.told = self.tell_group(turn, now);
        }
        if !shutdown.told.is_empty() || shutdown.hold_until.is_some() {
            if shutdown.report_at <= now.mono {
                self.report_shutdown();
                shutdown.report_at = now.mono.after_secs(REPORT_SECS);
            }
        } else if shutdown.ended != Some(ending) {
            shutdown.ended = Some(ending);
            self.push(Effect::End(ending));
        }
        self.shutdown = Some(shutdown);
    }

    /// Whether no process of the group whose turn it is is left unstopped. Each is looked at once after it stopped.
    fn is_turn_over(&self, shutdown: &mut Shutdown) -> bool {
        while shutdown.told.last().is_some_and(|process| self.is_stopped(*process)) {
            shutdown.told.pop();
        }
        shutdown.told.is_empty()
    }

    /// Whether the group whose turn comes next is a pool that is still taking its last events.
    fn is_held(&self, turn: usize, shutdown: &mut Shutdown, now: Now) -> bool {
        let engaged =
            self.groups.iter().nth(turn).is_some_and(|group| self.pools.is_engaged(&group.config.name));
        let until = *shutdown.hold_until.get_or_insert(now.mono.after(LISTENER_GRACE));
        let held = engaged && now.mono < until;
        if !held {
            shutdown.hold_until = None;
        }
        held
    }

    fn is_stopped(&self, process: ProcessId) -> bool {
        self.processes[&process].process.phase.state().is_stopped()
    }

    /// It is the group's turn: all its processes are told at once, highest priority number first, if any of them
    /// has something to stop.
    fn tell_group(&mut self, turn: usize, now: Now) -> Vec<ProcessId> {
        let mut members = self.groups.iter().nth(turn).map(ActiveGroup::by_priority).unwrap_or_default();
        members.reverse();
        if members.iter().any(|process| !self.is_stopped(*process)) {
            for process in &members {
                self.apply(*process, Event::Shutdown, now);
            }
        }
        members
    }

    /// Says what is left, in start order.
    fn report_shutdown(&mut self) {
        let ids = self.groups.iter().flat_map(|group| group.members.iter().copied());
        let unstopped: Vec<_> = ids
            .filter(|id| !self.is_stopped(*id))
            .map(|id| (self.processes[&id].name.clone(), self.processes[&id].process.phase.state()))
            .collect();
        let processes = unstopped.iter().map(|(name, _)| Arc::clone(&name.name)).collect();
        self.notify(Notice::WaitingToDie { processes });
        for (process, state) in unstopped {
            self.notify(Notice::Unstopped { process, state });
        }
    }
}

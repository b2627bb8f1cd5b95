//! How the daemon ends, or starts over: its groups stop in turns.
//!
//! Which groups stop together is the configuration's choice ([`ShutdownMode`]): those of one priority, each for itself
//! as in the reference, or all. Whatever it is, the last in (priority, addition) order come first, and the next turn
//! comes when no process of the present one is left unstopped. Groups that have nothing to stop cost nothing. No error
//! and no process can keep this from ending: what ignores the stop signal is killed, and what survives that is given
//! up as lost.
//!
//! Listeners stop last (their priority is −1 unless configured), and after programs that stop in the same turn. A pool
//! whose turn it is may first hear of the ends of all others: it is not stopped before it took its events, for up to
//! [`LISTENER_GRACE`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use provost_config::model::{Config, ShutdownMode};

use crate::group::ActiveGroup;
use crate::notice::Notice;
use crate::process::Event;
use crate::status::{Mood, ProcessId};
use crate::supervisor::{Effect, Supervisor, is_listener};
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
    /// Turns that have not come, the next one at the end: groups by their place in the order.
    turns: Vec<Vec<usize>>,
    /// Processes of the groups whose turn it is, without those at the end that have stopped.
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
            turns: turns(self.configured.supervisord.shutdown_mode, self.groups.iter()),
            told: Vec::new(),
            hold_until: None,
            report_at: now.mono,
            ended: None,
        });
        while shutdown.ended.is_none() && self.is_turn_over(&mut shutdown) {
            if shutdown.turns.is_empty() || self.is_held(&mut shutdown, now) {
                break;
            }
            let turn = shutdown.turns.pop().unwrap_or_default();
            shutdown.told = turn.into_iter().rev().flat_map(|group| self.tell_group(group, now)).collect();
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

    /// Whether no process of the groups whose turn it is is left unstopped. Each is looked at once after it stopped.
    fn is_turn_over(&self, shutdown: &mut Shutdown) -> bool {
        while shutdown.told.last().is_some_and(|process| self.is_stopped(*process)) {
            shutdown.told.pop();
        }
        shutdown.told.is_empty()
    }

    /// Whether a group whose turn comes next is a pool that is still taking its last events.
    fn is_held(&self, shutdown: &mut Shutdown, now: Now) -> bool {
        let turn = shutdown.turns.last().into_iter().flatten();
        let mut groups = turn.filter_map(|group| self.groups.iter().nth(*group));
        let engaged = groups.any(|group| self.pools.is_engaged(&group.name));
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
    fn tell_group(&mut self, group: usize, now: Now) -> Vec<ProcessId> {
        let mut members = self.groups.iter().nth(group).map(ActiveGroup::by_priority).unwrap_or_default();
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

/// The turns of a shutdown, the first one at the end, each as places in the order of the groups.
fn turns<'a>(mode: ShutdownMode, groups: impl Iterator<Item = &'a ActiveGroup>) -> Vec<Vec<usize>> {
    // Who has the same key stops together; programs come before the listeners that may want to hear of it.
    let key = |place: usize, group: &ActiveGroup| match mode {
        ShutdownMode::Serial => (0, false, place),
        ShutdownMode::Priority => (group.config.priority, !is_listener(&group.config), 0),
        ShutdownMode::Parallel => (0, !is_listener(&group.config), 0),
    };
    let mut turns = BTreeMap::<_, Vec<usize>>::new();
    for (place, group) in groups.enumerate() {
        turns.entry(key(place, group)).or_default().push(place);
    }
    turns.into_values().collect()
}

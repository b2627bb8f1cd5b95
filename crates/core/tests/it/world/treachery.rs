//! A world that betrays the core: answers come late, out of order, twice or never, starts fail in every way there is,
//! pids are used again at once, the clock leaps, and the daemon is killed between any two effects.
//!
//! What may be betrayed is what the planes do not promise. The contract that is left: of each child the core hears
//! [`Input::Spawned`] first and [`Input::Reaped`] once and last, every [`Effect::Spawn`] and every call is answered by
//! the shell, and the wall clock may do what it likes while the monotonic one never goes back.

use std::collections::{BTreeSet, VecDeque};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use provost_config::model::Config;
use provost_core::call::Call;
use provost_core::failure::{Cause, SystemError};
use provost_core::shutdown::Ending;
use provost_core::status::{ExitStatus, Pid};
use provost_core::supervisor::{DaemonSignal, Effect, Input, Origin, Supervisor};

use super::ledger::Ledger;
use super::model::ALL_ROWS;
use super::{Coming, World};

/// What a treacherous world has besides.
#[derive(Debug)]
pub(crate) struct Treachery {
    pub(super) ledger: Ledger,
    /// Children of daemons that were killed, or gave them up.
    survivors: BTreeSet<Pid>,
    /// How many effects are left until the daemon is killed.
    crash_in: Option<u64>,
    pub(crate) tally: Tally,
}

/// How much happened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) crashes: u64,
    pub(crate) restarts: u64,
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    pub(crate) changes: u64,
    /// Which rows of the table were needed, a bit each.
    rows: u64,
}

impl Tally {
    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            crashes: self.crashes + other.crashes,
            restarts: self.restarts + other.restarts,
            lost: self.lost + other.lost,
            doubled: self.doubled + other.doubled,
            changes: self.changes + other.changes,
            rows: self.rows | other.rows,
        }
    }

    /// Rows of the table, from 0, that nothing needed.
    pub(crate) fn idle_rows(&self) -> Vec<u32> {
        (0..u64::BITS).filter(|row| (ALL_ROWS & !self.rows) >> row & 1 == 1).collect()
    }
}

/// Pids are few, so that they are used again at once.
const PIDS: i32 = 16;

impl Treachery {
    /// The ledger of a life is closed.
    fn count_ledger(&mut self) {
        self.tally.changes += mem::take(&mut self.ledger.changes);
        self.tally.rows |= self.ledger.rows;
    }
}

impl World {
    /// A stormy world that betrays the core as well; everything comes from the seed.
    pub(crate) fn treacherous(config: Config, seed: u64) -> Self {
        let mut world = Self::unbooted(config, seed);
        world.treachery = Some(Treachery {
            ledger: Ledger::new(),
            survivors: BTreeSet::new(),
            crash_in: None,
            tally: Tally::default(),
        });
        world.input(Input::Booted);
        world
    }

    /// One more moment of it.
    pub(crate) fn stir(&mut self) {
        match self.dice.below(14) {
            0 => self.pass(Duration::ZERO),
            1..=3 => self.pass(Duration::from_millis(self.dice.clone().below(1500))),
            4 => self.pass(Duration::from_secs(self.dice.clone().below(100))),
            // The machine slept: everything is due at once.
            5 => self.now = self.now.after(Duration::from_secs(self.dice.below(24 * 3600))),
            6 if self.dice.one_in(2) => self.arm(),
            7 if self.dice.one_in(4) => self.input(Input::Signaled(DaemonSignal::Restart)),
            8 if self.dice.one_in(8) => {
                let config = Arc::clone(&self.config);
                self.call(Call::Restart(config));
            }
            9 if self.dice.one_in(12) => self.input(Input::Signaled(DaemonSignal::Exit(15))),
            10 => self.input(Input::Elapsed),
            _ => self.meddle(),
        }
        if self.ended == Some(Ending::Restart) {
            self.start_over();
        }
    }

    /// Kills the daemon soon.
    fn arm(&mut self) {
        let effects = self.dice.below(40);
        self.treachery().crash_in = Some(effects);
    }

    /// Nothing kills the daemon any more.
    pub(crate) fn disarm(&mut self) {
        self.treachery().crash_in = None;
    }

    fn treachery(&mut self) -> &mut Treachery {
        self.treachery.as_mut().expect("only a treacherous world does this")
    }

    /// Whether the daemon is killed before this effect. Whoever reads over its shoulder has seen the effect.
    pub(super) fn is_killed_before(&mut self, effect: &Effect) -> bool {
        let Some(treachery) = &mut self.treachery else { return false };
        treachery.ledger.saw(effect);
        let Some(left) = &mut treachery.crash_in else { return false };
        match left.checked_sub(1) {
            Some(fewer) => *left = fewer,
            None => {
                treachery.crash_in = None;
                return true;
            }
        }
        false
    }

    /// The daemon is gone; what it knew to the last was the truth. Another one starts, and knows nothing.
    pub(super) fn crash(&mut self) {
        while let Some(effect) = self.core.poll_effect() {
            self.treachery().ledger.saw(&effect);
        }
        self.treachery().tally.crashes += 1;
        self.compare_with_reality();
        self.begin_a_life(0);
    }

    /// The daemon ended in order to start over; the planes of its last life are gone.
    fn start_over(&mut self) {
        self.assert_answered();
        self.treachery().tally.restarts += 1;
        let next = self.core.take_next_config().expect("who starts over has something to start with");
        assert!(!next.groups.is_empty(), "an empty configuration was never given");
        self.begin_a_life(self.core.next_serial());
    }

    fn begin_a_life(&mut self, next_serial: u64) {
        let children = mem::take(&mut self.children);
        let seed = self.dice.below(1000);
        let treachery = self.treachery();
        treachery.survivors.extend(children.into_keys());
        treachery.count_ledger();
        treachery.ledger = Ledger::new();
        self.core = Supervisor::new(Arc::clone(&self.config), Origin { seed, next_serial });
        self.coming.retain(|_, coming| matches!(coming, Coming::Death(..)));
        self.registered.clear();
        self.asked.clear();
        self.ended = None;
        self.snapshot = None;
        self.input(Input::Booted);
    }

    /// What the ledger and the core agree about is what there is in the world.
    fn compare_with_reality(&mut self) {
        let treachery = self.treachery.as_ref().expect("only a treacherous world does this");
        treachery.ledger.compare(&self.core);
        let known: BTreeSet<_> = treachery.ledger.children().collect();
        let announced = self.children.iter().filter(|entry| entry.1.announced);
        let real: BTreeSet<_> = announced.map(|(pid, child)| (*pid, child.process)).collect();
        assert_eq!(known, real, "the children that the daemon knows are not those that live");
    }

    /// Everybody was answered, but those whose answer from the shell was on its way when the daemon ended.
    pub(crate) fn assert_answered(&self) {
        let on_the_way: BTreeSet<_> = self.coming.values().filter_map(Coming::call).collect();
        let unanswered: Vec<_> = self.asked.difference(&on_the_way).collect();
        assert!(unanswered.is_empty(), "{unanswered:?} were never answered");
    }

    /// Those that live can only be such as SIGKILL does not end.
    pub(crate) fn assert_only_the_unkillable_live(&self) {
        let left: Vec<_> = self.children.iter().filter(|entry| !entry.1.unkillable).collect();
        assert!(left.is_empty(), "they outlived the shutdown: {left:?}");
    }

    pub(crate) fn tally(&mut self) -> Tally {
        self.treachery().count_ledger();
        self.treachery().tally
    }

    /// An answer of a plane sets out, to arrive after `wait`: once, late, twice or never.
    pub(super) fn mail(&mut self, wait: Duration, answer: Input) {
        if self.treachery.is_none() {
            return self.later(wait, Coming::Told(answer));
        }
        match self.dice.below(8) {
            0 => self.treachery().tally.lost += 1,
            1 => {
                self.double(&answer);
                self.later(wait, Coming::Told(answer));
            }
            2 => self.arrive_late(answer),
            _ => self.later(wait, Coming::Told(answer)),
        }
    }

    /// An answer of the shell, which comes at once where nobody betrays anybody.
    pub(super) fn answer(&mut self, answer: Input, inbox: &mut VecDeque<Input>) {
        if self.treachery.is_none() {
            return inbox.push_back(answer);
        }
        match answer {
            // Nobody promises more than that these come at all.
            Input::Spawned { .. } | Input::SpawnFailed { .. } => match self.dice.one_in(4) {
                true => self.arrive_late(answer),
                false => inbox.push_back(answer),
            },
            Input::Probed { .. } | Input::Written { .. } | Input::SignalSent { call: Some(_), .. } => {
                match self.dice.below(6) {
                    0 => self.arrive_late(answer),
                    1 => {
                        self.double(&answer);
                        inbox.push_back(answer);
                    }
                    _ => inbox.push_back(answer),
                }
            }
            _ if self.dice.one_in(2) => inbox.push_back(answer),
            _ => self.mail(Duration::ZERO, answer),
        }
    }

    fn double(&mut self, answer: &Input) {
        self.treachery().tally.doubled += 1;
        self.arrive_late(answer.clone());
    }

    fn arrive_late(&mut self, answer: Input) {
        let wait = match self.dice.one_in(3) {
            true => Duration::from_millis(self.dice.below(5000)),
            false => Duration::from_micros(self.dice.below(5000)),
        };
        self.later(wait, Coming::Told(answer));
    }

    /// A pid that is free, probably one that was used not long ago.
    pub(super) fn free_pid(&mut self) -> Option<Pid> {
        let survivors = &self.treachery.as_ref()?.survivors;
        let mut pids: Vec<_> = (100..100 + PIDS).map(Pid).collect();
        pids.retain(|pid| !self.children.contains_key(pid) && !survivors.contains(pid));
        (!pids.is_empty()).then(|| *self.dice.pick(&pids))
    }

    /// A child dies. Its last words, if it had any, may come too late or never.
    pub(super) fn die_treacherously(&mut self, pid: Pid, status: ExitStatus) {
        if self.treachery().survivors.remove(&pid) {
            // It is somebody else's by now, unless the daemon is process 1.
            if self.dice.one_in(2) {
                self.input(Input::Reaped { pid, status });
            }
            return;
        }
        match self.children.get(&pid) {
            None => return,
            Some(child) if !child.announced => {
                return self.later(Duration::from_millis(1), Coming::Death(pid, status));
            }
            Some(_) => {}
        }
        if status == NOT_EXECUTED {
            let cause = self.last_words();
            match self.dice.below(3) {
                0 => {}
                1 => self.arrive_late(Input::NotExecuted { pid, cause }),
                _ => self.input(Input::NotExecuted { pid, cause }),
            }
        }
        // The daemon may have been killed by what it did then.
        if self.children.contains_key(&pid) {
            self.input(Input::Reaped { pid, status });
            self.input(Input::Signaled(DaemonSignal::Child));
        }
    }

    /// Of so many children, one is not ended by SIGKILL, or not at once.
    pub(super) fn odds_of_the_unkillable(&self) -> u64 {
        if self.treachery.is_some() { 8 } else { 100 }
    }

    /// How long a child may be asleep although it got SIGKILL.
    pub(super) fn sleep_of_the_unkillable(&mut self) -> Duration {
        match self.treachery.is_some() && self.dice.one_in(2) {
            true => Duration::from_secs(self.dice.below(30)),
            false => Duration::from_secs(365 * 24 * 3600),
        }
    }

    /// Why a child did not become its program.
    fn last_words(&mut self) -> Cause {
        match self.dice.below(4) {
            0 => Cause::Execute { path: "/bin/true".into(), error: self.system_error() },
            1 => Cause::Enter { directory: "/gone".into(), error: self.system_error() },
            2 => Cause::Become { user: "nobody".into(), reason: "no such user".into() },
            _ => Cause::Descriptors(self.system_error()),
        }
    }

    /// Why the logs of a program cannot be opened.
    pub(super) fn log_trouble(&mut self) -> Cause {
        Cause::Log { path: "/var/log/p.log".into(), error: self.system_error() }
    }

    fn system_error(&mut self) -> SystemError {
        let (number, symbol, text) = *self.dice.pick(&[
            (24, "EMFILE", "Too many open files"),
            (28, "ENOSPC", "No space left on device"),
            (13, "EACCES", "Permission denied"),
        ]);
        SystemError { number, symbol, text: text.into() }
    }
}

/// How a child ends that could not become its program.
pub(super) const NOT_EXECUTED: ExitStatus = ExitStatus::Exited(127);

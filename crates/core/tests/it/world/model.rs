//! The reference's state machine as a table, and whether a change that the core announces is in it.
//!
//! The model knows public states and what anybody could have seen of a process; of the core's phases it knows
//! nothing. A change is right if the table has a row for it whose cause is there at that moment.

use std::sync::Arc;
use std::time::Duration;

use provost_config::model::{AutoRestart, KillMode, Process as Recipe};
use provost_core::call::{Call, Target};
use provost_core::notice::{ProcessName, StateDetail};
use provost_core::process::{DRAIN_GRACE, KILLS_BEFORE_LOST};
use provost_core::status::{ExitStatus, Pid, ProcessId, State};
use provost_core::supervisor::Input;
use provost_core::time::{Mono, Now};

/// What leads from one state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Because {
    /// The daemon's or the group's beginning, or a request.
    Asked,
    /// The same, of a process whose section was refused.
    Refused,
    /// The pause after a failure is over, and attempts are left.
    Retried,
    /// It ended, and `autorestart` wants it back.
    Wanted,
    /// There is no child.
    NotMade,
    /// The child died before `startsecs`.
    Quick,
    /// The child has lived for `startsecs`.
    Proved,
    /// The child died after `startsecs`, before anybody looked.
    Late,
    /// The child died.
    Died,
    /// No attempts are left.
    Exhausted,
    /// A request to stop it.
    Told,
    /// The daemon stops.
    Ending,
    /// A start was called off before there was a child.
    CalledOff,
    /// SIGKILL does not end it, and the daemon stops.
    Unkillable,
}

use Because as B;
use State as S;

/// What the reference does.
const REFERENCE: [(State, Because, State); 18] = [
    (S::Stopped, B::Asked, S::Starting),
    (S::Exited, B::Asked, S::Starting),
    (S::Fatal, B::Asked, S::Starting),
    (S::Exited, B::Wanted, S::Starting),
    (S::Backoff, B::Retried, S::Starting),
    (S::Starting, B::NotMade, S::Backoff),
    (S::Starting, B::Quick, S::Backoff),
    (S::Starting, B::Proved, S::Running),
    (S::Starting, B::Late, S::Running),
    (S::Starting, B::Told, S::Stopping),
    (S::Starting, B::Ending, S::Stopping),
    (S::Running, B::Told, S::Stopping),
    (S::Running, B::Ending, S::Stopping),
    (S::Running, B::Died, S::Exited),
    (S::Backoff, B::Exhausted, S::Fatal),
    (S::Backoff, B::Ending, S::Fatal),
    (S::Backoff, B::Told, S::Stopped),
    (S::Stopping, B::Died, S::Stopped),
];

/// What it does not do, and Provost does on purpose: it has starts without a child, restarts that wait, refused
/// sections, and children that nobody waits for.
const OURS: [(State, Because, State); 6] = [
    (S::Stopping, B::NotMade, S::Stopped),
    (S::Stopping, B::CalledOff, S::Stopped),
    (S::Exited, B::Told, S::Stopped),
    (S::Stopped, B::Refused, S::Fatal),
    (S::Stopping, B::Unkillable, S::Unknown),
    (S::Unknown, B::Died, S::Stopped),
];

/// A bit for each row of both.
pub(super) const ALL_ROWS: u64 = (1 << (REFERENCE.len() + OURS.len())) - 1;

/// The moment in which something is announced.
#[derive(Debug)]
pub(super) struct Moment {
    pub(super) now: Now,
    /// What the core has just been told.
    pub(super) hand: Input,
    /// Whether the daemon supervises, and does not stop.
    pub(super) may_start: bool,
}

/// A child that is dead, and whose end has not been announced.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dead {
    pub(super) pid: Pid,
    pub(super) status: ExitStatus,
    /// Before it had lived for `startsecs`.
    quick: bool,
    /// Since when its last output is being stored.
    draining: Option<Mono>,
}

/// What there is to know about a process.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) name: ProcessName,
    recipe: Arc<Recipe>,
    pub(super) state: State,
    /// When it got there.
    since: Mono,
    /// Failed starts in a row.
    pub(super) failures: u32,
    /// Number of the present or last start, and when it began.
    pub(super) launch: u32,
    pub(super) started: Option<Now>,
    /// Its logs are being opened.
    pub(super) preparing: bool,
    /// A child is being made.
    pub(super) making: bool,
    /// The living child, and since when the daemon knows it.
    pub(super) child: Option<(Pid, Mono)>,
    pub(super) dead: Option<Dead>,
    /// How the last child ended by itself.
    ended: Option<ExitStatus>,
    /// Somebody asked for a stop, and nobody for a start since.
    told: bool,
    /// What its dead child left behind is not waited for any longer.
    pub(super) left: bool,
    /// SIGKILLs for the present child.
    pub(super) kills: u32,
    /// A signal that is to stop the present child arrived, or was refused.
    pub(super) struck: bool,
    pub(super) refused: bool,
}

impl Record {
    pub(super) fn new(name: ProcessName, recipe: Arc<Recipe>) -> Self {
        Self {
            name,
            recipe,
            state: State::Stopped,
            since: Mono(0),
            failures: 0,
            launch: 0,
            started: None,
            preparing: false,
            making: false,
            child: None,
            dead: None,
            ended: None,
            told: false,
            left: false,
            kills: 0,
            struck: false,
            refused: false,
        }
    }

    pub(super) fn spawned(&mut self, pid: Pid, now: Mono) {
        self.making = false;
        self.child = Some((pid, now));
        (self.kills, self.struck, self.refused, self.left) = (0, false, false, false);
    }

    pub(super) fn reaped(&mut self, status: ExitStatus, now: Mono) {
        let Some((pid, born)) = self.child.take() else { return };
        let quick = self.state == State::Starting && now < born.after_secs(self.recipe.startsecs);
        self.dead = Some(Dead { pid, status, quick, draining: None });
    }

    /// Its dead child's last output is to be stored, which is right when nothing of that child is left.
    pub(super) fn drains(&mut self, id: ProcessId, moment: &Moment) {
        let alone = matches!(self.recipe.kill_mode, None | Some(KillMode::Process));
        let cleared = matches!(moment.hand, Input::Cleared { process, launch } if (process, launch) == (id, self.launch));
        assert!(alone || cleared || self.left, "there may be something left of it: {self:?}");
        let dead = self.dead.as_mut().expect("only the output of the dead is stored");
        dead.draining = Some(moment.now.mono);
    }

    /// A client asks for a stop, perhaps of this.
    pub(super) fn stop_asked(&mut self, hand: &Input) {
        self.told |= self.is_told(hand);
    }

    /// The child of which a signal, a death or an event may speak.
    pub(super) fn pid(&self) -> Option<Pid> {
        self.child.map(|child| child.0).or(self.dead.map(|dead| dead.pid))
    }

    /// The core announces a change: is there a row for it, and does it tell the truth? The number of the row.
    pub(super) fn announced(
        &mut self,
        (from, to): (State, State),
        detail: StateDetail,
        (id, moment): (ProcessId, &Moment),
    ) -> usize {
        assert_eq!(from, self.state, "{}: a gap before {to:?}", self.name.name);
        let allows =
            |row: &(State, Because, State)| (row.0, row.2) == (from, to) && self.is(row.1, id, moment);
        let row = REFERENCE.iter().chain(&OURS).position(allows);
        let row = row.unwrap_or_else(|| panic!("{from:?} to {to:?}, without a cause: {self:?}, {moment:?}"));
        self.enter(to, moment.now.mono);
        self.compare_detail(detail);
        if to.is_stopped() || to == State::Backoff {
            self.dead = None;
        }
        row
    }

    fn enter(&mut self, to: State, now: Mono) {
        match to {
            State::Backoff => self.failures += 1,
            State::Starting => self.told = false,
            State::Stopping | State::Unknown => {}
            State::Running | State::Stopped | State::Exited | State::Fatal => self.failures = 0,
        }
        if to == State::Exited {
            self.ended = self.dead.map(|dead| dead.status);
        }
        (self.state, self.since) = (to, now);
    }

    fn compare_detail(&self, detail: StateDetail) {
        let StateDetail { tries, pid, expected } = detail;
        let (name, state) = (&self.name.name, self.state);
        match state {
            State::Starting | State::Backoff => assert_eq!(tries, self.failures, "{name}: {state:?}"),
            State::Running | State::Stopping | State::Stopped | State::Exited => {
                assert_eq!(pid, self.pid().map_or(0, |pid| pid.0), "{name}: {state:?}");
            }
            State::Fatal | State::Unknown => {}
        }
        if state == State::Exited {
            assert_eq!(expected, self.was_expected(), "{name}: {state:?}");
        }
    }

    fn was_expected(&self) -> bool {
        self.ended.is_some_and(|status| self.recipe.exitcodes.contains(&status.code()))
    }

    fn is(&self, because: Because, id: ProcessId, moment: &Moment) -> bool {
        let Moment { now: Now { mono: now, .. }, may_start, .. } = *moment;
        match because {
            B::Asked => may_start && self.is_asked(id, &moment.hand) && self.recipe.broken.is_none(),
            B::Refused => may_start && self.is_asked(id, &moment.hand) && self.recipe.broken.is_some(),
            B::Retried => may_start && !self.told && !self.is_exhausted() && now >= self.retry_at(),
            B::Wanted => may_start && !self.told && self.is_wanted() && now >= self.floor(),
            B::NotMade => self.is_not_made(id, &moment.hand),
            B::Quick => self.buried(id, moment).is_some_and(|dead| dead.quick),
            B::Late => self.buried(id, moment).is_some_and(|dead| !dead.quick),
            B::Died => self.buried(id, moment).is_some(),
            B::Proved => self.child.is_some_and(|child| now >= child.1.after_secs(self.recipe.startsecs)),
            B::Exhausted => self.is_exhausted(),
            B::Told => self.is_told(&moment.hand),
            B::Ending => !may_start,
            B::CalledOff => !self.making && self.pid().is_none(),
            B::Unkillable => !may_start && self.child.is_some() && self.kills >= KILLS_BEFORE_LOST,
        }
    }

    /// The dead child, if its end may be told: its output is stored, or took too long, or nobody waits for either.
    fn buried(&self, id: ProcessId, moment: &Moment) -> Option<Dead> {
        let drained = matches!(moment.hand, Input::Drained { process, launch } if (process, launch) == (id, self.launch));
        let overdue = |since: Mono| moment.now.mono >= since.after(DRAIN_GRACE);
        let told =
            |dead: &Dead| drained || dead.draining.is_some_and(overdue) || self.state == State::Unknown;
        self.dead.filter(told)
    }

    fn is_asked(&self, id: ProcessId, hand: &Input) -> bool {
        let by_itself = self.recipe.autostart || self.recipe.broken.is_some();
        match hand {
            Input::Booted => by_itself,
            Input::Call { call: Call::AddGroup(group), .. } => by_itself && **group == *self.name.group,
            Input::Probed { process, result: Ok(()), .. } => *process == id,
            _ => false,
        }
    }

    fn is_told(&self, hand: &Input) -> bool {
        let Input::Call { call: Call::Stop { target, .. }, .. } = hand else { return false };
        match target {
            Target::All => true,
            Target::Group { group, .. } => **group == *self.name.group,
            Target::Process { group, process, .. } => {
                **group == *self.name.group && **process == *self.name.name
            }
        }
    }

    /// What the daemon just heard is that there will be no child.
    fn is_not_made(&self, id: ProcessId, hand: &Input) -> bool {
        match hand {
            Input::SpawnFailed { process, .. } => *process == id,
            Input::Prepared { process, launch, result: Err(_) } => {
                self.preparing && (*process, *launch) == (id, self.launch)
            }
            _ => false,
        }
    }

    fn is_exhausted(&self) -> bool {
        i64::from(self.failures) > self.recipe.startretries
    }

    fn retry_at(&self) -> Mono {
        self.since.after_secs(i64::from(self.failures))
    }

    fn is_wanted(&self) -> bool {
        match self.recipe.autorestart {
            AutoRestart::Always => true,
            AutoRestart::Unexpected => !self.was_expected(),
            AutoRestart::Never => false,
        }
    }

    /// A second after the last start: the pace of the reference, which looks at its processes that often.
    fn floor(&self) -> Mono {
        self.started.map_or(self.since, |started| started.mono.after(Duration::from_secs(1)))
    }
}

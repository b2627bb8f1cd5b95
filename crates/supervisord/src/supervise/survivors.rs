//! What belongs to a process beside its child (`kill_mode`): finds it, signals it, and tells when none is left.
//!
//! The daemon adopts orphans as soon as one program asks for this, so that it learns of the death of everybody who once
//! descended from it; each such death is a reason to look again. So nobody polls.
//!
//! Looking means a pass over `/proc`, which takes milliseconds on a machine with many processes, and may be held up by
//! one whose memory is in use. So it is done on threads beside the supervision plane: one for children that are about to
//! be signalled, one for what dead children left. Each serves with one pass all who wait for it. A look that hangs is not
//! waited for, and the core's deadlines end the waiting of its process.
//!
//! The child itself is signalled here, by its pid, which is its own until it has been reaped: with a look before, if one
//! can be had, and without if not. What cannot be looked at is not gone: nothing is over until a look found nobody.
//! A process group needs no look, the kernel knows whether somebody is in it.
//!
//! Only what the kernel keeps at hand is asked on the plane itself: the start of a child that was just made, the making of
//! a control group, and the names of those who are given up.
//!
//! A descendant that lost its parents is told from others' by its process group and session, by having been seen before,
//! by its control group, and by a variable ([`VARIABLE`]) that the child gave to whomever it made.

mod looks;
mod marks;
mod quarry;

use std::collections::{BTreeMap, BTreeSet};

use provost_config::model::{KillMode, Level, Process as Recipe};
use provost_core::status::{Pid, ProcessId};
use provost_core::supervisor::{Input, SignalError};
use provost_sys::cgroup::Cgroup;
use provost_sys::kin::{self, Being};
use provost_sys::signal;

pub(crate) use looks::Swept;
use looks::{Aim, Looker, Order};
use marks::Marks;
use quarry::Quarry;

use crate::ports::{LogPort, SupervisorPort};

/// The signal that nobody can refuse.
const SIGKILL: i32 = 9;

/// Tells a descendant of a child, whoever its parent is by now.
const VARIABLE: &str = "PROVOST_LAUNCH";

/// How the names of all control groups begin that daemons make; the daemon's pid and the number of the process follow.
const CGROUPS: &str = "provost.";

/// So many are named when they do not end.
const MOST_NAMED: usize = 8;

/// What belongs to the processes whose programs have a `kill_mode`.
pub(super) struct Survivors {
    /// One for each [`Goal`].
    lookers: [Looker; 2],
    next_look: u64,
    /// The last look could not be had, and the log says so.
    is_blind: bool,
    /// Tells the launches of this life from those of every other.
    life: String,
    /// Whether orphans come to the daemon because it asked for them.
    adopts: bool,
    /// Every child that has not been reaped, also of programs to which nothing else belongs.
    children: BTreeMap<Pid, ProcessId>,
    cgroups: BTreeMap<ProcessId, Cgroup>,
    hunts: BTreeMap<ProcessId, Hunt>,
}

/// What is done about one launch.
#[derive(Debug)]
struct Hunt {
    launch: u32,
    quarry: Quarry,
    /// What everybody gets who is found, once the child is dead; and who has got it.
    signal: Option<i32>,
    told: BTreeSet<Being>,
    look: Look,
}

/// The one look that is wanted or under way.
#[derive(Clone, Copy, Debug)]
enum Look {
    None,
    /// As soon as the thread for it is free.
    Wanted(Goal),
    /// With that number. What happened since may be new to it, so another one follows if `again`.
    Running {
        goal: Goal,
        serial: u64,
        again: bool,
    },
}

/// What a look is for.
#[derive(Clone, Copy, Debug)]
enum Goal {
    /// The child gets a signal, when it is known who belongs to it: many lose their parent when it ends.
    Strike(Blow),
    /// The child is dead; what belongs to it is to be gone, too.
    Sweep,
}

impl Goal {
    /// Which of the threads does it.
    fn lane(self) -> usize {
        match self {
            Self::Strike(_) => 0,
            Self::Sweep => 1,
        }
    }
}

/// A signal for a child.
#[derive(Clone, Copy, Debug)]
pub(super) struct Blow {
    /// The child, which has not been reaped.
    pub(super) pid: Pid,
    /// Which signal.
    pub(super) signal: i32,
    /// Its whole process group.
    pub(super) group: bool,
}

impl Blow {
    /// Sends it.
    pub(super) fn send(self) -> Result<(), SignalError> {
        let pid = positive(self.pid);
        outcome(if self.group {
            signal::kill_group(pid, self.signal)
        } else {
            signal::kill(pid, self.signal)
        })
    }
}

/// What a child of such a process is given.
#[derive(Debug)]
pub(super) struct Belongings {
    /// A variable, as name and value.
    pub(super) variable: (&'static str, String),
    pub(super) cgroup: Option<Cgroup>,
}

impl Hunt {
    /// Whether it has found somebody with that pid.
    fn knows(&self, pid: Pid) -> bool {
        self.quarry.known.iter().any(|being| being.pid().raw() == pid.0)
    }

    /// Looks for who is left, now or after the look that is under way.
    fn want_sweep(&mut self) {
        match &mut self.look {
            Look::Running { again, .. } => *again = true,
            Look::None | Look::Wanted(_) => self.look = Look::Wanted(Goal::Sweep),
        }
    }

    /// The look that is wanted, which is under way from now on.
    fn order(&mut self, process: ProcessId, serial: u64) -> Option<Order> {
        let Look::Wanted(goal) = self.look else { return None };
        let (aim, told) = match goal {
            Goal::Strike(blow) => (Aim::Strike(blow.signal), BTreeSet::new()),
            Goal::Sweep => (Aim::Sweep(self.signal?), self.told.clone()),
        };
        self.look = Look::Running { goal, serial, again: false };
        Some(Order { process, launch: self.launch, aim, quarry: self.quarry.clone(), told })
    }
}

impl Survivors {
    pub(super) fn new(port: SupervisorPort) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let life = format!("{}.{:x}", std::process::id(), now.as_nanos());
        let marks = Marks::default();
        Self {
            lookers: [Looker::new(port.clone(), marks.clone()), Looker::new(port, marks)],
            next_look: 0,
            is_blind: false,
            life,
            adopts: false,
            children: BTreeMap::new(),
            cgroups: BTreeMap::new(),
            hunts: BTreeMap::new(),
        }
    }

    /// There is a process of that recipe.
    pub(super) fn register(&mut self, process: ProcessId, recipe: &Recipe, logs: &LogPort) {
        if !reaches_further(recipe) {
            return;
        }
        if !self.adopts {
            match kin::adopt_orphans() {
                Ok(()) => self.adopts = true,
                Err(errno) => {
                    let text =
                        format!("orphans cannot be adopted ({errno}): kill_mode may not find all of them");
                    logs.line(Level::Warn, text);
                }
            }
        }
        if recipe.kill_mode == Some(KillMode::Cgroup) {
            if self.cgroups.is_empty() {
                // Where it may not be looked, none can be made either, and that is told below.
                let _ = Cgroup::remove_abandoned(is_abandoned);
            }
            match Cgroup::make(&format!("{CGROUPS}{}.{}", std::process::id(), process.0)) {
                Ok(cgroup) => drop(self.cgroups.insert(process, cgroup)),
                Err(error) => {
                    let name = &recipe.name;
                    let text =
                        format!("no cgroup for '{name}' ({error}): it is treated as with kill_mode=tree");
                    logs.line(Level::Warn, text);
                }
            }
        }
    }

    /// There is none any more.
    pub(super) fn forget(&mut self, process: ProcessId) {
        self.hunts.remove(&process);
        if let Some(cgroup) = self.cgroups.remove(&process) {
            // Who was left alone keeps it.
            let _ = cgroup.remove();
        }
    }

    /// What the child of that start is given, if more belongs to the process than the child.
    pub(super) fn belongings(&self, process: ProcessId, recipe: &Recipe, launch: u32) -> Option<Belongings> {
        reaches_further(recipe).then(|| Belongings {
            variable: (VARIABLE, format!("{}.{}.{launch}", self.life, process.0)),
            cgroup: self.cgroups.get(&process).cloned(),
        })
    }

    /// The child was made.
    pub(super) fn begin(&mut self, process: ProcessId, (launch, pid): (u32, Pid), recipe: &Recipe) {
        self.children.insert(pid, process);
        let (Some(mode), Some(belongings)) = (recipe.kill_mode, self.belongings(process, recipe, launch))
        else {
            return;
        };
        let quarry = Quarry::new(mode, pid, belongings);
        let hunt = Hunt { launch, quarry, signal: None, told: BTreeSet::new(), look: Look::None };
        self.hunts.insert(process, hunt);
    }

    /// A child was reaped, perhaps an adopted one: whoever waits for the end of its kin is to look again.
    pub(super) fn buried(&mut self, pid: Pid) {
        if self.children.remove(&pid).is_some() {
            return;
        }
        let is_known = self.hunts.values().any(|hunt| hunt.knows(pid));
        for hunt in self.hunts.values_mut() {
            if hunt.signal.is_some() && (!is_known || hunt.knows(pid)) {
                hunt.want_sweep();
            }
        }
    }

    /// The child is signalled. Whether that is done here: who belongs to it is looked up before, unless nobody can look.
    pub(super) fn strike(&mut self, process: ProcessId, blow: Blow) -> bool {
        let Some(hunt) = self.hunts.get_mut(&process) else { return false };
        if hunt.quarry.mode == KillMode::Group || !matches!(hunt.look, Look::None) {
            return false;
        }
        let goal = Goal::Strike(blow);
        let (has_thread, hangs) = self.lookers[goal.lane()].prepare();
        if has_thread {
            hunt.look = Look::Wanted(goal);
        }
        self.want_again(hangs);
        self.look();
        has_thread
    }

    /// The child is dead: everybody who belongs to it gets this signal.
    pub(super) fn clear(&mut self, process: ProcessId, (launch, signal): (u32, i32)) -> Option<Input> {
        let Some(hunt) = self.hunts.get_mut(&process).filter(|hunt| hunt.launch == launch) else {
            return Some(Input::Cleared { process, launch });
        };
        hunt.signal = Some(signal);
        hunt.told = BTreeSet::new();
        if hunt.quarry.mode == KillMode::Group {
            if !signal_group(hunt.quarry.root(), signal) {
                return Some(self.cleared(process, launch));
            }
            if signal != SIGKILL {
                return None;
            }
            // It may be that only such are left as have ended and are not reaped, which takes a look to know.
        }
        hunt.want_sweep();
        self.look();
        None
    }

    fn cleared(&mut self, process: ProcessId, launch: u32) -> Input {
        self.hunts.remove(&process);
        Input::Cleared { process, launch }
    }

    /// Every dead child was reaped: what the core has to be told.
    pub(super) fn reaped(&mut self) -> Vec<Input> {
        let mut empty = Vec::new();
        for (process, hunt) in &mut self.hunts {
            if hunt.quarry.mode != KillMode::Group || !matches!(hunt.look, Look::Wanted(Goal::Sweep)) {
                continue;
            }
            if !signal_group(hunt.quarry.root(), 0) {
                empty.push((*process, hunt.launch));
            } else if hunt.signal != Some(SIGKILL) {
                hunt.look = Look::None;
            }
        }
        self.look();
        empty.into_iter().map(|(process, launch)| self.cleared(process, launch)).collect()
    }

    /// Has everybody looked for who waits for it, if the threads are free.
    fn look(&mut self) {
        for lane in 0..self.lookers.len() {
            let is_due = |hunt: &Hunt| matches!(hunt.look, Look::Wanted(goal) if goal.lane() == lane);
            if !self.hunts.values().any(is_due) {
                continue;
            }
            let (has_thread, hangs) = self.lookers[lane].prepare();
            self.want_again(hangs);
            // Without a thread, the next death or the core's deadline is the next occasion.
            if !has_thread || !self.lookers[lane].is_free() {
                continue;
            }
            let serial = self.next_look;
            self.next_look += 1;
            let due = self.hunts.iter_mut().filter(|(_, hunt)| is_due(hunt));
            let orders = due.filter_map(|(process, hunt)| hunt.order(*process, serial)).collect();
            self.lookers[lane].begin(serial, orders, self.children.keys().copied().collect());
        }
    }

    /// That look hangs: others are to do what it was for.
    fn want_again(&mut self, hangs: Option<u64>) {
        for hunt in self.hunts.values_mut() {
            match hunt.look {
                Look::Running { goal, serial, .. } if Some(serial) == hangs => hunt.look = Look::Wanted(goal),
                _ => {}
            }
        }
    }

    /// A look is over: what the core has to be told.
    pub(super) fn swept(&mut self, swept: Swept, logs: &LogPort) -> Vec<Input> {
        let Swept { serial, orders, result } = swept;
        for looker in &mut self.lookers {
            looker.end(serial);
        }
        if let (Err(error), false) = (&result, self.is_blind) {
            let text = format!(
                "cannot look for what belongs to {} programs ({error}): nothing but their children and groups is \
                 signalled, and they have not ended, until /proc can be read",
                orders.len()
            );
            logs.line(Level::Warn, text);
        }
        self.is_blind = result.is_err();
        let inputs = orders.into_iter().filter_map(|order| self.found(order, serial)).collect();
        self.look();
        inputs
    }

    /// What a look came to for one process.
    fn found(&mut self, order: Order, serial: u64) -> Option<Input> {
        let Order { process, launch, quarry, aim, told } = order;
        let hunt = self.hunts.get_mut(&process).filter(|hunt| hunt.launch == launch)?;
        let (goal, again) = match hunt.look {
            Look::Running { goal, serial: running, again } if running == serial => (goal, again),
            // Another has been begun, because this one took too long.
            _ => return None,
        };
        if !self.is_blind {
            hunt.quarry.known = quarry.known;
        }
        hunt.look = if again { Look::Wanted(Goal::Sweep) } else { Look::None };
        match goal {
            Goal::Strike(blow) => {
                // The pid is the child's own until it was reaped, which is this plane's doing.
                let is_alive = self.children.get(&blow.pid) == Some(&process);
                let Blow { pid, .. } = blow;
                is_alive.then(|| Input::SignalSent { process, pid, result: blow.send(), call: None })
            }
            Goal::Sweep if !self.is_blind && hunt.quarry.known.is_empty() => {
                Some(self.cleared(process, launch))
            }
            Goal::Sweep => {
                if hunt.signal.map(Aim::Sweep) == Some(aim) {
                    hunt.told.extend(told);
                }
                None
            }
        }
    }

    /// Who is left is let alone, and named.
    pub(super) fn leave(&mut self, process: ProcessId) -> Option<String> {
        let hunt = self.hunts.remove(&process)?;
        let known: Vec<Being> = hunt.quarry.known.into_iter().collect();
        let mut names: Vec<String> = known.iter().take(MOST_NAMED).map(|being| being.describe()).collect();
        if known.len() > MOST_NAMED {
            names.push(format!("{} more", known.len() - MOST_NAMED));
        }
        if names.is_empty() {
            names.push("nobody knows who, /proc does not answer".to_owned());
        }
        Some(names.join(", "))
    }

    /// Whether orphans that nobody knows are the daemon's own wish.
    pub(super) fn adopts(&self) -> bool {
        self.adopts && std::process::id() != 1
    }
}

impl Drop for Survivors {
    fn drop(&mut self) {
        for cgroup in self.cgroups.values() {
            let _ = cgroup.remove();
        }
    }
}

/// Whether a control group of that name was made by a daemon that is no more, which could not remove it because it was
/// killed. A pid that is this daemon's own was an earlier one's, since this one has made none yet.
fn is_abandoned(name: &str) -> bool {
    let Some((pid, number)) = name.strip_prefix(CGROUPS).and_then(|rest| rest.split_once('.')) else {
        return false;
    };
    let Some(pid) = pid.parse().ok().and_then(provost_sys::Pid::new) else { return false };
    number.parse::<u32>().is_ok()
        && (pid == provost_sys::Pid::current() || matches!(Being::of(pid), Ok(None)))
}

/// Whether more belongs to such a process than its child.
pub(super) fn reaches_further(recipe: &Recipe) -> bool {
    matches!(recipe.kill_mode, Some(KillMode::Group | KillMode::Tree | KillMode::Cgroup))
}

fn positive(pid: Pid) -> provost_sys::Pid {
    provost_sys::Pid::new(pid.0).expect("invariant: a child's pid is positive")
}

/// Sends a signal to the group of a child that has been reaped; whether somebody may be in it.
///
/// The number of a group is not given to a new process as long as somebody is in the group. So a process that has it
/// says that the group was empty before.
fn signal_group(root: Pid, number: i32) -> bool {
    let is_gone = |sent: Result<(), provost_sys::Errno>| sent.is_err_and(|errno| errno.name() == "ESRCH");
    is_gone(signal::kill(positive(root), 0)) && !is_gone(signal::kill_group(positive(root), number))
}

/// What a signal came to, for the core.
pub(super) fn outcome(sent: Result<(), provost_sys::Errno>) -> Result<(), SignalError> {
    sent.map_err(|errno| {
        let text = format!("[Errno {}] {}", errno.raw(), provost_sys::strerror(errno.raw())).into();
        match errno.name() {
            "ESRCH" => SignalError::Gone(text),
            _ => SignalError::Refused(text),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::is_abandoned;

    #[test]
    fn groups_are_abandoned_by_daemons_that_are_no_more() {
        let own = std::process::id();
        let mut other = std::process::Command::new("/bin/cat")
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("there is cat");
        let others = format!("provost.{}.1", other.id());
        assert!(!is_abandoned(&others), "its maker lives");
        drop(other.stdin.take());
        other.wait().expect("a child that ends");
        for (name, expect) in [
            (others, true),
            (format!("provost.{own}.1"), true),
            ("provost.1".to_owned(), false),
            (format!("provost.{own}.x"), false),
            ("provost..1".to_owned(), false),
            ("provost.0.1".to_owned(), false),
            ("provost.-1.1".to_owned(), false),
            (format!("xprovost.{own}.1"), false),
            ("system.slice".to_owned(), false),
        ] {
            assert_eq!(is_abandoned(&name), expect, "{name}");
        }
    }
}

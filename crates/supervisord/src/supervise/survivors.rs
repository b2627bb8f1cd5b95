//! What belongs to a process beside its child (`kill_mode`): finds it, signals it, and tells when none is left.
//!
//! The daemon adopts orphans as soon as one program asks for this, so that it learns of the death of everybody who once
//! descended from it; each such death is a reason to look again. So nobody polls.
//!
//! Looking means a pass over `/proc`, which takes milliseconds on a machine with many processes, and may be held up by
//! one whose memory is in use. So it is done on a thread of its own for each look, one at a time for each process, and
//! reported to the supervision plane. A look that hangs holds up nothing but this process, and the core's deadlines
//! end that.
//!
//! Only what the kernel keeps at hand is asked on the plane itself: the start of a child that was just made, the making of
//! a control group, and the names of those who are given up.
//!
//! A descendant that lost its parents is told from others' by its process group and session, by having been seen before,
//! by its control group, and by a variable ([`VARIABLE`]) that the child gave to whomever it made.

mod quarry;

use std::collections::{BTreeMap, BTreeSet};

use provost_config::model::{KillMode, Level, Process as Recipe};
use provost_core::status::{Pid, ProcessId};
use provost_core::supervisor::{Input, SignalError};
use provost_sys::cgroup::Cgroup;
use provost_sys::kin::{self, Being};

pub(super) use quarry::Blow;
use quarry::Quarry;

use crate::ports::{LogPort, SupervisorPort, Swept, ToSupervisor};

/// Tells a descendant of a child, whoever its parent is by now.
const VARIABLE: &str = "PROVOST_LAUNCH";

/// So many are named when they do not end.
const MOST_NAMED: usize = 8;

/// What belongs to the processes whose programs have a `kill_mode`.
pub(super) struct Survivors {
    port: SupervisorPort,
    /// Tells the launches of this life from those of every other.
    life: String,
    /// Whether orphans come to the daemon because it asked for them.
    adopts: bool,
    /// Every child, also of programs to which nothing else belongs.
    children: BTreeMap<ProcessId, Pid>,
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

/// The one look that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    None,
    Running,
    /// It may have missed what happened since; another one follows.
    Stale,
}

/// What a child of such a process is given.
#[derive(Debug)]
pub(super) struct Belongings {
    /// A variable, as name and value.
    pub(super) variable: (&'static str, String),
    pub(super) cgroup: Option<Cgroup>,
}

impl Survivors {
    pub(super) fn new(port: SupervisorPort) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let life = format!("{}.{:x}", std::process::id(), now.as_nanos());
        Self {
            port,
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
            match Cgroup::make(&format!("provost.{}.{}", std::process::id(), process.0)) {
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
        self.children.insert(process, pid);
        let (Some(mode), Some(belongings)) = (recipe.kill_mode, self.belongings(process, recipe, launch))
        else {
            return;
        };
        let quarry = Quarry::new(mode, pid, belongings);
        let hunt = Hunt { launch, quarry, signal: None, told: BTreeSet::new(), look: Look::None };
        self.hunts.insert(process, hunt);
    }

    /// The child is dead.
    pub(super) fn end(&mut self, process: ProcessId) {
        self.children.remove(&process);
    }

    /// The child is signalled. Whether that is done here: who belongs to it is looked up before, because many lose their
    /// parent when it ends.
    pub(super) fn strike(&mut self, process: ProcessId, blow: Blow) -> bool {
        let Some(hunt) = self.hunts.get_mut(&process) else { return false };
        if hunt.quarry.mode == KillMode::Group || hunt.look != Look::None {
            return false;
        }
        let (mut quarry, launch, port) = (hunt.quarry.clone(), hunt.launch, self.port.clone());
        let work = move || {
            let result = quarry.strike(blow);
            let struck = Some((blow.pid, result));
            let swept = Swept { process, launch, known: quarry.known, told: BTreeSet::new(), struck };
            port.send(ToSupervisor::Swept(Box::new(swept)));
        };
        let begun = on_a_thread(work);
        if begun {
            hunt.look = Look::Running;
        }
        begun
    }

    /// The child is dead: everybody who belongs to it gets this signal.
    pub(super) fn clear(&mut self, process: ProcessId, (launch, signal): (u32, i32)) -> Option<Input> {
        let Some(hunt) = self.hunts.get_mut(&process).filter(|hunt| hunt.launch == launch) else {
            return Some(Input::Cleared { process, launch });
        };
        hunt.signal = Some(signal);
        hunt.told = BTreeSet::new();
        self.look(process);
        None
    }

    /// Children were reaped, perhaps adopted ones: who waits for the last of them looks again.
    pub(super) fn reaped(&mut self) {
        let waiting: Vec<_> =
            self.hunts.iter().filter(|(_, hunt)| hunt.signal.is_some()).map(|(id, _)| *id).collect();
        for process in waiting {
            self.look(process);
        }
    }

    /// Looks for who is left, now or after the look that is under way.
    fn look(&mut self, process: ProcessId) {
        let others: Vec<Pid> = self.children.values().copied().collect();
        let Some(hunt) = self.hunts.get_mut(&process) else { return };
        let Some(signal) = hunt.signal else { return };
        if hunt.look != Look::None {
            hunt.look = Look::Stale;
            return;
        }
        let (mut quarry, mut told) = (hunt.quarry.clone(), hunt.told.clone());
        let (launch, port) = (hunt.launch, self.port.clone());
        let work = move || {
            quarry.sweep(signal, &others, &mut told);
            let swept = Swept { process, launch, known: quarry.known, told, struck: None };
            port.send(ToSupervisor::Swept(Box::new(swept)));
        };
        // Without a thread, the next death or the core's deadline is the next occasion.
        if on_a_thread(work) {
            hunt.look = Look::Running;
        }
    }

    /// A look is over: what the core has to be told.
    pub(super) fn swept(&mut self, swept: Swept) -> Option<Input> {
        let Swept { process, launch, known, told, struck } = swept;
        let answer = struck.map(|(pid, result)| Input::SignalSent { process, pid, result, call: None });
        let Some(hunt) = self.hunts.get_mut(&process).filter(|hunt| hunt.launch == launch) else {
            return answer;
        };
        let is_over = answer.is_none() && known.is_empty() && hunt.look == Look::Running;
        if answer.is_none() && hunt.signal.is_some() {
            hunt.told.extend(told);
        }
        hunt.quarry.known = known;
        let look_again = std::mem::replace(&mut hunt.look, Look::None) == Look::Stale;
        if is_over {
            self.hunts.remove(&process);
            return Some(Input::Cleared { process, launch });
        }
        if look_again {
            self.look(process);
        }
        answer
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

/// Whether more belongs to such a process than its child.
pub(super) fn reaches_further(recipe: &Recipe) -> bool {
    matches!(recipe.kill_mode, Some(KillMode::Group | KillMode::Tree | KillMode::Cgroup))
}

/// Does work that may take long; whether there was a thread for it.
fn on_a_thread(work: impl FnOnce() + Send + 'static) -> bool {
    std::thread::Builder::new().name("kin".into()).spawn(work).is_ok()
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

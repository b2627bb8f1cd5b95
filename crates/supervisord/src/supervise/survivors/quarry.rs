//! Who belongs to one start of a process: one look at a time, on a thread of its own.

use std::collections::BTreeSet;

use provost_config::model::KillMode;
use provost_core::status::Pid;
use provost_core::supervisor::SignalError;
use provost_sys::cgroup::Cgroup;
use provost_sys::kin::{self, Being, Kin};
use provost_sys::{Errno, signal};

use super::{Belongings, outcome};

/// The signal that nobody can refuse.
const SIGKILL: i32 = 9;
/// How often one look looks again because it found somebody new. Who makes others faster than that is seen by the next
/// look, or is the business of a control group.
const PASSES: usize = 32;

/// Who belongs to one start.
#[derive(Clone, Debug)]
pub(super) struct Quarry {
    pub(super) mode: KillMode,
    /// The child's pid, also when it is dead.
    root: i32,
    /// The child, unless it was dead before anybody could look.
    child: Option<Being>,
    /// What its descendants have in their environment.
    mark: Vec<u8>,
    cgroup: Option<Cgroup>,
    /// Who was found by the last look, without the child.
    pub(super) known: BTreeSet<Being>,
}

/// A signal for a child.
#[derive(Clone, Copy, Debug)]
pub(in crate::supervise) struct Blow {
    /// The child.
    pub(in crate::supervise) pid: Pid,
    /// Which signal.
    pub(in crate::supervise) signal: i32,
    /// Its whole process group.
    pub(in crate::supervise) group: bool,
}

impl Quarry {
    pub(super) fn new(mode: KillMode, child: Pid, belongings: Belongings) -> Self {
        let (name, value) = belongings.variable;
        Self {
            mode,
            root: child.0,
            child: provost_sys::Pid::new(child.0).and_then(Being::of),
            mark: format!("{name}={value}").into(),
            cgroup: belongings.cgroup,
            known: BTreeSet::new(),
        }
    }

    /// Remembers who belongs to the child while it lives, and signals it; SIGKILL is for all of them. Looks at nothing
    /// that can make this wait.
    pub(super) fn strike(&mut self, blow: Blow) -> Result<(), SignalError> {
        let everybody = kin::living();
        let child = self.child;
        self.known = self.family(&everybody, |kin| Some(kin.being) == child);
        if blow.signal == SIGKILL {
            self.kill_cgroup();
            for being in &self.known {
                // Who is gone already needs none, and who may not be signalled is named in the end.
                let _ = being.signal(SIGKILL);
            }
        }
        outcome(self.signal_child(blow))
    }

    fn signal_child(&self, blow: Blow) -> Result<(), Errno> {
        let gone = || Errno::new(rustix::io::Errno::SRCH.raw_os_error());
        let child = self.child.ok_or_else(gone)?;
        if !blow.group {
            return child.signal(blow.signal);
        }
        child.look().ok_or_else(gone)?;
        signal::kill_group(child.pid(), blow.signal)
    }

    /// Signals everybody who is left, once; looks until nobody new turns up.
    pub(super) fn sweep(&mut self, signal: i32, others: &[Pid], told: &mut BTreeSet<Being>) {
        for _ in 0..PASSES {
            let everybody = kin::living();
            self.known = self.survivors(&everybody, others);
            let fresh: Vec<Being> = self.known.difference(told).copied().collect();
            if fresh.is_empty() {
                break;
            }
            if signal == SIGKILL {
                self.kill_cgroup();
            }
            for being in fresh {
                let _ = being.signal(signal);
                told.insert(being);
            }
        }
    }

    fn kill_cgroup(&self) {
        if let Some(cgroup) = &self.cgroup {
            // Its members are found and killed one by one, too.
            let _ = cgroup.kill();
        }
    }

    /// Who belongs to the child, which is dead.
    fn survivors(&self, everybody: &[Kin], others: &[Pid]) -> BTreeSet<Being> {
        // With its pid in use again, its group may be a stranger's as well.
        let is_reused = everybody.iter().any(|kin| kin.being.pid().raw() == self.root);
        let in_group = |kin: &Kin| !is_reused && kin.group == self.root;
        if self.mode == KillMode::Group {
            return everybody.iter().filter(|kin| in_group(kin)).map(|kin| kin.being).collect();
        }
        let own = provost_sys::Pid::current().raw();
        let in_cgroup: BTreeSet<_> = self.cgroup.iter().flat_map(Cgroup::members).collect();
        let is_marked = |kin: &Kin| {
            let is_orphan = kin.parent == own && !others.contains(&Pid(kin.being.pid().raw()));
            is_orphan && kin.being.has_variable(&self.mark)
        };
        self.family(everybody, |kin| {
            in_group(kin)
                || self.known.contains(&kin.being)
                || in_cgroup.contains(&kin.being.pid())
                || is_marked(kin)
        })
    }

    /// Those that `is_seed`, and who descends from them; the child itself is not meant.
    fn family(&self, everybody: &[Kin], is_seed: impl Fn(&Kin) -> bool) -> BTreeSet<Being> {
        let daemon = provost_sys::Pid::current();
        let family = kin::families(everybody, daemon, is_seed);
        family.into_iter().map(|kin| kin.being).filter(|being| Some(*being) != self.child).collect()
    }
}

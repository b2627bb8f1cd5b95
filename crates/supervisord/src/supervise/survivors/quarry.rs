//! Who belongs to one start of a process, judged by a list of all processes.

use std::collections::BTreeSet;
use std::io;

use provost_config::model::KillMode;
use provost_core::status::Pid;
use provost_sys::cgroup::Cgroup;
use provost_sys::kin::{Being, Census, Kin};

use super::Belongings;
use super::marks::Marked;

/// Who belongs to one start.
#[derive(Clone, Debug)]
pub(super) struct Quarry {
    pub(super) mode: KillMode,
    /// The child's pid, also when it is dead.
    root: i32,
    /// The child, unless it was dead before anybody could look, or nobody could.
    child: Option<Being>,
    /// What [`super::VARIABLE`] is to its descendants.
    mark: Vec<u8>,
    cgroup: Option<Cgroup>,
    /// Who was found by the last look, without the child.
    pub(super) known: BTreeSet<Being>,
}

impl Quarry {
    pub(super) fn new(mode: KillMode, child: Pid, belongings: Belongings) -> Self {
        Self {
            mode,
            root: child.0,
            child: provost_sys::Pid::new(child.0).and_then(|pid| Being::of(pid).ok().flatten()),
            mark: belongings.variable.1.into_bytes(),
            cgroup: belongings.cgroup,
            known: BTreeSet::new(),
        }
    }

    /// The pid that the child has or had, and the number of the group that it leads or led.
    pub(super) fn root(&self) -> Pid {
        Pid(self.root)
    }

    /// Who belongs to the child while it lives. Looks at nothing that can make this wait.
    pub(super) fn kin(&self, census: &Census) -> BTreeSet<Being> {
        self.family(census, Some(self.root), |kin| self.is_child(kin.being))
    }

    /// Who belongs to the child, which is dead.
    ///
    /// # Errors
    /// Its control group cannot be read.
    pub(super) fn survivors(&self, census: &Census, marked: &Marked) -> io::Result<BTreeSet<Being>> {
        // With its pid in use again, its group may be a stranger's as well.
        let is_reused = census.iter().any(|kin| kin.being.pid().raw() == self.root);
        let in_group = |kin: &Kin| !is_reused && census.is_in_group(kin, self.root);
        if self.mode == KillMode::Group {
            let members = census.family(None, in_group).into_iter().filter(in_group);
            return Ok(members.map(|kin| kin.being).collect());
        }
        let in_cgroup = self.cgroup.as_ref().map(Cgroup::members).transpose()?.unwrap_or_default();
        let is_marked = |kin: &Kin| marked.get(&kin.being).is_some_and(|mark| *mark == self.mark);
        Ok(self.family(census, None, |kin| {
            in_group(kin)
                || self.known.contains(&kin.being)
                || in_cgroup.contains(&kin.being.pid())
                || is_marked(kin)
        }))
    }

    /// Kills its control group, if it has one: its members are found and killed one by one, too.
    pub(super) fn kill_cgroup(&self) {
        if let Some(cgroup) = &self.cgroup {
            let _ = cgroup.kill();
        }
    }

    fn is_child(&self, being: Being) -> bool {
        self.child.map_or(being.pid().raw() == self.root, |child| child == being)
    }

    /// Those that `is_seed`, and who descends from them; the child itself is not meant.
    fn family(&self, census: &Census, root: Option<i32>, is_seed: impl Fn(&Kin) -> bool) -> BTreeSet<Being> {
        let family = census.family(root, is_seed);
        family.into_iter().map(|kin| kin.being).filter(|being| !self.is_child(*being)).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// A start at which nobody could look at the child costs nothing but the certainty of who it is.
    #[test]
    fn descendants_are_found_of_a_child_that_was_never_looked_at() {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "exec 3<&0; cat <&3 & wait"]).stdin(Stdio::piped());
        let mut shell = shell.spawn().expect("there is a shell");
        let pid = Pid(i32::try_from(shell.id()).expect("a pid"));
        let belongings = Belongings { variable: (super::super::VARIABLE, "1".to_owned()), cgroup: None };
        let looked_at = Quarry::new(KillMode::Tree, pid, belongings);
        assert!(looked_at.child.is_some());
        let unseen = Quarry { child: None, ..looked_at.clone() };
        let found = std::iter::repeat_with(|| {
            let census = Census::take([pid.0]).expect("/proc can be read");
            (looked_at.kin(&census), unseen.kin(&census))
        });
        let (expect, kin) = found.into_iter().find(|(kin, _)| !kin.is_empty()).expect("it makes one");
        assert_eq!((kin.len(), &kin), (1, &expect));
        assert!(kin.iter().all(|being| being.pid().raw() != pid.0));
        drop(shell.stdin.take());
        shell.wait().expect("a child that ends");
    }
}

//! What a dead child leaves behind, for a process to which more belongs than the child (`kill_mode`).
//!
//! Finding and signalling it is the shell's business. Here it is decided when it gets which signal, and when it has been
//! waited for long enough.

use provost_config::model::KillMode;

use super::{Act, KILLS_BEFORE_LOST, Life, Phase, RESTART_FLOOR, SIGKILL, Saying, Step};
use crate::status::{ExitStatus, Pid};

impl Step<'_> {
    /// The child was reaped: what belongs to it has to be gone, then its output stored, before that means anything.
    pub(super) fn ended(&mut self, pid: Pid, was: Life, status: ExitStatus) {
        let recipe = self.policy.recipe;
        match recipe.kill_mode {
            None | Some(KillMode::Process) => return self.drain(pid, was, status),
            Some(KillMode::Group | KillMode::Tree | KillMode::Cgroup) => {}
        }
        self.process.last_stop = Some(self.now.wall);
        let (kill_at, kills) = match self.process.phase {
            // The grace is one, for the child and what it leaves.
            Phase::Stopping { kill_at, kills, .. } => (kill_at, kills),
            _ => (self.now.mono.after_secs(recipe.stopwaitsecs), 0),
        };
        self.process.phase = Phase::Clearing { pid, was, status, kill_at, kills };
        let signal = if kills == 0 { recipe.stopsignal } else { SIGKILL };
        self.acts.push(Act::Clear { signal });
    }

    /// The grace is over, or a SIGKILL did not help.
    pub(super) fn clear_harder(&mut self) {
        let Phase::Clearing { pid, was, status, kills, .. } = self.process.phase else { return };
        if kills >= KILLS_BEFORE_LOST {
            self.acts.push(Act::Leave);
            return self.drain(pid, was, status);
        }
        self.say(Saying::KillingSurvivors);
        self.acts.push(Act::Clear { signal: SIGKILL });
        let kill_at = self.now.mono.after(RESTART_FLOOR);
        self.process.phase = Phase::Clearing { pid, was, status, kill_at, kills: kills.saturating_add(1) };
    }
}

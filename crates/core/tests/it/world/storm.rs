//! Trouble that comes from outside: operators who race each other, stray answers, a daemon that gets to run late.

use std::sync::Arc;
use std::time::Duration;

use provost_config::model::Config;
use provost_core::call::{Call, Target};
use provost_core::status::{ExitStatus, Pid, ProcessId};
use provost_core::supervisor::{DaemonSignal, Input};

use super::World;

impl World {
    /// An operator does something, sensible or not.
    pub(crate) fn meddle(&mut self) {
        let target = self.target();
        let wait = self.dice.one_in(2);
        match self.dice.below(17) {
            0..=2 => {
                self.call(Call::Start { target, wait });
            }
            3..=5 => {
                self.call(Call::Stop { target, wait });
            }
            6 => {
                let signal = *self.dice.pick(&[None, Some(1), Some(15), Some(9)]);
                self.call(Call::Signal { target, signal, given: "X".into() });
            }
            7 => {
                self.call(Call::SendStdin { target, data: b"x".to_vec() });
            }
            8 => {
                let group = self.group_name();
                self.call(Call::AddGroup(group));
            }
            9 => {
                let group = self.group_name();
                self.call(Call::RemoveGroup(group));
            }
            10 | 11 => {
                let config = self.edited_config();
                self.call(Call::Reread(config));
            }
            12 => {
                self.call(Call::SendRemoteEvent { kind: "k".into(), data: "d".into() });
            }
            13 => self.input(Input::Signaled(DaemonSignal::Reopen)),
            14 => self.stray_answer(),
            // The daemon gets to run late, with everything that is due at once.
            15 => self.now = self.now.after(Duration::from_millis(self.dice.below(5000))),
            _ => self.input(Input::Reaped { pid: Pid(7), status: ExitStatus::Exited(0) }),
        }
    }

    /// The configuration with some groups left out and some of another priority.
    fn edited_config(&mut self) -> Arc<Config> {
        let mut edited = (*self.config).clone();
        edited.groups.retain(|_| !self.dice.one_in(5));
        for shared in &mut edited.groups {
            if self.dice.one_in(4) {
                Arc::make_mut(shared).priority = 3;
            }
        }
        Arc::new(edited)
    }

    /// The log plane answers twice, too late, or what nobody asked.
    fn stray_answer(&mut self) {
        let process = ProcessId(u32::try_from(self.dice.below(10)).expect("a small number"));
        let launch = u32::try_from(self.dice.below(60)).expect("a small number");
        let answer = match self.dice.below(4) {
            0 => Input::Drained { process, launch },
            3 => Input::Cleared { process, launch },
            1 => Input::Prepared { process, launch, result: Ok(()) },
            _ => Input::Prepared { process, launch, result: Err("ENOSPC".into()) },
        };
        self.input(answer);
    }

    fn group_name(&mut self) -> String {
        let groups = &self.config.groups;
        groups[usize::try_from(self.dice.below(groups.len() as u64)).expect("an index fits")].name.clone()
    }

    fn target(&mut self) -> Target {
        let group = self.group_name();
        let config = Arc::clone(&self.config);
        let processes =
            &config.groups.iter().find(|other| other.name == group).expect("it was picked").processes;
        match self.dice.below(8) {
            0 => Target::All,
            1 => Target::Group { group: group.clone(), given: group },
            2 => Target::Process { group: "no".into(), process: "such".into(), given: "no:such".into() },
            _ => {
                let process = self.dice.pick(processes).name.to_string();
                Target::Process { given: format!("{group}:{process}"), group, process }
            }
        }
    }
}

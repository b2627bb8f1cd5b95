//! What new children say of themselves, kept until they are reaped: why they did not become their program.
//!
//! The reference tells this to the child's own log only; here it also becomes the reason of the failed start.

use std::collections::BTreeMap;
use std::sync::Arc;

use provost_core::failure::Cause;
use provost_core::status::{Pid, ProcessId};
use provost_core::supervisor::Registration;
use provost_sys::{ChildFailure, Errno, Refusal, Report};

use crate::os_error;

/// The reports of children that may still have something to say.
#[derive(Debug, Default)]
pub(super) struct Reports(BTreeMap<Pid, Kept>);

#[derive(Debug)]
struct Kept {
    process: ProcessId,
    report: Report,
    /// The file it was to execute.
    path: Arc<str>,
}

/// What a dead child had said.
pub(super) struct Told {
    pub(super) process: ProcessId,
    failure: ChildFailure,
    path: Arc<str>,
}

impl Reports {
    /// A child was made. That it became its program is nothing to remember.
    pub(super) fn keep(&mut self, (pid, process): (Pid, ProcessId), report: Report, path: &str) {
        if !matches!(report, Report::Final(None) | Report::Lost) {
            self.0.insert(pid, Kept { process, report, path: path.into() });
        }
    }

    /// The child was reaped: what it had to say.
    pub(super) fn take(&mut self, pid: Pid) -> Option<Told> {
        let Kept { process, report, path } = self.0.remove(&pid)?;
        Some(Told { process, failure: report.failure()?, path })
    }
}

impl Told {
    /// The failure of a child of that process, with the things it is about.
    pub(super) fn cause(self, registration: &Registration) -> Cause {
        let recipe = &registration.recipe;
        let error = |errno: Errno| os_error::of_number(errno.raw());
        match self.failure {
            ChildFailure::Execute(errno) => Cause::Execute { path: self.path, error: error(errno) },
            ChildFailure::Enter(errno) => {
                let directory = recipe.directory.as_deref().unwrap_or(".").into();
                Cause::Enter { directory, error: error(errno) }
            }
            ChildFailure::Descriptors(errno) => Cause::Descriptors(error(errno)),
            ChildFailure::Become(refusal) => {
                let user = recipe.user.as_ref().map_or("", |user| user.name.as_str()).into();
                Cause::Become { user, reason: told(refusal).into() }
            }
        }
    }
}

fn told(refusal: Refusal) -> String {
    let refused =
        |what: &str, errno: Errno| format!("{what} is refused: {}", os_error::of_number(errno.raw()));
    match refusal {
        Refusal::NotRoot => "only a daemon that runs as root can".into(),
        Refusal::Groups(errno) => refused("the list of groups", errno),
        Refusal::Group(errno) => refused("the primary group", errno),
        Refusal::User(errno) => refused("the user id", errno),
    }
}

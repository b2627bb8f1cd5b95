//! `avail`, `reread`, `add`, `remove`, `update`: the configuration and what of it is active.

use std::collections::BTreeSet;

use provost_wire::fault::{Fault, FaultCode};

use super::{Invocation, Switch};
use crate::answer::{Answer, Outcome};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::remote::{Plan, ProcessResult, Verb};
use crate::session::Session;

/// Asks what an update would do.
pub(super) const DRY_RUN: Switch = Switch {
    short: None,
    long: "--dry-run",
    value: None,
    sentence: "Say what would be added, removed and restarted, and why; change nothing",
};

/// `avail`
pub(super) fn avail(session: &mut Session, _: &Invocation<'_>) -> Result<(), Failure> {
    match session.remote().all_config_info() {
        Ok(processes) => session.answer(&Answer::Configured(&processes)),
        Err(failure) => {
            let line = match known_fault(&failure) {
                Some((FaultCode::ShutdownState, _)) => "ERROR: supervisor shutting down".to_owned(),
                _ => return Err(failure),
            };
            session.complain(line);
        }
    }
    Ok(())
}

/// `reread`
pub(super) fn reread(session: &mut Session, _: &Invocation<'_>) -> Result<(), Failure> {
    match session.remote().reload_config() {
        Ok(changes) => session.answer(&Answer::Changes(&changes)),
        Err(failure) => return complain_of_files(session, failure, "supervisor shutting down"),
    }
    Ok(())
}

/// `add GROUP...`
pub(super) fn add(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    session.answer(&Answer::Outcome(None));
    for group in invocation.words() {
        let add = Deed { action: "add", group };
        let Err(failure) = session.remote().add_group(group) else {
            add.done(session, "added process group");
            continue;
        };
        match known_fault(&failure) {
            Some((FaultCode::ShutdownState, _)) => add.refused(session, "shutting down", Exit::Failure),
            // What was wished for is so already: said, but no failure.
            Some((FaultCode::AlreadyAdded, _)) => {
                add.refused(session, "process group already active", Exit::Success);
            }
            Some((FaultCode::BadName, _)) => add.unknown(session),
            _ => return Err(failure),
        }
    }
    Ok(())
}

/// `remove GROUP...`
pub(super) fn remove(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    session.answer(&Answer::Outcome(None));
    for group in invocation.words() {
        let remove = Deed { action: "remove", group };
        let Err(failure) = session.remote().remove_group(group) else {
            remove.done(session, "removed process group");
            continue;
        };
        match known_fault(&failure) {
            Some((FaultCode::StillRunning, _)) => {
                remove.refused(session, &format!("process/group still running: {group}"), Exit::Failure);
            }
            Some((FaultCode::BadName, _)) => remove.unknown(session),
            _ => return Err(failure),
        }
    }
    Ok(())
}

/// `update [--dry-run] [GROUP...|all]`: first what is gone, then what changed, then what is new.
pub(super) fn update(session: &mut Session, invocation: &Invocation<'_>) -> Result<(), Failure> {
    let (switches, words) = invocation.switches_and_names();
    let scope = Scope::of(words);
    if !switches.is_empty() {
        return plan_update(session, &scope);
    }
    let changes = match session.remote().reload_config() {
        Ok(changes) => changes,
        Err(failure) => return complain_of_files(session, failure, "already shutting down"),
    };
    session.answer(&Answer::Outcome(None));
    if let Scope::Only(groups) = &scope {
        complain_of_unknown(session, groups, &changes.added)?;
    }
    for group in changes.removed.iter().filter(|group| scope.has(group)) {
        drop_removed(session, group)?;
    }
    for group in changes.changed.iter().filter(|group| scope.has(group)) {
        session.remote().group(Verb::Stop, group)?;
        Deed { action: "stop", group }.done(session, "stopped");
        session.remote().remove_group(group)?;
        session.remote().add_group(group)?;
        Deed { action: "update", group }.done(session, "updated process group");
    }
    for group in changes.added.iter().filter(|group| scope.has(group)) {
        session.remote().add_group(group)?;
        Deed { action: "add", group }.done(session, "added process group");
    }
    Ok(())
}

/// `update --dry-run`: the same, told instead of done. Another daemon cannot even look without remembering what it
/// saw, so there it is refused.
fn plan_update(session: &mut Session, scope: &Scope<'_>) -> Result<(), Failure> {
    let plan = match session.remote().plan_update() {
        Ok(Some(plan)) => plan,
        Ok(None) => {
            session.complain(
                "ERROR: this supervisord cannot plan an update (it has no provost.planUpdate)".to_owned(),
            );
            return Ok(());
        }
        Err(failure) => return complain_of_files(session, failure, "already shutting down"),
    };
    if let Scope::Only(groups) = scope {
        complain_of_unknown(session, groups, &plan.added)?;
    }
    session.answer(&Answer::Plan(&scope.part_of(plan)));
    Ok(())
}

/// Why the files were not read. The commands say in different words that it is too late for that.
fn complain_of_files(session: &mut Session, failure: Failure, too_late: &str) -> Result<(), Failure> {
    match known_fault(&failure) {
        Some((FaultCode::ShutdownState, _)) => session.complain(format!("ERROR: {too_late}")),
        Some((FaultCode::CantReread, fault)) => {
            session.complain(format!("ERROR: {}", fault.string));
            session.explain_mistakes();
        }
        _ => return Err(failure),
    }
    Ok(())
}

/// Something done to a group.
#[derive(Clone, Copy)]
struct Deed<'a> {
    action: &'static str,
    group: &'a str,
}

impl Deed<'_> {
    /// It was done.
    fn done(self, session: &mut Session, message: &str) {
        self.tell(session, message, (&format!("{}: {message}", self.group), Exit::Success));
    }

    /// It was not, because of the group.
    fn left(self, session: &mut Session, message: &str) {
        self.tell(session, message, (&format!("{}: {message}", self.group), Exit::Failure));
    }

    /// The server would not; that may be well.
    fn refused(self, session: &mut Session, complaint: &str, exit: Exit) {
        self.tell(session, complaint, (&format!("ERROR: {complaint}"), exit));
    }

    /// There is no such group.
    fn unknown(self, session: &mut Session) {
        self.refused(session, &format!("no such process/group: {}", self.group), Exit::Failure);
        session.advise_on_group(self.group);
    }

    fn tell(self, session: &mut Session, message: &str, (line, exit): (&str, Exit)) {
        let Self { action, group } = self;
        let outcome = Outcome { action, group, process: None, ok: exit == Exit::Success, message, line };
        session.answer(&Answer::Outcome(Some(outcome)));
        session.failed(exit);
    }
}

/// Which groups an update touches.
enum Scope<'a> {
    All,
    /// In the order of the command line, each once.
    Only(Vec<&'a str>),
}

impl<'a> Scope<'a> {
    fn of(words: Vec<&'a str>) -> Self {
        if words.is_empty() || words.contains(&"all") {
            return Self::All;
        }
        let mut seen = BTreeSet::new();
        Self::Only(words.into_iter().filter(|word| seen.insert(*word)).collect())
    }

    fn has(&self, group: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(groups) => groups.contains(&group),
        }
    }

    /// What of a plan is within.
    fn part_of(&self, mut plan: Plan) -> Plan {
        plan.added.retain(|group| self.has(group));
        plan.removed.retain(|group| self.has(group));
        plan.changed.retain(|changed| self.has(&changed.group));
        plan
    }
}

/// A group exists if it is active or about to be added. An active one without processes cannot be seen.
fn complain_of_unknown(session: &mut Session, groups: &[&str], added: &[String]) -> Result<(), Failure> {
    let active = session.remote().all_process_info()?;
    let known: BTreeSet<&str> =
        active.iter().map(|info| info.group.as_str()).chain(added.iter().map(String::as_str)).collect();
    for group in groups.iter().filter(|group| !known.contains(*group)) {
        session.complain(format!("ERROR: no such group: {group}"));
        session.advise_on_group(group);
    }
    Ok(())
}

/// A group with a process that would not stop stays, because removing it would orphan the child.
fn drop_removed(session: &mut Session, group: &str) -> Result<(), Failure> {
    let results = session.remote().group(Verb::Stop, group)?;
    Deed { action: "stop", group }.done(session, "stopped");
    let remove = Deed { action: "remove", group };
    let would_not = |result: &ProcessResult| result.status == FaultCode::Failed.number();
    if results.iter().any(would_not) {
        remove.left(session, "has problems; not removing");
        return Ok(());
    }
    session.remote().remove_group(group)?;
    remove.done(session, "removed process group");
    Ok(())
}

fn known_fault(failure: &Failure) -> Option<(FaultCode, &Fault)> {
    match failure {
        Failure::Fault(fault) => fault.known().map(|code| (code, fault)),
        _ => None,
    }
}

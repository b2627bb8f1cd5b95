//! The hint after a restart: that the file says something else than what was started.
//!
//! Whoever changes an option and types `restart` expects the new value and gets the old one, in the reference as
//! here. The hint is for people: it goes to standard error, and what prevents it is no failure of the restart.

use provost_wire::fault::{Fault, FaultCode};
use provost_wire::namespec;

use crate::failure::Failure;
use crate::remote::Plan;
use crate::session::Session;

/// Says in one line which of the groups that were restarted differ from the file, and in which options; nothing if
/// none does, or if the server cannot tell. The names have no wildcards any more.
pub(super) fn tell_of_another_file(session: &mut Session, names: &[String]) -> Result<(), Failure> {
    let hint = match session.remote().plan_update() {
        Ok(Some(plan)) => difference(&plan, names),
        Err(Failure::Fault(fault)) if fault.known() == Some(FaultCode::CantReread) => {
            Some(unreadable(&fault))
        }
        Err(Failure::Interrupted) => return Err(Failure::Interrupted),
        Ok(None) | Err(_) => None,
    };
    if let Some(hint) = hint {
        session.warn(&hint);
    }
    Ok(())
}

fn unreadable(fault: &Fault) -> String {
    format!(
        "note: the configuration file is in error, so the old configuration was started: {}",
        fault.string
    )
}

fn difference(plan: &Plan, names: &[String]) -> Option<String> {
    let changed = plan.changed.iter().map(|changed| (&changed.group, changed.reasons.join(", ")));
    let removed = plan.removed.iter().map(|group| (group, "no longer there".to_owned()));
    let differences: Vec<String> = changed
        .chain(removed)
        .filter(|(group, _)| concerns(names, group))
        .map(|(group, reasons)| format!("{group} ({reasons})"))
        .collect();
    (!differences.is_empty()).then(|| {
        format!(
            "note: the configuration file differs from what was started: {}; `update` applies it",
            differences.join(", ")
        )
    })
}

/// Whether one of the names means the group or a process of it.
fn concerns(names: &[String], group: &str) -> bool {
    names.iter().any(|name| name == "all" || namespec::split(name).0 == group)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remote::ChangedGroup;

    #[test]
    fn only_what_was_restarted_is_told() {
        let changed = |group: &str, reasons: &[&str]| ChangedGroup {
            group: group.into(),
            reasons: reasons.iter().map(|&reason| reason.into()).collect(),
        };
        let plan = Plan {
            added: vec!["new".into()],
            removed: vec!["old".into()],
            changed: vec![changed("web", &["command", "environment"]), changed("db", &["user"])],
        };
        let check = |words: &str, expect: Option<&str>| {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            let expect = expect.map(|differences| {
                format!(
                    "note: the configuration file differs from what was started: {differences}; `update` applies it"
                )
            });
            assert_eq!(difference(&plan, &words), expect, "{words:?}");
        };
        check("web", Some("web (command, environment)"));
        check("web:*", Some("web (command, environment)"));
        check("web:a", Some("web (command, environment)"));
        check("db web", Some("web (command, environment), db (user)"));
        check("old", Some("old (no longer there)"));
        check("all", Some("web (command, environment), db (user), old (no longer there)"));
        check("new", None);
        check("other we", None);
    }
}

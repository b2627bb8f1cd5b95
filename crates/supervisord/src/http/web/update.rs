//! What an update would do and what it did, in words for people.

use provost_wire::fault::Fault as WireFault;

use super::deeds::{Outcome, refused};
use super::texts::{Texts, fill};
use crate::http::App;
use crate::http::rpc::reload;
use crate::http::update::{self, Action, Step};

/// What an update would do, for people.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) added: Vec<String>,
    /// Each with the options that differ, separated by commas.
    pub(super) changed: Vec<(String, String)>,
    pub(super) removed: Vec<String>,
}

impl Plan {
    /// Whether there is nothing to do.
    pub(super) fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

impl From<reload::Plan> for Plan {
    fn from(reload::Plan { changes, reasons }: reload::Plan) -> Self {
        let reasons = reasons.into_iter().map(|options| options.join(", "));
        let changed = changes.changed.into_iter().zip(reasons).collect();
        Self { added: changes.added, changed, removed: changes.removed }
    }
}

/// Reads the configuration and compares; nothing changes.
///
/// # Errors
///
/// What is wrong with the configuration: a line for each mistake, with its place.
pub(super) async fn plan(app: &App) -> Result<Plan, String> {
    let config = reload::read(&app.ports).await.map_err(|unusable| unusable.mistakes.join("\n"))?;
    Ok(reload::Plan::new(&app.ports.snapshot.load(), &config).into())
}

/// A fault's detail; people need not read its name.
pub(super) fn reason(fault: &WireFault) -> String {
    fault.string.split_once(": ").map_or_else(|| fault.string.clone(), |(_, detail)| detail.to_owned())
}

/// Does what the configuration says, and tells which groups were forgotten and added, or what went wrong.
pub(super) async fn apply(app: &App, t: &'static Texts) -> Outcome {
    let steps = match update::apply(app, None).await {
        Ok(steps) => steps,
        Err(fault) => return Outcome::failed(fill(t.plan_failed, &reason(&fault))),
    };
    let wrong: Vec<String> =
        steps.iter().filter_map(|step| Some(refused(app, step.result.as_ref().err()?, t))).collect();
    if !wrong.is_empty() {
        return Outcome::failed(wrong.join("; "));
    }
    if steps.is_empty() {
        return Outcome::done(t.done_update_nothing);
    }
    let done: Vec<String> = steps.iter().map(shown).collect();
    Outcome::done(fill(t.done_update, &done.join(", ")))
}

fn shown(Step { group, action, .. }: &Step) -> String {
    match action {
        Action::Removed => format!("−{group}"),
        Action::Updated => format!("−{group}, +{group}"),
        Action::Added => format!("+{group}"),
    }
}

//! Rereading the configuration, showing what an update would do, and doing it.

use provost_core::call::{Call, Reply, Target};
use provost_wire::fault::Fault as WireFault;

use super::deeds::{Outcome, refused};
use super::texts::{Texts, fill};
use crate::http::App;
use crate::http::rpc::reload::{self, load};

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
/// What is wrong with the configuration.
pub(super) async fn plan(app: &App) -> Result<Plan, String> {
    let config = load(&app.ports).await.map_err(|fault| reason(&fault))?;
    Ok(reload::Plan::new(&app.ports.snapshot.load(), &config).into())
}

/// A fault's detail; people need not read its name.
pub(super) fn reason(fault: &WireFault) -> String {
    fault.string.split_once(": ").map_or_else(|| fault.string.clone(), |(_, detail)| detail.to_owned())
}

/// What was done with groups, and what was not.
struct Steps<'a> {
    app: &'a App,
    t: &'a Texts,
    done: Vec<String>,
    wrong: Vec<String>,
}

impl Steps<'_> {
    /// Carries out one call about a group; whether that went well.
    async fn take(&mut self, call: Call, step: String) -> bool {
        let result = self.app.ports.supervisor.call(call).await;
        match &result {
            Ok(_) => self.done.push(step),
            Err(fault) => self.wrong.push(refused(self.app, fault, self.t)),
        }
        result.is_ok()
    }

    async fn remove(&mut self, group: &str) -> bool {
        let target = Target::Group { group: group.to_owned(), given: group.to_owned() };
        // What is wrong with stopping it shows when it is removed.
        let _ = self.app.ports.supervisor.call(Call::Stop { target, wait: true }).await;
        self.take(Call::RemoveGroup(group.to_owned()), format!("−{group}")).await
    }

    async fn add(&mut self, group: &str) {
        self.take(Call::AddGroup(group.to_owned()), format!("+{group}")).await;
    }
}

/// Reads the configuration and does what it says: what is gone or changed is stopped and removed, what is new or changed is
/// added.
pub(super) async fn apply(app: &App, t: &'static Texts) -> Outcome {
    let config = match load(&app.ports).await {
        Ok(config) => config,
        Err(fault) => return Outcome::failed(fill(t.plan_failed, &reason(&fault))),
    };
    let changes = match app.ports.supervisor.call(Call::Reread(config)).await {
        Ok(Reply::Changes(changes)) => changes,
        Ok(_) => return Outcome::failed(t.bad_deed),
        Err(fault) => return Outcome::failed(refused(app, &fault, t)),
    };
    let mut steps = Steps { app, t, done: Vec::new(), wrong: Vec::new() };
    for group in &changes.removed {
        steps.remove(group).await;
    }
    for group in &changes.changed {
        if steps.remove(group).await {
            steps.add(group).await;
        }
    }
    for group in &changes.added {
        steps.add(group).await;
    }
    let Steps { done, wrong, .. } = steps;
    match (done.is_empty(), wrong.is_empty()) {
        (_, false) => Outcome::failed(wrong.join("; ")),
        (true, true) => Outcome::done(t.done_update_nothing),
        (false, true) => Outcome::done(fill(t.done_update, &done.join(", "))),
    }
}

//! Making the configuration true: what `supervisorctl update` does, for the pages and the JSON interface.
//!
//! Groups that are gone are stopped and forgotten, changed ones as well and then added again, new ones added. One step that
//! is refused does not keep the others from being taken; what is said of it is the caller's matter. Nothing is decided here:
//! the supervision plane says which groups differ and carries out each call.

use provost_core::call::{Call, Fault, Reply, Target};
use provost_wire::fault::{Fault as WireFault, FaultCode};

use super::App;
use super::rpc::change;
use super::rpc::reload::load;

/// What is done with a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// Stopped and forgotten.
    Removed,
    /// Stopped, forgotten and added again.
    Updated,
    /// Added.
    Added,
}

impl Action {
    /// Its name in the JSON interface.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Updated => "updated",
            Self::Added => "added",
        }
    }
}

/// What was done with one group, or why it was not.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) group: String,
    pub(super) action: Action,
    pub(super) result: Result<(), Fault>,
}

/// Reads the configuration, remembers it, and takes a step for each group that differs, or only for those named in `only`.
///
/// # Errors
///
/// What is wrong with the configuration; then nothing was done.
pub(super) async fn apply(app: &App, only: Option<&[String]>) -> Result<Vec<Step>, WireFault> {
    let config = load(&app.ports).await?;
    let Reply::Changes(changes) = change(app, Call::Reread(config)).await? else {
        return Err(WireFault::bare(FaultCode::Failed));
    };
    let removed = changes.removed.into_iter().map(|group| (group, Action::Removed));
    let changed = changes.changed.into_iter().map(|group| (group, Action::Updated));
    let added = changes.added.into_iter().map(|group| (group, Action::Added));
    let mut steps = Vec::new();
    for (group, action) in removed.chain(changed).chain(added) {
        if only.is_none_or(|only| only.contains(&group)) {
            let result = take(app, &group, action).await;
            steps.push(Step { group, action, result });
        }
    }
    Ok(steps)
}

async fn take(app: &App, group: &str, action: Action) -> Result<(), Fault> {
    match action {
        Action::Removed => remove(app, group).await,
        Action::Updated => {
            remove(app, group).await?;
            add(app, group).await
        }
        Action::Added => add(app, group).await,
    }
}

async fn add(app: &App, group: &str) -> Result<(), Fault> {
    app.ports.supervisor.call(Call::AddGroup(group.to_owned())).await.map(drop)
}

/// What could not be stopped is told by the second call, which is refused then.
async fn remove(app: &App, group: &str) -> Result<(), Fault> {
    let target = Target::Group { group: group.to_owned(), given: group.to_owned() };
    app.ports.supervisor.call(Call::Stop { target, wait: true }).await?;
    app.ports.supervisor.call(Call::RemoveGroup(group.to_owned())).await.map(drop)
}

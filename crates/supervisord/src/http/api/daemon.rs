//! The daemon itself: what it is, its configuration, its end.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use provost_config::diff::Changes;
use provost_core::call::Call;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::Nothing;
use super::bookmark::EventId;
use super::extract::Json;
use super::problem::{ErrorBody, Problem};
use super::view::seconds;
use super::{Done, json};
use crate::http::rpc::reads::SUPERVISOR_VERSION;
use crate::http::rpc::reload::{Plan, load};
use crate::http::rpc::{change, clear, errand, fault};
use crate::http::{App, update};

/// The daemon.
#[derive(Serialize, ToSchema)]
pub(super) struct DaemonView {
    /// What it calls itself.
    identifier: String,
    /// The version of Provost.
    version: &'static str,
    /// The version of Supervisor whose behaviour clients can rely on.
    reference_version: &'static str,
    /// Its process id.
    pid: u32,
    /// RUNNING, RESTARTING or SHUTDOWN.
    state: &'static str,
    /// When it was started, or started over, in seconds since 1970.
    started_at: f64,
    /// Its configuration file.
    config_file: String,
    /// Whether its log is a file.
    has_log: bool,
    /// How many groups are active.
    groups: usize,
    /// How many processes there are.
    processes: usize,
    /// How many of them are in which state.
    states: BTreeMap<&'static str, usize>,
    /// The id of the latest event.
    last_event: String,
}

/// The daemon.
#[utoipa::path(get, path = "/api/v1", tag = "daemon", responses((status = 200, body = DaemonView)))]
pub(super) async fn show(State(app): State<Arc<App>>) -> Response {
    let feed = &app.ports.feed;
    let last_event = EventId::latest(feed).to_string();
    let snapshot = app.ports.snapshot.load();
    let mut states = BTreeMap::new();
    for row in &snapshot.processes {
        *states.entry(row.state.name()).or_default() += 1;
    }
    json(&DaemonView {
        identifier: snapshot.identifier.as_ref().to_owned(),
        version: env!("CARGO_PKG_VERSION"),
        reference_version: SUPERVISOR_VERSION,
        pid: std::process::id(),
        state: snapshot.mood.name(),
        started_at: seconds(feed.born()),
        config_file: snapshot.configured.supervisord.config_file.clone(),
        has_log: app.ports.main_log.is_some(),
        groups: snapshot.groups.len(),
        processes: snapshot.processes.len(),
        states,
        last_event,
    })
}

/// How the configuration file differs from what is active.
#[derive(Serialize, ToSchema)]
pub(super) struct PlanView {
    /// Groups that an update adds.
    added: Vec<String>,
    /// Groups that it stops and forgets.
    removed: Vec<String>,
    /// Groups that it stops, forgets and adds again.
    changed: Vec<ChangedGroup>,
}

/// A group that differs.
#[derive(Serialize, ToSchema)]
struct ChangedGroup {
    /// Its name.
    group: String,
    /// The options that differ.
    reasons: Vec<&'static str>,
}

impl From<Plan> for PlanView {
    fn from(plan: Plan) -> Self {
        let Plan { changes: Changes { added, changed, removed }, reasons } = plan;
        let changed = changed
            .into_iter()
            .zip(reasons)
            .map(|(group, reasons)| ChangedGroup { group, reasons })
            .collect();
        Self { added, removed, changed }
    }
}

/// Reads the configuration and tells what an update would do. Nothing is remembered.
#[utoipa::path(get, path = "/api/v1/plan", tag = "configuration",
    responses((status = 200, body = PlanView), (status = 409, description = "The file cannot be used", body = ErrorBody)))]
pub(super) async fn plan(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let config = load(&app.ports).await?;
    // The groups may have changed while the file was read, so the latest snapshot is asked.
    Ok(json(&PlanView::from(Plan::new(&app.ports.snapshot.load(), &config))))
}

/// Reads the configuration again, remembers it, and tells what an update would do.
#[utoipa::path(post, path = "/api/v1/reread", tag = "configuration",
    responses((status = 200, body = PlanView), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn reread(
    State(app): State<Arc<App>>,
    Json(Nothing {}): Json<Nothing>,
) -> Result<Response, Problem> {
    let of_errand = Arc::clone(&app);
    let plan = errand(&app, async move {
        let config = load(&of_errand.ports).await?;
        let plan = Plan::new(&of_errand.ports.snapshot.load(), &config);
        change(&of_errand, Call::Reread(config)).await?;
        Ok(plan)
    })
    .await?;
    Ok(json(&PlanView::from(plan)))
}

/// Which groups to update.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Updating {
    /// Only these; every group that differs if it is absent.
    groups: Option<Vec<String>>,
}

/// What was done, in that order.
#[derive(Serialize, ToSchema)]
pub(super) struct Updated {
    /// A step for each group that differs.
    steps: Vec<Step>,
}

/// What was done with one group.
#[derive(Serialize, ToSchema)]
struct Step {
    /// The group.
    group: String,
    /// `removed`, `updated` or `added`.
    action: &'static str,
    /// Whether it was done.
    ok: bool,
    /// What is wrong, if something is.
    message: Option<String>,
}

/// Reads the configuration again and makes it true: stops and forgets removed groups, does the same with changed ones
/// and adds them again, adds new ones. Carried out to its end even if the client leaves.
#[utoipa::path(post, path = "/api/v1/update", tag = "configuration", request_body = Option<Updating>,
    responses((status = 200, body = Updated), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn update(
    State(app): State<Arc<App>>,
    Json(Updating { groups }): Json<Updating>,
) -> Result<Response, Problem> {
    let of_errand = Arc::clone(&app);
    let steps = errand(&app, async move { update::apply(&of_errand, groups.as_deref()).await }).await?;
    Ok(json(&Updated { steps: steps.into_iter().map(Step::from).collect() }))
}

impl From<update::Step> for Step {
    fn from(update::Step { group, action, result }: update::Step) -> Self {
        let message = result.err().map(|refused| Problem::from(fault::from_core(&refused)).into_message());
        Self { group, action: action.name(), ok: message.is_none(), message }
    }
}

/// Stops every process and starts over with the configuration as it is now. Refused if that cannot be read.
#[utoipa::path(post, path = "/api/v1/reload", tag = "daemon",
    responses((status = 202, description = "It begins", body = Done), (status = "4XX", body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(super) async fn reload(
    State(app): State<Arc<App>>,
    Json(Nothing {}): Json<Nothing>,
) -> Result<Response, Problem> {
    let of_errand = Arc::clone(&app);
    errand(&app, async move {
        let config = load(&of_errand.ports).await?;
        change(&of_errand, Call::Restart(config)).await
    })
    .await?;
    Ok(begun())
}

/// Stops every process and then the daemon.
#[utoipa::path(post, path = "/api/v1/shutdown", tag = "daemon",
    responses((status = 202, description = "It begins", body = Done), (status = "4XX", body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(super) async fn shutdown(
    State(app): State<Arc<App>>,
    Json(Nothing {}): Json<Nothing>,
) -> Result<Response, Problem> {
    let of_errand = Arc::clone(&app);
    errand(&app, async move { change(&of_errand, Call::Shutdown).await }).await?;
    Ok(begun())
}

fn begun() -> Response {
    let mut response = json(&Done::YES);
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

/// Removes and reopens the daemon's log; backups stay.
#[utoipa::path(delete, path = "/api/v1/log", tag = "logs",
    responses((status = 200, body = Done), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn clear_log(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let ports = app.ports.clone();
    errand(&app, async move { clear::clear_main(&ports).await }).await?;
    Ok(json(&Done::YES))
}

/// Something for listeners.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RemoteEvent {
    /// What kind of event it is.
    r#type: String,
    /// What it says.
    data: String,
}

/// Sends a REMOTE_COMMUNICATION event to the listeners that subscribed to it.
#[utoipa::path(post, path = "/api/v1/remote-events", tag = "events", request_body = RemoteEvent,
    responses((status = 200, body = Done), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn remote_event(
    State(app): State<Arc<App>>,
    Json(RemoteEvent { r#type: kind, data }): Json<RemoteEvent>,
) -> Result<Response, Problem> {
    let of_errand = Arc::clone(&app);
    errand(&app, async move { change(&of_errand, Call::SendRemoteEvent { kind, data }).await }).await?;
    Ok(json(&Done::YES))
}

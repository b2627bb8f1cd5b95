//! Groups: which there are, and making them active or forgetting them.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use provost_config::model::{Group, GroupKind};
use provost_core::call::Call;
use provost_core::status::Snapshot;
use provost_wire::namespec::ShortName;
use serde::Serialize;
use utoipa::ToSchema;

use super::extract::Name;
use super::problem::{ErrorBody, Problem};
use super::{Done, json};
use crate::http::App;
use crate::http::rpc::{change, errand};

/// Groups at one moment.
#[derive(Serialize, ToSchema)]
pub(super) struct GroupList {
    /// Active ones by priority, then those that are only configured.
    groups: Vec<GroupView>,
}

/// A group.
#[derive(Serialize, ToSchema)]
struct GroupView {
    /// Its name.
    name: String,
    /// `programs`, `listeners`, `fastcgi` or `rpcinterface`.
    kind: &'static str,
    /// What starts first has the lower number.
    priority: i64,
    /// Whether it is active; if not, it is in the configuration that was read last and could be added.
    active: bool,
    /// Whether it is in the configuration that was read last.
    configured: bool,
    /// Its processes, as paths call them.
    processes: Vec<String>,
    /// Of listeners: events that wait for one.
    events_buffered: Option<usize>,
    /// Of listeners: events that were dropped because too many waited.
    events_dropped: Option<u64>,
}

fn view(config: &Group, snapshot: &Snapshot, configured: &BTreeSet<&str>) -> GroupView {
    let active = snapshot.group(&config.name);
    let pool = active.and_then(|group| group.pool.as_ref());
    GroupView {
        name: config.name.clone(),
        kind: match config.kind {
            GroupKind::Programs => "programs",
            GroupKind::Listeners(_) => "listeners",
            GroupKind::FastCgi(_) => "fastcgi",
            GroupKind::RpcPlugin(_) => "rpcinterface",
        },
        priority: config.priority,
        active: active.is_some(),
        configured: configured.contains(config.name.as_str()),
        processes: config
            .processes
            .iter()
            .map(|process| ShortName::new(&config.name, &process.name).to_string())
            .collect(),
        events_buffered: pool.map(|pool| pool.buffered()),
        events_dropped: pool.map(|pool| pool.dropped()),
    }
}

/// Every group, active or only configured.
#[utoipa::path(get, path = "/api/v1/groups", tag = "groups", responses((status = 200, body = GroupList)))]
pub(super) async fn list(State(app): State<Arc<App>>) -> Response {
    let snapshot = app.ports.snapshot.load_full();
    let configured: BTreeSet<&str> =
        snapshot.configured.groups.iter().map(|group| group.name.as_str()).collect();
    let active: BTreeSet<&str> = snapshot.groups.iter().map(|group| group.config.name.as_str()).collect();
    let waiting = snapshot.configured.groups.iter().filter(|group| !active.contains(group.name.as_str()));
    let groups = snapshot
        .groups
        .iter()
        .map(|group| &group.config)
        .chain(waiting)
        .map(|group| view(group, &snapshot, &configured))
        .collect();
    json(&GroupList { groups })
}

/// Makes a group of the configuration that was read last active.
#[utoipa::path(put, path = "/api/v1/groups/{group}", tag = "groups",
    params(("group" = String, Path, description = "The group")),
    responses((status = 200, body = Done), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn add(State(app): State<Arc<App>>, Name(name): Name) -> Result<Response, Problem> {
    done(&app, Call::AddGroup(name)).await
}

/// Forgets a group, all of whose processes must be stopped.
#[utoipa::path(delete, path = "/api/v1/groups/{group}", tag = "groups",
    params(("group" = String, Path, description = "The group")),
    responses((status = 200, body = Done), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn remove(State(app): State<Arc<App>>, Name(name): Name) -> Result<Response, Problem> {
    done(&app, Call::RemoveGroup(name)).await
}

async fn done(app: &Arc<App>, call: Call) -> Result<Response, Problem> {
    let of_errand = Arc::clone(app);
    errand(app, async move { change(&of_errand, call).await }).await?;
    Ok(json(&Done::YES))
}

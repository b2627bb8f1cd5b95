//! Processes as they are: all of them, one, and what happened to it.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use provost_core::notice::{Notice, how};
use provost_core::status::{ExitStatus, ProcessStatus, Snapshot};
use provost_wire::namespec;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::bookmark::EventId;
use super::extract::{Name, Query};
use super::json;
use super::problem::{ErrorBody, Problem};
use super::view::{ProcessView, Viewer, seconds};
use crate::feed::Fact;
use crate::http::App;

/// Which processes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// Only those of this group.
    group: Option<String>,
    /// Only those in one of these states, separated by commas.
    state: Option<String>,
}

impl Filter {
    fn lets_through(&self, view: &ProcessView) -> bool {
        let has_state =
            |states: &String| states.split(',').any(|state| state.trim().eq_ignore_ascii_case(view.state));
        self.group.as_ref().is_none_or(|group| *group == view.group)
            && self.state.as_ref().is_none_or(has_state)
    }
}

/// Processes at one moment.
#[derive(Serialize, ToSchema)]
pub(super) struct ProcessList {
    /// The id of the latest event that the list may show; `GET /events?since=` goes on from there.
    last_event: String,
    /// By group and name.
    processes: Vec<ProcessView>,
}

/// Every process.
#[utoipa::path(get, path = "/api/v1/processes", tag = "processes", params(Filter),
    responses((status = 200, body = ProcessList), (status = 400, body = ErrorBody)))]
pub(super) async fn list(State(app): State<Arc<App>>, Query(filter): Query<Filter>) -> Response {
    // Asked for first: who goes on from here sees a change twice rather than never.
    let last_event = EventId::latest(&app.ports.feed).to_string();
    let viewer = Viewer::full(&app).await;
    let processes = viewer.all().filter(|view| filter.lets_through(view)).collect();
    json(&ProcessList { last_event, processes })
}

/// One process.
#[utoipa::path(get, path = "/api/v1/processes/{name}", tag = "processes",
    params(("name" = String, Path, description = "The process: `NAME` or `GROUP:NAME`")),
    responses((status = 200, body = ProcessView), (status = 404, body = ErrorBody)))]
pub(super) async fn one(State(app): State<Arc<App>>, Name(name): Name) -> Result<Response, Problem> {
    find(&app.ports.snapshot.load(), &name)?;
    let viewer = Viewer::full(&app).await;
    Ok(json(&viewer.view(find(&viewer.snapshot, &name)?)))
}

/// The process of that name; one that stands for a group is a bad one.
pub(super) fn find<'a>(snapshot: &'a Snapshot, name: &str) -> Result<&'a Arc<ProcessStatus>, Problem> {
    let (group, process) = namespec::split(name);
    process.and_then(|process| snapshot.process(group, process)).ok_or_else(|| Problem::bad_name(name))
}

/// What happened to a process.
#[derive(Serialize, ToSchema)]
pub(super) struct History {
    /// The latest last; a few dozen at most, of this life of the daemon.
    history: Vec<HistoryEntry>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub(super) struct HistoryEntry {
    /// The id of the event.
    id: String,
    /// When, in seconds since 1970.
    at: f64,
    /// What: `state`, `spawned`, `start_failed`, `exited`, `stopped`, `gave_up`, `killing` or `abandoned`.
    event: &'static str,
    /// Of a change of state: from which.
    from: Option<&'static str>,
    /// Of a change of state: to which.
    to: Option<&'static str>,
    /// The child it is about.
    pid: Option<i32>,
    /// Of an end: the exit code.
    code: Option<i32>,
    /// Of an end: the signal's name.
    signal: Option<String>,
    /// Of an end: whether it was to be expected.
    expected: Option<bool>,
    /// What happened, in words.
    text: String,
}

/// What happened to a process lately.
#[utoipa::path(get, path = "/api/v1/processes/{name}/history", tag = "processes",
    params(("name" = String, Path, description = "The process: `NAME` or `GROUP:NAME`")),
    responses((status = 200, body = History), (status = 404, body = ErrorBody)))]
pub(super) async fn history(State(app): State<Arc<App>>, Name(name): Name) -> Result<Response, Problem> {
    let snapshot = app.ports.snapshot.load_full();
    let row = find(&snapshot, &name)?;
    let feed = &app.ports.feed;
    let life = EventId::latest(feed);
    let facts = feed.about(&row.group, &row.recipe.name);
    Ok(json(&History { history: facts.iter().map(|fact| entry(fact, life)).collect() }))
}

fn entry(fact: &Fact, life: EventId) -> HistoryEntry {
    let mut entry = HistoryEntry {
        id: life.with_number(fact.number).to_string(),
        at: seconds(fact.at),
        event: "",
        from: None,
        to: None,
        pid: None,
        code: None,
        signal: None,
        expected: None,
        text: fact.notice.line().map(|(_, text)| text).unwrap_or_default(),
    };
    match &fact.notice {
        Notice::StateChanged { from, to, .. } => {
            (entry.event, entry.from, entry.to) = ("state", Some(from.name()), Some(to.name()));
            entry.text = format!("{} to {}", from.name(), to.name());
        }
        Notice::Spawned { pid, .. } => (entry.event, entry.pid) = ("spawned", Some(pid.0)),
        Notice::StartFailed { .. } => entry.event = "start_failed",
        Notice::Exited { status, expected, .. } => entry.ends("exited", *status, *expected),
        Notice::Stopped { status, expected, .. } => entry.ends("stopped", *status, *expected),
        Notice::GaveUp { .. } => entry.event = "gave_up",
        Notice::Killing { pid, .. } => (entry.event, entry.pid) = ("killing", Some(pid.0)),
        Notice::Abandoned { pid, .. } => (entry.event, entry.pid) = ("abandoned", Some(pid.0)),
        // The feed has no others of a process.
        _ => entry.event = "other",
    }
    entry
}

impl HistoryEntry {
    fn ends(&mut self, event: &'static str, status: ExitStatus, expected: bool) {
        (self.event, self.expected) = (event, Some(expected));
        match status {
            ExitStatus::Exited(code) => self.code = Some(code),
            ExitStatus::Signaled { signal, .. } => {
                self.signal = Some(provost_config::signal::name(signal).to_string());
            }
        }
        self.text = how(status);
    }
}

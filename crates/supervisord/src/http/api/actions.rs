//! What can be done with processes: with one, with a group, with all.
//!
//! Every action is carried out to its end even when the client leaves meanwhile. About one process the answer is that
//! process afterwards, or an error; about several it is how it went for each.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use provost_core::call::{BulkItem, Call, Reply, Target};
use provost_wire::fault::{BULK_OK, Fault, FaultCode};
use provost_wire::namespec::ShortName;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{Json, Name};
use super::problem::{ErrorBody, Problem};
use super::processes::find;
use super::view::{ProcessView, Viewer};
use super::{Done, json};
use crate::http::App;
use crate::http::rpc::calls::signalled;
use crate::http::rpc::{change, clear, errand, fault};

/// Whether to wait.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Waiting {
    /// Answer only when it is known how it went.
    #[serde(default = "yes")]
    wait: bool,
}

fn yes() -> bool {
    true
}

/// A signal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Signalling {
    /// By name, with or without SIG, or by number.
    signal: SignalName,
}

/// A signal's name or number.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
enum SignalName {
    Number(i64),
    Name(String),
}

/// Something to read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// The text; nothing is added to it.
    data: String,
}

/// How it went for each.
#[derive(Serialize, ToSchema)]
pub(super) struct Results {
    /// In the order in which they were done with.
    results: Vec<ResultView>,
}

/// How it went for one process.
#[derive(Serialize, ToSchema)]
struct ResultView {
    /// The process.
    name: String,
    /// Its group.
    group: String,
    /// Its name within the group.
    process: String,
    /// Whether it was done.
    ok: bool,
    /// `SUCCESS`, or the name of the fault.
    code: &'static str,
    /// The fault's number; 80 for success.
    fault: i32,
    /// `OK`, or what is wrong.
    message: String,
}

impl Results {
    fn new(items: Vec<BulkItem>) -> Self {
        Self { results: items.into_iter().map(ResultView::new).collect() }
    }
}

impl ResultView {
    fn new(item: BulkItem) -> Self {
        let fault = item.outcome.as_ref().err().map(fault::from_core);
        let code = fault.as_ref().map_or(FaultCode::Success.number(), |fault| fault.code);
        Self {
            name: ShortName::new(&item.group, &item.name).to_string(),
            group: item.group,
            process: item.name,
            ok: fault.is_none(),
            code: FaultCode::from_number(code).unwrap_or(FaultCode::Failed).name(),
            fault: code,
            message: fault.map_or_else(|| BULK_OK.to_owned(), |fault| Problem::from(fault).into_message()),
        }
    }
}

/// What is done.
enum Action {
    Start { wait: bool },
    Stop { wait: bool },
    Restart { wait: bool },
    Signal(SignalName),
}

impl Action {
    /// Has it done. Who restarts wants it to run afterwards, whether it ran before or not.
    async fn carry_out(self, app: &Arc<App>, target: Target) -> Result<Vec<BulkItem>, Fault> {
        let call = match self {
            Self::Start { wait } => Call::Start { target, wait },
            Self::Stop { wait } => Call::Stop { target, wait },
            Self::Signal(SignalName::Name(name)) => signalled(target, name),
            Self::Signal(SignalName::Number(number)) => signalled(target, number.to_string()),
            Self::Restart { wait } => {
                let app_of_errand = Arc::clone(app);
                return errand(app, async move { restart(&app_of_errand, target, wait).await }).await;
            }
        };
        let app_of_errand = Arc::clone(app);
        errand(app, async move { change(&app_of_errand, call).await.map(items) }).await
    }
}

async fn restart(app: &App, target: Target, wait: bool) -> Result<Vec<BulkItem>, Fault> {
    match change(app, Call::Stop { target: target.clone(), wait: true }).await {
        Err(fault) if fault.code != FaultCode::NotRunning.number() => return Err(fault),
        _ => {}
    }
    change(app, Call::Start { target, wait }).await.map(items)
}

fn items(reply: Reply) -> Vec<BulkItem> {
    match reply {
        Reply::Bulk(items) => items,
        Reply::Done | Reply::Changes(_) => Vec::new(),
    }
}

fn group(name: String) -> Target {
    Target::Group { group: name.clone(), given: name }
}

/// Carries out an action on one process.
async fn on_one(app: &Arc<App>, name: String, action: Action) -> Result<Response, Problem> {
    let target = one(app, &name)?;
    action.carry_out(app, target).await?;
    shown(app, &name)
}

/// The process of that name as a target.
fn one(app: &App, name: &str) -> Result<Target, Problem> {
    let snapshot = app.ports.snapshot.load();
    let row = find(&snapshot, name)?;
    let (group, process) = (row.group.as_ref().to_owned(), row.recipe.name.to_string());
    Ok(Target::Process { group, process, given: name.to_owned() })
}

/// The process as it is now.
fn shown(app: &App, name: &str) -> Result<Response, Problem> {
    let viewer = Viewer::quick(app);
    Ok(json(&viewer.view(find(&viewer.snapshot, name)?)))
}

/// Carries out an action on several processes.
async fn on_many(app: &Arc<App>, target: Target, action: Action) -> Result<Response, Problem> {
    Ok(json(&Results::new(action.carry_out(app, target).await?)))
}

/// Describes an action that may be done to one process, to a group, and to all, and makes its three handlers.
macro_rules! action {
    (($one:ident, $group:ident, $all:ident), $path:literal, $content:ty => $body:ty, $action:expr, $what:literal) => {
        #[doc = concat!($what, " one process.")]
        #[utoipa::path(post, summary = concat!($what, " one process."), path = concat!("/api/v1/processes/{name}/", $path), tag = "processes", request_body = $content,
            params(("name" = String, Path, description = "The process: `NAME` or `GROUP:NAME`")),
            responses((status = 200, description = "The process afterwards", body = ProcessView),
                (status = "4XX", body = ErrorBody), (status = 503, description = "The daemon is stopping", body = ErrorBody)))]
        pub(super) async fn $one(
            State(app): State<Arc<App>>,
            Name(name): Name,
            Json(body): Json<$body>,
        ) -> Result<Response, Problem> {
            on_one(&app, name, $action(body)).await
        }

        #[doc = concat!($what, " every process of a group.")]
        #[utoipa::path(post, summary = concat!($what, " every process of a group."), path = concat!("/api/v1/groups/{group}/", $path), tag = "groups", request_body = $content,
            params(("group" = String, Path, description = "The group")),
            responses((status = 200, description = "How it went for each", body = Results),
                (status = "4XX", body = ErrorBody), (status = 503, description = "The daemon is stopping", body = ErrorBody)))]
        pub(super) async fn $group(
            State(app): State<Arc<App>>,
            Name(name): Name,
            Json(body): Json<$body>,
        ) -> Result<Response, Problem> {
            on_many(&app, group(name), $action(body)).await
        }

        #[doc = concat!($what, " every process.")]
        #[utoipa::path(post, summary = concat!($what, " every process."), path = concat!("/api/v1/actions/", $path), tag = "actions", request_body = $content,
            responses((status = 200, description = "How it went for each", body = Results),
                (status = "4XX", body = ErrorBody), (status = 503, description = "The daemon is stopping", body = ErrorBody)))]
        pub(super) async fn $all(
            State(app): State<Arc<App>>,
            Json(body): Json<$body>,
        ) -> Result<Response, Problem> {
            on_many(&app, Target::All, $action(body)).await
        }
    };
}

fn to_start(body: Waiting) -> Action {
    Action::Start { wait: body.wait }
}

fn to_stop(body: Waiting) -> Action {
    Action::Stop { wait: body.wait }
}

fn to_restart(body: Waiting) -> Action {
    Action::Restart { wait: body.wait }
}

fn to_signal(body: Signalling) -> Action {
    Action::Signal(body.signal)
}

action!((start, start_group, start_all), "start", Option<Waiting> => Waiting, to_start, "Starts");
action!((stop, stop_group, stop_all), "stop", Option<Waiting> => Waiting, to_stop, "Stops");
action!((restart_one, restart_group, restart_all), "restart", Option<Waiting> => Waiting, to_restart, "Stops, if it runs, and starts");
action!((signal, signal_group, signal_all), "signal", Signalling => Signalling, to_signal, "Sends a signal to");

/// Writes to the standard input of a process, but not of a listener, whose protocol it would break.
#[utoipa::path(post, path = "/api/v1/processes/{name}/stdin", tag = "processes", request_body = Input,
    params(("name" = String, Path, description = "The process: `NAME` or `GROUP:NAME`")),
    responses((status = 200, body = Done), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn stdin(
    State(app): State<Arc<App>>,
    Name(name): Name,
    Json(Input { data }): Json<Input>,
) -> Result<Response, Problem> {
    let target = one(&app, &name)?;
    let snapshot = app.ports.snapshot.load_full();
    let row = find(&snapshot, &name)?;
    if snapshot.groups.iter().any(|group| group.config.name == *row.group && group.pool.is_some()) {
        let reason = format!("{name} is an event listener: the daemon talks to it on its standard input");
        return Err(Problem::bad_request(reason));
    }
    let call = Call::SendStdin { target, data: data.into_bytes() };
    let of_errand = Arc::clone(&app);
    errand(&app, async move { change(&of_errand, call).await }).await?;
    Ok(json(&Done::YES))
}

/// Removes and reopens the logs of one process; backups stay.
#[utoipa::path(post, path = "/api/v1/processes/{name}/clear-logs", tag = "processes",
    params(("name" = String, Path, description = "The process: `NAME` or `GROUP:NAME`")),
    responses((status = 200, body = Done), (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn clear_logs(
    State(app): State<Arc<App>>,
    Name(name): Name,
    Json(Nothing {}): Json<Nothing>,
) -> Result<Response, Problem> {
    let row = find(&app.ports.snapshot.load(), &name).map(Arc::clone)?;
    let ports = app.ports.clone();
    errand(&app, async move { clear::clear_one(&ports, &row, &name).await }).await?;
    Ok(json(&Done::YES))
}

/// Removes and reopens the logs of every process; backups stay.
#[utoipa::path(post, path = "/api/v1/actions/clear-logs", tag = "actions",
    responses((status = 200, description = "How it went for each", body = Results),
        (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn clear_all_logs(
    State(app): State<Arc<App>>,
    Json(Nothing {}): Json<Nothing>,
) -> Result<Response, Problem> {
    let ports = app.ports.clone();
    let items = errand(&app, async move { Ok(clear::clear_all(&ports).await) }).await?;
    Ok(json(&Results::new(items)))
}

/// A request that needs no words: the body is absent, or an object without members.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

//! XML-RPC: the interface that `supervisorctl` and third parties use.
//!
//! The interface is a table ([`table`]); this module takes a call from the request to its row, checks what the
//! reference checks in the reference's order (method, number of arguments, mood, types), lets the row's action
//! answer, and writes the answer. What a call does to processes is not decided here: it is a
//! [`Call`](provost_core::call::Call) to the supervision plane.
//!
//! A call that was accepted is carried out to its end, even when the client hangs up meanwhile: it runs as a task of
//! its own, and only the answer is lost.

mod answer;
mod args;
pub(super) mod calls;
pub(super) mod clear;
pub(super) mod clock;
mod configs;
pub(super) mod description;
pub(super) mod details;
pub(super) mod fault;
mod infos;
mod logs;
pub(super) mod plugins;
pub(super) mod reads;
pub(super) mod reload;
pub(super) mod shared;
mod system;
mod table;

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use axum::response::Response;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use provost_config::model::Level;
use provost_core::call::{Call, Reply};
use provost_core::status::{Mood, ProcessStatus, Snapshot};
use provost_wire::fault::{Fault, FaultCode};
use provost_wire::namespec;
use provost_wire::xmlrpc::{
    MethodCall, ToXml, Value, decode_call, decode_response, encode_fault, write_response,
};
use tokio::time::timeout;

use self::answer::Answer;
use self::args::Args;
use self::table::{Action, MAIN, Method, PRODUCT, SYSTEM, When};
use super::limits::{BODY_TIMEOUT, Limit, MAX_BODY_BYTES, MAX_CALLS};
use super::places::Life;
use super::{App, error, front, guard};

/// The namespace that every server has.
const SYSTEM_NAMESPACE: &str = "system";
/// The namespace of what this product adds.
const PRODUCT_NAMESPACE: &str = "provost";

/// `/RPC2`.
pub(super) async fn endpoint(
    State(app): State<Arc<App>>,
    Extension(life): Extension<Arc<Life>>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(refused) = refusal(&parts.headers, &app) {
        front::discard(body).await;
        return error::closing(refused);
    }
    let document = match receive(body, &app).await {
        Ok(document) => document,
        Err(status) => return error::closing(error::page(status)),
    };
    life.received_all();
    let call = match decode_call(&document) {
        Ok(call) => call,
        Err(error) => {
            // The document itself may hold what a program is to read, so it is not quoted.
            app.ports.logs.line(Level::Error, format!("XML-RPC request data is invalid: {error}"));
            return error::page(StatusCode::BAD_REQUEST);
        }
    };
    drop(document);
    let traced = app.ports.logs.writes(Level::Trace).then(|| call.method.escape_debug().to_string());
    if let Some(name) = &traced {
        app.ports.logs.line(Level::Trace, format!("XML-RPC method called: {name}()"));
    }
    let (label, begun) = (label(&app.namespaces, &call.method), Instant::now());
    let result = carry_out(&app, call).await;
    app.meter.called(label, begun.elapsed(), result.is_err());
    if let Some(name) = &traced {
        app.ports.logs.line(Level::Trace, trace(name, &result));
    }
    respond(&app, &result)
}

/// Why a request is not even read, if it is not.
fn refusal(headers: &HeaderMap, app: &App) -> Option<Response> {
    if let Err(refusal) = guard::check_call(headers) {
        return Some(error::explained(StatusCode::FORBIDDEN, &refusal.to_string()));
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    match length {
        // Chunks have no length to be known; the limit holds while they come.
        None if headers.contains_key(TRANSFER_ENCODING) => None,
        None => Some(error::page(StatusCode::LENGTH_REQUIRED)),
        Some(length) if length > MAX_BODY_BYTES as u64 => {
            app.count(Limit::LargeBody, None);
            Some(error::page(StatusCode::PAYLOAD_TOO_LARGE))
        }
        Some(_) => None,
    }
}

/// The whole body, or the status that says why there is none.
async fn receive(mut body: Body, app: &App) -> Result<Bytes, StatusCode> {
    let received = timeout(BODY_TIMEOUT, Limited::new(&mut body, MAX_BODY_BYTES).collect()).await;
    match received {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            app.count(Limit::LargeBody, None);
            front::discard(body).await;
            Err(StatusCode::PAYLOAD_TOO_LARGE)
        }
        Ok(Err(_)) => Err(StatusCode::BAD_REQUEST),
        Err(_) => {
            app.count(Limit::SlowBody, None);
            Err(StatusCode::REQUEST_TIMEOUT)
        }
    }
}

fn trace(name: &str, result: &Result<Answer, Fault>) -> String {
    match result {
        Ok(_) => format!("XML-RPC method {name}() returned successfully"),
        Err(fault) => format!("XML-RPC method {name}() returned fault: [{}] {}", fault.code, fault.string),
    }
}

fn respond(app: &App, result: &Result<Answer, Fault>) -> Response {
    let document = match result {
        Ok(answer @ Answer::Infos(snapshot, clock)) => {
            app.infos.document((snapshot, clock), || response(answer))
        }
        Ok(answer) => response(answer).into(),
        Err(fault) => encode_fault(fault).into(),
    };
    let length = document.len();
    let mut response = Response::new(Body::from(document));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// The whole document of an answer.
fn response(answer: &Answer) -> Vec<u8> {
    let mut document = Vec::with_capacity(512 + answer.weight());
    write_response(&mut document, |to| answer.to_xml(to));
    document
}

/// Carries out one call: at once if that takes no waiting, otherwise as a task that nobody's hanging up ends.
async fn carry_out(app: &Arc<App>, call: MethodCall) -> Result<Answer, Fault> {
    let call = match plugins::take(app, call) {
        // These have limits of their own: a process that hangs must not take the places of other calls.
        Ok(errand) => {
            let to = Arc::clone(app);
            return to_its_end(app, async move { errand.run(&to).await.map(Answer::Value) }).await;
        }
        Err(call) => call,
    };
    let order = Order::prepare(app, call)?;
    if let Action::Read(read) = order.method.action {
        return read(&order.asked());
    }
    with_permit(app, async move { order.perform().await }).await
}

/// Does something for the JSON interface under the rules of this one: not while the daemon stops, not too much at
/// once, and to its end.
pub(super) async fn errand<T: Send + 'static>(
    app: &Arc<App>,
    work: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    if app.ports.snapshot.load().mood != Mood::Running {
        return Err(Fault::shutdown_state());
    }
    with_permit(app, work).await
}

/// Has the supervision plane carry out `call`.
pub(super) async fn change(app: &App, call: Call) -> Result<Reply, Fault> {
    app.ports.supervisor.call(call).await.map_err(|refused| fault::from_core(&refused))
}

/// Does one of the things of which a limited number may be under way.
async fn with_permit<T: Send + 'static>(
    app: &App,
    work: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    let Ok(permit) = Arc::clone(&app.calls).try_acquire_owned() else {
        app.count(Limit::Calls, None);
        let detail = format!("{MAX_CALLS} calls are under way already; try again when some have ended");
        return Err(Fault::with_detail(FaultCode::Failed, detail));
    };
    to_its_end(app, async move {
        let result = work.await;
        drop(permit);
        result
    })
    .await
}

/// Does what has to be done even when nobody waits for it any more.
async fn to_its_end<T: Send + 'static>(
    app: &App,
    work: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<T, Fault> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        if error.is_panic() {
            app.ports.logs.line(Level::Critical, "a call failed for a reason that is a bug of the daemon");
        }
        Err(Fault::bare(FaultCode::Failed))
    })
}

/// Carries out a call for somebody who has no use for XML. The detour through it costs little beside the call, and
/// spares every answer a second form.
async fn value_of(app: &Arc<App>, call: MethodCall) -> Result<Value, Fault> {
    let answer = carry_out(app, call).await?;
    decode_response(&response(&answer))
        .unwrap_or_else(|error| Err(Fault::with_detail(FaultCode::Failed, error)))
}

/// A call that passed the checks which do not depend on its method.
struct Order {
    app: Arc<App>,
    method: &'static Method,
    args: Args,
    /// The daemon as it was when the call came.
    snapshot: Arc<Snapshot>,
}

impl Order {
    fn prepare(app: &Arc<App>, call: MethodCall) -> Result<Self, Fault> {
        let method = find(&app.namespaces, &call.method).ok_or_else(Fault::unknown_method)?;
        if !method.takes(call.params.len()) {
            return Err(Fault::incorrect_parameters());
        }
        let snapshot = app.ports.snapshot.load_full();
        if method.when == When::Running && snapshot.mood != Mood::Running {
            return Err(Fault::shutdown_state());
        }
        Ok(Self { app: Arc::clone(app), method, args: Args::new(call.params), snapshot })
    }

    fn asked(&self) -> Asked<'_> {
        Asked { app: &self.app, snapshot: &self.snapshot, args: &self.args }
    }

    async fn perform(&self) -> Result<Answer, Fault> {
        match self.method.action {
            Action::Multicall => system::multicall(&self.app, &self.args).await,
            _ => self.single().await,
        }
    }

    /// Everything but a multicall, which may hold no other.
    async fn single(&self) -> Result<Answer, Fault> {
        match self.method.action {
            Action::Read(read) => read(&self.asked()),
            Action::Call(make) => self.change(make(&self.args)?).await.map(Answer::from),
            Action::ReadLog(source) => logs::read(self, source).await,
            Action::TailLog(channel) => logs::tail(self, channel).await,
            Action::Clear(whose) => clear::clear(self, whose).await,
            Action::Reload(afterwards) => reload::reload(self, afterwards).await,
            Action::Details(which) => details::tell(self, which).await,
            Action::Multicall => Err(Fault::incorrect_parameters()),
        }
    }

    async fn change(&self, call: Call) -> Result<Reply, Fault> {
        change(&self.app, call).await
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Done => Self::Done,
            Reply::Bulk(items) => Self::Bulk(items),
            Reply::Changes(changes) => Self::Changes(changes),
        }
    }
}

/// What a method that only reads may look at.
struct Asked<'a> {
    app: &'a App,
    snapshot: &'a Arc<Snapshot>,
    args: &'a Args,
}

impl<'a> Asked<'a> {
    /// The one process of that name; a name that stands for a group is a bad one here.
    fn process(&self, name: &str) -> Result<&'a Arc<ProcessStatus>, Fault> {
        let (group, process) = namespec::split(name);
        process.and_then(|process| self.snapshot.process(group, process)).ok_or_else(|| Fault::bad_name(name))
    }
}

/// Whether the product's own namespace is there: who leaves the main interface out wants no other in its place.
fn has_product(namespaces: &[String]) -> bool {
    !namespaces.is_empty()
}

/// What metrics call a method: its namespace, as it is without a configuration that renames it, and its name. What the
/// table does not have is all one, because clients can write any name.
fn label(namespaces: &[String], name: &str) -> (&'static str, &'static str) {
    let space = match name.split_once('.') {
        Some((SYSTEM_NAMESPACE, _)) => SYSTEM_NAMESPACE,
        Some((PRODUCT_NAMESPACE, _)) => PRODUCT_NAMESPACE,
        _ => "supervisor",
    };
    find(namespaces, name).map_or(("other", "other"), |method| (space, method.name))
}

/// The row of a method by its full name, `NAMESPACE.METHOD`.
fn find(namespaces: &[String], name: &str) -> Option<&'static Method> {
    let (space, method) = name.split_once('.')?;
    let table = if namespaces.iter().any(|configured| configured == space) {
        MAIN
    } else {
        match space {
            SYSTEM_NAMESPACE => SYSTEM,
            PRODUCT_NAMESPACE if has_product(namespaces) => PRODUCT,
            _ => return None,
        }
    };
    Method::find(table, method)
}

//! `/api/v1`: JSON for programs, everything that XML-RPC can do and a few things more.
//!
//! Each handler carries the description of its address; the routes and the OpenAPI document
//! (`/api/v1/openapi.json`) both come from it. Reads are answered from the snapshot; what changes something is the same
//! call to the supervision plane as in XML-RPC, and is carried out to its end even when the client leaves.
//!
//! Errors are objects of one form ([`problem`]). Nothing here decides about processes.

#![expect(unused_qualifications, reason = "utoipa's macro names what a handler takes by a path of its own")]

mod actions;
pub(in crate::http) mod bookmark;
mod config;
mod daemon;
mod download;
mod events;
mod extract;
mod groups;
mod live;
mod logs;
mod problem;
mod processes;
pub(in crate::http) mod view;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use bytes::Bytes;
use serde::Serialize;
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;
use tower::ServiceExt;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::problem::Problem;
pub(super) use self::problem::{Reason, dress};
pub(super) use self::view::seconds;
use super::App;

/// Where everything of this interface begins.
pub(super) const ROOT: &str = "/api/";
/// Where its description is.
const DOCUMENT: &str = "/api/v1/openapi.json";

/// What the document says beside the addresses.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Provost",
        description = "Processes under supervision: how they are, what they do, and what can be done with them.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "processes", description = "Processes and what can be done with them"),
        (name = "groups", description = "Groups and what can be done with all of their processes"),
        (name = "actions", description = "What can be done with all processes at once"),
        (name = "logs", description = "What processes and the daemon write"),
        (name = "configuration", description = "The configuration, and making it true"),
        (name = "daemon", description = "The daemon itself"),
        (name = "events", description = "What changes, while it happens"),
    ),
    servers((url = "/", description = "The daemon's own address"))
)]
struct Head;

/// Every address with its description. Making the descriptions takes more stack than the plane's thread has, so it is
/// done on helper threads: once for the routes, and again when somebody wants to read it; both are seldom.
fn described() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::<Arc<App>>::with_openapi(Head::openapi())
        .routes(routes!(daemon::show))
        .routes(routes!(processes::list))
        .routes(routes!(processes::one))
        .routes(routes!(processes::history))
        .routes(routes!(config::of_process))
        .routes(routes!(logs::of_process))
        .routes(routes!(actions::start))
        .routes(routes!(actions::stop))
        .routes(routes!(actions::restart_one))
        .routes(routes!(actions::signal))
        .routes(routes!(actions::stdin))
        .routes(routes!(actions::clear_logs))
        .routes(routes!(groups::list))
        .routes(routes!(groups::add, groups::remove))
        .routes(routes!(actions::start_group))
        .routes(routes!(actions::stop_group))
        .routes(routes!(actions::restart_group))
        .routes(routes!(actions::signal_group))
        .routes(routes!(actions::start_all))
        .routes(routes!(actions::stop_all))
        .routes(routes!(actions::restart_all))
        .routes(routes!(actions::signal_all))
        .routes(routes!(actions::clear_all_logs))
        .routes(routes!(daemon::plan))
        .routes(routes!(daemon::reread))
        .routes(routes!(daemon::update))
        .routes(routes!(daemon::reload))
        .routes(routes!(daemon::shutdown))
        .routes(routes!(logs::of_daemon, daemon::clear_log))
        .routes(routes!(daemon::remote_event))
        .routes(routes!(events::stream))
}

/// This interface. It is made when somebody first asks: most daemons are never asked, and should not pay for it with time
/// at their start and with memory. All listeners share it.
#[derive(Clone, Default)]
pub(super) struct Interface(Arc<OnceCell<Router>>);

impl Interface {
    /// Answers a request.
    pub(super) async fn serve(&self, app: Arc<App>, request: Request<Body>) -> Response {
        let make = || spawn_blocking(|| routes().with_state(app));
        match self.0.get_or_try_init(make).await {
            Ok(rooms) => rooms.clone().oneshot(request).await.unwrap_or_else(|never| match never {}),
            Err(_) => unmade().into_response(),
        }
    }
}

/// The rooms of this interface; takes a moment, and some stack.
fn routes() -> Router<Arc<App>> {
    let (router, _) = described().split_for_parts();
    router
        .route(DOCUMENT, get(document))
        .method_not_allowed_fallback(not_allowed)
        .route("/api/{*rest}", any(nowhere))
}

/// `/api/v1/openapi.json`.
async fn document() -> Result<Response, Problem> {
    let write = || serde_json::to_vec(described().get_openapi());
    let written = spawn_blocking(write).await.ok().and_then(Result::ok);
    let written = written.ok_or_else(unmade)?;
    Ok(with_length(written.into(), "application/json"))
}

/// Helper threads are few, and one may fail.
fn unmade() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the description could not be made; try again")
}

/// That something was done which has no other result.
#[derive(Serialize, ToSchema)]
struct Done {
    /// Always true.
    done: bool,
}

impl Done {
    const YES: Self = Self { done: true };
}

/// Whether a path belongs to this interface.
pub(super) fn is_ours(path: &str) -> bool {
    path.starts_with(ROOT)
}

async fn not_allowed() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "there is something at this address, but not for this method",
    )
}

async fn nowhere() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at this address; see {DOCUMENT}"))
}

/// An answer of JSON.
fn json(value: &impl Serialize) -> Response {
    let document = serde_json::to_vec(value).expect("invariant: views have nothing that JSON cannot say");
    with_length(document.into(), "application/json")
}

fn with_length(document: Bytes, kind: &'static str) -> Response {
    let length = document.len();
    let mut response = Response::new(Body::from(document));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::http::tests::check_document;

    /// What `docs/api.md` says before its table.
    const HEAD: &str = include_str!("api.md");

    #[test]
    fn api_document_is_current() {
        // The descriptions take more stack than a test's thread has.
        let made = std::thread::Builder::new().stack_size(16 << 20).spawn(|| {
            serde_json::to_value(described().get_openapi()).expect("the description can be written")
        });
        let document = made.expect("a thread").join().expect("the description can be made");
        let mut text = HEAD.to_owned();
        for tag in document["tags"].as_array().expect("there are tags") {
            let name = &tag["name"];
            write!(
                text,
                "\n### {}\n\n| | |\n| --- | --- |\n",
                tag["description"].as_str().unwrap_or_default()
            )
            .expect("writing to a string");
            for (path, methods) in document["paths"].as_object().expect("there are paths") {
                for (method, operation) in methods.as_object().expect("a path has methods") {
                    if operation["tags"].as_array().is_some_and(|tags| tags.contains(name)) {
                        // A row of a table is one line, however the description is broken in the code.
                        let summary = operation["summary"].as_str().unwrap_or_default().replace('\n', " ");
                        let method = method.to_ascii_uppercase();
                        writeln!(text, "| `{method} {path}` | {summary} |").expect("writing to a string");
                    }
                }
            }
        }
        check_document("api.md", &text);
    }
}

//! `/api/v1`: JSON for programs, everything that XML-RPC can do and a few things more.
//!
//! Each handler carries the description of its address; the routes and the OpenAPI document
//! (`/api/v1/openapi.json`) both come from it. Reads are answered from the snapshot; what changes something is the same
//! call to the supervision plane as in XML-RPC, and is carried out to its end even when the client leaves.
//!
//! Errors are objects of one form ([`problem`]). Nothing here decides about processes.

#![expect(unused_qualifications, reason = "utoipa's macro names what a handler takes by a path of its own")]

pub(in crate::http) mod events;
mod extract;
mod problem;
mod processes;
pub(in crate::http) mod view;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{any, get};
use bytes::Bytes;
use serde::Serialize;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::problem::Problem;
pub(super) use self::problem::{Reason, dress};
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
        (name = "events", description = "What changes, while it happens"),
    ),
    servers((url = "/", description = "The daemon's own address"))
)]
struct Head;

/// The rooms of this interface.
pub(super) fn router(app: &Arc<App>) -> Router<Arc<App>> {
    let described = OpenApiRouter::<Arc<App>>::with_openapi(Head::openapi())
        .routes(routes!(processes::list))
        .routes(routes!(processes::one))
        .routes(routes!(processes::history))
        .routes(routes!(events::stream));
    let (router, document) = described.split_for_parts();
    let document = serde_json::to_vec(&document).expect("invariant: the description can be written");
    let document = Bytes::from(document);
    router
        .route(DOCUMENT, get(|| async move { with_length(document, "application/json") }))
        .method_not_allowed_fallback(not_allowed)
        .route("/api/{*rest}", any(nowhere))
        .with_state(Arc::clone(app))
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

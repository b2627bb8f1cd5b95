//! `/metrics`: figures for Prometheus, in its text format.
//!
//! The page is made when somebody asks, from the snapshot, the feed's counts and one look at `/proc`; nothing is
//! collected for nobody. What each family means is told by its help here, and nowhere else; `docs/metrics.md` explains
//! the page as a whole.

mod daemon;
mod processes;
mod text;

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use provost_core::status::{Pid, Snapshot};
use tokio::task::spawn_blocking;

use self::text::Page;
use super::App;
use super::sampler::Sample;
use crate::descriptors;

/// Where the page is.
pub(super) const PATH: &str = "/metrics";

/// What the page is made from.
struct Figures<'a> {
    app: &'a App,
    snapshot: &'a Snapshot,
    sample: &'a Sample,
    /// Open descriptors of each child.
    descriptors: HashMap<Pid, u64>,
    own: descriptors::Own,
}

/// `/metrics`.
pub(super) async fn page(State(app): State<Arc<App>>) -> Response {
    let snapshot = app.ports.snapshot.load_full();
    let sample = app.sampler.fresh(&snapshot).await;
    let children: Vec<Pid> = snapshot.processes.iter().filter_map(|row| row.pid).collect();
    // Figures that could not be had are absent, as without /proc.
    let (descriptors, own) =
        spawn_blocking(move || (descriptors::of(&children), descriptors::own())).await.unwrap_or_default();
    let figures = Figures { app: &app, snapshot: &snapshot, sample: &sample, descriptors, own };
    let mut page = Page::default();
    daemon::write(&mut page, &figures);
    processes::write(&mut page, &figures);
    respond(page)
}

fn respond(page: Page) -> Response {
    let text = page.finish();
    let length = text.len();
    let mut response = Response::new(Body::from(text));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

//! Log streams: `/logtail/…` and `/mainlogtail`, the last kilobyte of a log (or as many lines as the query
//! wants) and then everything that is added.
//!
//! How a file is followed is told in [`follow`](super::follow).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_TYPE, LAST_MODIFIED};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use provost_core::output::Channel;
use provost_core::status::{ProcessId, Snapshot};
use provost_wire::namespec;

use super::backlog::Backlog;
use super::follow::{Next, Piece, Reader, Start};
use super::places::Life;
use super::router::LogPath;
use super::{App, StopSignal, error};
use crate::ports::LogWatch;

/// What tells a reader that the bytes before are no longer in the file.
const TRUNCATED: &[u8] = b"==> File truncated <==\n";

/// `/logtail/NAME`, `/logtail/NAME/stdout`, `/logtail/NAME/stderr`.
pub(super) async fn process(
    State(app): State<Arc<App>>,
    Extension(life): Extension<Arc<Life>>,
    Extension(LogPath(rest)): Extension<LogPath>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some((process, channel, path)) = find(&app.ports.snapshot.load(), &rest) else {
        return error::page(StatusCode::NOT_FOUND);
    };
    let watch = app.ports.watches.channel(process, channel);
    let log = (path, Backlog::of(query.as_deref()));
    let mut response = follow(log, &watch, &life, app.stop.clone()).await;
    if response.status() == StatusCode::OK {
        let unbuffered = HeaderName::from_static("x-accel-buffering");
        response.headers_mut().insert(unbuffered, HeaderValue::from_static("no"));
    }
    response
}

/// `/mainlogtail`.
pub(super) async fn main(
    State(app): State<Arc<App>>,
    Extension(life): Extension<Arc<Life>>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some(path) = &app.ports.main_log else { return error::page(StatusCode::NOT_FOUND) };
    let log = (Arc::clone(path), Backlog::of(query.as_deref()));
    follow(log, &app.ports.watches.main, &life, app.stop.clone()).await
}

/// The log that stands behind `/logtail` in a path, if there is one.
fn find(snapshot: &Snapshot, rest: &str) -> Option<(ProcessId, Channel, Arc<str>)> {
    let (name, channel) = match rest.strip_prefix('/')?.split_once('/') {
        None => (rest.strip_prefix('/')?, Channel::Stdout),
        Some((name, "stdout")) => (name, Channel::Stdout),
        Some((name, "stderr")) => (name, Channel::Stderr),
        Some(_) => return None,
    };
    let (group, process) = namespec::split(name);
    let row = snapshot.process(group, process?)?;
    let path = match channel {
        Channel::Stdout => row.stdout_logfile.as_ref(),
        Channel::Stderr => row.stderr_logfile.as_ref(),
    };
    Some((row.id, channel, Arc::clone(path?)))
}

/// The stream of one file, or 404 if there is none.
async fn follow(
    (path, backlog): (Arc<str>, Backlog),
    watch: &Arc<LogWatch>,
    life: &Life,
    stop: StopSignal,
) -> Response {
    let Ok(reader) = Reader::open(path, Start::Backlog(backlog), watch, stop).await else {
        return error::page(StatusCode::NOT_FOUND);
    };
    let modified = reader.modified().and_then(|text| HeaderValue::try_from(text).ok());
    let chunks = stream::unfold(reader, |mut reader| async {
        let bytes = loop {
            match reader.next(Duration::MAX).await {
                Next::Piece(Piece::Bytes(bytes)) => break Bytes::from(bytes),
                Next::Piece(Piece::Truncated) => break Bytes::from_static(TRUNCATED),
                Next::Piece(Piece::Nothing) | Next::Silence => {}
                Next::End => return None,
            }
        };
        Some((Ok::<_, io::Error>(bytes), reader))
    });
    life.stream();
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    if let Some(modified) = modified {
        headers.insert(LAST_MODIFIED, modified);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
    response
}

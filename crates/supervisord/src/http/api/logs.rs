//! Logs: a piece as JSON, the bytes as a file, or what is added as it is written. The header `Accept` chooses.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::Response;
use bytes::Bytes;
use provost_core::output::Channel;
use provost_wire::namespec::ShortName;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;
use utoipa::{IntoParams, ToSchema};

use super::download::{self, Download};
use super::events::{last_event_id, place, respond};
use super::extract::{Names, Query};
use super::json;
use super::live::Live;
use super::problem::{ErrorBody, Problem};
use super::processes::find;
use crate::http::backlog::Backlog;
use crate::http::follow::{Position, Start};
use crate::http::limits::MAX_SLICE_BYTES;
use crate::http::places::Life;
use crate::http::{App, logfile};
use crate::ports::LogWatch;

/// Bytes of a piece whose length nobody says.
const USUAL_BYTES: u64 = 64 << 10;

/// Which part of a log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// The byte to begin at; negative counts from the end. Without it a piece ends where the log ends, and a live log
    /// begins 1024 bytes before.
    offset: Option<i64>,
    /// Bytes at most, of a piece: 65536 if it is absent, never more than 8388608.
    #[serde(default, deserialize_with = "natural")]
    #[param(value_type = Option<i64>, minimum = 0)]
    length: Option<u64>,
    /// Begin with so many lines before the end, at most 8388608 bytes; of a piece, `offset` wins.
    #[serde(default, deserialize_with = "natural")]
    #[param(value_type = Option<i64>, minimum = 0)]
    lines: Option<u64>,
    /// Of a live log: go on after this id. The header `Last-Event-ID` wins.
    since: Option<String>,
    /// 1: the whole log as a file.
    download: Option<u8>,
}

/// A number that is not negative and that every language's integers can hold.
fn natural<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    let number = Option::<i64>::deserialize(from)?;
    number.map(|number| u64::try_from(number).map_err(|_| D::Error::custom("it is negative"))).transpose()
}

/// A piece of a log.
#[derive(Serialize, ToSchema)]
pub(super) struct LogSlice {
    /// Its text; bytes that are none are replaced by U+FFFD.
    data: String,
    /// Where it begins, in bytes.
    offset: u64,
    /// Where it ends, in bytes.
    end: u64,
    /// Bytes that the log has.
    size: u64,
    /// Whether there is more before it.
    overflow: bool,
    /// The id after which a live log goes on from its end.
    id: String,
}

/// One log of the daemon.
pub(super) struct Log {
    pub(super) path: Arc<str>,
    pub(super) watch: Arc<LogWatch>,
    /// The name of a file that it is saved in.
    file_name: String,
}

impl Log {
    /// What a process writes, `stdout` or `stderr`.
    ///
    /// # Errors
    ///
    /// When there is no such process or log.
    pub(super) fn of_process(app: &App, name: &str, channel: &str) -> Result<Self, Problem> {
        let snapshot = app.ports.snapshot.load();
        let row = find(&snapshot, name)?;
        let (kind, path) = match channel {
            "stdout" => (Channel::Stdout, &row.stdout_logfile),
            "stderr" => (Channel::Stderr, &row.stderr_logfile),
            other => {
                return Err(Problem::no_log(format!("the logs are stdout and stderr, there is no {other}")));
            }
        };
        let path = path.clone().ok_or_else(|| Problem::no_log(format!("there is no log of {channel}")))?;
        let watch = app.ports.watches.channel(row.id, kind);
        let file_name = format!("{}-{channel}.log", ShortName::new(&row.group, &row.recipe.name));
        Ok(Self { path, watch, file_name })
    }

    /// The daemon's own.
    ///
    /// # Errors
    ///
    /// When it is no file.
    pub(super) fn of_daemon(app: &App) -> Result<Self, Problem> {
        let path = app.ports.main_log.clone();
        let path = path.ok_or_else(|| Problem::no_log("the daemon's log is no file"))?;
        let watch = Arc::clone(&app.ports.watches.main);
        Ok(Self { path, watch, file_name: "supervisord.log".to_owned() })
    }
}

/// What a process writes.
///
/// As JSON: a piece. With `Accept: text/plain` or `download=1`: the bytes, with ranges. With
/// `Accept: text/event-stream`: what is added while it is written: events `log` (`{"text","offset"}`; the id is where it
/// ends) and `truncated` (what came before is gone); a comment every fifteen seconds; after a break `Last-Event-ID`
/// continues.
#[utoipa::path(get, path = "/api/v1/processes/{name}/logs/{channel}", tag = "logs",
    params(("name" = String, Path, description = "The process: `NAME` or `GROUP:NAME`"),
        ("channel" = String, Path, description = "`stdout` or `stderr`"), Part),
    responses((status = 200, content((LogSlice = "application/json"), (String = "text/plain"), (String = "text/event-stream"))),
        (status = 206, content_type = "text/plain", body = String),
        (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn of_process(
    State(app): State<Arc<App>>,
    Extension(life): Extension<Arc<Life>>,
    Names((name, channel)): Names<(String, String)>,
    Query(part): Query<Part>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let log = Log::of_process(&app, &name, &channel)?;
    answer(&app, &life, log, (part, headers)).await
}

/// The daemon's own log, in the same forms.
#[utoipa::path(get, path = "/api/v1/log", tag = "logs", params(Part),
    responses((status = 200, content((LogSlice = "application/json"), (String = "text/plain"), (String = "text/event-stream"))),
        (status = 206, content_type = "text/plain", body = String),
        (status = "4XX", body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn of_daemon(
    State(app): State<Arc<App>>,
    Extension(life): Extension<Arc<Life>>,
    Query(part): Query<Part>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let log = Log::of_daemon(&app)?;
    answer(&app, &life, log, (part, headers)).await
}

async fn answer(
    app: &Arc<App>,
    life: &Life,
    log: Log,
    (part, headers): (Part, HeaderMap),
) -> Result<Response, Problem> {
    let accepts = |kind: &str| {
        headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).any(|text| text.contains(kind))
    };
    let wants_file = part.download == Some(1) || (accepts("text/plain") && !accepts("application/json"));
    if accepts("text/event-stream") {
        let start = start(&part, last_event_id(&headers));
        let place = place(app)?;
        let live = Live::open(&log, start, app.stop.clone()).await.map_err(|error| trouble(&error))?;
        return Ok(respond(life, Stream { live, _place: place }, Stream::next));
    }
    if wants_file {
        let range = download::range(&headers);
        let saved = part.download.is_some().then_some(log.file_name);
        let download = blocking(move || Download::open(&log.path, range)).await?;
        return download.respond(saved);
    }
    let slice = blocking(move || slice(&log.path, &part)).await?;
    Ok(json(&slice))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    let done = spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(std::io::Error::other("the reading failed"))).map_err(|error| trouble(&error))
}

fn trouble(error: &std::io::Error) -> Problem {
    match error.kind() {
        std::io::ErrorKind::NotFound => Problem::no_log("the log does not exist yet"),
        _ => Problem::no_log(format!("the log cannot be read: {error}")),
    }
}

fn slice(path: &str, part: &Part) -> std::io::Result<LogSlice> {
    let (mut file, metadata) = logfile::open(path)?;
    let size = metadata.len();
    let (start, count) = match (part.offset, part.lines) {
        (None, Some(lines)) => {
            let start = Backlog::Lines(lines).start(&mut file, size)?;
            (start, part.length.unwrap_or(MAX_SLICE_BYTES).min(MAX_SLICE_BYTES).min(size - start))
        }
        (offset, _) => bounds(size, offset, part.length),
    };
    let bytes = logfile::read_at(&mut file, start, count)?;
    let end = start + bytes.len() as u64;
    let id = Position { file: std::os::unix::fs::MetadataExt::ino(&metadata), offset: end };
    Ok(LogSlice {
        data: String::from_utf8_lossy(&bytes).into_owned(),
        offset: start,
        end,
        size,
        overflow: start > 0,
        id: id.to_string(),
    })
}

/// First byte and number of bytes of a piece.
fn bounds(size: u64, offset: Option<i64>, length: Option<u64>) -> (u64, u64) {
    let length = length.unwrap_or(USUAL_BYTES).min(MAX_SLICE_BYTES);
    let start = match offset {
        None => size.saturating_sub(length),
        Some(offset) if offset < 0 => size.saturating_sub(offset.unsigned_abs()),
        Some(offset) => offset.unsigned_abs().min(size),
    };
    (start, length.min(size - start))
}

/// Where a live log begins. An id that is none is ignored: a browser sends it again and again.
fn start(part: &Part, last_event_id: Option<&str>) -> Start {
    let id = last_event_id.or(part.since.as_deref()).and_then(|text| text.parse().ok());
    match (id, part.offset, part.lines) {
        (Some(position), _, _) => Start::Resume(position),
        (None, Some(offset), _) if offset >= 0 => Start::Offset(offset.unsigned_abs()),
        (None, _, Some(lines)) => Start::Backlog(Backlog::Lines(lines)),
        _ => Start::Backlog(Backlog::Usual),
    }
}

/// The stream of a live log.
struct Stream {
    live: Live,
    _place: OwnedSemaphorePermit,
}

impl Stream {
    /// The next event, or a comment; `None` when the plane ends.
    async fn next(self) -> Option<(Bytes, Self)> {
        let (news, live) = self.live.next().await?;
        Some((news.frame(|end| end), Self { live, ..self }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_lie_inside_the_log() {
        for (size, offset, length, expect) in [
            (100, None, None, (0, 100)),
            (100, None, Some(10), (90, 10)),
            (100_000, None, None, (100_000 - 65_536, 65_536)),
            (100, Some(20), Some(10), (20, 10)),
            (100, Some(95), Some(10), (95, 5)),
            (100, Some(200), Some(10), (100, 0)),
            (100, Some(-10), None, (90, 10)),
            (100, Some(-10), Some(3), (90, 3)),
            (100, Some(i64::MIN), Some(u64::MAX), (0, 100)),
            (1 << 30, Some(0), Some(u64::MAX), (0, MAX_SLICE_BYTES)),
            (0, None, None, (0, 0)),
        ] {
            assert_eq!(bounds(size, offset, length), expect, "{size} {offset:?} {length:?}");
        }
    }

    #[test]
    fn live_logs_begin_where_the_client_says() {
        let part = |text: &str| {
            let uri = format!("http://x/?{text}").parse().expect("a case is an address");
            axum::extract::Query::<Part>::try_from_uri(&uri).expect("a case is a query").0
        };
        let position = Position { file: 0x1f, offset: 0x20 };
        for (query, id, expect) in [
            ("", None, Start::Backlog(Backlog::Usual)),
            ("lines=3", None, Start::Backlog(Backlog::Lines(3))),
            ("offset=7&lines=3", None, Start::Offset(7)),
            ("since=1f-20", None, Start::Resume(position)),
            ("offset=7", Some("1f-20"), Start::Resume(position)),
            ("", Some("nonsense"), Start::Backlog(Backlog::Usual)),
        ] {
            assert_eq!(start(&part(query), id), expect, "{query} {id:?}");
        }
        assert_eq!(position.to_string(), "1f-20");
    }
}

//! `/api/v1/events`: what changes, as server-sent events, while it happens.
//!
//! A stream pulls: it reads the feed when its client has taken what came before. So a reader that is slow, or away for
//! a moment, costs no memory, and several changes of one process that it did not take in time come as one. One that
//! falls behind the feed's ring, or comes with a number of another life of the daemon, is told to begin anew.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, Stream, StreamExt};
use provost_core::notice::Notice;
use provost_core::status::ProcessStatus;
use provost_wire::namespec::ShortName;
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self};
use tokio::time::sleep;
use utoipa::{IntoParams, ToSchema};

use super::bookmark::{Bookmark, EventId};
use super::extract::Query;
use super::live::{Live, LogNews};
use super::logs::Log;
use super::problem::{ErrorBody, Problem};
use super::processes::find;
use super::view::Viewer;
use crate::feed::{Fact, News, Watcher, subject};
use crate::http::App;
use crate::http::backlog::Backlog;
use crate::http::follow::{Position, Start};
use crate::http::limits::{HEARTBEAT, Limit, MAX_STREAMS};
use crate::http::places::Life;
use crate::http::sampler::{Changed, Sample};

/// Where a reader says what it has seen already.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// What to tell, and where to begin.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wish {
    /// The id of the last event that is known already, for who cannot set the header `Last-Event-ID`, which wins.
    since: Option<String>,
    /// Tell of this process only: `NAME` or `GROUP:NAME`.
    process: Option<String>,
    /// Follow a log, too: `stdout` or `stderr` of `process`, or `main` for the daemon's.
    log: Option<String>,
    /// Lines of that log to begin with: 100 if it is absent. Who comes back and missed more than a mebibyte of the log
    /// begins anew with as many.
    lines: Option<u16>,
}

/// What one tree of processes uses.
#[derive(Serialize, ToSchema)]
pub(super) struct ResourceView {
    /// The process.
    name: String,
    /// Resident bytes.
    memory: u64,
    /// Processor seconds.
    cpu_seconds: f64,
    /// Share of one processor since the sample before, in percent.
    cpu_percent: Option<f64>,
    /// Processes.
    processes: u32,
}

/// Streams what changes.
///
/// One connection is enough for everything that a page shows: `process` and `log` choose.
///
/// Events: `ready` (first; what came before its id is not sent), `process` (a process as in `GET /processes`, after
/// each change), `group_added` and `group_removed` (`{"group"}`), `supervisor` (`{"state"}`), `resources` (a list of
/// what changed in the use of memory and processors, every five seconds; at first of all), `reset` (events were missed:
/// read everything anew), and of a log that is followed `log` (`{"text","offset"}`), `truncated` (some of it is missing
/// here) and `log_end` (`{"reason"}`: it cannot be read). Every fifteen seconds without any of them comes `alive`.
/// After a break, `Last-Event-ID` continues.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(Wish),
    responses((status = 200, description = "Server-sent events", body = String, content_type = "text/event-stream"),
        (status = "4XX", description = "There is no such process or log", body = ErrorBody),
        (status = 503, description = "Too many streams are open", body = ErrorBody)))]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    Extension(life): Extension<Arc<Life>>,
    Query(mut wish): Query<Wish>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    wish.since = last_event_id(&headers).map(str::to_owned).or(wish.since);
    let scope = Scope::of(&app, wish.process.as_deref())?;
    let log = wish.log(&app)?;
    let place = place(&app)?;
    let mut watch = Watch::new(&app, wish.since.as_deref(), (scope, place));
    if let Some(log) = log {
        watch.follow(&log, wish.start()).await;
    }
    Ok(respond(&life, watch, Watch::next))
}

impl Wish {
    /// The log that is to be followed.
    fn log(&self, app: &App) -> Result<Option<Log>, Problem> {
        let log = match (self.log.as_deref(), self.process.as_deref()) {
            (None, _) => return Ok(None),
            (Some("main"), _) => Log::of_daemon(app)?,
            (Some(channel), Some(name)) => Log::of_process(app, name, channel)?,
            (Some(_), None) => {
                return Err(Problem::bad_request("`log` needs `process`, which says whose log it is"));
            }
        };
        Ok(Some(log))
    }

    /// Where in the log to begin.
    fn start(&self) -> Start {
        let backlog = Backlog::Lines(self.lines.unwrap_or(USUAL_LINES).into());
        let known = self.since.as_deref().and_then(Bookmark::parse).and_then(|bookmark| bookmark.log);
        known.map_or(Start::Backlog(backlog), |position| Start::ResumeNear(position, backlog))
    }
}

/// Of whom a reader wants to hear.
enum Scope {
    All,
    One { group: String, process: String },
}

impl Scope {
    fn of(app: &App, process: Option<&str>) -> Result<Self, Problem> {
        let Some(name) = process else { return Ok(Self::All) };
        let snapshot = app.ports.snapshot.load();
        let row = find(&snapshot, name)?;
        Ok(Self::One { group: row.group.as_ref().to_owned(), process: row.recipe.name.to_string() })
    }

    fn has(&self, group: &str, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::One { group: of, process } => of == group && process == name,
        }
    }
}

/// A stream's place among those that may be open.
pub(super) fn place(app: &App) -> Result<OwnedSemaphorePermit, Problem> {
    Arc::clone(&app.streams).try_acquire_owned().map_err(|_| {
        app.count(Limit::Streams, None);
        let message = format!("{MAX_STREAMS} streams are open already; close one and try again");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, message)
    })
}

/// What the reader had seen when its last stream broke.
pub(super) fn last_event_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(LAST_EVENT_ID)?.to_str().ok()
}

/// An answer that goes on as long as `next` has something.
pub(super) fn respond<S: Send + 'static, F>(
    life: &Life,
    source: S,
    next: impl Fn(S) -> F + Send + Copy + 'static,
) -> Response
where
    F: Future<Output = Option<(Bytes, S)>> + Send + 'static,
{
    life.stream();
    let frames = stream::unfold(source, move |source| async move {
        let (frame, source) = next(source).await?;
        Some((Ok::<_, Infallible>(frame), source))
    });
    let mut response = Response::new(Body::from_stream(frames));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// One event in the stream's format. JSON has no line ends, so the data is one line.
pub(super) fn frame(id: Option<&dyn std::fmt::Display>, event: &str, data: &impl Serialize) -> Bytes {
    let data = serde_json::to_string(data).expect("invariant: views have nothing that JSON cannot say");
    let id = id.map_or_else(String::new, |id| format!("id: {id}\n"));
    format!("{id}event: {event}\ndata: {data}\n\n").into()
}

/// What keeps a connection open that has nothing to say.
pub(super) const COMMENT: Bytes = Bytes::from_static(b":\n\n");
/// The same for pages: their script does not see comments, and must notice a connection that is silent because it is broken.
const ALIVE: Bytes = Bytes::from_static(b"event: alive\ndata: {}\n\n");
/// Lines of a log that a reader begins with who does not say how many.
const USUAL_LINES: u16 = 100;

/// One reader.
struct Watch {
    app: Arc<App>,
    watcher: Watcher,
    /// Everything up to here was sent.
    seen: u64,
    waiting: VecDeque<Bytes>,
    resources: broadcast::Receiver<Changed>,
    /// What processes use was told once, in full.
    has_told_all: bool,
    scope: Scope,
    log: Option<BoxStream<'static, LogNews>>,
    /// Everything of the log up to here was sent.
    log_at: Option<Position>,
    _place: OwnedSemaphorePermit,
}

impl Watch {
    fn new(app: &Arc<App>, since: Option<&str>, (scope, place): (Scope, OwnedSemaphorePermit)) -> Self {
        let feed = &app.ports.feed;
        let latest = EventId::latest(feed);
        let asked = since.map(|text| Bookmark::parse(text).filter(|known| known.event.is_of_life(&latest)));
        let log_at = since.and_then(Bookmark::parse).and_then(|known| known.log);
        let begin = Bookmark { event: latest, log: log_at };
        let (seen, first) = match asked {
            None => (latest.number(), frame(Some(&begin), "ready", &Nothing {})),
            Some(None) => (latest.number(), frame(Some(&begin), "reset", &Nothing {})),
            Some(Some(known)) => (known.event.number(), frame(None, "ready", &Nothing {})),
        };
        Self {
            watcher: feed.watch(),
            seen,
            waiting: VecDeque::from([first]),
            resources: app.sampler.watch(app),
            has_told_all: false,
            scope,
            log: None,
            log_at,
            app: Arc::clone(app),
            _place: place,
        }
    }

    /// Tells of a log, too. One that cannot be read is told of, and does not keep the rest back.
    async fn follow(&mut self, log: &Log, start: Start) {
        match Live::open(log, start, self.app.stop.clone()).await {
            Ok(live) => self.log = Some(stream::unfold(live, Live::next).boxed()),
            Err(error) => self.end_log(&error.to_string()),
        }
    }

    fn end_log(&mut self, reason: &str) {
        self.log = None;
        self.waiting.push_back(frame(None, "log_end", &serde_json::json!({"reason": reason})));
    }

    /// Where a reader goes on who has got everything that was sent.
    fn bookmark(&self) -> Bookmark {
        let event = EventId::latest(&self.app.ports.feed).with_number(self.seen);
        Bookmark { event, log: self.log_at }
    }

    /// The next event, or a comment; `None` when the plane ends.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        let mut stop = self.app.stop.clone();
        loop {
            if stop.is_requested() {
                return None;
            }
            if let Some(frame) = self.waiting.pop_front() {
                return Some((frame, self));
            }
            // Asked for before the feed is read, so that nothing can happen unnoticed between the two.
            let changed = self.watcher.changed();
            let news = self.app.ports.feed.since(self.seen);
            if let Some(news) = Some(news).filter(|news| *news != News::Facts(Vec::new())) {
                drop(changed);
                self.take(&news);
                continue;
            }
            if !self.has_told_all {
                drop(changed);
                self.tell_all_resources().await;
                continue;
            }
            tokio::select! {
                () = changed => {}
                sampled = self.resources.recv() => match sampled {
                    Ok(Changed { sample, rows }) => self.waiting.push_back(resources(&*rows, &sample, &self.scope)),
                    Err(RecvError::Lagged(_)) => self.has_told_all = false,
                    Err(RecvError::Closed) => return None,
                },
                news = next_of(&mut self.log) => self.take_log(news),
                () = sleep(HEARTBEAT) => return Some((ALIVE, self)),
                () = stop.requested() => return None,
            }
        }
    }

    async fn tell_all_resources(&mut self) {
        let snapshot = self.app.ports.snapshot.load_full();
        let sample = self.app.sampler.fresh(&snapshot).await;
        self.waiting.push_back(resources(&snapshot.processes, &sample, &self.scope));
        self.has_told_all = true;
    }

    fn take(&mut self, news: &News) {
        match news {
            News::Missed(latest) => {
                self.seen = *latest;
                self.waiting.push_back(frame(Some(&self.bookmark()), "reset", &Nothing {}));
            }
            News::Facts(facts) => {
                self.seen = facts.last().map_or(self.seen, |fact| fact.number);
                let viewer = Viewer::quick(&self.app);
                self.waiting.extend(frames(&viewer, facts, &self.scope, self.bookmark()));
            }
        }
    }

    fn take_log(&mut self, news: Option<LogNews>) {
        match news {
            Some(LogNews::Silence) => self.waiting.push_back(ALIVE),
            Some(news) => {
                self.log_at = news.position();
                self.waiting.push_back(news.frame(|_| self.bookmark()));
            }
            None => self.end_log("the reading failed"),
        }
    }
}

/// The next of a stream, if there is one; otherwise it never comes.
async fn next_of<S: Stream + Unpin>(source: &mut Option<S>) -> Option<S::Item> {
    match source {
        Some(source) => source.next().await,
        None => std::future::pending().await,
    }
}

/// What stands in events that are news by themselves.
#[derive(Serialize)]
struct Nothing {}

/// The events of facts. A process that changed several times is told once, as it is now.
fn frames(viewer: &Viewer, facts: &[Fact], scope: &Scope, bookmark: Bookmark) -> Vec<Bytes> {
    let mut last_of = BTreeMap::new();
    for fact in facts {
        if let Some(process) = subject(&fact.notice).filter(|of| scope.has(&of.group, &of.name)) {
            last_of.insert((&*process.group, &*process.name), fact.number);
        }
    }
    let frame_of = |fact: &Fact| {
        let id = Bookmark { event: bookmark.event.with_number(fact.number), ..bookmark };
        let say = |event, data: &serde_json::Value| Some(frame(Some(&id), event, data));
        if let Some(process) = subject(&fact.notice) {
            let is_last = last_of.get(&(&*process.group, &*process.name)) == Some(&fact.number);
            let row = viewer.snapshot.process(&process.group, &process.name).filter(|_| is_last)?;
            return Some(frame(Some(&id), "process", &viewer.view(row)));
        }
        match &fact.notice {
            Notice::GroupAdded { group } => say("group_added", &serde_json::json!({"group": **group})),
            Notice::GroupRemoved { group } => say("group_removed", &serde_json::json!({"group": **group})),
            Notice::SupervisorRunning | Notice::SupervisorStopping => {
                say("supervisor", &serde_json::json!({"state": viewer.snapshot.mood.name()}))
            }
            _ => None,
        }
    };
    facts.iter().filter_map(frame_of).collect()
}

/// The event that tells what those processes use.
fn resources<'a>(
    rows: impl IntoIterator<Item = &'a Arc<ProcessStatus>>,
    sample: &Sample,
    scope: &Scope,
) -> Bytes {
    let view = |row: &Arc<ProcessStatus>| {
        if !scope.has(&row.group, &row.recipe.name) {
            return None;
        }
        let used = sample.of(row.pid)?;
        Some(ResourceView {
            name: ShortName::new(&row.group, &row.recipe.name).to_string(),
            memory: used.usage.memory,
            cpu_seconds: used.usage.cpu,
            cpu_percent: used.cpu_percent,
            processes: used.usage.processes,
        })
    };
    frame(None, "resources", &rows.into_iter().filter_map(view).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_a_few_lines() {
        let id = "1-2";
        assert_eq!(&frame(Some(&id), "x", &"a\nb")[..], b"id: 1-2\nevent: x\ndata: \"a\\nb\"\n\n");
        assert_eq!(&frame(None, "ready", &Nothing {})[..], b"event: ready\ndata: {}\n\n");
    }
}

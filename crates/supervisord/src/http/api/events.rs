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
use futures_util::stream;
use provost_core::notice::Notice;
use provost_core::status::ProcessStatus;
use provost_wire::namespec::ShortName;
use serde::{Deserialize, Serialize};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self};
use tokio::time::sleep;
use utoipa::{IntoParams, ToSchema};

use super::extract::Query;
use super::problem::{ErrorBody, Problem};
use super::view::Viewer;
use crate::feed::{Fact, Feed, News, Watcher, subject};
use crate::http::App;
use crate::http::limits::{HEARTBEAT, Limit, MAX_STREAMS};
use crate::http::places::Life;
use crate::http::sampler::{Changed, Sample};

/// Where a reader says what it has seen already.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A number of the feed that is good for one life of the daemon: `LIFE-NUMBER`, both hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct EventId {
    life: i64,
    number: u64,
}

impl EventId {
    /// The latest event that there is. What is looked at after asking for it is at least as new.
    pub(in crate::http) fn latest(feed: &Feed) -> Self {
        Self { life: feed.born().0, number: feed.latest() }
    }

    /// That of another event of the same life.
    pub(super) fn with_number(self, number: u64) -> Self {
        Self { number, ..self }
    }

    fn parse(text: &str) -> Option<Self> {
        let (life, number) = text.split_once('-')?;
        Some(Self {
            life: i64::from_str_radix(life, 16).ok()?,
            number: u64::from_str_radix(number, 16).ok()?,
        })
    }
}

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}-{:x}", self.life, self.number)
    }
}

/// Where to begin.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Beginning {
    /// The id of the last event that is known already, for who cannot set the header `Last-Event-ID`, which wins.
    since: Option<String>,
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
/// Events: `ready` (first; what came before its id is not sent), `process` (a process as in `GET /processes`, after
/// each change), `group_added` and `group_removed` (`{"group"}`), `supervisor` (`{"state"}`), `resources` (a list of
/// what changed in the use of memory and processors, every five seconds; at first of all), `reset` (events were missed:
/// read everything anew). A comment comes every fifteen seconds. After a break, `Last-Event-ID` continues.
#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(Beginning),
    responses((status = 200, description = "Server-sent events", body = String, content_type = "text/event-stream"),
        (status = 503, description = "Too many streams are open", body = ErrorBody)))]
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    Extension(life): Extension<Arc<Life>>,
    Query(beginning): Query<Beginning>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let place = place(&app)?;
    let asked = last_event_id(&headers).map(str::to_owned).or(beginning.since);
    let watch = Watch::new(&app, asked.as_deref(), place);
    Ok(respond(&life, watch, Watch::next))
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
    _place: OwnedSemaphorePermit,
}

impl Watch {
    fn new(app: &Arc<App>, asked: Option<&str>, place: OwnedSemaphorePermit) -> Self {
        let feed = &app.ports.feed;
        let latest = EventId::latest(feed);
        let asked = asked.map(|text| EventId::parse(text).filter(|id| id.life == latest.life));
        let (seen, first) = match asked {
            None => (latest.number, frame(Some(&latest), "ready", &Nothing {})),
            Some(None) => (latest.number, frame(Some(&latest), "reset", &Nothing {})),
            Some(Some(id)) => (id.number, frame(None, "ready", &Nothing {})),
        };
        Self {
            watcher: feed.watch(),
            seen,
            waiting: VecDeque::from([first]),
            resources: app.sampler.watch(app),
            has_told_all: false,
            app: Arc::clone(app),
            _place: place,
        }
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
                    Ok(Changed { sample, rows }) => self.waiting.push_back(resources(&rows, &sample)),
                    Err(RecvError::Lagged(_)) => self.has_told_all = false,
                    Err(RecvError::Closed) => return None,
                },
                () = sleep(HEARTBEAT) => return Some((COMMENT, self)),
                () = stop.requested() => return None,
            }
        }
    }

    async fn tell_all_resources(&mut self) {
        let snapshot = self.app.ports.snapshot.load_full();
        let sample = self.app.sampler.fresh(&snapshot).await;
        self.waiting.push_back(resources(&snapshot.processes, &sample));
        self.has_told_all = true;
    }

    fn take(&mut self, news: &News) {
        let life = self.app.ports.feed.born().0;
        match news {
            News::Missed(latest) => {
                self.seen = *latest;
                let id = EventId { life, number: *latest };
                self.waiting.push_back(frame(Some(&id), "reset", &Nothing {}));
            }
            News::Facts(facts) => {
                self.seen = facts.last().map_or(self.seen, |fact| fact.number);
                self.waiting.extend(frames(&Viewer::quick(&self.app), facts, life));
            }
        }
    }
}

/// What stands in events that are news by themselves.
#[derive(Serialize)]
struct Nothing {}

/// The events of facts. A process that changed several times is told once, as it is now.
fn frames(viewer: &Viewer, facts: &[Arc<Fact>], life: i64) -> Vec<Bytes> {
    let mut last_of = BTreeMap::new();
    for fact in facts {
        if let Some(process) = subject(&fact.notice) {
            last_of.insert((&*process.group, &*process.name), fact.number);
        }
    }
    let frame_of = |fact: &Arc<Fact>| {
        let id = EventId { life, number: fact.number };
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
fn resources(rows: &[Arc<ProcessStatus>], sample: &Sample) -> Bytes {
    let view = |row: &Arc<ProcessStatus>| {
        let used = sample.of(row.pid)?;
        Some(ResourceView {
            name: ShortName::new(&row.group, &row.recipe.name).to_string(),
            memory: used.usage.memory,
            cpu_seconds: used.usage.cpu,
            cpu_percent: used.cpu_percent,
            processes: used.usage.processes,
        })
    };
    frame(None, "resources", &rows.iter().filter_map(view).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_the_life_they_are_good_for() {
        let id = EventId { life: 0x5f, number: 26 };
        assert_eq!(id.to_string(), "5f-1a");
        assert_eq!(EventId::parse("5f-1a"), Some(id));
        for wrong in ["", "5f", "5f-", "-1a", "x-1", "5f-1a-2"] {
            assert_eq!(EventId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_event_is_a_few_lines() {
        let id = EventId { life: 1, number: 2 };
        assert_eq!(&frame(Some(&id), "x", &"a\nb")[..], b"id: 1-2\nevent: x\ndata: \"a\\nb\"\n\n");
        assert_eq!(&frame(None, "ready", &Nothing {})[..], b"event: ready\ndata: {}\n\n");
    }
}

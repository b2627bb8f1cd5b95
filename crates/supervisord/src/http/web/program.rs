//! The page of one program: its output, what was done to it and what it did, and how it is configured.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use provost_config::dump::{Effective, Origin, Value};
use provost_core::notice::{Notice, how};
use provost_core::output::Channel;
use provost_core::status::{ProcessStatus, Snapshot};
use provost_core::time::Wall;
use provost_wire::namespec;
use tokio::task::spawn_blocking;

use super::frame::{Frame, Place, Visitor, quoted, show, show_with};
use super::log::{self, Tail};
use super::overview::Row;
use super::texts::{Texts, fill};
use crate::feed::Fact;
use crate::http::App;
use crate::http::api::bookmark::EventId;
use crate::http::api::view::Viewer;

/// Bytes of the log that the page begins with.
const TAIL_BYTES: u64 = 32 << 10;

/// What people send most, most harmless first.
const SIGNALS: [&str; 10] = ["HUP", "USR1", "USR2", "INT", "TERM", "QUIT", "CONT", "STOP", "WINCH", "KILL"];

#[derive(Template)]
#[template(path = "program.html")]
struct Program {
    frame: Frame,
    t: &'static Texts,
    row: Row,
    /// Its link to itself, which forms come back to.
    itself: String,
    quoted: String,
    channel: &'static str,
    log: Option<String>,
    started: String,
    last_exit_at: String,
    signals: [&'static str; 10],
    /// Of a listener the events that wait for its pool, and those that were dropped. Its standard input is the daemon's own.
    pool: Option<(usize, u64)>,
    events: Vec<Event>,
    options: Vec<OptionRow>,
    /// Why the configuration cannot be shown.
    trouble: String,
}

/// Something that happened.
struct Event {
    at: String,
    /// How it looks: `good`, `bad` or nothing.
    class: &'static str,
    text: String,
}

/// An option of its configuration.
struct OptionRow {
    name: &'static str,
    value: String,
    /// Where it was said; nothing for a default.
    origin: String,
    is_set: bool,
}

#[derive(Template)]
#[template(path = "missing.html")]
struct Missing {
    frame: Frame,
    t: &'static Texts,
    message: String,
}

/// `/program.html?name=NAME`.
pub(super) async fn show_page(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let t = visitor.texts();
    let name = visitor.query.text("name").to_owned();
    let latest = EventId::latest(&app.ports.feed);
    let viewer = Viewer::full(&app).await;
    let (group, process) = namespec::split(&name);
    let Some(status) = process.and_then(|process| viewer.snapshot.process(group, process)) else {
        let frame = Frame::new(&visitor, Place::Programs, &name, Some(&viewer.snapshot)).at("./".into());
        let page = Missing { frame, t, message: fill(t.no_such_program, &name) };
        return show_with(StatusCode::NOT_FOUND, &page, &visitor).await;
    };
    let (channel, kind) = match visitor.query.text("channel") {
        "stderr" => ("stderr", Channel::Stderr),
        _ => ("stdout", Channel::Stdout),
    };
    let row = Row::new(viewer.view(status), t);
    let log = match log::tail_of(&app, &name, kind, TAIL_BYTES).await {
        Tail::Text { text, .. } => Some(text),
        Tail::NoLog if has_log(status, kind) => Some(String::new()),
        Tail::NoLog | Tail::NoProcess => None,
    };
    let (options, trouble) = match configuration(&app, status, t).await {
        Ok(options) => (options, String::new()),
        Err(trouble) => (Vec::new(), trouble),
    };
    let facts = app.ports.feed.about(&status.group, &status.recipe.name);
    let itself = format!("{}&channel={channel}", row.link);
    let mut page = Program {
        frame: Frame::new(&visitor, Place::Programs, &row.view.name, Some(&viewer.snapshot))
            .at(itself.clone()),
        t,
        quoted: quoted(&row.view.name),
        started: status.started.map(|at| time(&app, at)).unwrap_or_default(),
        last_exit_at: status.last_exit.map(|exit| time(&app, exit.at.wall)).unwrap_or_default(),
        row,
        itself,
        channel,
        log,
        signals: SIGNALS,
        pool: pool_of(&viewer.snapshot, &status.group),
        events: facts.iter().rev().filter_map(|fact| event(&app, fact, t)).collect(),
        options,
        trouble,
    };
    page.frame.follow(&latest);
    show(&page, &visitor).await
}

/// Events of the pool that a group is, if it is one: waiting and dropped.
fn pool_of(snapshot: &Snapshot, group: &str) -> Option<(usize, u64)> {
    let group = snapshot.groups.iter().find(|row| row.config.name == *group)?;
    group.pool.as_ref().map(|pool| (pool.buffered(), pool.dropped()))
}

fn has_log(status: &ProcessStatus, channel: Channel) -> bool {
    match channel {
        Channel::Stdout => status.stdout_logfile.is_some(),
        Channel::Stderr => status.stderr_logfile.is_some(),
    }
}

/// A point in time as people read it, in the daemon's time zone.
pub(super) fn time(app: &App, at: Wall) -> String {
    Timestamp::from_microsecond(at.0)
        .map(|time| time.to_zoned(app.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string())
        .unwrap_or_default()
}

/// A fact in words. A change of state is told by what made it, where there is something.
fn event(app: &App, fact: &Fact, t: &Texts) -> Option<Event> {
    let (class, text) = match &fact.notice {
        Notice::StateChanged { from, to, .. } => {
            let words = format!("{} → {}", t.state(from.name()), t.state(to.name()));
            ("", fill(t.fact_state, &words))
        }
        Notice::Spawned { pid, .. } => ("good", fill(t.fact_spawned, &pid.to_string())),
        Notice::StartFailed { failure, .. } => ("bad", fill(t.fact_start_failed, &failure.cause.to_string())),
        Notice::Exited { status, expected, .. } => {
            let whether = if *expected { t.expected } else { t.unexpected };
            let class = if *expected { "" } else { "bad" };
            (class, fill(t.fact_exited, &format!("{} ({whether})", how(*status))))
        }
        Notice::Stopped { status, .. } => ("", fill(t.fact_stopped, &how(*status))),
        Notice::GaveUp { .. } => ("bad", t.fact_gave_up.to_owned()),
        Notice::Killing { .. } => ("bad", t.fact_killing.to_owned()),
        Notice::Abandoned { .. } => ("bad", t.fact_abandoned.to_owned()),
        _ => return None,
    };
    Some(Event { at: time(app, fact.at), class, text })
}

/// What the configuration says of a process, secrets masked.
async fn configuration(app: &App, status: &ProcessStatus, t: &Texts) -> Result<Vec<OptionRow>, String> {
    let describe = app.ports.describe.clone();
    let dump = spawn_blocking(move || describe()).await.unwrap_or_else(|_| Err(String::new()))?;
    let name = format!("{}:{}", status.group, status.recipe.name);
    let section = dump.sections.into_iter().find(|section| section.process.as_ref() == Some(&name));
    let options = section.map(|section| section.options).unwrap_or_default();
    Ok(options.into_iter().map(|option| option_row(option, t)).collect())
}

fn option_row(Effective { name, value, origin }: Effective, t: &Texts) -> OptionRow {
    let value = match value {
        Value::Nothing => t.not_set.to_owned(),
        Value::Flag(true) => "true".to_owned(),
        Value::Flag(false) => "false".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Text(text) => text,
        Value::List(items) => items.join(", "),
        Value::Pairs(pairs) => {
            pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("\n")
        }
    };
    let is_set = origin != Origin::Default;
    let origin = match origin {
        Origin::CommandLine => t.command_line.to_owned(),
        Origin::File { file, line } => format!("{file}:{line}"),
        Origin::Default => String::new(),
    };
    OptionRow { name, value, origin, is_set }
}

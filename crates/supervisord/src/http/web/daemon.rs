//! The page of the daemon: what it is, its log, and its configuration.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::frame::{Frame, Place, Visitor, show};
use super::log::{self, Tail};
use super::overview::duration;
use super::program::time;
use super::texts::{Texts, fill};
use super::update::{self, Plan};
use crate::http::App;
use crate::http::rpc::reads::SUPERVISOR_VERSION;

/// Bytes of the log that the page begins with.
const TAIL_BYTES: u64 = 32 << 10;

#[derive(Template)]
#[template(path = "daemon.html")]
struct Daemon {
    frame: Frame,
    t: &'static Texts,
    identifier: String,
    version: &'static str,
    reference_version: &'static str,
    pid: u32,
    state: &'static str,
    started: String,
    started_at: f64,
    uptime: String,
    config_file: String,
    /// What an update would do, if somebody asked.
    plan: Option<Plan>,
    /// Why nobody knows.
    trouble: String,
    log: Option<String>,
}

/// `/daemon.html`, with `plan=1` also what an update would do.
pub(super) async fn show_page(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let t = visitor.texts();
    let (plan, trouble) = match visitor.query.find("plan") {
        None => (None, String::new()),
        Some(_) => match update::plan(&app).await {
            Ok(plan) => (Some(plan), String::new()),
            Err(reason) => (None, fill(t.plan_failed, &reason)),
        },
    };
    let log = match log::tail_of_main(&app, TAIL_BYTES).await {
        Tail::Text { text, .. } => Some(text),
        Tail::NoLog | Tail::NoProcess => None,
    };
    let snapshot = app.ports.snapshot.load_full();
    let born = app.ports.feed.born();
    let frame = Frame::new(&visitor, Place::Daemon, t.daemon_title, Some(&snapshot)).at("daemon.html".into());
    let page = Daemon {
        t,
        identifier: snapshot.identifier.as_ref().to_owned(),
        version: env!("CARGO_PKG_VERSION"),
        reference_version: SUPERVISOR_VERSION,
        pid: std::process::id(),
        state: frame.mood.unwrap_or(t.mood_running),
        started: time(&app, born),
        started_at: born.0 as f64 / 1e6,
        uptime: duration(app.clock().seconds_since(born), t),
        config_file: snapshot.configured.supervisord.config_file.clone(),
        plan,
        trouble,
        log,
        frame,
    };
    show(&page, &visitor).await
}

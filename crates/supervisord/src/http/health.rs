//! `/healthz` and `/readyz`: what orchestrators ask, without credentials, because their probes have none.
//!
//! To whom has no credentials nothing is told but yes or no; names are for those who may see them anyway.

use std::fmt::Write;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use provost_core::status::{Mood, ProcessStatus, Snapshot, State as ProcessState};
use provost_wire::namespec::ShortName;

use super::App;
use super::web::Access;

/// Whether the daemon answers.
pub(super) const HEALTH: &str = "/healthz";
/// Whether everything that starts by itself is up.
pub(super) const READINESS: &str = "/readyz";

/// `/healthz`.
pub(super) async fn health() -> Response {
    plain(StatusCode::OK, "ok\n".to_owned())
}

/// `/readyz`.
pub(super) async fn readiness(State(app): State<Arc<App>>, Extension(access): Extension<Access>) -> Response {
    let snapshot = app.ports.snapshot.load();
    match verdict(&snapshot) {
        Ok(()) => plain(StatusCode::OK, "ready\n".to_owned()),
        Err(reasons) if access != Access::Stranger => {
            plain(StatusCode::SERVICE_UNAVAILABLE, format!("not ready\n{reasons}"))
        }
        Err(_) => plain(StatusCode::SERVICE_UNAVAILABLE, "not ready\n".to_owned()),
    }
}

/// Nothing, or what is in the way, a line for each.
fn verdict(snapshot: &Snapshot) -> Result<(), String> {
    let mut reasons = String::new();
    if snapshot.mood != Mood::Running {
        reasons.push_str("the daemon is stopping\n");
    }
    for row in snapshot.processes.iter().filter(|row| !is_done(row)) {
        let name = ShortName::new(&row.group, &row.recipe.name);
        writeln!(reasons, "{name} {}", row.state.name()).expect("invariant: writing to a string cannot fail");
    }
    if reasons.is_empty() { Ok(()) } else { Err(reasons) }
}

/// Whether a process is as it should be: it runs, it has done its work, somebody stopped it, or nobody wants it to
/// start by itself.
fn is_done(row: &ProcessStatus) -> bool {
    match row.state {
        _ if !row.recipe.autostart => true,
        ProcessState::Running => true,
        ProcessState::Exited => row.next_start.is_none() && row.last_exit.is_some_and(|exit| exit.expected),
        ProcessState::Stopped => row.spawns > 0,
        ProcessState::Starting
        | ProcessState::Backoff
        | ProcessState::Stopping
        | ProcessState::Fatal
        | ProcessState::Unknown => false,
    }
}

fn plain(status: StatusCode, text: String) -> Response {
    let length = text.len();
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use provost_config::model::Process;

    use super::*;
    use crate::http::tests::world::{exited, row};

    #[track_caller]
    fn check(row: &ProcessStatus, expect: bool) {
        assert_eq!(is_done(row), expect, "{row:?}");
    }

    #[test]
    fn ready_is_what_runs_or_has_done_its_work() {
        let of = |state| row(1, "a", "a", state);
        check(&of(ProcessState::Running), true);
        for state in
            [ProcessState::Starting, ProcessState::Backoff, ProcessState::Stopping, ProcessState::Fatal]
        {
            check(&of(state), false);
        }
        check(&of(ProcessState::Stopped), false);
        check(&ProcessStatus { spawns: 1, ..of(ProcessState::Stopped) }, true);
        check(&exited(of(ProcessState::Exited), 0, 10), true);
        check(&exited(of(ProcessState::Exited), 1, 10), false);
        let again = Some(provost_core::time::Now::default());
        check(&ProcessStatus { next_start: again, ..exited(of(ProcessState::Exited), 0, 10) }, false);
        let by_hand = Process { autostart: false, ..Process::with_defaults("a", "/bin/a") };
        check(&ProcessStatus { recipe: Arc::new(by_hand), ..of(ProcessState::Fatal) }, true);
    }
}

//! Addresses of the reference's pages, for bookmarks and for programs that look at them.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, Request};
use axum::response::Response;
use provost_core::output::Channel;

use super::deeds::{self, Deed};
use super::desk::Desk;
use super::fields::Fields;
use super::frame::{Frame, Place, Visitor, quoted, show};
use super::log::{self, Tail};
use super::texts::{Texts, fill};
use super::{confirm, overview};
use crate::http::{App, error};

/// Bytes of a log that the view of its end shows at least, and at most.
const LIMITS: std::ops::RangeInclusive<u64> = 1024..=1 << 20;

/// `/ok.html`.
pub(super) async fn up_check() -> Response {
    const TEXT: &str = "OK";
    let mut response = Response::new(Body::from(TEXT));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(TEXT.len()));
    response
}

/// `/` and `/index.html`, sent as a form.
pub(super) async fn posted(
    State(app): State<Arc<App>>,
    Extension(desk): Extension<Arc<Desk>>,
    visitor: Visitor,
    request: Request<Body>,
) -> Response {
    let form = match Fields::receive(request.into_body()).await {
        Ok(form) => form,
        Err(status) => return error::closing(error::page(status)),
    };
    match form.find("action") {
        None | Some("refresh") => overview::page(&app, &visitor).await,
        Some(_) => act(&app, &desk, &visitor, &form).await,
    }
}

/// Does what a link or a form of the reference's page asks for, if the configuration wants that. Otherwise it is asked back,
/// because such a request has no token.
pub(super) async fn act(app: &Arc<App>, desk: &Desk, visitor: &Visitor, asked: &Fields) -> Response {
    match Deed::of_old(asked) {
        Some(deed) if desk.obeys_links() => deeds::obey(app, desk, (deed, visitor.texts())).await,
        Some(deed) => confirm::ask(app, visitor, &deed).await,
        None => confirm::nothing_to_do(app, visitor).await,
    }
}

#[derive(Template)]
#[template(path = "tail.html")]
struct TailPage {
    frame: Frame,
    t: &'static Texts,
    text: String,
    /// The link to the same with what is new.
    refresh: Option<String>,
    program: Option<String>,
}

/// `/tail.html`.
pub(super) async fn tail(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let t = visitor.texts();
    let name = visitor.query.find("processname").map(str::to_owned);
    let limit = visitor.query.text("limit").parse().unwrap_or(0).clamp(*LIMITS.start(), *LIMITS.end());
    let (text, found) = match &name {
        None => (t.tail_no_name.to_owned(), false),
        Some(name) => match log::tail_of(&app, name, Channel::Stdout, limit).await {
            Tail::Text { text, .. } => (text, true),
            Tail::NoLog => (fill(t.tail_no_file, name), true),
            Tail::NoProcess => (fill(t.tail_bad_name, name), false),
        },
    };
    let address = |name: &String| format!("tail.html?processname={}&limit={limit}", quoted(name));
    let title = fill(t.tail_title, name.as_deref().unwrap_or("None"));
    let snapshot = app.ports.snapshot.load();
    let itself = name.as_ref().map_or_else(|| "tail.html".to_owned(), address);
    let frame = Frame::new(&visitor, Place::Programs, &title, Some(&snapshot)).at(itself);
    let program = name.as_ref().filter(|_| found).map(|name| format!("program.html?name={}", quoted(name)));
    show(&TailPage { frame, t, text, refresh: name.as_ref().map(address), program }, &visitor).await
}

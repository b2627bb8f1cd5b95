//! The last page of a daemon that ends: a browser that were sent on to another would find nobody there.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::{Frame, Place, Visitor, show_at_once};
use super::texts::Texts;
use crate::http::App;

#[derive(Template)]
#[template(path = "farewell.html")]
struct Farewell {
    frame: Frame,
    t: &'static Texts,
}

/// Says that the daemon shuts down.
pub(super) fn page(app: &App, visitor: &Visitor) -> Response {
    let t = visitor.texts();
    let mut frame = Frame::new(visitor, Place::Outside, t.done_shutdown, Some(&app.ports.snapshot.load()));
    // The heading says it already.
    frame.mood = None;
    show_at_once(StatusCode::OK, &Farewell { frame: frame.at("daemon.html".into()), t }, visitor)
}

//! Asks before something is done: for what stops much at once, and for links of the old page, which must not do by
//! themselves what they say.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode};
use axum::response::Response;

use super::deeds::Deed;
use super::fields::Fields;
use super::frame::{Frame, Place, Visitor, show, show_with};
use super::texts::{Texts, fill};
use crate::http::{App, error};

#[derive(Template)]
#[template(path = "confirm.html")]
struct Confirm {
    frame: Frame,
    t: &'static Texts,
    question: String,
    /// The value and the words of the button; nothing if there is nothing to do.
    button: Option<(String, String)>,
    /// Where it goes afterwards.
    back: &'static str,
    /// It was a link that asked.
    was_link: bool,
}

/// `/confirm.html`: what a form wants to have confirmed.
pub(super) async fn endpoint(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    request: Request<Body>,
) -> Response {
    match Fields::receive(request.into_body()).await {
        Ok(form) => match Deed::parse(&form) {
            Some(deed) => page(&app, &visitor, &deed, false).await,
            None => nothing_to_do(&app, &visitor).await,
        },
        Err(status) => error::closing(error::page(status)),
    }
}

/// Asks whether what a link says is to be done.
pub(super) async fn ask(app: &App, visitor: &Visitor, deed: &Deed) -> Response {
    page(app, visitor, deed, true).await
}

async fn page(app: &App, visitor: &Visitor, deed: &Deed, was_link: bool) -> Response {
    let t = visitor.texts();
    let (question, word) = deed.question(t);
    let word = word.trim_end_matches('…');
    let is_daemons = matches!(deed, Deed::Reload | Deed::Shutdown | Deed::Update | Deed::ClearMain);
    let (place, back) = if is_daemons { (Place::Daemon, "daemon.html") } else { (Place::Programs, "./") };
    let frame = Frame::new(visitor, place, t.confirm_title, Some(&app.ports.snapshot.load()));
    let button = Some((deed.value(), fill(t.confirm_yes, word)));
    show(&Confirm { frame: frame.at("./".into()), t, question, button, back, was_link }, visitor).await
}

/// The answer to a request for something that there is not.
pub(super) async fn nothing_to_do(app: &App, visitor: &Visitor) -> Response {
    let t = visitor.texts();
    let frame = Frame::new(visitor, Place::Programs, t.confirm_title, Some(&app.ports.snapshot.load()));
    let question = t.bad_deed.to_owned();
    let page =
        Confirm { frame: frame.at("./".into()), t, question, button: None, back: "./", was_link: false };
    show_with(StatusCode::BAD_REQUEST, &page, visitor).await
}

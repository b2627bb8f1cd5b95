//! The pages for people: everything that `supervisorctl` can do, in a browser.
//!
//! Pages come complete from the daemon ([`frame`], [`overview`], [`program`], [`daemon`]), and everything in them works
//! with links and forms alone; the script keeps them up to date with the events of [`api`](super::api). What people do goes
//! through one door ([`deeds`]), which wants the token that only our own pages have. Who signed in, and how, is the
//! [`desk`]'s to know; it is the only state here. All words stand in [`texts`].
//!
//! Nothing in here decides about processes. No link in a page is absolute: a reverse proxy may put any prefix in front.

mod assets;
mod confirm;
mod daemon;
mod deeds;
mod desk;
mod farewell;
mod fields;
mod frame;
mod log;
mod old;
mod overview;
mod program;
mod sign_in;
mod texts;
mod update;

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, Request};
use axum::routing::{MethodRouter, get, post};

use super::{App, router};

pub(super) use self::desk::{Access, Desk, Sessions};
pub(super) use self::sign_in::{refuse, stranger};

/// The header in which the script brings a page's token.
pub(super) const TOKEN_HEADER: &str = "x-provost-token";

/// The overview's other name.
pub(super) const INDEX: &str = "/index.html";
/// Where load balancers ask whether the daemon is up.
pub(super) const UP_CHECK: &str = "/ok.html";
/// The stylesheet's old address.
pub(super) const STYLESHEET: &str = "/stylesheets/supervisor.css";
/// The reference's view of the end of a log.
pub(super) const TAIL: &str = "/tail.html";

/// Forms, which bring the token in a field.
const FORMS: &[&str] = &["/do", "/confirm.html", sign_in::PATH, "/sign-out", "/", INDEX];

/// The rooms of the pages.
pub(super) fn router() -> Router<Arc<App>> {
    let page = |methods: MethodRouter<Arc<App>>| router::showing(methods);
    Router::new()
        .route("/", page(get(overview::show_page).post(old::posted)))
        .route(INDEX, page(get(overview::show_page).post(old::posted)))
        .route("/program.html", page(get(program::show_page)))
        .route("/daemon.html", page(get(daemon::show_page)))
        .route("/confirm.html", page(post(confirm::endpoint)))
        .route("/do", page(post(deeds::endpoint)))
        .route(sign_in::PATH, page(get(sign_in::show_form).post(sign_in::sign_in)))
        .route("/sign-out", page(post(sign_in::sign_out)))
        .route(TAIL, page(get(old::tail).post(old::tail)))
        .route(UP_CHECK, router::hidden_from_head(get(old::up_check).post(old::up_check)))
        .route(STYLESHEET, get(assets::old_style).fallback(router::bad_request))
        .route("/assets/{name}", page(get(assets::serve)))
        .route(assets::FAVICON, page(get(assets::favicon)))
}

/// Whether a path is for everybody: what the sign-in page is made of.
fn is_public(path: &str) -> bool {
    path == sign_in::PATH || path == assets::FAVICON || path.starts_with(assets::FOLDER)
}

/// Whether a request that would change something comes with nothing but a cookie, which a browser sends by itself. Forms
/// have the token in a field, where they are received.
pub(super) fn lacks_token<B>(access: &Access, request: &Request<B>) -> bool {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if !access.is_session() || only_reads || FORMS.contains(&request.uri().path()) {
        return false;
    }
    let token = request.headers().get(TOKEN_HEADER).and_then(|value| value.to_str().ok());
    !token.is_some_and(|token| access.admits(token))
}

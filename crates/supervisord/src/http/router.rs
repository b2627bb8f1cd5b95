//! Which room a path leads to.
//!
//! The reference compares paths after percent-decoding, ignores leading slashes, and takes everything that begins
//! with `/RPC2`, `/logtail` or `/mainlogtail`. That generosity is dealt with once, in [`canonical`]; after it the
//! router sees one spelling of each path.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, Request, StatusCode, Uri};
use axum::response::Response;
use axum::routing::{MethodRouter, any, get, post};
use percent_encoding::percent_decode_str;

use super::{App, api, error, health, metrics, rpc, tail, web};

const RPC: &str = "/RPC2";
const LOG_TAIL: &str = "/logtail";
const MAIN_LOG_TAIL: &str = "/mainlogtail";

/// Paths that everything beginning with them leads to.
const PREFIXES: &[&str] = &[RPC, LOG_TAIL, MAIN_LOG_TAIL];
/// Paths that are compared as a whole.
const PAGES: &[&str] = &["/", web::INDEX, web::UP_CHECK, web::STYLESHEET, web::TAIL];

/// What stood behind `/logtail`, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LogPath(pub(super) String);

/// The rooms. The pages and the REST interface have routers of their own.
pub(super) fn router(app: Arc<App>) -> Router {
    let interface = api::Interface::default();
    let elsewhere = |State(app): State<Arc<App>>, request: Request<Body>| elsewhere(interface, app, request);
    Router::new()
        .route(RPC, post(rpc::endpoint).fallback(bad_request))
        .route(LOG_TAIL, showing(get(tail::process)))
        .route(MAIN_LOG_TAIL, showing(get(tail::main)))
        .route(health::HEALTH, get(health::health).fallback(bad_request))
        .route(health::READINESS, get(health::readiness).fallback(bad_request))
        .route(metrics::PATH, get(metrics::page).fallback(bad_request))
        .merge(web::router())
        .fallback(any(elsewhere))
        .with_state(app)
}

/// A room for GET, and for HEAD, with which uptime checks ask.
pub(super) fn showing(methods: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    methods.fallback(bad_request)
}

/// A page that the reference does not find when it is asked for its headers only.
pub(super) fn hidden_from_head(methods: MethodRouter<Arc<App>>) -> MethodRouter<Arc<App>> {
    showing(methods.head(not_found))
}

pub(super) async fn bad_request() -> Response {
    error::page(StatusCode::BAD_REQUEST)
}

async fn not_found() -> Response {
    error::page(StatusCode::NOT_FOUND)
}

/// Whatever is no room of this house is one of the JSON interface, or nothing.
async fn elsewhere(interface: api::Interface, app: Arc<App>, request: Request<Body>) -> Response {
    if api::is_ours(request.uri().path()) {
        return interface.serve(app, request).await;
    }
    let exists = matches!(*request.method(), Method::GET | Method::HEAD);
    error::page(if exists { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST })
}

/// Gives the request the one spelling of its path that the router knows; unknown paths stay as they are.
pub(super) fn canonical(mut request: Request<Body>) -> Request<Body> {
    let path = percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
    let path = format!("/{}", path.trim_start_matches('/'));
    if let Some(prefix) = PREFIXES.iter().find(|prefix| path.starts_with(**prefix)) {
        if *prefix == LOG_TAIL {
            request.extensions_mut().insert(LogPath(path[LOG_TAIL.len()..].to_owned()));
        }
        *request.uri_mut() = with_query(prefix, request.uri().query());
    } else if let Some(page) = PAGES.iter().find(|page| path == **page) {
        *request.uri_mut() = with_query(page, request.uri().query());
    }
    request
}

fn with_query(path: &'static str, query: Option<&str>) -> Uri {
    query.and_then(|query| format!("{path}?{query}").parse().ok()).unwrap_or_else(|| Uri::from_static(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, path: &str, log_path: Option<&str>) {
        let request = Request::builder().uri(uri).body(Body::empty()).expect("a case's URI is valid");
        let request = canonical(request);
        assert_eq!(request.uri().path_and_query().map(|whole| whole.as_str()), Some(path), "{uri}");
        assert_eq!(request.extensions().get(), log_path.map(|rest| LogPath(rest.into())).as_ref(), "{uri}");
    }

    #[test]
    fn paths_come_down_to_one_spelling() {
        check("/RPC2", "/RPC2", None);
        check("/RPC2/", "/RPC2", None);
        check("/RPC2xyz?a=b", "/RPC2?a=b", None);
        check("///RPC2", "/RPC2", None);
        check("/%52PC2", "/RPC2", None);
        check("/rpc2", "/rpc2", None);
        check("/logtail", "/logtail", Some(""));
        check("/logtail/a%3Ab/stderr?x=1", "/logtail?x=1", Some("/a:b/stderr"));
        check("/logtailfoo", "/logtail", Some("foo"));
        check("/mainlogtail/whatever", "/mainlogtail", None);
        check("/%6fk.html", "/ok.html", None);
        check("//index.html?action=refresh", "/index.html?action=refresh", None);
        check("/", "/", None);
        check("http://host:9001/ok.html", "/ok.html", None);
        check("/ok.html;x", "/ok.html;x", None);
        check("/index.htmlx", "/index.htmlx", None);
        check("/a%00b%ff", "/a%00b%ff", None);
    }
}

//! What happens to every request before and after its room: credentials, the guard, the path, the access log.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::{SERVER, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, Request, StatusCode};
use axum::response::Response;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use provost_config::model::Level;
use tokio::time::timeout;
use tower::ServiceExt;

use super::App;
use super::auth::{self, Claim};
use super::gate::{BUSY_FOR, Verdict};
use super::guard::{Guard, Reach};
use super::limits::{DISCARD_TIMEOUT, MAX_DISCARDED_BYTES};
use super::listener::{Listener, Peer};
use super::mistakes::Caller;
use super::places::Life;
use super::web::{self, Access, Desk};
use super::{api, error, health, metrics, router};

/// How the daemon names itself in answers.
const PRODUCT: &str =
    concat!("provost/", env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));

/// What all connections of one listener have in common.
pub(super) struct Site {
    guard: Guard,
    /// Paths for which no credentials are needed.
    open_paths: Vec<&'static str>,
    /// Who has the right password, and who is signed in.
    desk: Arc<Desk>,
    router: Router,
}

impl Site {
    pub(super) fn new(listener: &Listener, router: Router) -> Self {
        let open_loopback = listener.account().is_none() && listener.is_loopback();
        let reach = if open_loopback { Reach::OpenLoopback } else { Reach::Other };
        let guard = Guard::new(reach, listener.allowed_hosts());
        // Probes of orchestrators have no credentials, and learn nothing but yes or no.
        let mut open_paths = vec![health::HEALTH, health::READINESS];
        if !listener.guards_metrics() {
            open_paths.push(metrics::PATH);
        }
        let desk = Arc::new(Desk::of(listener));
        Self { guard, open_paths, desk, router }
    }
}

/// How a connection is received.
pub(super) struct Front {
    pub(super) site: Arc<Site>,
    pub(super) peer: Peer,
    pub(super) welcome: Welcome,
}

/// Whether there is a place for a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Welcome {
    /// There is.
    Seated,
    /// There is none: say so and close.
    NoPlace,
}

/// Answers one request.
pub(super) async fn answer(
    request: Request<Incoming>,
    front: &Front,
    life: &Arc<Life>,
    app: &Arc<App>,
) -> Response {
    let logs = &app.ports.logs;
    let line = logs
        .writes(Level::Trace)
        .then(|| format!("{} {} {:?}", request.method(), request.uri(), request.version()));
    let claim = auth::claim(request.headers());
    let standing = stand(claim, front, app).await;
    let mut response = match admit(&standing, &request, front) {
        Err(refused) => {
            let is_api = api::is_ours(request.uri().path());
            discard(request.into_body()).await;
            if is_api { api::dress(*refused) } else { *refused }
        }
        Ok(access) => {
            if http_body::Body::is_end_stream(request.body()) {
                life.received_all();
            }
            let mut request = router::canonical(request.map(Body::new));
            request.extensions_mut().insert(Arc::clone(life));
            request.extensions_mut().insert(access);
            request.extensions_mut().insert(Arc::clone(&front.site.desk));
            request.extensions_mut().insert(Caller::from(front.peer));
            front.site.router.clone().oneshot(request).await.unwrap_or_else(|never| match never {})
        }
    };
    response.headers_mut().insert(SERVER, HeaderValue::from_static(PRODUCT));
    // Logs hold what anybody made programs write: no browser may guess that it is something else than what is said.
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    app.meter.answered(response.status());
    if let Some(line) = line {
        logs.line(Level::Trace, access_line(&line, front.peer, &response, app));
    }
    response
}

/// What a request's credentials are worth.
enum Standing {
    /// The connection has no place: nothing of it was looked at.
    NoPlace,
    /// It needs none, or has the right ones.
    Trusted,
    /// It has none, or wrong ones, or they were not looked at; the answer to what is not for everybody.
    Unknown(Verdict),
    /// What came is no credentials at all.
    Malformed,
}

async fn stand(claim: Claim, front: &Front, app: &App) -> Standing {
    let gate = front.site.desk.gate();
    match claim {
        _ if front.welcome == Welcome::NoPlace => Standing::NoPlace,
        _ if gate.is_open() => Standing::Trusted,
        Claim::Nothing => Standing::Unknown(Verdict::Wrong),
        Claim::Malformed => Standing::Malformed,
        Claim::Credentials(presented) => match gate.judge(presented, front.peer.into(), app).await {
            Verdict::Admitted => Standing::Trusted,
            other => Standing::Unknown(other),
        },
    }
}

/// How the request gets in, or why it goes no further.
fn admit(standing: &Standing, request: &Request<Incoming>, front: &Front) -> Result<Access, Box<Response>> {
    let refused = |status: StatusCode| Box::new(error::closing(error::page(status)));
    let site = &front.site;
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let access = match standing {
        Standing::NoPlace => return Err(refused(StatusCode::SERVICE_UNAVAILABLE)),
        Standing::Malformed => return Err(refused(StatusCode::BAD_REQUEST)),
        Standing::Trusted => site.desk.direct(),
        Standing::Unknown(verdict) => {
            match site.desk.recognise(headers).or_else(|| web::stranger(uri.path())) {
                Some(access) => access,
                None if site.open_paths.contains(&uri.path()) => Access::Stranger,
                None => return Err(Box::new(turn_away(*verdict, request))),
            }
        }
    };
    let forbidden = |reason: &str| Box::new(error::closing(error::explained(StatusCode::FORBIDDEN, reason)));
    site.guard.check(method, headers).map_err(|refusal| forbidden(&refusal.to_string()))?;
    if web::lacks_token(&access, request) {
        return Err(forbidden("Forbidden: a request with a session must bring the token of its page"));
    }
    Ok(access)
}

/// The answer to who may not have what he asks for.
fn turn_away(verdict: Verdict, request: &Request<Incoming>) -> Response {
    let later = |status, reason: &str, wait| {
        let message = format!("{reason}; try again in {} s", error::seconds(wait));
        error::later(error::closing(error::explained(status, &message)), wait)
    };
    match verdict {
        Verdict::Barred(wait) => {
            let reason = "Too many wrong passwords came from your address, so none is looked at now";
            later(StatusCode::TOO_MANY_REQUESTS, reason, wait)
        }
        Verdict::Busy => {
            let reason = "No password can be compared just now";
            later(StatusCode::SERVICE_UNAVAILABLE, reason, BUSY_FOR)
        }
        Verdict::Admitted | Verdict::Wrong => web::refuse(request.method(), request.uri(), request.headers()),
    }
}

/// Reads a body of moderate size and drops it: a connection that is closed on unread bytes is reset, and the
/// client may then never see the answer.
pub(super) async fn discard<B>(body: B)
where
    B: http_body::Body,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    // Too long, too slow or broken off: all the same for somebody who does not want it.
    let _ = timeout(DISCARD_TIMEOUT, Limited::new(body, MAX_DISCARDED_BYTES).collect()).await;
}

/// The access log's line. The number at the end is the length of the body, `-` if that is not known beforehand.
fn access_line(request: &str, peer: Peer, response: &Response, app: &App) -> String {
    use http_body::Body as _;
    let time = jiff::Timestamp::now().to_zoned(app.zone.clone());
    let time = time.strftime("%d/%b/%Y:%H:%M:%S %z");
    let length =
        response.body().size_hint().exact().map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
    format!("{peer} - - [{time}] \"{request}\" {} {length}", response.status().as_u16())
}

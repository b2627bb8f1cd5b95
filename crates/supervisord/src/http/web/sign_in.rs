//! Signing in and out.
//!
//! A browser that has no session is sent to the sign-in page, which knows where it wanted to go. It never gets the header that
//! would make it ask for a password itself: it would remember that one, and nobody could sign out. A form that comes without
//! a session sees the page in place of an answer, with status 401, because sending it again is for its owner to decide.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use axum::response::Response;
use provost_wire::auth::Credentials;

use super::desk::{Access, Desk};
use super::fields::Fields;
use super::frame::{Frame, Place, Visitor, quoted, show_at_once};
use super::texts::{Texts, fill};
use super::{deeds, is_public};
use crate::http::gate::{BUSY_FOR, Verdict};
use crate::http::mistakes::Caller;
use crate::http::{App, error};

/// Folders that an address of ours may have before it; strangers must not get long answers for long addresses.
const DEEPEST: usize = 16;

/// Where the form is sent.
pub(super) const PATH: &str = "/sign-in.html";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    frame: Frame,
    t: &'static Texts,
    /// What went wrong.
    error: String,
    /// Where to go afterwards, relative to where all pages are.
    next: String,
    /// What was typed before.
    user: String,
    /// A link from another site led here, so the browser kept its cookies back: asking again, from here, sends them.
    asks_again: bool,
}

/// How to tell a browser that somebody must sign in first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reminder {
    /// A page.
    Page,
    /// A plain refusal: the page that asked has a word for it.
    Quiet,
    /// The header by which programs know what to do.
    Challenge,
}

impl Reminder {
    /// Browsers say what they are up to, but only to sites that they trust to be who they are; to all others they say at
    /// least that they would rather have a safe connection.
    fn of(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match text("sec-fetch-mode") {
            "navigate" => Self::Page,
            "" if text("upgrade-insecure-requests") == "1" => Self::Page,
            "" if headers.contains_key(super::TOKEN_HEADER) => Self::Quiet,
            "" if text(ACCEPT.as_str()) == "text/event-stream" => Self::Quiet,
            "" => Self::Challenge,
            _ => Self::Quiet,
        }
    }
}

/// The answer to a request without credentials for something that is not for everybody.
pub(in crate::http) fn refuse(method: &Method, uri: &axum::http::Uri, headers: &HeaderMap) -> Response {
    match Reminder::of(headers) {
        Reminder::Challenge => error::unauthorized(),
        Reminder::Quiet => error::closing(error::page(StatusCode::UNAUTHORIZED)),
        Reminder::Page => {
            let depth = uri.path().trim_start_matches('/').matches('/').count().min(DEEPEST);
            let root = "../".repeat(depth);
            if *method == Method::GET {
                let wanted = uri.path_and_query().map_or("/", |whole| whole.as_str());
                return deeds::see_other(&format!("{root}{}", address(&inside(wanted))));
            }
            let visitor = Visitor::new(headers, uri.query().unwrap_or_default(), Access::Stranger);
            let mut page = form(&visitor, "", String::new());
            page.frame.root = root;
            show_at_once(StatusCode::UNAUTHORIZED, &page, &visitor)
        }
    }
}

/// The page's address, relative to where all pages are, with where to go afterwards.
fn address(next: &str) -> String {
    let name = &PATH[1..];
    if next.is_empty() { name.to_owned() } else { format!("{name}?next={}", quoted(next)) }
}

fn form(visitor: &Visitor, error: &str, next: String) -> SignIn {
    let t = visitor.texts();
    let frame = Frame::new(visitor, Place::Outside, t.sign_in, None).at(address(&next));
    SignIn { frame, t, error: error.to_owned(), next, user: String::new(), asks_again: false }
}

/// Whether a link of another site led to the page: the browser has followed it without the cookies of this one.
fn is_from_elsewhere(headers: &HeaderMap) -> bool {
    let is_elsewhere =
        headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site" || site == "same-site");
    is_elsewhere && headers.contains_key("sec-fetch-user")
}

/// A path of ours, relative to where all pages are; nothing for what could be read as another site's.
fn inside(path: &str) -> String {
    let path = path.trim_start_matches('/');
    let is_plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_plain && !path.starts_with("sign-") { path.to_owned() } else { String::new() }
}

/// `/sign-in.html`, looked at.
pub(super) async fn show_form(visitor: Visitor, headers: HeaderMap) -> Response {
    let mut page = form(&visitor, "", inside(visitor.query.text("next")));
    page.asks_again = is_from_elsewhere(&headers);
    show_at_once(StatusCode::OK, &page, &visitor)
}

/// `/sign-in.html`, sent.
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    (Extension(desk), Extension(caller)): (Extension<Arc<Desk>>, Extension<Caller>),
    visitor: Visitor,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let fields = match Fields::receive(body).await {
        Ok(fields) => fields,
        Err(status) => return error::closing(error::page(status)),
    };
    let presented =
        Credentials { user: fields.text("user").to_owned(), password: fields.text("password").to_owned() };
    let next = inside(fields.text("next"));
    let t = visitor.texts();
    let refused = |status, error: &str| {
        let page = SignIn { user: fields.text("user").to_owned(), ..form(&visitor, error, next.clone()) };
        show_at_once(status, &page, &visitor)
    };
    match desk.gate().judge(presented, caller, &app).await {
        Verdict::Wrong => refused(StatusCode::UNAUTHORIZED, t.wrong_credentials),
        Verdict::Barred(wait) => {
            let text = fill(t.too_many_attempts, &error::seconds(wait).to_string());
            error::later(refused(StatusCode::TOO_MANY_REQUESTS, &text), wait)
        }
        Verdict::Busy => {
            let text = fill(t.too_many_waiting, &error::seconds(BUSY_FOR).to_string());
            error::later(refused(StatusCode::SERVICE_UNAVAILABLE, &text), BUSY_FOR)
        }
        Verdict::Admitted => {
            let id = desk.sign_in();
            // The new cookie takes the place of the old one, which nobody could sign out of any more.
            desk.sign_out(&parts.headers);
            let mut response = deeds::see_other(&format!("./{next}"));
            response
                .headers_mut()
                .insert(SET_COOKIE, session_cookie((desk.cookie_name(), &id), &parts.headers, ""));
            response
        }
    }
}

/// `/sign-out`: ends the session, here and in the browser.
pub(super) async fn sign_out(
    Extension(desk): Extension<Arc<Desk>>,
    visitor: Visitor,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(fields) = Fields::receive(body).await else {
        return error::closing(error::page(StatusCode::BAD_REQUEST));
    };
    let mut response = deeds::see_other("./");
    // A browser that forgot a session which goes on would only look signed out.
    if !visitor.access.admits(fields.text("token")) {
        return response;
    }
    desk.sign_out(&parts.headers);
    response
        .headers_mut()
        .insert(SET_COOKIE, session_cookie((desk.cookie_name(), ""), &parts.headers, "; Max-Age=0"));
    response
}

/// Without a path it is for where the form was, which is right under any prefix of a proxy.
fn session_cookie((name, id): (&str, &str), headers: &HeaderMap, more: &str) -> HeaderValue {
    let is_https = headers
        .get("x-forwarded-proto")
        .and_then(|value| value.to_str().ok())
        .is_some_and(|scheme| scheme.split(',').next().is_some_and(|first| first.trim() == "https"));
    let secure = if is_https { "; Secure" } else { "" };
    HeaderValue::try_from(format!("{name}={id}; HttpOnly; SameSite=Strict{secure}{more}"))
        .expect("invariant: session numbers are hexadecimal")
}

/// Whom a request without credentials is from, if what it wants is for everybody.
pub(in crate::http) fn stranger(path: &str) -> Option<Access> {
    is_public(path).then_some(Access::Stranger)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                (axum::http::HeaderName::from_static(name), value.parse().expect("a valid value"))
            })
            .collect()
    }

    #[test]
    fn only_browsers_see_the_page() {
        for (lines, expect) in [
            (&[][..], Reminder::Challenge),
            (&[("accept", "text/html")], Reminder::Challenge),
            (&[("sec-fetch-mode", "navigate")], Reminder::Page),
            (&[("upgrade-insecure-requests", "1")], Reminder::Page),
            (&[("sec-fetch-mode", "cors")], Reminder::Quiet),
            (&[("accept", "text/event-stream")], Reminder::Quiet),
            (&[("x-provost-token", "1")], Reminder::Quiet),
        ] {
            assert_eq!(Reminder::of(&headers(lines)), expect, "{lines:?}");
        }
    }

    #[test]
    fn the_page_makes_no_browser_ask_for_a_password() {
        let uri = "/program.html?name=a".parse().expect("a valid address");
        let response = refuse(&Method::GET, &uri, &headers(&[("sec-fetch-mode", "navigate")]));
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        let location = response.headers().get("location").and_then(|value| value.to_str().ok());
        assert_eq!(location, Some("sign-in.html?next=program.html%3Fname%3Da"));
        assert!(!response.headers().contains_key("www-authenticate"));
        let response = refuse(&Method::POST, &uri, &headers(&[("sec-fetch-mode", "navigate")]));
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(!response.headers().contains_key("www-authenticate"));
        assert!(response.headers().contains_key("content-security-policy"));
        let response = refuse(&Method::GET, &uri, &HeaderMap::new());
        assert!(response.headers().contains_key("www-authenticate"));
    }

    #[test]
    fn only_links_of_other_sites_are_asked_again() {
        let user = ("sec-fetch-user", "?1");
        for (lines, expect) in [
            (&[("sec-fetch-site", "cross-site"), user][..], true),
            (&[("sec-fetch-site", "same-site"), user], true),
            (&[("sec-fetch-site", "same-origin"), user], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[], false),
        ] {
            assert_eq!(is_from_elsewhere(&headers(lines)), expect, "{lines:?}");
        }
    }

    #[test]
    fn the_way_on_stays_inside() {
        for (path, expect) in [
            ("/program.html?name=a", "program.html?name=a"),
            ("//evil.example/", "evil.example/"),
            ("/\\evil.example", ""),
            ("/sign-in.html", ""),
            ("", ""),
            ("a b", ""),
        ] {
            assert_eq!(inside(path), expect, "{path}");
        }
    }

    #[test]
    fn cookies_are_for_this_site_only() {
        let text = |headers: &HeaderMap| {
            session_cookie(("provost_session", "1f"), headers, "").to_str().map(str::to_owned).expect("text")
        };
        assert_eq!(text(&HeaderMap::new()), "provost_session=1f; HttpOnly; SameSite=Strict");
        let proxied = headers(&[("x-forwarded-proto", "https, http")]);
        assert_eq!(text(&proxied), "provost_session=1f; HttpOnly; SameSite=Strict; Secure");
    }
}

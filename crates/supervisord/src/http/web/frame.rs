//! What all pages have in common: who looks at them, the words, the head and the headers.
//!
//! Pages are complete without script, and all their links are relative, so that they work under any prefix that a reverse
//! proxy puts in front. Nothing in them is inline that a browser would execute.

use std::fmt::Write;
use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    EXPIRES, PRAGMA, REFERRER_POLICY, SET_COOKIE, VARY, X_FRAME_OPTIONS,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use flate2::Compression;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use provost_core::status::{Mood, Snapshot};
use tokio::task::spawn_blocking;

use super::assets;
use super::desk::{Access, Desk, cookie};
use super::fields::Fields;
use super::texts::{Language, Texts};
use crate::http::api::bookmark::EventId;
use crate::http::error;

const LANGUAGE_COOKIE: &str = "provost_language";
const THEME_COOKIE: &str = "provost_theme";
/// A year, in seconds: how long a choice of language and theme is remembered.
const REMEMBERED: u32 = 31_536_000;

/// Enough for pages that repeat themselves; better would take several times as long.
const COMPRESSION: Compression = Compression::new(5);

/// Own files only, no frame around the page, no form to elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What stays as it is in a link (the set of Python's `quote`).
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~').remove(b'/');

/// A text as part of a link.
pub(super) fn quoted(text: &str) -> String {
    utf8_percent_encode(text, QUOTED).to_string()
}

/// How a page looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Theme {
    /// As the browser is set up.
    #[default]
    Auto,
    Light,
    Dark,
}

impl Theme {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "light" => Some(Self::Light),
            "dark" => Some(Self::Dark),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Who looks at a page, and how he wants to see it.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) access: Access,
    pub(super) language: Language,
    pub(super) theme: Theme,
    pub(super) query: Fields,
    /// What came of the form that led here.
    message: String,
    headers: HeaderMap,
    /// Choices that were made just now.
    chosen: Vec<(&'static str, &'static str)>,
}

impl Visitor {
    /// From what a request says. A choice in the address wins over one that was remembered.
    pub(super) fn new(headers: &HeaderMap, query: &str, access: Access) -> Self {
        let query = Fields::parse(query);
        let mut chosen = Vec::new();
        let language = query.find("lang").and_then(Language::of_tag);
        chosen.extend(language.map(|language| (LANGUAGE_COOKIE, language.tag())));
        let theme = query.find("theme").and_then(Theme::parse);
        chosen.extend(theme.map(|theme| (THEME_COOKIE, theme.name())));
        let accepted = || headers.get(ACCEPT_LANGUAGE)?.to_str().ok().and_then(Language::preferred);
        let language = language
            .or_else(|| cookie(headers, LANGUAGE_COOKIE).and_then(Language::of_tag))
            .or_else(accepted)
            .unwrap_or_default();
        let theme =
            theme.or_else(|| cookie(headers, THEME_COOKIE).and_then(Theme::parse)).unwrap_or_default();
        Self { access, language, theme, query, message: String::new(), headers: headers.clone(), chosen }
    }

    /// The words.
    pub(super) fn texts(&self) -> &'static Texts {
        self.language.texts()
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let access = parts.extensions.get::<Access>().cloned().unwrap_or(Access::Stranger);
        let mut visitor = Self::new(&parts.headers, parts.uri.query().unwrap_or_default(), access);
        let desk = parts.extensions.get::<Arc<Desk>>();
        visitor.message = desk.and_then(|desk| desk.note(visitor.query.find("note")?)).unwrap_or_default();
        Ok(visitor)
    }
}

/// Which entry of the menu a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Programs,
    Daemon,
    /// Before signing in there is no menu.
    Outside,
}

/// What is around the content of every page.
pub(super) struct Frame {
    pub(super) t: &'static Texts,
    pub(super) language: Language,
    pub(super) theme: Theme,
    pub(super) title: String,
    pub(super) place: Place,
    /// The daemon's name for itself; nothing before signing in.
    pub(super) identifier: String,
    pub(super) version: &'static str,
    pub(super) mood: Option<&'static str>,
    pub(super) token: String,
    pub(super) can_sign_out: bool,
    /// Where the page goes to see itself again, with what is to be kept of its query.
    pub(super) itself: String,
    /// What was done last.
    pub(super) message: String,
    /// From the page to where all pages are: nothing, or `../` once or more.
    pub(super) root: String,
    pub(super) style: String,
    pub(super) script: String,
    pub(super) icon: String,
    /// What the script needs to know.
    pub(super) data: String,
}

impl Frame {
    /// The frame of a page about the daemon as it is.
    pub(super) fn new(visitor: &Visitor, place: Place, title: &str, snapshot: Option<&Snapshot>) -> Self {
        let t = visitor.texts();
        let mood = snapshot.and_then(|snapshot| match snapshot.mood {
            Mood::Running => None,
            Mood::Restarting => Some(t.mood_restarting),
            Mood::Shutdown => Some(t.mood_shutdown),
        });
        Self {
            t,
            language: visitor.language,
            theme: visitor.theme,
            title: title.to_owned(),
            place,
            identifier: snapshot.map_or_else(String::new, |snapshot| snapshot.identifier.as_ref().to_owned()),
            version: env!("CARGO_PKG_VERSION"),
            mood,
            token: visitor.access.token().to_owned(),
            can_sign_out: visitor.access.is_session(),
            itself: String::new(),
            message: visitor.message.clone(),
            root: String::new(),
            style: assets::style(),
            script: assets::script(),
            icon: assets::icon(),
            data: script_data(t, visitor.access.token(), ""),
        }
    }

    /// The same for a page that has a query of its own.
    pub(super) fn at(self, itself: String) -> Self {
        Self { itself, ..self }
    }

    /// Lets the script go on with what happens after that event.
    pub(super) fn follow(&mut self, latest: &EventId) {
        self.data = script_data(self.t, &self.token, &latest.to_string());
    }

    pub(super) fn is_outside(&self) -> bool {
        self.place == Place::Outside
    }

    pub(super) fn is_programs(&self) -> bool {
        self.place == Place::Programs
    }

    pub(super) fn is_daemon(&self) -> bool {
        self.place == Place::Daemon
    }

    pub(super) fn is_english(&self) -> bool {
        self.language == Language::English
    }

    /// The link that shows the same page with another choice, `NAME=VALUE`.
    pub(super) fn choosing(&self, choice: &str) -> String {
        let separator = if self.itself.contains('?') { '&' } else { '?' };
        format!("{}{separator}{choice}", self.itself)
    }
}

/// What the script is told: its words, the token, the last event that the page shows, and the daemon's time.
fn script_data(t: &Texts, token: &str, since: &str) -> String {
    let now = jiff::Timestamp::now().as_microsecond() as f64 / 1e6;
    in_markup(&serde_json::json!({"texts": t.for_script(), "token": token, "since": since, "now": now}))
}

/// JSON that can stand in a page: nothing in it ends the element it is in.
fn in_markup(value: &serde_json::Value) -> String {
    let mut text = String::new();
    for character in value.to_string().chars() {
        match character {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(text, "\\u{:04x}", u32::from(character));
            }
            other => text.push(other),
        }
    }
    text
}

/// The answer that is a page.
pub(super) async fn show(page: &impl Template, visitor: &Visitor) -> Response {
    show_with(StatusCode::OK, page, visitor).await
}

/// The same with another status. Compressing takes more stack than the plane's thread has, so a helper thread does it.
pub(super) async fn show_with(status: StatusCode, page: &impl Template, visitor: &Visitor) -> Response {
    let Ok(text) = page.render() else { return error::page(StatusCode::INTERNAL_SERVER_ERROR) };
    if !assets::takes_gzip(&visitor.headers) {
        return respond(status, text.into(), visitor);
    }
    let compressed = spawn_blocking(move || assets::compress(text.as_bytes(), COMPRESSION)).await;
    let Ok(bytes) = compressed else { return error::page(StatusCode::INTERNAL_SERVER_ERROR) };
    let mut response = respond(status, bytes, visitor);
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    response
}

/// The same for a short page, as it is.
pub(super) fn show_at_once(status: StatusCode, page: &impl Template, visitor: &Visitor) -> Response {
    match page.render() {
        Ok(text) => respond(status, text.into(), visitor),
        Err(_) => error::page(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn respond(status: StatusCode, body: Bytes, visitor: &Visitor) -> Response {
    let length = body.len();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    dress(headers);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    for (name, value) in &visitor.chosen {
        let text = format!("{name}={value}; Max-Age={REMEMBERED}; SameSite=Lax");
        headers.append(SET_COOKIE, text.parse().expect("invariant: the names of choices are plain"));
    }
    response
}

/// The headers that keep a page to itself.
fn dress(headers: &mut HeaderMap) {
    const HEADERS: [(HeaderName, &str); 8] = [
        (CONTENT_TYPE, "text/html;charset=utf-8"),
        (PRAGMA, "no-cache"),
        (CACHE_CONTROL, "no-store"),
        (EXPIRES, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (VARY, "Accept-Encoding, Accept-Language, Cookie"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_FRAME_OPTIONS, "DENY"),
        // With "no-referrer" browsers send `Origin: null` with our own forms, too, which the guard refuses.
        (REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;

    use super::*;

    #[track_caller]
    fn check(query: &str, cookies: &str, accepted: &str, expect: (Language, Theme)) {
        let headers = HeaderMap::from_iter([
            (COOKIE, cookies.parse().expect("a case's cookies are valid")),
            (ACCEPT_LANGUAGE, accepted.parse().expect("a case's header is valid")),
        ]);
        let visitor = Visitor::new(&headers, query, Access::Stranger);
        assert_eq!((visitor.language, visitor.theme), expect, "{query} {cookies} {accepted}");
    }

    #[test]
    fn choices_win_over_memory_and_memory_over_the_browser() {
        use Language::{Chinese, English};
        check("", "", "", (English, Theme::Auto));
        check("", "", "zh", (Chinese, Theme::Auto));
        check("", "provost_language=en; provost_theme=dark", "zh", (English, Theme::Dark));
        check(
            "lang=zh-CN&theme=light",
            "provost_language=en; provost_theme=dark",
            "en",
            (Chinese, Theme::Light),
        );
        check("lang=tlh&theme=x", "provost_language=?; provost_theme=?", "de", (English, Theme::Auto));
    }

    #[test]
    fn data_cannot_leave_its_element() {
        let value = serde_json::json!({"a": "</script><b>&\u{2028}"});
        assert_eq!(in_markup(&value), r#"{"a":"\u003c/script\u003e\u003cb\u003e\u0026\u2028"}"#);
    }

    #[test]
    fn links_keep_the_query() {
        let visitor = Visitor::new(&HeaderMap::new(), "", Access::Stranger);
        let frame = Frame::new(&visitor, Place::Programs, "x", None);
        assert_eq!(frame.choosing("lang=en"), "?lang=en");
        assert_eq!(frame.at("program.html?name=a".into()).choosing("lang=en"), "program.html?name=a&lang=en");
    }
}

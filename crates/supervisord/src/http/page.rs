//! The page for people, read-only: which processes there are and how they are.

use std::fmt::{self, Write};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, EXPIRES, PRAGMA, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode};
use axum::response::Response;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use provost_core::status::{ProcessStatus, Snapshot, State as ProcessState};
use provost_wire::namespec::ShortName;

use super::rpc::clock::Clock;
use super::rpc::description::Description;
use super::{App, error};

/// The page's other name.
pub(super) const INDEX: &str = "/index.html";
/// Where load balancers ask whether the daemon is up.
pub(super) const UP_CHECK: &str = "/ok.html";
/// Where the page's looks come from; the page itself may hold none, nor any script.
pub(super) const STYLESHEET: &str = "/stylesheets/supervisor.css";

/// Nothing but the own stylesheet, and no other site may put the page into a frame.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// What stays as it is in a link (the set of Python's `quote`).
const QUOTED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'.').remove(b'-').remove(b'~').remove(b'/');

const STYLE: &str = "\
body { font-family: sans-serif; margin: 2em; }
table { border-collapse: collapse; }
th, td { padding: 0.3em 1em; text-align: left; }
tr.shade { background: #f2f2f2; }
.statusrunning { color: #157a3a; font-weight: bold; }
.statuserror { color: #b3201c; font-weight: bold; }
.statusnominal { color: #555; font-weight: bold; }
footer { margin-top: 2em; color: #555; }
";

/// `/` and `/index.html`.
pub(super) async fn status(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let sends_form = !http_body::Body::is_end_stream(request.body());
    if sends_form || asks_for_action(request.uri().query().unwrap_or_default()) {
        let message = "Not Implemented: this page shows and does not act; use supervisorctl";
        return error::explained(StatusCode::NOT_IMPLEMENTED, message);
    }
    let snapshot = app.ports.snapshot.load_full();
    html(Page { snapshot: &snapshot, clock: &app.clock() }.to_string())
}

/// `/ok.html`.
pub(super) async fn up_check() -> Response {
    plain("OK", "text/plain")
}

/// The page's looks.
pub(super) async fn stylesheet() -> Response {
    plain(STYLE, "text/css")
}

/// Old bookmarks carry actions. Answering them with the page would look as if they had been carried out.
fn asks_for_action(query: &str) -> bool {
    query.split('&').filter_map(|pair| pair.strip_prefix("action=")).any(|action| action != "refresh")
}

fn plain(text: &'static str, kind: &'static str) -> Response {
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    response
}

fn html(text: String) -> Response {
    const HEADERS: [(HeaderName, &str); 7] = [
        (CONTENT_TYPE, "text/html;charset=utf-8"),
        (PRAGMA, "no-cache"),
        (CACHE_CONTROL, "no-cache"),
        (EXPIRES, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "no-referrer"),
    ];
    let length = text.len();
    let mut response = Response::new(Body::from(text));
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
    response
}

/// The page as text.
struct Page<'a> {
    snapshot: &'a Snapshot,
    clock: &'a Clock,
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let style = &STYLESHEET[1..];
        let identifier = Escaped(&*self.snapshot.identifier);
        write!(
            f,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Supervisor Status</title>\n\
             <link rel=\"stylesheet\" href=\"{style}\">\n</head>\n<body>\n<h1>Supervisor Status</h1>\n"
        )?;
        if self.snapshot.processes.is_empty() {
            f.write_str("<p>No programs to manage</p>\n")?;
        } else {
            self.table(f)?;
        }
        let version = env!("CARGO_PKG_VERSION");
        write!(f, "<footer>{identifier}, Provost {version}</footer>\n</body>\n</html>\n")
    }
}

impl Page<'_> {
    fn table(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "<table>\n<thead>\n<tr><th>State</th><th>Description</th><th>Name</th><th>Logs</th></tr>\n</thead>\n<tbody>\n",
        )?;
        for (index, row) in self.snapshot.processes.iter().enumerate() {
            self.row(f, row, index % 2 == 1)?;
        }
        f.write_str("</tbody>\n</table>\n")
    }

    fn row(&self, f: &mut fmt::Formatter<'_>, row: &ProcessStatus, shaded: bool) -> fmt::Result {
        let shade = if shaded { " class=\"shade\"" } else { "" };
        let class = match row.state {
            ProcessState::Running => "statusrunning",
            ProcessState::Fatal | ProcessState::Backoff => "statuserror",
            _ => "statusnominal",
        };
        let state = row.state.name().to_ascii_lowercase();
        let description = Escaped(Description::new(row, self.clock));
        let name = ShortName::new(&row.group, &row.recipe.name).to_string();
        let quoted = utf8_percent_encode(&name, QUOTED).to_string();
        write!(
            f,
            "<tr{shade}><td><span class=\"{class}\">{state}</span></td><td>{description}</td><td>{}</td><td>",
            Escaped(&name)
        )?;
        if row.stdout_logfile.is_some() {
            write!(f, "<a href=\"logtail/{quoted}\" target=\"_blank\">Tail -f Stdout</a> ")?;
        }
        if row.stderr_logfile.is_some() {
            write!(f, "<a href=\"logtail/{quoted}/stderr\" target=\"_blank\">Tail -f Stderr</a>")?;
        }
        f.write_str("</td></tr>\n")
    }
}

/// Text that HTML shows as it is.
struct Escaped<T>(T);

impl<T: fmt::Display> fmt::Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaper(f), "{}", self.0)
    }
}

struct Escaper<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for Escaper<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for piece in text.split_inclusive(['&', '<', '>', '"', '\'']) {
            let (last, escaped) = match piece.as_bytes().last() {
                Some(b'&') => (1, "&amp;"),
                Some(b'<') => (1, "&lt;"),
                Some(b'>') => (1, "&gt;"),
                Some(b'"') => (1, "&quot;"),
                Some(b'\'') => (1, "&#39;"),
                _ => (0, ""),
            };
            self.0.write_str(&piece[..piece.len() - last])?;
            self.0.write_str(escaped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_names_is_text() {
        for (text, expect) in [
            ("a", "a"),
            ("<b>\"x\" & 'y'</b>", "&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;&lt;/b&gt;"),
            ("ü<", "ü&lt;"),
            ("", ""),
        ] {
            assert_eq!(Escaped(text).to_string(), expect);
        }
    }

    #[test]
    fn only_actions_are_refused() {
        for (query, expect) in [
            ("", false),
            ("message=done", false),
            ("action=refresh", false),
            ("action=stop&processname=a", true),
            ("processname=a&action=start", true),
        ] {
            assert_eq!(asks_for_action(query), expect, "{query}");
        }
    }
}

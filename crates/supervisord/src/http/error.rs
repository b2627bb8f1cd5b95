//! Error pages, in the reference's form: some clients show them, and a few look for their text.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::api::Reason;

/// The page for a status, with the standard reason as its message.
pub(super) fn page(status: StatusCode) -> Response {
    explained(status, reason(status))
}

/// The page for a status with a message of its own, which must be HTML already.
pub(super) fn explained(status: StatusCode, message: &str) -> Response {
    let code = status.as_u16();
    let text = format!(
        "<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n<h1>Error response</h1>\r\n\
         <p>Error code {code}.\r\n<p>Message: {message}.\r\n</body>\r\n"
    );
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_LENGTH, HeaderValue::from(text.len()));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    *response.body_mut() = Body::from(text);
    response.extensions_mut().insert(Reason(message.to_owned()));
    response
}

/// The page that asks for credentials.
pub(super) fn unauthorized() -> Response {
    let mut response = closing(page(StatusCode::UNAUTHORIZED));
    let realm = HeaderValue::from_static("Basic realm=\"default\"");
    response.headers_mut().insert(WWW_AUTHENTICATE, realm);
    response
}

/// The same answer, which says when to ask again.
pub(super) fn later(mut response: Response, wait: Duration) -> Response {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds(wait)));
    response
}

/// Whole seconds after which that time has passed.
pub(super) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// The same answer, after which the connection is closed.
pub(super) fn closing(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn reason(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Unknown")
}

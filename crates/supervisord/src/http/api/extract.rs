//! What requests bring: queries, paths and JSON bodies, each refused in the interface's own form.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query as AxumQuery};
use axum::http::header::{CONTENT_TYPE, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::problem::Problem;
use crate::http::App;
use crate::http::limits::{BODY_TIMEOUT, Limit, MAX_BODY_BYTES};
use crate::http::places::Life;

/// What stands behind the question mark.
pub(super) struct Query<T>(pub(super) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        AxumQuery::try_from_uri(&parts.uri)
            .map(|AxumQuery(query)| Self(query))
            .map_err(|error| Problem::bad_request(format!("the query of the address is not valid: {error}")))
    }
}

/// A name in the path, decoded.
pub(super) struct Name(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let name = Path::<String>::from_request_parts(parts, state).await;
        name.map(|Path(name)| Self(name)).map_err(|error| not_a_name(&error.to_string()))
    }
}

/// The parts of a path that are to be filled in, decoded.
pub(super) struct Names<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Names<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let names = Path::<T>::from_request_parts(parts, state).await;
        names.map(|Path(names)| Self(names)).map_err(|error| not_a_name(&error.to_string()))
    }
}

fn not_a_name(error: &str) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at this address: {error}"))
}

/// A JSON body; an absent one is an object without members.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, app: &Arc<App>) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        check_page(&parts.headers)?;
        let document = receive(body, app).await?;
        if let Ok(Extension(life)) = Extension::<Arc<Life>>::from_request_parts(&mut parts, app).await {
            life.received_all();
        }
        if document.is_empty() {
            return parse(b"{}").map(Self);
        }
        if !is_json(&parts.headers) {
            let message = "the body must be JSON, and the header Content-Type: application/json say so";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message));
        }
        parse(&document).map(Self)
    }
}

fn parse<T: DeserializeOwned>(document: &[u8]) -> Result<T, Problem> {
    // The parser would take an array for the members in their order.
    if document.trim_ascii_start().first() != Some(&b'{') {
        return Err(Problem::bad_request("the body must be a JSON object"));
    }
    serde_json::from_slice(document)
        .map_err(|error| Problem::bad_request(format!("the body is not what is expected here: {error}")))
}

/// A page from anywhere can make a browser send a form, but JSON only to where the page comes from.
fn check_page(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(ORIGIN) && !is_json(headers) {
        let message = "a request from a page must have the header Content-Type: application/json";
        return Err(Problem::new(StatusCode::FORBIDDEN, message));
    }
    Ok(())
}

fn is_json(headers: &HeaderMap) -> bool {
    let content = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = content.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || kind.ends_with("+json")
}

async fn receive(body: Body, app: &App) -> Result<Bytes, Problem> {
    match timeout(BODY_TIMEOUT, Limited::new(body, MAX_BODY_BYTES).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            app.count(Limit::LargeBody, None);
            let message = format!("a body may have {MAX_BODY_BYTES} bytes");
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message))
        }
        Ok(Err(error)) => Err(Problem::bad_request(format!("the body broke off: {error}"))),
        Err(_) => {
            app.count(Limit::SlowBody, None);
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "the body did not arrive in time"))
        }
    }
}

//! A log as a file: its bytes as they are, whole or a range (RFC 9110, section 14).

use std::fs::File;
use std::io;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, RANGE,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::task::spawn_blocking;

use super::problem::Problem;
use crate::http::logfile;

/// What is read at once.
const CHUNK_BYTES: u64 = 64 << 10;

/// Which bytes a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// All.
    All,
    /// From there, up to and with that one, if it is said.
    From(u64, Option<u64>),
    /// So many at the end.
    Last(u64),
}

/// The range that a request names. Several at once are answered with the whole, as a server may.
pub(super) fn range(headers: &HeaderMap) -> Range {
    let text = headers.get(RANGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    parse(text).unwrap_or(Range::All)
}

fn parse(text: &str) -> Option<Range> {
    let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
    match (first.trim(), last.trim()) {
        ("", last) => Some(Range::Last(last.parse().ok()?)),
        (first, "") => Some(Range::From(first.parse().ok()?, None)),
        (first, last) => {
            let (first, last) = (first.parse().ok()?, last.parse().ok()?);
            (first <= last).then_some(Range::From(first, Some(last)))
        }
    }
}

impl Range {
    /// First byte and number of bytes; `None` if the file has none of them.
    fn of(self, size: u64) -> Option<(u64, u64)> {
        let (start, end) = match self {
            Self::All => return Some((0, size)),
            Self::From(first, last) => (first, last.map_or(size, |last| last.saturating_add(1)).min(size)),
            Self::Last(count) => (size.saturating_sub(count), size),
        };
        (start < end).then(|| (start, end - start))
    }
}

/// A log that is being sent.
pub(super) struct Download {
    file: File,
    size: u64,
    range: Range,
}

impl Download {
    pub(super) fn open(path: &str, range: Range) -> io::Result<Self> {
        let (file, metadata) = logfile::open(path)?;
        Ok(Self { file, size: metadata.len(), range })
    }

    /// The answer; saved under that name if there is one.
    pub(super) fn respond(self, name: Option<String>) -> Result<Response, Problem> {
        let Self { file, size, range } = self;
        let Some((start, count)) = range.of(size) else {
            let message = format!("the log has {size} bytes, none of those");
            let mut refused = Problem::new(StatusCode::RANGE_NOT_SATISFIABLE, message).into_response();
            set(&mut refused, CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(refused);
        };
        let chunks = stream::try_unfold((Some(file), start, count), |(file, at, left)| async move {
            let Some(file) = file.filter(|_| left > 0) else { return Ok(None) };
            let read = spawn_blocking(move || read(file, at, left)).await;
            let (file, bytes) = read.unwrap_or_else(|_| Err(io::Error::other("the reading failed")))?;
            let count = bytes.len() as u64;
            Ok::<_, io::Error>(Some((bytes, (Some(file), at + count, left - count))))
        });
        let mut response = Response::new(Body::from_stream(chunks));
        set(&mut response, CONTENT_TYPE, "text/plain; charset=utf-8");
        set(&mut response, CACHE_CONTROL, "no-store");
        set(&mut response, ACCEPT_RANGES, "bytes");
        set(&mut response, CONTENT_LENGTH, &count.to_string());
        if range != Range::All {
            *response.status_mut() = StatusCode::PARTIAL_CONTENT;
            set(&mut response, CONTENT_RANGE, &format!("bytes {start}-{}/{size}", start + count - 1));
        }
        if let Some(name) = name {
            let disposition = format!("attachment; filename=\"{}\"", harmless(&name));
            set(&mut response, CONTENT_DISPOSITION, &disposition);
        }
        Ok(response)
    }
}

/// The next bytes. A log that was cut short meanwhile cannot keep the promised length, so the connection breaks off.
fn read(mut file: File, at: u64, left: u64) -> io::Result<(File, Vec<u8>)> {
    let bytes = logfile::read_at(&mut file, at, left.min(CHUNK_BYTES))?;
    if bytes.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok((file, bytes)) }
}

fn set(response: &mut Response, name: axum::http::HeaderName, value: &str) {
    let value = HeaderValue::try_from(value).expect("invariant: it is made of printable ASCII");
    response.headers_mut().insert(name, value);
}

/// A file name that no system takes for anything else.
fn harmless(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_those_of_http() {
        for (text, expect) in [
            ("", Some((0, 100))),
            ("bytes=0-9", Some((0, 10))),
            ("bytes=90-", Some((90, 10))),
            ("bytes=-10", Some((90, 10))),
            ("bytes=-1000", Some((0, 100))),
            ("bytes=90-1000", Some((90, 10))),
            ("bytes=99-99", Some((99, 1))),
            ("bytes=100-", None),
            ("bytes=-0", None),
            ("bytes=9-1", Some((0, 100))),
            ("bytes=0-1,5-6", Some((0, 100))),
            ("lines=0-1", Some((0, 100))),
            ("bytes=0-18446744073709551615", Some((0, 100))),
        ] {
            assert_eq!(parse(text).unwrap_or(Range::All).of(100), expect, "{text}");
        }
        assert_eq!(Range::All.of(0), Some((0, 0)));
        assert_eq!(Range::Last(5).of(0), None);
    }

    #[test]
    fn file_names_are_harmless() {
        assert_eq!(harmless("g:../a b\"\r\nü-stdout.log"), "g_.._a_b____-stdout.log");
    }
}

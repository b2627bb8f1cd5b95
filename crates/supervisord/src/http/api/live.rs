//! A live log as events, alone ([`logs`](super::logs)) or among others ([`events`](super::events)).

use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use super::events::{COMMENT, frame};
use super::logs::Log;
use crate::http::StopSignal;
use crate::http::follow::{Next, Piece, Position, Reader, Start};
use crate::http::limits::HEARTBEAT;

/// How long the beginning of a character waits for its end before it is shown as what it is.
const CHARACTER_PATIENCE: Duration = Duration::from_secs(1);

/// What there is to tell of a log.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum LogNews {
    /// What was added, and where it ends.
    Text { text: String, offset: u64, end: Position },
    /// What came before is gone, or too much to be told.
    Truncated(Position),
    /// Nothing for a while.
    Silence,
}

/// A piece of a live log.
#[derive(Serialize)]
struct LogEvent<'a> {
    text: &'a str,
    /// Where it begins, in bytes.
    offset: u64,
}

impl LogNews {
    /// Where the log is after it.
    pub(super) fn position(&self) -> Option<Position> {
        match self {
            Self::Text { end, .. } => Some(*end),
            Self::Truncated(at) => Some(*at),
            Self::Silence => None,
        }
    }

    /// As an event; `id` makes its id from where the log is.
    pub(super) fn frame<I: Display>(&self, id: impl FnOnce(Position) -> I) -> Bytes {
        match self {
            Self::Text { text, offset, end } => {
                frame(Some(&id(*end)), "log", &LogEvent { text, offset: *offset })
            }
            Self::Truncated(at) => frame(Some(&id(*at)), "truncated", &serde_json::json!({})),
            Self::Silence => COMMENT,
        }
    }
}

/// A log that is being followed.
pub(super) struct Live {
    reader: Reader,
    /// The beginning of a character whose end has not come yet.
    rest: Vec<u8>,
}

impl Live {
    /// Begins to follow; a log that does not exist yet is waited for.
    ///
    /// # Errors
    ///
    /// When it can never be read, being no ordinary file, or not readable for the daemon.
    pub(super) async fn open(log: &Log, start: Start, stop: StopSignal) -> io::Result<Self> {
        let reader = Reader::await_log(Arc::clone(&log.path), start, &log.watch, stop).await?;
        Ok(Self { reader, rest: Vec::new() })
    }

    /// What comes next; `None` when the plane ends.
    pub(super) async fn next(mut self) -> Option<(LogNews, Self)> {
        let patience = if self.rest.is_empty() { HEARTBEAT } else { CHARACTER_PATIENCE };
        let news = match self.reader.next(patience).await {
            Next::End => return None,
            Next::Silence if self.rest.is_empty() => LogNews::Silence,
            Next::Silence => {
                let rest = std::mem::take(&mut self.rest);
                text(&rest, self.reader.position())
            }
            Next::Piece(Piece::Truncated) => {
                self.rest.clear();
                LogNews::Truncated(self.reader.position())
            }
            Next::Piece(Piece::Bytes(bytes)) => self.take(bytes),
            Next::Piece(Piece::Nothing) => LogNews::Silence,
        };
        Some((news, self))
    }

    fn take(&mut self, bytes: Vec<u8>) -> LogNews {
        let mut all = std::mem::take(&mut self.rest);
        all.extend(bytes);
        self.rest = all.split_off(all.len() - unfinished(&all));
        let position = self.reader.position();
        // After a roll-over the rest of the old file's last character stands before the new file's first byte.
        let end = position.offset.saturating_sub(self.rest.len() as u64);
        text(&all, Position { offset: end, ..position })
    }
}

fn text(bytes: &[u8], end: Position) -> LogNews {
    let offset = end.offset.saturating_sub(bytes.len() as u64);
    LogNews::Text { text: String::from_utf8_lossy(bytes).into_owned(), offset, end }
}

/// Bytes at the end that begin a character of UTF-8 and do not end it.
fn unfinished(bytes: &[u8]) -> usize {
    for back in 1..=bytes.len().min(3) {
        let length = match bytes[bytes.len() - back] {
            0x80..=0xBF => continue,
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            _ => return 0,
        };
        return if length > back { back } else { 0 };
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_wait_for_their_end() {
        for (bytes, expect) in [
            (&b""[..], 0),
            (b"abc", 0),
            ("ü".as_bytes(), 0),
            (b"a\xc3", 1),
            (b"\xe2\x82", 2),
            ("€".as_bytes(), 0),
            (b"\xf0\x9f\x98", 3),
            ("😀".as_bytes(), 0),
            (b"\x80\x80\x80\x80", 0),
            (b"\xff", 0),
            (b"\xc3a", 0),
        ] {
            assert_eq!(unfinished(bytes), expect, "{bytes:?}");
        }
    }
}

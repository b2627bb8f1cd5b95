//! The end of a log as text for a page.

use std::sync::Arc;

use provost_core::output::Channel;
use provost_wire::namespec;
use tokio::task::spawn_blocking;

use crate::http::{App, logfile};

/// What there is to show.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// The end of the log, without what is no text.
    Text {
        /// It.
        text: String,
        /// Where in the log it ends.
        end: u64,
    },
    /// No log, or none that can be read.
    NoLog,
    /// No such process.
    NoProcess,
}

/// The last bytes of a log of that process.
pub(super) async fn tail_of(app: &App, name: &str, channel: Channel, limit: u64) -> Tail {
    let (group, process) = namespec::split(name);
    let snapshot = app.ports.snapshot.load_full();
    let Some(row) = process.and_then(|process| snapshot.process(group, process)) else {
        return Tail::NoProcess;
    };
    let path = match channel {
        Channel::Stdout => row.stdout_logfile.clone(),
        Channel::Stderr => row.stderr_logfile.clone(),
    };
    tail(path, limit).await
}

/// The last bytes of the main log.
pub(super) async fn tail_of_main(app: &App, limit: u64) -> Tail {
    tail(app.ports.main_log.clone(), limit).await
}

async fn tail(path: Option<Arc<str>>, limit: u64) -> Tail {
    let Some(path) = path else { return Tail::NoLog };
    let read = spawn_blocking(move || {
        let (mut file, metadata) = logfile::open(&path)?;
        let start = metadata.len().saturating_sub(limit);
        let bytes = logfile::read_at(&mut file, start, limit)?;
        Ok::<_, std::io::Error>((start, bytes))
    });
    match read.await {
        Ok(Ok((start, bytes))) => {
            let end = start + bytes.len() as u64;
            let whole = if start > 0 { after_first_line(&bytes) } else { &bytes };
            Tail::Text { text: shown(&String::from_utf8_lossy(whole)), end }
        }
        _ => Tail::NoLog,
    }
}

/// A piece from the middle of a log begins with part of a line, which is left out if another line follows.
fn after_first_line(bytes: &[u8]) -> &[u8] {
    match bytes.iter().position(|&byte| byte == b'\n') {
        Some(end) if end + 1 < bytes.len() => &bytes[end + 1..],
        _ => bytes,
    }
}

/// Text without the sequences that mean colours to a terminal, and without other control characters.
fn shown(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => skip_sequence(&mut characters),
            '\n' | '\t' => plain.push(character),
            '\r' => {}
            other if other.is_control() => plain.push('\u{fffd}'),
            other => plain.push(other),
        }
    }
    plain
}

/// Skips what follows an escape character: `[…LETTER`, or `]…` up to its end, or one character.
fn skip_sequence(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    match characters.peek() {
        Some('[') => {
            characters.next();
            while let Some(next) = characters.next_if(|next| !next.is_control()) {
                if ('@'..='~').contains(&next) {
                    return;
                }
            }
        }
        Some(']') => {
            while let Some(next) = characters.next_if(|next| *next != '\n') {
                if next == '\u{7}' || next == '\\' {
                    return;
                }
            }
        }
        Some(next) if !next.is_control() => {
            characters.next();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_is_shown() {
        for (text, expect) in [
            ("plain ü\n\tx", "plain ü\n\tx"),
            ("\u{1b}[1;31mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}x", "x"),
            ("\u{1b}(Bx", "Bx"),
            ("a\r\nb", "a\nb"),
            ("nul\0 bell\u{7}", "nul\u{fffd} bell\u{fffd}"),
            ("\u{1b}[31", ""),
            ("\u{1b}", ""),
            ("\u{1b}[3\nnext", "\nnext"),
            ("<script>", "<script>"),
        ] {
            assert_eq!(shown(text), expect, "{text:?}");
        }
    }

    #[test]
    fn a_piece_begins_with_a_line() {
        for (bytes, expect) in [("rest\nline\n", "line\n"), ("rest\n", "rest\n"), ("rest", "rest"), ("", "")]
        {
            assert_eq!(after_first_line(bytes.as_bytes()), expect.as_bytes());
        }
    }
}

//! What children write: the channels, and the scanner that tells log text from captured messages.
//!
//! A chunk is whatever one read of a pipe gave; nothing may depend on where chunks begin and end. The scanner
//! therefore keeps what a border cut: a possible beginning of a token or of an escape sequence, never anything
//! else, so that a prompt or a last line without line end is not withheld. It owns no pipe and no file, and it
//! does not decide where a piece goes.
//!
//! A chunk in which there is nothing to find is handed on as it is, without a copy.

mod ansi;
mod capture;
mod text;

pub use ansi::{AnsiStripper, MAX_SEQUENCE_BYTES};
pub use capture::Capture;
pub use text::{Joiner, printable};

/// An output channel of a child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Channel {
    /// `stdout` or `stderr`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// A part of a channel's output, in the order in which the child wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Belongs in the log.
    Log(&'a [u8]),
    /// Lies between the capture tokens, so it does not belong in the log. The same bytes come again, together,
    /// in [`Message`](Self::Message) or [`Unfinished`](Self::Unfinished).
    Captured(&'a [u8]),
    /// The capture ended: everything that lay between the tokens, or the last part of it.
    Message {
        /// The bytes, at most as many as the capture limit.
        data: &'a [u8],
        /// Bytes at its beginning that the limit dropped.
        dropped: u64,
    },
    /// The output ended inside a capture. What was captured so far is log text after all, so that a program
    /// that dies within a message does not take its last words along.
    Unfinished(&'a [u8]),
}

/// Splits the output of one pipe into [`Piece`]s.
///
/// Escape sequences are removed first, so that neither tokens nor messages are disturbed by them.
#[derive(Debug, Default)]
pub struct Scanner {
    // In boxes, because there is a scanner for each pipe, and few have anything to take out.
    stripper: Option<Box<AnsiStripper>>,
    capture: Option<Box<Capture>>,
}

impl Scanner {
    /// A scanner that removes ANSI sequences if `strip_ansi`, and captures up to `capture_maxbytes` bytes per
    /// message if that is above 0.
    pub fn new(strip_ansi: bool, capture_maxbytes: i64) -> Self {
        let limit = usize::try_from(capture_maxbytes).unwrap_or(0);
        Self {
            stripper: strip_ansi.then(Box::default),
            capture: (limit > 0).then(|| Box::new(Capture::new(limit))),
        }
    }

    /// Takes the next chunk apart. Empty pieces are not reported, except for an empty message.
    pub fn feed(&mut self, chunk: &[u8], mut found: impl FnMut(Piece<'_>)) {
        let text = match &mut self.stripper {
            Some(stripper) => stripper.strip(chunk),
            None => chunk,
        };
        match &mut self.capture {
            Some(capture) => capture.feed(text, &mut found),
            None if text.is_empty() => {}
            None => found(Piece::Log(text)),
        }
    }

    /// The child is dead or its pipe has ended: gives out whatever was kept back, and begins anew.
    pub fn finish(&mut self, mut found: impl FnMut(Piece<'_>)) {
        let rest = self.stripper.as_mut().map_or(&[][..], |stripper| stripper.finish());
        match &mut self.capture {
            Some(capture) => {
                capture.feed(rest, &mut found);
                capture.finish(&mut found);
            }
            None if rest.is_empty() => {}
            None => found(Piece::Log(rest)),
        }
    }
}

#[cfg(test)]
mod tests;

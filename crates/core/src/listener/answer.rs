//! The answer of a listener that is BUSY: a line with a length, and so many bytes.
//!
//! Who judges it is configured per pool. The default handler knows one word, which is compared while it passes. A
//! handler that prints needs the answer as a whole; it is what the listener was given, sent back.

use super::relay::relay;
use super::{MAX_RESULT_BYTES, MAX_RESULT_LINE_BYTES, take};
use crate::event::Payload;

/// What a result line begins with.
const RESULT_TOKEN: &[u8] = b"RESULT ";
/// The result that accepts an event.
const ACCEPTANCE: &[u8] = b"OK";

/// Who judges answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Judge {
    /// OK accepts, anything else rejects.
    #[default]
    Word,
    /// Every answer accepts; output of a program in it is printed.
    Printer,
}

/// What has arrived of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Less than a line.
    Line(Judge, Vec<u8>),
    /// The line, and a part of the result that it announces.
    Result {
        /// Bytes to come.
        missing: u64,
        /// What is known of it.
        body: Body,
    },
}

/// What is known of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// What is to come if the event is accepted; `None` if it cannot be any more.
    Compared(Option<&'static [u8]>),
    /// What has come.
    Kept(Vec<u8>),
}

/// What an answer comes to.
pub(super) enum Verdict {
    Accepted,
    /// Accepted, and this is to be printed.
    Printed(Vec<u8>),
    Rejected,
    BadLine(Vec<u8>),
}

impl Answer {
    /// Nothing yet.
    pub(super) fn new(judge: Judge) -> Self {
        Self::Line(judge, Vec::new())
    }

    /// Takes bytes up to the end of the answer to an event with that payload.
    pub(super) fn hear(&mut self, bytes: &mut &[u8], payload: &Payload) -> Option<Verdict> {
        match self {
            Self::Line(judge, line) => {
                let heard = take(bytes, line_part(bytes, MAX_RESULT_LINE_BYTES - line.len()));
                line.extend_from_slice(heard);
                if line.last() != Some(&b'\n') {
                    return (line.len() == MAX_RESULT_LINE_BYTES)
                        .then(|| Verdict::BadLine(std::mem::take(line)));
                }
                line.pop();
                let Some(length) = result_length(line) else {
                    return Some(Verdict::BadLine(std::mem::take(line)));
                };
                let mut body = Body::new(*judge, length);
                let empty = (length == 0).then(|| body.judge());
                *self = Self::Result { missing: length, body };
                empty
            }
            Self::Result { missing, body } => {
                let heard = take(bytes, usize::try_from(*missing).unwrap_or(usize::MAX));
                *missing -= heard.len() as u64;
                body.add(heard);
                if *missing == 0 {
                    *missing = body.cut_short(payload);
                }
                (*missing == 0).then(|| body.judge())
            }
        }
    }
}

impl Body {
    fn new(judge: Judge, length: u64) -> Self {
        match judge {
            Judge::Word => Self::Compared((length == ACCEPTANCE.len() as u64).then_some(ACCEPTANCE)),
            Judge::Printer => Self::Kept(Vec::new()),
        }
    }

    fn add(&mut self, heard: &[u8]) {
        match self {
            Self::Compared(acceptance) => {
                *acceptance = acceptance.and_then(|expected| expected.strip_prefix(heard));
            }
            Self::Kept(body) => body.extend_from_slice(heard),
        }
    }

    /// How much more there is of a payload that was sent back with its length in characters, as the reference's
    /// `childutils` does. Read by bytes, as the reference reads it, the rest would break the protocol.
    fn cut_short(&self, payload: &Payload) -> u64 {
        let Self::Kept(body) = self else { return 0 };
        let text = payload.text();
        let is_cut = body.len() < text.len()
            && text.as_bytes().starts_with(body)
            && text.chars().count() == body.len();
        if is_cut { (text.len() - body.len()) as u64 } else { 0 }
    }

    /// What it comes to, now that it is complete.
    fn judge(&mut self) -> Verdict {
        match self {
            Self::Compared(Some(_)) => Verdict::Accepted,
            Self::Compared(None) => Verdict::Rejected,
            Self::Kept(body) => match relay(body) {
                output if output.is_empty() => Verdict::Accepted,
                output => Verdict::Printed(output),
            },
        }
    }
}

/// Length of the part that belongs to the line, with its line feed; at most `most`.
fn line_part(bytes: &[u8], most: usize) -> usize {
    let within = &bytes[..most.min(bytes.len())];
    memchr::memchr(b'\n', within).map_or(within.len(), |at| at + 1)
}

/// The length that a result line (without its line feed) announces. Blanks around the number are no error, so
/// that a listener may end its lines with CR LF.
fn result_length(line: &[u8]) -> Option<u64> {
    let number = std::str::from_utf8(line.strip_prefix(RESULT_TOKEN)?.trim_ascii()).ok()?;
    number.parse().ok().filter(|length| *length <= MAX_RESULT_BYTES)
}

//! Capture mode: messages that a child marks in its output with tokens.
//!
//! Text outside the tokens is log text, text inside is collected, and the end token makes a message of it. Tokens
//! do not nest: inside a capture only the end token means something, outside only the begin token.
//!
//! Both tokens have one `<`, and it is their first byte. So what may be the beginning of a token is decided by the
//! last `<` alone, and when the beginning turns out to be none, no later part of it can be one: the held bytes
//! need not be stored, their number is enough.

use std::collections::VecDeque;

use memchr::{memmem, memrchr};

use super::Piece;
use super::text::cut_at_begin;

const BEGIN: &[u8] = b"<!--XSUPERVISOR:BEGIN-->";
const END: &[u8] = b"<!--XSUPERVISOR:END-->";

/// Separates messages from log text in the chunks of one stream.
#[derive(Debug)]
pub struct Capture {
    /// Bytes of a message that are kept at most; the newest are.
    limit: usize,
    /// What a message has so far; `None` outside of one.
    message: Option<Message>,
    /// How many bytes of the token that comes next ended the last chunk.
    held: usize,
}

/// The message that has begun.
#[derive(Debug, Default)]
struct Message {
    data: VecDeque<u8>,
    dropped: u64,
}

impl Capture {
    /// Keeps the last `limit` bytes of a message.
    pub fn new(limit: usize) -> Self {
        Self { limit, message: None, held: 0 }
    }

    /// Takes the next chunk apart.
    pub fn feed(&mut self, chunk: &[u8], found: &mut impl FnMut(Piece<'_>)) {
        let mut rest = chunk;
        while !rest.is_empty() {
            let token = self.token();
            if self.held > 0 {
                rest = self.resume(token, rest, found);
                continue;
            }
            if let Some(at) = memmem::find(rest, token) {
                self.pass(&rest[..at], found);
                self.turn(found);
                rest = &rest[at + token.len()..];
            } else {
                self.held = prefix_at_end(rest, token);
                self.pass(&rest[..rest.len() - self.held], found);
                return;
            }
        }
    }

    /// The stream has ended: what was held back was no token, and an unfinished message is log text.
    pub fn finish(&mut self, found: &mut impl FnMut(Piece<'_>)) {
        let held = &self.token()[..self.held];
        self.held = 0;
        self.pass(held, found);
        if let Some(mut message) = self.message.take()
            && !message.data.is_empty()
        {
            found(Piece::Unfinished(message.data.make_contiguous()));
        }
    }

    /// The token that means something now.
    fn token(&self) -> &'static [u8] {
        if self.message.is_some() { END } else { BEGIN }
    }

    /// Continues a token that the last chunk's end may have begun; gives what is left of the chunk.
    fn resume<'a>(
        &mut self,
        token: &'static [u8],
        rest: &'a [u8],
        found: &mut impl FnMut(Piece<'_>),
    ) -> &'a [u8] {
        let missing = &token[self.held..];
        let matching = missing.iter().zip(rest).take_while(|(expected, byte)| expected == byte).count();
        if matching == missing.len() {
            self.held = 0;
            self.turn(found);
        } else if matching == rest.len() {
            self.held += matching;
        } else {
            let held = &token[..self.held];
            self.held = 0;
            self.pass(held, found);
            return rest;
        }
        &rest[matching..]
    }

    /// Hands on bytes that are no token.
    fn pass(&mut self, bytes: &[u8], found: &mut impl FnMut(Piece<'_>)) {
        if bytes.is_empty() {
            return;
        }
        match &mut self.message {
            None => found(Piece::Log(bytes)),
            Some(message) => {
                message.add(bytes, self.limit);
                found(Piece::Captured(bytes));
            }
        }
    }

    /// A token was found: a message begins, or ends.
    fn turn(&mut self, found: &mut impl FnMut(Piece<'_>)) {
        match self.message.take() {
            None => self.message = Some(Message::default()),
            Some(mut message) => {
                let data: &[u8] = message.data.make_contiguous();
                // The limit counts bytes, and may have cut a character.
                let cut = if message.dropped > 0 { cut_at_begin(data) } else { 0 };
                found(Piece::Message { data: &data[cut..], dropped: message.dropped + cut as u64 });
            }
        }
    }
}

impl Message {
    /// Appends, and drops the oldest bytes beyond the limit.
    fn add(&mut self, bytes: &[u8], limit: usize) {
        let newest = &bytes[bytes.len().saturating_sub(limit)..];
        let room = limit - newest.len();
        let oldest = self.data.len().saturating_sub(room);
        self.data.drain(..oldest);
        self.data.extend(newest);
        self.dropped += (oldest + bytes.len() - newest.len()) as u64;
    }
}

/// How many bytes at the end of `text` begin `token` without completing it.
fn prefix_at_end(text: &[u8], token: &[u8]) -> usize {
    let tail = &text[text.len().saturating_sub(token.len() - 1)..];
    memrchr(b'<', tail).map(|at| &tail[at..]).filter(|end| token.starts_with(end)).map_or(0, <[u8]>::len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_their_only_angle_bracket_first() {
        for (token, length) in [(BEGIN, 24), (END, 22)] {
            assert_eq!(token.len(), length);
            assert_eq!(memrchr(b'<', token), Some(0));
        }
    }

    #[test]
    fn finds_what_may_become_a_token() {
        #[track_caller]
        fn check(text: &str, expect: usize) {
            assert_eq!(prefix_at_end(text.as_bytes(), BEGIN), expect, "{text}");
        }
        check("", 0);
        check("text", 0);
        check("<", 1);
        check("a<", 1);
        check("a<b", 0);
        check("<<", 1);
        check("<!--<!-", 3);
        check("a<!--XSUPERVISOR:BEGIN--", 23);
        check("a<!--XSUPERVISOR:END--", 0);
        check("<!--XSUPERVISOR:BEGIN-->", 0);
    }
}

//! Envelopes: what an event looks like on the standard input of a listener.
//!
//! A header line of `key:value` tokens, then the payload with nothing after it. The daemon writes envelopes;
//! the parser is for listeners written in Rust and for tests. Serial numbers are given out elsewhere.
//!
//! # What `len` counts
//!
//! The reference documents bytes, but under Python 3 it counts characters. Listeners that read text, as
//! everything built on its `childutils` does, need characters and wait for ever when they are told a larger
//! number; listeners that read bytes need bytes and lose their place with a smaller one. Only for payloads
//! in ASCII are both right. So the count is chosen per pool ([`Counting`]), characters are the default, and one
//! more token, `bytes`, counts bytes in every header. It is the last: parsers look tokens up by name, so that
//! they do not notice it.

use std::fmt;
use std::io::Write as _;

/// The protocol version that opens every header.
pub const VERSION: &str = "3.0";

/// What `len` in the header counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counting {
    /// Characters, as the reference does.
    #[default]
    Characters,
    /// Bytes, as the reference documents it.
    Bytes,
}

/// One event on its way to one listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// Identifier of the daemon. A blank or colon in it is not escaped and confuses common parsers.
    pub server: &'a str,
    /// Number of the event in the life of the daemon.
    pub serial: u64,
    /// Name of the listener's group.
    pub pool: &'a str,
    /// Number of the event within the pool.
    pub pool_serial: u64,
    /// Public name of the type of event.
    pub event: &'a str,
    /// What the event says.
    pub payload: &'a str,
}

impl Envelope<'_> {
    /// Appends header and payload to `out`, to be written in one piece.
    pub fn write(&self, counting: Counting, out: &mut Vec<u8>) {
        out.reserve(self.payload.len() + 160);
        writeln!(out, "{}", HeaderLine { envelope: self, counting })
            .expect("writing to memory does not fail");
        out.extend_from_slice(self.payload.as_bytes());
    }
}

/// The header without its line feed. The order of the tokens is the reference's and fixed; the last is ours.
struct HeaderLine<'a> {
    envelope: &'a Envelope<'a>,
    counting: Counting,
}

impl fmt::Display for HeaderLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Envelope { server, serial, pool, pool_serial, event, payload } = self.envelope;
        write!(
            f,
            "ver:{VERSION} server:{server} serial:{serial} pool:{pool} poolserial:{pool_serial} eventname:{event}"
        )?;
        let len = match self.counting {
            Counting::Characters => payload.chars().count(),
            Counting::Bytes => payload.len(),
        };
        write!(f, " len:{len} bytes:{}", payload.len())
    }
}

/// A header as a listener reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// Protocol version, [`VERSION`].
    pub version: &'a str,
    /// Identifier of the daemon.
    pub server: &'a str,
    /// Number of the event in the life of the daemon.
    pub serial: u64,
    /// Name of the listener's group.
    pub pool: &'a str,
    /// Number of the event within the pool.
    pub pool_serial: u64,
    /// Public name of the type of event.
    pub event: &'a str,
    /// Length of the payload; what it counts depends on the pool, see [`Counting`].
    pub len: usize,
    /// Length of the payload in bytes, when the header tells it beyond doubt (the reference's does not).
    pub bytes: Option<usize>,
}

impl<'a> Header<'a> {
    /// Reads a header line, with or without its line feed. Tokens may come in any order, and unknown ones
    /// are skipped, so that a later version can add some.
    ///
    /// # Errors
    ///
    /// When a token has no colon, a number is none, or a token is missing.
    pub fn parse(line: &'a str) -> Result<Self, HeaderError> {
        for token in line.split_ascii_whitespace() {
            if !token.contains(':') {
                return Err(HeaderError::NoColon { token: token.to_owned() });
            }
        }
        let optional = |key| {
            let value = move |token: &'a str| token.split_once(':').filter(|(name, _)| *name == key);
            line.split_ascii_whitespace().find_map(value).map(|(_, value)| value)
        };
        let text = |key| optional(key).ok_or(HeaderError::Missing { key });
        let number = |key| text(key)?.parse().map_err(|_| HeaderError::NotANumber { key });
        let size = |key, value: &str| value.parse().map_err(|_| HeaderError::NotANumber { key });
        Ok(Self {
            version: text("ver")?,
            server: text("server")?,
            serial: number("serial")?,
            pool: text("pool")?,
            pool_serial: number("poolserial")?,
            event: text("eventname")?,
            len: size("len", text("len")?)?,
            bytes: optional("bytes").map(|value| size("bytes", value)).transpose()?,
        })
    }
}

/// A line that is not the header of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// A word that is no token.
    #[error("the event header has the word `{token}` without a colon; is it a payload read as a header?")]
    NoColon {
        /// The word.
        token: String,
    },
    /// A token that every header has is not there.
    #[error("the event header has no `{key}:` token; is the writer a supervisor?")]
    Missing {
        /// What is missing.
        key: &'static str,
    },
    /// A token that should be a number is something else.
    #[error("the `{key}:` token of the event header is not a number")]
    NotANumber {
        /// The token.
        key: &'static str,
    },
}

//! Output as text, for places that hold text: the activity log, events.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The bytes as text if they are UTF-8; otherwise what the reference prints instead: `Undecodable: b'…'`, in
/// Python's notation of bytes.
pub fn printable(data: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(data) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(format!("Undecodable: {}", bytes_repr(data))),
    }
}

/// The longest beginning of a character that is none yet, in bytes.
const MAX_HELD: usize = 3;

/// Puts characters together that a border between two chunks has cut, so that text stays text in events that are
/// made of chunks. It holds the beginning of one character, nothing else.
#[derive(Clone, Debug, Default)]
pub struct Joiner {
    held: [u8; MAX_HELD],
    count: usize,
}

impl Joiner {
    /// Takes the next chunk; gives it with what was held before, and without the beginning of a character at its end.
    pub fn feed(&mut self, chunk: &[u8], mut found: impl FnMut(&[u8])) {
        let held = &self.held[..self.count];
        if held.is_empty() {
            let whole = chunk.len() - cut_at_end(chunk);
            self.hold(&chunk[whole..]);
            if whole > 0 {
                found(&chunk[..whole]);
            }
            return;
        }
        let mut joined = Vec::with_capacity(held.len() + chunk.len());
        joined.extend_from_slice(held);
        joined.extend_from_slice(&chunk[..chunk.len().min(MAX_HELD)]);
        let is_one = match std::str::from_utf8(&joined) {
            Ok(_) => true,
            Err(error) => error.valid_up_to() > 0 || error.error_len().is_none(),
        };
        if is_one {
            joined.extend_from_slice(&chunk[chunk.len().min(MAX_HELD)..]);
            self.count = 0;
            self.feed(&joined, found);
        } else {
            // What comes does not complete it, and must not suffer for it.
            self.finish(&mut found);
            self.feed(chunk, found);
        }
    }

    /// No chunk follows: gives what is held.
    pub fn finish(&mut self, mut found: impl FnMut(&[u8])) {
        let count = std::mem::take(&mut self.count);
        if count > 0 {
            found(&self.held[..count]);
        }
    }

    fn hold(&mut self, bytes: &[u8]) {
        self.held[..bytes.len()].copy_from_slice(bytes);
        self.count = bytes.len();
    }
}

/// How many bytes at the end of the text begin a character that is not complete.
fn cut_at_end(text: &[u8]) -> usize {
    let tail = &text[text.len().saturating_sub(MAX_HELD)..];
    let begin = tail.iter().rposition(|byte| !is_inner(*byte)).map_or(&[][..], |at| &tail[at..]);
    match std::str::from_utf8(begin) {
        Err(error) if error.error_len().is_none() => begin.len(),
        Ok(_) | Err(_) => 0,
    }
}

/// How many bytes at the beginning of the text are the end of a character whose beginning is not there.
pub(super) fn cut_at_begin(text: &[u8]) -> usize {
    let inner = text.iter().take_while(|byte| is_inner(**byte)).count();
    if inner <= MAX_HELD { inner } else { 0 }
}

/// Whether a byte of UTF-8 is not the first of its character.
fn is_inner(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

/// Python's notation of bytes.
fn bytes_repr(data: &[u8]) -> String {
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') { '"' } else { '\'' };
    let mut shown = String::with_capacity(data.len() + 3);
    shown.push('b');
    shown.push(quote);
    for &byte in data {
        match char::from(byte) {
            '\t' => shown.push_str("\\t"),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            character if character == quote || character == '\\' => {
                shown.push('\\');
                shown.push(character);
            }
            character @ ' '..='~' => shown.push(character),
            _ => {
                write!(shown, "\\x{byte:02x}").expect("invariant: writing to a String cannot fail");
            }
        }
    }
    shown.push(quote);
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a joiner makes of chunks.
    fn join<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
        let (mut joiner, mut found) = (Joiner::default(), Vec::new());
        for chunk in chunks {
            joiner.feed(chunk, |text| found.push(text.to_vec()));
        }
        joiner.finish(|text| found.push(text.to_vec()));
        found
    }

    #[test]
    fn characters_are_put_together() {
        #[track_caller]
        fn check(chunks: &[&[u8]], expect: &[&[u8]]) {
            assert_eq!(join(chunks.iter().copied()), expect);
        }
        check(&[b"one", b"two"], &[b"one", b"two"]);
        check(&["gr\u{fc}n".as_bytes()], &["gr\u{fc}n".as_bytes()]);
        check(&[b"gr\xc3", b"\xbcn"], &[b"gr", b"\xc3\xbcn"]);
        check(&[b"\xe2", b"\x82", b"\xac!"], &[b"\xe2\x82\xac!"]);
        check(&[b"\xf0\x9d", b"\x84\x9e\xf0"], &[b"\xf0\x9d\x84\x9e", b"\xf0"]);
        // Beginnings of nothing, and ends of nothing, do no harm to what stands beside them.
        check(&[b"a\xc3", b"b"], &[b"a", b"\xc3", b"b"]);
        check(&[b"a\xc3", b"\xc3\xbc"], &[b"a", b"\xc3", b"\xc3\xbc"]);
        check(&[b"\xe2\x82", b"plain"], &[b"\xe2\x82", b"plain"]);
        check(&[b"\xbc", b"\xff"], &[b"\xbc", b"\xff"]);
        check(&[b"\xc0", b"\xed\xa0", b"x"], &[b"\xc0", b"\xed\xa0", b"x"]);
        check(&[b"a\xc3"], &[b"a", b"\xc3"]);
    }

    proptest! {
        #[test]
        fn text_in_chunks_stays_text(text in "\\PC{0,40}", size in 1usize..9) {
            let found = join(text.as_bytes().chunks(size));
            prop_assert!(found.iter().all(|piece| std::str::from_utf8(piece).is_ok()));
            prop_assert_eq!(found.concat(), text.as_bytes());
        }

        #[test]
        fn no_byte_is_lost(chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..6), 0..8)) {
            let found = join(chunks.iter().map(Vec::as_slice));
            prop_assert_eq!(found.concat(), chunks.concat());
        }
    }

    #[test]
    fn beginnings_that_lost_their_character() {
        #[track_caller]
        fn check(text: &[u8], expect: usize) {
            assert_eq!(cut_at_begin(text), expect, "{}", text.escape_ascii());
        }
        check(b"", 0);
        check(b"text", 0);
        check("\u{fc}".as_bytes(), 0);
        check(b"\xbcn", 1);
        check(b"\x9d\x84\x9ex", 3);
        check(b"\x80\x80\x80\x80", 0);
    }

    #[test]
    fn text_stays_as_it_is() {
        for text in ["", "plain\n", "tabs\tand 'quotes' \"", "öäü 日本"] {
            assert_eq!(printable(text.as_bytes()), text);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_shown_as_python_does() {
        #[track_caller]
        fn check(data: &[u8], expect: &str) {
            assert_eq!(printable(data), expect);
        }
        check(b"\xff\n", r"Undecodable: b'\xff\n'");
        check(b"\xc3", r"Undecodable: b'\xc3'");
        check(b"\xff\t\r\\ ~\x7f\0", r"Undecodable: b'\xff\t\r\\ ~\x7f\x00'");
        check(b"\xff it's", r#"Undecodable: b"\xff it's""#);
        check(b"\xff it's \"x\"", r#"Undecodable: b'\xff it\'s "x"'"#);
        check(b"\xff \"x\"", r#"Undecodable: b'\xff "x"'"#);
    }
}

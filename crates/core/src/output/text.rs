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
    use super::*;

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

//! Quoting of text inside messages.
//!
//! Several messages of the reference carry a value in Python's quoting, and tools parse them; this is that
//! quoting.

use std::fmt::Write as _;

/// The text in Python's quoting: single quotes, unless it holds `'` and no `"`; backslash, newline, carriage
/// return and tab as two-character escapes, other unprintable characters as `\xNN`, `\uNNNN` or `\UNNNNNNNN`.
///
/// Allocates; meant for messages, not for hot paths.
pub fn python_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for character in text.chars() {
        match character {
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ if character == quote => {
                quoted.push('\\');
                quoted.push(quote);
            }
            _ if is_printable(character) => quoted.push(character),
            _ => push_escape(&mut quoted, u32::from(character)),
        }
    }
    quoted.push(quote);
    quoted
}

fn push_escape(quoted: &mut String, code: u32) {
    let written = match code {
        0..=0xff => write!(quoted, "\\x{code:02x}"),
        0x100..=0xffff => write!(quoted, "\\u{code:04x}"),
        _ => write!(quoted, "\\U{code:08x}"),
    };
    written.expect("invariant: writing to a String cannot fail");
}

/// Whether the character is shown as it is. Python and Rust's `escape_debug` both ask the same Unicode
/// categories (other, separators but the space). Rust additionally escapes a combining mark, but only at the
/// start of a string; so the character is asked about behind a letter.
fn is_printable(character: char) -> bool {
    if character.is_ascii() {
        return matches!(character, ' '..='~');
    }
    let mut pair = [b'a', 0, 0, 0, 0];
    let length = character.encode_utf8(&mut pair[1..]).len();
    let text = std::str::from_utf8(&pair[..=length]).expect("invariant: a letter and one encoded character");
    text.escape_debug().nth(1) == Some(character)
}

#[cfg(test)]
mod tests {
    use super::python_repr;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(python_repr(text), expect);
    }

    #[test]
    fn chooses_the_quotes() {
        check("", "''");
        check("/bin/cat", "'/bin/cat'");
        check("it's", "\"it's\"");
        check("say \"a\"", "'say \"a\"'");
        check("it's \"a\"", "'it\\'s \"a\"'");
    }

    #[test]
    fn escapes_what_does_not_print() {
        check("a\\b", "'a\\\\b'");
        check("a\nb\tc\rd", "'a\\nb\\tc\\rd'");
        check("\x1b[0m\x7f\0", "'\\x1b[0m\\x7f\\x00'");
        check("\u{a0}", "'\\xa0'");
        check("\u{ad}", "'\\xad'");
        check("\u{200b}", "'\\u200b'");
        check("\u{e000}", "'\\ue000'");
        check("\u{e0001}", "'\\U000e0001'");
    }

    #[test]
    fn leaves_printable_unicode() {
        check("öäü", "'öäü'");
        check("日本", "'日本'");
        check("e\u{301}", "'e\u{301}'");
        check("\u{301}", "'\u{301}'");
        check("🦀", "'🦀'");
    }
}

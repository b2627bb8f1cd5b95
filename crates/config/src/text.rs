//! Python's ideas of text, as far as messages and the dialect depend on them: what is whitespace, and how a
//! string is quoted (`repr`). The reference is a Python program, and these show through in its interface.

use std::fmt;

/// Whether Python's `str.isspace` (and so `strip` and `split`) takes `c` for whitespace: Unicode's White_Space
/// and the four information separators.
pub fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// `text` without whitespace at both ends.
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Displays a string in Python's `repr` form.
pub struct Repr<'a>(pub &'a str);

impl fmt::Display for Repr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quoted(f, self.0, is_printable)
    }
}

/// Displays a string in Python's `ascii` form: like [`Repr`], with everything outside ASCII escaped.
pub struct Ascii<'a>(pub &'a str);

impl fmt::Display for Ascii<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_quoted(f, self.0, |c| c.is_ascii() && is_printable(c))
    }
}

/// Displays strings in the form in which Python prints a list of them.
pub struct ReprList<'a>(pub &'a [String]);

impl fmt::Display for ReprList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, item) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{}", Repr(item))?;
        }
        f.write_str("]")
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str, plain: impl Fn(char) -> bool) -> fmt::Result {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    write!(f, "{quote}")?;
    for c in text.chars() {
        match c {
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            c if c == quote => write!(f, "\\{c}")?,
            c if plain(c) => write!(f, "{c}")?,
            c => match u32::from(c) {
                code @ ..=0xff => write!(f, "\\x{code:02x}")?,
                code @ ..=0xffff => write!(f, "\\u{code:04x}")?,
                code => write!(f, "\\U{code:08x}")?,
            },
        }
    }
    write!(f, "{quote}")
}

/// Whether Python prints `c` as it is. The standard library's debug form leaves the same Unicode categories
/// unescaped, except that it also escapes a combining character at the start of a string; hence the `a`.
fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let mut buffer = String::from("a");
    buffer.push(c);
    !buffer.escape_debug().skip(1).collect::<String>().starts_with("\\u")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(Repr(text).to_string(), expect);
    }

    #[test]
    fn strings_are_quoted_as_python_does() {
        check("plain", "'plain'");
        check("it's", "\"it's\"");
        check("\"it's\"", "'\"it\\'s\"'");
        check("\"x\"", "'\"x\"'");
        check("a\\b\n\r\t", "'a\\\\b\\n\\r\\t'");
        check("\x1b\x7f\0", "'\\x1b\\x7f\\x00'");
        check("öäü日本", "'öäü日本'");
        check("\u{feff}x", "'\\ufeffx'");
        check("\u{a0}", "'\\xa0'");
        check("a\u{301}", "'a\u{301}'");
        check("\u{301}", "'\u{301}'");
        check("\u{e000}\u{10ffff}", "'\\ue000\\U0010ffff'");
        assert_eq!(Ascii("é\n日").to_string(), "'\\xe9\\n\\u65e5'");
        assert_eq!(ReprList(&["foo".into(), "b'r".into()]).to_string(), "['foo', \"b'r\"]");
    }

    #[test]
    fn whitespace_is_pythons() {
        assert_eq!(strip("\x1c \u{a0}\tx\u{3000}\x0b"), "x");
        assert_eq!(strip("\u{200b}x"), "\u{200b}x");
    }
}

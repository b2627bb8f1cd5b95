//! Splitting text into words by POSIX shell rules, without a shell: for `command`, and for the pairs of
//! `environment`.
//!
//! Both share quotes and escapes. They differ in what else is special: in a command only blanks separate; in an
//! environment every character outside a small set is a word of its own, and `#` starts a comment.

use std::borrow::Cow;

/// Why a text cannot be split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// A quote is still open at the end.
    #[error("No closing quotation")]
    OpenQuote,
    /// The text ends behind a backslash.
    #[error("No escaped character")]
    NothingEscaped,
}

/// The words of a command line.
///
/// ```
/// let words = provost_config::words::split_command(r#"sh -c "echo \"a b\"" ''"#)?;
/// assert_eq!(words, ["sh", "-c", "echo \"a b\"", ""]);
/// # Ok::<(), provost_config::words::WordsError>(())
/// ```
pub fn split_command(text: &str) -> Result<Vec<String>, WordsError> {
    split(text, Dialect::Command)
}

/// The words of an `environment` value: keys, `=`, values and separators alike.
pub fn environment_words(text: &str) -> Result<Vec<String>, WordsError> {
    split(text, Dialect::Environment)
}

/// `value` written so that [`environment_words`] reads it as one word.
pub fn quote(value: &str) -> Cow<'_, str> {
    if !value.is_empty() && value.chars().all(|c| Dialect::Environment.is_word(c)) {
        return Cow::Borrowed(value);
    }
    Cow::Owned(format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
}

#[derive(Clone, Copy)]
enum Dialect {
    Command,
    Environment,
}

impl Dialect {
    /// Whether `c`, outside quotes, is a piece of a word.
    fn is_word(self, c: char) -> bool {
        match self {
            Self::Command => true,
            Self::Environment => c.is_ascii_alphanumeric() || "_/.+-():".contains(c) || is_latin1_letter(c),
        }
    }

    fn starts_comment(self, c: char) -> bool {
        matches!(self, Self::Environment) && c == '#'
    }
}

/// The letters of ISO 8859-1 outside ASCII: `À` to `ÿ` without the signs for times and divide.
fn is_latin1_letter(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{ff}') && !matches!(c, '×' | '÷')
}

/// Python's `shlex` takes only these for blanks, unlike `str.split`.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn split(text: &str, dialect: Dialect) -> Result<Vec<String>, WordsError> {
    let mut words = Vec::new();
    // `None` between words: `""` is an empty word, and no word at all is something else.
    let mut word: Option<String> = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            c if is_blank(c) => words.extend(word.take()),
            c if dialect.starts_comment(c) => {
                words.extend(word.take());
                chars.by_ref().find(|c| *c == '\n');
            }
            '\\' => word.get_or_insert_default().push(chars.next().ok_or(WordsError::NothingEscaped)?),
            '\'' | '"' => read_quoted(c, &mut chars, word.get_or_insert_default())?,
            c if dialect.is_word(c) => word.get_or_insert_default().push(c),
            c => {
                words.extend(word.take());
                words.push(c.to_string());
            }
        }
    }
    words.extend(word);
    Ok(words)
}

/// Appends everything up to the closing `quote`. Between double quotes a backslash escapes the quote and itself;
/// before anything else it stays.
fn read_quoted(quote: char, chars: &mut std::str::Chars<'_>, word: &mut String) -> Result<(), WordsError> {
    loop {
        match chars.next().ok_or(WordsError::OpenQuote)? {
            c if c == quote => return Ok(()),
            '\\' if quote == '"' => match chars.next().ok_or(WordsError::NothingEscaped)? {
                c @ ('"' | '\\') => word.push(c),
                c => word.extend(['\\', c]),
            },
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(text: &str, expect: &[&str]) {
        assert_eq!(split_command(text).expect("valid"), expect, "{text:?}");
    }

    fn environment(text: &str, expect: &[&str]) {
        assert_eq!(environment_words(text).expect("valid"), expect, "{text:?}");
    }

    #[test]
    fn commands_are_split_at_blanks() {
        command("", &[]);
        command(" \t\n ", &[]);
        command("/bin/cat", &["/bin/cat"]);
        command("a  b\tc\nd\r\ne", &["a", "b", "c", "d", "e"]);
        command("a 'b c' d", &["a", "b c", "d"]);
        command(r#"a "b \" \\ \n c" "#, &["a", r#"b " \ \n c"#]);
        command(r"a 'b\c' \d\ e", &["a", r"b\c", "d e"]);
        command(r#"a"b"'c'd"#, &["abcd"]);
        command(r#"a "" ''"#, &["a", "", ""]);
        command("a # b ; c | $d *", &["a", "#", "b", ";", "c", "|", "$d", "*"]);
        command("a\u{a0}b", &["a\u{a0}b"]);
        command("a\\\nb", &["a\nb"]);
        command(r#"bash -c 'x="1"; echo $x'"#, &["bash", "-c", r#"x="1"; echo $x"#]);
    }

    #[test]
    fn open_quotes_and_escapes_are_errors() {
        for (text, expect) in [
            ("a 'b", WordsError::OpenQuote),
            ("a \"b", WordsError::OpenQuote),
            ("a \"b\\\"", WordsError::OpenQuote),
            ("a \\", WordsError::NothingEscaped),
            ("a \"b\\", WordsError::NothingEscaped),
        ] {
            assert_eq!(split_command(text), Err(expect), "{text:?}");
            assert_eq!(environment_words(text), Err(expect), "{text:?}");
        }
        assert_eq!(WordsError::OpenQuote.to_string(), "No closing quotation");
        assert_eq!(WordsError::NothingEscaped.to_string(), "No escaped character");
    }

    #[test]
    fn environments_are_split_at_every_special_character() {
        environment("A=b,C=d", &["A", "=", "b", ",", "C", "=", "d"]);
        environment("A=\"\"", &["A", "=", ""]);
        environment("A=a\"b c\"d", &["A", "=", "ab cd"]);
        environment("A='x\\y'", &["A", "=", "x\\y"]);
        environment("A=\"x\\\"y\\z\"", &["A", "=", "x\"y\\z"]);
        environment("A=x\\ y", &["A", "=", "x y"]);
        environment("A=/a-b.c+d(e):f_g", &["A", "=", "/a-b.c+d(e):f_g"]);
        environment("A=a@b", &["A", "=", "a", "@", "b"]);
        environment("A=é×", &["A", "=", "é", "×"]);
        environment("A=日", &["A", "=", "日"]);
        environment("A=b # C=d\n,E=f", &["A", "=", "b", ",", "E", "=", "f"]);
        environment("A=b#c", &["A", "=", "b"]);
        environment("A=\"b#c\"", &["A", "=", "b#c"]);
        environment("{x}", &["{", "x", "}"]);
    }

    #[test]
    fn quoted_values_are_read_back_as_one_word() {
        for value in ["", "a", "a b", "it's", "\"", "\\", "a\\\"b", "#", "日本", "x=y,z"] {
            assert_eq!(environment_words(&quote(value)).expect("valid"), [value], "{value:?}");
        }
        assert_eq!(quote("plain"), "plain");
    }
}

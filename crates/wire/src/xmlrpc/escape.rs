//! Text on its way into a document.
//!
//! `&`, `<` and `>` are escaped, and nothing else that XML allows. A carriage return becomes `&#13;`,
//! because a reader would turn a raw one into a line feed. What XML 1.0 forbids even as a reference (most
//! control characters, U+FFFE, U+FFFF) becomes U+FFFD, one for one, so that coloured or binary output of a
//! program cannot make an answer unreadable; the reference sends it raw and its clients then fail.

use std::fmt;
use std::io::Write as _;

/// Stands for a character that XML 1.0 cannot express.
const REPLACEMENT: &[u8] = "\u{FFFD}".as_bytes();

/// Appends `text` to `out`, escaped. Nearly every text is ordinary and copied as a whole.
pub(super) fn push_text(out: &mut Vec<u8>, text: &str) {
    if text.bytes().fold(false, |special, byte| special | SPECIAL[usize::from(byte)]) {
        push_special(out, text);
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

/// Appends a text in which something has to be escaped. Runs of ordinary bytes are copied as a whole.
fn push_special(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|&byte| SPECIAL[usize::from(byte)]) {
        out.extend_from_slice(&rest[..at]);
        let (substitute, length) = substitute(&rest[at..]);
        out.extend_from_slice(substitute);
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
}

/// Appends bytes that should be UTF-8; what is not becomes U+FFFD.
pub(super) fn push_lossy(out: &mut Vec<u8>, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        push_text(out, chunk.valid());
        if !chunk.invalid().is_empty() {
            out.extend_from_slice(REPLACEMENT);
        }
    }
}

/// Appends what `text` displays, escaped, without building the string first.
pub(super) fn push_display(out: &mut Vec<u8>, text: &dyn fmt::Display) {
    struct Escaping<'a>(&'a mut Vec<u8>);
    impl fmt::Write for Escaping<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            push_text(self.0, text);
            Ok(())
        }
    }
    fmt::Write::write_fmt(&mut Escaping(out), format_args!("{text}"))
        .expect("a Display that writes to memory does not fail");
}

/// Appends what `text` displays as it is. Only for texts without special characters, such as numbers.
pub(super) fn push_plain(out: &mut Vec<u8>, text: fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to memory does not fail");
}

/// Bytes that end a run of ordinary ones. 0xEF opens U+FFFE and U+FFFF, among harmless characters.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        special[byte] = byte != b'\t' as usize && byte != b'\n' as usize;
        byte += 1;
    }
    special[b'&' as usize] = true;
    special[b'<' as usize] = true;
    special[b'>' as usize] = true;
    special[0xEF] = true;
    special
};

/// What to write for the special character that opens `rest`, and how many bytes it has.
fn substitute(rest: &[u8]) -> (&[u8], usize) {
    match rest {
        [b'&', ..] => (b"&amp;", 1),
        [b'<', ..] => (b"&lt;", 1),
        [b'>', ..] => (b"&gt;", 1),
        [b'\r', ..] => (b"&#13;", 1),
        [0xEF, 0xBF, 0xBE | 0xBF, ..] => (REPLACEMENT, 3),
        [0xEF, ..] => (&rest[..1], 1),
        _ => (REPLACEMENT, 1),
    }
}

/// Whether XML 1.0 allows this character in a document.
pub(super) fn is_xml_char(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        _ => character >= ' ',
    }
}

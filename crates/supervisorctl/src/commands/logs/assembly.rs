//! Lines out of pieces: what is printed of one followed stream when it is not simply copied.
//!
//! Pieces come cut anywhere. Lines of several streams must not mix and a pattern is looked for in whole lines, so
//! a line that is not complete waits for its end. Pure: bytes in, bytes out.

use std::rc::Rc;

use regex_lite::Regex;

use super::arguments::Backlog;

/// How much of a longer log a server sends first; such a piece most likely begins inside of a line.
const USUAL_BACKLOG: usize = 1024;
/// A line that grows longer than this is given out as it is, so that output without line ends needs no memory.
const LONGEST_LINE: usize = 64 * 1024;

/// One stream on its way to the user.
pub(super) struct Assembly {
    /// Stands before each line.
    prefix: String,
    pattern: Option<Rc<Regex>>,
    /// What to do with the first piece; `None` when it has come, or is to be taken as it is.
    begin: Option<Backlog>,
    /// The beginning of a line whose end has not come yet.
    held: Vec<u8>,
}

impl Assembly {
    pub(super) fn new(prefix: String, pattern: Option<Rc<Regex>>, begin: Option<Backlog>) -> Self {
        Self { prefix, pattern, begin, held: Vec::new() }
    }

    /// What to print now that `piece` has come.
    pub(super) fn take(&mut self, piece: &[u8]) -> Vec<u8> {
        let piece = match self.begin.take() {
            Some(backlog) => beginning(piece, backlog),
            None => piece,
        };
        let mut shown = Vec::new();
        for part in piece.split_inclusive(|&byte| byte == b'\n') {
            self.held.extend_from_slice(part);
            if part.ends_with(b"\n") || self.held.len() > LONGEST_LINE {
                self.give_out(&mut shown);
            }
        }
        shown
    }

    /// What to print now that nothing more comes.
    pub(super) fn end(&mut self) -> Vec<u8> {
        let mut shown = Vec::new();
        if !self.held.is_empty() {
            self.give_out(&mut shown);
        }
        shown
    }

    fn give_out(&mut self, shown: &mut Vec<u8>) {
        let line = std::mem::take(&mut self.held);
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        if self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(&String::from_utf8_lossy(line))) {
            shown.extend_from_slice(self.prefix.as_bytes());
            shown.extend_from_slice(line);
            shown.push(b'\n');
        }
    }
}

/// What is wanted of the first piece of a stream.
fn beginning(piece: &[u8], backlog: Backlog) -> &[u8] {
    let whole = match piece.iter().position(|&byte| byte == b'\n') {
        Some(end) if piece.len() == USUAL_BACKLOG => &piece[end + 1..],
        _ => piece,
    };
    match backlog {
        Backlog::Usual => whole,
        Backlog::Lines(count) => last_lines(whole, count),
    }
}

/// The last `count` lines; the last of them may lack its end.
pub(super) fn last_lines(bytes: &[u8], count: usize) -> &[u8] {
    let body = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if count == 0 {
        return &[];
    }
    let ends = body.iter().enumerate().rev().filter(|&(_, &byte)| byte == b'\n');
    match ends.map(|(index, _)| index).nth(count - 1) {
        Some(end) => &bytes[end + 1..],
        None => bytes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that is shown of `pieces`, and `|` where a piece ended.
    fn show(mut assembly: Assembly, pieces: &[&str]) -> String {
        let mut shown = String::new();
        for piece in pieces {
            shown += std::str::from_utf8(&assembly.take(piece.as_bytes())).expect("the pieces are text");
            shown.push('|');
        }
        shown + std::str::from_utf8(&assembly.end()).expect("the pieces are text")
    }

    fn plain(prefix: &str, begin: Backlog) -> Assembly {
        Assembly::new(prefix.to_owned(), None, Some(begin))
    }

    #[test]
    fn lines_wait_for_their_end() {
        let check = |pieces: &[&str], expect: &str| {
            assert_eq!(show(plain("a: ", Backlog::Usual), pieces), expect, "{pieces:?}");
        };
        check(&[], "");
        check(&["one\n"], "a: one\n|");
        check(&["one\ntwo\n"], "a: one\na: two\n|");
        check(&["on", "e\nt", "wo"], "|a: one\n||a: two\n");
        check(&["\n\n"], "a: \na: \n|");
        let long = "x".repeat(LONGEST_LINE + 1);
        check(&[&long, "y\n"], &format!("a: {long}\n|a: y\n|"));
    }

    #[test]
    fn only_lines_with_the_pattern() {
        let check = |pattern: &str, pieces: &[&str], expect: &str| {
            let pattern = Rc::new(Regex::new(pattern).expect("the pattern is valid"));
            let assembly = Assembly::new(String::new(), Some(pattern), None);
            assert_eq!(show(assembly, pieces), expect, "{pieces:?}");
        };
        check("e", &["one\ntwo\nthr", "ee\n"], "one\n|three\n|");
        check("^t", &["one\ntwo\nthree"], "two\n|three\n");
        check("o$", &["two\nx"], "two\n|");
    }

    #[test]
    fn the_first_piece_begins_with_a_line() {
        let check = |begin: Backlog, pieces: &[&str], expect: &str| {
            assert_eq!(show(plain("", begin), pieces), expect, "{pieces:?}");
        };
        let cut = format!("{}\n{}\n", "x".repeat(1000), "y".repeat(22));
        let rest = format!("{}\n|", "y".repeat(22));
        assert_eq!(cut.len(), USUAL_BACKLOG);
        check(Backlog::Usual, &[&cut], &rest);
        check(Backlog::Lines(9), &[&cut], &rest);
        // Only the first piece, and only of that length.
        check(Backlog::Usual, &["a\n", &cut], &format!("a\n|{cut}|"));
        check(Backlog::Usual, &[&cut[1..]], &format!("{}|", &cut[1..]));
        check(Backlog::Lines(1), &["a\nb\n", "c\nd\n"], "b\n|c\nd\n|");
        check(Backlog::Lines(0), &["a\nb\n", "c\nd\n"], "|c\nd\n|");
    }

    #[test]
    fn last_lines_of_a_text() {
        let check = |text: &str, count: usize, expect: &str| {
            assert_eq!(last_lines(text.as_bytes(), count), expect.as_bytes(), "{text:?} {count}");
        };
        check("", 3, "");
        check("a\nb\nc\n", 0, "");
        check("a\nb\nc\n", 1, "c\n");
        check("a\nb\nc\n", 2, "b\nc\n");
        check("a\nb\nc\n", 3, "a\nb\nc\n");
        check("a\nb\nc\n", 4, "a\nb\nc\n");
        check("a\nb\nc", 1, "c");
        check("a\nb\nc", 2, "b\nc");
        check("\n\n\n", 2, "\n\n");
    }
}

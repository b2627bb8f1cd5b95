//! The scanner as a whole: every way to cut the output gives the same result.

use proptest::prelude::*;

use super::*;

/// What came of an output: neighbouring pieces of a kind put together, so that borders do not show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Seen {
    /// Everything that ended in the log.
    log: String,
    /// Everything reported as captured.
    captured: String,
    /// Messages, with the number of dropped bytes if there are any.
    messages: Vec<String>,
}

impl Seen {
    fn take(&mut self, piece: Piece<'_>) {
        let text = |data| String::from_utf8_lossy(data).into_owned();
        match piece {
            Piece::Log(data) | Piece::Unfinished(data) => self.log += &text(data),
            Piece::Captured(data) => self.captured += &text(data),
            Piece::Message { data, dropped: 0 } => self.messages.push(text(data)),
            Piece::Message { data, dropped } => {
                self.messages.push(format!("{} -{dropped}", text(data)));
            }
        }
    }
}

fn scan<'a>(mut scanner: Scanner, chunks: impl IntoIterator<Item = &'a [u8]>) -> Seen {
    let mut seen = Seen::default();
    for chunk in chunks {
        scanner.feed(chunk, |piece| seen.take(piece));
    }
    scanner.finish(|piece| seen.take(piece));
    seen
}

/// `{` and `}` stand for the tokens, `$` for ESC. Every way to cut the output in three is tried.
#[track_caller]
fn check(strip_ansi: bool, limit: i64, output: &str, expect: (&str, &[&str])) {
    let output = output
        .replace('{', "<!--XSUPERVISOR:BEGIN-->")
        .replace('}', "<!--XSUPERVISOR:END-->")
        .replace('$', "\x1b");
    let output = output.as_bytes();
    for first in 0..=output.len() {
        for second in first..=output.len() {
            let chunks = [&output[..first], &output[first..second], &output[second..]];
            let seen = scan(Scanner::new(strip_ansi, limit), chunks);
            let messages: Vec<&str> = seen.messages.iter().map(String::as_str).collect();
            let expect = (expect.0.replace('$', "\x1b"), expect.1);
            assert_eq!((seen.log, &*messages), (expect.0, expect.1), "cut at {first} and {second}");
        }
    }
}

#[track_caller]
fn check_capture(output: &str, log: &str, messages: &[&str]) {
    check(false, 1000, output, (log, messages));
}

#[track_caller]
fn check_ansi(output: &str, log: &str) {
    check(true, 0, output, (log, &[]));
}

#[test]
fn text_without_tokens_is_log() {
    check_capture("", "", &[]);
    check_capture("hello\n", "hello\n", &[]);
    check_capture("prompt> <", "prompt> <", &[]);
    check_capture("<!--XSUP<!--XSUPERVISOR:<<", "<!--XSUP<!--XSUPERVISOR:<<", &[]);
    check_capture("<!--XSUPERVISOR:BEGIN--", "<!--XSUPERVISOR:BEGIN--", &[]);
}

#[test]
fn text_between_tokens_is_a_message() {
    check_capture("{data}", "", &["data"]);
    check_capture("a{data}b", "ab", &["data"]);
    check_capture("a{one}b{two}{three}c", "abc", &["one", "two", "three"]);
    check_capture("<{x<!}>", "<>", &["x<!"]);
}

#[test]
fn an_empty_message_is_one() {
    check_capture("a{}b", "ab", &[""]);
}

#[test]
fn tokens_do_not_nest_and_a_stray_end_is_text() {
    check_capture("{a{b}c", "c", &["a<!--XSUPERVISOR:BEGIN-->b"]);
    check_capture("a}b", "a<!--XSUPERVISOR:END-->b", &[]);
}

#[test]
fn an_unfinished_message_goes_to_the_log() {
    check_capture("a{last words", "alast words", &[]);
    check_capture("a{last<!--XSUP", "alast<!--XSUP", &[]);
    check_capture("a{", "a", &[]);
    check(false, 4, "{last words", ("ords", &[]));
}

#[test]
fn a_message_keeps_its_newest_bytes() {
    check(false, 4, "{abcd}", ("", &["abcd"]));
    check(false, 4, "{abcde}", ("", &["bcde -1"]));
    check(false, 4, "{0123456789abcdef}", ("", &["cdef -12"]));
    check(false, 1, "{ab}", ("", &["b -1"]));
    check(false, 4, "{012345}{ab}", ("", &["2345 -2", "ab"]));
}

#[test]
fn the_limit_leaves_whole_characters() {
    check(false, 4, "{ä€b}", ("", &["€b -2"]));
    check(false, 3, "{ä€b}", ("", &["b -5"]));
    check(false, 2, "{ä€b}", ("", &["b -5"]));
}

#[test]
fn without_capture_tokens_are_text() {
    check(false, 0, "a{b}", ("a<!--XSUPERVISOR:BEGIN-->b<!--XSUPERVISOR:END-->", &[]));
    check(false, -1, "a{", ("a<!--XSUPERVISOR:BEGIN-->", &[]));
}

#[test]
fn control_sequences_are_removed() {
    check_ansi("plain\n", "plain\n");
    check_ansi("$[31mred$[0m\n", "red\n");
    check_ansi("$[1;31;40mx$[Hy$[2Jz$[K", "xyz");
    check_ansi("$[?1049h$[?25lx", "x");
    check_ansi("$[38;2;255;255;255;48;2;255;255;255mx", "x");
}

/// Every final byte that the reference knows, and some that it does not: it drops the text behind those.
#[test]
fn every_final_byte_ends_a_sequence() {
    for last in "HfACDRsuJKhlpmGnqrtX@~".chars() {
        check_ansi(&format!("a$[1{last}b"), "ab");
    }
}

#[test]
fn what_is_no_control_sequence_stays() {
    check_ansi("$", "$");
    check_ansi("$[", "$[");
    check_ansi("a$[12;", "a$[12;");
    check_ansi("$(0text$)", "$(0text$)");
    check_ansi("$$[0m", "$");
    check_ansi("$[1\n2m", "$[1\n2m");
    check_ansi("$[1$[0mx", "$[1x");
}

#[test]
fn a_sequence_without_an_end_is_text() {
    let endless = format!("\x1b[{}", "1;".repeat(100));
    let seen = scan(Scanner::new(true, 0), [endless.as_bytes(), b"m"]);
    assert_eq!(seen.log, endless + "m");
}

#[test]
fn sequences_do_not_hide_tokens() {
    check(true, 100, "a$[1m{$[32mok$[0m}$[mb", ("ab", &["ok"]));
    check(true, 100, "{unfinished$[3", ("unfinished$[3", &[]));
}

#[test]
fn captured_text_is_also_reported_as_it_comes() {
    let output = b"a<!--XSUPERVISOR:BEGIN-->one<!--XSUPERVISOR:END--><!--XSUPERVISOR:BEGIN-->two";
    let seen = scan(Scanner::new(false, 100), [&output[..]]);
    assert_eq!((&*seen.captured, &*seen.log), ("onetwo", "atwo"));
}

#[test]
fn a_scanner_begins_anew_after_the_end() {
    let mut scanner = Scanner::new(true, 100);
    let mut seen = Seen::default();
    for output in [&b"<!--XSUPERVISOR:BEGIN-->x<!"[..], b"--XSUPERVISOR:END-->\x1b[", b"1mplain"] {
        scanner.feed(output, |piece| seen.take(piece));
        scanner.finish(|piece| seen.take(piece));
    }
    assert_eq!(seen.log, "x<!--XSUPERVISOR:END-->\x1b[1mplain");
    assert!(seen.messages.is_empty());
}

#[test]
fn a_chunk_with_nothing_to_find_is_not_copied() {
    let chunk = b"x = a < b && c\n".repeat(1000);
    for (strip_ansi, limit) in [(false, 0), (true, 0), (false, 100), (true, 100)] {
        let mut same = 0;
        Scanner::new(strip_ansi, limit).feed(&chunk, |piece| {
            same +=
                usize::from(matches!(piece, Piece::Log(text) if text.as_ptr_range() == chunk.as_ptr_range()));
        });
        assert_eq!(same, 1);
    }
}

/// Output made of what could confuse a scanner.
fn output() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        Just(&b"<!--XSUPERVISOR:BEGIN-->"[..]),
        Just(&b"<!--XSUPERVISOR:END-->"[..]),
        Just(&b"<!--XSUPERVISOR:"[..]),
        Just(&b"<!"[..]),
        Just(&b"text"[..]),
        Just(&b"\x1b["[..]),
        Just(&b"\x1b[1;31m"[..]),
        Just(&b"\xff\n"[..]),
    ];
    prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn borders_of_chunks_change_nothing(
        output in output(),
        cuts in prop::collection::vec(1..40_usize, 1..60),
        strip_ansi: bool,
        limit in 0..60_i64,
    ) {
        let mut chunks = Vec::new();
        let mut rest = &output[..];
        for cut in cuts {
            let (chunk, after) = rest.split_at(cut.min(rest.len()));
            chunks.push(chunk);
            rest = after;
        }
        chunks.push(rest);
        let whole = scan(Scanner::new(strip_ansi, limit), [&output[..]]);
        prop_assert_eq!(scan(Scanner::new(strip_ansi, limit), chunks), whole);
    }

    #[test]
    fn nothing_is_lost_without_stripping(output in output()) {
        let seen = scan(Scanner::new(false, 1 << 20), [&output[..]]);
        let tokens = seen.messages.len() * (24 + 22);
        let text: usize = seen.messages.iter().map(String::len).sum();
        let total = String::from_utf8_lossy(&output).len();
        // An unfinished message has lost its begin token, and nothing else.
        prop_assert!([0, 24].contains(&(total - tokens - text - seen.log.len())));
    }
}

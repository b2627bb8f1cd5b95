//! Where one log file ends and the next begins.
//!
//! The reference rolls over after the write with which a file has reached its limit, and so cuts lines wherever a read
//! from the pipe happened to end. Here the line with which the limit is reached is the last of its file: the file is
//! larger than its limit by a line at most, and no line is cut. Output without line ends must not defeat the limit, so
//! that a line is waited for up to [`MAX_LINE_BYTES`], or up to the limit itself where that is less.

/// The longest line that is kept whole.
pub(super) const MAX_LINE_BYTES: u64 = 1 << 20;

/// Bytes of one write that a new file takes at least before it rolls over. A limit of a few bytes would otherwise cost
/// a row of renames for each line of a program that writes a thousand of them at once, and all logs would wait for that.
pub(super) const MIN_FILE_BYTES: u64 = 4096;

/// Between what a log may roll over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Border {
    /// Lines of a program, however they come.
    Lines,
    /// Writes: each is a record that stays whole, line ends in it or not.
    Records,
}

/// How much of a text a file takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// So many bytes.
    pub(super) length: usize,
    /// It rolls over when it has them.
    pub(super) rolls: bool,
}

impl Cut {
    /// All of it, and the file goes on.
    pub(super) fn none(text: &[u8]) -> Self {
        Self { length: text.len(), rolls: false }
    }
}

impl Border {
    /// How much a file takes that has that size, and that limit (more than 0).
    pub(super) fn cut(self, text: &[u8], size: u64, limit: u64) -> Cut {
        let room = usize::try_from(limit.saturating_sub(size)).unwrap_or(usize::MAX);
        if text.len() < room {
            return Cut::none(text);
        }
        // The byte that reaches the limit may be a line end already.
        let from = room.saturating_sub(1);
        match text[from..].iter().position(|&byte| byte == b'\n') {
            _ if self == Self::Records => Cut { length: text.len(), rolls: true },
            Some(end) => Cut { length: from + end + 1, rolls: true },
            None => {
                let most = limit.saturating_add(limit.min(MAX_LINE_BYTES));
                Cut { length: text.len(), rolls: size.saturating_add(text.len() as u64) >= most }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a file of that size takes, whose limit is 10 bytes; `/` stands behind it if the file rolls over then.
    #[track_caller]
    fn check_cut(border: Border, (size, text): (u64, &str), expect: &str) {
        let cut = border.cut(text.as_bytes(), size, 10);
        let mark = if cut.rolls { "/" } else { "" };
        assert_eq!(format!("{}{mark}", &text[..cut.length]), expect, "{text:?} after {size} bytes");
    }

    #[track_caller]
    fn check(size: u64, text: &str, expect: &str) {
        check_cut(Border::Lines, (size, text), expect);
    }

    #[test]
    fn the_line_that_reaches_the_limit_is_the_last() {
        check(0, "12345678\n", "12345678\n");
        check(0, "123456789\n", "123456789\n/");
        check(0, "1234567890\n", "1234567890\n/");
        check(0, "1\n3\n5\n7\n9\n1\n3\n", "1\n3\n5\n7\n9\n/");
        check(0, "1\n3\n5\n7\n90\n2\n4\n", "1\n3\n5\n7\n90\n/");
        check(8, "9\n1\n3\n", "9\n/");
        check(9, "\n1\n3\n", "\n/");
        check(9, "\n\n\n", "\n/");
    }

    #[test]
    fn the_end_of_a_line_is_waited_for() {
        check(5, "67890", "67890");
        check(10, "1", "1");
        check(11, "\n", "\n/");
        check(11, "2\n4\n", "2\n/");
    }

    #[test]
    fn a_file_that_was_too_large_takes_one_more_line() {
        check(1000, "a\nb\n", "a\n/");
        check(1000, "no end", "no end/");
    }

    #[test]
    fn a_line_that_is_larger_than_the_limit_is_cut() {
        check(10, "123456789", "123456789");
        check(10, "1234567890", "1234567890/");
        check(0, "12345678901234567890", "12345678901234567890/");
    }

    #[test]
    fn nobody_waits_for_more_than_a_megabyte() {
        let limit = 50 << 20;
        for (size, rolls) in [(limit + MAX_LINE_BYTES - 2, false), (limit + MAX_LINE_BYTES - 1, true)] {
            assert_eq!(Border::Lines.cut(b"x", size, limit), Cut { length: 1, rolls });
        }
    }

    #[test]
    fn a_record_is_whole() {
        for (size, text, expect) in [
            (0, "a\nb\nc\nd\n", "a\nb\nc\nd\n"),
            (5, "6\n8\n0\n2", "6\n8\n0\n2/"),
            (0, "1234567890", "1234567890/"),
        ] {
            check_cut(Border::Records, (size, text), expect);
        }
    }
}

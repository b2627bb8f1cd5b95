//! Where a log stream begins.
//!
//! The reference begins 1024 bytes before the end, wherever in a line that is, and ignores what the query says. So
//! it is here, unless the query has `lines=N`: then the stream begins with the last N lines.

use std::fs::File;
use std::io;

use super::logfile;

/// How much of what was there before is shown first.
const USUAL_BYTES: u64 = 1024;
/// How far back lines are looked for. More of a log is not for following.
const FARTHEST: u64 = 8 << 20;
/// How much is looked at at once.
const BLOCK: u64 = 64 << 10;

/// How much of a log comes before what is added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backlog {
    /// As the reference has it.
    Usual,
    /// So many lines; the last of them may lack its end.
    Lines(u64),
}

impl Backlog {
    /// What the query of a request asks for.
    pub(super) fn of(query: Option<&str>) -> Self {
        let lines = query.unwrap_or_default().split('&').find_map(|pair| pair.strip_prefix("lines="));
        lines.and_then(|number| number.parse().ok()).map_or(Self::Usual, Self::Lines)
    }

    /// The offset at which a log of this size begins to be of interest.
    pub(super) fn start(self, file: &mut File, size: u64) -> io::Result<u64> {
        match self {
            Self::Usual => Ok(size.saturating_sub(USUAL_BYTES)),
            Self::Lines(0) => Ok(size),
            Self::Lines(lines) => start_of_lines(file, size, lines),
        }
    }
}

/// Counts line ends backwards; the one at the very end belongs to the last line.
fn start_of_lines(file: &mut File, size: u64, lines: u64) -> io::Result<u64> {
    let farthest = size.saturating_sub(FARTHEST);
    let mut end = size;
    let mut wanted = lines;
    while end > farthest {
        let begin = end.saturating_sub(BLOCK).max(farthest);
        let bytes = logfile::read_at(file, begin, end - begin)?;
        let ends = bytes.iter().enumerate().rev().filter(|&(_, &byte)| byte == b'\n');
        for place in ends.map(|(index, _)| begin + index as u64) {
            if place + 1 == size {
                continue;
            }
            wanted -= 1;
            if wanted == 0 {
                return Ok(place + 1);
            }
        }
        end = begin;
    }
    Ok(farthest)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn queries() {
        let check =
            |query: Option<&str>, expect: Backlog| assert_eq!(Backlog::of(query), expect, "{query:?}");
        check(None, Backlog::Usual);
        check(Some(""), Backlog::Usual);
        check(Some("x=y"), Backlog::Usual);
        check(Some("lines=7"), Backlog::Lines(7));
        check(Some("x=y&lines=0"), Backlog::Lines(0));
        check(Some("lines=-1"), Backlog::Usual);
        check(Some("lines="), Backlog::Usual);
        check(Some("deadlines=3"), Backlog::Usual);
    }

    fn start(content: &[u8], backlog: Backlog) -> u64 {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(content).expect("the disk has room");
        backlog.start(&mut file, content.len() as u64).expect("the file can be read")
    }

    #[test]
    fn beginnings() {
        let check = |text: &str, lines: u64, expect: &str| {
            let start = start(text.as_bytes(), Backlog::Lines(lines));
            assert_eq!(&text[usize::try_from(start).expect("it is short")..], expect, "{text:?} {lines}");
        };
        check("", 3, "");
        check("a\nb\nc\n", 0, "");
        check("a\nb\nc\n", 1, "c\n");
        check("a\nb\nc\n", 2, "b\nc\n");
        check("a\nb\nc\n", 3, "a\nb\nc\n");
        check("a\nb\nc\n", 9, "a\nb\nc\n");
        check("a\nb\nc", 1, "c");
        check("a\nb\nc", 2, "b\nc");
        check("\n\n\n", 2, "\n\n");
    }

    #[test]
    fn lines_are_found_across_blocks_and_not_for_ever() {
        let block = usize::try_from(BLOCK).expect("it is short");
        let long = [b"first\n".to_vec(), vec![b'x'; 3 * block], b"\nlast\n".to_vec()].concat();
        assert_eq!(start(&long, Backlog::Lines(1)), long.len() as u64 - 5);
        assert_eq!(start(&long, Backlog::Lines(2)), 6);
        assert_eq!(start(&long, Backlog::Lines(3)), 0);
        let endless = vec![b'x'; usize::try_from(FARTHEST).expect("it is short") + 10];
        assert_eq!(start(&endless, Backlog::Lines(1)), 10);
        assert_eq!(start(&endless, Backlog::Usual), endless.len() as u64 - USUAL_BYTES);
        assert_eq!(start(b"short", Backlog::Usual), 0);
    }
}

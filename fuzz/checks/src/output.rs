//! What programs print: capture tags and escape sequences.

use provost_core::output::{Piece, Scanner};

/// What was found in an output, whatever the reads were.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    log: Vec<u8>,
    captured: Vec<u8>,
    messages: Vec<(Vec<u8>, u64)>,
}

impl Found {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Log(bytes) | Piece::Unfinished(bytes) => self.log.extend_from_slice(bytes),
            Piece::Captured(bytes) => self.captured.extend_from_slice(bytes),
            Piece::Message { data, dropped } => self.messages.push((data.to_vec(), dropped)),
        }
    }

    /// What a scanner finds in these reads.
    fn in_reads<'a>(reads: impl Iterator<Item = &'a [u8]>, strip_ansi: bool, limit: i64) -> Self {
        let mut scanner = Scanner::new(strip_ansi, limit);
        let mut found = Self::default();
        for read in reads {
            scanner.feed(read, |piece| found.take(piece));
        }
        scanner.finish(|piece| found.take(piece));
        found
    }
}

/// The first byte chooses how the rest is scanned: with or without escape sequences, with which limit, and how long a
/// read is. One read for everything must find the same as many; without any scanning every byte is in the log.
pub(crate) fn output(bytes: &[u8]) {
    let Some((&choice, text)) = bytes.split_first() else { return };
    let strip_ansi = choice & 1 != 0;
    let limit = [0, 1, 16, 4096][usize::from(choice >> 1) & 3];
    let at_once = Found::in_reads(std::iter::once(text), strip_ansi, limit);
    for length in [1, 2, 3 + usize::from(choice >> 3)] {
        assert_eq!(Found::in_reads(text.chunks(length), strip_ansi, limit), at_once, "reads of {length}");
    }
    if !strip_ansi && limit == 0 {
        assert_eq!(at_once.log, text);
    }
}

//! What children write.

use provost_core::output::{Piece, Scanner};

use crate::Work;

/// What one read of the log plane gives at most.
const CHUNK: usize = 128 << 10;

/// A chunk of those lines, whole ones.
fn chunk(lines: impl Iterator<Item = String>) -> Vec<u8> {
    let mut text = Vec::with_capacity(CHUNK);
    for line in lines {
        if text.len() + line.len() > CHUNK {
            break;
        }
        text.extend_from_slice(line.as_bytes());
    }
    text
}

/// Scans the same chunk each time.
fn scan(mut scanner: Scanner, chunk: Vec<u8>) -> Work {
    Box::new(move || {
        let mut found = 0;
        scanner.feed(&chunk, |piece| {
            found += match piece {
                Piece::Log(data) | Piece::Captured(data) | Piece::Unfinished(data) => data.len(),
                Piece::Message { .. } => 1,
            };
        });
        found
    })
}

pub(crate) fn capture() -> Work {
    let line = |index: usize| match index % 130 {
        0 => "<!--XSUPERVISOR:BEGIN-->a message of some length<!--XSUPERVISOR:END-->\n".to_owned(),
        _ => format!("{index:08} <info> a line of a hundred bytes, which says that {:45}.\n", "all is well"),
    };
    scan(Scanner::new(false, 1 << 20), chunk((0..).map(line)))
}

pub(crate) fn ansi() -> Work {
    let line = |index: usize| {
        format!(
            "\x1b[32m{index:08}\x1b[0m \x1b[1minfo\x1b[0m a line with colours, which says that all is well\n"
        )
    };
    scan(Scanner::new(true, 0), chunk((0..).map(line)))
}

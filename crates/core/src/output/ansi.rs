//! Removing ANSI control sequences from a stream.
//!
//! Only control sequences proper go (`ESC [`, parameters, one final byte), which is what the option has always
//! removed; a lone escape and other escape codes stay. The reference looks for one of a list of final bytes
//! within the chunk, and so swallows text behind a sequence that ends in another byte or is cut by a chunk's
//! border. Here the grammar decides (ECMA-48, 5.4): what does not follow it is text and stays.

use std::mem;

use memchr::memchr;

const ESCAPE: u8 = 0x1b;

/// A sequence that grows longer than this, in bytes, is taken for text. The longest useful ones set two true
/// colours and every attribute, and have about 60.
pub const MAX_SEQUENCE_BYTES: usize = 128;

/// Removes control sequences from the chunks of one stream.
#[derive(Debug, Default)]
pub struct AnsiStripper {
    /// The sequence that has begun and not ended; empty in text.
    held: Vec<u8>,
    /// Where text is put together when something has to be left out; kept to be used again.
    text: Vec<u8>,
}

impl AnsiStripper {
    /// The chunk without control sequences: the chunk itself if it has no part in one.
    pub fn strip<'a>(&'a mut self, chunk: &'a [u8]) -> &'a [u8] {
        if self.held.is_empty() && memchr(ESCAPE, chunk).is_none() {
            return chunk;
        }
        self.text.clear();
        let mut rest = chunk;
        while let Some(&byte) = rest.first() {
            if self.held.is_empty() {
                let text = memchr(ESCAPE, rest).unwrap_or(rest.len());
                self.text.extend_from_slice(&rest[..text]);
                rest = &rest[text..];
                if !rest.is_empty() {
                    self.held.push(ESCAPE);
                    rest = &rest[1..];
                }
            } else if self.continues(byte) {
                rest = &rest[1..];
            } else {
                self.text.append(&mut self.held);
            }
        }
        &self.text
    }

    /// The stream has ended: a sequence without an end was text.
    pub fn finish(&mut self) -> &[u8] {
        self.text.clear();
        mem::swap(&mut self.text, &mut self.held);
        &self.text
    }

    /// Takes the byte into the sequence that has begun; `false` if the grammar does not allow it there.
    fn continues(&mut self, byte: u8) -> bool {
        match (self.held.len(), byte) {
            (1, b'[') => self.held.push(byte),
            // The final byte: the sequence is complete, and gone.
            (2.., 0x40..=0x7e) => self.held.clear(),
            // Parameters and intermediate bytes.
            (2..MAX_SEQUENCE_BYTES, 0x20..=0x3f) => self.held.push(byte),
            _ => return false,
        }
        true
    }
}

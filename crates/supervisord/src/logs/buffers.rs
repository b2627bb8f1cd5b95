//! The memory that pipes are read into. Buffers are used again, because memory that is new for each read costs more
//! than the read: the system has to clear it.
//!
//! A buffer can be given away with what was read into it, so that nothing is copied for listeners. It comes home when
//! the last part of it is dropped, whichever plane does that. It owns the buffers that nobody uses.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// Bytes read at once: what the reference reads, and two default pipes full.
pub(super) const READ_BYTES: usize = 128 * 1024;

/// Buffers that are kept for later use: 1 MiB. More are in use only while listeners are flooded.
const MAX_SPARE: usize = 8;

type Memory = Box<[u8]>;

/// Buffers that nobody uses; the last one that came home is used first, because it may still be in a cache.
#[derive(Debug, Default)]
pub(super) struct Buffers(Arc<Mutex<Vec<Memory>>>);

impl Buffers {
    /// A buffer of [`READ_BYTES`]. What is in it means nothing.
    pub(super) fn lend(&self) -> Buffer {
        let spare = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let memory = spare.unwrap_or_else(|| vec![0; READ_BYTES].into_boxed_slice());
        Buffer { memory, home: Arc::clone(&self.0) }
    }
}

/// Memory on loan; goes home when dropped.
#[derive(Debug)]
pub(super) struct Buffer {
    memory: Memory,
    home: Arc<Mutex<Vec<Memory>>>,
}

impl Buffer {
    /// The first bytes, to be shared.
    pub(super) fn filled(self, count: usize) -> Bytes {
        Bytes::from_owner(Filled(self)).split_to(count)
    }
}

/// A part of a chunk, to be kept while the buffer is read into again. Only a part that is most of a buffer keeps it;
/// of others there is a copy, so that many short ones do not hold many times their size.
pub(super) fn keep(part: &[u8], chunk: &Bytes) -> Bytes {
    if part.len() >= READ_BYTES / 2 && chunk.as_ptr_range().contains(&part.as_ptr()) {
        chunk.slice_ref(part)
    } else {
        Bytes::copy_from_slice(part)
    }
}

/// Bytes to be shared.
struct Filled(Buffer);

impl AsRef<[u8]> for Filled {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.memory
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.memory
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let memory = std::mem::take(&mut self.memory);
        let mut spare = self.home.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < MAX_SPARE {
            spare.push(memory);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spare(buffers: &Buffers) -> usize {
        buffers.0.lock().expect("nobody panics").len()
    }

    #[test]
    fn a_buffer_comes_home_with_its_last_part() {
        let buffers = Buffers::default();
        let chunk = buffers.lend().filled(READ_BYTES);
        let part = keep(&chunk[..READ_BYTES / 2], &chunk);
        drop(chunk);
        assert_eq!((part.len(), spare(&buffers)), (READ_BYTES / 2, 0));
        drop(part);
        assert_eq!(spare(&buffers), 1);
        drop(buffers.lend());
        assert_eq!(spare(&buffers), 1, "the same one was lent again");
    }

    #[test]
    fn small_parts_and_strange_ones_are_copied() {
        let buffers = Buffers::default();
        let chunk = buffers.lend().filled(READ_BYTES);
        let (small, strange) = (keep(&chunk[1..9], &chunk), keep(&[b'x'; READ_BYTES], &chunk));
        drop(chunk);
        assert_eq!((small.len(), strange.len(), spare(&buffers)), (8, READ_BYTES, 1));
    }

    #[test]
    fn only_some_are_kept() {
        let buffers = Buffers::default();
        let many: Vec<_> = (0..MAX_SPARE + 2).map(|_| buffers.lend()).collect();
        drop(many);
        assert_eq!(spare(&buffers), MAX_SPARE);
    }
}

//! The daemon's ends of the children's standard inputs, with what waits to be written to them.
//!
//! A child that does not read costs a bounded queue and then a fault, never a stall.

use std::collections::VecDeque;
use std::os::fd::OwnedFd;

use rustix::io::Errno;

/// Bytes that may wait for one child to read them, beyond what its pipe holds.
const MAX_QUEUED: usize = 1 << 20;

/// Why bytes were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The child closed its standard input (or never had one).
    Closed,
    /// Too much waits already.
    Full,
}

/// One child's standard input.
#[derive(Debug)]
pub(super) struct Stdin {
    pub(super) pipe: OwnedFd,
    queued: VecDeque<u8>,
}

impl Stdin {
    pub(super) fn new(pipe: OwnedFd) -> Self {
        Self { pipe, queued: VecDeque::new() }
    }

    /// Whether something waits for the pipe to become writable.
    pub(super) fn is_waiting(&self) -> bool {
        !self.queued.is_empty()
    }

    /// Takes bytes: all of them or none.
    pub(super) fn send(&mut self, data: &[u8]) -> Result<(), Refused> {
        // A single message of any size is taken when nothing waits: an event cannot be delivered in parts.
        if !self.queued.is_empty() && self.queued.len() + data.len() > MAX_QUEUED {
            return Err(Refused::Full);
        }
        // Usually nothing waits, and the pipe takes everything.
        let taken = if self.queued.is_empty() { self.write(data)? } else { 0 };
        self.queued.extend(&data[taken..]);
        Ok(())
    }

    /// Writes as much as the pipe takes; [`Refused::Closed`] if nobody will ever read it.
    pub(super) fn flush(&mut self) -> Result<(), Refused> {
        while !self.queued.is_empty() {
            let (front, _) = self.queued.as_slices();
            let wanted = front.len();
            let written = self.write(front).inspect_err(|_| self.queued.clear())?;
            self.queued.drain(..written);
            if written < wanted {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Writes until the pipe is full; gives how much it took.
    fn write(&self, data: &[u8]) -> Result<usize, Refused> {
        let mut written = 0;
        while written < data.len() {
            match rustix::io::write(&self.pipe, &data[written..]) {
                Ok(count) => written += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(_) => return Err(Refused::Closed),
            }
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_reads_gets_every_byte() {
        let pipe = provost_sys::pipe::input_pipe().expect("a pipe");
        let mut stdin = Stdin::new(pipe.ours);
        assert_eq!(stdin.send(b"hello"), Ok(()));
        let mut buffer = [0; 16];
        assert_eq!(rustix::io::read(&pipe.childs, &mut buffer), Ok(5));
        assert_eq!(&buffer[..5], b"hello");
        assert!(!stdin.is_waiting());
    }

    #[test]
    fn a_child_that_does_not_read_costs_a_bounded_queue() {
        let pipe = provost_sys::pipe::input_pipe().expect("a pipe");
        let mut stdin = Stdin::new(pipe.ours);
        let chunk = vec![b'x'; 100_000];
        let taken = (0..100).take_while(|_| stdin.send(&chunk) == Ok(())).count();
        assert!((10..13).contains(&taken), "{taken} chunks were taken");
        assert_eq!(stdin.send(&chunk), Err(Refused::Full));
        assert!(stdin.is_waiting());
    }

    #[test]
    fn a_child_that_closed_it_is_told_apart() {
        let pipe = provost_sys::pipe::input_pipe().expect("a pipe");
        let mut stdin = Stdin::new(pipe.ours);
        drop(pipe.childs);
        assert_eq!(stdin.send(b"x"), Err(Refused::Closed));
    }
}

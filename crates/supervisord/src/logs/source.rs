//! One output pipe of one child, and of whoever inherited it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use provost_core::output::{Channel, Joiner, Scanner};
use provost_core::status::ProcessId;
use rustix::fs::OFlags;
use rustix::io::Errno;

use super::poller::Token;

/// Where a source is found again when its pipe can be read. A key of a closed source finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SourceKey {
    /// Whose.
    pub(super) process: ProcessId,
    /// Which of its outputs.
    pub(super) channel: Channel,
    /// Which pipe of that channel, in order of appearance; [`SourceKey::ROOM`] stands for its log.
    pub(super) serial: u32,
}

/// Bits of a token that hold the serial number; it begins anew when they are used up.
const SERIAL_BITS: u32 = 31;

impl SourceKey {
    /// What has come is not output but room in the channel's log.
    pub(super) const ROOM: u32 = (1 << SERIAL_BITS) - 1;

    /// The serial number of a pipe that comes after another.
    pub(super) fn next_serial(serial: u32) -> u32 {
        (serial + 1) % Self::ROOM
    }

    /// As a token: process (32 bits), channel (1), serial number.
    pub(super) fn token(self) -> Token {
        let channel = Token::from(self.channel == Channel::Stderr);
        Token::from(self.process.0) << 32 | channel << SERIAL_BITS | Token::from(self.serial)
    }

    /// The key that the token stands for.
    pub(super) fn of(token: Token) -> Self {
        let low = (token & Token::from(u32::MAX)) as u32;
        Self {
            process: ProcessId((token >> 32) as u32),
            channel: if low >> SERIAL_BITS == 0 { Channel::Stdout } else { Channel::Stderr },
            serial: low & ((1 << SERIAL_BITS) - 1),
        }
    }
}

/// What a read gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// So many bytes, at least one.
    Bytes(usize),
    /// Nothing at the moment.
    Nothing,
    /// Nothing any more: nobody can write to the pipe.
    End,
}

/// The read end of a pipe. What a border between two reads cuts belongs to the pipe, not to the channel: an earlier
/// child's survivors may write into theirs while the present child writes into its own.
#[derive(Debug)]
pub(super) struct Source {
    pipe: OwnedFd,
    /// Finds it among the channel's.
    pub(super) serial: u32,
    /// The start for which it was made.
    pub(super) launch: u32,
    /// The channel's count of reads when this one gave something last.
    pub(super) last_read: u64,
    /// Takes its output apart.
    pub(super) scanner: Scanner,
    /// Puts together what becomes an event.
    pub(super) joiner: Joiner,
}

impl Source {
    /// A source that never blocks.
    pub(super) fn new(pipe: OwnedFd, serial: u32, launch: u32, scanner: Scanner) -> io::Result<Self> {
        let flags = rustix::fs::fcntl_getfl(&pipe)?;
        rustix::fs::fcntl_setfl(&pipe, flags | OFlags::NONBLOCK)?;
        Ok(Self { pipe, serial, launch, last_read: 0, scanner, joiner: Joiner::default() })
    }

    /// The descriptor, to be watched.
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }

    /// Reads once.
    pub(super) fn read(&self, buffer: &mut [u8]) -> Read {
        match rustix::io::retry_on_intr(|| rustix::io::read(&self.pipe, &mut *buffer)) {
            Ok(0) => Read::End,
            Ok(count) => Read::Bytes(count),
            Err(Errno::AGAIN) => Read::Nothing,
            // No other error comes from a pipe. If one does, asking again would not help.
            Err(_) => Read::End,
        }
    }

    /// Bytes that wait in the pipe.
    pub(super) fn pending(&self) -> u64 {
        rustix::io::ioctl_fionread(&self.pipe).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_source() {
        for process in [0, 1, u32::MAX - 1] {
            for channel in [Channel::Stdout, Channel::Stderr] {
                for serial in [0, 1, (1 << SERIAL_BITS) - 1] {
                    let key = SourceKey { process: ProcessId(process), channel, serial };
                    assert_eq!(SourceKey::of(key.token()), key);
                }
            }
        }
    }

    #[test]
    fn serial_numbers_begin_anew() {
        assert_eq!(SourceKey::next_serial(0), 1);
        assert_eq!(SourceKey::next_serial(SourceKey::ROOM - 1), 0);
    }
}

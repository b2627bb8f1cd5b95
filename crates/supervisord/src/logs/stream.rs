//! Writing to what may keep a writer waiting: a pipe, a terminal, a socket.
//!
//! The log plane serves all programs, so it never waits for the reader of one log. What that reader has no room for
//! is kept in a [`Backlog`], in order, and written when there is room again, which the plane is woken for by a
//! [`RoomWatch`]. Who fills a backlog has to stop filling it: the pipes of its program are not read meanwhile
//! (see [`channel`](super::channel)), so that a reader that stalls holds up the one program whose log it reads, as
//! it would if that program wrote to it directly.
//!
//! Several programs often share one such log (`/dev/stdout` of a container). So it gets pieces that a pipe takes whole
//! or not at all, and that end where a line ends if one does: lines of different programs do not get mixed up, whoever
//! had to wait in between. (A program that writes in blocks cuts its own lines, as it does when it writes to a file. To
//! wait for the rest of a line here would keep prompts back.)

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, retry_on_intr};

use super::health::Trouble;
use super::poller::{Interest, Poller, Token};

/// Bytes that wait for one reader at most: as much as a pipe can be made to hold, because that much may be left of a
/// child that died while its log was stalled.
pub(super) const MAX_KEPT_BYTES: usize = 1 << 20;

/// The longest piece: every pipe takes so many bytes at once or none of them (`PIPE_BUF` of Linux).
const PIECE_BYTES: usize = 4096;

/// How to write without waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// The open file is ours alone, and does not block.
    NonBlocking,
    /// The open file is shared with who started the daemon, and its mode with it: there is room, or nothing is
    /// written.
    Asking,
}

/// What waits for room.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    #[expect(
        clippy::box_collection,
        reason = "there is a backlog for each log, and nearly never something in it"
    )]
    kept: Option<Box<VecDeque<u8>>>,
}

impl Backlog {
    /// Whether nothing waits.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_none()
    }

    /// Whether so many bytes more may wait.
    pub(super) fn has_space(&self, bytes: usize) -> bool {
        self.kept.as_ref().map_or(0, |kept| kept.len()) + bytes <= MAX_KEPT_BYTES
    }

    /// Writes what there is room for, after what waits already, and keeps the rest.
    ///
    /// # Errors
    /// Too much waits already, then the bytes are lost; or the log takes nothing more, then so is what waited.
    pub(super) fn write(&mut self, fd: BorrowedFd<'_>, manner: Manner, bytes: &[u8]) -> Result<(), Trouble> {
        if let Err(Trouble::Lost { bytes: waited, error }) = self.flush(fd, manner) {
            return Err(Trouble::Lost { bytes: waited + bytes.len(), error });
        }
        let taken = if self.is_empty() { push(fd, manner, bytes) } else { Pushed::default() };
        let rest = &bytes[taken.bytes..];
        match taken.error {
            Some(errno) => Err(Trouble::Lost { bytes: rest.len(), error: errno.into() }),
            None if rest.is_empty() => Ok(()),
            None if self.has_space(rest.len()) => {
                self.kept.get_or_insert_default().extend(rest);
                Ok(())
            }
            None => Err(Trouble::Lost { bytes: rest.len(), error: slow_reader() }),
        }
    }

    /// Writes what waits, as far as there is room.
    ///
    /// # Errors
    /// The log takes nothing more; what waited is lost.
    pub(super) fn flush(&mut self, fd: BorrowedFd<'_>, manner: Manner) -> Result<(), Trouble> {
        let Some(kept) = &mut self.kept else { return Ok(()) };
        let pushed = push(fd, manner, kept.make_contiguous());
        kept.drain(..pushed.bytes);
        if let Some(errno) = pushed.error {
            return Err(self.give_up(errno.into()));
        }
        if kept.is_empty() {
            // A stall is rare; the memory is better used elsewhere.
            self.kept = None;
        }
        Ok(())
    }

    /// Writes what waits, until that time at the latest.
    ///
    /// # Errors
    /// What has not been taken by then is lost.
    pub(super) fn finish(
        &mut self,
        fd: BorrowedFd<'_>,
        manner: Manner,
        until: Instant,
    ) -> Result<(), Trouble> {
        loop {
            self.flush(fd, manner)?;
            if self.is_empty() {
                return Ok(());
            }
            if !wait_for_room(fd, until) {
                return Err(self.give_up(slow_reader()));
            }
        }
    }

    /// Everything that waits, for another log to take.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.kept.take().map(|kept| Vec::from(*kept)).unwrap_or_default()
    }

    fn give_up(&mut self, error: io::Error) -> Trouble {
        Trouble::Lost { bytes: self.take().len(), error }
    }
}

fn slow_reader() -> io::Error {
    io::Error::other("who reads it does not keep up")
}

/// What came of writing without waiting.
#[derive(Debug, Default)]
pub(super) struct Pushed {
    /// So many bytes were taken.
    pub(super) bytes: usize,
    /// Why the rest never will be; `None` if there was room for all, or may be for the rest later.
    pub(super) error: Option<Errno>,
}

/// Writes as much as there is room for.
pub(super) fn push(fd: BorrowedFd<'_>, manner: Manner, bytes: &[u8]) -> Pushed {
    let mut pushed = Pushed::default();
    while pushed.bytes < bytes.len() {
        if manner == Manner::Asking && !has_room(fd) {
            break;
        }
        match retry_on_intr(|| rustix::io::write(fd, piece(&bytes[pushed.bytes..]))) {
            Ok(0) => {
                pushed.error = Some(Errno::IO);
                break;
            }
            Ok(count) => pushed.bytes += count,
            Err(Errno::AGAIN) => break,
            Err(errno) => {
                pushed.error = Some(errno);
                break;
            }
        }
    }
    pushed
}

/// What to write at once: whole lines, if there is the end of one.
fn piece(rest: &[u8]) -> &[u8] {
    if rest.len() <= PIECE_BYTES {
        return rest;
    }
    let most = &rest[..PIECE_BYTES];
    most.iter().rposition(|&byte| byte == b'\n').map_or(most, |end| &most[..=end])
}

/// Whether a piece would be taken now.
fn has_room(fd: BorrowedFd<'_>) -> bool {
    let at_once = Timespec { tv_sec: 0, tv_nsec: 0 };
    poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::OUT)], Some(&at_once)).is_ok_and(|ready| ready > 0)
}

/// Sleeps until there is room or an error; whether there is before that time.
fn wait_for_room(fd: BorrowedFd<'_>, until: Instant) -> bool {
    loop {
        let Ok(left) = Timespec::try_from(until.saturating_duration_since(Instant::now())) else {
            return false;
        };
        match poll(&mut [PollFd::from_borrowed_fd(fd, PollFlags::OUT)], Some(&left)) {
            Err(Errno::INTR) => {}
            outcome => return outcome.is_ok_and(|ready| ready > 0),
        }
    }
}

/// Wakes the plane when a log has room again. It watches a copy of the descriptor, so that the log may be closed or
/// opened anew meanwhile.
#[derive(Debug)]
pub(super) struct RoomWatch {
    copy: OwnedFd,
    token: Token,
}

impl RoomWatch {
    /// Begins to watch; the plane hears of it under that token.
    ///
    /// # Errors
    /// Descriptors or memory have run out, or it is nothing that could be waited for.
    pub(super) fn begin(poller: &mut Poller, fd: BorrowedFd<'_>, token: Token) -> io::Result<Self> {
        let copy = fd.try_clone_to_owned()?;
        poller.add(copy.as_fd(), token, Interest::Room)?;
        Ok(Self { copy, token })
    }

    /// Watches no more.
    pub(super) fn end(self, poller: &mut Poller) {
        poller.remove(self.copy.as_fd(), self.token);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths of the pieces in which that is written.
    #[track_caller]
    fn check(text: &str, expect: &[usize]) {
        let (mut rest, mut lengths) = (text.as_bytes(), Vec::new());
        while !rest.is_empty() {
            let length = piece(rest).len();
            lengths.push(length);
            rest = &rest[length..];
        }
        assert_eq!(lengths, expect);
    }

    #[test]
    fn pieces_end_where_a_line_ends() {
        check("", &[]);
        check("line\nno end", &[11]);
        check(&"x".repeat(10_000), &[4096, 4096, 1808]);
        check(&format!("{}\n", "x".repeat(999)).repeat(9), &[4000, 4000, 1000]);
        check(&format!("short\n{}\nshort\n", "x".repeat(5000)), &[6, 4096, 911]);
    }

    #[test]
    fn a_reader_that_is_gone_costs_what_waited_and_what_comes() {
        let (read, write) = io::pipe().expect("pipe");
        let mut backlog = Backlog::default();
        let fill = vec![b'x'; 1 << 16];
        for _ in 0..2 {
            backlog.write(write.as_fd(), Manner::Asking, &fill).expect("kept");
        }
        assert!(!backlog.is_empty());
        drop(read);
        match backlog.write(write.as_fd(), Manner::Asking, b"more") {
            Err(Trouble::Lost { bytes, error }) => {
                assert_eq!((bytes, error.raw_os_error()), ((1 << 16) + 4, Some(Errno::PIPE.raw_os_error())));
            }
            other => panic!("{other:?}"),
        }
        assert!(backlog.is_empty());
    }
}

//! Sleeping until one of many descriptors can be read, or written to.
//!
//! Linux has `epoll`, whose cost does not grow with the number of silent pipes; the portable twin uses `poll(2)`.
//! Both tell the level: what was not read to the end is reported again, so one read per report is enough, and a
//! talkative pipe gets no more turns than any other. The crates made for this ask for `unsafe` when a descriptor is
//! added (`polling`) or tell edges only (`mio`), which would cost a read more for every chunk.

use std::io;

#[cfg(target_os = "linux")]
pub(super) use epoll::Poller;
#[cfg(not(target_os = "linux"))]
pub(super) use portable::Poller;

/// Names a descriptor in reports.
pub(super) type Token = u64;

/// What a descriptor is watched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interest {
    /// Bytes to read, or that there never will be any again.
    Bytes,
    /// Room to write, or that nothing will be taken any more.
    Room,
}

/// How long to wait for the next report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// As long as it takes.
    Sleep,
    /// Not at all.
    Look,
}

#[cfg(target_os = "linux")]
mod epoll {
    use std::mem::MaybeUninit;
    use std::os::fd::{BorrowedFd, OwnedFd};

    use rustix::event::{Timespec, epoll};
    use rustix::io::Errno;

    use super::{Interest, Token, Wait, io};

    /// Reports taken with one call; the kernel serves the rest first the next time.
    const BATCH: usize = 256;

    /// Watches descriptors.
    pub(in crate::logs) struct Poller {
        epoll: OwnedFd,
    }

    impl Poller {
        /// Watches nothing yet.
        pub(in crate::logs) fn new() -> io::Result<Self> {
            Ok(Self { epoll: epoll::create(epoll::CreateFlags::CLOEXEC)? })
        }

        /// Reports `token` while the descriptor has what is of interest.
        pub(in crate::logs) fn add(
            &mut self,
            fd: BorrowedFd<'_>,
            token: Token,
            interest: Interest,
        ) -> io::Result<()> {
            let flags = match interest {
                Interest::Bytes => epoll::EventFlags::IN,
                Interest::Room => epoll::EventFlags::OUT,
            };
            Ok(epoll::add(&self.epoll, fd, epoll::EventData::new_u64(token), flags)?)
        }

        /// Forgets the descriptor. Closing it is not enough: a copy in a child that has not yet executed its
        /// program would keep it watched.
        pub(in crate::logs) fn remove(&mut self, fd: BorrowedFd<'_>, _: Token) {
            let removed = epoll::delete(&self.epoll, fd);
            debug_assert!(removed.is_ok(), "removes only what was added");
        }

        /// Puts the tokens of readable descriptors into `ready`.
        pub(in crate::logs) fn wait(&mut self, wait: Wait, ready: &mut Vec<Token>) -> io::Result<()> {
            let timeout = match wait {
                Wait::Sleep => None,
                Wait::Look => Some(Timespec { tv_sec: 0, tv_nsec: 0 }),
            };
            let mut events = [const { MaybeUninit::uninit() }; BATCH];
            ready.clear();
            match epoll::wait(&self.epoll, &mut events, timeout.as_ref()) {
                Ok((events, _)) => ready.extend(events.iter().map(|event| event.data.u64())),
                Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
            Ok(())
        }
    }
}

#[cfg(any(test, not(target_os = "linux")))]
mod portable {
    use std::os::fd::{BorrowedFd, OwnedFd};

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;

    use super::{Interest, Token, Wait, io};

    /// Watches descriptors; it keeps a copy of each, which costs twice the descriptors.
    pub(in crate::logs) struct Poller {
        watched: Vec<(Token, OwnedFd, PollFlags)>,
    }

    impl Poller {
        /// Watches nothing yet.
        #[expect(clippy::unnecessary_wraps, reason = "the Linux twin can run out of descriptors here")]
        pub(in crate::logs) fn new() -> io::Result<Self> {
            Ok(Self { watched: Vec::new() })
        }

        /// Reports `token` while the descriptor has what is of interest.
        pub(in crate::logs) fn add(
            &mut self,
            fd: BorrowedFd<'_>,
            token: Token,
            interest: Interest,
        ) -> io::Result<()> {
            let flags = match interest {
                Interest::Bytes => PollFlags::IN,
                Interest::Room => PollFlags::OUT,
            };
            self.watched.push((token, fd.try_clone_to_owned()?, flags));
            Ok(())
        }

        /// Forgets the descriptor.
        pub(in crate::logs) fn remove(&mut self, _: BorrowedFd<'_>, token: Token) {
            self.watched.retain(|watched| watched.0 != token);
        }

        /// Puts the tokens of readable descriptors into `ready`.
        pub(in crate::logs) fn wait(&mut self, wait: Wait, ready: &mut Vec<Token>) -> io::Result<()> {
            let timeout = match wait {
                Wait::Sleep => None,
                Wait::Look => Some(Timespec { tv_sec: 0, tv_nsec: 0 }),
            };
            ready.clear();
            let mut fds: Vec<_> = self.watched.iter().map(|(_, fd, flags)| PollFd::new(fd, *flags)).collect();
            match poll(&mut fds, timeout.as_ref()) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
            let tokens = self.watched.iter().map(|watched| watched.0);
            ready.extend(tokens.zip(&fds).filter(|(_, fd)| !fd.revents().is_empty()).map(|(token, _)| token));
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read as _, Write as _};
    use std::os::fd::AsFd as _;

    use super::*;

    /// The same for both twins.
    macro_rules! twin {
        ($name:ident, $Poller:ty) => {
            #[test]
            fn $name() {
                let mut poller = <$Poller>::new().expect("poller");
                let mut ready = vec![7];
                poller.wait(Wait::Look, &mut ready).expect("look");
                assert!(ready.is_empty());

                let pipes: Vec<_> = (0..3).map(|_| std::io::pipe().expect("pipe")).collect();
                for (token, (read, _)) in pipes.iter().enumerate() {
                    poller.add(read.as_fd(), token as Token, Interest::Bytes).expect("add");
                }
                poller.wait(Wait::Look, &mut ready).expect("look");
                assert!(ready.is_empty());

                (&pipes[1].1).write_all(b"xy").expect("write");
                for _ in 0..2 {
                    poller.wait(Wait::Sleep, &mut ready).expect("wait");
                    assert_eq!(ready, [1], "reported until read");
                }
                (&pipes[1].0).read_exact(&mut [0]).expect("read");
                poller.wait(Wait::Sleep, &mut ready).expect("wait");
                assert_eq!(ready, [1], "reported until read to the end");
                (&pipes[1].0).read_exact(&mut [0]).expect("read");
                poller.wait(Wait::Look, &mut ready).expect("look");
                assert!(ready.is_empty());

                let mut pipes = pipes.into_iter();
                let (first, writer) = pipes.next().expect("three");
                let first = File::from(std::os::fd::OwnedFd::from(first));
                drop(writer);
                poller.wait(Wait::Sleep, &mut ready).expect("wait");
                assert_eq!(ready, [0], "reported at the end");
                poller.remove(first.as_fd(), 0);
                poller.wait(Wait::Look, &mut ready).expect("look");
                assert!(ready.is_empty(), "not reported when removed");

                let (read, write) = std::io::pipe().expect("pipe");
                poller.add(write.as_fd(), 9, Interest::Room).expect("add");
                poller.wait(Wait::Look, &mut ready).expect("look");
                assert_eq!(ready, [9], "there is room");
                (&write).write_all(&vec![0; 1 << 16]).expect("write");
                poller.wait(Wait::Look, &mut ready).expect("look");
                assert!(ready.is_empty(), "there is none");
                drop(read);
                poller.wait(Wait::Sleep, &mut ready).expect("wait");
                assert_eq!(ready, [9], "nobody will read");
            }
        };
    }

    #[cfg(target_os = "linux")]
    twin!(epoll_tells_the_level, Poller);
    twin!(poll_tells_the_level, portable::Poller);
}

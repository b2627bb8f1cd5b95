//! Three descriptors with low numbers, in which a child that begins in the daemon's own table finds its standard ones.
//!
//! A copy of the table costs as much as it has descriptors, and closing them in the child costs the same again: with
//! thousands of programs that is most of a start. So a child that shares the daemon's memory shares the table too, and
//! its first act is a copy that ends right behind these slots (`close_range` with `CLOSE_RANGE_UNSHARE`). The slots are
//! taken once and early, when low numbers are still free, and stay taken: between two spawns they hold a descriptor
//! of no meaning.

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd, RawFd};

use rustix::event::{EventfdFlags, eventfd};
use rustix::io::{DupFlags, dup3};

use crate::spec::Stdio;

/// How much a child of the daemon's own user shares with it until it executes, as far as the system at hand lets it. It
/// only ever becomes less: what a system refuses once, it refuses always.
#[derive(Debug)]
pub(crate) enum Sharing {
    /// Memory and the table of descriptors. The slots are taken when there are descriptors for them; until then a child
    /// shares memory alone.
    Table(Option<Slots>),
    /// Memory: nothing makes a child leave the table behind.
    Memory,
    /// Nothing. Either sharing is refused, or, as in emulators, said to be done and not done.
    Nothing,
}

impl Sharing {
    /// Shares less; false if there is no less.
    pub(crate) fn lessen(&mut self) -> bool {
        let (less, lessened) = match self {
            Self::Table(_) => (Self::Memory, true),
            Self::Memory => (Self::Nothing, true),
            Self::Nothing => (Self::Nothing, false),
        };
        *self = less;
        lessened
    }

    /// Puts the descriptors into the slots, if the table can be shared this time. A lack of descriptors passes, and is
    /// forgotten with it.
    pub(crate) fn hold(&mut self, stdio: &Stdio<'_>) -> Option<Held<'_>> {
        let Self::Table(slots) = self else { return None };
        if slots.is_none() {
            *slots = Slots::new().ok();
        }
        slots.as_mut()?.hold(stdio).ok()
    }
}

/// The slots.
#[derive(Debug)]
pub(crate) struct Slots {
    /// What is in a slot that is not in use.
    empty: OwnedFd,
    taken: [OwnedFd; 3],
}

impl Slots {
    /// Takes the lowest free numbers.
    ///
    /// # Errors
    /// Descriptors have run out.
    pub(crate) fn new() -> io::Result<Self> {
        let empty = || eventfd(0, EventfdFlags::CLOEXEC);
        Ok(Self { taken: [empty()?, empty()?, empty()?], empty: empty()? })
    }

    /// Puts the descriptors into the slots, until the value given is dropped.
    ///
    /// # Errors
    /// The system refuses, for which there is no reason but interruption.
    pub(crate) fn hold(&mut self, stdio: &Stdio<'_>) -> io::Result<Held<'_>> {
        let held = Held(self);
        for (slot, fd) in held.0.taken.iter_mut().zip([stdio.stdin, stdio.stdout, stdio.stderr]) {
            dup3(fd, slot, DupFlags::CLOEXEC)?;
        }
        Ok(held)
    }
}

/// Slots in use.
#[derive(Debug)]
pub(crate) struct Held<'a>(&'a mut Slots);

impl Held<'_> {
    /// Where standard input, output and error are.
    pub(crate) fn numbers(&self) -> [RawFd; 3] {
        self.0.taken.each_ref().map(|slot| slot.as_raw_fd())
    }

    /// From this number on a child needs nothing.
    pub(crate) fn border(&self) -> u32 {
        let highest = self.numbers().into_iter().max().unwrap_or(2);
        u32::try_from(highest).unwrap_or(2).max(2) + 1
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        for slot in &mut self.0.taken {
            // What could refuse this would leave an end of a pipe open until the next spawn.
            let _ = dup3(&self.0.empty, slot, DupFlags::CLOEXEC);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::os::fd::AsFd as _;

    use super::*;

    #[test]
    fn less_and_less_is_shared() {
        let null = std::fs::File::open("/dev/null").expect("it is always there");
        let fd = null.as_fd();
        let stdio = Stdio { stdin: fd, stdout: fd, stderr: fd };
        let mut sharing = Sharing::Table(None);
        assert!(sharing.hold(&stdio).is_some());
        assert!(matches!(sharing, Sharing::Table(Some(_))), "the slots stay taken");
        for (lessened, is_nothing) in [(true, false), (true, true), (false, true)] {
            assert_eq!(sharing.lessen(), lessened);
            assert_eq!(matches!(sharing, Sharing::Nothing), is_nothing);
            assert!(sharing.hold(&stdio).is_none());
        }
    }

    #[test]
    fn a_slot_holds_what_it_is_given_and_no_longer() {
        let mut slots = Slots::new().expect("descriptors are left");
        let (mut read, write) = io::pipe().expect("a pipe");
        let fd = write.as_fd();
        let held = slots.hold(&Stdio { stdin: fd, stdout: fd, stderr: fd }).expect("held");
        let numbers = held.numbers();
        assert!(numbers.iter().all(|number| (3..i32::MAX).contains(number)), "{numbers:?}");
        assert_eq!(
            held.border(),
            u32::try_from(numbers[2].max(numbers[1]).max(numbers[0])).expect("positive") + 1
        );
        (&write).write_all(b"x").expect("room");
        drop(write);
        read.read_exact(&mut [0]).expect("the byte");
        drop(held);
        assert_eq!(read.read(&mut [0]).expect("a read"), 0, "the last writer is gone with the slots");
        assert_eq!(slots.taken.each_ref().map(|slot| slot.as_raw_fd()), numbers, "they stay taken");
    }
}

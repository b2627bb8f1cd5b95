//! What a child reports when it could not become its program.
//!
//! The report is one number, because that is what a child can leave behind between fork and exec with nothing but a
//! store; `spawn.rs` carries it from the child to the daemon.

use std::ffi::CStr;

use crate::digits::Digits;
use crate::errno::Errno;
use crate::id::Uid;

/// Why a child did not become its program.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChildFailure {
    /// It could not execute the program's file.
    Execute(Errno),
    /// It could not change to its directory.
    Enter(Errno),
    /// It could not place descriptors 0 to 2.
    Descriptors(Errno),
    /// It could not take on its identity.
    Become(Refusal),
}

/// Why an identity was not taken on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// Only root may become somebody else, and the daemon is not root.
    NotRoot,
    /// The supplementary groups were refused.
    Groups(Errno),
    /// The primary group was refused.
    Group(Errno),
    /// The user was refused.
    User(Errno),
}

/// The same while the child still knows the thing it is about. Made and read between fork and exec, so without any
/// allocation.
pub(crate) enum Failure<'a> {
    /// The identity step.
    Become(Uid, Refusal),
    /// The directory step.
    Enter(&'a CStr, Errno),
    /// Placing descriptors 0 to 2, which fails only when descriptors run out.
    Descriptors(Errno),
    /// The program itself.
    Execute(&'a CStr, Errno),
}

impl Failure<'_> {
    /// What the daemon is told; the thing it knows itself.
    pub(crate) fn report(&self) -> ChildFailure {
        match self {
            Self::Become(_, refusal) => ChildFailure::Become(*refusal),
            Self::Enter(_, errno) => ChildFailure::Enter(*errno),
            Self::Descriptors(errno) => ChildFailure::Descriptors(*errno),
            Self::Execute(_, errno) => ChildFailure::Execute(*errno),
        }
    }

    /// What the child did, with what, and why it failed, in the reference's words.
    pub(crate) fn words<'b>(&'b self, digits: &'b mut Digits) -> (&'b [u8], &'b [u8], &'b [u8]) {
        match self {
            Failure::Become(uid, refusal) => {
                let reason: &[u8] = match refusal {
                    Refusal::NotRoot => b"Can't drop privilege as nonroot user",
                    Refusal::Groups(_) => b"Could not set groups of effective user",
                    Refusal::Group(_) => b"Could not set group id of effective user",
                    Refusal::User(_) => b"Could not set user id of effective user",
                };
                (b"supervisor: couldn't setuid to ", digits.write(uid.raw()), reason)
            }
            Failure::Enter(directory, errno) => {
                (b"supervisor: couldn't chdir to ", directory.to_bytes(), digits.errno(*errno))
            }
            Failure::Execute(word, errno) => {
                (b"supervisor: couldn't exec ", word.to_bytes(), digits.errno(*errno))
            }
            Failure::Descriptors(errno) => {
                (b"supervisor: couldn't set up ", b"stdin, stdout and stderr", digits.errno(*errno))
            }
        }
    }
}

impl ChildFailure {
    /// The failure as a number that is not 0: what failed in the upper half, the error number in the lower.
    pub(crate) fn pack(self) -> u64 {
        let (kind, errno) = match self {
            Self::Execute(errno) => (1, errno),
            Self::Enter(errno) => (2, errno),
            Self::Descriptors(errno) => (3, errno),
            Self::Become(Refusal::NotRoot) => (4, Errno::new(0)),
            Self::Become(Refusal::Groups(errno)) => (5, errno),
            Self::Become(Refusal::Group(errno)) => (6, errno),
            Self::Become(Refusal::User(errno)) => (7, errno),
        };
        (kind << 32) | u64::from(errno.raw().unsigned_abs())
    }

    /// The failure that a number stands for; `None` for 0, and for what no child has packed.
    pub(crate) fn unpack(report: u64) -> Option<Self> {
        let errno = Errno::new((report & 0x7fff_ffff) as i32);
        Some(match report >> 32 {
            1 => Self::Execute(errno),
            2 => Self::Enter(errno),
            3 => Self::Descriptors(errno),
            4 => Self::Become(Refusal::NotRoot),
            5 => Self::Become(Refusal::Groups(errno)),
            6 => Self::Become(Refusal::Group(errno)),
            7 => Self::Become(Refusal::User(errno)),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_survives_the_way() {
        let errno = Errno::new(libc::EACCES);
        for failure in [
            ChildFailure::Execute(errno),
            ChildFailure::Enter(errno),
            ChildFailure::Descriptors(errno),
            ChildFailure::Become(Refusal::NotRoot),
            ChildFailure::Become(Refusal::Groups(errno)),
            ChildFailure::Become(Refusal::Group(errno)),
            ChildFailure::Become(Refusal::User(errno)),
        ] {
            assert_eq!(ChildFailure::unpack(failure.pack()), Some(failure));
        }
    }

    #[test]
    fn no_report_is_no_failure() {
        for nothing in [0, u64::from(u32::MAX), 8 << 32, u64::MAX] {
            assert_eq!(ChildFailure::unpack(nothing), None, "{nothing:#x}");
        }
    }
}

//! Process, user and group numbers as types of their own, so that one cannot be passed for another.

use std::fmt;
use std::num::NonZeroI32;

/// The number of an existing or past process: always positive, so that `kill` can never hit a group by
/// accident.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Pid(NonZeroI32);

impl Pid {
    /// A pid, unless `raw` is zero or negative (those have other meanings to the kernel).
    pub fn new(raw: i32) -> Option<Self> {
        NonZeroI32::new(raw).filter(|number| number.get() > 0).map(Self)
    }

    /// The pid of the calling process.
    pub fn current() -> Self {
        Self(rustix::process::getpid().as_raw_nonzero())
    }

    /// The plain number.
    pub fn raw(self) -> i32 {
        self.0.get()
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A user number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Uid(u32);

/// A group number. The layout is that of the kernel's `gid_t`, so that a list of them can be handed to it as
/// it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(transparent)]
pub struct Gid(u32);

impl Uid {
    /// The superuser.
    pub const ROOT: Self = Self(0);

    /// A uid from its number.
    pub const fn new(raw: u32) -> Self {
        Self(raw)
    }

    /// The real uid of this process; the one all privilege rules of the reference are about.
    pub fn current() -> Self {
        Self(rustix::process::getuid().as_raw())
    }

    /// The effective uid of this process; the one file access is checked with.
    pub fn effective() -> Self {
        Self(rustix::process::geteuid().as_raw())
    }

    /// The plain number.
    pub const fn raw(self) -> u32 {
        self.0
    }
}

impl Gid {
    /// A gid from its number.
    pub const fn new(raw: u32) -> Self {
        Self(raw)
    }

    /// The real gid of this process.
    pub fn current() -> Self {
        Self(rustix::process::getgid().as_raw())
    }

    /// The plain number.
    pub const fn raw(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Gid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pid_is_positive() {
        assert_eq!(Pid::new(0), None);
        assert_eq!(Pid::new(-1), None);
        assert_eq!(Pid::new(1).map(Pid::raw), Some(1));
        assert_eq!(Pid::new(1234).expect("positive").to_string(), "1234");
    }

    #[test]
    fn current_ids_are_those_of_the_system() {
        assert_eq!(Pid::current().raw(), i32::try_from(std::process::id()).expect("pids fit"));
        assert_eq!(Uid::new(7).to_string(), "7");
        assert_eq!(Gid::new(8).to_string(), "8");
    }
}

//! Control groups (version 2) of children: whoever is made in one stays in it, so nobody leaves unnoticed.
//!
//! A group is a directory below the daemon's own group. It exists for its members and signals only: no controller is
//! turned on, so the daemon may have processes beside it. Where the daemon may not make one (no such file system, another
//! owner), [`Cgroup::make`] says so and the caller does without.

use std::ffi::CStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};

use crate::id::Pid;

/// A group that this process made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cgroup(PathBuf);

impl Cgroup {
    /// Makes a group of that name below the caller's own, or takes one that is left from before and empty.
    ///
    /// # Errors
    /// The system has no such groups, or does not let the caller make one.
    pub fn make(name: &str) -> io::Result<Self> {
        let group = Self(own_group()?.join(name));
        match fs::create_dir(&group.0) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && group.members().is_empty() => {}
            Err(error) => return Err(error),
        }
        Ok(group)
    }

    /// The file through which a child joins.
    pub fn entrance(&self) -> PathBuf {
        self.0.join("cgroup.procs")
    }

    /// Who is in it.
    pub fn members(&self) -> Vec<Pid> {
        let text = fs::read_to_string(self.entrance()).unwrap_or_default();
        text.lines().filter_map(|line| line.parse().ok().and_then(Pid::new)).collect()
    }

    /// Kills all members at once, also those that are just being made.
    ///
    /// # Errors
    /// The kernel is older than 5.14.
    pub fn kill(&self) -> io::Result<()> {
        fs::write(self.0.join("cgroup.kill"), "1")
    }

    /// Removes the group, which has to be empty.
    ///
    /// # Errors
    /// It is not.
    pub fn remove(&self) -> io::Result<()> {
        fs::remove_dir(&self.0)
    }
}

/// Moves the calling process into the group behind this file, if it may: 0 stands for whoever writes it. A child does
/// this between fork and exec, so these are system calls and nothing else.
pub(crate) fn join(entrance: &CStr) {
    let opened = rustix::fs::open(entrance, OFlags::WRONLY | OFlags::CLOEXEC, Mode::empty());
    // Without, it is found like the members of any other tree.
    let _ = opened.and_then(|group| rustix::io::write(group, b"0"));
}

/// The directory of the group that this process is in.
fn own_group() -> io::Result<PathBuf> {
    let (groups, mounts) =
        (fs::read_to_string("/proc/self/cgroup")?, fs::read_to_string("/proc/self/mountinfo")?);
    directory_of(&groups, &mounts).ok_or_else(|| io::ErrorKind::Unsupported.into())
}

/// The directory, from `/proc/PID/cgroup` (cgroups(7)) and `/proc/PID/mountinfo` (proc_pid_mountinfo(5)).
fn directory_of(groups: &str, mounts: &str) -> Option<PathBuf> {
    let own = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    mounts.lines().find_map(|line| {
        let (mount, file_system) = line.split_once(" - ")?;
        if !file_system.starts_with("cgroup2 ") {
            return None;
        }
        let mut fields = mount.split(' ').skip(3);
        let (root, place) = (fields.next()?, fields.next()?);
        let below = Path::new(own).strip_prefix(root).ok()?;
        Some(Path::new(place).join(below))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_group_is_found_below_the_mount() {
        #[track_caller]
        fn check(groups: &str, mounts: &str, expect: Option<&str>) {
            assert_eq!(directory_of(groups, mounts), expect.map(PathBuf::from));
        }
        const PLAIN: &str = "22 1 0:20 / /proc rw - proc proc rw\n30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - \
                             cgroup2 cgroup2 rw\n";
        check("0::/system.slice/x.service\n", PLAIN, Some("/sys/fs/cgroup/system.slice/x.service"));
        check("0::/\n", PLAIN, Some("/sys/fs/cgroup/"));
        check("5:memory:/a\n0::/b\n", PLAIN, Some("/sys/fs/cgroup/b"));
        // A container sees a part of the tree.
        let part = "30 24 0:26 /box/7 /sys/fs/cgroup rw - cgroup2 cgroup rw\n";
        check("0::/box/7/own\n", part, Some("/sys/fs/cgroup/own"));
        check("0::/elsewhere\n", part, None);
        check("5:memory:/a\n", PLAIN, None);
        check("0::/\n", "30 24 0:26 / /sys/fs/cgroup rw - cgroup cgroup rw,memory\n", None);
    }

    #[test]
    fn members_come_and_go() {
        let name = format!("provost-test.{}", Pid::current());
        // Few may make groups; the end-to-end tests say where it cannot be tried.
        let Ok(group) = Cgroup::make(&name) else { return };
        assert_eq!(group.members(), []);
        assert_eq!(Cgroup::make(&name).expect("empty, so taken over"), group);
        group.kill().expect("nobody to kill");
        group.remove().expect("empty");
        assert!(group.remove().is_err());
    }
}

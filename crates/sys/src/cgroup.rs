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
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && group.members()?.is_empty() => {}
            Err(error) => return Err(error),
        }
        Ok(group)
    }

    /// Removes empty groups below the caller's own whose name says that nobody needs them; how many that were.
    /// The kernel keeps those that have members.
    ///
    /// # Errors
    /// The system has no such groups, or does not let the caller look.
    pub fn remove_abandoned(is_abandoned: impl Fn(&str) -> bool) -> io::Result<usize> {
        let entries = fs::read_dir(own_group()?)?.filter_map(Result::ok);
        let abandoned = entries.filter(|entry| entry.file_name().to_str().is_some_and(&is_abandoned));
        Ok(abandoned.filter(|entry| fs::remove_dir(entry.path()).is_ok()).count())
    }

    /// The file through which a child joins.
    pub fn entrance(&self) -> PathBuf {
        self.0.join("cgroup.procs")
    }

    /// Who is in it; nobody, if it is gone.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn members(&self) -> io::Result<Vec<Pid>> {
        let text = match fs::read_to_string(self.entrance()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            read => read?,
        };
        Ok(text.lines().filter_map(|line| line.parse().ok().and_then(Pid::new)).collect())
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
        assert_eq!(group.members().expect("it can be read"), []);
        assert_eq!(Cgroup::make(&name).expect("empty, so taken over"), group);
        group.kill().expect("nobody to kill");
        group.remove().expect("empty");
        assert!(group.remove().is_err());
    }

    #[test]
    fn abandoned_groups_are_removed_when_they_are_empty() {
        let name = |kind: &str| format!("provost-test-{kind}.{}", Pid::current());
        let Ok(kept) = Cgroup::make(&name("kept")) else { return };
        let abandoned = Cgroup::make(&name("abandoned")).expect("as the other");
        let mut child = std::process::Command::new("/bin/cat")
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("there is cat");
        let full = Cgroup::make(&name("full")).expect("as the other");
        fs::write(full.entrance(), child.id().to_string()).expect("who makes a group may fill it");
        let named = [name("abandoned"), name("full")];
        let removed = Cgroup::remove_abandoned(|name| named.iter().any(|named| named == name));
        assert_eq!(removed.expect("the group can be read"), 1);
        assert!(abandoned.remove().is_err() && !full.members().expect("it can be read").is_empty());
        drop(child.stdin.take());
        child.wait().expect("a child that ends");
        full.remove().expect("empty by now");
        kept.remove().expect("empty");
    }
}

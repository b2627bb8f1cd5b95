//! The file that tells others the daemon's pid.
//!
//! As in the reference it is no lock: whoever starts last owns it. Readers never see it half-written.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::id::Pid;

/// The pidfile could not be written. The text is the reference's; the source says why.
#[derive(Debug, thiserror::Error)]
#[error("could not write pidfile {}", .path.display())]
pub struct PidfileError {
    /// Where it should be.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// Writes `<pid>\n`, replacing what was there; the mode is 0666 less the file creation mask.
///
/// The new file takes the place of the old one in one step. That needs the right to create files in the
/// directory; without it, or when the path is not a plain file (a link, a device), it is written in place.
///
/// # Errors
/// [`PidfileError`] if neither works; the daemon goes on without.
pub fn write(path: &Path, pid: Pid) -> Result<(), PidfileError> {
    let replaceable = fs::symlink_metadata(path).map_or_else(
        |error| error.kind() == io::ErrorKind::NotFound,
        |metadata| metadata.file_type().is_file(),
    );
    if replaceable && replace(path, pid).is_ok() {
        return Ok(());
    }
    fs::write(path, format!("{pid}\n")).map_err(|source| PidfileError { path: path.to_owned(), source })
}

/// Writes a file beside the path and renames it into place. Leaves nothing behind on failure.
fn replace(path: &Path, pid: Pid) -> io::Result<()> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{pid}.tmp"));
    let beside = path.with_file_name(name);
    // A leftover of an earlier process with our pid: that process is gone.
    let _ = fs::remove_file(&beside);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let written = file.write_all(format!("{pid}\n").as_bytes()).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// The pid that the file names, if it can be read and names one.
pub fn pid_in(path: &Path) -> Option<Pid> {
    fs::read_to_string(path).ok().and_then(|text| text.trim().parse().ok()).and_then(Pid::new)
}

/// Removes the pidfile if it still names `pid`, so that a daemon that was replaced does not remove its
/// successor's. Tells whether it did.
///
/// # Errors
/// If the file names `pid` but cannot be removed. A file that is missing or unreadable is not ours.
pub fn remove_if_ours(path: &Path, pid: Pid) -> io::Result<bool> {
    if pid_in(path) != Some(pid) {
        return Ok(false);
    }
    fs::remove_file(path).map(|()| true)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, symlink};

    use tempfile::TempDir;

    use super::*;

    fn pid(raw: i32) -> Pid {
        Pid::new(raw).expect("positive")
    }

    #[track_caller]
    fn check(directory: &TempDir, name: &str, expect: &str) {
        let path = directory.path().join(name);
        write(&path, pid(42)).expect("write");
        assert_eq!(fs::read_to_string(&path).expect("read"), expect);
    }

    #[test]
    fn written_and_overwritten() {
        let directory = TempDir::new().expect("temp dir");
        check(&directory, "new.pid", "42\n");
        fs::write(directory.path().join("old.pid"), "1234567\nand more\n").expect("write");
        check(&directory, "old.pid", "42\n");
        assert_eq!(fs::read_dir(directory.path()).expect("list").count(), 2, "nothing left behind");
    }

    #[test]
    fn the_old_file_is_replaced_not_rewritten() {
        let directory = TempDir::new().expect("temp dir");
        let path = directory.path().join("x.pid");
        fs::write(&path, "1\n").expect("write");
        // A second name keeps the old file, and with it its inode number, alive.
        fs::hard_link(&path, directory.path().join("old")).expect("link");
        let inode = |path: &Path| fs::metadata(path).expect("stat").ino();
        let before = inode(&path);
        write(&path, pid(2)).expect("write");
        assert_ne!(inode(&path), before);
    }

    #[test]
    fn a_link_is_written_through() {
        let directory = TempDir::new().expect("temp dir");
        symlink("real.pid", directory.path().join("link.pid")).expect("symlink");
        check(&directory, "link.pid", "42\n");
        assert_eq!(fs::read_to_string(directory.path().join("real.pid")).expect("read"), "42\n");
    }

    #[test]
    fn failure_names_the_file() {
        let error = write(Path::new("/no/such/dir/x.pid"), pid(1)).expect_err("no directory");
        assert_eq!(error.to_string(), "could not write pidfile /no/such/dir/x.pid");
        assert_eq!(error.source.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn only_our_own_is_removed() {
        let directory = TempDir::new().expect("temp dir");
        let path = directory.path().join("x.pid");
        write(&path, pid(42)).expect("write");
        assert!(!remove_if_ours(&path, pid(43)).expect("not ours"));
        assert!(path.exists());
        assert!(remove_if_ours(&path, pid(42)).expect("ours"));
        assert!(!path.exists());
        assert!(!remove_if_ours(&path, pid(42)).expect("gone"));
    }
}

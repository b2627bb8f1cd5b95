//! Getting rid of large files.
//!
//! To remove a file frees its memory and its blocks, which takes milliseconds for each 10 MB, and much longer while the
//! disk is still busy with writing it. The log plane has no such time: when 50 MB roll over, pipes are full before the
//! oldest backup is freed. So a file loses its name at once, and what is left of it is freed by a thread that exists as
//! long as there is something to free. (A rename over it would not only free it on the spot; some file systems also
//! write the file that takes its place to the disk first, so that a crash leaves one of them.)

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat};

/// From this size on a file is freed by the thread. Smaller ones are gone sooner than a thread has begun.
const LARGE_BYTES: u64 = 1 << 20;

/// Files that wait for the thread at most; each is a descriptor. What is more is freed by whoever comes with it.
const MAX_WAITING: usize = 32;

/// Opens a file for no other purpose than to keep it: no rights are needed for it where the system knows such a way.
#[cfg(target_os = "linux")]
const KEEP: OFlags = OFlags::PATH;
#[cfg(not(target_os = "linux"))]
const KEEP: OFlags = OFlags::RDONLY;

/// What waits for the thread, of whatever log: one thread is enough for all of them.
static YARD: Mutex<Yard> = Mutex::new(Yard { waiting: Vec::new(), has_worker: false });

struct Yard {
    waiting: Vec<OwnedFd>,
    has_worker: bool,
}

/// Removes a file; a large one is freed later.
///
/// # Errors
/// Those of `unlink(2)`.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let flags = KEEP | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let kept = rustix::fs::open(path, flags, Mode::empty()).ok();
    fs::remove_file(path)?;
    kept.into_iter().for_each(close);
    Ok(())
}

/// Closes the file. If that is the end of a large one, it is freed later.
pub(super) fn close(file: impl Into<OwnedFd>) {
    let file = file.into();
    if fstat(&file).is_ok_and(|stat| is_costly(&stat)) {
        dispose(file);
    }
}

fn is_costly(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
        && stat.st_nlink == 0
        && u64::try_from(stat.st_size).is_ok_and(|size| size >= LARGE_BYTES)
}

fn dispose(file: OwnedFd) {
    let mut yard = yard();
    if yard.waiting.len() >= MAX_WAITING {
        drop(yard);
        return drop(file);
    }
    yard.waiting.push(file);
    if !yard.has_worker {
        yard.has_worker = thread::Builder::new().name("disposal".into()).spawn(work).is_ok();
    }
    if !yard.has_worker {
        let waiting = std::mem::take(&mut yard.waiting);
        drop(yard);
        drop(waiting);
    }
}

fn work() {
    loop {
        let mut yard = yard();
        let Some(file) = yard.waiting.pop() else {
            yard.has_worker = false;
            return;
        };
        drop(yard);
        drop(file);
    }
}

fn yard() -> MutexGuard<'static, Yard> {
    YARD.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::time::{Duration, Instant};

    use tempfile::TempDir;

    use super::*;

    /// Whether the last name of a file of that size is one for the thread.
    #[track_caller]
    fn check_costly(bytes: u64, names: u32, expect: bool) {
        let directory = TempDir::new().expect("directory");
        let path = directory.path().join("file");
        let file = File::create(&path).expect("file");
        file.set_len(bytes).expect("room");
        if names == 0 {
            fs::remove_file(&path).expect("remove");
        }
        assert_eq!(is_costly(&fstat(&file).expect("an open file")), expect, "{bytes} bytes, {names} names");
    }

    #[test]
    fn only_the_end_of_large_files_is_costly() {
        check_costly(LARGE_BYTES, 0, true);
        check_costly(LARGE_BYTES - 1, 0, false);
        check_costly(LARGE_BYTES, 1, false);
    }

    #[test]
    fn the_thread_frees_what_there_is_and_ends() {
        let directory = TempDir::new().expect("directory");
        let paths: Vec<_> =
            (0..2 * MAX_WAITING).map(|number| directory.path().join(number.to_string())).collect();
        for path in &paths {
            File::create(path).and_then(|file| file.set_len(LARGE_BYTES)).expect("file");
            remove(path).expect("remove");
            assert!(!path.exists());
        }
        let end = Instant::now() + Duration::from_secs(30);
        while yard().has_worker {
            assert!(Instant::now() < end, "the thread is there yet");
            thread::yield_now();
        }
        assert!(yard().waiting.is_empty());
    }

    #[test]
    fn what_cannot_be_removed_is_told() {
        let directory = TempDir::new().expect("directory");
        let missing = remove(&directory.path().join("missing")).expect_err("nothing there");
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        remove(directory.path()).expect_err("a directory");
        assert!(directory.path().exists());
    }
}

//! The file that tells others the daemon's pid, and the lock that makes sure there is one daemon for it.
//!
//! **The lock is on the file itself** (`flock`), so nothing lies around that could be stale: the kernel frees it with
//! the last descriptor, also after SIGKILL. It belongs to the open file, not to the process, and so survives the fork
//! that brings the daemon to the background.
//!
//! **Readers never see the file half-written.** Where the directory allows it, a new file takes the place of the old
//! one in one step, and it is locked before it does. Whoever got hold of the old one finds out by comparing it with
//! what has the name now, and begins again. Nor do they find it empty: one that is made has its content before its
//! name, and one that names nobody who lives is written as soon as it is locked.
//!
//! **A lock proves little.** Whoever may read a file may lock it. So [`Claimed::Held`] tells whether the file names
//! somebody who looks like a daemon, and for a lock of somebody else there is [`seize`].
//!
//! A pidfile that cannot be locked (a device, a file system without locks, a directory that cannot be written) is no
//! reason not to start, as in the reference: [`Claim::doubt`] tells it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, Mode, OFlags, flock};

use crate::errno::Errno;
use crate::id::Pid;
use crate::links;
use crate::signal;

/// The pidfile could not be written. The text is the reference's; the source says why.
#[derive(Debug, thiserror::Error)]
#[error("could not write pidfile {}", .path.display())]
pub struct PidfileError {
    /// Where it should be.
    pub path: PathBuf,
    /// What the system said.
    pub source: io::Error,
}

/// Who a pidfile belongs to.
#[derive(Debug)]
pub enum Claimed {
    /// The caller, as long as it keeps this.
    Ours(Claim),
    /// Somebody else has locked it.
    Held {
        /// The daemon that the file names. Without one it is a daemon that is about to write its pid, one whose pid
        /// cannot be seen from here, or no daemon at all.
        by: Option<Pid>,
    },
}

/// The right to a pidfile. Dropping it gives the right up and leaves the file as it is.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    hold: Hold,
    /// Who is named in a file that nobody holds any more.
    left_by: Option<Pid>,
    /// Whom the file names since this claim has written it.
    named: Option<Pid>,
}

/// How sure the right is.
#[derive(Debug)]
enum Hold {
    /// Nobody else can have it.
    Locked(File),
    /// The file system has no locks.
    Unlockable(Errno),
    /// There is no file to lock, nor can there be one, or a stranger has locked it; writing will tell.
    Nothing,
}

/// Each round means that another daemon put a file of its own in place meanwhile; so many times is somebody's
/// intention.
const ROUNDS: usize = 16;

/// Claims a pidfile for this process, and writes its pid unless a daemon is named there that lives (it may be one that
/// locks nothing, like the reference). What cannot be written now is told by [`Claim::write`].
pub fn claim(path: &Path, pid: Pid) -> Claimed {
    for _ in 0..ROUNDS {
        if let Ok(hold) = begin(path, pid) {
            return Claimed::Ours(Claim { path: path.to_owned(), hold, left_by: None, named: Some(pid) });
        }
        let hold = match lock(path) {
            Ok(Some(hold)) => hold,
            Ok(None) => return Claimed::Held { by: daemon_in(path) },
            Err(Replaced) => continue,
        };
        let mut claim = Claim { path: path.to_owned(), hold, left_by: pid_in(path), named: None };
        if matches!(claim.hold, Hold::Locked(_)) && daemon_in(path).is_none() {
            let _told_when_it_is_written_again = claim.write(pid);
        }
        return Claimed::Ours(claim);
    }
    Claimed::Held { by: daemon_in(path) }
}

/// Claims a pidfile that somebody has locked who is no daemon: a file of this process takes its place.
///
/// Two that seize at once both succeed, and the later file stays; so this is for a caller who has just seen, with
/// [`claim`], that no daemon is named there. The first writes its pid with the very step that frees the second's way, so
/// only the instant between that look and this step is left, and only while a stranger holds the lock. Where the
/// directory cannot be written, the claim is one without a lock.
pub fn seize(path: &Path, pid: Pid) -> Claim {
    let mut claim = Claim { path: path.to_owned(), hold: Hold::Nothing, left_by: pid_in(path), named: None };
    let _told_when_it_is_written_again = claim.write(pid);
    claim
}

/// Makes a file that was not there, with its content and locked; fails if there is something, or nothing can be made.
fn begin(path: &Path, pid: Pid) -> io::Result<Hold> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let draft = Draft::new(path, pid)?;
    crate::socket::rename_if_free(&draft.path, path)?;
    Ok(draft.published())
}

/// A new pidfile beside the place where it shall be; removed if it does not get there.
struct Draft {
    path: PathBuf,
    hold: Hold,
}

impl Draft {
    /// Writes and locks it; the mode is 0666 less the file creation mask.
    fn new(path: &Path, pid: Pid) -> io::Result<Self> {
        let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(format!(".{pid}.tmp"));
        let beside = path.with_file_name(name);
        // A leftover of an earlier process with our pid: that process is gone.
        let _ = fs::remove_file(&beside);
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(&beside)?;
        let mut draft = Self { path: beside, hold: Hold::Nothing };
        file.write_all(format!("{pid}\n").as_bytes())?;
        draft.hold = match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Hold::Locked(file),
            Err(errno) => Hold::Unlockable(errno.into()),
        };
        Ok(draft)
    }

    /// It has its name now.
    fn published(mut self) -> Hold {
        std::mem::replace(&mut self.hold, Hold::Nothing)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Of one that has its name nothing is left here.
        let _ = fs::remove_file(&self.path);
    }
}

/// What was locked is not what has the name any more.
struct Replaced;

/// Locks the file, or tells why not; nothing if somebody else has locked it.
fn lock(path: &Path) -> Result<Option<Hold>, Replaced> {
    let is_something_else = fs::metadata(path).is_ok_and(|metadata| !metadata.is_file());
    if is_something_else {
        return Ok(Some(Hold::Nothing));
    }
    // To lock a file that belongs to somebody else it is enough that it can be read.
    let opened = open(path, OFlags::RDWR | OFlags::CREATE).or_else(|_| open(path, OFlags::RDONLY));
    let Ok(file) = opened else { return Ok(Some(Hold::Nothing)) };
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) if is_at(&file, path) => Ok(Some(Hold::Locked(file))),
        Ok(()) => Err(Replaced),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(None),
        Err(errno) => Ok(Some(Hold::Unlockable(errno.into()))),
    }
}

/// Opens the file, but never through a link that a stranger may have made.
fn open(path: &Path, flags: OFlags) -> io::Result<File> {
    let mode = Mode::from_raw_mode(0o666);
    links::open_trusted(path, flags | OFlags::CLOEXEC, mode).map(File::from)
}

/// Whether that open file is the one that has the name.
fn is_at(file: &File, path: &Path) -> bool {
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (file.metadata(), fs::metadata(path)) {
        (Ok(ours), Ok(named)) => identity(ours) == identity(named),
        _ => false,
    }
}

impl Claim {
    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The process that is named in a file which nobody held: it was killed.
    pub fn left_by(&self) -> Option<Pid> {
        self.left_by
    }

    /// Why a second daemon would not be noticed, for the activity log, level warn.
    pub fn doubt(&self) -> Option<String> {
        let Hold::Unlockable(errno) = &self.hold else { return None };
        Some(format!(
            "the pid file {} cannot be locked ({errno}), so a second daemon over it would not be noticed; let it lie \
             on a local file system",
            self.path.display()
        ))
    }

    /// Writes `<pid>\n`, replacing what was there; the mode is 0666 less the file creation mask.
    ///
    /// The new file takes the place of the old one in one step. That needs the right to create files in the directory;
    /// without it, or when the path is not a plain file (a link, a device), it is written in place.
    ///
    /// # Errors
    /// [`PidfileError`] if neither works; the daemon goes on without.
    pub fn write(&mut self, pid: Pid) -> Result<(), PidfileError> {
        let replaceable = fs::symlink_metadata(&self.path).map_or_else(
            |error| error.kind() == io::ErrorKind::NotFound,
            |metadata| metadata.file_type().is_file(),
        );
        if !(replaceable && self.replace(pid).is_ok()) {
            self.write_in_place(pid).map_err(|source| PidfileError { path: self.path.clone(), source })?;
        }
        self.named = Some(pid);
        Ok(())
    }

    /// Has a new file take the place of the old one.
    fn replace(&mut self, pid: Pid) -> io::Result<()> {
        let draft = Draft::new(&self.path, pid)?;
        fs::rename(&draft.path, &self.path)?;
        // The lock on the old file goes only now: at no time is the name free.
        self.hold = draft.published();
        Ok(())
    }

    fn write_in_place(&self, pid: Pid) -> io::Result<()> {
        let text = format!("{pid}\n");
        match &self.hold {
            Hold::Locked(file) if is_at(file, &self.path) => {
                file.set_len(0)?;
                file.write_all_at(text.as_bytes(), 0)
            }
            _ => {
                let mut file = open(&self.path, OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC)?;
                file.write_all(text.as_bytes())
            }
        }
    }

    /// Removes the file, if it is still this claim's, so that a daemon that was replaced does not remove its
    /// successor's. Tells whether it did.
    ///
    /// # Errors
    /// If the file is ours but cannot be removed.
    pub fn withdraw(self) -> io::Result<bool> {
        let found = pid_in(&self.path);
        let ours = match &self.hold {
            // One that names nobody was made by the claim, and could not be written.
            Hold::Locked(file) => is_at(file, &self.path) && (found.is_none() || found == self.named),
            Hold::Unlockable(_) | Hold::Nothing => found.is_some() && found == self.named,
        };
        if ours { fs::remove_file(&self.path).map(|()| true) } else { Ok(false) }
    }
}

/// The pid that the file names, if it can be read and names one.
fn pid_in(path: &Path) -> Option<Pid> {
    fs::read_to_string(path).ok().and_then(|text| text.trim().parse().ok()).and_then(Pid::new)
}

/// The same, if that process lives and looks like a daemon.
fn daemon_in(path: &Path) -> Option<Pid> {
    pid_in(path)
        .filter(|pid| signal::kill(*pid, 0) != Err(Errno::new(libc::ESRCH)) && looks_like_a_daemon(*pid))
}

/// Whether that process runs the program of this one, or was started as a `supervisord`, the reference's included. One
/// that cannot be looked at is taken for a daemon.
fn looks_like_a_daemon(pid: Pid) -> bool {
    const NAME: &[u8] = b"supervisord";
    let program = |pid: &str| fs::read_link(format!("/proc/{pid}/exe")).ok();
    let Ok(words) = fs::read(format!("/proc/{pid}/cmdline")) else { return true };
    words.windows(NAME.len()).any(|part| part == NAME)
        || program(&pid.to_string()).is_some_and(|theirs| program("self") == Some(theirs))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use tempfile::TempDir;

    use super::*;

    fn pid(raw: i32) -> Pid {
        Pid::new(raw).expect("positive")
    }

    fn ours(path: &Path) -> Claim {
        match claim(path, Pid::current()) {
            Claimed::Ours(claim) => claim,
            Claimed::Held { by } => panic!("{} is held by {by:?}", path.display()),
        }
    }

    fn written(path: &Path, raw: i32) -> Claim {
        let mut claim = ours(path);
        claim.write(pid(raw)).expect("written");
        claim
    }

    #[track_caller]
    fn check(directory: &TempDir, name: &str, expect: &str) {
        let path = directory.path().join(name);
        let _claim = written(&path, 42);
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
        let _claim = written(&path, 2);
        assert_ne!(inode(&path), before);
    }

    #[test]
    fn a_link_of_a_stranger_is_not_written_through() {
        use std::os::unix::fs::{PermissionsExt as _, lchown};
        if !rustix::process::geteuid().is_root() {
            return eprintln!("skipped: only root makes links for others");
        }
        let directory = TempDir::new().expect("temp dir");
        let path = directory.path().join("link.pid");
        fs::write(directory.path().join("precious"), "precious").expect("write");
        symlink("precious", &path).expect("symlink");
        lchown(&path, Some(54_321), None).expect("root may do that");
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o777)).expect("chmod");
        let Claimed::Ours(mut claim) = claim(&path, Pid::current()) else { panic!("nobody holds it") };
        claim.write(pid(42)).expect_err("a link of a stranger");
        assert_eq!(fs::read(directory.path().join("precious")).expect("read"), b"precious");
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
        let error = ours(Path::new("/no/such/dir/x.pid")).write(pid(1)).expect_err("no directory");
        assert_eq!(error.to_string(), "could not write pidfile /no/such/dir/x.pid");
        assert_eq!(error.source.kind(), io::ErrorKind::NotFound);
        let _nothing_to_lock = ours(Path::new("/dev/null"));
    }

    #[test]
    fn who_is_second_learns_who_is_first() {
        #[track_caller]
        fn check_held(path: &Path, expect: Option<Pid>) {
            assert!(matches!(claim(path, Pid::current()), Claimed::Held { by } if by == expect));
        }
        let directory = TempDir::new().expect("temp dir");
        let path = directory.path().join("x.pid");
        // The largest pid any kernel gives out is far below this.
        fs::write(&path, format!("{}\n", i32::MAX)).expect("write");
        let mut first = ours(&path);
        assert_eq!((first.left_by(), first.doubt()), (Some(pid(i32::MAX)), None));
        check_held(&path, Some(Pid::current()));
        // Also through another name.
        symlink(&path, directory.path().join("link.pid")).expect("symlink");
        check_held(&directory.path().join("link.pid"), Some(Pid::current()));
        // Written again, as after a reload, it is never free.
        first.write(Pid::current()).expect("written");
        check_held(&path, Some(Pid::current()));
        drop(first);
        assert_eq!(ours(&path).left_by(), Some(Pid::current()));
    }

    #[test]
    fn only_our_own_is_removed() {
        let directory = TempDir::new().expect("temp dir");
        let path = directory.path().join("x.pid");
        assert!(written(&path, 42).withdraw().expect("ours"));
        assert!(!path.exists());
        assert!(ours(&path).withdraw().expect("made by the claim"));
        assert!(!path.exists());
        // Somebody removed it, and a successor wrote one.
        let first = written(&path, 42);
        fs::remove_file(&path).expect("removed");
        let _second = written(&path, 43);
        assert!(!first.withdraw().expect("not ours"));
        assert!(path.exists());
        // The file of a daemon that locks nothing is not touched by one that could not start.
        let third = directory.path().join("y.pid");
        fs::write(&third, format!("{}\n", Pid::current())).expect("write");
        assert!(!ours(&third).withdraw().expect("not ours"));
        assert!(third.exists());
    }

    #[test]
    fn it_is_never_empty() {
        let directory = TempDir::new().expect("temp dir");
        for (name, before) in [("new", None), ("empty", Some("")), ("dead", Some("2147483647\n"))] {
            let path = directory.path().join(name);
            if let Some(text) = before {
                fs::write(&path, text).expect("write");
            }
            let claim = ours(&path);
            assert!(matches!(claim.hold, Hold::Locked(_)), "{name}");
            assert_eq!(pid_in(&path), Some(Pid::current()), "{name}");
        }
        assert_eq!(fs::read_dir(directory.path()).expect("list").count(), 3, "nothing left behind");
    }

    /// As any user can who may read it.
    #[test]
    fn a_file_that_a_stranger_has_locked_is_replaced() {
        let directory = TempDir::new().expect("temp dir");
        let path = directory.path().join("x.pid");
        fs::write(&path, "2147483647\n").expect("write");
        let stranger = File::open(&path).expect("it can be read");
        flock(&stranger, FlockOperation::NonBlockingLockShared).expect("nobody has it");
        assert!(matches!(claim(&path, Pid::current()), Claimed::Held { by: None }));
        let seized = seize(&path, Pid::current());
        assert!(matches!(seized.hold, Hold::Locked(_)));
        assert!(matches!(claim(&path, Pid::current()), Claimed::Held { by: Some(_) }));
        assert!(seized.withdraw().expect("ours"));
        assert!(!path.exists());
    }

    #[test]
    fn who_looks_like_a_daemon() {
        assert!(looks_like_a_daemon(Pid::current()), "the same program");
        let mut child = std::process::Command::new("/bin/cat");
        let mut child = child.stdin(std::process::Stdio::piped()).spawn().expect("cat is there");
        let other = pid(i32::try_from(child.id()).expect("a pid"));
        assert!(!looks_like_a_daemon(other), "a cat");
        drop(child.stdin.take());
        child.wait().expect("our own child");
    }
}

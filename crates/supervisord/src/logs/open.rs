//! Opening what a log path names: usually a file, sometimes a pipe, a terminal, or a descriptor of the daemon.
//!
//! Containers write logs to `/dev/stdout`. Such a path is not opened: the descriptor is duplicated. An open may be
//! refused, because the terminal or pipe belongs to another user (`EACCES`) or is a socket (`ENXIO`); and if it is a
//! file, a second opening has a position of its own, and the two overwrite each other (which is what happens in the
//! reference).

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags};

/// Symbolic links that are followed to learn whether a path names a descriptor of the daemon; as many as Linux
/// follows in one path.
const MAX_LINKS: usize = 40;

/// Who may use a log file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Mode 0666 less the umask: a log file that the configuration names.
    Common,
    /// Mode 0600, never through a symbolic link: a log file of the daemon's making, perhaps in a public directory.
    Private,
}

/// What becomes of bytes that are there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begin {
    /// They stay; the file is made if it is missing.
    AtEnd,
    /// They go.
    Empty,
    /// There must not be any: the file must not exist.
    New,
}

/// Tells files apart, whatever they are called at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    #[expect(clippy::useless_conversion, reason = "the types of these numbers differ between systems")]
    fn of(stat: &rustix::fs::Stat) -> Self {
        Self { device: u64::try_from(stat.st_dev).unwrap_or(0), inode: u64::from(stat.st_ino) }
    }

    /// The file that the path names now.
    ///
    /// # Errors
    /// `NotFound` if there is none, and whatever else `stat(2)` gives.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        Ok(Self::of(&rustix::fs::stat(path)?))
    }
}

/// An open log.
#[derive(Debug)]
pub(super) struct Opened {
    /// Every write goes to its end.
    pub(super) file: File,
    /// Which file it is.
    pub(super) id: FileId,
    /// It is an ordinary file under a name of its own: it has a size, and may be renamed and removed.
    pub(super) ordinary: bool,
}

/// Opens a log for writing.
///
/// # Errors
/// Those of `open(2)`. A named pipe that nobody reads is `ENXIO`; waiting for a reader would hold up every log.
pub(super) fn open(path: &Path, access: Access, begin: Begin) -> io::Result<Opened> {
    let number = own_descriptor(path);
    let own = number.and_then(|number| duplicate(number).ok());
    let fd = match own {
        Some(fd) => fd,
        None => open_path(path, access, begin)?,
    };
    let stat = rustix::fs::fstat(&fd)?;
    let ordinary = number.is_none() && FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    Ok(Opened { file: fd.into(), id: FileId::of(&stat), ordinary })
}

/// Opens by name.
fn open_path(path: &Path, access: Access, begin: Begin) -> io::Result<OwnedFd> {
    let (mode, follow) = match access {
        Access::Common => (Mode::from_raw_mode(0o666), OFlags::empty()),
        Access::Private => (Mode::from_raw_mode(0o600), OFlags::NOFOLLOW),
    };
    let begin = match begin {
        Begin::AtEnd => OFlags::empty(),
        Begin::Empty => OFlags::TRUNC,
        Begin::New => OFlags::EXCL,
    };
    let how = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOCTTY;
    // Only the opening must not block; the writing may.
    let flags = how | OFlags::NONBLOCK | follow | begin;
    let fd = rustix::io::retry_on_intr(|| rustix::fs::open(path, flags, mode))?;
    rustix::fs::fcntl_setfl(&fd, OFlags::APPEND)?;
    Ok(fd)
}

/// The number of the descriptor that the path names in the end (`/dev/stdout` is 1), if it does.
pub(super) fn own_descriptor(path: &Path) -> Option<i32> {
    let mut path = path.to_path_buf();
    for _ in 0..MAX_LINKS {
        match path.to_str()? {
            "/dev/stdin" => return Some(0),
            "/dev/stdout" => return Some(1),
            "/dev/stderr" => return Some(2),
            text => {
                let number = text.strip_prefix("/dev/fd/").or_else(|| text.strip_prefix("/proc/self/fd/"));
                if let Some(number) = number.and_then(|number| number.parse().ok()) {
                    return Some(number);
                }
            }
        }
        let target = path.read_link().ok()?;
        path = path.parent().map_or_else(PathBuf::new, Path::to_path_buf).join(target);
    }
    None
}

/// A copy of a descriptor of this process, by its number.
fn duplicate(number: i32) -> io::Result<OwnedFd> {
    match number {
        0 => io::stdin().as_fd().try_clone_to_owned(),
        1 => io::stdout().as_fd().try_clone_to_owned(),
        2 => io::stderr().as_fd().try_clone_to_owned(),
        other => duplicate_inherited(other),
    }
}

/// A copy of a descriptor that the daemon was started with. The kernel is asked for it by number, as one asks for a
/// descriptor of another process, because no part of this program can vouch that the number is open.
#[cfg(target_os = "linux")]
fn duplicate_inherited(number: i32) -> io::Result<OwnedFd> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    let this = pidfd_open(getpid(), PidfdFlags::empty())?;
    Ok(pidfd_getfd(this, number, PidfdGetfdFlags::empty())?)
}

/// Other systems duplicate when `/dev/fd/N` is opened.
#[cfg(not(target_os = "linux"))]
fn duplicate_inherited(_: i32) -> io::Result<OwnedFd> {
    Err(rustix::io::Errno::NOSYS.into())
}

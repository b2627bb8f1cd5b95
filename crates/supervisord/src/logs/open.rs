//! Opening what a log path names: usually a file, sometimes a pipe, a terminal, or a descriptor of the daemon.
//!
//! Containers write logs to `/dev/stdout`. Such a path is not opened: the descriptor is duplicated. An open may be
//! refused, because the terminal or pipe belongs to another user (`EACCES`) or is a socket (`ENXIO`); and if it is a
//! file, a second opening has a position of its own, and the two overwrite each other (which is what happens in the
//! reference).
//!
//! Of symbolic links only those are followed that nobody else can have made ([`links`]): whoever may write to a
//! directory must not choose what the daemon appends to.

use std::fs::{DirBuilder, File};
use std::io::{self, IsTerminal as _};
use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use provost_sys::links;
use rustix::fs::{FileType, Gid, Mode, OFlags, RawMode, Uid};
use rustix::termios::tcgetsid;

use super::stream::Manner;
use crate::ports::Making;

/// Symbolic links that are followed to learn whether a path names a descriptor of the daemon; as many as Linux
/// follows in one path.
const MAX_LINKS: usize = 40;

/// Permissions of directories that are made for log files, less the umask.
const DIRECTORY_MODE: u32 = 0o755;

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
    /// What may be done with it.
    pub(super) nature: Nature,
}

/// What kind of thing a log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// A file under a name of its own: it has a size, and may be renamed and removed.
    Ordinary,
    /// A device, or a file that is not ours alone: neither, but it takes everything at once.
    Fixed,
    /// A pipe, a terminal or a socket: it may keep a writer waiting.
    Stream(Manner),
}

/// Opens a log for writing. What is not there is made as `making` says.
///
/// # Errors
/// Those of `open(2)`, and of making the file and its directories. A named pipe that nobody reads is `ENXIO`;
/// waiting for a reader would hold up every log.
pub(super) fn open(path: &Path, (access, making): (Access, Making), begin: Begin) -> io::Result<Opened> {
    let number = own_descriptor(path);
    let own = number.and_then(|number| duplicate(number).ok());
    let shared = own.is_some();
    let fd = match own {
        Some(fd) => fd,
        None => open_path(path, (access, making), begin)?,
    };
    let stat = rustix::fs::fstat(&fd)?;
    let id = FileId::of(&stat);
    if may_keep_waiting(&fd, &stat) {
        let (fd, manner) = if shared { unshare(fd) } else { (fd, Manner::NonBlocking) };
        return Ok(Opened { file: fd.into(), id, nature: Nature::Stream(manner) });
    }
    if !shared {
        // Only the opening must not block.
        rustix::fs::fcntl_setfl(&fd, OFlags::APPEND)?;
    }
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    let nature = if is_file && number.is_none() { Nature::Ordinary } else { Nature::Fixed };
    Ok(Opened { file: fd.into(), id, nature })
}

fn may_keep_waiting(fd: &OwnedFd, stat: &rustix::fs::Stat) -> bool {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Fifo | FileType::Socket => true,
        FileType::CharacterDevice => fd.is_terminal(),
        _ => false,
    }
}

/// The daemon's standard output, and how to write to it.
///
/// # Errors
/// Descriptors have run out, or it is closed.
pub(super) fn open_stdout() -> io::Result<(OwnedFd, Manner)> {
    let fd = io::stdout().as_fd().try_clone_to_owned()?;
    let stat = rustix::fs::fstat(&fd)?;
    Ok(if may_keep_waiting(&fd, &stat) { unshare(fd) } else { (fd, Manner::Asking) })
}

/// A way to the same pipe or terminal whose mode is nobody else's, where the system gives one: not to a socket, nor
/// to what belongs to another user. That user's terminal is open to us all the same if it is the one that controls this
/// process, as after `su`. (To any other terminal, only asking is left, which is too little: it may have room for less
/// than a piece, and then the rest is waited for.)
fn unshare(shared: OwnedFd) -> (OwnedFd, Manner) {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let open = |path: &str| rustix::fs::open(path, flags, Mode::empty());
    let own = open(&format!("/proc/self/fd/{}", shared.as_raw_fd())).or_else(|refused| {
        // Only of the controlling terminal is there a session to be told.
        tcgetsid(&shared).map_err(|_| refused)?;
        open("/dev/tty")
    });
    match own {
        Ok(own) => (own, Manner::NonBlocking),
        Err(_) => (shared, Manner::Asking),
    }
}

/// Opens by name, after making directories if that is wanted and needed.
fn open_path(path: &Path, (access, making): (Access, Making), begin: Begin) -> io::Result<OwnedFd> {
    match (open_or_make(path, (access, making), begin), path.parent()) {
        (Err(error), Some(parent)) if making.directories && error.kind() == io::ErrorKind::NotFound => {
            DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(parent)?;
            open_or_make(path, (access, making), begin)
        }
        (opened, _) => opened,
    }
}

/// Opens by name. A file with rights of its own is made in a separate step: only who made a file may change them.
fn open_or_make(path: &Path, (access, making): (Access, Making), begin: Begin) -> io::Result<OwnedFd> {
    let usual = match access {
        Access::Common => 0o666,
        Access::Private => 0o600,
    };
    let has_rights = making.mode.is_some() || making.owner.is_some();
    if !has_rights {
        return open_with(path, access, begin, usual);
    }
    // Nobody else gets at it before its owner and mode are what they should be.
    let first_mode = if making.mode.is_some() { 0o600 } else { usual };
    match open_with(path, access, Begin::New, first_mode) {
        Ok(fd) => match give_rights(&fd, making) {
            Ok(()) => Ok(fd),
            Err(error) => {
                // Left behind, it would be taken for somebody's file at the next try. If it cannot be removed either,
                // the first error is the one to tell.
                let _ = std::fs::remove_file(path);
                Err(error)
            }
        },
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && begin != Begin::New => {
            open_with(path, access, begin, usual)
        }
        Err(error) => Err(error),
    }
}

/// Owner first: a change of owner may take bits of the mode away.
fn give_rights(fd: &OwnedFd, making: Making) -> io::Result<()> {
    if let Some((uid, gid)) = making.owner {
        let owner = (Some(Uid::from_raw(uid)), gid.map(Gid::from_raw));
        rustix::fs::fchown(fd, owner.0, owner.1)?;
    }
    if let Some(mode) = making.mode {
        rustix::fs::fchmod(fd, Mode::from_raw_mode(mode as RawMode))?;
    }
    Ok(())
}

fn open_with(path: &Path, access: Access, begin: Begin, mode: u32) -> io::Result<OwnedFd> {
    let follow = match access {
        Access::Common => OFlags::empty(),
        Access::Private => OFlags::NOFOLLOW,
    };
    let begin = match begin {
        Begin::AtEnd => OFlags::empty(),
        Begin::Empty => OFlags::TRUNC,
        Begin::New => OFlags::EXCL,
    };
    let how = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::CLOEXEC | OFlags::NOCTTY;
    let flags = how | OFlags::NONBLOCK | follow | begin;
    let mode = Mode::from_raw_mode(mode as RawMode);
    links::open_trusted(path, flags, mode)
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
        let target = links::read_trusted_link(&path).ok()?;
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

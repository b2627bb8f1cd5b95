//! A log file that rolls over when it has grown enough.
//!
//! A file that reaches its limit rolls over at the end of the line that did it ([`border`](super::border)); one that
//! was too large all along does after the next line. To roll over is: `f.1` becomes `f.2` and so on up to the number of
//! backups, `f` becomes `f.1`, and a new `f` begins; without backups `f` is emptied. What is missing is passed over,
//! because scripts tidy up; higher numbers than the configured ones are never touched. (The reference removes a target
//! before it moves the source, so that with one backup and a missing `f` it throws `f.1` away; here a backup is only
//! ever replaced.)
//!
//! Two channels may name the same file (the reference then loses what one of them wrote to a file that the other had
//! renamed). So a file rolls over only if the path still names it; if not, the path is opened anew.
//!
//! What has no size (a pipe, a terminal, `/dev/stdout`) does not roll over, whatever the limit says; what its reader
//! has no room for waits in a [`Backlog`].

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::fs::SeekFrom;
use rustix::io::retry_on_intr;

use super::border::{Border, Cut, MIN_FILE_BYTES};
use super::disposal;
use super::health::Trouble;
use super::open::{Access, Begin, FileId, Nature, Opened, open, own_descriptor};
use super::stream::{Backlog, Manner};
use crate::ports::Making;

/// How long a failed roll-over is left alone before the next try. Every try may shift the backups by one.
const ROLL_RETRY: Duration = Duration::from_secs(10);

/// When a file rolls over, and what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Size in bytes at which it rolls over; 0 never.
    pub(super) maxbytes: u64,
    /// Backups that are kept; 0 empties the file.
    pub(super) backups: u32,
}

impl Limits {
    /// Limits as the configuration has them; a `maxbytes` of 0 or less never rolls over.
    pub(super) fn new(maxbytes: i64, backups: u32) -> Self {
        Self { maxbytes: u64::try_from(maxbytes).unwrap_or(0), backups }
    }
}

/// What came of removing a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    /// It is gone.
    Removed,
    /// It was gone.
    Missing,
    /// It is no file of its own (a pipe, a device, `/dev/stdout`), and stays.
    Spared,
}

/// A log file, open or not.
#[derive(Debug)]
pub(super) struct RollingFile {
    /// Shared with everybody else who knows it.
    path: Arc<str>,
    access: Access,
    making: Making,
    limits: Limits,
    border: Border,
    state: State,
    /// What waits for a reader.
    backlog: Backlog,
    /// When a roll-over that failed is tried again.
    roll_again: Option<Instant>,
}

#[derive(Debug)]
enum State {
    Closed,
    Open(Opened),
    /// The path should be opened anew and could not be; until it can, writes go where they went.
    Displaced(Opened),
}

impl State {
    /// What is open, if it may keep a writer waiting, and how to write to it.
    fn stream(&self) -> Option<(BorrowedFd<'_>, Manner)> {
        match self {
            Self::Open(Opened { file, nature: Nature::Stream(manner), .. })
            | Self::Displaced(Opened { file, nature: Nature::Stream(manner), .. }) => {
                Some((file.as_fd(), *manner))
            }
            _ => None,
        }
    }
}

impl RollingFile {
    /// A file that is not open yet.
    pub(super) fn new(path: impl Into<Arc<str>>, access: Access, limits: Limits) -> Self {
        let (path, making, backlog) = (path.into(), Making::default(), Backlog::default());
        let (border, state) = (Border::Lines, State::Closed);
        Self { path, access, making, limits, border, state, backlog, roll_again: None }
    }

    /// The same, with writes that are never divided, line ends in them or not.
    pub(super) fn in_records(self) -> Self {
        Self { border: Border::Records, ..self }
    }

    /// The same, made in that way wherever there is no file.
    pub(super) fn made_so(self, making: Making) -> Self {
        Self { making, ..self }
    }

    /// Its path.
    pub(super) fn path(&self) -> &Path {
        Path::new(&*self.path)
    }

    /// Whether a file is open.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.state, State::Closed)
    }

    /// Makes the file, which must not exist.
    ///
    /// # Errors
    /// `AlreadyExists` if it does, and those of `open(2)`.
    pub(super) fn create(&self) -> io::Result<()> {
        open(self.path(), (self.access, self.making), Begin::New).map(drop)
    }

    /// Has the file open that the path names: a file that was renamed or removed meanwhile is left.
    ///
    /// # Errors
    /// Those of `open(2)`; what was open stays open.
    pub(super) fn open(&mut self) -> io::Result<()> {
        match &self.state {
            State::Open(opened) if self.names(opened) => Ok(()),
            _ => self.reopen(),
        }
    }

    /// Opens the path again, whatever is open now.
    ///
    /// # Errors
    /// Those of `open(2)`; writes go on to the file that was open, if one was, and try again.
    pub(super) fn reopen(&mut self) -> io::Result<()> {
        self.begin(Begin::AtEnd)
    }

    /// Closes the file; what waits for a reader is lost.
    pub(super) fn close(&mut self) {
        self.state = State::Closed;
        self.backlog = Backlog::default();
        self.roll_again = None;
    }

    /// Removes the file, not its backups.
    ///
    /// # Errors
    /// Those of `stat(2)` and `unlink(2)`.
    pub(super) fn remove(&self) -> io::Result<Removal> {
        let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        match fs::metadata(self.path()) {
            Ok(found) if !found.is_file() || own_descriptor(self.path()).is_some() => {
                return Ok(Removal::Spared);
            }
            Ok(_) => {}
            Err(error) if missing(&error) => return Ok(Removal::Missing),
            Err(error) => return Err(error),
        }
        match disposal::remove(self.path()) {
            Ok(()) => Ok(Removal::Removed),
            Err(error) if missing(&error) => Ok(Removal::Missing),
            Err(error) => Err(error),
        }
    }

    /// Puts an empty file in the place of the file, which stays open if it was. Where there is no file, none is made
    /// unless one was open.
    ///
    /// # Errors
    /// Those of [`remove`](Self::remove) and [`reopen`](Self::reopen).
    pub(super) fn clear(&mut self) -> io::Result<()> {
        match (self.remove()?, self.is_open()) {
            (Removal::Spared, _) | (Removal::Missing, false) => Ok(()),
            (Removal::Removed | Removal::Missing, true) => self.reopen(),
            (Removal::Removed, false) => {
                self.reopen()?;
                self.close();
                Ok(())
            }
        }
    }

    /// Appends the bytes and rolls over wherever the file has grown enough. A file that is not open is opened.
    ///
    /// # Errors
    /// [`Trouble`] tells what was lost; the next write tries everything again.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        if !matches!(self.state, State::Open(_)) {
            let reopened = self.reopen();
            if let (Err(error), State::Closed) = (reopened, &self.state) {
                return Err(Trouble::Lost { bytes: bytes.len(), error });
            }
        }
        if let Some((fd, manner)) = self.state.stream() {
            return self.backlog.write(fd, manner, bytes);
        }
        self.append(bytes)
    }

    /// Appends to what takes everything at once, and rolls over where it is time.
    fn append(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let (mut rest, mut least, mut rolled) = (bytes, 0, Ok(()));
        loop {
            let cut = self.cut(rest, least);
            let (State::Open(opened) | State::Displaced(opened)) = &self.state else {
                unreachable!(
                    "invariant: only what is open is written to, and to roll over leaves something open"
                );
            };
            let written = write_all(&opened.file, &rest[..cut.length]);
            let rolls = match &written {
                Ok(()) => cut.rolls,
                // To give up the oldest backup may be what a full disk needs. What is left has another try then.
                Err(_) => self.is_full(),
            };
            let left = written.as_ref().map_or_else(|unwritten| unwritten.bytes, |()| 0);
            rest = &rest[cut.length - left..];
            if rolls {
                rolled = self.roll();
            }
            match written {
                Err(unwritten) if !rolls || rolled.is_err() => {
                    return Err(Trouble::Lost { bytes: rest.len(), error: unwritten.error });
                }
                _ if rest.is_empty() => return rolled.map_err(Trouble::NotRolled),
                _ => least = MIN_FILE_BYTES,
            }
        }
    }

    /// Where room is needed for what waits; `None` if nothing does.
    pub(super) fn needs_room(&self) -> Option<BorrowedFd<'_>> {
        self.state.stream().filter(|_| !self.backlog.is_empty()).map(|(fd, _)| fd)
    }

    /// There may be room, or what is open now needs none: writes what waits.
    ///
    /// # Errors
    /// Nothing is taken any more; what waited is lost.
    pub(super) fn flush(&mut self) -> Result<(), Trouble> {
        match (self.state.stream(), &self.state) {
            (Some((fd, manner)), _) => self.backlog.flush(fd, manner),
            (None, State::Open(opened) | State::Displaced(opened)) => {
                let written = write_all(&opened.file, &self.backlog.take());
                written.map_err(|Unwritten { bytes, error }| Trouble::Lost { bytes, error })
            }
            (None, State::Closed) => Ok(()),
        }
    }

    /// Writes what waits, until that time at the latest.
    ///
    /// # Errors
    /// What has not been taken by then is lost.
    pub(super) fn finish(&mut self, until: Instant) -> Result<(), Trouble> {
        match self.state.stream() {
            Some((fd, manner)) => self.backlog.finish(fd, manner, until),
            None => self.flush(),
        }
    }

    /// Whether the path names this file.
    fn names(&self, opened: &Opened) -> bool {
        opened.nature != Nature::Ordinary || FileId::at(self.path()).is_ok_and(|id| id == opened.id)
    }

    /// Replaces what is open; on failure what is open is displaced.
    fn begin(&mut self, begin: Begin) -> io::Result<()> {
        match open(self.path(), (self.access, self.making), begin) {
            Ok(opened) => {
                match std::mem::replace(&mut self.state, State::Open(opened)) {
                    State::Open(left) | State::Displaced(left) => disposal::close(left.file),
                    State::Closed => {}
                }
                self.roll_again = None;
                Ok(())
            }
            Err(error) => {
                self.state = match std::mem::replace(&mut self.state, State::Closed) {
                    State::Open(opened) | State::Displaced(opened) => State::Displaced(opened),
                    State::Closed => State::Closed,
                };
                Err(error)
            }
        }
    }

    /// How much of the text the file takes before it rolls over; a limit below `least` counts as that.
    fn cut(&self, text: &[u8], least: u64) -> Cut {
        match self.size() {
            Some(size) => self.border.cut(text, size, self.limits.maxbytes.max(least)),
            None => Cut::none(text),
        }
    }

    /// Whether the file has reached its limit, wherever its last line ends.
    fn is_full(&self) -> bool {
        self.size().is_some_and(|size| size >= self.limits.maxbytes)
    }

    /// Its size, if it may roll over now. One `lseek(2)`: the true size, because others may write to the file, and may
    /// truncate it.
    fn size(&self) -> Option<u64> {
        let State::Open(opened) = &self.state else { return None };
        let may_roll = self.limits.maxbytes > 0
            && opened.nature == Nature::Ordinary
            && self.roll_again.is_none_or(|again| Instant::now() >= again);
        if may_roll { rustix::fs::seek(&opened.file, SeekFrom::End(0)).ok() } else { None }
    }

    /// Rolls over. A step that fails ends it, so that no backup is overwritten by one that could not be moved.
    fn roll(&mut self) -> io::Result<()> {
        self.roll_again = Some(Instant::now() + ROLL_RETRY);
        let State::Open(opened) = &self.state else { return Ok(()) };
        if matches!(FileId::at(self.path()), Ok(id) if id != opened.id) {
            return self.begin(Begin::AtEnd);
        }
        let last = self.limits.backups;
        for number in (0..last).rev() {
            let (from, to) = (self.backup(number), self.backup(number + 1));
            if number + 1 == last && from.symlink_metadata().is_ok() {
                // What is not removed here is replaced, or an obstacle to be reported.
                let _ = disposal::remove(&to);
            }
            rename(&from, &to)?;
        }
        self.begin(Begin::Empty)
    }

    /// The path of a backup: `f.1` is the newest, and number 0 the file itself.
    fn backup(&self, number: u32) -> PathBuf {
        match number {
            0 => self.path().to_owned(),
            _ => format!("{}.{number}", self.path).into(),
        }
    }
}

/// Renames a file, replacing the target, unless it is missing.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// What a file did not take.
struct Unwritten {
    bytes: usize,
    error: io::Error,
}

/// Writes all bytes, or tells how many are missing.
fn write_all(file: &File, bytes: &[u8]) -> Result<(), Unwritten> {
    let mut rest = bytes;
    while !rest.is_empty() {
        match retry_on_intr(|| rustix::io::write(file, rest)) {
            Ok(0) => return Err(Unwritten { bytes: rest.len(), error: io::ErrorKind::WriteZero.into() }),
            Ok(count) => rest = &rest[count..],
            Err(errno) => return Err(Unwritten { bytes: rest.len(), error: errno.into() }),
        }
    }
    Ok(())
}

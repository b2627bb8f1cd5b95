//! The activity log: what the daemon says about itself.
//!
//! It works before the plane's thread runs and after it has ended: boot opens it, writes its first lines, moves it
//! into the plane, and gets it back for the last ones.
//!
//! Lines go to a file or to the system log, and in the foreground also to standard output. The daemon never depends
//! on who reads that: a reader that does not keep up for a second misses lines, is told how many, and does not get
//! another second before it has taken some.

use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::time::SystemTime;

use provost_config::model::{Level, MainLog};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, retry_on_intr};

use super::health::{Health, Report};
use super::open::Access;
use super::rolling::{Limits, RollingFile};
use super::stamp::Stamp;
use super::syslog::Syslog;
use crate::ports::LogWatch;

/// Seconds that a reader of standard output may take to make room.
const PATIENCE_SECS: i64 = 1;

/// A pipe that has room takes this many bytes without blocking (`PIPE_BUF` of Linux).
const ROOM: usize = 4096;

/// What the activity log should be.
#[derive(Clone, Debug)]
pub(crate) struct ActivitySettings {
    /// Where it goes.
    pub(crate) target: MainLog,
    /// Size in bytes at which it rolls over; 0 or less never.
    pub(crate) maxbytes: i64,
    /// Backups that are kept; 0 empties the file.
    pub(crate) backups: u32,
    /// Lines below are left out.
    pub(crate) level: Level,
    /// Copy every line to standard output (in the foreground, unless silent).
    pub(crate) copy_to_stdout: bool,
}

/// The activity log.
#[derive(Debug)]
pub(crate) struct ActivityLog {
    level: Level,
    place: Place,
    copy: Option<LineCopy>,
    health: Health,
    stamp: Stamp,
    /// The line being written; kept to be used again.
    line: Vec<u8>,
    watch: Option<Arc<LogWatch>>,
}

#[derive(Debug)]
enum Place {
    File(RollingFile),
    Syslog(Syslog),
}

impl ActivityLog {
    /// Opens the log.
    ///
    /// # Errors
    /// Those of `open(2)` for the file; the system log is always there.
    pub(crate) fn open(settings: &ActivitySettings) -> io::Result<Self> {
        let place = match &settings.target {
            MainLog::File(path) => {
                let limits = Limits::new(settings.maxbytes, settings.backups);
                let mut file = RollingFile::new(path, Access::Common, limits);
                file.open()?;
                Place::File(file)
            }
            MainLog::Syslog => Place::Syslog(Syslog::system()),
        };
        let copy = if settings.copy_to_stdout {
            Some(LineCopy::new(io::stdout().as_fd().try_clone_to_owned()?))
        } else {
            None
        };
        Ok(Self::new(settings.level, place, copy, Stamp::new(Stamp::ACTIVITY)))
    }

    fn new(level: Level, place: Place, copy: Option<LineCopy>, stamp: Stamp) -> Self {
        Self { level, place, copy, health: Health::default(), stamp, line: Vec::new(), watch: None }
    }

    /// From now on, followers of the log are woken by what is written.
    pub(super) fn watched_by(&mut self, watch: Arc<LogWatch>) {
        self.watch = Some(watch);
    }

    /// Whether lines of that level are written: ask before composing a costly one.
    pub(crate) fn writes(&self, level: Level) -> bool {
        level >= self.level
    }

    /// Writes a line, unless its level is left out. What is wrong with the log is told on standard error, because
    /// there is no better place.
    pub(crate) fn write(&mut self, at: SystemTime, level: Level, text: &str) {
        if !self.writes(level) {
            return;
        }
        match self.put(at, level, text) {
            None => {}
            Some(Report::Bad(trouble)) => complain(&format!("the activity log {trouble}")),
            Some(Report::Good(news)) => drop(self.put(at, Level::Warn, &format!("the activity log {news}"))),
        }
        self.touch();
    }

    /// Opens the file under its path again; the system log and standard output stay as they are.
    ///
    /// # Errors
    /// Those of `open(2)`; lines go on to the file that was open, and each tries again.
    pub(crate) fn reopen(&mut self) -> io::Result<()> {
        let outcome = match &mut self.place {
            Place::File(file) => file.reopen(),
            Place::Syslog(_) => Ok(()),
        };
        self.touch();
        outcome
    }

    /// Removes the file and begins a new one. The line that tells of it is the last of the old file; as in the
    /// reference there is one for every place that lines go to.
    ///
    /// # Errors
    /// Those of `unlink(2)` and `open(2)`.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        let Place::File(file) = &self.place else { return Ok(()) };
        file.remove()?;
        for _ in 0..1 + usize::from(self.copy.is_some()) {
            self.write(SystemTime::now(), Level::Info, "reopening log file");
        }
        self.reopen()
    }

    fn touch(&self) {
        if let Some(watch) = &self.watch {
            watch.touch();
        }
    }

    /// Brings a line to all places.
    fn put(&mut self, at: SystemTime, level: Level, text: &str) -> Option<Report> {
        self.compose(at, level, text);
        if let Some(copy) = &mut self.copy
            && copy.write(&self.line)
            && let Some(skipped) = copy.take_skipped()
        {
            let line = format!("{skipped} lines are missing here: standard output did not take them in time");
            self.compose(at, Level::Warn, &line);
            copy_again(self.copy.as_mut(), &self.line);
            self.compose(at, level, text);
        }
        self.health.note(match &mut self.place {
            Place::File(file) => file.write(&self.line),
            // The record has a time and a level of its own; the reference sends these all the same.
            Place::Syslog(syslog) => {
                let head = self.line.len() - text.len() - 1;
                syslog.send(at, &self.line[..head], text.as_bytes())
            }
        })
    }

    /// `YYYY-MM-DD HH:MM:SS,mmm LEVL text`, and a line end.
    fn compose(&mut self, at: SystemTime, level: Level, text: &str) {
        let (time, milliseconds) = self.stamp.text(at);
        self.line.clear();
        writeln!(self.line, "{time},{milliseconds:03} {} {text}", level.code())
            .expect("invariant: writing to a Vec cannot fail");
    }
}

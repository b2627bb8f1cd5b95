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

/// Length of the time at the head of a line.
const TIME_BYTES: usize = "2026-01-31 23:59:59,999".len();

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
        if let Some(copy) = &mut self.copy {
            copy.write(&self.line);
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

/// The copy of every line on standard output.
#[derive(Debug)]
struct LineCopy {
    fd: OwnedFd,
    /// Lines that it did not get since it last took one.
    skipped: u64,
}

impl LineCopy {
    fn new(fd: OwnedFd) -> Self {
        Self { fd, skipped: 0 }
    }

    /// Writes a line if it is taken in time, and tells of those that were not.
    fn write(&mut self, line: &[u8]) {
        if self.skipped > 0 && self.has_room() {
            let time = String::from_utf8_lossy(&line[..TIME_BYTES.min(line.len())]);
            let note =
                format!("{time} WARN {} lines are missing here: they were not taken in time\n", self.skipped);
            if self.push(note.as_bytes()) {
                self.skipped = 0;
            }
        }
        if !self.push(line) {
            self.skipped += 1;
        }
    }

    /// Whether all bytes were taken, or nobody is there who could miss them.
    fn push(&self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while !rest.is_empty() {
            if !self.has_room() {
                return false;
            }
            match retry_on_intr(|| rustix::io::write(&self.fd, &rest[..ROOM.min(rest.len())])) {
                Ok(count) => rest = &rest[count..],
                Err(Errno::AGAIN) => return false,
                // Closed: the log goes on without its copy.
                Err(_) => return true,
            }
        }
        true
    }

    /// Waits for room; only as long as nothing was waited for in vain.
    fn has_room(&self) -> bool {
        let patience = Timespec { tv_sec: if self.skipped == 0 { PATIENCE_SECS } else { 0 }, tv_nsec: 0 };
        retry_on_intr(|| poll(&mut [PollFd::new(&self.fd, PollFlags::OUT)], Some(&patience)))
            .is_ok_and(|ready| ready > 0)
    }
}

/// The last resort.
fn complain(text: &str) {
    // Standard error may be closed, and then there is nobody left to tell.
    let _ = writeln!(io::stderr(), "supervisord: {text}");
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_closed_standard_output_does_not_matter() {
        let (read, write) = io::pipe().expect("pipe");
        let mut copy = LineCopy::new(write.into());
        copy.write(b"one\n");
        drop(read);
        copy.write(b"two\n");
        assert_eq!(copy.skipped, 0);
    }

    #[test]
    fn a_reader_that_stalls_misses_lines_and_is_told() {
        let (mut read, write) = io::pipe().expect("pipe");
        let mut copy = LineCopy::new(write.into());
        let line = b"2026-01-31 23:59:59,999 INFO line\n";
        while copy.skipped < 3 {
            copy.write(line);
        }
        let mut taken = vec![0; 1 << 16];
        let count = read.read(&mut taken).expect("read");
        assert!(taken[..count].ends_with(line), "whole lines only");
        copy.write(line);
        drop(copy);
        let mut rest = String::new();
        read.read_to_string(&mut rest).expect("read");
        assert_eq!(
            rest,
            "2026-01-31 23:59:59,999 WARN 3 lines are missing here: they were not taken in time\n\
             2026-01-31 23:59:59,999 INFO line\n"
        );
    }

    #[test]
    fn the_copy_gets_every_line_and_clearing_tells_of_each_place() {
        let directory = tempfile::TempDir::new().expect("directory");
        let path = directory.path().join("main.log");
        let place = Place::File(RollingFile::new(&path, Access::Common, Limits { maxbytes: 0, backups: 0 }));
        let (mut read, write) = io::pipe().expect("pipe");
        let copy = Some(LineCopy::new(write.into()));
        let mut log = ActivityLog::new(Level::Info, place, copy, Stamp::new(Stamp::ACTIVITY));
        log.write(SystemTime::now(), Level::Info, "line");
        log.write(SystemTime::now(), Level::Debug, "left out");
        let text = std::fs::read_to_string(&path).expect("read");
        log.clear().expect("clear");
        assert_eq!(std::fs::read_to_string(&path).expect("read"), "");
        drop(log);
        let mut copied = String::new();
        read.read_to_string(&mut copied).expect("read");
        assert!(copied.starts_with(&text));
        let texts: Vec<_> = copied.lines().map(|line| &line[24..]).collect();
        assert_eq!(texts, ["INFO line", "INFO reopening log file", "INFO reopening log file"]);
    }

    #[test]
    fn records_of_the_system_log_carry_time_and_level() {
        let directory = tempfile::TempDir::new().expect("directory");
        let daemon = std::os::unix::net::UnixDatagram::bind(directory.path().join("log")).expect("bind");
        let place = Place::Syslog(Syslog::at(directory.path().join("log")));
        let mut log = ActivityLog::new(Level::Info, place, None, Stamp::new(Stamp::ACTIVITY));
        log.write(SystemTime::now(), Level::Warn, "one\ntwo");
        log.reopen().expect("nothing to do");
        log.clear().expect("nothing to do");
        for text in ["one", "two"] {
            let mut record = [0; 1024];
            let length = daemon.recv(&mut record).expect("a record");
            let record = String::from_utf8_lossy(&record[..length]).into_owned();
            let (_, message) = record.split_once(" supervisord: ").expect("program name");
            let (time, message) = message.split_at(TIME_BYTES);
            assert!(time.starts_with("20"), "{time}");
            assert_eq!(message, format!(" WARN {text}"));
        }
    }
}

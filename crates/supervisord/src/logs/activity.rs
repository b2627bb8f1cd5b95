//! The activity log: what the daemon says about itself.
//!
//! It works before the plane's thread runs and after it has ended: boot opens it, writes its first lines, moves it
//! into the plane, and gets it back for the last ones.
//!
//! Lines go to a file or to the system log, and in the foreground also to standard output. The daemon never depends
//! on who reads that: what a reader has no room for waits, and one that does not keep up misses lines, and is told how
//! many.

use std::io::{self, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use provost_config::model::{Level, MainLog};

use super::health::{Health, Report, Trouble};
use super::open::{Access, open_stdout};
use super::rolling::{Limits, RollingFile};
use super::stamp::Stamp;
use super::stream::{Backlog, Manner, push};
use super::syslog::Syslog;
use crate::ports::LogWatch;

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
    /// Whether every line goes to standard output, too.
    copies: bool,
    /// Standard output, once something was written to it.
    out: Option<LineCopy>,
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
                let mut file = RollingFile::new(path.as_str(), Access::Common, limits).in_records();
                file.open()?;
                Place::File(file)
            }
            MainLog::Syslog => Place::Syslog(Syslog::system()),
        };
        let out = settings.copy_to_stdout.then(open_stdout).transpose()?.map(LineCopy::new);
        Ok(Self::new(settings.level, place, out, Stamp::new(Stamp::ACTIVITY)))
    }

    /// A log that goes to standard output, too, if there is one.
    fn new(level: Level, place: Place, out: Option<LineCopy>, stamp: Stamp) -> Self {
        let copies = out.is_some();
        Self { level, place, copies, out, health: Health::default(), stamp, line: Vec::new(), watch: None }
    }

    /// Writes lines to standard output and nowhere else.
    pub(super) fn print(&mut self, lines: &[u8]) {
        if self.out.is_none() {
            // Not earlier: a daemon gets another standard output when it goes to the background. Without any
            // descriptor left there is nobody to tell, either.
            self.out = open_stdout().ok().map(LineCopy::new);
        }
        let Some(out) = &mut self.out else { return };
        let (time, milliseconds) = self.stamp.text(SystemTime::now());
        let time = format!("{time},{milliseconds:03}");
        for line in lines.split_inclusive(|byte| *byte == b'\n') {
            out.write(&time, line);
        }
    }

    /// Writes a line where standard output is told everything, and not to the log itself.
    pub(crate) fn print_line(&mut self, at: SystemTime, level: Level, text: &str) {
        if self.writes(level) {
            self.compose(at, level, text);
            self.copy_line();
        }
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
        for _ in 0..1 + usize::from(self.copies) {
            self.write(SystemTime::now(), Level::Info, "reopening log file");
        }
        self.reopen()
    }

    /// Where room is needed for lines that wait.
    pub(super) fn needs_room(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let file = match &self.place {
            Place::File(file) => file.needs_room(),
            Place::Syslog(_) => None,
        };
        file.into_iter().chain(self.out.as_ref().and_then(LineCopy::needs_room))
    }

    /// There may be room for lines that wait.
    pub(super) fn flush(&mut self) {
        self.settle_backlogs(RollingFile::flush, LineCopy::flush);
    }

    /// Writes lines that wait, until that time at the latest.
    pub(super) fn finish(&mut self, until: Instant) {
        self.settle_backlogs(|file| file.finish(until), |out| out.finish(until));
    }

    fn settle_backlogs(
        &mut self,
        file: impl FnOnce(&mut RollingFile) -> Result<(), Trouble>,
        out: impl FnOnce(&mut LineCopy),
    ) {
        if let Place::File(place) = &mut self.place
            && let Err(trouble) = file(place)
            && let Some(Report::Bad(text)) = self.health.note(Err(trouble))
        {
            complain(&format!("the activity log {text}"));
        }
        if let Some(copy) = &mut self.out {
            out(copy);
        }
    }

    fn touch(&self) {
        if let Some(watch) = &self.watch {
            watch.touch();
        }
    }

    /// Brings a line to all places.
    fn put(&mut self, at: SystemTime, level: Level, text: &str) -> Option<Report> {
        self.compose(at, level, text);
        self.copy_line();
        self.health.note(match &mut self.place {
            Place::File(file) => file.write(&self.line),
            // The record has a time and a level of its own; the reference sends these all the same.
            Place::Syslog(syslog) => {
                let head = self.line.len() - text.len() - 1;
                syslog.send(at, &self.line[..head], text.as_bytes())
            }
        })
    }

    /// Brings the composed line to standard output, if every line goes there.
    fn copy_line(&mut self) {
        if let Some(out) = self.out.as_mut().filter(|_| self.copies) {
            out.write(&String::from_utf8_lossy(&self.line[..TIME_BYTES.min(self.line.len())]), &self.line);
        }
    }

    /// `YYYY-MM-DD HH:MM:SS,mmm LEVL text`, and a line end.
    fn compose(&mut self, at: SystemTime, level: Level, text: &str) {
        let (time, milliseconds) = self.stamp.text(at);
        self.line.clear();
        writeln!(self.line, "{time},{milliseconds:03} {} {text}", level.code())
            .expect("invariant: writing to a Vec cannot fail");
    }
}

/// Lines on standard output.
#[derive(Debug)]
struct LineCopy {
    fd: OwnedFd,
    manner: Manner,
    backlog: Backlog,
    /// Lines that it did not get since its backlog was full.
    skipped: u64,
}

impl LineCopy {
    fn new((fd, manner): (OwnedFd, Manner)) -> Self {
        Self { fd, manner, backlog: Backlog::default(), skipped: 0 }
    }

    /// Writes a line, now or when there is room, and tells at that time of those that were too many. That nobody
    /// is there to read it does not matter: the log goes on without its copy.
    fn write(&mut self, time: &str, line: &[u8]) {
        if self.skipped > 0 {
            self.flush();
            if !self.backlog.is_empty() {
                self.skipped += 1;
                return;
            }
            let note =
                format!("{time} WARN {} lines are missing here: they were not taken in time\n", self.skipped);
            self.skipped = 0;
            let _ = self.backlog.write(self.fd.as_fd(), self.manner, note.as_bytes());
        }
        if self.backlog.has_space(line.len()) {
            let _ = self.backlog.write(self.fd.as_fd(), self.manner, line);
        } else {
            self.skipped += 1;
        }
    }

    fn flush(&mut self) {
        let _ = self.backlog.flush(self.fd.as_fd(), self.manner);
    }

    fn finish(&mut self, until: Instant) {
        let _ = self.backlog.finish(self.fd.as_fd(), self.manner, until);
    }

    fn needs_room(&self) -> Option<BorrowedFd<'_>> {
        (!self.backlog.is_empty()).then(|| self.fd.as_fd())
    }
}

/// The last resort. Standard error may be closed or full, and then there is nobody left to tell.
fn complain(text: &str) {
    let line = format!("supervisord: {text}\n");
    let _ = push(io::stderr().as_fd(), Manner::Asking, line.as_bytes());
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    const TIME: &str = "2026-01-31 23:59:59,999";

    #[test]
    fn a_closed_standard_output_does_not_matter() {
        let (read, write) = io::pipe().expect("pipe");
        let mut copy = LineCopy::new((write.into(), Manner::Asking));
        copy.write(TIME, b"one\n");
        drop(read);
        copy.write(TIME, b"two\n");
        assert_eq!(copy.skipped, 0);
    }

    #[test]
    fn a_reader_that_stalls_misses_lines_and_is_told() {
        let (mut read, write) = io::pipe().expect("pipe");
        let mut copy = LineCopy::new((write.into(), Manner::Asking));
        let line = b"2026-01-31 23:59:59,999 INFO line\n";
        let mut lines = 0;
        while copy.skipped < 3 {
            copy.write(TIME, line);
            lines += 1;
        }
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            read.read_to_string(&mut text).expect("read");
            text
        });
        let patience = Instant::now() + std::time::Duration::from_secs(30);
        copy.finish(patience);
        copy.write(TIME, line);
        copy.finish(patience);
        drop(copy);
        let text = reader.join().expect("reader");
        let (before, after) = text.split_at((lines - 3) * line.len());
        assert!(before.lines().all(|text| text.as_bytes() == &line[..line.len() - 1]), "whole lines only");
        assert_eq!(
            after,
            "2026-01-31 23:59:59,999 WARN 3 lines are missing here: they were not taken in time\n\
             2026-01-31 23:59:59,999 INFO line\n"
        );
    }

    #[test]
    fn the_copy_gets_every_line_and_clearing_tells_of_each_place() {
        let directory = tempfile::TempDir::new().expect("directory");
        let path = directory.path().join("main.log");
        let place = Place::File(RollingFile::new(
            path.to_str().expect("text"),
            Access::Common,
            Limits { maxbytes: 0, backups: 0 },
        ));
        let (mut read, write) = io::pipe().expect("pipe");
        let copy = Some(LineCopy::new((write.into(), Manner::Asking)));
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
    fn what_is_printed_is_in_no_log() {
        let directory = tempfile::TempDir::new().expect("directory");
        let path = directory.path().join("main.log");
        let place = Place::File(RollingFile::new(
            path.to_str().expect("text"),
            Access::Common,
            Limits { maxbytes: 0, backups: 0 },
        ));
        let (mut read, write) = io::pipe().expect("pipe");
        let mut log = ActivityLog::new(
            Level::Info,
            place,
            Some(LineCopy::new((write.into(), Manner::Asking))),
            Stamp::new(Stamp::ACTIVITY),
        );
        log.print(b"web stdout | one\nweb stdout | \xff\n");
        log.write(SystemTime::now(), Level::Info, "line");
        drop(log);
        let mut printed = Vec::new();
        read.read_to_end(&mut printed).expect("read");
        assert!(printed.starts_with(b"web stdout | one\nweb stdout | \xff\n20"), "{printed:?}");
        let text = std::fs::read_to_string(&path).expect("read");
        assert_eq!(&text[TIME_BYTES..], " INFO line\n");
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

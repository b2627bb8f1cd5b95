//! Where the log text of a channel goes.
//!
//! A channel has a list of sinks, and every sink gets every byte. A sink reports its troubles once in a while and
//! never passes them on: one that fails does not keep the others from theirs.

use std::fmt;
use std::io;
use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use provost_config::model::Level;
use provost_core::output::Channel;
use provost_sys::python_repr;

use super::activity::ActivityLog;
use super::health::{Health, Report, Trouble};
use super::open::Access;
use super::rolling::{Limits, RollingFile};
use super::syslog::Syslog;
use crate::ports::{ChannelSpec, SupervisorPort};

/// What all channels share.
pub(super) struct Desk {
    /// Where the plane says what it has to say.
    pub(super) activity: ActivityLog,
    /// The system log.
    pub(super) syslog: Syslog,
    /// Where output goes that concerns listeners.
    pub(super) supervisor: SupervisorPort,
}

impl Desk {
    /// Writes a line of the plane's own.
    pub(super) fn say(&mut self, level: Level, text: &str) {
        if self.activity.writes(level) {
            self.activity.write(SystemTime::now(), level, text);
        }
    }
}

/// Whose output a log has. Shown with `{}` it is `'name' stdout`, as messages have it.
#[derive(Debug)]
pub(super) struct Whose {
    /// Process name.
    pub(super) name: Arc<str>,
    /// Which of its outputs.
    pub(super) channel: Channel,
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", python_repr(&self.name), self.channel.name())
    }
}

/// One place where log text goes.
#[derive(Debug)]
pub(super) enum Sink {
    /// A file.
    File(FileSink),
    /// The system log: one record per line.
    Syslog(SyslogSink),
}

/// A file.
#[derive(Debug)]
pub(super) struct FileSink {
    file: RollingFile,
    creation: Creation,
    health: Health,
}

/// Who makes the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Creation {
    /// Whoever opens it first.
    ByOpening,
    /// The daemon, before it is opened for the first time, and it must be new.
    Pending,
    /// The daemon has made it.
    Done,
}

/// A program's part of the system log.
#[derive(Debug)]
pub(super) struct SyslogSink {
    /// What every record begins with: the process name and a blank.
    head: Vec<u8>,
    health: Health,
}

/// The sinks that the specification asks for.
pub(super) fn sinks(name: &Arc<str>, spec: &ChannelSpec) -> Vec<Sink> {
    let file = spec.path.as_ref().map(|path| {
        let (access, creation) = if spec.auto {
            (Access::Private, Creation::Pending)
        } else {
            (Access::Common, Creation::ByOpening)
        };
        let file = RollingFile::new(Arc::clone(path), access, Limits::new(spec.maxbytes, spec.backups));
        let file = file.made_so(spec.making);
        Sink::File(FileSink { file, creation, health: Health::default() })
    });
    let syslog = spec.syslog.then(|| {
        Sink::Syslog(SyslogSink { head: format!("{name} ").into_bytes(), health: Health::default() })
    });
    file.into_iter().chain(syslog).collect()
}

impl Sink {
    /// The process exists now: makes the file if the daemon has to.
    pub(super) fn register(&mut self) -> io::Result<()> {
        match self {
            Self::File(sink) => sink.create(),
            Self::Syslog(_) => Ok(()),
        }
    }

    /// Ready for a start.
    pub(super) fn prepare(&mut self) -> io::Result<()> {
        match self {
            Self::File(sink) => {
                sink.create()?;
                sink.file.open()
            }
            Self::Syslog(_) => Ok(()),
        }
    }

    /// Nothing more will come for now.
    pub(super) fn close(&mut self) {
        match self {
            Self::File(sink) => sink.file.close(),
            Self::Syslog(_) => {}
        }
    }

    /// Opens what is open again, under its present path.
    pub(super) fn reopen(&mut self) -> io::Result<()> {
        match self {
            Self::File(sink) if sink.file.is_open() => sink.file.reopen(),
            Self::File(_) | Self::Syslog(_) => Ok(()),
        }
    }

    /// Removes what is in the log, as far as it can be removed.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        match self {
            Self::File(sink) => sink.file.clear(),
            Self::Syslog(_) => Ok(()),
        }
    }

    /// Takes log text. `whose` names the channel in reports.
    pub(super) fn write(&mut self, whose: &Whose, text: &[u8], desk: &mut Desk) {
        let report = match self {
            Self::File(sink) => sink.health.note(sink.file.write(text)),
            Self::Syslog(sink) => sink.health.note(desk.syslog.send(SystemTime::now(), &sink.head, text)),
        };
        if let Some(report) = report {
            self.say(whose, report, desk);
        }
    }

    /// Bytes that did not get where they should, ever.
    pub(super) fn lost_ever(&self) -> u64 {
        match self {
            Self::File(sink) => sink.health.lost_ever(),
            Self::Syslog(sink) => sink.health.lost_ever(),
        }
    }

    /// Where room is needed for what waits; `None` if nothing does.
    pub(super) fn needs_room(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::File(sink) => sink.file.needs_room(),
            Self::Syslog(_) => None,
        }
    }

    /// There may be room for what waits.
    pub(super) fn flush(&mut self, whose: &Whose, desk: &mut Desk) {
        self.settle_backlog(whose, desk, RollingFile::flush);
    }

    /// Writes what waits, until that time at the latest.
    pub(super) fn finish(&mut self, whose: &Whose, until: Instant, desk: &mut Desk) {
        self.settle_backlog(whose, desk, |file| file.finish(until));
    }

    /// Only failures are noted: that a write works again shows at the next one.
    fn settle_backlog(
        &mut self,
        whose: &Whose,
        desk: &mut Desk,
        settle: impl FnOnce(&mut RollingFile) -> Result<(), Trouble>,
    ) {
        let Self::File(sink) = self else { return };
        if let Err(trouble) = settle(&mut sink.file)
            && let Some(report) = sink.health.note(Err(trouble))
        {
            self.say(whose, report, desk);
        }
    }

    /// What it is, for messages.
    pub(super) fn place(&self) -> String {
        match self {
            Self::File(sink) => sink.file.path().display().to_string(),
            Self::Syslog(_) => "syslog".to_owned(),
        }
    }

    #[cold]
    fn say(&self, whose: &Whose, report: Report, desk: &mut Desk) {
        let (level, text) = match report {
            Report::Bad(text) => (Level::Error, text),
            Report::Good(text) => (Level::Info, text),
        };
        desk.say(level, &format!("log of {whose} ({}) {text}", self.place()));
    }
}

impl FileSink {
    /// Makes the file if that is the daemon's to do and not done.
    fn create(&mut self) -> io::Result<()> {
        if self.creation == Creation::Pending {
            self.file.create()?;
            self.creation = Creation::Done;
        }
        Ok(())
    }
}

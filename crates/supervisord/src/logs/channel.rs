//! One output channel of one process: the pipes it comes from, and the sinks it goes to.
//!
//! Usually there is one pipe, the present child's. But a child may leave descendants behind that hold its pipe, and
//! what they write is the program's output still: such pipes are read until their end, up to [`MAX_SOURCES`] of
//! them. The sinks are opened for a start and close when the process is not in use and no pipe is left.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::SystemTime;

use provost_config::model::Level;
use provost_core::output::{Channel, Piece, Scanner, printable};
use provost_core::status::ProcessId;
use provost_sys::python_repr;

use super::poller::Poller;
use super::sink::{Desk, Sink, sinks};
use super::source::{Read, Source, SourceKey};
use crate::ports::{ChannelSpec, Hearing, LogWatch, Overheard};

/// Pipes of one channel that are held at most: the present child's, and those that survivors of earlier children
/// hold. A program that leaves survivors at every start would otherwise use up the daemon's descriptors.
pub(super) const MAX_SOURCES: usize = 16;

/// Bytes read at once: what the reference reads, and two default pipes full.
pub(super) const READ_BYTES: usize = 128 * 1024;

/// What reading needs besides the channel; one for all channels.
pub(super) struct Tools {
    /// Watches the pipes.
    pub(super) poller: Poller,
    /// Where every read goes; [`READ_BYTES`] long.
    pub(super) buffer: Box<[u8]>,
    /// What the sinks share.
    pub(super) desk: Desk,
}

/// One output channel of one process.
pub(super) struct ChannelLog {
    process: ProcessId,
    channel: Channel,
    strip_ansi: bool,
    capture_maxbytes: i64,
    /// In order of appearance: the last one is the present child's.
    sources: Vec<Source>,
    next_serial: u32,
    outlet: Outlet,
}

/// Where the pieces of a channel's output go.
struct Outlet {
    /// `'name' stdout`, as messages have it.
    whose: String,
    process: ProcessId,
    channel: Channel,
    sinks: Vec<Sink>,
    watch: Arc<LogWatch>,
    /// What listeners are told of all output.
    hearing: Option<Hearing>,
}

impl ChannelLog {
    /// A channel that is not in use.
    pub(super) fn new(
        (process, channel): (ProcessId, Channel),
        name: &Arc<str>,
        spec: &ChannelSpec,
        watch: Arc<LogWatch>,
    ) -> Self {
        let whose = format!("{} {}", python_repr(name), channel.name());
        let hearing = match (spec.protocol, spec.events) {
            (true, _) => Some(Hearing::Protocol),
            (false, true) => Some(Hearing::Log),
            (false, false) => None,
        };
        Self {
            process,
            channel,
            strip_ansi: spec.strip_ansi,
            capture_maxbytes: spec.capture_maxbytes,
            sources: Vec::new(),
            next_serial: 0,
            outlet: Outlet { whose, process, channel, sinks: sinks(name, spec), watch, hearing },
        }
    }

    /// Makes the files that the daemon has to make. What cannot be made now is tried again at every start.
    pub(super) fn register(&mut self, desk: &mut Desk) {
        for sink in &mut self.outlet.sinks {
            if let Err(error) = sink.register() {
                let (whose, place) = (&self.outlet.whose, sink.place());
                desk.say(
                    Level::Error,
                    &format!("log of {whose} ({place}) cannot be made: {error}; the next start tries again"),
                );
            }
        }
    }

    /// Opens the sinks for a start; a file that is open and has been renamed or removed is left for a new one.
    pub(super) fn prepare(&mut self) -> io::Result<()> {
        self.outlet.sinks.iter_mut().try_for_each(Sink::prepare)
    }

    /// Takes a new child's pipe.
    pub(super) fn attach(&mut self, launch: u32, pipe: OwnedFd, tools: &mut Tools) {
        if self.sources.len() >= MAX_SOURCES {
            self.drop_oldest(tools);
        }
        let serial = self.next_serial;
        self.next_serial = SourceKey::next_serial(serial);
        let scanner = Scanner::new(self.strip_ansi, self.capture_maxbytes);
        let token = self.key(serial).token();
        let watched = Source::new(pipe, serial, launch, scanner)
            .and_then(|source| tools.poller.add(source.fd(), token).map(|()| source));
        match watched {
            Ok(source) => self.sources.push(source),
            Err(error) => tools.desk.say(
                Level::Critical,
                &format!(
                    "output of {} cannot be watched: {error}; it is lost until the next start",
                    self.outlet.whose
                ),
            ),
        }
    }

    /// Reads once from the source that has something.
    pub(super) fn read(&mut self, serial: u32, tools: &mut Tools) {
        if let Some(index) = self.sources.iter().position(|source| source.serial == serial)
            && self.read_source(index, tools) == Read::End
        {
            self.close_source(index, tools);
        }
    }

    /// The child of that start is dead: everything it wrote is in its sinks when this returns.
    pub(super) fn drain(&mut self, launch: u32, tools: &mut Tools) {
        for index in (0..self.sources.len()).rev() {
            if self.sources[index].launch == launch {
                self.drain_source(index, tools);
            }
        }
    }

    /// The plane ends: takes what is in the pipes now.
    pub(super) fn drain_all(&mut self, tools: &mut Tools) {
        for index in (0..self.sources.len()).rev() {
            self.drain_source(index, tools);
        }
    }

    /// Whether no pipe is left.
    pub(super) fn is_silent(&self) -> bool {
        self.sources.is_empty()
    }

    /// Closes the sinks.
    pub(super) fn close(&mut self) {
        self.outlet.sinks.iter_mut().for_each(Sink::close);
    }

    /// Closes the pipes.
    pub(super) fn detach(&mut self, tools: &mut Tools) {
        while !self.sources.is_empty() {
            self.close_source(0, tools);
        }
    }

    /// Opens the sinks that are open under their path again.
    pub(super) fn reopen(&mut self, desk: &mut Desk) {
        for sink in &mut self.outlet.sinks {
            if let Err(error) = sink.reopen() {
                let (whose, place) = (&self.outlet.whose, sink.place());
                desk.say(
                    Level::Error,
                    &format!("log of {whose} ({place}) cannot be reopened: {error}; every write tries again"),
                );
            }
        }
        self.outlet.watch.touch();
    }

    /// Removes what is in the logs; every sink is tried, and the first failure is told.
    pub(super) fn clear(&mut self) -> Result<(), String> {
        let mut outcome = Ok(());
        for sink in &mut self.outlet.sinks {
            if let Err(error) = sink.clear() {
                outcome = outcome.and(Err(format!("{}: {error}", sink.place())));
            }
        }
        self.outlet.watch.touch();
        outcome
    }

    fn key(&self, serial: u32) -> SourceKey {
        SourceKey { process: self.process, channel: self.channel, serial }
    }

    /// One read, and the bytes on their way.
    fn read_source(&mut self, index: usize, tools: &mut Tools) -> Read {
        let source = &mut self.sources[index];
        let read = source.read(&mut tools.buffer);
        if let Read::Bytes(count) = read {
            let (outlet, desk) = (&mut self.outlet, &mut tools.desk);
            let launch = source.launch;
            source.scanner.feed(&tools.buffer[..count], |piece| outlet.take(piece, launch, desk));
            outlet.watch.touch();
        }
        read
    }

    /// Reads what is in the pipe. A pipe keeps order, so what waits in it now is all that a dead child can have left,
    /// and a descendant that goes on writing cannot hold this up: it ends after as many bytes.
    fn drain_source(&mut self, index: usize, tools: &mut Tools) {
        let pending = self.sources[index].pending();
        let mut done = 0;
        loop {
            match self.read_source(index, tools) {
                Read::Bytes(count) => done += count as u64,
                Read::Nothing => break,
                Read::End => return self.close_source(index, tools),
            }
            if done > pending {
                break;
            }
        }
        self.finish_source(index, tools);
    }

    /// Gives out what the scanner of that source has kept back.
    fn finish_source(&mut self, index: usize, tools: &mut Tools) {
        let (outlet, desk) = (&mut self.outlet, &mut tools.desk);
        let source = &mut self.sources[index];
        let launch = source.launch;
        source.scanner.finish(|piece| outlet.take(piece, launch, desk));
        outlet.watch.touch();
    }

    fn close_source(&mut self, index: usize, tools: &mut Tools) {
        self.finish_source(index, tools);
        let source = self.sources.remove(index);
        tools.poller.remove(source.fd(), self.key(source.serial).token());
    }

    /// Makes room for another pipe.
    fn drop_oldest(&mut self, tools: &mut Tools) {
        let before = self.sources.len();
        self.drain_source(0, tools);
        if self.sources.len() == before {
            self.close_source(0, tools);
            let whose = &self.outlet.whose;
            tools.desk.say(
                Level::Warn,
                &format!(
                    "a pipe that survivors of an earlier child of {whose} hold is read no more: there are \
                     {MAX_SOURCES} of them"
                ),
            );
        }
    }
}

impl Outlet {
    fn take(&mut self, piece: Piece<'_>, launch: u32, desk: &mut Desk) {
        match piece {
            Piece::Log(text) => {
                self.write(text, desk);
                self.echo(text, launch, desk);
            }
            Piece::Captured(text) => self.echo(text, launch, desk),
            Piece::Message { data, .. } => {
                if desk.activity.writes(Level::Debug) {
                    desk.say(Level::Debug, &format!("{} emitted a comm event", self.whose));
                }
                self.tell(Hearing::Communication, data, launch, desk);
            }
            Piece::Unfinished(text) => self.write(text, desk),
        }
    }

    /// Passes output on to who talks to listeners.
    fn tell(&self, kind: Hearing, text: &[u8], launch: u32, desk: &Desk) {
        let (process, channel, data) = (self.process, self.channel, text.to_vec());
        desk.supervisor.overheard(Overheard { process, launch, channel, kind, data });
    }

    fn write(&mut self, text: &[u8], desk: &mut Desk) {
        for sink in &mut self.sinks {
            sink.write(&self.whose, text, desk);
        }
    }

    /// All output, captured or not, is shown by the activity log at debug level, and told to listeners.
    fn echo(&self, text: &[u8], launch: u32, desk: &mut Desk) {
        if let Some(kind) = self.hearing {
            self.tell(kind, text, launch, desk);
        }
        if desk.activity.writes(Level::Debug) {
            let line = format!("{} output:\n{}", self.whose, printable(text));
            desk.activity.write(SystemTime::now(), Level::Debug, &line);
        }
    }
}

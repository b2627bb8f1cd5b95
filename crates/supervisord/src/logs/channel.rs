//! One output channel of one process: the pipes it comes from, and the sinks it goes to.
//!
//! **Who reads a log slowly holds up its program, and nobody else.** While a sink waits for room, the channel's pipes
//! are not read; the program goes on until they are full. What must be read all the same, the rest of a dead child's
//! output and what a listener says, waits in the sink's backlog, and what is too much for that is counted and lost.
//!
//! Usually there is one pipe, the present child's. But a child may leave descendants behind that hold its pipe, and
//! what they write is the program's output still: such pipes are read until their end, up to [`MAX_SOURCES`] of
//! them; then the one that has been silent for the longest time is read no more. (Whoever holds it blocks when it is
//! full. Its writers cannot be told: they are readers too, so that they may outlive the daemon.) The sinks are opened
//! for a start and close when the process is not in use, no pipe is left, and nothing waits for room.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use bytes::Bytes;
use provost_config::model::Level;
use provost_core::failure::Cause;
use provost_core::output::{Channel, Joiner, Piece, Scanner, printable};
use provost_core::status::ProcessId;

use super::buffers::{Buffers, keep};
use super::poller::{Interest, Poller};
use super::sink::{Desk, Sink, Whose, sinks};
use super::source::{Read, Source, SourceKey};
use super::stream::RoomWatch;
use crate::os_error;
use crate::ports::{ChannelSpec, Hearing, LogWatches, Overheard};

/// Pipes of one channel that are held at most: the present child's, and those that survivors of earlier children
/// hold. A program that leaves survivors at every start would otherwise use up the daemon's descriptors.
pub(super) const MAX_SOURCES: usize = 16;

/// What reading needs besides the channel; one for all channels.
pub(super) struct Tools {
    /// Watches the pipes.
    pub(super) poller: Poller,
    /// Where every read goes.
    pub(super) buffers: Buffers,
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
    /// Reads that gave something.
    reads: u64,
    /// A sink waits for room; unless the channel is a listener's, its pipes are not watched meanwhile.
    room: Option<RoomWatch>,
    outlet: Outlet,
}

/// Where the pieces of a channel's output go.
struct Outlet {
    whose: Whose,
    process: ProcessId,
    sinks: Vec<Sink>,
    watches: Arc<LogWatches>,
    /// What listeners are told of all output.
    hearing: Option<Hearing>,
}

impl ChannelLog {
    /// A channel that is not in use.
    pub(super) fn new(
        (process, channel): (ProcessId, Channel),
        name: &Arc<str>,
        spec: &ChannelSpec,
        watches: &Arc<LogWatches>,
    ) -> Self {
        let whose = Whose { name: Arc::clone(name), channel };
        let watches = Arc::clone(watches);
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
            reads: 0,
            room: None,
            outlet: Outlet { whose, process, sinks: sinks(name, spec), watches, hearing },
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
    ///
    /// # Errors
    /// The first log that cannot be opened.
    pub(super) fn prepare(&mut self, tools: &mut Tools) -> Result<(), Cause> {
        let prepared = self.outlet.sinks.iter_mut().try_for_each(|sink| {
            let opened = sink.prepare();
            opened.map_err(|error| Cause::Log { path: sink.place().into(), error: os_error::of_io(&error) })
        });
        self.wait_for_room(tools);
        prepared
    }

    /// Takes a new child's pipe.
    pub(super) fn attach(&mut self, launch: u32, pipe: OwnedFd, tools: &mut Tools) {
        if self.sources.len() >= MAX_SOURCES {
            self.drop_most_silent(tools);
        }
        let serial = self.next_serial;
        self.next_serial = SourceKey::next_serial(serial);
        let scanner = Scanner::new(self.strip_ansi, self.capture_maxbytes);
        match Source::new(pipe, serial, launch, scanner) {
            Ok(source) => {
                // Nearly always the only one: room for more would be most of what a program costs.
                self.sources.reserve_exact(1);
                self.sources.push(source);
            }
            Err(error) => return self.say_unwatched(&error, &mut tools.desk),
        }
        if !self.is_paused() {
            self.watch_source(self.sources.len() - 1, tools);
        }
    }

    /// Writes what was read elsewhere, and told to whom it concerns.
    pub(super) fn record(&mut self, text: &[u8], tools: &mut Tools) {
        self.outlet.write(text, &mut tools.desk);
        self.outlet.show(text, &mut tools.desk);
        self.outlet.touch();
        self.wait_for_room(tools);
    }

    /// Reads once from the source that has something, or writes what has waited for room.
    pub(super) fn serve(&mut self, serial: u32, tools: &mut Tools) {
        if let Some(index) = self.sources.iter().position(|source| source.serial == serial)
            && self.read_source(index, tools) == Read::End
        {
            self.close_source(index, tools);
        }
        self.wait_for_room(tools);
    }

    /// Writes what the pipes hold now, unless the log has no room for it.
    pub(super) fn catch_up(&mut self, tools: &mut Tools) {
        for index in (0..self.sources.len()).rev() {
            if !self.is_paused() && self.read_pending(index, tools) == Read::End {
                self.close_source(index, tools);
            }
        }
        self.wait_for_room(tools);
    }

    /// The child of that start is dead: everything it wrote is in its sinks when this returns.
    pub(super) fn drain(&mut self, launch: u32, tools: &mut Tools) {
        for index in (0..self.sources.len()).rev() {
            if self.sources[index].launch == launch {
                self.drain_source(index, tools);
            }
        }
        self.wait_for_room(tools);
    }

    /// The plane ends: takes what is in the pipes now.
    pub(super) fn drain_all(&mut self, tools: &mut Tools) {
        for index in (0..self.sources.len()).rev() {
            self.drain_source(index, tools);
        }
    }

    /// Whether no pipe is left, and nothing that came from one waits for room.
    pub(super) fn is_silent(&self) -> bool {
        self.sources.is_empty() && self.room.is_none()
    }

    /// The plane ends: gives slow readers time until then.
    pub(super) fn finish(&mut self, until: Instant, tools: &mut Tools) {
        for sink in &mut self.outlet.sinks {
            sink.finish(&self.outlet.whose, until, &mut tools.desk);
        }
        self.wait_for_room(tools);
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
    pub(super) fn reopen(&mut self, tools: &mut Tools) {
        let desk = &mut tools.desk;
        for sink in &mut self.outlet.sinks {
            if let Err(error) = sink.reopen() {
                let (whose, place) = (&self.outlet.whose, sink.place());
                desk.say(
                    Level::Error,
                    &format!("log of {whose} ({place}) cannot be reopened: {error}; every write tries again"),
                );
            }
        }
        self.outlet.touch();
        self.wait_for_room(tools);
    }

    /// Removes what is in the logs; every sink is tried, and the first failure is told.
    pub(super) fn clear(&mut self) -> Result<(), String> {
        let mut outcome = Ok(());
        for sink in &mut self.outlet.sinks {
            if let Err(error) = sink.clear() {
                outcome = outcome.and(Err(format!("{}: {error}", sink.place())));
            }
        }
        self.outlet.touch();
        outcome
    }

    fn key(&self, serial: u32) -> SourceKey {
        SourceKey { process: self.process, channel: self.channel, serial }
    }

    /// One read, and the bytes on their way.
    fn read_source(&mut self, index: usize, tools: &mut Tools) -> Read {
        let source = &mut self.sources[index];
        let mut buffer = tools.buffers.lend();
        let read = source.read(&mut buffer);
        if let Read::Bytes(count) = read {
            self.reads += 1;
            source.last_read = self.reads;
            let (outlet, desk) = (&mut self.outlet, &mut tools.desk);
            let chunk = buffer.filled(count);
            let mut origin = Origin { launch: source.launch, chunk: &chunk, joiner: &mut source.joiner };
            source.scanner.feed(&chunk, |piece| outlet.take(piece, &mut origin, desk));
            outlet.touch();
        }
        read
    }

    /// Reads what is in the pipe. A pipe keeps order, so what waits in it now is all that a dead child can have left,
    /// and a descendant that goes on writing cannot hold this up: it ends after as many bytes.
    fn drain_source(&mut self, index: usize, tools: &mut Tools) {
        match self.read_pending(index, tools) {
            Read::End => self.close_source(index, tools),
            Read::Bytes(_) | Read::Nothing => self.finish_source(index, tools),
        }
    }

    /// Reads until as much has come as is in the pipe now; gives what the last read gave.
    fn read_pending(&mut self, index: usize, tools: &mut Tools) -> Read {
        let pending = self.sources[index].pending();
        let mut done = 0;
        loop {
            let read = self.read_source(index, tools);
            match read {
                Read::Bytes(count) => done += count as u64,
                Read::Nothing | Read::End => return read,
            }
            if done > pending {
                return read;
            }
        }
    }

    /// Gives out what scanner and joiner of that source have kept back.
    fn finish_source(&mut self, index: usize, tools: &mut Tools) {
        let (outlet, desk) = (&mut self.outlet, &mut tools.desk);
        let source = &mut self.sources[index];
        let (launch, nothing) = (source.launch, Bytes::new());
        let mut origin = Origin { launch, chunk: &nothing, joiner: &mut source.joiner };
        source.scanner.finish(|piece| outlet.take(piece, &mut origin, desk));
        source.joiner.finish(|text| outlet.tell(Hearing::Log, Bytes::copy_from_slice(text), launch, desk));
        outlet.touch();
    }

    fn close_source(&mut self, index: usize, tools: &mut Tools) {
        self.finish_source(index, tools);
        let source = self.sources.remove(index);
        if !self.is_paused() {
            tools.poller.remove(source.fd(), self.key(source.serial).token());
        }
    }

    /// Whether the pipes are not watched because the log has no room.
    fn is_paused(&self) -> bool {
        self.room.is_some() && self.outlet.hearing != Some(Hearing::Protocol)
    }

    /// Begins or ends to wait for room, as the sinks need it; writes what waits if there is some.
    fn wait_for_room(&mut self, tools: &mut Tools) {
        if self.room.is_none() && self.outlet.needs_room().is_none() {
            return;
        }
        let was_paused = self.is_paused();
        if let Some(watch) = self.room.take() {
            watch.end(&mut tools.poller);
            self.outlet.flush(&mut tools.desk);
        }
        let token = self.key(SourceKey::ROOM).token();
        let fd = self.outlet.needs_room();
        // If it cannot be watched, the next output tries again.
        self.room = fd.and_then(|fd| RoomWatch::begin(&mut tools.poller, fd, token).ok());
        match (was_paused, self.is_paused()) {
            (false, true) => {
                for source in &self.sources {
                    tools.poller.remove(source.fd(), self.key(source.serial).token());
                }
            }
            (true, false) => {
                for index in (0..self.sources.len()).rev() {
                    self.watch_source(index, tools);
                }
            }
            (true, true) | (false, false) => {}
        }
    }

    /// Has the plane woken when the source has something; one that cannot be watched is closed.
    fn watch_source(&mut self, index: usize, tools: &mut Tools) {
        let source = &self.sources[index];
        let token = self.key(source.serial).token();
        if let Err(error) = tools.poller.add(source.fd(), token, Interest::Bytes) {
            self.finish_source(index, tools);
            self.sources.remove(index);
            self.say_unwatched(&error, &mut tools.desk);
        }
    }

    fn say_unwatched(&self, error: &io::Error, desk: &mut Desk) {
        let whose = &self.outlet.whose;
        desk.say(
            Level::Critical,
            &format!("output of {whose} cannot be watched: {error}; it is lost until the next start"),
        );
    }

    /// Makes place for another pipe: the one that has been silent for longest goes.
    fn drop_most_silent(&mut self, tools: &mut Tools) {
        let before = self.sources.len();
        let silent = (0..before).min_by_key(|index| self.sources[*index].last_read);
        let index = silent.expect("invariant: there are too many");
        self.drain_source(index, tools);
        if self.sources.len() == before {
            self.close_source(index, tools);
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

/// Where a piece comes from.
struct Origin<'a> {
    /// The start whose child wrote it.
    launch: u32,
    /// The read that gave it; what scanner or joiner have put together is no part of it.
    chunk: &'a Bytes,
    joiner: &'a mut Joiner,
}

impl Outlet {
    fn take(&mut self, piece: Piece<'_>, origin: &mut Origin<'_>, desk: &mut Desk) {
        match piece {
            Piece::Log(text) => {
                self.write(text, desk);
                self.echo(text, origin, desk);
            }
            Piece::Captured(text) => self.echo(text, origin, desk),
            Piece::Message { data, .. } => {
                if desk.activity.writes(Level::Debug) {
                    desk.say(Level::Debug, &format!("{} emitted a comm event", self.whose));
                }
                self.tell(Hearing::Communication, Bytes::copy_from_slice(data), origin.launch, desk);
            }
            Piece::Unfinished(text) => self.write(text, desk),
        }
    }

    /// Passes output on to who talks to listeners.
    fn tell(&self, kind: Hearing, data: Bytes, launch: u32, desk: &Desk) {
        let (process, channel) = (self.process, self.whose.channel);
        desk.supervisor.overheard(Overheard { process, launch, channel, kind, data });
    }

    /// Where a sink needs room for what waits.
    fn needs_room(&self) -> Option<BorrowedFd<'_>> {
        self.sinks.iter().find_map(Sink::needs_room)
    }

    /// Writes what waits, as far as there is room.
    fn flush(&mut self, desk: &mut Desk) {
        for sink in &mut self.sinks {
            sink.flush(&self.whose, desk);
        }
        self.show_lost();
    }

    fn write(&mut self, text: &[u8], desk: &mut Desk) {
        for sink in &mut self.sinks {
            sink.write(&self.whose, text, desk);
        }
        self.show_lost();
    }

    /// Wakes who follows the log.
    fn touch(&self) {
        self.watches.touch(self.process, self.whose.channel);
    }

    /// Lets readers know how much was lost.
    fn show_lost(&self) {
        let lost = self.sinks.iter().map(Sink::lost_ever).sum();
        if lost > 0 {
            self.watches.channel(self.process, self.whose.channel).show_lost(lost);
        }
    }

    /// All output, captured or not, is shown by the activity log at debug level, and told to listeners.
    fn echo(&self, text: &[u8], origin: &mut Origin<'_>, desk: &mut Desk) {
        let (launch, chunk) = (origin.launch, origin.chunk);
        match self.hearing {
            Some(Hearing::Log) => {
                origin.joiner.feed(text, |text| self.tell(Hearing::Log, keep(text, chunk), launch, desk));
            }
            Some(kind) => self.tell(kind, keep(text, chunk), launch, desk),
            None => {}
        }
        self.show(text, desk);
    }

    /// Shows output in the activity log at debug level.
    fn show(&self, text: &[u8], desk: &mut Desk) {
        if desk.activity.writes(Level::Debug) {
            let line = format!("{} output:\n{}", self.whose, printable(text));
            desk.activity.write(SystemTime::now(), Level::Debug, &line);
        }
    }
}

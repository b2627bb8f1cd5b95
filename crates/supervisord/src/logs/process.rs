//! The channels of one process, and whether they are in use.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Instant;

use provost_core::failure::Cause;
use provost_core::output::Channel;
use provost_core::status::ProcessId;

use super::channel::{ChannelLog, Tools};
use super::sink::Desk;
use crate::ports::{ChannelSpec, LogSpec, LogWatches};

/// What a process needs its logs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// Nothing: it is stopped.
    Idle,
    /// That start, from its preparation until the death of its child.
    Launch(u32),
    /// Nothing, ever again.
    Forgotten,
}

/// The pipes of a new child.
#[derive(Debug)]
pub(super) struct Pipes {
    /// Its standard output; `None` if that is none of this plane's business.
    pub(super) stdout: Option<OwnedFd>,
    /// Its standard error; `None` if that is redirected.
    pub(super) stderr: Option<OwnedFd>,
}

/// The channels of one process.
pub(super) struct ProcessLog {
    stdout: ChannelLog,
    stderr: Option<ChannelLog>,
    in_use: Use,
}

impl ProcessLog {
    /// The logs of a new process; files of the daemon's making are made.
    pub(super) fn new(
        process: ProcessId,
        spec: &LogSpec,
        watches: &Arc<LogWatches>,
        desk: &mut Desk,
    ) -> Self {
        let channel =
            |channel, of: &ChannelSpec| ChannelLog::new((process, channel), &spec.name, of, watches);
        let mut log = Self {
            stdout: channel(Channel::Stdout, &spec.stdout),
            stderr: spec.stderr.as_ref().map(|stderr| channel(Channel::Stderr, stderr)),
            in_use: Use::Idle,
        };
        log.channels().for_each(|channel| channel.register(desk));
        log
    }

    /// Opens the sinks for a start.
    ///
    /// # Errors
    /// The log that cannot be opened. Then the sinks are as before.
    pub(super) fn prepare(&mut self, launch: u32, tools: &mut Tools) -> Result<(), Cause> {
        let prepared = self.channels().try_for_each(|channel| channel.prepare(tools));
        self.in_use = if prepared.is_ok() { Use::Launch(launch) } else { Use::Idle };
        self.settle();
        prepared
    }

    /// The prepared start will not happen.
    pub(super) fn release(&mut self) {
        self.in_use = Use::Idle;
        self.settle();
    }

    /// Takes a new child's pipes.
    pub(super) fn attach(&mut self, launch: u32, pipes: Pipes, tools: &mut Tools) {
        self.in_use = Use::Launch(launch);
        if let Some(pipe) = pipes.stdout {
            self.stdout.attach(launch, pipe, tools);
        }
        if let (Some(channel), Some(pipe)) = (&mut self.stderr, pipes.stderr) {
            channel.attach(launch, pipe, tools);
        }
    }

    /// Writes to the log of its standard output what was read elsewhere.
    pub(super) fn record(&mut self, text: &[u8], tools: &mut Tools) {
        self.stdout.record(text, tools);
    }

    /// Does what a descriptor of a channel is ready for: reads once, or writes what has waited for room.
    pub(super) fn serve(&mut self, channel: Channel, serial: u32, tools: &mut Tools) {
        match (channel, &mut self.stderr) {
            (Channel::Stdout, _) => self.stdout.serve(serial, tools),
            (Channel::Stderr, Some(stderr)) => stderr.serve(serial, tools),
            (Channel::Stderr, None) => {}
        }
        self.settle();
    }

    /// Writes what its pipes hold now. What ends meanwhile is noticed as ever.
    pub(super) fn catch_up(&mut self, tools: &mut Tools) {
        self.channels().for_each(|channel| channel.catch_up(tools));
    }

    /// The child of that start is dead: everything it wrote is in its sinks when this returns.
    pub(super) fn drain(&mut self, launch: u32, tools: &mut Tools) {
        self.channels().for_each(|channel| channel.drain(launch, tools));
        if self.in_use == Use::Launch(launch) {
            self.in_use = Use::Idle;
        }
        self.settle();
    }

    /// The process is no more. Its pipes are read until their end, wherever that is.
    pub(super) fn forget(&mut self) {
        self.in_use = Use::Forgotten;
        self.settle();
    }

    /// Whether it was forgotten, and the last pipe has ended.
    pub(super) fn is_over(&self) -> bool {
        self.in_use == Use::Forgotten
            && self.stdout.is_silent()
            && self.stderr.as_ref().is_none_or(ChannelLog::is_silent)
    }

    /// The plane ends: takes what is in the pipes, and closes everything. A log that is read slowly gets time until
    /// then.
    pub(super) fn end(&mut self, until: Instant, tools: &mut Tools) {
        for channel in self.channels() {
            channel.drain_all(tools);
            channel.detach(tools);
            channel.finish(until, tools);
            channel.close();
        }
    }

    /// Opens what is open under its path again.
    pub(super) fn reopen(&mut self, tools: &mut Tools) {
        self.channels().for_each(|channel| channel.reopen(tools));
    }

    /// Removes what is in the logs.
    ///
    /// # Errors
    /// The first failure, as `path: reason`; everything else is cleared all the same.
    pub(super) fn clear(&mut self) -> Result<(), String> {
        let mut outcome = Ok(());
        for channel in self.channels() {
            let cleared = channel.clear();
            outcome = outcome.and(cleared);
        }
        outcome
    }

    fn channels(&mut self) -> impl Iterator<Item = &mut ChannelLog> {
        std::iter::once(&mut self.stdout).chain(&mut self.stderr)
    }

    /// Closes the sinks of channels that nobody can write to.
    fn settle(&mut self) {
        if !matches!(self.in_use, Use::Launch(_)) {
            self.channels().filter(|channel| channel.is_silent()).for_each(ChannelLog::close);
        }
    }
}

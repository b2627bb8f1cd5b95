//! The channels of one process, and whether they are in use.

use std::io;
use std::os::fd::OwnedFd;

use provost_core::output::Channel;
use provost_core::status::ProcessId;
use provost_sys::errno_name;

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
    /// Its standard output.
    pub(super) stdout: OwnedFd,
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
    pub(super) fn new(process: ProcessId, spec: &LogSpec, watches: &LogWatches, desk: &mut Desk) -> Self {
        let channel = |channel, of: &ChannelSpec| {
            ChannelLog::new((process, channel), &spec.name, of, watches.channel(process, channel))
        };
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
    /// The symbol of the system's error, `EACCES`. Then the sinks are as before.
    pub(super) fn prepare(&mut self, launch: u32) -> Result<(), String> {
        let prepared = self.channels().try_for_each(ChannelLog::prepare);
        self.in_use = if prepared.is_ok() { Use::Launch(launch) } else { Use::Idle };
        self.settle();
        prepared.map_err(|error| symbol(&error))
    }

    /// The prepared start will not happen.
    pub(super) fn release(&mut self) {
        self.in_use = Use::Idle;
        self.settle();
    }

    /// Takes a new child's pipes.
    pub(super) fn attach(&mut self, launch: u32, pipes: Pipes, tools: &mut Tools) {
        self.in_use = Use::Launch(launch);
        self.stdout.attach(launch, pipes.stdout, tools);
        if let (Some(channel), Some(pipe)) = (&mut self.stderr, pipes.stderr) {
            channel.attach(launch, pipe, tools);
        }
    }

    /// Reads once from a pipe that has something.
    pub(super) fn read(&mut self, channel: Channel, serial: u32, tools: &mut Tools) {
        match (channel, &mut self.stderr) {
            (Channel::Stdout, _) => self.stdout.read(serial, tools),
            (Channel::Stderr, Some(stderr)) => stderr.read(serial, tools),
            (Channel::Stderr, None) => {}
        }
        self.settle();
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

    /// The plane ends: takes what is in the pipes, and closes everything.
    pub(super) fn end(&mut self, tools: &mut Tools) {
        for channel in self.channels() {
            channel.drain_all(tools);
            channel.detach(tools);
            channel.close();
        }
    }

    /// Opens what is open under its path again.
    pub(super) fn reopen(&mut self, desk: &mut Desk) {
        self.channels().for_each(|channel| channel.reopen(desk));
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

/// The symbol of a system error, as the reference's messages have it.
fn symbol(error: &io::Error) -> String {
    error.raw_os_error().map_or_else(|| error.to_string(), |number| errno_name(number).to_owned())
}

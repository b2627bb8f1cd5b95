//! The log plane: what children write, to where it belongs, and the daemon's own log.
//!
//! One thread ([`LogPlane::run`]) owns the read end of every output pipe, every open log file and the activity
//! log. It sleeps until a pipe or its queue has something, and costs nothing while nobody writes. The other planes
//! speak to it through `ports` only, and it decides nothing about processes: it is told when a start is prepared,
//! when a child is attached, and when a dead child's pipes have to be drained.
//!
//! The way of a byte: [`source`] (a pipe, and the scanner that knows what its borders cut) → [`channel`] (the
//! sources and the sinks of one channel of one process) → [`sink`] → [`rolling`] (a file that rolls over where [`border`] says) or
//! [`syslog`].
//!
//! **Invariant: nothing that goes wrong with a log ends the plane or stops a child.** What cannot be written is
//! lost, counted and reported ([`health`]); every later write tries again, so that a full disk or a vanished
//! directory heals by itself. A child is never held up by a log that fails, only by one that is slow: where a pipe or
//! a terminal is used as its log, and whoever reads that does not keep up ([`stream`]). Only files are written
//! blocking; a disk that hangs holds up all logs, and nothing else.

mod activity;
mod border;
mod buffers;
mod channel;
mod disposal;
mod health;
mod open;
mod plane;
mod poller;
mod process;
mod rolling;
mod sink;
mod source;
mod stamp;
mod stream;
mod syslog;

#[cfg(test)]
mod tests;

pub(crate) use activity::{ActivityLog, ActivitySettings};
pub(crate) use plane::{Inbox, LogPlane};

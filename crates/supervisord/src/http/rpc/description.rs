//! The `description` of a process: one line for people that many scripts take apart.

use std::fmt;

use provost_core::status::{ProcessStatus, State};
use provost_wire::description::Uptime;

use super::clock::Clock;

/// Prints the description of one process at one moment.
pub(in crate::http) struct Description<'a> {
    row: &'a ProcessStatus,
    clock: &'a Clock,
}

impl<'a> Description<'a> {
    pub(in crate::http) fn new(row: &'a ProcessStatus, clock: &'a Clock) -> Self {
        Self { row, clock }
    }
}

impl fmt::Display for Description<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = self.row;
        match row.state {
            State::Running => {
                let start = row.started.map_or(self.clock.now, |at| at.secs());
                let pid = row.pid.map_or(0, |pid| pid.0);
                write!(f, "pid {pid}, uptime {}", Uptime::between(start, self.clock.now))
            }
            State::Fatal | State::Backoff if row.spawn_error.is_empty() => {
                write!(f, "unknown error (try \"tail {}\")", row.recipe.name)
            }
            State::Fatal | State::Backoff => f.write_str(&row.spawn_error),
            State::Stopped | State::Exited if row.started.is_none() => f.write_str("Not started"),
            // A process that was started but never forked has no time of its end, unless its failure counts as one:
            // nothing is shown then, where the reference shows the year 1970's first midnight.
            State::Stopped | State::Exited => match row.stopped.and_then(|at| self.clock.local(at)) {
                Some(time) => time.fmt(f),
                None => Ok(()),
            },
            State::Starting | State::Stopping | State::Unknown => Ok(()),
        }
    }
}

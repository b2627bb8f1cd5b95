//! The `description` text of a process as scripts parse it.
//!
//! Only the part that is a format is here; the caller decides which text a state gets.

use std::fmt;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A length of time in whole seconds, printed `0:00:05`, `1 day, 2:03:04` or `2 days, 0:00:00`.
///
/// Hours are not padded, minutes and seconds have two digits, days appear from the first one on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uptime(u64);

impl Uptime {
    /// The time between two wall-clock readings in seconds since the epoch. A clock that was set back
    /// shows zero and never a negative time.
    #[must_use]
    pub fn between(start: i64, now: i64) -> Self {
        Self(u64::try_from(now.saturating_sub(start)).unwrap_or(0))
    }

    /// A length of time that is already known, in seconds.
    #[must_use]
    pub fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }
}

impl fmt::Display for Uptime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 / DAY {
            0 => {}
            1 => f.write_str("1 day, ")?,
            days => write!(f, "{days} days, ")?,
        }
        let (hours, minutes) = (self.0 % DAY / HOUR, self.0 % HOUR / MINUTE);
        write!(f, "{hours}:{minutes:02}:{:02}", self.0 % MINUTE)
    }
}

//! The time at which a question is answered.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use provost_core::time::Wall;

/// One moment for a whole answer, so that its rows agree with each other.
#[derive(Clone, Debug)]
pub(in crate::http) struct Clock {
    /// Seconds since the epoch.
    pub(in crate::http) now: i64,
    exactly: Wall,
    zone: TimeZone,
}

impl Clock {
    /// The present moment, shown in `zone`.
    pub(in crate::http) fn now(zone: &TimeZone) -> Self {
        let exactly = Wall(Timestamp::now().as_microsecond());
        Self { now: exactly.secs(), exactly, zone: zone.clone() }
    }

    /// A moment of choice, in UTC.
    #[cfg(test)]
    pub(in crate::http) fn at(now: i64) -> Self {
        Self { now, exactly: Wall(now * 1_000_000), zone: TimeZone::UTC }
    }

    /// Seconds from `earlier` to the moment of the answer; none if the clock was set back meanwhile.
    pub(in crate::http) fn seconds_since(&self, earlier: Wall) -> f64 {
        self.exactly.0.saturating_sub(earlier.0).max(0) as f64 / 1e6
    }

    /// Seconds from the moment of the answer to `later`; none if that has passed.
    pub(super) fn seconds_until(&self, later: Wall) -> f64 {
        later.0.saturating_sub(self.exactly.0).max(0) as f64 / 1e6
    }

    /// A point in time as descriptions show it: `Nov 22 11:09 PM`, in local time and in English.
    pub(super) fn local(&self, at: Wall) -> Option<impl std::fmt::Display> {
        let time = Timestamp::from_second(at.secs()).ok()?;
        jiff::fmt::strtime::format("%b %d %I:%M %p", &time.to_zoned(self.zone.clone())).ok()
    }
}

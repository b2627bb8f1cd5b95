//! The time at which a question is answered.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use provost_core::time::Wall;

/// One moment for a whole answer, so that its rows agree with each other.
#[derive(Clone, Debug)]
pub(in crate::http) struct Clock {
    /// Seconds since the epoch.
    pub(in crate::http) now: i64,
    zone: TimeZone,
}

impl Clock {
    /// The present moment, shown in `zone`.
    pub(in crate::http) fn now(zone: &TimeZone) -> Self {
        Self { now: Timestamp::now().as_second(), zone: zone.clone() }
    }

    /// A moment of choice, in UTC.
    #[cfg(test)]
    pub(in crate::http) fn at(now: i64) -> Self {
        Self { now, zone: TimeZone::UTC }
    }

    /// A point in time as descriptions show it: `Nov 22 11:09 PM`, in local time and in English.
    pub(super) fn local(&self, at: Wall) -> Option<impl std::fmt::Display> {
        let time = Timestamp::from_second(at.secs()).ok()?;
        jiff::fmt::strtime::format("%b %d %I:%M %p", &time.to_zoned(self.zone.clone())).ok()
    }
}

//! Local time at the head of a line.
//!
//! The text of a second is kept: a line costs a comparison and a copy, a new second one calendar computation.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::zone;

/// Writes times in one format.
#[derive(Debug)]
pub(super) struct Stamp {
    zone: TimeZone,
    format: &'static str,
    /// The second that `text` is for.
    second: i64,
    text: String,
}

impl Stamp {
    /// `2026-01-31 23:59:59`, the head of a line of the activity log.
    pub(super) const ACTIVITY: &'static str = "%Y-%m-%d %H:%M:%S";
    /// `Jan  1 23:59:59`, the head of a system log record (RFC 3164, 4.1.2).
    pub(super) const SYSLOG: &'static str = "%b %e %H:%M:%S";

    /// A stamp for the system's zone.
    pub(super) fn new(format: &'static str) -> Self {
        Self::in_zone(zone::local(), format)
    }

    /// A stamp for that zone.
    pub(super) fn in_zone(zone: TimeZone, format: &'static str) -> Self {
        Self { zone, format, second: i64::MIN, text: String::new() }
    }

    /// The text for the time, and the milliseconds that have passed since the second began.
    pub(super) fn text(&mut self, at: SystemTime) -> (&str, u32) {
        // Years beyond 9999 are the only ones out of reach.
        let at = Timestamp::try_from(at).unwrap_or(Timestamp::MAX);
        let milliseconds = at.as_millisecond();
        let second = milliseconds.div_euclid(1000);
        if second != self.second {
            self.text = at.to_zoned(self.zone.clone()).strftime(self.format).to_string();
            self.second = second;
        }
        (&self.text, u32::try_from(milliseconds.rem_euclid(1000)).expect("invariant: less than 1000"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use jiff::tz;

    use super::*;

    #[track_caller]
    fn check(format: &'static str, at: SystemTime, expect: (&str, u32)) {
        let zone = TimeZone::fixed(tz::offset(2));
        assert_eq!(Stamp::in_zone(zone, format).text(at), expect);
    }

    #[test]
    fn writes_local_time_and_truncates_milliseconds() {
        let at = UNIX_EPOCH + Duration::from_micros(1_767_225_599_999_999);
        check(Stamp::ACTIVITY, at, ("2026-01-01 01:59:59", 999));
        check(Stamp::SYSLOG, at, ("Jan  1 01:59:59", 999));
        check(Stamp::ACTIVITY, UNIX_EPOCH, ("1970-01-01 02:00:00", 0));
        check(Stamp::ACTIVITY, UNIX_EPOCH - Duration::from_millis(1), ("1970-01-01 01:59:59", 999));
    }

    #[test]
    fn a_kept_text_is_used_for_its_second_only() {
        let mut stamp = Stamp::in_zone(TimeZone::UTC, Stamp::ACTIVITY);
        let second = UNIX_EPOCH + Duration::from_secs(59);
        for (milliseconds, expect) in
            [(0, "00:00:59"), (999, "00:00:59"), (1000, "00:01:00"), (0, "00:00:59")]
        {
            let (text, _) = stamp.text(second + Duration::from_millis(milliseconds));
            assert_eq!(&text[11..], expect);
        }
    }
}

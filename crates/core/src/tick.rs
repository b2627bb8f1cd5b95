//! Ticks: events that tell that the wall clock entered another slice of 5 seconds, a minute or an hour.
//!
//! Slices begin at multiples of their length since the epoch. The first look at the clock only remembers the slice
//! it is in; later, whatever slice is found to be another one is one event, however many were skipped, and also
//! when the clock was set back. So ticks follow the wall clock, and nobody has to count.
//!
//! It owns the slices seen last and the moment of the next look. There is such a moment only while a pool wants
//! ticks: nothing wakes a daemon without subscribers.

use std::time::Duration;

use provost_config::model::EventKind;

use crate::time::{Mono, Now, Wall};

/// The longest time between two looks at the clock. A wall clock that is set or slewed is not reported to
/// anybody, so whoever waits for the full hour looks once a minute whether it has come earlier.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How long the slices are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// TICK_5.
    FiveSeconds,
    /// TICK_60.
    Minute,
    /// TICK_3600.
    Hour,
}

impl Period {
    /// From short to long: the order in which ticks of the same moment are sent.
    pub const ALL: [Self; 3] = [Self::FiveSeconds, Self::Minute, Self::Hour];

    /// The length in seconds.
    pub fn secs(self) -> i64 {
        match self {
            Self::FiveSeconds => 5,
            Self::Minute => 60,
            Self::Hour => 3600,
        }
    }

    /// The kind of event.
    pub fn kind(self) -> EventKind {
        match self {
            Self::FiveSeconds => EventKind::Tick5,
            Self::Minute => EventKind::Tick60,
            Self::Hour => EventKind::Tick3600,
        }
    }

    /// When the slice of that moment began, in seconds since the epoch.
    fn slice(self, wall: Wall) -> i64 {
        wall.secs().div_euclid(self.secs()) * self.secs()
    }

    /// How long it is from that moment to the next slice.
    fn rest_of_slice(self, wall: Wall) -> Duration {
        let length = self.secs() * 1_000_000;
        Duration::from_micros((length - wall.0.rem_euclid(length)).unsigned_abs())
    }
}

/// What is known about the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticks {
    /// Beginning of the slice seen last, in the order of [`Period::ALL`]; `None` while nobody wants to know.
    slices: [Option<i64>; 3],
    next_look: Option<Mono>,
}

impl Ticks {
    /// Looks at the clock: the periods that entered another slice since the last look, and when it began.
    /// Periods that are not wanted begin anew when they are wanted again.
    pub fn look<F: Fn(Period) -> bool>(
        &mut self,
        now: Now,
        wanted: F,
    ) -> impl Iterator<Item = (Period, i64)> + use<F> {
        let mut due = [None; 3];
        let mut wait: Option<Duration> = None;
        for (period, (seen, due)) in Period::ALL.into_iter().zip(self.slices.iter_mut().zip(&mut due)) {
            if !wanted(period) {
                *seen = None;
                continue;
            }
            let slice = period.slice(now.wall);
            if seen.replace(slice).is_some_and(|before| before != slice) {
                *due = Some((period, slice));
            }
            let rest = period.rest_of_slice(now.wall).min(LONGEST_WAIT);
            wait = Some(wait.map_or(rest, |wait| wait.min(rest)));
        }
        self.next_look = wait.map(|wait| now.mono.after(wait));
        due.into_iter().flatten()
    }

    /// When to look next; `None` while nobody wants ticks.
    pub fn deadline(&self) -> Option<Mono> {
        self.next_look
    }
}

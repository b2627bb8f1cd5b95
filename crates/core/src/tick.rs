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

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: &[Period] = &[Period::FiveSeconds];
    const HOUR: &[Period] = &[Period::Hour];

    /// A clock, and what the ticks make of it.
    #[derive(Default)]
    struct World {
        now: Now,
        ticks: Ticks,
    }

    impl World {
        fn at(seconds: f64) -> Self {
            Self { now: Now { mono: Mono(7_000_000_000), wall: wall(seconds) }, ticks: Ticks::default() }
        }

        /// Lets the time pass.
        fn pass(&mut self, seconds: f64) -> &mut Self {
            self.now.mono = self.now.mono.after(Duration::from_secs_f64(seconds));
            self.now.wall = Wall(self.now.wall.0 + wall(seconds).0);
            self
        }

        /// Sets the clock, in no time.
        fn set(&mut self, seconds: f64) -> &mut Self {
            self.now.wall = wall(seconds);
            self
        }

        /// Looks, and compares what was due (as length and beginning of the slice) and how long it is to the next
        /// look.
        #[track_caller]
        fn check(&mut self, wanted: &[Period], due: &[(i64, i64)], wait: Option<f64>) -> &mut Self {
            let looked: Vec<_> = self
                .ticks
                .look(self.now, |period| wanted.contains(&period))
                .map(|(period, when)| (period.secs(), when))
                .collect();
            assert_eq!(looked, due);
            let next = self.ticks.deadline().map(|at| at.since(self.now.mono).as_secs_f64());
            assert_eq!(next, wait);
            self
        }
    }

    fn wall(seconds: f64) -> Wall {
        Wall((seconds * 1e6).round() as i64)
    }

    #[test]
    fn nobody_who_wants_ticks_is_nobody_to_wake_up_for() {
        World::at(12.0).check(&[], &[], None).pass(5000.0).check(&[], &[], None);
    }

    #[test]
    fn the_first_look_only_remembers() {
        World::at(10.0).check(FIVE, &[], Some(5.0)).pass(5.0).check(FIVE, &[(5, 15)], Some(5.0));
        World::at(12.5).check(FIVE, &[], Some(2.5)).pass(2.5).check(FIVE, &[(5, 15)], Some(5.0));
    }

    #[test]
    fn a_look_within_the_slice_finds_nothing() {
        World::at(10.0).check(FIVE, &[], Some(5.0)).pass(4.999_999).check(FIVE, &[], Some(0.000_001));
    }

    #[test]
    fn a_late_look_tells_the_beginning_of_the_slice() {
        World::at(10.0).check(FIVE, &[], Some(5.0)).pass(6.75).check(FIVE, &[(5, 15)], Some(3.25));
    }

    #[test]
    fn skipped_slices_are_one_tick() {
        World::at(11.0).check(FIVE, &[], Some(4.0)).pass(1000.0).check(FIVE, &[(5, 1010)], Some(4.0));
    }

    #[test]
    fn every_period_has_its_own_slices() {
        let mut world = World::at(3595.0);
        world.check(&Period::ALL, &[], Some(5.0)).pass(5.0);
        world.check(&Period::ALL, &[(5, 3600), (60, 3600), (3600, 3600)], Some(5.0)).pass(60.0);
        world.check(&Period::ALL, &[(5, 3660), (60, 3660)], Some(5.0));
    }

    #[test]
    fn the_clock_set_ahead_is_a_tick_at_the_next_look() {
        World::at(10.0).check(FIVE, &[], Some(5.0)).set(100_001.0).check(FIVE, &[(5, 100_000)], Some(4.0));
        World::at(10.0).check(HOUR, &[], Some(60.0)).set(3_605.0).check(HOUR, &[(3600, 3600)], Some(60.0));
    }

    #[test]
    fn the_clock_set_back_is_a_tick_too() {
        World::at(100.0).check(FIVE, &[], Some(5.0)).set(52.0).check(FIVE, &[(5, 50)], Some(3.0));
        World::at(2.0).check(FIVE, &[], Some(3.0)).set(-8.0).check(FIVE, &[(5, -10)], Some(3.0));
    }

    #[test]
    fn a_clock_that_runs_slow_makes_nobody_spin() {
        let mut world = World::at(10.0);
        world.check(FIVE, &[], Some(5.0));
        world.pass(5.0).set(14.99).check(FIVE, &[], Some(0.01));
        world.pass(0.01).check(FIVE, &[(5, 15)], Some(5.0));
    }

    #[test]
    fn long_periods_are_looked_at_once_a_minute() {
        let mut world = World::at(3500.0);
        world.check(HOUR, &[], Some(60.0)).pass(60.0).check(HOUR, &[], Some(40.0));
        world.pass(40.0).check(HOUR, &[(3600, 3600)], Some(60.0));
    }

    #[test]
    fn a_period_that_is_wanted_again_begins_anew() {
        let mut world = World::at(10.0);
        world.check(FIVE, &[], Some(5.0)).pass(3.0).check(&[], &[], None);
        world.pass(4.0).check(FIVE, &[], Some(3.0)).pass(3.0).check(FIVE, &[(5, 20)], Some(5.0));
    }
}

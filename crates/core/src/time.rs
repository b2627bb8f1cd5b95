//! Time as the core sees it: an argument, never a clock.
//!
//! Deadlines are monotonic, so that a wall clock that jumps cannot start, kill or delay anything. The wall
//! clock only fills reports.

use std::time::Duration;

/// A point on the monotonic clock: nanoseconds since an arbitrary start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mono(pub u64);

impl Mono {
    /// The point `duration` later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// The point `seconds` later; a negative number of seconds is no time at all.
    #[must_use]
    pub fn after_secs(self, seconds: i64) -> Self {
        self.after(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }

    /// How long it is from `earlier` to here; nothing if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

/// A point on the wall clock: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wall(pub i64);

impl Wall {
    /// Whole seconds since the epoch, as RPC reports them.
    pub fn secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }
}

/// One moment on both clocks; the present one unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// For deadlines.
    pub mono: Mono,
    /// For reports.
    pub wall: Wall,
}

impl Now {
    /// Another moment on both clocks, as long as nobody sets the wall clock in between.
    #[must_use]
    pub fn at(self, mono: Mono) -> Self {
        let micros = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
        let (ahead, behind) = (micros(mono.since(self.mono)), micros(self.mono.since(mono)));
        Self { mono, wall: Wall(self.wall.0.saturating_add(ahead).saturating_sub(behind)) }
    }
}

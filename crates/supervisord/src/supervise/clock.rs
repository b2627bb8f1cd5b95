//! The only clock the supervision plane reads.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use provost_core::time::{Mono, Now, Wall};

/// Tells the present moment on both clocks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    origin: Instant,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { origin: Instant::now() }
    }

    pub(super) fn now(self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Now {
            mono: Mono(0).after(self.origin.elapsed()),
            wall: Wall(i64::try_from(wall.as_micros()).unwrap_or(i64::MAX)),
        }
    }

    /// How long it is until `deadline`; nothing if it has passed.
    pub(super) fn until(self, deadline: Mono) -> Duration {
        deadline.since(self.now().mono)
    }
}

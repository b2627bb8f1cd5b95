//! The one place where a test waits: for a condition somebody can observe, never for time to pass.

use std::thread;
use std::time::{Duration, Instant};

/// The limit for anything that should happen soon. It is generous because a busy machine with two cores
/// runs many of these worlds at once; a test that reaches it has failed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The first pause between two looks; doubled up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(1);
/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// Looks until `look` gives something, at most for `limit`.
pub fn look_for<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let begin = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        let found = look();
        if found.is_some() || begin.elapsed() >= limit {
            return found;
        }
        thread::park_timeout(pause);
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Looks until `look` gives something, and returns it.
///
/// # Panics
///
/// When nothing came within `limit`; the message names `what` was awaited.
pub fn until_some<T>(limit: Duration, what: &str, look: impl FnMut() -> Option<T>) -> T {
    look_for(limit, look).unwrap_or_else(|| panic!("waited {limit:?} in vain for {what}"))
}

/// Looks until `look` is true.
///
/// # Panics
///
/// When it is still false after `limit`; the message names `what` was awaited.
pub fn until(limit: Duration, what: &str, mut look: impl FnMut() -> bool) {
    until_some(limit, what, || look().then_some(()));
}

/// Watches for `time` that `look` stays true: for things that must not happen.
///
/// # Panics
///
/// As soon as it is false; the message names `what` should have stayed.
pub fn stays(time: Duration, what: &str, mut look: impl FnMut() -> bool) {
    let broken = look_for(time, || (!look()).then_some(()));
    assert!(broken.is_none(), "{what} did not last for {time:?}");
}

#[cfg(test)]
mod tests {
    use super::{until, until_some};
    use std::time::Duration;

    #[test]
    fn returns_what_was_found() {
        let mut looks = 0;
        let found = until_some(Duration::from_secs(5), "the third look", || {
            looks += 1;
            (looks == 3).then_some("found")
        });
        assert_eq!((found, looks), ("found", 3));
    }

    #[test]
    #[should_panic(expected = "in vain for a miracle")]
    fn names_what_did_not_come() {
        until(Duration::ZERO, "a miracle", || false);
    }
}

//! How many calls and answers there were, and how long calls took: for metrics.
//!
//! Methods come from the table, never from what clients write, so the number of accounts is bounded.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;

/// Times that calls are sorted by. Reads take less than a millisecond, a start waits for `startsecs`.
pub(super) const BOUNDS: [Duration; 9] = [
    Duration::from_micros(500),
    Duration::from_millis(1),
    Duration::from_millis(5),
    Duration::from_millis(25),
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(60),
];

/// A namespace and a name in it.
pub(super) type Method = (&'static str, &'static str);

/// The calls of one method.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    /// How many there were.
    pub(super) times: u64,
    /// How many of them came to a fault.
    pub(super) faults: u64,
    /// How long all of them took.
    pub(super) total: Duration,
    /// How many took no longer than each of [`BOUNDS`], but longer than the one before.
    pub(super) within: [u64; BOUNDS.len()],
}

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Meter {
    calls: Mutex<BTreeMap<Method, Account>>,
    responses: Mutex<BTreeMap<u16, u64>>,
}

impl Meter {
    /// A call of that method was answered.
    pub(super) fn called(&self, method: Method, took: Duration, is_fault: bool) {
        let mut calls = lock(&self.calls);
        let account = calls.entry(method).or_default();
        account.times += 1;
        account.faults += u64::from(is_fault);
        account.total += took;
        if let Some(bound) = BOUNDS.iter().position(|bound| took <= *bound) {
            account.within[bound] += 1;
        }
    }

    /// A request was answered.
    pub(super) fn answered(&self, status: StatusCode) {
        *lock(&self.responses).entry(status.as_u16()).or_default() += 1;
    }

    /// Every method that was called.
    pub(super) fn calls(&self) -> BTreeMap<Method, Account> {
        lock(&self.calls).clone()
    }

    /// How many answers had which status.
    pub(super) fn responses(&self) -> BTreeMap<u16, u64> {
        lock(&self.responses).clone()
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_sorted_by_how_long_they_took() {
        let meter = Meter::default();
        for (micros, is_fault) in [(1, false), (500, true), (501, false), (61_000_000, false)] {
            meter.called(("s", "x"), Duration::from_micros(micros), is_fault);
        }
        let account = &meter.calls()[&("s", "x")];
        assert_eq!((account.times, account.faults, &account.within[..3]), (4, 1, &[2, 1, 0][..]));
        assert_eq!(account.within.iter().sum::<u64>(), 3, "one took longer than all bounds");
        assert_eq!(account.total, Duration::from_micros(61_001_002));
    }
}

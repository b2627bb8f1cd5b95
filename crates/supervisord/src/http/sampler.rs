//! What the trees of processes use, measured at most once a second and once for everybody who wants to know.
//!
//! Whoever asks gets the last sample if it is fresh enough, and otherwise a new one; shares of a processor are the
//! difference between two samples. While somebody watches, one task measures every few seconds and tells all watchers
//! what changed; it ends when the last of them has left, so that an idle daemon makes no wake-ups.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use provost_core::status::{Pid, ProcessStatus, Snapshot};
use tokio::sync::{Mutex, broadcast};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::App;
use crate::stats::{self, Usage};

/// How often watchers are told.
const WATCH_EVERY: Duration = Duration::from_secs(5);
/// How old a sample may be that somebody gets who asks.
const FRESH: Duration = Duration::from_secs(1);
/// How old a sample may be that a new one is compared with; a share over a longer time says nothing of now.
const COMPARABLE: Duration = Duration::from_secs(60);
/// Samples a watcher may be behind before it gets all rows instead of those that changed.
const MAX_BEHIND: usize = 4;

/// What one tree uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Use {
    pub(super) usage: Usage,
    /// Share of one processor since the sample before, in percent; `None` without one.
    pub(super) cpu_percent: Option<f64>,
}

/// What all trees used at one moment.
#[derive(Debug, Default)]
pub(super) struct Sample {
    at: Option<Instant>,
    uses: HashMap<Pid, Use>,
}

/// The rows that a new sample changed.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    /// The sample.
    pub(super) sample: Arc<Sample>,
    /// The children whose figures are others than before, in the snapshot's order.
    pub(super) rows: Arc<[Arc<ProcessStatus>]>,
}

/// See the [module](self).
pub(super) struct Sampler {
    latest: RwLock<Arc<Sample>>,
    /// Held while one measures: others wait for the same result.
    measuring: Mutex<()>,
    watching: AtomicBool,
    news: broadcast::Sender<Changed>,
}

impl Default for Sampler {
    fn default() -> Self {
        Self {
            latest: RwLock::default(),
            measuring: Mutex::default(),
            watching: AtomicBool::default(),
            news: broadcast::Sender::new(MAX_BEHIND),
        }
    }
}

impl Sample {
    /// What the tree of that child uses, if it was there.
    pub(super) fn of(&self, pid: Option<Pid>) -> Option<Use> {
        self.uses.get(&pid?).copied()
    }

    fn age(&self) -> Duration {
        self.at.map_or(Duration::MAX, |at| at.elapsed())
    }

    fn new(usage: HashMap<Pid, Usage>, before: &Self) -> Self {
        let elapsed = before.age();
        let share = |pid: &Pid, usage: &Usage| {
            let before = before.uses.get(pid).filter(|_| elapsed <= COMPARABLE)?;
            // Of a tree that lost a process the seconds go back.
            Some((usage.cpu - before.usage.cpu).max(0.0) / elapsed.as_secs_f64() * 100.0)
        };
        let uses = usage
            .into_iter()
            .map(|(pid, usage)| (pid, Use { usage, cpu_percent: share(&pid, &usage) }))
            .collect();
        Self { at: Some(Instant::now()), uses }
    }
}

impl Use {
    /// Whether people would see a difference.
    fn looks_like(&self, other: &Self) -> bool {
        let tenths = |share: Option<f64>| share.map(|share| (share * 10.0).round());
        (self.usage.memory, self.usage.processes) == (other.usage.memory, other.usage.processes)
            && tenths(self.cpu_percent) == tenths(other.cpu_percent)
    }
}

impl Sampler {
    /// The last sample, however old.
    pub(super) fn latest(&self) -> Arc<Sample> {
        Arc::clone(&self.latest.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A sample of now, or of a moment ago.
    pub(super) async fn fresh(&self, snapshot: &Snapshot) -> Arc<Sample> {
        let _measuring = self.measuring.lock().await;
        let before = self.latest();
        if before.age() < FRESH {
            return before;
        }
        let children: Vec<Pid> = snapshot.processes.iter().filter_map(|row| row.pid).collect();
        // Figures that could not be had are absent, as without /proc.
        let usage = spawn_blocking(move || stats::usage_of(&children)).await.unwrap_or_default();
        let sample = Arc::new(Sample::new(usage, &before));
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&sample);
        sample
    }

    /// Begins to watch.
    pub(super) fn watch(&self, app: &Arc<App>) -> broadcast::Receiver<Changed> {
        let watcher = self.news.subscribe();
        if !self.watching.swap(true, Ordering::AcqRel) {
            tokio::spawn(keep_watching(Arc::clone(app)));
        }
        watcher
    }

    async fn tell_changes(&self, snapshot: &Snapshot) {
        let before = self.latest();
        let sample = self.fresh(snapshot).await;
        let changed = |row: &&Arc<ProcessStatus>| match (before.of(row.pid), sample.of(row.pid)) {
            (Some(before), Some(now)) => !now.looks_like(&before),
            (_, now) => now.is_some(),
        };
        let rows: Vec<_> = snapshot.processes.iter().filter(changed).cloned().collect();
        if !rows.is_empty() {
            // Without a receiver the last watcher has left just now.
            let _ = self.news.send(Changed { sample, rows: rows.into() });
        }
    }
}

/// Measures until nobody watches. All of this runs on one thread, so nobody begins to watch between the last two lines.
async fn keep_watching(app: Arc<App>) {
    let sampler = &app.sampler;
    let _ended = Ended(&sampler.watching);
    loop {
        sleep(WATCH_EVERY).await;
        if sampler.news.receiver_count() == 0 {
            return;
        }
        let snapshot = app.ports.snapshot.load_full();
        sampler.tell_changes(&snapshot).await;
    }
}

/// The next watcher begins anew, however this one ended.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(cpu: f64, before: &Sample) -> Sample {
        let usage = Usage { memory: 4096, cpu, processes: 1 };
        Sample::new(HashMap::from([(Pid(7), usage)]), before)
    }

    #[tokio::test(start_paused = true)]
    async fn shares_are_the_difference_between_two_samples() {
        let share = |sample: &Sample| sample.of(Some(Pid(7))).and_then(|used| used.cpu_percent);
        let first = sample(10.0, &Sample::default());
        assert_eq!(share(&first), None);
        tokio::time::advance(Duration::from_secs(4)).await;
        let second = sample(11.0, &first);
        assert_eq!(share(&second), Some(25.0));
        tokio::time::advance(Duration::from_secs(4)).await;
        assert_eq!(share(&sample(9.0, &second)), Some(0.0), "a helper has gone");
        tokio::time::advance(COMPARABLE).await;
        assert_eq!(share(&sample(12.0, &second)), None, "too long ago");
        assert_eq!(second.of(Some(Pid(8))), None);
        assert_eq!(second.of(None), None);
    }

    #[test]
    fn only_what_can_be_seen_is_a_change() {
        let used = |memory, cpu_percent| Use { usage: Usage { memory, cpu: 0.0, processes: 1 }, cpu_percent };
        let base = used(1, Some(1.0));
        for (other, expect) in [
            (used(1, Some(1.04)), true),
            (used(1, Some(1.06)), false),
            (used(2, Some(1.0)), false),
            (used(1, None), false),
        ] {
            assert_eq!(base.looks_like(&other), expect, "{other:?}");
        }
    }
}

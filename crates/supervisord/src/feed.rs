//! What happened lately, for those who watch: the pages, the API and metrics.
//!
//! The supervision plane adds facts after it has published the snapshot that shows them; the control plane reads
//! them at its own pace, by number. Both ends of memory are bounded: a ring of the last facts of all, and of each
//! process the last few, so that one that fails all day does not push out the history of its neighbours. A fact stands in
//! one place only: in the ring, and in the history of its process when the ring has no room for it any more. A reader
//! that falls behind the ring is told so and begins anew from a snapshot.
//!
//! Adding costs a short lock and, without watchers, no wake-up. Nothing here decides anything.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use provost_core::notice::{Notice, ProcessName};
use provost_core::status::ExitStatus;
use provost_core::time::Wall;
use tokio::sync::Notify;

/// Facts that are kept for readers that follow.
const MAX_FACTS: usize = 4096;
/// Facts that are kept of each process.
const MAX_FACTS_OF_ONE: usize = 32;
/// Processes whose facts are kept; groups that came and went leave no trace beyond this.
const MAX_PROCESSES: usize = 8192;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    /// Its number in this life of the daemon, from 1.
    pub(crate) number: u64,
    /// When.
    pub(crate) at: Wall,
    /// What.
    pub(crate) notice: Notice,
}

/// What a reader gets who has seen everything up to some number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Everything since, oldest first.
    Facts(Vec<Fact>),
    /// Some of it is gone already: look at a snapshot, then go on after this number.
    Missed(u64),
}

/// How often the children of one process ended in each way.
pub(crate) type Exits = BTreeMap<Ending, u64>;

/// A way in which children end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    /// With that exit code.
    Code(i32),
    /// By that signal.
    Signal(i32),
}

/// See the [module](self).
pub(crate) struct Feed {
    born: Wall,
    facts: Mutex<Facts>,
    changed: Notify,
    watchers: AtomicUsize,
}

struct Facts {
    latest: u64,
    /// The last of all, without gaps.
    ring: VecDeque<Fact>,
    /// By group and name.
    of_each: BTreeMap<(Arc<str>, Arc<str>), History>,
    /// Where the ring tells that a group was removed: what it has from before is nobody's history.
    removed: BTreeMap<Arc<str>, u64>,
}

/// What is remembered of one process beside what the ring has.
#[derive(Default)]
struct History {
    /// What fell out of the ring.
    older: VecDeque<Fact>,
    /// Counted here and not by readers, because nobody may be reading. There are few ways to end.
    exits: Exits,
}

/// The feed of a life that begins now.
impl Default for Feed {
    fn default() -> Self {
        let born = jiff::Timestamp::now().as_microsecond();
        Self {
            born: Wall(born),
            facts: Mutex::new(Facts {
                latest: 0,
                // At once, because the system gives memory of this size as it is used; growing would leave holes.
                ring: VecDeque::with_capacity(MAX_FACTS),
                of_each: BTreeMap::new(),
                removed: BTreeMap::new(),
            }),
            changed: Notify::default(),
            watchers: AtomicUsize::default(),
        }
    }
}

impl Feed {
    /// When the life of the daemon began whose facts these are. Numbers begin anew with each.
    pub(crate) fn born(&self) -> Wall {
        self.born
    }

    /// Adds what happened in one turn.
    pub(crate) fn add(&self, at: Wall, notices: impl Iterator<Item = Notice>) {
        let mut facts = self.facts();
        let before = facts.latest;
        for notice in notices {
            facts.add(at, notice);
        }
        let grew = facts.latest > before;
        drop(facts);
        if grew && self.watchers.load(Ordering::Acquire) > 0 {
            self.changed.notify_waiters();
        }
    }

    /// The number of the latest fact; 0 before there is one.
    pub(crate) fn latest(&self) -> u64 {
        self.facts().latest
    }

    /// What happened after the fact with that number.
    pub(crate) fn since(&self, seen: u64) -> News {
        let facts = self.facts();
        let oldest = facts.ring.front().map_or(facts.latest + 1, |fact| fact.number);
        if seen > facts.latest || seen + 1 < oldest {
            return News::Missed(facts.latest);
        }
        let new = facts.ring.partition_point(|fact| fact.number <= seen);
        News::Facts(facts.ring.range(new..).cloned().collect())
    }

    /// The last facts about one process, oldest first.
    pub(crate) fn about(&self, group: &str, name: &str) -> Vec<Fact> {
        let key = (Arc::from(group), Arc::from(name));
        let facts = self.facts();
        let is_its = |fact: &&Fact| {
            subject(&fact.notice).is_some_and(|of| &*of.name == name && &*of.group == group)
                && facts.is_current(fact)
        };
        let older = facts.of_each.get(&key).into_iter().flat_map(|history| &history.older);
        let last = facts.ring.iter().filter(is_its).rev().chain(older.rev()).take(MAX_FACTS_OF_ONE);
        let mut last: Vec<_> = last.cloned().collect();
        last.reverse();
        last
    }

    /// How often the children of one process ended in which way since its group was added.
    pub(crate) fn exits(&self, group: &Arc<str>, name: &str) -> Exits {
        let key = (Arc::clone(group), Arc::from(name));
        self.facts().of_each.get(&key).map(|history| history.exits.clone()).unwrap_or_default()
    }

    /// Begins to watch.
    pub(crate) fn watch(self: &Arc<Self>) -> Watcher {
        self.watchers.fetch_add(1, Ordering::AcqRel);
        Watcher(Arc::clone(self))
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Facts {
    fn add(&mut self, at: Wall, notice: Notice) {
        self.latest += 1;
        match &notice {
            Notice::Exited { process, status, .. } | Notice::Stopped { process, status, .. } => {
                if let Some(history) = self.history(process) {
                    *history.exits.entry((*status).into()).or_default() += 1;
                }
            }
            Notice::GroupRemoved { group } => {
                self.of_each.retain(|(of, _), _| of != group);
                self.removed.insert(Arc::clone(group), self.latest);
            }
            _ => {}
        }
        if self.ring.len() == MAX_FACTS {
            self.retire_oldest();
        }
        self.ring.push_back(Fact { number: self.latest, at, notice });
    }

    /// Takes the oldest fact out of the ring, into the history of its process.
    fn retire_oldest(&mut self) {
        let Some(fact) = self.ring.pop_front() else { return };
        if let Notice::GroupRemoved { group } = &fact.notice
            && self.removed.get(group) == Some(&fact.number)
        {
            self.removed.remove(group);
        }
        if let Some(process) = subject(&fact.notice)
            && self.is_current(&fact)
            && let Some(history) = self.history(process)
        {
            if history.older.len() == MAX_FACTS_OF_ONE {
                history.older.pop_front();
            }
            history.older.push_back(fact);
        }
    }

    /// Whether the group of that fact has not been removed since.
    fn is_current(&self, fact: &Fact) -> bool {
        let removed = subject(&fact.notice).and_then(|process| self.removed.get(&process.group));
        removed.is_none_or(|number| fact.number > *number)
    }

    /// The history of a process; `None` if there are too many.
    fn history(&mut self, process: &ProcessName) -> Option<&mut History> {
        let key = (Arc::clone(&process.group), Arc::clone(&process.name));
        let has_place = self.of_each.len() < MAX_PROCESSES || self.of_each.contains_key(&key);
        has_place.then(|| self.of_each.entry(key).or_default())
    }
}

/// Whether a fact is news. What a program merely wrote or was sent is not.
pub(crate) fn is_news(notice: &Notice) -> bool {
    subject(notice).is_some()
        || matches!(
            notice,
            Notice::GroupAdded { .. }
                | Notice::GroupRemoved { .. }
                | Notice::SupervisorRunning
                | Notice::SupervisorStopping
        )
}

impl From<ExitStatus> for Ending {
    fn from(status: ExitStatus) -> Self {
        match status {
            ExitStatus::Exited(code) => Self::Code(code),
            ExitStatus::Signaled { signal, .. } => Self::Signal(signal),
        }
    }
}

/// Whose history a fact belongs to.
pub(crate) fn subject(notice: &Notice) -> Option<&ProcessName> {
    match notice {
        Notice::StateChanged { process, .. }
        | Notice::Spawned { process, .. }
        | Notice::StartFailed { process, .. }
        | Notice::Exited { process, .. }
        | Notice::Stopped { process, .. }
        | Notice::GaveUp { process }
        | Notice::Killing { process, .. }
        | Notice::Abandoned { process, .. } => Some(process),
        _ => None,
    }
}

/// Somebody who waits for facts; counts as one until dropped.
pub(crate) struct Watcher(Arc<Feed>);

impl Watcher {
    /// Completes when something happens after its creation: create it, read the feed, then wait for it.
    pub(crate) fn changed(&self) -> tokio::sync::futures::Notified<'_> {
        self.0.changed.notified()
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.0.watchers.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use provost_core::status::Pid;

    use super::*;

    fn spawned(name: &str) -> Notice {
        let process = ProcessName { group: "g".into(), name: name.into() };
        Notice::Spawned { process, pid: Pid(7) }
    }

    fn feed(notices: impl IntoIterator<Item = Notice>) -> Arc<Feed> {
        let feed = Arc::new(Feed::default());
        feed.add(Wall(1), notices.into_iter());
        feed
    }

    /// The numbers of what is new for who has seen `seen`; `None` if some of it is gone.
    fn numbers(feed: &Feed, seen: u64) -> Option<Vec<u64>> {
        match feed.since(seen) {
            News::Facts(facts) => Some(facts.iter().map(|fact| fact.number).collect()),
            News::Missed(_) => None,
        }
    }

    #[test]
    fn readers_go_on_where_they_were() {
        let feed = feed([]);
        assert_eq!((feed.latest(), numbers(&feed, 0)), (0, Some(vec![])));
        feed.add(Wall(1), ["a", "b", "c"].map(spawned).into_iter());
        assert_eq!(numbers(&feed, 0), Some(vec![1, 2, 3]));
        assert_eq!(numbers(&feed, 2), Some(vec![3]));
        assert_eq!(numbers(&feed, 3), Some(vec![]));
        assert_eq!(numbers(&feed, 4), None, "a number of another life");
    }

    #[test]
    fn who_falls_behind_is_told() {
        let most = MAX_FACTS as u64;
        let feed = feed((0..=MAX_FACTS).map(|_| spawned("a")));
        assert_eq!(feed.since(0), News::Missed(most + 1));
        assert_eq!(numbers(&feed, 1).map(|numbers| numbers.len()), Some(MAX_FACTS));
    }

    #[test]
    fn each_process_has_a_history_of_its_own() {
        let feed = feed((0..100).map(|_| spawned("noisy")).chain([spawned("quiet")]));
        assert_eq!(feed.about("g", "noisy").len(), MAX_FACTS_OF_ONE);
        assert_eq!(feed.about("g", "noisy").last().map(|fact| fact.number), Some(100));
        assert_eq!(feed.about("g", "quiet").len(), 1);
        assert_eq!(feed.about("g", "other").len(), 0);
        feed.add(Wall(2), std::iter::once(Notice::GroupRemoved { group: "g".into() }));
        assert_eq!(feed.about("g", "quiet").len(), 0);
    }

    /// The numbers of what is known of a process.
    fn known(feed: &Feed, name: &str) -> Vec<u64> {
        feed.about("g", name).iter().map(|fact| fact.number).collect()
    }

    #[test]
    fn a_noisy_neighbour_pushes_nothing_out() {
        let noise = || (0..MAX_FACTS).map(|_| spawned("noisy"));
        let feed = feed([spawned("quiet"), spawned("quiet")].into_iter().chain(noise()));
        assert_eq!(known(&feed, "quiet"), [1, 2], "they are in no ring any more");
        feed.add(Wall(2), std::iter::once(spawned("quiet")));
        assert_eq!(known(&feed, "quiet"), [1, 2, MAX_FACTS as u64 + 3]);
        feed.add(Wall(3), (0..40).map(|_| spawned("quiet")));
        assert_eq!(known(&feed, "quiet").len(), MAX_FACTS_OF_ONE);
        assert_eq!(known(&feed, "quiet").last(), Some(&feed.latest()));
    }

    #[test]
    fn a_group_that_comes_again_has_no_past() {
        let removed = || Notice::GroupRemoved { group: "g".into() };
        let feed = feed([spawned("a"), removed(), spawned("a")]);
        assert_eq!(known(&feed, "a"), [3]);
        feed.add(Wall(2), (0..MAX_FACTS).map(|_| spawned("b")));
        assert_eq!(known(&feed, "a"), [3]);
        assert!(feed.facts().removed.is_empty(), "what the ring does not tell any more is forgotten");
        feed.add(Wall(3), [removed(), spawned("a")].into_iter());
        assert_eq!(known(&feed, "a"), [feed.latest()]);
        feed.add(Wall(4), (0..MAX_FACTS).map(|_| spawned("a")));
        assert!(known(&feed, "b").is_empty(), "what was removed retires to no history");
    }

    #[test]
    fn exits_are_counted_by_how_they_were() {
        let exited = |status| Notice::Exited {
            process: ProcessName { group: "g".into(), name: "a".into() },
            status,
            expected: true,
        };
        let killed = ExitStatus::Signaled { signal: 9, core_dumped: false };
        let many = (0..MAX_FACTS).map(|_| exited(ExitStatus::Exited(0)));
        let feed = feed(many.chain([exited(killed)]));
        let expect = Exits::from([(Ending::Code(0), MAX_FACTS as u64), (Ending::Signal(9), 1)]);
        assert_eq!(feed.exits(&"g".into(), "a"), expect);
        assert_eq!(feed.exits(&"g".into(), "b"), Exits::new());
    }

    #[test]
    fn watchers_are_woken() {
        let feed = feed([]);
        let watcher = feed.watch();
        let mut changed = Box::pin(watcher.changed());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(changed.as_mut().poll(&mut context).is_pending());
        feed.add(Wall(1), std::iter::once(spawned("a")));
        assert!(changed.as_mut().poll(&mut context).is_ready());
    }

    #[test]
    fn only_news_is_kept() {
        assert!(is_news(&spawned("a")) && is_news(&Notice::SupervisorStopping));
        assert!(!is_news(&Notice::ChildQuit));
    }
}

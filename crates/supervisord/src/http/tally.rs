//! Wrong guesses of late, counted by whoever a table is about, and how long that bars him.
//!
//! Only distinct guesses count: of everybody the fingerprints of the last [`REMEMBERED`] are kept, and who presents one of them again learns
//! nothing. So a script with an old password, which asks each second, counts once. Everybody has some mistakes free. Each
//! further one bars for a time that doubles, up to [`LONGEST`]. One is forgiven every [`FORGIVEN_AFTER`].
//!
//! A table is bounded. When it is full, who made the fewest mistakes is forgotten.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::Duration;

use provost_wire::auth::Fingerprint;
use tokio::time::Instant;

/// Wrong guesses of each that are known again.
const REMEMBERED: usize = 8;
/// How long it takes until one mistake is forgotten.
pub(super) const FORGIVEN_AFTER: Duration = Duration::from_secs(15);
/// How long the first mistake that is not free bars.
const SHORTEST: Duration = Duration::from_secs(1);
/// How long any of them bars.
pub(super) const LONGEST: Duration = Duration::from_secs(64);
/// Records of one table: half a megabyte when all of them are full.
pub(super) const MAX_RECORDS: usize = 1024;

/// See the [module](self).
pub(super) struct Table<K> {
    /// Mistakes that cost nothing.
    free: u32,
    records: HashMap<K, Record>,
}

struct Record {
    number: u32,
    forgiven_until: Instant,
    barred_until: Instant,
    /// The wrong guesses that came last, the latest at the end.
    recent: VecDeque<Fingerprint>,
}

impl Record {
    fn new(now: Instant) -> Self {
        Self { number: 0, forgiven_until: now, barred_until: now, recent: VecDeque::new() }
    }

    /// One less for each interval that has passed.
    fn forgive(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.forgiven_until);
        let intervals = u32::try_from(passed.as_secs() / FORGIVEN_AFTER.as_secs()).unwrap_or(u32::MAX);
        self.number = self.number.saturating_sub(intervals);
        self.forgiven_until =
            if self.number == 0 { now } else { self.forgiven_until + FORGIVEN_AFTER * intervals };
    }

    /// Whether it is one of the guesses that came last; then it is the latest now, so that others do not push it out.
    fn repeats(&mut self, guess: &Fingerprint) -> bool {
        let place = self.recent.iter().position(|known| known.is(guess));
        let known = place.and_then(|place| self.recent.remove(place));
        self.recent.extend(known);
        known.is_some()
    }

    fn add(&mut self, guess: Fingerprint, free: u32, now: Instant) {
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
        }
        self.recent.push_back(guess);
        self.forgive(now);
        self.number = self.number.saturating_add(1);
        if let Some(beyond) = self.number.checked_sub(free) {
            let doublings = beyond.min(LONGEST.as_secs().ilog2());
            self.barred_until = now + (SHORTEST * (1 << doublings)).min(LONGEST);
        }
    }
}

impl<K: Copy + Eq + Hash> Table<K> {
    /// A table in which everybody has so many mistakes free.
    pub(super) fn new(free: u32) -> Self {
        Self { free, records: HashMap::new() }
    }

    /// How long this one has to wait; nothing if he has not.
    pub(super) fn bar(&self, key: K, now: Instant) -> Option<Duration> {
        let wait = self.records.get(&key)?.barred_until.checked_duration_since(now)?;
        (!wait.is_zero()).then_some(wait)
    }

    /// Whether this one presented the same of late, and it was wrong.
    pub(super) fn repeats(&mut self, key: K, guess: &Fingerprint) -> bool {
        self.records.get_mut(&key).is_some_and(|record| record.repeats(guess))
    }

    /// This one presented something that is wrong. Whether that counted: repeats do not.
    pub(super) fn add(&mut self, key: K, guess: Fingerprint, now: Instant) -> bool {
        if self.repeats(key, &guess) {
            return false;
        }
        if self.records.len() >= MAX_RECORDS && !self.records.contains_key(&key) {
            self.make_room(now);
        }
        self.records.entry(key).or_insert_with(|| Record::new(now)).add(guess, self.free, now);
        true
    }

    fn make_room(&mut self, now: Instant) {
        self.records.retain(|_, record| {
            record.forgive(now);
            record.number > 0
        });
        if self.records.len() < MAX_RECORDS {
            return;
        }
        let least = self.records.iter().min_by_key(|(_, record)| (record.number, record.forgiven_until));
        if let Some(key) = least.map(|(key, _)| *key) {
            self.records.remove(&key);
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: u32 = 8;

    fn guess(number: u32) -> Fingerprint {
        let password = number.to_string();
        let presented = provost_wire::auth::Credentials { user: String::new(), password };
        Fingerprint::new(&presented, &[1; 32])
    }

    fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    #[test]
    fn guessing_takes_longer_and_longer_and_only_for_who_guesses() {
        let (mut table, mut now) = (Table::new(FREE), Instant::now());
        for number in 1..FREE {
            assert!(table.add(1, guess(number), now));
            assert_eq!(table.bar(1, now), None);
        }
        for (number, expect) in (100..).zip([1, 2, 4, 8]) {
            table.add(1, guess(number), now);
            assert_eq!(table.bar(1, now), Some(seconds(expect)));
            assert_eq!(table.bar(2, now), None);
            now += seconds(expect);
            assert_eq!(table.bar(1, now), None);
        }
    }

    #[test]
    fn who_never_stops_gets_one_guess_in_ever_so_many_seconds() {
        let (mut table, start) = (Table::new(FREE), Instant::now());
        let (mut now, mut guesses) = (start, 0);
        while now - start < seconds(24 * 3600) {
            table.add(1, guess(guesses), now);
            guesses += 1;
            now += table.bar(1, now).unwrap_or_default();
        }
        assert!((5000..6500).contains(&guesses), "{guesses} guesses in a day");
    }

    #[test]
    fn mistakes_are_forgiven() {
        let (mut table, now) = (Table::new(FREE), Instant::now());
        assert!((0..100).all(|number| table.add(1, guess(number), now)));
        assert_eq!(table.bar(1, now), Some(LONGEST));
        let later = now + FORGIVEN_AFTER * 100;
        table.add(1, guess(100), later);
        assert_eq!(table.bar(1, later), None);
    }

    #[test]
    fn repeats_do_not_count() {
        let (mut table, start) = (Table::new(FREE), Instant::now());
        assert!(!table.repeats(1, &guess(0)));
        assert!(table.add(1, guess(0), start));
        // A script with an old password, once a second for an hour, beside somebody who is mistaken in a new way every minute.
        for second in 1..3600 {
            let now = start + seconds(second);
            assert!(table.repeats(1, &guess(0)));
            assert!(!table.add(1, guess(0), now), "{second}");
            if second % 60 == 0 {
                table.add(1, guess(u32::try_from(second).expect("a small number")), now);
            }
            assert_eq!(table.bar(1, now), None, "{second}");
        }
        assert!(!table.repeats(2, &guess(0)), "what one tried is new to another");
    }

    #[test]
    fn what_is_forgotten_counts_again() {
        let (mut table, now) = (Table::new(FREE), Instant::now());
        let mut in_turn = (0..=8).cycle().take(30);
        assert!(in_turn.all(|number| table.add(1, guess(number), now)));
        assert_eq!(table.bar(1, now), Some(LONGEST));
    }

    #[test]
    fn a_table_is_bounded_and_keeps_the_worst() {
        let (mut table, now) = (Table::new(FREE), Instant::now());
        assert!((0..FREE).all(|number| table.add(1, guess(number), now)));
        for other in 0..5000 {
            table.add(100 + other, guess(0), now);
            assert!(table.len() <= MAX_RECORDS);
        }
        assert!(table.bar(1, now).is_some());
    }
}

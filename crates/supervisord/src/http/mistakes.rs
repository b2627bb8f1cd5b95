//! Wrong passwords of late, by who sent them: guessing is made slow for who guesses, and for nobody else.
//!
//! Everybody has [`FREE`] mistakes. Each further one bars the caller for a time that doubles, up to [`LONGEST`]; as long as he
//! is barred, what he presents is not even looked at, right or wrong. One mistake is forgiven every [`FORGIVEN_AFTER`],
//! so that a script with an old password locks nobody out who uses the same address. Sessions are not concerned: whoever
//! has one does not present a password.
//!
//! The table is bounded. When it is full, who made the fewest mistakes is forgotten.

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use tokio::time::Instant;

use super::listener::Peer;

/// Wrong passwords that cost nothing.
const FREE: u32 = 8;
/// How long it takes until one of them is forgotten.
const FORGIVEN_AFTER: Duration = Duration::from_secs(15);
/// How long the first mistake that is not free bars.
const SHORTEST: Duration = Duration::from_secs(1);
/// How long any of them bars.
const LONGEST: Duration = Duration::from_secs(64);
/// Callers that are remembered: some 100 KB.
const MAX_CALLERS: usize = 1024;

/// Whom a request is from, as far as guessing goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    /// A process of this user, over a unix socket.
    User(u32),
    /// A process over a unix socket whose user the system does not tell.
    Somebody,
    /// This address; of IPv6 the network, because whoever has one address there has all of them.
    Address(IpAddr),
}

impl From<Peer> for Caller {
    fn from(peer: Peer) -> Self {
        match peer {
            Peer::Local(Some(uid)) => Self::User(uid),
            Peer::Local(None) => Self::Somebody,
            Peer::Remote(address) => Self::Address(match address.ip().to_canonical() {
                IpAddr::V6(address) => {
                    let [a, b, c, d, ..] = address.segments();
                    Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
                }
                address => address,
            }),
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(uid) => write!(f, "uid {uid}"),
            Self::Somebody => f.write_str("a unix socket"),
            Self::Address(IpAddr::V6(network)) if !network.is_loopback() => write!(f, "{network}/64"),
            Self::Address(address) => address.fmt(f),
        }
    }
}

/// See the [module](self).
#[derive(Default)]
pub(super) struct Mistakes {
    records: HashMap<Caller, Record>,
}

struct Record {
    number: u32,
    forgiven_until: Instant,
    barred_until: Instant,
}

impl Record {
    fn new(now: Instant) -> Self {
        Self { number: 0, forgiven_until: now, barred_until: now }
    }

    /// One less for each interval that has passed.
    fn forgive(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.forgiven_until);
        let intervals = u32::try_from(passed.as_secs() / FORGIVEN_AFTER.as_secs()).unwrap_or(u32::MAX);
        self.number = self.number.saturating_sub(intervals);
        self.forgiven_until =
            if self.number == 0 { now } else { self.forgiven_until + FORGIVEN_AFTER * intervals };
    }

    fn add(&mut self, now: Instant) {
        self.forgive(now);
        self.number = self.number.saturating_add(1);
        if let Some(beyond) = self.number.checked_sub(FREE) {
            let doublings = beyond.min(LONGEST.as_secs().ilog2());
            self.barred_until = now + (SHORTEST * (1 << doublings)).min(LONGEST);
        }
    }
}

impl Mistakes {
    /// How long the caller has to wait before anything from him is looked at; nothing if he has not.
    pub(super) fn bar(&self, caller: Caller, now: Instant) -> Option<Duration> {
        let wait = self.records.get(&caller)?.barred_until.checked_duration_since(now)?;
        (!wait.is_zero()).then_some(wait)
    }

    /// The caller presented something that is wrong.
    pub(super) fn add(&mut self, caller: Caller, now: Instant) {
        if self.records.len() >= MAX_CALLERS && !self.records.contains_key(&caller) {
            self.make_room(now);
        }
        self.records.entry(caller).or_insert_with(|| Record::new(now)).add(now);
    }

    fn make_room(&mut self, now: Instant) {
        self.records.retain(|_, record| {
            record.forgive(now);
            record.number > 0
        });
        if self.records.len() < MAX_CALLERS {
            return;
        }
        let least = self.records.iter().min_by_key(|(_, record)| (record.number, record.forgiven_until));
        if let Some(caller) = least.map(|(caller, _)| *caller) {
            self.records.remove(&caller);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Caller = Caller::User(1);
    const OTHER: Caller = Caller::User(2);

    fn seconds(number: u64) -> Duration {
        Duration::from_secs(number)
    }

    #[test]
    fn guessing_takes_longer_and_longer_and_only_for_who_guesses() {
        let (mut mistakes, mut now) = (Mistakes::default(), Instant::now());
        for _ in 1..FREE {
            mistakes.add(ONE, now);
            assert_eq!(mistakes.bar(ONE, now), None);
        }
        for expect in [1, 2, 4, 8] {
            mistakes.add(ONE, now);
            assert_eq!(mistakes.bar(ONE, now), Some(seconds(expect)));
            assert_eq!(mistakes.bar(OTHER, now), None);
            now += seconds(expect);
            assert_eq!(mistakes.bar(ONE, now), None);
        }
    }

    #[test]
    fn who_never_stops_gets_one_guess_in_ever_so_many_seconds() {
        let (mut mistakes, start) = (Mistakes::default(), Instant::now());
        let (mut now, mut guesses) = (start, 0);
        while now - start < seconds(24 * 3600) {
            mistakes.add(ONE, now);
            guesses += 1;
            now += mistakes.bar(ONE, now).unwrap_or_default();
        }
        assert!((5000..6500).contains(&guesses), "{guesses} guesses in a day");
    }

    #[test]
    fn mistakes_are_forgiven() {
        let (mut mistakes, now) = (Mistakes::default(), Instant::now());
        for _ in 0..100 {
            mistakes.add(ONE, now);
        }
        assert_eq!(mistakes.bar(ONE, now), Some(LONGEST));
        let later = now + FORGIVEN_AFTER * 100;
        mistakes.add(ONE, later);
        assert_eq!(mistakes.bar(ONE, later), None);
        // A script with an old password, once a minute.
        for minute in 0..100 {
            let now = later + seconds(60 * minute);
            mistakes.add(OTHER, now);
            assert_eq!(mistakes.bar(OTHER, now), None);
        }
    }

    #[test]
    fn the_table_is_bounded_and_keeps_the_worst() {
        let (mut mistakes, now) = (Mistakes::default(), Instant::now());
        (0..FREE).for_each(|_| mistakes.add(ONE, now));
        for uid in 0..5000 {
            mistakes.add(Caller::User(100 + uid), now);
            assert!(mistakes.records.len() <= MAX_CALLERS);
        }
        assert!(mistakes.bar(ONE, now).is_some());
    }

    #[test]
    fn callers_are_who_can_be_told_apart() {
        let caller = |address: &str| Caller::from(Peer::Remote(address.parse().expect("an address")));
        assert_eq!(caller("10.0.0.1:1"), caller("10.0.0.1:2"));
        assert_eq!(caller("10.0.0.1:1"), caller("[::ffff:10.0.0.1]:1"));
        assert_ne!(caller("10.0.0.1:1"), caller("10.0.0.2:1"));
        assert_eq!(caller("[2001:db8::1]:1"), caller("[2001:db8::ffff:2]:1"));
        assert_ne!(caller("[2001:db8:0:1::1]:1"), caller("[2001:db8:0:2::1]:1"));
        assert_ne!(Caller::from(Peer::Local(Some(0))), Caller::from(Peer::Local(Some(1))));
        assert_eq!(caller("[2001:db8::1]:1").to_string(), "2001:db8::/64");
        assert_eq!(caller("127.0.0.1:1").to_string(), "127.0.0.1");
        assert_eq!(ONE.to_string(), "uid 1");
    }
}

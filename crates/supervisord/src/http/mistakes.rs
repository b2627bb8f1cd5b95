//! Who guesses passwords: guessing is made slow for who guesses, and for nobody else.
//!
//! Many may share an address: all programs of a host, or all the world behind a reverse proxy. So the bar is there for
//! each user name of an address, and a second one, much higher, for the address. Who is barred is not looked at, whether
//! right or wrong, and also if he was right before: what is known to be right would be confirmed as fast as it can be asked for, to
//! everybody who has the address. Sessions are not concerned: whoever has one does not present a password.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use provost_wire::auth::Fingerprint;
use tokio::time::Instant;

use super::listener::Peer;
use super::tally::Table;

/// Distinct wrong passwords that cost nothing, for each user name of an address.
const FREE: u32 = 8;
/// The same for an address, whatever names come from it.
const FREE_OF_ADDRESS: u32 = 100;

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

/// Whom an attempt is from: a caller, and the name that he says is his. Names are kept as a digest with a key, which makes them
/// small, and nobody can choose one that is taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Suspect {
    /// Where the attempt is from.
    pub(super) caller: Caller,
    name: u64,
}

/// See the [module](self).
pub(super) struct Mistakes {
    names: RandomState,
    suspects: Table<Suspect>,
    callers: Table<Caller>,
}

impl Default for Mistakes {
    fn default() -> Self {
        let (suspects, callers) = (Table::new(FREE), Table::new(FREE_OF_ADDRESS));
        Self { names: RandomState::new(), suspects, callers }
    }
}

impl Mistakes {
    /// Who it is that comes from there with this user name.
    pub(super) fn suspect(&self, caller: Caller, user: &str) -> Suspect {
        Suspect { caller, name: self.names.hash_one(user) }
    }

    /// How long the suspect has to wait before anything from him is looked at; nothing if he has not.
    pub(super) fn bar(&self, suspect: Suspect, now: Instant) -> Option<Duration> {
        self.suspects.bar(suspect, now).max(self.callers.bar(suspect.caller, now))
    }

    /// Whether the suspect presented this of late, and it was wrong.
    pub(super) fn repeats(&mut self, suspect: Suspect, guess: &Fingerprint) -> bool {
        self.suspects.repeats(suspect, guess)
    }

    /// The suspect presented something that is wrong. Whether it counts: repeats do not.
    pub(super) fn add(&mut self, suspect: Suspect, guess: Fingerprint, now: Instant) -> bool {
        let counts = self.suspects.add(suspect, guess, now);
        if counts {
            self.callers.add(suspect.caller, guess, now);
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use provost_wire::auth::Credentials;

    use super::super::tally::{LONGEST, MAX_RECORDS};
    use super::*;

    const ONE: Caller = Caller::User(1);
    const OTHER: Caller = Caller::User(2);

    /// Enters these attempts, all of one moment: who makes them, in whose name, with which password.
    struct World {
        mistakes: Mistakes,
        now: Instant,
    }

    impl World {
        fn new() -> Self {
            Self { mistakes: Mistakes::default(), now: Instant::now() }
        }

        fn guess(&mut self, caller: Caller, user: &str, password: u32) {
            let presented = Credentials { user: user.to_owned(), password: password.to_string() };
            let suspect = self.mistakes.suspect(caller, user);
            self.mistakes.add(suspect, Fingerprint::new(&presented, &[1; 32]), self.now);
        }

        #[track_caller]
        fn check(&self, caller: Caller, user: &str, expect: Option<u64>) {
            let bar = self.mistakes.bar(self.mistakes.suspect(caller, user), self.now);
            assert_eq!(bar, expect.map(Duration::from_secs), "{caller} {user}");
        }
    }

    #[test]
    fn the_bar_is_for_a_name_of_an_address() {
        let mut world = World::new();
        (0..9).for_each(|password| world.guess(ONE, "alice", password));
        world.check(ONE, "alice", Some(2));
        world.check(ONE, "bob", None);
        world.check(OTHER, "alice", None);
    }

    #[test]
    fn an_address_with_many_names_is_barred_too() {
        let mut world = World::new();
        for number in 1..FREE_OF_ADDRESS {
            world.guess(ONE, &format!("user {number}"), 0);
            world.check(ONE, "bob", None);
        }
        world.guess(ONE, "alice", 0);
        world.check(ONE, "bob", Some(1));
        world.check(OTHER, "bob", None);
        (0..10).for_each(|number| world.guess(ONE, "alice", number));
        world.check(ONE, "bob", Some(LONGEST.as_secs()));
    }

    #[test]
    fn repeats_raise_neither_bar() {
        let mut world = World::new();
        for _ in 0..FREE_OF_ADDRESS {
            // More names than an address alone would remember guesses of.
            (0..20).for_each(|number| world.guess(ONE, &format!("user {number}"), 0));
        }
        world.check(ONE, "user 0", None);
        world.check(ONE, "bob", None);
    }

    #[test]
    fn the_tables_are_bounded_and_keep_the_worst() {
        let mut world = World::new();
        (0..FREE).for_each(|password| world.guess(ONE, "alice", password));
        for uid in 0..3000 {
            world.guess(Caller::User(100 + uid), "alice", 0);
        }
        for number in 0..3000 {
            world.guess(OTHER, &format!("user {number}"), 0);
        }
        assert!(world.mistakes.suspects.len() <= MAX_RECORDS);
        assert!(world.mistakes.callers.len() <= MAX_RECORDS);
        world.check(ONE, "alice", Some(1));
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

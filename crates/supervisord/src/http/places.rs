//! Who is connected, what each connection is doing, and who gives way when there is no place left.
//!
//! Clients such as Python's `xmlrpc.client` keep a connection for as long as their process lives and treat its
//! end as an error, so a connection is not closed for being idle. It is closed when somebody else needs its
//! place: the one that has been idle longest first.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::limits::{MAX_CONNECTIONS, MAX_CONNECTIONS_PER_LISTENER, MAX_REFUSALS};

/// What a connection is doing.
#[derive(Debug)]
enum Phase {
    /// Waiting for a request.
    Idle { since: Instant },
    /// Some bytes of a request came, but not yet all of its headers.
    Head { since: Instant },
    /// A request has begun whose body may still be on its way.
    Receiving { since: Instant },
    /// A request that came whole is being carried out, or its answer sent. The reader that met the end of the
    /// client's side meanwhile waits here until that is done.
    Serving { ended: Option<Ended> },
    /// The answer goes on until the client leaves, so the end of the client's side is the end of it all.
    Streaming,
}

/// The client has sent its last byte: it waits for its answer, or it has left.
#[derive(Debug)]
struct Ended {
    since: Instant,
    reader: Waker,
}

/// One connection, as those see it who are not its task.
pub(super) struct Life {
    phase: Mutex<Phase>,
    has_served: AtomicBool,
    evicted: Notify,
}

impl Life {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            phase: Mutex::new(Phase::Idle { since: Instant::now() }),
            has_served: AtomicBool::new(false),
            evicted: Notify::new(),
        })
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes came from the client.
    pub(super) fn received(&self) {
        let mut phase = self.phase();
        if let Phase::Idle { .. } = *phase {
            *phase = Phase::Head { since: Instant::now() };
        }
    }

    /// When the request began whose headers are still incomplete.
    pub(super) fn head_since(&self) -> Option<Instant> {
        match *self.phase() {
            Phase::Head { since } => Some(since),
            _ => None,
        }
    }

    /// The client sent its last byte. True if that can wait until `reader` is woken: a client may close its side
    /// and still read its answer.
    pub(super) fn defers_end(&self, reader: &Waker) -> bool {
        match &mut *self.phase() {
            Phase::Serving { ended } => {
                let since = ended.as_ref().map_or_else(Instant::now, |ended| ended.since);
                *ended = Some(Ended { since, reader: reader.clone() });
                true
            }
            _ => false,
        }
    }

    /// A request's headers are complete; it counts as being served until the token is dropped.
    pub(super) fn serve(self: &Arc<Self>) -> Serving {
        *self.phase() = Phase::Receiving { since: Instant::now() };
        self.has_served.store(true, Ordering::Relaxed);
        Serving { life: Arc::clone(self) }
    }

    /// Nothing more is needed from the client.
    pub(super) fn received_all(&self) {
        *self.phase() = Phase::Serving { ended: None };
    }

    /// The answer under way has no end of its own.
    pub(super) fn stream(&self) {
        let before = std::mem::replace(&mut *self.phase(), Phase::Streaming);
        if let Phase::Serving { ended: Some(ended) } = before {
            ended.reader.wake();
        }
    }

    /// Whether closing it now could cost the client an answer.
    pub(super) fn owes_answer(&self) -> bool {
        match *self.phase() {
            // The end of the last answer may still be on its way.
            Phase::Idle { .. } => self.has_served.load(Ordering::Relaxed),
            Phase::Head { .. } => false,
            Phase::Receiving { .. } | Phase::Serving { .. } | Phase::Streaming => true,
        }
    }

    /// Completes when the place is needed for another.
    pub(super) async fn evicted(&self) {
        self.evicted.notified().await;
    }

    /// How readily it gives way: idle ones first, then unfinished requests, then those whose client has most likely
    /// left, the oldest of each first. `None` if it does not.
    fn yields(&self) -> Option<(u8, Instant)> {
        match &*self.phase() {
            Phase::Idle { since } => Some((0, *since)),
            Phase::Head { since } | Phase::Receiving { since } => Some((1, *since)),
            Phase::Serving { ended: Some(ended) } => Some((2, ended.since)),
            Phase::Serving { ended: None } | Phase::Streaming => None,
        }
    }
}

/// A request that is being served.
pub(super) struct Serving {
    life: Arc<Life>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let before = std::mem::replace(&mut *self.life.phase(), Phase::Idle { since: Instant::now() });
        if let Phase::Serving { ended: Some(ended) } = before {
            ended.reader.wake();
        }
    }
}

/// The table of connections.
#[derive(Default)]
pub(super) struct Places {
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    next: u64,
    seats: BTreeMap<u64, Occupant>,
    refusals: usize,
}

struct Occupant {
    listener: usize,
    life: Arc<Life>,
}

/// What a new connection gets.
#[must_use]
pub(super) enum Entry {
    /// A place.
    Seated(Seat),
    /// A place that another connection had to leave.
    Evicting(Seat),
    /// The right to be told that there is no place.
    Refused(Seat),
    /// Nothing.
    Full,
}

/// A place; free again when dropped.
pub(super) struct Seat {
    places: Arc<Places>,
    kind: SeatKind,
}

enum SeatKind {
    Numbered(u64),
    Refusal,
}

impl Places {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds a place for a connection that came in through that listener.
    pub(super) fn enter(self: &Arc<Self>, listener: usize, life: &Arc<Life>) -> Entry {
        let mut table = self.table();
        let mut evicting = false;
        if table.of_listener(listener) >= MAX_CONNECTIONS_PER_LISTENER {
            evicting = table.evict(Some(listener));
            if !evicting {
                return self.refuse(table);
            }
        } else if table.seats.len() >= MAX_CONNECTIONS {
            evicting = table.evict(None);
            if !evicting {
                return self.refuse(table);
            }
        }
        let number = table.next;
        table.next += 1;
        table.seats.insert(number, Occupant { listener, life: Arc::clone(life) });
        let seat = Seat { places: Arc::clone(self), kind: SeatKind::Numbered(number) };
        if evicting { Entry::Evicting(seat) } else { Entry::Seated(seat) }
    }

    /// Makes one connection leave, if any can; frees a descriptor when there are none left.
    pub(super) fn evict_one(&self) -> bool {
        self.table().evict(None)
    }

    fn refuse(self: &Arc<Self>, mut table: MutexGuard<'_, Table>) -> Entry {
        if table.refusals >= MAX_REFUSALS {
            return Entry::Full;
        }
        table.refusals += 1;
        Entry::Refused(Seat { places: Arc::clone(self), kind: SeatKind::Refusal })
    }

    /// Places taken.
    #[cfg(test)]
    pub(super) fn taken(&self) -> usize {
        self.table().seats.len()
    }
}

impl Table {
    fn of_listener(&self, listener: usize) -> usize {
        self.seats.values().filter(|occupant| occupant.listener == listener).count()
    }

    /// The evicted connection's place counts as free from now on, although its task ends a moment later.
    fn evict(&mut self, listener: Option<usize>) -> bool {
        let chosen = self
            .seats
            .iter()
            .filter(|(_, occupant)| listener.is_none_or(|number| occupant.listener == number))
            .filter_map(|(number, occupant)| Some((occupant.life.yields()?, *number)))
            .min();
        let Some(occupant) = chosen.and_then(|(_, number)| self.seats.remove(&number)) else {
            return false;
        };
        occupant.life.evicted.notify_one();
        true
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self.places.table();
        match self.kind {
            SeatKind::Numbered(number) => {
                table.seats.remove(&number);
            }
            SeatKind::Refusal => table.refusals -= 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(entry: Entry) -> Seat {
        match entry {
            Entry::Seated(seat) => seat,
            _ => panic!("a place was expected to be free"),
        }
    }

    #[test]
    fn a_full_listener_evicts_its_longest_idle_connection_and_leaves_other_listeners_alone() {
        let places = Arc::new(Places::default());
        let other = Life::new();
        let _other = seat(places.enter(1, &other));
        let lives: Vec<_> = (0..MAX_CONNECTIONS_PER_LISTENER).map(|_| Life::new()).collect();
        let seats: Vec<_> = lives.iter().map(|life| seat(places.enter(0, life))).collect();
        let busy = lives[0].serve();
        lives[0].received_all();
        assert!(matches!(places.enter(0, &Life::new()), Entry::Evicting(_)));
        assert!(places.table().seats.values().any(|occupant| Arc::ptr_eq(&occupant.life, &lives[0])));
        assert!(!places.table().seats.values().any(|occupant| Arc::ptr_eq(&occupant.life, &lives[1])));
        drop((busy, seats));
        assert_eq!(places.taken(), 1);
    }

    #[test]
    fn busy_connections_do_not_give_way_and_refusals_are_bounded() {
        let places = Arc::new(Places::default());
        let lives: Vec<_> = (0..MAX_CONNECTIONS_PER_LISTENER).map(|_| Life::new()).collect();
        let _seats: Vec<_> = lives.iter().map(|life| seat(places.enter(0, life))).collect();
        let _busy: Vec<_> = lives.iter().map(Life::serve).collect();
        lives.iter().for_each(|life| life.received_all());
        let refused: Vec<_> = (0..MAX_REFUSALS).map(|_| places.enter(0, &Life::new())).collect();
        assert!(refused.iter().all(|entry| matches!(entry, Entry::Refused(_))));
        assert!(matches!(places.enter(0, &Life::new()), Entry::Full));
        drop(refused);
        assert!(matches!(places.enter(0, &Life::new()), Entry::Refused(_)));
        assert!(lives[5].defers_end(Waker::noop()), "its client may have left");
        assert!(matches!(places.enter(0, &Life::new()), Entry::Evicting(_)));
    }

    #[test]
    fn the_end_of_the_clients_side_waits_for_the_answer_but_not_for_a_stream() {
        let life = Life::new();
        assert!(!life.defers_end(Waker::noop()));
        let serving = life.serve();
        assert!(!life.defers_end(Waker::noop()), "the body is not complete");
        life.received_all();
        assert!(life.defers_end(Waker::noop()));
        life.stream();
        assert!(!life.defers_end(Waker::noop()));
        drop(serving);
        assert!(life.owes_answer(), "the last bytes may still be on their way");
        life.received();
        assert!(life.head_since().is_some());
        assert!(!life.owes_answer());
    }
}

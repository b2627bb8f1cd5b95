//! Pools of event listeners: who gets which event, and what becomes of it.
//!
//! An event is offered once. Every pool that subscribed to its kind, or to an ancestor of it, puts it into its own
//! bounded buffer, once, whatever its subscriptions have in common. From there it goes to the first process of the
//! pool, in configured order, that is RUNNING and READY. It is done when that listener accepts it. When the
//! listener rejects it, breaks the protocol, cannot be written to or dies, the event goes back to the front of the
//! buffer of *its* pool.
//!
//! A buffer that is full drops its oldest event. A listener that rejects makes its pool pause, for longer each time
//! ([`FIRST_PAUSE`] to [`LONGEST_PAUSE`]), so that a listener that rejects everything costs nothing.
//!
//! It owns the serial numbers, the buffers, the conversations with the listeners and the ticks. It writes nothing:
//! after every input come [`Pools::turn`], and then [`Pools::poll_effect`] until there is none.

mod buffer;
mod notice;
mod one;
mod subscription;

use std::collections::VecDeque;
use std::sync::Arc;

use provost_config::model::{EventKind, Group, GroupKind};

pub use self::buffer::{FIRST_PAUSE, LONGEST_PAUSE};
pub use self::notice::PoolNotice;
use self::one::Pool;
use self::subscription::Kinds;
use crate::event::{Envelope, Event};
pub use crate::listener::{ListenerState, MAX_RESULT_BYTES, MAX_RESULT_LINE_BYTES};
use crate::process::Phase;
use crate::status::{PoolGauge, ProcessId};
use crate::tick::{Period, Ticks};
use crate::time::{Mono, Now};

/// What is to be done, in order.
type Effects = VecDeque<PoolEffect>;

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PoolEffect {
    /// Report a fact.
    Notify(PoolNotice),
    /// Write an event to the standard input of a listener. If that cannot be done, answer [`Pools::refused`].
    Deliver {
        /// The listener.
        process: ProcessId,
        /// The event.
        envelope: Envelope,
    },
    /// Write whole lines to the daemon's own standard output.
    Print(Vec<u8>),
}

/// Why an event could not be written to a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its standard input is closed.
    Closed,
    /// Too much waits for it to be read already.
    Full,
}

/// A pool as a reader may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolStatus {
    /// Its name.
    pub name: Arc<str>,
    /// Events that wait for a listener.
    pub waiting: usize,
    /// Events that may wait.
    pub limit: usize,
    /// Events that were dropped because too many waited.
    pub dropped: u64,
}

/// All pools: see the module.
#[derive(Clone, Debug)]
pub struct Pools {
    /// In order of addition.
    pools: Vec<Pool>,
    /// What any of them subscribed to.
    wanted: Kinds,
    next_serial: u64,
    ticks: Ticks,
    effects: Effects,
}

impl Pools {
    /// No pools. Serial numbers go on where an earlier set of pools left off ([`Self::next_serial`]), because they
    /// are counted for the life of the daemon, not from one restart of its main part to the next; at first, 0.
    pub fn new(next_serial: u64) -> Self {
        Self {
            pools: Vec::new(),
            wanted: Kinds::default(),
            next_serial,
            ticks: Ticks::default(),
            effects: Effects::new(),
        }
    }

    /// The serial number of the next event that some pool wants.
    pub fn next_serial(&self) -> u64 {
        self.next_serial
    }

    /// A group became active, with these processes in configured order. Groups that are no pools are ignored.
    pub fn add(&mut self, group: &Group, members: &[ProcessId]) {
        let GroupKind::Listeners(config) = &group.kind else { return };
        let pool = Pool::new(group, config, members);
        self.wanted = self.wanted.union(pool.wanted());
        self.pools.push(pool);
    }

    /// A group is no longer active. If it is a pool, its buffer goes with it.
    pub fn remove(&mut self, group: &str) {
        self.pools.retain(|pool| pool.name() != group);
        self.wanted = self.pools.iter().map(Pool::wanted).fold(Kinds::default(), Kinds::union);
    }

    /// Whether any pool wants events of this kind: ask before making a costly one.
    pub fn wants(&self, kind: EventKind) -> bool {
        self.wanted.contain(kind)
    }

    /// Something happened. An event that nobody wants has no number and costs nothing.
    pub fn offer(&mut self, event: &Event<'_>) {
        let kind = event.kind();
        if !self.wanted.contain(kind) {
            return;
        }
        let serial = self.next_serial;
        self.next_serial += 1;
        let payload = event.payload();
        for pool in self.pools.iter_mut().filter(|pool| pool.wanted().contain(kind)) {
            pool.accept(serial, kind, payload.clone(), &mut self.effects);
        }
    }

    /// A process is in that phase now. A phase with a new child begins a conversation, one without any ends it;
    /// from its death to the end of its output a child is still heard, but gets nothing.
    pub fn moved(&mut self, process: ProcessId, phase: &Phase) {
        if let Some((pool, seat, effects)) = self.seat_of(process) {
            pool.moved(seat, phase, effects);
        }
    }

    /// The child of a process wrote to its standard output. Where one read ends and the next begins makes no
    /// difference. Ignored unless the process is a listener with a child.
    pub fn heard(&mut self, now: Now, process: ProcessId, bytes: &[u8]) {
        if let Some((pool, seat, effects)) = self.seat_of(process) {
            let mut rest = bytes;
            while let Some(said) = pool.hear(seat, &mut rest) {
                pool.take_in(seat, said, now.mono, effects);
            }
        }
    }

    /// The event that the process was to get was not written, or not as a whole.
    pub fn refused(&mut self, process: ProcessId, reason: Refusal) {
        if let Some((pool, seat, effects)) = self.seat_of(process) {
            pool.refused(seat, reason, effects);
        }
    }

    /// After every input: makes the ticks that are due, and sends what can be sent.
    pub fn turn(&mut self, now: Now) {
        if self.pools.is_empty() {
            self.ticks = Ticks::default();
            return;
        }
        let wanted = self.wanted;
        for (period, when) in self.ticks.look(now, |period: Period| wanted.contain(period.kind())) {
            self.offer(&Event::Tick { period, when });
        }
        for pool in &mut self.pools {
            pool.turn(now.mono, &mut self.effects);
        }
    }

    /// When [`Self::turn`] is due, if nothing else happens before: a tick, or the end of a pause. `None` if no
    /// pool waits for time to pass.
    pub fn deadline(&self) -> Option<Mono> {
        self.pools.iter().filter_map(Pool::deadline).chain(self.ticks.deadline()).min()
    }

    /// The next thing to do.
    pub fn poll_effect(&mut self) -> Option<PoolEffect> {
        self.effects.pop_front()
    }

    /// Whether that group is a pool with events that its listeners can still be expected to take.
    pub fn is_engaged(&self, group: &str) -> bool {
        self.pools.iter().any(|pool| pool.name() == group && pool.is_engaged())
    }

    /// Every pool, in order of addition.
    pub fn status(&self) -> impl Iterator<Item = PoolStatus> {
        self.pools.iter().map(Pool::status)
    }

    /// What readers may watch of the pool that a group is; `None` if it is none.
    pub fn gauge(&self, group: &str) -> Option<Arc<PoolGauge>> {
        self.pools.iter().find(|pool| pool.name() == group).map(|pool| Arc::clone(pool.gauge()))
    }

    /// The state of the listener that a process is; `None` if it is none, or has no child.
    pub fn listener_state(&self, process: ProcessId) -> Option<ListenerState> {
        self.pools.iter().find_map(|pool| pool.listener_state(pool.seat_of(process)?))
    }

    /// What the simulated world and debug assertions check: buffers keep their limits, every event has a number
    /// that was given out, and a pool that could send at this moment has sent.
    pub fn check_invariants(&self) -> Result<(), String> {
        self.pools.iter().try_for_each(|pool| pool.check_invariants(self.next_serial))
    }

    /// Where a process sits. Looks at every listener there is: they are few, programs are none of them.
    fn seat_of(&mut self, process: ProcessId) -> Option<(&mut Pool, usize, &mut Effects)> {
        let (pool, seat) =
            self.pools.iter_mut().find_map(|pool| pool.seat_of(process).map(|seat| (pool, seat)))?;
        Some((pool, seat, &mut self.effects))
    }
}

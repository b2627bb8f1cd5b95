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
mod subscription;

use std::collections::VecDeque;
use std::sync::Arc;

use provost_config::model::{EventKind, Group, GroupKind};

pub use self::buffer::{FIRST_PAUSE, LONGEST_PAUSE};
pub use self::notice::PoolNotice;
use crate::event::{Envelope, Event};
use crate::listener::{Listener, Said};
pub use crate::listener::{ListenerState, MAX_RESULT_BYTES, MAX_RESULT_LINE_BYTES};
use crate::process::Phase;
use crate::status::ProcessId;
use crate::tick::Ticks;
use crate::time::{Mono, Now};
use buffer::{Buffer, Pause};
use subscription::Kinds;

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
    effects: VecDeque<PoolEffect>,
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
            effects: VecDeque::new(),
        }
    }

    /// The serial number of the next event that some pool wants.
    pub fn next_serial(&self) -> u64 {
        self.next_serial
    }

    /// A group became active, with these processes in configured order. Groups that are no pools are ignored.
    pub fn add(&mut self, group: &Group, members: &[ProcessId]) {
        let GroupKind::Listeners(config) = &group.kind else { return };
        let wanted = Kinds::subscribed(&config.events);
        let seats = members.iter().zip(&group.processes).map(|(&process, recipe)| Seat {
            process,
            name: recipe.name.as_str().into(),
            child: None,
        });
        self.wanted = self.wanted.and(wanted);
        self.pools.push(Pool {
            name: group.name.as_str().into(),
            wanted,
            next_serial: 0,
            buffer: Buffer::new(config.buffer_size),
            pause: Pause::default(),
            seats: seats.collect(),
        });
    }

    /// A group is no longer active. If it is a pool, its buffer goes with it.
    pub fn remove(&mut self, group: &str) {
        self.pools.retain(|pool| &*pool.name != group);
        self.wanted = self.pools.iter().fold(Kinds::default(), |wanted, pool| wanted.and(pool.wanted));
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
        for pool in self.pools.iter_mut().filter(|pool| pool.wanted.contain(kind)) {
            pool.accept(serial, kind, Arc::clone(&payload), &mut self.effects);
        }
    }

    /// A process is in that phase now. A phase that begins with a new child begins a new conversation, one without
    /// a child ends it; between death and the end of the output the listener can still be heard.
    pub fn moved(&mut self, process: ProcessId, phase: &Phase) {
        let Some((pool, seat)) = seat_of(&mut self.pools, process) else { return };
        match phase {
            Phase::Starting { .. } | Phase::Stopping { .. } | Phase::Lost { .. } => seat.child().running = false,
            Phase::Running { .. } => seat.child().running = true,
            Phase::Draining { .. } => {
                if let Some(child) = &mut seat.child {
                    child.running = false;
                }
            }
            Phase::Stopped
            | Phase::Preparing { .. }
            | Phase::Forking { .. }
            | Phase::Backoff { .. }
            | Phase::Exited { .. }
            | Phase::Fatal => {
                if let Some(envelope) = seat.child.take().and_then(|child| child.listener.end()) {
                    pool.put_back(envelope, &mut self.effects);
                }
            }
        }
    }
}

//! One pool: its buffer, and the listeners that sit in it.
//!
//! It knows its own processes only, so that an event can never go back to a pool it did not come from.

use std::sync::Arc;

use provost_config::model::{self, EventKind, Group, ResultHandler};

use super::buffer::{Buffer, Overflows, Pause};
use super::subscription::Kinds;
use super::{Effects, PoolEffect, PoolNotice, PoolStatus, Refusal};
use crate::event::{Envelope, Payload};
use crate::listener::{Judge, Listener, ListenerState, Said};
use crate::process::Phase;
use crate::status::{PoolGauge, ProcessId};
use crate::time::Mono;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    name: Arc<str>,
    wanted: Kinds,
    judge: Judge,
    next_serial: u64,
    buffer: Buffer,
    pause: Pause,
    overflows: Overflows,
    /// What readers see of it.
    gauge: Arc<PoolGauge>,
    /// In configured order.
    seats: Vec<Seat>,
}

/// The place of one process.
#[derive(Clone, Debug)]
struct Seat {
    process: ProcessId,
    name: Arc<str>,
    occupant: Occupant,
}

/// Who sits there.
#[derive(Clone, Debug)]
enum Occupant {
    /// The process has no child.
    Nobody,
    /// A child that is heard, but gets no events: it has not proved itself, is to stop, or is dead.
    Attending(Listener),
    /// A child that is RUNNING.
    Serving(Listener),
}

impl Occupant {
    /// The child, whatever it gets.
    fn listener(&mut self) -> Option<&mut Listener> {
        match self {
            Self::Nobody => None,
            Self::Attending(listener) | Self::Serving(listener) => Some(listener),
        }
    }

    /// The child that goes on being one, or a new one.
    fn stay(self, judge: Judge) -> Listener {
        match self {
            Self::Nobody => Listener::new(judge),
            Self::Attending(listener) | Self::Serving(listener) => listener,
        }
    }

    /// The event that the child leaves behind.
    fn leave(self) -> Option<Envelope> {
        match self {
            Self::Nobody => None,
            Self::Attending(listener) | Self::Serving(listener) => listener.end(),
        }
    }
}

impl Pool {
    /// The pool of that group, whose processes are `members`.
    pub(super) fn new(group: &Group, config: &model::Pool, members: &[ProcessId]) -> Self {
        let seats = members.iter().zip(&group.processes).map(|(&process, recipe)| Seat {
            process,
            name: Arc::clone(&recipe.name),
            occupant: Occupant::Nobody,
        });
        Self {
            name: group.name.as_str().into(),
            wanted: Kinds::subscribed(&config.events),
            judge: match config.result_handler {
                ResultHandler::Default => Judge::Word,
                ResultHandler::Printer(_) => Judge::Printer,
            },
            next_serial: 0,
            buffer: Buffer::new(config.buffer_size),
            pause: Pause::default(),
            overflows: Overflows::default(),
            gauge: Arc::default(),
            seats: seats.collect(),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What it subscribed to.
    pub(super) fn wanted(&self) -> Kinds {
        self.wanted
    }

    pub(super) fn status(&self) -> PoolStatus {
        PoolStatus {
            name: Arc::clone(&self.name),
            waiting: self.buffer.len(),
            limit: self.buffer.limit(),
            dropped: self.buffer.dropped(),
        }
    }

    pub(super) fn gauge(&self) -> &Arc<PoolGauge> {
        &self.gauge
    }

    /// Which seat is that process's.
    pub(super) fn seat_of(&self, process: ProcessId) -> Option<usize> {
        self.seats.iter().position(|seat| seat.process == process)
    }

    pub(super) fn listener_state(&self, seat: usize) -> Option<ListenerState> {
        match &self.seats[seat].occupant {
            Occupant::Nobody => None,
            Occupant::Attending(listener) | Occupant::Serving(listener) => Some(listener.state()),
        }
    }

    /// Takes a new event.
    pub(super) fn accept(&mut self, serial: u64, kind: EventKind, payload: Payload, effects: &mut Effects) {
        let pool_serial = self.next_serial;
        self.next_serial += 1;
        let envelope = Envelope { serial, pool: Arc::clone(&self.name), pool_serial, kind, payload };
        let dropped = self.buffer.append(envelope);
        self.report_dropped(dropped, effects);
    }

    /// Takes an event back that was sent in vain.
    fn take_back(&mut self, envelope: Envelope, effects: &mut Effects) {
        say(
            effects,
            PoolNotice::Rebuffered {
                pool: Arc::clone(&self.name),
                serial: envelope.serial,
                waiting: self.buffer.len(),
                limit: self.buffer.limit(),
            },
        );
        let dropped = self.buffer.put_back(envelope);
        self.report_dropped(dropped, effects);
    }

    fn report_dropped(&mut self, dropped: Option<u64>, effects: &mut Effects) {
        if let Some(serial) = dropped
            && self.overflows.may_say()
        {
            say(effects, PoolNotice::Overflowed { pool: Arc::clone(&self.name), serial });
        }
    }

    /// The process of that seat is in that phase now.
    pub(super) fn moved(&mut self, seat: usize, phase: &Phase, effects: &mut Effects) {
        let occupant = &mut self.seats[seat].occupant;
        let before = std::mem::replace(occupant, Occupant::Nobody);
        match phase {
            Phase::Starting { .. }
            | Phase::Stopping { .. }
            | Phase::Clearing { .. }
            | Phase::Draining { .. }
            | Phase::Lost { .. } => {
                *occupant = Occupant::Attending(before.stay(self.judge));
            }
            Phase::Running { .. } => *occupant = Occupant::Serving(before.stay(self.judge)),
            Phase::Stopped
            | Phase::Preparing { .. }
            | Phase::Forking { .. }
            | Phase::Backoff { .. }
            | Phase::Exited { .. }
            | Phase::Fatal => {
                if let Some(envelope) = before.leave() {
                    self.take_back(envelope, effects);
                }
            }
        }
    }

    /// Hears the listener of that seat until it means something.
    pub(super) fn hear(&mut self, seat: usize, bytes: &mut &[u8]) -> Option<Said> {
        self.seats[seat].occupant.listener()?.hear(bytes)
    }

    /// What the listener of that seat meant has its consequences.
    pub(super) fn take_in(&mut self, seat: usize, said: Said, now: Mono, effects: &mut Effects) {
        use ListenerState::{Acknowledged, Busy, Ready, Unknown};
        let listener = Arc::clone(&self.seats[seat].name);
        let changed = |from, to| PoolNotice::Changed { listener: Arc::clone(&listener), from, to };
        let broke = || PoolNotice::Broke { listener: Arc::clone(&listener) };
        match said {
            Said::Ready => say(effects, changed(Acknowledged, Ready)),
            Said::Accepted | Said::Printed(_) => {
                self.pause.shorten();
                if let Said::Printed(output) = said {
                    effects.push_back(PoolEffect::Print(output));
                }
                say(effects, PoolNotice::Processed { listener: Arc::clone(&listener) });
                say(effects, changed(Busy, Acknowledged));
            }
            Said::Rejected(envelope) => {
                self.pause.lengthen(now);
                say(effects, PoolNotice::Rejected { listener: Arc::clone(&listener) });
                say(effects, changed(Busy, Acknowledged));
                self.take_back(envelope, effects);
            }
            Said::Nonsense(was) => {
                say(effects, changed(was, Unknown));
                say(effects, broke());
            }
            Said::BadResult(envelope, line) => {
                say(effects, PoolNotice::BadResult { listener: Arc::clone(&listener), line });
                say(effects, changed(Busy, Unknown));
                say(effects, broke());
                self.take_back(envelope, effects);
            }
        }
    }

    /// The listener of that seat could not be written to. If it is not BUSY, it has answered meanwhile, or died.
    pub(super) fn refused(&mut self, seat: usize, reason: Refusal, effects: &mut Effects) {
        let seat = &mut self.seats[seat];
        let Some(envelope) = seat.occupant.listener().and_then(Listener::take_back) else { return };
        let (listener, serial) = (Arc::clone(&seat.name), envelope.serial);
        say(
            effects,
            match reason {
                Refusal::Closed => PoolNotice::Closed { listener, serial },
                Refusal::Full => PoolNotice::Unread { listener, serial },
            },
        );
        self.take_back(envelope, effects);
    }

    /// Sends what can be sent, and shows what is left.
    pub(super) fn turn(&mut self, now: Mono, effects: &mut Effects) {
        self.dispatch(now, effects);
        self.gauge.show(self.buffer.len(), self.buffer.dropped());
    }

    /// Sends events as long as there are any, and listeners for them.
    fn dispatch(&mut self, now: Mono, effects: &mut Effects) {
        if let Some(count) = self.overflows.look(now) {
            say(effects, PoolNotice::OverflowedMore { pool: Arc::clone(&self.name), count });
        }
        if self.pause.lasts(now) {
            return;
        }
        for seat in &mut self.seats {
            let Occupant::Serving(listener) = &mut seat.occupant else { continue };
            if !listener.is_waiting() {
                continue;
            }
            let Some(envelope) = self.buffer.take() else { return };
            listener.work_on(envelope.clone());
            say(effects, PoolNotice::Sent { listener: Arc::clone(&seat.name), serial: envelope.serial });
            effects.push_back(PoolEffect::Deliver { process: seat.process, envelope });
        }
    }

    /// Whether there is an event, and a listener for it.
    fn could_send(&self) -> bool {
        let waits =
            |seat: &Seat| matches!(&seat.occupant, Occupant::Serving(listener) if listener.is_waiting());
        self.buffer.len() > 0 && self.seats.iter().any(waits)
    }

    /// Whether a listener that is RUNNING has an event in hand, or one to come.
    pub(super) fn is_engaged(&self) -> bool {
        self.seats.iter().any(|seat| match &seat.occupant {
            Occupant::Serving(listener) => match listener.state() {
                ListenerState::Busy => true,
                ListenerState::Ready | ListenerState::Acknowledged => self.buffer.len() > 0,
                ListenerState::Unknown => false,
            },
            Occupant::Nobody | Occupant::Attending(_) => false,
        })
    }

    /// When a pause ends that holds something up (otherwise its end is noticed when there is something to send), or
    /// when there is a sum to be said.
    pub(super) fn deadline(&self) -> Option<Mono> {
        let pause = self.pause.until().filter(|_| self.could_send());
        pause.into_iter().chain(self.overflows.deadline()).min()
    }

    /// See [`super::Pools::check_invariants`].
    pub(super) fn check_invariants(&self, next_serial: u64) -> Result<(), String> {
        let Self { name, buffer, .. } = self;
        if buffer.len() > buffer.limit() {
            return Err(format!(
                "{} events wait in pool {name}, which has room for {}",
                buffer.len(),
                buffer.limit()
            ));
        }
        if self.next_serial > next_serial {
            return Err(format!("pool {name} got more events than there were"));
        }
        if self.could_send() && self.pause.until().is_none() {
            return Err(format!("pool {name} could send an event, and has not"));
        }
        Ok(())
    }
}

fn say(effects: &mut Effects, notice: PoolNotice) {
    effects.push_back(PoolEffect::Notify(notice));
}

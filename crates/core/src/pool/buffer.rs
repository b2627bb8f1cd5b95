//! The events of one pool that wait for a listener.

use std::collections::VecDeque;
use std::time::Duration;

use crate::event::Envelope;
use crate::time::Mono;

/// How long a pool sends nothing after its first rejection. The reference sends a rejected event again at once,
/// and for ever, so that a listener that rejects everything keeps the daemon busy.
pub const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause. Pauses double from rejection to rejection, until an event is accepted.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Events in the order in which they are sent: a bounded number of them.
#[derive(Clone, Debug)]
pub(super) struct Buffer {
    waiting: VecDeque<Envelope>,
    limit: usize,
    dropped: u64,
}

impl Buffer {
    /// Room for `limit` events, but for one at least.
    pub(super) fn new(limit: usize) -> Self {
        Self { waiting: VecDeque::new(), limit: limit.max(1), dropped: 0 }
    }

    /// Adds a new event behind the others. A full buffer drops the one at its front for it, and gives its number.
    pub(super) fn append(&mut self, envelope: Envelope) -> Option<u64> {
        let dropped = self.make_room();
        self.waiting.push_back(envelope);
        dropped
    }

    /// Puts an event that was sent in vain before the others. A full buffer drops the one at its front for it,
    /// and gives its number.
    pub(super) fn put_back(&mut self, envelope: Envelope) -> Option<u64> {
        let dropped = self.make_room();
        self.waiting.push_front(envelope);
        dropped
    }

    fn make_room(&mut self) -> Option<u64> {
        if self.waiting.len() < self.limit {
            return None;
        }
        self.dropped += 1;
        self.waiting.pop_front().map(|oldest| oldest.serial)
    }

    /// The next event to send.
    pub(super) fn take(&mut self) -> Option<Envelope> {
        self.waiting.pop_front()
    }

    /// How many events wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// How many may wait.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// How many were dropped, ever.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }
}

/// Lines about dropped events in one [`OVERFLOW_WINDOW`]; what is more is counted. A pool that cannot keep up at all
/// would otherwise write more log than there are events.
const OVERFLOW_LINES: u32 = 20;

/// How long lines about dropped events are counted together.
const OVERFLOW_WINDOW: Duration = Duration::from_secs(10);

/// Keeps the lines about dropped events within bounds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Overflows {
    said: u32,
    unsaid: u64,
    /// When the sum of the unsaid is due; set by the first look after the first line.
    until: Option<Mono>,
}

impl Overflows {
    /// An event was dropped: whether there is a line about it.
    pub(super) fn may_say(&mut self) -> bool {
        if self.said < OVERFLOW_LINES {
            self.said += 1;
            return true;
        }
        self.unsaid += 1;
        false
    }

    /// How many dropped events nothing was said about, if it is time to say so.
    pub(super) fn look(&mut self, now: Mono) -> Option<u64> {
        if self.said == 0 {
            return None;
        }
        if now < *self.until.get_or_insert(now.after(OVERFLOW_WINDOW)) {
            return None;
        }
        let unsaid = std::mem::take(self).unsaid;
        (unsaid > 0).then_some(unsaid)
    }

    /// When there is something to say.
    pub(super) fn deadline(&self) -> Option<Mono> {
        self.until.filter(|_| self.unsaid > 0)
    }
}

/// The pause after a rejection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    /// When the present one ends; `None` if there is none.
    until: Option<Mono>,
    /// How long the next one will be.
    next: Duration,
}

impl Default for Pause {
    fn default() -> Self {
        Self { until: None, next: FIRST_PAUSE }
    }
}

impl Pause {
    /// An event was rejected.
    pub(super) fn lengthen(&mut self, now: Mono) {
        self.until = Some(now.after(self.next));
        self.next = (self.next * 2).min(LONGEST_PAUSE);
    }

    /// An event was accepted: a pause that has begun goes on, but the next one is short.
    pub(super) fn shorten(&mut self) {
        self.next = FIRST_PAUSE;
    }

    /// Whether nothing may be sent yet.
    pub(super) fn lasts(&mut self, now: Mono) -> bool {
        self.until = self.until.filter(|until| *until > now);
        self.until.is_some()
    }

    /// When it ends.
    pub(super) fn until(&self) -> Option<Mono> {
        self.until
    }
}

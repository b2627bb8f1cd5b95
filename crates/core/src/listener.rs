//! The listener protocol: what one listener says on its standard output, and what it means.
//!
//! ```text
//!   ACKNOWLEDGED ──READY──▶ READY ──event sent──▶ BUSY ──RESULT n, n bytes──▶ ACKNOWLEDGED
//!        └───────────────────┴────anything else────┘
//!                            ▼
//!                         UNKNOWN, until the next child
//! ```
//!
//! It owns the state of the conversation with one child, and the event that the child is working on. It does not
//! know pools, buffers or other listeners, and it keeps no bytes but an unfinished result line: a token that
//! arrives in parts is a count of matching bytes, and a result is compared while it passes.
//!
//! Three things are more tolerant, or stricter, than in the reference: a repeated READY is not a violation, the
//! word RESULT is checked, and a length below 0 is refused.

mod answer;
mod relay;

pub(crate) use self::answer::Judge;
use self::answer::{Answer, Verdict};
use crate::event::Envelope;

/// The longest result that is accepted, in bytes. Results are large where listeners send the payload back for the
/// daemon to print; a payload is one read of a pipe, or what one request may carry. Without a limit, a mistyped
/// length would let a listener be silent for ever.
pub const MAX_RESULT_BYTES: u64 = 64 << 20;

/// The longest line that may begin a result, in bytes. A listener that writes more without a line feed while
/// it is BUSY writes no result.
pub const MAX_RESULT_LINE_BYTES: usize = 1024;

/// What makes a listener READY.
const READY_TOKEN: &[u8; 6] = b"READY\n";

/// The public state of a listener; names are the reference's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerState {
    /// It answered, and is not ready for another event yet.
    Acknowledged,
    /// It waits for an event.
    Ready,
    /// It works on an event.
    Busy,
    /// It violated the protocol and gets no more events.
    Unknown,
}

impl ListenerState {
    /// The upper-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acknowledged => "ACKNOWLEDGED",
            Self::Ready => "READY",
            Self::Busy => "BUSY",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// The conversation with one child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listener {
    judge: Judge,
    phase: Phase,
}

/// Where the conversation is. Each phase has what it needs to judge the next byte.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Phase {
    Acknowledged(Word),
    /// The word is a repeated READY.
    Ready(Word),
    Busy(Envelope, Answer),
    Unknown,
}

/// What a listener meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// It is ready for an event.
    Ready,
    /// It processed its event.
    Accepted,
    /// It processed its event, and what it answered is to be printed so.
    Printed(Vec<u8>),
    /// It refused its event.
    Rejected(Envelope),
    /// It said something that means nothing while it was in that state (never BUSY).
    Nonsense(ListenerState),
    /// It worked on that event, and its answer begins with a line that begins no result.
    BadResult(Envelope, Vec<u8>),
}

impl Listener {
    /// The conversation with a new child, whose answers are judged so.
    pub(crate) fn new(judge: Judge) -> Self {
        Self { judge, phase: Phase::Acknowledged(Word::default()) }
    }

    /// The public state.
    pub(crate) fn state(&self) -> ListenerState {
        match self.phase {
            Phase::Acknowledged(_) => ListenerState::Acknowledged,
            Phase::Ready(_) => ListenerState::Ready,
            Phase::Busy(..) => ListenerState::Busy,
            Phase::Unknown => ListenerState::Unknown,
        }
    }

    /// Whether an event can be sent. Not in the middle of a repeated READY, whose rest would be taken for the
    /// answer.
    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Ready(Word { seen: 0, .. }))
    }

    /// An event is being sent.
    pub(crate) fn work_on(&mut self, envelope: Envelope) {
        debug_assert!(self.is_waiting(), "events are only sent to listeners that wait for one");
        self.phase = Phase::Busy(envelope, Answer::new(self.judge));
    }

    /// The event, if there is one, did not reach the listener. It is not asked again before it says READY.
    pub(crate) fn take_back(&mut self) -> Option<Envelope> {
        matches!(self.phase, Phase::Busy(..)).then(|| self.put_down(Phase::Acknowledged(Word::default())))
    }

    /// The child is dead: the event it was working on.
    pub(crate) fn end(self) -> Option<Envelope> {
        match self.phase {
            Phase::Busy(envelope, _) => Some(envelope),
            Phase::Acknowledged(_) | Phase::Ready(_) | Phase::Unknown => None,
        }
    }

    /// Takes bytes from the front, up to the first that complete a meaning; without one, all of them.
    pub(crate) fn hear(&mut self, bytes: &mut &[u8]) -> Option<Said> {
        while !bytes.is_empty() {
            match &mut self.phase {
                Phase::Acknowledged(word) => match word.hear(bytes) {
                    Spelling::Partial { .. } => {}
                    Spelling::Right => {
                        self.phase = Phase::Ready(Word::default());
                        return Some(Said::Ready);
                    }
                    Spelling::Wrong => return Some(self.break_off()),
                },
                // Whatever is no READY is one byte too many, so that nothing need be complete to be wrong.
                Phase::Ready(word) => match word.hear(bytes) {
                    Spelling::Partial { differs: false } => {}
                    Spelling::Right => *word = Word::default(),
                    Spelling::Partial { differs: true } | Spelling::Wrong => return Some(self.break_off()),
                },
                Phase::Busy(envelope, answer) => {
                    if let Some(verdict) = answer.hear(bytes, &envelope.payload) {
                        return Some(self.answer(verdict));
                    }
                }
                Phase::Unknown => *bytes = &[],
            }
        }
        None
    }

    fn answer(&mut self, verdict: Verdict) -> Said {
        let acknowledged = Phase::Acknowledged(Word::default());
        match verdict {
            Verdict::Accepted => {
                self.phase = acknowledged;
                Said::Accepted
            }
            Verdict::Printed(output) => {
                self.phase = acknowledged;
                Said::Printed(output)
            }
            Verdict::Rejected => Said::Rejected(self.put_down(acknowledged)),
            Verdict::BadLine(line) => Said::BadResult(self.put_down(Phase::Unknown), line),
        }
    }

    fn break_off(&mut self) -> Said {
        let was = self.state();
        self.phase = Phase::Unknown;
        Said::Nonsense(was)
    }

    /// Goes over to another phase without the event.
    fn put_down(&mut self, next: Phase) -> Envelope {
        match std::mem::replace(&mut self.phase, next) {
            Phase::Busy(envelope, _) => envelope,
            other => {
                unreachable!("invariant: only a listener that is BUSY puts an event down, not {other:?}")
            }
        }
    }
}

/// The beginning of a READY token: so many bytes, and whether one of them is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Word {
    seen: usize,
    differs: bool,
}

/// What has become of a word.
enum Spelling {
    /// It is shorter than the token.
    Partial { differs: bool },
    /// It is the token.
    Right,
    /// It is as long as the token, but another word.
    Wrong,
}

impl Word {
    /// Takes bytes up to the length of the token.
    fn hear(&mut self, bytes: &mut &[u8]) -> Spelling {
        let missing = &READY_TOKEN[self.seen..];
        let heard = take(bytes, missing.len());
        self.differs |= !missing.starts_with(heard);
        self.seen += heard.len();
        match self.differs {
            differs if self.seen < READY_TOKEN.len() => Spelling::Partial { differs },
            false => Spelling::Right,
            true => Spelling::Wrong,
        }
    }
}

/// Splits up to `most` bytes off the front.
fn take<'a>(bytes: &mut &'a [u8], most: usize) -> &'a [u8] {
    let (front, rest) = bytes.split_at(most.min(bytes.len()));
    *bytes = rest;
    front
}

#[cfg(test)]
mod tests;

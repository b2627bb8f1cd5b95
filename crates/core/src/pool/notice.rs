//! Facts about pools and listeners, with their lines in the activity log.

use std::sync::Arc;

use provost_config::model::Level;

use crate::listener::ListenerState;
use crate::output::printable;

/// A fact. Listeners are named by their process, as in all log lines; events by the number that is the same in
/// every pool.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields are named after what they hold")]
pub enum PoolNotice {
    /// A listener said something, and is in another state now. Getting an event has a notice of its own.
    Changed { listener: Arc<str>, from: ListenerState, to: ListenerState },
    /// A listener violated the protocol.
    Broke { listener: Arc<str> },
    /// A listener answered with a line that begins no result.
    BadResult { listener: Arc<str>, line: Vec<u8> },
    /// A listener accepted its event.
    Processed { listener: Arc<str> },
    /// A listener refused its event.
    Rejected { listener: Arc<str> },
    /// An event is being sent.
    Sent { listener: Arc<str>, serial: u64 },
    /// The listener had closed its standard input.
    Closed { listener: Arc<str>, serial: u64 },
    /// The listener said READY, but does not read its standard input.
    Unread { listener: Arc<str>, serial: u64 },
    /// An event goes back to the front of its pool's buffer, where so many waited before.
    Rebuffered { pool: Arc<str>, serial: u64, waiting: usize, limit: usize },
    /// An event was dropped to make room for another.
    Overflowed { pool: Arc<str>, serial: u64 },
    /// So many more were dropped, each for the same reason.
    OverflowedMore { pool: Arc<str>, count: u64 },
}

impl PoolNotice {
    /// The line in the activity log.
    pub fn line(&self) -> (Level, String) {
        (self.level(), self.text())
    }

    /// How severe it is: ask before composing the text, most are written at debug level only.
    pub fn level(&self) -> Level {
        match self {
            Self::Changed { .. }
            | Self::Processed { .. }
            | Self::Sent { .. }
            | Self::Closed { .. }
            | Self::Rebuffered { .. } => Level::Debug,
            Self::Broke { .. } | Self::BadResult { .. } | Self::Rejected { .. } | Self::Unread { .. } => {
                Level::Warn
            }
            Self::Overflowed { .. } | Self::OverflowedMore { .. } => Level::Error,
        }
    }

    /// What the line says.
    pub fn text(&self) -> String {
        match self {
            Self::Changed { listener, from, to } => format!("{listener}: {} -> {}", from.name(), to.name()),
            Self::Broke { listener } => format!(
                "{listener}: has entered the UNKNOWN state and will no longer receive events, this usually \
                 indicates the process violated the eventlistener protocol"
            ),
            Self::BadResult { listener, line } => {
                format!("{listener}: bad result line: '{}'", printable(line))
            }
            Self::Processed { listener } => format!("{listener}: event was processed"),
            Self::Rejected { listener } => format!("{listener}: event was rejected"),
            Self::Sent { listener, serial } => format!("event {serial} sent to listener {listener}"),
            Self::Closed { listener, serial } => format!(
                "epipe occurred while sending event {serial} to listener {listener}, listener state unchanged"
            ),
            Self::Unread { listener, serial } => format!(
                "{listener}: does not read its standard input, event {serial} was not sent; it gets no events before \
                 it writes READY again"
            ),
            Self::Rebuffered { pool, serial, waiting, limit } => {
                format!("rebuffering event {serial} for pool {pool} (buf size={waiting}, max={limit})")
            }
            Self::Overflowed { pool, serial } => {
                format!("pool {pool} event buffer overflowed, discarding event {serial}")
            }
            Self::OverflowedMore { pool, count } => {
                format!("pool {pool} event buffer overflowed, {count} more events were discarded")
            }
        }
    }
}

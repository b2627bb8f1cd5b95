//! The control plane's limits, what happens at each, and the account of how often that was.
//!
//! Every limit has a defined answer (the text in [`Limit::what_happened`]), is counted, and is reported in the
//! activity log, at most once a minute each so that a flood of requests is not also a flood of lines.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use provost_config::model::Level;

use crate::ports::LogPort;

/// Connections one listener may have, so that a flood on one leaves the others usable.
pub(super) const MAX_CONNECTIONS_PER_LISTENER: usize = 128;
/// Connections of all listeners together.
pub(super) const MAX_CONNECTIONS: usize = 256;
/// Connections beyond the limit that are still told so (503) instead of being closed without a word.
pub(super) const MAX_REFUSALS: usize = 16;

/// Bytes of a request line and its headers; more is answered with 431.
pub(super) const MAX_HEAD_BYTES: usize = 16 << 10;
/// Bytes hyper may gather of an answer before it waits for the client.
pub(super) const MAX_BUFFER_BYTES: usize = 64 << 10;
/// Bytes of a request body; more is answered with 413.
pub(super) const MAX_BODY_BYTES: usize = 1 << 20;
/// Bytes of a refused request's body that are read and dropped, so that closing the connection does not reset it
/// before the client has read why.
pub(super) const MAX_DISCARDED_BYTES: usize = 64 << 10;

/// From the first byte of a request to the end of its headers; then the connection is closed.
pub(super) const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// For a whole request body; then the answer is 408.
pub(super) const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// For the part of a refused request's body that is read and dropped.
pub(super) const DISCARD_TIMEOUT: Duration = Duration::from_secs(2);
/// Without one byte being taken by a client that has something to read; then the connection is closed. Long,
/// because a reader who pauses a `tail -f` costs nothing but the place.
pub(super) const SEND_TIMEOUT: Duration = Duration::from_secs(300);
/// How long the end of the plane waits for answers that are already due.
pub(super) const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a listener rests after an error of accept(2), which would otherwise come back at once.
pub(super) const ACCEPT_PAUSE: Duration = Duration::from_millis(250);
/// The same if an idle connection was told to leave: it only has to close its descriptor.
pub(super) const EVICTION_PAUSE: Duration = Duration::from_millis(5);

/// Calls that may be under way, including those whose clients have left; more get a FAILED fault.
pub(super) const MAX_CALLS: usize = 512;
/// Calls that may be under way in one process that serves a namespace; more get a FAILED fault. Well below
/// [`MAX_CALLS`], so that one that hangs leaves room for everybody else.
pub(super) const MAX_PLUGIN_CALLS: usize = 64;
/// Lines that may wait for such a process to read them; what would be more gets a FAILED fault.
pub(super) const MAX_PLUGIN_LINES: usize = 64;
/// Bytes of a line that such a process writes; longer ones are dropped.
pub(super) const MAX_PLUGIN_LINE_BYTES: usize = 8 << 20;
/// Calls to the daemon that such a process may have under way; more get a FAILED fault.
pub(super) const MAX_PLUGIN_QUESTIONS: usize = 16;
/// Event streams and live logs that may be open; more are answered with 503. Half of what a listener has room for, so
/// that pages left open leave room for calls.
pub(super) const MAX_STREAMS: usize = 64;
/// After how long an event stream that has nothing to say sends a comment: proxies give up connections after a minute
/// of silence, some after half of that.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);
/// Bytes that one read of a log may return; for more there is a FAILED fault. Above the default size at which
/// logs roll over, so that a whole log of that size can be read.
pub(super) const MAX_LOG_BYTES: u64 = 64 << 20;
/// Bytes of a log that one piece as JSON may hold; who wants more asks again, or for the file.
pub(super) const MAX_SLICE_BYTES: u64 = 8 << 20;
/// Bytes, roughly, that the results of one `system.multicall` may add up to; calls beyond get a FAILED fault.
pub(super) const MAX_MULTICALL_BYTES: usize = 64 << 20;

/// Comparisons with a slow password hash (argon2, bcrypt) at a time: each takes the memory that the hash says, and a helper
/// thread, of which there are few.
pub(super) const MAX_CHECKS: usize = 1;
/// Requests that may have or wait for one; more are answered with 503.
pub(super) const MAX_WAITING_CHECKS: usize = 64;

/// Threads that read files and configurations for the control plane.
pub(super) const BLOCKING_THREADS: usize = 3;
/// How long such a thread stays for more work.
pub(super) const BLOCKING_KEEP_ALIVE: Duration = Duration::from_secs(2);
/// Their stack: name services and the configuration's parser run on it.
pub(super) const BLOCKING_STACK_BYTES: usize = 1 << 20;

/// How often at most the same limit is reported.
const REPORT_EVERY: Duration = Duration::from_secs(60);

/// The limits that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// [`MAX_CONNECTIONS`] or [`MAX_CONNECTIONS_PER_LISTENER`], nobody to give way.
    Connections,
    /// The same, but an idle connection gave way.
    Evicted,
    /// accept(2) failed.
    Accept,
    /// [`HEAD_TIMEOUT`].
    SlowHead,
    /// [`BODY_TIMEOUT`].
    SlowBody,
    /// [`MAX_BODY_BYTES`].
    LargeBody,
    /// [`SEND_TIMEOUT`].
    SlowReader,
    /// [`MAX_CALLS`].
    Calls,
    /// [`MAX_STREAMS`].
    Streams,
    /// Too many wrong passwords from one place: see [`mistakes`](super::mistakes).
    Guesses,
    /// [`MAX_WAITING_CHECKS`], or the memory of one is not there.
    Checks,
}

const LIMITS: usize = 11;

impl Limit {
    const ALL: [Self; LIMITS] = [
        Self::Connections,
        Self::Evicted,
        Self::Accept,
        Self::SlowHead,
        Self::SlowBody,
        Self::LargeBody,
        Self::SlowReader,
        Self::Calls,
        Self::Streams,
        Self::Guesses,
        Self::Checks,
    ];

    /// The name in metrics.
    fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::Evicted => "evicted",
            Self::Accept => "accept",
            Self::SlowHead => "slow_head",
            Self::SlowBody => "slow_body",
            Self::LargeBody => "large_body",
            Self::SlowReader => "slow_reader",
            Self::Calls => "calls",
            Self::Streams => "streams",
            Self::Guesses => "guesses",
            Self::Checks => "password_checks",
        }
    }

    fn what_happened(self) -> &'static str {
        match self {
            Self::Connections => "a connection was refused because all places are in use",
            Self::Evicted => "an idle connection was closed to make place for another",
            Self::Accept => "accepting a connection failed; trying again",
            Self::SlowHead => "a connection was closed because its request did not arrive in time",
            Self::SlowBody => "a request was refused because its body did not arrive in time",
            Self::LargeBody => "a request was refused because its body is too large",
            Self::SlowReader => "a connection was closed because its client did not read in time",
            Self::Calls => "a call was refused because too many are under way",
            Self::Streams => "an event stream was refused because too many are open",
            Self::Guesses => "a request was refused unseen because of too many wrong passwords",
            Self::Checks => "a request was refused because its password could not be compared",
        }
    }
}

/// How often each limit was met.
#[derive(Default)]
pub(super) struct Overflows {
    accounts: [Account; LIMITS],
}

#[derive(Default)]
struct Account {
    times: AtomicU64,
    reported: Mutex<Option<Instant>>,
}

impl Overflows {
    /// How often each limit was met, by its name.
    pub(super) fn times(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let times = |limit: Limit| self.accounts[limit as usize].times.load(Ordering::Relaxed);
        Limit::ALL.into_iter().map(move |limit| (limit.name(), times(limit)))
    }

    /// Counts one more, and reports it unless that was done a moment ago.
    pub(super) fn count(&self, limit: Limit, detail: Option<&dyn std::fmt::Display>, logs: &LogPort) {
        let account = &self.accounts[limit as usize];
        let times = account.times.fetch_add(1, Ordering::Relaxed) + 1;
        let mut reported = account.reported.lock().unwrap_or_else(PoisonError::into_inner);
        if reported.is_some_and(|at| at.elapsed() < REPORT_EVERY) {
            return;
        }
        *reported = Some(Instant::now());
        let what = limit.what_happened();
        let detail = detail.map_or_else(String::new, |detail| format!(": {detail}"));
        logs.line(Level::Warn, format!("HTTP: {what}{detail} ({times} so far)"));
    }
}

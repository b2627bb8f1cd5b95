//! The socket on which the programs of a benchmark tell when they run.

use std::collections::BTreeMap;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The longest wait for one mark. The reference needs seconds for what it does; nothing needs minutes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Nanoseconds of the clock that programs stamp their marks with.
pub(crate) fn now() -> i64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// "I run", said by a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Which program.
    pub(crate) tag: String,
    pub(crate) pid: u32,
    /// When, in nanoseconds of [`now`]'s clock.
    pub(crate) at: i64,
}

/// Where marks arrive.
pub(crate) struct Marks(UnixDatagram);

impl Marks {
    /// Listens at `path`.
    ///
    /// # Panics
    ///
    /// When it cannot: there is nothing to measure then.
    pub(crate) fn bind(path: &Path) -> Self {
        let socket = UnixDatagram::bind(path).expect("a socket in our own directory");
        socket.set_read_timeout(Some(PATIENCE)).expect("a time-out can be set on a socket");
        Self(socket)
    }

    /// The next mark; `None` when none came for a minute.
    pub(crate) fn next(&self) -> Option<Mark> {
        let mut bytes = [0; 256];
        let length = loop {
            match self.0.recv(&mut bytes) {
                Ok(length) => break length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        };
        let text = std::str::from_utf8(&bytes[..length]).ok()?;
        let mut words = text.split(' ');
        let (tag, pid, at) = (words.next()?, words.next()?, words.next()?);
        Some(Mark { tag: tag.to_owned(), pid: pid.parse().ok()?, at: at.parse().ok()? })
    }

    /// Marks of `count` different programs, by tag; the latest of each.
    ///
    /// # Panics
    ///
    /// When they do not come.
    pub(crate) fn collect(&self, count: usize) -> BTreeMap<String, Mark> {
        let mut marks = BTreeMap::new();
        while marks.len() < count {
            let mark = self.next().unwrap_or_else(|| panic!("{} of {count} programs started", marks.len()));
            marks.insert(mark.tag.clone(), mark);
        }
        marks
    }
}

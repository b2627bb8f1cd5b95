//! The daemon's ends of the listeners' standard outputs, while the listeners live.
//!
//! What a listener says is half of a conversation with this plane, and each event waits for it: it is read here, so
//! that no other plane stands between an answer and the next event. The log plane gets a copy for the log, and the
//! pipe itself when the listener is dead, with what is left in it. Nothing here waits.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;

use provost_core::status::ProcessId;
use rustix::io::{Errno, retry_on_intr};

/// Bytes read at once: the usual size of a pipe. Answers are a few bytes, unless a listener sends events back.
const READ_BYTES: usize = 64 << 10;

/// One listener's standard output.
#[derive(Debug)]
pub(super) struct Ear {
    /// The start whose child it belongs to.
    pub(super) launch: u32,
    pub(super) pipe: OwnedFd,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Ears {
    open: BTreeMap<ProcessId, Ear>,
    /// Empty until the first listener: most daemons have none.
    buffer: Vec<u8>,
}

impl Ears {
    pub(super) fn new() -> Self {
        Self { open: BTreeMap::new(), buffer: Vec::new() }
    }

    /// A listener was started; its pipe does not block.
    pub(super) fn keep(&mut self, process: ProcessId, ear: Ear) {
        self.buffer.resize(READ_BYTES, 0);
        self.open.insert(process, ear);
    }

    /// All, to wait for.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ProcessId, &Ear)> {
        self.open.iter().map(|(process, ear)| (*process, ear))
    }

    /// Reads once: the start and what its child said. One that will never say anything more is closed.
    pub(super) fn hear(&mut self, process: ProcessId) -> Option<(u32, Vec<u8>)> {
        let ear = self.open.get(&process)?;
        match retry_on_intr(|| rustix::io::read(&ear.pipe, &mut *self.buffer)) {
            Ok(count) if count > 0 => Some((ear.launch, self.buffer[..count].to_vec())),
            Err(Errno::AGAIN) => None,
            // Its end. No other error comes from a pipe; if one does, asking again would not help.
            Ok(_) | Err(_) => {
                self.open.remove(&process);
                None
            }
        }
    }

    /// The listener is dead, or no more: its pipe, for whoever takes what is left in it.
    pub(super) fn release(&mut self, process: ProcessId) -> Option<Ear> {
        self.open.remove(&process)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTENER: ProcessId = ProcessId(7);

    fn ears() -> (Ears, OwnedFd) {
        let pipe = provost_sys::pipe::output_pipe(None).expect("a pipe");
        let mut ears = Ears::new();
        ears.keep(LISTENER, Ear { launch: 3, pipe: pipe.ours });
        (ears, pipe.childs)
    }

    #[test]
    fn what_is_said_is_heard_and_silence_is_nothing() {
        let (mut ears, mouth) = ears();
        assert_eq!(ears.hear(LISTENER), None);
        rustix::io::write(&mouth, b"READY\n").expect("room");
        assert_eq!(ears.hear(LISTENER), Some((3, b"READY\n".to_vec())));
        assert_eq!((ears.hear(LISTENER), ears.iter().count()), (None, 1));
        assert_eq!(ears.hear(ProcessId(8)), None);
    }

    #[test]
    fn a_closed_output_is_waited_for_no_more() {
        let (mut ears, mouth) = ears();
        rustix::io::write(&mouth, b"x").expect("room");
        drop(mouth);
        assert_eq!(ears.hear(LISTENER), Some((3, b"x".to_vec())));
        assert_eq!((ears.hear(LISTENER), ears.iter().count()), (None, 0));
    }

    #[test]
    fn what_is_left_goes_with_the_pipe() {
        let (mut ears, mouth) = ears();
        rustix::io::write(&mouth, b"last").expect("room");
        let ear = ears.release(LISTENER).expect("it was kept");
        assert!(ears.release(LISTENER).is_none());
        let mut rest = [0; 8];
        assert_eq!((ear.launch, rustix::io::read(&ear.pipe, &mut rest)), (3, Ok(4)));
    }
}

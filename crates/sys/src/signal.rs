//! Signals: sending them, and receiving those that are meant for the daemon. What they are called is the
//! configuration's business; here they are numbers.
//!
//! **Receiving.** Signals belong to the process, so their queue does too: it is made at the first
//! [`Signals::install`] and lives as long as the process. [`Signals`] is the permission to read it, held by
//! one owner at a time; dropping it and installing again loses nothing that arrived in between. A handler does the least possible: if its signal is not queued already, it writes one
//! byte, the signal's number, into a pipe. So the queue keeps arrival order, holds no signal twice, can never
//! overflow, and is readable to `poll` when there is something to do.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{SigSet, Signal};

use crate::errno::Errno;
use crate::id::Pid;
use crate::pipe::{raw_pipe, set_nonblocking};
use crate::spawn;

pub use libc::{SIGCHLD, SIGHUP, SIGUSR2};

/// Signals the daemon acts upon.
const HANDLED: [i32; 6] = [libc::SIGTERM, libc::SIGINT, libc::SIGQUIT, SIGHUP, SIGUSR2, SIGCHLD];

/// Signals the daemon must survive. PIPE and XFSZ turn into error numbers of the failing call. USR1 and ALRM
/// mean nothing to the daemon, and their default would end it without any cleaning up.
const IGNORED: [i32; 4] = [libc::SIGPIPE, libc::SIGXFSZ, libc::SIGUSR1, libc::SIGALRM];

/// Sends a signal to one process.
///
/// # Errors
/// `ESRCH` if it is gone, `EPERM` if it now belongs to somebody else, `EINVAL` if there is no such signal.
pub fn kill(pid: Pid, signal: i32) -> Result<(), Errno> {
    spawn::send_signal(pid.raw(), signal)
}

/// Sends a signal to all processes of the group that `leader` leads. Every child leads a group of its own.
///
/// # Errors
/// As [`kill`]; `EPERM` only if not one member could be signalled.
pub fn kill_group(leader: Pid, signal: i32) -> Result<(), Errno> {
    spawn::send_signal(-leader.raw(), signal)
}

/// What handlers write and [`Signals`] reads.
pub(crate) struct Queue {
    read: OwnedFd,
    write: OwnedFd,
    /// By signal number: whether its byte is in the pipe.
    queued: [AtomicBool; 65],
}

impl Queue {
    fn new() -> io::Result<Self> {
        let (read, write) = raw_pipe()?;
        set_nonblocking(read.as_fd())?;
        set_nonblocking(write.as_fd())?;
        Ok(Self { read, write, queued: [const { AtomicBool::new(false) }; 65] })
    }

    /// Called by the signal handler, hence only an atomic swap and a `write` that cannot block. The pipe
    /// holds at most one byte per handled signal, so the write does not fail either.
    pub(crate) fn record(&self, signal: i32) {
        let Ok(number) = u8::try_from(signal) else { return };
        let Some(queued) = self.queued.get(usize::from(number)) else { return };
        if !queued.swap(true, Ordering::AcqRel) {
            let _ = rustix::io::write(&self.write, &[number]);
        }
    }

    /// Empties the pipe into `numbers`; gives how many there were.
    fn take(&self, numbers: &mut [u8; HANDLED.len()]) -> usize {
        let count = rustix::io::retry_on_intr(|| rustix::io::read(&self.read, &mut *numbers)).unwrap_or(0);
        // From here on a new arrival is queued again. One that came since the read is the one about to be
        // handled.
        for number in &numbers[..count] {
            self.queued[usize::from(*number)].store(false, Ordering::Release);
        }
        count
    }
}

/// The one queue of this process, made at the first installation and kept for good.
static QUEUE: OnceLock<&'static Queue> = OnceLock::new();

/// Whether some [`Signals`] is alive.
static HELD: AtomicBool = AtomicBool::new(false);

/// Why signals cannot be received.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// Two owners would steal signals from each other.
    #[error(
        "signals are already being received in this process; drop the first Signals before installing another"
    )]
    AlreadyInstalled,
    /// No pipe or no handler could be made.
    #[error("could not install signal handlers: {0}")]
    System(#[from] io::Error),
}

/// The signals that are meant for the daemon, in order of arrival and without duplicates.
#[derive(Debug)]
pub struct Signals(());

impl Signals {
    /// Starts to receive TERM, INT, QUIT, HUP, USR2 and CHLD, and to ignore PIPE, XFSZ, USR1 and ALRM.
    ///
    /// Unblocks them in the calling thread, in case the daemon was started with a mask; so call it before
    /// other threads are started, which inherit the mask.
    ///
    /// # Errors
    /// [`InstallError::AlreadyInstalled`] while another `Signals` is alive; otherwise the system's refusal.
    pub fn install() -> Result<Self, InstallError> {
        if HELD.swap(true, Ordering::AcqRel) {
            return Err(InstallError::AlreadyInstalled);
        }
        // From here on an early return must release the claim, which dropping this does.
        let signals = Self(());
        if QUEUE.get().is_none() {
            // Leaked because handlers cannot be given a lifetime. Should a registration fail, what is
            // registered already goes on feeding a queue that nobody reads, and the next attempt starts
            // afresh.
            let queue = Box::leak(Box::new(Queue::new()?));
            for signal in HANDLED {
                spawn::record_on_arrival(signal, queue)?;
            }
            QUEUE.get_or_init(|| queue);
        }
        for signal in IGNORED {
            spawn::ignore_signal(signal).map_err(io::Error::from)?;
        }
        unblock(&HANDLED)?;
        Ok(signals)
    }

    /// Readable when [`drain`](Self::drain) would give something.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.queue().read.as_fd()
    }

    /// Takes the signals that arrived, first come first. Never blocks.
    pub fn drain(&self) -> impl Iterator<Item = i32> + use<> {
        let mut numbers = [0; HANDLED.len()];
        let count = self.queue().take(&mut numbers);
        numbers.into_iter().take(count).map(i32::from)
    }

    #[expect(clippy::unused_self, reason = "owning the value is the permission to read the queue")]
    fn queue(&self) -> &'static Queue {
        QUEUE.get().expect("invariant: a Signals exists only after the queue was made")
    }
}

fn unblock(signals: &[i32]) -> io::Result<()> {
    let set: SigSet = signals.iter().filter_map(|&signal| Signal::try_from(signal).ok()).collect();
    Ok(set.thread_unblock()?)
}

impl Drop for Signals {
    fn drop(&mut self) {
        HELD.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signalling_what_is_not_there() {
        // The largest pid any kernel gives out is far below this.
        let nobody = Pid::new(i32::MAX).expect("positive");
        assert_eq!(kill(nobody, libc::SIGTERM), Err(Errno::new(libc::ESRCH)));
        assert_eq!(kill_group(nobody, libc::SIGTERM), Err(Errno::new(libc::ESRCH)));
        assert_eq!(kill(Pid::current(), 4711), Err(Errno::new(libc::EINVAL)));
        assert_eq!(kill(Pid::current(), 0), Ok(()));
    }
}

//! Sleeping and being woken: `poll`, and the wake-up call that another thread makes.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::event::Timespec;
pub use rustix::event::{PollFd, PollFlags};

/// Wakes a thread that sleeps in [`poll`]. Clones wake the same sleeper; each costs one reference count.
///
/// The sleeper polls [`fd`](Self::fd) for reading, and calls [`clear`](Self::clear) *before* it looks at
/// whatever it was woken for, so that a call that comes meanwhile wakes it again.
#[derive(Clone, Debug)]
pub struct Waker(Arc<Channel>);

/// On Linux one counter; elsewhere a pipe.
#[derive(Debug)]
struct Channel {
    read: OwnedFd,
    /// `None` if `read` is also the end to write to.
    write: Option<OwnedFd>,
    /// A wake-up is in the counter or pipe, or is about to be.
    pending: AtomicBool,
}

impl Waker {
    /// Makes a waker; its descriptors are closed on exec.
    ///
    /// # Errors
    /// `EMFILE` and `ENFILE` when descriptors run out.
    pub fn new() -> io::Result<Self> {
        Channel::new().map(Arc::new).map(Self)
    }

    /// Wakes the sleeper, now or at its next [`poll`]. Cheap (one system call), never blocks, and calling it
    /// again before the sleeper woke changes nothing and costs next to nothing.
    pub fn wake(&self) {
        if self.0.pending.swap(true, Ordering::AcqRel) {
            return;
        }
        let end = self.0.write.as_ref().unwrap_or(&self.0.read);
        match rustix::io::retry_on_intr(|| rustix::io::write(end, &1_u64.to_ne_bytes())) {
            // A full counter or pipe means that the wake-up is pending already.
            Ok(_) | Err(rustix::io::Errno::AGAIN) => {}
            // It did not get there. The next one tries again instead of relying on it.
            Err(_) => self.0.pending.store(false, Ordering::Release),
        }
    }

    /// Readable after [`wake`](Self::wake).
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.0.read.as_fd()
    }

    /// Forgets the wake-ups so far.
    pub fn clear(&self) {
        let mut buffer = [0_u8; 512];
        // One read takes all of an event counter, and a pipe until a read comes back short; an error means
        // empty.
        while rustix::io::retry_on_intr(|| rustix::io::read(&self.0.read, &mut buffer))
            .is_ok_and(|count| count == buffer.len())
        {}
        // Not before the read, which would take away the wake-up of somebody who has set it again. Who finds it set
        // has queued something before, which the sleeper sees from here on.
        self.0.pending.swap(false, Ordering::AcqRel);
    }
}

impl Channel {
    #[cfg(target_os = "linux")]
    fn new() -> io::Result<Self> {
        use rustix::event::{EventfdFlags, eventfd};
        let read = eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?;
        Ok(Self { read, write: None, pending: AtomicBool::new(false) })
    }

    #[cfg(not(target_os = "linux"))]
    fn new() -> io::Result<Self> {
        let (read, write) = crate::pipe::raw_pipe()?;
        crate::pipe::set_nonblocking(read.as_fd())?;
        crate::pipe::set_nonblocking(write.as_fd())?;
        Ok(Self { read, write: Some(write), pending: AtomicBool::new(false) })
    }
}

/// Sleeps until one of the descriptors is ready or `timeout` has passed (`None`: for as long as it takes).
/// Gives the number of ready descriptors, 0 after the time-out; which ones, and for what, is in their
/// `revents`.
///
/// Goes back to sleep after a signal handler ran: signals that matter are visible through a descriptor.
/// Resolution is that of the system's clock, not milliseconds (Linux), and it never returns before the time
/// has passed.
///
/// # Errors
/// `EINVAL` for more descriptors than the limit allows, `ENOMEM`.
pub fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<usize> {
    // A time-out too far away to be computed is no time-out.
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        let left = deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
            .and_then(|left| Timespec::try_from(left).ok());
        match rustix::event::poll(fds, left.as_ref()) {
            Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
            Ok(ready) => return Ok(ready),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT_ONCE: Option<Duration> = Some(Duration::ZERO);

    fn is_ready(waker: &Waker, timeout: Option<Duration>) -> bool {
        let fd = waker.fd();
        let mut fds = [PollFd::new(&fd, PollFlags::IN)];
        poll(&mut fds, timeout).expect("poll") == 1 && fds[0].revents().contains(PollFlags::IN)
    }

    #[test]
    fn wakes_until_cleared() {
        let waker = Waker::new().expect("waker");
        assert!(!is_ready(&waker, AT_ONCE));
        waker.wake();
        waker.wake();
        assert!(is_ready(&waker, AT_ONCE));
        assert!(is_ready(&waker, AT_ONCE), "stays until cleared");
        waker.clear();
        assert!(!is_ready(&waker, AT_ONCE));
        waker.clear();
        waker.wake();
        assert!(is_ready(&waker, AT_ONCE));
    }

    #[test]
    fn waking_never_blocks() {
        let waker = Waker::new().expect("waker");
        for _ in 0..100_000 {
            waker.wake();
        }
        waker.clear();
        assert!(!is_ready(&waker, AT_ONCE));
    }

    #[test]
    fn wakes_a_sleeping_thread() {
        let waker = Waker::new().expect("waker");
        let sleeper = waker.clone();
        let thread = std::thread::spawn(move || is_ready(&sleeper, None));
        waker.wake();
        assert!(thread.join().expect("sleeper"));
    }

    #[test]
    fn no_wake_up_is_lost() {
        const MESSAGES: usize = 20_000;
        let waker = Waker::new().expect("waker");
        let (sender, queue) = std::sync::mpsc::channel();
        let other = waker.clone();
        let thread = std::thread::spawn(move || {
            for number in 0..MESSAGES {
                sender.send(number).expect("somebody receives");
                other.wake();
            }
        });
        let mut received = 0;
        while received < MESSAGES {
            assert!(is_ready(&waker, Some(Duration::from_secs(60))), "asleep after {received} messages");
            waker.clear();
            received += queue.try_iter().count();
        }
        thread.join().expect("sender");
    }

    #[test]
    fn the_time_out_passes() {
        let timeout = Duration::from_millis(5);
        let start = Instant::now();
        assert_eq!(poll(&mut [], Some(timeout)).expect("poll"), 0);
        assert!(start.elapsed() >= timeout);
    }

    #[test]
    fn an_endless_time_out_is_accepted() {
        let waker = Waker::new().expect("waker");
        waker.wake();
        assert!(is_ready(&waker, Some(Duration::MAX)));
    }
}

//! Waiting: the one place where this program stands still.
//!
//! The commands are plain blocking code; what they wait for (a socket, a line) is a future that runs here, on
//! a runtime without threads. By default Ctrl-C kills the program at once, as it should a script's. At the
//! prompt and while a log is followed it is watched instead, and ends the wait.

use std::cell::OnceCell;
use std::future::{Future, pending};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::pin::pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::{Errno, read, retry_on_intr};
use signal_hook::consts::SIGINT;
use signal_hook::low_level::pipe;
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};
use tokio::task::{JoinHandle, JoinSet};

use crate::failure::Failure;
use crate::manner::Pacer;

/// See the module.
pub struct Reactor {
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
    /// Ctrl-C, once it is watched: the handler writes a byte to the other end. There is no way back from
    /// watching within a process.
    presses: OnceCell<UnixStream>,
}

/// The user pressed Ctrl-C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

/// More presses than anybody makes between two looks.
const PRESSES: usize = 64;

impl Reactor {
    /// Costs a few system calls and no thread.
    ///
    /// # Errors
    ///
    /// When the process has no descriptor left.
    pub fn new() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        Ok(Self { runtime: Some(runtime), presses: OnceCell::new() })
    }

    /// Waits for `future`. Whatever was spawned runs meanwhile, and only then.
    ///
    /// # Errors
    ///
    /// [`Interrupted`] when Ctrl-C is watched and was pressed; the future is dropped.
    pub fn wait_for<F: Future>(&self, future: F) -> Result<F::Output, Interrupted> {
        let Some(presses) = self.presses.get() else {
            return Ok(self.runtime().block_on(future));
        };
        match self.runtime().block_on(select(pin!(pressed(presses)), pin!(future))) {
            Either::Left(((), _)) => Err(Interrupted),
            Either::Right((output, _)) => Ok(output),
        }
    }

    /// Waits until `source` can be read, or is at its end. For descriptors that are shared with other
    /// programs and must therefore stay in blocking mode, which the runtime cannot work with.
    ///
    /// # Errors
    ///
    /// `Ok(Err(Interrupted))` as in [`Reactor::wait_for`]; the outer error when the system cannot wait.
    pub fn wait_readable(&self, source: BorrowedFd<'_>) -> io::Result<Result<(), Interrupted>> {
        let Some(presses) = self.presses.get() else {
            // The read itself waits, and Ctrl-C kills.
            return Ok(Ok(()));
        };
        let mut watched =
            [PollFd::new(presses, PollFlags::IN), PollFd::from_borrowed_fd(source, PollFlags::IN)];
        retry_on_intr(|| poll(&mut watched, None))?;
        if watched[0].revents().is_empty() {
            return Ok(Ok(()));
        }
        read(presses.as_fd(), &mut [0; PRESSES])?;
        Ok(Err(Interrupted))
    }

    /// Lets time pass; Ctrl-C is watched from now on.
    ///
    /// # Errors
    ///
    /// `Ok(Err(Interrupted))` when it was pressed; the outer error when the system cannot watch it or cannot wait.
    pub fn wait(&self, duration: Duration) -> io::Result<Result<(), Interrupted>> {
        self.watch_interrupts()?;
        let presses = self.presses.get().expect("invariant: it is watched since the line above");
        let end = Instant::now() + duration;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).expect("invariant: nobody waits for so many seconds");
            match poll(&mut [PollFd::new(presses, PollFlags::IN)], Some(&left)) {
                // Another signal, such as a change of the terminal's size.
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(0) => return Ok(Ok(())),
                Ok(_) => {
                    read(presses.as_fd(), &mut [0; PRESSES])?;
                    return Ok(Err(Interrupted));
                }
            }
        }
    }

    /// Watches Ctrl-C from now on.
    ///
    /// # Errors
    ///
    /// When the system refuses a handler.
    pub fn watch_interrupts(&self) -> io::Result<()> {
        if self.presses.get().is_none() {
            let (ours, handlers) = std::os::unix::net::UnixStream::pair()?;
            ours.set_nonblocking(true)?;
            let _runtime = self.runtime().enter();
            let ours = UnixStream::from_std(ours)?;
            pipe::register(SIGINT, handlers)?;
            self.presses.set(ours).expect("it was empty a moment ago, and this is the only thread");
        }
        Ok(())
    }

    /// Forgets a press that came while nobody waited for one: it was meant for something that has ended meanwhile.
    pub fn forget_presses(&self) {
        if let Some(presses) = self.presses.get() {
            // That there is none is as good.
            let _none = read(presses.as_fd(), &mut [0; PRESSES]);
        }
    }

    /// Begins to wait until `source` can be read.
    ///
    /// # Errors
    ///
    /// When the process has no descriptor left.
    pub(crate) fn watch(&self, source: BorrowedFd<'_>) -> io::Result<Readable> {
        let source = source.try_clone_to_owned()?;
        let (ours, end) = std::os::unix::net::UnixStream::pair()?;
        let wait = move || {
            let mut watched = [PollFd::new(&source, PollFlags::IN), PollFd::new(&end, PollFlags::IN)];
            retry_on_intr(|| poll(&mut watched, None)).map(drop).map_err(io::Error::from)
        };
        Ok(Readable { task: self.runtime().spawn_blocking(wait), _end: ours })
    }

    /// Lets `task` run whenever something is waited for, until it or `tasks` ends.
    pub(crate) fn spawn(&self, tasks: &mut JoinSet<()>, task: impl Future<Output = ()> + Send + 'static) {
        tasks.spawn_on(task, self.runtime().handle());
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("the runtime lives as long as the reactor")
    }
}

/// Ends when Ctrl-C was pressed. The runtime may report a press that [`Reactor::wait_readable`] took already.
async fn pressed(presses: &UnixStream) {
    while presses.readable().await.is_ok() {
        match presses.try_read(&mut [0; PRESSES]) {
            Ok(_) => return,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    // Without the stream there is no way to learn of a press.
    pending::<()>().await;
}

/// A wait for a descriptor that goes on while other things happen. Dropping it ends it.
///
/// It has a thread of the runtime: a terminal is shared with other programs and must stay in blocking mode, and
/// the runtime itself watches only what is not.
pub(crate) struct Readable {
    task: JoinHandle<io::Result<()>>,
    /// Its other end is watched, too.
    _end: std::os::unix::net::UnixStream,
}

impl Readable {
    /// Waits on until the descriptor can be read, or is at its end. Once it returned, the wait is over.
    ///
    /// # Errors
    ///
    /// When the system cannot wait for the descriptor.
    pub(crate) async fn come(&mut self) -> io::Result<()> {
        (&mut self.task).await.map_err(io::Error::other)?
    }
}

impl Pacer for Rc<Reactor> {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn pause(&self, duration: Duration) -> Result<(), Failure> {
        let waited = self.wait(duration).map_err(Failure::Terminal)?;
        waited.map_err(|Interrupted| Failure::Interrupted)
    }
}

impl Drop for Reactor {
    /// A name that is being resolved keeps a thread busy; nobody waits for it at the end.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

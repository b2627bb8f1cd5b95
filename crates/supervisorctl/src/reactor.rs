//! Waiting: the one place where this program stands still.
//!
//! The commands are plain blocking code; what they wait for (a socket, a line) is a future that runs here, on
//! a runtime without threads. By default Ctrl-C kills the program at once, as it should a script's. At the
//! prompt and while a log is followed it is watched instead, and ends the wait.

use std::cell::RefCell;
use std::future::Future;
use std::io;
use std::pin::pin;

use futures_util::future::{Either, select};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// See the module.
pub struct Reactor {
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
    /// Ctrl-C, once it is watched. There is no way back from that within a process.
    interrupts: RefCell<Option<Signal>>,
}

/// The user pressed Ctrl-C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interrupted;

impl Reactor {
    /// Costs two system calls and no thread.
    ///
    /// # Errors
    ///
    /// When the process has no descriptor left.
    pub fn new() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_io().build()?;
        Ok(Self { runtime: Some(runtime), interrupts: RefCell::new(None) })
    }

    /// Waits for `future`. Whatever was spawned runs meanwhile, and only then.
    ///
    /// # Errors
    ///
    /// [`Interrupted`] when Ctrl-C is watched and was pressed; the future is dropped.
    pub fn wait_for<F: Future>(&self, future: F) -> Result<F::Output, Interrupted> {
        let runtime = self.runtime.as_ref().expect("the runtime lives as long as the reactor");
        let mut interrupts = self.interrupts.borrow_mut();
        let Some(interrupts) = interrupts.as_mut() else {
            return Ok(runtime.block_on(future));
        };
        let pressed = pin!(interrupts.recv());
        match runtime.block_on(select(pressed, pin!(future))) {
            Either::Left(_) => Err(Interrupted),
            Either::Right((output, _)) => Ok(output),
        }
    }

    /// Watches Ctrl-C from now on.
    ///
    /// # Errors
    ///
    /// When the system refuses a handler.
    pub fn watch_interrupts(&self) -> io::Result<()> {
        let mut interrupts = self.interrupts.borrow_mut();
        if interrupts.is_none() {
            let runtime = self.runtime.as_ref().expect("the runtime lives as long as the reactor");
            let _guard = runtime.enter();
            *interrupts = Some(signal(SignalKind::interrupt())?);
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_without_watch_ends_with_its_future() {
        let reactor = Reactor::new().expect("descriptors are left");
        assert_eq!(reactor.wait_for(async { 7 }), Ok(7));
    }

    #[test]
    fn a_watched_wait_ends_with_the_signal() {
        let reactor = Reactor::new().expect("descriptors are left");
        reactor.watch_interrupts().expect("a handler for SIGINT is allowed");
        assert_eq!(reactor.wait_for(async { 7 }), Ok(7));
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::INT)
            .expect("a process may signal itself");
        assert_eq!(reactor.wait_for(std::future::pending::<()>()), Err(Interrupted));
    }
}

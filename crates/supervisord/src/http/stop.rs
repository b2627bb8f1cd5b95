//! How the rest of the daemon ends the control plane.

use tokio::sync::watch;

/// Ends the plane, when told to or when dropped.
pub(crate) struct StopHandle(watch::Sender<bool>);

/// What the plane and everything in it watches.
#[derive(Clone)]
pub(crate) struct StopSignal(watch::Receiver<bool>);

/// Both ends.
pub(crate) fn stop_pair() -> (StopHandle, StopSignal) {
    let (sender, receiver) = watch::channel(false);
    (StopHandle(sender), StopSignal(receiver))
}

impl StopHandle {
    /// Asks the plane to end; returns at once. The thread that runs it returns when answers that were due have been
    /// sent, or could not be in time.
    pub(crate) fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl StopSignal {
    /// Completes when the plane has to end.
    pub(super) async fn requested(&mut self) {
        // An error means that the handle is gone, which ends the plane as well.
        let _ = self.0.wait_for(|stopped| *stopped).await;
    }

    /// Whether the plane has to end.
    pub(super) fn is_requested(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}

//! Methods that read the configuration again. Reading blocks, so a helper thread does it; what it means for the
//! groups is the supervision plane's to say.

use provost_core::call::Call;
use provost_wire::fault::{Fault, FaultCode};
use tokio::task::spawn_blocking;

use super::Order;
use super::answer::Answer;

/// What is done with a configuration that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// It is remembered, and the difference told.
    Compare,
    /// The daemon starts over with it.
    Restart,
}

/// One that cannot be read is a fault, and nothing changes.
pub(super) async fn reload(order: &Order, afterwards: Afterwards) -> Result<Answer, Fault> {
    let loader = order.app.ports.loader.clone();
    let config = spawn_blocking(move || loader())
        .await
        .unwrap_or_else(|_| {
            Err("reading the configuration failed for a reason that is a bug of the daemon".into())
        })
        .map_err(|message| Fault::with_detail(FaultCode::CantReread, message))?;
    let call = match afterwards {
        Afterwards::Compare => Call::Reread(config),
        Afterwards::Restart => Call::Restart(config),
    };
    order.change(call).await.map(Answer::from)
}

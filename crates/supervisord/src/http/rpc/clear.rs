//! Methods that clear logs: the log plane does it, because it has the files open.

use std::sync::Arc;

use provost_config::model::Level;
use provost_core::call::{self, BulkItem};
use provost_core::status::{ProcessStatus, Snapshot};
use provost_wire::fault::{Fault, FaultCode};
use provost_wire::namespec::ShortName;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::Order;
use super::answer::Answer;
use crate::ports::{ControlPorts, ToLogs};

/// Whose logs are cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// The daemon's own.
    Main,
    /// Those of the process that the argument names.
    Process,
    /// Those of every process.
    All,
}

pub(super) async fn clear(order: &Order, whose: Whose) -> Result<Answer, Fault> {
    let ports = &order.app.ports;
    match whose {
        Whose::Main => clear_main(ports).await.map(|()| Answer::Done),
        Whose::Process => {
            let name = order.args.text(0, "name")?;
            let row = order.asked().process(name).map(Arc::clone)?;
            clear_one(ports, &row, name).await.map(|()| Answer::Done)
        }
        Whose::All => Ok(Answer::Bulk(clear_all(ports).await)),
    }
}

/// Clears the logs of one process, which the client calls `name`.
pub(in crate::http) async fn clear_one(
    ports: &ControlPorts,
    row: &ProcessStatus,
    name: &str,
) -> Result<(), Fault> {
    clear_process(ports, row).await.map_err(|reason| {
        report(ports, name, &reason);
        Fault::with_detail(FaultCode::Failed, name)
    })
}

/// Clears the activity log.
pub(in crate::http) async fn clear_main(ports: &ControlPorts) -> Result<(), Fault> {
    let no_file = || Fault::bare(FaultCode::NoFile);
    let path = ports.main_log.clone().ok_or_else(no_file)?;
    // If the helper thread fails there is no harm in trying.
    if !spawn_blocking(move || std::path::Path::new(&*path).exists()).await.unwrap_or(true) {
        return Err(no_file());
    }
    let (reply, answer) = oneshot::channel();
    ports.logs.send(ToLogs::ClearMain { reply });
    match settled(answer).await {
        Ok(()) => Ok(()),
        Err(reason) => Err(Fault::with_detail(FaultCode::Failed, reason)),
    }
}

async fn clear_process(ports: &ControlPorts, row: &ProcessStatus) -> Result<(), String> {
    let (reply, answer) = oneshot::channel();
    ports.logs.send(ToLogs::Clear { process: row.id, reply });
    settled(answer).await
}

async fn settled(answer: oneshot::Receiver<Result<(), String>>) -> Result<(), String> {
    answer.await.unwrap_or_else(|_| Err("the log plane has ended".to_owned()))
}

/// Clears the logs of every process, in the order in which processes start.
pub(in crate::http) async fn clear_all(ports: &ControlPorts) -> Vec<BulkItem> {
    let rows = in_bulk_order(&ports.snapshot.load());
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        let (name, group) = (row.recipe.name.to_string(), row.group.as_ref().to_owned());
        let outcome = clear_process(ports, &row).await.map_err(|reason| {
            let shown = ShortName::new(&group, &name).to_string();
            report(ports, &shown, &reason);
            call::Fault::Failed(shown)
        });
        items.push(BulkItem { name, group, outcome });
    }
    items
}

/// By priority of the group, then of the process; the snapshot has the groups in their order already.
fn in_bulk_order(snapshot: &Snapshot) -> Vec<Arc<ProcessStatus>> {
    let mut rows = Vec::with_capacity(snapshot.processes.len());
    for group in &*snapshot.groups {
        let mut processes: Vec<_> = group.config.processes.iter().collect();
        processes.sort_by_key(|process| process.priority);
        let found =
            processes.into_iter().filter_map(|process| snapshot.process(&group.config.name, &process.name));
        rows.extend(found.map(Arc::clone));
    }
    rows
}

/// The fault carries a name only, so the reason goes to the activity log.
fn report(ports: &ControlPorts, name: &str, reason: &str) {
    ports.logs.line(Level::Error, format!("cannot clear the logs of {name}: {reason}"));
}

//! Methods that read the configuration again. Reading blocks, so a helper thread does it; what it means for the
//! groups is the supervision plane's to say.

use std::sync::Arc;

use provost_config::diff::{Changes, diff, why_changed};
use provost_config::model::{Config, Group};
use provost_core::call::Call;
use provost_core::status::Snapshot;
use provost_wire::fault::{Fault, FaultCode};
use provost_wire::xmlrpc::{ToXml, ValueWriter};
use tokio::task::spawn_blocking;

use super::Order;
use super::answer::Answer;
use crate::ports::{ControlPorts, Unusable};

/// What is done with a configuration that could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// It is remembered, and the difference told.
    Compare,
    /// The difference is told, with its reasons, and the configuration forgotten.
    Plan,
    /// The daemon starts over with it.
    Restart,
}

/// One that cannot be read is a fault, and nothing changes.
pub(super) async fn reload(order: &Order, afterwards: Afterwards) -> Result<Answer, Fault> {
    let config = load(&order.app.ports).await?;
    let call = match afterwards {
        Afterwards::Compare => Call::Reread(config),
        Afterwards::Restart => Call::Restart(config),
        // The groups may have changed while the file was read, so the latest snapshot is asked.
        Afterwards::Plan => return Ok(Answer::Plan(Plan::new(&order.app.ports.snapshot.load(), &config))),
    };
    order.change(call).await.map(Answer::from)
}

/// Reads the configuration on a helper thread.
pub(in crate::http) async fn load(ports: &ControlPorts) -> Result<Arc<Config>, Fault> {
    let unusable = |unusable: Unusable| Fault::with_detail(FaultCode::CantReread, unusable.message);
    read(ports).await.map_err(unusable)
}

/// The same, with every mistake that it has.
pub(in crate::http) async fn read(ports: &ControlPorts) -> Result<Arc<Config>, Unusable> {
    let loader = ports.loader.clone();
    spawn_blocking(move || loader()).await.unwrap_or_else(|_| {
        Err("reading the configuration failed for a reason that is a bug of the daemon".into())
    })
}

/// What an update would do.
#[derive(Debug)]
pub(in crate::http) struct Plan {
    /// The groups it would touch.
    pub(in crate::http) changes: Changes,
    /// For each changed group, in their order, the options that differ.
    pub(in crate::http) reasons: Vec<Vec<&'static str>>,
}

impl Plan {
    /// What an update to `config` would do.
    pub(in crate::http) fn new(snapshot: &Snapshot, config: &Config) -> Self {
        let active: Vec<&Group> = snapshot.groups.iter().map(|group| &*group.config).collect();
        let changes = diff(&active, config);
        let wanted = |name: &str| config.groups.iter().map(Arc::as_ref).find(|group| group.name == *name);
        let reasons = changes
            .changed
            .iter()
            .map(|name| {
                let active = active.iter().find(|group| group.name == *name);
                active.zip(wanted(name)).map(|(old, new)| why_changed(old, new)).unwrap_or_default()
            })
            .collect();
        Self { changes, reasons }
    }

    /// Groups it names.
    pub(super) fn len(&self) -> usize {
        self.changes.added.len() + self.changes.changed.len() + self.changes.removed.len()
    }
}

/// `{added: [group], removed: [group], changed: [{group, reasons: [option]}]}`.
impl ToXml for Plan {
    fn to_xml(&self, to: ValueWriter<'_>) {
        to.structure(|plan| {
            self.changes.added.to_xml(plan.member("added"));
            self.changes.removed.to_xml(plan.member("removed"));
            plan.member("changed").array(|array| {
                for (group, reasons) in self.changes.changed.iter().zip(&self.reasons) {
                    array.item().structure(|change| {
                        change.member("group").string(group);
                        reasons.to_xml(change.member("reasons"));
                    });
                }
            });
        });
    }
}

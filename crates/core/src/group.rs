//! Active groups and the orders that depend on them.

use std::sync::Arc;

use provost_config::model;

use crate::status::ProcessId;

/// A group that is being supervised.
#[derive(Clone, Debug)]
pub(crate) struct ActiveGroup {
    /// Identifies the group for the life of the daemon; grows with each addition.
    pub(crate) number: u32,
    /// Its configuration.
    pub(crate) config: Arc<model::Group>,
    /// Its name.
    pub(crate) name: Arc<str>,
    /// Its processes, in configured order.
    pub(crate) members: Vec<ProcessId>,
}

/// Active groups, by priority and then by order of addition.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    ordered: Vec<ActiveGroup>,
    added: u32,
}

impl Groups {
    /// Adds a group behind those of the same priority.
    pub(crate) fn add(&mut self, config: &Arc<model::Group>, name: Arc<str>, members: Vec<ProcessId>) {
        let number = self.added;
        self.added += 1;
        let at = self.ordered.partition_point(|other| other.config.priority <= config.priority);
        self.ordered.insert(at, ActiveGroup { number, config: Arc::clone(config), name, members });
    }

    /// Takes a group out.
    pub(crate) fn remove(&mut self, name: &str) -> Option<ActiveGroup> {
        let at = self.ordered.iter().position(|group| group.config.name == name)?;
        Some(self.ordered.remove(at))
    }

    /// The group of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&ActiveGroup> {
        self.ordered.iter().find(|group| group.config.name == name)
    }

    /// In order: low priority first.
    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &ActiveGroup> {
        self.ordered.iter()
    }

    /// In order of addition, as re-reading reports removed groups.
    pub(crate) fn by_addition(&self) -> Vec<&ActiveGroup> {
        let mut groups: Vec<_> = self.ordered.iter().collect();
        groups.sort_by_key(|group| group.number);
        groups
    }
}

impl ActiveGroup {
    /// Members by process priority ascending, as calls about several processes go.
    pub(crate) fn by_priority(&self) -> Vec<ProcessId> {
        let mut members: Vec<_> = self
            .members
            .iter()
            .zip(&self.config.processes)
            .map(|(id, recipe)| (recipe.priority, *id))
            .collect();
        members.sort_by_key(|member| member.0);
        members.into_iter().map(|member| member.1).collect()
    }
}

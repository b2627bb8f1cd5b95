//! What processes have for [`VARIABLE`] in their environment, which is read once for each and for all who want to know.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use provost_sys::kin::{Being, Census, Variable};

use super::VARIABLE;

/// What orphans have, those that have it.
pub(super) type Marked = BTreeMap<Being, Vec<u8>>;

/// What was read, shared by all who look.
///
/// Reading somebody's environment waits for that process's memory, perhaps without end. Whoever looks next passes over
/// a process that somebody still waits for.
#[derive(Clone, Default, Debug)]
pub(super) struct Marks(Arc<Mutex<Table>>);

#[derive(Default, Debug)]
struct Table {
    read: BTreeMap<Being, Variable>,
    in_hand: BTreeSet<Being>,
}

impl Marks {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What this process has. Once it has said anything, it is not asked again: a later program of the same process
    /// descends from the same child.
    ///
    /// # Errors
    /// `/proc` cannot be read.
    fn of(&self, being: Being) -> io::Result<Variable> {
        let mut table = self.table();
        if let Some(known) = table.read.get(&being) {
            return Ok(known.clone());
        }
        if !table.in_hand.insert(being) {
            return Ok(Variable::Unknown);
        }
        drop(table);
        let answer = being.variable(VARIABLE);
        let mut table = self.table();
        table.in_hand.remove(&being);
        let answer = answer?;
        if answer != Variable::Unknown {
            table.read.insert(being, answer.clone());
        }
        Ok(answer)
    }

    /// What the orphans have that the daemon has adopted; whoever is gone is forgotten.
    ///
    /// # Errors
    /// `/proc` cannot be read.
    pub(super) fn of_orphans(&self, census: &Census) -> io::Result<Marked> {
        let mut marked = Marked::new();
        let mut orphans = BTreeSet::new();
        for kin in census.orphans() {
            orphans.insert(kin.being);
            if let Variable::Is(mark) = self.of(kin.being)? {
                marked.insert(kin.being, mark);
            }
        }
        self.table().read.retain(|being, _| orphans.contains(being));
        Ok(marked)
    }
}

//! What goes wrong in a calm world. Nothing in it is nothing: every child lives until it is signalled or the test
//! says that it dies, and everybody answers at once.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use provost_config::model::Config;
use provost_core::call::Fault;
use provost_core::failure::Cause;
use provost_core::supervisor::SignalError;

/// Trouble to come; a test changes it as it goes along.
#[derive(Debug, Default)]
pub(crate) struct Script {
    /// Why the next starts find no logs, one after the other.
    pub(crate) log_errors: VecDeque<Cause>,
    /// The log plane answers nothing at all.
    pub(crate) logs_are_silent: bool,
    /// The shell makes no child and says nothing: the test does, with [`super::World::born`].
    pub(crate) spawns_wait: bool,
    /// Why the next children cannot be made, one after the other.
    pub(crate) spawn_failures: VecDeque<Cause>,
    /// What comes of the next signals, one after the other; the child does not get them.
    pub(crate) signal_errors: VecDeque<SignalError>,
    /// The shell does not say what came of its signals: the test does. The child does not get them.
    pub(crate) signals_wait: bool,
    /// Processes whose command cannot be started.
    pub(crate) probe_faults: BTreeMap<String, Fault>,
    /// Why the next writes to a standard input fail, one after the other.
    pub(crate) stdin_faults: VecDeque<Fault>,
    /// What the next readings of the configuration give; without one, the reading goes on and on.
    pub(crate) loads: VecDeque<Result<Arc<Config>, String>>,
    /// Processes whose new children ignore stop signals, as does what they leave behind.
    pub(crate) stubborn: BTreeSet<String>,
    /// Processes whose new children survive even SIGKILL, as does what they leave behind.
    pub(crate) unkillable: BTreeSet<String>,
}

impl Script {
    /// Nothing goes wrong, except what `change` says.
    pub(crate) fn having(change: impl FnOnce(&mut Self)) -> Self {
        let mut script = Self::default();
        change(&mut script);
        script
    }

    /// Nothing goes wrong, but new children of these processes ignore stop signals.
    pub(crate) fn with_stubborn(names: &[&str]) -> Self {
        Self { stubborn: names.iter().map(|name| (*name).to_owned()).collect(), ..Self::default() }
    }
}

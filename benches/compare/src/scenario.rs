//! What is measured. Each scenario runs one contender once and says what it saw; the caller repeats and compares.
//!
//! The targets stand beside the figures, in the module of each kind: [`starts`], [`restarts`], [`logs`], [`size`],
//! [`answers`], [`events`], [`growth`].

mod answers;
mod events;
mod growth;
mod logs;
mod restarts;
mod size;
mod starts;

use std::time::Duration;

use provost_tests::wait::look_for;
use serde::{Deserialize, Serialize};

use crate::contender::{Contender, Programs};
use crate::figure::Figure;

/// How long a daemon is left alone before it counts as idle; longer than `startsecs` and the shortest time between
/// two automatic starts.
const REST: Duration = Duration::from_millis(1500);
/// Clients that ask at the same time.
const CLIENTS: usize = 8;
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What one run of a scenario saw.
pub(crate) type Seen = Vec<(Figure, f64)>;

/// Something to measure.
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) purpose: &'static str,
    pub(crate) run: fn(Contender, &Programs, Effort) -> Seen,
    /// Who can do it.
    pub(crate) contenders: &'static [Contender],
}

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Effort {
    /// Less than a minute for each scenario.
    Quick,
    /// The numbers that are published.
    Full,
}

impl Effort {
    /// For people.
    pub(crate) fn name(self) -> &'static str {
        self.choose("quick", "full")
    }

    fn choose<T>(self, quick: T, full: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Full => full,
        }
    }
}

/// Those that are talked to.
const WITH_API: &[Contender] = &[Contender::Reference, Contender::Ours];
/// The floor as well.
const WITH_FLOOR: &[Contender] = &[Contender::Floor, Contender::Reference, Contender::Ours];
/// Everybody.
const WITH_PEERS: &[Contender] = &Contender::ALL;
/// Without the reference, whose start alone takes minutes there.
const WITHOUT_REFERENCE: &[Contender] = &[Contender::Floor, Contender::Ours];

/// All, in the order of the table.
pub(crate) const ALL: &[Scenario] = &[
    Scenario {
        name: "start",
        purpose: "1000 programs from nothing, and their end",
        run: starts::start,
        contenders: WITH_PEERS,
    },
    Scenario {
        name: "restart",
        purpose: "from kill -9 to the successor's first instruction",
        run: restarts::restart,
        contenders: WITH_PEERS,
    },
    Scenario {
        name: "busy",
        purpose: "the same, with 8 clients and 4 talkative programs",
        run: restarts::busy,
        contenders: WITH_API,
    },
    Scenario {
        name: "pressed",
        purpose: "the same, with 8 clients that ask for 1000 programs",
        run: restarts::pressed,
        contenders: WITH_API,
    },
    Scenario {
        name: "log",
        purpose: "one child writes lines of 100 bytes as fast as it can",
        run: logs::log,
        contenders: WITH_FLOOR,
    },
    Scenario {
        name: "rotate",
        purpose: "the same, with rotation every 50 MB",
        run: logs::rotate,
        contenders: WITH_FLOOR,
    },
    Scenario { name: "logs", purpose: "the same, 8 children", run: logs::logs, contenders: WITH_FLOOR },
    Scenario {
        name: "size",
        purpose: "memory, idle wake-ups, mapped bytes",
        run: size::size,
        contenders: WITH_PEERS,
    },
    Scenario {
        name: "info",
        purpose: "getAllProcessInfo, one client and eight",
        run: answers::info,
        contenders: WITH_API,
    },
    Scenario {
        name: "all",
        purpose: "stopAllProcesses and startAllProcesses, 1000 programs",
        run: starts::all,
        contenders: WITH_FLOOR,
    },
    Scenario {
        name: "events",
        purpose: "PROCESS_COMMUNICATION through one listener, and a bare pipe to it",
        run: events::messages,
        contenders: WITH_FLOOR,
    },
    Scenario {
        name: "churn",
        purpose: "PROCESS_STATE while 20 programs exit at once",
        run: events::churn,
        contenders: WITH_API,
    },
    Scenario {
        name: "first",
        purpose: "from exec to the first answer",
        run: answers::first,
        contenders: WITH_API,
    },
    Scenario {
        name: "status",
        purpose: "supervisorctl status, the whole process",
        run: answers::status,
        contenders: WITH_API,
    },
    Scenario {
        name: "growth",
        purpose: "from 10 to 4000 programs: start, restart, status, idle",
        run: growth::growth,
        contenders: WITHOUT_REFERENCE,
    },
];

/// Lets time pass: what is measured here is what a daemon does when nothing happens.
fn rest(time: Duration) {
    let _nothing_is_looked_for = look_for::<()>(time, || None);
}

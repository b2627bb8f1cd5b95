//! What a listener was told: every transition is a legal one, and begins where the one before it ended.

use std::collections::BTreeMap;
use std::fmt;

use provost_tests::World;

/// From each public state, where a process may go.
const LEGAL: &[(&str, &[&str])] = &[
    ("STOPPED", &["STARTING"]),
    ("STARTING", &["RUNNING", "BACKOFF", "STOPPING"]),
    ("RUNNING", &["STOPPING", "EXITED"]),
    ("BACKOFF", &["STARTING", "FATAL", "STOPPED"]),
    ("STOPPING", &["STOPPED"]),
    ("EXITED", &["STARTING", "STOPPED"]),
    ("FATAL", &["STARTING", "STOPPED"]),
];

/// How much was told.
pub(crate) struct Told {
    transitions: usize,
    lives: usize,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} transitions in {} lives of the daemon", self.transitions, self.lives)
    }
}

/// Reads the notes of the listener to their end.
pub(crate) fn check(world: &World) -> Told {
    let notes = world.scratch.read("notes");
    let mut states: BTreeMap<String, String> = BTreeMap::new();
    let mut told = Told { transitions: 0, lives: 0 };
    // The last line may be in the making.
    for line in notes.rsplit_once('\n').map_or("", |(whole, _)| whole).lines() {
        let (headers, payload): (serde_json::Value, String) =
            serde_json::from_str(line).expect("invariant: listeners write JSON");
        let kind = headers["eventname"].as_str().expect("invariant: every event has a name");
        let Some(to) = kind.strip_prefix("PROCESS_STATE_") else {
            if kind == "SUPERVISOR_STATE_CHANGE_RUNNING" {
                states.clear();
                told.lives += 1;
            }
            continue;
        };
        let field = |key: &str| {
            let value = payload.split_whitespace().find_map(|pair| pair.strip_prefix(key)?.strip_prefix(':'));
            value.unwrap_or_else(|| panic!("no {key} in {payload:?}")).to_owned()
        };
        let (process, from) =
            (format!("{}:{}", field("groupname"), field("processname")), field("from_state"));
        let legal = LEGAL.iter().find(|(state, _)| *state == from).map_or(&[][..], |(_, next)| *next);
        assert!(legal.contains(&to), "{process} went from {from} to {to}");
        if let Some(before) = states.insert(process.clone(), to.to_owned()) {
            // A group that was removed and added again begins anew.
            let anew = from == "STOPPED" && ["STOPPED", "EXITED", "FATAL"].contains(&before.as_str());
            assert!(before == from || anew, "{process} was {before}, and went from {from} to {to}");
        }
        told.transitions += 1;
    }
    assert!(told.transitions > 0, "the listener was told nothing");
    told
}

//! One document for those who ask at the same time.

use std::sync::Arc;

use axum::body::Bytes;
use provost_core::rows::Rows;
use provost_core::status::{Mood, Snapshot};

use super::world::config;
use crate::http::rpc::clock::Clock;
use crate::http::rpc::shared::Infos;

fn snapshot() -> Arc<Snapshot> {
    let (processes, groups, configured) = (Rows::default(), Arc::from([]), Arc::new(config(Vec::new())));
    let identifier = "supervisor".into();
    Arc::new(Snapshot { mood: Mood::Running, identifier, processes, groups, configured })
}

/// The document for that moment, and whether it had to be written.
fn ask(infos: &Infos, snapshot: &Arc<Snapshot>, second: i64) -> (Bytes, bool) {
    let mut written = false;
    let document = infos.document((snapshot, &Clock::at(second)), || {
        written = true;
        second.to_string().into_bytes()
    });
    (document, written)
}

#[test]
fn a_document_is_written_again_when_it_says_something_else_or_nobody_has_it() {
    let infos = Infos::default();
    let (first, second) = (snapshot(), snapshot());
    let check = |snapshot, moment, expect| {
        let (document, written) = ask(&infos, snapshot, moment);
        assert_eq!(document, moment.to_string());
        assert_eq!(written, expect, "{moment}");
        document
    };
    let one = check(&first, 1, true);
    let other = check(&first, 1, false);
    drop(one);
    drop(check(&first, 1, false));
    drop(other);
    let one = check(&first, 1, true);
    let next = check(&first, 2, true);
    assert_eq!(one, "1", "who has it keeps it");
    let changed = check(&second, 2, true);
    drop(check(&second, 2, false));
    drop((next, changed));
}

//! One document for all who ask the same question at the same time.
//!
//! The answer about every process is the longest there is, and many clients ask for it again and again. It says the same
//! for one snapshot in one second; so while the document is on its way to somebody, others get the same one. Nothing
//! is kept beyond that: when the last of them has it, its memory is free.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::body::Bytes;
use provost_core::status::Snapshot;

use super::clock::Clock;

/// What is on its way.
#[derive(Default)]
struct UnderWay {
    /// What it shows. Holding on to it, if only weakly, keeps its place in memory from being anybody else's.
    snapshot: Weak<Snapshot>,
    /// The second it shows.
    second: i64,
    document: Weak<Vec<u8>>,
}

/// The answer about every process that is on its way, if there is one.
#[derive(Default)]
pub(in crate::http) struct Infos(Mutex<UnderWay>);

impl Infos {
    /// The document that shows this snapshot at that time; `write` makes it if it is not under way.
    pub(in crate::http) fn document(
        &self,
        (snapshot, clock): (&Arc<Snapshot>, &Clock),
        write: impl FnOnce() -> Vec<u8>,
    ) -> Bytes {
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shows =
            Weak::as_ptr(&under_way.snapshot) == Arc::as_ptr(snapshot) && under_way.second == clock.now;
        let document = under_way.document.upgrade().filter(|_| shows).unwrap_or_else(|| {
            let document = Arc::new(write());
            let (snapshot, second) = (Arc::downgrade(snapshot), clock.now);
            *under_way = UnderWay { snapshot, second, document: Arc::downgrade(&document) };
            document
        });
        Bytes::from_owner(Shared(document))
    }
}

/// One reader's share of a document.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

//! The control plane from outside: a real plane on a real socket, with a hand-made daemon behind it.

mod api;
mod calls;
mod cost;
mod intruders;
mod metrics;
mod mutations;
mod patience;
mod product;
mod shared;
mod streams;
mod transport;
mod web;
pub(super) mod world;

/// Compares a document with what it should be, or writes it when `PROVOST_BLESS` is set.
#[track_caller]
pub(super) fn check_document(name: &str, expect: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os("PROVOST_BLESS").is_some() {
        std::fs::write(&path, expect).expect("the document can be written");
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expect, "docs/{name} is not current: run `cargo xtask docs`");
}

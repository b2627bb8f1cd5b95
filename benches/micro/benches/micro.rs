//! Times of the parts: `cargo bench -p provost-micro`, with a part of a name to choose.

use divan::Bencher;
use provost_micro::{WORKLOADS, Workload, measured};

fn main() {
    divan::main();
}

/// Each workload, prepared once.
#[divan::bench(args = WORKLOADS)]
fn workload(bencher: Bencher<'_, '_>, workload: &Workload) {
    let mut work = (workload.prepare)();
    bencher.bench_local(|| measured(&mut work));
}

//! Parts of the daemon at work on fixed input, for whoever counts: [`benches/micro.rs`](../benches/micro.rs) measures their time,
//! `cargo xtask budget` their instructions.
//!
//! A [`Workload`] is prepared once and then done as often as one likes; doing it again is the same work. Nothing here
//! measures, and nothing reads a clock or a file.

#![forbid(unsafe_code)]

mod core;
mod ini;
mod output;
mod xml;

/// Programs in each workload that is about many.
const PROGRAMS: usize = 1000;

/// One kind of work.
#[derive(Clone, Copy)]
pub struct Workload {
    /// Its name in tables and on command lines.
    pub name: &'static str,
    /// What is done once.
    pub purpose: &'static str,
    /// Makes everything that is needed to do it.
    pub prepare: fn() -> Work,
}

/// Does it once; the number says how much came of it, so that no compiler takes the work for useless.
pub type Work = Box<dyn FnMut() -> usize>;

/// All.
pub const WORKLOADS: [Workload; 9] = [
    Workload {
        name: "core/boot",
        purpose: "1000 programs become active, start and run",
        prepare: core::boot,
    },
    Workload {
        name: "core/restart",
        purpose: "one of 1000 programs dies and runs again, with a snapshot after each step",
        prepare: core::restart,
    },
    Workload {
        name: "ini/parse",
        purpose: "a file with 1000 sections becomes a document",
        prepare: ini::parse,
    },
    Workload { name: "ini/load", purpose: "the same file becomes a configuration", prepare: ini::load },
    Workload {
        name: "xml/encode",
        purpose: "the answer to getAllProcessInfo about 1000 programs is written",
        prepare: xml::encode,
    },
    Workload { name: "xml/decode", purpose: "that answer is read", prepare: xml::decode },
    Workload { name: "xml/call", purpose: "a call of startProcess is read", prepare: xml::call },
    Workload {
        name: "output/capture",
        purpose: "128 KiB of lines with 10 captured messages are scanned",
        prepare: output::capture,
    },
    Workload {
        name: "output/ansi",
        purpose: "128 KiB of coloured lines lose their colours",
        prepare: output::ansi,
    },
];

impl std::fmt::Display for Workload {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(self.name)
    }
}

/// Does it once. It is a function of its own, so that callgrind has a name to look for.
#[inline(never)]
pub fn measured(work: &mut Work) -> usize {
    work()
}

#[cfg(test)]
mod tests {
    use super::{PROGRAMS, WORKLOADS};

    #[test]
    fn each_can_be_done_again() {
        for workload in WORKLOADS {
            let mut work = (workload.prepare)();
            let first = work();
            assert!(first > 0, "{workload}");
            assert_eq!(work(), first, "{workload}");
        }
        assert_eq!(PROGRAMS, 1000, "the names of workloads say so");
    }
}

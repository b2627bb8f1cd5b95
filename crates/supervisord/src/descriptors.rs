//! How many descriptors processes have open, and what the daemon itself uses.
//!
//! Read when somebody asks, on a helper thread: `/proc` blocks. What cannot be read (another user's process, a system
//! without `/proc`) is absent.

use std::collections::HashMap;
use std::fs;

use provost_core::status::Pid;
use rustix::param::{clock_ticks_per_second, page_size};
use rustix::process::{Resource, getrlimit};

/// What the daemon itself uses.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Own {
    /// Processor seconds, without those of its children.
    pub(crate) cpu: Option<f64>,
    /// Resident bytes.
    pub(crate) memory: Option<f64>,
    /// Open descriptors.
    pub(crate) open_descriptors: Option<f64>,
    /// Descriptors that it may open; `None` without a limit.
    pub(crate) most_descriptors: Option<f64>,
}

/// How many descriptors each of those processes has open.
pub(crate) fn of(processes: &[Pid]) -> HashMap<Pid, u64> {
    let count = |pid: &Pid| Some((*pid, open_in(&format!("/proc/{pid}/fd"))?));
    processes.iter().filter_map(count).collect()
}

/// What the daemon itself uses.
pub(crate) fn own() -> Own {
    let stat = fs::read_to_string("/proc/self/stat").ok();
    // The name may hold anything, so what counts is the last bracket; the state behind it is field 3.
    let field = |number: usize| {
        let behind_name = stat.as_deref()?.rsplit_once(')')?.1;
        behind_name.split_ascii_whitespace().nth(number - 3)?.parse::<f64>().ok()
    };
    let ticks = field(14).zip(field(15)).map(|(user, system)| user + system);
    Own {
        cpu: ticks.map(|ticks| ticks / clock_ticks_per_second() as f64),
        memory: field(24).map(|pages| pages * page_size() as f64),
        open_descriptors: open_in("/proc/self/fd").map(|count| count as f64),
        most_descriptors: getrlimit(Resource::Nofile).current.map(|most| most as f64),
    }
}

/// Since Linux 6.2 the size of the directory is the number of its entries, which spares reading it.
fn open_in(directory: &str) -> Option<u64> {
    match fs::metadata(directory).ok()?.len() {
        0 => Some(fs::read_dir(directory).ok()?.count() as u64),
        count => Some(count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_something() {
        let own = own();
        assert!(own.memory.is_some_and(|bytes| bytes > 100_000.0), "{own:?}");
        assert!(own.cpu.is_some_and(|seconds| seconds < 10_000.0), "{own:?}");
        assert!(own.open_descriptors.is_some_and(|count| count >= 3.0), "{own:?}");
    }

    #[test]
    fn descriptors_are_counted_per_process() {
        let own = Pid(i32::try_from(std::process::id()).expect("process ids are small"));
        let counts = of(&[own, Pid(i32::MAX)]);
        assert!(counts[&own] >= 3, "{counts:?}");
        assert_eq!(counts.len(), 1, "the other does not exist");
    }
}

//! Does one workload so many times; callgrind looks on.
//!
//!     provost-workload NAME TIMES
//!
//! Without arguments it prints the names.

#![forbid(unsafe_code)]

use std::env;
use std::hint::black_box;
use std::process::ExitCode;

use provost_micro::{WORKLOADS, measured};

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let [name, times] = words.as_slice() else {
        for workload in WORKLOADS {
            println!("{workload}\t{}", workload.purpose);
        }
        return ExitCode::SUCCESS;
    };
    let known = WORKLOADS.iter().find(|workload| workload.name == name);
    let Some((workload, times)) = known.zip(times.parse::<u32>().ok()) else {
        eprintln!("usage: provost-workload NAME TIMES");
        return ExitCode::from(2);
    };
    let mut work = (workload.prepare)();
    for _ in 0..times {
        black_box(measured(&mut work));
    }
    ExitCode::SUCCESS
}

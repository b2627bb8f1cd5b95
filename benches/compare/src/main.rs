//! The program of the whole-process comparison; the library says what it does.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    provost_compare::run(&words)
}

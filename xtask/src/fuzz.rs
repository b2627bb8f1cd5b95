//! Lets the fuzzers loose: every target, or those that are named, each for a while.
//!
//! What they find interesting is kept in `fuzz/corpus`, which is nobody's but theirs; `fuzz/seeds` is only read. An
//! input that breaks a promise is left in `fuzz/artifacts`, and belongs into the seeds once the promise holds again.

use std::fs;
use std::process::Command;

use provost_fuzz_checks::ALL;

use crate::chore::{Failure, root, succeed};

/// For each target, unless the command line says otherwise.
const SECONDS: &str = "60";
/// Longer inputs find nothing that shorter ones do not.
const MAX_LENGTH: usize = 4096;
const REMEDY: &str = "it needs a nightly compiler (rustup toolchain install nightly) and cargo-fuzz (cargo install cargo-fuzz)";

pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let mut seconds = SECONDS.to_owned();
    let mut targets = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let wrong = |expected| Failure::Argument { word: word.clone(), expected };
        if word == "--seconds" {
            let number = words.next().filter(|number| number.parse::<u32>().is_ok());
            seconds.clone_from(number.ok_or_else(|| wrong("followed by a number of seconds"))?);
        } else {
            let known = ALL.iter().find(|check| check.name == word);
            targets.push(known.ok_or_else(|| wrong("a fuzz target: see fuzz/fuzz_targets"))?);
        }
    }
    if targets.is_empty() {
        targets.extend(ALL);
    }
    targets.iter().try_for_each(|check| fuzz(check.name, &seconds))
}

fn fuzz(name: &str, seconds: &str) -> Result<(), Failure> {
    let corpus = root().join("fuzz/corpus").join(name);
    fs::create_dir_all(&corpus).map_err(|cause| Failure::File {
        action: "make",
        path: corpus.clone(),
        cause,
    })?;
    // Not the cargo that runs this chore, but the one that knows other toolchains.
    let mut fuzzer = Command::new("cargo");
    fuzzer.current_dir(root()).env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN");
    fuzzer.args(["+nightly", "fuzz", "run", name]).arg(corpus).arg(root().join("fuzz/seeds").join(name));
    fuzzer.args(["--", &format!("-max_total_time={seconds}"), &format!("-max_len={MAX_LENGTH}")]);
    succeed(&mut fuzzer, REMEDY)
}

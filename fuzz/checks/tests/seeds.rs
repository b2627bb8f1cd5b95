//! Plays every seed, and many small changes of them, without a fuzzer. The changes are always the same.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use provost_fuzz_checks::{ALL, Check};

/// Changed inputs for each check; `PROVOST_FUZZ_ROUNDS` asks for more.
const ROUNDS: usize = 3000;
/// Changes of one input, at most.
const MAX_CHANGES: usize = 6;
/// Longer inputs find nothing that shorter ones do not.
const MAX_LENGTH: usize = 4096;
/// Bytes that mean something somewhere.
const WORDS: &[&str] = &[
    "%",
    "%%",
    "%(",
    ")s",
    ";",
    "#",
    ":",
    "=",
    "[",
    "]",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "\"",
    "'",
    "\\",
    "{",
    "}",
    "<",
    ">",
    "&",
    "&#0;",
    "<!DOCTYPE",
    "<![CDATA[",
    "]]>",
    "<value>",
    "</value>",
    "READY\n",
    "RESULT 2\nOK",
    "RESULT 18446744073709551616\n",
    "RESULT -1\n",
    "<!--XSUPERVISOR:BEGIN-->",
    "<!--XSUPERVISOR:END-->",
    "\x1b[31m",
    "\x1b",
    "-1",
    "99999999999999999999",
    "1e999",
    "null",
    "\u{e4}",
    "\u{1f600}",
    "Basic ",
    "{SHA}",
    "$argon2id$",
];

/// A small generator of numbers (xorshift64*), so that every run is the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).expect("31 bits") % sides.max(1)
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }
}

/// An input near to one of the seeds.
fn changed(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut input = dice.pick(seeds).clone();
    for _ in 0..=dice.roll(MAX_CHANGES) {
        let at = dice.roll(input.len() + 1);
        let end = (at + dice.roll(16)).min(input.len());
        match dice.roll(6) {
            0 => drop(input.drain(at..end)),
            1 => drop(input.splice(at..end, dice.pick(WORDS).bytes())),
            2 => input.insert(at, u8::try_from(dice.roll(256)).expect("a byte")),
            3 => {
                let part = input[at..end].to_vec();
                input.splice(at..at, part.repeat(1 + dice.roll(20)));
            }
            4 => {
                let other = dice.pick(seeds);
                let from = dice.roll(other.len());
                input.splice(at.., other[from..].iter().copied());
            }
            _ => {
                if let Some(byte) = input.get_mut(at) {
                    *byte ^= 1 << dice.roll(8);
                }
            }
        }
        input.truncate(MAX_LENGTH);
    }
    input
}

fn seeds(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds").join(name);
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|cause| panic!("{}: {cause}", folder.display()))
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} has no seeds", folder.display());
    paths.iter().map(|path| fs::read(path).expect("a seed can be read")).collect()
}

fn play(check: &Check, rounds: usize) {
    let seeds = seeds(check.name);
    let try_one = |input: &[u8]| {
        let outcome = catch_unwind(|| (check.run)(input));
        assert!(outcome.is_ok(), "{} with {:?}", check.name, input.escape_ascii().to_string());
    };
    seeds.iter().for_each(|seed| try_one(seed));
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds {
        try_one(&changed(&seeds, &mut dice));
    }
}

#[test]
fn promises_hold_for_seeds_and_what_is_near_to_them() {
    let asked = std::env::var("PROVOST_FUZZ_ROUNDS").ok().map(|rounds| rounds.parse().expect("a number"));
    let rounds = asked.unwrap_or(ROUNDS);
    std::thread::scope(|scope| {
        for check in ALL {
            scope.spawn(move || play(check, rounds));
        }
    });
}

#[test]
fn every_fuzz_target_is_a_check_and_has_seeds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz_targets");
    let mut targets: Vec<_> = fs::read_dir(folder)
        .expect("the targets are there")
        .map(|entry| entry.expect("the folder can be read").path())
        .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
        .collect();
    targets.sort();
    let names: Vec<_> = ALL.iter().map(|check| check.name).collect();
    assert_eq!(targets, names);
    names.iter().for_each(|name| drop(seeds(name)));
}

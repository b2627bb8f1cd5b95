//! Chores of the project, run as `cargo xtask CHORE`.
//!
//! A chore is what would otherwise be a shell script: it calls cargo and Python, looks at files, and prints.
//! Nothing of the product stands here, and no chore knows more about the product than its users do.

#![forbid(unsafe_code)]

mod bench;
mod budget;
mod chore;
mod docs;
mod fuzz;
mod guarantees;
mod layout;
mod lint;
mod miri;
mod node;
mod peers;
mod reference;
mod schemathesis;
mod screenshots;
mod soak;
mod test;
mod tidy;

use std::env;
use std::process::ExitCode;

use chore::Failure;

/// Something to do.
struct Chore {
    name: &'static str,
    /// What it is good for, and which words may follow its name.
    purpose: &'static str,
    run: Run,
}

/// Does a chore.
enum Run {
    /// It is always done in the same way: no word may follow.
    Alone(fn() -> Result<(), Failure>),
    /// With the words after its name, at which it looks before it does anything.
    With(fn(&[String]) -> Result<(), Failure>),
}

const CHORES: [Chore; 13] = [
    Chore {
        name: "demo",
        purpose: "build both programs and run a small supervisor in the foreground",
        run: Run::With(test::demo),
    },
    Chore {
        name: "test",
        purpose: "everything: build, install the reference, run all tests [arguments of cargo test]",
        run: Run::With(test::test),
    },
    Chore {
        name: "reference",
        purpose: "install the reference (Supervisor 4.3.0) under .venv/",
        run: Run::Alone(reference::run),
    },
    Chore {
        name: "lint",
        purpose: "rustfmt, clippy without a warning, and the fuzz targets compile",
        run: Run::Alone(lint::run),
    },
    Chore {
        name: "fuzz",
        purpose: "fuzz everything that parses foreign bytes [--seconds N] [target...]",
        run: Run::With(fuzz::run),
    },
    Chore { name: "miri", purpose: "let Miri interpret the tests of the core", run: Run::Alone(miri::run) },
    Chore {
        name: "soak",
        purpose: "let a daemon live among busy clients for an hour [--minutes N]",
        run: Run::With(soak::run),
    },
    Chore {
        name: "tidy",
        purpose: "check what neither the compiler nor clippy checks",
        run: Run::Alone(tidy::run),
    },
    Chore {
        name: "screenshots",
        purpose: "photograph the web console for docs/images",
        run: Run::Alone(screenshots::run),
    },
    Chore { name: "docs", purpose: "write the generated documents anew", run: Run::Alone(docs::run) },
    Chore {
        name: "bench",
        purpose: "compare with the reference and the floor [--quick] [--peers] [scenario...]; --help: the rest",
        run: Run::With(bench::run),
    },
    Chore {
        name: "layout",
        purpose: "list anew which functions daemons use, for the linker to put together",
        run: Run::Alone(layout::run),
    },
    Chore {
        name: "budget",
        purpose: "count the instructions of the parts, and compare with benches/budget.tsv [--bless]",
        run: Run::With(budget::run),
    },
];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let Some((name, words)) = words.split_first() else {
        eprint!("{}", usage());
        return ExitCode::from(2);
    };
    let done = match CHORES.iter().find(|chore| chore.name == name) {
        _ if is_help(name) => {
            print!("{}", usage());
            Ok(())
        }
        None => Err(Failure::Words(format!("{name:?} is no chore\n\n{}", usage()))),
        Some(chore) => chore.obey(words),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {}", failure.to_string().trim_end());
            match failure {
                Failure::Words(_) | Failure::Argument { .. } => ExitCode::from(2),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

impl Chore {
    fn obey(&self, words: &[String]) -> Result<(), Failure> {
        if words.first().is_some_and(|word| is_help(word)) {
            println!("cargo xtask {}: {}", self.name, self.purpose);
            if self.name == "bench" {
                print!("\n{}", provost_compare::usage());
            }
            return Ok(());
        }
        match (&self.run, words) {
            (Run::With(run), words) => run(words),
            (Run::Alone(run), []) => run(),
            (Run::Alone(_), [word, ..]) => {
                Err(Failure::Argument { word: word.clone(), expected: "anything: this chore takes no words" })
            }
        }
    }
}

fn is_help(word: &str) -> bool {
    matches!(word, "--help" | "-h")
}

fn usage() -> String {
    let chores = CHORES.iter().map(|Chore { name, purpose, .. }| format!("  {name:<11} {purpose}\n"));
    format!("usage: cargo xtask CHORE\n\n{}", chores.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said to words that no chore takes: nothing may be built or run before.
    #[track_caller]
    fn check(line: &str, expect: &str) {
        let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let chore = CHORES.iter().find(|chore| chore.name == words[0]).expect("there is such a chore");
        let failure = chore.obey(&words[1..]).expect_err("these words mean nothing");
        assert!(matches!(failure, Failure::Words(_) | Failure::Argument { .. }), "{failure:?}");
        assert_eq!(failure.to_string().lines().next(), Some(expect), "{line}");
    }

    #[test]
    fn words_are_looked_at_before_anything_is_done() {
        check("budget --bles", "\"--bles\" is not --bless");
        check("budget --bless now", "\"now\" is not --bless");
        check("bench nosuch", "nosuch is no scenario and no option");
        check("bench --rounds", "--rounds wants a number");
        check("fuzz nosuch", "\"nosuch\" is not a fuzz target: see fuzz/fuzz_targets");
        check("soak --minutes", "\"--minutes\" is not --minutes with a number");
        check("soak 5", "\"5\" is not --minutes with a number");
        for chore in CHORES.iter().filter(|chore| matches!(chore.run, Run::Alone(_))) {
            check(&format!("{} x", chore.name), "\"x\" is not anything: this chore takes no words");
        }
    }

    #[test]
    fn every_chore_says_what_it_is_for() {
        for chore in &CHORES {
            assert!(chore.obey(&["--help".to_owned()]).is_ok(), "{}", chore.name);
            assert!(usage().contains(chore.purpose));
        }
    }
}

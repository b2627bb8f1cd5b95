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
    /// Does it, with the words after its name.
    run: fn(&[String]) -> Result<(), Failure>,
}

const CHORES: [Chore; 12] = [
    Chore {
        name: "demo",
        purpose: "build both programs and run a small supervisor in the foreground",
        run: test::demo,
    },
    Chore {
        name: "test",
        purpose: "everything: build, install the reference, run all tests [arguments of cargo test]",
        run: test::test,
    },
    Chore {
        name: "reference",
        purpose: "install the reference (Supervisor 4.3.0) under .venv/",
        run: reference::run,
    },
    Chore {
        name: "lint",
        purpose: "rustfmt, clippy without a warning, and the fuzz targets compile",
        run: lint::run,
    },
    Chore {
        name: "fuzz",
        purpose: "fuzz everything that parses foreign bytes [--seconds N] [target...]",
        run: fuzz::run,
    },
    Chore {
        name: "soak",
        purpose: "let a daemon live among busy clients for an hour [--minutes N]",
        run: soak::run,
    },
    Chore { name: "tidy", purpose: "check what neither the compiler nor clippy checks", run: tidy::run },
    Chore {
        name: "screenshots",
        purpose: "photograph the web console for docs/images",
        run: screenshots::run,
    },
    Chore { name: "docs", purpose: "write the generated documents anew", run: docs::run },
    Chore {
        name: "bench",
        purpose: "compare with the reference and the floor [--quick] [--peers] [scenario...]; --help: the rest",
        run: bench::run,
    },
    Chore {
        name: "layout",
        purpose: "list anew which functions daemons use, for the linker to put together",
        run: layout::run,
    },
    Chore {
        name: "budget",
        purpose: "count the instructions of the parts, and compare with benches/budget.tsv [--bless]",
        run: budget::run,
    },
];

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let Some(chore) = words.first().and_then(|word| CHORES.iter().find(|chore| chore.name == word)) else {
        eprintln!("usage: cargo xtask CHORE\n");
        for Chore { name, purpose, .. } in CHORES {
            eprintln!("  {name:<11} {purpose}");
        }
        return ExitCode::from(2);
    };
    match (chore.run)(&words[1..]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

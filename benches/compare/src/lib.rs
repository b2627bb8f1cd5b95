//! The whole-process comparison: the floor, the reference and ours beside each other in one run, and with `--peers`
//! other supervisors, too.
//!
//! Every round measures every contender in the same way, one after the other, so that what the machine does besides
//! meets all of them. The table shows medians over the rounds, and ratios, which are what counts: absolute times
//! differ from machine to machine. Everything runs in temporary directories, over unix sockets.
//!
//! - [`contender`]: who is measured, and one of them at work; [`peers`]: how the others are put to work;
//! - [`scenario`]: what is measured, one module for each kind;
//! - [`figure`], [`table`]: what a number says and has to be, and all of them together;
//! - [`archive`], [`machine`]: runs that are kept, and on what they were made;
//! - [`marks`], [`calls`], [`numbers`]: how programs tell that they run, a bare client, and medians.
//!
//! `cargo xtask bench` builds what is needed here and runs this; nothing here builds or installs. It is a library so that
//! the chore can look at its words before it builds anything.

#![forbid(unsafe_code)]

mod archive;
mod calls;
mod contender;
mod figure;
mod machine;
mod marks;
mod numbers;
mod order;
mod peers;
mod scenario;
mod table;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use archive::Run;
use contender::{Contender, Programs};
pub use order::usage;
use order::{Measurement, Order};
use scenario::Scenario;
use table::Table;

/// What an order takes beside this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing: it shows or moves what is kept, or tells what can be asked for.
    Nothing,
    /// The programs of those who are measured.
    Programs,
}

/// What it takes to follow these words.
///
/// # Errors
/// They ask for nothing that can be done; the complaint and the usage, for people.
pub fn takes(words: &[String]) -> Result<Takes, String> {
    match Order::parse(words) {
        Ok(Order::Measure(_)) => Ok(Takes::Programs),
        Ok(Order::Help | Order::Compare(..) | Order::Publish(_)) => Ok(Takes::Nothing),
        Err(complaint) => Err(format!("{complaint}\n\n{}", usage())),
    }
}

/// Does what the words say.
#[must_use]
pub fn run(words: &[String]) -> ExitCode {
    let done = match Order::parse(words) {
        Ok(Order::Measure(measurement)) => measure(&measurement),
        Ok(Order::Compare(before, after)) => compare(&before, &after).map_err(|failure| failure.to_string()),
        Ok(Order::Publish(name)) => archive::publish(&name).map_err(|failure| failure.to_string()),
        Ok(Order::Help) => {
            print!("{}", usage());
            Ok(())
        }
        Err(complaint) => {
            eprintln!("{complaint}\n\n{}", usage());
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            eprintln!("error: {complaint}");
            ExitCode::FAILURE
        }
    }
}

fn compare(before: &str, after: &str) -> Result<(), archive::Failure> {
    print!("{}", Run::read(before)?.rows.compared(&Run::read(after)?.rows));
    Ok(())
}

/// Measures, shows, and keeps.
fn measure(order: &Measurement) -> Result<(), String> {
    let programs = Programs::find()?;
    let before = machine::load();
    let (mut rows, mut failures) = (Table::default(), Vec::new());
    for round in 1..=order.rounds {
        for scenario in &order.scenarios {
            for contender in taking_part(order, scenario, &programs) {
                let Scenario { name, purpose, .. } = scenario;
                eprintln!("round {round} of {}: {name} ({purpose}), {}", order.rounds, contender.name());
                // One that fails must not take the numbers of all others along.
                let run = || (scenario.run)(contender, &programs, order.effort);
                match catch_unwind(AssertUnwindSafe(run)) {
                    Ok(seen) => rows.add(contender, seen),
                    Err(_) => failures.push(format!("{name}, {}: see above", contender.name())),
                }
            }
        }
    }
    print!("{}", rows.markdown());
    let run = Run {
        machine: machine::describe(archive::root()),
        versions: machine::versions(&programs),
        load: [before, machine::load()],
        effort: order.effort,
        rounds: order.rounds,
        failures,
        rows,
    };
    if let Some(name) = &order.keep {
        run.keep(name).map_err(|failure| failure.to_string())?;
    }
    if run.failures.is_empty() { Ok(()) } else { Err(format!("failed:\n{}", run.failures.join("\n"))) }
}

/// Who is measured in a scenario: everybody who is wanted, can do it, and is there.
fn taking_part(order: &Measurement, scenario: &Scenario, programs: &Programs) -> Vec<Contender> {
    let is_there = |who: &Contender| !who.is_peer() || programs.peers.contains_key(who);
    let wanted = scenario.contenders.iter().copied().filter(|who| order.contenders.contains(who));
    wanted.filter(is_there).collect()
}

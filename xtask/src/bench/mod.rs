//! The whole-process comparison: the floor, the reference and ours beside each other in one run.
//!
//! Every round measures every contender in the same way, one after the other, so that what the machine does besides
//! meets all of them. The table shows medians over the rounds, and ratios, which are what counts: absolute times
//! differ from machine to machine. Everything runs in temporary directories, over unix sockets.
//!
//! - [`contender`]: who is measured, and one of them at work;
//! - [`marks`]: how programs tell that they run;
//! - [`scenarios`]: what is measured;
//! - [`calls`], [`numbers`]: a bare client, and medians.
//!
//! A run is kept with `--keep NAME` as `benches/runs/NAME.json`.

mod calls;
mod contender;
mod marks;
mod numbers;
mod scenarios;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use contender::{Contender, Programs};
use numbers::Numbers;
use scenarios::{Effort, Scenario};
use serde_json::json;

use crate::chore::{Failure, cargo, root, succeed};
use crate::reference;

/// How often everything is measured unless the command line says otherwise.
const ROUNDS: usize = 3;

/// What the command line asks for.
struct Order {
    effort: Effort,
    rounds: usize,
    scenarios: Vec<&'static Scenario>,
    keep: Option<String>,
}

/// One line of the table.
#[derive(Default)]
struct Row {
    unit: &'static str,
    values: BTreeMap<Contender, Numbers>,
}

/// The table, in the order in which the lines were first seen.
#[derive(Default)]
struct Table {
    order: Vec<String>,
    rows: BTreeMap<String, Row>,
}

pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let order = parse(words)?;
    let programs = build()?;
    let mut table = Table::default();
    for round in 1..=order.rounds {
        for scenario in &order.scenarios {
            for contender in Contender::ALL {
                if contender == Contender::Floor && !scenario.floor {
                    continue;
                }
                let Scenario { name, purpose, .. } = scenario;
                eprintln!("round {round} of {}: {name} ({purpose}), {}", order.rounds, contender.name());
                table.add(contender, (scenario.run)(contender, &programs, order.effort));
            }
        }
    }
    print!("{}", table.markdown());
    order.keep.map_or(Ok(()), |name| keep(&table, &name))
}

fn parse(words: &[String]) -> Result<Order, Failure> {
    let mut order = Order { effort: Effort::Full, rounds: ROUNDS, scenarios: Vec::new(), keep: None };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let wrong = |expected| Failure::Argument { word: word.clone(), expected };
        match word.as_str() {
            "--quick" => (order.effort, order.rounds) = (Effort::Quick, 1),
            "--rounds" => {
                let count = words.next().and_then(|count| count.parse().ok());
                order.rounds = count.ok_or_else(|| wrong("followed by a number of rounds"))?;
            }
            "--keep" => order.keep = Some(words.next().ok_or_else(|| wrong("followed by a name"))?.clone()),
            name => {
                let known = scenarios::ALL.iter().find(|scenario| scenario.name == name);
                order.scenarios.push(known.ok_or_else(|| wrong(KNOWN))?);
            }
        }
    }
    if order.scenarios.is_empty() {
        order.scenarios.extend(scenarios::ALL);
    }
    Ok(order)
}

const KNOWN: &str = "--quick, --rounds N, --keep NAME or one of start, restart, busy, pressed, log, rotate, logs, size, \
                     first, info, all, status";

/// Builds everything that is run; whoever names binaries in `PROVOST_BIN_DIR` has built his own.
fn build() -> Result<Programs, Failure> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let ours = match std::env::var_os("PROVOST_BIN_DIR") {
        Some(directory) => PathBuf::from(directory),
        None => {
            let mut release = cargo();
            release.args(["build", "--release", "-p", "supervisord", "-p", "supervisorctl"]);
            succeed(&mut release, "run this chore with cargo")?;
            target.join("release")
        }
    };
    let bench = target.join("bench");
    fs::create_dir_all(&bench).map_err(|cause| Failure::File {
        action: "make",
        path: bench.clone(),
        cause,
    })?;
    Ok(Programs {
        floor: compile("floor", &[], &bench)?,
        mark: compile("mark", &["-static"], &bench)?,
        ours,
        reference: reference::install()?,
    })
}

/// Compiles one of the small C programs.
fn compile(name: &str, options: &[&str], bench: &Path) -> Result<PathBuf, Failure> {
    let program = bench.join(name);
    let mut cc = Command::new("cc");
    cc.args(["-O2", "-o"]).arg(&program).args(options);
    cc.arg(root().join("benches/floor").join(name).with_extension("c"));
    succeed(&mut cc, "a C compiler is needed (on Debian: apt-get install gcc libc6-dev)")?;
    Ok(program)
}

fn keep(table: &Table, name: &str) -> Result<(), Failure> {
    let path = root().join("benches/runs").join(name).with_extension("json");
    fs::write(&path, table.json()).map_err(|cause| Failure::File { action: "write", path, cause })
}

impl Table {
    fn add(&mut self, contender: Contender, seen: scenarios::Seen) {
        for (name, unit, value) in seen {
            if !self.rows.contains_key(&name) {
                self.order.push(name.clone());
            }
            let row = self.rows.entry(name).or_default();
            row.unit = unit;
            row.values.entry(contender).or_default().push(value);
        }
    }

    fn rows(&self) -> impl Iterator<Item = (&String, &Row)> {
        self.order.iter().map(|name| (name, &self.rows[name]))
    }

    fn markdown(&self) -> String {
        let mut text = String::from(
            "| median | unit | floor | reference | ours | spread | ours / floor | reference / ours |\n\
             | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        );
        for (name, row) in self.rows() {
            let of = |contender| row.values.get(&contender).map(Numbers::median);
            let [floor, theirs, ours] = Contender::ALL.map(of);
            let spread = row.values.get(&Contender::Ours).map(|numbers| numbers.spread() * 100.0);
            let ratio = |above: Option<f64>, below: Option<f64>| {
                above.zip(below).filter(|(_, below)| *below > 0.0).map(|(above, below)| above / below)
            };
            let cells = [
                shown(floor, ""),
                shown(theirs, ""),
                shown(ours, ""),
                shown(spread.filter(|spread| spread.is_finite()), " %"),
                shown(ratio(ours, floor), ""),
                shown(ratio(theirs, ours), ""),
            ];
            text += &format!("| {name} | {} | {} |\n", row.unit, cells.join(" | "));
        }
        text
    }

    fn json(&self) -> String {
        let rows: Vec<_> = self
            .rows()
            .map(|(name, row)| {
                let values: BTreeMap<_, _> =
                    row.values.iter().map(|(who, numbers)| (who.name(), numbers.all())).collect();
                json!({ "name": name, "unit": row.unit, "values": values })
            })
            .collect();
        format!("{:#}\n", json!({ "rows": rows }))
    }
}

/// A number with three digits that count.
fn shown(value: Option<f64>, unit: &str) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value >= 100.0 => format!("{value:.0}{unit}"),
        Some(value) if value >= 10.0 => format!("{value:.1}{unit}"),
        Some(value) => format!("{value:.2}{unit}"),
    }
}

//! The budget of instructions: what each workload of `benches/micro` may take, counted by callgrind.
//!
//! Counts hardly depend on the machine and not at all on its load, so that a change which makes a part slower is seen
//! where times would only make noise. They do depend on the compiler: with another one than the budget was made with,
//! the table is shown and nothing fails.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bench::target;
use crate::chore::{Failure, cargo, root, succeed};

/// The table, from the root.
const TABLE: &str = "benches/budget.tsv";
/// How much more than the budget is no regression, as a share: allocators and hash seeds make no two runs the same.
const TOLERANCE: f64 = 0.03;
/// How often each is done in one run: the first time pays for memory that the others find.
const TIMES: u32 = 4;

/// Instructions of each workload, and the compiler.
#[derive(Debug, Default, PartialEq, Eq)]
struct Budget {
    compiler: String,
    counts: BTreeMap<String, u64>,
}

/// Checks the budget; `--bless` makes what was counted the new one.
pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let blesses = match words {
        [] => false,
        [word] if word == "--bless" => true,
        [word] | [_, word, ..] => return Err(Failure::Argument { word: word.clone(), expected: "--bless" }),
    };
    if !succeeds(Command::new("valgrind").arg("--version")) {
        eprintln!(
            "valgrind is not installed: the budget of instructions is not checked (on Debian: apt-get install valgrind)"
        );
        return Ok(());
    }
    let counted = count()?;
    let path = root().join(TABLE);
    if blesses {
        return fs::write(&path, counted.text()).map_err(|cause| Failure::File {
            action: "write",
            path,
            cause,
        });
    }
    let cause = |cause| Failure::File { action: "read", path: path.clone(), cause };
    let budget = Budget::parse(&fs::read_to_string(&path).map_err(cause)?);
    let (lines, excesses) = budget.judge(&counted);
    println!("{}", lines.join("\n"));
    if budget.compiler != counted.compiler {
        println!("The budget was made with {}: nothing is judged.", budget.compiler);
        return Ok(());
    }
    if excesses.is_empty() { Ok(()) } else { Err(Failure::Untidy(excesses)) }
}

/// Counts the instructions of each workload.
fn count() -> Result<Budget, Failure> {
    let build =
        ["build", "--quiet", "--profile", "bench", "-p", "provost-micro", "--bin", "provost-workload"];
    succeed(cargo().args(build), "run this chore with cargo")?;
    let program = target().join("release/provost-workload");
    let names = said(&mut Command::new(&program));
    let mut counts = BTreeMap::new();
    for name in names.lines().filter_map(|line| line.split('\t').next()) {
        counts.insert(name.to_owned(), instructions(&program, name)?);
    }
    Ok(Budget { compiler: said(Command::new("rustc").arg("--version")).trim().to_owned(), counts })
}

/// What one workload takes once.
fn instructions(program: &Path, name: &str) -> Result<u64, Failure> {
    let profile: PathBuf = target().join("bench").join(name.replace('/', "-")).with_extension("callgrind");
    let folder = profile.parent().expect("invariant: it stands in a folder");
    fs::create_dir_all(folder).map_err(|cause| Failure::File {
        action: "make",
        path: folder.to_owned(),
        cause,
    })?;
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--quiet", "--tool=callgrind", "--toggle-collect=provost_micro::measured"]);
    valgrind.arg(format!("--callgrind-out-file={}", profile.display()));
    valgrind.arg(program).arg(name).arg(TIMES.to_string());
    succeed(&mut valgrind, "it was there a moment ago")?;
    let text = fs::read_to_string(&profile).map_err(|cause| Failure::File {
        action: "read",
        path: profile.clone(),
        cause,
    })?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: ")?.trim().parse::<u64>().ok());
    Ok(total.expect("invariant: callgrind ends its file with totals") / u64::from(TIMES))
}

impl Budget {
    fn parse(text: &str) -> Self {
        let counts = text.lines().filter_map(|line| {
            let (name, count) = line.split_once('\t')?;
            Some((name.to_owned(), count.parse().ok()?))
        });
        let compiler = text.lines().find_map(|line| line.strip_prefix("# Made with "));
        Self { compiler: compiler.unwrap_or_default().to_owned(), counts: counts.collect() }
    }

    fn text(&self) -> String {
        let mut text = format!(
            "# Instructions that each workload of benches/micro takes; `cargo xtask budget --bless` writes this.\n\
             # Made with {}\n",
            self.compiler
        );
        for (name, count) in &self.counts {
            text += &format!("{name}\t{count}\n");
        }
        text
    }

    /// A line for each workload, and a complaint for each that takes too much.
    fn judge(&self, counted: &Self) -> (Vec<String>, Vec<String>) {
        let (mut lines, mut excesses) = (Vec::new(), Vec::new());
        for (name, &count) in &counted.counts {
            let Some(&allowed) = self.counts.get(name) else {
                excesses.push(format!("{name} has no budget: cargo xtask budget --bless"));
                continue;
            };
            let change = share(count, allowed) - 1.0;
            let line = format!("{name:<16} {count:>12} of {allowed:>12} ({:+.1} %)", change * 100.0);
            if change > TOLERANCE {
                excesses.push(format!("{line}: make it cheaper, or say why it is worth it and --bless"));
            }
            lines.push(line);
        }
        (lines, excesses)
    }
}

#[expect(clippy::cast_precision_loss, reason = "the counts are far below 2^52")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

/// What a command prints.
fn said(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).into_owned()
}

fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::Budget;

    fn budget(counts: &[(&str, u64)]) -> Budget {
        let counts: BTreeMap<_, _> =
            counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        Budget { compiler: "rustc 1".to_owned(), counts }
    }

    #[track_caller]
    fn check(counted: &[(&str, u64)], complaints: usize) {
        let (_, excesses) = budget(&[("a", 1000)]).judge(&budget(counted));
        assert_eq!(excesses.len(), complaints, "{excesses:?}");
    }

    #[test]
    fn only_more_than_the_budget_is_a_complaint() {
        check(&[("a", 1000)], 0);
        check(&[("a", 1029)], 0);
        check(&[("a", 1031)], 1);
        check(&[("a", 500)], 0);
        check(&[("b", 1)], 1);
    }

    #[test]
    fn the_table_is_read_as_it_was_written() {
        let table = budget(&[("a/b", 12), ("c", 3)]);
        assert_eq!(Budget::parse(&table.text()), table);
    }
}

//! Compatibility: the same cases on the reference, on ours, and with daemon and client crossed.
//!
//! Each file in `cases/` is one case (its form: [`script`]), and each case is played up to four times. The
//! file holds what the reference prints, and where ours differs on purpose also what ours prints and why; so
//! each play is checked against the same text, and a difference that went away is as much a failure as a new
//! one.
//!
//! `PROVOST_BLESS=reference` writes what the reference prints into the files. `PROVOST_BLESS=ours` writes what
//! ours prints differently below it, with a reason that is refused until somebody has written a better one.
//! `PROVOST_ONLY=reference` leaves out whatever needs our binaries.

mod player;
mod script;

use std::fs;
use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use provost_tests::{Implementation, Sides};

use player::{Player, casts};
use script::{Item, Script, Step};

/// Plays at the same time: they mostly wait, and not for the processor.
const PLAYS_AT_ONCE: usize = 6;

fn main() {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(PLAYS_AT_ONCE);
    libtest_mimic::run(&arguments, trials()).exit();
}

fn trials() -> Vec<Trial> {
    let mut cases: Vec<PathBuf> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("compat/cases"))
        .expect("invariant: the cases stand beside this file")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    cases.sort();
    cases.iter().flat_map(|path| trials_of(path)).collect()
}

fn trials_of(path: &Path) -> Vec<Trial> {
    let name = path.file_stem().expect("invariant: a file has a name").to_string_lossy().into_owned();
    let text = fs::read_to_string(path).expect("a readable case");
    let script = match Script::parse(&text) {
        Ok(script) => script,
        Err(message) => return vec![Trial::test(name, move || Err(Failed::from(message)))],
    };
    casts(script.uses_client())
        .into_iter()
        .filter(|sides| is_wanted(*sides))
        .map(|sides| {
            let path = path.to_owned();
            Trial::test(format!("{name}::{}", sides.name()), move || check(&path, sides))
        })
        .collect()
}

fn is_wanted(sides: Sides) -> bool {
    let only_reference = std::env::var("PROVOST_ONLY").is_ok_and(|only| only == "reference");
    !only_reference || sides == Sides::both(Implementation::Reference)
}

/// Plays a case to its end, and reports every step that printed something else.
fn check(path: &Path, sides: Sides) -> Result<(), Failed> {
    let text = fs::read_to_string(path)?;
    let mut script = Script::parse(&text)?;
    let bless = Some(sides) == blessed();
    let mut player = Player::new(sides);
    let mut differences = Vec::new();
    for item in &mut script.items {
        let Item::Step(step) = item else { continue };
        let printed = player.play(step);
        if bless {
            step.bless(printed, sides);
        } else if printed != step.expected_of(sides) {
            differences.push(difference(path, step, sides, &printed));
        }
    }
    if bless && script.render() != text {
        fs::write(path, script.render())?;
    }
    if differences.is_empty() { Ok(()) } else { Err(differences.join("\n").into()) }
}

/// Whose output goes into the files, if anybody's.
fn blessed() -> Option<Sides> {
    let name = std::env::var("PROVOST_BLESS").ok()?;
    let all = [Implementation::Reference, Implementation::Ours];
    all.into_iter().find(|implementation| implementation.name() == name).map(Sides::both)
}

fn difference(path: &Path, step: &Step, sides: Sides, printed: &[String]) -> String {
    let expected = step.expected_of(sides);
    let mut report = format!("{}:{}: {:?}\n", path.display(), step.line, step.action);
    for line in expected.iter().filter(|line| !printed.contains(line)) {
        report += &format!("  - {line}\n");
    }
    for line in printed.iter().filter(|line| !expected.contains(line)) {
        report += &format!("  + {line}\n");
    }
    if expected.iter().all(|line| printed.contains(line))
        && printed.iter().all(|line| expected.contains(line))
    {
        report +=
            &format!("  the same lines in another order or number:\n  - {expected:?}\n  + {printed:?}\n");
    }
    report
}

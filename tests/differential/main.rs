//! Configuration, compared: what the reference and ours make of thousands of files and command lines.
//!
//! Cases are made up from the option table with numbers that a seed determines. The reference answers from inside
//! one long-lived interpreter ([`oracle`]), ours through its library; accepted or refused, every value, every
//! line for the log and the whole message must be the same. What differs on purpose stands in a table
//! ([`on_purpose`]) whose rows are tested themselves. A case that fails is printed with as few lines as still fail.
//!
//! Beside what is made up there is what is known: for every option of the table its default, the ends of its range and
//! its mistakes ([`facts`]), about 1,200 cases.
//!
//! `PROVOST_SEED` is the seed of the first case, and `PROVOST_CONFIGS` the number of configurations (3,000; the other
//! three suites have 1,000 cases each then). The counts are printed at the end and written to `target/differential.json`.

mod answer;
mod case;
mod command_lines;
mod configurations;
mod describe;
mod facts;
mod layout;
mod on_purpose;
mod oracle;
mod report;
mod stage;
mod suite;
mod system;
mod values;

use std::env;
use std::sync::{Arc, Mutex};

use libtest_mimic::{Arguments, Failed, Trial};

use case::About;
use on_purpose::{Difference, TABLE, Verdict, judge};
use stage::Stage;
use suite::{Outcome, Suite, play};

const SUITES: &[Suite] = &[
    Suite { name: "configurations", make: configurations::configuration, per_3000: 3_000 },
    Suite { name: "rereads", make: configurations::reread, per_3000: 1_000 },
    Suite {
        name: "supervisord_command_lines",
        make: |random| command_lines::command_line(About::Daemon, random),
        per_3000: 1_000,
    },
    Suite {
        name: "supervisorctl_command_lines",
        make: |random| command_lines::command_line(About::Client, random),
        per_3000: 1_000,
    },
];

/// What the suites came to, in the order in which they ended.
type Outcomes = Arc<Mutex<Vec<(String, Outcome)>>>;

fn main() {
    let mut arguments = Arguments::from_args();
    // A suite uses every processor by itself.
    arguments.test_threads.get_or_insert(1);
    let outcomes = Outcomes::default();
    let mut trials: Vec<Trial> = TABLE.iter().map(witness).collect();
    let published = Arc::clone(&outcomes);
    trials.extend(facts::trials(move |name, outcome| {
        published
            .lock()
            .expect("invariant: trials do not panic with the lock")
            .push((format!("facts about [{name}]"), outcome));
    }));
    trials.extend(SUITES.iter().map(|suite| trial(*suite, Arc::clone(&outcomes))));
    let conclusion = libtest_mimic::run(&arguments, trials);
    report::publish(&outcomes.lock().expect("invariant: trials do not panic with the lock"));
    conclusion.exit();
}

fn trial(suite: Suite, outcomes: Outcomes) -> Trial {
    Trial::test(suite.name, move || {
        let outcome = play(suite, number("PROVOST_SEED", 1)?, number("PROVOST_CONFIGS", 3_000)?);
        let complaint = outcome.complaint();
        outcomes
            .lock()
            .expect("invariant: trials do not panic with the lock")
            .push((suite.name.to_owned(), outcome));
        if complaint.is_empty() { Ok(()) } else { Err(complaint.into()) }
    })
}

/// A row of the table excuses its witness, and no other row would.
fn witness(row: &'static Difference) -> Trial {
    Trial::test(format!("on_purpose::{}", row.name.replace(' ', "_")), move || {
        let case = row.witness.case();
        let verdict = judge(&mut Stage::new(), &case);
        if verdict == Verdict::OnPurpose(vec![row.name]) {
            return Ok(());
        }
        Err(format!("this should differ, and only for this reason; it came to {verdict:?}\n{case}").into())
    })
}

fn number(name: &str, default: u64) -> Result<u64, Failed> {
    match env::var(name) {
        Ok(text) => text.parse().map_err(|error| format!("{name}={text}: {error}").into()),
        Err(_) => Ok(default),
    }
}

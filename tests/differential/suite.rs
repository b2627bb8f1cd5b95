//! Playing many cases, and making the ones that fail small.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::answer::Answer;
use crate::case::Case;
use crate::on_purpose::{Verdict, judge};
use crate::stage::Stage;
use provost_tests::random::Random;

/// Failures that are made small and printed; the others are counted.
const SHOWN: usize = 8;

/// Questions that making one case small may take.
const PATIENCE: usize = 2_000;

/// A kind of cases, and how many.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suite {
    pub(crate) name: &'static str,
    pub(crate) make: fn(&mut Random) -> Case,
    /// Cases at the default number of configurations, which is 3,000.
    pub(crate) per_3000: u64,
}

/// How often cases with something in them agreed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    pub(crate) accepted: u64,
    pub(crate) refused: u64,
    pub(crate) on_purpose: u64,
    pub(crate) different: u64,
}

impl Count {
    pub(crate) fn cases(self) -> u64 {
        self.accepted + self.refused + self.on_purpose + self.different
    }

    fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Agree { accepted: true } => self.accepted += 1,
            Verdict::Agree { accepted: false } => self.refused += 1,
            Verdict::OnPurpose(_) => self.on_purpose += 1,
            Verdict::Differ(_) => self.different += 1,
        }
    }
}

/// What a suite came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) seed: u64,
    pub(crate) total: Count,
    pub(crate) by_tag: BTreeMap<String, Count>,
    pub(crate) by_reason: BTreeMap<&'static str, u64>,
    failures: Vec<String>,
}

impl Outcome {
    /// Counts a case.
    pub(crate) fn note(&mut self, case: &Case, verdict: &Verdict) {
        self.total.add(verdict);
        for tag in &case.tags {
            self.by_tag.entry(tag.clone()).or_default().add(verdict);
        }
        if let Verdict::OnPurpose(names) = verdict {
            for name in names {
                *self.by_reason.entry(name).or_default() += 1;
            }
        }
    }

    /// What is to be said about failures; empty if there were none.
    pub(crate) fn complaint(&self) -> String {
        if self.total.different == 0 {
            return String::new();
        }
        let mut text = format!("{} of {} cases differ\n\n", self.total.different, self.total.cases());
        text += &self.failures.join("\n");
        text
    }
}

/// Plays the cases of a suite, on every processor.
pub(crate) fn play(suite: Suite, seed: u64, configurations: u64) -> Outcome {
    let cases = (configurations * suite.per_3000).div_ceil(3_000);
    let next = AtomicU64::new(0);
    let outcome = Mutex::new(Outcome { seed, ..Outcome::default() });
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                let mut stage = Stage::new();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= cases {
                        break;
                    }
                    play_one(&mut stage, (suite, seed.wrapping_add(number)), &outcome);
                }
            });
        }
    });
    outcome.into_inner().expect("invariant: no player panicked")
}

fn play_one(stage: &mut Stage, (suite, seed): (Suite, u64), outcome: &Mutex<Outcome>) {
    let case = (suite.make)(&mut Random::new(seed));
    let verdict = judge(stage, &case);
    let number = {
        let mut outcome = outcome.lock().expect("invariant: no player panicked");
        outcome.note(&case, &verdict);
        outcome.total.different
    };
    if matches!(verdict, Verdict::Differ(_)) && number <= SHOWN as u64 {
        let report = explain(stage, case, seed);
        outcome.lock().expect("invariant: no player panicked").failures.push(report);
    }
}

/// The smallest case found that still differs, and how.
fn explain(stage: &mut Stage, case: Case, seed: u64) -> String {
    let mut smallest = case;
    let mut left = PATIENCE;
    'again: loop {
        for candidate in smallest.smaller() {
            if left == 0 {
                break 'again;
            }
            left -= 1;
            if matches!(judge(stage, &candidate), Verdict::Differ(_)) {
                smallest = candidate;
                continue 'again;
            }
        }
        break;
    }
    let mut report = format!("PROVOST_SEED={seed} PROVOST_CONFIGS=1\n{smallest}");
    if let Verdict::Differ(answers) = judge(stage, &smallest) {
        writeln!(report, "--- difference\n{}", Answer::difference(&answers.0, &answers.1))
            .expect("invariant: writing to a String does not fail");
    }
    report
}

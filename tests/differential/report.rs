//! What is printed at the end, and written to `target/differential.json`.

use std::env;
use std::fs;
use std::path::PathBuf;

use provost_tests::implementation::workspace;
use serde_json::{Map, Value, json};

use crate::on_purpose::TABLE;
use crate::suite::{Count, Outcome};

/// Prints the counts of the suites that were played, and writes them down.
pub(crate) fn publish(outcomes: &[(String, Outcome)]) {
    if outcomes.is_empty() {
        return;
    }
    for (name, outcome) in outcomes {
        println!("\n{name}, from seed {}", outcome.seed);
        println!(
            "  {:44}{:>8}{:>10}{:>10}{:>12}{:>11}",
            "", "cases", "accepted", "refused", "on purpose", "different"
        );
        print_row("all", outcome.total);
        for (tag, count) in &outcome.by_tag {
            print_row(tag, *count);
        }
    }
    println!("\ndifferences on purpose");
    for row in TABLE {
        let times: u64 = outcomes.iter().filter_map(|(_, outcome)| outcome.by_reason.get(row.name)).sum();
        println!("  {times:>6}  {}: {}", row.name, row.why);
    }
    let path = target().join("differential.json");
    match fs::write(&path, format!("{:#}\n", summary(outcomes))) {
        Ok(()) => println!("\nthe same as JSON: {}", path.display()),
        Err(error) => println!("\nfailed to write {}: {error}", path.display()),
    }
}

fn print_row(name: &str, count: Count) {
    let Count { accepted, refused, on_purpose, different } = count;
    println!("  {name:44}{:>8}{accepted:>10}{refused:>10}{on_purpose:>12}{different:>11}", count.cases());
}

fn summary(outcomes: &[(String, Outcome)]) -> Value {
    let count = |count: &Count| {
        json!({
            "cases": count.cases(),
            "accepted_alike": count.accepted,
            "refused_alike": count.refused,
            "on_purpose": count.on_purpose,
            "different": count.different,
        })
    };
    let suites: Map<String, Value> = outcomes
        .iter()
        .map(|(name, outcome)| {
            let parts: Map<String, Value> =
                outcome.by_tag.iter().map(|(tag, of_tag)| (tag.clone(), count(of_tag))).collect();
            let suite = json!({
                "seed": outcome.seed,
                "all": count(&outcome.total),
                "parts": parts,
                "on_purpose": outcome.by_reason,
            });
            (name.clone(), suite)
        })
        .collect();
    let reasons: Map<String, Value> =
        TABLE.iter().map(|row| (row.name.to_owned(), Value::from(row.why))).collect();
    json!({ "suites": suites, "reasons": reasons })
}

fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), Into::into)
}

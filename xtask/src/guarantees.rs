//! Every test that `docs/guarantees.md` names exists: a promise that nothing holds any more must not look as if it were kept.

use std::fs;
use std::sync::LazyLock;

use regex::Regex;

use crate::chore::root;

const DOCUMENT: &str = "docs/guarantees.md";

/// A test as the document names it: its file from the root on, and its function.
static TEST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"`([\w/]+\.rs)::(\w+)`").expect("invariant: the pattern is valid"));

/// A line for each test that is named and not there.
pub(crate) fn missing_tests() -> Vec<String> {
    let Ok(text) = fs::read_to_string(root().join(DOCUMENT)) else {
        return vec![format!("{DOCUMENT}: there is no such file")];
    };
    complaints(&text, |file| fs::read_to_string(root().join(file)).unwrap_or_default())
}

fn complaints(document: &str, source: impl Fn(&str) -> String) -> Vec<String> {
    let named = TEST.captures_iter(document).map(|test| test.extract::<2>().1);
    let is_missing = |[file, function]: &[&str; 2]| !source(file).contains(&format!("fn {function}("));
    named
        .filter(is_missing)
        .map(|[file, function]| format!("{DOCUMENT}: names the test {file}::{function}, which is not there"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::complaints;

    fn check(document: &str, expect: &[&str]) {
        let source =
            |file: &str| if file == "tests/a.rs" { "fn there() {}".to_owned() } else { String::new() };
        assert_eq!(complaints(document, source), expect, "{document}");
    }

    #[test]
    fn tests_that_are_named_have_to_exist() {
        check("held by `tests/a.rs::there`.", &[]);
        check("no test at all: `there`", &[]);
        check(
            "`tests/a.rs::gone` and `tests/b.rs::there`",
            &[
                "docs/guarantees.md: names the test tests/a.rs::gone, which is not there",
                "docs/guarantees.md: names the test tests/b.rs::there, which is not there",
            ],
        );
    }
}

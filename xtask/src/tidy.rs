//! What neither the compiler nor clippy checks: rules about files and words. It is also a test.
//!
//! Each rule is one row of [`RULES`]: where it holds, what must not be found, and what to do instead.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::chore::{Failure, root};
use crate::{docs, guarantees};

/// A word that must not stand in some files.
struct Rule {
    /// Matches what must not be there, within one line.
    pattern: &'static str,
    /// Whether the rule holds in the file of this name (with `/`, from the root).
    holds: fn(&str) -> bool,
    /// What to do instead.
    instead: &'static str,
}

// The patterns are written so that none of them finds itself here.
const RULES: [Rule; 7] = [
    Rule {
        pattern: r"\bunsafe\b *(\{|fn\b|impl\b|extern\b)",
        holds: |name| is_rust(name) && name != "crates/sys/src/spawn.rs",
        instead: "what the compiler cannot check stands in crates/sys/src/spawn.rs and nowhere else",
    },
    Rule {
        pattern: r"\b(FIXM[E]|XX[X])\b|\b(tod[o]|unimplemente[d])!",
        holds: is_rust,
        instead: "finish it, or say in the note on the issue what is missing",
    },
    Rule {
        pattern: r"#\[ignor[e]\]",
        holds: is_rust,
        instead: "an ignored test names its reason: #[ignore = \"...\"]",
    },
    Rule { pattern: r"#!?\[allo[w]\(", holds: is_rust, instead: "#[expect(lint, reason = \"...\")]" },
    Rule {
        pattern: r"\bslee[p]\(",
        holds: |name| is_rust(name) && is_test(name),
        instead: "wait for what can be observed: provost_tests::wait::until, or a channel",
    },
    Rule {
        pattern: r"/wor[k]/|/tmp/re[f]\b",
        holds: |_| true,
        instead: "a path of somebody's machine means nothing to anybody else",
    },
    Rule {
        pattern: r"[ \t]+$",
        holds: |name| [".t", ".toml", ".md", ".py"].iter().any(|end| name.ends_with(end)),
        instead: "no blanks at the end of a line",
    },
];

/// A file of more lines than this is two rooms in one; tables are the exception.
const LONGEST: usize = 800;

/// Crates that promise to be free of unsafe code in their first lines.
const FORBIDDING: [&str; 3] =
    ["crates/core/src/lib.rs", "crates/config/src/lib.rs", "crates/wire/src/lib.rs"];

/// Folders that hold nothing of ours.
const PASSED_OVER: [&str; 6] = [".git", ".venv", "target", "corpus", "artifacts", "logs"];

static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    RULES.iter().map(|rule| Regex::new(rule.pattern).expect("invariant: the patterns are valid")).collect()
});

pub(crate) fn run() -> Result<(), Failure> {
    let complaints = complaints();
    if complaints.is_empty() { Ok(()) } else { Err(Failure::Untidy(complaints)) }
}

/// Everything that is not as it should be, a line for each.
fn complaints() -> Vec<String> {
    let mut names = Vec::new();
    collect(root(), &mut names);
    names.sort();
    let mut complaints = docs::stale();
    complaints.extend(guarantees::missing_tests());
    for name in &names {
        // What is no text has no lines to look at.
        let Ok(text) = fs::read_to_string(root().join(name)) else { continue };
        complaints.extend(check_file(name, &text));
    }
    complaints
}

fn check_file(name: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (rule, pattern) in RULES.iter().zip(PATTERNS.iter()).filter(|(rule, _)| (rule.holds)(name)) {
        for (number, _) in (1..).zip(text.lines()).filter(|(_, line)| pattern.is_match(line)) {
            complaints.push(format!("{name}:{number}: {}", rule.instead));
        }
    }
    if is_rust(name) {
        let lines = text.lines().count();
        if lines > LONGEST && !name.ends_with("table.rs") {
            complaints.push(format!("{name}: {lines} lines; over {LONGEST} it is two rooms in one"));
        }
        if !text.starts_with("//!") && !is_test(name) {
            complaints.push(format!("{name}: begins by saying what it is for: //! ..."));
        }
    }
    if FORBIDDING.contains(&name) && !text.contains("#![forbid(unsafe_code)]") {
        complaints.push(format!("{name}: this crate promises #![forbid(unsafe_code)]"));
    }
    complaints
}

fn is_rust(name: &str) -> bool {
    name.ends_with(".rs")
}

fn is_test(name: &str) -> bool {
    name.contains("tests/") || name.ends_with("tests.rs")
}

/// Collects the names of all files below `folder`, from the root of the workspace.
fn collect(folder: &Path, names: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let passed_over = path.file_name().is_some_and(|name| PASSED_OVER.iter().any(|other| name == *other));
        if path.is_symlink() || (passed_over && path.is_dir() && !is_source(&path)) {
            continue;
        }
        if path.is_dir() {
            collect(&path, names);
        } else if let Ok(name) = path.strip_prefix(root()) {
            names.push(name.to_string_lossy().into_owned());
        }
    }
}

/// A module may be called `logs`, too.
fn is_source(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "src")
}

#[cfg(test)]
mod tests {
    use super::{check_file, complaints};

    #[test]
    fn the_tree_is_tidy() {
        let complaints = complaints();
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }

    fn check(name: &str, text: &str, expect: &[&str]) {
        let found: Vec<String> = check_file(name, text)
            .into_iter()
            .map(|line| line.split(": ").next().unwrap_or_default().into())
            .collect();
        assert_eq!(found, expect, "{name}: {text}");
    }

    #[test]
    fn each_rule_finds_what_it_is_for() {
        check("a.rs", "//! A.\nfn f() {}\n", &[]);
        check("a.rs", "fn f() {}\n", &["a.rs"]);
        let block = format!("//! A.\nlet x = {} {{ f() }};\n", "unsafe");
        check("a.rs", &block, &["a.rs:2"]);
        check("crates/sys/src/spawn.rs", &block, &[]);
        check("a.rs", &format!("//! A.\n{}!()\n", "todo"), &["a.rs:2"]);
        check("a.rs", &format!("//! A.\n#[{}]\n", "ignore"), &["a.rs:2"]);
        check("a.rs", "//! A.\n#[ignore = \"slow\"]\n", &[]);
        check("a.rs", &format!("//! A.\n#[{}(dead_code)]\n", "allow"), &["a.rs:2"]);
        check("tests/a.rs", &format!("//! A.\nthread::{}(x);\n", "sleep"), &["tests/a.rs:2"]);
        check("src/a.rs", &format!("//! A.\nthread::{}(x);\n", "sleep"), &[]);
        check("README.md", &format!("see /{}/main\n", "work"), &["README.md:1"]);
        check("a.t", "blank at the end \n", &["a.t:1"]);
        check("a.rs", &"//! A.\n".repeat(801), &["a.rs"]);
        check("table.rs", &"//! A.\n".repeat(801), &[]);
        check("crates/core/src/lib.rs", "//! Core.\n", &["crates/core/src/lib.rs"]);
    }
}

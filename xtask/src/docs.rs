//! Documents that come out of tables in the code.
//!
//! Two kinds: what a library can print is written here, and checked by [`tidy`](crate::tidy); what a test
//! derives is written by that test when it is told to, and checked by it otherwise.

use std::fs;

use crate::chore::{Failure, cargo, root, succeed};

/// A document that a library can print.
struct Printed {
    /// Where it stands, from the root.
    name: &'static str,
    /// What prints it.
    text: fn() -> String,
}

const PRINTED: [Printed; 1] =
    [Printed { name: "docs/options.md", text: provost_config::options::option_reference_markdown }];

/// Tests that write a document when `PROVOST_BLESS` is set: the package and the test.
const BLESSED: [(&str, &str); 1] = [("provost-core", "transition_table")];

pub(crate) fn run(_words: &[String]) -> Result<(), Failure> {
    for document in PRINTED {
        let path = root().join(document.name);
        fs::write(&path, (document.text)()).map_err(|cause| Failure::File {
            action: "write",
            path,
            cause,
        })?;
        println!("{}", document.name);
    }
    for (package, test) in BLESSED {
        let mut tests = cargo();
        tests.args(["test", "--quiet", "-p", package, test]).env("PROVOST_BLESS", "1");
        succeed(&mut tests, "run this chore with cargo")?;
    }
    Ok(())
}

/// The documents that no longer say what the code says.
pub(crate) fn stale() -> Vec<String> {
    PRINTED
        .into_iter()
        .filter(|document| fs::read_to_string(root().join(document.name)).ok() != Some((document.text)()))
        .map(|document| format!("{}: is stale; `cargo xtask docs` writes it", document.name))
        .collect()
}

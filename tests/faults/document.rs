//! The table of cases in `docs/guarantees.md` is the one in the code.

use std::fmt::Write as _;
use std::fs;

use provost_tests::implementation::workspace;

use crate::CASES;

/// The table stands between these lines.
const BEGIN: &str = "<!-- cases: PROVOST_BLESS=1 cargo test -p provost-tests --test faults document -->\n";
const END: &str = "<!-- end of cases -->\n";

/// `PROVOST_BLESS=1` writes the table anew.
#[test]
fn the_guarantees_show_every_case() {
    let path = workspace().join("docs/guarantees.md");
    let text = fs::read_to_string(&path).expect("docs/guarantees.md");
    let (before, rest) = text.split_once(BEGIN).expect("the table has a beginning");
    let (_, after) = rest.split_once(END).expect("the table has an end");
    let right = format!("{before}{BEGIN}{}{END}{after}", table());
    if std::env::var_os("PROVOST_BLESS").is_some() {
        fs::write(&path, &right).expect("docs/guarantees.md can be written");
    }
    let text = fs::read_to_string(&path).expect("docs/guarantees.md");
    assert!(text == right, "the table in docs/guarantees.md is old; PROVOST_BLESS=1 writes it anew");
}

/// A line for each case.
fn table() -> String {
    let mut table =
        "\n| what happens | Provost | the reference | test |\n| --- | --- | --- | --- |\n".to_owned();
    for case in CASES {
        let (fault, reference, test) = (case.fault, case.reference, case.test);
        writeln!(table, "| {fault} | holds | {reference} | `tests/faults/{test}` |")
            .expect("memory can be written");
    }
    table + "\n"
}

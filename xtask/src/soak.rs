//! A long life of the daemon among busy clients: the test `soak`, for as long as somebody likes.

use crate::chore::{Failure, cargo, succeed};
use crate::{reference, test};

/// Unless the command line says otherwise.
const MINUTES: u64 = 60;

pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    let minutes = match words {
        [] => MINUTES,
        [option, number] if option == "--minutes" => number.parse().map_err(|_| wrong(number))?,
        [word, ..] => return Err(wrong(word)),
    };
    test::build()?;
    let mut soak = cargo();
    soak.args(["test", "--package", "provost-tests", "--test", "soak", "--", "--nocapture"]);
    soak.env("PROVOST_REFERENCE", reference::install()?);
    soak.env("PROVOST_SOAK_SECONDS", (minutes * 60).to_string());
    if std::env::var_os("PROVOST_BIN_DIR").is_none() {
        soak.env("PROVOST_BIN_DIR", test::binaries());
    }
    succeed(&mut soak, "run this chore with cargo")
}

fn wrong(word: &str) -> Failure {
    Failure::Argument { word: word.to_owned(), expected: "--minutes with a number" }
}

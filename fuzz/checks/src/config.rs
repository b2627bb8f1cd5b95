//! Configuration files, and the expressions in them.

use std::collections::BTreeMap;

use provost_config::cli::Overrides;
use provost_config::expand::{Scope, Value};
use provost_config::resolve::{ConfigFile, Request, load};
use provost_config::system::FakeSystem;
use provost_config::words::{environment_words, quote, split_command};

/// Any bytes as a configuration file: reading them ends in a configuration, which is read alike again, or in a
/// refusal that can be shown.
pub(crate) fn ini(bytes: &[u8]) {
    let mut system = FakeSystem::default();
    system.add_file("/d/s.conf", bytes);
    // The same bytes again as what the first file may include.
    system.add_file("/d/i.ini", bytes);
    let file = ConfigFile::Given("/d/s.conf".to_owned());
    match load(&Request { file, overrides: Overrides::default() }, &system) {
        Ok(loaded) => {
            let again = load(&loaded.again, &system).expect("what was accepted once is accepted again");
            assert_eq!(again.config, loaded.config);
            for warning in &loaded.warnings {
                assert!(!warning.to_string().is_empty());
            }
        }
        Err(failure) => assert!(failure.render().starts_with("Error: ")),
    }
}

/// Any text as a format, and as words: expansion and splitting end in text or in a reason.
pub(crate) fn expand(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let environment = BTreeMap::from([("A".to_owned(), "value".to_owned())]);
    let scope = Scope::new(&environment).with("x", Value::Text("text")).with("n", Value::Number(-5));
    match provost_config::expand::expand(text, &scope, "section.option") {
        Ok(expanded) => assert!(text.contains('%') || expanded == text),
        Err(error) => assert!(error.to_string().starts_with("Format string ")),
    }
    if let Ok(words) = split_command(text) {
        assert!(words.len() <= text.len());
    }
    for word in environment_words(text).unwrap_or_default() {
        assert_eq!(environment_words(&quote(&word)).expect("a quoted word"), [word]);
    }
}

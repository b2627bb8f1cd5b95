//! Any text as a format, and as words: expansion and splitting must end in text or in a reason.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use provost_config::expand::{Scope, Value, expand};
use provost_config::words::{environment_words, quote, split_command};

fuzz_target!(|text: &str| {
    let environment = BTreeMap::from([("A".to_owned(), "value".to_owned())]);
    let scope = Scope::new(&environment).with("x", Value::Text("text")).with("n", Value::Number(-5));
    match expand(text, &scope, "section.option") {
        Ok(expanded) => assert!(text.contains('%') || expanded == text),
        Err(error) => assert!(error.to_string().starts_with("Format string ")),
    }
    if let Ok(words) = split_command(text) {
        assert!(words.len() <= text.len());
    }
    if let Ok(words) = environment_words(text) {
        for word in words {
            assert_eq!(environment_words(&quote(&word)).expect("a quoted word"), [word]);
        }
    }
});

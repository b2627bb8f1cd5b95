//! What either side says to a case, in a form that can be compared.

use serde_json::Value;

/// The answer of one side.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// Accepted: what it understood.
    Settings(Value),
    /// Refused with status 2 and this on standard error, without the line that names the help.
    Refused(String),
    /// Help or version, and status 0.
    Printed(&'static str),
    /// The reference broke.
    Traceback(String),
}

impl Answer {
    /// The message of a refusal.
    pub(crate) fn message(&self) -> Option<&str> {
        match self {
            Self::Refused(message) => Some(message),
            _ => None,
        }
    }

    /// From an answer of the oracle; `program` is what the last line on standard error calls it.
    pub(crate) fn of_reference(found: &Value, program: &str) -> Self {
        if let Some(settings) = found.get("settings") {
            return Self::Settings(settings.clone());
        }
        if let Some(traceback) = found["traceback"].as_str() {
            return Self::Traceback(traceback.to_owned());
        }
        let printed = found["printed"].as_str().expect("invariant: an end prints something");
        match found["exit"].as_i64() {
            Some(0) if printed == "help\n" => Self::Printed("help"),
            Some(0) => Self::Printed("version"),
            Some(2) => {
                let without_help = printed.strip_suffix(&format!("For help, use {program} -h\n"));
                Self::Refused(without_help.unwrap_or(printed).trim_end_matches('\n').to_owned())
            }
            other => panic!("the reference left with {other:?}: {printed}"),
        }
    }

    /// A refusal of ours, in the same form.
    pub(crate) fn refused(message: &str) -> Self {
        Self::Refused(format!("Error: {message}").trim_end_matches('\n').to_owned())
    }

    /// The lines in which two answers differ, for a person.
    pub(crate) fn difference(reference: &Self, ours: &Self) -> String {
        let mut lines = Vec::new();
        match (reference, ours) {
            (Self::Settings(theirs), Self::Settings(ours)) => compare("", theirs, ours, &mut lines),
            _ => lines.push(format!("  reference: {reference:?}\n  ours:      {ours:?}")),
        }
        lines.join("\n")
    }
}

/// Collects where two values differ.
fn compare(path: &str, theirs: &Value, ours: &Value, lines: &mut Vec<String>) {
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let (a, b) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                compare(&format!("{path}.{key}"), a, b, lines);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                compare(&format!("{path}[{index}]"), a, b, lines);
            }
        }
        _ if theirs == ours => {}
        _ => lines.push(format!("  {path}: reference {theirs}, ours {ours}")),
    }
}

//! The two forms of a dump.

use std::fmt;

use serde_json::{Map, json};

use super::{Dump, Dumped, Origin, Value};
use crate::words::quote;

/// Width of `name = value`, so that most origins stand in a column.
const COLUMN: usize = 52;

/// The form for people: like a configuration file, with origins as comments, and with options that have no value
/// commented out: an empty value is another thing. It is not meant to be read again: values are expanded already.
impl fmt::Display for Dump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "; {}", self.config_file)?;
        for Dumped { section, process, options } in &self.sections {
            match process {
                Some(process) => writeln!(f, "\n[{section}] ; {process}")?,
                None => writeln!(f, "\n[{section}]")?,
            }
            for option in options {
                let sign = if option.value == Value::Nothing { ";" } else { "" };
                let assignment = format!("{sign}{} = {}", option.name, option.value);
                writeln!(f, "{:COLUMN$} ; {}", assignment.trim_end(), option.origin)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Number(number) => write!(f, "{number}"),
            // A value of several lines goes on as it does in a file.
            Self::Text(text) => f.write_str(&text.replace('\n', "\n    ")),
            Self::List(items) => f.write_str(&items.join(",")),
            Self::Pairs(pairs) => {
                let pairs: Vec<String> =
                    pairs.iter().map(|(key, value)| format!("{key}={}", quote(value))).collect();
                f.write_str(&pairs.join(","))
            }
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("command line"),
            Self::File { file, line } => write!(f, "{file}:{line}"),
            Self::Default => f.write_str("default"),
        }
    }
}

impl Dump {
    /// The form for programs: one object, `{"config_file", "sections": [{"section", "process", "options": {name:
    /// {"value", "origin", "file", "line"}}}]}`. `process` is null for sections that are about none; `origin` is
    /// `file`, `default` or `command line`, and `file` and `line` are only there with the first.
    pub fn to_json(&self) -> String {
        let sections: Vec<serde_json::Value> = self.sections.iter().map(section_json).collect();
        let whole = json!({ "config_file": self.config_file, "sections": sections });
        format!("{whole:#}\n")
    }
}

fn section_json(dumped: &Dumped) -> serde_json::Value {
    let options: Map<String, serde_json::Value> = dumped
        .options
        .iter()
        .map(|option| {
            let value = value_json(&option.value);
            let described = match &option.origin {
                Origin::File { file, line } => {
                    json!({ "value": value, "origin": "file", "file": file, "line": line })
                }
                other => json!({ "value": value, "origin": other.to_string() }),
            };
            (option.name.to_owned(), described)
        })
        .collect();
    json!({ "section": dumped.section, "process": dumped.process, "options": options })
}

fn value_json(value: &Value) -> serde_json::Value {
    match value {
        Value::Nothing => serde_json::Value::Null,
        Value::Flag(flag) => json!(flag),
        Value::Number(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::List(items) => json!(items),
        Value::Pairs(pairs) => json!(pairs),
    }
}

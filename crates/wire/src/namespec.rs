//! Names of processes as users and programs write them: `group:process`.
//!
//! Splitting is pure text work. Whether the group and the process exist is for the caller to find out, and
//! so is the word `all`, which only `supervisorctl` understands.

use std::fmt;

/// What a caller names: one process of a group, or all processes of a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Namespec {
    /// Name of the group; the text before the first colon, or the whole text when there is none.
    pub group: String,
    /// Name of the process, or `None` for the whole group (`group:` and `group:*`).
    pub process: Option<String>,
}

impl Namespec {
    /// Reads any text; there is no invalid one, only names that nothing bears.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (group, process) = split(text);
        Self { group: group.to_owned(), process: process.map(str::to_owned) }
    }

    /// Names one process.
    #[must_use]
    pub fn process(group: impl Into<String>, process: impl Into<String>) -> Self {
        Self { group: group.into(), process: Some(process.into()) }
    }

    /// Names all processes of a group.
    #[must_use]
    pub fn whole_group(group: impl Into<String>) -> Self {
        Self { group: group.into(), process: None }
    }
}

impl From<&str> for Namespec {
    fn from(text: &str) -> Self {
        Self::parse(text)
    }
}

/// A single process is printed in its short form where it has one; a whole group as `group:*`.
impl fmt::Display for Namespec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.process {
            Some(process) => ShortName::new(&self.group, process).fmt(f),
            None => write!(f, "{}:*", self.group),
        }
    }
}

/// Splits a name into group and process without copying it; see [`Namespec`].
///
/// The split is at the *first* colon: `a:b:c` is process `b:c` of group `a`, which never exists.
#[must_use]
pub fn split(text: &str) -> (&str, Option<&str>) {
    match text.split_once(':') {
        None => (text, Some(text)),
        Some((group, "" | "*")) => (group, None),
        Some((group, process)) => (group, Some(process)),
    }
}

/// The printed name of one process: `x` when group and process share the name, `group:process` otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortName<'a> {
    group: &'a str,
    process: &'a str,
}

impl<'a> ShortName<'a> {
    /// Borrows both names until it is printed.
    #[must_use]
    pub fn new(group: &'a str, process: &'a str) -> Self {
        Self { group, process }
    }
}

impl fmt::Display for ShortName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.group == self.process {
            // `pad` lets callers line names up in a column.
            return f.pad(self.process);
        }
        match f.width() {
            None => write!(f, "{}:{}", self.group, self.process),
            Some(_) => f.pad(&format!("{}:{}", self.group, self.process)),
        }
    }
}

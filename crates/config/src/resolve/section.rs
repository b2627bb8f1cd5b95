//! Reading the options of one section: default, expansion, conversion, and a failure that points at the value.

use std::borrow::Cow;
use std::fmt::Display;

use super::advice;
use crate::diagnostic::Failure;
use crate::expand::{ExpandError, Scope, expand};
use crate::ini::{Document, Entry, Section};
use crate::options::{Fallback, Kind, Names, OptionRow, SectionRow, row_of};
use crate::text::{is_space, strip};
use crate::value::ValueError;

/// Why a value is refused: the reference's words, and perhaps what to do.
pub(crate) trait Reason: Display {
    /// What to write instead, in that option.
    fn help(&self, _option: &str) -> Option<String> {
        None
    }
}

impl Reason for ValueError {
    fn help(&self, option: &str) -> Option<String> {
        advice::of_value(self, option)
    }
}

impl Reason for ExpandError {
    fn help(&self, _option: &str) -> Option<String> {
        self.advice()
    }
}

impl Reason for String {}

/// A reason in words of the option's own, and what to do about it.
pub(crate) struct Worded(pub(crate) String, pub(crate) &'static str);

impl Display for Worded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Reason for Worded {
    fn help(&self, _option: &str) -> Option<String> {
        Some(self.1.to_owned())
    }
}

/// One section, read as one kind, with the names its values may use.
pub(crate) struct Reader<'a> {
    document: &'a Document,
    pub(crate) section: &'a Section,
    row: &'static SectionRow,
    scope: Scope<'a>,
    names: Names,
}

impl<'a> Reader<'a> {
    /// A reader for options whose table row says `names`; `scope` must have these.
    pub(crate) fn new(
        document: &'a Document,
        section: &'a Section,
        kind: Kind,
        (names, scope): (Names, Scope<'a>),
    ) -> Self {
        Self { document, section, row: row_of(kind), scope, names }
    }

    /// The option as it is written, here or in `[DEFAULT]`.
    pub(crate) fn entry(&self, name: &str) -> Option<&'a Entry> {
        self.document.option(self.section, name)
    }

    fn option_row(&self, name: &str) -> &'static OptionRow {
        let row = self.row.option(name).expect("invariant: readers ask for options of the table");
        debug_assert!(
            row.names == self.names || row.names == Names::Here && self.names == Names::Program,
            "{name} is read with other names than the table says"
        );
        row
    }

    /// The expanded text of an option: as written, or else its default if that is a text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<Cow<'a, str>>, Failure> {
        let row = self.option_row(name);
        let raw = match (self.entry(name), row.fallback) {
            (Some(entry), _) => entry.value.as_str(),
            (None, Fallback::Text(text)) => text,
            (None, Fallback::Required | Fallback::RequiredWithout(_) | Fallback::Described(_)) => {
                return Ok(None);
            }
        };
        let shown = format!("{}.{name}", self.section.name);
        expand(raw, &self.scope, &shown).map(Some).map_err(|error| self.refuse_expansion(name, &error))
    }

    /// A variable that is missing because the text that defines it was refused is no mistake of its own.
    fn refuse_expansion(&self, name: &str, error: &ExpandError) -> Failure {
        if self.scope.lacks_variables() && error.is_about_a_variable() {
            return Failure { diagnostics: Vec::new() };
        }
        self.refuse_because(name, error)
    }

    /// As [`Reader::text`], for an option that messages call by its bare name.
    pub(crate) fn bare_text(&self, name: &str) -> Result<Cow<'a, str>, Failure> {
        self.bare(name, |raw| raw)
    }

    /// As [`Reader::bare_text`], of what is left when the blanks around the text as it is written are gone.
    pub(crate) fn stripped_bare_text(&self, name: &str) -> Result<Cow<'a, str>, Failure> {
        self.bare(name, strip)
    }

    fn bare(&self, name: &str, prepare: fn(&str) -> &str) -> Result<Cow<'a, str>, Failure> {
        let row = self.option_row(name);
        let Fallback::Text(fallback) = row.fallback else {
            unreachable!("invariant: options with a bare name have a text for a default")
        };
        let raw = self.entry(name).map_or(fallback, |entry| entry.value.as_str());
        expand(prepare(raw), &self.scope, name).map_err(|error| self.refuse_expansion(name, &error))
    }

    /// An option that has a default, converted.
    pub(crate) fn value<T, E: Reason>(
        &self,
        name: &str,
        convert: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Failure> {
        let text = self.text(name)?.expect("invariant: the table has a default for the option");
        convert(&text).map_err(|error| self.refuse_because(name, &error))
    }

    /// An option that has no default, converted if it is written.
    pub(crate) fn optional<T, E: Reason>(
        &self,
        name: &str,
        convert: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Failure> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        convert(&text).map(Some).map_err(|error| self.refuse_because(name, &error))
    }

    /// The failure of an option, with what its reason advises.
    pub(crate) fn refuse_because(&self, name: &str, reason: &impl Reason) -> Failure {
        let failure = self.refuse(name, reason);
        match reason.help(name) {
            Some(help) => failure.with_help(&help),
            None => failure,
        }
    }

    /// The failure of an option: points at its value, or at the section if it is not written.
    pub(crate) fn refuse(&self, name: &str, message: impl Display) -> Failure {
        let span = match self.entry(name) {
            Some(entry) if entry.value.is_empty() => entry.key_span,
            Some(entry) => entry.value_span,
            None => self.section.span,
        };
        Failure::new(message.to_string(), Some(self.document.place(span)), None)
    }

    /// The failure of one item of a list with commas: points at the item if it stands in the first line as it was
    /// read (in any case), else at the whole value.
    pub(crate) fn refuse_item(&self, name: &str, item: &str, message: impl Display) -> Failure {
        let Some(entry) = self.entry(name) else { return self.refuse(name, message) };
        let first_line = entry.value.split('\n').next().unwrap_or("");
        let mut start = 0;
        for word in first_line.split(',') {
            let bare = strip(word);
            if !item.is_empty() && bare.to_lowercase() == item.to_lowercase() {
                let blanks = word.chars().take_while(|c| is_space(*c)).count();
                let span = entry.value_span.part(start + blanks, bare.chars().count());
                return Failure::new(message.to_string(), Some(self.document.place(span)), None);
            }
            start += word.chars().count() + 1;
        }
        self.refuse(name, message)
    }

    /// The failure of the section as a whole.
    pub(crate) fn refuse_section(&self, message: impl Display) -> Failure {
        Failure::new(message.to_string(), Some(self.document.place(self.section.span)), None)
    }
}

impl Failure {
    /// The same failure, with a sentence about what to do.
    #[must_use]
    pub(crate) fn with_help(mut self, help: &str) -> Self {
        if let Some(first) = self.diagnostics.first_mut() {
            first.help = Some(help.to_owned());
        }
        self
    }

    /// The same failure, with more text behind its messages.
    #[must_use]
    pub(crate) fn with_suffix(mut self, suffix: &str) -> Self {
        for diagnostic in &mut self.diagnostics {
            diagnostic.message.push_str(suffix);
        }
        self
    }
}

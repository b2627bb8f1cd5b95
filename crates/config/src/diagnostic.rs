//! Messages about a configuration that point into it: the reference's text first, then the place.
//!
//! Rendered by hand: the first line is an interface (`Error: …`, exactly the reference's words, several lines for
//! parse errors) and what follows is four lines. The crates that draw source snippets own their title line
//! and colours, and would have to be talked out of both.

use std::fmt;

use crate::text::is_space;

/// A place in a configuration file, with the line it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file's name as it was given, or the path of an included file.
    pub file: String,
    /// Line, counted from 1.
    pub line: u32,
    /// Column, counted from 1 in characters.
    pub column: u32,
    /// Characters to underline; at least one caret is drawn.
    pub length: u32,
    /// The whole line, without its end.
    pub text: String,
}

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The configuration is refused.
    Error,
    /// The configuration is used, though probably not as meant.
    Warning,
}

/// One message about a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong; of errors, exactly the reference's text.
    pub message: String,
    /// Where, if it has a place.
    pub place: Option<Place>,
    /// What to do about it, if more can be said.
    pub help: Option<String>,
}

impl Diagnostic {
    /// The message on one line, with its place behind it: the form for a log.
    pub fn summary(&self) -> String {
        let message = self.message.replace('\n', " ");
        let help = self.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        match &self.place {
            Some(place) => format!("{message}{help} ({}:{}:{})", place.file, place.line, place.column),
            None => format!("{message}{help}"),
        }
    }
}

/// The form for a terminal: `Error: message` or `Warning: message`, and below it the place and the help. Every
/// line ends with a newline.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let title = match self.severity {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
        };
        writeln!(f, "{title}: {}", self.message)?;
        if let Some(place) = &self.place {
            write_snippet(f, place)?;
        }
        match &self.help {
            Some(help) => writeln!(f, "  help: {help}"),
            None => Ok(()),
        }
    }
}

/// Draws the place, the source line, and carets under the part that is meant.
fn write_snippet(f: &mut fmt::Formatter<'_>, place: &Place) -> fmt::Result {
    let number = place.line.to_string();
    let gutter = " ".repeat(number.len());
    // A tab stays a tab in the line of carets, so that both lines are equally wide in any terminal.
    let before = place.text.chars().take(place.column.saturating_sub(1) as usize);
    let indent: String = before.map(|c| if is_space(c) { c } else { ' ' }).collect();
    let room = place.text.chars().count().saturating_sub(indent.chars().count()).max(1);
    let carets = "^".repeat((place.length as usize).clamp(1, room));
    writeln!(f, "  --> {}:{}:{}", place.file, place.line, place.column)?;
    writeln!(f, " {gutter} |")?;
    writeln!(f, " {number} | {}", place.text)?;
    writeln!(f, " {gutter} | {indent}{carets}")
}

/// Why a configuration was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// One per offence, the first with the reference's text; behind them, warnings that may explain them.
    pub diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// A refusal with a single reason.
    pub fn new(message: impl Into<String>, place: Option<Place>, help: Option<String>) -> Self {
        let message = message.into();
        Self { diagnostics: vec![Diagnostic { severity: Severity::Error, message, place, help }] }
    }

    /// The reference's message: what follows `Error: `, and the text of the fault CANT_REREAD.
    pub fn message(&self) -> &str {
        self.diagnostics.first().map_or("", |first| first.message.as_str())
    }

    /// Everything that is printed on standard error: `Error: …`, then places and helps. The line
    /// `For help, use … -h` behind it is the binary's, which knows its own name.
    pub fn render(&self) -> String {
        self.diagnostics.iter().map(Diagnostic::to_string).collect()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, column: u32, length: u32) -> Option<Place> {
        Some(Place { file: "/etc/s.conf".into(), line: 12, column, length, text: text.into() })
    }

    #[test]
    fn an_error_shows_its_line_and_carets() {
        let failure = Failure::new("not a valid boolean value: 'x'", place("autostart=x", 11, 1), None);
        assert_eq!(
            failure.render(),
            "Error: not a valid boolean value: 'x'\n  --> /etc/s.conf:12:11\n    |\n 12 | autostart=x\n    |           ^\n"
        );
    }

    #[test]
    fn carets_keep_tabs_and_stay_inside_the_line() {
        let help = Some("write a=b".to_owned());
        let failure = Failure::new("m", place("\tä = bc", 6, 99), help);
        assert_eq!(
            failure.render(),
            "Error: m\n  --> /etc/s.conf:12:6\n    |\n 12 | \tä = bc\n    | \t    ^^\n  help: write a=b\n"
        );
    }

    #[test]
    fn a_summary_is_one_line() {
        let severity = Severity::Warning;
        let warning =
            Diagnostic { severity, message: "a\nb".into(), place: place("x", 1, 1), help: Some("c".into()) };
        assert_eq!(warning.summary(), "a b; c (/etc/s.conf:12:1)");
    }
}

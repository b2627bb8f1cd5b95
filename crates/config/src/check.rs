//! Warnings about a configuration that is accepted and probably not meant: names nobody reads, and commands cut
//! off by a comment. Looks at the text only, and changes nothing. What only `--check` says is in [`lint`].

mod habits;
mod lint;

pub use lint::lint;
pub(crate) use lint::rules_markdown;

use crate::diagnostic::{Diagnostic, Severity};
use crate::ini::{Document, Section, Span};
use crate::options::{Match, SECTIONS, SectionRow, nearest, section_row};
use crate::text::strip;
use crate::words::{WordsError, split_command};

/// Everything that looks wrong, in file order of the sections.
pub fn check(document: &Document) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for section in document.sections() {
        match section_row(&section.name) {
            Some(row) => check_section(document, section, row, &mut warnings),
            None => warnings.push(unknown_section(document, section)),
        }
    }
    warnings
}

fn warning(document: &Document, span: Span, message: String, help: String) -> Diagnostic {
    Diagnostic { severity: Severity::Warning, message, place: Some(document.place(span)), help: Some(help) }
}

fn unknown_section(document: &Document, section: &Section) -> Diagnostic {
    let (kind, rest) = match section.name.split_once(':') {
        Some((kind, rest)) => (kind, Some(rest)),
        None => (section.name.as_str(), None),
    };
    let near = nearest(strip(kind), SECTIONS.iter().map(|row| row.name));
    let help = match SECTIONS.iter().find(|row| Some(row.name) == near) {
        Some(row) if row.matching == Match::Named => {
            format!("did you mean [{}:{}]?", row.name, strip(rest.unwrap_or(row.example)))
        }
        Some(row) => format!("did you mean [{}]?", row.name),
        None => "remove it if it was meant for supervisord".to_owned(),
    };
    warning(document, section.span, format!("unknown section [{}] is ignored", section.name), help)
}

fn check_section(document: &Document, section: &Section, row: &SectionRow, warnings: &mut Vec<Diagnostic>) {
    for entry in section.entries() {
        if row.option(&entry.key).is_none() {
            let near = nearest(&entry.key, row.options().map(|option| option.name));
            let help = match near {
                Some(near) => format!("did you mean {near}?"),
                None => format!("[{}] sections have no such option", row.name),
            };
            let message = format!("unknown option '{}' in [{}] is ignored", entry.key, section.name);
            warnings.push(warning(document, entry.key_span, message, help));
        }
        if entry.key == "command"
            && let Some(comment) = entry.comment
            && split_command(&entry.value) == Err(WordsError::OpenQuote)
        {
            let message = format!("command of [{}] is cut off inside quotes by a comment", section.name);
            let help = "a ; or # behind a blank starts a comment, even in quotes; remove the blank before it"
                .to_owned();
            warnings.push(warning(document, comment, message, help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks the warnings about a text, as `line:column message; help`.
    fn check_text(text: &str, expect: &[&str]) {
        let mut document = Document::default();
        document.read("f", text.as_bytes()).expect("valid");
        let shown: Vec<String> = check(&document)
            .into_iter()
            .map(|found| {
                let place = found.place.expect("a place");
                format!("{}:{} {}; {}", place.line, place.column, found.message, found.help.expect("help"))
            })
            .collect();
        assert_eq!(shown, expect, "{text:?}");
    }

    #[test]
    fn a_name_that_is_nearly_right_is_suggested() {
        check_text("[supervisord]\nlogfile=x\n[program:a]\ncommand=b\n", &[]);
        check_text(
            "[program:a]\n autorestrat = true\n",
            &["2:2 unknown option 'autorestrat' in [program:a] is ignored; did you mean autorestart?"],
        );
        check_text(
            "[program:a]\nbuffer_size=1\n",
            &[
                "2:1 unknown option 'buffer_size' in [program:a] is ignored; [program] sections have no such option",
            ],
        );
        check_text(
            "[eventlistener:a]\nbuffer_size=1\nstdout_syslog=0\n[fcgi-program:a]\nsocket=x\ncommand=a\n",
            &[],
        );
        check_text(
            "[programs:a]\n",
            &["1:1 unknown section [programs:a] is ignored; did you mean [program:a]?"],
        );
        check_text(
            "[program]\n",
            &["1:1 unknown section [program] is ignored; did you mean [program:name]?"],
        );
        check_text(
            "[supervisor]\n",
            &["1:1 unknown section [supervisor] is ignored; did you mean [supervisord]?"],
        );
        check_text(
            "[whatever]\n",
            &["1:1 unknown section [whatever] is ignored; remove it if it was meant for supervisord"],
        );
    }

    #[test]
    fn sections_of_ones_own_and_defaults_are_left_alone() {
        check_text("[DEFAULT]\nanything=1\n[unix_http_server:two]\nfile=x\n", &[]);
    }

    #[test]
    fn a_command_that_ends_in_a_comment_inside_quotes_is_suspicious() {
        check_text(
            "[program:a]\ncommand=bash -c \"a ; b\"\n",
            &[
                "2:20 command of [program:a] is cut off inside quotes by a comment; a ; or # behind a blank starts a \
                 comment, even in quotes; remove the blank before it",
            ],
        );
        check_text("[program:a]\ncommand=cat ; \"x\n", &[]);
    }
}

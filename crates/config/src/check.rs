//! Warnings about a configuration that is accepted and probably not meant: headers that are none, what is written
//! twice, names nobody reads, and commands cut off by a comment. Looks at the text only, and changes nothing. What only `--check` says is in [`lint`].

mod command;
mod habits;
mod lint;
mod script;

pub use lint::lint;
pub(crate) use lint::rules_markdown;

use crate::diagnostic::{Diagnostic, Severity};
use crate::ini::{Document, Oddity, Section, Span};
use crate::options::{Kind, Match, SECTIONS, SectionRow, nearest, section_row};
use crate::text::strip;
use crate::words::{WordsError, split_command};

/// Everything that looks wrong: first what was hardly meant to be read so, then by sections, in file order.
pub fn check(document: &Document) -> Vec<Diagnostic> {
    let mut warnings: Vec<Diagnostic> =
        document.oddities().iter().filter_map(|oddity| odd(document, oddity)).collect();
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

/// Section headers that are none. They are told beside errors too: what is missed may be what they should begin.
pub(crate) fn lost_headers(document: &Document) -> impl Iterator<Item = Diagnostic> {
    let is_lost =
        |oddity: &&Oddity| matches!(oddity, Oddity::OpenHeader { .. } | Oddity::HeaderInValue { .. });
    document.oddities().iter().filter(is_lost).filter_map(|oddity| odd(document, oddity))
}

fn odd(document: &Document, oddity: &Oddity) -> Option<Diagnostic> {
    let (span, message, help) = match oddity {
        Oddity::OpenHeader { span, name, section } => {
            let message = format!(
                "this looks like a section header without its ]: what follows it is taken for a part of [{section}]"
            );
            let name = name.replacen('=', ":", 1);
            (*span, message, format!("write [{}]", name.trim_end_matches(':')))
        }
        Oddity::HeaderInValue { span, name, section } => {
            // A value may have lines that begin so; only what names a section is told of.
            section_row(name)?;
            let message = format!(
                "this looks like a section header, but is read as a part of the value above it in [{section}]"
            );
            (*span, message, format!("write [{name}] at the start of the line"))
        }
        Oddity::OptionTwice { span, first, name, section } => {
            let line = document.line_of(*first);
            let message = format!(
                "option '{name}' stands twice in [{section}]: this one is used, that of line {line} is not"
            );
            (*span, message, "remove one of them".to_owned())
        }
        Oddity::SectionTwice { span, first, name } => {
            let line = document.line_of(*first);
            let message =
                format!("[{name}] stands twice in this file: its options are added to those of line {line}");
            (*span, message, "make one section of both, or give one of them another name".to_owned())
        }
    };
    Some(warning(document, span, message, help))
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
        // Of a header that lost its bracket everything is said already.
        let is_header = entry.key.starts_with('[') && !entry.key.starts_with("[]");
        // What is nobody's option belongs to the process that serves the namespace.
        let is_plugins = row.kind == Kind::RpcInterface && section.own("command").is_some();
        if row.option(&entry.key).is_none() && !is_header && !is_plugins {
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
    fn headers_that_lost_their_bracket_are_told_first() {
        let open = |line: u32, section: &str, name: &str| {
            format!(
                "{line}:1 this looks like a section header without its ]: what follows it is taken for a part of \
                 [{section}]; write [{name}]"
            )
        };
        check_text(
            "[program:a]\ncommand=a\n[program:b\nx=1\n",
            &[
                &open(3, "program:a", "program:b"),
                "4:1 unknown option 'x' in [program:a] is ignored; [program] sections have no such option",
            ],
        );
        check_text("[supervisord]\n[program:b ;]\n", &[&open(2, "supervisord", "program:b")]);
        check_text("[supervisord]\n[program=b\n", &[&open(2, "supervisord", "program:b")]);
        check_text("[supervisord]\n[prgram : b\n", &[&open(2, "supervisord", "prgram : b")]);
        check_text("[supervisord]\n[include:\n", &[&open(2, "supervisord", "include")]);
        check_text(
            "[DEFAULT]\n[program:a\n[program:a\n",
            &[&open(2, "DEFAULT", "program:a"), &open(3, "DEFAULT", "program:a")],
        );
        let inside = |name: &str| {
            format!(
                "3:2 this looks like a section header, but is read as a part of the value above it in [program:a]; \
                 write [{name}] at the start of the line"
            )
        };
        check_text("[program:a]\ncommand=a\n [program:b\n", &[&inside("program:b")]);
        check_text("[program:a]\ncommand=a\n [supervisord]\n", &[&inside("supervisord")]);
        check_text("[program:a]\ncommand=sh -c '\n [ -f x ]'\n", &[]);
        check_text("[include]\nfiles=a\n [ab]*.conf\n", &[]);
    }

    #[test]
    fn what_stands_twice_in_one_file_is_told() {
        check_text(
            "[program:a]\ncommand=a\nCommand = b\n",
            &[
                "3:1 option 'command' stands twice in [program:a]: this one is used, that of line 2 is not; remove one of them",
            ],
        );
        check_text(
            "[program:a]\ncommand=a\n[supervisord]\n[program:a]\nuser=b\n",
            &[
                "4:1 [program:a] stands twice in this file: its options are added to those of line 1; make one section of \
             both, or give one of them another name",
            ],
        );
        check_text(
            "[DEFAULT]\na=1\na=2\n",
            &[
                "3:1 option 'a' stands twice in [DEFAULT]: this one is used, that of line 2 is not; remove one of them",
            ],
        );
        check_text("[program:a]\ncommand=a\n[program:b]\ncommand=a\n", &[]);
    }

    #[test]
    fn other_files_may_say_it_again() {
        let mut document = Document::default();
        document.read("f", b"[program:a]\ncommand=a\n").expect("valid");
        document.read("g", b"[program:a]\ncommand=b\n").expect("valid");
        assert_eq!(check(&document), []);
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

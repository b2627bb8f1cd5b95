//! The sample configuration that `echo_supervisord_conf` prints: every option of the table, those that nearly
//! every configuration needs switched on, all others commented out. It is itself a valid configuration.

use std::fmt::Write as _;

use crate::options::{Fallback, Kind, Match, OptionRow, SECTIONS, SectionRow};

/// Options that stand in the sample without a comment sign.
const SWITCHED_ON: &[(Kind, &str)] = &[
    (Kind::UnixHttpServer, "file"),
    (Kind::Supervisord, "logfile"),
    (Kind::Supervisord, "logfile_maxbytes"),
    (Kind::Supervisord, "logfile_backups"),
    (Kind::Supervisord, "loglevel"),
    (Kind::Supervisord, "pidfile"),
    (Kind::Supervisord, "nodaemon"),
    (Kind::Supervisord, "silent"),
    (Kind::Supervisord, "minfds"),
    (Kind::Supervisord, "minprocs"),
    (Kind::RpcInterface, "supervisor.rpcinterface_factory"),
    (Kind::Supervisorctl, "serverurl"),
];

const INTRODUCTION: &str = "\
; Sample supervisor config file.
;
; A line that starts with ; or # is a comment. Behind a value a comment needs a blank before it:
; a=b ;comment. That holds inside quotes too: command=sh -c 'a ; b' is cut off behind the a.
; Quotes are not removed from values, except in environment= and in the words of command=.
; There is no shell: $HOME and ~ mean nothing in most values. %(ENV_HOME)s is the variable HOME,
; and %% is a percent sign.
; Paths below are in /tmp so that this file works as it is. Use better places: some systems empty
; /tmp.
";

/// Width of `name=value`, so that the comments stand in a column.
const COLUMN: usize = 32;

/// Longest line, in characters.
const WIDTH: usize = 100;

/// The sample configuration.
pub fn sample_configuration() -> String {
    let mut text = INTRODUCTION.to_owned();
    for section in SECTIONS {
        write_section(&mut text, section);
    }
    text
}

fn write_section(text: &mut String, section: &SectionRow) {
    let sign = if section.in_sample { "" } else { ";" };
    let name = match section.matching {
        Match::Named => format!("{}:{}", section.name, section.example),
        Match::Exactly | Match::StartsWith => section.name.to_owned(),
    };
    text.push('\n');
    for line in wrapped(&section.help.replace('`', ""), WIDTH - 2) {
        writeln!(text, "; {line}").expect("invariant: writing to a String does not fail");
    }
    writeln!(text, "{sign}[{name}]").expect("invariant: writing to a String does not fail");
    // What sections share with programs is told there; only what they cannot be without is told again.
    let shared = section.shared.iter().filter(|option| option.fallback == Fallback::Required);
    for option in shared.chain(section.own) {
        let on = section.in_sample && SWITCHED_ON.contains(&(section.kind, option.name));
        write_option(text, option, on);
    }
}

fn write_option(text: &mut String, option: &OptionRow, on: bool) {
    let sign = if on { "" } else { ";" };
    let assignment = format!("{sign}{}={}", option.name, option.sample);
    let help = option.help.trim_end_matches('.').replace('`', "").replace("; ", ", ");
    let fallback = match option.fallback {
        Fallback::Required => " (required)".to_owned(),
        Fallback::RequiredWithout(other) => format!(" (required without {other})"),
        Fallback::Text("") | Fallback::Described("none") => String::new(),
        Fallback::Text(text) => format!(" (default {text})"),
        Fallback::Described(text) => format!(" (default: {})", text.replace('`', "")),
    };
    let comment = format!("{help}{fallback}");
    let beside = WIDTH.saturating_sub(3 + assignment.len().max(COLUMN));
    // Behind a long assignment only a short comment keeps the column readable.
    let (mut line, lines) = match assignment.len() > COLUMN && comment.len() > beside {
        true => (assignment, wrapped(&comment, WIDTH - 3 - COLUMN)),
        false => {
            let mut lines = wrapped(&comment, beside);
            (format!("{assignment:COLUMN$} ; {}", lines.remove(0)), lines)
        }
    };
    for comment in lines {
        write!(line, "\n{:COLUMN$} ; {comment}", "").expect("invariant: writing to a String does not fail");
    }
    text.push_str(&line);
    text.push('\n');
}

/// `text` in lines of at most `width` characters, broken at blanks.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolve::{ConfigFile, Request, load};
    use crate::system::FakeSystem;

    fn load_text(text: String) -> crate::resolve::Loaded {
        let file = ConfigFile::Text { name: "sample.conf".to_owned(), text };
        load(&Request { file, overrides: Default::default() }, &FakeSystem::default())
            .expect("a valid configuration")
    }

    #[test]
    fn the_sample_is_a_valid_configuration_without_surprises() {
        let sample = sample_configuration();
        assert!(sample.starts_with("; Sample supervisor config file.\n"));
        let loaded = load_text(sample);
        assert_eq!(loaded.warnings, []);
        assert_eq!(loaded.messages, []);
        assert_eq!(loaded.config.rpc_namespaces, ["supervisor"]);
        assert_eq!(loaded.config.servers.len(), 1);
        assert!(loaded.config.groups.is_empty());
    }

    #[test]
    fn the_sample_is_valid_with_its_programs_switched_on() {
        let sample = sample_configuration();
        let start = sample.find(";[program:").expect("a program");
        let end = sample.find(";[eventlistener:").expect("a listener");
        let on: String = sample[start..end]
            .lines()
            .filter(|line| !line.starts_with("; ") && !line.starts_with(";user") && !line.contains("_owner="))
            .map(|line| format!("{}\n", line.trim_start_matches(';').replace("/a/path", "/tmp/path")))
            .collect();
        let loaded = load_text(format!("{}{on}", &sample[..start]));
        assert_eq!(loaded.config.groups.len(), 1);
    }

    #[test]
    fn the_sample_is_easy_to_read() {
        let sample = sample_configuration();
        for line in sample.lines() {
            assert!(line.chars().count() <= WIDTH && line.trim_end() == line, "{line}");
        }
        assert!(!sample.contains("chris") && !sample.contains("default: none"));
        assert_eq!(sample.matches(";stdout_logfile_maxbytes=").count(), 1);
        assert_eq!(sample.matches(";command=").count(), 5);
        let text = sample.replace("\n; ", " ");
        assert_eq!(text.matches("All options of a program, and:").count(), 2);
    }

    #[test]
    fn every_option_of_the_table_is_in_the_sample() {
        let sample = sample_configuration();
        for section in SECTIONS {
            for option in section.options() {
                assert!(sample.contains(&format!("{}={}", option.name, option.sample)), "{}", option.name);
            }
        }
    }
}

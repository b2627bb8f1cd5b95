//! `help`: the table as text.

use super::{Action, COMMANDS, Command, find};
use crate::render::{LIST_WIDTH, columns};

/// Width of a terminal's tab stops.
const TAB: usize = 8;

/// What `help` prints about `topic`: everything for an empty one.
#[must_use]
pub fn help_lines(topic: &str) -> Vec<String> {
    if topic.is_empty() {
        return list();
    }
    match find(topic) {
        Some(command) => explain(command),
        None => vec![format!("*** No help on {topic}")],
    }
}

/// The names of all commands but `help` itself, under a headline.
fn list() -> Vec<String> {
    let others = COMMANDS.iter().filter(|command| !matches!(command.action, Action::Help));
    let names: Vec<&str> = others.map(|command| command.name).collect();
    under_headline("default commands (type help <topic>):", &names)
}

/// The names of commands that are not in the table, as the list that `help` prints below its own; nothing if there
/// are none.
#[must_use]
pub fn more_commands(names: &[String]) -> Vec<String> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if names.is_empty() {
        Vec::new()
    } else {
        under_headline("plug-in commands (type help <topic>):", &names)
    }
}

fn under_headline(headline: &str, names: &[&str]) -> Vec<String> {
    let mut lines = vec![String::new(), headline.to_owned(), "=".repeat(headline.len())];
    lines.extend(columns(names, LIST_WIDTH));
    lines.push(String::new());
    lines
}

/// One line per form and per switch, the sentences in one column of tab stops.
pub(super) fn explain(command: &Command) -> Vec<String> {
    let forms = command.forms.iter().map(|form| (form.synopsis.to_owned(), form.sentence));
    let switches = command
        .options
        .iter()
        .map(|switch| (format!("{} {}", command.name, switch.synopsis()), switch.sentence));
    let rows: Vec<(String, &str)> = forms.chain(switches).collect();
    let longest = rows.iter().map(|(synopsis, _)| synopsis.len()).max().unwrap_or(0);
    let stop = longest / TAB + 1;
    let line = |(synopsis, sentence): &(String, &str)| {
        let tabs = "\t".repeat(stop - synopsis.len() / TAB);
        format!("{synopsis}{tabs}{sentence}")
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_one_of_the_reference() {
        let expect = "
default commands (type help <topic>):
=====================================
add    exit      open  reload  restart   start   tail   
avail  fg        pid   remove  shutdown  status  update 
clear  maintail  quit  reread  signal    stop    version
";
        assert_eq!(help_lines("").join("\n"), expect);
    }

    #[test]
    fn topics() {
        let check = |topic: &str, expect: &[&str]| assert_eq!(help_lines(topic), expect);
        check("help", &["help\t\tList the commands", "help <action>\tExplain one command"]);
        check("exit", &["exit\tLeave the prompt"]);
        check(
            "update",
            &[
                "update\t\t\tLet the daemon read its files; add, remove and restart what changed",
                "update all\t\tThe same",
                "update <gname> [...]\tThe same, for these groups only",
                "update --dry-run\tSay what would be added, removed and restarted, and why; change nothing",
            ],
        );
        check("nonsense", &["*** No help on nonsense"]);
        check("EOF", &["*** No help on EOF"]);
        check("start stop", &["*** No help on start stop"]);
    }

    #[test]
    fn sentences_stand_in_one_column() {
        for command in COMMANDS {
            let column = |line: &String| {
                let (synopsis, tabs_and_sentence) =
                    line.split_once('\t').expect("a tab follows the synopsis");
                let more_tabs = tabs_and_sentence.chars().take_while(|&character| character == '\t').count();
                synopsis.len() / TAB + 1 + more_tabs
            };
            let lines = explain(command);
            assert!(lines.iter().all(|line| column(line) == column(&lines[0])), "{lines:?}");
        }
        let signal = help_lines("signal");
        assert_eq!(signal[0], "signal <signal name> <name>\t\tSend a signal to a process");
        assert_eq!(
            signal[2],
            "signal <signal name> <name> <name>\tSend a signal to several processes or groups"
        );
    }
}

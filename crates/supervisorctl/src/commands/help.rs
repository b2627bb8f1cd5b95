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
    const HEADLINE: &str = "default commands (type help <topic>):";
    let others = COMMANDS.iter().filter(|command| !matches!(command.action, Action::Help));
    let names: Vec<&str> = others.map(|command| command.name).collect();
    let mut lines = vec![String::new(), HEADLINE.to_owned(), "=".repeat(HEADLINE.len())];
    lines.extend(columns(&names, LIST_WIDTH));
    lines.push(String::new());
    lines
}

/// One line per form, the sentences in one column of tab stops.
pub(super) fn explain(command: &Command) -> Vec<String> {
    let longest = command.forms.iter().map(|form| form.synopsis.len()).max().unwrap_or(0);
    let stop = longest / TAB + 1;
    let line = |form: &super::Form| {
        let tabs = "\t".repeat(stop - form.synopsis.len() / TAB);
        format!("{}{tabs}{}", form.synopsis, form.sentence)
    };
    command.forms.iter().map(line).collect()
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

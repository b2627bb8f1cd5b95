//! Completion: what the Tab key offers.
//!
//! Pure text work over the command table and a list of processes that is fetched only when it is needed. How
//! the offers are shown is the editor's business.

use std::collections::BTreeSet;

use provost_config::signal;

use crate::commands::{COMMANDS, Completion, find};
use crate::remote::ProcessInfo;

/// A process, by its two names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessName {
    /// Its group.
    pub group: String,
    /// Its name inside the group.
    pub name: String,
}

impl From<&ProcessInfo> for ProcessName {
    fn from(info: &ProcessInfo) -> Self {
        Self { group: info.group.clone(), name: info.name.clone() }
    }
}

/// The word that means every process.
const ALL: &str = "all";

/// What ends a word: the delimiters of the reference's line editor without `:`, `*` and `-`, which names have.
const DELIMITERS: &str = " \t\n`~!@#$%^&()=+[{]}\\|;'\",<>/?";

/// Where the word begins that ends at byte `cursor` of `line`.
#[must_use]
pub fn word_start(line: &str, cursor: usize) -> usize {
    line[..cursor].rfind(|character| DELIMITERS.contains(character)).map_or(0, |delimiter| delimiter + 1)
}

/// What `word`, the word at the cursor of `line`, may become: sorted, each with the blank that follows it.
pub fn candidates<'a>(line: &str, word: &str, processes: impl FnOnce() -> &'a [ProcessName]) -> Vec<String> {
    let mut offers = BTreeSet::new();
    match kind(line) {
        Completion::Nothing => {}
        Completion::Commands => offers.extend(COMMANDS.iter().map(|command| command.name.to_owned())),
        Completion::Groups => offers.extend(processes().iter().map(|process| process.group.clone())),
        Completion::SignalAndProcesses if is_first_argument(line) => {
            offers.extend(signal::names().map(str::to_owned));
        }
        Completion::Processes => offers.extend(names(word, processes())),
        Completion::ProcessesOrAll | Completion::SignalAndProcesses => {
            offers.extend(names(word, processes()).chain([ALL.to_owned()]));
        }
    }
    if word.starts_with('-') {
        offers.extend(switches(line).map(str::to_owned));
    }
    offers.into_iter().filter(|offer| offer.starts_with(word)).map(|offer| offer + " ").collect()
}

/// Whether the word that ends a line is the first behind its command.
fn is_first_argument(line: &str) -> bool {
    let words = line.split_whitespace().count();
    words == if line.ends_with(' ') { 1 } else { 2 }
}

/// The names of processes, and of groups with `:*`, as one types them.
fn names(word: &str, processes: &[ProcessName]) -> impl Iterator<Item = String> {
    processes.iter().flat_map(move |ProcessName { group, name }| {
        if group == name && !word.contains(':') {
            vec![name.clone()]
        } else {
            vec![format!("{group}:{name}"), format!("{group}:*")]
        }
    })
}

/// Whether a line wants a command next.
#[must_use]
pub fn wants_command(line: &str) -> bool {
    kind(line) == Completion::Commands
}

/// The switches of the line's command.
fn switches(line: &str) -> impl Iterator<Item = &'static str> {
    let command = line.split_whitespace().next().and_then(find);
    let options = command.map_or(&[][..], |command| command.options);
    options.iter().flat_map(|switch| switch.short.into_iter().chain([switch.long]))
}

/// What a line wants next: a command until there is one, then what the command's row says.
fn kind(line: &str) -> Completion {
    let mut words = line.split_whitespace();
    match (words.next(), words.next()) {
        (None, _) => Completion::Commands,
        (Some(_), None) if !line.ends_with(' ') => Completion::Commands,
        (Some(first), _) => find(first).map_or(Completion::Nothing, |command| command.completion),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Completes `line` at its end against four processes: `cat`, `g:a`, `g:b` and `dog`.
    fn check(line: &str, expect: &str) {
        let process = |group: &str, name: &str| ProcessName { group: group.into(), name: name.into() };
        let all = [process("cat", "cat"), process("g", "b"), process("g", "a"), process("dog", "dog")];
        let word = &line[word_start(line, line.len())..];
        let found = candidates(line, word, || &all);
        assert!(found.iter().all(|candidate| candidate.ends_with(' ')), "{found:?}");
        assert_eq!(found.concat().trim_end(), expect, "{line:?}");
    }

    #[test]
    fn commands_first() {
        let all: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
        check("", &all.join(" "));
        check("  ", &all.join(" "));
        check("st", "start status stop");
        check("re", "reload remove reread restart");
        check("help ", &all.join(" "));
        check("help sta", "start status");
        check("nonsense", "");
    }

    #[test]
    fn groups_for_what_takes_groups() {
        for command in ["add", "remove", "update"] {
            check(&format!("{command} "), "cat dog g");
            check(&format!("{command} cat d"), "dog");
        }
    }

    #[test]
    fn processes_for_what_takes_processes() {
        for command in ["fg", "tail"] {
            check(&format!("{command} "), "cat dog g:* g:a g:b");
        }
        for command in ["clear", "pid", "restart", "signal HUP", "start", "status", "stop"] {
            check(&format!("{command} "), "all cat dog g:* g:a g:b");
        }
        check("start c", "cat");
        check("start cat:", "cat:* cat:cat");
        check("start g", "g:* g:a g:b");
        check("start g:", "g:* g:a g:b");
        check("start g:a", "g:a");
        check("start g:*", "g:*");
        check("start cat g:b", "g:b");
        check("start zz", "");
    }

    #[test]
    fn signals_before_the_processes_they_go_to() {
        check("signal T", "TERM TRAP TSTP TTIN TTOU");
        check("signal US", "USR1 USR2");
        check("signal c", "");
        check("signal HUP c", "cat");
        check("signal HUP cat al", "all");
        check("stop US", "");
    }

    #[test]
    fn switches_for_what_begins_with_a_dash() {
        check("status -", "--long --watch -l");
        check("status cat --w", "--watch");
        check("update --", "--dry-run");
        check("stop -", "");
        check("-", "");
    }

    #[test]
    fn nothing_for_the_others() {
        for command in
            ["avail", "exit", "maintail", "open", "quit", "reload", "reread", "shutdown", "version"]
        {
            check(&format!("{command} "), "");
        }
        check("nonsense c", "");
    }

    #[test]
    fn processes_are_fetched_only_when_needed() {
        let unwanted = || -> &'static [ProcessName] { panic!("commands need no processes") };
        assert_eq!(candidates("vers", "vers", unwanted), ["version "]);
        assert!(candidates("version x", "x", unwanted).is_empty());
    }

    #[test]
    fn words_begin_after_delimiters() {
        let check = |line: &str, expect: usize| assert_eq!(word_start(line, line.len()), expect, "{line}");
        check("", 0);
        check("start", 0);
        check("start a", 6);
        check("start g:a-b.c_d*", 6);
        check("tail a/b", 7);
        check("tail é", 5);
    }
}

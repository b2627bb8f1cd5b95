//! Completion for shells, from the tables of options and commands.
//!
//! The scripts know options, commands and switches by heart, and ask the daemon for names: `supervisorctl avail` is
//! one call that stops nothing and waits for nothing. Whatever goes wrong there offers no names and says nothing.
//! Names of programs come from elsewhere, so no script lets a shell evaluate them.

mod bash;
mod fish;
mod zsh;

use provost_config::cli::{OptionHelp, ctl_options, supervisord_options};
use provost_config::signal;
use provost_supervisorctl::commands::{COMMANDS, Command, Completion};

pub(crate) use bash::{supervisorctl as supervisorctl_bash, supervisord as supervisord_bash};
pub(crate) use fish::{supervisorctl as supervisorctl_fish, supervisord as supervisord_fish};
pub(crate) use zsh::{supervisorctl as supervisorctl_zsh, supervisord as supervisord_zsh};

/// Stands at the top of each script, behind the shell's mark for comments.
const ORIGIN: &str = "Generated from the tables in the code by `cargo xtask docs`; do not edit.";

/// The spellings of an option, with dashes.
fn spellings(option: &OptionHelp) -> Vec<String> {
    let short = option.short.map(|letter| format!("-{letter}"));
    let long = option.long.map(|long| format!("--{long}"));
    short.into_iter().chain(long).collect()
}

/// What an option's argument is, as far as a shell can help with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operand {
    File,
    Directory,
    User,
    Other,
}

fn operand(option: &OptionHelp) -> Option<Operand> {
    option.argument.map(|name| match name {
        "FILENAME" => Operand::File,
        "DIRECTORY" => Operand::Directory,
        "USER" => Operand::User,
        _ => Operand::Other,
    })
}

/// The commands that complete in this way, by name.
fn completing(completion: Completion) -> Vec<&'static str> {
    COMMANDS.iter().filter(|command| command.completion == completion).map(|command| command.name).collect()
}

/// The commands that take names of processes, whatever else they take.
fn taking_processes() -> Vec<&'static str> {
    COMMANDS.iter().filter(|command| takes_processes(command)).map(|command| command.name).collect()
}

fn takes_processes(command: &Command) -> bool {
    use Completion::{Commands, Groups, Nothing, Processes, ProcessesOrAll, SignalAndProcesses};
    match command.completion {
        Processes | ProcessesOrAll | SignalAndProcesses => true,
        Nothing | Commands | Groups => false,
    }
}

/// The commands that take the word `all` for every process.
fn taking_all() -> Vec<&'static str> {
    let alone = completing(Completion::ProcessesOrAll).into_iter();
    alone.chain(completing(Completion::SignalAndProcesses)).collect()
}

/// The names of signals, as one types them.
fn signals() -> String {
    signal::names().collect::<Vec<_>>().join(" ")
}

/// The commands that have switches, and those.
fn with_switches() -> impl Iterator<Item = (&'static Command, Vec<Switch>)> {
    let all = COMMANDS.iter().map(|command| (command, switches(command)));
    all.filter(|(_, switches)| !switches.is_empty())
}

/// A word that changes what a command does.
struct Switch {
    /// With its dashes.
    word: &'static str,
    sentence: &'static str,
}

/// The switches of a command: those of its row, and what begins with a dash in its forms.
fn switches(command: &Command) -> Vec<Switch> {
    let in_forms = command.forms.iter().flat_map(|form| {
        let words = form.synopsis.split_whitespace().map(|word| word.trim_matches(['[', ']']));
        let dashed =
            words.filter(|word| word.starts_with('-') && !word.ends_with(|last: char| last.is_ascii_digit()));
        dashed.map(|word| Switch { word, sentence: form.sentence })
    });
    let in_row = command.options.iter().flat_map(|switch| {
        let words = switch.short.into_iter().chain([switch.long]);
        words.map(|word| Switch { word, sentence: switch.sentence })
    });
    let mut switches: Vec<Switch> = Vec::new();
    for switch in in_row.chain(in_forms) {
        if switches.iter().all(|other| other.word != switch.word) {
            switches.push(switch);
        }
    }
    switches
}

/// What a command does, in one sentence: that of its plainest form.
fn summary(command: &Command) -> &'static str {
    let plainest = command.forms.iter().find(|form| form.synopsis == command.name);
    plainest.unwrap_or(&command.forms[0]).sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_of_commands() {
        let check = |name: &str, expect: &[&str]| {
            let command =
                COMMANDS.iter().find(|command| command.name == name).expect("it stands in the table");
            let words: Vec<&str> = switches(command).iter().map(|switch| switch.word).collect();
            assert_eq!(words, expect, "{name}");
        };
        check("start", &[]);
        check("status", &["-l", "--long", "--watch"]);
        check("update", &["--dry-run"]);
        check("maintail", &["-f"]);
        check("tail", &["-f", "-n", "--grep", "--both", "--stderr"]);
    }
}

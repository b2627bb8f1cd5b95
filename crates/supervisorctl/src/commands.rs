//! The commands: one table of everything a command line can begin with.
//!
//! From the table come dispatch, `help`, completion and the manual. A row says what a command is called, what
//! it accepts and which function does it; the functions stand in the submodules, one per subject. A row for
//! a new command is all that the rest of the program needs.

mod configuration;
mod control;
mod daemon;
mod foreground;
mod help;
mod inspect;
mod logs;
mod status;

use crate::failure::Failure;
use crate::session::Session;

pub use help::{help_lines, more_commands};

/// One command.
#[derive(Debug)]
pub struct Command {
    /// The first word of its lines.
    pub name: &'static str,
    /// Its forms, as `help` shows them.
    pub forms: &'static [Form],
    /// What may follow the name.
    pub arguments: Arguments,
    /// Words among the arguments that change what it does.
    pub options: &'static [Switch],
    /// What the Tab key offers after the name.
    pub completion: Completion,
    /// What it does.
    pub action: Action,
}

/// One way to write a command.
#[derive(Debug)]
pub struct Form {
    /// The way.
    pub synopsis: &'static str,
    /// What it does, in a sentence.
    pub sentence: &'static str,
}

/// A word among a command's arguments that changes what it does.
#[derive(Debug, PartialEq, Eq)]
pub struct Switch {
    /// With one dash, if it has such a form.
    pub short: Option<&'static str>,
    /// With two dashes.
    pub long: &'static str,
    /// What its value is called, which stands behind `=` and may be left out.
    pub value: Option<&'static str>,
    /// What it does, in a sentence.
    pub sentence: &'static str,
}

impl Switch {
    /// Its forms, as they are typed: `-l` and `--long`, or `--watch[=SECONDS]`.
    #[must_use]
    pub fn synopsis(&self) -> String {
        let short = self.short.map(|short| format!("{short}|")).unwrap_or_default();
        let value = self.value.map(|value| format!("[={value}]")).unwrap_or_default();
        format!("{short}{}{value}", self.long)
    }
}

/// Whether a command takes arguments. Which ones are right is for its function to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arguments {
    /// None; any is an error.
    None,
    /// Whatever follows is handed over, or ignored.
    Any,
}

impl Command {
    /// The switch that `word` is, and the value in it.
    fn switch<'a>(&self, word: &'a str) -> Option<(&'static Switch, Option<&'a str>)> {
        let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
        let is_it = |switch: &&Switch| {
            let called = switch.long == name || switch.short == Some(name);
            called && (value.is_none() || switch.value.is_some())
        };
        self.options.iter().find(is_it).map(|switch| (switch, value))
    }
}

/// What the Tab key offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// Nothing.
    Nothing,
    /// Names of commands.
    Commands,
    /// Names of active groups.
    Groups,
    /// Names of processes, and of groups with `:*`.
    Processes,
    /// The same, and the word for all of them.
    ProcessesOrAll,
    /// The name of a signal first, then what [`Completion::ProcessesOrAll`] offers.
    SignalAndProcesses,
}

/// What a command does.
#[derive(Debug, Clone, Copy)]
pub enum Action {
    /// Run this function.
    Run(fn(&mut Session, &Invocation<'_>) -> Result<(), Failure>),
    /// Explain the commands.
    Help,
    /// Leave the prompt.
    Quit,
}

/// A command line that was understood.
#[derive(Debug, Clone, Copy)]
pub struct Invocation<'a> {
    /// Its command.
    pub command: &'static Command,
    /// Everything after the command, without blanks around it.
    pub argument: &'a str,
}

impl<'a> Invocation<'a> {
    /// The argument's words.
    pub fn words(&self) -> Vec<&'a str> {
        self.argument.split_whitespace().collect()
    }

    /// The switches among the words with their values, and the other words.
    pub(crate) fn switches_and_names(&self) -> (Vec<(&'static Switch, Option<&'a str>)>, Vec<&'a str>) {
        let mut switches = Vec::new();
        let mut names = Vec::new();
        for word in self.words() {
            match self.command.switch(word) {
                Some(found) => switches.push(found),
                None => names.push(word),
            }
        }
        (switches, names)
    }
}

/// What follows a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Flow {
    /// The next line.
    Continue,
    /// Nothing: the user is done.
    Quit,
    /// Nothing: the user pressed Ctrl-C while the command waited.
    Interrupted,
}

/// The command called `name`.
#[must_use]
pub fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

const fn form(synopsis: &'static str, sentence: &'static str) -> Form {
    Form { synopsis, sentence }
}

/// All commands, by name.
pub static COMMANDS: &[Command] = &[
    Command {
        name: "add",
        forms: &[form("add <name> [...]", "Make configured groups active")],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::Groups,
        action: Action::Run(configuration::add),
    },
    Command {
        name: "avail",
        forms: &[form("avail", "List every configured process, active or not")],
        arguments: Arguments::None,
        options: &[],
        completion: Completion::Nothing,
        action: Action::Run(configuration::avail),
    },
    Command {
        name: "clear",
        forms: &[
            form("clear <name>", "Empty the log files of a process"),
            form("clear <gname>:*", "Empty the log files of a whole group"),
            form("clear <name> <name>", "Empty the log files of several processes or groups"),
            form("clear all", "Empty the log files of every process"),
        ],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::ProcessesOrAll,
        action: Action::Run(control::clear),
    },
    Command {
        name: "exit",
        forms: &[form("exit", "Leave the prompt")],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::Nothing,
        action: Action::Quit,
    },
    Command {
        name: "fg",
        forms: &[form("fg <process>", "Talk to a process as if it ran in this terminal; Ctrl-C to leave it")],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::Processes,
        action: Action::Run(foreground::fg),
    },
    Command {
        name: "help",
        forms: &[form("help", "List the commands"), form("help <action>", "Explain one command")],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::Commands,
        action: Action::Help,
    },
    Command {
        name: "maintail",
        forms: &[
            form("maintail -f", "Follow the daemon's own log; Ctrl-C to leave it"),
            form("maintail -100", "Print the last 100 bytes of the daemon's own log"),
            form("maintail", "Print the last 1600 bytes of the daemon's own log"),
        ],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::Nothing,
        action: Action::Run(logs::maintail),
    },
    Command {
        name: "open",
        forms: &[form("open <url>", "Turn to another daemon: http://HOST:PORT or unix:///PATH")],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::Nothing,
        action: Action::Run(daemon::open),
    },
    Command {
        name: "pid",
        forms: &[
            form("pid", "Print the pid of the daemon"),
            form("pid <name>", "Print the pid of a process"),
            form("pid all", "Print the pid of every process, one per line"),
        ],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::ProcessesOrAll,
        action: Action::Run(inspect::pid),
    },
    Command {
        name: "quit",
        forms: &[form("quit", "Leave the prompt")],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::Nothing,
        action: Action::Quit,
    },
    Command {
        name: "reload",
        forms: &[form("reload", "Stop every process and let the daemon start over with its files read anew")],
        arguments: Arguments::None,
        options: &[],
        completion: Completion::Nothing,
        action: Action::Run(daemon::reload),
    },
    Command {
        name: "remove",
        forms: &[form("remove <name> [...]", "Drop stopped groups from the active configuration")],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::Groups,
        action: Action::Run(configuration::remove),
    },
    Command {
        name: "reread",
        forms: &[form("reread", "Let the daemon read its files and tell what `update` would change")],
        arguments: Arguments::None,
        options: &[],
        completion: Completion::Nothing,
        action: Action::Run(configuration::reread),
    },
    Command {
        name: "restart",
        forms: &[
            form("restart <name>", "Stop a process and start it again, as configured when it was added"),
            form("restart <gname>:*", "Restart a whole group"),
            form("restart <name> <name>", "Restart several processes or groups"),
            form("restart all", "Restart every process"),
        ],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::ProcessesOrAll,
        action: Action::Run(control::restart),
    },
    Command {
        name: "shutdown",
        forms: &[form("shutdown", "Stop every process and end the daemon")],
        arguments: Arguments::None,
        options: &[],
        completion: Completion::Nothing,
        action: Action::Run(daemon::shutdown),
    },
    Command {
        name: "signal",
        forms: &[
            form("signal <signal name> <name>", "Send a signal to a process"),
            form("signal <signal name> <gname>:*", "Send a signal to a whole group"),
            form("signal <signal name> <name> <name>", "Send a signal to several processes or groups"),
            form("signal <signal name> all", "Send a signal to every process"),
        ],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::SignalAndProcesses,
        action: Action::Run(control::signal),
    },
    Command {
        name: "start",
        forms: &[
            form("start <name>", "Start a process and wait until it runs"),
            form("start <gname>:*", "Start a whole group"),
            form("start <name> <name>", "Start several processes or groups"),
            form("start all", "Start every process"),
        ],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::ProcessesOrAll,
        action: Action::Run(control::start),
    },
    Command {
        name: "status",
        forms: &[
            form("status <name>", "Show the state of a process"),
            form("status <gname>:*", "Show the states of a whole group"),
            form("status <name> <name>", "Show the states of several processes or groups"),
            form("status", "Show the states of all processes"),
        ],
        arguments: Arguments::Any,
        options: &[status::LONG, status::WATCH],
        completion: Completion::ProcessesOrAll,
        action: Action::Run(status::status),
    },
    Command {
        name: "stop",
        forms: &[
            form("stop <name>", "Stop a process and wait until it has ended"),
            form("stop <gname>:*", "Stop a whole group"),
            form("stop <name> <name>", "Stop several processes or groups"),
            form("stop all", "Stop every process"),
        ],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::ProcessesOrAll,
        action: Action::Run(control::stop),
    },
    Command {
        name: "tail",
        forms: &[
            form("tail [-f] <name> [stdout|stderr]", "Print the end of a process's log (default stdout)"),
            form("tail -f <name>", "Follow what a process prints; Ctrl-C to leave it"),
            form("tail -f <name> <gname>:*", "Follow several processes, each line behind its name"),
            form("tail -n 20 <name>", "Print, or with -f begin with, the last 20 lines"),
            form("tail --grep <regex> <name>", "Show only lines in which the regular expression is found"),
            form("tail --both <name>", "Show stdout and stderr"),
            form("tail --stderr <name>", "Show stderr only"),
            form("tail -100 <name>", "Print the last 100 bytes; -0 prints the whole log"),
            form("tail <name> stderr", "Print the last 1600 bytes of its standard error"),
        ],
        arguments: Arguments::Any,
        options: &[],
        completion: Completion::Processes,
        action: Action::Run(logs::tail),
    },
    Command {
        name: "update",
        forms: &[
            form("update", "Let the daemon read its files; add, remove and restart what changed"),
            form("update all", "The same"),
            form("update <gname> [...]", "The same, for these groups only"),
        ],
        arguments: Arguments::Any,
        options: &[configuration::DRY_RUN],
        completion: Completion::Groups,
        action: Action::Run(configuration::update),
    },
    Command {
        name: "version",
        forms: &[form("version", "Print the version of the daemon")],
        arguments: Arguments::None,
        options: &[],
        completion: Completion::Nothing,
        action: Action::Run(inspect::version),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_explained() {
        assert!(COMMANDS.is_sorted_by(|a, b| a.name < b.name));
        for command in COMMANDS {
            assert!(!command.forms.is_empty(), "{} has no form", command.name);
            for form in command.forms {
                assert!(form.synopsis.starts_with(command.name), "{}", form.synopsis);
                assert!(!form.sentence.is_empty() && !form.sentence.ends_with('.'), "{}", form.synopsis);
            }
            for switch in command.options {
                assert!(switch.long.starts_with("--") && !switch.sentence.ends_with('.'), "{}", switch.long);
            }
        }
    }

    #[test]
    fn switches_are_told_from_names() {
        let check = |line: &str, expect: &[(&str, Option<&str>)], names: &[&str]| {
            let (name, argument) = line.split_once(' ').expect("a command and its arguments");
            let command = find(name).expect("it stands in the table");
            let (switches, others) = Invocation { command, argument }.switches_and_names();
            let switches: Vec<_> = switches.iter().map(|(switch, value)| (switch.long, *value)).collect();
            assert_eq!((switches.as_slice(), others.as_slice()), (expect, names), "{line}");
        };
        check("status a -l b", &[("--long", None)], &["a", "b"]);
        check("status --long --watch", &[("--long", None), ("--watch", None)], &[]);
        check("status --watch=5 x", &[("--watch", Some("5"))], &["x"]);
        check("status --watch= x", &[("--watch", Some(""))], &["x"]);
        // No switches, so names that no process has, as in the reference.
        check("status -l=1 -x --lon", &[], &["-l=1", "-x", "--lon"]);
        check("update --dry-run g", &[("--dry-run", None)], &["g"]);
        check("stop -l", &[], &["-l"]);
    }

    #[test]
    fn names_are_what_a_line_can_begin_with() {
        for command in COMMANDS {
            assert!(command.name.chars().all(|character| character.is_ascii_lowercase()), "{}", command.name);
            assert!(std::ptr::eq(find(command.name).expect("it stands in the table"), command));
        }
        assert!(find("EOF").is_none() && find("").is_none());
    }
}

//! Warnings of `supervisord --check` about what is valid and bites people: one rule each, in one table.
//!
//! A rule looks at the resolved configuration (and, through it, at the text), never at more of the system than the
//! questions of [`System`]. The daemon does not print these at its start: whoever runs a configuration on purpose has
//! seen them, and a log is no place for advice.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;

use super::command::{Problem, log_files, problem};
use super::habits;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ini::{Entry, Section, Span};
use crate::model::{Address, KillMode, LogFile, Process};
use crate::options::{ValueType, section_row};
use crate::path;
use crate::resolve::Loaded;
use crate::system::System;
use crate::words::{WordsError, split_command};

/// What rules look at.
struct Subject<'a> {
    loaded: &'a Loaded,
    system: &'a dyn System,
}

/// What a rule found.
struct Finding {
    /// Where.
    span: Span,
    /// What takes the place of `{}` in the rule's message.
    what: String,
}

/// One rule.
struct Rule {
    /// Its name, printed behind the message.
    id: &'static str,
    /// Finds every case.
    when: fn(&Subject<'_>) -> Vec<Finding>,
    /// What is wrong; `{}` is what was found.
    message: &'static str,
    /// What to do about it.
    help: &'static str,
}

/// Every rule, in the order of the warnings.
#[rustfmt::skip]
const RULES: &[Rule] = &[
    Rule {
        id: "cut-in-quotes", when: cut_in_quotes,
        message: "{} is cut off inside quotes by a comment",
        help: "a ; or # behind a blank starts a comment, even in quotes; remove the blank before it",
    },
    Rule {
        id: "lone-percent", when: lone_percent,
        message: "{} has a percent sign that is refused when the value is expanded",
        help: "write %% for a percent sign",
    },
    Rule {
        id: "quoted-path", when: quoted_path,
        message: "the quotes around {} are a part of its name",
        help: "write the path without quotes: blanks in it need none",
    },
    Rule {
        id: "no-log-directory", when: no_log_directory,
        message: "{} cannot be written by the user who checks this",
        help: "make the directory writable for the daemon, or name another one",
    },
    Rule {
        id: "nothing-included", when: nothing_included,
        message: "no file matches {} of [include]",
        help: "correct the pattern; it is relative to the directory of this file",
    },
    Rule {
        id: "no-socket-directory", when: no_socket_directory,
        message: "{} does not exist, so that the server cannot be opened",
        help: "make the directory, or write another file",
    },
    Rule {
        id: "no-directory", when: no_directory,
        message: "{} does not exist, so that the program cannot start",
        help: "make the directory, or correct its name",
    },
    Rule {
        id: "unreadable-command", when: unreadable_command,
        message: "{}, so that the program cannot start",
        help: "close every quote, and double a backslash at the end",
    },
    Rule {
        id: "quoted-command", when: quoted_command,
        message: "the whole command of {} is in quotes, and taken for the name of one file",
        help: "remove the quotes around the command",
    },
    Rule {
        id: "tilde", when: tilde,
        message: "~ is not expanded in command: {} is taken as it is",
        help: "write the whole path; %(ENV_HOME)s is the daemon's HOME",
    },
    Rule {
        id: "not-found", when: not_found,
        message: "{} is not found",
        help: "write its absolute path, or set PATH in environment",
    },
    Rule {
        id: "not-executable", when: not_executable,
        message: "{} cannot be executed",
        help: "name a program, or a script with #! in its first line, and make it executable with chmod +x",
    },
    Rule {
        id: "negative-time", when: negative_time,
        message: "{} is negative and counts as 0",
        help: "write a number of seconds, 0 or more",
    },
    Rule {
        id: "shared-log", when: shared_log,
        message: "{}: each rolls it over without the other",
        help: "write a file for each (%(process_num)d tells processes apart), or redirect_stderr=true",
    },
    Rule {
        id: "daemonizes", when: daemonizes,
        message: "{}: the program goes to the background, where it cannot be supervised",
        help: "keep it in the foreground; `pidproxy` stands in for programs that cannot stay there",
    },
    Rule {
        id: "shell-keeps-signals", when: shell_keeps_signals,
        message: "{} runs programs in a shell that waits for them, and the stop signal reaches only the shell",
        help: "write stopasgroup=true, or `exec` before the program that stays",
    },
    Rule {
        id: "kill-without-stop", when: kill_without_stop,
        message: "{} has killasgroup without stopasgroup: what its children ignore, or never hear of, is only SIGKILL",
        help: "write stopasgroup=true, which implies killasgroup",
    },
    Rule {
        id: "environment-of-nobody", when: environment_of_nobody,
        message: "{} has user_environment without user: it does nothing",
        help: "write user= with the user to run as; or set HOME and USER in environment",
    },
    Rule {
        id: "open-to-all", when: open_to_all,
        message: "{} can be used without a password by everybody who reaches it, to run programs as the daemon's user",
        help: "set username and password, or listen on 127.0.0.1",
    },
    Rule {
        id: "socket-for-all", when: socket_for_all,
        message: "{} can be used without a password by every user of this machine",
        help: "write chmod=0700, or chmod=0770 and chown=user:group",
    },
    Rule {
        id: "no-interface", when: no_interface,
        message: "{} serves no interface: supervisorctl and the web pages do not work",
        help: "add [rpcinterface:supervisor] with supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
    },
    Rule {
        id: "python-command", when: python_command,
        message: "{} names Python code only, which supervisorctl does not run: there is no such command",
        help: "write command= with a program that does the same; or leave it for the client of Supervisor",
    },
    Rule {
        id: "logs-in-tmp", when: logs_in_tmp,
        message: "automatic logs ({}) are removed by whoever cleans up that directory",
        help: "set childlogdir in [supervisord], or stdout_logfile and stderr_logfile of each program",
    },
    Rule {
        id: "root", when: root,
        message: "the daemon is to run as root{}",
        help: "set user in [supervisord], or in each program; user=root says that it is meant",
    },
];

/// What is valid in a configuration and probably not meant, beyond what the activity log says of it at the start.
pub fn lint(loaded: &Loaded, system: &dyn System) -> Vec<Diagnostic> {
    let subject = Subject { loaded, system };
    let mut warnings = Vec::new();
    for rule in RULES {
        for Finding { span, what } in (rule.when)(&subject) {
            warnings.push(Diagnostic {
                severity: Severity::Warning,
                message: format!("{} ({})", rule.message.replace("{}", &what), rule.id),
                place: Some(loaded.document.place(span)),
                help: Some(rule.help.to_owned()),
            });
        }
    }
    warnings
}

/// The rules, as a part of the option reference.
pub(crate) fn rules_markdown() -> String {
    let mut page =
        "\n## What `--check` warns about\n\n| rule | warning | help |\n| --- | --- | --- |\n".to_owned();
    for Rule { id, message, help, .. } in RULES {
        let message = message.replace("{}: ", "").replace("{}", "…");
        writeln!(page, "| `{id}` | {message} | {help} |")
            .expect("invariant: writing to a String does not fail");
    }
    page
}

impl<'a> Subject<'a> {
    /// Options of sections that mean something to somebody, with the name of their section.
    fn entries(&self) -> impl Iterator<Item = (&'a Section, &'a Entry)> {
        let sections = self.loaded.document.sections().iter();
        let known = sections.filter_map(|section| Some((section, section_row(&section.name)?)));
        known.flat_map(|(section, row)| {
            let entries = section.entries().iter().filter(|entry| row.option(&entry.key).is_some());
            entries.map(move |entry| (section, entry))
        })
    }

    /// The first process of each section, which speaks for its brothers, and the section.
    fn programs(&self) -> impl Iterator<Item = (&'a Arc<Process>, &'a Section)> {
        let mut seen = HashSet::new();
        let firsts = self.loaded.origins.iter().filter(move |(_, section)| seen.insert(section.as_str()));
        firsts.filter_map(|(process, section)| Some((process, self.loaded.document.section(section)?)))
    }

    /// The place of an option, or of its section if it is not written.
    fn span(&self, section: &Section, option: &str) -> Span {
        self.loaded.document.option(section, option).map_or(section.span, |entry| entry.value_span)
    }

    /// Programs of which that is true, at the place of that option.
    fn programs_where(&self, option: &str, is_so: impl Fn(&Process) -> bool) -> Vec<Finding> {
        let found = self.programs().filter(|(process, _)| is_so(process));
        let finding = |(_, section): (_, &Section)| Finding {
            span: self.span(section, option),
            what: format!("[{}]", section.name),
        };
        found.map(finding).collect()
    }
}

fn cut_in_quotes(subject: &Subject<'_>) -> Vec<Finding> {
    // The command is looked at by the warnings that the log has too.
    let found = subject.entries().filter(|(_, entry)| {
        entry.key != "command" && split_command(&entry.value) == Err(WordsError::OpenQuote)
    });
    let finding = |(section, entry): (&Section, &Entry)| {
        Some(Finding { span: entry.comment?, what: format!("{} of [{}]", entry.key, section.name) })
    };
    found.filter_map(finding).collect()
}

/// In a valid configuration only values that the daemon itself never expands are left with one.
fn lone_percent(subject: &Subject<'_>) -> Vec<Finding> {
    let found = subject.entries().filter(|(_, entry)| has_lone_percent(&entry.value));
    let finding = |(section, entry): (&Section, &Entry)| Finding {
        span: entry.value_span,
        what: format!("{} of [{}]", entry.key, section.name),
    };
    found.map(finding).collect()
}

/// Whether a percent sign is neither doubled nor the start of `%(name)`.
fn has_lone_percent(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let behind = &rest[at + 1..];
        rest = match behind.strip_prefix('%') {
            Some(behind) => behind,
            None if behind.starts_with('(') && behind.contains(')') => behind,
            None => return true,
        };
    }
    false
}

/// A path in quotes that has a directory in it is refused, as that directory does not exist; one without is not.
fn quoted_path(subject: &Subject<'_>) -> Vec<Finding> {
    let is_path = |section: &Section, entry: &Entry| {
        let option = section_row(&section.name).and_then(|row| row.option(&entry.key));
        entry.key == "directory"
            || option.is_some_and(|option| {
                use ValueType::{Directory, FilePath, LogFile, MainLog, Path};
                matches!(option.value, Directory | FilePath | LogFile | MainLog | Path)
            })
    };
    let is_quoted = |text: &str| {
        let inside = text.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\'']));
        inside.is_some_and(|inside| !inside.is_empty())
    };
    let found =
        subject.entries().filter(|(section, entry)| is_quoted(&entry.value) && is_path(section, entry));
    let finding = |(section, entry): (&Section, &Entry)| Finding {
        span: entry.value_span,
        what: format!("{} of [{}]", entry.key, section.name),
    };
    found.map(finding).collect()
}

/// A directory that is missing is an error, or will be made; one that cannot be written to is neither.
fn no_log_directory(subject: &Subject<'_>) -> Vec<Finding> {
    let refused =
        |directory: &str| subject.system.is_dir(directory) && !subject.system.is_writable_dir(directory);
    let mut found = Vec::new();
    for (process, section) in subject.programs() {
        for (option, channel) in [("stdout_logfile", &process.stdout), ("stderr_logfile", &process.stderr)] {
            let LogFile::Path(file) = &channel.logfile else { continue };
            let directory = path::dirname(file);
            if !directory.is_empty() && !directory.starts_with("/dev") && refused(directory) {
                let what = format!("the directory {directory} of {option} in [{}]", section.name);
                found.push(Finding { span: subject.span(section, option), what });
            }
        }
    }
    found
}

fn nothing_included(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(section) = subject.loaded.document.section("include") else { return Vec::new() };
    let span = subject.span(section, "files");
    subject.loaded.unmatched_includes.iter().map(|what| Finding { span, what: what.clone() }).collect()
}

fn no_socket_directory(subject: &Subject<'_>) -> Vec<Finding> {
    let missing = subject.loaded.config.servers.iter().filter_map(|server| {
        let Address::Unix { path: file, .. } = &server.address else { return None };
        let directory = path::dirname(file);
        let section = subject.loaded.document.section(&server.section)?;
        let what = format!("the directory {directory} of [{}]", section.name);
        (!subject.system.is_dir(directory)).then(|| Finding { span: subject.span(section, "file"), what })
    });
    missing.collect()
}

fn no_directory(subject: &Subject<'_>) -> Vec<Finding> {
    let missing = subject.programs().filter_map(|(process, section)| {
        let directory = process.directory.as_deref().filter(|directory| !subject.system.is_dir(directory))?;
        let what = format!("the directory {directory} of [{}]", section.name);
        Some(Finding { span: subject.span(section, "directory"), what })
    });
    missing.collect()
}

/// Commands with a problem that can be put into words.
fn commands(subject: &Subject<'_>, words: impl Fn(Problem, &Section) -> Option<String>) -> Vec<Finding> {
    let found = subject.programs().filter_map(|(process, section)| {
        let what = words(problem(process, subject.loaded, subject.system)?, section)?;
        Some(Finding { span: subject.span(section, "command"), what })
    });
    found.collect()
}

fn unreadable_command(subject: &Subject<'_>) -> Vec<Finding> {
    commands(subject, |problem, section| match problem {
        // Of a comment that cuts it the log tells too.
        Problem::Unsplit(_) if section.own("command").is_some_and(|entry| entry.comment.is_some()) => None,
        Problem::Unsplit(error) => {
            Some(format!("command of [{}] cannot be split into words ({error})", section.name))
        }
        _ => None,
    })
}

fn quoted_command(subject: &Subject<'_>) -> Vec<Finding> {
    commands(subject, |problem, section| match problem {
        Problem::Quoted => Some(format!("[{}]", section.name)),
        _ => None,
    })
}

fn tilde(subject: &Subject<'_>) -> Vec<Finding> {
    commands(subject, |problem, section| match problem {
        Problem::Tilde(word) => Some(format!("{word} of [{}]", section.name)),
        _ => None,
    })
}

fn not_found(subject: &Subject<'_>) -> Vec<Finding> {
    commands(subject, |problem, section| match problem {
        Problem::NotFound(word) => Some(format!("{word}, the program of [{}],", section.name)),
        _ => None,
    })
}

fn not_executable(subject: &Subject<'_>) -> Vec<Finding> {
    commands(subject, |problem, section| match problem {
        Problem::NotExecutable(file) => Some(format!("{file}, the program of [{}],", section.name)),
        _ => None,
    })
}

fn negative_time(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (process, section) in subject.programs() {
        for (option, seconds) in [("startsecs", process.startsecs), ("stopwaitsecs", process.stopwaitsecs)] {
            if seconds < 0 {
                let what = format!("{option} of [{}]", section.name);
                found.push(Finding { span: subject.span(section, option), what });
            }
        }
    }
    found
}

fn shared_log(subject: &Subject<'_>) -> Vec<Finding> {
    let loaded = subject.loaded;
    let mut writers = HashMap::new();
    let mut told = HashSet::new();
    let mut found = Vec::new();
    for (file, option, section) in log_files(loaded, &subject.system.current_dir()) {
        let Some(&(first_option, first)) = writers.get(&file) else {
            writers.insert(file, (option, section));
            continue;
        };
        // One line for all processes of a section.
        let Some(place) = loaded.document.section(section).filter(|_| told.insert((option, section))) else {
            continue;
        };
        let what = match (first_option, first) == (option, section) {
            true => format!("several processes of [{section}] write {file}"),
            false => format!("{option} of [{section}] and {first_option} of [{first}] write {file}"),
        };
        found.push(Finding { span: subject.span(place, option), what });
    }
    found
}

fn daemonizes(subject: &Subject<'_>) -> Vec<Finding> {
    let found = subject.programs().filter_map(|(process, section)| {
        let sign = habits::goes_to_background(&process.command)?;
        let what = format!("command of [{}] has {sign}", section.name);
        Some(Finding { span: subject.span(section, "command"), what })
    });
    found.collect()
}

fn shell_keeps_signals(subject: &Subject<'_>) -> Vec<Finding> {
    let reaches_one = |process: &Process| !process.stopasgroup && !ends_what_is_left(process);
    subject.programs_where("command", |process| reaches_one(process) && habits::is_compound(&process.command))
}

fn kill_without_stop(subject: &Subject<'_>) -> Vec<Finding> {
    let kills_others = |process: &Process| process.killasgroup && !process.stopasgroup;
    subject.programs_where("killasgroup", |process| kills_others(process) && !ends_what_is_left(process))
}

fn environment_of_nobody(subject: &Subject<'_>) -> Vec<Finding> {
    subject.programs_where("user_environment", |process| process.user_environment && process.user.is_none())
}

/// Whether who outlives the child gets the stop signal, too.
fn ends_what_is_left(process: &Process) -> bool {
    matches!(process.kill_mode, Some(KillMode::Group | KillMode::Tree | KillMode::Cgroup))
}

fn open_to_all(subject: &Subject<'_>) -> Vec<Finding> {
    servers(subject, "port", |address| matches!(address, Address::Inet { .. }) && address.is_open_to_others())
}

fn socket_for_all(subject: &Subject<'_>) -> Vec<Finding> {
    servers(subject, "chmod", |address| {
        matches!(address, Address::Unix { .. }) && address.is_open_to_others()
    })
}

/// Servers without a password of which that is true.
fn servers(subject: &Subject<'_>, option: &str, is_so: impl Fn(&Address) -> bool) -> Vec<Finding> {
    let document = &subject.loaded.document;
    let open = subject.loaded.config.servers.iter();
    let open = open.filter(|server| server.credentials.is_none() && is_so(&server.address));
    let finding = |section: &Section| Finding {
        span: subject.span(section, option),
        what: format!("[{}]", section.name),
    };
    open.filter_map(|server| document.section(&server.section).map(finding)).collect()
}

fn no_interface(subject: &Subject<'_>) -> Vec<Finding> {
    let config = &subject.loaded.config;
    if config.rpc_namespaces.iter().any(|namespace| namespace == "supervisor") {
        return Vec::new();
    }
    let first = config.servers.first().and_then(|server| subject.loaded.document.section(&server.section));
    first
        .map(|section| Finding { span: section.span, what: format!("[{}]", section.name) })
        .into_iter()
        .collect()
}

fn python_command(subject: &Subject<'_>) -> Vec<Finding> {
    let sections = subject.loaded.document.sections().iter();
    let python = sections.filter(|section| {
        section.name.starts_with("ctlplugin:")
            && section.own("supervisor.ctl_factory").is_some()
            && section.own("command").is_none()
    });
    python.map(|section| Finding { span: section.span, what: format!("[{}]", section.name) }).collect()
}

fn logs_in_tmp(subject: &Subject<'_>) -> Vec<Finding> {
    let loaded = subject.loaded;
    let (Some(directory), Some(section)) =
        (&loaded.config.supervisord.childlogdir, loaded.document.section("supervisord"))
    else {
        return Vec::new();
    };
    let is_public = ["/tmp", "/var/tmp", "/usr/tmp"].contains(&directory.trim_end_matches('/'));
    let automatic = |process: &Process| {
        [&process.stdout, &process.stderr].iter().filter(|channel| channel.logfile == LogFile::Auto).count()
    };
    let count: usize = loaded.origins.iter().map(|(process, _)| automatic(process)).sum();
    match is_public && count > 0 {
        true => vec![Finding {
            span: subject.span(section, "childlogdir"),
            what: format!("{count} in {directory}"),
        }],
        false => Vec::new(),
    }
}

fn root(subject: &Subject<'_>) -> Vec<Finding> {
    let loaded = subject.loaded;
    let Some(section) = loaded.document.section("supervisord") else { return Vec::new() };
    if subject.system.own_uid() != 0 || loaded.config.supervisord.user.is_some() {
        return Vec::new();
    }
    let as_root = subject.programs().filter(|(process, _)| process.user.is_none()).count();
    let what = match as_root {
        0 => String::new(),
        1 => ", and one program with it".to_owned(),
        more => format!(", and {more} programs with it"),
    };
    vec![Finding { span: section.span, what }]
}

#[cfg(test)]
#[path = "lint_tests.rs"]
mod tests;

//! Advice: what somebody probably meant who named something that is not there.
//!
//! The line that says so is the reference's. Beside it, on standard error, stands a note of ours. What is known is
//! compared with what was typed; the server is asked for names only when there is something to advise, and whatever
//! fails then is left alone, because what went wrong was told already.

use provost_config::options::nearest;
use provost_wire::fault::FaultCode;
use provost_wire::namespec;

use crate::commands::{COMMANDS, Command, Completion};
use crate::complete::ProcessName;
use crate::names::EVERY;
use crate::remote::{Channel, ConfigInfo, ProcessResult};
use crate::render::{result_name, short_name};
use crate::session::Session;

/// What is meant by the first word of a line that begins with no command.
fn about_command(word: &str, others: &[String]) -> Option<String> {
    let known = COMMANDS.iter().map(|command| command.name).chain(others.iter().map(String::as_str));
    Some(match nearest(word, known) {
        Some(command) => format!("did you mean `{command}`?"),
        None => "`help` lists the commands".to_owned(),
    })
    .filter(|_| !word.is_empty())
}

/// What is meant by a word that was taken for a name, and looks like an option.
fn about_option(command: &Command, word: &str) -> String {
    let forms = || command.options.iter().flat_map(|switch| switch.short.into_iter().chain([switch.long]));
    let name = command.name;
    let typed = word.split_once('=').map_or(word, |(typed, _)| typed);
    if forms().next().is_none() {
        return format!("`{name}` has no options, so `{word}` was taken for a name");
    }
    match nearest(typed, forms()) {
        Some(option) => format!("`{name}` has no option `{word}`; did you mean `{option}`?"),
        None => {
            let all: Vec<String> = forms().map(|option| format!("`{option}`")).collect();
            format!("`{name}` has no option `{word}`; it has {}", all.join(", "))
        }
    }
}

/// What is meant by a name that no process and no group has, among those there are.
fn about_name(name: &str, processes: &[ProcessName]) -> Option<String> {
    let (group, process) = namespec::split(name);
    let bare = process.unwrap_or(group);
    if process == Some(group) && processes.iter().any(|known| known.group == group) {
        return Some(format!("{group} is a group; `{group}:{EVERY}` means all its processes"));
    }
    let homes: Vec<String> = processes.iter().filter(|known| known.name == bare).map(short).collect();
    if !homes.is_empty() {
        return Some(format!("there is `{}`", homes.join("`, `")));
    }
    let whole: Vec<String> = processes.iter().map(|known| format!("{}:{EVERY}", known.group)).collect();
    let full: Vec<String> = processes.iter().map(short).collect();
    let all =
        full.iter().chain(process.is_none().then_some(&whole).into_iter().flatten()).map(String::as_str);
    nearest(name, all).map(|meant| format!("did you mean `{meant}`?"))
}

/// What is meant by a start that was refused because of the program's file. The description is the daemon's: the name of
/// the fault, in a call for one process, and what it looked for.
fn about_file(result: &ProcessResult) -> Option<String> {
    let fault = FaultCode::from_number(result.status)
        .filter(|fault| matches!(fault, FaultCode::NoFile | FaultCode::NotExecutable))?;
    let named = result.description.strip_prefix(fault.name()).and_then(|rest| rest.strip_prefix(": "));
    let detail = named.unwrap_or(&result.description);
    let remedy = match fault {
        FaultCode::NoFile => "correct `command` of the program, or PATH in its `environment`",
        _ => "name a program in `command`, or make it executable with chmod +x",
    };
    Some(format!("{}: {detail}; {remedy}", result_name(result)))
}

fn short(ProcessName { group, name }: &ProcessName) -> String {
    short_name(group, name)
}

/// What is meant by a name that no group has, among the groups of these processes.
fn about_group(name: &str, configured: &[ConfigInfo]) -> Option<String> {
    if let Some(info) = configured.iter().find(|info| info.name == name) {
        return Some(format!("{name} is a process of the group `{}`", info.group));
    }
    let groups = configured.iter().map(|info| info.group.as_str());
    nearest(name, groups).map(|meant| format!("did you mean `{meant}`?"))
}

impl Session {
    /// Advises on the first word of a line that begins with no command.
    pub(crate) fn advise_on_command(&mut self, word: &str) {
        let advice = self.python_plugin(word).or_else(|| about_command(word, &self.plugin_names()));
        self.note_if_any(advice);
    }

    /// Advises on a name that is no process's.
    pub(crate) fn advise_on_process(&mut self, name: &str) {
        let Some(command) = self.command().filter(|_| self.takes_advice()) else { return };
        let takes_all =
            matches!(command.completion, Completion::ProcessesOrAll | Completion::SignalAndProcesses);
        let advice = match name {
            EVERY if takes_all => Some("`all` means every process".to_owned()),
            option if option.starts_with('-') => Some(about_option(command, option)),
            name => self.remote().process_names().ok().and_then(|known| about_name(name, &known)),
        };
        self.note_if_any(advice);
    }

    /// Advises on a name that is no group's.
    pub(crate) fn advise_on_group(&mut self, group: &str) {
        let Some(command) = self.command().filter(|_| self.takes_advice()) else { return };
        let advice = if group.starts_with('-') {
            Some(about_option(command, group))
        } else {
            about_group(group, &self.remote().all_config_info().unwrap_or_default())
        };
        self.note_if_any(advice);
    }

    /// Says why a log cannot be had, of which the server says only that it is not there.
    pub(crate) fn advise_on_log(&mut self, name: &str, channel: Channel) {
        if !self.takes_advice() {
            return;
        }
        let Ok(known) = self.remote().process_names() else { return };
        if known.iter().any(|known| namespec::split(name) == (&known.group, Some(&known.name))) {
            self.note(&format!("{name} has no {} log", channel.word()));
        } else {
            let meant = about_name(name, &known).map(|advice| format!("; {advice}")).unwrap_or_default();
            self.note(&format!("there is no process {name}{meant}"));
        }
    }

    /// Says why these processes did not start, as far as the daemon tells.
    pub(crate) fn explain_starts(&mut self, failed: &[ProcessName]) {
        if failed.is_empty() || !self.takes_advice() {
            return;
        }
        let Ok(Some(all)) = self.remote().all_process_details() else { return };
        for (info, details) in all {
            let name = ProcessName::from(&info);
            if let Some(failure) = details.failure.filter(|_| failed.contains(&name)) {
                self.note(&format!("{}: {failure}", short(&name)));
            }
        }
    }

    /// Says which file could not be started, of which the line says only that there is none, or that it is of no use.
    pub(crate) fn explain_command(&mut self, result: &ProcessResult) {
        if self.takes_advice() {
            let advice = about_file(result);
            self.note_if_any(advice);
        }
    }

    /// Says where all mistakes of the daemon's files are shown, of which it tells the first.
    pub(crate) fn explain_mistakes(&mut self) {
        self.note(
            "nothing was changed; `supervisord --check`, with the daemon's -c, shows every mistake and its line",
        );
    }

    fn note_if_any(&mut self, advice: Option<String>) {
        if let Some(advice) = advice {
            self.note(&advice);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::find;

    #[test]
    fn commands() {
        let check = |word: &str, expect: Option<&str>| {
            assert_eq!(about_command(word, &["deploy".to_owned()]).as_deref(), expect, "{word}");
        };
        check("stopp", Some("did you mean `stop`?"));
        check("sttaus", Some("did you mean `status`?"));
        check("deplyo", Some("did you mean `deploy`?"));
        check("frobnicate", Some("`help` lists the commands"));
        check("", None);
    }

    #[test]
    fn options() {
        let check = |name: &str, word: &str, expect: &str| {
            let command = find(name).expect("it stands in the table");
            assert_eq!(about_option(command, word), expect, "{name} {word}");
        };
        check("update", "--dryrun", "`update` has no option `--dryrun`; did you mean `--dry-run`?");
        check("status", "--wach=2", "`status` has no option `--wach=2`; did you mean `--watch`?");
        check("status", "--foobar", "`status` has no option `--foobar`; it has `-l`, `--long`, `--watch`");
        check("stop", "-f", "`stop` has no options, so `-f` was taken for a name");
    }

    #[test]
    fn files() {
        let check = |status: FaultCode, description: &str, expect: Option<&str>| {
            let (group, name) = ("a".to_owned(), Some("a".to_owned()));
            let description = description.to_owned();
            let result = ProcessResult { group, name, status: status.number(), description };
            assert_eq!(about_file(&result).as_deref(), expect, "{result:?}");
        };
        let missing =
            "a: can't find command '/x'; correct `command` of the program, or PATH in its `environment`";
        check(FaultCode::NoFile, "NO_FILE: can't find command '/x'", Some(missing));
        check(FaultCode::NoFile, "can't find command '/x'", Some(missing));
        check(
            FaultCode::NotExecutable,
            "NOT_EXECUTABLE: command at '/x' is not executable",
            Some(
                "a: command at '/x' is not executable; name a program in `command`, or make it executable with chmod +x",
            ),
        );
        check(FaultCode::AlreadyStarted, "ALREADY_STARTED: a", None);
        check(FaultCode::Success, "OK", None);
    }

    #[test]
    fn groups() {
        let info = |group: &str, name: &str| ConfigInfo {
            group: group.into(),
            name: name.into(),
            in_use: true,
            autostart: true,
            group_priority: 999,
            process_priority: 999,
        };
        let configured = [info("worker", "worker_0"), info("api", "one")];
        let check =
            |name: &str, expect: Option<&str>| assert_eq!(about_group(name, &configured).as_deref(), expect);
        check("one", Some("one is a process of the group `api`"));
        check("wroker", Some("did you mean `worker`?"));
        check("nothing", None);
    }

    #[test]
    fn names() {
        let process = |group: &str, name: &str| ProcessName { group: group.into(), name: name.into() };
        let known = [
            process("cat", "cat"),
            process("worker", "worker_0"),
            process("worker", "worker_1"),
            process("api", "one"),
            process("old", "one"),
        ];
        let check = |name: &str, expect: Option<&str>| {
            assert_eq!(about_name(name, &known).as_deref(), expect, "{name}");
        };
        check("worker", Some("worker is a group; `worker:*` means all its processes"));
        check("one", Some("there is `api:one`, `old:one`"));
        check("worker:one", Some("there is `api:one`, `old:one`"));
        check("cat:*", Some("there is `cat`"));
        check("one:*", Some("there is `api:one`, `old:one`"));
        check("worker_1", Some("there is `worker:worker_1`"));
        check("ctas", Some("did you mean `cat`?"));
        check("worker:worker_3", Some("did you mean `worker:worker_0`?"));
        check("wroker:*", Some("did you mean `worker:*`?"));
        check("nothing", None);
        assert_eq!(about_name("x", &[]), None);
    }
}

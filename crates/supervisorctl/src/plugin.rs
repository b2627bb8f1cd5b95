//! Commands that other programs provide, as with git and cargo: `supervisorctl x` runs `supervisorctl-x`.
//!
//! Such a program is found in the folders of [`folders`], never in `PATH` and never in the working directory; or `command=`
//! of a `[ctlplugin:x]` section names it, as one would in a shell. It gets the words behind its name as arguments, the server's URL in
//! SUPERVISOR_SERVER_URL, and name and password, if there are any, in SUPERVISOR_USERNAME and SUPERVISOR_PASSWORD: not as
//! arguments, which everybody can see. Its exit code becomes ours. Asked `--help-line`, it is to print one line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use provost_config::words::split_command;
use provost_wire::auth::Credentials;

/// How the files of plug-ins begin.
const PREFIX: &str = "supervisorctl-";

/// What asks a plug-in for a line about itself.
const HELP_LINE: &str = "--help-line";

/// What a shell adds to the number of a signal that ended a program.
const SIGNALED: i32 = 128;

/// The commands that other programs provide.
#[derive(Debug, Clone, Default)]
pub struct Plugins {
    /// Command lines of the configuration, by the commands they are for.
    pub named: BTreeMap<String, String>,
    /// Commands of Python code, which cannot be loaded: their names, and why they are not there.
    pub python: BTreeMap<String, String>,
    /// Where else to look, in this order.
    pub folders: Vec<PathBuf>,
    /// What plug-ins may present to the server.
    pub credentials: Option<Credentials>,
}

/// A program that provides a command, and its first arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plugin {
    words: Vec<String>,
}

/// Why a plug-in did not run.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    /// Its program cannot be started.
    #[error("{program} cannot be started: {cause}")]
    Unstartable {
        /// The program.
        program: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The arguments are no words.
    #[error("the arguments cannot be taken apart: {0}")]
    Arguments(String),
}

/// The folders in which plug-ins are looked for: that of this very program, and two for packages.
#[must_use]
pub fn folders() -> Vec<PathBuf> {
    let own = std::env::current_exe().ok().and_then(|program| program.parent().map(Path::to_owned));
    let packaged = ["/usr/local/lib/provost/ctl", "/usr/lib/provost/ctl"].map(PathBuf::from);
    own.into_iter().chain(packaged).collect()
}

/// Words as a text that [`Plugins::run`] takes apart into the same words.
#[must_use]
pub fn quoted(words: &[String]) -> String {
    let quote = |word: &String| format!("'{}'", word.replace('\'', r#"'"'"'"#));
    words.iter().map(quote).collect::<Vec<_>>().join(" ")
}

impl Plugins {
    /// What provides the command `name`, if anything does.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Plugin> {
        if let Some(line) = self.named.get(name) {
            let words = split_command(line).ok().filter(|words| !words.is_empty());
            return Some(Plugin { words: words.unwrap_or_else(|| vec![line.clone()]) });
        }
        if !is_word(name) {
            return None;
        }
        let files = self.folders.iter().map(|folder| folder.join(format!("{PREFIX}{name}")));
        let file = files.into_iter().find(|file| is_program(file))?;
        Some(Plugin { words: vec![file.to_str()?.to_owned()] })
    }

    /// The commands there are.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        let listed = self.folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten().flatten();
        let found = listed.filter(|entry| is_program(&entry.path()));
        let found =
            found.filter_map(|entry| Some(entry.file_name().to_str()?.strip_prefix(PREFIX)?.to_owned()));
        found.filter(|name| is_word(name)).chain(self.named.keys().cloned()).collect()
    }

    /// Runs a plug-in to its end, on our own streams; its exit code.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn run(&self, plugin: &Plugin, argument: &str, url: &str) -> Result<u8, PluginError> {
        let words = split_command(argument).map_err(|error| PluginError::Arguments(error.to_string()))?;
        let mut command = plugin.command();
        command.args(words).env("SUPERVISOR_SERVER_URL", url);
        for name in ["SUPERVISOR_USERNAME", "SUPERVISOR_PASSWORD"] {
            command.env_remove(name);
        }
        if let Some(Credentials { user, password }) = &self.credentials {
            command.env("SUPERVISOR_USERNAME", user).env("SUPERVISOR_PASSWORD", password);
        }
        command.status().map(code).map_err(|cause| plugin.unstartable(cause))
    }
}

impl Plugin {
    fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        command
    }

    fn unstartable(&self, cause: io::Error) -> PluginError {
        PluginError::Unstartable { program: self.words[0].clone(), cause }
    }

    /// The line that it prints about itself; empty if it prints none.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn help_line(&self) -> Result<String, PluginError> {
        let mut command = self.command();
        command.arg(HELP_LINE).stdin(Stdio::null()).stderr(Stdio::null());
        let output = command.output().map_err(|cause| self.unstartable(cause))?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.lines().next().unwrap_or_default().trim_end().to_owned())
    }
}

/// Whether a line can begin with this command. Nothing else is looked for: a name is part of a path.
fn is_word(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
}

fn is_program(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// The exit code as a shell would tell it.
fn code(status: ExitStatus) -> u8 {
    let code = status.code().or_else(|| status.signal().map(|signal| SIGNALED + signal));
    code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plug-ins whose files are these shell scripts, in two folders that are made for them.
    fn plugins(files: &[(&str, &str)]) -> (tempfile::TempDir, Plugins) {
        let root = tempfile::tempdir().expect("a temporary directory");
        for (name, script) in files {
            let file = root.path().join(name);
            fs::create_dir_all(file.parent().expect("files are in folders")).expect("a folder");
            fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("a file");
            let mode = if name.ends_with("-plain") { 0o644 } else { 0o755 };
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("our own file");
        }
        let folders = ["one", "two", "missing"].map(|name| root.path().join(name)).to_vec();
        (root, Plugins { folders, ..Plugins::default() })
    }

    const FILES: &[(&str, &str)] = &[
        ("one/supervisorctl-hello", "echo first >&2; exit 3"),
        ("two/supervisorctl-hello", "exit 4"),
        ("two/supervisorctl-check", "test \"$1 $2 $SUPERVISOR_SERVER_URL\" = 'a b c unix:///s' || exit 9"),
        ("two/supervisorctl-who", "test \"$SUPERVISOR_USERNAME:$SUPERVISOR_PASSWORD\" = me:secret || exit 9"),
        ("two/supervisorctl-help", "test \"$1\" = --help-line && echo 'hello    Says so' && echo more"),
        ("two/supervisorctl-die", "kill -9 $$"),
        ("two/supervisorctl-plain", ""),
        ("two/supervisorctl-odd-name", ""),
        ("two/other", ""),
    ];

    #[test]
    fn files_are_commands() {
        let (_root, mut plugins) = plugins(FILES);
        plugins.named.insert("named".into(), "/bin/sh -c 'exit 5'".into());
        let names: Vec<String> = plugins.names().into_iter().collect();
        assert_eq!(names, ["check", "die", "hello", "help", "named", "who"]);
        plugins.credentials = Some(Credentials { user: "me".into(), password: "secret".into() });
        let check = |name: &str, argument: &str, expect: u8| {
            let plugin = plugins.find(name).unwrap_or_else(|| panic!("{name} is there"));
            assert_eq!(plugins.run(&plugin, argument, "unix:///s").expect("it starts"), expect, "{name}");
        };
        check("hello", "", 3);
        check("check", "a 'b c'", 0);
        check("check", "a b c", 9);
        check("who", "", 0);
        check("die", "", 137);
        check("named", "", 5);
        for name in ["plain", "other", "nothing", "odd-name", "x/../hello", ""] {
            assert_eq!(plugins.find(name), None, "{name}");
        }
    }

    #[test]
    fn words_of_a_shell_stay_words() {
        for words in [vec![], vec!["a b", "", "it's", "\"\\ $x", "'", "\n", "é"]] {
            let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
            assert_eq!(split_command(&quoted(&words)).expect("quotes are closed"), words);
        }
    }

    #[test]
    fn a_plugin_tells_a_line_about_itself() {
        let (_root, plugins) = plugins(FILES);
        let line = |name: &str| plugins.find(name).expect("it is there").help_line().expect("it starts");
        assert_eq!(line("help"), "hello    Says so");
        assert_eq!(line("hello"), "");
    }

    #[test]
    fn what_cannot_run_says_why() {
        let (_root, mut plugins) = plugins(&[]);
        plugins.named.insert("x".into(), "/nowhere/x".into());
        let plugin = plugins.find("x").expect("it is named");
        let error = plugins.run(&plugin, "", "").expect_err("there is no such file").to_string();
        assert_eq!(error, "/nowhere/x cannot be started: No such file or directory (os error 2)");
        let error = plugins.run(&plugin, "'", "").expect_err("an open quote").to_string();
        assert!(error.starts_with("the arguments cannot be taken apart: "), "{error}");
    }
}

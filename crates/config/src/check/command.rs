//! What keeps a command from being started at all, as far as the words and the files of today tell.

use crate::model::{MainLog, Process};
use crate::path;
use crate::resolve::Loaded;
use crate::system::System;
use crate::words::{WordsError, split_command};

/// Where programs are looked for when no `PATH` says otherwise; the daemon does the same.
const DEFAULT_PATH: &str = "/bin:/usr/bin:/usr/local/bin";

/// Why a command will not be started.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// It has no words.
    Unsplit(WordsError),
    /// All of it is in one pair of quotes, and so the name of the program.
    Quoted,
    /// The name of the program begins with a tilde.
    Tilde(String),
    /// No file of that name.
    NotFound(String),
    /// A file that cannot be executed.
    NotExecutable(String),
}

/// What is wrong with the command of a process, if something is. Words are expanded by nobody but the configuration,
/// and so looked at as they are.
pub(super) fn problem(process: &Process, loaded: &Loaded, system: &dyn System) -> Option<Problem> {
    let words = match split_command(&process.command) {
        Ok(words) => words,
        Err(error) => return Some(Problem::Unsplit(error)),
    };
    let word = words.first()?;
    if word.starts_with('~') {
        return Some(Problem::Tilde(word.clone()));
    }
    let candidates = candidates(word, process, (loaded, system));
    if candidates.iter().any(|file| system.is_executable(file)) {
        return None;
    }
    if words.len() == 1 && word.contains(' ') && process.command.starts_with(['"', '\'']) {
        return Some(Problem::Quoted);
    }
    let unfit = candidates.into_iter().find(|file| system.exists(file));
    Some(unfit.map_or_else(|| Problem::NotFound(word.clone()), Problem::NotExecutable))
}

/// The files that word may mean, as absolute paths: a word with a slash one, another one in each directory of `PATH`.
fn candidates(word: &str, process: &Process, (loaded, system): (&Loaded, &dyn System)) -> Vec<String> {
    let daemons = loaded.config.supervisord.directory.as_deref();
    let cwd = system.current_dir();
    let directory = path::join(&cwd, process.directory.as_deref().or(daemons).unwrap_or(""));
    if word.contains('/') {
        return vec![path::absolute(word, &directory)];
    }
    let own = || system.environment().remove("PATH").filter(|path| !path.is_empty());
    let path = process.environment.get("PATH").cloned().or_else(own);
    let path = path.as_deref().unwrap_or(DEFAULT_PATH);
    path.split(':').map(|entry| path::absolute(&path::join(entry, word), &directory)).collect()
}

/// The log files of a configuration, each with who writes it: the option, and the section it belongs to.
pub(super) fn log_files<'a>(loaded: &'a Loaded, cwd: &str) -> Vec<(String, &'static str, &'a str)> {
    let mut files = Vec::new();
    if let MainLog::File(file) = &loaded.config.supervisord.logfile {
        files.push((path::absolute(file, cwd), "logfile", "supervisord"));
    }
    for (process, section) in &loaded.origins {
        for (option, channel) in [("stdout_logfile", &process.stdout), ("stderr_logfile", &process.stderr)] {
            if let crate::model::LogFile::Path(file) = &channel.logfile {
                files.push((path::absolute(file, cwd), option, section.as_str()));
            }
        }
    }
    // Devices do not roll over, and are made to be shared.
    files.retain(|(file, ..)| !file.starts_with("/dev/"));
    files
}

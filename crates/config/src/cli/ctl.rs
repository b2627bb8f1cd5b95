//! The command line of `supervisorctl`.

use super::scan::{OptionHelp, Origin, Switch, UsageError, described, options_help, scan, set_once, turn_on};
use crate::value;

/// A command line that is to be acted on.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CtlInvocation {
    /// `-c`, as it was typed.
    pub configuration: Option<String>,
    /// `-i`, or no action was given.
    pub interactive: bool,
    /// `-s`.
    pub serverurl: Option<String>,
    /// `-u`.
    pub username: Option<String>,
    /// `-p`.
    pub password: Option<String>,
    /// `-r`.
    pub history_file: Option<String>,
    /// `--json`.
    pub json: bool,
    /// The action and its arguments.
    pub action: Vec<String>,
}

impl std::fmt::Debug for CtlInvocation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No password: debug output ends up in logs.
        f.debug_struct("CtlInvocation")
            .field("configuration", &self.configuration)
            .field("interactive", &self.interactive)
            .field("serverurl", &self.serverurl)
            .field("username", &self.username)
            .field("history_file", &self.history_file)
            .field("json", &self.json)
            .field("action", &self.action)
            .finish_non_exhaustive()
    }
}

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CtlCommand {
    /// Print the help and exit with 0.
    Help,
    /// Everything else.
    Run(Box<CtlInvocation>),
}

#[derive(Clone, Copy, Debug)]
enum Id {
    Configuration,
    Help,
    Interactive,
    Serverurl,
    Username,
    Password,
    HistoryFile,
    Json,
}

const fn switch(
    id: Id,
    short: char,
    long: &'static [&'static str],
    (argument, help): (Option<&'static str>, &'static str),
) -> Switch<Id> {
    Switch { id, short: Some(short), long, argument, origin: Origin::Reference, help }
}

#[rustfmt::skip]
const TABLE: &[Switch<Id>] = &[
    switch(Id::Configuration, 'c', &["configuration"], (Some("FILENAME"), "read the configuration from FILENAME instead of searching for it")),
    switch(Id::Help, 'h', &["help"], (None, "print this help and exit")),
    switch(Id::Help, '?', &[], (None, "print this help and exit")),
    switch(Id::Interactive, 'i', &["interactive"], (None, "let actions ask questions, and start the prompt if none is given")),
    switch(Id::Serverurl, 's', &["serverurl"], (Some("URL"), "where supervisord listens: unix:///path or http://host:port (default http://localhost:9001)")),
    switch(Id::Username, 'u', &["username"], (Some("USERNAME"), "user name for supervisord")),
    switch(Id::Password, 'p', &["password"], (Some("PASSWORD"), "password for supervisord; other users can see it in the process list")),
    // The reference's help says `--history-file`, its parser `--history_file`.
    switch(Id::HistoryFile, 'r', &["history_file", "history-file"], (Some("FILENAME"), "keep the history of the prompt in FILENAME")),
    Switch { short: None, origin: Origin::Ours, ..switch(Id::Json, ' ', &["json"], (None, "print one JSON object for each command; docs/json.md tells its members")) },
];

/// Reads a command line, without the program's own name.
///
/// # Errors
/// The first mistake, in the reference's words.
pub fn supervisorctl(args: &[String]) -> Result<CtlCommand, UsageError> {
    let (options, action) = scan(args, TABLE)?;
    let mut invocation = CtlInvocation { action: action.to_vec(), ..CtlInvocation::default() };
    for option in &options {
        let (text, spelled) = (option.argument.to_owned(), option.spelled.as_str());
        match option.switch.id {
            Id::Help => return Ok(CtlCommand::Help),
            Id::Configuration => set_once(&mut invocation.configuration, text, spelled)?,
            Id::Interactive => turn_on(&mut invocation.interactive, spelled)?,
            Id::Serverurl => {
                value::url(&text).map_err(|error| UsageError::InvalidValue {
                    option: spelled.to_owned(),
                    value: text.clone(),
                    error,
                })?;
                set_once(&mut invocation.serverurl, text, spelled)?;
            }
            Id::Username => set_once(&mut invocation.username, text, spelled)?,
            Id::Password => set_once(&mut invocation.password, text, spelled)?,
            Id::HistoryFile => set_once(&mut invocation.history_file, text, spelled)?,
            Id::Json => turn_on(&mut invocation.json, spelled)?,
        }
    }
    invocation.interactive |= invocation.action.is_empty();
    Ok(CtlCommand::Run(Box::new(invocation)))
}

/// The options of `supervisorctl`.
pub fn ctl_options() -> Vec<OptionHelp> {
    described(TABLE)
}

/// The help of `supervisorctl`, for a program of that name.
pub fn ctl_help(program: &str) -> String {
    format!(
        "supervisorctl -- control applications run by supervisord from the cmd line.\n\n\
         Usage: {program} [options] [action [arguments]]\n\nOptions:\n{}\n\
         An action is a command such as \"status\" or \"stop\"; \"help\" lists them. Without an action a prompt is started.\n",
        options_help(TABLE)
    )
}

#[cfg(test)]
#[path = "ctl_tests.rs"]
mod tests;

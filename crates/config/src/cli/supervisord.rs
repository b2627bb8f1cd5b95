//! The command line of `supervisord`.

use super::scan::{
    Found, OptionHelp, Origin, Switch, UsageError, described, options_help, scan, set_once, turn_on,
};
use crate::model::Level;
use crate::value::{self, Asked, ValueError};

/// What the command line lays over the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `-n`.
    pub nodaemon: bool,
    /// `-s`.
    pub silent: bool,
    /// `-u`, not looked up yet.
    pub user: Option<String>,
    /// `-m`.
    pub umask: Option<u32>,
    /// `-d`.
    pub directory: Option<String>,
    /// `-l`.
    pub logfile: Option<String>,
    /// `-y`.
    pub logfile_maxbytes: Option<i64>,
    /// `-z`.
    pub logfile_backups: Option<i64>,
    /// `-e`.
    pub loglevel: Option<Level>,
    /// `-j`.
    pub pidfile: Option<String>,
    /// `-i`.
    pub identifier: Option<String>,
    /// `-q`.
    pub childlogdir: Option<String>,
    /// `-k`.
    pub nocleanup: bool,
    /// `-a`.
    pub minfds: Option<i64>,
    /// `--minprocs`.
    pub minprocs: Option<i64>,
    /// `-t`.
    pub strip_ansi: bool,
}

/// What to do with the configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Run it.
    #[default]
    Run,
    /// Say whether it is valid.
    Check,
    /// Print what it comes to.
    DumpConfig(DumpOptions),
    /// Run the demonstration that is built in.
    Demo,
    /// Make a hash of a password.
    HashPassword,
}

/// How a configuration is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DumpOptions {
    /// As JSON instead of text.
    pub json: bool,
    /// With passwords and the like.
    pub show_secrets: bool,
}

/// A command line that is to be acted on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// `-c`, as it was typed.
    pub configuration: Option<String>,
    /// What to do.
    pub mode: Mode,
    /// What wins over the file.
    pub overrides: Overrides,
    /// `--profile_options`: accepted, without effect.
    pub profile_options: Option<String>,
}

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Print the help and exit with 0.
    Help,
    /// Print the version and exit with 0.
    Version,
    /// Everything else.
    Start(Box<Invocation>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Id {
    Configuration,
    Nodaemon,
    Silent,
    Help,
    Version,
    User,
    Umask,
    Directory,
    Logfile,
    LogfileMaxbytes,
    LogfileBackups,
    Loglevel,
    Pidfile,
    Identifier,
    Childlogdir,
    Nocleanup,
    Minfds,
    StripAnsi,
    Minprocs,
    ProfileOptions,
    Mode(Mode),
    Json,
    ShowSecrets,
}

const fn switch(
    id: Id,
    short: char,
    long: &'static [&'static str],
    (argument, help): (Option<&'static str>, &'static str),
) -> Switch<Id> {
    Switch { id, short: Some(short), long, argument, origin: Origin::Reference, help }
}

const fn long_only(switch: Switch<Id>, origin: Origin) -> Switch<Id> {
    Switch { short: None, origin, ..switch }
}

#[rustfmt::skip]
const TABLE: &[Switch<Id>] = &[
    switch(Id::Configuration, 'c', &["configuration"], (Some("FILENAME"), "read the configuration from FILENAME instead of searching for it")),
    switch(Id::Nodaemon, 'n', &["nodaemon"], (None, "stay in the foreground (nodaemon=true)")),
    switch(Id::Silent, 's', &["silent"], (None, "in the foreground, do not copy the log to standard output (silent=true)")),
    switch(Id::Help, 'h', &["help"], (None, "print this help and exit")),
    switch(Id::Help, '?', &[], (None, "print this help and exit")),
    switch(Id::Version, 'v', &["version"], (None, "print the version number and exit")),
    switch(Id::User, 'u', &["user"], (Some("USER"), "run as USER, a name or a numeric id")),
    switch(Id::Umask, 'm', &["umask"], (Some("UMASK"), "use UMASK for the daemon (octal; default 022)")),
    switch(Id::Directory, 'd', &["directory"], (Some("DIRECTORY"), "change to DIRECTORY when going to the background")),
    switch(Id::Logfile, 'l', &["logfile"], (Some("FILENAME"), "use FILENAME as the activity log")),
    switch(Id::LogfileMaxbytes, 'y', &["logfile_maxbytes"], (Some("BYTES"), "roll the activity log over when it reaches BYTES")),
    switch(Id::LogfileBackups, 'z', &["logfile_backups"], (Some("NUM"), "keep NUM old activity logs")),
    switch(Id::Loglevel, 'e', &["loglevel"], (Some("LEVEL"), "write log lines from LEVEL up (critical, error, warn, info, debug, trace, blather)")),
    switch(Id::Pidfile, 'j', &["pidfile"], (Some("FILENAME"), "write the process id to FILENAME")),
    switch(Id::Identifier, 'i', &["identifier"], (Some("STR"), "name this daemon STR")),
    switch(Id::Childlogdir, 'q', &["childlogdir"], (Some("DIRECTORY"), "put the automatic logs of programs into DIRECTORY")),
    switch(Id::Nocleanup, 'k', &["nocleanup"], (None, "keep the automatic logs of earlier runs")),
    switch(Id::Minfds, 'a', &["minfds"], (Some("NUM"), "refuse to start with fewer than NUM file descriptors")),
    switch(Id::StripAnsi, 't', &["strip_ansi"], (None, "remove ANSI escape sequences from the output of programs")),
    long_only(switch(Id::Minprocs, ' ', &["minprocs"], (Some("NUM"), "refuse to start with fewer than NUM processes")), Origin::Reference),
    long_only(switch(Id::ProfileOptions, ' ', &["profile_options"], (Some("OPTIONS"), "accepted for compatibility, without effect")), Origin::Reference),
    long_only(switch(Id::Mode(Mode::Check), ' ', &["check"], (None, "check the configuration and exit: 0 if it is valid, 2 if not")), Origin::Ours),
    long_only(switch(Id::Mode(Mode::DumpConfig(DumpOptions { json: false, show_secrets: false })), ' ', &["dump-config"], (None, "print every effective option and where it comes from, and exit")), Origin::Ours),
    long_only(switch(Id::Json, ' ', &["json"], (None, "with --dump-config: print JSON")), Origin::Ours),
    long_only(switch(Id::ShowSecrets, ' ', &["show-secrets"], (None, "with --dump-config: print passwords and the like too")), Origin::Ours),
    long_only(switch(Id::Mode(Mode::Demo), ' ', &["demo"], (None, "run a demonstration that needs no configuration file")), Origin::Ours),
    long_only(switch(Id::Mode(Mode::HashPassword), ' ', &["hash-password"], (None, "ask for a password, print the line for the configuration file, and exit")), Origin::Ours),
];

/// Reads a command line, without the program's own name.
///
/// # Errors
/// The first mistake, in the reference's words. A bad `-u` is none of this: it is refused when the
/// configuration is resolved.
pub fn supervisord(args: &[String], asked: &Asked<'_>) -> Result<Command, UsageError> {
    let (options, rest) = scan(args, TABLE)?;
    if !rest.is_empty() {
        return Err(UsageError::Positional(rest.to_vec()));
    }
    let mut invocation = Invocation::default();
    let mut mode = None;
    let mut dump = DumpOptions::default();
    for option in &options {
        match option.switch.id {
            Id::Help => return Ok(Command::Help),
            Id::Version => return Ok(Command::Version),
            Id::Mode(wanted) => {
                set_once(&mut mode, wanted, &option.spelled)?;
                invocation.mode = wanted;
            }
            Id::Json => turn_on(&mut dump.json, &option.spelled)?,
            Id::ShowSecrets => turn_on(&mut dump.show_secrets, &option.spelled)?,
            _ => apply(&mut invocation, option, asked)?,
        }
    }
    match &mut invocation.mode {
        Mode::DumpConfig(options) => *options = dump,
        // The demonstration brings its own file.
        Mode::Demo if invocation.configuration.is_some() => {
            let opposed =
                |option: &&Found<'_, Id>| matches!(option.switch.id, Id::Configuration | Id::Mode(_));
            let later = options.iter().rfind(opposed).expect("invariant: both are among the options");
            return Err(UsageError::Conflict(later.spelled.clone()));
        }
        _ if dump.json => return Err(UsageError::Needs("--json", "--dump-config")),
        _ if dump.show_secrets => return Err(UsageError::Needs("--show-secrets", "--dump-config")),
        _ => {}
    }
    Ok(Command::Start(Box::new(invocation)))
}

fn apply(invocation: &mut Invocation, option: &Found<'_, Id>, asked: &Asked<'_>) -> Result<(), UsageError> {
    let overrides = &mut invocation.overrides;
    let (text, spelled) = (option.argument, option.spelled.as_str());
    let raw = text.to_owned();
    match option.switch.id {
        Id::Configuration => set_once(&mut invocation.configuration, raw, spelled),
        Id::Nodaemon => turn_on(&mut overrides.nodaemon, spelled),
        Id::Silent => turn_on(&mut overrides.silent, spelled),
        Id::User => set_once(&mut overrides.user, raw, spelled),
        Id::Umask => set_once(&mut overrides.umask, valid(option, value::octal(text))?, spelled),
        Id::Directory => set_once(&mut overrides.directory, valid(option, asked.directory(text))?, spelled),
        Id::Logfile => set_once(&mut overrides.logfile, valid(option, asked.file_path(text))?, spelled),
        Id::LogfileMaxbytes => {
            set_once(&mut overrides.logfile_maxbytes, valid(option, value::bytes(text))?, spelled)
        }
        Id::LogfileBackups => {
            set_once(&mut overrides.logfile_backups, valid(option, value::integer(text))?, spelled)
        }
        Id::Loglevel => set_once(&mut overrides.loglevel, valid(option, value::log_level(text))?, spelled),
        Id::Pidfile => set_once(&mut overrides.pidfile, valid(option, asked.file_path(text))?, spelled),
        Id::Identifier => set_once(&mut overrides.identifier, raw, spelled),
        Id::Childlogdir => {
            set_once(&mut overrides.childlogdir, valid(option, asked.directory(text))?, spelled)
        }
        Id::Nocleanup => turn_on(&mut overrides.nocleanup, spelled),
        Id::Minfds => set_once(&mut overrides.minfds, valid(option, value::integer(text))?, spelled),
        Id::StripAnsi => turn_on(&mut overrides.strip_ansi, spelled),
        Id::Minprocs => set_once(&mut overrides.minprocs, valid(option, value::integer(text))?, spelled),
        Id::ProfileOptions => set_once(&mut invocation.profile_options, raw, spelled),
        Id::Help | Id::Version | Id::Mode(_) | Id::Json | Id::ShowSecrets => Ok(()),
    }
}

fn valid<T>(option: &Found<'_, Id>, result: Result<T, ValueError>) -> Result<T, UsageError> {
    result.map_err(|error| UsageError::InvalidValue {
        option: option.spelled.clone(),
        value: option.argument.to_owned(),
        error,
    })
}

/// The options of `supervisord`.
pub fn supervisord_options() -> Vec<OptionHelp> {
    described(TABLE)
}

/// The help of `supervisord`, for a program of that name.
pub fn supervisord_help(program: &str) -> String {
    format!(
        "supervisord -- run a set of applications as daemons.\n\nUsage: {program} [options]\n\nOptions:\n{}",
        options_help(TABLE)
    )
}

#[cfg(test)]
#[path = "supervisord_tests.rs"]
mod tests;

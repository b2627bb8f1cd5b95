//! What a configuration comes to: the effective value of every option, and where it was said.
//!
//! For people (`supervisord --dump-config`) and, as JSON, for programs. Values are those the daemon runs with: expanded,
//! converted, with defaults and the command line. Secrets are masked unless somebody asks for them by name: the output
//! is made to be pasted into tickets.

mod process;
mod render;
mod secret;

use std::collections::BTreeMap;

use crate::cli::Overrides;
use crate::ini::{Document, Section};
use crate::model::{Address, Config, Level, MainLog, OnConfigError, Supervisord};
use crate::resolve::Loaded;

/// A whole configuration, to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// Absolute path of the configuration file.
    pub config_file: String,
    /// `[supervisord]`, servers, interfaces, groups and processes, in that order.
    pub sections: Vec<Dumped>,
}

/// One section, or what one section says of one process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dumped {
    /// Name of the section.
    pub section: String,
    /// `group:process`, if it is about one.
    pub process: Option<String>,
    /// Its options.
    pub options: Vec<Effective>,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// Its name.
    pub name: &'static str,
    /// What it comes to.
    pub value: Value,
    /// Who said so.
    pub origin: Origin,
}

/// An effective value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Not set, and without a default.
    Nothing,
    /// Yes or no.
    Flag(bool),
    /// A number: seconds, bytes, or a count.
    Number(i64),
    /// Everything else that is one thing. Permissions are octal, as in the file.
    Text(String),
    /// Several things.
    List(Vec<String>),
    /// Variables.
    Pairs(BTreeMap<String, String>),
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The command line, over whatever the file says.
    CommandLine,
    /// A line of a file.
    File {
        /// As messages call it.
        file: String,
        /// From 1.
        line: u32,
    },
    /// Nobody said anything.
    Default,
}

/// Whether secrets are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// `***` stands for passwords, for variables whose name sounds like a secret, and for passwords in URLs.
    Masked,
    /// As they are.
    Shown,
}

impl Dump {
    /// What a configuration comes to.
    pub fn new(loaded: &Loaded, secrets: Secrets) -> Self {
        let config = &loaded.config;
        let document = &loaded.document;
        let mut sections = Vec::new();
        if let Some(section) = document.section("supervisord") {
            sections.push(supervisord(document, section, &config.supervisord, &loaded.again.overrides));
        }
        servers(document, config, &mut sections);
        for namespace in &config.rpc_namespaces {
            interface(document, namespace, &mut sections);
        }
        process::groups(loaded, &mut sections);
        if secrets == Secrets::Masked {
            for section in &mut sections {
                secret::mask(section);
            }
        }
        Self { config_file: config.supervisord.config_file.clone(), sections }
    }
}

/// Collects the options of one section.
struct Lines<'a> {
    document: &'a Document,
    section: &'a Section,
    options: Vec<Effective>,
}

impl<'a> Lines<'a> {
    fn new(document: &'a Document, section: &'a Section) -> Self {
        Self { document, section, options: Vec::new() }
    }

    /// Where the first of these options that is written stands.
    fn origin(&self, names: &[&str]) -> Origin {
        let entry = names.iter().find_map(|name| self.document.option(self.section, name));
        entry.map_or(Origin::Default, |entry| {
            let place = self.document.place(entry.key_span);
            Origin::File { file: place.file, line: place.line }
        })
    }

    fn add(&mut self, name: &'static str, value: impl Into<Value>) {
        self.add_because(name, value, &[name]);
    }

    /// An option that follows from the first written of these.
    fn add_because(&mut self, name: &'static str, value: impl Into<Value>, names: &[&str]) {
        let origin = self.origin(names);
        self.options.push(Effective { name, value: value.into(), origin });
    }

    fn finish(self, process: Option<String>) -> Dumped {
        Dumped { section: self.section.name.clone(), process, options: self.options }
    }
}

fn supervisord(
    document: &Document,
    section: &Section,
    settings: &Supervisord,
    overrides: &Overrides,
) -> Dumped {
    let mut lines = Lines::new(document, section);
    let logfile = match &settings.logfile {
        MainLog::File(path) => path.as_str(),
        MainLog::Syslog => "syslog",
    };
    lines.add("logfile", logfile);
    lines.add("logfile_maxbytes", settings.logfile_maxbytes);
    lines.add("logfile_backups", i64::from(settings.logfile_backups));
    lines.add("loglevel", level_name(settings.loglevel));
    lines.add("pidfile", settings.pidfile.as_str());
    lines.add("nodaemon", settings.nodaemon);
    lines.add("silent", settings.silent);
    lines.add("minfds", count(settings.minfds));
    lines.add("minprocs", count(settings.minprocs));
    lines.add("umask", octal(settings.umask));
    lines.add("user", settings.user.as_ref().map(|user| user.name.clone()));
    lines.add("identifier", settings.identifier.as_str());
    lines.add("directory", settings.directory.clone());
    lines.add("nocleanup", settings.nocleanup);
    lines.add("childlogdir", settings.childlogdir.clone());
    lines.add("environment", Value::Pairs(settings.environment.clone()));
    lines.add("strip_ansi", settings.strip_ansi);
    let on_config_error = match settings.on_config_error {
        OnConfigError::Abort => "abort",
        OnConfigError::SkipProgram => "skip-program",
    };
    lines.add("on_config_error", on_config_error);
    lines.add("create_log_dirs", settings.create_log_dirs);
    lines.add("require_password", settings.require_password);
    lines.add("shutdown_mode", settings.shutdown_mode.name());
    let overridden = overridden(overrides);
    for option in lines.options.iter_mut().filter(|option| overridden.contains(&option.name)) {
        option.origin = Origin::CommandLine;
    }
    lines.finish(None)
}

/// The options that the command line wins over. Naming every field makes the compiler point here when a new one comes.
fn overridden(overrides: &Overrides) -> Vec<&'static str> {
    let Overrides {
        nodaemon,
        silent,
        user,
        umask,
        directory,
        logfile,
        logfile_maxbytes,
        logfile_backups,
        loglevel,
        pidfile,
        identifier,
        childlogdir,
        nocleanup,
        minfds,
        minprocs,
        strip_ansi,
    } = overrides;
    let all = [
        ("nodaemon", *nodaemon),
        ("silent", *silent),
        ("user", user.is_some()),
        ("umask", umask.is_some()),
        ("directory", directory.is_some()),
        ("logfile", logfile.is_some()),
        ("logfile_maxbytes", logfile_maxbytes.is_some()),
        ("logfile_backups", logfile_backups.is_some()),
        ("loglevel", loglevel.is_some()),
        ("pidfile", pidfile.is_some()),
        ("identifier", identifier.is_some()),
        ("childlogdir", childlogdir.is_some()),
        ("nocleanup", *nocleanup),
        ("minfds", minfds.is_some()),
        ("minprocs", minprocs.is_some()),
        ("strip_ansi", *strip_ansi),
    ];
    all.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name).collect()
}

fn servers(document: &Document, config: &Config, sections: &mut Vec<Dumped>) {
    for server in &config.servers {
        let Some(section) = document.section(&server.section) else { continue };
        let mut lines = Lines::new(document, section);
        match &server.address {
            Address::Unix { path, mode, owner } => {
                lines.add("file", path.as_str());
                lines.add("chmod", octal(*mode));
                lines.add("chown", owner_text(*owner));
            }
            Address::Inet { host, port } if host.is_empty() => lines.add("port", format!("*:{port}")),
            Address::Inet { host, port } => lines.add("port", format!("{host}:{port}")),
        }
        let credentials = server.credentials.as_ref();
        lines.add("username", credentials.map(|credentials| credentials.username.clone()));
        lines.add("password", credentials.map(|credentials| credentials.password.clone()));
        let allowed = &server.allowed_hosts;
        lines.add("allowed_hosts", (!allowed.is_empty()).then(|| allowed.join(",")));
        lines.add("metrics_auth", server.metrics_auth);
        lines.add("unsafe_get_actions", server.unsafe_get_actions);
        sections.push(lines.finish(None));
    }
}

fn interface(document: &Document, namespace: &str, sections: &mut Vec<Dumped>) {
    const FACTORY: &str = "supervisor.rpcinterface_factory";
    if let Some(section) = document.section(&format!("rpcinterface:{namespace}")) {
        let mut lines = Lines::new(document, section);
        let written = document.option(section, FACTORY).map(|entry| entry.value.clone());
        lines.add(FACTORY, written);
        sections.push(lines.finish(None));
    }
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::Blather => "blather",
        Level::Trace => "trace",
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
        Level::Critical => "critical",
    }
}

fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}

/// `uid:gid`, or `uid`.
fn owner_text(owner: Option<(u32, Option<u32>)>) -> Option<String> {
    owner.map(|owner| match owner {
        (uid, Some(gid)) => format!("{uid}:{gid}"),
        (uid, None) => uid.to_string(),
    })
}

fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Nothing, Self::Text)
    }
}

#[cfg(test)]
#[path = "dump_tests.rs"]
mod tests;

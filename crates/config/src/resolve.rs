//! From files to a typed configuration: the only step that asks the system.
//!
//! The order in which sections and options are evaluated is an interface: of several mistakes, the reference
//! reports the first in this order, and so does this. Nothing outside the answer is changed, so that the
//! same call serves the start, `reread` and a dry run.

mod advice;
mod channel;
mod fastcgi;
mod groups;
mod listener;
mod program;
mod refusals;
mod rpcinterface;
mod section;
mod server;
mod supervisord;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::cli::Overrides;
use crate::diagnostic::{Diagnostic, Failure, Severity};
use crate::expand::{Scope, Value};
use crate::ini::{Document, Span};
use crate::model::{Config, Level, OnConfigError, Process};
use crate::options::Names;
use crate::system::System;
use crate::value::Asked;
use crate::{check, include, path};

pub(crate) use refusals::Refusals;
pub(crate) use section::{Reader, Worded};

/// Where the configuration comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigFile {
    /// The file that `-c` names, as it was typed.
    Given(String),
    /// The first that exists of the usual places; `program` is the path of the running executable.
    Search {
        /// Path of the executable, not a bare name.
        program: String,
    },
    /// A file that was found before: messages call it `shown`, and it is read at `path`. A relative `-c` keeps
    /// its meaning when the working directory changes.
    Pinned {
        /// As it was typed.
        shown: String,
        /// Absolute path.
        path: String,
    },
    /// No file: this text, as if it stood in the working directory.
    Text {
        /// What messages call it.
        name: String,
        /// The configuration.
        text: String,
    },
}

/// What to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// From where.
    pub file: ConfigFile,
    /// What the command line says; it wins over the file.
    pub overrides: Overrides,
}

/// A configuration that can be run.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Lines for the activity log, as the reference writes them: all warnings first.
    pub messages: Vec<(Level, String)>,
    /// What looks wrong and is accepted, with places.
    pub warnings: Vec<Diagnostic>,
    /// Mistakes in sections of programs that are shown as FATAL instead of being refused with everything else
    /// (`on_config_error=skip-program`).
    pub skipped: Vec<Diagnostic>,
    /// Patterns of `[include]` that match no file, as absolute paths.
    pub unmatched_includes: Vec<String>,
    /// Processes, each with the name of the section that describes it.
    pub origins: Vec<(Arc<Process>, String)>,
    /// The request that reads the same file again, wherever the daemon stands then.
    pub again: Request,
    /// The text behind the configuration, with the place of every option.
    pub document: Document,
}

impl Loaded {
    /// Takes everything out that the activity log is told of it: the reference's lines, then warnings, then the
    /// mistakes of what is shown as FATAL.
    pub fn take_lines(&mut self) -> Vec<(Level, String)> {
        let mut lines = std::mem::take(&mut self.messages);
        lines.extend(self.warnings.drain(..).map(|warning| (Level::Warn, warning.summary())));
        lines.extend(self.skipped.drain(..).map(|mistake| (Level::Error, mistake.summary())));
        lines
    }
}

/// What a user should hear before the usual places are searched with root's rights. Goes to standard error.
pub const ROOT_SEARCH_WARNING: &str = "Supervisord is running as root and it is searching for its configuration \
     file in default locations (including its current working directory); you probably want to specify a \"-c\" \
     argument specifying an absolute path to a configuration file for improved security.";

/// The usual places, in the order in which they are tried; `program` is the path of the running executable.
pub fn search_paths(program: &str) -> Vec<String> {
    let prefix = path::dirname(path::dirname(program));
    vec![
        path::join(prefix, "etc/supervisord.conf"),
        path::join(prefix, "supervisord.conf"),
        "supervisord.conf".to_owned(),
        "etc/supervisord.conf".to_owned(),
        "/etc/supervisord.conf".to_owned(),
        "/etc/supervisor/supervisord.conf".to_owned(),
    ]
}

/// What was noticed on the way and stops nothing.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) messages: Vec<(Level, String)>,
    pub(crate) warnings: Vec<Diagnostic>,
    pub(crate) skipped: Vec<Diagnostic>,
    pub(crate) unmatched_includes: Vec<String>,
    /// Which section each process comes from.
    pub(crate) origins: Vec<(Arc<Process>, String)>,
}

impl Notes {
    /// A line that the reference logs too.
    pub(crate) fn log(&mut self, message: String) {
        self.messages.push((Level::Warn, message));
    }
}

/// Everything that the readers of sections share.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) document: &'a Document,
    pub(crate) asked: &'a Asked<'a>,
    pub(crate) here: &'a str,
    pub(crate) host: &'a str,
    pub(crate) cwd: &'a str,
    /// What `ENV_*` names reach: the daemon's environment, and `[supervisord] environment` over it.
    pub(crate) environment: &'a BTreeMap<String, String>,
    /// `[supervisord] environment`.
    pub(crate) for_children: &'a BTreeMap<String, String>,
    /// `[supervisord] environment` was refused, so that variables are missing above.
    pub(crate) lacks_variables: bool,
    /// `[supervisord] on_config_error`.
    pub(crate) on_config_error: OnConfigError,
    /// `[supervisord] create_log_dirs`.
    pub(crate) create_log_dirs: bool,
}

impl<'a> Context<'a> {
    /// The names that are the same for every section.
    pub(crate) fn names(&self, names: Names) -> (Names, Scope<'a>) {
        let scope = Scope::new(self.environment).lacking_variables(self.lacks_variables);
        let scope = match names {
            Names::Environment => scope,
            Names::Host => {
                scope.with("here", Value::Text(self.here)).with("host_node_name", Value::Text(self.host))
            }
            _ => scope.with("here", Value::Text(self.here)),
        };
        (names, scope)
    }

    /// A warning of ours, at a place.
    pub(crate) fn warning(&self, span: Span, message: String, help: &str) -> Diagnostic {
        let place = Some(self.document.place(span));
        Diagnostic { severity: Severity::Warning, message, place, help: Some(help.to_owned()) }
    }
}

/// Reads and checks a whole configuration.
///
/// # Errors
/// Everything that is refused, with places: first what the reference refuses first, in its words.
pub fn load(request: &Request, system: &dyn System) -> Result<Loaded, Failure> {
    let start_environment = system.environment();
    let asked = Asked { system, environment: &start_environment };
    let (cwd, host) = (system.current_dir(), system.hostname());
    let (shown, file, bytes) = open(&request.file, system, &cwd)?;
    let here = path::dirname(&file).to_owned();

    let mut document = Document::default();
    document.read(&shown, &bytes)?;
    let mut notes = Notes::default();
    read_includes(&mut document, (&here, &cwd, &host), &asked, &mut notes)?;

    let nothing = BTreeMap::new();
    let context = Context {
        document: &document,
        asked: &asked,
        here: &here,
        host: &host,
        cwd: &cwd,
        environment: &start_environment,
        for_children: &nothing,
        lacks_variables: false,
        on_config_error: OnConfigError::Abort,
        create_log_dirs: false,
    };
    let mut refusals = Refusals::default();
    let daemon = supervisord::read(&context, &request.overrides, &mut notes, &mut refusals);
    let mut supervisord = daemon.supervisord;
    let for_children = supervisord.environment.clone();
    let mut environment = start_environment.clone();
    environment.extend(for_children.clone());
    let context = Context {
        environment: &environment,
        for_children: &for_children,
        lacks_variables: daemon.lacks_variables,
        on_config_error: supervisord.on_config_error,
        create_log_dirs: supervisord.create_log_dirs,
        ..context
    };

    let rpc_namespaces = refusals.or_default(rpcinterface::namespaces(&context));
    let groups = refusals.or_default(groups::read(&context, &mut notes));
    let servers = refusals.or_default(server::read(&context, supervisord.require_password));
    let user = supervisord::resolve_user(&context, &request.overrides, daemon.user);
    supervisord.user = refusals.or_default(user);
    supervisord.config_file.clone_from(&file);
    let config = refusals.finish(Config { supervisord, servers, rpc_namespaces, groups });
    let config = config.map_err(|mut failure| {
        failure.diagnostics.extend(check::lost_headers(&document));
        failure
    })?;
    notes.warnings.extend(check::check(&document));

    notes.messages.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
    let again = Request { file: pinned(&request.file, shown, file), overrides: request.overrides.clone() };
    let Notes { messages, warnings, skipped, unmatched_includes, mut origins } = notes;
    // Not everything that was read became a part of the configuration.
    let processes = config.groups.iter().flat_map(|group| &group.processes);
    let used: HashSet<*const Process> = processes.map(Arc::as_ptr).collect();
    origins.retain(|(process, _)| used.contains(&Arc::as_ptr(process)));
    Ok(Loaded { config, messages, warnings, skipped, unmatched_includes, origins, again, document })
}

fn read_includes(
    document: &mut Document,
    (here, cwd, host): (&str, &str, &str),
    asked: &Asked<'_>,
    notes: &mut Notes,
) -> Result<(), Failure> {
    let scope = Scope::new(asked.environment)
        .with("here", Value::Text(here))
        .with("host_node_name", Value::Text(host));
    let included = include::include(document, include::Base { here, cwd }, &scope, asked.system)?;
    notes.messages.extend(included.messages);
    notes.warnings.extend(included.warnings);
    notes.unmatched_includes = included.unmatched;
    Ok(())
}

fn pinned(file: &ConfigFile, shown: String, path: String) -> ConfigFile {
    match file {
        ConfigFile::Text { .. } => file.clone(),
        _ => ConfigFile::Pinned { shown, path },
    }
}

/// The name for messages, the absolute path, and the bytes of the configuration file.
fn open(file: &ConfigFile, system: &dyn System, cwd: &str) -> Result<(String, String, Vec<u8>), Failure> {
    let (shown, path) = match file {
        ConfigFile::Text { name, text } => {
            return Ok((name.clone(), path::absolute(name, cwd), text.clone().into()));
        }
        ConfigFile::Given(shown) => (shown.clone(), shown.clone()),
        ConfigFile::Pinned { shown, path } => (shown.clone(), path.clone()),
        ConfigFile::Search { program } => {
            let found = find(program, system)?;
            (found.clone(), found)
        }
    };
    let bytes = read_config_file(&shown, &path, system)?;
    Ok((shown, path::absolute(&path, cwd), bytes))
}

fn find(program: &str, system: &dyn System) -> Result<String, Failure> {
    let paths = search_paths(program);
    paths.iter().find(|path| system.exists(path)).cloned().ok_or_else(|| {
        let message = format!(
            "No config file found at default paths ({}); use the -c option to specify a config file at a different path",
            paths.join(", ")
        );
        Failure::new(message, None, Some("echo_supervisord_conf prints a sample to start from".to_owned()))
    })
}

/// The bytes of a configuration file that messages call `shown`.
pub(crate) fn read_config_file(shown: &str, path: &str, system: &dyn System) -> Result<Vec<u8>, Failure> {
    if !system.exists(path) {
        return Err(Failure::new(format!("could not find config file {shown}"), None, None));
    }
    system.read_file(path).map_err(|error| {
        let help = format!("opening it failed: {error}");
        Failure::new(format!("could not read config file {shown}"), None, Some(help))
    })
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "resolve/mistakes_tests.rs"]
mod mistakes_tests;

#[cfg(test)]
#[path = "resolve/assembly_tests.rs"]
mod assembly_tests;

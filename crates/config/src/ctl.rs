//! What `supervisorctl` takes from a configuration file: its own section, of that one file. Includes are not
//! followed.

use std::collections::BTreeMap;

use crate::cli::CtlInvocation;
use crate::diagnostic::{Diagnostic, Failure, Severity};
use crate::expand::{Scope, Value};
use crate::ini::{Document, Section};
use crate::options::{Kind, Names};
use crate::path;
use crate::resolve::{Reader, read_config_file, search_paths};
use crate::system::{System, expand_user};

/// How the client reaches the daemon, command line and file taken together.
#[derive(Clone, PartialEq, Eq)]
pub struct CtlConfig {
    /// `unix:///path` or `http://host:port`.
    pub serverurl: String,
    /// Empty or absent: no authentication.
    pub username: Option<String>,
    /// Plain text.
    pub password: Option<String>,
    /// What the prompt says, without the `> `.
    pub prompt: String,
    /// Where the history is kept, absolute.
    pub history_file: Option<String>,
    /// The file that was read; `None` if there was none to be found, which is fine.
    pub config_file: Option<String>,
    /// What looks wrong and is accepted.
    pub warnings: Vec<Diagnostic>,
}

impl std::fmt::Debug for CtlConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // No password: debug output ends up in logs.
        f.debug_struct("CtlConfig")
            .field("serverurl", &self.serverurl)
            .field("username", &self.username)
            .field("prompt", &self.prompt)
            .field("history_file", &self.history_file)
            .field("config_file", &self.config_file)
            .finish_non_exhaustive()
    }
}

/// Where to connect when nothing says otherwise.
const DEFAULT_URL: &str = "http://localhost:9001";

/// The prompt when nothing says otherwise.
const DEFAULT_PROMPT: &str = "supervisor";

/// Finds and reads the configuration of the client; `program` is the path of the running executable.
///
/// # Errors
/// A file that is named and cannot be read, has no `[supervisorctl]` section, or has a mistake in it.
pub fn load(invocation: &CtlInvocation, program: &str, system: &dyn System) -> Result<CtlConfig, Failure> {
    let found = match &invocation.configuration {
        // An empty name is that of no file, and stops the search, as in the reference.
        Some(file) => Some(file.clone()).filter(|file| !file.is_empty()),
        None => search_paths(program).into_iter().find(|path| system.exists(path)),
    };
    let mut config = match found {
        Some(file) => from_file(file, system)?,
        None => CtlConfig {
            serverurl: DEFAULT_URL.to_owned(),
            username: None,
            password: None,
            prompt: DEFAULT_PROMPT.to_owned(),
            history_file: None,
            config_file: None,
            warnings: Vec::new(),
        },
    };
    let environment = system.environment();
    let history_file = invocation.history_file.as_deref().filter(|file| !file.is_empty());
    config.serverurl = invocation.serverurl.clone().unwrap_or(config.serverurl);
    config.username = invocation.username.clone().or(config.username);
    config.password = invocation.password.clone().or(config.password);
    config.history_file =
        history_file.map(|file| absolute(file, system, &environment)).or(config.history_file);
    Ok(config)
}

fn absolute(file: &str, system: &dyn System, environment: &BTreeMap<String, String>) -> String {
    path::absolute(&expand_user(file, system, environment), &system.current_dir())
}

fn from_file(file: String, system: &dyn System) -> Result<CtlConfig, Failure> {
    let environment = system.environment();
    let full = absolute(&file, system, &environment);
    let mut document = Document::default();
    document.read(&file, &read_config_file(&file, &file, system)?)?;
    let Some(section) = document.section("supervisorctl") else {
        let help = "add a line [supervisorctl] to it; the section may be empty".to_owned();
        return Err(Failure::new(".ini file does not include supervisorctl section", None, Some(help)));
    };
    let scope = Scope::new(&environment);
    let with_here = (Names::Here, scope.clone().with("here", Value::Text(path::dirname(&full))));
    let with_here = Reader::new(&document, section, Kind::Supervisorctl, with_here);
    let reader = Reader::new(&document, section, Kind::Supervisorctl, (Names::Environment, scope.clone()));

    let serverurl = with_here.text("serverurl")?.map_or_else(|| DEFAULT_URL.to_owned(), Into::into);
    let serverurl = match serverurl.strip_prefix("unix://") {
        Some(socket) => format!("unix://{}", absolute(socket, system, &environment)),
        None => serverurl,
    };
    let prompt = reader.text("prompt")?.map_or_else(|| DEFAULT_PROMPT.to_owned(), Into::into);
    let username = reader.text("username")?.map(Into::into);
    let password = reader.text("password")?.map(Into::into);
    let history_file = with_here.text("history_file")?.filter(|file| !file.is_empty());
    let history_file = history_file.map(|file| absolute(&file, system, &environment));
    let warnings = plugins(&document, &scope)?;
    Ok(CtlConfig { serverurl, username, password, prompt, history_file, config_file: Some(file), warnings })
}

/// Python plugins are accepted, so that one file serves both clients, and cannot be loaded.
fn plugins(document: &Document, scope: &Scope<'_>) -> Result<Vec<Diagnostic>, Failure> {
    let plugin = |section: &Section| {
        let reader = Reader::new(document, section, Kind::CtlPlugin, (Names::Environment, scope.clone()));
        if reader.text("supervisor.ctl_factory")?.is_none() {
            let message = format!("section [{}] does not specify a supervisor.ctl_factory", section.name);
            return Err(reader.refuse_section(message));
        }
        Ok(Diagnostic {
            severity: Severity::Warning,
            message: format!("[{}] is ignored: Python plugins cannot be loaded", section.name),
            place: Some(document.place(section.span)),
            help: None,
        })
    };
    document.sections().iter().filter(|section| section.name.starts_with("ctlplugin:")).map(plugin).collect()
}

#[cfg(test)]
#[path = "ctl_tests.rs"]
mod tests;

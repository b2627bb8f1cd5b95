//! What `supervisorctl` takes from a configuration file: its own section, of that one file. Includes are not
//! followed.

use std::collections::BTreeMap;

use crate::cli::CtlInvocation;
use crate::diagnostic::{Diagnostic, Failure, Severity};
use crate::expand::{Scope, Value};
use crate::ini::{Document, Section};
use crate::options::{Kind, Names};
use crate::resolve::{Reader, read_config_file, search_paths};
use crate::system::{System, expand_user};
use crate::text::strip;
use crate::{path, value};

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
    /// Commands that `[ctlplugin:x]` sections have programs for: their names, and command lines.
    pub plugins: BTreeMap<String, String>,
    /// Commands that `[ctlplugin:x]` sections have Python code for, which cannot be loaded: their names, and what to say
    /// to who asks for one.
    pub python_plugins: BTreeMap<String, Diagnostic>,
    /// Who chose the URL.
    pub url_origin: UrlOrigin,
    /// What the file says about the daemon.
    pub daemon: DaemonTraces,
}

/// Who chose the URL that is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum UrlOrigin {
    /// Nobody did.
    #[default]
    Default,
    /// `[supervisorctl] serverurl`.
    File,
    /// `-s`.
    CommandLine,
}

/// Where a file lets the daemon be found. It serves explanations only: what cannot be understood is left out
/// here, because it is the daemon's to refuse.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DaemonTraces {
    /// `[supervisord] pidfile`, absolute, if it is written.
    pub pidfile: Option<String>,
    /// The URLs of the servers in the file itself; there may be more in files that it includes.
    pub urls: Vec<String>,
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
        Some(file) => {
            let distrusted = match invocation.configuration {
                Some(_) => None,
                None => distrust(&file, system),
            };
            let mut config = from_file(file, system)?;
            if distrusted.is_some() {
                // Who chooses the server learns the password; who chooses programs does whatever the user can.
                config.plugins.clear();
            }
            config.warnings.extend(distrusted);
            config
        }
        None => CtlConfig {
            serverurl: DEFAULT_URL.to_owned(),
            username: None,
            password: None,
            prompt: DEFAULT_PROMPT.to_owned(),
            history_file: None,
            config_file: None,
            warnings: Vec::new(),
            plugins: BTreeMap::new(),
            python_plugins: BTreeMap::new(),
            url_origin: UrlOrigin::Default,
            daemon: DaemonTraces::default(),
        },
    };
    let environment = system.environment();
    let history_file = invocation.history_file.as_deref().filter(|file| !file.is_empty());
    if let Some(url) = &invocation.serverurl {
        (config.serverurl, config.url_origin) = (url.clone(), UrlOrigin::CommandLine);
    }
    config.username = invocation.username.clone().or(config.username);
    config.password = invocation.password.clone().or(config.password);
    config.history_file =
        history_file.map(|file| absolute(file, system, &environment)).or(config.history_file);
    Ok(config)
}

/// A file that was found in the working directory and belongs to somebody else may have been put there for the user
/// to find: it chooses the server, and so who is told the password.
fn distrust(file: &str, system: &dyn System) -> Option<Diagnostic> {
    let owner = system.owner(file).filter(|&owner| owner != system.own_uid() && owner != 0)?;
    let is_here = !file.starts_with('/');
    is_here.then(|| Diagnostic {
        severity: Severity::Warning,
        message: format!(
            "{file} was found in the current directory and belongs to another user (uid {owner}); it decides which \
             server is asked; if it is the right file, name it with -c"
        ),
        place: None,
        help: None,
    })
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

    let is_written = with_here.entry("serverurl").is_some();
    let url_origin = if is_written { UrlOrigin::File } else { UrlOrigin::Default };
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
    let (plugins, python_plugins) = plugins(&document, (path::dirname(&full), &scope))?;
    let daemon = traces(&document, &Places { here: path::dirname(&full), scope: &scope, system });
    Ok(CtlConfig {
        serverurl,
        username,
        password,
        prompt,
        history_file,
        config_file: Some(file),
        warnings: Vec::new(),
        plugins,
        python_plugins,
        url_origin,
        daemon,
    })
}

/// What paths in a file are resolved with.
struct Places<'a> {
    here: &'a str,
    scope: &'a Scope<'a>,
    system: &'a dyn System,
}

fn traces(document: &Document, places: &Places<'_>) -> DaemonTraces {
    let path_in = |section: &Section, kind: Kind, option: &str| {
        let scope = places.scope.clone().with("here", Value::Text(places.here));
        let reader = Reader::new(document, section, kind, (Names::Here, scope));
        reader.entry(option)?;
        let text = reader.text(option).ok().flatten()?;
        Some(absolute(strip(&text), places.system, &places.system.environment()))
    };
    let url_of = |section: &Section| {
        if section.name.starts_with("unix_http_server") {
            return path_in(section, Kind::UnixHttpServer, "file").map(|file| format!("unix://{file}"));
        }
        if !section.name.starts_with("inet_http_server") {
            return None;
        }
        let names = (Names::Environment, places.scope.clone());
        let reader = Reader::new(document, section, Kind::InetHttpServer, names);
        let (host, port) = reader.optional("port", value::host_port).ok().flatten()?;
        let host = if host.is_empty() { "localhost" } else { &host };
        Some(format!("http://{host}:{port}"))
    };
    let supervisord = document.section("supervisord");
    DaemonTraces {
        pidfile: supervisord.and_then(|section| path_in(section, Kind::Supervisord, "pidfile")),
        urls: document.sections().iter().filter_map(url_of).collect(),
    }
}

/// Commands of programs, by name: their command lines.
type Programs = BTreeMap<String, String>;

/// Commands of Python code, by name: what to say about them.
type PythonPlugins = BTreeMap<String, Diagnostic>;

/// Commands of programs and of Python plugins, which are accepted, so that one file serves both clients, and cannot be
/// loaded.
fn plugins(
    document: &Document,
    (here, scope): (&str, &Scope<'_>),
) -> Result<(Programs, PythonPlugins), Failure> {
    const FACTORY: &str = "supervisor.ctl_factory";
    let (mut plugins, mut python_plugins) = (BTreeMap::new(), BTreeMap::new());
    for section in document.sections() {
        let Some(name) = section.name.strip_prefix("ctlplugin:") else { continue };
        let with_here = (Names::Here, scope.clone().with("here", Value::Text(here)));
        let reader = Reader::new(document, section, Kind::CtlPlugin, with_here);
        if section.own("command").is_some()
            && let Some(command) = reader.text("command")?
        {
            plugins.insert(name.to_owned(), command.into_owned());
            continue;
        }
        let reader = Reader::new(document, section, Kind::CtlPlugin, (Names::Environment, scope.clone()));
        if reader.text(FACTORY)?.is_none() {
            let message = format!("section [{}] does not specify a {FACTORY}", section.name);
            return Err(reader.refuse_section(message));
        }
        let warning = Diagnostic {
            severity: Severity::Warning,
            message: format!("[{}] is ignored: Python plugins cannot be loaded", section.name),
            place: Some(document.place(section.span)),
            help: Some("name a program that provides the command, with command=".to_owned()),
        };
        python_plugins.insert(name.to_owned(), warning);
    }
    Ok((plugins, python_plugins))
}

#[cfg(test)]
#[path = "ctl_tests.rs"]
mod tests;

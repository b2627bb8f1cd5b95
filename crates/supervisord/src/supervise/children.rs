//! From a recipe to a child: everything that spawning needs, and the texts of what can go wrong.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};

use provost_config::model::{Address, Config, GroupKind, ServerUrl, User};
use provost_config::words;
use provost_core::call::Fault;
use provost_core::status::Pid;
use provost_core::supervisor::Registration;
use provost_sys::command::{self, CommandErrorKind};
use provost_sys::pipe::Pipe;
use provost_sys::{Gid, Identity, Report, SpawnSpec, Stdio, Uid, python_repr};

use super::fastcgi::{Say, Sockets};
use super::survivors::{Belongings, reaches_further};

/// What all children get from the daemon.
#[derive(Debug)]
pub(crate) struct Launcher {
    /// The daemon's own environment, as it was at its start.
    environment: Vec<(OsString, OsString)>,
    /// SUPERVISOR_SERVER_URL for programs that do not set their own.
    server_url: Option<String>,
    /// Descriptors below this are closed in children where the system cannot close them all at once.
    max_fd: i32,
    /// What the children of FastCGI programs share.
    pub(super) sockets: Sockets,
}

/// A child, and the ends of its pipes that stay here.
#[derive(Debug)]
pub(super) struct Child {
    pub(super) pid: Pid,
    /// Whether it becomes its program.
    pub(super) report: Report,
    /// The file it executes.
    pub(super) path: PathBuf,
    /// Absent where descriptor 0 is a FastCGI socket.
    pub(super) stdin: Option<OwnedFd>,
    pub(super) stdout: OwnedFd,
    pub(super) stderr: Option<OwnedFd>,
}

/// What a child gets as descriptor 0.
enum Input<'a> {
    Pipe(Pipe),
    /// A FastCGI socket.
    Socket(BorrowedFd<'a>),
}

impl Input<'_> {
    fn childs(&self) -> BorrowedFd<'_> {
        match self {
            Self::Pipe(pipe) => pipe.childs.as_fd(),
            Self::Socket(socket) => *socket,
        }
    }

    fn into_ours(self) -> Option<OwnedFd> {
        match self {
            Self::Pipe(pipe) => Some(pipe.ours),
            Self::Socket(_) => None,
        }
    }
}

/// A registered process.
#[derive(Debug)]
pub(super) struct Program {
    /// In a box, because the nodes of a map that only grows at its end are half empty.
    pub(super) registration: Box<Registration>,
}

impl Program {
    pub(super) fn new(registration: Box<Registration>) -> Self {
        Self { registration }
    }

    /// Whether more belongs to it than its child.
    pub(super) fn has_kin(&self) -> bool {
        reaches_further(&self.registration.recipe)
    }

    /// Whether the control plane talks to its child.
    pub(super) fn is_plugin(&self) -> bool {
        matches!(self.registration.group.kind, GroupKind::RpcPlugin(_))
    }
}

fn identity_of(user: &User) -> Identity {
    let groups = user.groups.iter().copied().map(Gid::new).collect();
    Identity { uid: Uid::new(user.uid), gid: Gid::new(user.gid), groups }
}

/// Why a command cannot be started, before a child is made.
#[derive(Debug)]
enum Unstartable {
    Missing(String),
    Unusable(String),
}

impl Unstartable {
    fn into_text(self) -> String {
        match self {
            Self::Missing(text) | Self::Unusable(text) => text,
        }
    }
}

impl Launcher {
    /// For children of a daemon with that configuration.
    pub(crate) fn new(config: &Config, environment: Vec<(OsString, OsString)>, sockets: Sockets) -> Self {
        let max_fd = i32::try_from(config.supervisord.minfds).unwrap_or(i32::MAX);
        Self { environment, server_url: server_url(config), max_fd, sockets }
    }

    /// Whether a start would find its command; the fault if not.
    pub(super) fn probe(&self, program: &Program) -> Result<(), Fault> {
        match self.command(program) {
            Ok(_) => Ok(()),
            Err(Unstartable::Missing(text)) => Err(Fault::NoFile(text)),
            Err(Unstartable::Unusable(text)) => Err(Fault::NotExecutable(text)),
        }
    }

    /// Makes a child; the error is what spawnerr says. What the child shares is to be released when it has ended, and
    /// also after an error.
    pub(super) fn launch(
        &mut self,
        program: &Program,
        belongings: Option<Belongings>,
        say: Say<'_>,
    ) -> Result<Child, String> {
        let (path, argv) = self.command(program).map_err(Unstartable::into_text)?;
        let spec = self.spec(program, (&path, &argv), belongings).map_err(|error| error.to_string())?;
        let name = &program.registration.name.name;
        let no_pipe = |error: std::io::Error| match error.raw_os_error() {
            Some(number) if number == rustix::io::Errno::MFILE.raw_os_error() => {
                format!("too many open files to spawn '{name}'")
            }
            number => format!(
                "unknown error making dispatchers for '{name}': {}",
                provost_sys::errno_name(number.unwrap_or(0))
            ),
        };
        let recipe = &program.registration.recipe;
        let owner = recipe.user.as_ref().map(|user| (Uid::new(user.uid), Gid::new(user.gid)));
        let stdin = match &recipe.fastcgi {
            Some(config) => {
                let socket = self.sockets.acquire(&program.registration.name, config, say);
                Input::Socket(socket.map_err(|unmade| unmade.to_string())?)
            }
            None => Input::Pipe(provost_sys::pipe::input_pipe().map_err(no_pipe)?),
        };
        let stdout = provost_sys::pipe::output_pipe(owner).map_err(no_pipe)?;
        let stderr = match recipe.redirect_stderr {
            true => None,
            false => Some(provost_sys::pipe::output_pipe(owner).map_err(no_pipe)?),
        };
        let stdio = Stdio {
            stdin: stdin.childs(),
            stdout: stdout.childs.as_fd(),
            stderr: stderr.as_ref().map_or(&stdout, |pipe| pipe).childs.as_fd(),
        };
        let spawned = provost_sys::spawn(&spec, &stdio).map_err(|error| match error.0.raw() {
            number if number == rustix::io::Errno::AGAIN.raw_os_error() => {
                format!("Too many processes in process table to spawn '{name}'")
            }
            _ => format!("unknown error during fork for '{name}': {}", error.0.name()),
        })?;
        Ok(Child {
            pid: Pid(spawned.pid.raw()),
            report: spawned.report,
            path,
            stdin: stdin.into_ours(),
            stdout: stdout.ours,
            stderr: stderr.map(|pipe| pipe.ours),
        })
    }

    /// The file to execute, and the words of the command line.
    fn command(&self, program: &Program) -> Result<(PathBuf, Vec<String>), Unstartable> {
        let recipe = &program.registration.recipe;
        let argv = words::split_command(&recipe.command).map_err(|error| {
            Unstartable::Unusable(format!("can't parse command {}: {error}", python_repr(&recipe.command)))
        })?;
        let Some(first) = argv.first() else {
            return Err(Unstartable::Unusable("command is empty".into()));
        };
        let own_path =
            || self.environment.iter().find(|pair| pair.0 == "PATH").and_then(|pair| pair.1.to_str());
        let path = recipe.environment.get("PATH").map(String::as_str).or_else(own_path);
        let directory = recipe.directory.as_deref().map(Path::new);
        match command::resolve(first, path, directory) {
            Ok(path) => Ok((path, argv)),
            Err(error) => Err(match error.kind() {
                CommandErrorKind::NotFound => Unstartable::Missing(error.to_string()),
                CommandErrorKind::NotExecutable => Unstartable::Unusable(error.to_string()),
            }),
        }
    }

    fn spec(
        &self,
        program: &Program,
        (path, argv): (&Path, &[String]),
        belongings: Option<Belongings>,
    ) -> Result<SpawnSpec, provost_sys::NulInText> {
        let recipe = &program.registration.recipe;
        let mut spec = SpawnSpec::new(path, argv)?.env(self.variables(&program.registration))?;
        if let Some(Belongings { variable, cgroup }) = belongings {
            spec = spec.env([variable])?;
            if let Some(cgroup) = cgroup {
                spec = spec.join(&cgroup.entrance())?;
            }
        }
        if let Some(user) = &recipe.user {
            spec = spec.identity(identity_of(user));
        }
        if let Some(directory) = &recipe.directory {
            spec = spec.directory(Path::new(directory))?;
        }
        if let Some(mask) = recipe.umask {
            spec = spec.umask(mask);
        }
        spec.max_fd = self.max_fd;
        Ok(spec)
    }

    /// The daemon's environment, then SUPERVISOR_*, then the configured one: later ones win.
    fn variables(&self, registration: &Registration) -> Vec<(Vec<u8>, Vec<u8>)> {
        let recipe = &registration.recipe;
        let url = match &recipe.serverurl {
            ServerUrl::Auto => self.server_url.as_deref(),
            ServerUrl::Given(url) => Some(url.as_str()).filter(|url| !url.is_empty()),
        };
        let mut variables: BTreeMap<&[u8], &[u8]> =
            self.environment.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())).collect();
        variables.insert(b"SUPERVISOR_ENABLED", b"1");
        variables.extend(url.map(|url| (&b"SUPERVISOR_SERVER_URL"[..], url.as_bytes())));
        variables.insert(b"SUPERVISOR_PROCESS_NAME", registration.name.name.as_bytes());
        variables.insert(b"SUPERVISOR_GROUP_NAME", registration.name.group.as_bytes());
        variables.extend(recipe.environment.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        variables.into_iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
    }
}

/// What SUPERVISOR_SERVER_URL says: the first unix server, else the first inet server.
fn server_url(config: &Config) -> Option<String> {
    let unix = config.servers.iter().find_map(|server| match &server.address {
        Address::Unix { path, .. } => Some(format!("unix://{path}")),
        Address::Inet { .. } => None,
    });
    unix.or_else(|| {
        config.servers.iter().find_map(|server| match &server.address {
            Address::Inet { host, port } if host.is_empty() => Some(format!("http://localhost:{port}")),
            Address::Inet { host, port } => Some(format!("http://{host}:{port}")),
            Address::Unix { .. } => None,
        })
    })
}

/// The daemon's environment as it is now.
pub(crate) fn own_environment() -> Vec<(OsString, OsString)> {
    std::env::vars_os().map(|(name, value)| (OsString::from_vec(name.into_vec()), value)).collect()
}

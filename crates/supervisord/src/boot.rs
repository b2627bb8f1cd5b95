//! The daemon's life: arguments, configuration, rights, log, sockets, background, planes, and the way back.
//!
//! A daemon that starts over (`reload`, SIGHUP) lives again from the rights on, in the same process, with a
//! configuration that was read and checked before the first program was stopped. What is fatal at the first start
//! (`Error: …`, exit status 2) is a line in the log at every later one: once running, no error ends the daemon.

use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};
use std::time::SystemTime;

use provost_config::diagnostic::{Diagnostic, Failure};
use provost_config::dump::{Dump, Secrets};
use provost_config::ini::Document;
use provost_config::model::{Config, Level, MainLog};
use provost_config::resolve::{Loaded, Request, load};
use provost_core::shutdown::Ending;
use provost_core::supervisor::Origin;
use provost_sys::daemonize::Entered;
use provost_sys::rlimit::{self, Resource};
use provost_sys::{Daemonized, Detach, Signals, Uid, user};

use crate::command_line::{self, Wish};
use crate::demo::Demo;
use crate::http::Reception;
use crate::instance::Instance;
use crate::logs::{ActivityLog, ActivitySettings};
use crate::ports::{ControlPorts, Describer, Loader, LogPort, Unusable};
use crate::servers::{Servers, Unopened};
use crate::supervise::{Ended, Launcher, Neighbours, Plane, Sockets, own_environment};
use crate::system::RealSystem;
use crate::{autologs, foundation, http, inspect, new_password, terminal};

/// Why the daemon does not start: what follows `Error: ` on standard error.
#[derive(Debug)]
enum Fatal {
    /// Something that no single option is behind.
    Plain(String),
    /// A server that the configuration asks for.
    Server(Unopened),
}

impl<E: std::error::Error> From<E> for Fatal {
    fn from(error: E) -> Self {
        Self::Plain(error.to_string())
    }
}

impl Fatal {
    /// The same with its place in the configuration, if it has one.
    fn told_about(self, document: &Document) -> Failure {
        match self {
            Self::Plain(text) => Failure::new(text, None, None),
            Self::Server(Unopened { section, option, text, help }) => {
                let place = document.section(&section).map(|section| {
                    let written = document.option(section, option).map(|entry| entry.value_span);
                    document.place(written.unwrap_or(section.span))
                });
                Failure::new(text, place, Some(help))
            }
        }
    }
}

/// Does what the command line says.
pub(crate) fn main() -> ExitCode {
    let arguments: Vec<String> =
        std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let wish = match command_line::read(&arguments) {
        Ok(wish) => wish,
        Err(refusal) => return refuse(&format!("Error: {refusal}\n")),
    };
    match wish {
        Wish::Print(text) => {
            terminal::print(text);
            ExitCode::SUCCESS
        }
        Wish::Check(request) => inspect::check(&request),
        Wish::DumpConfig(options, request) => inspect::dump(&request, options),
        Wish::HashPassword => new_password::make(),
        Wish::Run(request) => run(&request, None),
        Wish::Demo(demo, request) => run(&request, Some(&demo)),
    }
}

/// Says on standard error why nothing is done.
fn refuse(text: &str) -> ExitCode {
    let program = std::env::args().next().unwrap_or_else(|| "supervisord".into());
    terminal::complain(format_args!("{text}For help, use {program} -h\n"));
    ExitCode::from(2)
}

fn run(request: &Request, demo: Option<&Demo>) -> ExitCode {
    let system = RealSystem::new();
    let loaded = match load(request, &system) {
        Ok(loaded) => loaded,
        Err(failure) => return refuse(&failure.render()),
    };
    match Daemon::new(&loaded, system).live(loaded, demo) {
        Ok(code) => code,
        Err(failure) => refuse(&failure.render()),
    }
}

/// What lasts from one life to the next.
struct Daemon {
    /// Reads the same file again, wherever the daemon stands then.
    again: Request,
    /// Where it is read, seen from where the daemon was started.
    system: RealSystem,
    /// The environment the daemon was started with, for its children.
    environment: Vec<(std::ffi::OsString, std::ffi::OsString)>,
    /// Installed in the first life, before any thread.
    signals: Option<Signals>,
    /// The log of the last life, for a life that cannot open its own.
    old_log: Option<ActivityLog>,
    /// The number of the next event.
    next_serial: u64,
    /// The right to be the one daemon of this configuration.
    instance: Instance,
    /// Who is signed in.
    reception: Reception,
}

/// What a life does before its planes run.
struct Prepared {
    /// Whether this is the first life, in which what cannot be had is fatal.
    first: bool,
    config: Arc<Config>,
    log: ActivityLog,
    servers: Servers,
    sockets: Sockets,
}

impl Daemon {
    fn new(loaded: &Loaded, system: RealSystem) -> Self {
        Self {
            again: loaded.again.clone(),
            system,
            environment: own_environment(),
            signals: None,
            old_log: None,
            next_serial: 0,
            instance: Instance::default(),
            reception: Reception::default(),
        }
    }

    fn live(mut self, mut loaded: Loaded, demo: Option<&Demo>) -> Result<ExitCode, Failure> {
        let messages = loaded.take_lines();
        let Loaded { config, document, .. } = loaded;
        let first = self.prepare(&Arc::new(config), messages, demo);
        let mut life = first.map_err(|fatal| {
            self.instance.withdraw();
            fatal.told_about(&document)
        })?;
        // Only the first life can fail for what the text says; it need not be kept for the others.
        drop(document);
        loop {
            // Without one, this is the parent of a daemon that went to the background.
            let Some(prepared) = life else { return Ok(ExitCode::SUCCESS) };
            let ended = self.supervise(prepared).map_err(plain)?;
            let Ended { ending: Ending::Restart, config: Some(next), .. } = ended else {
                self.instance.withdraw();
                return Ok(ExitCode::SUCCESS);
            };
            life = self.prepare(&next, Vec::new(), demo).map_err(plain)?;
        }
    }

    /// Everything up to the planes; nothing if this process is only the parent of the daemon.
    fn prepare(
        &mut self,
        config: &Arc<Config>,
        mut messages: Vec<(Level, String)>,
        demo: Option<&Demo>,
    ) -> Result<Option<Prepared>, Fatal> {
        let first = self.signals.is_none();
        self.take_rights(config, first, &mut messages)?;
        let mut log = self.open_log(config, first, &mut messages)?;
        messages.sort_by_key(|message| std::cmp::Reverse(message.0));
        // Claimed before, for of two that start at once only one may try to open anything.
        let claimed = self.instance.claim(config, &mut messages);
        let opened = claimed.and_then(|()| open_servers(config, first, &mut messages));
        let servers = match opened {
            Ok(servers) => servers,
            Err(unopened) => {
                // The file may be the log of the daemon that has these servers: not a line of ours belongs there.
                messages.iter().for_each(|(level, text)| log.print_line(SystemTime::now(), *level, text));
                return Err(Fatal::Server(unopened));
            }
        };
        for (level, text) in messages {
            log.write(SystemTime::now(), level, &text);
        }
        // After the servers: who cannot have them because another daemon does must not take its sockets away.
        let sockets = check_sockets(config, first, &mut log)?;
        if !config.supervisord.nocleanup
            && let Some(directory) = &config.supervisord.childlogdir
        {
            for text in autologs::remove_old(directory, &config.supervisord.identifier) {
                log.write(SystemTime::now(), Level::Warn, &text);
            }
        }
        if first {
            if !config.supervisord.nodaemon && !go_to_background(config, &mut log)? {
                // The sockets and the pidfile belong to the child now.
                std::mem::forget(servers);
                self.instance.leave_to_child();
                return Ok(None);
            }
            self.signals = Some(Signals::install()?);
        }
        rlimit::make_room(descriptors_of(config));
        self.instance.announce(&mut log);
        if let Some(demo) = demo {
            terminal::print(demo.greeting());
        }
        Ok(Some(Prepared { first, config: Arc::clone(config), log, servers, sockets }))
    }

    /// Drops privileges and raises limits.
    fn take_rights(
        &self,
        config: &Config,
        first: bool,
        messages: &mut Vec<(Level, String)>,
    ) -> Result<(), Fatal> {
        let wanted = config.supervisord.user.as_ref().map(|user| Uid::new(user.uid));
        match user::drop_privileges(wanted) {
            Ok(privileges) => {
                let level = if wanted.is_some() { Level::Info } else { Level::Critical };
                messages.extend(privileges.message().map(|text| (level, text)));
            }
            Err(error) if first => return Err(error.into()),
            Err(error) => messages.push((Level::Critical, error.to_string())),
        }
        if first {
            let limits = [
                (Resource::OpenFiles, config.supervisord.minfds),
                (Resource::Processes, config.supervisord.minprocs),
            ];
            for (resource, minimum) in limits {
                messages.extend(rlimit::raise(resource, minimum)?.map(|text| (Level::Info, text)));
            }
        }
        Ok(())
    }

    fn open_log(
        &mut self,
        config: &Config,
        first: bool,
        messages: &mut Vec<(Level, String)>,
    ) -> Result<ActivityLog, Fatal> {
        let settings = &config.supervisord;
        let wanted = ActivitySettings {
            target: settings.logfile.clone(),
            maxbytes: settings.logfile_maxbytes,
            backups: settings.logfile_backups,
            level: settings.loglevel,
            copy_to_stdout: settings.nodaemon && !settings.silent,
        };
        let opened = ActivityLog::open(&wanted);
        let old = self.old_log.take();
        match (opened, old) {
            (Ok(log), _) => Ok(log),
            (Err(error), Some(old)) if !first => {
                messages.push((
                    Level::Critical,
                    format!("{}; the log goes on where it was", unopenable(config, &error)),
                ));
                Ok(old)
            }
            (Err(error), None) if !first => {
                // The last life's log hung, and its thread keeps it.
                let text = format!("{}; the log goes to the system log", unopenable(config, &error));
                messages.push((Level::Critical, text));
                let target = MainLog::Syslog;
                Ok(ActivityLog::open(&ActivitySettings { target, copy_to_stdout: false, ..wanted })?)
            }
            (Err(error), _) => Err(Fatal::Plain(unopenable(config, &error))),
        }
    }

    /// Runs the planes until a signal or a call ends this life.
    fn supervise(&mut self, prepared: Prepared) -> Result<Ended, Fatal> {
        let Prepared { first, config, log, mut servers, sockets } = prepared;
        let threshold = config.supervisord.loglevel;
        let signals = self.signals.as_ref().expect("signals are installed before the planes run");
        let foundation = match first {
            true => foundation::lay(log, threshold)?,
            false => match foundation::lay_at_last(log, threshold, signals) {
                Some(foundation) => foundation,
                None => return Ok(Ended::without_planes(self.next_serial)),
            },
        };
        let (inbox, log_port, watches, last_words) = foundation.share();
        let (supervisor, loader) = (inbox.port.clone(), self.loader(log_port.clone()));

        let (control, control_inbox) = tokio::sync::mpsc::unbounded_channel();
        let neighbours = Neighbours {
            logs: log_port.clone(),
            watches: Arc::clone(&watches),
            loader: Arc::clone(&loader),
            control,
        };
        let launcher = Launcher::new(&config, self.environment.clone(), sockets);
        let origin = Origin { seed: seed(), next_serial: self.next_serial };
        let plane = Plane::new(&config, origin, launcher, inbox, neighbours);

        let ports = ControlPorts {
            snapshot: plane.snapshot(),
            feed: plane.feed(),
            supervisor,
            logs: log_port.clone(),
            watches,
            loader,
            describe: self.describer(),
            main_log: main_log(&config),
            inbox: Arc::new(tokio::sync::Mutex::new(control_inbox)),
        };
        self.reception.hand_over(&mut servers.listeners, &config.servers);
        let (stop, stopped) = http::stop_pair();
        let http = match start_control_plane(servers, ports, stopped) {
            Err(error) if first => return Err(error.into()),
            started => started.map_err(|error| {
                let text = format!(
                    "no thread for the HTTP servers: {error} (they stay closed until the next reload)"
                );
                log_port.line(Level::Critical, text);
            }),
        };

        let ended = plane.run(signals);
        self.next_serial = ended.next_serial;

        stop.stop();
        if let Ok((thread, servers)) = http {
            // A plane that panicked has said so in the log; there is nothing to add here.
            let _ = thread.join();
            drop(servers);
        }
        self.old_log = last_words.hear();
        Ok(ended)
    }

    /// Reads the configuration again for somebody who only wants to look at it.
    fn describer(&self) -> Describer {
        let (again, system) = (self.again.clone(), self.system.clone());
        Arc::new(move || match load(&again, &system) {
            Ok(loaded) => Ok(Dump::new(&loaded, Secrets::Masked)),
            Err(failure) => Err(failure.message().to_owned()),
        })
    }

    /// Reads the configuration again, and says what it found in the log.
    fn loader(&self, log: LogPort) -> Loader {
        let (again, system) = (self.again.clone(), self.system.clone());
        Arc::new(move || {
            let mut loaded = load(&again, &system).map_err(|failure| {
                let mistakes: Vec<String> = failure.diagnostics.iter().map(Diagnostic::summary).collect();
                for mistake in &mistakes {
                    log.line(Level::Error, mistake.clone());
                }
                Unusable { message: failure.message().to_owned(), mistakes }
            })?;
            for (level, text) in loaded.take_lines() {
                log.line(level, text);
            }
            Ok(Arc::new(loaded.config))
        })
    }
}

/// How many descriptors a daemon with that configuration has open when everything runs, roughly: three pipes and two logs
/// for each process, and some for itself and its clients.
fn descriptors_of(config: &Config) -> u64 {
    let processes: usize = config.groups.iter().map(|group| group.processes.len()).sum();
    64 + 5 * processes as u64
}

/// The failure of something that has no place in the configuration.
fn plain(fatal: Fatal) -> Failure {
    fatal.told_about(&Document::default())
}

fn unopenable(config: &Config, error: &io::Error) -> String {
    match &config.supervisord.logfile {
        MainLog::File(path) => format!("failed to open the log file {path}: {error}"),
        MainLog::Syslog => format!("failed to open the system log: {error}"),
    }
}

/// Opens every server, and adds what the log is to say of it.
fn open_servers(
    config: &Config,
    first: bool,
    messages: &mut Vec<(Level, String)>,
) -> Result<Servers, Unopened> {
    let mut servers = Servers::default();
    for server in &config.servers {
        match servers.open(server) {
            Ok(()) => {}
            Err(unopened) if first => return Err(unopened),
            Err(Unopened { section, text, .. }) => {
                let text = format!("{text} ([{section}] stays closed until the next reload)");
                messages.push((Level::Critical, text));
            }
        }
    }
    for listener in &servers.listeners {
        messages.extend(listener.opening_lines(&config.rpc_namespaces));
    }
    Ok(servers)
}

/// Finds out whether the sockets of FastCGI programs can be made.
fn check_sockets(config: &Config, first: bool, log: &mut ActivityLog) -> Result<Sockets, Fatal> {
    let mut sockets = Sockets::default();
    for group in &config.groups {
        for process in &group.processes {
            let say = &mut |line: String| log.write(SystemTime::now(), Level::Info, &line);
            match sockets.check(&group.name, process.fastcgi.as_ref(), say) {
                Ok(()) => {}
                Err(unmade) if first => return Err(unmade.into()),
                Err(unmade) => log.write(SystemTime::now(), Level::Critical, &unmade.to_string()),
            }
        }
    }
    Ok(sockets)
}

/// Whether this process is the daemon, in the background now.
fn go_to_background(config: &Config, log: &mut ActivityLog) -> Result<bool, Fatal> {
    let directory = config.supervisord.directory.as_deref().map(std::path::Path::new);
    match provost_sys::daemonize::daemonize(&Detach { directory, umask: config.supervisord.umask })? {
        Daemonized::Parent { .. } => {
            log.write(SystemTime::now(), Level::Blather, "supervisord forked; parent exiting");
            Ok(false)
        }
        Daemonized::Child { directory } => {
            log.write(SystemTime::now(), Level::Info, "daemonizing the supervisord process");
            match directory {
                Entered::NotAsked => {}
                Entered::Done(text) => log.write(SystemTime::now(), Level::Info, &text),
                Entered::Refused(text) => log.write(SystemTime::now(), Level::Critical, &text),
            }
            Ok(true)
        }
    }
}

/// The control plane's thread; what is left of the servers removes their sockets when dropped.
fn start_control_plane(
    mut servers: Servers,
    ports: ControlPorts,
    stopped: http::StopSignal,
) -> io::Result<(JoinHandle<()>, Servers)> {
    let listeners = std::mem::take(&mut servers.listeners);
    let thread = Builder::new().name("http".into()).stack_size(foundation::PLANE_STACK);
    let serve = move || {
        provost_sys::priority::step_back();
        http::run(&listeners, &ports, &stopped);
    };
    Ok((thread.spawn(serve)?, servers))
}

fn main_log(config: &Config) -> Option<Arc<str>> {
    match &config.supervisord.logfile {
        MainLog::File(path) => Some(path.as_str().into()),
        MainLog::Syslog => None,
    }
}

/// A number that differs from start to start, for the names of AUTO logs.
fn seed() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    (now.as_nanos() as u64) ^ (u64::from(std::process::id()) << 32)
}

//! The part of a dump that is about groups and their processes.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Dumped, Effective, Lines, Origin, Value, count, octal, owner_text};
use crate::ini::Section;
use crate::model::{
    AutoRestart, Channel, EventKind, FastCgi, FastCgiSocket, Group, GroupKind, LogFile, Pool, Process,
    ServerUrl,
};
use crate::resolve::Loaded;
use crate::signal;

/// Adds every group that has a section of its own, and every process, in the order in which they start.
pub(super) fn groups(loaded: &Loaded, sections: &mut Vec<Dumped>) {
    let origins: HashMap<*const Process, &str> =
        loaded.origins.iter().map(|(process, section)| (Arc::as_ptr(process), section.as_str())).collect();
    for group in &loaded.config.groups {
        let section_of = |process: &Arc<Process>| {
            origins.get(&Arc::as_ptr(process)).and_then(|name| loaded.document.section(name))
        };
        sections.extend(group_section(loaded, group));
        for process in &group.processes {
            let name = format!("{}:{}", group.name, process.name);
            match section_of(process) {
                Some(section) => sections.push(described(loaded, section, (process, group), name)),
                None => sections.push(broken(loaded, process, name)),
            }
        }
    }
}

/// A process whose section was refused has nothing but its error, which stands where the section begins.
fn broken(loaded: &Loaded, process: &Process, name: String) -> Dumped {
    let document = &loaded.document;
    let named = |kind: &str| document.section(&format!("{kind}:{}", process.name));
    let section = ["program", "eventlistener", "fcgi-program"].into_iter().find_map(named);
    let origin = section.map_or(Origin::Default, |section| {
        let place = document.place(section.span);
        Origin::File { file: place.file, line: place.line }
    });
    let section = section.map_or_else(|| format!("program:{}", process.name), |section| section.name.clone());
    let text = process.broken.as_deref().unwrap_or_default();
    let error = Effective { name: "error", value: Value::from(text), origin };
    Dumped { section, process: Some(name), options: vec![error] }
}

/// `[group:x]` itself.
fn group_section(loaded: &Loaded, group: &Group) -> Option<Dumped> {
    let sections = loaded.document.sections().iter();
    let own = sections.filter_map(|section| Some((section, section.name.strip_prefix("group:")?)));
    let (section, _) = own.into_iter().find(|(_, name)| crate::text::strip(name) == group.name)?;
    let mut lines = Lines::new(&loaded.document, section);
    let programs = loaded.document.option(section, "programs").map_or("", |entry| entry.value.as_str());
    let programs = crate::value::list(programs).into_iter().map(str::to_owned).collect();
    lines.add("programs", Value::List(programs));
    lines.add("priority", group.priority);
    Some(lines.finish(None))
}

fn described(
    loaded: &Loaded,
    section: &Section,
    (process, group): (&Process, &Group),
    name: String,
) -> Dumped {
    let mut lines = Lines::new(&loaded.document, section);
    if let GroupKind::Listeners(pool) = &group.kind {
        add_pool(&mut lines, pool);
    }
    if let GroupKind::RpcPlugin(plugin) = &group.kind {
        lines.add("supervisor.rpcinterface_factory", plugin.factory.clone());
        lines.add("rpc_timeout", count(plugin.timeout));
    }
    if let Some(fastcgi) = &process.fastcgi {
        add_socket(&mut lines, fastcgi);
    }
    add_life(&mut lines, process, group);
    add_channel(&mut lines, process, &process.stdout, &STDOUT);
    add_channel(&mut lines, process, &process.stderr, &STDERR);
    add_environment(&mut lines, loaded, process);
    lines.finish(Some(name))
}

fn add_life(lines: &mut Lines<'_>, process: &Process, group: &Group) {
    lines.add("command", process.command.as_str());
    lines.add("process_name", &*process.name);
    lines.add("directory", process.directory.clone());
    lines.add("umask", process.umask.map(octal));
    // The section of a pool is about its group: its processes keep the default among themselves.
    let priority = if matches!(group.kind, GroupKind::Listeners(_) | GroupKind::RpcPlugin(_)) {
        group.priority
    } else {
        process.priority
    };
    lines.add("priority", priority);
    lines.add("autostart", process.autostart);
    lines.add("startsecs", process.startsecs);
    lines.add("startretries", process.startretries);
    let autorestart = match process.autorestart {
        AutoRestart::Never => "false",
        AutoRestart::Unexpected => "unexpected",
        AutoRestart::Always => "true",
    };
    lines.add("autorestart", autorestart);
    lines.add("exitcodes", Value::List(process.exitcodes.iter().map(i32::to_string).collect()));
    let stopsignal = signal::name(process.stopsignal).into_owned();
    lines.add("stopsignal", stopsignal);
    lines.add("stopwaitsecs", process.stopwaitsecs);
    lines.add_because("stopasgroup", process.stopasgroup, &["stopasgroup", "kill_mode"]);
    lines.add_because("killasgroup", process.killasgroup, &["killasgroup", "stopasgroup", "kill_mode"]);
    lines.add("kill_mode", process.kill_mode.map(|mode| mode.name().to_owned()));
    lines.add("user", process.user.as_ref().map(|user| user.name.clone()));
    lines.add("user_environment", process.user_environment);
    lines.add("redirect_stderr", process.redirect_stderr);
}

/// The names of the options of one channel.
struct Names {
    logfile: &'static str,
    maxbytes: &'static str,
    backups: &'static str,
    capture_maxbytes: &'static str,
    events_enabled: &'static str,
    syslog: &'static str,
    mode: &'static str,
    owner: &'static str,
}

const STDOUT: Names = Names {
    logfile: "stdout_logfile",
    maxbytes: "stdout_logfile_maxbytes",
    backups: "stdout_logfile_backups",
    capture_maxbytes: "stdout_capture_maxbytes",
    events_enabled: "stdout_events_enabled",
    syslog: "stdout_syslog",
    mode: "stdout_logfile_mode",
    owner: "stdout_logfile_owner",
};

const STDERR: Names = Names {
    logfile: "stderr_logfile",
    maxbytes: "stderr_logfile_maxbytes",
    backups: "stderr_logfile_backups",
    capture_maxbytes: "stderr_capture_maxbytes",
    events_enabled: "stderr_events_enabled",
    syslog: "stderr_syslog",
    mode: "stderr_logfile_mode",
    owner: "stderr_logfile_owner",
};

fn add_channel(lines: &mut Lines<'_>, process: &Process, channel: &Channel, names: &Names) {
    let Channel { logfile, maxbytes, backups, capture_maxbytes, events_enabled, syslog, mode, owner } =
        channel;
    let logfile = match logfile {
        LogFile::Auto => "AUTO",
        LogFile::None => "NONE",
        LogFile::Path(path) => path,
    };
    // A joined stderr has no file of its own, whatever its option says.
    let is_joined = process.redirect_stderr && names.logfile == STDERR.logfile;
    let why = if is_joined { "redirect_stderr" } else { names.logfile };
    lines.add_because(names.logfile, logfile, &[why]);
    lines.add(names.maxbytes, *maxbytes);
    lines.add(names.backups, i64::from(*backups));
    lines.add(names.capture_maxbytes, *capture_maxbytes);
    lines.add(names.events_enabled, *events_enabled);
    // `stdout_logfile=syslog` is the old way to say it.
    let why: &[&str] = if *syslog { &[names.syslog, names.logfile] } else { &[names.syslog] };
    lines.add_because(names.syslog, *syslog, why);
    lines.add(names.mode, mode.map(octal));
    lines.add(names.owner, owner_text(*owner));
}

/// What may come from `[supervisord]` too.
fn add_environment(lines: &mut Lines<'_>, loaded: &Loaded, process: &Process) {
    let below = loaded.document.section("supervisord").map(|section| Lines::new(&loaded.document, section));
    let below = |name: &str| below.as_ref().map_or(Origin::Default, |section| section.origin(&[name]));
    lines.add("environment", Value::Pairs(process.environment.clone()));
    let serverurl = match &process.serverurl {
        ServerUrl::Auto => "AUTO",
        ServerUrl::Given(url) => url,
    };
    lines.add("serverurl", serverurl);
    lines.add("create_log_dirs", process.create_log_dirs);
    for option in &mut lines.options {
        if matches!(option.name, "environment" | "create_log_dirs") && option.origin == Origin::Default {
            option.origin = below(option.name);
        }
    }
}

fn add_pool(lines: &mut Lines<'_>, pool: &Pool) {
    lines.add(
        "events",
        Value::List(pool.events.iter().map(|kind| EventKind::name(*kind).to_owned()).collect()),
    );
    lines.add("buffer_size", count(pool.buffer_size as u64));
    lines.add("result_handler", pool.result_handler.name());
    lines.add("event_length", pool.event_length.name());
}

fn add_socket(lines: &mut Lines<'_>, fastcgi: &FastCgi) {
    match &fastcgi.socket {
        FastCgiSocket::Unix { path, mode, owner } => {
            lines.add("socket", format!("unix://{path}"));
            lines.add_because("socket_owner", owner_text(*owner), &["socket_owner", "user"]);
            lines.add("socket_mode", octal(*mode));
        }
        FastCgiSocket::Tcp { host, port } => lines.add("socket", format!("tcp://{host}:{port}")),
    }
    let backlog = fastcgi.backlog.map_or(Value::Nothing, |backlog| Value::Number(i64::from(backlog)));
    lines.add("socket_backlog", backlog);
}

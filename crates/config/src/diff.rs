//! What `reread` and `update` compare: the groups that run, and those of a configuration read again.
//!
//! Two groups are equal when everything that is configured about them is: kind, name, priority, subscriptions,
//! socket, and the processes in their order. `AUTO` equals `AUTO`, whatever file was made for it, because the
//! configured value is compared and not what became of it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::model::{Channel, Config, FastCgi, FastCgiSocket, Group, GroupKind, Process};

/// Names of the groups that a new configuration adds, changes and removes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// In the new configuration only, in its order.
    pub added: Vec<String>,
    /// In both and different, in the order of the new configuration.
    pub changed: Vec<String>,
    /// Active only, in the order in which they were given.
    pub removed: Vec<String>,
}

/// Compares the active groups with a new configuration.
pub fn diff(active: &[&Group], new: &Config) -> Changes {
    let running: HashMap<&str, &Group> = active.iter().map(|group| (group.name.as_str(), *group)).collect();
    let wanted: HashMap<&str, &Arc<Group>> =
        new.groups.iter().map(|group| (group.name.as_str(), group)).collect();
    let mut changes = Changes::default();
    for group in &new.groups {
        match running.get(group.name.as_str()) {
            None => changes.added.push(group.name.clone()),
            Some(old) if **old != **group && !would_break(old, group) => {
                changes.changed.push(group.name.clone());
            }
            Some(_) => {}
        }
    }
    let gone = active.iter().filter(|group| !wanted.contains_key(group.name.as_str()));
    changes.removed.extend(gone.map(|group| group.name.clone()));
    changes
}

/// Whether the change is that a section was refused, and something that works would be stopped for it. A mistake in a
/// file does not touch what runs: the group stays as it is until the file is repaired.
fn would_break(old: &Group, new: &Group) -> bool {
    new.processes.iter().any(|process| process.broken.is_some())
        && old.processes.iter().any(|process| process.broken.is_none())
}

/// Which options make two versions of a group differ, sorted; empty if they are equal. `programs` stands for
/// other processes or another order, `[section]` for another kind of group, `[error]` for a section that is (or was)
/// refused.
pub fn why_changed(old: &Group, new: &Group) -> Vec<&'static str> {
    let mut why = BTreeSet::new();
    note(&mut why, "priority", old.priority == new.priority);
    kinds(&old.kind, &new.kind, &mut why);
    let same_names = old.processes.len() == new.processes.len()
        && old.processes.iter().zip(&new.processes).all(|(old, new)| old.name == new.name);
    note(&mut why, "programs", same_names);
    let by_name: HashMap<&str, &Arc<Process>> =
        new.processes.iter().map(|process| (&*process.name, process)).collect();
    for process in &old.processes {
        if let Some(now) = by_name.get(&*process.name) {
            processes(process, now, &mut why);
        }
    }
    why.into_iter().collect()
}

fn note(why: &mut BTreeSet<&'static str>, option: &'static str, same: bool) {
    if !same {
        why.insert(option);
    }
}

fn kinds(old: &GroupKind, new: &GroupKind, why: &mut BTreeSet<&'static str>) {
    match (old, new) {
        (GroupKind::Programs, GroupKind::Programs) => {}
        (GroupKind::Listeners(old), GroupKind::Listeners(new)) => {
            note(why, "buffer_size", old.buffer_size == new.buffer_size);
            note(why, "events", old.events == new.events);
            note(why, "result_handler", old.result_handler == new.result_handler);
            note(why, "event_length", old.event_length == new.event_length);
        }
        (GroupKind::FastCgi(old), GroupKind::FastCgi(new)) => sockets(old, new, why),
        (GroupKind::RpcPlugin(old), GroupKind::RpcPlugin(new)) => {
            note(why, "rpc_timeout", old.timeout == new.timeout);
            note(why, "supervisor.rpcinterface_factory", old.factory == new.factory);
            note(why, "[section]", old.settings == new.settings);
        }
        _ => note(why, "[section]", false),
    }
}

fn sockets(old: &FastCgi, new: &FastCgi, why: &mut BTreeSet<&'static str>) {
    note(why, "socket_backlog", old.backlog == new.backlog);
    match (&old.socket, &new.socket) {
        (
            FastCgiSocket::Unix { path, mode, owner },
            FastCgiSocket::Unix { path: new_path, mode: new_mode, owner: new_owner },
        ) => {
            note(why, "socket", path == new_path);
            note(why, "socket_mode", mode == new_mode);
            note(why, "socket_owner", owner == new_owner);
        }
        (old, new) => note(why, "socket", old == new),
    }
}

/// Adds the names of the options in which two processes of one name differ. Naming every field makes the compiler
/// point here when a new one comes.
fn processes(old: &Process, new: &Process, why: &mut BTreeSet<&'static str>) {
    let Process {
        name: _,
        command,
        priority,
        autostart,
        autorestart,
        startsecs,
        startretries,
        exitcodes,
        stopsignal,
        stopwaitsecs,
        stopasgroup,
        killasgroup,
        kill_mode,
        user,
        user_environment,
        umask,
        directory,
        redirect_stderr,
        stdout,
        stderr,
        environment,
        serverurl,
        create_log_dirs,
        fastcgi,
        broken,
    } = old;
    note(why, "command", *command == new.command);
    note(why, "priority", *priority == new.priority);
    note(why, "autostart", *autostart == new.autostart);
    note(why, "autorestart", *autorestart == new.autorestart);
    note(why, "startsecs", *startsecs == new.startsecs);
    note(why, "startretries", *startretries == new.startretries);
    note(why, "exitcodes", *exitcodes == new.exitcodes);
    note(why, "stopsignal", *stopsignal == new.stopsignal);
    note(why, "stopwaitsecs", *stopwaitsecs == new.stopwaitsecs);
    note(why, "stopasgroup", *stopasgroup == new.stopasgroup);
    note(why, "killasgroup", *killasgroup == new.killasgroup);
    note(why, "kill_mode", *kill_mode == new.kill_mode);
    note(why, "user", *user == new.user);
    note(why, "user_environment", *user_environment == new.user_environment);
    note(why, "umask", *umask == new.umask);
    note(why, "directory", *directory == new.directory);
    note(why, "redirect_stderr", *redirect_stderr == new.redirect_stderr);
    note(why, "environment", *environment == new.environment);
    note(why, "serverurl", *serverurl == new.serverurl);
    note(why, "create_log_dirs", *create_log_dirs == new.create_log_dirs);
    note(why, "[error]", *broken == new.broken);
    channels(stdout, &new.stdout, why, &STDOUT);
    channels(stderr, &new.stderr, why, &STDERR);
    match (fastcgi, &new.fastcgi) {
        (Some(old), Some(new)) => sockets(old, new, why),
        (old, new) => note(why, "socket", old.is_none() && new.is_none()),
    }
}

const STDOUT: [&str; 8] = [
    "stdout_logfile",
    "stdout_logfile_maxbytes",
    "stdout_logfile_backups",
    "stdout_capture_maxbytes",
    "stdout_events_enabled",
    "stdout_syslog",
    "stdout_logfile_mode",
    "stdout_logfile_owner",
];

const STDERR: [&str; 8] = [
    "stderr_logfile",
    "stderr_logfile_maxbytes",
    "stderr_logfile_backups",
    "stderr_capture_maxbytes",
    "stderr_events_enabled",
    "stderr_syslog",
    "stderr_logfile_mode",
    "stderr_logfile_owner",
];

fn channels(old: &Channel, new: &Channel, why: &mut BTreeSet<&'static str>, names: &[&'static str; 8]) {
    let Channel { logfile, maxbytes, backups, capture_maxbytes, events_enabled, syslog, mode, owner } = old;
    note(why, names[0], *logfile == new.logfile);
    note(why, names[1], *maxbytes == new.maxbytes);
    note(why, names[2], *backups == new.backups);
    note(why, names[3], *capture_maxbytes == new.capture_maxbytes);
    note(why, names[4], *events_enabled == new.events_enabled);
    note(why, names[5], *syslog == new.syslog);
    note(why, names[6], *mode == new.mode);
    note(why, names[7], *owner == new.owner);
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;

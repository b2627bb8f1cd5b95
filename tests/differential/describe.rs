//! Our configuration in the words of the reference: the same names and values as `oracle/settings.py` prints.

use std::collections::BTreeMap;

use provost_config::ctl::CtlConfig;
use provost_config::diff::Changes;
use provost_config::dump::{Dump, Secrets};
use provost_config::model::{
    Address, AutoRestart, Channel, Config, FastCgi, FastCgiSocket, Group, GroupKind, LogFile, MainLog,
    Process, Server, ServerUrl, Supervisord,
};
use provost_config::resolve::Loaded;
use serde_json::{Map, Value, json};

/// A daemon's configuration.
pub(crate) fn daemon(loaded: &Loaded) -> Value {
    let config = &loaded.config;
    let messages: Vec<Value> =
        loaded.messages.iter().map(|(level, text)| json!([level.code(), text])).collect();
    json!({
        "supervisord": supervisord(&config.supervisord),
        "servers": config.servers.iter().map(server).collect::<Vec<_>>(),
        "rpcinterfaces": config.rpc_namespaces,
        "groups": config.groups.iter().map(|group| self::group(group)).collect::<Vec<_>>(),
        "config_info": config_info(config),
        "messages": messages,
    })
}

/// What `--dump-config` prints of a daemon's configuration: values by section and option.
pub(crate) fn dumped(loaded: &Loaded) -> Value {
    let text = Dump::new(loaded, Secrets::Shown).to_json();
    let dump: Value = serde_json::from_str(&text).expect("invariant: a dump is JSON");
    let mut shown = Map::new();
    for section in dump["sections"].as_array().into_iter().flatten() {
        let options = section["options"].as_object().into_iter().flatten();
        let values: Map<String, Value> =
            options.map(|(name, option)| (name.clone(), option["value"].clone())).collect();
        let name = section["section"].as_str().expect("invariant: sections have names");
        // The first process of a section speaks for its brothers.
        shown.entry(name).or_insert(Value::Object(values));
    }
    Value::Object(shown)
}

/// A client's configuration, with what its command line says.
pub(crate) fn client(config: &CtlConfig, interactive: bool, action: &[String]) -> Value {
    json!({
        "serverurl": config.serverurl,
        "username": config.username,
        "password": config.password,
        "prompt": config.prompt,
        "history_file": config.history_file,
        "interactive": interactive,
        "action": action,
    })
}

/// What a reread answers.
pub(crate) fn changes(changes: &Changes) -> Value {
    json!({ "added": changes.added, "changed": changes.changed, "removed": changes.removed })
}

fn supervisord(daemon: &Supervisord) -> Value {
    json!({
        "logfile": match &daemon.logfile {
            MainLog::File(path) => path,
            MainLog::Syslog => "syslog",
        },
        "logfile_maxbytes": daemon.logfile_maxbytes,
        "logfile_backups": daemon.logfile_backups,
        "loglevel": daemon.loglevel.code(),
        "pidfile": daemon.pidfile,
        "umask": daemon.umask,
        "nodaemon": daemon.nodaemon,
        "silent": daemon.silent,
        "minfds": daemon.minfds,
        "minprocs": daemon.minprocs,
        "nocleanup": daemon.nocleanup,
        "childlogdir": daemon.childlogdir,
        "uid": daemon.user.as_ref().map(|user| user.uid),
        "gid": daemon.user.as_ref().map(|user| user.gid),
        "directory": daemon.directory,
        "strip_ansi": daemon.strip_ansi,
        "environment": daemon.environment,
        "identifier": daemon.identifier,
    })
}

fn server(server: &Server) -> Value {
    let mut shown = json!({
        "section": server.section,
        "username": server.credentials.as_ref().map(|credentials| &credentials.username),
        "password": server.credentials.as_ref().map(|credentials| &credentials.password),
    });
    let more = match &server.address {
        Address::Unix { path, mode, owner } => {
            json!({ "file": path, "chown": self::owner(*owner), "chmod": mode })
        }
        Address::Inet { host, port } => json!({ "host": host, "port": port }),
    };
    extend(&mut shown, more);
    shown
}

/// The reference writes -1 for what stays as it is.
fn owner(owner: Option<(u32, Option<u32>)>) -> [i64; 2] {
    match owner {
        Some((uid, gid)) => [uid.into(), gid.map_or(-1, i64::from)],
        None => [-1, -1],
    }
}

fn extend(value: &mut Value, more: Value) {
    let (Value::Object(fields), Value::Object(more)) = (value, more) else {
        unreachable!("invariant: both are written as objects")
    };
    fields.extend(more);
}

fn group(group: &Group) -> Value {
    let mut shown = json!({
        "name": group.name,
        "priority": group.priority,
        "processes": group.processes.iter().map(|process| self::process(process)).collect::<Vec<_>>(),
    });
    let kind = match &group.kind {
        GroupKind::Programs => json!({ "kind": "programs" }),
        GroupKind::Listeners(pool) => {
            let mut events: Vec<&str> = pool.events.iter().map(|event| event.name()).collect();
            events.sort_unstable();
            json!({
                "kind": "eventlistener",
                "buffer_size": pool.buffer_size,
                "events": events,
                "result_handler": pool.result_handler.name(),
            })
        }
        GroupKind::FastCgi(shared) => fastcgi(shared),
        GroupKind::RpcPlugin(plugin) => json!({ "kind": "rpcinterface", "settings": plugin.settings }),
    };
    extend(&mut shown, kind);
    shown
}

fn fastcgi(shared: &FastCgi) -> Value {
    let mut shown = json!({ "kind": "fcgi-program", "backlog": shared.backlog });
    let more = match &shared.socket {
        FastCgiSocket::Unix { path, mode, owner } => {
            json!({ "socket": format!("unix://{path}"), "mode": mode, "owner": self::owner(*owner) })
        }
        FastCgiSocket::Tcp { host, port } => json!({ "socket": format!("tcp://{host}:{port}") }),
    };
    extend(&mut shown, more);
    shown
}

fn process(process: &Process) -> Value {
    json!({
        "name": &*process.name,
        "umask": process.umask,
        "stopasgroup": process.stopasgroup,
        "autorestart": match process.autorestart {
            AutoRestart::Never => json!(false),
            AutoRestart::Unexpected => json!("unexpected"),
            AutoRestart::Always => json!(true),
        },
        "environment": process.environment,
    })
}

/// What `getAllConfigInfo` answers when nothing runs yet.
fn config_info(config: &Config) -> Vec<Value> {
    let mut rows: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for group in &config.groups {
        for process in &group.processes {
            rows.entry(&process.name).or_default().push(info(group, process));
        }
    }
    rows.into_values().flatten().collect()
}

fn info(group: &Group, process: &Process) -> Value {
    let mut info = json!({
        "autostart": process.autostart,
        "directory": process.directory.as_deref().unwrap_or("none"),
        "uid": process.user.as_ref().map_or(json!("none"), |user| json!(user.uid)),
        "command": process.command,
        "exitcodes": &*process.exitcodes,
        "group": group.name,
        "group_prio": group.priority,
        "inuse": false,
        "killasgroup": process.killasgroup,
        "name": &*process.name,
        "process_prio": process.priority,
        "redirect_stderr": process.redirect_stderr,
        "startretries": process.startretries,
        "startsecs": process.startsecs,
        "stopsignal": process.stopsignal,
        "stopwaitsecs": process.stopwaitsecs,
        "serverurl": match &process.serverurl {
            ServerUrl::Auto => "none",
            ServerUrl::Given(url) => url,
        },
    });
    extend(&mut info, channel("stdout", &process.stdout));
    extend(&mut info, channel("stderr", &process.stderr));
    info
}

fn channel(name: &str, channel: &Channel) -> Value {
    let Channel { logfile, maxbytes, backups, capture_maxbytes, events_enabled, syslog, .. } = channel;
    let logfile = match logfile {
        LogFile::Auto => "auto",
        LogFile::None => "none",
        LogFile::Path(path) => path,
    };
    let mut fields = Map::new();
    for (option, value) in [
        ("logfile", json!(logfile)),
        ("logfile_maxbytes", json!(maxbytes)),
        ("logfile_backups", json!(backups)),
        ("capture_maxbytes", json!(capture_maxbytes)),
        ("events_enabled", json!(events_enabled)),
        ("syslog", json!(syslog)),
    ] {
        fields.insert(format!("{name}_{option}"), value);
    }
    Value::Object(fields)
}

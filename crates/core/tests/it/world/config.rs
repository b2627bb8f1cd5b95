//! Configurations for the simulated world, without a file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use provost_config::model::{
    Config, EventKind, EventLength, Group, GroupKind, Level, MainLog, OnConfigError, Pool, Process,
    ResultHandler, ShutdownMode, Supervisord,
};

/// A program with the reference's defaults.
pub(crate) fn program(name: &str) -> Process {
    Process::with_defaults(name, "/bin/true")
}

/// A group of programs.
pub(crate) fn group(name: &str, priority: i64, processes: Vec<Process>) -> Arc<Group> {
    Arc::new(Group {
        name: name.into(),
        priority,
        kind: GroupKind::Programs,
        processes: processes.into_iter().map(Arc::new).collect(),
    })
}

/// A pool of listeners that hears what happens to processes and groups.
pub(crate) fn pool(name: &str, priority: i64, processes: Vec<Process>) -> Arc<Group> {
    let events = BTreeSet::from([EventKind::ProcessState, EventKind::ProcessGroup]);
    let kind = GroupKind::Listeners(Pool {
        buffer_size: 10,
        events,
        result_handler: ResultHandler::Default,
        event_length: EventLength::Characters,
    });
    let processes = processes.into_iter().map(Arc::new).collect();
    Arc::new(Group { name: name.into(), priority, kind, processes })
}

/// A whole configuration of those groups, which must come in order.
pub(crate) fn config(groups: Vec<Arc<Group>>) -> Config {
    Config {
        supervisord: Supervisord {
            config_file: "/etc/supervisord.conf".into(),
            logfile: MainLog::File("/tmp/supervisord.log".into()),
            logfile_maxbytes: 50 << 20,
            logfile_backups: 10,
            loglevel: Level::Info,
            pidfile: "/tmp/supervisord.pid".into(),
            umask: 0o22,
            nodaemon: true,
            silent: false,
            minfds: 1024,
            minprocs: 200,
            nocleanup: false,
            childlogdir: Some("/tmp".into()),
            user: None,
            directory: None,
            strip_ansi: false,
            environment: BTreeMap::new(),
            identifier: "supervisor".into(),
            on_config_error: OnConfigError::Abort,
            create_log_dirs: false,
            require_password: false,
            shutdown_mode: ShutdownMode::default(),
        },
        servers: Vec::new(),
        rpc_namespaces: vec!["supervisor".into()],
        groups,
    }
}

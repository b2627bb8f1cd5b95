//! `getAllConfigInfo`: the configuration that was read last, one struct for each process.

use provost_config::model::{AutoRestart, Channel, Group, LogFile, Process, ServerUrl};
use provost_core::status::{ProcessStatus, Snapshot};
use provost_wire::xmlrpc::{StructWriter, ToXml, ValueWriter};

/// How the interface says that an option has no value.
const UNSET: &str = "none";
/// How it says that a log file will get its name when the group becomes active.
const UNNAMED: &str = "auto";

/// Every configured process by its name; processes of the same name stay in configured order.
pub(super) fn write_all(to: ValueWriter<'_>, snapshot: &Snapshot) {
    let mut rows: Vec<_> = snapshot
        .configured
        .groups
        .iter()
        .flat_map(|group| group.processes.iter().map(move |process| (group, process)))
        .collect();
    rows.sort_by(|one, other| one.1.name.cmp(&other.1.name));
    to.array(|array| {
        for (group, process) in rows {
            write(array.item(), snapshot, group, process);
        }
    });
}

/// One process. The order of the members is the reference's.
fn write(to: ValueWriter<'_>, snapshot: &Snapshot, group: &Group, process: &Process) {
    let active = snapshot.process(&group.name, &process.name);
    to.structure(|info| {
        info.member("autostart").boolean(process.autostart);
        match process.autorestart {
            AutoRestart::Never => info.member("autorestart").boolean(false),
            AutoRestart::Unexpected => info.member("autorestart").string("unexpected"),
            AutoRestart::Always => info.member("autorestart").boolean(true),
        }
        info.member("directory").string(process.directory.as_deref().unwrap_or(UNSET));
        match &process.user {
            Some(user) => info.member("uid").int(user.uid.into()),
            None => info.member("uid").string(UNSET),
        }
        info.member("command").string(&process.command);
        info.member("exitcodes").array(|codes| {
            process.exitcodes.iter().for_each(|code| i64::from(*code).to_xml(codes.item()));
        });
        info.member("group").string(&group.name);
        info.member("group_prio").int(group.priority);
        info.member("inuse").boolean(snapshot.group(&group.name).is_some());
        info.member("killasgroup").boolean(process.killasgroup);
        info.member("name").string(&process.name);
        info.member("process_prio").int(process.priority);
        info.member("redirect_stderr").boolean(process.redirect_stderr);
        info.member("startretries").int(process.startretries);
        info.member("startsecs").int(process.startsecs);
        write_stdout(info, &process.stdout, active.map(AsRef::as_ref));
        info.member("stopsignal").int(process.stopsignal.into());
        info.member("stopwaitsecs").int(process.stopwaitsecs);
        write_stderr(info, &process.stderr, active.map(AsRef::as_ref));
        info.member("serverurl").string(match &process.serverurl {
            ServerUrl::Auto => UNSET,
            ServerUrl::Given(url) => url,
        });
    });
}

fn write_stdout(info: &mut StructWriter<'_>, channel: &Channel, active: Option<&ProcessStatus>) {
    let path = path(&channel.logfile, active.and_then(|row| row.stdout_logfile.as_deref()));
    info.member("stdout_capture_maxbytes").int(channel.capture_maxbytes);
    info.member("stdout_events_enabled").boolean(channel.events_enabled);
    info.member("stdout_logfile").string(path);
    info.member("stdout_logfile_backups").int(channel.backups.into());
    info.member("stdout_logfile_maxbytes").int(channel.maxbytes);
    info.member("stdout_syslog").boolean(channel.syslog);
}

fn write_stderr(info: &mut StructWriter<'_>, channel: &Channel, active: Option<&ProcessStatus>) {
    let path = path(&channel.logfile, active.and_then(|row| row.stderr_logfile.as_deref()));
    info.member("stderr_capture_maxbytes").int(channel.capture_maxbytes);
    info.member("stderr_events_enabled").boolean(channel.events_enabled);
    info.member("stderr_logfile").string(path);
    info.member("stderr_logfile_backups").int(channel.backups.into());
    info.member("stderr_logfile_maxbytes").int(channel.maxbytes);
    info.member("stderr_syslog").boolean(channel.syslog);
}

/// The log's path. One that the daemon chooses is known while the process is active, also after the configuration
/// was read again.
fn path<'a>(configured: &'a LogFile, active: Option<&'a str>) -> &'a str {
    match configured {
        LogFile::Path(path) => path,
        LogFile::None => UNSET,
        LogFile::Auto => active.unwrap_or(UNNAMED),
    }
}

//! One output channel of a program: where it goes, and how its file is made.

use super::supervisord::backups;
use super::{Notes, Reader, Refusals};
use crate::diagnostic::Failure;
use crate::model::{Channel, LogFile};
use crate::value::{self, Asked, ValueError};

/// What is the same for one channel of all processes of a section.
pub(super) struct Shared {
    capture_maxbytes: i64,
    events: bool,
    create_dirs: bool,
    mode: Option<u32>,
    owner: Option<(u32, Option<u32>)>,
}

impl Shared {
    /// Reads what the reference knows.
    pub(super) fn read(reader: &Reader<'_>, options: &ChannelOptions, refusals: &mut Refusals) -> Self {
        Self {
            capture_maxbytes: refusals.or_default(reader.value(options.capture_maxbytes, value::bytes)),
            events: refusals.or_default(reader.value(options.events_enabled, value::boolean)),
            create_dirs: false,
            mode: None,
            owner: None,
        }
    }

    /// Reads what it does not know: how a log file is made.
    pub(super) fn read_ours(
        &mut self,
        reader: &Reader<'_>,
        (options, create_dirs): (&ChannelOptions, bool),
        asked: &Asked<'_>,
        refusals: &mut Refusals,
    ) {
        self.create_dirs = create_dirs;
        self.mode = refusals.or_default(reader.optional(options.mode, value::octal));
        self.owner = refusals.or_default(reader.optional(options.owner, |text| asked.user_group(text)));
    }
}

/// The names of the options of one channel.
pub(super) struct ChannelOptions {
    logfile: &'static str,
    backups: &'static str,
    maxbytes: &'static str,
    syslog: &'static str,
    capture_maxbytes: &'static str,
    events_enabled: &'static str,
    mode: &'static str,
    owner: &'static str,
}

pub(super) const STDOUT: ChannelOptions = ChannelOptions {
    logfile: "stdout_logfile",
    backups: "stdout_logfile_backups",
    maxbytes: "stdout_logfile_maxbytes",
    syslog: "stdout_syslog",
    capture_maxbytes: "stdout_capture_maxbytes",
    events_enabled: "stdout_events_enabled",
    mode: "stdout_logfile_mode",
    owner: "stdout_logfile_owner",
};

pub(super) const STDERR: ChannelOptions = ChannelOptions {
    logfile: "stderr_logfile",
    backups: "stderr_logfile_backups",
    maxbytes: "stderr_logfile_maxbytes",
    syslog: "stderr_syslog",
    capture_maxbytes: "stderr_capture_maxbytes",
    events_enabled: "stderr_events_enabled",
    mode: "stderr_logfile_mode",
    owner: "stderr_logfile_owner",
};

/// One channel of one process.
pub(super) fn channel(
    reader: &Reader<'_>,
    (options, shared): (&ChannelOptions, &Shared),
    (asked, notes): (&Asked<'_>, &mut Notes),
    refusals: &mut Refusals,
) -> Channel {
    let section = &reader.section.name;
    let target = log_target(reader, options, (asked, shared.create_dirs));
    let target = refusals.or(target, LogTarget::File(LogFile::None));
    let backups = backups(refusals.or_default(reader.value(options.backups, value::integer)));
    let maxbytes = refusals.or_default(reader.value(options.maxbytes, value::bytes));
    let mut syslog = refusals.or_default(reader.value(options.syslog, value::boolean));
    let logfile = match target {
        LogTarget::File(logfile) => logfile,
        LogTarget::Syslog => {
            syslog = true;
            notes.log(format!(
                "For [{section}], {}=syslog but this is deprecated and will be removed.  Use {}=true to enable syslog \
                 instead.",
                options.logfile, options.syslog
            ));
            LogFile::None
        }
    };
    if logfile == LogFile::Auto && maxbytes == 0 {
        notes.log(format!(
            "For [{section}], AUTO logging used for {} without rollover, set maxbytes > 0 to avoid filling up filesystem \
             unintentionally",
            options.logfile
        ));
    }
    let Shared { capture_maxbytes, events: events_enabled, mode, owner, .. } = *shared;
    Channel { logfile, maxbytes, backups, capture_maxbytes, events_enabled, syslog, mode, owner }
}

enum LogTarget {
    File(LogFile),
    /// The old way to ask for the system log.
    Syslog,
}

fn log_target(
    reader: &Reader<'_>,
    options: &ChannelOptions,
    (asked, create_dirs): (&Asked<'_>, bool),
) -> Result<LogTarget, Failure> {
    let mut is_missing = false;
    let target = reader.value(options.logfile, |text| {
        let target = named_target(text, (asked, create_dirs));
        is_missing = target.is_err() && !text.starts_with(['"', '\'']);
        target
    });
    target.map_err(|failure| match is_missing {
        true => failure.with_help("make the directory, or write create_log_dirs=true"),
        false => failure,
    })
}

fn named_target(text: &str, (asked, create_dirs): (&Asked<'_>, bool)) -> Result<LogTarget, ValueError> {
    // The reference expands these options twice, so that files in the wild write a percent sign as `%%%%`. Here
    // they are expanded once, and what is left of such a quartet means the same as there.
    let text = text.replace("%%", "%");
    Ok(match text.to_lowercase().as_str() {
        "none" | "off" | "" => LogTarget::File(LogFile::None),
        "auto" => LogTarget::File(LogFile::Auto),
        "syslog" => LogTarget::Syslog,
        _ if create_dirs => LogTarget::File(LogFile::Path(asked.home(&text).into())),
        _ => LogTarget::File(LogFile::Path(asked.file_path(&text)?.into())),
    })
}

/// A file that was named for a channel that is joined to another.
pub(super) fn warn_of_unused_stderr(reader: &Reader<'_>, stderr: &Channel, notes: &mut Notes) {
    // An empty file name counts as one here.
    let empty = reader.entry("stderr_logfile").is_some_and(|entry| entry.value.is_empty());
    if empty || matches!(stderr.logfile, LogFile::Path(_)) {
        notes.log(format!(
            "For [{}], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been \
             ignored",
            reader.section.name
        ));
    }
}

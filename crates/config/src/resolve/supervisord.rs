//! `[supervisord]`, with the command line laid over it.

use super::program::{refuse_pairs, warn_of_separator};
use super::{Context, Notes, Reader};
use crate::cli::Overrides;
use crate::diagnostic::Failure;
use crate::model::{MainLog, Supervisord, User};
use crate::options::{Kind, Names};
use crate::system::temp_dir;
use crate::{path, value};

/// Reads the section. The user is only expanded here, and looked up when everything else is known
/// ([`resolve_user`]).
pub(super) fn read(
    context: &Context<'_>,
    overrides: &Overrides,
    notes: &mut Notes,
) -> Result<(Supervisord, Option<String>), Failure> {
    let Some(section) = context.document.section("supervisord") else {
        let help = "add a line [supervisord] to it; the section may be empty".to_owned();
        return Err(Failure::new(".ini file does not include supervisord section", None, Some(help)));
    };
    let reader = Reader::new(context.document, section, Kind::Supervisord, context.names(Names::Here));
    let asked = context.asked;

    let minfds = reader.value("minfds", value::integer)?;
    let minprocs = reader.value("minprocs", value::integer)?;
    let directory = reader.optional("directory", |text| asked.directory(text))?;
    let user = reader.text("user")?.map(Into::into);
    let umask = reader.value("umask", value::octal)?;
    let logfile = reader.value("logfile", |text| asked.file_path(text))?;
    let logfile_maxbytes = reader.value("logfile_maxbytes", value::bytes)?;
    let logfile_backups = reader.value("logfile_backups", value::integer)?;
    let loglevel = reader.value("loglevel", value::log_level)?;
    let pidfile = reader.value("pidfile", |text| asked.file_path(text))?;
    let identifier = reader.text("identifier")?.expect("invariant: the table has a default").into_owned();
    let nodaemon = reader.value("nodaemon", value::boolean)?;
    let silent = reader.value("silent", value::boolean)?;
    let childlogdir = reader.optional("childlogdir", |text| asked.directory(text))?;
    let nocleanup = reader.value("nocleanup", value::boolean)?;
    let strip_ansi = reader.value("strip_ansi", value::boolean)?;

    let reader = Reader::new(context.document, section, Kind::Supervisord, context.names(Names::Host));
    let text = reader.bare_text("environment")?;
    let pairs = value::pairs(&text).map_err(|error| refuse_pairs(&reader, error))?;
    warn_of_separator(context, &reader, &pairs, notes);

    let childlogdir = overrides.childlogdir.clone().or(childlogdir);
    let supervisord = Supervisord {
        config_file: String::new(),
        logfile: main_log(overrides.logfile.as_ref().unwrap_or(&logfile), context.cwd),
        logfile_maxbytes: overrides.logfile_maxbytes.unwrap_or(logfile_maxbytes),
        logfile_backups: backups(overrides.logfile_backups.unwrap_or(logfile_backups)),
        loglevel: overrides.loglevel.unwrap_or(loglevel),
        pidfile: path::absolute(overrides.pidfile.as_ref().unwrap_or(&pidfile), context.cwd),
        umask: overrides.umask.unwrap_or(umask),
        nodaemon: overrides.nodaemon || nodaemon,
        silent: overrides.silent || silent,
        minfds: count(overrides.minfds.unwrap_or(minfds)),
        minprocs: count(overrides.minprocs.unwrap_or(minprocs)),
        nocleanup: overrides.nocleanup || nocleanup,
        childlogdir: childlogdir.or_else(|| temp_dir(asked.system, asked.environment)),
        user: None,
        directory: overrides.directory.clone().or(directory),
        strip_ansi: overrides.strip_ansi || strip_ansi,
        environment: pairs.map,
        identifier: overrides.identifier.clone().unwrap_or(identifier),
    };
    Ok((supervisord, user))
}

/// Looks up the user to become: the last thing that is evaluated.
pub(super) fn resolve_user(
    context: &Context<'_>,
    overrides: &Overrides,
    in_file: Option<String>,
) -> Result<Option<User>, Failure> {
    if let Some(user) = &overrides.user {
        return context
            .asked
            .user(user)
            .map(Some)
            .map_err(|error| Failure::new(error.to_string(), None, None));
    }
    let Some(user) = in_file else { return Ok(None) };
    let section = context.document.section("supervisord").expect("invariant: the section was read");
    let reader = Reader::new(context.document, section, Kind::Supervisord, context.names(Names::Here));
    context.asked.user(&user).map(Some).map_err(|error| reader.refuse("user", error))
}

/// Only the exact word `syslog` is special; everything else is a path.
fn main_log(text: &str, cwd: &str) -> MainLog {
    if text == "syslog" { MainLog::Syslog } else { MainLog::File(path::absolute(text, cwd)) }
}

/// A number of backups; a negative one keeps none, as in the reference.
pub(super) fn backups(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

/// A limit that is wanted; a negative one asks for nothing.
fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

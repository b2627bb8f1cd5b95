//! `[supervisord]`, with the command line laid over it.

use std::collections::BTreeMap;

use super::program::{refuse_pairs, warn_of_separator};
use super::{Context, Notes, Reader, Refusals, advice};
use crate::cli::Overrides;
use crate::diagnostic::Failure;
use crate::ini::{Document, Section};
use crate::model::{Level, MainLog, Supervisord, User};
use crate::options::{Kind, Names};
use crate::system::temp_dir;
use crate::{path, value};

/// What the section says.
pub(super) struct Daemon {
    pub(super) supervisord: Supervisord,
    /// The user to become, as it is written: it is looked up when everything else is known ([`resolve_user`]).
    pub(super) user: Option<String>,
    /// Whether `environment` was refused, so that variables are missing in everything that follows.
    pub(super) lacks_variables: bool,
}

/// Reads the section. Of what is refused, `refusals` hears.
pub(super) fn read(
    context: &Context<'_>,
    overrides: &Overrides,
    notes: &mut Notes,
    refusals: &mut Refusals,
) -> Daemon {
    let Some(section) = context.document.section("supervisord") else {
        let message = ".ini file does not include supervisord section";
        refusals.add(match advice::nearly_supervisord(context.document) {
            Some(near) => {
                let help = format!("did you mean [supervisord] by [{}]?", near.name);
                Failure::new(message, Some(context.document.place(near.span)), Some(help))
            }
            None => {
                let help = "add a line [supervisord] to it; the section may be empty".to_owned();
                Failure::new(message, None, Some(help))
            }
        });
        // Everything else is looked at as if it were there and empty.
        let nothing = Document::default();
        return read_section(
            &Context { document: &nothing, ..*context },
            (nothing.defaults(), overrides),
            notes,
            refusals,
        );
    };
    read_section(context, (section, overrides), notes, refusals)
}

fn read_section(
    context: &Context<'_>,
    (section, overrides): (&Section, &Overrides),
    notes: &mut Notes,
    refusals: &mut Refusals,
) -> Daemon {
    let reader = Reader::new(context.document, section, Kind::Supervisord, context.names(Names::Here));
    let asked = context.asked;

    let minfds = refusals.or_default(reader.value("minfds", value::integer));
    let minprocs = refusals.or_default(reader.value("minprocs", value::integer));
    let directory = refusals.or_default(reader.optional("directory", |text| asked.directory(text)));
    let user = refusals.or_default(reader.text("user")).map(Into::into);
    let umask = refusals.or_default(reader.value("umask", value::octal));
    let logfile = refusals.or_default(reader.value("logfile", |text| asked.file_path(text)));
    let logfile_maxbytes = refusals.or_default(reader.value("logfile_maxbytes", value::bytes));
    let logfile_backups = refusals.or_default(reader.value("logfile_backups", value::integer));
    let loglevel = refusals.or(reader.value("loglevel", value::log_level), Level::Info);
    let pidfile = refusals.or_default(reader.value("pidfile", |text| asked.file_path(text)));
    let identifier = refusals.or_default(reader.text("identifier")).unwrap_or_default().into_owned();
    let nodaemon = refusals.or_default(reader.value("nodaemon", value::boolean));
    let silent = refusals.or_default(reader.value("silent", value::boolean));
    let childlogdir = refusals.or_default(reader.optional("childlogdir", |text| asked.directory(text)));
    let nocleanup = refusals.or_default(reader.value("nocleanup", value::boolean));
    let strip_ansi = refusals.or_default(reader.value("strip_ansi", value::boolean));
    let environment = environment(context, section, notes);
    let lacks_variables = environment.is_err();
    let environment = refusals.or_default(environment);
    let on_config_error = refusals.or_default(reader.value("on_config_error", value::on_config_error));
    let create_log_dirs = refusals.or_default(reader.value("create_log_dirs", value::boolean));
    let require_password = refusals.or_default(reader.value("require_password", value::boolean));
    let shutdown_mode = refusals.or_default(reader.value("shutdown_mode", value::shutdown_mode));

    let childlogdir = overrides.childlogdir.clone().or(childlogdir);
    let supervisord = Supervisord {
        config_file: String::new(),
        logfile: main_log(given(&overrides.logfile).unwrap_or(&logfile), context.cwd),
        logfile_maxbytes: overrides.logfile_maxbytes.unwrap_or(logfile_maxbytes),
        logfile_backups: backups(overrides.logfile_backups.unwrap_or(logfile_backups)),
        loglevel: overrides.loglevel.unwrap_or(loglevel),
        pidfile: path::absolute(given(&overrides.pidfile).unwrap_or(&pidfile), context.cwd),
        umask: overrides.umask.unwrap_or(umask),
        nodaemon: overrides.nodaemon || nodaemon,
        silent: overrides.silent || silent,
        minfds: count(overrides.minfds.unwrap_or(minfds)),
        minprocs: count(overrides.minprocs.unwrap_or(minprocs)),
        nocleanup: overrides.nocleanup || nocleanup,
        childlogdir: childlogdir
            .or_else(|| temp_dir(asked.system, asked.environment))
            .map(|directory| path::absolute(&directory, context.cwd)),
        user: None,
        directory: overrides.directory.clone().or(directory),
        strip_ansi: overrides.strip_ansi || strip_ansi,
        environment,
        identifier: overrides.identifier.clone().unwrap_or(identifier),
        on_config_error,
        create_log_dirs,
        require_password,
        shutdown_mode,
    };
    Daemon { supervisord, user, lacks_variables }
}

/// The variables for every child.
fn environment(
    context: &Context<'_>,
    section: &Section,
    notes: &mut Notes,
) -> Result<BTreeMap<String, String>, Failure> {
    let reader = Reader::new(context.document, section, Kind::Supervisord, context.names(Names::Host));
    let text = reader.bare_text("environment")?;
    let pairs = value::pairs(&text).map_err(|error| refuse_pairs(&reader, error))?;
    warn_of_separator(context, &reader, &pairs, notes);
    Ok(pairs.map)
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
            .map_err(|error| Failure::new(error.to_string(), None, advice::of_value(&error, "-u")));
    }
    let (Some(user), Some(section)) = (in_file, context.document.section("supervisord")) else {
        return Ok(None);
    };
    let reader = Reader::new(context.document, section, Kind::Supervisord, context.names(Names::Here));
    context.asked.user(&user).map(Some).map_err(|error| reader.refuse_because("user", &error))
}

/// A path of the command line; an empty one leaves it to the file, as in the reference.
fn given(path: &Option<String>) -> Option<&String> {
    path.as_ref().filter(|path| !path.is_empty())
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

//! What `[program:x]`, `[eventlistener:x]` and `[fcgi-program:x]` have in common: the processes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::supervisord::backups;
use super::{Context, Notes, Reader};
use crate::diagnostic::Failure;
use crate::expand::{Scope, Value};
use crate::ini::Section;
use crate::model::{AutoRestart, Channel, FastCgi, LogFile, Process, ServerUrl, User};
use crate::options::{Kind, Names};
use crate::text::Repr;
use crate::value::{self, Asked, Pairs, ValueError};

/// More processes than this from one section are taken for a slip of the pen.
const MOST_PROCESSES: i64 = 65_536;

/// A section that describes processes, and the group they are for.
#[derive(Clone, Copy)]
pub(super) struct Recipe<'a> {
    pub(super) section: &'a Section,
    pub(super) group: &'a str,
    pub(super) fastcgi: Option<&'a Arc<FastCgi>>,
}

/// The processes of a section, by name. Whatever is refused here gets the name of the section and of its file
/// behind the message.
pub(super) fn processes(
    context: &Context<'_>,
    recipe: Recipe<'_>,
    notes: &mut Notes,
) -> Result<Vec<Arc<Process>>, Failure> {
    read(context, recipe, notes).map_err(|failure| {
        let section = recipe.section;
        let file = context.document.file_of(section.span);
        failure.with_suffix(&format!(" in section {} (file: {})", Repr(&section.name), Repr(file)))
    })
}

/// The name behind the colon of a section, checked.
pub(super) fn section_name<'a>(context: &Context<'_>, section: &'a Section) -> Result<&'a str, Failure> {
    let name = section.name.split_once(':').map_or("", |(_, name)| name);
    value::name(name).map_err(|error| {
        let place = context.document.place(section.span);
        Failure::new(error.to_string(), Some(place), None)
    })
}

/// What is the same for all processes of a section.
struct Common {
    priority: i64,
    autostart: bool,
    autorestart: AutoRestart,
    startsecs: i64,
    startretries: i64,
    stopsignal: i32,
    stopwaitsecs: i64,
    stopasgroup: bool,
    killasgroup: bool,
    exitcodes: Vec<i32>,
    redirect_stderr: bool,
    numbers: std::ops::Range<i64>,
    stdout: Capture,
    stderr: Capture,
    serverurl: ServerUrl,
    user: Option<User>,
    umask: Option<u32>,
}

struct Capture {
    maxbytes: i64,
    events: bool,
}

fn read(context: &Context<'_>, recipe: Recipe<'_>, notes: &mut Notes) -> Result<Vec<Arc<Process>>, Failure> {
    let section = recipe.section;
    let program_name = section_name(context, section)?;
    let scope = Scope::new(context.environment)
        .with("here", Value::Text(context.here))
        .with("program_name", Value::Text(program_name))
        .with("host_node_name", Value::Text(context.host))
        .with("group_name", Value::Text(recipe.group));
    let reader = Reader::new(context.document, section, Kind::Program, (Names::Program, scope.clone()));
    let common = common(&reader, context.asked)?;
    warn_of_nothing(context, &reader, &common, notes);

    let first = common.numbers.start;
    let numprocs = common.numbers.end - common.numbers.start;
    let mut processes = Vec::new();
    for number in common.numbers.clone() {
        let scope = scope
            .clone()
            .with("process_num", Value::Number(number))
            .with("numprocs", Value::Number(numprocs));
        let before = Reader::new(context.document, section, Kind::Program, (Names::Numbered, scope.clone()));
        let text = before.bare_text("environment")?;
        let pairs = value::pairs(&text).map_err(|error| refuse_pairs(&before, error))?;
        if number == first {
            warn_of_separator(context, &before, &pairs, notes);
        }
        let scope = (Names::Process, scope.with_environment(&pairs.map));
        let reader = Reader::new(context.document, section, Kind::Program, scope);
        let process = process(&reader, &common, context.asked, notes)?;
        let environment = merged(context.for_children, &pairs.map);
        processes.push(Arc::new(Process { environment, fastcgi: recipe.fastcgi.cloned(), ..process }));
    }
    processes.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(processes)
}

fn merged(below: &BTreeMap<String, String>, above: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut merged = below.clone();
    merged.extend(above.iter().map(|(key, value)| (key.clone(), value.clone())));
    merged
}

fn common(reader: &Reader<'_>, asked: &Asked<'_>) -> Result<Common, Failure> {
    let priority = reader.value("priority", value::integer)?;
    let autostart = reader.value("autostart", value::boolean)?;
    let autorestart = reader.value("autorestart", value::autorestart)?;
    let startsecs = reader.value("startsecs", value::integer)?;
    let startretries = reader.value("startretries", value::integer)?;
    let stopsignal = reader.value("stopsignal", value::signal_number)?;
    let stopwaitsecs = reader.value("stopwaitsecs", value::integer)?;
    let stopasgroup = reader.value("stopasgroup", value::boolean)?;
    let killasgroup = reader.optional("killasgroup", value::boolean)?.unwrap_or(stopasgroup);
    let exitcodes = reader.value("exitcodes", value::exit_codes)?;
    let redirect_stderr = reader.value("redirect_stderr", value::boolean)?;
    let numprocs = reader.value("numprocs", value::integer)?;
    let numprocs_start = reader.value("numprocs_start", value::integer)?;
    let stdout = capture(reader, "stdout_capture_maxbytes", "stdout_events_enabled")?;
    let stderr = capture(reader, "stderr_capture_maxbytes", "stderr_events_enabled")?;
    let serverurl = match reader.text("serverurl")?.expect("invariant: the table has a default") {
        auto if crate::text::strip(&auto).eq_ignore_ascii_case("auto") => ServerUrl::Auto,
        given => ServerUrl::Given(given.into_owned()),
    };
    let user = reader.optional("user", |text| asked.user(text))?;
    let umask = reader.optional("umask", value::octal)?;
    check_process_name(reader, numprocs)?;
    if stopasgroup && !killasgroup {
        let message = "Cannot set stopasgroup=true and killasgroup=false";
        return Err(reader
            .refuse("killasgroup", message)
            .with_help("remove killasgroup: stopasgroup implies it"));
    }
    if numprocs > MOST_PROCESSES {
        return Err(
            reader.refuse("numprocs", format!("numprocs {numprocs} is above upper bound ({MOST_PROCESSES})"))
        );
    }
    let numbers = numprocs_start..numprocs_start.saturating_add(numprocs.max(0));
    Ok(Common {
        priority,
        autostart,
        autorestart,
        startsecs,
        startretries,
        stopsignal,
        stopwaitsecs,
        stopasgroup,
        killasgroup,
        exitcodes,
        redirect_stderr,
        numbers,
        stdout,
        stderr,
        serverurl,
        user,
        umask,
    })
}

fn capture(reader: &Reader<'_>, maxbytes: &str, events: &str) -> Result<Capture, Failure> {
    Ok(Capture {
        maxbytes: reader.value(maxbytes, value::bytes)?,
        events: reader.value(events, value::boolean)?,
    })
}

/// The template is checked, not what becomes of it: that is the reference's rule.
fn check_process_name(reader: &Reader<'_>, numprocs: i64) -> Result<(), Failure> {
    let Some(template) = reader.entry("process_name").map(|entry| entry.value.as_str()) else {
        // The default has no number in it.
        return if numprocs > 1 { Err(number_is_missing(reader)) } else { Ok(()) };
    };
    value::name(template).map_err(|error| reader.refuse("process_name", error))?;
    if numprocs > 1 && !template.contains("%(process_num)") {
        return Err(number_is_missing(reader));
    }
    Ok(())
}

fn number_is_missing(reader: &Reader<'_>) -> Failure {
    let option = if reader.entry("process_name").is_some() { "process_name" } else { "numprocs" };
    let message = "%(process_num) must be present within process_name when numprocs > 1";
    reader.refuse(option, message).with_help("write process_name=%(program_name)s_%(process_num)02d")
}

/// One process; its environment is the caller's.
fn process(
    reader: &Reader<'_>,
    common: &Common,
    asked: &Asked<'_>,
    notes: &mut Notes,
) -> Result<Process, Failure> {
    let directory = reader.text("directory")?.map(Into::into);
    let stdout = channel(reader, &STDOUT, &common.stdout, (asked, notes))?;
    let mut stderr = channel(reader, &STDERR, &common.stderr, (asked, notes))?;
    if common.redirect_stderr {
        warn_of_unused_stderr(reader, &stderr, notes);
        stderr.logfile = LogFile::None;
    }
    let Some(command) = reader.text("command")? else {
        let message = format!("program section {} does not specify a command", reader.section.name);
        return Err(reader.refuse_section(message).with_help("add a line command=…"));
    };
    // Stripped once as a template and, like the reference, not again.
    let name = reader.bare_text("process_name")?;
    Ok(Process {
        name: name.into_owned(),
        command: command.into_owned(),
        priority: common.priority,
        autostart: common.autostart,
        autorestart: common.autorestart,
        startsecs: common.startsecs,
        startretries: common.startretries,
        exitcodes: common.exitcodes.clone(),
        stopsignal: common.stopsignal,
        stopwaitsecs: common.stopwaitsecs,
        stopasgroup: common.stopasgroup,
        killasgroup: common.killasgroup,
        user: common.user.clone(),
        umask: common.umask,
        directory,
        redirect_stderr: common.redirect_stderr,
        stdout,
        stderr,
        environment: BTreeMap::new(),
        serverurl: common.serverurl.clone(),
        fastcgi: None,
    })
}

/// The names of the options of one channel.
struct ChannelOptions {
    logfile: &'static str,
    backups: &'static str,
    maxbytes: &'static str,
    syslog: &'static str,
}

const STDOUT: ChannelOptions = ChannelOptions {
    logfile: "stdout_logfile",
    backups: "stdout_logfile_backups",
    maxbytes: "stdout_logfile_maxbytes",
    syslog: "stdout_syslog",
};

const STDERR: ChannelOptions = ChannelOptions {
    logfile: "stderr_logfile",
    backups: "stderr_logfile_backups",
    maxbytes: "stderr_logfile_maxbytes",
    syslog: "stderr_syslog",
};

fn channel(
    reader: &Reader<'_>,
    options: &ChannelOptions,
    capture: &Capture,
    (asked, notes): (&Asked<'_>, &mut Notes),
) -> Result<Channel, Failure> {
    let section = &reader.section.name;
    let target = reader.value(options.logfile, |text| log_target(text, asked))?;
    let backups = backups(reader.value(options.backups, value::integer)?);
    let maxbytes = reader.value(options.maxbytes, value::bytes)?;
    let mut syslog = reader.value(options.syslog, value::boolean)?;
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
    let Capture { maxbytes: capture_maxbytes, events: events_enabled } = *capture;
    Ok(Channel { logfile, maxbytes, backups, capture_maxbytes, events_enabled, syslog })
}

enum LogTarget {
    File(LogFile),
    /// The old way to ask for the system log.
    Syslog,
}

fn log_target(text: &str, asked: &Asked<'_>) -> Result<LogTarget, ValueError> {
    // The reference expands these options twice, so that files in the wild write a percent sign as `%%%%`. Here
    // they are expanded once, and what is left of such a quartet means the same as there.
    let text = text.replace("%%", "%");
    Ok(match text.to_lowercase().as_str() {
        "none" | "off" | "" => LogTarget::File(LogFile::None),
        "auto" => LogTarget::File(LogFile::Auto),
        "syslog" => LogTarget::Syslog,
        _ => LogTarget::File(LogFile::Path(asked.file_path(&text)?)),
    })
}

fn warn_of_unused_stderr(reader: &Reader<'_>, stderr: &Channel, notes: &mut Notes) {
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

/// The failure of an `environment` that is not made of pairs.
pub(super) fn refuse_pairs(reader: &Reader<'_>, error: ValueError) -> Failure {
    let help =
        "write KEY=\"value\",OTHER=\"value\": a comma between pairs, and quotes around special characters";
    reader.refuse("environment", error).with_help(help)
}

/// Between pairs of an environment the reference takes any word for a comma.
pub(super) fn warn_of_separator(
    context: &Context<'_>,
    reader: &Reader<'_>,
    pairs: &Pairs,
    notes: &mut Notes,
) {
    if let (Some(separator), Some(entry)) = (&pairs.odd_separator, reader.entry("environment")) {
        let message = format!(
            "{} stands between two variables of [{}] environment",
            Repr(separator),
            reader.section.name
        );
        let help = "write a comma between variables, and quotes around values with special characters";
        notes.warnings.push(context.warning(entry.value_span, message, help));
    }
}

/// Accepted, and almost certainly not meant.
fn warn_of_nothing(context: &Context<'_>, reader: &Reader<'_>, common: &Common, notes: &mut Notes) {
    let section = reader.section;
    if section.name.ends_with(':') {
        let message = format!("[{}] has no name behind the colon", section.name);
        notes.warnings.push(context.warning(
            section.span,
            message,
            "give it a name, or supervisorctl cannot name it",
        ));
    }
    if let (true, Some(entry)) = (common.numbers.is_empty(), reader.entry("numprocs")) {
        let message = format!("[{}] has no processes, because numprocs is {}", section.name, entry.value);
        notes.warnings.push(context.warning(entry.value_span, message, "write numprocs=1 or more"));
    }
    if let Some(entry) = reader.entry("command").filter(|entry| entry.value.is_empty()) {
        let message = format!("[{}] has an empty command and cannot start", section.name);
        notes.warnings.push(context.warning(entry.key_span, message, "write the program to run"));
    }
}

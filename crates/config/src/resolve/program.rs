//! What `[program:x]`, `[eventlistener:x]` and `[fcgi-program:x]` have in common: the processes.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::channel::{STDERR, STDOUT, Shared, channel, warn_of_unused_stderr};
use super::{Context, Notes, Reader, Refusals, advice};
use crate::diagnostic::Failure;
use crate::expand::{Scope, Value};
use crate::ini::Section;
use crate::model::{AutoRestart, FastCgi, KillMode, LogFile, Process, ServerUrl, User};
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
        Failure::new(error.to_string(), Some(place), Some(advice::of_section_name(section)))
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
    kill_mode: Option<KillMode>,
    exitcodes: Arc<[i32]>,
    redirect_stderr: bool,
    numbers: std::ops::Range<i64>,
    stdout: Shared,
    stderr: Shared,
    serverurl: ServerUrl,
    user: Option<User>,
    user_environment: bool,
    umask: Option<u32>,
    create_log_dirs: bool,
}

fn read(context: &Context<'_>, recipe: Recipe<'_>, notes: &mut Notes) -> Result<Vec<Arc<Process>>, Failure> {
    let section = recipe.section;
    let mut refusals = Refusals::default();
    let program_name = refusals.or_default(section_name(context, section));
    let scope = Scope::new(context.environment)
        .with("here", Value::Text(context.here))
        .with("program_name", Value::Text(program_name))
        .with("host_node_name", Value::Text(context.host))
        .with("group_name", Value::Text(recipe.group))
        .lacking_variables(context.lacks_variables);
    let reader = Reader::new(context.document, section, Kind::Program, (Names::Program, scope.clone()));
    let common = common(&reader, context, &mut refusals);
    warn_of_nothing(context, &reader, &common, notes);

    let numprocs = common.numbers.end - common.numbers.start;
    let mut processes = Vec::new();
    for number in common.numbers.clone() {
        let scope = scope
            .clone()
            .with("process_num", Value::Number(number))
            .with("numprocs", Value::Number(numprocs));
        match numbered(context, (recipe, &common), (number, scope), notes) {
            Ok(process) => processes.push(process),
            Err(failure) => {
                // Its brothers would be refused for the same reasons.
                refusals.add(failure);
                break;
            }
        }
    }
    processes.sort_by(|a, b| a.name.cmp(&b.name));
    notes.origins.extend(processes.iter().map(|process| (Arc::clone(process), section.name.clone())));
    refusals.finish(processes)
}

/// The process of that number.
fn numbered(
    context: &Context<'_>,
    (recipe, common): (Recipe<'_>, &Common),
    (number, scope): (i64, Scope<'_>),
    notes: &mut Notes,
) -> Result<Arc<Process>, Failure> {
    let section = recipe.section;
    let mut refusals = Refusals::default();
    let before = Reader::new(context.document, section, Kind::Program, (Names::Numbered, scope.clone()));
    let own = before
        .bare_text("environment")
        .and_then(|text| value::pairs(&text).map_err(|error| refuse_pairs(&before, error)));
    let lacks_variables = own.is_err();
    let own = refusals.or_default(own);
    if number == common.numbers.start {
        warn_of_separator(context, &before, &own, notes);
    }
    let scope = scope.with_environment(&own.map).lacking_variables(lacks_variables);
    let reader = Reader::new(context.document, section, Kind::Program, (Names::Process, scope));
    let process = process(&reader, common, (context.asked, notes), &mut refusals);
    let mut environment = merged(context.for_children, &own.map);
    if common.user_environment {
        add_user(&mut environment, common.user.as_ref(), context.asked);
    }
    refusals.finish(Arc::new(Process { environment, fastcgi: recipe.fastcgi.cloned(), ..process }))
}

/// Adds what a login would say of the user, below what is configured.
fn add_user(environment: &mut BTreeMap<String, String>, user: Option<&User>, asked: &Asked<'_>) {
    let Some(user) = user else { return };
    let names = ["USER", "LOGNAME"].map(|key| (key, Some(user.name.clone())));
    for (key, value) in [("HOME", asked.system.home_of(Some(&user.name)))].into_iter().chain(names) {
        if let Some(value) = value {
            environment.entry(key.to_owned()).or_insert(value);
        }
    }
}

fn merged(below: &BTreeMap<String, String>, above: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut merged = below.clone();
    merged.extend(above.iter().map(|(key, value)| (key.clone(), value.clone())));
    merged
}

fn common(reader: &Reader<'_>, context: &Context<'_>, refusals: &mut Refusals) -> Common {
    let asked = context.asked;
    let priority = refusals.or_default(reader.value("priority", value::integer));
    let autostart = refusals.or_default(reader.value("autostart", value::boolean));
    let autorestart = refusals.or(reader.value("autorestart", value::autorestart), AutoRestart::Never);
    let startsecs = refusals.or_default(reader.value("startsecs", value::integer));
    let startretries = refusals.or_default(reader.value("startretries", value::integer));
    let stopsignal = refusals.or_default(reader.value("stopsignal", value::signal_number));
    let stopwaitsecs = refusals.or_default(reader.value("stopwaitsecs", value::integer));
    let stopasgroup = refusals.or_default(reader.value("stopasgroup", value::boolean));
    let killasgroup = refusals.or_default(reader.optional("killasgroup", value::boolean));
    let exitcodes = refusals.or_default(reader.value("exitcodes", value::exit_codes)).into();
    let redirect_stderr = refusals.or_default(reader.value("redirect_stderr", value::boolean));
    let numprocs = refusals.or(reader.value("numprocs", value::integer), 1);
    let numprocs_start = refusals.or_default(reader.value("numprocs_start", value::integer));
    let mut stdout = Shared::read(reader, &STDOUT, refusals);
    let mut stderr = Shared::read(reader, &STDERR, refusals);
    let serverurl = match refusals.or_default(reader.text("serverurl")).unwrap_or_default() {
        auto if crate::text::strip(&auto).eq_ignore_ascii_case("auto") => ServerUrl::Auto,
        given => ServerUrl::Given(given.into_owned()),
    };
    let user = refusals.or_default(reader.optional("user", |text| asked.user(text)));
    let user_environment = refusals.or_default(reader.value("user_environment", value::boolean));
    let umask = refusals.or_default(reader.optional("umask", value::octal));
    refusals.or_default(check_process_name(reader, numprocs));
    let killasgroup = killasgroup.unwrap_or(stopasgroup);
    if stopasgroup && !killasgroup {
        let message = "Cannot set stopasgroup=true and killasgroup=false";
        let failure = reader.refuse("killasgroup", message);
        refusals.add(failure.with_help("remove killasgroup: stopasgroup implies it"));
    }
    if numprocs > MOST_PROCESSES {
        let message = format!("numprocs {numprocs} is above upper bound ({MOST_PROCESSES})");
        refusals.add(reader.refuse("numprocs", message));
    }
    let numbers = numprocs_start..numprocs_start.saturating_add(numprocs.clamp(0, MOST_PROCESSES));
    // What the reference does not have comes last, so that its first error stays the first.
    let create_log_dirs = refusals.or_default(reader.optional("create_log_dirs", value::boolean));
    let create_log_dirs = create_log_dirs.unwrap_or(context.create_log_dirs);
    let kill_mode = refusals.or_default(reader.optional("kill_mode", value::kill_mode));
    let (stopasgroup, killasgroup) = match kill_mode {
        // Who writes `group` alone means both signals.
        Some(KillMode::Group) => (stopasgroup || reader.entry("stopasgroup").is_none(), true),
        _ => (stopasgroup, killasgroup),
    };
    if kill_mode == Some(KillMode::Process) && killasgroup {
        let failure = reader.refuse("kill_mode", "Cannot set kill_mode=process and signal the process group");
        refusals.add(failure.with_help("remove stopasgroup and killasgroup, or write kill_mode=group"));
    }
    for (channel, options) in [(&mut stdout, &STDOUT), (&mut stderr, &STDERR)] {
        channel.read_ours(reader, (options, create_log_dirs), asked, refusals);
    }
    Common {
        priority,
        autostart,
        autorestart,
        startsecs,
        startretries,
        stopsignal,
        stopwaitsecs,
        stopasgroup,
        killasgroup,
        kill_mode,
        exitcodes,
        redirect_stderr,
        numbers,
        stdout,
        stderr,
        serverurl,
        user,
        user_environment,
        umask,
        create_log_dirs,
    }
}

/// The template is checked, not what becomes of it: that is the reference's rule.
fn check_process_name(reader: &Reader<'_>, numprocs: i64) -> Result<(), Failure> {
    let Some(template) = reader.entry("process_name").map(|entry| entry.value.as_str()) else {
        // The default has no number in it.
        return if numprocs > 1 { Err(number_is_missing(reader)) } else { Ok(()) };
    };
    value::name(template).map_err(|error| reader.refuse_because("process_name", &error))?;
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
    (asked, notes): (&Asked<'_>, &mut Notes),
    refusals: &mut Refusals,
) -> Process {
    let directory = refusals.or_default(reader.text("directory")).map(Into::into);
    let stdout = channel(reader, (&STDOUT, &common.stdout), (asked, notes), refusals);
    let mut stderr = channel(reader, (&STDERR, &common.stderr), (asked, notes), refusals);
    if common.redirect_stderr {
        warn_of_unused_stderr(reader, &stderr, notes);
        stderr.logfile = LogFile::None;
    }
    let command = reader.text("command").and_then(|command| {
        command.ok_or_else(|| {
            let message = format!("program section {} does not specify a command", reader.section.name);
            reader.refuse_section(message).with_help("add a line command=…")
        })
    });
    let command = refusals.or_default(command);
    // Stripped once as a template and, like the reference, not again.
    let name = refusals.or_default(reader.stripped_bare_text("process_name"));
    Process {
        name: name.into(),
        command: command.into_owned(),
        priority: common.priority,
        autostart: common.autostart,
        autorestart: common.autorestart,
        startsecs: common.startsecs,
        startretries: common.startretries,
        exitcodes: Arc::clone(&common.exitcodes),
        stopsignal: common.stopsignal,
        stopwaitsecs: common.stopwaitsecs,
        stopasgroup: common.stopasgroup,
        killasgroup: common.killasgroup,
        kill_mode: common.kill_mode,
        user: common.user.clone(),
        user_environment: common.user_environment,
        umask: common.umask,
        directory,
        redirect_stderr: common.redirect_stderr,
        stdout,
        stderr,
        environment: BTreeMap::new(),
        serverurl: common.serverurl.clone(),
        create_log_dirs: common.create_log_dirs,
        fastcgi: None,
        broken: None,
    }
}

/// The failure of an `environment` that is not made of pairs.
pub(super) fn refuse_pairs(reader: &Reader<'_>, error: ValueError) -> Failure {
    let help = match reader.entry("environment") {
        Some(entry) if entry.comment.is_some() => {
            "the value ends where a ; or # behind a blank starts a comment, even in quotes; remove the blank before it"
        }
        _ => {
            "write KEY=\"value\",OTHER=\"value\": a comma between pairs, and quotes around special characters"
        }
    };
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

//! `[rpcinterface:x]`: namespaces of the main interface, and those that a process serves.
//!
//! The reference loads Python code here. What is not built in is run by a process of its own instead, which the
//! section names with `command`; it is a program like any other, with a conversation on its standard input and output.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::groups::own_processes;
use super::program::Recipe;
use super::{Context, Notes, Reader, Refusals};
use crate::diagnostic::Failure;
use crate::expand::expand;
use crate::ini::Section;
use crate::model::{AutoRestart, Group, GroupKind, LogFile, Process, RpcPlugin};
use crate::options::{Kind, Names, row_of};
use crate::text::{is_space, strip};
use crate::value;

/// The factory of the main interface.
const MAIN_INTERFACE: &str = "supervisor.rpcinterface:make_main_rpcinterface";

/// The option that names a factory.
const FACTORY: &str = "supervisor.rpcinterface_factory";

/// Namespaces that the daemon serves by itself.
const TAKEN: [&str; 2] = ["system", "provost"];

/// The namespaces under which the main interface is served.
pub(super) fn namespaces(context: &Context<'_>) -> Result<Vec<String>, Failure> {
    let mut namespaces = Vec::new();
    let mut refusals = Refusals::default();
    for section in context.document.sections().iter().filter(|section| !is_plugin(section)) {
        let Some(namespace) = section.name.strip_prefix("rpcinterface:") else { continue };
        if refusals.ok(check_factory(context, section)).is_some() {
            namespaces.push(namespace.to_owned());
        }
    }
    refusals.finish(namespaces)
}

/// Whether a section `[rpcinterface:x]` is served by a process. What stands in `[DEFAULT]` is for programs.
pub(super) fn is_plugin(section: &Section) -> bool {
    section.own("command").is_some()
}

/// The group of the process that serves a namespace.
pub(super) fn read(context: &Context<'_>, section: &Section, notes: &mut Notes) -> Result<Group, Failure> {
    // The name is checked with the process, as that of any program.
    let name = section.name.split_once(':').map_or("", |(_, name)| name);
    let reader =
        Reader::new(context.document, section, Kind::RpcInterface, context.names(Names::Environment));
    let mut refusals = Refusals::default();
    refusals.or_default(check_namespace(&reader, name));
    let priority = refusals.or_default(reader.value("priority", value::integer));
    let timeout = refusals.or_default(timeout(&reader));
    let factory = refusals.or_default(factory(&reader));
    let settings = refusals.or_default(settings(context, section));
    let recipe = Recipe { section, group: name, fastcgi: None };
    let processes = refusals.or_default(own_processes(context, recipe, notes));
    refusals.or_default(check_process(&reader, &processes));
    let processes = processes.iter().map(|process| adapted(process, section, notes)).collect();
    let kind = GroupKind::RpcPlugin(RpcPlugin { timeout, factory, settings });
    refusals.finish(Group { name: name.to_owned(), priority, kind, processes })
}

fn check_namespace(reader: &Reader<'_>, name: &str) -> Result<(), Failure> {
    if TAKEN.contains(&name) {
        let message = format!("[{}] names a namespace that the daemon serves itself", reader.section.name);
        return Err(reader.refuse_section(message).with_help("give the section another name"));
    }
    if name.contains('.') {
        let message = format!("[{}] has a dot in its name, which ends a namespace", reader.section.name);
        return Err(reader.refuse_section(message).with_help("give the section a name without a dot"));
    }
    Ok(())
}

fn timeout(reader: &Reader<'_>) -> Result<u64, Failure> {
    let seconds = reader.value("rpc_timeout", value::integer)?;
    u64::try_from(seconds).ok().filter(|seconds| *seconds >= 1).ok_or_else(|| {
        let message = format!("[{}] section sets invalid rpc_timeout ({seconds})", reader.section.name);
        reader.refuse("rpc_timeout", message).with_help("write a number of seconds from 1")
    })
}

/// What the command is to run, if it is told; it cannot be the main interface, which nobody but the daemon can be.
fn factory(reader: &Reader<'_>) -> Result<Option<String>, Failure> {
    let factory = reader.text(FACTORY)?;
    if factory.as_deref().is_some_and(|factory| means(factory, MAIN_INTERFACE)) {
        let message = format!("[{}] has a command, but the main interface is built in", reader.section.name);
        return Err(reader.refuse("command", message).with_help("remove the command"));
    }
    Ok(factory.map(|factory| strip(&factory).to_owned()))
}

/// The options that the reference passes to the factory: all that nobody else takes.
fn settings(context: &Context<'_>, section: &Section) -> Result<BTreeMap<String, String>, Failure> {
    let known = |key: &str| {
        [Kind::RpcInterface, Kind::Program].iter().any(|kind| row_of(*kind).option(key).is_some())
    };
    let (_, scope) = context.names(Names::Environment);
    let mut refusals = Refusals::default();
    let mut settings = BTreeMap::new();
    for entry in section.entries().iter().filter(|entry| !known(&entry.key)) {
        let shown = format!("{}.{}", section.name, entry.key);
        let expanded = expand(&entry.value, &scope, &shown).map_err(|error| {
            let place = context.document.place(entry.value_span);
            Failure::new(error.to_string(), Some(place), error.advice())
        });
        if let Some(value) = refusals.ok(expanded) {
            settings.insert(entry.key.clone(), value.into_owned());
        }
    }
    refusals.finish(settings)
}

/// One process has the state of the namespace, and its standard output is a conversation.
fn check_process(reader: &Reader<'_>, processes: &[Arc<Process>]) -> Result<(), Failure> {
    let section = &reader.section.name;
    if processes.len() > 1 {
        let message = format!("[{section}] has {} processes, but one serves a namespace", processes.len());
        return Err(reader.refuse("numprocs", message).with_help("remove numprocs"));
    }
    if processes.iter().any(|process| process.redirect_stderr) {
        let message = format!(
            "[{section}] section sets redirect_stderr=true but this is not allowed because it will interfere with the \
             JSON-RPC protocol"
        );
        return Err(reader.refuse("redirect_stderr", message).with_help("remove redirect_stderr"));
    }
    Ok(())
}

/// What is different from a program: nothing of its standard output is logged, and it is always there.
fn adapted(process: &Arc<Process>, section: &Section, notes: &mut Notes) -> Arc<Process> {
    let mut adapted = Process::clone(process);
    adapted.stdout.logfile = LogFile::None;
    if section.own("autorestart").is_none() {
        adapted.autorestart = AutoRestart::Always;
    }
    let adapted = Arc::new(adapted);
    for (origin, _) in notes.origins.iter_mut().filter(|(origin, _)| Arc::ptr_eq(origin, process)) {
        *origin = Arc::clone(&adapted);
    }
    adapted
}

fn check_factory(context: &Context<'_>, section: &Section) -> Result<(), Failure> {
    let reader =
        Reader::new(context.document, section, Kind::RpcInterface, context.names(Names::Environment));
    let Some(factory) = reader.text(FACTORY)? else {
        let message = format!("section [{}] does not specify a {FACTORY}", section.name);
        return Err(reader.refuse_section(message).with_help(&format!("write {FACTORY} = {MAIN_INTERFACE}")));
    };
    if means(&factory, MAIN_INTERFACE) {
        return Ok(());
    }
    let reason = "Python code runs in a process of its own; add the line command = python3 -m provost_host";
    let help = "install provost_host for that python3 with pip install ./python (see docs/plugins.md), or name its \
                directory: environment = PYTHONPATH=\"/path/to/provost/python\"";
    Err(reader.refuse(FACTORY, unresolved(&factory, section, reason)).with_help(help))
}

/// Whether a text names that `module:callable`. Blanks may stand around the colon and at the end, but not in front.
pub(super) fn means(text: &str, known: &str) -> bool {
    let parts =
        text.split_once(':').map(|(module, callable)| (module.trim_end_matches(is_space), strip(callable)));
    parts == known.split_once(':')
}

/// The reference's words for Python code that cannot be had.
pub(super) fn unresolved(what: &str, section: &Section, reason: &str) -> String {
    format!("{what} cannot be resolved within [{}]: {reason}", section.name)
}

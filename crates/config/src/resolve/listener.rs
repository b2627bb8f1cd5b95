//! `[eventlistener:x]`: what a pool has beyond its processes.

use std::collections::BTreeSet;

use super::groups::own_processes;
use super::program::Recipe;
use super::rpcinterface::{means, unresolved};
use super::{Context, Notes, Reader, Refusals};
use crate::diagnostic::Failure;
use crate::ini::Section;
use crate::model::{EventKind, Group, GroupKind, Pool, ResultHandler};
use crate::options::{Kind, Names, nearest};
use crate::value;

/// Handlers that print what the answer carries, by the names under which PyPI has them.
const PRINTERS: [&str; 3] = [
    "supervisor_stdout:event_handler",
    "supervisor_console.events:event_handler",
    "supervisor_stdlog:log_handler",
];

pub(super) fn read(context: &Context<'_>, section: &Section, notes: &mut Notes) -> Result<Group, Failure> {
    // The name is checked with the processes, after everything here; the pool keeps it as it is written.
    let name = section.name.split_once(':').map_or("", |(_, name)| name);
    let reader = Reader::new(context.document, section, Kind::EventListener, context.names(Names::Here));
    let mut refusals = Refusals::default();
    let priority = refusals.or_default(reader.value("priority", value::integer));
    let buffer_size = refusals.or_default(buffer_size(&reader));
    let result_handler = refusals.or_default(result_handler(&reader));
    let event_length = refusals.or_default(reader.value("event_length", value::event_length));
    let events = refusals.or_default(events(&reader));
    if refusals.or_default(reader.value("redirect_stderr", value::boolean)) {
        let message = format!(
            "[{}] section sets redirect_stderr=true but this is not allowed because it will interfere with the \
             eventlistener protocol",
            section.name
        );
        refusals.add(reader.refuse("redirect_stderr", message).with_help("remove redirect_stderr"));
    }
    let recipe = Recipe { section, group: name, fastcgi: None };
    let processes = refusals.or_default(own_processes(context, recipe, notes));
    let kind = GroupKind::Listeners(Pool { buffer_size, events, result_handler, event_length });
    refusals.finish(Group { name: name.to_owned(), priority, kind, processes })
}

fn buffer_size(reader: &Reader<'_>) -> Result<usize, Failure> {
    let size = reader.value("buffer_size", value::integer)?;
    usize::try_from(size).ok().filter(|size| *size >= 1).ok_or_else(|| {
        let message = format!("[{}] section sets invalid buffer_size ({size})", reader.section.name);
        reader.refuse("buffer_size", message).with_help("write a number from 1")
    })
}

fn result_handler(reader: &Reader<'_>) -> Result<ResultHandler, Failure> {
    let handler = reader.text("result_handler")?.expect("invariant: the table has a default");
    if means(&handler, ResultHandler::DEFAULT) {
        return Ok(ResultHandler::Default);
    }
    // Many projects have a copy of their own of the one file that supervisor_stdout is.
    let own_copy = handler.find("supervisor_stdout").filter(|at| handler[..*at].ends_with('.'));
    let module = &handler[own_copy.unwrap_or(0)..];
    if PRINTERS.iter().any(|printer| means(module, printer)) {
        return Ok(ResultHandler::Printer(handler.into_owned()));
    }
    let reason = "Python result handlers cannot be loaded; remove the line, and let the listener judge the event: \
                  it answers OK or FAIL. Handlers that print output are built in, such as supervisor_stdout:event_handler";
    Err(reader.refuse("result_handler", unresolved(&handler, reader.section, reason)))
}

fn events(reader: &Reader<'_>) -> Result<BTreeSet<EventKind>, Failure> {
    let section = &reader.section.name;
    let text = reader.text("events")?.unwrap_or_default().to_uppercase();
    let names = value::list(&text);
    if names.is_empty() {
        let message = format!("[{section}] section requires an \"events\" line");
        return Err(reader
            .refuse("events", message)
            .with_help("write events=EVENT for every event there is"));
    }
    let known = |name: &&str| {
        EventKind::from_name(name).ok_or_else(|| {
            let failure = reader.refuse_item(
                "events",
                name,
                format!("Unknown event type {name} in [{section}] events"),
            );
            match nearest(name, EventKind::all().map(EventKind::name)) {
                Some(near) => failure.with_help(&format!("did you mean {near}?")),
                None => failure,
            }
        })
    };
    let mut refusals = Refusals::default();
    let events = names.iter().filter_map(|name| refusals.ok(known(name))).collect();
    refusals.finish(events)
}

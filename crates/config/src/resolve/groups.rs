//! Groups: which there are, which processes each has, and their order.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::program::{Recipe, processes, section_name};
use super::{Context, Notes, Reader, Refusals, advice, fastcgi, listener, rpcinterface};
use crate::diagnostic::Failure;
use crate::ini::{Section, Span};
use crate::model::{FastCgi, Group, GroupKind, OnConfigError, Process};
use crate::options::{Kind, Names};
use crate::text::strip;
use crate::value;

/// A group, and the section it comes from.
type Found = (Group, Span);

/// All groups, in the order in which they start.
pub(super) fn read(context: &Context<'_>, notes: &mut Notes) -> Result<Vec<Arc<Group>>, Failure> {
    let sections = context.document.sections();
    let with = |prefix: &'static str| sections.iter().filter(move |section| section.name.starts_with(prefix));
    let mut claimed = HashSet::new();
    let mut refusals = Refusals::default();
    let mut groups = Vec::new();
    for section in with("group:") {
        let group = refusals.ok(group(context, section, &mut claimed, notes));
        groups.extend(group.map(|group| (group, section.span)));
    }
    for section in with("program:").filter(|section| !claimed.contains(section.name.as_str())) {
        let group =
            program(context, section, notes).or_else(|failure| broken(context, section, failure, notes));
        groups.extend(refusals.ok(group).map(|group| (group, section.span)));
    }
    for section in with("eventlistener:") {
        let group = listener::read(context, section, notes)
            .or_else(|failure| broken(context, section, failure, notes));
        groups.extend(refusals.ok(group).map(|group| (group, section.span)));
    }
    for section in with("fcgi-program:").filter(|section| !claimed.contains(section.name.as_str())) {
        let group = fastcgi_program(context, section, notes)
            .or_else(|failure| broken(context, section, failure, notes));
        groups.extend(refusals.ok(group).map(|group| (group, section.span)));
    }
    for section in with("rpcinterface:").filter(|section| rpcinterface::is_plugin(section)) {
        let group = rpcinterface::read(context, section, notes)
            .or_else(|failure| broken(context, section, failure, notes));
        groups.extend(refusals.ok(group).map(|group| (group, section.span)));
    }
    groups.sort_by(|(a, _), (b, _)| (a.priority, &a.name).cmp(&(b.priority, &b.name)));
    refusals.finish(without_twins(context, groups, notes).into_iter().map(Arc::new).collect())
}

/// What stands for a section that was refused, if the others are to run without it: a group of its name, with a
/// process of its name that cannot be started.
fn broken(
    context: &Context<'_>,
    section: &Section,
    failure: Failure,
    notes: &mut Notes,
) -> Result<Group, Failure> {
    let name = section.name.split_once(':').map_or("", |(_, name)| name);
    let process = broken_process(context, name, failure, notes)?;
    let (name, priority) = (process.name.to_string(), process.priority);
    Ok(Group { name, priority, kind: GroupKind::Programs, processes: vec![process] })
}

/// What stands for a process whose section was refused, if the others are to run without it.
fn broken_process(
    context: &Context<'_>,
    name: &str,
    failure: Failure,
    notes: &mut Notes,
) -> Result<Arc<Process>, Failure> {
    let (OnConfigError::SkipProgram, Some(first)) = (context.on_config_error, failure.diagnostics.first())
    else {
        return Err(failure);
    };
    // The name may be what was refused; clients must be able to say it all the same.
    let name = strip(name).replace([' ', ':', '/'], "_");
    let process = Arc::new(Process::broken(&name, &first.summary()));
    notes.skipped.extend(failure.diagnostics);
    Ok(process)
}

/// Two groups of one name: the reference starts the first and forgets the other without a word.
fn without_twins(context: &Context<'_>, groups: Vec<Found>, notes: &mut Notes) -> Vec<Group> {
    let mut seen: HashMap<String, Span> = HashMap::new();
    let mut kept = Vec::with_capacity(groups.len());
    for (group, span) in groups {
        if let Some(first) = seen.get(&group.name) {
            let first = context.document.place(*first);
            let message = format!(
                "there are two groups named '{}': this one is ignored, the one of {}:{} is used",
                group.name, first.file, first.line
            );
            notes.warnings.push(context.warning(span, message, "give one of them another name"));
            continue;
        }
        seen.insert(group.name.clone(), span);
        kept.push(group);
    }
    kept
}

/// `[group:x]`.
fn group<'a>(
    context: &Context<'a>,
    section: &'a Section,
    claimed: &mut HashSet<&'a str>,
    notes: &mut Notes,
) -> Result<Group, Failure> {
    let mut refusals = Refusals::default();
    let name = refusals.or_default(section_name(context, section));
    let reader = Reader::new(context.document, section, Kind::Group, context.names(Names::Here));
    let programs = refusals.or_default(reader.text("programs")).unwrap_or_default();
    let programs = value::list(&programs);
    let priority = refusals.or_default(reader.value("priority", value::integer));
    let mut members = Members::default();
    for program in &programs {
        let found = member(context, &reader, program);
        if let Ok(section) = found {
            claimed.insert(section.name.as_str());
        }
        let processes = found
            .and_then(|section| member_processes(context, (section, name), notes))
            .or_else(|failure| broken_process(context, program, failure, notes).map(|process| vec![process]));
        for process in refusals.or_default(processes) {
            members.add(process, (context, &reader), notes);
        }
    }
    if programs.is_empty() {
        let message = format!("[{}] has no programs", section.name);
        notes.warnings.push(context.warning(section.span, message, "write programs=… or remove the section"));
    }
    let processes = members.processes;
    refusals.finish(Group { name: name.to_owned(), priority, kind: GroupKind::Programs, processes })
}

/// The processes of a section that a group claims.
fn member_processes(
    context: &Context<'_>,
    (section, group): (&Section, &str),
    notes: &mut Notes,
) -> Result<Vec<Arc<Process>>, Failure> {
    let mut refusals = Refusals::default();
    // The reference forgets the socket of a FastCGI program inside a group, so mistakes in it come last.
    let is_fastcgi = section.name.starts_with("fcgi-program:");
    let shared = is_fastcgi.then(|| fastcgi::read(context, section).map(Arc::new)).transpose();
    let fastcgi = shared.as_ref().ok().and_then(Option::as_ref);
    let recipe = Recipe { section, group, fastcgi };
    let processes = refusals.or_default(processes(context, recipe, notes));
    refusals.or_default(shared.map(drop));
    refusals.finish(processes)
}

/// The section that a word of `programs=` means.
fn member<'a>(context: &Context<'a>, reader: &Reader<'_>, program: &str) -> Result<&'a Section, Failure> {
    let group = &reader.section.name;
    let as_program = context.document.section(&format!("program:{program}"));
    let as_fastcgi = context.document.section(&format!("fcgi-program:{program}"));
    match (as_program, as_fastcgi) {
        (Some(section), None) | (None, Some(section)) => Ok(section),
        (None, None) => {
            let message = format!("[{group}] names unknown program or fcgi-program {program}");
            let help = advice::of_member(context.document, program);
            Err(reader.refuse_item("programs", program, message).with_help(&help))
        }
        (Some(_), Some(_)) => {
            let message =
                format!("[{group}] name {program} is ambiguous (exists as program and fcgi-program)");
            Err(reader.refuse_item("programs", program, message).with_help("rename one of the two sections"))
        }
    }
}

/// The processes of a group; of two with one name, the later takes the place of the earlier.
#[derive(Default)]
struct Members {
    processes: Vec<Arc<Process>>,
    places: HashMap<Arc<str>, usize>,
}

impl Members {
    fn add(
        &mut self,
        process: Arc<Process>,
        (context, reader): (&Context<'_>, &Reader<'_>),
        notes: &mut Notes,
    ) {
        if let Some(place) = self.places.get(&process.name) {
            let section = reader.section;
            let message = format!(
                "two processes of [{}] are named '{}': the later one is used",
                section.name, process.name
            );
            let span = reader.entry("programs").map_or(section.span, |entry| entry.value_span);
            notes.warnings.push(context.warning(span, message, "give one of them another process_name"));
            self.processes[*place] = process;
            return;
        }
        self.places.insert(Arc::clone(&process.name), self.processes.len());
        self.processes.push(process);
    }
}

/// The processes of a section that is a group of its own, without twins.
pub(super) fn own_processes(
    context: &Context<'_>,
    recipe: Recipe<'_>,
    notes: &mut Notes,
) -> Result<Vec<Arc<Process>>, Failure> {
    let reader = Reader::new(context.document, recipe.section, Kind::Program, context.names(Names::Here));
    let mut members = Members::default();
    for process in processes(context, recipe, notes)? {
        members.add(process, (context, &reader), notes);
    }
    Ok(members.processes)
}

/// `[program:x]` that no group claims.
fn program(context: &Context<'_>, section: &Section, notes: &mut Notes) -> Result<Group, Failure> {
    let mut refusals = Refusals::default();
    let name = refusals.or_default(section_name(context, section));
    let reader = Reader::new(context.document, section, Kind::Program, context.names(Names::Here));
    let priority = refusals.or_default(reader.value("priority", value::integer));
    let recipe = Recipe { section, group: name, fastcgi: None };
    let processes = refusals.or_default(own_processes(context, recipe, notes));
    refusals.finish(Group { name: name.to_owned(), priority, kind: GroupKind::Programs, processes })
}

/// `[fcgi-program:x]` that no group claims.
fn fastcgi_program(context: &Context<'_>, section: &Section, notes: &mut Notes) -> Result<Group, Failure> {
    let mut refusals = Refusals::default();
    let name = refusals.or_default(section_name(context, section));
    let reader = Reader::new(context.document, section, Kind::FcgiProgram, context.names(Names::Here));
    let priority = refusals.or_default(reader.value("priority", value::integer));
    let shared = refusals.ok(fastcgi::read(context, section)).map(Arc::new);
    let recipe = Recipe { section, group: name, fastcgi: shared.as_ref() };
    let processes = refusals.or_default(own_processes(context, recipe, notes));
    let kind =
        shared.as_deref().map_or(GroupKind::Programs, |shared| GroupKind::FastCgi(FastCgi::clone(shared)));
    refusals.finish(Group { name: name.to_owned(), priority, kind, processes })
}

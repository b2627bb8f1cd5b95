//! What to do about a refused value, where that depends on the option or on habits of those who write files.
//!
//! What depends on the value alone is [`ValueError::advice`].

use crate::ini::{Document, Section};
use crate::options::{nearest, section_row};
use crate::text::strip;
use crate::value::ValueError;

/// For people who quote values as in a shell.
const NO_QUOTES: &str = "quotes are not removed from values: write the path without them";

/// What to do about a value of that option.
pub(super) fn of_value(error: &ValueError, option: &str) -> Option<String> {
    match error {
        ValueError::Directory(text) | ValueError::PathDirectory(text) if text.starts_with(['"', '\'']) => {
            Some(NO_QUOTES.to_owned())
        }
        ValueError::UserName(name) => Some(no_user(name)),
        ValueError::UserId(_) => Some("write the name or the id of a user of this machine".to_owned()),
        // Sizes are read as numbers once their unit is off.
        ValueError::Integer(_) if option.ends_with("_maxbytes") => {
            Some("write a number of bytes, or a number with KB, MB or GB right behind it".to_owned())
        }
        ValueError::Integer(_) if option == "port" => {
            Some("write a port from 1 to 65535, or an address and a port: 127.0.0.1:9001".to_owned())
        }
        ValueError::PortNumber(_)
        | ValueError::NoPort
        | ValueError::AboveBound(_)
        | ValueError::BelowBound(_) => Some(format!("{option} takes a port from 1 to 65535")),
        ValueError::Name { name, .. } => {
            Some(format!("blanks, colons and slashes cannot be in names: write {}", valid_name(name)))
        }
        _ => error.advice(),
    }
}

fn no_user(name: &str) -> String {
    if name.starts_with(['"', '\'']) {
        return "quotes are not removed from values: write the name without them".to_owned();
    }
    if name.contains(':') {
        return "write the user alone: the groups are those of the user".to_owned();
    }
    format!("there is no user {name} on this machine: make one, or write the name or id of another")
}

/// What to do about the name of a section.
pub(super) fn of_section_name(section: &Section) -> String {
    let (kind, name) = section.name.split_once(':').unwrap_or((&section.name, ""));
    format!("blanks, colons and slashes cannot be in names: write [{kind}:{}]", valid_name(name))
}

fn valid_name(name: &str) -> String {
    strip(name).replace([' ', ':', '/'], "_")
}

/// What to do about a word of `programs=` that names nothing.
pub(super) fn of_member(document: &Document, program: &str) -> String {
    if program.is_empty() {
        return "there is a comma too many in the list".to_owned();
    }
    if document.section(&format!("eventlistener:{program}")).is_some() {
        return format!("[eventlistener:{program}] is a group of its own and cannot be in another");
    }
    let names = document.sections().iter().filter_map(|section| {
        section.name.strip_prefix("program:").or_else(|| section.name.strip_prefix("fcgi-program:"))
    });
    match nearest(program, names) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("add a section [program:{program}], or remove the name"),
    }
}

/// The section that was probably meant to be `[supervisord]`.
pub(super) fn nearly_supervisord(document: &Document) -> Option<&Section> {
    let unknown = || document.sections().iter().filter(|section| section_row(&section.name).is_none());
    let near = nearest("supervisord", unknown().map(|section| section.name.as_str()))?;
    unknown().find(|section| section.name == near)
}

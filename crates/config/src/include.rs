//! `[include]`: which files a list of patterns stands for, and reading them over the main file.
//!
//! Patterns are globs as Python's `glob.glob` matches them without recursion. The crate `glob` differs where it
//! shows (`**` descends, `[!` and unclosed brackets), and asks the file system itself.

use crate::diagnostic::{Diagnostic, Failure, Severity};
use crate::expand::{Scope, expand};
use crate::ini::Document;
use crate::model::Level;
use crate::path;
use crate::system::System;
use crate::text::is_space;

/// The section and its only option.
const SECTION: &str = "include";

/// What including had to say.
#[derive(Debug, Default)]
pub struct Included {
    /// Lines for the activity log.
    pub messages: Vec<(Level, String)>,
    /// Files that matched and could not be read.
    pub warnings: Vec<Diagnostic>,
    /// Patterns that matched no file, as absolute paths.
    pub unmatched: Vec<String>,
}

/// Where the main file is.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// Absolute directory of the file: what `%(here)s` means in it, and what patterns are relative to.
    pub here: &'a str,
    /// The working directory.
    pub cwd: &'a str,
}

/// Reads the files that the `[include]` section of `document` names, if it has one. `scope` knows `here`,
/// `host_node_name` and the environment.
///
/// # Errors
/// No `files`, a pattern that cannot be expanded, or the parse errors of all files.
pub fn include(
    document: &mut Document,
    base: Base<'_>,
    scope: &Scope<'_>,
    system: &dyn System,
) -> Result<Included, Failure> {
    let mut included = Included::default();
    let mut refused = Vec::new();
    let Some(section) = document.section(SECTION) else { return Ok(included) };
    let span = section.span;
    document.replace_here(base.here);
    let section = document.section(SECTION).expect("invariant: replacing text removes no section");
    let Some(files) = document.option(section, "files") else {
        let help = "write files = conf.d/*.conf below it, or remove the section".to_owned();
        let message = ".ini file has [include] section, but no files setting";
        return Err(Failure::new(message, Some(document.place(span)), Some(help)));
    };
    let value_span = files.value_span;
    let patterns = expand(&files.value, scope, "include.files")
        .map_err(|error| Failure::new(error.to_string(), Some(document.place(value_span)), None))?
        .into_owned();
    for pattern in patterns.split(is_space).filter(|pattern| !pattern.is_empty()) {
        let pattern = path::join(base.here, pattern);
        let mut names = glob(&pattern, system);
        names.sort_unstable();
        if names.is_empty() {
            included.messages.push((Level::Warn, format!("No file matches via include \"{pattern}\"")));
            included.unmatched.push(pattern);
        }
        for name in names {
            included.messages.push((Level::Info, format!("Included extra file \"{name}\" during parsing")));
            match system.read_file(&name) {
                Ok(bytes) => match document.read(&name, &bytes) {
                    Ok(()) => document.replace_here(&path::absolute(path::dirname(&name), base.cwd)),
                    // The files behind it are still looked at for the like.
                    Err(failure) => refused.extend(failure.diagnostics),
                },
                Err(error) => included.warnings.push(Diagnostic {
                    severity: Severity::Warning,
                    message: format!("included file {name} was ignored because it cannot be read: {error}"),
                    place: Some(document.place(value_span)),
                    help: Some("make it a readable file, or leave it out of [include] files".to_owned()),
                }),
            }
        }
    }
    if refused.is_empty() { Ok(included) } else { Err(Failure { diagnostics: refused }) }
}

/// Every path that `pattern` stands for, in no particular order.
fn glob(pattern: &str, system: &dyn System) -> Vec<String> {
    if !has_magic(pattern) {
        let found = match pattern.ends_with('/') {
            true => system.is_dir(pattern),
            false => system.exists(pattern),
        };
        return if found { vec![pattern.to_owned()] } else { Vec::new() };
    }
    let directory = path::dirname(pattern);
    let name = &pattern[pattern.rfind('/').map_or(0, |at| at + 1)..];
    let directories = match has_magic(directory) {
        true => glob(directory, system),
        false => vec![directory.to_owned()],
    };
    directories.iter().flat_map(|directory| in_directory(directory, name, system)).collect()
}

fn in_directory(directory: &str, name: &str, system: &dyn System) -> Vec<String> {
    if !has_magic(name) {
        let full = path::join(directory, name);
        let found = if name.is_empty() { system.is_dir(directory) } else { system.exists(&full) };
        return if found { vec![full] } else { Vec::new() };
    }
    // A directory that cannot be listed matches nothing.
    let names = system.list_dir(directory).unwrap_or_default();
    let pattern: Vec<char> = name.chars().collect();
    let visible = |entry: &&String| name.starts_with('.') || !entry.starts_with('.');
    let matching = names.iter().filter(visible).filter(|entry| {
        let entry: Vec<char> = entry.chars().collect();
        matches(&pattern, &entry)
    });
    matching.map(|entry| path::join(directory, entry)).collect()
}

fn has_magic(pattern: &str) -> bool {
    pattern.contains(['*', '?', '['])
}

/// Whether `name` matches a pattern of `*`, `?`, `[…]` and plain characters. Tries again only from the latest
/// star, which is enough, and keeps the cost at the product of both lengths.
fn matches(pattern: &[char], name: &[char]) -> bool {
    let (mut p, mut n) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, n));
                p += 1;
                continue;
            }
            None if n == name.len() => return true,
            None => None,
            Some(_) if n == name.len() => return false,
            Some(_) => match_one(&pattern[p..], name[n]),
        };
        match (step, &mut retry) {
            (Some(length), _) => {
                p += length;
                n += 1;
            }
            (None, Some((after_star, from))) if *from < name.len() => {
                *from += 1;
                (p, n) = (*after_star, *from);
            }
            (None, _) => return false,
        }
    }
}

/// How much of the pattern is used up by matching `c`; `None` if it does not match.
fn match_one(pattern: &[char], c: char) -> Option<usize> {
    match pattern[0] {
        '?' => Some(1),
        '[' => match set_end(pattern) {
            Some(end) => in_set(&pattern[1..end], c).then_some(end + 1),
            None => (c == '[').then_some(1),
        },
        plain => (plain == c).then_some(1),
    }
}

/// Where the set that opens the pattern is closed; a bracket right at its start is a member.
fn set_end(pattern: &[char]) -> Option<usize> {
    let mut start = 1;
    start += usize::from(pattern.get(start) == Some(&'!'));
    start += usize::from(pattern.get(start) == Some(&']'));
    (start..pattern.len()).find(|at| pattern[*at] == ']')
}

fn in_set(set: &[char], c: char) -> bool {
    let (negated, mut members) = match set {
        ['!', members @ ..] => (true, members),
        members => (false, members),
    };
    let mut found = false;
    while let [first, rest @ ..] = members {
        match rest {
            ['-', last, tail @ ..] => {
                found |= (*first..=*last).contains(&c);
                members = tail;
            }
            rest => {
                found |= *first == c;
                members = rest;
            }
        }
    }
    found != negated
}

#[cfg(test)]
#[path = "include_tests.rs"]
mod tests;

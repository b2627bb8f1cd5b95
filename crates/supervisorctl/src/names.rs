//! Wildcards: one word that means several processes.
//!
//! `*`, `?` and `[…]` stand for any text, one character and one character of a set, as in a shell. A pattern
//! without a colon is held against the names of processes, `GROUP:PROCESS` against both names. What the
//! reference understands keeps its meaning: `all`, `g:*` for a group as a whole, and whatever is the name of a
//! process is that process, even if it has a bracket in it. A star alone is no pattern either: a shell that found
//! no file leaves it there by accident, and who wants everything says `all`. A pattern that nothing matches stays
//! as it is, and so becomes the name that is not found.

use provost_wire::namespec;

use crate::complete::ProcessName;
use crate::render::short_name;

/// The process part that means all of them.
pub(crate) const EVERY: &str = "*";

/// What becomes of a pattern for all processes of some groups, such as `web*:*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Groups {
    /// `GROUP:*` for each: the server does something to the group as a whole.
    Whole,
    /// The names of their processes: the server knows them one by one only.
    ByMember,
}

/// Whether any of the names could be a pattern, so that one has to ask which processes there are.
#[must_use]
pub fn has_pattern(names: &[&str]) -> bool {
    names.iter().any(|name| is_pattern(name))
}

fn is_pattern(name: &str) -> bool {
    match namespec::split(name) {
        // `g:*` is a group's name.
        (group, None) => has_wildcard(group),
        _ => name != EVERY && has_wildcard(name),
    }
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Replaces each pattern by what it matches among `processes`, in their order. A pattern for all processes of some
/// groups becomes `GROUP:*` for each. Of what a pattern matches, nothing is meant twice: neither if another word means
/// it already, nor if a later one does, or means its group.
#[must_use]
pub fn expand(names: &[&str], processes: &[ProcessName], groups: Groups) -> Vec<String> {
    let mut expanded: Vec<Meant> = Vec::new();
    for name in names {
        let matches = if is_pattern(name) { matches(name, processes, groups) } else { Vec::new() };
        if matches.is_empty() {
            expanded.retain(|meant| !(meant.is_found() && covers(name, meant.name())));
            expanded.push(Meant::Typed((*name).to_owned()));
        }
        for name in matches {
            if !expanded.iter().any(|meant| covers(meant.name(), &name)) {
                expanded.retain(|meant| !(meant.is_found() && covers(&name, meant.name())));
                expanded.push(Meant::Found(name));
            }
        }
    }
    expanded.into_iter().map(Meant::into_name).collect()
}

/// A name, and where it comes from.
enum Meant {
    /// It was typed as it is.
    Typed(String),
    /// A pattern matches it.
    Found(String),
}

impl Meant {
    fn name(&self) -> &str {
        match self {
            Self::Typed(name) | Self::Found(name) => name,
        }
    }

    fn into_name(self) -> String {
        match self {
            Self::Typed(name) | Self::Found(name) => name,
        }
    }

    fn is_found(&self) -> bool {
        matches!(self, Self::Found(_))
    }
}

/// Whether whoever means `wide` means `narrow`, too: the same process, or its group as a whole.
fn covers(wide: &str, narrow: &str) -> bool {
    let (wide, narrow) = (namespec::split(wide), namespec::split(narrow));
    wide == narrow || (wide.1.is_none() && wide.0 == narrow.0)
}

fn matches(pattern: &str, processes: &[ProcessName], groups: Groups) -> Vec<String> {
    let (group, process) = match pattern.split_once(':') {
        Some((group, process)) => (Some(group), process),
        None => (None, pattern),
    };
    let is_named = |ProcessName { group: its_group, name }: &ProcessName| {
        name == process && group.is_none_or(|group| group == its_group)
    };
    if processes.iter().any(is_named) {
        return Vec::new();
    }
    let of_group = |name: &&ProcessName| group.is_none_or(|group| matches_glob(group, &name.group));
    let in_groups = processes.iter().filter(of_group);
    let process = if group.is_some() && process.is_empty() { EVERY } else { process };
    match groups {
        Groups::Whole if group.is_some() && process == EVERY => {
            in_groups.map(|name| format!("{}:{EVERY}", name.group)).collect()
        }
        _ => in_groups
            .filter(|ProcessName { name, .. }| matches_glob(process, name))
            .map(|ProcessName { group, name }| short_name(group, name))
            .collect(),
    }
}

/// Whether `text` is what `pattern` describes. Linear in practice: only the last star is ever tried again.
fn matches_glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut position) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while position < text.len() {
        if pattern.get(at) == Some(&'*') {
            star = Some((at, position));
            at += 1;
        } else if let Some(length) = matches_one(&pattern[at..], text[position]) {
            at += length;
            position += 1;
        } else if let Some((star_at, taken)) = star {
            // The star takes one more character.
            star = Some((star_at, taken + 1));
            (at, position) = (star_at + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[at..].iter().all(|&character| character == '*')
}

/// How many characters of the pattern describe `character`, if its beginning does.
fn matches_one(pattern: &[char], character: char) -> Option<usize> {
    match pattern.first()? {
        '?' => Some(1),
        '[' => match set_end(pattern) {
            Some(end) => is_in_set(&pattern[1..end], character).then_some(end + 1),
            // A bracket that nobody closes is a bracket.
            None => (character == '[').then_some(1),
        },
        literal => (*literal == character).then_some(1),
    }
}

/// Where the bracket closes that opens the pattern. Right behind the opening (and a `!`) it is a member.
fn set_end(pattern: &[char]) -> Option<usize> {
    let first = if matches!(pattern.get(1), Some('!' | '^')) { 2 } else { 1 };
    (first + 1..pattern.len()).find(|&index| pattern[index] == ']')
}

fn is_in_set(set: &[char], character: char) -> bool {
    let (members, inside) = match set {
        ['!' | '^', members @ ..] => (members, false),
        members => (members, true),
    };
    let mut rest = members;
    let mut found = false;
    while let [first, tail @ ..] = rest {
        (found, rest) = match tail {
            ['-', last, tail @ ..] => (found || (*first..=*last).contains(&character), tail),
            _ => (found || *first == character, tail),
        };
    }
    found == inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        let check = |pattern: &str, text: &str, expect: bool| {
            assert_eq!(matches_glob(pattern, text), expect, "{pattern} {text}");
        };
        check("", "", true);
        check("", "a", false);
        check("a", "a", true);
        check("a", "ab", false);
        check("*", "", true);
        check("*", "abc", true);
        check("a*", "abc", true);
        check("a*c", "abc", true);
        check("a*c", "abcd", false);
        check("*b*", "abc", true);
        check("*ab", "aaab", true);
        check("a**b", "ab", true);
        check("a*b*c", "abbbcbc", true);
        check("?", "é", true);
        check("??", "é", false);
        check("web-?", "web-1", true);
        check("web-?", "web-10", false);
        check("web-[12]", "web-2", true);
        check("web-[12]", "web-3", false);
        check("web-[0-9]", "web-7", true);
        check("web-[!0-9]", "web-7", false);
        check("web-[^a]", "web-7", true);
        check("[]]", "]", true);
        check("[!]]", "]", false);
        check("[a-]", "-", true);
        check("[abc", "[abc", true);
        check("[abc", "a", false);
        check("*[0-9]", "web-x1", true);
        check("[9-0]", "5", false);
    }

    #[test]
    fn patterns_are_told_from_names() {
        let check = |name: &str, expect: bool| assert_eq!(has_pattern(&["x", name]), expect, "{name}");
        check("web", false);
        check("all", false);
        check("g:*", false);
        check("g:", false);
        check("g:a", false);
        check("web-*", true);
        check("*", false);
        check("g:a*", true);
        check("g*:*", true);
        check("g?:a", true);
        check("*:*", true);
        check("a[1]", true);
    }

    #[test]
    fn expansion() {
        let process = |group: &str, name: &str| ProcessName { group: group.into(), name: name.into() };
        let all = [
            process("cat", "cat"),
            process("g1", "web-1"),
            process("g1", "web-2"),
            process("g2", "web-1"),
            process("odd[1]", "odd[1]"),
        ];
        let check = |names: &str, expect: &str| {
            let names: Vec<&str> = names.split(' ').collect();
            assert_eq!(expand(&names, &all, Groups::Whole).join(" "), expect, "{names:?}");
        };
        check("cat", "cat");
        check("zz g1:*", "zz g1:*");
        check("web-*", "g1:web-1 g1:web-2 g2:web-1");
        check("web-[1]", "g1:web-1 g2:web-1");
        check("g1:*-1", "g1:web-1");
        check("g?:web-1", "g1:web-1 g2:web-1");
        check("g*:*", "g1:* g2:*");
        check("g*:", "g1:* g2:*");
        check("*:*", "cat:* g1:* g2:* odd[1]:*");
        check("c*", "cat");
        check("c*:c*", "cat");
        // What is meant already is not meant twice; what was typed twice is.
        check("g1:web-1 web-1 *-1", "g1:web-1 web-1 g2:web-1");
        check("web-* g1:*", "g2:web-1 g1:*");
        check("web-* g?:*", "g1:* g2:*");
        check("g?:* web-*", "g1:* g2:*");
        check("c* cat:cat", "cat:cat");
        check("g1:* web-1 g1:web-1 *-2", "g1:* web-1 g1:web-1");
        check("cat c*", "cat");
        check("cat cat", "cat cat");
        // What matches nothing stays, and is not found later.
        check("zz*", "zz*");
        check("*", "*");
        check("zz*:*", "zz*:*");
        check("g1:zz*", "g1:zz*");
        // A process of exactly that name is meant, and nothing else.
        check("odd[1]", "odd[1]");
        check("odd[1]:odd[1]", "odd[1]:odd[1]");
        check("odd[1]:*", "odd[1]:*");

        let check = |names: &str, expect: &str| {
            assert_eq!(expand(&[names], &all, Groups::ByMember).join(" "), expect, "{names}");
        };
        check("g*:*", "g1:web-1 g1:web-2 g2:web-1");
        check("g*:", "g1:web-1 g1:web-2 g2:web-1");
        check("*-2", "g1:web-2");
        check("g1:*", "g1:*");
    }
}

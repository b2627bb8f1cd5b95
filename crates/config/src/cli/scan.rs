//! The scanner, and what both tables are made of.

use std::fmt::Write as _;

use crate::diagnostic::Failure;
use crate::text::{Repr, ReprList};
use crate::value::ValueError;

/// A mistake on a command line, in the reference's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is explained by its text")]
pub enum UsageError {
    #[error("option {0} not recognized")]
    NotRecognized(String),
    #[error("option {0} requires argument")]
    RequiresArgument(String),
    #[error("option {0} not a unique prefix")]
    NotUnique(String),
    #[error("option {0} must not have an argument")]
    UnwantedArgument(String),
    #[error("positional arguments are not supported: {}", ReprList(.0))]
    Positional(Vec<String>),
    #[error("conflicting command line option {}", Repr(.0))]
    Conflict(String),
    #[error("option {0} only goes with {1}")]
    Needs(&'static str, &'static str),
    #[error("invalid value for {option} {}: {error}", Repr(value))]
    InvalidValue { option: String, value: String, error: ValueError },
}

impl From<UsageError> for Failure {
    fn from(error: UsageError) -> Self {
        let help = match &error {
            UsageError::InvalidValue { error: ValueError::Url(text), .. } => Some(match text.as_bytes() {
                [b'/', ..] => format!("write unix://{text}"),
                _ => format!("write http://{text}, or unix:///PATH for a socket"),
            }),
            _ => None,
        };
        Self::new(error.to_string(), None, help)
    }
}

/// One option of a command line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Switch<I: 'static> {
    /// What it sets.
    pub(super) id: I,
    /// Its letter.
    pub(super) short: Option<char>,
    /// Its long names; the first is printed.
    pub(super) long: &'static [&'static str],
    /// What its argument is called, if it takes one.
    pub(super) argument: Option<&'static str>,
    /// Whether the reference has it.
    pub(super) origin: Origin,
    /// What it does.
    pub(super) help: &'static str,
}

/// Whose option it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The reference's: any unique prefix names it.
    Reference,
    /// Ours: a prefix names it only if the reference has nothing that begins so.
    Ours,
}

/// An option as it was found.
#[derive(Debug)]
pub(super) struct Found<'a, I: 'static> {
    pub(super) switch: &'static Switch<I>,
    /// With dashes and in full, as messages print it.
    pub(super) spelled: String,
    /// Empty if it takes none.
    pub(super) argument: &'a str,
}

/// Splits a command line into options and the words behind them.
pub(super) fn scan<'a, I>(
    args: &'a [String],
    table: &'static [Switch<I>],
) -> Result<(Vec<Found<'a, I>>, &'a [String]), UsageError> {
    let mut found = Vec::new();
    let mut rest = args;
    while let [first, tail @ ..] = rest {
        if first == "--" {
            return Ok((found, tail));
        }
        rest = if let Some(long) = first.strip_prefix("--") {
            scan_long(long, tail, (table, &mut found))?
        } else if let Some(letters) = first.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            scan_short(letters, tail, (table, &mut found))?
        } else {
            break;
        };
    }
    Ok((found, rest))
}

type State<'s, 'a, I> = (&'static [Switch<I>], &'s mut Vec<Found<'a, I>>);

fn scan_short<'a, I>(
    letters: &'a str,
    tail: &'a [String],
    (table, found): State<'_, 'a, I>,
) -> Result<&'a [String], UsageError> {
    let mut letters = letters.chars();
    while let Some(letter) = letters.next() {
        let spelled = format!("-{letter}");
        let Some(switch) = table.iter().find(|switch| switch.short == Some(letter)) else {
            return Err(UsageError::NotRecognized(spelled));
        };
        if switch.argument.is_none() {
            found.push(Found { switch, spelled, argument: "" });
            continue;
        }
        // What follows in the same word is the argument; otherwise it is the next word.
        let (argument, tail) = match (letters.as_str(), tail) {
            ("", [next, tail @ ..]) => (next.as_str(), tail),
            ("", []) => return Err(UsageError::RequiresArgument(spelled)),
            (attached, tail) => (attached, tail),
        };
        found.push(Found { switch, spelled, argument });
        return Ok(tail);
    }
    Ok(tail)
}

fn scan_long<'a, I>(
    word: &'a str,
    tail: &'a [String],
    (table, found): State<'_, 'a, I>,
) -> Result<&'a [String], UsageError> {
    let (name, attached) = match word.split_once('=') {
        Some((name, argument)) => (name, Some(argument)),
        None => (word, None),
    };
    let (switch, long) = by_prefix(name, table)?;
    let spelled = format!("--{long}");
    let (argument, tail) = match (switch.argument, attached, tail) {
        (None, None, tail) => ("", tail),
        (None, Some(_), _) => return Err(UsageError::UnwantedArgument(spelled)),
        (Some(_), Some(argument), tail) => (argument, tail),
        (Some(_), None, [next, tail @ ..]) => (next.as_str(), tail),
        (Some(_), None, []) => return Err(UsageError::RequiresArgument(spelled)),
    };
    found.push(Found { switch, spelled, argument });
    Ok(tail)
}

/// The option that a long name means, with its full name.
fn by_prefix<I>(
    name: &str,
    table: &'static [Switch<I>],
) -> Result<(&'static Switch<I>, &'static str), UsageError> {
    let longs = || table.iter().flat_map(|switch| switch.long.iter().map(move |long| (switch, *long)));
    if let Some(exact) = longs().find(|(_, long)| *long == name) {
        return Ok(exact);
    }
    for origin in [Origin::Reference, Origin::Ours] {
        let mut candidates =
            longs().filter(|(switch, long)| switch.origin == origin && long.starts_with(name));
        match (candidates.next(), candidates.next()) {
            (Some(only), None) => return Ok(only),
            // Two spellings of one option are no contradiction.
            (Some(first), Some(second)) if std::ptr::eq(first.0, second.0) && candidates.next().is_none() => {
                return Ok(first);
            }
            (Some(_), Some(_)) => return Err(UsageError::NotUnique(format!("--{name}"))),
            (None, _) => {}
        }
    }
    Err(UsageError::NotRecognized(format!("--{name}")))
}

/// An option of a command line, as documentation and completion describe it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionHelp {
    /// Its letter.
    pub short: Option<char>,
    /// Its long name, without dashes.
    pub long: Option<&'static str>,
    /// What its argument is called, if it takes one.
    pub argument: Option<&'static str>,
    /// What it does.
    pub help: &'static str,
    /// Whether the reference does not have it.
    pub ours: bool,
}

/// The options of a table; a second spelling of one is left out.
pub(super) fn described<I>(table: &[Switch<I>]) -> Vec<OptionHelp> {
    let options = table.iter().filter(|switch| switch.short != Some('?'));
    let described = options.map(|switch| OptionHelp {
        short: switch.short,
        long: switch.long.first().copied(),
        argument: switch.argument,
        help: switch.help,
        ours: switch.origin == Origin::Ours,
    });
    described.collect()
}

/// The lines about the options of a table.
pub(super) fn options_help<I>(table: &[Switch<I>]) -> String {
    let mut text = String::new();
    for option in described(table) {
        let short = option.short.map(|letter| format!("-{letter}"));
        let long = option.long.map(|long| format!("--{long}"));
        let spellings: Vec<String> = short.into_iter().chain(long).collect();
        let argument = option.argument.map(|name| format!(" {name}")).unwrap_or_default();
        writeln!(text, "{}{argument} -- {}", spellings.join("/"), option.help)
            .expect("invariant: writing to a String does not fail");
    }
    text
}

/// Puts a value where none is yet: the same setting twice is a mistake, in whatever spelling.
pub(super) fn set_once<T>(place: &mut Option<T>, value: T, spelled: &str) -> Result<(), UsageError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(UsageError::Conflict(spelled.to_owned())),
    }
}

/// As [`set_once`], for a switch that can only turn something on.
pub(super) fn turn_on(place: &mut bool, spelled: &str) -> Result<(), UsageError> {
    if std::mem::replace(place, true) { Err(UsageError::Conflict(spelled.to_owned())) } else { Ok(()) }
}

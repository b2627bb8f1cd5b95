//! `%(name)s` in values: Python's `%` formatting with a mapping, down to its error texts.
//!
//! Pure text in, text out; which names exist is the caller's [`Scope`]. One thing is mended on purpose: a
//! conversion without a name (`%s`) is an error, where the reference prints the whole mapping with every
//! environment variable into the value.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::text::{Ascii, Repr};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text: almost everything.
    Text(&'a str),
    /// A number: `process_num` and `numprocs`.
    Number(i64),
}

/// The names that a value may use.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    names: Vec<(&'static str, Value<'a>)>,
    /// What `ENV_*` names reach; a later one wins over an earlier one.
    environments: Vec<&'a BTreeMap<String, String>>,
    /// Some variables are missing, because the text that defines them was refused.
    lacks_variables: bool,
}

impl<'a> Scope<'a> {
    /// The scope that knows the variables of `environment` as `ENV_*`.
    pub fn new(environment: &'a BTreeMap<String, String>) -> Self {
        Self { names: Vec::new(), environments: vec![environment], lacks_variables: false }
    }

    /// With one more name.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value<'a>) -> Self {
        self.names.push((name, value));
        self
    }

    /// With more variables, which win over those that are there.
    #[must_use]
    pub fn with_environment(mut self, environment: &'a BTreeMap<String, String>) -> Self {
        self.environments.push(environment);
        self
    }

    /// The same, with a mark that variables are missing: what defines them was refused.
    #[must_use]
    pub(crate) fn lacking_variables(mut self, lacks: bool) -> Self {
        self.lacks_variables |= lacks;
        self
    }

    /// Whether variables are missing because what defines them was refused.
    pub(crate) fn lacks_variables(&self) -> bool {
        self.lacks_variables
    }

    fn look_up(&self, key: &str) -> Option<Value<'a>> {
        if let Some(variable) = key.strip_prefix("ENV_") {
            let found = self.environments.iter().rev().find_map(|environment| environment.get(variable));
            return found.map(|value| Value::Text(value));
        }
        self.names.iter().rev().find(|(name, _)| *name == key).map(|found| found.1)
    }

    /// Every name, sorted as the reference lists them.
    fn available(&self) -> String {
        let mut names: BTreeSet<Cow<'_, str>> =
            self.names.iter().map(|found| Cow::Borrowed(found.0)).collect();
        for environment in &self.environments {
            names.extend(environment.keys().map(|key| Cow::Owned(format!("ENV_{key}"))));
        }
        names.into_iter().collect::<Vec<_>>().join(", ")
    }
}

/// Why a value cannot be expanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpandError {
    /// A name that the scope does not have.
    #[error(
        "Format string {} for {} contains names ({}) which cannot be expanded. Available names: {available}",
        Repr(format),
        Repr(option),
        Repr(key)
    )]
    UnknownName {
        /// The value.
        format: String,
        /// What the value is of, such as `program:x.command`.
        option: String,
        /// The name.
        key: String,
        /// The names there are.
        available: String,
    },
    /// Anything else.
    #[error("Format string {} for {} is badly formatted: {reason}", Repr(format), Repr(option))]
    BadFormat {
        /// The value.
        format: String,
        /// What the value is of.
        option: String,
        /// Why.
        reason: BadFormat,
    },
}

impl ExpandError {
    /// Whether it misses an environment variable.
    pub(crate) fn is_about_a_variable(&self) -> bool {
        matches!(self, Self::UnknownName { key, .. } if key.starts_with("ENV_"))
    }

    /// What to write instead, where more can be said than the message does.
    pub(crate) fn advice(&self) -> Option<String> {
        match self {
            Self::UnknownName { key, available, .. } => match key.strip_prefix("ENV_") {
                Some(variable) => {
                    Some(format!("set {variable} in the environment supervisord is started with"))
                }
                None => crate::options::nearest(key, available.split(", "))
                    .map(|near| format!("did you mean {near}?")),
            },
            Self::BadFormat { reason: BadFormat::NoKey, .. } => {
                Some("write %% for each percent sign that the value is to have".to_owned())
            }
            Self::BadFormat { .. } => Some("write %% for a percent sign, and %(name)s for a name".to_owned()),
        }
    }
}

/// What is wrong with a format, in Python's words (of the last, in ours).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is explained by its text")]
pub enum BadFormat {
    #[error("incomplete format")]
    Incomplete,
    #[error("incomplete format key")]
    IncompleteKey,
    #[error("unsupported format character '{}' ({:#x}) at index {index}", shown(*character), u32::from(*character))]
    UnsupportedCharacter { character: char, index: usize },
    #[error("%{0} format: a real number is required, not {1}")]
    RealNumber(char, &'static str),
    #[error("%{0} format: an integer is required, not {1}")]
    WholeNumber(char, &'static str),
    #[error("must be real number, not {0}")]
    Float(&'static str),
    #[error("%c requires int or char")]
    Character,
    #[error("%c arg not in range(0x110000)")]
    CharacterRange,
    #[error("not enough arguments for format string")]
    NotEnough,
    #[error("* wants int")]
    Star,
    #[error("width too big")]
    Width,
    #[error("precision too big")]
    Precision,
    #[error("format requires a mapping key, as in %(name)s; write %% for a percent sign")]
    NoKey,
}

/// Python prints characters outside printable ASCII as `?`.
fn shown(c: char) -> char {
    if (' '..='\x7f').contains(&c) { c } else { '?' }
}

/// `format` with every `%(name)s` replaced. `option` is what messages call the value.
///
/// # Errors
/// With the reference's text, if a name is unknown or the format is not well formed.
pub fn expand<'a>(format: &'a str, scope: &Scope<'_>, option: &str) -> Result<Cow<'a, str>, ExpandError> {
    if !format.contains('%') {
        return Ok(Cow::Borrowed(format));
    }
    let rest = format.char_indices();
    let mut formatter = Formatter { format, rest, scope, argument: Argument::Mapping, output: String::new() };
    match formatter.run() {
        Ok(()) => Ok(Cow::Owned(formatter.output)),
        Err(Trouble::UnknownName(key)) => Err(ExpandError::UnknownName {
            format: format.to_owned(),
            option: option.to_owned(),
            key,
            available: scope.available(),
        }),
        Err(Trouble::Bad(reason)) => {
            Err(ExpandError::BadFormat { format: format.to_owned(), option: option.to_owned(), reason })
        }
    }
}

enum Trouble {
    UnknownName(String),
    Bad(BadFormat),
}

impl From<BadFormat> for Trouble {
    fn from(reason: BadFormat) -> Self {
        Self::Bad(reason)
    }
}

/// Flags, width and precision of one conversion.
#[derive(Clone, Copy, Default)]
struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

/// What a conversion takes its value from.
#[derive(Clone, Copy)]
enum Argument<'a> {
    /// What the name in parentheses stands for.
    Named(Value<'a>),
    /// No name was given: Python hands over the mapping itself.
    Mapping,
    /// A `*` or an earlier conversion has used it up.
    Used,
}

struct Formatter<'f, 's> {
    format: &'f str,
    rest: std::str::CharIndices<'f>,
    scope: &'s Scope<'s>,
    /// Stays as it is from one conversion to the next, until a name is given.
    argument: Argument<'s>,
    output: String,
}

/// Numbers in a format beyond this are "too big", as are the texts that they would make. It is also the most that
/// the standard library pads to.
const LARGEST_WIDTH: u16 = u16::MAX;

impl<'s> Formatter<'_, 's> {
    fn run(&mut self) -> Result<(), Trouble> {
        while let Some((_, c)) = self.rest.next() {
            if c != '%' {
                self.output.push(c);
            } else if self.take('%') {
                self.output.push('%');
            } else {
                self.conversion()?;
            }
        }
        Ok(())
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next().map(|(_, c)| c)
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.rest.next();
        }
        found
    }

    fn conversion(&mut self) -> Result<(), Trouble> {
        if self.take('(') {
            self.argument = Argument::Named(self.named()?);
        }
        let mut spec = self.flags();
        if let Some(width) = self.number(BadFormat::Width)? {
            spec.left |= width < 0;
            spec.width = width.unsigned_abs() as usize;
        }
        if self.take('.') {
            let precision = self.number(BadFormat::Precision)?.unwrap_or(0);
            spec.precision = Some(usize::try_from(precision).unwrap_or(0));
        }
        if matches!(self.peek(), Some('h' | 'l' | 'L')) {
            self.rest.next();
        }
        let (at, kind) = self.rest.next().ok_or(BadFormat::Incomplete)?;
        match std::mem::replace(&mut self.argument, Argument::Used) {
            Argument::Named(Value::Text(text)) => self.text(kind, spec, text),
            Argument::Named(Value::Number(number)) => self.number_value(kind, spec, number),
            Argument::Mapping => Err(refuse_mapping(kind)),
            Argument::Used => Err(BadFormat::NotEnough),
        }
        .map_err(|reason| match reason {
            BadFormat::UnsupportedCharacter { character, .. } => {
                BadFormat::UnsupportedCharacter { character, index: self.format[..at].chars().count() }.into()
            }
            reason => reason.into(),
        })
    }

    /// The name up to the parenthesis that closes it, looked up.
    fn named(&mut self) -> Result<Value<'s>, Trouble> {
        let mut depth = 1;
        let mut key = String::new();
        loop {
            let (_, c) = self.rest.next().ok_or(BadFormat::IncompleteKey)?;
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return self.scope.look_up(&key).ok_or(Trouble::UnknownName(key));
            }
            key.push(c);
        }
    }

    fn flags(&mut self) -> Spec {
        let mut spec = Spec::default();
        while let Some(c) = self.peek() {
            match c {
                '-' => spec.left = true,
                '+' => spec.plus = true,
                ' ' => spec.space = true,
                '#' => spec.alternate = true,
                '0' => spec.zero = true,
                _ => break,
            }
            self.rest.next();
        }
        spec
    }

    /// A width or precision: digits, or `*` for the argument itself.
    fn number(&mut self, too_big: BadFormat) -> Result<Option<i64>, BadFormat> {
        if self.take('*') {
            return match std::mem::replace(&mut self.argument, Argument::Used) {
                Argument::Named(Value::Number(number)) if number.unsigned_abs() > LARGEST_WIDTH.into() => {
                    Err(too_big)
                }
                Argument::Named(Value::Number(number)) => Ok(Some(number)),
                Argument::Named(Value::Text(_)) | Argument::Mapping => Err(BadFormat::Star),
                Argument::Used => Err(BadFormat::NotEnough),
            };
        }
        let mut number = None;
        while let Some(digit) = self.peek().and_then(|c| c.to_digit(10)) {
            self.rest.next();
            let value = number.unwrap_or(0) * 10 + i64::from(digit);
            if value > LARGEST_WIDTH.into() {
                return Err(too_big);
            }
            number = Some(value);
        }
        Ok(number)
    }

    fn text(&mut self, kind: char, spec: Spec, text: &str) -> Result<(), BadFormat> {
        match kind {
            's' => self.pad_text(spec, text),
            'r' => self.pad_text(spec, &Repr(text).to_string()),
            'a' => self.pad_text(spec, &Ascii(text).to_string()),
            'c' if text.chars().count() == 1 => self.pad_text(Spec { precision: None, ..spec }, text),
            kind => return Err(refuse(kind, "str")),
        }
        Ok(())
    }

    fn number_value(&mut self, kind: char, spec: Spec, number: i64) -> Result<(), BadFormat> {
        match kind {
            's' | 'r' | 'a' => self.pad_text(spec, &number.to_string()),
            'c' => {
                let c =
                    u32::try_from(number).ok().and_then(char::from_u32).ok_or(BadFormat::CharacterRange)?;
                self.pad_text(Spec { precision: None, ..spec }, c.encode_utf8(&mut [0; 4]));
            }
            'd' | 'i' | 'u' => self.pad_integer(spec, number, "", &number.unsigned_abs().to_string()),
            'x' => self.pad_integer(spec, number, "0x", &format!("{:x}", number.unsigned_abs())),
            'X' => self.pad_integer(spec, number, "0X", &format!("{:X}", number.unsigned_abs())),
            'o' => self.pad_integer(spec, number, "0o", &format!("{:o}", number.unsigned_abs())),
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let digits = float_digits(kind, spec, number.unsigned_abs() as f64);
                self.pad_number(spec, number < 0, "", &digits);
            }
            kind => return Err(refuse(kind, "int")),
        }
        Ok(())
    }

    fn pad_integer(&mut self, spec: Spec, number: i64, prefix: &str, digits: &str) {
        let prefix = if spec.alternate { prefix } else { "" };
        let zeros = spec.precision.unwrap_or(0).saturating_sub(digits.len());
        self.pad_number(spec, number < 0, prefix, &format!("{}{digits}", "0".repeat(zeros)));
    }

    /// Sign, prefix, digits: filled up with blanks on either side, or with zeros between prefix and digits.
    fn pad_number(&mut self, spec: Spec, negative: bool, prefix: &str, digits: &str) {
        let sign = match (negative, spec.plus, spec.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let missing = spec.width.saturating_sub(sign.len() + prefix.len() + digits.len());
        let (blanks, zeros, tail) = match (spec.left, spec.zero) {
            (true, _) => (0, 0, missing),
            (false, true) => (0, missing, 0),
            (false, false) => (missing, 0, 0),
        };
        let zeros = "0".repeat(zeros);
        write!(self.output, "{:blanks$}{sign}{prefix}{zeros}{digits}{:tail$}", "", "")
            .expect("invariant: writing to a String does not fail");
    }

    fn pad_text(&mut self, spec: Spec, text: &str) {
        let precision = spec.precision.unwrap_or(usize::MAX);
        let cut = text.char_indices().nth(precision).map_or(text, |(at, _)| &text[..at]);
        let missing = spec.width.saturating_sub(cut.chars().count());
        let (before, after) = if spec.left { (0, missing) } else { (missing, 0) };
        write!(self.output, "{:before$}{cut}{:after$}", "", "")
            .expect("invariant: writing to a String does not fail");
    }
}

fn refuse_mapping(kind: char) -> BadFormat {
    match kind {
        's' | 'r' | 'a' => BadFormat::NoKey,
        kind => refuse(kind, "dict"),
    }
}

/// Why a value of that Python type cannot be converted; the index is filled in by the caller.
fn refuse(kind: char, type_name: &'static str) -> BadFormat {
    match kind {
        'd' | 'i' | 'u' => BadFormat::RealNumber(kind, type_name),
        'x' | 'X' | 'o' => BadFormat::WholeNumber(kind, type_name),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => BadFormat::Float(type_name),
        'c' => BadFormat::Character,
        character => BadFormat::UnsupportedCharacter { character, index: 0 },
    }
}

/// The digits of a float conversion, without sign and padding.
fn float_digits(kind: char, spec: Spec, value: f64) -> String {
    // Beyond this a float has only zeros left.
    let precision = spec.precision.unwrap_or(6).min(1100);
    let digits = match kind.to_ascii_lowercase() {
        'f' => with_point(format!("{value:.precision$}"), spec.alternate),
        'e' => exponential(value, precision, spec.alternate),
        _ => general(value, precision.max(1), spec.alternate),
    };
    if kind.is_ascii_uppercase() { digits.to_uppercase() } else { digits }
}

fn with_point(digits: String, wanted: bool) -> String {
    if wanted && !digits.contains('.') { digits + "." } else { digits }
}

/// `d.ddde+xx`.
fn exponential(value: f64, precision: usize, alternate: bool) -> String {
    let text = format!("{value:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').expect("invariant: the form has an exponent");
    let (sign, exponent) = exponent.strip_prefix('-').map_or(('+', exponent), |rest| ('-', rest));
    format!("{}e{sign}{exponent:0>2}", with_point(mantissa.to_owned(), alternate))
}

/// The shorter of both forms, without zeros at the end unless they are asked for.
fn general(value: f64, precision: usize, alternate: bool) -> String {
    let rounded = format!("{value:.*e}", precision - 1);
    let exponent: i64 = rounded.split_once('e').and_then(|(_, text)| text.parse().ok()).unwrap_or(0);
    let trim = |digits: &str| match digits.contains('.') && !alternate {
        true => digits.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => digits.to_owned(),
    };
    if (-4..precision as i64).contains(&exponent) {
        let decimals = usize::try_from(precision as i64 - 1 - exponent).unwrap_or(0);
        return trim(&with_point(format!("{value:.decimals$}"), alternate));
    }
    let text = exponential(value, precision - 1, alternate);
    let (mantissa, exponent) = text.split_once('e').expect("invariant: the form has an exponent");
    format!("{}e{exponent}", trim(mantissa))
}

#[cfg(test)]
#[path = "expand_tests.rs"]
mod tests;

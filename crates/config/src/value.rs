//! The value types of the reference, and the exact texts with which it refuses a value.

use std::collections::BTreeMap;

use crate::model::{AutoRestart, EventLength, KillMode, Level, OnConfigError, ShutdownMode, User};
use crate::signal;
use crate::system::{System, expand_user};
use crate::text::{Repr, strip};
use crate::words::WordsError;

/// Why a value was refused. The texts are interfaces: `supervisorctl reread` shows them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant is explained by its text")]
pub enum ValueError {
    #[error("invalid literal for int() with base 10: {}", Repr(.0))]
    Integer(String),
    #[error("not a valid boolean value: {}", Repr(.0))]
    Boolean(String),
    #[error("{0} can not be converted to an octal type")]
    Octal(String),
    #[error("{0} is not an existing directory")]
    Directory(String),
    #[error("The directory named as part of the path {0} does not exist")]
    PathDirectory(String),
    #[error("bad logging level name {}", Repr(.0))]
    LogLevel(String),
    #[error("value {} is not a valid signal name", Repr(.0))]
    SignalName(String),
    #[error("value {} is not a valid signal number", Repr(.0))]
    SignalNumber(String),
    #[error("not a valid list of exit codes: {}", Repr(.0))]
    ExitCodes(String),
    #[error("invalid 'autorestart' value {}", Repr(.0))]
    AutoRestart(String),
    #[error("invalid 'on_config_error' value {}", Repr(.0))]
    OnConfigError(String),
    #[error("invalid 'event_length' value {}", Repr(.0))]
    EventLength(String),
    #[error("invalid 'shutdown_mode' value {}", Repr(.0))]
    ShutdownMode(String),
    #[error("invalid 'kill_mode' value {}", Repr(.0))]
    KillMode(String),
    #[error("Invalid user name {0}")]
    UserName(String),
    #[error("Invalid user id {0}")]
    UserId(String),
    #[error("Invalid user:group definition {0}")]
    UserGroup(String),
    // The blank at the end is the reference's.
    #[error("not a valid port number: {} ", Repr(.0))]
    PortNumber(String),
    #[error("no port number specified in ''")]
    NoPort,
    #[error("{0} is above upper bound (65535)")]
    AboveBound(i64),
    #[error("{0} is below lower bound (1)")]
    BelowBound(i64),
    #[error("Invalid name: {} because of character: '{character}'", Repr(name))]
    Name { name: String, character: char },
    #[error("value {} is not a URL", Repr(.0))]
    Url(String),
    #[error("Unexpected end of key/value pairs in value '{0}'")]
    Pairs(String),
    #[error(transparent)]
    Words(#[from] WordsError),
}

impl ValueError {
    /// What to write instead, where more can be said than the message does.
    pub(crate) fn advice(&self) -> Option<String> {
        let text = match self {
            Self::Integer(_) => "write a whole number".to_owned(),
            Self::Boolean(_) => "write true or false".to_owned(),
            Self::Octal(_) => "write digits from 0 to 7, such as 022".to_owned(),
            Self::Directory(_) => "make the directory, or name another one".to_owned(),
            Self::PathDirectory(path) => {
                format!("make the directory {}, or name another one", crate::path::dirname(path))
            }
            Self::LogLevel(name) => {
                const LEVELS: [&str; 7] = ["critical", "error", "warn", "info", "debug", "trace", "blather"];
                match crate::options::nearest(&name.to_lowercase(), LEVELS.into_iter()) {
                    Some(near) => format!("did you mean {near}?"),
                    None => format!("write one of {}", LEVELS.join(", ")),
                }
            }
            Self::SignalName(_) | Self::SignalNumber(_) => {
                "write a signal such as TERM, INT or 15".to_owned()
            }
            Self::ExitCodes(_) => "write numbers from 0 to 255 with commas between them".to_owned(),
            Self::OnConfigError(_) => "write abort or skip-program".to_owned(),
            Self::EventLength(_) => "write characters or bytes".to_owned(),
            Self::ShutdownMode(_) => "write priority, serial or parallel".to_owned(),
            Self::KillMode(_) => "write process, group, tree or cgroup".to_owned(),
            Self::AutoRestart(_) => "write true, false or unexpected".to_owned(),
            Self::Words(WordsError::OpenQuote) => {
                "close the quote; a ; or # behind a blank starts a comment, even in \
                 quotes"
                    .to_owned()
            }
            _ => return None,
        };
        Some(text)
    }
}

type Result<T> = std::result::Result<T, ValueError>;

/// An integer as Python's `int` reads it in base 10: blanks around it, a sign, single underscores between digits.
/// Numbers beyond 64 bits are taken as the largest (or smallest) that fits.
pub fn integer(text: &str) -> Result<i64> {
    digits(number_strip(text), 10).ok_or_else(|| ValueError::Integer(text.to_owned()))
}

/// An octal number: like [`integer`] in base 8, and `0o` may stand before the digits.
pub fn octal(text: &str) -> Result<u32> {
    let bare = number_strip(text);
    let (sign, unsigned) = match bare.strip_prefix(['+', '-']) {
        Some(rest) => (&bare[..1], rest),
        None => ("", bare),
    };
    let unsigned = match unsigned.get(..2) {
        // Python lets an underscore follow the prefix.
        Some("0o" | "0O") => unsigned[2..].strip_prefix('_').unwrap_or(&unsigned[2..]),
        _ => unsigned,
    };
    if unsigned.starts_with(['+', '-']) {
        return Err(ValueError::Octal(text.to_owned()));
    }
    let value = digits(&format!("{sign}{unsigned}"), 8).ok_or_else(|| ValueError::Octal(text.to_owned()))?;
    // Permission bits: the kernel looks at the lowest twelve of whatever number it is given.
    Ok((value & 0o7777) as u32)
}

/// The blanks around a number. In plain ASCII, Python's `int` knows fewer of them than `strip` does.
fn number_strip(text: &str) -> &str {
    if text.is_ascii() { text.trim_matches(|c| matches!(c, ' ' | '\t'..='\r')) } else { strip(text) }
}

fn digits(text: &str, radix: u32) -> Option<i64> {
    let (negative, unsigned) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let mut value = 0_i64;
    let mut after_digit = false;
    for c in unsigned.chars() {
        match c.to_digit(radix) {
            Some(digit) => {
                let digit = if negative { -i64::from(digit) } else { i64::from(digit) };
                value = value.saturating_mul(i64::from(radix)).saturating_add(digit);
                after_digit = true;
            }
            None if c == '_' && after_digit => after_digit = false,
            None => return None,
        }
    }
    after_digit.then_some(value)
}

/// `yes true on 1` or `no false off 0`, in any case.
pub fn boolean(text: &str) -> Result<bool> {
    boolean_word(&text.to_lowercase()).ok_or_else(|| ValueError::Boolean(text.to_owned()))
}

fn boolean_word(lower: &str) -> Option<bool> {
    match lower {
        "yes" | "true" | "on" | "1" => Some(true),
        "no" | "false" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A number of bytes: an integer, with `KB`, `MB` or `GB` (1024-based, any case) behind it or not. Negative
/// numbers are accepted, and mean "never".
pub fn bytes(text: &str) -> Result<i64> {
    let lower = text.to_lowercase();
    let (number, unit) = [("kb", 10), ("mb", 20), ("gb", 30)]
        .into_iter()
        .find_map(|(suffix, shift)| Some((lower.strip_suffix(suffix)?, 1_i64 << shift)))
        .unwrap_or((&lower, 1));
    Ok(integer(number)?.saturating_mul(unit))
}

/// The name of a log level, in any case.
pub fn log_level(text: &str) -> Result<Level> {
    match text.to_lowercase().as_str() {
        "blather" => Ok(Level::Blather),
        "trace" => Ok(Level::Trace),
        "debug" => Ok(Level::Debug),
        "info" => Ok(Level::Info),
        "warn" => Ok(Level::Warn),
        "error" => Ok(Level::Error),
        "critical" => Ok(Level::Critical),
        _ => Err(ValueError::LogLevel(text.to_owned())),
    }
}

/// A signal by its number or name.
pub fn signal_number(text: &str) -> Result<i32> {
    match integer(text) {
        Ok(number) => i32::try_from(number)
            .ok()
            .filter(|number| signal::exists(*number))
            .ok_or_else(|| ValueError::SignalNumber(text.to_owned())),
        Err(_) => signal::by_name(strip(text)).ok_or_else(|| ValueError::SignalName(text.to_owned())),
    }
}

/// Exit codes, 0 to 255, separated by commas; an empty list is one.
pub fn exit_codes(text: &str) -> Result<Vec<i32>> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let code = |item| integer(item).ok().filter(|code| (0..=255).contains(code)).map(|code| code as i32);
    text.split(',').map(code).collect::<Option<_>>().ok_or_else(|| ValueError::ExitCodes(text.to_owned()))
}

/// `autorestart`: a boolean word, or `unexpected`.
pub fn autorestart(text: &str) -> Result<AutoRestart> {
    let lower = text.to_lowercase();
    match boolean_word(&lower) {
        Some(true) => Ok(AutoRestart::Always),
        Some(false) => Ok(AutoRestart::Never),
        None if lower == "unexpected" => Ok(AutoRestart::Unexpected),
        None => Err(ValueError::AutoRestart(lower)),
    }
}

/// `on_config_error`: what becomes of a configuration with a broken program.
pub fn on_config_error(text: &str) -> Result<OnConfigError> {
    match text.to_lowercase().as_str() {
        "abort" => Ok(OnConfigError::Abort),
        "skip-program" => Ok(OnConfigError::SkipProgram),
        _ => Err(ValueError::OnConfigError(text.to_owned())),
    }
}

/// `event_length`: what the length in the header of an event counts.
pub fn event_length(text: &str) -> Result<EventLength> {
    match text.to_lowercase().as_str() {
        "characters" => Ok(EventLength::Characters),
        "bytes" => Ok(EventLength::Bytes),
        _ => Err(ValueError::EventLength(text.to_owned())),
    }
}

/// `shutdown_mode`: which programs are stopped together.
pub fn shutdown_mode(text: &str) -> Result<ShutdownMode> {
    use ShutdownMode::{Parallel, Priority, Serial};
    let mode = [Priority, Serial, Parallel].into_iter().find(|mode| text.eq_ignore_ascii_case(mode.name()));
    mode.ok_or_else(|| ValueError::ShutdownMode(text.to_owned()))
}

/// `kill_mode`: what belongs to a process.
pub fn kill_mode(text: &str) -> Result<KillMode> {
    use KillMode::{Cgroup, Group, Process, Tree};
    let mode = [Process, Group, Tree, Cgroup].into_iter().find(|mode| text.eq_ignore_ascii_case(mode.name()));
    mode.ok_or_else(|| ValueError::KillMode(text.to_owned()))
}

/// The name of a process or group, stripped. A blank, colon or slash would break namespecs, envelopes and URLs; a
/// refusal shows the text as it is written.
pub fn name(text: &str) -> Result<&str> {
    let name = strip(text);
    match [' ', ':', '/'].into_iter().find(|c| name.contains(*c)) {
        Some(character) => Err(ValueError::Name { name: text.to_owned(), character }),
        None => Ok(name),
    }
}

/// Items between commas, stripped; an empty text has none, and empty items stay.
pub fn list(text: &str) -> Vec<&str> {
    if text.is_empty() { Vec::new() } else { text.split(',').map(strip).collect() }
}

/// `port`, `:port`, `*:port` or `host:port`, cut at the last colon: the lower-cased host (empty: every interface)
/// and the port.
pub fn host_port(text: &str) -> Result<(String, u16)> {
    let Some((host, number)) = text.rsplit_once(':') else {
        // A bare number gets one text for everything that may be wrong with it.
        let port = port_number(text).map_err(|_| ValueError::PortNumber(text.to_owned()))?;
        return Ok((String::new(), port));
    };
    if number.is_empty() {
        return Err(ValueError::NoPort);
    }
    let port = port_number(number)?;
    let host = if host == "*" { String::new() } else { host.to_lowercase() };
    Ok((host, port))
}

/// A port, 1 to 65535.
pub fn port_number(text: &str) -> Result<u16> {
    match integer(text)? {
        number @ ..1 => Err(ValueError::BelowBound(number)),
        number => u16::try_from(number).map_err(|_| ValueError::AboveBound(number)),
    }
}

/// Checks that a text has a scheme and something behind it.
pub fn url(text: &str) -> Result<&str> {
    // Python's parser passes over these blanks.
    let shown: String =
        text.trim_start_matches(|c| c <= ' ').chars().filter(|c| !matches!(c, '\t' | '\r' | '\n')).collect();
    let valid = shown.split_once(':').is_some_and(|(scheme, rest)| {
        let scheme_char = |c: char| c.is_ascii_alphanumeric() || "+-.".contains(c);
        let scheme_is_one =
            scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(scheme_char);
        let place = rest.strip_prefix("//").unwrap_or(rest).split(['?', '#']).next();
        scheme_is_one && place.is_some_and(|place| !place.is_empty())
    });
    if valid { Ok(text) } else { Err(ValueError::Url(text.to_owned())) }
}

/// The pairs of an `environment` value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs {
    /// The variables; of a key that is written twice, the last.
    pub map: BTreeMap<String, String>,
    /// The first word that stood between two pairs and was not a comma. The reference does not look at it.
    pub odd_separator: Option<String>,
}

/// Reads an `environment` value, already expanded.
pub fn pairs(text: &str) -> Result<Pairs> {
    let mut words = crate::words::environment_words(text)?.into_iter();
    let mut pairs = Pairs::default();
    while let Some(key) = words.next() {
        let (Some(equals), Some(value)) = (words.next(), words.next()) else {
            return Err(ValueError::Pairs(text.to_owned()));
        };
        if equals != "=" {
            return Err(ValueError::Pairs(text.to_owned()));
        }
        pairs.map.insert(key, value);
        let separator = words.next().filter(|separator| separator != ",");
        pairs.odd_separator = pairs.odd_separator.or(separator);
    }
    Ok(pairs)
}

/// The value types that only the system can judge.
pub struct Asked<'a> {
    /// Who answers.
    pub system: &'a dyn System,
    /// The daemon's environment at its start, for `~`.
    pub environment: &'a BTreeMap<String, String>,
}

impl Asked<'_> {
    /// `text` with a leading `~` replaced.
    pub fn home(&self, text: &str) -> String {
        expand_user(text, self.system, self.environment)
    }

    /// A directory that exists, with a leading `~` replaced.
    pub fn directory(&self, text: &str) -> Result<String> {
        let path = self.home(text);
        if self.system.is_dir(&path) { Ok(path) } else { Err(ValueError::Directory(text.to_owned())) }
    }

    /// A path whose directory, if it names one, exists.
    pub fn file_path(&self, text: &str) -> Result<String> {
        let path = self.home(text);
        let dir = crate::path::dirname(&path);
        if dir.is_empty() || self.system.is_dir(dir) {
            Ok(path)
        } else {
            Err(ValueError::PathDirectory(text.to_owned()))
        }
    }

    /// A user by name or number.
    pub fn user(&self, text: &str) -> Result<User> {
        match integer(text) {
            Ok(uid) => u32::try_from(uid)
                .ok()
                .and_then(|uid| self.system.user_by_id(uid))
                .ok_or_else(|| ValueError::UserId(text.to_owned())),
            Err(_) => self.system.user_by_name(text).ok_or_else(|| ValueError::UserName(text.to_owned())),
        }
    }

    /// `user` or `user:group`, each by name or number.
    pub fn user_group(&self, text: &str) -> Result<(u32, Option<u32>)> {
        let refused = || ValueError::UserGroup(text.to_owned());
        let (user, group) = match text.split_once(':') {
            Some((user, group)) => (user, Some(group)),
            None => (text, None),
        };
        let uid = self.user(user).map_err(|_| refused())?.uid;
        let gid = group.map(|group| self.group(group).ok_or_else(refused)).transpose()?;
        Ok((uid, gid))
    }

    fn group(&self, text: &str) -> Option<u32> {
        match integer(text) {
            Ok(gid) => u32::try_from(gid).ok().filter(|gid| self.system.group_exists(*gid)),
            Err(_) => self.system.group_by_name(text),
        }
    }
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;

//! The arguments of `tail`.
//!
//! Two grammars meet here. The reference's has one name, an optional modifier before it (`-f`, `-N` bytes) and an
//! optional channel behind it; whatever it accepts keeps its meaning. Ours begins where an option of ours stands,
//! or where `-f` is followed by more than one name: options in any order, then any number of names.

use provost_config::text::Repr;

use crate::remote::Channel;

/// How much of a log is printed when nothing else is asked for, in bytes.
pub(super) const USUAL_BYTES: i64 = 1600;

/// How much of a log is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// So many bytes of its end; all of it for 0.
    Bytes(i64),
    /// So many lines of its end.
    Lines(usize),
    /// Its end and whatever is added, until Ctrl-C.
    Follow(Backlog),
}

/// Where following begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Backlog {
    /// Wherever the server begins: 1024 bytes before the end.
    Usual,
    /// So many lines before the end.
    Lines(usize),
}

impl Extent {
    /// Reads `-f` or `-N`.
    pub(super) fn parse(modifier: &str) -> Option<Self> {
        match modifier.strip_prefix('-')? {
            "f" => Some(Self::Follow(Backlog::Usual)),
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse().ok().map(Self::Bytes)
            }
            _ => None,
        }
    }
}

/// The arguments of `tail`, understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted<'a> {
    /// As typed.
    pub(super) names: Vec<&'a str>,
    /// Which of their streams.
    pub(super) channels: &'static [Channel],
    /// How much of each.
    pub(super) extent: Extent,
    /// Only lines in which this is found: a regular expression.
    pub(super) pattern: Option<&'a str>,
}

impl<'a> Wanted<'a> {
    /// Understands at least one word, or says what is wrong with them.
    pub(super) fn parse(words: &[&'a str]) -> Result<Self, Mistake> {
        let (word, rest) = words.split_first().ok_or(Mistake::TooFew)?;
        if words.iter().any(|word| is_option(word)) || (*word == "-f" && rest.len() > 1) {
            Options::parse(words)
        } else {
            Self::parse_plainly(words)
        }
    }

    /// The reference's grammar. Of three words without a modifier it ignores the middle one; here too.
    fn parse_plainly(words: &[&'a str]) -> Result<Self, Mistake> {
        if words.len() > 3 {
            return Err(Mistake::TooMany);
        }
        let (modifier, words) = match words {
            [modifier, rest @ ..] if modifier.starts_with('-') => (Some(*modifier), rest),
            all => (None, all),
        };
        let (name, channels) = match *words {
            [] => return Err(Mistake::Nameless),
            [name] => (name, STDOUT),
            [name, .., word] => {
                (name, channel_called(word).ok_or_else(|| Mistake::Channel(word.to_lowercase()))?)
            }
        };
        let extent = match modifier {
            None => Extent::Bytes(USUAL_BYTES),
            Some(modifier) => {
                Extent::parse(modifier).ok_or_else(|| Mistake::Argument(modifier.to_owned()))?
            }
        };
        Ok(Self { names: vec![name], channels, extent, pattern: None })
    }
}

/// What is wrong with the arguments.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Mistake {
    /// There are none.
    #[error("too few arguments")]
    TooFew,
    /// More than the reference's grammar has places for.
    #[error("too many arguments")]
    TooMany,
    /// Only options.
    #[error("tail requires process name")]
    Nameless,
    /// Neither stdout nor stderr.
    #[error("bad channel {}", Repr(.0))]
    Channel(String),
    /// An unknown option, or a known one with something else than it takes.
    #[error("bad argument {0}")]
    Argument(String),
    /// An option without what belongs to it.
    #[error("{0} requires {1}")]
    Incomplete(&'static str, &'static str),
}

const STDOUT: &[Channel] = &[Channel::Stdout];
const STDERR: &[Channel] = &[Channel::Stderr];
const BOTH: &[Channel] = &[Channel::Stdout, Channel::Stderr];

fn channel_called(word: &str) -> Option<&'static [Channel]> {
    match word.to_lowercase().as_str() {
        "stdout" => Some(STDOUT),
        "stderr" => Some(STDERR),
        _ => None,
    }
}

/// Whether a word is an option that the reference does not know.
fn is_option(word: &str) -> bool {
    let name = word.split_once('=').map_or(word, |(name, _)| name);
    matches!(name, "--grep" | "--stderr" | "--both") || word.starts_with("-n")
}

/// What was found so far in our own grammar.
#[derive(Default)]
struct Options<'a> {
    names: Vec<&'a str>,
    channels: Option<&'static [Channel]>,
    follow: bool,
    bytes: Option<i64>,
    lines: Option<usize>,
    pattern: Option<&'a str>,
}

impl<'a> Options<'a> {
    fn parse(words: &[&'a str]) -> Result<Wanted<'a>, Mistake> {
        let mut options = Self::default();
        let mut words = words.iter().copied();
        while let Some(word) = words.next() {
            options.take(word, &mut words)?;
        }
        options.finish()
    }

    /// Takes one word, and the next one if it belongs to it.
    fn take(&mut self, word: &'a str, rest: &mut impl Iterator<Item = &'a str>) -> Result<(), Mistake> {
        let bad = || Mistake::Argument(word.to_owned());
        match word {
            "--stderr" => self.channels = Some(STDERR),
            "--both" => self.channels = Some(BOTH),
            "--grep" => {
                self.pattern = Some(rest.next().ok_or(Mistake::Incomplete("--grep", "a pattern"))?);
            }
            "-n" => {
                let number = rest.next().ok_or(Mistake::Incomplete("-n", "a number of lines"))?;
                self.lines = Some(number.parse().map_err(|_| Mistake::Argument(format!("-n {number}")))?);
            }
            _ if !word.starts_with('-') => self.names.push(word),
            _ => {
                if let Some(pattern) = word.strip_prefix("--grep=") {
                    self.pattern = Some(pattern);
                } else if let Some(number) = word.strip_prefix("-n") {
                    self.lines = Some(number.parse().map_err(|_| bad())?);
                } else {
                    match Extent::parse(word).ok_or_else(bad)? {
                        Extent::Bytes(bytes) => self.bytes = Some(bytes),
                        Extent::Lines(_) | Extent::Follow(_) => self.follow = true,
                    }
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Wanted<'a>, Mistake> {
        // The reference's way to name a channel: after the name.
        if let (None, [_, .., last]) = (self.channels, self.names.as_slice())
            && let Some(channels) = channel_called(last)
        {
            self.channels = Some(channels);
            self.names.pop();
        }
        if self.names.is_empty() {
            return Err(Mistake::Nameless);
        }
        let extent = match (self.follow, self.lines, self.bytes) {
            (true, _, Some(bytes)) => return Err(Mistake::Argument(format!("-{bytes}"))),
            (true, Some(lines), None) => Extent::Follow(Backlog::Lines(lines)),
            (true, None, None) => Extent::Follow(Backlog::Usual),
            (false, Some(lines), _) => Extent::Lines(lines),
            (false, None, bytes) => Extent::Bytes(bytes.unwrap_or(USUAL_BYTES)),
        };
        let channels = self.channels.unwrap_or(STDOUT);
        Ok(Wanted { names: self.names, channels, extent, pattern: self.pattern })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        match Wanted::parse(&words) {
            Ok(Wanted { names, channels, extent, pattern }) => {
                let channels: Vec<&str> = channels.iter().map(|channel| channel.word()).collect();
                let pattern = pattern.map_or(String::new(), |pattern| format!(" grep {pattern}"));
                format!("{} {} {extent:?}{pattern}", names.join(","), channels.join("+"))
            }
            Err(mistake) => mistake.to_string(),
        }
    }

    #[test]
    fn what_the_reference_accepts_and_refuses() {
        let check = |line: &str, expect: &str| assert_eq!(show(line), expect, "{line}");
        check("", "too few arguments");
        check("x", "x stdout Bytes(1600)");
        check("g:x stderr", "g:x stderr Bytes(1600)");
        check("x STDOUT", "x stdout Bytes(1600)");
        check("x ignored stderr", "x stderr Bytes(1600)");
        check("-100 x", "x stdout Bytes(100)");
        check("-0 x stderr", "x stderr Bytes(0)");
        check("-f x", "x stdout Follow(Usual)");
        check("-f x Stderr", "x stderr Follow(Usual)");
        check("-f", "tail requires process name");
        check("-5", "tail requires process name");
        check("x foo", "bad channel 'foo'");
        check("x FOO", "bad channel 'foo'");
        check("x -f", "bad channel '-f'");
        check("-x y", "bad argument -x");
        check("- y", "bad argument -");
        check("--5 y", "bad argument --5");
        check("-99999999999999999999 y", "bad argument -99999999999999999999");
        check("-x y foo", "bad channel 'foo'");
        check("-5 a b c", "too many arguments");
        check("a b c d", "too many arguments");
    }

    #[test]
    fn what_is_ours() {
        let check = |line: &str, expect: &str| assert_eq!(show(line), expect, "{line}");
        check("-f a b", "a,b stdout Follow(Usual)");
        check("-f a b c d e", "a,b,c,d,e stdout Follow(Usual)");
        check("-f a b stderr", "a,b stderr Follow(Usual)");
        check("-f stderr stderr", "stderr stderr Follow(Usual)");
        check("-f --stderr a", "a stderr Follow(Usual)");
        check("--stderr a", "a stderr Bytes(1600)");
        check("a --both", "a stdout+stderr Bytes(1600)");
        check("--both a stderr", "a,stderr stdout+stderr Bytes(1600)");
        check("-n 5 a", "a stdout Lines(5)");
        check("-n5 a b", "a,b stdout Lines(5)");
        check("a -n 5 -f", "a stdout Follow(Lines(5))");
        check("-f -n 0 a", "a stdout Follow(Lines(0))");
        check("--grep x a", "a stdout Bytes(1600) grep x");
        check("--grep=x=y -100 a", "a stdout Bytes(100) grep x=y");
        check("--grep -f a", "a stdout Bytes(1600) grep -f");
        check("-f -100 a", "bad argument -100");
        check("-n", "-n requires a number of lines");
        check("-n x a", "bad argument -n x");
        check("-nx a", "bad argument -nx");
        check("a --grep", "--grep requires a pattern");
        check("--both", "tail requires process name");
        check("--both --what a", "bad argument --what");
    }
}

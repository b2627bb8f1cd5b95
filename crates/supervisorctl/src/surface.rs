//! The surface that output ends up on: a screen that can show colours and be drawn anew, or paper, which takes
//! lines and keeps them. Everything that is not a terminal is paper, so that pipes and files get plain lines.

use std::env;
use std::io::{IsTerminal, stdout};

use rustix::termios::tcgetwinsize;

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Surface {
    /// A pipe, a file, or a terminal that can only print lines.
    #[default]
    Paper,
    /// A terminal that understands escape sequences.
    Screen(Paint),
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paint {
    /// As it is.
    #[default]
    Plain,
    /// The words for states in colours.
    Colour,
}

impl Surface {
    /// What standard output is. `NO_COLOR` (<https://no-color.org>) with any text in it keeps a screen plain.
    #[must_use]
    pub fn of_stdout() -> Self {
        let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        Self::judge(stdout().is_terminal(), &env::var("TERM").unwrap_or_default(), set("NO_COLOR"))
    }

    fn judge(is_terminal: bool, kind: &str, no_colour: bool) -> Self {
        match (is_terminal && !kind.is_empty() && kind != "dumb", no_colour) {
            (false, _) => Self::Paper,
            (true, true) => Self::Screen(Paint::Plain),
            (true, false) => Self::Screen(Paint::Colour),
        }
    }

    /// How text on it looks.
    #[must_use]
    pub fn paint(self) -> Paint {
        match self {
            Self::Paper => Paint::Plain,
            Self::Screen(paint) => paint,
        }
    }

    /// One of several pictures of the same thing: a screen shows it in the place of the last one, cut at its edges;
    /// paper takes it as a paragraph.
    #[must_use]
    pub fn frame(self, lines: &[String]) -> String {
        match self {
            Self::Paper => lines.iter().map(|line| format!("{line}\n")).chain(["\n".to_owned()]).collect(),
            Self::Screen(_) => picture(lines, rows()),
        }
    }
}

/// How many lines the terminal shows, if it knows.
fn rows() -> Option<usize> {
    let size = tcgetwinsize(rustix::stdio::stdout()).ok()?;
    Some(usize::from(size.ws_row)).filter(|&rows| rows > 0)
}

/// Lines over what is on the screen. Nothing is cleared before it is written over, so that nothing flickers; and
/// lines are not wrapped, so that each has a row.
fn picture(lines: &[String], rows: Option<usize>) -> String {
    const TO_THE_TOP_WITHOUT_WRAPPING: &str = "\x1b[H\x1b[?7l";
    const REST_OF_LINE: &str = "\x1b[K\n";
    const REST_OF_SCREEN_AND_WRAP_AGAIN: &str = "\x1b[J\x1b[?7h";
    // The cursor needs a row, too.
    let shown = rows.map_or(lines.len(), |rows| lines.len().min(rows.saturating_sub(1)));
    let mut text = TO_THE_TOP_WITHOUT_WRAPPING.to_owned();
    for line in &lines[..shown] {
        text.extend([line, REST_OF_LINE]);
    }
    text + REST_OF_SCREEN_AND_WRAP_AGAIN
}

impl Paint {
    /// The name of a state, in the colour that says how good it is.
    #[must_use]
    pub fn state(self, name: &str) -> String {
        let colour = match name {
            _ if self == Self::Plain => return name.to_owned(),
            "RUNNING" => GREEN,
            "STARTING" | "STOPPING" | "BACKOFF" => YELLOW,
            "FATAL" | "UNKNOWN" => RED,
            _ => return name.to_owned(),
        };
        format!("\x1b[{colour}m{name}\x1b[0m")
    }
}

/// Colours as terminals number them.
const RED: u8 = 31;
const GREEN: u8 = 32;
const YELLOW: u8 = 33;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_capable_terminal_is_a_screen() {
        use Surface::{Paper, Screen};
        let check = |is_terminal: bool, kind: &str, no_colour: bool, expect: Surface| {
            assert_eq!(Surface::judge(is_terminal, kind, no_colour), expect, "{kind} {no_colour}");
        };
        check(false, "xterm", false, Paper);
        check(true, "dumb", false, Paper);
        check(true, "", false, Paper);
        check(true, "xterm", false, Screen(Paint::Colour));
        check(true, "xterm", true, Screen(Paint::Plain));
    }

    #[test]
    fn pictures_replace_each_other_on_a_screen() {
        let lines = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(Surface::Paper.frame(&lines), "a\nb\nc\n\n");
        assert_eq!(picture(&lines, None), "\x1b[H\x1b[?7la\x1b[K\nb\x1b[K\nc\x1b[K\n\x1b[J\x1b[?7h");
        assert_eq!(picture(&lines, Some(3)), "\x1b[H\x1b[?7la\x1b[K\nb\x1b[K\n\x1b[J\x1b[?7h");
        assert_eq!(picture(&lines, Some(1)), "\x1b[H\x1b[?7l\x1b[J\x1b[?7h");
    }

    #[test]
    fn states_have_colours() {
        let check = |name: &str, expect: &str| {
            assert_eq!(Paint::Colour.state(name), expect);
            assert_eq!(Paint::Plain.state(name), name);
        };
        check("RUNNING", "\x1b[32mRUNNING\x1b[0m");
        check("STARTING", "\x1b[33mSTARTING\x1b[0m");
        check("BACKOFF", "\x1b[33mBACKOFF\x1b[0m");
        check("STOPPING", "\x1b[33mSTOPPING\x1b[0m");
        check("FATAL", "\x1b[31mFATAL\x1b[0m");
        check("UNKNOWN", "\x1b[31mUNKNOWN\x1b[0m");
        check("STOPPED", "STOPPED");
        check("EXITED", "EXITED");
    }
}

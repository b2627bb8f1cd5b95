//! The form of a case: prose, steps, and what each step prints.
//!
//! A case is a text file meant to be read. Lines that begin in the first column are prose. Lines indented by
//! two blanks are steps and what they print:
//!
//! ```text
//! Stopping twice is no mistake.
//!
//!   $ stop cat
//!   cat: stopped
//!   $ stop cat
//!   cat: ERROR (not running)
//!   > supervisor.stopProcess('cat')
//!   fault 70 NOT_RUNNING: cat
//!   @ wait cat STOPPED
//! ```
//!
//! `$` runs `supervisorctl`, `>` evaluates an XML-RPC call with Python's client, `@` is a directive (see
//! [`player`](crate::player)); lines that begin with `|` belong to the directive above them. Of the other
//! lines, `2|` is standard error, `[3]` an exit code other than 0, and `␤` marks the end of a line whose
//! last character is a blank or which is empty.
//!
//! What our implementation does differently on purpose stands below what the reference prints:
//!
//! ```text
//!   $ clear zz:*
//!   zz:None: ERROR (no such process)
//!   ~ client: the reference prints a missing process name as None
//!   zz: ERROR (no such group)
//! ```
//!
//! Each of the two texts must be printed by exactly the implementation it belongs to.

use std::fmt::Write as _;

use provost_tests::{Implementation, Sides};

/// A case, in the order of its lines.
#[derive(Debug)]
pub(crate) struct Script {
    /// Prose and steps.
    pub(crate) items: Vec<Item>,
}

/// One part of a case.
#[derive(Debug)]
pub(crate) enum Item {
    /// A line that is only read.
    Prose(String),
    /// Something to do.
    Step(Step),
}

/// Something to do, and what it prints.
#[derive(Debug)]
pub(crate) struct Step {
    /// Where it stands, counted from 1.
    pub(crate) line: usize,
    /// What to do.
    pub(crate) action: Action,
    /// The lines that belong to it, without their `|`.
    pub(crate) body: Vec<String>,
    /// What it prints with the reference.
    pub(crate) expected: Vec<String>,
    /// What it prints with ours, when that differs on purpose.
    pub(crate) deviation: Option<Deviation>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Run `supervisorctl` with these words.
    Ctl(String),
    /// Evaluate this call.
    Rpc(String),
    /// See [`player`](crate::player).
    Directive(String),
}

/// A difference that is wanted.
#[derive(Debug)]
pub(crate) struct Deviation {
    /// Which program differs.
    pub(crate) side: Side,
    /// Why.
    pub(crate) reason: String,
    /// What ours prints.
    pub(crate) lines: Vec<String>,
}

/// Which of the two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// `supervisord`.
    Daemon,
    /// `supervisorctl`.
    Client,
}

impl Step {
    /// What this step has to print when these two implementations meet.
    pub(crate) fn expected_of(&self, sides: Sides) -> &[String] {
        match &self.deviation {
            Some(deviation) if deviation.side.of(sides) == Implementation::Ours => &deviation.lines,
            _ => &self.expected,
        }
    }
}

/// The reason that stands where nobody has written one yet.
const NO_REASON: &str = "WHY?";

impl Step {
    /// Takes what was printed as what is right: for the reference it is, for ours somebody has to say why.
    pub(crate) fn bless(&mut self, printed: Vec<String>, sides: Sides) {
        match sides.daemon {
            Implementation::Reference => self.expected = printed,
            Implementation::Ours if printed == self.expected => self.deviation = None,
            Implementation::Ours => {
                let side = if matches!(self.action, Action::Ctl(_)) { Side::Client } else { Side::Daemon };
                let new = Deviation { side, reason: NO_REASON.to_owned(), lines: Vec::new() };
                self.deviation.get_or_insert(new).lines = printed;
            }
        }
    }
}

impl Side {
    fn of(self, sides: Sides) -> Implementation {
        match self {
            Self::Daemon => sides.daemon,
            Self::Client => sides.client,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Daemon => "daemon",
            Self::Client => "client",
        }
    }
}

impl Script {
    /// Reads a case.
    ///
    /// # Errors
    ///
    /// A message with the number of the line that has no meaning.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut items = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let Some(content) = line.strip_prefix("  ") else {
                items.push(Item::Prose(line.to_owned()));
                continue;
            };
            if let Some(action) = Action::parse(content) {
                items.push(Item::Step(Step {
                    line: number,
                    action,
                    body: Vec::new(),
                    expected: Vec::new(),
                    deviation: None,
                }));
                continue;
            }
            let step = items.iter_mut().rev().find_map(Item::as_step_mut);
            step.ok_or("no step above it".to_owned())
                .and_then(|step| step.take(content))
                .map_err(|message| format!("line {number}: {message}"))?;
        }
        let script = Self { items };
        let is_idle = |step: &&Step| step.deviation.as_ref().is_some_and(|own| own.lines == step.expected);
        let idle = script.steps().find(is_idle).map(|step| step.line);
        match idle {
            Some(line) => Err(format!("line {line}: the deviation does not deviate")),
            None => Ok(script),
        }
    }

    /// The steps.
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.items.iter().filter_map(|item| match item {
            Item::Prose(_) => None,
            Item::Step(step) => Some(step),
        })
    }

    /// Whether the client takes part at all; without it, crossing the two is pointless.
    pub(crate) fn uses_client(&self) -> bool {
        self.steps().any(|step| match &step.action {
            Action::Ctl(_) => true,
            Action::Rpc(_) => false,
            Action::Directive(text) => text.starts_with("follow") || text.starts_with("prompt"),
        })
    }

    /// The text of the case; parsing and rendering gives the same text back.
    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        for item in &self.items {
            match item {
                Item::Prose(line) => text.push_str(line),
                Item::Step(step) => step.render(&mut text),
            }
            if !text.ends_with('\n') || matches!(item, Item::Prose(line) if line.is_empty()) {
                text.push('\n');
            }
        }
        text
    }
}

impl Item {
    fn as_step_mut(&mut self) -> Option<&mut Step> {
        match self {
            Self::Prose(_) => None,
            Self::Step(step) => Some(step),
        }
    }
}

impl Action {
    fn parse(content: &str) -> Option<Self> {
        let (sigil, rest) = content.split_at_checked(2).unwrap_or((content, ""));
        match sigil.trim_end() {
            "$" => Some(Self::Ctl(rest.to_owned())),
            ">" => Some(Self::Rpc(rest.to_owned())),
            "@" => Some(Self::Directive(rest.to_owned())),
            _ => None,
        }
    }
}

impl Step {
    /// Takes one more line that belongs to this step.
    fn take(&mut self, content: &str) -> Result<(), String> {
        if let Some(rest) = content.strip_prefix('|') {
            self.body.push(rest.strip_prefix(' ').unwrap_or(rest).to_owned());
        } else if let Some(rest) = content.strip_prefix("~ ") {
            let (side, reason) = rest.split_once(": ").ok_or("a deviation reads `~ SIDE: REASON`")?;
            let side = match side {
                "daemon" => Side::Daemon,
                "client" => Side::Client,
                _ => return Err(format!("the side is daemon or client, not {side}")),
            };
            if reason == NO_REASON {
                return Err("say why ours is different, or mend it".to_owned());
            }
            self.deviation = Some(Deviation { side, reason: reason.to_owned(), lines: Vec::new() });
        } else {
            let lines = self.deviation.as_mut().map_or(&mut self.expected, |deviation| &mut deviation.lines);
            lines.push(content.to_owned());
        }
        Ok(())
    }

    fn render(&self, text: &mut String) {
        let (sigil, rest) = match &self.action {
            Action::Ctl(rest) => ("$", rest),
            Action::Rpc(rest) => (">", rest),
            Action::Directive(rest) => ("@", rest),
        };
        let mut line = |content: String| {
            let _writing_to_a_string_succeeds = writeln!(text, "  {}", content.trim_end());
        };
        line(format!("{sigil} {rest}"));
        for content in &self.body {
            line(format!("| {content}"));
        }
        for content in &self.expected {
            line(content.clone());
        }
        if let Some(deviation) = &self.deviation {
            line(format!("~ {}: {}", deviation.side.word(), deviation.reason));
            for content in &deviation.lines {
                line(content.clone());
            }
        }
    }
}

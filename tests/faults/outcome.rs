//! What a case came to, in one word.

use std::fmt;

/// How an implementation took a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// As promised.
    Holds,
    /// The daemon ended.
    Dies,
    /// It, or what it supervises, does nothing, or only after it was helped.
    Hangs,
    /// Output, a program or the configuration in force is gone.
    Loses,
    /// It takes as much memory as a client likes.
    Swells,
}

/// A promise that was not kept.
#[derive(Debug)]
pub(crate) struct Broken {
    /// In one word.
    pub(crate) outcome: Outcome,
    /// What was seen.
    pub(crate) why: String,
}

/// What a case returns.
pub(crate) type Kept = Result<(), Broken>;

impl Outcome {
    /// The promise is broken in this way.
    pub(crate) fn because(self, why: impl Into<String>) -> Broken {
        Broken { outcome: self, why: why.into() }
    }

    /// The promise is broken in this way unless `kept`.
    pub(crate) fn unless(self, kept: bool, why: impl FnOnce() -> String) -> Kept {
        if kept { Ok(()) } else { Err(self.because(why())) }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Holds => "holds",
            Self::Dies => "dies",
            Self::Hangs => "hangs",
            Self::Loses => "loses",
            Self::Swells => "swells",
        })
    }
}

/// Compares what a case came to with what is known of it.
///
/// # Panics
///
/// When they differ; the message says what was seen.
pub(crate) fn expect(kept: Kept, expected: Outcome) {
    let (outcome, why) = match kept {
        Ok(()) => (Outcome::Holds, String::new()),
        Err(broken) => (broken.outcome, broken.why),
    };
    assert_eq!(outcome, expected, "{why}");
    if !why.is_empty() {
        println!("{outcome}: {why}");
    }
}

//! Collecting what is refused, so that one look at a file tells all of its mistakes.
//!
//! A value that was refused is replaced by a stand-in and reading goes on; the stand-ins never leave this crate,
//! because whoever collected a refusal answers with it in the end. Two rules keep one mistake from being told
//! twice: a failure without diagnostics says nothing and only follows from another one, and a place is told
//! once, in the words in which it was refused first.

use crate::diagnostic::{Diagnostic, Failure};

/// What was refused so far.
#[derive(Debug, Default)]
pub(crate) struct Refusals {
    diagnostics: Vec<Diagnostic>,
    any: bool,
}

impl Refusals {
    /// The value, or nothing and one more refusal.
    pub(crate) fn ok<T>(&mut self, result: Result<T, Failure>) -> Option<T> {
        result.map_err(|failure| self.add(failure)).ok()
    }

    /// The value, or a stand-in and one more refusal.
    pub(crate) fn or<T>(&mut self, result: Result<T, Failure>, stand_in: T) -> T {
        self.ok(result).unwrap_or(stand_in)
    }

    /// As [`Refusals::or`], with the default of the type.
    pub(crate) fn or_default<T: Default>(&mut self, result: Result<T, Failure>) -> T {
        self.ok(result).unwrap_or_default()
    }

    /// One more refusal.
    pub(crate) fn add(&mut self, failure: Failure) {
        self.any = true;
        for diagnostic in failure.diagnostics {
            if !self.diagnostics.iter().any(|told| is_the_same(told, &diagnostic)) {
                self.diagnostics.push(diagnostic);
            }
        }
    }

    /// The value, if nothing was refused.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Failure> {
        if self.any { Err(Failure { diagnostics: self.diagnostics }) } else { Ok(value) }
    }
}

/// Whether two diagnostics tell one mistake: the same place, and the words of the one begin those of the other. A
/// program's priority, for example, is read for its group and again for its processes, which add their section.
fn is_the_same(told: &Diagnostic, now: &Diagnostic) -> bool {
    told.place == now.place
        && (now.message.starts_with(&told.message) || told.message.starts_with(&now.message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    fn failure(message: &str, line: u32) -> Failure {
        let place = Place { file: "f".into(), line, column: 1, length: 1, text: "x".into() };
        Failure::new(message, Some(place), None)
    }

    #[test]
    fn stand_ins_take_the_place_of_what_was_refused() {
        let mut refusals = Refusals::default();
        assert_eq!(refusals.or(Ok(1), 7), 1);
        assert_eq!(refusals.or(Err(failure("a", 1)), 7), 7);
        assert_eq!(refusals.or_default::<i64>(Err(failure("b", 2))), 0);
        let failure = refusals.finish(()).expect_err("two refusals");
        let messages: Vec<&str> = failure.diagnostics.iter().map(|found| found.message.as_str()).collect();
        assert_eq!(messages, ["a", "b"]);
    }

    #[test]
    fn one_mistake_is_told_once_and_silence_counts() {
        let mut refusals = Refusals::default();
        for (message, line) in [("a", 1), ("a in section x", 1), ("a", 2), ("b", 1)] {
            refusals.add(failure(message, line));
        }
        assert_eq!(refusals.finish(()).expect_err("refusals").diagnostics.len(), 3);
        let mut refusals = Refusals::default();
        refusals.add(Failure { diagnostics: Vec::new() });
        assert_eq!(refusals.finish(()), Err(Failure { diagnostics: Vec::new() }));
    }
}

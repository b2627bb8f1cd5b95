//! What is wrong with a log, and when to say so.
//!
//! A full disk fails every write of every program. That is reported at once, then at most once per
//! [`REPORT_INTERVAL`], with what was lost meanwhile, and once more when it is over. There is no timer behind this:
//! a report rides on a write.

use std::io;
use std::time::{Duration, Instant};

/// The shortest time between two reports about the same log.
pub(super) const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// What went wrong with a write. The log goes on all the same.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Bytes did not reach the log.
    Lost {
        /// How many.
        bytes: usize,
        /// Why.
        error: io::Error,
    },
    /// They did, but the file could not roll over and grows beyond its limit.
    NotRolled(io::Error),
}

/// The condition of one log: nothing, until it has its first trouble.
#[derive(Debug, Default)]
pub(super) struct Health(Option<Box<Record>>);

/// The troubles of one log.
#[derive(Debug, Default)]
struct Record {
    /// Bytes lost since writes began to fail; `None` while they work.
    lost: Option<u64>,
    /// Bytes lost ever.
    lost_ever: u64,
    /// When something was last reported.
    reported: Option<Instant>,
}

/// Something to tell about a log; the text continues a sentence that begins with its name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Report {
    /// It does not work.
    Bad(String),
    /// It works again.
    Good(String),
}

impl Health {
    /// Notes the outcome of a write. Costs a comparison while all is well.
    pub(super) fn note(&mut self, outcome: Result<(), Trouble>) -> Option<Report> {
        match outcome {
            Ok(()) => self.0.as_mut()?.recovered(),
            Err(Trouble::Lost { bytes, error }) => self.0.get_or_insert_default().lose(bytes, &error),
            Err(Trouble::NotRolled(error)) => self.0.get_or_insert_default().grow(&error),
        }
    }

    /// Bytes that did not reach the log, ever.
    pub(super) fn lost_ever(&self) -> u64 {
        self.0.as_ref().map_or(0, |record| record.lost_ever)
    }
}

impl Record {
    fn grow(&mut self, error: &io::Error) -> Option<Report> {
        let report = self.is_due().then(|| {
            Report::Bad(format!("cannot be rolled over, and grows beyond its limit meanwhile: {error}"))
        });
        self.recovered().or(report)
    }

    fn lose(&mut self, bytes: usize, error: &io::Error) -> Option<Report> {
        if self.lost.is_none() {
            // The first loss is reported even if something else was a moment ago.
            self.reported = None;
        }
        let lost = self.lost.unwrap_or(0) + bytes as u64;
        self.lost = Some(lost);
        self.lost_ever += bytes as u64;
        self.is_due()
            .then(|| Report::Bad(format!("cannot be written: {error}; {lost} bytes are lost so far")))
    }

    fn recovered(&mut self) -> Option<Report> {
        let lost = self.lost.take()?;
        self.reported = None;
        Some(Report::Good(format!("is written again; {lost} bytes were lost")))
    }

    /// Whether a report may be given now; if so, it counts as given.
    fn is_due(&mut self) -> bool {
        let due = self.reported.is_none_or(|then| then.elapsed() >= REPORT_INTERVAL);
        if due {
            self.reported = Some(Instant::now());
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(bytes: usize) -> Result<(), Trouble> {
        Err(Trouble::Lost { bytes, error: io::Error::other("disk full") })
    }

    fn not_rolled() -> Result<(), Trouble> {
        Err(Trouble::NotRolled(io::Error::other("no permission")))
    }

    /// One log meets these outcomes one after the other, within less than a minute.
    #[track_caller]
    fn check(steps: impl IntoIterator<Item = (Result<(), Trouble>, Option<&'static str>)>) {
        let mut health = Health::default();
        for (number, (outcome, expect)) in steps.into_iter().enumerate() {
            let report = health.note(outcome).map(|report| match report {
                Report::Bad(text) => format!("bad: {text}"),
                Report::Good(text) => format!("good: {text}"),
            });
            assert_eq!(report.as_deref(), expect, "step {number}");
        }
    }

    #[test]
    fn all_is_well() {
        check([(Ok(()), None), (Ok(()), None)]);
    }

    #[test]
    fn losses_are_summed_up() {
        check([
            (lost(3), Some("bad: cannot be written: disk full; 3 bytes are lost so far")),
            (lost(4), None),
            (Ok(()), Some("good: is written again; 7 bytes were lost")),
            (Ok(()), None),
            (lost(1), Some("bad: cannot be written: disk full; 1 bytes are lost so far")),
        ]);
    }

    #[test]
    fn a_file_that_grows_is_reported_once() {
        let grows = "bad: cannot be rolled over, and grows beyond its limit meanwhile: no permission";
        check([(not_rolled(), Some(grows)), (not_rolled(), None), (Ok(()), None), (not_rolled(), None)]);
    }

    #[test]
    fn a_loss_is_reported_at_once_whatever_else_was() {
        check([
            (
                not_rolled(),
                Some("bad: cannot be rolled over, and grows beyond its limit meanwhile: no permission"),
            ),
            (lost(3), Some("bad: cannot be written: disk full; 3 bytes are lost so far")),
            (not_rolled(), Some("good: is written again; 3 bytes were lost")),
        ]);
    }

    #[test]
    fn a_lasting_trouble_is_reported_again() {
        let mut health = Health::default();
        assert!(health.note(lost(1)).is_some());
        assert_eq!(health.lost_ever(), 1);
        health.0.as_mut().expect("there was trouble").reported = Instant::now().checked_sub(REPORT_INTERVAL);
        assert_eq!(
            health.note(lost(1)),
            Some(Report::Bad("cannot be written: disk full; 2 bytes are lost so far".to_owned()))
        );
    }
}

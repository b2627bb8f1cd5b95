//! What is wrong with a log, and when to say so.
//!
//! A full disk fails every write of every program. That is reported at once, then at most once per
//! [`REPORT_INTERVAL`], with what was lost meanwhile, and once more when it is over. There is no timer behind this:
//! a report rides on a write.

use std::io;
use std::time::{Duration, Instant};

use super::rolling::Trouble;

/// The shortest time between two reports about the same log.
pub(super) const REPORT_INTERVAL: Duration = Duration::from_secs(60);

/// The condition of one log.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// Bytes lost since writes began to fail; `None` while they work.
    lost: Option<u64>,
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
            Ok(()) => self.recovered(),
            Err(Trouble::Lost { bytes, error }) => self.lose(bytes, &error),
            Err(Trouble::NotRolled(error)) => {
                let report = self.is_due().then(|| {
                    Report::Bad(format!(
                        "cannot be rolled over, and grows beyond its limit meanwhile: {error}"
                    ))
                });
                self.recovered().or(report)
            }
        }
    }

    fn lose(&mut self, bytes: usize, error: &io::Error) -> Option<Report> {
        if self.lost.is_none() {
            // The first loss is reported even if something else was a moment ago.
            self.reported = None;
        }
        let lost = self.lost.unwrap_or(0) + bytes as u64;
        self.lost = Some(lost);
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

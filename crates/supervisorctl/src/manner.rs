//! The manner of a session: in what form it answers, on what, and how it lets time pass.

use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::json::Document;
use crate::surface::Surface;

/// See the module. The default is what a script gets that asks for nothing.
#[derive(Default)]
pub struct Manner {
    /// In what form it answers.
    pub voice: Voice,
    /// What standard output is.
    pub surface: Surface,
    /// Who waits between two readings; `None` where nothing is watched.
    pub pacer: Option<Box<dyn Pacer>>,
}

/// In what form answers are given.
#[derive(Debug, Default, Clone, PartialEq)]
pub enum Voice {
    /// Lines, for people and for scripts that know the reference.
    #[default]
    Lines,
    /// One JSON object per command line, which is gathered here until the command ends.
    Json(Document),
}

/// Somebody who lets time pass.
pub trait Pacer {
    /// The time, for the distance between two readings.
    fn now(&self) -> Instant;

    /// Waits.
    ///
    /// # Errors
    ///
    /// [`Failure::Interrupted`] at Ctrl-C, which is watched from the first pause on.
    fn pause(&self, duration: Duration) -> Result<(), Failure>;
}

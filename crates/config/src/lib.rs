//! Supervisor's configuration dialect: text to typed configuration, with a position on everything.
#![forbid(unsafe_code)]

pub mod model;
pub mod signal;

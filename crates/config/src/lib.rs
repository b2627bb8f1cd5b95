//! Supervisor's configuration dialect: text to typed configuration, with a position on everything.
//!
//! The way of a file: bytes become sections ([`ini`]), includes are read over them ([`mod@include`]), values are
//! expanded ([`expand`]) and converted ([`value`]) as the option table says ([`options`]), and [`resolve`] puts
//! the [`model`] together. It asks the system through one trait ([`system`]); everything else is pure. Nothing
//! here logs, prints or keeps state.
#![forbid(unsafe_code)]

pub mod check;
pub mod cli;
pub mod ctl;
pub mod diagnostic;
pub mod diff;
pub mod dump;
pub mod expand;
pub mod include;
pub mod ini;
pub mod model;
pub mod options;
pub mod path;
pub mod resolve;
pub mod sample;
pub mod signal;
pub mod system;
pub mod text;
pub mod value;
pub mod words;

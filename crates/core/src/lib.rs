//! Provost's decisions. No IO, no clock: inputs and the time come in, effects go out.
//!
//! Start reading at [`process`]: the life of one process is the heart of the daemon. [`supervisor`] puts many of
//! them together, with groups, calls that wait, and the shutdown.
#![forbid(unsafe_code)]

pub mod call;
pub mod event;
pub mod failure;
mod group;
mod listener;
mod logname;
mod message;
pub mod notice;
pub mod output;
mod pending;
pub mod pool;
pub mod process;
mod publish;
mod request;
pub mod rows;
pub mod shutdown;
pub mod status;
pub mod supervisor;
pub mod tick;
pub mod time;

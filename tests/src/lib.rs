//! What the end-to-end tests stand on: a scratch directory, a daemon, a client, and eyes.
//!
//! Everything here works the same on two implementations, the reference (Python supervisord 4.3.0) and
//! ours, because the whole point is to run one test on both. Nothing here knows how either of them is
//! built: a test sees files, sockets, exit codes, printed text and `/proc`, as an operator does.
//!
//! The rooms:
//!
//! - [`implementation`]: which binaries, and where they are.
//! - [`scratch`]: a directory, free ports, and an environment that marks every process started in it.
//! - [`world`]: a scratch with a running daemon and the means to drive it.
//! - [`ctl`], [`rpc`], [`http`]: three ways to talk to a daemon.
//! - [`browser`]: Chromium, for the web console.
//! - [`processes`]: looking at processes, and ending those that a test started.
//! - [`normalise`]: pids, times, ports and paths become words, so that two runs can be compared as text.
//! - [`example`]: the checked-in example configurations, moved to a scratch directory.
//! - [`wait`]: the one place that waits.
//!
//! This crate must not contain expectations about behaviour: those stand in `compat/` and `scenarios/`.

#![forbid(unsafe_code)]

pub mod browser;
pub mod ctl;
pub mod example;
pub mod http;
pub mod implementation;
pub mod normalise;
pub mod processes;
pub mod random;
pub mod rpc;
pub mod scratch;
pub mod wait;
pub mod world;

pub use ctl::Output;
pub use implementation::{Implementation, Sides};
pub use scratch::Scratch;
pub use wait::{PATIENCE, until};
pub use world::World;

//! The operating system as Provost uses it.
//!
//! One room per subject: [`spawn`] starts children, [`wait`] reaps them, [`signal`] sends and receives
//! signals, [`pipe`] makes the channels between the daemon and a child, [`command`] finds the program file,
//! [`links`] opens files, [`user`], [`rlimit`], [`daemonize`], [`pidfile`] and [`socket`] do what the daemon needs once at its
//! start, [`kin`] and [`cgroup`] find and end what children leave behind, and [`wake`] is how the supervision plane sleeps and how the other planes wake it.
//!
//! This crate knows nothing of programs, states or configuration: it takes plain values and gives plain
//! values back. It never logs and never prints; a text that the user has to see is returned, in the words of
//! the reference where the reference has words for it. Everything here can be called from any thread unless
//! the function says otherwise.
//!
//! `unsafe` stands in `spawn.rs` and nowhere else.
//!
//! Linux is the fast path (`clone(2)` without copying memory, `close_range`, `eventfd`, pipes reopened
//! read-write); each of these has a plain POSIX twin behind `cfg`.

#![deny(unsafe_code)]

pub mod cgroup;
pub mod command;
pub mod daemonize;
mod digits;
mod errno;
mod id;
pub mod kin;
pub mod links;
mod number;
pub mod pidfile;
pub mod pipe;
pub mod priority;
mod report;
mod repr;
pub mod rlimit;
pub mod signal;
#[cfg(target_os = "linux")]
mod slots;
pub mod socket;
mod spawn;
mod spec;
pub mod user;
pub mod wait;
pub mod wake;

pub use command::{CommandError, CommandErrorKind};
pub use daemonize::{Daemonized, Detach};
pub use errno::{Errno, errno_name, strerror};
pub use id::{Gid, Pid, Uid};
pub use report::{ChildFailure, Refusal};
pub use repr::python_repr;
pub use signal::Signals;
pub use spawn::{NOT_SPAWNED, Report, SpawnError, Spawned, spawn};
pub use spec::{Identity, NulInText, SpawnSpec, Stdio, Step};
pub use user::User;
pub use wait::ExitStatus;
pub use wake::Waker;

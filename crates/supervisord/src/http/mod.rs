//! The control plane: HTTP for people, scripts and `supervisorctl`.
//!
//! It runs on one thread of its own ([`run`]) and owns connections, nothing else. What it tells comes from the
//! published snapshot, which it reads without asking anybody; what it changes goes through the ports as a call,
//! and the answer comes when the supervision plane has one. Files are read on a few short-lived helper threads,
//! so that a slow disk delays only who asked for it.
//!
//! A request passes, in this order: a place in the table of connections ([`places`]), HTTP itself
//! ([`connection`]), credentials ([`auth`]), the check against foreign web sites ([`guard`]), and the room its path
//! names ([`router`]): XML-RPC ([`rpc`]), the log streams ([`tail`]) or the page for people ([`page`]). All numbers
//! that bound anything stand in [`limits`].
//!
//! This plane must not decide anything about processes, must not write files, and must not block its thread.

mod auth;
mod connection;
mod error;
mod front;
mod guard;
mod limits;
mod listener;
mod logfile;
mod page;
mod places;
mod plane;
mod router;
mod rpc;
mod stop;
mod tail;
#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::sync::Arc;

use tokio::sync::Semaphore;

pub(crate) use listener::{Listener, Socket};
pub(crate) use plane::run;
pub(crate) use stop::{StopSignal, stop_pair};

use crate::ports::ControlPorts;

/// What every request may use.
struct App {
    ports: ControlPorts,
    /// Names under which the main interface is called. Fixed when the plane starts: a configuration that is read
    /// again changes programs, not interfaces.
    namespaces: Vec<String>,
    /// One permit for each call under way.
    calls: Arc<Semaphore>,
    overflows: limits::Overflows,
    stop: StopSignal,
}

impl App {
    fn new(ports: ControlPorts, namespaces: Vec<String>, stop: StopSignal) -> Self {
        let calls = Arc::new(Semaphore::new(limits::MAX_CALLS));
        Self { ports, namespaces, calls, overflows: limits::Overflows::default(), stop }
    }

    /// A limit was met.
    fn count(&self, limit: limits::Limit, detail: Option<&dyn Display>) {
        self.overflows.count(limit, detail, &self.ports.logs);
    }
}

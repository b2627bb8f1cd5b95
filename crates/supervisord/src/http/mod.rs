//! The control plane: HTTP for people, scripts and `supervisorctl`.
//!
//! It runs on one thread of its own ([`run`]) and owns connections, nothing else. What it tells comes from the
//! published snapshot, which it reads without asking anybody; what it changes goes through the ports as a call,
//! and the answer comes when the supervision plane has one. Files are read on a few short-lived helper threads,
//! so that a slow disk delays only who asked for it.
//!
//! A request passes, in this order: a place in the table of connections ([`places`]), HTTP itself
//! ([`connection`]), credentials ([`auth`], [`gate`]), the check against foreign web sites ([`guard`]), and the room its path
//! names ([`router`]): XML-RPC ([`rpc`]), JSON ([`api`]), the log streams ([`tail`]) or the pages for people ([`web`]). All numbers
//! that bound anything stand in [`limits`].
//!
//! This plane must not decide anything about processes, must not write files, and must not block its thread.

mod alarm;
mod api;
mod auth;
mod backlog;
mod connection;
mod error;
mod follow;
mod front;
mod gate;
mod guard;
mod health;
mod limits;
mod listener;
mod logfile;
mod meter;
mod metrics;
mod mistakes;
mod places;
mod plane;
mod reception;
mod router;
mod rpc;
mod sampler;
mod stop;
mod tail;
mod tally;
#[cfg(test)]
mod tests;
mod update;
mod web;

use std::fmt::Display;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tokio::sync::Semaphore;

pub(crate) use listener::{Listener, Socket};
pub(crate) use plane::run;
pub(crate) use reception::Reception;
pub(crate) use stop::{StopSignal, stop_pair};

use self::rpc::clock::Clock;
use crate::ports::ControlPorts;
use crate::zone;

/// What every request may use.
struct App {
    ports: ControlPorts,
    /// Names under which the main interface is called. Fixed when the plane starts: a configuration that is read
    /// again changes programs, not interfaces.
    namespaces: Vec<String>,
    /// One permit for each call under way.
    calls: Arc<Semaphore>,
    /// One permit for each event stream that may be open.
    streams: Arc<Semaphore>,
    overflows: limits::Overflows,
    /// Who is guessing passwords, and whose are being compared.
    keeper: gate::Keeper,
    meter: meter::Meter,
    /// The long answer that is on its way.
    infos: rpc::shared::Infos,
    /// What processes use.
    sampler: sampler::Sampler,
    /// Namespaces that processes serve.
    plugins: rpc::plugins::Plugins,
    /// Found before this plane began.
    zone: TimeZone,
    stop: StopSignal,
}

impl App {
    /// What a plane begins with.
    fn new(ports: ControlPorts, namespaces: Vec<String>, stop: StopSignal) -> Self {
        let calls = Arc::new(Semaphore::new(limits::MAX_CALLS));
        let streams = Arc::new(Semaphore::new(limits::MAX_STREAMS));
        let overflows = limits::Overflows::default();
        let keeper = gate::Keeper::default();
        let meter = meter::Meter::default();
        let infos = rpc::shared::Infos::default();
        let sampler = sampler::Sampler::default();
        let plugins = rpc::plugins::Plugins::default();
        let zone = zone::local();
        Self {
            ports,
            namespaces,
            calls,
            streams,
            overflows,
            keeper,
            meter,
            infos,
            sampler,
            plugins,
            zone,
            stop,
        }
    }

    /// The present moment.
    fn clock(&self) -> Clock {
        Clock::now(&self.zone)
    }

    /// A limit was met.
    fn count(&self, limit: limits::Limit, detail: Option<&dyn Display>) {
        self.overflows.count(limit, detail, &self.ports.logs);
    }
}

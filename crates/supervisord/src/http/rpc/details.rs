//! `provost.getProcessDetails` and `provost.getAllProcessDetails`: what is known of processes beyond what the
//! reference's interface has room for.
//!
//! The rows are the snapshot's; what the processes use is looked up on a helper thread ([`crate::stats`]), once for
//! all rows of an answer. Numbers that may exceed 32 bits are doubles, because XML-RPC's integers end there.

use std::collections::HashMap;
use std::sync::Arc;

use provost_config::signal;
use provost_core::status::{ExitStatus, GroupStatus, LastExit, Pid, PoolGauge, ProcessStatus, Snapshot};
use provost_core::time::Wall;
use provost_wire::fault::Fault;
use provost_wire::xmlrpc::{StructWriter, ValueWriter};
use tokio::task::spawn_blocking;

use super::Order;
use super::answer::Answer;
use super::clock::Clock;
use super::description::Description;
use crate::stats::{self, Usage};

/// Whose details are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    /// Those of the process that the argument names.
    One,
    /// Those of every process.
    All,
}

/// One process.
#[derive(Debug)]
struct Row {
    status: Arc<ProcessStatus>,
    /// Bytes of its output that did not reach its logs.
    lost: u64,
}

/// Rows and what their processes use.
#[derive(Debug)]
pub(super) struct Details {
    rows: Vec<Row>,
    /// By the name of the group.
    pools: HashMap<String, Arc<PoolGauge>>,
    usage: HashMap<Pid, Usage>,
    clock: Clock,
}

pub(super) async fn tell(order: &Order, which: Which) -> Result<Answer, Fault> {
    let all = match which {
        Which::One => vec![Arc::clone(order.asked().process(order.args.text(0, "name")?)?)],
        Which::All => order.snapshot.processes.iter().cloned().collect(),
    };
    let children: Vec<Pid> = all.iter().filter_map(|row| row.pid).collect();
    // Figures that could not be had are zeros, as without /proc.
    let usage = spawn_blocking(move || stats::usage_of(&children)).await.unwrap_or_default();
    let watches = &order.app.ports.watches;
    let rows = all.into_iter().map(|status| Row { lost: watches.lost(status.id), status }).collect();
    let details = Details { rows, pools: pools(&order.snapshot), usage, clock: order.app.clock() };
    Ok(match which {
        Which::One => Answer::Detail(details),
        Which::All => Answer::Details(details),
    })
}

fn pools(snapshot: &Snapshot) -> HashMap<String, Arc<PoolGauge>> {
    let gauge = |group: &GroupStatus| Some((group.config.name.clone(), Arc::clone(group.pool.as_ref()?)));
    snapshot.groups.iter().filter_map(gauge).collect()
}

impl Details {
    /// Rows it has.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The struct of the only row.
    pub(super) fn write_first(&self, to: ValueWriter<'_>) {
        self.write(to, &self.rows[0]);
    }

    /// The structs of all rows, in the snapshot's order.
    pub(super) fn write_all(&self, to: ValueWriter<'_>) {
        to.array(|array| self.rows.iter().for_each(|row| self.write(array.item(), row)));
    }

    fn write(&self, to: ValueWriter<'_>, Row { status: row, lost }: &Row) {
        let clock = &self.clock;
        let alive = row.pid.and(row.started);
        to.structure(|info| {
            info.member("name").string(&row.recipe.name);
            info.member("group").string(&row.group);
            info.member("state").int(row.state.code().into());
            info.member("statename").string(row.state.name());
            info.member("description").display(Description::new(row, clock));
            info.member("pid").int(row.pid.map_or(0, |pid| pid.0.into()));
            info.member("start").int(row.started.map_or(0, Wall::secs));
            info.member("uptime").double(alive.map_or(0.0, |since| clock.seconds_since(since)));
            info.member("restarts").int(row.restarts().into());
            write_last_exit(info, row);
            write_attempts(info, row, clock);
            self.write_usage(info, row);
            info.member("log_bytes_dropped").double(*lost as f64);
        });
    }

    fn write_usage(&self, info: &mut StructWriter<'_>, row: &ProcessStatus) {
        let usage = row.pid.and_then(|pid| self.usage.get(&pid)).copied().unwrap_or_default();
        // Bytes are exact up to nine petabytes.
        info.member("memory").double(usage.memory as f64);
        info.member("cpu").double(usage.cpu);
        info.member("processes").int(usage.processes.into());
        let pool = self.pools.get(&*row.group);
        info.member("events_buffered").int(pool.map_or(0, |pool| count(pool.buffered() as u64)));
        info.member("events_dropped").int(pool.map_or(0, |pool| count(pool.dropped())));
    }
}

/// A number of things as the interface takes it, which cuts it at 31 bits anyway.
fn count(things: u64) -> i64 {
    i64::try_from(things).unwrap_or(i64::MAX)
}

/// How the last child ended, ever: for people, and in parts.
fn write_last_exit(info: &mut StructWriter<'_>, row: &ProcessStatus) {
    let (code, signal) = match row.last_exit.map(|exit| exit.status) {
        None => (NO_CODE, "".into()),
        Some(ExitStatus::Exited(code)) => (code, "".into()),
        Some(ExitStatus::Signaled { signal, .. }) => (NO_CODE, signal::name(signal)),
    };
    let text = row.last_exit.map_or_else(String::new, |exit| told(&exit));
    info.member("last_exit").string(&text);
    info.member("last_exit_code").int(code.into());
    info.member("last_exit_signal").string(&signal);
    info.member("last_exit_time").int(row.last_exit.map_or(0, |exit| exit.at.wall.secs()));
}

/// An exit in a few words: `exit status 3, not expected`, `killed by SIGKILL`, `stopped by SIGTERM`.
pub(in crate::http) fn told(exit: &LastExit) -> String {
    match exit.status {
        ExitStatus::Exited(code) if exit.expected => format!("exit status {code}"),
        ExitStatus::Exited(code) => format!("exit status {code}, not expected"),
        ExitStatus::Signaled { signal, core_dumped } => {
            // A signal is no exit code, so it is expected only when somebody asked for the end.
            let how = if exit.expected { "stopped" } else { "killed" };
            let core = if core_dumped { " (core dumped)" } else { "" };
            format!("{how} by {}{core}", signal::name(signal))
        }
    }
}

/// Why the last start failed, and what becomes of it.
fn write_attempts(info: &mut StructWriter<'_>, row: &ProcessStatus, clock: &Clock) {
    let failure = row.last_failure.as_ref().map_or_else(String::new, |failure| failure.cause.to_string());
    info.member("failure").string(&failure);
    info.member("attempt").int(row.attempt.map_or(0, |attempt| attempt.number.into()));
    info.member("attempts").int(row.attempt.map_or(0, |attempt| attempt.of.into()));
    let next = row.next_start.map_or(NO_TIME, |at| clock.seconds_until(at.wall));
    info.member("next_retry_in").double(next);
}

/// Stands for the exit code of a process that has none.
const NO_CODE: i32 = -1;
/// Stands for the time until something that will not happen.
const NO_TIME: f64 = -1.0;

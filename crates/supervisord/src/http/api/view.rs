//! A process as programs see it: the same object in every answer, in events, and in what a page begins with.

use std::collections::HashSet;
use std::sync::Arc;

use provost_config::model::GroupKind;
use provost_core::status::{ProcessStatus, Snapshot};
use provost_core::time::Wall;
use provost_wire::namespec::ShortName;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::App;
use crate::http::rpc::clock::Clock;
use crate::http::rpc::description::Description;
use crate::http::rpc::details::told;
use crate::http::sampler::Sample;

/// One process. Times are seconds since 1970 with fractions; what there is none of is null.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in crate::http) struct ProcessView {
    /// What it is called in paths: `NAME`, or `GROUP:NAME` if its group has another name.
    pub(in crate::http) name: String,
    /// Its group.
    pub(in crate::http) group: String,
    /// Its name within the group.
    pub(in crate::http) process: String,
    /// STOPPED, STARTING, RUNNING, BACKOFF, STOPPING, EXITED, FATAL or UNKNOWN.
    pub(in crate::http) state: &'static str,
    /// The state's number.
    pub(in crate::http) statecode: i32,
    /// Its child.
    pub(in crate::http) pid: Option<i32>,
    /// One line for people, in the words of `supervisorctl status`.
    pub(in crate::http) description: String,
    /// When it was last started.
    pub(in crate::http) started_at: Option<f64>,
    /// When its last child ended.
    pub(in crate::http) stopped_at: Option<f64>,
    /// Seconds since its child was started, while there is one.
    pub(in crate::http) uptime: Option<f64>,
    /// Children it has had after its first.
    pub(in crate::http) restarts: u32,
    /// How its last child ended, in a few words.
    pub(in crate::http) last_exit: Option<String>,
    /// Whether that was to be expected.
    pub(in crate::http) last_exit_expected: Option<bool>,
    /// When that was.
    pub(in crate::http) last_exit_at: Option<f64>,
    /// Why its last start failed.
    pub(in crate::http) failure: Option<String>,
    /// The attempt to start it that is under way or failed last.
    pub(in crate::http) attempt: Option<u32>,
    /// Attempts before it is FATAL.
    pub(in crate::http) attempts: Option<u32>,
    /// When it will be started again by itself.
    pub(in crate::http) next_retry_at: Option<f64>,
    /// Resident bytes of its tree of processes.
    pub(in crate::http) memory: Option<u64>,
    /// Processor seconds of that tree.
    pub(in crate::http) cpu_seconds: Option<f64>,
    /// Its share of one processor of late, in percent.
    pub(in crate::http) cpu_percent: Option<f64>,
    /// Processes of that tree.
    pub(in crate::http) processes: Option<u32>,
    /// Whether there is a log of its standard output.
    pub(in crate::http) stdout_log: bool,
    /// Whether there is a log of its standard error.
    pub(in crate::http) stderr_log: bool,
    /// Whether it is an event listener.
    pub(in crate::http) listener: bool,
}

/// Makes views of one moment.
pub(in crate::http) struct Viewer {
    /// The daemon at that moment.
    pub(in crate::http) snapshot: Arc<Snapshot>,
    clock: Clock,
    sample: Arc<Sample>,
    /// Groups of listeners.
    pools: HashSet<String>,
}

impl Viewer {
    /// Of this moment, with what is known already of what processes use.
    pub(in crate::http) fn quick(app: &App) -> Self {
        Self::new(app, app.ports.snapshot.load_full(), app.sampler.latest())
    }

    /// Of this moment, with what processes use now.
    pub(in crate::http) async fn full(app: &App) -> Self {
        let sample = app.sampler.fresh(&app.ports.snapshot.load_full()).await;
        // Measuring took a while, and the newest state is wanted.
        Self::new(app, app.ports.snapshot.load_full(), sample)
    }

    fn new(app: &App, snapshot: Arc<Snapshot>, sample: Arc<Sample>) -> Self {
        let is_pool = |kind: &GroupKind| matches!(kind, GroupKind::Listeners(_));
        let pools = snapshot
            .groups
            .iter()
            .filter(|group| is_pool(&group.config.kind))
            .map(|group| group.config.name.clone())
            .collect();
        Self { clock: app.clock(), snapshot, sample, pools }
    }

    /// Every process, by group and name.
    pub(in crate::http) fn all(&self) -> impl Iterator<Item = ProcessView> {
        self.snapshot.processes.iter().map(|row| self.view(row))
    }

    /// One process.
    pub(in crate::http) fn view(&self, row: &ProcessStatus) -> ProcessView {
        let alive = row.pid.and(row.started);
        let used = self.sample.of(row.pid);
        ProcessView {
            name: ShortName::new(&row.group, &row.recipe.name).to_string(),
            group: row.group.as_ref().to_owned(),
            process: row.recipe.name.to_string(),
            state: row.state.name(),
            statecode: row.state.code(),
            pid: row.pid.map(|pid| pid.0),
            description: Description::new(row, &self.clock).to_string(),
            started_at: row.started.map(seconds),
            stopped_at: row.last_exit.and(row.stopped).map(seconds),
            uptime: alive.map(|since| self.clock.seconds_since(since)),
            restarts: row.restarts(),
            last_exit: row.last_exit.as_ref().map(told),
            last_exit_expected: row.last_exit.map(|exit| exit.expected),
            last_exit_at: row.last_exit.map(|exit| seconds(exit.at.wall)),
            failure: row.last_failure.as_ref().map(|failure| failure.cause.to_string()),
            attempt: row.attempt.map(|attempt| attempt.number),
            attempts: row.attempt.map(|attempt| attempt.of),
            next_retry_at: row.next_start.map(|at| seconds(at.wall)),
            memory: used.map(|used| used.usage.memory),
            cpu_seconds: used.map(|used| used.usage.cpu),
            cpu_percent: used.and_then(|used| used.cpu_percent),
            processes: used.map(|used| used.usage.processes),
            stdout_log: row.stdout_logfile.is_some(),
            stderr_log: row.stderr_logfile.is_some(),
            listener: self.pools.contains(&*row.group),
        }
    }
}

/// Seconds since 1970, exact to a microsecond for centuries.
pub(in crate::http) fn seconds(at: Wall) -> f64 {
    at.0 as f64 / 1e6
}

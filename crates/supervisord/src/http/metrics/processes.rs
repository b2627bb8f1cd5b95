//! The families about processes.

use std::time::{SystemTime, UNIX_EPOCH};

use provost_config::signal;
use provost_core::status::{ProcessStatus, State};

use super::Figures;
use super::text::Kind::{Counter, Gauge};
use super::text::{Kind, Labels, Page};
use crate::feed::Ending;
use crate::http::api::seconds;

/// One row, with its labels.
struct Row<'a> {
    status: &'a ProcessStatus,
    labels: Labels,
}

/// A family with at most one sample for each process.
type Column = (&'static str, Kind, &'static str, fn(&Row<'_>, &Figures<'_>) -> Option<f64>);

pub(super) fn write(page: &mut Page, figures: &Figures<'_>) {
    let rows: Vec<Row<'_>> = figures
        .snapshot
        .processes
        .iter()
        .map(|row| {
            let labels = Labels::new([("name", &row.recipe.name), ("group", &row.group)]);
            Row { status: row, labels }
        })
        .collect();
    for (name, kind, help, value) in COLUMNS {
        let mut family = page.family(name, *kind, help);
        for row in &rows {
            if let Some(value) = value(row, figures) {
                family.sample(&row.labels, value);
            }
        }
    }
    write_exits(page, &rows, figures);
}

fn write_exits(page: &mut Page, rows: &[Row<'_>], figures: &Figures<'_>) {
    let help = "How often children ended, by exit code or by signal.";
    let mut family = page.family("provost_process_exits_total", Counter, help);
    for row in rows {
        for (ending, times) in figures.app.ports.feed.exits(&row.status.group, &row.status.recipe.name) {
            let labels = match ending {
                Ending::Code(code) => row.labels.and([("code", &code.to_string()), ("signal", "")]),
                Ending::Signal(number) => row.labels.and([("code", ""), ("signal", &signal::name(number))]),
            };
            family.sample(&labels, times as f64);
        }
    }
}

/// The first four are those of node_exporter's collector `supervisord`, with its names, labels, types and rules.
#[rustfmt::skip]
const COLUMNS: &[Column] = &[
    ("node_supervisord_exit_status", Gauge, "Process Exit Status",
        |row, _| Some(row.status.exit_status.unwrap_or(0).into())),
    ("node_supervisord_start_time_seconds", Counter, "Process start time",
        |row, _| has_child(row.status).then(|| row.status.started.map_or(0.0, |at| at.secs() as f64))),
    ("node_supervisord_state", Gauge, "Process State",
        |row, _| Some(row.status.state.code().into())),
    ("node_supervisord_up", Gauge, "Process Up",
        |row, _| Some(if has_child(row.status) { 1.0 } else { 0.0 })),
    ("provost_process_state", Gauge, "State: 0 STOPPED, 10 STARTING, 20 RUNNING, 30 BACKOFF, 40 STOPPING, 100 EXITED, 200 FATAL.",
        |row, _| Some(row.status.state.code().into())),
    ("provost_process_start_time_seconds", Gauge, "When it was last started, in seconds since 1970.",
        |row, _| row.status.started.map(seconds)),
    ("provost_process_uptime_seconds", Gauge, "How long its child has been there.",
        |row, _| row.status.pid.and(row.status.started).map(|since| (now() - seconds(since)).max(0.0))),
    ("provost_process_restarts_total", Counter, "Children it has had after its first.",
        |row, _| Some(row.status.restarts().into())),
    ("provost_process_last_exit_expected", Gauge, "Whether the end of its last child was to be expected.",
        |row, _| row.status.last_exit.map(|exit| if exit.expected { 1.0 } else { 0.0 })),
    ("provost_process_cpu_seconds_total", Counter, "Processor seconds of the tree of its processes.",
        |row, figures| figures.sample.of(row.status.pid).map(|used| used.usage.cpu)),
    ("provost_process_resident_memory_bytes", Gauge, "Resident memory of the tree of its processes.",
        |row, figures| figures.sample.of(row.status.pid).map(|used| used.usage.memory as f64)),
    ("provost_process_processes", Gauge, "Processes of its tree.",
        |row, figures| figures.sample.of(row.status.pid).map(|used| used.usage.processes.into())),
    ("provost_process_open_fds", Gauge, "Open descriptors of its child, without the rest of the tree.",
        |row, figures| row.status.pid.and_then(|pid| figures.descriptors.get(&pid)).map(|count| *count as f64)),
    ("provost_process_log_bytes_dropped_total", Counter, "Bytes of its output that did not reach its logs.",
        |row, figures| Some(figures.app.ports.watches.lost(row.status.id) as f64)),
];

fn has_child(row: &ProcessStatus) -> bool {
    matches!(row.state, State::Starting | State::Running | State::Stopping)
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

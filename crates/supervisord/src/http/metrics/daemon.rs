//! The families about the daemon itself.

use provost_core::status::State;

use super::Figures;
use super::text::Kind::{Counter, Gauge, Histogram};
use super::text::{Labels, Page};
use crate::http::api::seconds;
use crate::http::limits::MAX_STREAMS;
use crate::http::meter::{BOUNDS, Meter};

pub(super) fn write(page: &mut Page, figures: &Figures<'_>) {
    write_state(page, figures);
    write_own(page, figures);
    write_losses(page, figures);
    write_calls(page, &figures.app.meter);
    let responses = figures.app.meter.responses();
    let mut family =
        page.family("provost_http_responses_total", Counter, "Answers of the HTTP servers by status.");
    for (code, times) in responses {
        family.sample(&Labels::new([("code", &code.to_string())]), times as f64);
    }
}

fn write_state(page: &mut Page, figures: &Figures<'_>) {
    let snapshot = figures.snapshot;
    let identity =
        Labels::new([("version", env!("CARGO_PKG_VERSION")), ("identifier", &snapshot.identifier)]);
    page.family("provost_info", Gauge, "Version and name of the daemon; always 1.").sample(&identity, 1.0);
    let mood = (
        "What the daemon is doing: 1 supervising, 0 restarting, -1 shutting down.",
        f64::from(snapshot.mood.code()),
    );
    page.single("provost_state", Gauge, mood);
    let mut family = page.family("provost_processes", Gauge, "Processes by state.");
    for state in STATES {
        let count = snapshot.processes.iter().filter(|row| row.state == state).count();
        family.sample(&Labels::new([("state", state.name())]), count as f64);
    }
    page.single("provost_groups", Gauge, ("Active groups.", snapshot.groups.len() as f64));
}

const STATES: [State; 8] = [
    State::Stopped,
    State::Starting,
    State::Running,
    State::Backoff,
    State::Stopping,
    State::Exited,
    State::Fatal,
    State::Unknown,
];

/// The names that Prometheus' own libraries use for every program.
fn write_own(page: &mut Page, figures: &Figures<'_>) {
    let own = &figures.own;
    let born = seconds(figures.app.ports.feed.born());
    page.single(
        "process_start_time_seconds",
        Gauge,
        ("When the daemon was started or started over, in seconds since 1970.", born),
    );
    let figures = [
        ("process_cpu_seconds_total", Counter, "Processor seconds of the daemon itself.", own.cpu),
        ("process_resident_memory_bytes", Gauge, "Resident memory of the daemon itself.", own.memory),
        ("process_open_fds", Gauge, "Open descriptors of the daemon.", own.open_descriptors),
        ("process_max_fds", Gauge, "Descriptors that the daemon may open.", own.most_descriptors),
    ];
    for (name, kind, help, value) in figures {
        let mut family = page.family(name, kind, help);
        if let Some(value) = value {
            family.sample(&Labels::default(), value);
        }
    }
}

fn write_losses(page: &mut Page, figures: &Figures<'_>) {
    let app = figures.app;
    let lines = app.ports.logs.dropped_lines() as f64;
    let help = "Lines of the activity log that were dropped because it could not be written in time.";
    page.single("provost_log_lines_dropped_total", Counter, (help, lines));
    let pieces = app.ports.supervisor.dropped_output() as f64;
    let help = "Pieces of output that did not become events because they came too fast.";
    page.single("provost_output_events_dropped_total", Counter, (help, pieces));
    let streams = MAX_STREAMS - app.streams.available_permits();
    page.single(
        "provost_http_streams",
        Gauge,
        ("Event streams and live logs that are open.", streams as f64),
    );
    let mut family =
        page.family("provost_http_limits_total", Counter, "How often a limit of the HTTP servers was met.");
    for (limit, times) in app.overflows.times() {
        family.sample(&Labels::new([("limit", limit)]), times as f64);
    }
    let pools = || figures.snapshot.groups.iter().filter_map(|group| Some((group, group.pool.as_ref()?)));
    let mut family =
        page.family("provost_listener_events_buffered", Gauge, "Events that wait for a listener.");
    for (group, pool) in pools() {
        family.sample(&Labels::new([("group", &group.config.name)]), pool.buffered() as f64);
    }
    let help = "Events that were dropped because too many waited for a listener.";
    let mut family = page.family("provost_listener_events_dropped_total", Counter, help);
    for (group, pool) in pools() {
        family.sample(&Labels::new([("group", &group.config.name)]), pool.dropped() as f64);
    }
}

fn write_calls(page: &mut Page, meter: &Meter) {
    let accounts = meter.calls();
    let mut family = page.family("provost_rpc_faults_total", Counter, "XML-RPC calls that came to a fault.");
    for ((space, name), account) in &accounts {
        family.sample(&Labels::new([("namespace", space), ("method", name)]), account.faults as f64);
    }
    let help = "How long XML-RPC calls took from the last byte of the request to the answer.";
    let mut family = page.family("provost_rpc_duration_seconds", Histogram, help);
    for ((space, name), account) in &accounts {
        let labels = Labels::new([("namespace", space), ("method", name)]);
        let mut so_far = 0;
        for (bound, times) in BOUNDS.iter().zip(account.within) {
            so_far += times;
            family.part("_bucket", &labels.and([("le", &bound.as_secs_f64().to_string())]), so_far as f64);
        }
        family.part("_bucket", &labels.and([("le", "+Inf")]), account.times as f64);
        family.part("_sum", &labels, account.total.as_secs_f64());
        family.part("_count", &labels, account.times as f64);
    }
}

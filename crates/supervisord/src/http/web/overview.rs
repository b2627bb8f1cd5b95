//! The overview: every program, by group, with what can be done to it.
//!
//! The page is complete as it comes; the script only keeps it up to date. So searching, filtering and sorting work in the
//! address too.

use std::cmp::Ordering;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;

use super::desk::Desk;
use super::frame::{Frame, Place, Visitor, quoted, show};
use super::old;
use super::texts::Texts;
use crate::http::App;
use crate::http::api::bookmark::EventId;
use crate::http::api::view::{ProcessView, Viewer};

/// The states in the order in which people want to see them, worst first.
pub(super) const STATES: [&str; 8] =
    ["FATAL", "BACKOFF", "UNKNOWN", "STARTING", "STOPPING", "RUNNING", "EXITED", "STOPPED"];

/// Seconds for which a death is remembered where restarts are shown; the script has the same number.
const OF_LATE: f64 = 300.0;

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    t: &'static Texts,
    search: String,
    state: String,
    sort: Order,
    totals: Vec<Total>,
    count: usize,
    sections: Vec<Section>,
}

/// How many processes are in a state.
struct Total {
    state: &'static str,
    word: &'static str,
    count: usize,
    class: &'static str,
}

/// Rows that stand together.
struct Section {
    /// The group that they are, and that can be started and stopped as a whole; nothing for programs on their own.
    group: Option<String>,
    rows: Vec<Row>,
}

/// One process.
pub(super) struct Row {
    pub(super) view: ProcessView,
    pub(super) link: String,
    pub(super) word: &'static str,
    /// The class that the reference's page gives to its state.
    pub(super) class: &'static str,
    /// Why it is as it is, or what is to be said of it.
    pub(super) note: String,
    pub(super) uptime: String,
    pub(super) cpu: String,
    pub(super) memory: String,
}

impl Row {
    pub(super) fn new(view: ProcessView, t: &Texts) -> Self {
        Self {
            link: format!("program.html?name={}", quoted(&view.name)),
            word: t.state(view.state),
            class: class_of(view.state),
            note: note(&view, t),
            uptime: view.uptime.map(|seconds| duration(seconds, t)).unwrap_or_default(),
            cpu: view.cpu_percent.map(|share| format!("{share:.1} %")).unwrap_or_default(),
            memory: view.memory.filter(|bytes| *bytes > 0).map(size).unwrap_or_default(),
            view,
        }
    }

    #[cfg(test)]
    fn blank(t: &Texts) -> Self {
        Self::new(
            ProcessView {
                name: String::new(),
                group: String::new(),
                process: String::new(),
                state: "STOPPED",
                statecode: 0,
                pid: None,
                description: String::new(),
                started_at: None,
                stopped_at: None,
                uptime: None,
                restarts: 0,
                last_exit: None,
                last_exit_expected: None,
                last_exit_at: None,
                failure: None,
                attempt: None,
                attempts: None,
                next_retry_at: None,
                memory: None,
                cpu_seconds: None,
                cpu_percent: None,
                processes: None,
                stdout_log: true,
                stderr_log: true,
                listener: false,
            },
            t,
        )
    }

    /// When its child was started, if it has one, in seconds since 1970.
    pub(super) fn since(&self) -> Option<f64> {
        self.view.uptime.and(self.view.started_at)
    }

    /// Whether it runs again after a death of late that nobody expected: what is green may not be well.
    pub(super) fn is_restless(&self) -> bool {
        let is_new = self.view.uptime.is_some_and(|seconds| seconds < OF_LATE);
        is_new && self.view.restarts > 0 && self.view.last_exit_expected == Some(false)
    }

    /// Whether it can be stopped; otherwise it can be started.
    pub(super) fn is_up(&self) -> bool {
        matches!(self.view.state, "STARTING" | "RUNNING" | "BACKOFF" | "STOPPING")
    }
}

/// The class of a state in the reference's page, which tools look for.
pub(super) fn class_of(state: &str) -> &'static str {
    match state {
        "RUNNING" => "statusrunning",
        "FATAL" | "BACKOFF" => "statuserror",
        _ => "statusnominal",
    }
}

/// What is to be said of a process beside its state: the reason of a failure, or how its last child ended.
fn note(view: &ProcessView, t: &Texts) -> String {
    let failed = matches!(view.state, "FATAL" | "BACKOFF" | "STARTING");
    if let Some(failure) = view.failure.as_ref().filter(|_| failed) {
        return match (view.attempt, view.attempts) {
            (Some(attempt), Some(of)) => format!("{failure} ({} {attempt}/{of})", t.js_attempt),
            _ => failure.clone(),
        };
    }
    match (&view.last_exit, view.state) {
        (Some(exit), "RUNNING" | "STARTING") if view.restarts > 0 => format!("{}: {exit}", t.js_last_exit),
        (_, "RUNNING" | "STARTING" | "STOPPING") => String::new(),
        (Some(exit), _) => exit.clone(),
        (None, "STOPPED") => t.js_never_started.to_owned(),
        (None, _) => view.description.clone(),
    }
}

/// A time span for people: `3:04:05`, `2 d 3:04:05`.
pub(super) fn duration(seconds: f64, t: &Texts) -> String {
    // Durations are never negative and far from what the type can hold.
    let seconds = seconds.max(0.0) as u64;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let clock = format!("{}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
    if days == 0 { clock } else { format!("{days} {} {clock}", t.js_days) }
}

/// A number of bytes for people: `512 KB`, `1.5 GB`.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let mut number = bytes as f64;
    let mut unit = 0;
    while number >= 1000.0 && unit + 1 < UNITS.len() {
        number /= 1024.0;
        unit += 1;
    }
    if number < 10.0 && unit > 0 {
        format!("{number:.1} {}", UNITS[unit])
    } else {
        format!("{number:.0} {}", UNITS[unit])
    }
}

/// How the rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    #[default]
    Group,
    Name,
    State,
    Uptime,
    Cpu,
    Memory,
    Restarts,
}

impl Order {
    const ALL: [Self; 7] =
        [Self::Group, Self::Name, Self::State, Self::Uptime, Self::Cpu, Self::Memory, Self::Restarts];

    fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Name => "name",
            Self::State => "state",
            Self::Uptime => "uptime",
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Restarts => "restarts",
        }
    }

    fn word(self, t: &Texts) -> &'static str {
        match self {
            Self::Group => t.sort_group,
            Self::Name => t.sort_name,
            Self::State => t.sort_state,
            Self::Uptime => t.sort_uptime,
            Self::Cpu => t.sort_cpu,
            Self::Memory => t.sort_memory,
            Self::Restarts => t.sort_restarts,
        }
    }

    fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|order| order.name() == text).unwrap_or_default()
    }

    fn compare(self, one: &ProcessView, other: &ProcessView) -> Ordering {
        let rank = |view: &ProcessView| STATES.iter().position(|state| *state == view.state);
        let first = match self {
            Self::Group | Self::Name => Ordering::Equal,
            Self::State => rank(one).cmp(&rank(other)),
            Self::Uptime => most(one.uptime, other.uptime),
            Self::Cpu => most(one.cpu_percent, other.cpu_percent),
            Self::Memory => other.memory.cmp(&one.memory),
            Self::Restarts => other.restarts.cmp(&one.restarts),
        };
        first.then_with(|| one.name.cmp(&other.name))
    }
}

/// The larger number first, what has none last.
fn most(one: Option<f64>, other: Option<f64>) -> Ordering {
    other.unwrap_or(-1.0).total_cmp(&one.unwrap_or(-1.0))
}

/// `/` and `/index.html`.
pub(super) async fn show_page(
    State(app): State<Arc<App>>,
    Extension(desk): Extension<Arc<Desk>>,
    visitor: Visitor,
) -> Response {
    if visitor.query.find("action").is_some_and(|action| action != "refresh") {
        return old::act(&app, &desk, &visitor, &visitor.query).await;
    }
    page(&app, &visitor).await
}

/// The overview as it is now.
pub(super) async fn page(app: &App, visitor: &Visitor) -> Response {
    // Asked for first: the script sees a change twice rather than never.
    let latest = EventId::latest(&app.ports.feed);
    let viewer = Viewer::full(app).await;
    let mut page = overview(&viewer, visitor);
    page.frame.follow(&latest);
    show(&page, visitor).await
}

fn overview(viewer: &Viewer, visitor: &Visitor) -> Overview {
    let t = visitor.texts();
    let search = visitor.query.text("q").to_owned();
    let state = visitor.query.text("state").to_ascii_uppercase();
    let sort = Order::parse(visitor.query.text("sort"));
    let all: Vec<ProcessView> = viewer.all().collect();
    let total = |state: &'static str| Total {
        state,
        word: t.state(state),
        count: all.iter().filter(|view| view.state == state).count(),
        class: class_of(state),
    };
    let totals = STATES.into_iter().map(total).collect();
    let count = all.len();
    let needle = search.to_lowercase();
    let wanted = |row: &Row| {
        (state.is_empty() || row.view.state == state)
            && (needle.is_empty()
                || row.view.name.to_lowercase().contains(&needle)
                || row.note.to_lowercase().contains(&needle))
    };
    let rows: Vec<Row> = all.into_iter().map(|view| Row::new(view, t)).filter(wanted).collect();
    let itself = format!("./?q={}&state={}&sort={}", quoted(&search), quoted(&state), sort.name());
    let frame = Frame::new(visitor, Place::Programs, t.overview_title, Some(&viewer.snapshot)).at(itself);
    Overview { frame, t, search, state, sort, totals, count, sections: sections(rows, sort) }
}

/// Groups in their order by name; a program on its own is a group of one that needs no heading, and these come first.
fn sections(mut rows: Vec<Row>, sort: Order) -> Vec<Section> {
    rows.sort_by(|one, other| sort.compare(&one.view, &other.view));
    if sort != Order::Group {
        return vec![Section { group: None, rows }];
    }
    let (single, grouped): (Vec<Row>, Vec<Row>) =
        rows.into_iter().partition(|row| row.view.group == row.view.process);
    let mut sections = Vec::new();
    if !single.is_empty() {
        sections.push(Section { group: None, rows: single });
    }
    for row in grouped {
        match sections.last_mut() {
            Some(Section { group: Some(group), rows }) if *group == row.view.group => rows.push(row),
            _ => sections.push(Section { group: Some(row.view.group.clone()), rows: vec![row] }),
        }
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::web::texts::Language;

    fn row(group: &str, process: &str) -> Row {
        let mut row = Row::blank(Language::English.texts());
        row.view.name = if group == process { process.into() } else { format!("{group}:{process}") };
        (row.view.group, row.view.process) = (group.into(), process.into());
        row
    }

    #[test]
    fn groups_stand_together_and_single_programs_first() {
        let rows = vec![row("b", "b"), row("g", "2"), row("a", "a"), row("g", "1"), row("f", "1")];
        let sections = sections(rows, Order::Group);
        let shown: Vec<(Option<&str>, Vec<&str>)> = sections
            .iter()
            .map(|section| {
                let names = section.rows.iter().map(|row| row.view.name.as_str()).collect();
                (section.group.as_deref(), names)
            })
            .collect();
        assert_eq!(
            shown,
            [(None, vec!["a", "b"]), (Some("f"), vec!["f:1"]), (Some("g"), vec!["g:1", "g:2"])]
        );
    }

    #[test]
    fn orders_put_the_interesting_first() {
        let mut quiet = row("a", "a");
        let mut busy = row("b", "b");
        (busy.view.cpu_percent, busy.view.memory, busy.view.state) = (Some(1.0), Some(9), "FATAL");
        quiet.view.uptime = Some(5.0);
        for (order, expect) in [
            (Order::Name, Ordering::Less),
            (Order::Cpu, Ordering::Greater),
            (Order::Memory, Ordering::Greater),
            (Order::State, Ordering::Greater),
            (Order::Uptime, Ordering::Less),
            (Order::Restarts, Ordering::Less),
        ] {
            assert_eq!(order.compare(&quiet.view, &busy.view), expect, "{order:?}");
        }
    }

    #[test]
    fn numbers_are_for_people() {
        let t = Language::English.texts();
        for (seconds, expect) in
            [(0.0, "0:00:00"), (3725.9, "1:02:05"), (90_061.0, "1 d 1:01:01"), (-5.0, "0:00:00")]
        {
            assert_eq!(duration(seconds, t), expect);
        }
        for (bytes, expect) in
            [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (1 << 20, "1.0 MB"), (300 << 20, "300 MB")]
        {
            assert_eq!(size(bytes), expect);
        }
    }

    #[test]
    fn only_new_deaths_that_surprise_are_marked() {
        for (uptime, restarts, expected, expect) in [
            (Some(299.0), 1, Some(false), true),
            (Some(301.0), 1, Some(false), false),
            (Some(1.0), 0, None, false),
            (Some(1.0), 1, Some(true), false),
            (None, 9, Some(false), false),
        ] {
            let mut row = row("a", "a");
            (row.view.uptime, row.view.restarts) = (uptime, restarts);
            row.view.last_exit_expected = expected;
            assert_eq!(row.is_restless(), expect, "{uptime:?} {restarts} {expected:?}");
        }
    }

    #[test]
    fn notes_tell_why() {
        let t = Language::English.texts();
        let mut view = row("a", "a").view;
        assert_eq!(note(&view, t), "Not started");
        (view.last_exit, view.state) = (Some("exit status 3".into()), "EXITED");
        assert_eq!(note(&view, t), "exit status 3");
        view.state = "RUNNING";
        assert_eq!(note(&view, t), "");
        view.restarts = 1;
        assert_eq!(note(&view, t), "last exit: exit status 3");
        (view.state, view.failure) = ("FATAL", Some("no such file".into()));
        (view.attempt, view.attempts) = (Some(4), Some(4));
        assert_eq!(note(&view, t), "no such file (attempt 4/4)");
    }
}

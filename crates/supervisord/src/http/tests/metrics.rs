//! `/metrics`, read by a parser that takes nothing but what the exposition format 0.0.4 allows.

use std::collections::{BTreeMap, BTreeSet};

use provost_core::notice::{Notice, ProcessName};
use provost_core::status::{ExitStatus, State};
use provost_core::time::Wall;

use super::world::{Setup, World, exited, row};

/// A sample's name and labels, as they were written but for their order.
type Series = (String, BTreeMap<String, String>);

/// The samples of a page, or what is wrong with it.
fn parse(page: &str) -> Result<BTreeMap<Series, f64>, String> {
    let page = page.strip_suffix('\n').ok_or("the last line has no end")?;
    let mut samples = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut family: Option<(String, String)> = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, text) = help.split_once(' ').ok_or(format!("no text: {line}"))?;
            if !is_name(name) || text.is_empty() || !seen.insert(name.to_owned()) {
                return Err(format!("a bad or second help: {line}"));
            }
            let kind = lines.next().and_then(|line| line.strip_prefix(&format!("# TYPE {name} ")));
            let kind = kind.filter(|kind| ["counter", "gauge", "histogram"].contains(kind));
            family = Some((name.to_owned(), kind.ok_or(format!("no type: {name}"))?.to_owned()));
            continue;
        }
        let (series, value) = sample(line)?;
        let (name, kind) = family.as_ref().ok_or(format!("a sample without a family: {line}"))?;
        let base = match kind.as_str() {
            "histogram" => ["_bucket", "_sum", "_count"].iter().find_map(|end| series.0.strip_suffix(end)),
            _ => Some(series.0.as_str()),
        };
        if base != Some(name) {
            return Err(format!("a sample of another family: {line}"));
        }
        if kind == "counter" && value < 0.0 {
            return Err(format!("a negative counter: {line}"));
        }
        if samples.insert(series, value).is_some() {
            return Err(format!("twice: {line}"));
        }
    }
    check_histograms(&samples)?;
    Ok(samples)
}

/// Buckets grow, and the last of them is the count.
fn check_histograms(samples: &BTreeMap<Series, f64>) -> Result<(), String> {
    for ((name, labels), count) in samples.iter().filter(|((name, _), _)| name.ends_with("_count")) {
        let bucket_name = name.replace("_count", "_bucket");
        let mut buckets: Vec<(f64, f64)> = samples
            .iter()
            .filter(|((name, _), _)| *name == bucket_name)
            .filter(|((_, of), _)| labels.iter().all(|(key, value)| of.get(key) == Some(value)))
            .map(|((_, of), value)| (of["le"].parse().unwrap_or(f64::INFINITY), *value))
            .collect();
        buckets.sort_by(|one, other| one.partial_cmp(other).expect("bounds are numbers"));
        let last = buckets.last().ok_or(format!("no buckets: {name}"))?;
        if !buckets.is_sorted_by_key(|(_, value)| *value) || last != &(f64::INFINITY, *count) {
            return Err(format!("the buckets of {name} do not add up: {buckets:?}"));
        }
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
}

/// `name{label="value",…} number`.
fn sample(line: &str) -> Result<(Series, f64), String> {
    let wrong = |what: &str| format!("{what}: {line}");
    let end = line.find(['{', ' ']).ok_or(wrong("no value"))?;
    let (name, mut rest) = line.split_at(end);
    if !is_name(name) {
        return Err(wrong("not a name"));
    }
    let mut labels = BTreeMap::new();
    if let Some(mut inside) = rest.strip_prefix('{') {
        loop {
            let (label, behind) = inside.split_once("=\"").ok_or(wrong("no label"))?;
            let (value, behind) = unquote(behind).ok_or(wrong("a value that does not end"))?;
            if !is_name(label) || label.contains(':') || labels.insert(label.to_owned(), value).is_some() {
                return Err(wrong("a bad or second label"));
            }
            match behind.strip_prefix(',') {
                Some(more) => inside = more,
                None => {
                    rest = behind.strip_prefix('}').ok_or(wrong("no bracket"))?;
                    break;
                }
            }
        }
    }
    let value = rest.strip_prefix(' ').ok_or(wrong("no blank"))?;
    let value = value.parse().map_err(|_| wrong("not a number"))?;
    Ok(((name.to_owned(), labels), value))
}

/// The value up to its closing quote, and what stands behind that.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(match chars.next()?.1 {
                'n' => '\n',
                c @ ('\\' | '"') => c,
                _ => return None,
            }),
            c => value.push(c),
        }
    }
    None
}

fn scrape(world: &World) -> BTreeMap<Series, f64> {
    let answer = world.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    parse(&answer.text()).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn check(samples: &BTreeMap<Series, f64>, name: &str, labels: &[(&str, &str)], expect: Option<f64>) {
    let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    assert_eq!(samples.get(&(name.to_owned(), labels)).copied(), expect, "{name}");
}

#[test]
fn the_parser_is_strict() {
    for page in [
        "a 1\n",
        "# HELP a x\n# TYPE a gauge\na 1",
        "# HELP a x\n# TYPE b gauge\na 1\n",
        "# HELP a x\n# TYPE a gauge\na 1\na 2\n",
        "# HELP a x\n# TYPE a gauge\na{b=\"\"\"} 1\n",
        "# HELP a x\n# TYPE a gauge\na{b=\"\\x\"} 1\n",
        "# HELP a x\n# TYPE a gauge\na{b=\"1\",b=\"2\"} 1\n",
        "# HELP a x\n# TYPE a gauge\nb 1\n",
        "# HELP a x\n# TYPE a counter\na -1\n",
        "# HELP a x\n# TYPE a gauge\n# HELP a x\n# TYPE a gauge\n",
        "# HELP a x\n# TYPE a histogram\na_count 1\na_sum 1\n",
    ] {
        assert!(parse(page).is_err(), "{page}");
    }
    assert!(parse("# HELP a x\n# TYPE a gauge\na{b=\"1\\\"\\\\\\n\",c=\"}\"} 1.5\n").is_ok());
}

#[test]
fn processes_have_figures_of_their_own() {
    let hostile = "<\"\\\n>{},= ü";
    let mut processes = vec![
        exited(row(1, "a", "a", State::Exited), 3, 1000),
        row(2, "g", hostile, State::Fatal),
        row(3, "g", "two", State::Running),
    ];
    processes[0].spawns = 4;
    processes[2].started = Some(Wall(1_700_000_000_250_000));
    let world = World::new(Setup { processes, ..Setup::default() });
    let process = ProcessName { group: "a".into(), name: "a".into() };
    let ended = |status| Notice::Exited { process: process.clone(), status, expected: false };
    let killed = ExitStatus::Signaled { signal: 9, core_dumped: true };
    let endings = [ExitStatus::Exited(3), killed, ExitStatus::Exited(3)].map(ended);
    world.ports.feed.add(Wall(1), endings.into_iter());
    let samples = scrape(&world);
    let (a, two) = ([("name", "a"), ("group", "a")], [("name", "two"), ("group", "g")]);
    check(&samples, "node_supervisord_up", &a, Some(0.0));
    check(&samples, "node_supervisord_up", &two, Some(1.0));
    check(&samples, "node_supervisord_state", &a, Some(100.0));
    check(&samples, "node_supervisord_exit_status", &a, Some(3.0));
    check(&samples, "node_supervisord_start_time_seconds", &a, None);
    check(&samples, "node_supervisord_start_time_seconds", &two, Some(1_700_000_000.0));
    check(&samples, "provost_process_start_time_seconds", &two, Some(1_700_000_000.25));
    check(&samples, "provost_process_restarts_total", &a, Some(3.0));
    check(&samples, "provost_process_last_exit_expected", &a, Some(0.0));
    check(&samples, "provost_process_log_bytes_dropped_total", &a, Some(0.0));
    check(&samples, "node_supervisord_state", &[("name", hostile), ("group", "g")], Some(200.0));
    let exits = "provost_process_exits_total";
    check(&samples, exits, &[a[0], a[1], ("code", "3"), ("signal", "")], Some(2.0));
    check(&samples, exits, &[a[0], a[1], ("code", ""), ("signal", "SIGKILL")], Some(1.0));
    check(&samples, "provost_processes", &[("state", "FATAL")], Some(1.0));
    check(&samples, "provost_processes", &[("state", "BACKOFF")], Some(0.0));
}

#[test]
fn calls_and_answers_are_counted() {
    let world = World::new(Setup::default());
    world.rpc("supervisor.getPID", &[]).expect("the daemon has one");
    world.rpc("supervisor.getProcessInfo", &["nobody".into()]).expect_err("there is no such process");
    world.rpc("supervisor.<script>", &[]).expect_err("there is no such method");
    world.ask("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let samples = scrape(&world);
    for (space, method, times, faults) in [
        ("supervisor", "getPID", 1.0, 0.0),
        ("supervisor", "getProcessInfo", 1.0, 1.0),
        ("other", "other", 1.0, 1.0),
    ] {
        let labels = [("namespace", space), ("method", method)];
        check(&samples, "provost_rpc_duration_seconds_count", &labels, Some(times));
        check(&samples, "provost_rpc_faults_total", &labels, Some(faults));
    }
    check(&samples, "provost_http_responses_total", &[("code", "200")], Some(3.0));
    check(&samples, "provost_http_responses_total", &[("code", "404")], Some(1.0));
    check(&samples, "provost_http_limits_total", &[("limit", "large_body")], Some(0.0));
    check(&samples, "provost_state", &[], Some(1.0));
}

/// What `docs/metrics.md` says before its table.
const HEAD: &str = include_str!("../metrics/metrics.md");

#[test]
fn metrics_document_is_current() {
    let world = World::new(Setup::default());
    let page = world.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").text();
    let mut text = HEAD.to_owned();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some((name, help)) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')) else {
            continue;
        };
        let kind = lines.next().and_then(|line| line.rsplit(' ').next()).expect("a type follows the help");
        text.push_str(&format!("| `{name}` | {kind} | {help} |\n"));
    }
    super::check_document("metrics.md", &text);
}

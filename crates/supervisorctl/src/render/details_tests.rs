//! What `status -l` and `status --watch` show.

use super::*;
use crate::remote::ProcessInfo;

fn info(name: &str, state: &str, description: &str) -> ProcessInfo {
    ProcessInfo {
        group: name.into(),
        name: name.into(),
        state: 20,
        state_name: state.into(),
        description: description.into(),
        pid: 7,
    }
}

/// A process that never did anything.
fn quiet() -> Details {
    Details {
        started: None,
        uptime: None,
        restarts: 0,
        last_exit: None,
        failure: None,
        attempt: 0,
        attempts: 3,
        next_retry_in: None,
        memory: 0.0,
        cpu: 0.0,
        processes: 0,
        events_buffered: 0,
        events_dropped: 0,
        log_bytes_dropped: 0.0,
    }
}

fn row(details: Option<Details>, cpu_percent: Option<f64>) -> Row {
    Row { info: info("web", "RUNNING", "pid 7, uptime 0:00:05"), details, cpu_percent }
}

#[test]
fn facts_of_a_process() {
    let check = |change: fn(&mut Details), expect: &[&str]| {
        let mut details = quiet();
        change(&mut details);
        let lines = blocks(&[row(Some(details), Some(12.34))], Paint::Plain);
        assert_eq!(lines[0], "web                              RUNNING   pid 7, uptime 0:00:05");
        assert_eq!(lines[1..], *expect);
    };
    check(|_| {}, &["    restarts    0"]);
    check(
        |details| {
            (details.restarts, details.processes, details.memory, details.cpu) = (2, 3, 12.3e6, 0.519);
        },
        &[
            "    restarts    2",
            "    tree        3 processes, 11.7 MiB of memory, 0.52 s of processor time, now 12.3 %",
        ],
    );
    check(
        |details| {
            let text = "exit status 3, not expected".to_owned();
            details.last_exit = Some(LastExit { text, code: Some(3), signal: None, time: None });
            details.failure = Some("can't find command '/x'".to_owned());
            (details.attempt, details.next_retry_in) = (2, Some(1.25));
        },
        &[
            "    restarts    0",
            "    last exit   exit status 3, not expected",
            "    failure     can't find command '/x'",
            "    next start  in 1.2 s, after 2 of 3 attempts",
        ],
    );
    check(
        |details| {
            (details.events_buffered, details.events_dropped, details.log_bytes_dropped) = (1, 2, 2048.0);
        },
        &["    restarts    0", "    events      1 waiting, 2 dropped", "    output      2.0 KiB dropped"],
    );
}

#[test]
fn a_server_that_tells_nothing_more_gets_the_plain_table() {
    let rows = [row(None, None)];
    let plain = status_table(rows.iter().map(|row| &row.info), Paint::Plain);
    assert_eq!(blocks(&rows, Paint::Plain), plain);
    assert_eq!(load_table(&rows, Paint::Plain), plain);
}

#[test]
fn the_table_of_loads_stands_in_columns() {
    let mut busy = quiet();
    (busy.restarts, busy.memory, busy.processes) = (12, 1536.0, 1);
    let rows = [row(Some(quiet()), None), row(Some(busy), Some(150.0))];
    let expect = [
        "NAME                             STATE       CPU %     MEMORY  RESTARTS  DESCRIPTION",
        "web                              RUNNING         -          -         0  pid 7, uptime 0:00:05",
        "web                              RUNNING     150.0    1.5 KiB        12  pid 7, uptime 0:00:05",
    ];
    assert_eq!(load_table(&rows, Paint::Plain), expect);
    let coloured = load_table(&rows, Paint::Colour);
    assert!(coloured[1].contains("\x1b[32mRUNNING\x1b[0m   "), "{}", coloured[1]);
    assert_eq!(coloured[1].replace("\x1b[32m", "").replace("\x1b[0m", ""), expect[1]);
}

#[test]
fn sizes_and_durations() {
    let check = |bytes: f64, expect: &str| assert_eq!(size(bytes), expect);
    check(0.0, "0 B");
    check(1023.0, "1023 B");
    check(1024.0, "1.0 KiB");
    check(1024.0 * 1023.99, "1.0 MiB");
    check(12.5 * 1024.0 * 1024.0, "12.5 MiB");
    check(3.0 * 1024.0 * 1024.0 * 1024.0, "3.0 GiB");
    check(1024f64.powi(6), "1024.0 PiB");
    let check = |seconds: f64, expect: &str| assert_eq!(duration(seconds), expect);
    check(0.0, "0.00 s");
    check(59.99, "59.99 s");
    check(60.0, "0:01:00");
    check(3_723.9, "1:02:03");
    check(360_000.0, "100:00:00");
}

#[test]
fn times_are_local() {
    let shown = local_time(1_700_000_000).expect("it is a time");
    let parsed: jiff::civil::DateTime = shown.replace(' ', "T").parse().expect("it is a date and a time");
    let back = parsed.to_zoned(TimeZone::system()).expect("it exists here").timestamp();
    assert_eq!(back.as_second(), 1_700_000_000);
    assert_eq!(local_time(i64::MAX), None);
}

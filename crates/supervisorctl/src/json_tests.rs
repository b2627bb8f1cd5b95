//! What `--json` prints, held against the table that documents it.

use std::collections::{BTreeMap, BTreeSet};

use super::shapes::SHAPES;
use super::*;
use crate::remote::{ChangedGroup, Channel};

fn info() -> ProcessInfo {
    ProcessInfo {
        group: "g".into(),
        name: "a".into(),
        state: 20,
        state_name: "RUNNING".into(),
        description: "pid 7, uptime 0:00:05".into(),
        pid: 7,
    }
}

fn detailed() -> Row {
    let last_exit = LastExit {
        text: "killed by SIGKILL".into(),
        code: None,
        signal: Some("SIGKILL".into()),
        time: Some(5),
    };
    let details = Details {
        started: Some(1_700_000_000),
        uptime: Some(5.5),
        restarts: 2,
        last_exit: Some(last_exit),
        failure: None,
        attempt: 0,
        attempts: 3,
        next_retry_in: None,
        memory: 4096.0,
        cpu: 0.25,
        processes: 1,
        events_buffered: 0,
        events_dropped: 0,
        log_bytes_dropped: 0.0,
    };
    Row { info: info(), details: Some(details), cpu_percent: Some(1.5) }
}

fn outcome(process: Option<&'static str>) -> Outcome<'static> {
    Outcome { action: "stop", group: "g", process, ok: true, message: "stopped", line: "not shown" }
}

/// The object that these answers make.
fn written(answers: &[Answer<'_>]) -> String {
    let mut document = Document::default();
    answers.iter().for_each(|answer| document.add(answer));
    let line = document.finish().expect("a command line gives one object at least");
    assert_eq!(document, Document::default(), "nothing is left for the next command line");
    line
}

#[test]
fn objects() {
    let check = |answers: &[Answer<'_>], expect: &str| assert_eq!(written(answers), expect);
    check(&[], r#"{"errors":[]}"#);
    check(&[Answer::Version("4.3.0")], r#"{"errors":[],"version":"4.3.0"}"#);
    check(&[Answer::DaemonPid(5)], r#"{"errors":[],"pid":5}"#);
    check(
        &[Answer::Pid("g:a", 7), Answer::Pid("x", 0)],
        r#"{"errors":[],"pids":[{"name":"g:a","pid":7},{"name":"x","pid":null}]}"#,
    );
    check(
        &[Answer::Processes(&[info().into()])],
        r#"{"errors":[],"processes":[{"code":20,"description":"pid 7, uptime 0:00:05","group":"g","name":"g:a","pid":7,"process":"a","state":"RUNNING"}]}"#,
    );
    check(&[Answer::Processes(&[])], r#"{"errors":[],"processes":[]}"#);
    check(&[Answer::Outcome(None)], r#"{"errors":[],"results":[]}"#);
    check(
        &[Answer::Outcome(Some(outcome(Some("g")))), Answer::Outcome(Some(outcome(None)))],
        r#"{"errors":[],"results":[{"action":"stop","group":"g","message":"stopped","name":"g","ok":true,"process":"g"},{"action":"stop","group":"g","message":"stopped","name":"g","ok":true,"process":null}]}"#,
    );
    check(
        &[Answer::Log(LogEnd { of: Some(("g:a", Channel::Stderr)), text: "é\n\u{1}\"" })],
        r#"{"errors":[],"logs":[{"channel":"stderr","name":"g:a","text":"é\n\u0001\""}]}"#,
    );
    check(
        &[Answer::Log(LogEnd { of: None, text: "" })],
        r#"{"errors":[],"logs":[{"channel":null,"name":null,"text":""}]}"#,
    );
}

#[test]
fn messages_and_errors_are_lists() {
    let mut document = Document::default();
    document.message("Shut down".into());
    document.message(String::new());
    document.error("no".into());
    document.error("never".into());
    assert_eq!(document.take(), r#"{"errors":["no","never"],"messages":["Shut down"]}"#);
    assert_eq!(document.take(), r#"{"errors":[]}"#);
}

#[test]
fn a_watch_gives_one_object_per_reading() {
    let mut document = Document::default();
    document.add(&Answer::Processes(&[]));
    assert_eq!(document.take(), r#"{"errors":[],"processes":[]}"#);
    assert_eq!(document.finish(), None);
    document.add(&Answer::Processes(&[]));
    assert_eq!(document.take(), r#"{"errors":[],"processes":[]}"#);
    document.error("gone".into());
    assert_eq!(document.finish().as_deref(), Some(r#"{"errors":["gone"]}"#));
    assert_eq!(document.finish().as_deref(), Some(r#"{"errors":[]}"#));
    // Another program printed something of its own.
    document.leave_to_another();
    assert_eq!(document.finish(), None);
}

/// Adds the keys of every object in `value`, by the key under which it stands.
fn collect(key: &str, value: &Json, found: &mut BTreeMap<String, BTreeSet<String>>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| collect(key, item, found)),
        Json::Object(members) => {
            found.entry(key.to_owned()).or_default().extend(members.keys().cloned());
            members.iter().for_each(|(key, value)| collect(key, value, found));
        }
        _ => {}
    }
}

#[test]
fn the_table_has_every_member_and_no_other() {
    let configured = ConfigInfo {
        group: "g".into(),
        name: "a".into(),
        in_use: true,
        autostart: true,
        group_priority: 1,
        process_priority: 2,
    };
    let mut document = Document::default();
    for answer in [
        Answer::Details(&[detailed()]),
        Answer::Outcome(Some(outcome(None))),
        Answer::Configured(&[configured]),
        Answer::Changes(&Changes::default()),
        Answer::Plan(&Plan::default()),
        Answer::DaemonPid(1),
        Answer::Pid("x", 1),
        Answer::Version("4"),
        Answer::Log(LogEnd { of: None, text: "" }),
    ] {
        document.add(&answer);
    }
    document.message("said".into());
    let object: Json = serde_json::from_str(&document.take()).expect("it is JSON");
    let mut found = BTreeMap::new();
    collect("", &object, &mut found);

    let keys = |members: &[shapes::Member]| {
        members.iter().map(|member| member.key.to_owned()).collect::<BTreeSet<_>>()
    };
    let mut described: BTreeMap<String, BTreeSet<String>> = SHAPES
        .iter()
        .filter(|shape| !shape.members.is_empty())
        .map(|shape| (shape.member.key.to_owned(), keys(shape.members)))
        .collect();
    let outermost =
        SHAPES.iter().map(|shape| shape.member.key.to_owned()).filter(|key| key != "details").collect();
    described.insert(String::new(), outermost);
    // Small ones are described in one line, where they stand.
    described.insert("last_exit".to_owned(), ["code", "signal", "text", "time"].map(str::to_owned).into());
    assert_eq!(found, described);
}

#[test]
fn reasons_of_a_plan() {
    let changed = ChangedGroup { group: "g".into(), reasons: vec!["command".into()] };
    let plan = Plan { added: vec!["n".into()], removed: vec!["r".into()], changed: vec![changed] };
    assert_eq!(
        written(&[Answer::Plan(&plan)]),
        r#"{"errors":[],"plan":{"added":["n"],"changed":[{"group":"g","reasons":["command"]}],"removed":["r"]}}"#
    );
}

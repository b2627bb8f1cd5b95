//! The JSON interface and its event streams.

use std::io::Write;

use provost_config::model::Credentials;
use provost_core::call::{BulkItem, Changes, Fault, Reply};
use provost_core::notice::{Notice, ProcessName, StateDetail};
use provost_core::output::Channel;
use provost_core::status::{Mood, Pid, ProcessId, State};
use provost_core::time::Wall;
use serde_json::Value;

use super::world::{Answer, Client, Setup, World, row};

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

fn send(method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

/// Checks the status of an answer and, given as a JSON pointer and a value, something in it.
#[track_caller]
fn check(world: &World, request: &str, status: u16, (pointer, value): (&str, Value)) {
    let answer = world.ask(request);
    assert_eq!(answer.status, status, "{request}: {answer:?}");
    let document = json(&answer);
    assert_eq!(document.pointer(pointer), Some(&value), "{request}: {document}");
}

#[track_caller]
fn check_error(world: &World, request: &str, status: u16, code: &str) {
    check(world, request, status, ("/error/code", code.into()));
}

#[test]
fn processes_are_told_as_objects() {
    let world = World::new(Setup::default());
    check(&world, &get("/api/v1"), 200, ("/states", serde_json::json!({"RUNNING": 1, "STOPPED": 2})));
    check(&world, &get("/api/v1/processes"), 200, ("/processes/1/name", "g:one".into()));
    check(&world, &get("/api/v1/processes?group=g&state=RUNNING"), 200, ("/processes", Value::Array(vec![])));
    check(&world, &get("/api/v1/processes?state=running,x"), 200, ("/processes/0/name", "a".into()));
    check(&world, &get("/api/v1/processes/a"), 200, ("/pid", 101.into()));
    check(&world, &get("/api/v1/processes/a:a"), 200, ("/state", "RUNNING".into()));
    check(&world, &get("/api/v1/processes/g:one"), 200, ("/description", "Not started".into()));
    check(&world, &get("/api/v1/groups"), 200, ("/groups/1/processes/0", "g:two".into()));
    check(&world, &get("/api/v1/processes/a/history"), 200, ("/history", Value::Array(vec![])));
    for name in ["x", "g", "g:", "g:*", "g:x", "a%2Fb"] {
        check_error(&world, &get(&format!("/api/v1/processes/{name}")), 404, "BAD_NAME");
    }
    check_error(&world, &get("/api/v1/processes?group=%ff&group=b"), 400, "BAD_REQUEST");
    check_error(&world, &get("/api/v1/processes/%ff"), 404, "NOT_FOUND");
    check_error(&world, &get("/api/v1/nothing"), 404, "NOT_FOUND");
    check_error(&world, &get("/api/v2"), 404, "NOT_FOUND");
    check_error(&world, &send("PUT", "/api/v1/processes/a", ""), 405, "METHOD_NOT_ALLOWED");
    check_error(&world, &get("/api/v1/processes/a/config"), 409, "CANT_REREAD");
}

#[test]
fn names_may_be_hostile() {
    let names = ["<script>alert(1)</script>", "\"';--", "../../etc/passwd", "a b\tc", "ü😀", "%41", "config"];
    let mut processes: Vec<_> =
        (1..).zip(names).map(|(id, name)| row(id, "zz", name, State::Stopped)).collect();
    processes.sort_by(|one, other| one.recipe.name.cmp(&other.recipe.name));
    let world = World::new(Setup { processes, ..Setup::default() });
    for name in names {
        let encoded: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let path = format!("/api/v1/processes/zz%3A{encoded}");
        check(&world, &get(&path), 200, ("/process", name.into()));
        check(&world, &send("POST", &format!("{path}/start"), ""), 200, ("/process", name.into()));
    }
    let answer = world.ask(&get("/api/v1/processes/zz:%3Cscript%3Ealert(1)%3C%2Fscript%3E"));
    assert_eq!(answer.header("content-type"), Some("application/json"), "no browser shows it as a page");
}

/// A daemon whose supervision plane gives one answer to everything.
fn answering(answer: Result<Reply, Fault>) -> World {
    World::new(Setup { script: Box::new(move |_| Some(answer.clone())), ..Setup::default() })
}

#[test]
fn requests_become_calls() {
    let bulk = vec![
        BulkItem { name: "one".into(), group: "g".into(), outcome: Ok(()) },
        BulkItem { name: "two".into(), group: "g".into(), outcome: Err(Fault::NotRunning("g:two".into())) },
    ];
    let world = answering(Ok(Reply::Bulk(bulk)));
    for (request, expect) in [
        (send("POST", "/api/v1/processes/a/start", ""), "Start { target: Process"),
        (send("POST", "/api/v1/processes/a/stop", r#"{"wait":false}"#), "wait: false"),
        (send("POST", "/api/v1/processes/a/signal", r#"{"signal":"HUP"}"#), "signal: Some(1)"),
        (send("POST", "/api/v1/processes/a/signal", r#"{"signal":9}"#), "signal: Some(9)"),
        (send("POST", "/api/v1/processes/a/stdin", r#"{"data":"hi\n"}"#), "data: [104, 105, 10]"),
        (send("POST", "/api/v1/groups/g/stop", "{}"), "Stop { target: Group { group: \"g\""),
        (send("POST", "/api/v1/groups/g/signal", r#"{"signal":"1"}"#), "Signal { target: Group"),
        (send("POST", "/api/v1/actions/start", ""), "Start { target: All, wait: true }"),
        (send("PUT", "/api/v1/groups/g", ""), "AddGroup(\"g\")"),
        (send("DELETE", "/api/v1/groups/g", ""), "RemoveGroup(\"g\")"),
        (send("POST", "/api/v1/remote-events", r#"{"type":"t","data":"d"}"#), "kind: \"t\", data: \"d\""),
        (send("POST", "/api/v1/reread", ""), "Reread("),
    ] {
        let answer = world.ask(&request);
        assert_eq!(answer.status, 200, "{request}: {answer:?}");
        let last = world.calls.lock().expect("no test panics with the lock").last().cloned();
        assert!(last.as_ref().is_some_and(|call| call.contains(expect)), "{request}: {last:?}");
    }
    check(&world, &send("POST", "/api/v1/groups/g/stop", ""), 200, ("/results/0/ok", true.into()));
    check(&world, &send("POST", "/api/v1/groups/g/stop", ""), 200, ("/results/1/code", "NOT_RUNNING".into()));
    check(&world, &send("POST", "/api/v1/groups/g/stop", ""), 200, ("/results/1/message", "g:two".into()));
    check(&world, &send("POST", "/api/v1/shutdown", ""), 202, ("/done", true.into()));
    check(&world, &send("POST", "/api/v1/reload", ""), 202, ("/done", true.into()));
}

#[test]
fn a_restart_stops_and_starts_even_what_does_not_run() {
    let world = World::new(Setup {
        script: Box::new(|call| {
            let stops = format!("{call:?}").starts_with("Stop");
            Some(if stops { Err(Fault::NotRunning("a".into())) } else { Ok(Reply::Done) })
        }),
        ..Setup::default()
    });
    check(&world, &send("POST", "/api/v1/processes/a/restart", ""), 200, ("/name", "a".into()));
    let calls = world.calls.lock().expect("no test panics with the lock").clone();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert!(calls[0].starts_with("Stop") && calls[1].starts_with("Start"), "{calls:?}");
}

#[test]
fn an_update_takes_every_step_and_tells_of_each() {
    let changes = Changes { added: vec!["new".into()], changed: vec!["g".into()], removed: vec!["a".into()] };
    let world = World::new(Setup {
        script: Box::new(move |call| {
            let text = format!("{call:?}");
            Some(match text.split(['(', ' ']).next() {
                Some("Reread") => Ok(Reply::Changes(changes.clone())),
                Some("RemoveGroup") if text.contains("\"a\"") => Err(Fault::StillRunning("a".into())),
                _ => Ok(Reply::Done),
            })
        }),
        ..Setup::default()
    });
    let answer = world.ask(&send("POST", "/api/v1/update", ""));
    let steps = json(&answer)["steps"].clone();
    assert_eq!(
        steps,
        serde_json::json!([
            {"group": "a", "action": "removed", "ok": false, "message": "a"},
            {"group": "g", "action": "updated", "ok": true, "message": null},
            {"group": "new", "action": "added", "ok": true, "message": null},
        ])
    );
    let only = send("POST", "/api/v1/update", r#"{"groups":["new"]}"#);
    check(&world, &only, 200, ("/steps/0/group", "new".into()));
    check(&world, &get("/api/v1/plan"), 200, ("/removed", serde_json::json!(["a", "g"])));
}

#[test]
fn refusals_have_a_status_and_a_code() {
    for (fault, status, code) in [
        (Fault::AlreadyStarted("a".into()), 409, "ALREADY_STARTED"),
        (Fault::BadSignal("x".into()), 400, "BAD_SIGNAL"),
        (Fault::ShutdownState, 503, "SHUTDOWN_STATE"),
        (Fault::NoFile("/x".into()), 409, "NO_FILE"),
    ] {
        check_error(&answering(Err(fault)), &send("POST", "/api/v1/processes/a/start", ""), status, code);
    }
    let world = World::new(Setup::default());
    for (body, status, code) in [
        ("{", 400, "BAD_REQUEST"),
        ("[]", 400, "BAD_REQUEST"),
        (r#"{"wait":1}"#, 400, "BAD_REQUEST"),
        (r#"{"wiat":true}"#, 400, "BAD_REQUEST"),
    ] {
        check_error(&world, &send("POST", "/api/v1/processes/a/start", body), status, code);
    }
    let form = send("POST", "/api/v1/processes/a/start", "{}").replace("application/json", "text/plain");
    check_error(&world, &form, 415, "UNSUPPORTED_MEDIA_TYPE");
    let from_page = form.replace("Host: localhost", "Host: localhost\r\nOrigin: http://localhost");
    check_error(&world, &from_page, 403, "FORBIDDEN");
    let foreign =
        send("POST", "/api/v1/processes/a/start", "").replace("\r\nHost", "\r\nOrigin: http://x\r\nHost");
    check_error(&world, &foreign, 403, "FORBIDDEN");
    assert_eq!(world.calls.lock().expect("no test panics with the lock").len(), 0);
    world.publish(|snapshot| snapshot.mood = Mood::Shutdown);
    check_error(&world, &send("POST", "/api/v1/actions/stop", ""), 503, "SHUTDOWN_STATE");
    check(&world, &get("/api/v1"), 200, ("/state", "SHUTDOWN".into()));
}

fn locked() -> World {
    let credentials = Credentials { username: "user".into(), password: "123".into() };
    World::new(Setup { credentials: Some(credentials), ..Setup::default() })
}

#[test]
fn credentials_are_asked_for_in_the_interfaces_form() {
    let world = locked();
    let answer = world.ask(&get("/api/v1/processes"));
    assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some("Basic realm=\"default\"")));
    assert_eq!(json(&answer)["error"]["code"], "UNAUTHORIZED");
    check_error(&world, &get("/api/v1/events"), 401, "UNAUTHORIZED");
}

#[test]
fn probes_need_no_credentials_and_learn_no_names() {
    let world = locked();
    let with = |path: &str| {
        get(path).replace("Host: localhost", "Host: localhost\r\nAuthorization: Basic dXNlcjoxMjM=")
    };
    let healthy = world.ask(&get("/healthz"));
    assert_eq!((healthy.status, healthy.text().as_str()), (200, "ok\n"));
    let ready = world.ask(&get("/readyz"));
    assert_eq!((ready.status, ready.text().as_str()), (503, "not ready\n"));
    let told = world.ask(&with("/readyz"));
    assert_eq!(told.text(), "not ready\ng:one STOPPED\ng:two STOPPED\n");
    assert_eq!(world.ask(&get("/metrics")).status, 401);
    assert_eq!(world.ask(&with("/metrics")).status, 200);
    assert_eq!(world.ask(&get("/healthz/")).status, 401, "only these paths are open");
}

#[test]
fn the_document_describes_every_address() {
    let world = World::new(Setup::default());
    let document = json(&world.ask(&get("/api/v1/openapi.json")));
    let paths = document["paths"].as_object().expect("there are paths");
    assert!(paths.len() >= 30, "{}", paths.len());
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().expect("a path has methods") {
            assert!(operation["summary"].is_string(), "{method} {path} says what it does");
            assert!(operation["responses"].as_object().is_some_and(|all| !all.is_empty()), "{method} {path}");
        }
    }
    assert!(document["components"]["schemas"]["ProcessView"]["properties"]["cpu_percent"].is_object());
}

/// The next event of a stream that is none of those about resources; comments are skipped.
fn event(client: &mut Client) -> String {
    loop {
        let chunk = String::from_utf8(client.chunk()).expect("events are text");
        if !chunk.starts_with(':') && !chunk.contains("event: resources\n") {
            return chunk;
        }
    }
}

fn line<'a>(event: &'a str, field: &str) -> &'a str {
    event.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_else(|| panic!("no {field} in {event}"))
}

fn open(world: &World, path: &str, headers: &str) -> Client {
    let mut client = world.connect();
    client.send(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n").as_bytes());
    let head = client.head();
    assert_eq!((head.status, head.header("content-type")), (200, Some("text/event-stream")), "{head:?}");
    client
}

fn changed(name: &str, to: State) -> Notice {
    let process = ProcessName { group: "g".into(), name: name.into() };
    Notice::StateChanged { process, from: State::Stopped, to, detail: StateDetail::default() }
}

fn happen(world: &World, name: &str, state: State) {
    world.publish(|snapshot| {
        for index in 0..snapshot.processes.len() {
            let mut row = (*snapshot.processes[index]).clone();
            if *row.recipe.name == *name {
                row.state = state;
                snapshot.processes.replace(index, row.into());
            }
        }
    });
    world.ports.feed.add(Wall(1_000_000), [changed(name, state)].into_iter());
}

#[test]
fn changes_are_told_while_they_happen_and_after_a_break() {
    let world = World::new(Setup::default());
    let mut client = open(&world, "/api/v1/events", "");
    let ready = event(&mut client);
    assert_eq!(line(&ready, "event: "), "ready");
    happen(&world, "one", State::Running);
    let first = event(&mut client);
    assert_eq!(line(&first, "event: "), "process");
    let view: Value = serde_json::from_str(line(&first, "data: ")).expect("it is JSON");
    assert_eq!((&view["name"], &view["state"]), (&"g:one".into(), &"RUNNING".into()));
    drop(client);
    happen(&world, "two", State::Fatal);
    world.ports.feed.add(Wall(2), [Notice::GroupAdded { group: "<b>".into() }].into_iter());
    let id = line(&first, "id: ");
    for (path, header) in [
        ("/api/v1/events".to_owned(), format!("Last-Event-ID: {id}\r\n")),
        (format!("/api/v1/events?since={id}"), String::new()),
    ] {
        let mut client = open(&world, &path, &header);
        assert_eq!(line(&event(&mut client), "event: "), "ready");
        assert!(event(&mut client).contains("\"g:two\""));
        let added = event(&mut client);
        assert_eq!((line(&added, "event: "), line(&added, "data: ")), ("group_added", "{\"group\":\"<b>\"}"));
    }
    let other_life = format!("Last-Event-ID: 1{id}\r\n");
    assert_eq!(line(&event(&mut open(&world, "/api/v1/events", &other_life)), "event: "), "reset");
    let nonsense = "Last-Event-ID: <>\r\n";
    assert_eq!(line(&event(&mut open(&world, "/api/v1/events", nonsense)), "event: "), "reset");
}

#[test]
fn who_falls_behind_is_told_to_begin_anew_and_changes_of_one_are_one() {
    let world = World::new(Setup::default());
    let mut client = open(&world, "/api/v1/events", "");
    let ready = event(&mut client);
    let id = line(&ready, "id: ").to_owned();
    let many = |count| (0..count).map(|_| changed("one", State::Backoff));
    world.ports.feed.add(Wall(1), many(100));
    let only = event(&mut client);
    assert!(line(&only, "id: ").ends_with("-64"), "{only}");
    world.ports.feed.add(Wall(1), many(5000));
    let reset = event(&mut client);
    assert_eq!(line(&reset, "event: "), "reset");
    happen(&world, "two", State::Running);
    assert_eq!(line(&event(&mut client), "event: "), "process");
    let late = format!("Last-Event-ID: {id}\r\n");
    let mut client = open(&world, "/api/v1/events", &late);
    assert_eq!(line(&event(&mut client), "event: "), "ready");
    assert_eq!(line(&event(&mut client), "event: "), "reset");
}

/// Name and data of the next event; comments are skipped, and what is told of resources.
fn told(client: &mut Client) -> (String, Value) {
    let event = event(client);
    let data = serde_json::from_str(line(&event, "data: ")).expect("it is JSON");
    (line(&event, "event: ").to_owned(), data)
}

#[test]
fn one_stream_is_enough_for_a_page() {
    let world = World::new(Setup::default());
    let write = |name: &str, bytes: &[u8]| {
        let path = world.directory.path().join(name);
        let mut file = std::fs::File::options().append(true).create(true).open(path).expect("it opens");
        file.write_all(bytes).expect("the log takes bytes");
        world.ports.watches.channel(ProcessId(2), Channel::Stderr).touch();
    };
    let path = "/api/v1/events?process=g:one&log=stderr&lines=2";
    let mut client = open(&world, path, "");
    assert_eq!(told(&mut client).0, "ready");
    write("one.err", b"begins with the file\n");
    let (name, data) = told(&mut client);
    assert_eq!((name.as_str(), &data["text"]), ("log", &"begins with the file\n".into()));
    happen(&world, "two", State::Fatal);
    happen(&world, "one", State::Running);
    let both = event(&mut client);
    let view: Value = serde_json::from_str(line(&both, "data: ")).expect("it is JSON");
    assert_eq!((line(&both, "event: "), &view["name"]), ("process", &"g:one".into()), "others are left out");
    drop(client);
    write("one.err", b"missed\n");
    happen(&world, "one", State::Fatal);
    let mut client = open(&world, path, &format!("Last-Event-ID: {}\r\n", line(&both, "id: ")));
    let mut seen: Vec<(String, Value)> = (0..3).map(|_| told(&mut client)).collect();
    assert_eq!(seen.remove(0).0, "ready");
    assert!(seen.iter().any(|(name, data)| name == "process" && data["state"] == "FATAL"), "{seen:?}");
    assert!(seen.iter().any(|(name, data)| name == "log" && data["text"] == "missed\n"), "{seen:?}");
    write("one.err", &b"too much for anybody\n".repeat(100_000));
    let mut client = open(&world, path, &format!("Last-Event-ID: {}\r\n", line(&both, "id: ")));
    let (mut text, mut names) = (String::new(), Vec::new());
    while text.matches('\n').count() < 2 {
        let (name, data) = told(&mut client);
        text.push_str(data["text"].as_str().unwrap_or_default());
        names.push(name);
    }
    assert!(names.contains(&"truncated".to_owned()), "{names:?}");
    assert_eq!(text, "too much for anybody\n".repeat(2));
}

#[test]
fn a_log_that_cannot_be_told_keeps_nothing_else_back() {
    let world = World::new(Setup::default());
    std::fs::create_dir(world.directory.path().join("one.out")).expect("a directory");
    let mut client = open(&world, "/api/v1/events?process=g:one&log=stdout", "");
    assert_eq!(told(&mut client).0, "ready");
    let (name, data) = told(&mut client);
    assert_eq!(name, "log_end");
    assert!(data["reason"].as_str().is_some_and(|reason| reason.contains("ordinary file")), "{data}");
    happen(&world, "one", State::Running);
    assert_eq!(told(&mut client).0, "process");
    for (query, status, code) in [
        ("process=g:nope", 404, "BAD_NAME"),
        ("process=g:nope&log=stdout", 404, "BAD_NAME"),
        ("process=a&log=stdin", 404, "NO_FILE"),
        ("log=main", 404, "NO_FILE"),
        ("log=stdout", 400, "BAD_REQUEST"),
        ("process=a&log=stdout&lines=-1", 400, "BAD_REQUEST"),
    ] {
        check_error(
            &World::new(Setup { main_log: None, ..Setup::default() }),
            &get(&format!("/api/v1/events?{query}")),
            status,
            code,
        );
    }
}

#[test]
fn a_log_that_is_not_there_yet_is_waited_for() {
    let world = World::new(Setup::default());
    let events = "Accept: text/event-stream\r\n";
    let mut client = open(&world, "/api/v1/processes/a/logs/stdout", events);
    world.write("a.out", b"first\n");
    world.ports.watches.channel(ProcessId(1), Channel::Stdout).touch();
    assert_eq!(line(&event(&mut client), "data: "), r#"{"text":"first\n","offset":0}"#);
    check_error(&world, &get("/api/v1/processes/a/logs/stderr"), 404, "NO_FILE");
}

#[test]
fn streams_have_a_number_of_places() {
    let world = World::new(Setup::default());
    let mut streams: Vec<_> =
        (0..crate::http::limits::MAX_STREAMS).map(|_| open(&world, "/api/v1/events", "")).collect();
    check_error(&world, &get("/api/v1/events"), 503, "SERVICE_UNAVAILABLE");
    streams.pop();
    super::world::until("the place is free again", || {
        world.ask(&get("/metrics")).text().contains("\nprovost_http_streams 63\n")
    });
    open(&world, "/api/v1/events", "");
}

#[test]
fn logs_are_told_in_pieces_and_as_files() {
    let world = World::new(Setup::default());
    world.write("a.out", "line one\nü\u{1b}[1m\n".as_bytes());
    world.write("one.err", b"\xff<b>");
    check(&world, &get("/api/v1/processes/a/logs/stdout"), 200, ("/data", "line one\nü\u{1b}[1m\n".into()));
    check(&world, &get("/api/v1/processes/a/logs/stdout?offset=5&length=3"), 200, ("/data", "one".into()));
    check(&world, &get("/api/v1/processes/a/logs/stdout?offset=5&length=3"), 200, ("/end", 8.into()));
    check(&world, &get("/api/v1/processes/a/logs/stdout?length=4"), 200, ("/overflow", true.into()));
    check(&world, &get("/api/v1/processes/g:one/logs/stderr"), 200, ("/data", "\u{fffd}<b>".into()));
    check_error(&world, &get("/api/v1/processes/a/logs/stderr"), 404, "NO_FILE");
    check_error(&world, &get("/api/v1/processes/a/logs/stdin"), 404, "NO_FILE");
    for (query, expect) in [
        ("lines=1", "ü\u{1b}[1m\n"),
        ("lines=2", "line one\nü\u{1b}[1m\n"),
        ("lines=9", "line one\nü\u{1b}[1m\n"),
        ("lines=0", ""),
        ("lines=2&length=4", "line"),
        ("lines=1&offset=5&length=3", "one"),
    ] {
        let request = get(&format!("/api/v1/processes/a/logs/stdout?{query}"));
        check(&world, &request, 200, ("/data", expect.into()));
    }
    for query in ["offset=x", "length=-1", "lines=9223372036854775808", "download=256", "line=2"] {
        let request = get(&format!("/api/v1/processes/a/logs/stdout?{query}"));
        check_error(&world, &request, 400, "BAD_REQUEST");
    }
    let file = world.ask(&get("/api/v1/processes/g:one/logs/stderr?download=1"));
    assert_eq!((file.status, &file.body[..]), (200, &b"\xff<b>"[..]));
    assert_eq!(file.header("content-disposition"), Some("attachment; filename=\"g_one-stderr.log\""));
    assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
    let ranged = |range: &str| {
        let headers = format!("Host: localhost\r\nAccept: text/plain\r\nRange: {range}");
        world.ask(&get("/api/v1/processes/a/logs/stdout").replace("Host: localhost", &headers))
    };
    let part = ranged("bytes=5-7");
    assert_eq!((part.status, &part.body[..]), (206, &b"one"[..]));
    assert_eq!(part.header("content-range"), Some("bytes 5-7/16"));
    assert_eq!(ranged("bytes=99-").status, 416);
    world.write("main.log", b"daemon\n");
    check(&world, &get("/api/v1/log"), 200, ("/data", "daemon\n".into()));
    check(&world, &send("DELETE", "/api/v1/log", ""), 200, ("/done", true.into()));
    check(&world, &send("POST", "/api/v1/processes/a/clear-logs", ""), 200, ("/done", true.into()));
    check(&world, &send("POST", "/api/v1/actions/clear-logs", ""), 200, ("/results/2/ok", true.into()));
}

#[test]
fn logs_are_followed_character_by_character() {
    let world = World::new(Setup::default());
    let path = world.directory.path().join("a.out");
    let append = |bytes: &[u8]| {
        let mut file = std::fs::File::options().append(true).create(true).open(&path).expect("it opens");
        file.write_all(bytes).expect("the log takes bytes");
        world.ports.watches.channel(ProcessId(1), Channel::Stdout).touch();
    };
    append(b"one\ntwo\n");
    let events = "Accept: text/event-stream\r\n";
    let mut client = open(&world, "/api/v1/processes/a/logs/stdout?lines=1", events);
    let first = event(&mut client);
    assert_eq!(line(&first, "data: "), r#"{"text":"two\n","offset":4}"#);
    append(b"\xe2\x82");
    append(b"\xac!\n");
    let mut text = String::new();
    let mut last = String::new();
    while text != "€!\n" {
        last = event(&mut client);
        let data: Value = serde_json::from_str(line(&last, "data: ")).expect("it is JSON");
        text.push_str(data["text"].as_str().expect("a text"));
        assert!("€!\n".starts_with(&text), "{text}");
    }
    drop(client);
    append(b"missed\n");
    let resume = format!("{events}Last-Event-ID: {}\r\n", line(&last, "id: "));
    let mut client = open(&world, "/api/v1/processes/a/logs/stdout", &resume);
    assert_eq!(line(&event(&mut client), "data: "), r#"{"text":"missed\n","offset":13}"#);
    std::fs::write(&path, "x\n").expect("the log is cut short");
    world.ports.watches.channel(ProcessId(1), Channel::Stdout).touch();
    assert_eq!(line(&event(&mut client), "event: "), "truncated");
    assert_eq!(line(&event(&mut client), "data: "), r#"{"text":"x\n","offset":0}"#);
}

#[test]
fn a_history_tells_what_happened() {
    let world = World::new(Setup::default());
    let process = ProcessName { group: "g".into(), name: "one".into() };
    let exited = Notice::Exited {
        process: process.clone(),
        status: provost_core::status::ExitStatus::Signaled { signal: 9, core_dumped: false },
        expected: false,
    };
    let spawned = Notice::Spawned { process, pid: Pid(7) };
    world.ports.feed.add(Wall(1_500_000), [spawned, exited, changed("one", State::Exited)].into_iter());
    let path = "/api/v1/processes/g:one/history";
    check(&world, &get(path), 200, ("/history/0/pid", 7.into()));
    check(&world, &get(path), 200, ("/history/0/at", 1.5.into()));
    check(&world, &get(path), 200, ("/history/1/signal", "SIGKILL".into()));
    check(&world, &get(path), 200, ("/history/1/expected", false.into()));
    check(&world, &get(path), 200, ("/history/2/to", "EXITED".into()));
}

//! HTTP itself: paths, methods, limits, credentials, connections.

use std::sync::mpsc;

use provost_config::model::Credentials;
use provost_core::call::Reply;
use provost_core::status::State;

use super::world::{Setup, World, post, row, until, until_logged};

const GET_PID: &str = "<methodCall><methodName>supervisor.getPID</methodName></methodCall>";

/// One connection per request; `expect` is the status.
#[track_caller]
fn check(world: &World, request: &str, expect: u16) {
    let answer = world.ask(request);
    assert_eq!(answer.status, expect, "{request:?} was answered {answer:?}");
    assert!(answer.header("server").is_some_and(|server| server.starts_with("provost/")), "{answer:?}");
    assert!(answer.header("date").is_some(), "{answer:?}");
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

fn bare(method: &str, path: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

#[test]
fn paths_and_methods_have_the_references_statuses() {
    let world = World::new(Setup::default());
    for (path, expect) in [
        ("/", 200),
        ("/index.html", 200),
        ("/index.html?action=refresh", 200),
        ("/index.html?action=stop&processname=a", 200),
        ("//ok.html", 200),
        ("/ok.html?x", 200),
        ("/%6fk.html", 200),
        ("/stylesheets/supervisor.css", 200),
        ("/index.htmlx", 404),
        ("/INDEX.HTML", 404),
        ("/status.html", 404),
        ("/nope", 404),
        ("/../etc/passwd", 404),
        ("/ok.html;x", 404),
        ("/logtail", 404),
        ("/logtailfoo", 404),
        ("/logtail/", 404),
        ("/logtail/nope", 404),
        ("/logtail/g", 404),
        ("/logtail/g%3A%2A", 404),
        ("/logtail/a/foo", 404),
        ("/logtail/a/stdout/x", 404),
        ("/logtail/a/", 404),
        ("/logtail/a", 404),
        ("/mainlogtail", 404),
        ("/RPC2", 400),
    ] {
        check(&world, &get(path), expect);
    }
    for (method, path, expect) in [
        ("HEAD", "/nope", 404),
        ("HEAD", "/", 200),
        ("HEAD", "/index.html", 200),
        ("HEAD", "/daemon.html", 200),
        ("HEAD", "/ok.html", 404),
        ("HEAD", "/RPC2", 400),
        ("HEAD", "/logtail/nope", 404),
        ("POST", "/ok.html", 200),
        ("POST", "/", 200),
        ("POST", "/nope", 400),
        ("POST", "/logtail/a", 400),
        ("POST", "/mainlogtail", 400),
        ("PUT", "/", 400),
        ("DELETE", "/RPC2", 400),
        ("OPTIONS", "/nope", 400),
        ("POST", "/RPC2", 400),
    ] {
        check(&world, &bare(method, path), expect);
    }
}

#[test]
fn an_answer_has_the_references_shape_to_the_byte() {
    let world = World::new(Setup::default());
    let answer = world.ask(&post(GET_PID));
    assert_eq!(answer.header("content-type"), Some("text/xml"));
    let expect = format!(
        "<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><int>{}</int></value>\n</param>\n\
         </params>\n</methodResponse>\n",
        std::process::id()
    );
    assert_eq!(answer.text(), expect);
    let up = world.ask(&get("/ok.html"));
    assert_eq!((up.text().as_str(), up.header("content-type")), ("OK", Some("text/plain")));
    let missing = world.ask(&get("/nope"));
    assert_eq!(
        missing.text(),
        "<head>\r\n<title>Error response</title>\r\n</head>\r\n<body>\r\n<h1>Error response</h1>\r\n\
         <p>Error code 404.\r\n<p>Message: Not Found.\r\n</body>\r\n"
    );
    assert_eq!(missing.header("content-type"), Some("text/html"));
}

#[test]
fn an_action_is_not_pretended() {
    let world = World::new(Setup::default());
    let form = "action=stop&processname=a";
    let request = format!("POST /index.html HTTP/1.1\r\nContent-Length: {}\r\n\r\n{form}", form.len());
    check(&world, &request, 200);
    check(&world, &get("/?processname=a&action=start"), 200);
}

#[test]
fn a_call_needs_a_length_and_a_document() {
    let world = World::new(Setup::default());
    check(&world, "POST /RPC2 HTTP/1.1\r\nHost: x\r\n\r\n", 411);
    check(&world, "post /RPC2 HTTP/1.1\r\nContent-Length: 0\r\n\r\n", 400);
    let odd = world.ask("POST /RPC2 HTTP/1.1\r\nContent-Length: x\r\n\r\n");
    assert_eq!(odd.status, 400, "{odd:?}");
    check(&world, &post(""), 400);
    check(&world, &post("no xml"), 400);
    check(&world, &post("<methodCall></methodCall>"), 400);
    check(&world, &post("<methodCall><methodName></methodName></methodCall>"), 400);
    check(
        &world,
        &post("<!DOCTYPE a [<!ENTITY b 'c'>]><methodCall><methodName>x</methodName></methodCall>"),
        400,
    );
    check(&world, &post("<methodCall><methodName>x</methodName></methodCall>"), 200);
    check(&world, &post(GET_PID).replace("/RPC2", "/RPC2/any?thing=1"), 200);
    check(&world, &post(GET_PID).replace("Content-Length: ", "CONTENT-LENGTH:"), 200);
    check(&world, &post(GET_PID).replace("\r\n\r\n", "\r\nContent-Type: text/plain\r\n\r\n"), 200);
    until_logged(&world.lines, "ERRO XML-RPC request data is invalid: ");
    let lines = world.lines.lock().expect("no test panics with the lock").join("\n");
    assert!(!lines.contains("no xml"), "bodies must not be logged: {lines}");
}

#[test]
fn a_body_may_come_in_chunks() {
    let world = World::new(Setup::default());
    let head = "POST /RPC2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (first, second) = GET_PID.split_at(20);
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    let call = format!("{head}{}{}0\r\n\r\n", chunk(first), chunk(second));
    let answer = world.ask(&call);
    assert!(answer.text().contains(&std::process::id().to_string()), "{answer:?}");
    check(&world, &format!("{head}0\r\n\r\n"), 400);
    check(&world, &format!("{head}zz\r\n"), 400);
    let mut client = world.connect();
    client.send(head.as_bytes());
    let block = chunk(&" ".repeat(64 << 10));
    for _ in 0..20 {
        client.try_send(block.as_bytes());
    }
    assert_eq!(client.answer().status, 413);
}

#[test]
fn a_client_that_asks_first_is_told_to_go_on() {
    let world = World::new(Setup::default());
    let mut client = world.connect();
    let (head, body) = (post(GET_PID).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"), GET_PID);
    client.send(&head.as_bytes()[..head.len() - body.len()]);
    assert_eq!(client.take(25), b"HTTP/1.1 100 Continue\r\n\r\n");
    client.send(body.as_bytes());
    assert_eq!(client.answer().status, 200);
}

#[test]
fn a_body_that_is_not_utf8_is_an_ordinary_error() {
    let world = World::new(Setup::default());
    let mut client = world.connect();
    client.send(b"POST /RPC2 HTTP/1.1\r\nContent-Length: 4\r\n\r\n<\xff/>");
    assert_eq!(client.answer().status, 400);
}

#[test]
fn what_is_too_large_is_refused() {
    let world = World::new(Setup::default());
    let huge = format!("POST /RPC2 HTTP/1.1\r\nContent-Length: {}\r\n\r\n", 2 << 20);
    let mut client = world.connect();
    client.send(huge.as_bytes());
    client.try_send(&vec![b' '; 128 << 10]);
    assert_eq!(client.answer().status, 413);
    let mut client = world.connect();
    client.try_send(format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(40_000)).as_bytes());
    assert!(matches!(client.head().status, 414 | 431));
    let mut client = world.connect();
    client.try_send(format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(40_000)).as_bytes());
    assert_eq!(client.head().status, 431);
    check(&world, &get("/ok.html"), 200);
}

#[test]
fn connections_are_kept_and_closed_as_http_says() {
    let world = World::new(Setup::default());
    let mut client = world.connect();
    for _ in 0..3 {
        client.send(post(GET_PID).as_bytes());
        assert_eq!(client.answer().status, 200);
    }
    client.send(format!("{}{}", get("/ok.html"), get("/nope")).as_bytes());
    assert_eq!((client.answer().status, client.answer().status), (200, 404));
    client.send(b"GET /ok.html HTTP/1.1\r\nConnection: ClOsE\r\n\r\n");
    assert_eq!(client.answer().status, 200);
    assert_eq!(client.rest(), b"");

    let mut old = world.connect();
    old.send(b"GET /ok.html HTTP/1.0\r\n\r\n");
    assert_eq!(old.answer().text(), "OK");
    assert_eq!(old.rest(), b"");
    let mut old = world.connect();
    old.send(b"GET /ok.html HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
    let answer = old.answer();
    assert!(
        answer.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("keep-alive")),
        "{answer:?}"
    );
    old.send(b"GET /nope HTTP/1.0\r\n\r\n");
    assert_eq!(old.answer().status, 404);
}

#[test]
fn a_client_that_closes_its_side_still_gets_its_answer() {
    let (release, released) = mpsc::channel::<()>();
    let script = move |_: &_| {
        released.recv().expect("the test says when");
        Some(Ok(Reply::Done))
    };
    let world = World::new(Setup { script: Box::new(script), ..Setup::default() });
    let mut client = world.connect();
    let call = "<methodCall><methodName>supervisor.shutdown</methodName></methodCall>";
    client.send(post(call).as_bytes());
    client.end_writing();
    until("the call", || world.calls.lock().expect("no panic").len() == 1);
    release.send(()).expect("the script waits");
    let answer = client.answer();
    assert!(answer.text().contains("<boolean>1</boolean>"), "{answer:?}");
    assert_eq!(client.rest(), b"");
}

#[test]
fn a_client_that_closes_its_side_behind_a_long_request_gets_its_answer_too() {
    let world = World::new(Setup::default());
    let padding = " ".repeat(500_000);
    for _ in 0..20 {
        let mut client = world.connect();
        client.send(post(&format!("{padding}{GET_PID}")).as_bytes());
        client.end_writing();
        assert_eq!(client.answer().status, 200);
    }
}

#[test]
fn garbage_is_refused_and_the_next_client_served() {
    let world = World::new(Setup::default());
    for garbage in [
        &b"\x00\x01\x02\r\n\r\n"[..],
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut client = world.connect();
        client.send(garbage);
        client.end_writing();
        let answer = String::from_utf8_lossy(&client.rest()).into_owned();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer:?}");
    }
    check(&world, &get("/ok.html"), 200);
}

fn locked() -> Setup {
    let credentials = Credentials { username: "user".into(), password: "123".into() };
    Setup { credentials: Some(credentials), ..Setup::default() }
}

#[test]
fn credentials_cover_every_path_and_a_refusal_closes() {
    let world = World::new(locked());
    for path in ["/", "/ok.html", "/nope", "/logtail/a", "/mainlogtail", "/stylesheets/supervisor.css"] {
        check(&world, &get(path), 401);
    }
    check(&world, &post(GET_PID), 401);
    let with =
        |value: &str| get("/ok.html").replace("\r\n\r\n", &format!("\r\nAuthorization: {value}\r\n\r\n"));
    check(&world, &with("Basic dXNlcjoxMjM="), 200);
    check(&world, &with("Basic dXNlcjoxMjQ="), 401);
    check(&world, &with("Basic dXNlcjoxMjM"), 400);
    check(&world, &with("Digest x"), 401);
    let mut client = world.connect();
    client.send(post(GET_PID).as_bytes());
    let answer = client.answer();
    assert_eq!(answer.header("www-authenticate"), Some("Basic realm=\"default\""));
    assert_eq!(answer.header("connection"), Some("close"));
    assert_eq!(client.rest(), b"");
}

#[test]
fn foreign_pages_are_refused() {
    let world = World::new(Setup::default());
    let page = |headers: &str| post(GET_PID).replace("\r\n\r\n", &format!("\r\n{headers}\r\n\r\n"));
    check(&world, &page("Origin: http://evil.example\r\nContent-Type: text/plain"), 403);
    check(&world, &page("Origin: http://localhost\r\nContent-Type: text/plain"), 403);
    check(&world, &page("Origin: http://localhost\r\nContent-Type: text/xml"), 200);
    check(&world, &page("Sec-Fetch-Site: cross-site"), 403);
    assert_eq!(world.calls.lock().expect("no panic").len(), 0);
}

#[test]
fn a_loopback_port_without_credentials_answers_to_local_names() {
    let world = World::new(Setup { tcp: true, ..Setup::default() });
    let host = |name: &str| get("/ok.html").replace("localhost", name);
    check(&world, &host(&format!("127.0.0.1:{}", world.port())), 200);
    check(&world, &host("localhost"), 200);
    check(&world, &host("evil.example:9001"), 403);
    check(&world, "GET /ok.html HTTP/1.0\r\n\r\n", 200);
    let locked = World::new(Setup { tcp: true, ..locked() });
    check(
        &locked,
        &host("proxy.example").replace("\r\n\r\n", "\r\nAuthorization: Basic dXNlcjoxMjM=\r\n\r\n"),
        200,
    );
}

#[test]
fn the_page_shows_every_process_and_nothing_runs_in_it() {
    let mut odd = row(9, "z", "<script>&", State::Fatal);
    odd.spawn_error = "can't \"<exec>\"".into();
    let mut setup = Setup::default();
    setup.processes.push(odd);
    let world = World::new(setup);
    let page = world.ask(&get("/"));
    let text = page.text();
    for part in [
        "<title>Supervisor Status</title>",
        "class=\"state statusrunning\">running</span>",
        "<b>101</b>",
        ">g:one</a>",
        "href=\"program.html?name=g%3Aone\"",
        "class=\"state statuserror\">fatal</span>",
        ">can&#39;t &#34;&#60;exec&#62;&#34;<",
        ">z:&#60;script&#62;&#38;</a>",
        ">Not started<",
    ] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
    assert!(!text.contains("<script>"));
    assert_eq!(page.header("content-type"), Some("text/html;charset=utf-8"));
    assert!(
        page.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'"))
    );
    assert_eq!(page.header("cache-control"), Some("no-store"));
    let empty = World::new(Setup { processes: Vec::new(), ..Setup::default() });
    assert!(empty.ask(&get("/index.html")).text().contains("No programs to manage"));
}

#[test]
fn the_access_log_is_the_references() {
    let world = World::new(Setup::default());
    world.ask(&get("/nope"));
    let found = || {
        let lines = world.lines.lock().expect("no panic");
        lines.iter().find(|line| line.contains("\"GET /nope HTTP/1.1\" 404 ")).cloned()
    };
    until("the line", || found().is_some());
    let line = found().expect("it was there a moment ago");
    assert!(line.starts_with("TRAC localhost:0 - - ["), "{line}");
}

#[test]
fn idle_connections_give_way_and_the_end_is_prompt() {
    use crate::http::limits::MAX_CONNECTIONS_PER_LISTENER;
    let mut world = World::new(Setup::default());
    let mut idle: Vec<_> = (0..MAX_CONNECTIONS_PER_LISTENER)
        .map(|_| {
            let mut client = world.connect();
            client.send(get("/ok.html").as_bytes());
            assert_eq!(client.answer().status, 200);
            client
        })
        .collect();
    check(&world, &get("/ok.html"), 200);
    assert_eq!(idle[0].rest(), b"", "the first one had been idle longest");
    idle[1].send(get("/ok.html").as_bytes());
    assert_eq!(idle[1].answer().status, 200);
    let start = std::time::Instant::now();
    world.stop();
    assert!(start.elapsed() < std::time::Duration::from_secs(5), "idle clients held up the end");
}

#[test]
fn who_finds_no_place_is_told_so() {
    use crate::http::limits::MAX_CONNECTIONS_PER_LISTENER;
    let world = World::new(Setup { script: Box::new(|_| None), ..Setup::default() });
    let call = "<methodCall><methodName>supervisor.shutdown</methodName></methodCall>";
    let mut busy: Vec<_> = (0..MAX_CONNECTIONS_PER_LISTENER).map(|_| world.connect()).collect();
    busy.iter_mut().for_each(|client| client.send(post(call).as_bytes()));
    until("all calls", || world.calls.lock().expect("no panic").len() == MAX_CONNECTIONS_PER_LISTENER);
    let mut client = world.connect();
    client.send(get("/ok.html").as_bytes());
    assert_eq!(client.answer().status, 503);
    assert_eq!(client.rest(), b"");
    until_logged(&world.lines, "WARN HTTP: a connection was refused because all places are in use");
}

#[test]
fn answers_that_are_due_are_sent_before_the_end() {
    let (release, released) = mpsc::channel::<()>();
    let script = move |_: &_| {
        released.recv().expect("the test says when");
        Some(Ok(Reply::Done))
    };
    let mut world = World::new(Setup { script: Box::new(script), ..Setup::default() });
    let mut client = world.connect();
    client.send(post("<methodCall><methodName>supervisor.shutdown</methodName></methodCall>").as_bytes());
    until("the call", || world.calls.lock().expect("no panic").len() == 1);
    release.send(()).expect("the script waits");
    world.stop();
    assert!(client.answer().text().contains("<boolean>1</boolean>"));
    assert_eq!(client.rest(), b"");
}

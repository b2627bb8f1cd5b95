//! Who has no right to be here: without credentials, with wrong ones, with many of them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use provost_config::model::Credentials;
use provost_wire::auth::{Account, Credentials as Presented, Secret};
use rustix::net::{AddressFamily, SocketType};
use serde_json::Value;

use super::world::{Records, Setup, World, ports, post, until_logged};
use crate::http::gate::{Gate, Verdict};
use crate::http::mistakes::Caller;
use crate::http::{App, stop_pair};

/// "123" as bcrypt (`$2b$`, the lowest cost) has it.
const BCRYPT: &str = "$2b$04$uJ6OTzRanY0qIWc5L/aeu.NU5VwFgsyIkcxmLu98pRgDQk.Ab2wCy";
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];
/// What strangers may see: probes, and what the sign-in page is made of.
const OPEN: [&str; 4] = ["/healthz", "/readyz", "/sign-in.html", "/assets/"];

fn locked(password: &str) -> Setup {
    let credentials = Credentials { username: "user".into(), password: password.into() };
    Setup { credentials: Some(credentials), ..Setup::default() }
}

fn basic(password: &str) -> String {
    basic_as("user", password)
}

fn basic_as(user: &str, password: &str) -> String {
    format!("Authorization: Basic {}\r\n", STANDARD.encode(format!("{user}:{password}")))
}

fn request(method: &str, path: &str, headers: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

fn form(password: &str) -> String {
    let body = format!("user=user&password={password}");
    let length = body.len();
    format!(
        "POST /sign-in.html HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// Every address there is: those of the JSON interface from its own document.
fn addresses(world: &World) -> Vec<String> {
    let document = world.ask(&request("GET", "/api/v1/openapi.json", &basic("123")));
    let document: Value = serde_json::from_slice(&document.body).expect("JSON");
    let described = document["paths"].as_object().expect("there are paths").keys();
    let named = described.map(|path| path.replace(['{', '}'], ""));
    let others = [
        "/",
        "/index.html",
        "/program.html",
        "/daemon.html",
        "/confirm.html",
        "/do",
        "/sign-out",
        "/tail.html",
        "/ok.html",
        "/stylesheets/supervisor.css",
        "/RPC2",
        "/RPC2/x",
        "/logtail/a",
        "/logtail/a/stderr",
        "/mainlogtail",
        "/metrics",
        "/api",
        "/api/",
        "/api/v1",
        "/api/v2/x",
        "/nope",
        "/.well-known/x",
        "*",
        "http://localhost/RPC2",
        "//RPC2",
        "/%52PC2",
        "//healthz",
        "/healthz/",
        "/healthz/../RPC2",
        "/readyz%2f",
        "/sign-in.html/",
        "/sign-in.html;/RPC2",
        "/sign-in.html%2f..%2fRPC2",
        "/assets",
        "/x/assets/",
        "/Assets/",
    ];
    named.chain(others.map(str::to_owned)).collect()
}

#[test]
fn every_address_asks_for_credentials() {
    let world = World::new(locked("123"));
    let all = addresses(&world);
    assert!(all.len() > 60, "{}", all.len());
    for path in &all {
        for method in METHODS {
            for headers in
                ["", "Authorization: Bearer x\r\n", "Cookie: provost_session=0123\r\nX-Provost-Token: 0\r\n"]
            {
                let answer = world.ask(&request(method, path, headers));
                assert_eq!(answer.status, 401, "{method} {path} {headers}");
            }
        }
    }
    for path in OPEN {
        assert_ne!(world.ask(&request("GET", path, "")).status, 401, "{path}");
    }
    // What follows an open folder leads nowhere else.
    for path in ["/assets/../RPC2", "/assets/%2e%2e/RPC2", "/assets/x/../../RPC2", "/assets//RPC2"] {
        let answer = world.ask(
            &post("<methodCall><methodName>supervisor.shutdown</methodName></methodCall>")
                .replace("/RPC2", path),
        );
        assert!(matches!(answer.status, 400 | 404), "{path} {answer:?}");
    }
    assert_eq!(*world.calls.lock().expect("no panic"), [""; 0]);
}

#[test]
fn hashed_passwords_work_on_every_way_in() {
    let argon2 = provost_wire::auth::hash_password("123", [7; 16]);
    for stored in [
        "123",
        "{SHA}40bd001563085fc35165329ea1ff5c5ecbdbbeef",
        "{SSHA}1Vu7hzLP8ba6z2MtQo8YWboutu5zYWx0c2FsdA==",
        BCRYPT,
        &argon2,
    ] {
        let world = World::new(locked(stored));
        for path in ["/", "/ok.html", "/metrics", "/api/v1/processes"] {
            assert_eq!(world.ask(&request("GET", path, &basic("123"))).status, 200, "{stored} {path}");
            assert_eq!(world.ask(&request("GET", path, &basic("124"))).status, 401, "{stored} {path}");
        }
        let signed_in = world.ask(&form("123"));
        assert_eq!(signed_in.status, 303, "{stored} {signed_in:?}");
        assert_eq!(
            world.ask(&form(&stored.replace('+', "%2B").replace("123", "12"))).status,
            401,
            "{stored}"
        );
    }
}

/// Connects from another address of this machine.
fn ask_from(world: &World, source: Ipv4Addr, request: &str) -> u16 {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    rustix::net::bind(&socket, &SocketAddrV4::new(source, 0)).expect("all of 127/8 is this machine");
    let server = SocketAddr::from((Ipv4Addr::LOCALHOST, world.port()));
    rustix::net::connect(&socket, &server).expect("the plane listens");
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(super::world::PATIENCE)).expect("sockets have time-outs");
    stream.write_all(request.as_bytes()).expect("the plane reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status")
}

#[test]
fn guessing_is_slowed_down_for_who_guesses() {
    let (guesser, other) = (Ipv4Addr::new(127, 0, 0, 1), Ipv4Addr::new(127, 0, 0, 2));
    for by_form in [false, true] {
        let world = World::new(Setup { tcp: true, ..locked("123") });
        let attempt = |password: &str| match by_form {
            true => form(password),
            false => request("GET", "/ok.html", &basic(password)),
        };
        let cookie = signed_in(&world);
        for number in 0..8 {
            assert_eq!(ask_from(&world, guesser, &attempt(&number.to_string())), 401, "{number}");
        }
        // Even the right one is not looked at, so that nobody learns which it is; and in every way in alike.
        assert_eq!(ask_from(&world, guesser, &attempt("123")), 429);
        assert_eq!(ask_from(&world, guesser, &request("GET", "/api/v1", &basic("123"))), 429);
        assert_eq!(ask_from(&world, guesser, &form("123")), 429);
        // Who only asks, who is signed in, and everybody elsewhere is not concerned.
        assert_eq!(ask_from(&world, guesser, &request("GET", "/ok.html", "")), 401);
        assert_eq!(ask_from(&world, guesser, &request("GET", "/healthz", "")), 200);
        assert_eq!(ask_from(&world, guesser, &request("GET", "/ok.html", &cookie)), 200);
        assert_eq!(ask_from(&world, other, &request("GET", "/ok.html", &basic("123"))), 200);
        assert_eq!(ask_from(&world, other, &form("123")), 303);
        until_logged(
            &world.lines,
            "WARN HTTP: a request was refused unseen because of too many wrong passwords: from 127.0.0.1 (1 so far)",
        );
        let page = world.ask(&request("GET", "/metrics", &cookie)).text();
        assert!(page.contains("provost_http_limits_total{limit=\"guesses\"} 3"), "{page}");
    }
}

#[test]
fn old_passwords_and_other_names_lock_nobody_out() {
    for stored in ["123", BCRYPT] {
        let world = World::new(locked(stored));
        let ask = |user: &str, password: &str| {
            world.ask(&request("GET", "/ok.html", &basic_as(user, password))).status
        };
        for number in 0..100 {
            assert_eq!(ask("user", "old"), 401, "{stored} {number}");
        }
        assert_eq!(ask("user", "123"), 200, "{stored}");
        for number in 0..8 {
            assert_eq!(ask("alice", &number.to_string()), 401, "{stored} {number}");
        }
        assert_eq!(
            (ask("alice", "123"), ask("user", "old"), ask("user", "123")),
            (429, 401, 200),
            "{stored}"
        );
        // Behind one address there is nobody with so many names.
        let barred = (9..150).find(|number| ask(&format!("user {number}"), "123") == 429);
        assert!(barred.is_some_and(|number| number >= 100), "{stored} {barred:?}");
        assert_eq!((ask("user", "old"), ask("user", "123")), (429, 429), "{stored}");
    }
}

fn signed_in(world: &World) -> String {
    let answer = world.ask(&form("123"));
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a session");
    format!("Cookie: {cookie}\r\n")
}

#[test]
fn who_is_barred_is_told_for_how_long() {
    let world = World::new(locked("123"));
    (0..8).for_each(|number| drop(world.ask(&request("GET", "/", &basic(&number.to_string())))));
    let answer = world.ask(&request("GET", "/api/v1", &basic("123")));
    assert_eq!(
        (answer.status, answer.header("retry-after"), answer.header("connection")),
        (429, Some("1"), Some("close"))
    );
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let why = "Too many wrong passwords came from your address, so none is looked at now";
    assert!(answer.text().contains(&format!("{why}; try again in 1 s\"")), "{answer:?}");
    let page = world.ask(&form("123"));
    assert_eq!(page.status, 429);
    assert!(page.text().contains(&format!("{why}. Try again in 1 s.")), "{page:?}");
    until_logged(&world.lines, "INFO HTTP: wrong name or password for user \"user\" from uid ");
}

/// Runs with an application and a gate whose password is stored like that.
fn with_gate<F: Future<Output = ()>>(stored: &str, test: impl FnOnce(App, Gate) -> F) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (_stop, stopped) = stop_pair();
    let ports = ports(Setup::default(), &directory, &Records::default());
    let app = App::new(ports, Vec::new(), stopped);
    let account = Account::new("user", Secret::parse(stored).expect("a hash"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(test(app, Gate::new(Some(account), [1; 32])));
}

fn presented(password: &str) -> Presented {
    Presented { user: "user".into(), password: password.into() }
}

#[test]
fn a_slow_comparison_is_made_once() {
    with_gate(BCRYPT, |app, gate| async move {
        let caller = Caller::User(1);
        assert_eq!(gate.judge(presented("12"), caller, &app).await, Verdict::Wrong);
        assert_eq!(gate.judge(presented("123"), caller, &app).await, Verdict::Admitted);
        // Nobody can compare anything now, and what is known needs no comparison, right or wrong.
        let _all = app.keeper.hold();
        assert_eq!(gate.judge(presented("123"), caller, &app).await, Verdict::Admitted);
        assert_eq!(gate.judge(presented("12"), caller, &app).await, Verdict::Wrong);
        let other = gate.judge(presented("13"), caller, &app);
        assert!(
            tokio::time::timeout(Duration::from_millis(50), other).await.is_err(),
            "it waits for its turn"
        );
    });
}

#[test]
fn waiting_for_slow_comparisons_is_bounded() {
    with_gate(BCRYPT, |app, gate| async move {
        let (app, gate) = (Arc::new(app), Arc::new(gate));
        let held = app.keeper.hold();
        let attempts: Vec<_> = (0..crate::http::limits::MAX_WAITING_CHECKS)
            .map(|number| {
                let (app, gate) = (Arc::clone(&app), Arc::clone(&gate));
                let caller = Caller::User(u32::try_from(number % 4).expect("a small number"));
                let guess = presented(&number.to_string());
                tokio::spawn(async move { gate.judge(guess, caller, &app).await })
            })
            .collect();
        // More than one turn: the runtime looks at no more than 61 tasks in each.
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
        assert_eq!(gate.judge(presented("12"), Caller::User(9), &app).await, Verdict::Busy);
        drop(held);
        let mut verdicts = Vec::new();
        for attempt in attempts {
            verdicts.push(attempt.await.expect("no panic"));
        }
        // Those of one caller that came at once are not all looked at either.
        assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Wrong).count(), 4 * 8);
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Wrong | Verdict::Barred(_))));
    });
}

/// What is known to be right is not let past a bar: it would be confirmed to whoever has the same address.
#[test]
fn no_guess_is_confirmed_past_the_bar() {
    with_gate(BCRYPT, |app, gate| async move {
        let caller = Caller::User(1);
        assert_eq!(gate.judge(presented("123"), caller, &app).await, Verdict::Admitted);
        for number in 0..8 {
            assert_eq!(gate.judge(presented(&number.to_string()), caller, &app).await, Verdict::Wrong);
        }
        for password in ["123", "0", "other"] {
            let verdict = gate.judge(presented(password), caller, &app).await;
            assert!(matches!(verdict, Verdict::Barred(_)), "{password} {verdict:?}");
        }
        assert_eq!(gate.judge(presented("123"), Caller::User(2), &app).await, Verdict::Admitted);
    });
}

/// A hash that wants more memory than there is costs an answer and not the daemon: the test runs once more, with less.
#[test]
fn memory_that_is_not_there_is_no_wrong_password() {
    const CHILD: &str = "PROVOST_TEST_LITTLE_MEMORY";
    if std::env::var_os(CHILD).is_some() {
        let stored = "$argon2id$v=19$m=262144,t=1,p=1$c2l4dGVlbiBieXRlcyBvZg$vyhb0SgbDTvzSiaqVXFkOg";
        return with_gate(stored, |app, gate| async move {
            for number in 0..20 {
                let verdict = gate.judge(presented("x"), Caller::User(1), &app).await;
                assert_eq!(verdict, Verdict::Busy, "{number}");
            }
        });
    }
    let name = "http::tests::intruders::memory_that_is_not_there_is_no_wrong_password";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", "ulimit -v 262144; exec \"$0\" --exact \"$1\""]);
    shell.arg(std::env::current_exe().expect("own path")).arg(name).env(CHILD, "1");
    let output = shell.output().expect("there is a shell");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{output:?}");
}

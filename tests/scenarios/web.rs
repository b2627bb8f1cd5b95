//! What somebody may try on the web console who is not let in, or who hopes to get out of it.

use provost_tests::http::{Answer, Server};
use provost_tests::{Implementation, Sides, World};

/// A daemon that wants the user `u` with the password `p` on its port.
fn locked() -> World {
    let mut world = World::new(Sides::both(Implementation::Ours));
    let server = "[inet_http_server]\nport=127.0.0.1:$PORT1\nusername=u\npassword=p\n";
    world.configure(&format!("{server}[program:a]\ncommand=/bin/cat\nstartsecs=0\n"));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("a", "RUNNING");
    world
}

/// Asks on the port; each of `headers` ends its line.
fn ask(world: &mut World, request: &str, headers: &str, body: &str) -> Answer {
    let server = Server::Tcp(world.scratch.port(1));
    let length = body.len();
    let text = format!(
        "{request} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    );
    server.exchange(text.as_bytes()).expect("the daemon answers")
}

/// `u:p`, as HTTP Basic has it.
const BASIC: &str = "Authorization: Basic dTpw\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

#[test]
fn nobody_gets_in_by_a_detour() {
    let mut world = locked();
    for path in [
        "/",
        "//",
        "/./",
        "/index.html",
        "/INDEX.HTML",
        "/assets/../daemon.html",
        "/assets/%2e%2e/daemon.html",
        "/assets/..%2fdaemon.html",
        "/sign-in.html/../daemon.html",
        "/daemon.html;sign-in.html",
        "/daemon.html?/sign-in.html",
        "/api/v1/processes",
        "/api/v1/processes?x=/healthz",
        "/healthz/../api/v1/processes",
        "/tail.html?processname=a",
        "/logtail/a/stdout",
        "/mainlogtail",
        "http://localhost/daemon.html",
    ] {
        for headers in [
            "",
            "Authorization: Basic\r\n",
            "Authorization: Basic Og==\r\n",
            "Authorization: Bearer dTpw\r\n",
            "Cookie: provost_session=\r\n",
            "Cookie: provost_session=0123456789abcdef\r\n",
            "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-User: u\r\n",
        ] {
            let answer = ask(&mut world, &format!("GET {path}"), headers, "");
            assert!([400, 401, 403, 404].contains(&answer.code()), "{path} {headers}: {answer:?}");
            assert!(
                !answer.body.contains("RUNNING") && !answer.body.contains("running"),
                "{path}: {answer:?}"
            );
        }
    }
    for request in ["POST /do", "POST /api/v1/processes/a/stop", "POST /RPC2", "DELETE /api/v1/log"] {
        let answer = ask(&mut world, request, FORM, "do=stop+a&token=");
        assert!([401, 403].contains(&answer.code()), "{request}: {answer:?}");
    }
    assert_eq!(world.state("a"), "RUNNING");
}

#[test]
fn paths_do_not_lead_out() {
    let mut world = locked();
    let secret = "between you and me";
    world.scratch.write("secret", secret);
    for path in [
        "/assets/../secret",
        "/assets/%2e%2e%2fsecret",
        "/../../../../etc/passwd",
        "/assets/....//....//etc/passwd",
        "/logtail/..%2fsecret/stdout",
        "/logtail/%2e%2e/%2e%2e/etc/passwd",
        "/tail.html?processname=../secret",
        "/program.html?name=../../etc/passwd",
        "/program.html?name=a&channel=../../secret",
        "/api/v1/processes/..%2f..%2fsecret/logs/stdout",
        "/api/v1/processes/a/logs/..%2f..%2fsecret",
        "/assets/secret%00.css",
    ] {
        let answer = ask(&mut world, &format!("GET {path}"), BASIC, "");
        assert!((200..500).contains(&answer.code()), "{path}: {answer:?}");
        let leaked = [secret, "root:x:0"].iter().any(|text| answer.body.contains(text));
        assert!(!leaked, "{path}: {answer:?}");
    }
}

#[test]
fn other_sites_change_nothing() {
    let mut world = locked();
    for headers in [
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
        "Referer: http://evil.example/\r\n",
        "",
    ] {
        // A browser adds credentials that it knows by itself.
        let headers = format!("{BASIC}{FORM}{headers}");
        for (request, body) in [
            ("POST /do", "do=stop+a"),
            ("POST /do?do=stop+a", ""),
            ("GET /do?do=stop+a", ""),
            ("GET /index.html?action=stop&processname=a", ""),
            ("POST /index.html?action=stop&processname=a", ""),
            ("POST /api/v1/processes/a/stop", "{}"),
        ] {
            ask(&mut world, request, &headers, body);
        }
    }
    assert_eq!(world.state("a"), "RUNNING");
    assert!(!world.log().contains("stopped: a"), "{}", world.log());
}

#[test]
fn the_first_visit_is_small_and_stays_at_home() {
    let mut world = locked();
    let page = ask(&mut world, "GET /", BASIC, "");
    for (name, expect) in [("x-frame-options", "DENY"), ("x-content-type-options", "nosniff")] {
        assert_eq!(page.header(name), Some(expect));
    }
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!page.body.replace("http://localhost", "").contains("://"), "{}", page.body);
    let mut addresses = vec!["/".to_owned()];
    addresses.extend(
        page.body.split('"').filter(|text| text.starts_with("assets/")).map(|text| format!("/{text}")),
    );
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 4, "the page, a stylesheet, a script, an icon: {addresses:?}");
    let headers = format!("{BASIC}Accept-Encoding: gzip\r\n");
    let length = |address: &String| -> usize {
        let answer = ask(&mut world, &format!("GET {address}"), &headers, "");
        assert_eq!(answer.header("content-encoding"), Some("gzip"), "{address}");
        answer.header("content-length").and_then(|length| length.parse().ok()).expect("a length")
    };
    let bytes: usize = addresses.iter().map(length).sum();
    assert!(bytes < 60_000, "{bytes} bytes");
}

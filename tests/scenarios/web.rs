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
            // Who tries often enough is told to wait.
            assert!([400, 401, 403, 404, 429].contains(&answer.code()), "{path} {headers}: {answer:?}");
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
        "/assets/%252e%252e%252fsecret",
        "/%252e%252e/%252e%252e/etc/passwd",
        "/logtail/%252e%252e%252fsecret/stdout",
        "/api/v1/processes/%252e%252e%252fsecret/logs/stdout?download=1",
        "/api/v1/events?process=..%2f..%2fsecret&log=stdout",
        "/api/v1/events?process=a&log=..%2f..%2fsecret",
    ] {
        let answer = ask(&mut world, &format!("GET {path}"), BASIC, "");
        assert!((200..500).contains(&answer.code()), "{path}: {answer:?}");
        let leaked = [secret, "root:x:0"].iter().any(|text| answer.body.contains(text));
        assert!(!leaked, "{path}: {answer:?}");
    }
}

#[test]
fn nothing_that_is_asked_becomes_a_header() {
    let mut world = locked();
    let inject = "%0d%0aX-Evil:%20yes%0d%0aSet-Cookie:%20evil=1";
    for request in [
        format!("GET /api/v1/processes/a{inject}/logs/stdout?download=1"),
        format!("GET /api/v1/processes/a/logs/stdout{inject}?download=1"),
        format!("GET /logtail/a{inject}"),
        format!("GET /?lang=en{inject}&theme=dark{inject}&note={inject}"),
        format!("GET /program.html?name=a{inject}"),
        format!("GET /tail.html?processname=a{inject}&limit=1{inject}"),
        format!("GET /assets/console{inject}.css"),
        format!("GET /{inject}"),
    ] {
        let answer = ask(&mut world, &request, BASIC, "");
        let cookie = answer.header("set-cookie").unwrap_or_default();
        assert!(answer.header("x-evil").is_none() && !cookie.contains("evil"), "{request}: {answer:?}");
    }
    for (request, body) in [
        ("POST /do", format!("do=stop+a&back=program.html?name=a{inject}")),
        ("POST /sign-in.html", format!("user=u&password=p&next=daemon.html{inject}")),
        ("POST /sign-out", format!("token={inject}")),
    ] {
        let answer = ask(&mut world, request, &format!("{BASIC}{FORM}"), &body);
        assert!(answer.header("x-evil").is_none(), "{request}: {answer:?}");
        assert!(!answer.header("location").unwrap_or_default().contains("vil"), "{request}: {answer:?}");
    }
}

#[test]
fn files_are_saved_under_harmless_names() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure(
        "[inet_http_server]\nport=127.0.0.1:$PORT1\n[program:a]\nprocess_name=\"><img_src=x>%%0d%%0a;..\n\
         command=/bin/sh -c 'echo hello; exec cat'\nstdout_logfile=%(here)s/a.log\n",
    );
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_file("a.log", "hello");
    let path = "/api/v1/processes/a:%22%3E%3Cimg_src=x%3E%250d%250a%3B../logs/stdout?download=1";
    let answer = ask(&mut world, &format!("GET {path}"), "", "");
    assert_eq!(answer.code(), 200, "{answer:?}");
    let name = answer.header("content-disposition").expect("it is saved");
    assert_eq!(name, "attachment; filename=\"a____img_src_x__0d_0a_..-stdout.log\"");
    let page = ask(&mut world, "GET /", "", "").body;
    assert!(!page.contains("<img_src") && page.contains("&#34;&#62;&#60;img_src=x&#62;"), "{page}");
}

#[test]
fn signing_in_leads_nowhere_else_and_takes_no_cookie_of_others() {
    let mut world = locked();
    for next in [
        "//evil.example",
        "https://evil.example",
        "%2f%2fevil.example",
        "%5cevil.example",
        "javascript:alert(1)",
    ] {
        let answer = ask(&mut world, "POST /sign-in.html", FORM, &format!("user=u&password=p&next={next}"));
        let location = answer.header("location").expect("a way on");
        // Whatever follows, it is a path below this one.
        assert!(location.starts_with("./") && !location.starts_with(".//"), "{next}: {location}");
    }
    let name = format!("provost_session_{}", world.scratch.port(1));
    let planted = format!("{FORM}Cookie: {name}=0123456789abcdef\r\n");
    let answer = ask(&mut world, "POST /sign-in.html", &planted, "user=u&password=p");
    let cookie = answer.header("set-cookie").expect("a session");
    assert!(cookie.contains(&name) && !cookie.contains("0123456789abcdef;"), "{cookie}");
    for site in [
        "Origin: http://evil.example\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n",
    ] {
        let answer = ask(&mut world, "POST /sign-in.html", &format!("{FORM}{site}"), "user=u&password=p");
        assert_eq!((answer.code(), answer.header("set-cookie")), (403, None), "{site}");
    }
    let sent_on = ask(&mut world, "GET /daemon.html", "Sec-Fetch-Mode: navigate\r\n", "");
    let location = sent_on.header("location").map(str::to_owned);
    assert_eq!((sent_on.code(), location.as_deref()), (303, Some("sign-in.html?next=daemon.html")));
    let page = ask(&mut world, "GET /sign-in.html?next=daemon.html", "Sec-Fetch-Mode: navigate\r\n", "");
    let policy = page.header("content-security-policy").unwrap_or_default();
    assert!(page.code() == 200 && policy.contains("frame-ancestors 'none'"), "{page:?}");
}

/// Gets in, and has the header that shows it.
fn sign_in(world: &mut World) -> String {
    let answer = ask(world, "POST /sign-in.html", FORM, "user=u&password=p");
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a session");
    format!("Cookie: {cookie}\r\n")
}

/// The token of the forms of a page.
fn token(page: &Answer) -> Option<&str> {
    page.body.split_once("name=\"token\" value=\"")?.1.split('"').next()
}

#[test]
fn a_reload_signs_out_only_whose_password_has_changed() {
    let mut world = locked();
    // Each life has a program of its own, by which it is recognised.
    let live_again = |world: &mut World, password: &str, program: &str| {
        let server = format!("[inet_http_server]\nport=127.0.0.1:$PORT1\nusername=u\npassword={password}\n");
        world.configure(&format!("{server}[program:{program}]\ncommand=/bin/cat\nstartsecs=0\n"));
        world.ctl("reload");
        world.wait_state(program, "RUNNING");
    };
    let cookie = sign_in(&mut world);
    let before = ask(&mut world, "GET /", &cookie, "");
    live_again(&mut world, "p", "second");
    let after = ask(&mut world, "GET /", &cookie, "");
    assert_eq!(after.code(), 200, "{after:?}");
    assert_eq!(token(&before), token(&after), "forms of pages that were open before still work");
    live_again(&mut world, "q", "third");
    assert_eq!(ask(&mut world, "GET /", &cookie, "").code(), 401);
}

#[test]
fn a_listeners_input_is_the_daemons() {
    let mut world = locked();
    let server = "[inet_http_server]\nport=127.0.0.1:$PORT1\n";
    let listener = "[eventlistener:ear]\ncommand=/bin/cat\nevents=TICK_3600\nstartsecs=0\n";
    world.configure(&format!("{server}{listener}"));
    world.ctl("reload");
    world.wait_state("ear", "RUNNING");
    let page = ask(&mut world, "GET /program.html?name=ear", "", "").body;
    assert!(page.contains("class=\"fact waiting\"") && page.contains("class=\"fact dropped\""), "{page}");
    assert!(!page.contains("name=\"data\""), "{page}");
    let json = "Content-Type: application/json\r\n";
    let answer = ask(&mut world, "POST /api/v1/processes/ear/stdin", json, "{\"data\":\"x\"}");
    assert_eq!(answer.code(), 400, "{answer:?}");
    assert!(answer.body.contains("is an event listener"), "{answer:?}");
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

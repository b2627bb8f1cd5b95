//! The pages: what people see, what they can do, and what nobody else can.

use std::sync::Arc;

use provost_config::diff::Changes;
use provost_config::model::{Credentials, Process};
use provost_core::call::{Call, Fault, Reply};
use provost_core::status::State;

use crate::ports::Unusable;

use super::world::{Answer, Setup, World, config, group, row, until_logged};

/// A request with headers, given as `NAME: VALUE` lines.
fn request(method: &str, path: &str, headers: &[&str], body: &str) -> String {
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
}

fn get(world: &World, path: &str, headers: &[&str]) -> Answer {
    world.ask(&request("GET", path, headers, ""))
}

fn send(world: &World, path: &str, headers: &[&str], form: &str) -> Answer {
    world.ask(&request("POST", path, headers, form))
}

/// Where an answer leads, and what the page there says: `PAGE|MESSAGE`.
#[track_caller]
fn led(world: &World, answer: &Answer, headers: &[&str]) -> String {
    assert_eq!(answer.status, 303, "{answer:?}");
    let location = answer.header("location").expect("a way on");
    let (page, _) = location.split_once("note=").unwrap_or_else(|| panic!("a note: {location}"));
    let text = get(world, &format!("/{}", location.trim_start_matches("./")), headers).text();
    let (_, rest) =
        text.split_once("status_msg notice\" role=\"status\">").unwrap_or_else(|| panic!("{text}"));
    format!("{}|{}", page.trim_end_matches(['?', '&']), rest.split('<').next().unwrap_or_default())
}

/// The token that a page carries.
fn token(page: &Answer) -> String {
    let text = page.text();
    let (_, rest) = text.split_once("name=\"token\" value=\"").expect("the page has a form with a token");
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn calls(world: &World) -> Vec<String> {
    world.calls.lock().expect("no test panics with the lock").clone()
}

fn locked() -> Setup {
    let credentials = Credentials { username: "user".into(), password: "1&3".into() };
    Setup { credentials: Some(credentials), ..Setup::default() }
}

const BROWSER: &str = "Sec-Fetch-Mode: navigate";

#[test]
fn the_overview_is_complete_without_script() {
    let world = World::new(Setup::default());
    let page = get(&world, "/", &[]);
    let text = page.text();
    for expect in [
        "<title>Supervisor Status</title>",
        "class=\"state statusrunning\">running<",
        "value=\"stop a\"",
        "value=\"start g:one\"",
        "value=\"restart g:*\"",
        "value=\"stop-all\" formaction=\"confirm.html\"",
        "method=\"post\" action=\"do\"",
        "href=\"program.html?name=g%3Aone\"",
    ] {
        assert!(text.contains(expect), "{expect}\n{text}");
    }
    for absolute in ["=\"/", "=\"http", "style=", "onclick", "<script>"] {
        assert!(!text.contains(absolute), "{absolute}");
    }
}

#[test]
fn pages_keep_to_themselves() {
    let world = World::new(Setup::default());
    for path in [
        "/",
        "/program.html?name=a",
        "/program.html?name=x",
        "/daemon.html",
        "/tail.html?processname=a",
        "/sign-in.html",
    ] {
        let page = get(&world, path, &[]);
        let policy = page.header("content-security-policy").expect(path);
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        for (name, expect) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.header(name), Some(expect), "{path}");
        }
    }
}

#[test]
fn names_and_logs_are_text() {
    const NAME: &str = "<script>alert(1)</script>";
    let process = row(1, NAME, NAME, State::Fatal);
    let mut process = process;
    process.spawn_error = "<img src=x onerror=alert(2)>\"'".into();
    process.stdout_logfile = Some("evil.out".into());
    let configured = config(vec![group(NAME, 1, vec![Process::with_defaults(NAME, "/bin/true")])]);
    let world = World::new(Setup { processes: vec![process], configured, ..Setup::default() });
    world.write("evil.out", b"</pre><script>alert(3)</script>\x1b[31mred\x1b[0m\xff\0\n");
    let quoted = "%3Cscript%3Ealert%281%29%3C%2Fscript%3E";
    for path in [
        "/".to_owned(),
        format!("/program.html?name={quoted}"),
        format!("/tail.html?processname={quoted}"),
        format!("/?q={quoted}&note={quoted}&state={quoted}&sort={quoted}"),
        format!("/index.html?action=stop&processname={quoted}"),
        format!("/program.html?name=x{quoted}"),
    ] {
        let text = get(&world, &path, &[]).text();
        for wrong in ["<script>a", "<img src=x", "</pre><s"] {
            assert!(!text.contains(wrong), "{path}: {wrong}");
        }
        assert!(text.contains("alert"), "{path}");
    }
    let text = get(&world, &format!("/program.html?name={quoted}"), &[]).text();
    assert!(text.contains("red\u{fffd}\u{fffd}") && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn a_button_does_what_it_says_and_leads_back() {
    let world = World::new(Setup::default());
    let token = token(&get(&world, "/", &[]));
    for (form, path, expect) in [
        ("do=stop+a", "./|a: stopped", "Stop { target: Process"),
        ("do=start+g%3A*", "./|g:*: started", "Start { target: Group"),
        ("do=stop-all", "./|all programs: stopped", "Stop { target: All"),
        (
            "do=signal+a&signal=HUP&back=program.html%3Fname%3Da",
            "program.html?name=a|a: signal sent",
            "signal: Some(1)",
        ),
        ("do=stdin+a&data=x&back=https%3A%2F%2Fevil.example", "./|a: sent", "SendStdin"),
    ] {
        let answer = send(&world, "/do", &[], &format!("{form}&token={token}"));
        assert_eq!(led(&world, &answer, &[]), path, "{form}");
        let last = calls(&world).pop().expect("a call");
        assert!(last.contains(expect), "{form}: {last}");
    }
    let cleared = send(&world, "/do", &[], &format!("do=clear+a&token={token}"));
    assert_eq!(led(&world, &cleared, &[]), "./|a: log cleared");
    until_logged(&world.lines, "cleared 1");
}

#[test]
fn a_daemon_that_ends_says_so_itself() {
    let world = World::new(Setup::default());
    let form = format!("do=shutdown&back=daemon.html&token={}", token(&get(&world, "/", &[])));
    for (headers, expect) in [
        (&[][..], "<h1>The daemon shuts down.</h1>"),
        (&["Accept-Language: zh"], "<h1>守护进程正在关闭。</h1>"),
        (&["Accept: application/json"], r#"{"done":true,"message":"The daemon shuts down."}"#),
    ] {
        let answer = send(&world, "/do", headers, &form);
        let text = answer.text();
        assert!(answer.status == 200 && text.contains(expect) && !text.contains("<script"), "{text}");
    }
    assert_eq!(calls(&world), ["Shutdown"; 3]);
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let unusable = Unusable {
        message: "odd".into(),
        mistakes: vec!["odd (/etc/s.conf:3:1)".into(), "even; help (/etc/s.conf:4:1)".into()],
    };
    let world = World::new(Setup { loader: Arc::new(move || Err(unusable.clone())), ..Setup::default() });
    let page = get(&world, "/daemon.html?plan=1", &[]);
    let expect = "The configuration cannot be used: odd (/etc/s.conf:3:1)\neven; help (/etc/s.conf:4:1)<";
    assert!(page.text().contains(expect), "{}", page.text());
    let form = format!("do=reload&token={}", token(&page));
    let told = send(&world, "/do", &["Accept: application/json"], &form).text();
    assert!(told.contains("(/etc/s.conf:4:1)"), "{told}");
}

#[test]
fn browsers_find_an_icon_for_pages_that_name_none() {
    let icon = get(&World::new(locked()), "/favicon.ico", &[]);
    assert_eq!((icon.status, icon.header("content-type")), (200, Some("image/svg+xml")));
}

#[test]
fn a_link_cannot_make_a_page_say_something() {
    let world = World::new(Setup::default());
    let lie = "Your%20session%20is%20over%3A%20call%20555-1234";
    for name in ["message", "note", "status_msg", "told"] {
        for page in ["", "daemon.html", "program.html?name=a", "tail.html?processname=a"] {
            let separator = if page.contains('?') { '&' } else { '?' };
            let text = get(&world, &format!("/{page}{separator}{name}={lie}"), &[]).text();
            assert!(!text.contains("555-1234"), "{page} {name}");
        }
    }
}

#[test]
fn nothing_is_done_without_the_token() {
    let world = World::new(Setup::default());
    let token = token(&get(&world, "/", &[]));
    for form in ["do=stop+a", "do=stop+a&token=", "do=stop+a&token=0123", "do=shutdown&token=x"] {
        let answer = send(&world, "/do", &[], form);
        assert!(led(&world, &answer, &[]).contains("Nothing was changed"), "{form}");
    }
    for headers in
        [&["Origin: http://evil.example"][..], &["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"]]
    {
        let answer = send(&world, "/do", headers, &format!("do=stop+a&token={token}"));
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    assert_eq!(get(&world, &format!("/do?do=stop+a&token={token}"), &[]).status, 400);
    assert_eq!(calls(&world), [""; 0]);
}

#[test]
fn old_links_ask_and_do_not_act() {
    let world = World::new(Setup::default());
    for path in [
        "/index.html?action=stop&processname=a",
        "/?action=restartall",
        "/index.html?action=clearlog&processname=g:one",
    ] {
        let page = get(&world, path, &[]);
        assert_eq!(page.status, 200, "{path}");
        assert!(page.text().contains("method=\"post\" action=\"do\""), "{path}");
    }
    let form = send(&world, "/index.html", &[], "action=stop&processname=a");
    assert!(form.text().contains("Stop a?"), "{}", form.text());
    assert_eq!(get(&world, "/index.html?action=nope", &[]).status, 400);
    assert_eq!(get(&world, "/index.html?action=refresh", &[]).status, 200);
    assert_eq!(calls(&world), [""; 0]);
}

#[test]
fn links_act_where_the_configuration_says_so() {
    let world = World::new(Setup { unsafe_get_actions: true, ..locked() });
    let basic = "Authorization: Basic dXNlcjoxJjM=";
    for (path, expect, call) in [
        ("/index.html?action=stop&processname=a", "./|a: stopped", "Stop { target: Process"),
        ("/?action=stopall", "./|all programs: stopped", "Stop { target: All"),
    ] {
        assert_eq!(get(&world, path, &[]).status, 401, "{path}");
        let framed = ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", basic];
        assert_eq!(get(&world, path, &framed).status, 403, "a picture of another site: {path}");
        assert_eq!(calls(&world).last().filter(|last| last.contains(call)), None, "{path}");
        assert_eq!(led(&world, &get(&world, path, &[basic]), &[basic]), expect, "{path}");
        assert!(calls(&world).pop().is_some_and(|last| last.contains(call)), "{path}");
    }
    let form = send(&world, "/index.html", &[basic], "action=start&processname=a");
    assert_eq!(led(&world, &form, &[basic]), "./|a: started");
    // The page's own forms need their token all the same.
    let without = send(&world, "/do", &[basic], "do=stop+a");
    assert!(led(&world, &without, &[basic]).contains("Nothing was changed"));
}

#[test]
fn no_answer_is_taken_for_something_else() {
    let world = World::new(Setup::default());
    world.write("a.out", b"<html><script>alert(1)</script>");
    for path in [
        "/",
        "/nope",
        "/ok.html",
        "/api/v1/processes",
        "/api/v1/processes/a/logs/stdout?download=1",
        "/metrics",
        "/healthz",
    ] {
        assert_eq!(get(&world, path, &[]).header("x-content-type-options"), Some("nosniff"), "{path}");
    }
}

#[test]
fn an_update_tells_of_each_group() {
    let script = |call: &Call| {
        let names = |name: &str| vec![name.to_owned()];
        Some(Ok(match call {
            Call::Reread(_) => Reply::Changes(Changes {
                added: names("new"),
                changed: names("other"),
                removed: names("gone"),
            }),
            _ => Reply::Done,
        }))
    };
    let world = World::new(Setup { script: Box::new(script), ..Setup::default() });
    let token = token(&get(&world, "/daemon.html", &[]));
    let answer = send(&world, "/do", &["Accept: application/json"], &format!("do=update&token={token}"));
    let text = answer.text();
    assert!(text.contains("\"done\":true") && text.contains("−gone, −other, +other, +new"), "{text}");
}

#[test]
fn what_went_wrong_is_told() {
    let script = |_: &_| Some(Err(Fault::NotRunning("a".into())));
    let world = World::new(Setup { script: Box::new(script), ..Setup::default() });
    let token = token(&get(&world, "/", &[]));
    let answer = send(&world, "/do", &["Accept: application/json"], &format!("do=stop+a&token={token}"));
    assert_eq!(answer.text(), r#"{"done":false,"message":"a: is not running"}"#);
    let chinese = ["Accept: application/json", "Accept-Language: zh-CN"];
    let answer = send(&world, "/do", &chinese, &format!("do=stop+a&token={token}"));
    assert!(answer.text().contains("a：未在运行"), "{}", answer.text());
}

#[test]
fn people_sign_in_and_out() {
    let world = World::new(locked());
    let sent_on = get(&world, "/program.html?name=a", &[BROWSER]);
    assert_eq!((sent_on.status, sent_on.header("www-authenticate")), (303, None));
    assert_eq!(sent_on.header("location"), Some("sign-in.html?next=program.html%3Fname%3Da"));
    let page = get(&world, "/sign-in.html?next=program.html%3Fname%3Da", &[BROWSER]);
    assert_eq!(page.status, 200);
    assert!(page.text().contains("name=\"next\" value=\"program.html?name=a\""), "{}", page.text());
    assert!(!page.text().contains("running"), "nothing is shown before");
    let asked = get(&world, "/", &[]);
    assert_eq!(asked.header("www-authenticate"), Some("Basic realm=\"default\""));

    let wrong = send(&world, "/sign-in.html", &[BROWSER], "user=user&password=1");
    assert_eq!((wrong.status, wrong.header("set-cookie")), (401, None));
    assert!(wrong.text().contains("value=\"user\""), "the name need not be typed again: {}", wrong.text());
    let form = "user=user&password=1%263&next=program.html%3Fname%3Da";
    let right = send(&world, "/sign-in.html", &[BROWSER], form);
    assert_eq!((right.status, right.header("location")), (303, Some("./program.html?name=a")));
    let cookie = right.header("set-cookie").expect("a session");
    assert!(cookie.ends_with("; HttpOnly; SameSite=Strict"), "{cookie}");
    let cookie = format!("Cookie: {}", cookie.split(';').next().unwrap_or_default());

    let page = get(&world, "/", &[BROWSER, &cookie]);
    assert_eq!(page.status, 200);
    let token = token(&page);
    assert!(page.text().contains("action=\"sign-out\""));
    let stopped = send(&world, "/do", &[&cookie], &format!("do=stop+a&token={token}"));
    assert_eq!(led(&world, &stopped, &[&cookie]), "./|a: stopped");

    let refused = send(&world, "/sign-out", &[&cookie], "token=0123");
    assert_eq!((refused.status, refused.header("set-cookie")), (303, None));
    assert_eq!(get(&world, "/", &[BROWSER, &cookie]).status, 200);
    let out = send(&world, "/sign-out", &[&cookie], &format!("token={token}"));
    assert!(out.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=0")), "{out:?}");
    assert_eq!(get(&world, "/", &[BROWSER, &cookie]).status, 303);
    let logged = world.lines.lock().expect("no test panics with the lock").join("\n");
    assert!(!logged.contains("1&3") && !logged.contains("1%263"), "no password in the log");
}

#[test]
fn a_cookie_alone_changes_nothing() {
    let world = World::new(locked());
    let signed_in = send(&world, "/sign-in.html", &[], "user=user&password=1%263");
    let cookie =
        signed_in.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a session");
    let cookie = format!("Cookie: {cookie}");
    let token = token(&get(&world, "/", &[&cookie]));
    let json = "Content-Type: application/json";
    for path in ["/api/v1/processes/a/stop", "/RPC2", "/api/v1/shutdown"] {
        assert_eq!(world.ask(&request("POST", path, &[&cookie, json], "{}")).status, 403, "{path}");
    }
    assert_eq!(calls(&world), [""; 0]);
    let with_token = format!("X-Provost-Token: {token}");
    let answer = world.ask(&request("POST", "/api/v1/processes/a/stop", &[&cookie, json, &with_token], "{}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(get(&world, "/api/v1/processes", &[&cookie]).status, 200);
}

#[test]
fn strangers_get_what_the_sign_in_page_is_made_of() {
    let world = World::new(locked());
    let sent_on = get(&world, "/deep/path/", &[BROWSER]);
    assert_eq!(sent_on.header("location"), Some("../../sign-in.html?next=deep/path/"));
    let text = send(&world, "/deep/path/", &[BROWSER], "").text();
    assert!(text.contains("action=\"../../sign-in.html\""), "{text}");
    let (_, rest) = text.split_once("href=\"../../assets/").expect("a stylesheet");
    let name = rest.split('"').next().unwrap_or_default();
    let style = get(&world, &format!("/assets/{name}"), &["Accept-Encoding: gzip"]);
    assert_eq!((style.status, style.header("content-encoding")), (200, Some("gzip")));
    assert!(style.header("cache-control").is_some_and(|caching| caching.contains("immutable")));
    assert_eq!(get(&world, "/assets/../RPC2", &[]).status, 404);
    assert_eq!(get(&world, "/daemon.html", &["Sec-Fetch-Mode: cors"]).header("www-authenticate"), None);
}

#[test]
fn pages_speak_both_languages() {
    let world = World::new(Setup::default());
    let chinese = get(&world, "/", &["Accept-Language: zh-CN,zh;q=0.9"]).text();
    assert!(chinese.contains("lang=\"zh-CN\"") && chinese.contains("运行中"), "{chinese}");
    let chosen = get(&world, "/?lang=zh-CN&theme=dark", &["Accept-Language: en"]);
    assert!(chosen.text().contains("data-theme=\"dark\""));
    assert!(chosen.head.contains("provost_language=zh-CN") && chosen.head.contains("provost_theme=dark"));
    let remembered = get(&world, "/", &["Cookie: provost_language=zh-CN"]).text();
    assert!(remembered.contains("全部停止"));
}

/// What people read of a page: texts, and what browsers say of elements.
fn readable(page: &str) -> String {
    let mut text = String::new();
    for piece in page.split('<').skip(1) {
        let (tag, rest) = piece.split_once('>').unwrap_or((piece, ""));
        for name in ["title=\"", "aria-label=\"", "placeholder=\"", "alt=\""] {
            text.extend(
                tag.split(name)
                    .skip(1)
                    .filter_map(|value| value.split('"').next())
                    .flat_map(|value| [value, " "]),
            );
        }
        // Data for the script has its own test: every row of the table has both languages.
        if !tag.starts_with("script") {
            text.extend([rest, " "]);
        }
    }
    text
}

#[test]
fn chinese_pages_have_no_english() {
    /// Names, and words that are the same everywhere.
    const SAME: &str = "Provost Supervisor supervisor English JavaScript pid CPU KB MB stdout stderr SIGKILL HUP USR1 USR2 INT \
                        TERM QUIT CONT STOP WINCH KILL a g one two nope x etc supervisord conf None";
    /// What the daemon itself says of a configuration that cannot be read, in the words of its log.
    const TROUBLE: &str = "there is no file";
    let same: Vec<&str> = SAME.split_whitespace().collect();
    let world = World::new(Setup::default());
    let locked = World::new(locked());
    let chinese = ["Accept-Language: zh-CN", BROWSER];
    for (world, path) in [
        (&world, "/"),
        (&world, "/?q=nope"),
        (&world, "/program.html?name=a"),
        (&world, "/program.html?name=g:one&channel=stderr"),
        (&world, "/program.html?name=nope"),
        (&world, "/daemon.html?plan=1"),
        (&world, "/tail.html?processname=a"),
        (&world, "/tail.html?processname=nope"),
        (&world, "/tail.html"),
        (&world, "/?action=stopall"),
        (&world, "/?action=nope"),
        (&world, "/sign-in.html"),
        (&locked, "/sign-in.html?next=daemon.html"),
    ] {
        let text = readable(&get(world, path, &chinese).text()).replace(TROUBLE, "");
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let words = text
            .split(|letter| !is_name(letter))
            .filter(|word| word.contains(|letter: char| letter.is_ascii_alphabetic()));
        let english: Vec<&str> = words.filter(|word| !same.contains(word)).collect();
        assert!(english.is_empty(), "{path}: {english:?}");
    }
}

#[test]
fn the_end_of_a_log_has_its_old_address() {
    let world = World::new(Setup::default());
    world.write("a.out", "x".repeat(2000).as_bytes());
    for (query, expect) in [
        ("", "No process name found"),
        ("?processname=nope", "BAD_NAME: nope"),
        ("?processname=g:one", "No file for g:one"),
        ("?processname=a", "Supervisor tail of process a"),
    ] {
        let page = get(&world, &format!("/tail.html{query}"), &[]);
        assert_eq!(page.status, 200, "{query}");
        assert!(page.text().contains(expect), "{query}: {}", page.text());
    }
    let bytes = |query: &str| {
        get(&world, &format!("/tail.html?processname=a{query}"), &[]).text().matches("xx").count() * 2
    };
    assert_eq!((bytes(""), bytes("&limit=1500"), bytes("&limit=99999")), (1024, 1500, 2000));
}

#[test]
fn the_first_visit_is_small() {
    let processes: Vec<_> = (0..1000)
        .map(|number| row(number + 1, "g", &format!("worker-{number:04}"), State::Running))
        .collect();
    let world = World::new(Setup { processes, ..Setup::default() });
    let page = get(&world, "/", &["Accept-Encoding: gzip"]);
    assert_eq!(page.header("content-encoding"), Some("gzip"));
    let bytes = page.body.len();
    assert!(bytes < 40 << 10, "a page of 1000 programs has {bytes} bytes");
}

#[test]
fn search_state_and_order_work_in_the_address() {
    let world = World::new(Setup::default());
    for (query, expect) in [("q=two", "two"), ("state=running", "a"), ("q=nope", "")] {
        let text = get(&world, &format!("/?{query}"), &[]).text();
        let names: Vec<&str> = text
            .split("class=\"row\" data-name=\"")
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or_default())
            .collect();
        let expect: Vec<&str> = [expect]
            .into_iter()
            .filter(|name| !name.is_empty())
            .map(|name| if name == "two" { "g:two" } else { name })
            .collect();
        assert_eq!(names, expect, "{query}");
    }
}

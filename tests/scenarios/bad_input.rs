//! Bad input: what is broken is refused or reported, and whatever runs goes on running.

use provost_tests::http::Server;
use provost_tests::wait::{PATIENCE, stays, until};
use provost_tests::{Implementation, Sides, World};
use std::io::{Read, Write};
use std::time::Duration;

use crate::on_both;

on_both! {
    a_broken_file_at_start,
    a_broken_file_while_running,
    a_broken_file_at_sighup,
    programs_that_cannot_start,
    requests_that_are_none,
}

fn a_broken_file_at_start(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    let touch = "[program:first]\ncommand=/bin/sh -c \"echo started > %(here)s/started; exec cat\"\n";
    world.configure(&format!("{touch}[program:second]\ncommand=/bin/cat\nstartsecs=soon\n"));
    let refused = world.start(&[]).expect_err("the file is broken").0;
    assert_eq!(refused.code, Some(2));
    assert!(refused.complaint().starts_with("Error: invalid literal for int()"), "{}", refused.stderr);
    assert!(world.scratch.processes().is_empty(), "nothing was started");
    for leftover in ["started", "supervisor.sock", "supervisord.pid", "supervisord.log"] {
        assert!(!world.scratch.file(leftover).exists(), "{leftover}");
    }
}

fn a_broken_file_while_running(implementation: Implementation) {
    let mut world = World::with_programs(implementation, "[program:cat]\ncommand=/bin/cat\n");
    world.wait_state("cat", "RUNNING");
    let pid = world.pid_of("cat");
    let broken = "[program:cat]\ncommand=/bin/cat\n[program:other]\ncommand=/bin/cat\nautostart=perhaps\n";
    world.configure(broken);
    let reread = world.ctl("reread");
    assert_eq!(reread.code, Some(1));
    assert!(
        reread.stdout.contains("not a valid boolean value: 'perhaps' in section 'program:other'"),
        "{}",
        reread.stdout
    );
    let update = world.ctl("update");
    assert_eq!(update.code, Some(1));
    assert!(update.stdout.contains("not a valid boolean value: 'perhaps'"), "{}", update.stdout);
    world.scratch.write("supervisord.conf", "no configuration at all\n");
    assert_eq!(world.rpc("supervisor.reloadConfig()")[0].split(':').next(), Some("fault 92 CANT_REREAD"));
    assert_eq!((world.state("cat"), world.pid_of("cat")), ("RUNNING".to_owned(), pid));

    // Mended, it is read again.
    world.configure("[program:cat]\ncommand=/bin/cat\n[program:other]\ncommand=/bin/cat\nautostart=no\n");
    assert_eq!(world.ctl("update").stdout, "other: added process group\n");
    assert_eq!(world.pid_of("cat"), pid);
}

/// The reference stops everything, reads the file and is gone; ours reads first, and keeps what it has.
fn a_broken_file_at_sighup(implementation: Implementation) {
    let mut world = World::with_programs(implementation, "[program:cat]\ncommand=/bin/cat\n");
    world.wait_state("cat", "RUNNING");
    let pid = world.pid_of("cat");
    world.configure("[program:cat]\ncommand=/bin/cat\nstartsecs=soon\n");
    world.signal("HUP");
    match implementation {
        Implementation::Reference => assert_eq!(world.wait_end(), Some(2)),
        Implementation::Ours => {
            world.wait_log("invalid literal for int() with base 10: 'soon'");
            assert_eq!((world.state("cat"), world.pid_of("cat")), ("RUNNING".to_owned(), pid));
            world.configure("[program:cat]\ncommand=/bin/cat -u\n");
            world.signal("HUP");
            until(PATIENCE, "another child", || ![0, pid].contains(&world.pid_of("cat")));
            assert_eq!(world.stop(), Some(0));
        }
    }
}

const CANNOT_START: &str = r#"
[program:missing]
command=/no/such/program
startretries=1
[program:plain]
command=%(here)s/supervisord.conf
startretries=1
[program:lost]
command=/bin/cat
directory=/no/such/folder
startsecs=5
startretries=1
stderr_logfile=%(here)s/lost.err
[program:mute]
command=/bin/cat
stdout_logfile=%(here)s
startretries=1
[program:quote]
command=/bin/cat "unfinished
startretries=1
[program:format]
command=%(here)s/garbage
startsecs=5
startretries=1
stderr_logfile=%(here)s/format.err
[program:fine]
command=/bin/cat
"#;

fn programs_that_cannot_start(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write("garbage", "\u{1}\u{2}\u{3}\n");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(world.scratch.file("garbage"), executable).expect("our own file");
    world.configure(CANNOT_START);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));

    let directory = world.scratch.path().display().to_string();
    let reasons = [
        ("missing", "can't find command '/no/such/program'".to_owned()),
        ("plain", format!("command at '{directory}/supervisord.conf' is not executable")),
        ("lost", "Exited too quickly (process log may have details)".to_owned()),
        ("mute", "unknown error making dispatchers for 'mute': EISDIR".to_owned()),
        ("quote", "can't parse command '/bin/cat \"unfinished': No closing quotation".to_owned()),
        ("format", "Exited too quickly (process log may have details)".to_owned()),
    ];
    for (name, reason) in &reasons {
        world.wait_state(name, "FATAL");
        // Python prints a text with a single quote in double ones.
        assert_eq!(world.info(name, "spawnerr").trim_matches('"').replace("\\'", "'"), *reason, "{name}");
        let status = world.ctl(&format!("status {name}"));
        assert_eq!(status.code, Some(3));
        assert!(status.stdout.trim_end().ends_with(reason.as_str()), "{}", status.stdout);
        world.wait_log(&format!("gave up: {name} entered FATAL state"));
    }
    assert_eq!(world.log().matches("spawnerr: can't find command '/no/such/program'").count(), 2);
    let not_spawned = "supervisor: child process was not spawned\n";
    let lost = format!("supervisor: couldn't chdir to /no/such/folder: ENOENT\n{not_spawned}");
    assert_eq!(world.scratch.read("lost.err"), lost.repeat(2));
    let format = format!("supervisor: couldn't exec {directory}/garbage: ENOEXEC\n{not_spawned}");
    assert_eq!(world.scratch.read("format.err"), format.repeat(2));
    assert_eq!(world.state("fine"), "RUNNING");
}

/// Requests that no client would send. Whatever the answer is, the daemon serves the next one.
fn requests_that_are_none(implementation: Implementation) {
    let world = World::with_programs(implementation, "[program:cat]\ncommand=/bin/cat\n");
    world.wait_state("cat", "RUNNING");
    let pid = world.pid_of("cat");
    let body = |xml: &str| format!("POST /RPC2 HTTP/1.1\r\nContent-Length: {}\r\n\r\n{xml}", xml.len());
    let deep = "<value><array><data>".repeat(2000);
    let requests = [
        "\r\n\r\n".to_owned(),
        "nonsense\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        "POST /RPC2 HTTP/1.1\r\nContent-Length: many\r\n\r\n".to_owned(),
        "POST /RPC2 HTTP/1.1\r\nContent-Length: -5\r\n\r\n".to_owned(),
        "POST /RPC2 HTTP/1.1\r\nContent-Length: 5000\r\n\r\n<meth".to_owned(),
        body("<methodCall><methodName>supervisor.getState</methodName>"),
        body("<!DOCTYPE x [<!ENTITY a \"aaaa\">]><methodCall><methodName>&a;&a;</methodName></methodCall>"),
        body(&format!("<methodCall><methodName>supervisor.getState</methodName><params><param>{deep}")),
        "GET /logtail/%00%ff HTTP/1.1\r\n\r\n".to_owned(),
        format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(4000)),
    ];
    for request in &requests {
        let mut connection = world.server.connect().expect("the daemon listens");
        connection.write_all(request.as_bytes()).expect("the daemon reads");
        // Half a request never gets an answer; hanging up is what a broken client does.
        connection.finish_sending().expect("our own end");
        assert_eq!(world.state("cat"), "RUNNING", "after {request:.60?}");
    }
    if implementation == Implementation::Ours {
        bounded(&world.server);
    }
    assert_eq!(world.pid_of("cat"), pid);
}

/// What only ours promises: a request without end is cut off with an error, not read for ever.
fn bounded(server: &Server) {
    let huge = "POST /RPC2 HTTP/1.1\r\nContent-Length: 100000000000\r\n\r\n";
    let code = server.exchange(huge.as_bytes()).expect("an answer").code();
    assert!((400..500).contains(&code), "{code}");
    let mut connection = server.connect().expect("the daemon listens");
    let header = format!("X-Padding: {}\r\n", "x".repeat(1000));
    let mut sent = connection.write_all(b"GET / HTTP/1.1\r\n");
    for _ in 0..4000 {
        sent = sent.and_then(|()| connection.write_all(header.as_bytes()));
    }
    // Either the connection was cut while we were sending, or an error was answered.
    let mut answer = Vec::new();
    let read = connection.read_to_end(&mut answer);
    assert!(sent.is_err() || read.is_err() || answer.starts_with(b"HTTP/1.1 4"), "{answer:?}");
}

#[test]
fn a_slow_client_does_not_hold_up_others() {
    let world = World::with_programs(Implementation::Ours, "[program:cat]\ncommand=/bin/cat\n");
    world.wait_state("cat", "RUNNING");
    let mut slow: Vec<_> = (0..50).map(|_| world.server.connect().expect("the daemon listens")).collect();
    for connection in &mut slow {
        connection.write_all(b"POST /RPC2 HTTP/1.1\r\nContent-Le").expect("the daemon reads");
    }
    stays(Duration::from_millis(500), "service to others", || world.state("cat") == "RUNNING");
}

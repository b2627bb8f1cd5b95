//! Who should not get in, and what must not get out: hostile requests, web sites, guessers, crowds, and what children
//! inherit.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use provost_tests::http::{Connection, Server};
use provost_tests::wait::{PATIENCE, until, until_some};
use provost_tests::world::{CONFIG, HEAD};
use provost_tests::{Implementation, Sides, World, ctl, processes};

use crate::rights::{NOBODY, owner_of};
use crate::wrapped::allowed;
use crate::{on_both, shell};

on_both! {
    a_page_of_another_site_calls,
    children_inherit_nothing_by_accident,
}

const CAT: &str = "[program:cat]\ncommand=/bin/cat\n";
const STOP_CAT: &str = "<?xml version='1.0'?><methodCall><methodName>supervisor.stopProcess</methodName>\
                        <params><param><value><string>cat</string></value></param></params></methodCall>";

fn call(headers: &str) -> String {
    format!(
        "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {}\r\n\r\n{STOP_CAT}",
        STOP_CAT.len()
    )
}

/// A daemon with one program, which serves on a socket and on a port.
fn on_a_port(implementation: Implementation, more: &str) -> World {
    let mut world = World::new(Sides::both(implementation));
    world.configure(&format!("[inet_http_server]\nport=127.0.0.1:$PORT1\n{more}{CAT}"));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("cat", "RUNNING");
    world
}

fn port_of(world: &mut World) -> Server {
    Server::Tcp(world.scratch.port(1))
}

/// The reference obeys whatever page the visitor of a web site has open.
fn a_page_of_another_site_calls(implementation: Implementation) {
    let mut world = on_a_port(implementation, "");
    let server = port_of(&mut world);
    // A form of another site, as browsers send it without asking anybody.
    let form = "Origin: http://evil.example\r\nContent-Type: text/plain\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n";
    let answer = server.exchange(call(form).as_bytes()).expect("an answer");
    match implementation {
        Implementation::Reference => {
            assert_eq!(answer.code(), 200);
            world.wait_state("cat", "STOPPED");
        }
        Implementation::Ours => {
            for headers in [
                form,
                "Origin: http://evil.example\r\nContent-Type: text/xml\r\n",
                "Origin: null\r\nContent-Type: text/xml\r\n",
                "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n",
                "Sec-Fetch-Site: same-site\r\n",
                "Origin: http://localhost\r\nContent-Type: text/plain\r\n",
                "Origin: http://localhost\r\nOrigin: http://evil.example\r\n",
            ] {
                let answer = server.exchange(call(headers).as_bytes()).expect("an answer");
                assert_eq!(answer.code(), 403, "{headers}");
                assert!(
                    !answer.headers.iter().any(|line| line.to_lowercase().starts_with("access-control-"))
                );
            }
            // A name that another site made to mean this machine.
            let rebound = call("").replace("Host: localhost", "Host: evil.example");
            assert_eq!(server.exchange(rebound.as_bytes()).expect("an answer").code(), 403);
            assert_eq!(world.state("cat"), "RUNNING");
            // A browser asks first before it sends anything else than a form; no answer to that lets it.
            let preflight = "OPTIONS /RPC2 HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nAccess-Control-Request-Method: POST\r\n\r\n";
            assert_eq!(server.exchange(preflight.as_bytes()).expect("an answer").code(), 403);
            // A program is no browser.
            assert_eq!(
                server.exchange(call("Content-Type: text/plain\r\n").as_bytes()).expect("an answer").code(),
                200
            );
            world.wait_state("cat", "STOPPED");
        }
    }
}

/// Everything a server says until it closes or falls silent.
fn said(server: &Server, bytes: &[u8]) -> String {
    let mut connection = server.connect().expect("the daemon listens");
    let _refused_meanwhile = connection.write_all(bytes);
    let _gone_already = connection.finish_sending();
    let mut answer = Vec::new();
    let _reset = connection.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Each of these hides a call that stops the program, for a reader that understands the framing in another way than a
/// proxy would. It must be answered once at most, and the hidden call not be carried out.
#[test]
fn no_request_hides_in_another() {
    let mut world = on_a_port(Implementation::Ours, "");
    let pid = world.pid_of("cat");
    let hidden = call("");
    let framed =
        |headers: &str, body: &str| format!("POST /nope HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{body}");
    let length = hidden.len();
    let chunk = format!("{length:x}\r\n{hidden}\r\n0\r\n\r\n");
    let cases = [
        framed("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", &format!("0\r\n\r\n{hidden}")),
        framed("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", &format!("0\r\n\r\n{hidden}")),
        framed(&format!("Content-Length: 0\r\nContent-Length: {length}\r\n"), &hidden),
        framed(&format!("Content-Length: {length}\r\nContent-Length: 0\r\n"), &hidden),
        framed("Content-Length: 0, 5\r\n", &hidden),
        framed("Content-Length: +0\r\n", &hidden),
        framed("Content-Length: 0x0\r\n", &hidden),
        framed("Content-Length: -0\r\n", &hidden),
        framed("Content-Length: 00000000000000000000000000000000\r\n", "").replace("/nope", "/x y"),
        framed("Content-Length: 18446744073709551616\r\n", &hidden),
        framed("Content-Length : 0\r\n", &hidden),
        framed("Content-Length\r\n: 0\r\n", &hidden),
        framed("X: y\r\n Content-Length: 0\r\n", &hidden),
        framed("Transfer-Encoding: identity\r\n", &hidden),
        framed("Transfer-Encoding: chunked, identity\r\n", &format!("0\r\n\r\n{hidden}")),
        framed("Transfer-Encoding: xchunked\r\n", &format!("0\r\n\r\n{hidden}")),
        framed("Transfer-Encoding : chunked\r\n", &format!("0\r\n\r\n{hidden}")),
        framed(
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
            &format!("0\r\n\r\n{hidden}"),
        ),
        framed("Transfer-Encoding: chunked\r\n", &format!("-0\r\n\r\n{hidden}")),
        framed("Transfer-Encoding: chunked\r\n", &format!("0x0\r\n\r\n{hidden}")),
        framed("Transfer-Encoding: chunked\r\n", &format!("10000000000000000\r\n{hidden}")),
        framed("Transfer-Encoding: chunked\r\n", &format!("0;{}\r\n\r\n{hidden}", "x".repeat(100_000))),
        framed("Transfer-Encoding: chunked\r\n", &chunk.replace("\r\n0\r\n", "garbage0\r\n")),
        framed("Transfer-Encoding: chunked\r\n", "0\r\nContent-Length: 5\nX: y\r\n\r\n"),
        "POST /nope HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned() + &hidden,
        framed("X: a\rContent-Length: 5\r\n", &hidden),
        framed("X: \0\r\n", &hidden),
        format!("GET /?{} HTTP/1.1\r\nHost: x\r\n\r\n{hidden}", "x".repeat(100_000)),
        format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n{hidden}", "A: b\r\n".repeat(2000)),
        format!("GET / HTTP/1.1\r\nHost: x\r\nA: {}\r\n\r\n{hidden}", "b".repeat(100_000)),
        format!("GET /{hidden} HTTP/1.1\r\nHost: x\r\n\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned() + &hidden,
        "\x16\x03\x01\x02\0\x01\0".to_owned() + &hidden,
    ];
    for server in [port_of(&mut world), world.server.clone()] {
        for case in &cases {
            let answer = said(&server, case.as_bytes());
            let answers = answer.matches("HTTP/1.1 ").count();
            assert!(answers <= 1, "{answers} answers to {case:.90?}: {answer}");
            assert!(!answer.contains("<methodResponse>"), "{case:.90?}");
        }
        // What is sent whole behind a whole request is another request, and no secret.
        let pair = "GET /ok.html HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(2);
        assert_eq!(said(&server, pair.as_bytes()).matches("HTTP/1.1 200").count(), 2);
    }
    assert_eq!((world.state("cat"), world.pid_of("cat")), ("RUNNING".to_owned(), pid));
}

#[test]
fn hostile_documents_cost_nothing() {
    let world = World::with_programs(Implementation::Ours, CAT);
    world.wait_state("cat", "RUNNING");
    let memory = || processes::status_field(world.daemon_pid(), "VmHWM").expect("the daemon lives");
    let before = memory();
    let entities: String =
        (1..30).map(|n| format!("<!ENTITY a{n} '&a{0};&a{0};&a{0};&a{0};'>", n - 1)).collect();
    let method = "<methodName>supervisor.getState</methodName>";
    let cases = [
        (format!("<!DOCTYPE x [<!ENTITY a0 'ha'>{entities}]><methodCall>{method}<params><param><value>&a29;</value></param></params></methodCall>"), 400),
        ("<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]><methodCall><methodName>&f;</methodName></methodCall>".to_owned(), 400),
        ("<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/x.dtd'><methodCall/>".to_owned(), 400),
        (format!("<methodCall><methodName>{}</methodName></methodCall>", "&#x41;".repeat(100_000)), 200),
        (format!("<methodCall>{method}<params><param>{}", "<value><array><data>".repeat(50_000)), 400),
        (format!("<methodCall>{method}<params><param>{}", "<value><struct><member>".repeat(40_000)), 400),
        (format!("<methodCall>{method}<params>{}</params></methodCall>", "<param><value/></param>".repeat(40_000)), 200),
        (format!("<methodCall>{method}<params><param><value><int>{}</int></value></param></params></methodCall>", "9".repeat(900_000)), 200),
        (format!("<methodCall>{method}<params><param><value><double>1e{}</double></value></param></params></methodCall>", "9".repeat(10)), 200),
        ("x".repeat(2 << 20), 413),
        ("<methodCall>".repeat(80_000), 400),
        ("<a b='".to_owned() + &"c".repeat(1 << 19), 400),
    ];
    for (document, expect) in &cases {
        let request = format!(
            "POST /RPC2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{document}",
            document.len()
        );
        let code = world.server.exchange(request.as_bytes()).expect("an answer").code();
        assert!(code == *expect || code == 400, "{code} for {document:.80}");
        assert_eq!(world.state("cat"), "RUNNING");
    }
    let grown = memory() - before;
    assert!(grown < 32 << 10, "{grown} KiB more for documents of a megabyte");
}

/// Whatever a path or a field says, it names nothing outside and adds no header.
#[test]
fn nothing_is_reached_by_odd_paths() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure(&format!("{CAT}stdout_logfile=%(here)s/cat.log\n"));
    world.scratch.write("secret", "hunter2\n");
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    let up = [
        "..",
        "%2e%2e",
        "%252e%252e",
        "..%2f",
        "..%5c",
        "%c0%ae%c0%ae",
        "cat/..",
        "cat%00",
        "cat/stdout/..",
        ".",
    ];
    let bases =
        ["/", "/logtail/", "/assets/", "/stylesheets/", "/api/v1/processes/", "/tail.html?processname="];
    for base in bases {
        for step in up {
            for target in ["secret", "supervisord.conf", "etc/passwd", "../../../../../../etc/passwd"] {
                let request = format!("GET {base}{step}/{target} HTTP/1.0\r\nHost: x\r\n\r\n");
                let answer = world.server.exchange(request.as_bytes()).expect("an answer");
                assert!(!answer.body.contains("hunter2") && !answer.body.contains("root:"), "{request}");
            }
        }
    }
    let injected = "%0d%0aX-Evil:%201%0d%0a%0d%0a";
    for path in [
        "/?message=@",
        "/index.html?processname=@&action=stop",
        "/tail.html?processname=@",
        "/program.html?name=@",
        "/logtail/@",
        "/sign-in.html?next=@",
        "/api/v1/processes/@",
        "/api/v1/processes/cat/log/download?stream=@",
        "/@",
    ] {
        for (method, body) in [("GET", ""), ("POST", "next=@&name=@&do=@&message=@&user=@&password=@")] {
            let (path, body) = (path.replace('@', injected), body.replace('@', injected));
            let request = format!(
                "{method} {path} HTTP/1.0\r\nHost: x\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let answer = world.server.exchange(request.as_bytes()).expect("an answer");
            assert!(
                !answer.headers.iter().any(|line| line.to_lowercase().starts_with("x-evil")),
                "{request}"
            );
        }
    }
}

/// A unix socket tells who is there, and guessing is slowed for that user only.
#[test]
fn a_user_who_guesses_locks_nobody_else_out() {
    if !allowed(&NOBODY) {
        return;
    }
    let mut world = World::new(Sides::both(Implementation::Ours));
    let open = fs::Permissions::from_mode(0o777);
    fs::set_permissions(world.scratch.path(), open).expect("our own directory");
    let server = "[unix_http_server]\nchmod=0777\nusername=u\npassword=p\n";
    world.scratch.write(CONFIG, &HEAD.replacen("[unix_http_server]\n", server, 1));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    let client = world.sides.client.program("supervisorctl").expect("the client is there");
    let as_nobody = |password: &str| {
        let mut command = world.scratch.command(NOBODY[0].as_ref());
        command.args(&NOBODY[1..]).arg(&client).args([
            "-s",
            &world.server.url(),
            "-u",
            "u",
            "-p",
            password,
            "version",
        ]);
        ctl::run(command, "")
    };
    // An old password is no guess, however often it comes.
    for _ in 0..12 {
        assert!(!as_nobody("old").stdout.contains("429"));
    }
    let mut guess = 0;
    until(PATIENCE, "the guesser to be barred", || {
        guess += 1;
        let told = as_nobody(&guess.to_string());
        told.stdout.contains("429") || told.stderr.contains("429")
    });
    world.wait_log(
        "WARN HTTP: a request was refused unseen because of too many wrong passwords: from uid 65534",
    );
    assert_eq!(world.ctl("-u u -p p version").stdout, "4.3.0\n");
}

/// What `supervisord --hash-password` prints is a line for the file, for every server and client.
#[test]
fn a_hash_is_made_and_let_in() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    let made = |password: &str| {
        let mut command =
            world.scratch.command(&world.sides.daemon.program("supervisord").expect("it is there"));
        command.arg("--hash-password");
        ctl::run(command, password)
    };
    assert_eq!((made("").code, made("\n").code), (Some(2), Some(2)));
    let line = made("pa ss;%word\n").stdout;
    assert!(line.starts_with("password=$argon2id$v=19$") && line.ends_with('\n'), "{line}");
    let account = format!("username=u\n{line}");
    let head = HEAD.replacen("[unix_http_server]\n", &format!("[unix_http_server]\n{account}"), 1);
    world.scratch.write(CONFIG, &format!("{head}[inet_http_server]\nport=127.0.0.1:$PORT1\n{account}{CAT}"));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    for server in [world.server.clone(), port_of(&mut world)] {
        world.serve_on(server.clone(), "u", "pa ss;%word");
        assert_eq!(world.rpc("supervisor.getSupervisorVersion()"), ["'4.3.0'"]);
        world.serve_on(server, "u", "pa ss;%Word");
        assert_eq!(world.rpc("supervisor.getSupervisorVersion()"), ["http 401 Unauthorized"]);
    }
}

/// A password that begins like a hash and is none is refused where it stands, also while the daemon runs.
#[test]
fn a_broken_hash_closes_no_server() {
    let mut world = World::with_programs(Implementation::Ours, CAT);
    world.wait_state("cat", "RUNNING");
    let broken =
        HEAD.replacen("[unix_http_server]\n", "[unix_http_server]\nusername=u\npassword=$2b$12$short\n", 1);
    world.scratch.write(CONFIG, &format!("{broken}{CAT}"));
    let refused = world.refusal(&["--check"]).expect("it is refused");
    assert!(
        refused.stderr.contains("section [unix_http_server] has an unusable password")
            && refused.stderr.contains("supervisord.conf:3:10"),
        "{}",
        refused.stderr
    );
    world.signal("HUP");
    world.wait_log("CRIT");
    world.wait_log("section [unix_http_server] has an unusable password");
    assert_eq!(world.state("cat"), "RUNNING");
}

/// A server that others can reach without a password is told of at every start, and refused where that is asked for.
#[test]
fn an_open_port_is_told_of() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    let open = format!("[inet_http_server:x]\nport=*:$PORT1\n{CAT}");
    world.configure(&open);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_log("CRIT Server 'inet_http_server:x' running without any HTTP authentication checking");
    world.wait_log("CRIT [inet_http_server:x] can be used without a password by everybody who reaches port ");
    assert_eq!(world.stop(), Some(0));
    world.scratch.write(
        CONFIG,
        &format!("{HEAD}{open}").replacen("[supervisord]\n", "[supervisord]\nrequire_password=true\n", 1),
    );
    let refused = world.refusal(&[]).expect("it is refused");
    assert_eq!(refused.code, Some(2));
    assert!(
        refused
            .complaint()
            .starts_with("Error: section [inet_http_server:x] has no password, and others can reach it"),
        "{}",
        refused.stderr
    );
}

/// Whenever the socket can be seen, it has its owner and its mode, and before that nobody else can use it.
#[test]
fn a_socket_is_never_open_to_more_than_it_should() {
    if !allowed(&NOBODY) {
        return;
    }
    let mut world = World::new(Sides::both(Implementation::Ours));
    let server = "[unix_http_server]\nchmod=0640\nchown=nobody:nogroup\n";
    world.scratch.write(CONFIG, &HEAD.replacen("[unix_http_server]\n", server, 1));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    let (directory, done) = (world.scratch.path().to_owned(), AtomicBool::new(false));
    thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut seen = BTreeSet::new();
            while !done.load(Ordering::Relaxed) {
                for entry in fs::read_dir(&directory).expect("our own directory").flatten() {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    let Some(rest) = name.strip_prefix("supervisor.sock") else { continue };
                    if let Ok(file) = fs::symlink_metadata(entry.path()) {
                        seen.insert((!rest.is_empty(), file.mode() & 0o7777, file.uid(), file.gid()));
                    }
                }
            }
            seen
        });
        for round in 1..=20 {
            world.signal("HUP");
            until(PATIENCE, "another life", || {
                world.log().matches("INFO RPC interface 'supervisor' initialized").count() > round
            });
            until(PATIENCE, "it serves", || world.server.answers());
        }
        done.store(true, Ordering::Relaxed);
        let seen = watcher.join().expect("no panic");
        let (drafts, sockets): (BTreeSet<_>, BTreeSet<_>) =
            seen.into_iter().partition(|(is_draft, ..)| *is_draft);
        assert_eq!(sockets.into_iter().collect::<Vec<_>>(), [(false, 0o640, 65534, 65534)]);
        // A draft with its mode and not yet its owner does not listen: nobody can connect to it.
        let final_ones = [(true, 0, 0, 0), (true, 0o640, 0, 0), (true, 0o640, 65534, 65534)];
        assert!(drafts.iter().all(|draft| final_ones.contains(draft)), "{drafts:?}");
    });
}

/// Links that another user left in a directory of everybody lead the daemon nowhere.
#[test]
fn links_of_others_are_not_followed() {
    if !allowed(&NOBODY) {
        return;
    }
    let mut world = World::new(Sides::both(Implementation::Ours));
    let public = world.scratch.file("public");
    fs::create_dir(&public).expect("our own directory");
    fs::set_permissions(&public, fs::Permissions::from_mode(0o1777)).expect("our own directory");
    world.scratch.write("precious", "precious\n");
    let precious = world.scratch.file("precious");
    for name in ["daemon.pid", "server.sock"] {
        let mut link = Command::new(NOBODY[0]);
        link.args(&NOBODY[1..]).arg("ln").arg("-s").arg(&precious).arg(public.join(name));
        assert!(link.status().expect("ln runs").success());
    }
    let text = HEAD.replace("pidfile=%(here)s/supervisord.pid", "pidfile=%(here)s/public/daemon.pid");
    world.scratch.write(CONFIG, &format!("{text}{CAT}"));
    let pid = shell::start(&world, shell::PLAIN, "");
    world.wait_log("CRIT could not write pidfile");
    assert_eq!(world.scratch.read("precious"), "precious\n");
    shell::end(&mut world, pid);
    let text = text
        .replace("/public/daemon.pid", "/supervisord.pid")
        .replace("file=%(here)s/supervisor.sock", "file=%(here)s/public/server.sock");
    world.scratch.write(CONFIG, &text);
    let refused = world.refusal(&[]).expect("it is refused");
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert_eq!(
        (world.scratch.read("precious").as_str(), owner_of(&world, "precious")),
        ("precious\n", (0, 0))
    );
    assert!(fs::symlink_metadata(public.join("server.sock")).expect("it is left alone").is_symlink());
}

/// What each child says of itself. A shell opens and blocks things of its own: the descriptors are looked at from outside of
/// it, the signals in a child of it.
const REPORT: &str = "command=/bin/sh -c \"ls /proc/$$/fd;\
    grep -E '^(SigBlk|SigIgn|Umask|Uid|Gid|Groups|CapEff|NoNewPrivs):' /proc/self/status;\
    cat /proc/$$/oom_score_adj;cat /proc/$$/limits;env;echo end\"\n";

/// A hundred children, while clients come and go, listeners are talked to, and logs are written.
fn children_inherit_nothing_by_accident(implementation: Implementation) {
    let mut world = World::new(Sides::both(implementation));
    world.configure(&format!(
        "[inet_http_server]\nport=127.0.0.1:$PORT1\nusername=u\npassword=hunter2\n{CAT}\
         [eventlistener:l]\ncommand=/bin/cat\nevents=EVENT\n\
         [program:chatty]\ncommand=/usr/bin/yes\nstdout_logfile=/dev/null\n\
         [program:r]\n{REPORT}process_name=%(process_num)d\nnumprocs=100\nautostart=false\n\
         startsecs=0\nautorestart=false\nstdout_logfile=%(here)s/r%(process_num)d.out\n"
    ));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("cat", "RUNNING");
    let server = port_of(&mut world);
    let _idle: Vec<Connection> = (0..30).map(|_| server.connect().expect("the daemon listens")).collect();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let _answered = world.server.answers();
            }
        });
        let mut console = world.client();
        let started = console.args(["start", "r:*"]).stdout(Stdio::null()).status().expect("the client runs");
        done.store(true, Ordering::Relaxed);
        // The reference may find some ended before it looks, and calls that a failure; what they said is looked at below.
        assert!(started.success() || implementation == Implementation::Reference);
    });
    let daemon = world.daemon_pid();
    let limits = fs::read_to_string(format!("/proc/{daemon}/limits")).expect("the daemon lives");
    for number in 0..100 {
        let file = format!("r{number}.out");
        world.wait_file(&file, "\nend\n");
        let said = world.scratch.read(&file);
        assert!(said.starts_with("0\n1\n2\nUmask:"), "descriptors: {said}");
        assert!(said.contains("SigBlk:\t0000000000000000\n"), "{said}");
        if implementation == Implementation::Ours {
            assert!(said.contains("SigIgn:\t0000000000000000\n"), "{said}");
        }
        assert!(said.contains(&limits), "the daemon's limits and no others: {said}");
        assert!(said.contains(&format!("Umask:\t{}\n", shell::umask_of(daemon))), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
        for variable in
            ["SUPERVISOR_ENABLED=1", "SUPERVISOR_GROUP_NAME=r", &format!("SUPERVISOR_PROCESS_NAME={number}")]
        {
            assert_eq!(said.matches(&format!("\n{variable}\n")).count(), 1, "{variable}: {said}");
        }
    }
}

/// A program has the rights of its user and nothing of root's; with `user_environment` also the variables.
#[test]
fn a_program_is_its_user_altogether() {
    if !allowed(&NOBODY) {
        return;
    }
    let mut world = World::new(Sides::both(Implementation::Ours));
    let program = |name: &str, more: &str| {
        format!(
            "[program:{name}]\n{REPORT}startsecs=0\nautorestart=false\nuser=daemon\nstdout_logfile=%(here)s/{name}.out\n{more}"
        )
    };
    world.scratch.set_variable("USER", "operator");
    world.configure(
        &[program("plain", ""), program("whole", "user_environment=true\nenvironment=LOGNAME=\"mine\"\n")]
            .concat(),
    );
    let pid = shell::start(&world, "exec setpriv --groups=0,4,27 \"$@\"", "");
    for name in ["plain.out", "whole.out"] {
        world.wait_file(name, "\nend\n");
        let said = world.scratch.read(name);
        for line in
            ["Uid:\t1\t1\t1\t1\n", "Gid:\t1\t1\t1\t1\n", "Groups:\t1 \n", "CapEff:\t0000000000000000\n"]
        {
            assert!(said.contains(line), "{line}{said}");
        }
    }
    let (plain, whole) = (world.scratch.read("plain.out"), world.scratch.read("whole.out"));
    assert!(plain.contains("\nUSER=operator\n"), "{plain}");
    assert!(
        whole.contains("\nUSER=daemon\n")
            && whole.contains("\nHOME=/usr/sbin\n")
            && whole.contains("\nLOGNAME=mine\n"),
        "{whole}"
    );
    shell::end(&mut world, pid);
}

/// Connections that are opened and left alone: as many as there may be descriptors, up to this number.
const CROWD: usize = 10_000;

/// Ten thousand connections, hundreds of requests that stop half-way, and readers that never read: others are served, what
/// dies is back, and the daemon does not grow.
#[test]
fn a_crowd_is_held_off() {
    let mut world = on_a_port(
        Implementation::Ours,
        "[program:yes]\ncommand=/usr/bin/yes\nstdout_logfile=%(here)s/yes.log\nstdout_logfile_maxbytes=1MB\nstdout_logfile_backups=0\n",
    );
    let server = port_of(&mut world);
    let files = |pid: u32| fs::read_dir(format!("/proc/{pid}/fd")).expect("the daemon lives").count();
    let before = files(world.daemon_pid());
    let mut crowd = Vec::with_capacity(CROWD);
    while crowd.len() < CROWD {
        match server.connect() {
            Ok(connection) => crowd.push(connection),
            // As many as this process may have.
            Err(error) if error.raw_os_error() == Some(24) && crowd.len() > 500 => {
                crowd.truncate(crowd.len() - 50);
                break;
            }
            Err(error) => panic!("connection {} failed: {error}", crowd.len()),
        }
    }
    served(&world, &server, "behind idle connections");
    let mut slow: Vec<_> = (0..300).filter_map(|_| crowd.pop().and_then(|_| server.connect().ok())).collect();
    for connection in &mut slow {
        let _evicted =
            connection.write_all(b"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n<");
    }
    served(&world, &server, "behind half requests");
    let mut deaf: Vec<_> = (0..100).filter_map(|_| crowd.pop().and_then(|_| server.connect().ok())).collect();
    for connection in &mut deaf {
        let _evicted = connection.write_all(b"GET /logtail/yes HTTP/1.1\r\nHost: x\r\n\r\n");
    }
    served(&world, &server, "behind readers that do not read");
    // 256 places, and what a daemon has anyhow.
    let now = files(world.daemon_pid());
    assert!(now < before + 300, "{before} descriptors before, {now} now");
    assert!(processes::status_field(world.daemon_pid(), "VmRSS").expect("it lives") < 64 << 10);
    world.wait_log("WARN HTTP: an idle connection was closed to make place for another");
}

/// A call is answered and a successor comes, both soon.
#[track_caller]
fn served(world: &World, server: &Server, when: &str) {
    let pid = world.pid_of("cat");
    assert_ne!(pid, 0, "{when}");
    processes::send(pid, processes::signal("KILL"));
    let began = Instant::now();
    until_some(PATIENCE, "a successor", || Some(world.pid_of("cat")).filter(|now| ![0, pid].contains(now)));
    let answer = server.exchange(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n").expect("an answer");
    assert_eq!(answer.code(), 200, "{when}");
    assert!(began.elapsed() < Duration::from_secs(5), "{when}: {:?}", began.elapsed());
    // The floor between two starts belongs to young programs; an older one is back at once the next time.
    world.wait_state("cat", "RUNNING");
}

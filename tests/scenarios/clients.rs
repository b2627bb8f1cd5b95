//! Clients as people have them: Python's, npm's, curl, and a socket with a few words of HTTP.
//!
//! Each talks to the reference and to ours, and has to see the same.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv6Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use provost_tests::ctl::run;
use provost_tests::http::{Connection, Server};
use provost_tests::implementation::{reference_python, workspace};
use provost_tests::wait::{PATIENCE, until};
use provost_tests::world::CONFIG;
use provost_tests::{Implementation, Sides, World, processes};

use crate::on_both;

on_both! {
    the_client_of_python,
    the_clients_from_npm,
    curl,
    a_socket_that_speaks_http_1_0,
    several_servers_at_once,
    a_stream_survives_what_happens_to_its_log,
}

/// Two servers and a program; what is written to its standard input stands in its log.
const SERVERS: &str = "\
[unix_http_server]
file=%(here)s/supervisor.sock
[inet_http_server]
port=127.0.0.1:$PORT1
username=user
password=pass:word
[supervisord]
logfile=%(here)s/supervisord.log
pidfile=%(here)s/supervisord.pid
childlogdir=%(here)s
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:cat]
command=/bin/cat
startsecs=0
";

fn serving(implementation: Implementation, config: &str) -> World {
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write(CONFIG, config);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("cat", "RUNNING");
    world
}

/// Runs a client of another language, and compares the lines it prints.
#[track_caller]
fn check(world: &World, program: &Path, arguments: &[&str], expect: &[&str]) {
    let mut command = world.scratch.command(program);
    command.args(arguments);
    let output = run(command, "");
    let lines: Vec<_> = output.stdout.lines().collect();
    assert_eq!(lines, expect, "{}", output.stderr);
}

/// A program that not every machine has; without it the test says so and ends.
fn installed(name: &str) -> Option<PathBuf> {
    let found = ["/usr/local/bin", "/usr/bin", "/bin"].map(|folder| Path::new(folder).join(name));
    let found = found.into_iter().find(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: {name} is not installed");
    }
    found
}

fn the_client_of_python(implementation: Implementation) {
    let mut world = serving(implementation, SERVERS);
    let url = format!("http://user:pass%3Aword@127.0.0.1:{}", world.scratch.port(1));
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    check(
        &world,
        &python,
        &["-c", include_str!("clients.py"), &url],
        &[
            "{'statecode': 1, 'statename': 'RUNNING'}",
            "['name', 'group', 'start', 'stop', 'now', 'state', 'statename', 'spawnerr', 'exitstatus', 'logfile', \
             'stdout_logfile', 'stderr_logfile', 'pid', 'description']",
            "fault 10 BAD_NAME: zz",
            "True",
            "True grüße & <küsse>",
            "",
            "True ['boolean', 'string', 'boolean']",
            "one connection: True",
            "http 401 Unauthorized",
        ],
    );
}

fn the_clients_from_npm(implementation: Implementation) {
    let packages = workspace().join(".venv/node/node_modules");
    let Some(node) = installed("node") else { return };
    if !packages.is_dir() {
        eprintln!("skipped: {} is missing; `cargo xtask reference` makes it", packages.display());
        return;
    }
    let mut world = serving(implementation, SERVERS);
    let script = workspace().join("tests/scenarios/clients.js");
    let (socket, port) = (world.scratch.file("supervisor.sock"), world.scratch.port(1).to_string());
    let arguments = [&*script, &*packages, &*socket].map(|path| path.to_str().expect("paths are text"));
    check(
        &world,
        &node,
        &[&arguments[..], &[&port]].concat(),
        &[
            r#"{"statecode":1,"statename":"RUNNING"}"#,
            "\"name:string group:string start:number stop:number now:number state:number statename:string \
             spawnerr:string exitstatus:number logfile:string stdout_logfile:string stderr_logfile:string pid:number \
             description:string\"",
            r#"["cat:cat RUNNING"]"#,
            r#""fault 10 BAD_NAME: zz""#,
            "true",
            "true",
            "true",
            r#""grüße & <küsse>\nas base64\n""#,
            r#"["as base64\n",29,true]"#,
            "true",
            r#"["supervisor",{"faultCode":60,"faultString":"ALREADY_STARTED: cat"},{"faultCode":1,"faultString":"UNKNOWN_METHOD"}]"#,
            "[]",
            r#""3.0""#,
            r#""http 401""#,
            r#"{"statecode":1,"statename":"RUNNING"}"#,
            "true",
        ],
    );
}

fn curl(implementation: Implementation) {
    const CALL: &str = "<methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>";
    let Some(curl) = installed("curl") else { return };
    let mut world = serving(implementation, SERVERS);
    let socket = world.scratch.file("supervisor.sock");
    let socket = socket.to_str().expect("paths are text");
    let port = world.scratch.port(1);
    let tcp = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let unix = ["--silent", "--unix-socket", socket];
    check(&world, &curl, &[&unix[..], &["http://localhost/ok.html"]].concat(), &["OK"]);
    let answer = [
        "<?xml version='1.0'?>",
        "<methodResponse>",
        "<params>",
        "<param>",
        "<value><string>3.0</string></value>",
        "</param>",
        "</params>",
        "</methodResponse>",
    ];
    check(&world, &curl, &[&unix[..], &["--data", CALL, "http://localhost/RPC2"]].concat(), &answer);
    let user = ["--silent", "--user", "user:pass:word"];
    check(&world, &curl, &[&user[..], &["--http1.0", "--data", CALL, &tcp("/RPC2")]].concat(), &answer);
    let status = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"];
    check(&world, &curl, &[&status[..], &[&tcp("/ok.html")]].concat(), &["401"]);
    // One connection for both, and a second answer on it.
    check(&world, &curl, &[&user[..], &[&tcp("/ok.html"), &tcp("/ok.html")]].concat(), &["OKOK"]);
    // The reference wants to know the length before.
    let chunked = ["--header", "Transfer-Encoding: chunked", "--data", CALL, "http://localhost/RPC2"];
    let expect = if implementation == Implementation::Ours { "200" } else { "411" };
    check(&world, &curl, &[&["--unix-socket", socket], &status[..], &chunked].concat(), &[expect]);
}

fn a_socket_that_speaks_http_1_0(implementation: Implementation) {
    let world = serving(implementation, SERVERS);
    let body = "<methodCall><methodName>supervisor.getAPIVersion</methodName></methodCall>";
    for (connection, kept) in [("", false), ("Connection: Keep-Alive\r\n", true)] {
        let request =
            format!("POST /RPC2 HTTP/1.0\r\n{connection}Content-Length: {}\r\n\r\n{body}", body.len());
        let mut connection = world.server.connect().expect("the daemon listens");
        connection.write_all(request.as_bytes()).expect("the daemon reads");
        let mut reader = BufReader::new(connection);
        let answer = provost_tests::http::read_answer(&mut reader).expect("an answer");
        assert_eq!(answer.status, "HTTP/1.0 200 OK");
        assert!(answer.body.contains("<string>3.0</string>"), "{answer:?}");
        let said = answer.header("connection").unwrap_or_default().to_ascii_lowercase();
        assert_eq!(said == "keep-alive", kept, "{answer:?}");
        if kept {
            reader.get_mut().write_all(b"GET /ok.html HTTP/1.0\r\n\r\n").expect("the daemon reads");
            let second = provost_tests::http::read_answer(&mut reader).expect("an answer");
            assert_eq!(second.body, "OK");
        }
        assert_eq!(reader.read(&mut [0]).expect("the end"), 0);
    }
}

fn several_servers_at_once(implementation: Implementation) {
    let more = "[unix_http_server:second]\nfile=%(here)s/second.sock\nchmod=0770\n\
                [inet_http_server:open]\nport=*:$PORT2\n[inet_http_server:named]\nport=localhost:$PORT3\n";
    let mut world = serving(implementation, &format!("{SERVERS}{more}"));
    let [two, three] = [2, 3].map(|number| Server::Tcp(world.scratch.port(number)));
    for server in [&world.server, &Server::Unix(world.scratch.file("second.sock")), &two, &three] {
        assert!(server.answers(), "{server:?}");
    }
    let locked = Server::Tcp(world.scratch.port(1));
    let answer = locked.exchange(b"GET /ok.html HTTP/1.0\r\n\r\n").expect("an answer");
    assert_eq!(answer.code(), 401);
    assert_eq!(world.stop(), Some(0));
    for socket in ["supervisor.sock", "second.sock"] {
        assert!(!world.scratch.file(socket).exists(), "{socket} is left behind");
    }
}

/// Whether this machine has IPv6 at all; without it the test says so and ends.
fn has_ipv6() -> bool {
    let has = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !has {
        eprintln!("skipped: this machine has no IPv6");
    }
    has
}

#[test]
fn servers_and_clients_speak_ipv6() {
    if !has_ipv6() {
        return;
    }
    let servers = SERVERS.replace("port=127.0.0.1:$PORT1", "port=[::1]:$PORT1");
    let more = "[inet_http_server:all]\nport=[::]:$PORT2\n[supervisorctl]\nserverurl=http://[::1]:$PORT1\n\
                username=user\npassword=pass:word\n";
    let mut world = serving(Implementation::Ours, &format!("{servers}{more}"));
    assert!(world.ctl("status").stdout.starts_with("cat "), "{:?}", world.ctl("status"));
    let port = world.scratch.port(2);
    for url in [format!("http://[::1]:{port}"), format!("http://127.0.0.1:{port}")] {
        let output = world.ctl(&format!("-s {url} version"));
        assert_eq!((output.stdout.as_str(), output.code), ("4.3.0\n", Some(0)), "{url}: {}", output.stderr);
    }
    if let Some(curl) = installed("curl") {
        check(&world, &curl, &["--silent", "--globoff", &format!("http://[::1]:{port}/ok.html")], &["OK"]);
    }
}

/// What a stream has sent so far, chunks put together; ends when it contains `text`.
fn read_until(reader: &mut impl BufRead, seen: &mut String, text: &str) {
    while !seen.contains(text) {
        let mut size = String::new();
        reader.read_line(&mut size).expect("the stream goes on");
        let size = usize::from_str_radix(size.trim(), 16).expect("the size of a chunk");
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).expect("the stream goes on");
        seen.push_str(&String::from_utf8_lossy(&chunk[..size]));
    }
}

fn follow(world: &World, path: &str) -> BufReader<Connection> {
    let mut connection = world.server.connect().expect("the daemon listens");
    write!(connection, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("the daemon reads");
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line).expect("headers");
    }
    reader
}

fn a_stream_survives_what_happens_to_its_log(implementation: Implementation) {
    let world = World::with_programs(
        implementation,
        "[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=%(here)s/cat.log\nstdout_logfile_maxbytes=100\n\
         stdout_logfile_backups=1\n",
    );
    world.wait_state("cat", "RUNNING");
    let send = |text: &str| {
        assert_eq!(world.rpc(&format!("supervisor.sendProcessStdin('cat', '{text}\\n')")), ["True"]);
    };
    send("first");
    world.wait_file("cat.log", "first");
    let mut reader = follow(&world, "/logtail/cat");
    let mut seen = String::new();
    read_until(&mut reader, &mut seen, "first\n");
    // Longer than the limit: the line is written whole, and the next file begins behind it.
    send(&"x".repeat(120));
    if implementation == Implementation::Ours {
        // The reference looks at the new file only, and what was added to the old one last is lost for its readers.
        read_until(&mut reader, &mut seen, "xxx\n");
    }
    world.wait_file("cat.log.1", "xxx");
    send("behind the roll-over");
    read_until(&mut reader, &mut seen, "behind the roll-over\n");
    assert_eq!(world.rpc("supervisor.clearProcessLogs('cat')"), ["True"]);
    send("behind the clearing");
    read_until(&mut reader, &mut seen, "behind the clearing\n");
    if implementation == Implementation::Reference {
        // There a log that is cut short ends the stream, without a word.
        return;
    }
    std::fs::write(world.scratch.file("cat.log"), "").expect("the log can be cut short");
    send("new");
    read_until(&mut reader, &mut seen, "new\n");
    assert!(seen.ends_with("==> File truncated <==\nnew\n"), "{seen}");
}

#[test]
fn a_client_that_does_not_read_holds_nobody_up() {
    let world = World::with_programs(
        Implementation::Ours,
        "[program:flood]\ncommand=/bin/sh -c \"head -c 50000000 /dev/zero | tr '\\\\0' x; echo; echo done\"\n\
         autostart=false\nautorestart=false\nstartsecs=0\nstdout_logfile=%(here)s/flood.log\nstdout_logfile_maxbytes=0\n",
    );
    std::fs::write(world.scratch.file("flood.log"), "").expect("a log to follow");
    let asleep: Vec<_> = (0..8).map(|_| follow(&world, "/logtail/flood")).collect();
    let before = processes::status_field(world.daemon_pid(), "VmRSS").expect("the daemon lives");
    assert_eq!(world.rpc("supervisor.startProcess('flood')"), ["True"]);
    world.wait_state("flood", "EXITED");
    until(PATIENCE, "all of it in the log", || {
        std::fs::metadata(world.scratch.file("flood.log")).is_ok_and(|log| log.len() > 50_000_000)
    });
    let after = processes::status_field(world.daemon_pid(), "VmRSS").expect("the daemon lives");
    assert!(after < before + 10_000, "sleeping readers cost {before} to {after} kB");
    drop(asleep);
}

/// Sends a call and leaves without waiting for the answer.
fn call_and_leave(world: &World, document: &str, left: impl FnOnce()) {
    let mut connection = world.server.connect().expect("the daemon listens");
    write!(
        connection,
        "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{document}",
        document.len()
    )
    .expect("the daemon reads");
    left();
    drop(connection);
}

#[test]
fn a_multicall_is_finished_although_its_client_has_left() {
    let world = World::with_programs(
        Implementation::Ours,
        "[program:slow]\ncommand=/bin/sh -c \"trap 'sleep 1; exit 0' TERM; echo up; while :; do sleep 0.1; done\"\n\
         startsecs=0\nautorestart=false\nstdout_logfile=%(here)s/slow.log\n\
         [program:other]\ncommand=/bin/cat\nautostart=false\nstartsecs=0\n",
    );
    world.wait_file("slow.log", "up");
    let first = world.pid_of("slow");
    let step = |method: &str, name: &str| {
        format!(
            "<value><struct><member><name>methodName</name><value>supervisor.{method}</value></member><member>\
             <name>params</name><value><array><data><value>{name}</value></data></array></value></member></struct></value>"
        )
    };
    let steps: String =
        [("stopProcess", "slow"), ("startProcess", "slow"), ("nonsense", "x"), ("startProcess", "other")]
            .map(|(method, name)| step(method, name))
            .concat();
    let document = format!(
        "<methodCall><methodName>system.multicall</methodName><params><param><value><array><data>{steps}</data>\
         </array></value></param></params></methodCall>"
    );
    call_and_leave(&world, &document, || world.wait_state("slow", "STOPPING"));
    world.wait_state("other", "RUNNING");
    assert_eq!(world.state("slow"), "RUNNING");
    assert_ne!(world.pid_of("slow"), first);
}

#[test]
fn waits_end_when_what_they_wait_for_has_happened() {
    let many = "[program:many]\ncommand=/bin/cat\nnumprocs=16\nprocess_name=%(program_name)s_%(process_num)02d\n\
                startsecs=0\n";
    let slow = "[program:slow]\ncommand=/bin/sh -c \"trap 'sleep 0.4; date +%%s.%%N > %(here)s/ended; exit 0' TERM; \
                echo up; while :; do sleep 0.05; done\"\nstartsecs=0\nautorestart=false\nstdout_logfile=%(here)s/slow.log\n";
    let world = World::with_programs(Implementation::Ours, &format!("{many}{slow}"));
    world.wait_file("slow.log", "up");
    let timed = |call: &str, expect: &str| {
        let start = Instant::now();
        assert_eq!(world.rpc(call), [expect]);
        start.elapsed()
    };
    // The reference needs about a second for each program; the limits are for a busy machine.
    let cleared = timed("len(supervisor.clearAllProcessLogs())", "17");
    assert!(cleared < Duration::from_secs(2), "{cleared:?}");
    let stopped = timed("supervisor.stopProcess('slow')", "True");
    assert!(stopped < Duration::from_secs(3), "{stopped:?}");
    assert!(world.scratch.file("ended").exists(), "answered before it had stopped");
    let all = timed("len(supervisor.stopAllProcesses())", "16");
    assert!(all < Duration::from_secs(2), "{all:?}");
    let again = timed("len(supervisor.startAllProcesses())", "17");
    assert!(again < Duration::from_secs(2), "{again:?}");
}

#[test]
fn pages_from_allowed_hosts_may_call() {
    let config =
        SERVERS.replace("username=user\npassword=pass:word", "allowed_hosts=sup.example.com,*.example.org");
    let mut world = serving(Implementation::Ours, &config);
    let server = Server::Tcp(world.scratch.port(1));
    let status = |headers: &str| {
        let request = format!("GET /ok.html HTTP/1.1\r\nConnection: close\r\n{headers}\r\n\r\n");
        server.exchange(request.as_bytes()).expect("an answer").code()
    };
    assert_eq!(status("Host: sup.example.com"), 200);
    assert_eq!(status("Host: a.example.org:8443"), 200);
    assert_eq!(status("Host: localhost\r\nOrigin: https://sup.example.com"), 200);
    assert_eq!(status("Host: evil.example"), 403);
    assert_eq!(status("Host: localhost\r\nOrigin: https://evil.example"), 403);
}

#[test]
fn details_tell_what_there_is_to_know() {
    let world = World::with_programs(
        Implementation::Ours,
        "[program:tree]\ncommand=/bin/sh -c \"sleep 1000 & exec cat\"\nstartsecs=0\nstopasgroup=true\n\
         [program:failing]\ncommand=/bin/sh -c \"exit 3\"\nstartretries=1\n",
    );
    world.wait_state("failing", "FATAL");
    let detail = |name: &str, key: &str| {
        world.rpc(&format!("proxy.provost.getProcessDetails('{name}')['{key}']")).concat()
    };
    until(PATIENCE, "the child of the child", || detail("tree", "processes") == "2");
    let memory: f64 = detail("tree", "memory").parse().expect("a number of bytes");
    assert!(memory > 100_000.0, "{memory}");
    assert_eq!(detail("tree", "restarts"), "0");
    processes::send(world.pid_of("tree"), processes::signal("KILL"));
    until(PATIENCE, "a successor", || detail("tree", "restarts") == "1");
    assert_eq!(detail("tree", "last_exit"), "'killed by SIGKILL'");
    assert_eq!(detail("failing", "last_exit"), "'exit status 3, not expected'");
    assert_eq!([detail("failing", "attempt"), detail("failing", "attempts")], ["2", "2"]);
    assert_eq!(detail("failing", "next_retry_in"), "-1.0");
    let failure = detail("failing", "failure");
    assert!(failure.starts_with("'it exited with status 3 after "), "{failure}");
    let all = world.rpc("[(row['name'], row['statename']) for row in proxy.provost.getAllProcessDetails()]");
    assert_eq!(all, ["[('failing', 'FATAL'), ('tree', 'RUNNING')]"]);
}

#[test]
fn a_plan_tells_what_an_update_would_do_and_changes_nothing() {
    let programs = |startsecs: &str, last: &str| {
        format!(
            "[program:cat]\ncommand=/bin/cat\nstartsecs={startsecs}\n[program:{last}]\ncommand=/bin/cat\n"
        )
    };
    let mut world = World::with_programs(Implementation::Ours, &programs("0", "old"));
    world.wait_state("cat", "RUNNING");
    let plan = "proxy.provost.planUpdate()";
    assert_eq!(world.rpc(plan), ["{'added': [], 'removed': [], 'changed': []}"]);
    world.configure(&programs("1", "new"));
    let expect =
        ["{'added': ['new'], 'removed': ['old'], 'changed': [{'group': 'cat', 'reasons': ['startsecs']}]}"];
    assert_eq!(world.rpc(plan), expect);
    assert_eq!(world.rpc("[row['name'] for row in supervisor.getAllConfigInfo()]"), ["['cat', 'old']"]);
    assert_eq!(world.rpc("supervisor.addProcessGroup('new')"), ["fault 10 BAD_NAME: new"]);
    assert_eq!(world.rpc("supervisor.reloadConfig()"), ["[['new'], ['cat'], ['old']]"]);
    assert_eq!(world.rpc(plan), expect, "what was read is not what runs");
    world.configure(&programs("soon", "new"));
    assert!(world.rpc(plan).concat().starts_with("fault 92 CANT_REREAD: "), "{:?}", world.rpc(plan));
}

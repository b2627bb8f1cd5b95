//! The JSON interface, its event streams and the figures for Prometheus, on whole daemons.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use provost_tests::http::{Answer, Connection, Server};
use provost_tests::implementation::workspace;
use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// Programs of every kind that the interface has something to say about.
const PROGRAMS: &str = r#"
[group:band]
programs=guitar,drums
[program:guitar]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/guitar.log
[program:drums]
command=/bin/cat
startsecs=0
[program:script]
process_name=<script>alert(1)<b>
command=/bin/sh -c 'echo "<b>bold</b>"; exec cat'
startsecs=0
environment=API_TOKEN="geheim",COLOUR="blue"
stdout_logfile=%(here)s/script.log
[program:once]
command=/bin/sh -c 'exit 0'
startsecs=0
autorestart=false
"#;

/// The path of the program with the hostile name.
const SCRIPT: &str = "/api/v1/processes/script:%3Cscript%3Ealert(1)%3Cb%3E";

fn world() -> World {
    let world = World::with_programs(Implementation::Ours, PROGRAMS);
    for (name, state) in [("band:guitar", "RUNNING"), ("band:drums", "RUNNING"), ("once", "EXITED")] {
        world.wait_state(name, state);
    }
    world
}

fn ask(world: &World, method: &str, path: &str, body: &str) -> Answer {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    server(world).exchange(request.as_bytes()).expect("the daemon answers")
}

fn server(world: &World) -> Server {
    Server::Unix(world.scratch.file("supervisor.sock"))
}

#[track_caller]
fn json(world: &World, method: &str, path: &str, body: &str) -> Value {
    let answer = ask(world, method, path, body);
    assert!((200..300).contains(&answer.code()), "{method} {path}: {answer:?}");
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

fn get(world: &World, path: &str) -> Value {
    json(world, "GET", path, "")
}

/// An open event stream.
struct Stream {
    lines: BufReader<Connection>,
}

/// One event.
#[derive(Debug, Default)]
struct Event {
    id: String,
    name: String,
    data: Value,
}

impl Stream {
    fn open(world: &World, path: &str, headers: &str) -> Self {
        let mut connection = server(world).connect().expect("the daemon listens");
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        connection.write_all(request.as_bytes()).expect("the daemon reads");
        let mut stream = Self { lines: BufReader::new(connection) };
        assert_eq!(stream.line(), "HTTP/1.1 200 OK", "{path}");
        while !stream.line().is_empty() {}
        stream
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("something comes in time");
        assert!(!line.is_empty(), "the stream ended");
        line.trim_end().to_owned()
    }

    /// The next event. What stands between chunks is neither a field nor empty, so it is skipped like a comment.
    fn next(&mut self) -> Event {
        let mut event = Event::default();
        loop {
            let line = self.line();
            if let Some(id) = line.strip_prefix("id: ") {
                event.id = id.to_owned();
            } else if let Some(name) = line.strip_prefix("event: ") {
                event.name = name.to_owned();
            } else if let Some(data) = line.strip_prefix("data: ") {
                event.data = serde_json::from_str(data).expect("data is JSON");
                return event;
            }
        }
    }

    /// The next event of that name, whatever comes before.
    fn until(&mut self, mut what: impl FnMut(&Event) -> bool) -> Event {
        let start = Instant::now();
        loop {
            let event = self.next();
            if what(&event) {
                return event;
            }
            assert!(start.elapsed() < PATIENCE, "it did not come");
        }
    }

    fn state(&mut self, name: &str, state: &str) -> Event {
        self.until(|event| {
            event.name == "process" && event.data["name"] == name && event.data["state"] == state
        })
    }
}

#[test]
fn a_death_is_told_at_once_and_after_a_break() {
    let world = world();
    let mut stream = Stream::open(&world, "/api/v1/events", "");
    let mut measured = BTreeSet::new();
    stream.until(|event| {
        let figures = event.data.as_array().filter(|_| event.name == "resources");
        measured.extend(figures.into_iter().flatten().map(|figure| figure["name"].to_string()));
        measured.len() >= 3
    });
    let pid = world.pid_of("band:drums");
    kill(pid);
    let killed = Instant::now();
    // Death and successor may come as one event: what a reader did not take in time is put together.
    let told = stream.until(|event| {
        let is_new = event.data["last_exit"] == "killed by SIGKILL";
        event.name == "process" && event.data["name"] == "band:drums" && is_new
    });
    let took = killed.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    println!("from the death of a child to the event: {took:?}");
    let is_back = told.data["state"] == "RUNNING";
    let running = if is_back { told } else { stream.state("band:drums", "RUNNING") };
    assert_eq!(running.data["restarts"], 1);
    drop(stream);
    assert_eq!(json(&world, "POST", "/api/v1/groups/band/stop", "")["results"][0]["ok"], true);
    let resume = format!("Last-Event-ID: {}\r\n", running.id);
    let mut stream = Stream::open(&world, "/api/v1/events", &resume);
    assert_eq!(stream.next().name, "ready");
    stream.state("band:drums", "STOPPED");
    let history = get(&world, "/api/v1/processes/band:drums/history");
    let events: Vec<_> = history["history"].as_array().expect("a list").iter().map(|e| &e["event"]).collect();
    assert!(events.contains(&&"exited".into()) && events.contains(&&"stopped".into()), "{history}");
}

fn kill(pid: u32) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a process id");
    kill_process(pid, Signal::KILL).expect("the child is ours");
}

#[test]
fn a_reload_begins_a_new_life_of_events() {
    let world = world();
    let mut stream = Stream::open(&world, "/api/v1/events", "");
    let before = stream.until(|event| event.name == "ready").id;
    let born = get(&world, "/api/v1")["started_at"].clone();
    assert_eq!(ask(&world, "POST", "/api/v1/reload", "").code(), 202);
    until(PATIENCE, "the daemon started over", || {
        server(&world).exchange(b"GET /api/v1 HTTP/1.0\r\n\r\n").is_ok_and(|answer| {
            serde_json::from_str(&answer.body).is_ok_and(|now: Value| now["started_at"] != born)
        })
    });
    let resume = format!("Last-Event-ID: {before}\r\n");
    assert_eq!(Stream::open(&world, "/api/v1/events", &resume).next().name, "reset");
}

#[test]
fn an_update_shows_its_plan_and_carries_it_out() {
    let mut world = world();
    let changed = PROGRAMS.replace(
        "command=/bin/cat\nstartsecs=0\n[program:script]",
        "command=/bin/sleep 1000\nstartsecs=0\n[program:script]",
    );
    let changed = changed.replace("[program:once]", "[program:new]");
    world.configure(&changed);
    let plan = get(&world, "/api/v1/plan");
    assert_eq!(plan["added"], serde_json::json!(["new"]));
    assert_eq!(plan["removed"], serde_json::json!(["once"]));
    assert_eq!(plan["changed"][0]["group"], "band");
    assert_eq!(world.state("once"), "EXITED", "a plan changes nothing");
    let steps = json(&world, "POST", "/api/v1/update", "");
    let told: Vec<_> = steps["steps"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|step| format!("{} {} {}", step["group"], step["action"], step["ok"]))
        .collect();
    assert_eq!(told, ["\"once\" \"removed\" true", "\"band\" \"updated\" true", "\"new\" \"added\" true"]);
    assert_eq!(get(&world, "/api/v1/plan")["changed"], serde_json::json!([]));
    world.wait_state("band:drums", "RUNNING");
    assert_eq!(ask(&world, "GET", "/api/v1/processes/once", "").code(), 404);
    let config = get(&world, "/api/v1/processes/band:drums/config");
    let command = config["options"].as_array().expect("a list").iter().find(|o| o["name"] == "command");
    assert_eq!(command.map(|option| &option["value"]), Some(&"/bin/sleep 1000".into()), "{config}");
}

#[test]
fn hostile_names_and_logs_are_data() {
    let world = world();
    world.wait_file("script.log", "bold");
    assert_eq!(get(&world, SCRIPT)["process"], "<script>alert(1)<b>");
    assert_eq!(get(&world, &format!("{SCRIPT}/logs/stdout"))["data"], "<b>bold</b>\n");
    let answer = ask(&world, "GET", &format!("{SCRIPT}/logs/stdout?download=1"), "");
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    let config = ask(&world, "GET", &format!("{SCRIPT}/config"), "").body;
    assert!(config.contains("\"API_TOKEN\":\"***\"") && config.contains("blue"), "{config}");
    assert!(!config.contains("geheim"), "{config}");
    let metrics = ask(&world, "GET", "/metrics", "").body;
    assert!(metrics.contains("node_supervisord_up{name=\"<script>alert(1)<b>\",group=\"script\"} 1\n"));
    assert_eq!(ask(&world, "GET", "/readyz", "").code(), 200);
}

#[test]
fn a_log_is_followed_through_a_break_and_a_clearing() {
    let world = world();
    let path = "/api/v1/processes/band:guitar/logs/stdout";
    let say = |words: &str| {
        let body = serde_json::json!({"data": format!("{words}\n")}).to_string();
        json(&world, "POST", "/api/v1/processes/band:guitar/stdin", &body);
        world.wait_file("guitar.log", words);
    };
    say("first");
    let events = "Accept: text/event-stream\r\n";
    let mut stream = Stream::open(&world, path, events);
    assert_eq!(stream.next().data["text"], "first\n");
    say("ünd €");
    let second = stream.next();
    assert_eq!((&second.data["text"], &second.data["offset"]), (&"ünd €\n".into(), &6.into()));
    drop(stream);
    say("missed");
    let mut stream = Stream::open(&world, path, &format!("{events}Last-Event-ID: {}\r\n", second.id));
    assert_eq!(stream.next().data["text"], "missed\n");
    json(&world, "POST", "/api/v1/processes/band:guitar/clear-logs", "");
    say("anew");
    assert_eq!(stream.until(|event| event.name == "log").data["text"], "anew\n");
    let range = format!("GET {path} HTTP/1.0\r\nAccept: text/plain\r\nRange: bytes=1-2\r\n\r\n");
    let part = server(&world).exchange(range.as_bytes()).expect("the daemon answers");
    assert_eq!((part.code(), part.body.as_str()), (206, "ne"));
}

#[test]
fn figures_can_be_open_while_everything_else_is_not() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    let server = "port=127.0.0.1:$PORT1\nusername=u\npassword=p\n";
    world.configure(&format!(
        "[inet_http_server]\n{server}metrics_auth=false\n[inet_http_server:closed]\n{}{PROGRAMS}",
        server.replace("PORT1", "PORT2")
    ));
    world.start(&[]).expect("the daemon starts");
    let (open, closed) = (Server::Tcp(world.scratch.port(1)), Server::Tcp(world.scratch.port(2)));
    for (server, path, status) in [
        (&open, "/metrics", 200),
        (&open, "/api/v1", 401),
        (&open, "/healthz", 200),
        (&closed, "/metrics", 401),
        (&closed, "/healthz", 200),
    ] {
        let answer = server.exchange(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes());
        assert_eq!(answer.expect("the daemon answers").code(), status, "{server:?} {path}");
    }
}

#[test]
fn old_links_act_only_where_that_is_wanted() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure(
        "[inet_http_server]\nport=127.0.0.1:$PORT1\n\
         [inet_http_server:old]\nport=127.0.0.1:$PORT2\nunsafe_get_actions=true\n\
         [program:one]\ncommand=/bin/cat\nstartsecs=0\n",
    );
    world.start(&[]).expect("the daemon starts");
    world.wait_state("one", "RUNNING");
    let (asking, acting) = (Server::Tcp(world.scratch.port(1)), Server::Tcp(world.scratch.port(2)));
    let follow = |server: &Server| {
        let link = b"GET /index.html?action=stop&processname=one HTTP/1.0\r\n\r\n";
        server.exchange(link).expect("the daemon answers").code()
    };
    assert_eq!((follow(&asking), world.state("one")), (200, "RUNNING".to_owned()));
    assert_eq!((follow(&acting), world.state("one")), (303, "STOPPED".to_owned()));
}

#[test]
fn a_thousand_programs_are_told_and_watched() {
    let program = "[program:many]\ncommand=/bin/sleep 1000\nprocess_name=%(process_num)04d\nnumprocs=1000\n\
                   autostart=false\n[program:one]\ncommand=/bin/cat\nstartsecs=0\n";
    let world = World::with_programs(Implementation::Ours, program);
    world.wait_state("one", "RUNNING");
    let list = get(&world, "/api/v1/processes");
    assert_eq!(list["processes"].as_array().map(Vec::len), Some(1001));
    let since = list["last_event"].as_str().expect("an id").to_owned();
    let mut streams: Vec<_> =
        (0..10).map(|_| Stream::open(&world, &format!("/api/v1/events?since={since}"), "")).collect();
    json(&world, "POST", "/api/v1/processes/one/restart", "");
    for stream in &mut streams {
        stream.state("one", "RUNNING");
    }
    let answer = ask(&world, "GET", "/readyz", "");
    assert_eq!((answer.code(), answer.body.as_str()), (200, "ready\n"), "nobody wants the thousand to run");
}

/// Whether the daemon does what its own description says, asked by a tool that makes requests from it. Extra: without
/// the tool the test says so and passes.
#[test]
fn the_description_is_true() {
    let Some(tool) = schemathesis() else {
        eprintln!("schemathesis is not installed: `cargo xtask reference` does that");
        return;
    };
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure(&format!("[inet_http_server]\nport=127.0.0.1:$PORT1\n{PROGRAMS}"));
    world.start(&[]).expect("the daemon starts");
    let port = world.scratch.port(1);
    let output = Command::new(tool)
        .args(["run", &format!("http://127.0.0.1:{port}/api/v1/openapi.json"), "--no-color"])
        // These have no end, or end what is tested.
        .args(["--exclude-path", "/api/v1/events", "--exclude-path", "/api/v1/shutdown"])
        .args(["--exclude-path", "/api/v1/reload", "--phases", "examples,coverage,fuzzing"])
        // What fits the schema may be refused all the same: a signal that does not exist, a name that nobody has.
        .args(["--exclude-checks", "positive_data_acceptance", "--max-examples", "10", "--seed", "1"])
        .args(["--suppress-health-check", "all", "--request-timeout", "30"])
        .current_dir(world.scratch.path())
        .output()
        .expect("the tool can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

fn schemathesis() -> Option<PathBuf> {
    let tool = workspace().join(".venv/schemathesis/bin/schemathesis");
    tool.exists().then_some(tool)
}

//! `examples/events-to-redis`: every event is in the list once, whatever dies.

use std::path::{Path, PathBuf};
use std::process::Command;

use provost_tests::implementation::workspace;
use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, processes};

const EVENTS: usize = 10_000;

const PROGRAMS: &str = "\
[program:redis]
command=SERVER --port 0 --unixsocket %(here)s/redis.sock --save \"\" --appendonly no --dir %(here)s
autostart=false

[program:teller]
command=python3 %(here)s/teller.py
autostart=false
startsecs=0
autorestart=false
stdout_capture_maxbytes=1MB

[eventlistener:redis-list]
command=python3 %(here)s/dying.py EXAMPLE %(here)s/deaths 100,5000,9999 --socket %(here)s/redis.sock --list events
events=PROCESS_COMMUNICATION
buffer_size=20000
startsecs=0
";

/// Says every number once, each in a message of its own.
const TELLER: &str = "\
import sys
for number in range(10000):
    sys.stdout.write('<!--XSUPERVISOR:BEGIN-->%d é<!--XSUPERVISOR:END-->' % number)
";

#[test]
fn every_event_is_in_the_list_once() {
    let Some((server, client)) = redis() else {
        println!("left out: there is no redis-server (on Debian: apt-get install redis-server)");
        return;
    };
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.scratch.write("dying.py", include_str!("redis_dying.py"));
    world.scratch.write("teller.py", TELLER);
    let example = workspace().join("examples/events-to-redis");
    world.configure(
        &PROGRAMS.replace("SERVER", &server.to_string_lossy()).replace("EXAMPLE", &example.to_string_lossy()),
    );
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("redis-list", "RUNNING");
    assert_eq!(world.rpc("supervisor.startProcess('teller')"), ["True"]);
    // Without Redis events are rejected, and wait.
    world.wait_log("redis-list: event was rejected");
    assert_eq!(world.rpc("supervisor.startProcess('redis')"), ["True"]);

    let ask = |words: &[&str]| ask(&client, &world.scratch.file("redis.sock"), words);
    until(PATIENCE, "a thousand events", || {
        ask(&["LLEN", "events"]).parse().is_ok_and(|count: usize| count > 1000)
    });
    let killed = world.pid_of("redis-list");
    processes::send(killed, processes::signal("KILL"));
    until(PATIENCE, "all events", || ask(&["LLEN", "events"]) == EVENTS.to_string());
    until(PATIENCE, "the last death", || world.scratch.read("deaths").lines().count() == 3);
    until(PATIENCE, "the last event to be given again and taken", || {
        world.log().matches("exited: redis-list").count() == 4 && world.state("redis-list") == "RUNNING"
    });

    let listed = ask(&["LRANGE", "events", "0", "-1"]);
    let numbers: Vec<usize> = listed
        .lines()
        .map(|line| {
            let event: serde_json::Value =
                serde_json::from_str(line).expect("invariant: the list holds JSON");
            let payload = event["payload"].as_str().expect("a payload");
            let (_, message) = payload.split_once('\n').expect("a line of tokens");
            message.strip_suffix(" é").and_then(|number| number.parse().ok()).expect("a number")
        })
        .collect();
    assert_eq!(numbers, (0..EVENTS).collect::<Vec<_>>());
    assert!(!world.log().contains("overflowed"));
}

/// Server and client, if they are installed.
fn redis() -> Option<(PathBuf, PathBuf)> {
    let find = |name: &str| {
        let found = |folder: &&&str| Path::new(folder).join(name).exists();
        ["/usr/bin", "/usr/local/bin"].iter().find(found).map(|folder| Path::new(folder).join(name))
    };
    Some((find("redis-server")?, find("redis-cli")?))
}

/// What Redis answers, without the line end.
fn ask(client: &Path, socket: &Path, words: &[&str]) -> String {
    let output = Command::new(client).arg("-s").arg(socket).args(words).output().expect("the client runs");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

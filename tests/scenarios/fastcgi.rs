//! FastCGI workers around shared sockets, asked as a web server asks them.

use std::fs;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, processes};

use crate::on_both;

on_both! {
    workers_share_a_socket,
    a_killed_worker_is_replaced_behind_the_same_socket,
    workers_of_php,
    sockets_come_and_go_with_the_workers,
    a_socket_that_cannot_be_made_at_start,
}

/// Where a group listens.
#[derive(Clone, Debug)]
enum Place {
    Unix(PathBuf),
    Tcp(u16),
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

/// A connection that a worker has to take and that says nothing yet.
struct Caller(Box<dyn Stream>);

impl Caller {
    fn connect(place: &Place) -> io::Result<Self> {
        let stream: Box<dyn Stream> = match place {
            Place::Unix(path) => {
                let stream = UnixStream::connect(path)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                Box::new(stream)
            }
            Place::Tcp(port) => {
                let stream = TcpStream::connect(("127.0.0.1", *port))?;
                stream.set_read_timeout(Some(PATIENCE))?;
                Box::new(stream)
            }
        };
        Ok(Self(stream))
    }

    /// Sends a request; the pid of the worker that answers it.
    fn ask(self) -> io::Result<u32> {
        self.ask_script(Path::new("/"))
    }

    /// The same, of a worker that runs scripts.
    fn ask_script(mut self, script: &Path) -> io::Result<u32> {
        const BEGIN_REQUEST: u8 = 1;
        const END_REQUEST: u8 = 3;
        const PARAMS: u8 = 4;
        const STDIN: u8 = 5;
        const STDOUT: u8 = 6;
        const RESPONDER: [u8; 8] = [0, 1, 0, 0, 0, 0, 0, 0];
        let script = script.to_string_lossy();
        let length = u8::try_from(script.len()).expect("invariant: the scratch has a short path");
        let mut params = b"\x0e\x03REQUEST_METHODGET\x0f".to_vec();
        params.push(length);
        params.extend_from_slice(b"SCRIPT_FILENAME");
        params.extend_from_slice(script.as_bytes());
        for (kind, content) in
            [(BEGIN_REQUEST, &RESPONDER[..]), (PARAMS, &params), (PARAMS, b""), (STDIN, b"")]
        {
            let length = u8::try_from(content.len()).expect("invariant: these records are short");
            self.0.write_all(&[1, kind, 0, 1, 0, length, 0, 0])?;
            self.0.write_all(content)?;
        }
        let mut answer = Vec::new();
        loop {
            let mut header = [0; 8];
            self.0.read_exact(&mut header)?;
            let mut content = vec![0; usize::from(u16::from_be_bytes([header[4], header[5]]))];
            self.0.read_exact(&mut content)?;
            let mut padding = vec![0; usize::from(header[6])];
            self.0.read_exact(&mut padding)?;
            match header[1] {
                STDOUT => answer.extend(content),
                END_REQUEST => break,
                kind => return Err(io::Error::other(format!("a record of kind {kind}"))),
            }
        }
        let answer = String::from_utf8(answer).map_err(io::Error::other)?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or_else(|| io::Error::other("no body"))?;
        body.trim().parse().map_err(io::Error::other)
    }
}

fn ask(place: &Place) -> io::Result<u32> {
    Caller::connect(place)?.ask()
}

/// The workers that answer when as many callers come as there are workers, in ascending order: whoever has a caller
/// that says nothing cannot take another one.
fn answering(place: &Place, workers: usize) -> Vec<u32> {
    let callers: Vec<_> = (0..workers).map(|_| Caller::connect(place).expect("somebody listens")).collect();
    let mut pids: Vec<_> = callers.into_iter().rev().map(|caller| caller.ask().expect("an answer")).collect();
    pids.sort_unstable();
    pids
}

const LOCAL: [&str; 2] = ["local:local_0", "local:local_1"];
const REMOTE: [&str; 2] = ["remote:remote_0", "remote:remote_1"];
const PROGRAMS: &str = "\
[fcgi-program:local]
command=python3 %(here)s/worker.py
socket=unix://%(here)s/local.sock
socket_mode=0770
numprocs=2
process_name=%(program_name)s_%(process_num)d

[fcgi-program:remote]
command=python3 %(here)s/worker.py
socket=tcp://localhost:$PORT1
numprocs=2
process_name=%(program_name)s_%(process_num)d
";

fn prepared(implementation: Implementation, programs: &str) -> World {
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write("worker.py", include_str!("fastcgi_worker.py"));
    world.configure(programs);
    world
}

fn started(implementation: Implementation, programs: &str) -> World {
    let mut world = prepared(implementation, programs);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world
}

/// Two workers on a unix socket and two on a port, all up, and where they are.
fn workers(implementation: Implementation) -> (World, [(Place, [&'static str; 2]); 2]) {
    let mut world = started(implementation, PROGRAMS);
    for name in LOCAL.iter().chain(&REMOTE) {
        world.wait_state(name, "RUNNING");
    }
    let local = Place::Unix(world.scratch.file("local.sock"));
    let remote = Place::Tcp(world.scratch.port(1));
    (world, [(local, LOCAL), (remote, REMOTE)])
}

/// How often the sockets were made and closed so far: `Creating` and `Closing` lines for each of the two.
fn made_and_closed(world: &mut World) -> [(usize, usize); 2] {
    let log = world.log();
    let urls = world.scratch.fill("unix://$DIR/local.sock tcp://localhost:$PORT1");
    let count = |url: &str| {
        let lines = |verb: &str| log.matches(&format!("INFO {verb} socket {url}\n")).count();
        (lines("Creating"), lines("Closing"))
    };
    let (local, remote) = urls.split_once(' ').expect("invariant: two urls");
    [count(local), count(remote)]
}

/// Why a socket of the scratch was not made, in the words of both.
fn unmade(world: &World, name: &str, reason: &str) -> String {
    let path = world.scratch.file(name);
    format!("Could not create FastCGI socket unix://{}: {reason}", path.display())
}

fn workers_share_a_socket(implementation: Implementation) {
    let (mut world, places) = workers(implementation);
    // Once to see whether they can be made, once to be used.
    assert_eq!(made_and_closed(&mut world), [(2, 1), (2, 1)]);
    for (place, names) in &places {
        let mut pids = world.pids_of(names);
        let sockets: Vec<_> =
            pids.iter().map(|pid| fs::read_link(format!("/proc/{pid}/fd/0")).expect("it lives")).collect();
        assert!(sockets[0].to_str().is_some_and(|text| text.starts_with("socket:")), "{sockets:?}");
        assert_eq!(sockets[0], sockets[1], "one socket");
        pids.sort_unstable();
        assert_eq!(answering(place, 2), pids);
        for name in names {
            let refused = format!("fault 20 NO_FILE: {name}");
            assert_eq!(world.rpc(&format!("supervisor.sendProcessStdin('{name}', 'x')")), [refused]);
        }
        assert_eq!(answering(place, 2), pids, "they have not noticed");
    }
    let socket = fs::metadata(world.scratch.file("local.sock")).expect("the socket's file");
    assert!(socket.file_type().is_socket());
    assert_eq!(socket.permissions().mode() & 0o7777, 0o770);
}

fn a_killed_worker_is_replaced_behind_the_same_socket(implementation: Implementation) {
    let (mut world, places) = workers(implementation);
    for (place, names) in &places {
        let [victim, survivor] = names.map(|name| world.pid_of(name));
        processes::send(victim, processes::signal("KILL"));
        until(PATIENCE, "the victim to be dead", || !processes::is_alive(victim));
        let successor = || {
            let answer = ask(place).unwrap_or_else(|error| panic!("no request may be refused: {error}"));
            assert_ne!(answer, victim);
            answer != survivor
        };
        until(PATIENCE, "the successor to answer", successor);
        world.wait_state(names[0], "RUNNING");
        let mut pids = world.pids_of(names);
        assert_eq!(pids[1], survivor);
        pids.sort_unstable();
        assert_eq!(answering(place, 2), pids);
    }
    assert_eq!(made_and_closed(&mut world), [(2, 1), (2, 1)], "still the first ones");
}

/// What most people have behind such a socket.
fn workers_of_php(implementation: Implementation) {
    let Some(php) =
        ["/usr/bin/php-cgi", "/usr/local/bin/php-cgi"].into_iter().find(|path| Path::new(path).exists())
    else {
        println!("left out: there is no php-cgi (on Debian: apt-get install php-cgi)");
        return;
    };
    let programs = format!(
        "[fcgi-program:php]\ncommand={php} -d cgi.force_redirect=0\nsocket=unix://%(here)s/php.sock\nnumprocs=2\n\
         process_name=%(program_name)s_%(process_num)d\n"
    );
    let mut world = started(implementation, &programs);
    world.scratch.write("pid.php", "<?php echo getmypid();\n");
    let (place, script) = (Place::Unix(world.scratch.file("php.sock")), world.scratch.file("pid.php"));
    let ask = || Caller::connect(&place).and_then(|caller| caller.ask_script(&script)).expect("an answer");
    for name in ["php:php_0", "php:php_1"] {
        world.wait_state(name, "RUNNING");
    }
    for _ in 0..3 {
        let answered = ask();
        assert!(world.pids_of(&["php:php_0", "php:php_1"]).contains(&answered));
        processes::send(answered, processes::signal("KILL"));
        until(PATIENCE, "the victim to be dead", || !processes::is_alive(answered));
        assert_ne!(ask(), answered, "no request is refused");
    }
}

fn sockets_come_and_go_with_the_workers(implementation: Implementation) {
    let (mut world, places) = workers(implementation);
    for (place, names) in &places {
        assert_eq!(world.ctl(&format!("stop {}", names[0])).stdout, format!("{}: stopped\n", names[0]));
        assert_eq!(ask(place).ok(), Some(world.pid_of(names[1])), "one is enough");
        assert_eq!(world.ctl(&format!("start {}", names[0])).stdout, format!("{}: started\n", names[0]));
    }
    assert_eq!(made_and_closed(&mut world), [(2, 1), (2, 1)]);

    let restarted = world.ctl("restart all");
    assert_eq!((restarted.code, restarted.stdout.lines().count()), (Some(0), 8), "{}", restarted.stdout);
    assert_eq!(made_and_closed(&mut world), [(3, 2), (3, 2)], "from zero");
    for (place, names) in &places {
        let mut pids = world.pids_of(names);
        pids.sort_unstable();
        assert_eq!(answering(place, 2), pids);
    }

    assert_eq!(world.ctl("stop all").stdout.matches(": stopped\n").count(), 4);
    assert_eq!(made_and_closed(&mut world), [(3, 3), (3, 3)]);
    for (place, _) in &places {
        let refused = ask(place).expect_err("nobody is left");
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    }
    assert!(world.scratch.file("local.sock").exists(), "its file stays");

    assert_eq!(world.ctl("start all").code, Some(0));
    for (place, names) in &places {
        assert!(world.pids_of(names).contains(&ask(place).expect("an answer")));
    }
    assert_eq!(world.stop(), Some(0));
    assert_eq!(made_and_closed(&mut world), [(4, 4), (4, 4)]);
}

/// The reference shows where in its code that happened, and exits with 1.
fn a_socket_that_cannot_be_made_at_start(implementation: Implementation) {
    let programs = "[fcgi-program:f]\ncommand=/bin/cat\nsocket=unix://%(here)s/no/such/f.sock\n";
    let mut world = prepared(implementation, programs);
    let refused = world.start(&[]).expect_err("there is no such directory").0;
    let reason = unmade(&world, "no/such/f.sock", "[Errno 2] No such file or directory");
    match implementation {
        Implementation::Reference => {
            assert_eq!(refused.code, Some(1));
            assert!(refused.stderr.contains(&format!("ValueError: {reason}\n")), "{}", refused.stderr);
        }
        Implementation::Ours => {
            assert_eq!(refused.code, Some(2));
            assert_eq!(refused.complaint(), format!("Error: {reason}"));
        }
    }
    assert!(!world.scratch.file("supervisord.pid").exists());
}

fn ours(programs: &str) -> World {
    started(Implementation::Ours, programs)
}

#[test]
fn the_socket_belongs_to_its_owner_or_to_the_programs_user() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let world = ours(
        "[fcgi-program:owned]\ncommand=/bin/cat\nautostart=no\nsocket=unix://%(here)s/owned\nsocket_owner=nobody\n\
         [fcgi-program:users]\ncommand=/bin/cat\nautostart=no\nsocket=unix://%(here)s/users\nuser=nobody\n\
         [fcgi-program:plain]\ncommand=/bin/cat\nautostart=no\nsocket=unix://%(here)s/plain\n",
    );
    let of = |name: &str| {
        let file = fs::metadata(world.scratch.file(name)).expect("made and closed, its file stays");
        assert_eq!(file.mode() & 0o7777, 0o700, "the default");
        (file.uid(), file.gid())
    };
    let (own, nobody) = (of("plain"), of("users"));
    assert_eq!(own, (0, rustix::process::getegid().as_raw()));
    assert!(nobody.0 != 0 && nobody.1 != 0, "{nobody:?}");
    assert_eq!(of("owned"), (nobody.0, own.1), "a group that is not named stays");
}

/// The reference forgets the socket there.
#[test]
fn a_program_in_a_group_keeps_its_socket() {
    let world = ours(
        "[fcgi-program:f]\ncommand=python3 %(here)s/worker.py\nsocket=unix://%(here)s/f.sock\n\
         [program:plain]\ncommand=/bin/cat\n[group:g]\nprograms=f,plain\n",
    );
    world.wait_state("g:f", "RUNNING");
    assert_eq!(ask(&Place::Unix(world.scratch.file("f.sock"))).ok(), Some(world.pid_of("g:f")));
    world.wait_state("g:plain", "RUNNING");
    assert_eq!(world.rpc("supervisor.sendProcessStdin('g:plain', 'x')"), ["True"]);
}

/// The reference dies of both.
#[test]
fn a_socket_that_cannot_be_made_later_fails_the_start_and_nothing_else() {
    let cat = "[program:cat]\ncommand=/bin/cat\n";
    let f = "[fcgi-program:f]\ncommand=python3 %(here)s/worker.py\nsocket=unix://%(here)s/run/f.sock\n\
             startretries=1\n";
    let mut world = prepared(Implementation::Ours, &format!("{cat}{f}"));
    world.scratch.write("run/x", "");
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("cat", "RUNNING");
    world.wait_state("f", "RUNNING");
    let cat_pid = world.pid_of("cat");

    let away = |world: &World, from: &str, to: &str| {
        fs::rename(world.scratch.file(from), world.scratch.file(to)).expect("our own directory");
    };
    away(&world, "run", "away");
    assert_eq!(world.ctl("restart f").stdout, "f: stopped\nf: ERROR (spawn error)\n");
    world.wait_state("f", "FATAL");
    let reason = unmade(&world, "run/f.sock", "[Errno 2] No such file or directory");
    assert_eq!(world.info("f", "spawnerr"), reason);
    world.wait_log(&format!("INFO spawnerr: {reason}\n"));

    let new =
        "[fcgi-program:new]\ncommand=/bin/sleep 1000\nsocket=unix://%(here)s/run/n.sock\nstartretries=100\n";
    world.configure(&format!("{cat}{f}{new}"));
    assert_eq!(world.ctl("update").stdout, "new: added process group\n");
    let reason = unmade(&world, "run/n.sock", "[Errno 2] No such file or directory");
    world.wait_log(&format!("CRIT {reason}\n"));
    world.wait_state("new", "BACKOFF");

    away(&world, "away", "run");
    world.wait_state("new", "RUNNING");
    assert_eq!(world.ctl("start f").stdout, "f: started\n");
    let f = Place::Unix(world.scratch.file("run/f.sock"));
    assert_eq!(ask(&f).ok(), Some(world.pid_of("f")));
    assert_eq!(world.pid_of("cat"), cat_pid, "nobody else noticed");
}

/// The reference removes whatever is there.
#[test]
fn a_file_that_is_no_socket_is_left_alone() {
    let mut world = prepared(
        Implementation::Ours,
        "[fcgi-program:f]\ncommand=/bin/cat\nsocket=unix://%(here)s/precious\n",
    );
    world.scratch.write("precious", "work of years");
    let refused = world.start(&[]).expect_err("something is in the way").0;
    assert_eq!(refused.code, Some(2));
    let file = world.scratch.file("precious");
    let reason = format!("{} exists and is not a socket; remove it, or set another socket", file.display());
    assert_eq!(refused.complaint(), format!("Error: {}", unmade(&world, "precious", &reason)));
    assert_eq!(world.scratch.read("precious"), "work of years");
}

/// The reference makes its sockets before it finds out that it is the second, and takes them away.
#[test]
fn a_second_daemon_does_not_take_the_sockets() {
    let (world, places) = workers(Implementation::Ours);
    let refused = world.refusal(&[]).expect("the servers of the first are in the way");
    assert_eq!(refused.code, Some(2));
    for (place, names) in &places {
        assert!(world.pids_of(names).contains(&ask(place).expect("an answer")));
    }
}

//! Supervision outranks clients: who calls, says nothing, or talks too much holds up nobody's restart.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use provost_tests::{Implementation, Sides, World, processes};
use rustix::fs::{Mode, OFlags, open};

use crate::outcome::{Kept, Outcome};
use crate::stage::{HANGING, Stage};

/// More connections than the reference has descriptors for, and far more than ours has places for.
const MANY: usize = 1200;
/// How long a client waits for a connection.
const CONNECTING: Duration = Duration::from_secs(2);
/// A body that nobody needs, in megabytes.
const BODY: usize = 40;
/// What a daemon may grow by because of a client, in kilobytes.
const GROWTH: u64 = 20 << 10;

/// Connections that say nothing.
pub(crate) fn idle_ones(implementation: Implementation) -> Kept {
    let mut world = World::new(Sides::both(implementation));
    // What a system gives to those who do not ask for more.
    world.wrap(&["sh", "-c", "ulimit -Sn 1024; exec \"$@\"", "sh"]);
    let (stage, port) = with_port(world, "");
    let clients = connect(port, MANY);
    stage.replaces_promptly()?;
    stage.obeys_promptly()?;
    stage.is_well()?;
    if implementation == Implementation::Ours {
        counts(&stage, "provost_http_limits_total")?;
    }
    drop(clients);
    stage.is_well()
}

/// Clients whose requests do not come to an end.
pub(crate) fn slow_ones(implementation: Implementation) -> Kept {
    let (stage, port) = with_port(World::new(Sides::both(implementation)), "");
    let mut clients = connect(port, 100);
    for byte in b"POST /RPC2 HTTP/1.1\r\nX: " {
        for client in &mut clients {
            // A client that was sent away has nothing more to say.
            let _sent_away = client.write_all(&[*byte]);
        }
    }
    stage.replaces_promptly()?;
    stage.obeys_promptly()?;
    stage.is_well()
}

/// Clients that ask for a log of megabytes, over and over, and read nothing.
pub(crate) fn ones_that_do_not_read(implementation: Implementation) -> Kept {
    let (stage, port) =
        with_port(World::new(Sides::both(implementation)), "[program:flood]\ncommand=$ACTOR flood\n");
    stage.becomes("flood", "RUNNING")?;
    stage.call("supervisor.stopProcess", &["flood"]).ok();
    let mut clients = connect(port, 50);
    for client in &mut clients {
        let _sent_away =
            client.write_all(&b"GET /logtail/flood HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20));
    }
    stage.replaces_promptly()?;
    stage.obeys_promptly()?;
    stage.is_well()
}

/// A request that is far larger than any that makes sense.
pub(crate) fn a_huge_body(implementation: Implementation) -> Kept {
    let (stage, port) = with_port(World::new(Sides::both(implementation)), "");
    let pid = stage.world.daemon_pid();
    let peak = || processes::status_field(pid, "VmHWM").unwrap_or_default();
    let before = peak();
    let mut client = connect(port, 1).pop().expect("the daemon accepts");
    let piece = vec![b'x'; 1 << 20];
    let head = format!("POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", BODY << 20);
    let mut sent = client.write_all(head.as_bytes());
    for _ in 0..BODY {
        sent = sent.and_then(|()| client.write_all(&piece));
    }
    let growth = peak().saturating_sub(before);
    println!("the daemon grew by {growth} kB");
    Outcome::Swells.unless(growth < GROWTH, || format!("it grew by {growth} kB"))?;
    stage.is_well()
}

/// Programs that write as fast as they are read.
pub(crate) fn chatty_programs(implementation: Implementation) -> Kept {
    let programs = "[program:flood]\ncommand=$ACTOR flood\nnumprocs=4\nprocess_name=flood_%(process_num)d\n\
                    stdout_logfile=/dev/null\nstdout_logfile_maxbytes=0\n";
    let (stage, _) = with_port(World::new(Sides::both(implementation)), programs);
    stage.replaces_promptly()?;
    stage.obeys_promptly()?;
    stage.is_well()
}

/// A program logs to a named pipe whose reader has stalled.
pub(crate) fn a_stalled_log(implementation: Implementation) -> Kept {
    let mut world = World::new(Sides::both(implementation));
    let reader = stalled_reader(&mut world);
    let programs = "[program:flood]\ncommand=$ACTOR flood\nautostart=false\nstdout_logfile=%(here)s/stalled\nstdout_logfile_maxbytes=0\n";
    let stage = Stage::within(world, programs);
    stage.call("supervisor.startProcess", &["flood"]).ok();
    stage.replaces_promptly()?;
    stage.obeys_promptly()?;
    stage.is_well()?;
    drop(reader);
    stage.is_well()
}

/// A named pipe with a reader that does not read.
fn stalled_reader(world: &mut World) -> File {
    let path = world.scratch.file("stalled");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.is_ok_and(|status| status.success()), "a pipe");
    open(&path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())
        .expect("our own pipe")
        .into()
}

/// A stage that can be reached through a port, too: the port is for the crowd, the socket for who looks on.
fn with_port(mut world: World, programs: &str) -> (Stage, u16) {
    let port = world.scratch.port(1);
    let stage = Stage::within(world, &format!("{programs}[inet_http_server]\nport=127.0.0.1:$PORT1\n"));
    (stage, port)
}

/// So many connections, or as many as can be had.
fn connect(port: u16, count: usize) -> Vec<TcpStream> {
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let mut clients = Vec::with_capacity(count);
    for _ in 0..count {
        match TcpStream::connect_timeout(&address, CONNECTING) {
            Ok(client) => {
                client.set_write_timeout(Some(HANGING)).expect("invariant: the limit is not nought");
                clients.push(client);
            }
            Err(error) if error.kind() == ErrorKind::TimedOut => break,
            Err(_) => {}
        }
    }
    clients
}

/// The metrics count what was refused.
fn counts(stage: &Stage, family: &str) -> Kept {
    let answer = stage
        .world
        .server
        .exchange(b"GET /metrics HTTP/1.0\r\n\r\n")
        .map(|answer| answer.body)
        .unwrap_or_default();
    let total: f64 = answer
        .lines()
        .filter(|line| line.starts_with(family))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
        .sum();
    println!("{family}: {total}");
    Outcome::Loses.unless(total > 0.0, || format!("{family} counts nothing"))
}

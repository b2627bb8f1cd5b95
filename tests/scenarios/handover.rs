//! A real service group, kept in `examples/handover/`: brought up, driven, edited and shut down over the unix
//! socket and over TCP.

use provost_tests::http::Server;
use provost_tests::wait::{PATIENCE, until, until_some};
use provost_tests::{Implementation, Output, Sides, World, example, processes};

use crate::on_both;

on_both! {
    everything_comes_up,
    one_the_group_and_all_are_driven,
    logs_are_read_and_followed,
    an_edit_restarts_only_what_changed,
    reload_and_shutdown,
}

/// The example's ports: of the four servers, and of the daemon.
const PORTS: [u16; 5] = [18080, 18081, 18082, 18083, 19001];
const GROUP: [&str; 4] = ["handover:gateway", "handover:notices", "handover:orders", "handover:stock"];
const OTHERS: [&str; 5] = ["guest", "report", "worker:worker_00", "worker:worker_01", "worker:worker_02"];

/// How the client reaches the daemon.
#[derive(Clone, Copy)]
enum Way {
    /// The unix socket named in the configuration.
    Unix,
    /// The port, with `-s`, `-u` and `-p`.
    Tcp,
}

/// The example, started, with everything that can run RUNNING.
fn handover(implementation: Implementation) -> World {
    let mut world = World::new(Sides::both(implementation));
    example::copy(&mut world.scratch, "handover", &PORTS);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    for name in GROUP.iter().chain(&OTHERS) {
        world.wait_state(name, "RUNNING");
    }
    world
}

fn ctl(world: &mut World, way: Way, line: &str) -> Output {
    match way {
        Way::Unix => world.ctl(line),
        Way::Tcp => {
            let port = world.scratch.port(5);
            world.ctl(&format!("-s http://127.0.0.1:{port} -u operator -p let-me-in {line}"))
        }
    }
}

/// What one of the four servers answers: its name and its pid.
fn ask_server(world: &mut World, number: u8) -> String {
    let server = Server::Tcp(world.scratch.port(number));
    until_some(PATIENCE, "the server to answer", || {
        server.exchange(b"GET / HTTP/1.0\r\n\r\n").ok().map(|answer| answer.body.trim().to_owned())
    })
}

/// The names in the first column that have this state.
fn names_in_state(status: &Output, state: &str) -> Vec<String> {
    let columns = |line: &str| -> Vec<String> { line.split_whitespace().map(str::to_owned).collect() };
    status
        .stdout
        .lines()
        .map(columns)
        .filter(|columns| columns.get(1).is_some_and(|word| word == state))
        .map(|columns| columns[0].clone())
        .collect()
}

fn everything_comes_up(implementation: Implementation) {
    let mut world = handover(implementation);
    world.wait_state("broken", "FATAL");
    for way in [Way::Unix, Way::Tcp] {
        let status = ctl(&mut world, way, "status");
        assert_eq!(status.code, Some(3), "{}", status.stdout);
        let mut running = names_in_state(&status, "RUNNING");
        running.retain(|name| name != "guest");
        assert_eq!(running.len(), 8, "{}", status.stdout);
        assert_eq!(names_in_state(&status, "FATAL"), ["broken"]);
        assert!(
            status.stdout.contains("Exited too quickly (process log may have details)"),
            "{}",
            status.stdout
        );
    }
    for (number, name) in (1..).zip(["gateway", "orders", "stock", "notices"]) {
        let answer = ask_server(&mut world, number);
        assert_eq!(answer, format!("{name} {}", world.pid_of(&format!("handover:{name}"))));
    }
    let report = world.scratch.read("logs/report.log");
    assert!(report.contains("region eu-west, mode night shift"), "{report}");
    if rustix::process::geteuid().is_root() {
        assert_ne!(processes::uid(world.pid_of("guest")), Some(0));
    }
    // Four attempts: the first and three more.
    assert_eq!(world.scratch.read("logs/broken.log").matches("its database is gone").count(), 4);
}

fn one_the_group_and_all_are_driven(implementation: Implementation) {
    let mut world = handover(implementation);
    for way in [Way::Unix, Way::Tcp] {
        let before = (world.pids_of(&GROUP), world.pids_of(&OTHERS));
        let one = ctl(&mut world, way, "restart handover:gateway");
        assert_eq!(one.stdout, "handover:gateway: stopped\nhandover:gateway: started\n");
        let after = (world.pids_of(&GROUP), world.pids_of(&OTHERS));
        assert_ne!(before.0[0], after.0[0], "the one that was restarted has a new child");
        assert_eq!((&before.0[1..], &before.1), (&after.0[1..], &after.1), "the others keep theirs");

        let group = ctl(&mut world, way, "restart handover:*");
        assert_eq!((group.code, group.stdout.lines().count()), (Some(0), 8), "{}", group.stdout);
        let again = (world.pids_of(&GROUP), world.pids_of(&OTHERS));
        assert!(again.0.iter().zip(&after.0).all(|(new, old)| new != old), "{again:?} {after:?}");
        assert_eq!(again.1, after.1);

        let stopped = ctl(&mut world, way, "stop worker:worker_01");
        assert_eq!(stopped.stdout, "worker:worker_01: stopped\n");
        assert_eq!(ctl(&mut world, way, "status worker:*").code, Some(3));
        assert_eq!(ctl(&mut world, way, "start worker:worker_01").stdout, "worker:worker_01: started\n");

        let pids = ctl(&mut world, way, "pid all");
        assert_eq!(pids.stdout.lines().filter(|line| *line != "0").count(), 9, "{}", pids.stdout);
    }
    world.wait_state("broken", "FATAL");
    let stopped = world.ctl("stop all");
    assert_eq!((stopped.code, stopped.stdout.lines().count()), (Some(0), 9), "{}", stopped.stdout);
    let started = world.ctl("start all");
    assert_eq!(started.code, Some(7), "{}", started.stdout);
    assert!(started.stdout.contains("broken: ERROR (spawn error)\n"), "{}", started.stdout);
    assert_eq!(started.stdout.matches(": started\n").count(), 9, "{}", started.stdout);
    world.wait_state("broken", "FATAL");
    let restarted = world.ctl("restart all");
    assert_eq!(restarted.stdout.matches(": stopped\n").count(), 9, "{}", restarted.stdout);
    assert_eq!(restarted.stdout.matches(": started\n").count(), 9, "{}", restarted.stdout);
}

fn logs_are_read_and_followed(implementation: Implementation) {
    let mut world = handover(implementation);
    let port = world.scratch.port(1);
    let greeting = format!("gateway serves on port {port}\n");
    world.wait_file("logs/gateway.log", &greeting);
    for way in [Way::Unix, Way::Tcp] {
        assert_eq!(ctl(&mut world, way, "tail handover:gateway").stdout, format!("{greeting}\n"));
        let ending = format!("{port}\n\n");
        assert_eq!(ctl(&mut world, way, "tail -6 handover:gateway").stdout, ending);

        let signalled = ctl(&mut world, way, "signal USR1 handover:gateway worker:*");
        assert_eq!(signalled.stdout.matches(": signalled\n").count(), 4, "{}", signalled.stdout);
        world.wait_file("logs/gateway.log", "asked for a sign of life");
        world.wait_file("logs/worker_02.log", "asked for a sign of life");

        assert_eq!(ctl(&mut world, way, "clear handover:gateway").stdout, "handover:gateway: cleared\n");
        assert_eq!(world.scratch.read("logs/gateway.log"), "");
        let pid = ctl(&mut world, way, "restart handover:gateway");
        assert_eq!(pid.code, Some(0));
        world.wait_file("logs/gateway.log", &greeting);
        let pid = ctl(&mut world, way, "pid handover:gateway").stdout;
        assert_eq!(pid.trim(), world.pid_of("handover:gateway").to_string());
    }
    follow(&mut world);
}

/// A follower sees what was there, and what comes, and ends with Ctrl-C.
fn follow(world: &mut World) {
    let out = std::fs::File::create(world.scratch.file("follow.out")).expect("a file in our own directory");
    let mut client = world.client();
    client.args(["tail", "-f", "handover:gateway"]).stdout(out);
    let mut client = client.spawn().expect("the client runs");
    world.wait_file("follow.out", "gateway serves on port");
    let server = Server::Tcp(world.scratch.port(1));
    let answer = server.exchange(b"GET /needle HTTP/1.0\r\n\r\n").expect("the gateway answers");
    assert_eq!(answer.code(), 200);
    world.wait_file("follow.out", "GET /needle");
    processes::send(client.id(), processes::signal("INT"));
    let status = until_some(PATIENCE, "the client to end", || client.try_wait().ok().flatten());
    assert_eq!(status.code(), Some(0));
    assert!(world.scratch.read("follow.out").starts_with("==> Press Ctrl-C to exit <==\n"));
}

fn an_edit_restarts_only_what_changed(implementation: Implementation) {
    let mut world = handover(implementation);
    world.wait_state("broken", "FATAL");
    let (group, others) = (world.pids_of(&GROUP), world.pids_of(&OTHERS));

    let edited = world.scratch.template("supervisord.d/others.ini").replace("numprocs=3", "numprocs=2");
    let edited = edited.replace("eu-west", "eu-north") + "\n[program:extra]\ncommand=/bin/cat\n";
    world.scratch.write("supervisord.d/others.ini", &edited);
    assert_eq!(world.ctl("reread").stdout, "extra: available\nreport: changed\nworker: changed\n");
    assert_eq!(
        (world.pids_of(&GROUP), world.pids_of(&OTHERS)),
        (group.clone(), others.clone()),
        "reread stops nothing"
    );

    let update = world.ctl("update");
    assert_eq!(
        update.stdout,
        "report: stopped\nreport: updated process group\n\
         worker: stopped\nworker: updated process group\n\
         extra: added process group\n"
    );
    world.wait_state("report", "RUNNING");
    world.wait_state("worker:worker_01", "RUNNING");
    world.wait_state("extra", "RUNNING");
    assert_eq!(world.pids_of(&GROUP), group, "the group was not touched");
    assert_eq!(world.pid_of("guest"), others[0]);
    assert_ne!(world.pid_of("report"), others[1]);
    assert_eq!(world.ctl("status worker:worker_02").code, Some(4));
    world.wait_file("logs/report.log", "region eu-north");
    assert_eq!(world.ctl("update").stdout, "");
}

fn reload_and_shutdown(implementation: Implementation) {
    let mut world = handover(implementation);
    let (daemon, group) = (world.daemon_pid(), world.pids_of(&GROUP));
    let children = world.scratch.processes();
    assert_eq!(ctl(&mut world, Way::Tcp, "reload").stdout, "Restarted supervisord\n");
    until(PATIENCE, "the old children to be gone", || group.iter().all(|&pid| !processes::is_alive(pid)));
    until(PATIENCE, "the daemon to serve again", || world.server.answers());
    for name in GROUP {
        world.wait_state(name, "RUNNING");
    }
    assert_eq!(world.ctl("pid").stdout.trim(), daemon.to_string(), "the same daemon");
    assert!(world.pids_of(&GROUP).iter().all(|pid| !children.contains(pid)), "other children");

    assert_eq!(world.ctl("shutdown").stdout, "Shut down\n");
    assert_eq!(world.wait_end(), Some(0));
    until(PATIENCE, "nobody to be left", || world.scratch.processes().is_empty());
    assert!(!world.scratch.file("supervisor.sock").exists());
    assert!(!world.scratch.file("supervisord.pid").exists());
    let refused = world.ctl("status");
    assert_eq!(refused.code, Some(4), "{}", refused.stdout);
}

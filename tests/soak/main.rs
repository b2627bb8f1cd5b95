//! A daemon that lives for a while among clients who do whatever comes to their minds.
//!
//! Several clients start, stop, restart, signal, clear, read, reread, remove, add and reload at random, over every
//! interface; programs crash, write, ignore signals and fork. After every round the clients pause, and what the daemon
//! says is compared with what the system says: [`reality`] holds the promises, [`clients`] the mischief, [`history`]
//! what a listener was told. `PROVOST_SOAK_SECONDS` tells how long (`cargo xtask soak`), `PROVOST_SEED` which way.

mod clients;
mod history;
mod reality;

use std::env;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clients::{Client, Tally};
use provost_tests::implementation::reference_python;
use provost_tests::processes::is_alive;
use provost_tests::wait::stays;
use provost_tests::{Implementation, Sides, World};
use reality::Size;

/// Without the environment's word: enough to see that it works at all.
const SECONDS: u64 = 8;
/// Between two comparisons with reality, at most.
const ROUND: Duration = Duration::from_secs(30);
/// Rounds even of a short life: a first one to warm up, and others to compare with it.
const MIN_ROUNDS: u32 = 4;
const CLIENTS: u64 = 6;

const PROGRAMS: &str = r#"
[program:steady]
command=sleep 100000
numprocs=4
process_name=steady_%(process_num)d

[program:crasher]
command=/bin/sh -c "sleep 0.2; exit 3"
startsecs=0

[program:counter]
command=/bin/sh -c "echo begin; i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done"
stdout_logfile=%(here)s/counter.log
stdout_logfile_maxbytes=20KB
stdout_logfile_backups=3
stopasgroup=true

[program:stubborn]
command=/bin/sh -c "trap '' TERM; while :; do sleep 1; done"
stopwaitsecs=1
killasgroup=true

[program:hopeless]
command=/bin/false
startretries=2

[program:forker]
command=/bin/sh -c "sleep 100000 & sleep 100000 & wait"
kill_mode=tree

[program:one]
command=cat
[program:two]
command=cat
[group:pair]
programs=one,two

[eventlistener:watch]
command=PYTHON %(here)s/listener.py %(here)s/notes
events=PROCESS_STATE,SUPERVISOR_STATE_CHANGE
buffer_size=100000
"#;

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

#[test]
fn a_daemon_among_busy_clients_keeps_its_head() {
    let life = Duration::from_secs(number("PROVOST_SOAK_SECONDS").unwrap_or(SECONDS));
    let seed = number("PROVOST_SEED").unwrap_or(1);
    let rounds = MIN_ROUNDS.max((life.as_secs() / ROUND.as_secs()).try_into().unwrap_or(u32::MAX));
    let world = world();
    let begin = Instant::now();
    let mut tally = Tally::default();
    let mut sizes = Vec::new();
    for round in 0..rounds {
        tally += mischief(&world, seed + u64::from(round) * CLIENTS, life / rounds);
        sizes.push(reality::check(&world, sizes.first()));
    }
    let told = history::check(&world);
    let seconds = begin.elapsed().as_secs();
    println!("seed {seed}, {seconds} s, {rounds} rounds: {tally}; {told}");
    println!("the daemon after each round, everything stopped: {}", Size::list(&sizes));
    Size::check_flat(&sizes);
}

fn world() -> World {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.scratch.write("listener.py", include_str!("../scenarios/events_listener.py"));
    let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
    world.configure(&PROGRAMS.replace("PYTHON", &python.to_string_lossy()));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world
}

/// One round of all clients; the first of them also sends the daemon signals.
fn mischief(world: &World, seed: u64, time: Duration) -> Tally {
    let pause = AtomicBool::new(false);
    let (server, daemon) = (&world.server, world.daemon_pid());
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|index| {
                let mut client = Client::new(server.clone(), daemon, seed + index);
                let pause = &pause;
                scope.spawn(move || {
                    while !pause.load(Ordering::Relaxed) {
                        client.act();
                    }
                    client.tally()
                })
            })
            .collect();
        stays(time, "the daemon's life", || is_alive(daemon));
        pause.store(true, Ordering::Relaxed);
        let mut sum = Tally::default();
        for client in clients {
            sum +=
                client.join().unwrap_or_else(|_| panic!("a client with a seed from {seed} found a mistake"));
        }
        sum
    })
}

//! Both daemons beside each other, measured from outside in one interleaved run.
//!
//! Every round measures the reference and then ours in the same way, so that what the machine does besides
//! meets both. The table shows the median over all rounds. What is measured:
//!
//! - resident memory of the daemon (`VmRSS`) with no program and with a hundred;
//! - voluntary context switches of all its threads, and processor time, while a hundred programs do nothing;
//! - the time from `kill -9` of a child that is older than a second to the first instruction of its successor,
//!   a shell that opens a named pipe (its own start is part of the time for both);
//! - the time `getAllProcessInfo` takes over a new connection to the unix socket, with ten and a hundred
//!   programs.
//!
//! `cargo xtask measure events` measures what is about [`events`] instead.

mod events;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use provost_tests::wait::{PATIENCE, look_for, until};
use provost_tests::{Implementation, World, processes};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::chore::{Failure, root};
use crate::{reference, test};

/// How often everything is measured unless the command line says otherwise.
const ROUNDS: usize = 3;
/// How long an idle daemon is watched.
const IDLE: Duration = Duration::from_secs(10);
/// How long a daemon is left alone before it counts as idle.
const REST: Duration = Duration::from_secs(2);
/// Children killed in each round.
const KILLS: usize = 5;
/// Calls in each round.
const CALLS: usize = 50;

/// What is measured, in the order of the table.
const METRICS: [(&str, &str); 7] = [
    ("resident memory, no program", "KiB"),
    ("resident memory, 100 programs", "KiB"),
    ("voluntary context switches, 100 programs idle for 10 s", ""),
    ("processor time, 100 programs idle for 10 s", "ms"),
    ("from kill -9 to the successor's first instruction", "ms"),
    ("getAllProcessInfo, 10 programs", "ms"),
    ("getAllProcessInfo, 100 programs", "ms"),
];

/// Values of one implementation, per metric.
type Samples = [Vec<f64>; METRICS.len()];

pub(crate) fn run(words: &[String]) -> Result<(), Failure> {
    if let Some(("events", rest)) = words.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        return events::run(rest);
    }
    let rounds = rounds(words, ROUNDS)?;
    test::build()?;
    let bin = reference::install()?;
    debug_assert!(bin.starts_with(root()), "the tests look for it there");
    let (mut theirs, mut ours) = (Samples::default(), Samples::default());
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        measure(Implementation::Reference, &mut theirs);
        measure(Implementation::Ours, &mut ours);
    }
    print(&METRICS, &mut theirs, &mut ours);
    Ok(())
}

/// How often to measure, as the command line says it.
fn rounds(words: &[String], usual: usize) -> Result<usize, Failure> {
    let Some(word) = words.first() else { return Ok(usual) };
    word.parse().map_err(|_| Failure::Argument { word: word.clone(), expected: "a number of rounds" })
}

fn measure(implementation: Implementation, samples: &mut Samples) {
    let world = World::with_programs(implementation, "");
    let [empty, full, switches, time, successor, ten, hundred] = samples;
    rest(REST);
    empty.push(resident(&world));
    drop(world);

    let world = with_programs(implementation, 10);
    ten.extend((0..CALLS).map(|_| call(&world)));
    drop(world);

    let world = with_programs(implementation, 100);
    let fifo = fifo(&world);
    rest(REST);
    let pid = world.daemon_pid();
    let (switches_before, time_before) = (processes::voluntary_switches(pid), processes::cpu_time(pid));
    rest(IDLE);
    switches.push(number(processes::voluntary_switches(pid) - switches_before));
    time.push(milliseconds(processes::cpu_time(pid) - time_before));
    full.push(resident(&world));
    hundred.extend((0..CALLS).map(|_| call(&world)));
    successor.extend((0..KILLS).map(|_| succession(&world, &fifo)));
}

/// A world with `count` programs that wait for input, and one that opens a named pipe first.
fn with_programs(implementation: Implementation, count: usize) -> World {
    let world = World::with_programs(
        implementation,
        &format!(
            "[program:many]\ncommand=/bin/cat\nnumprocs={}\nprocess_name=%(program_name)s_%(process_num)03d\n\
             [program:phoenix]\ncommand=/bin/sh -c \"echo up > %(here)s/fifo; exec cat\"\nautostart=false\n",
            count - 1
        ),
    );
    let last = format!("many:many_{:03}", count - 2);
    until(PATIENCE, "the programs to run", || world.state(&last) == "RUNNING");
    world
}

/// Makes the named pipe and starts the program that opens it.
fn fifo(world: &World) -> PathBuf {
    let path = world.scratch.file("fifo");
    mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a named pipe");
    let reader = read_in_background(&path);
    assert_eq!(world.rpc("supervisor.startProcess('phoenix', False)"), ["True"]);
    reader.recv_timeout(PATIENCE).expect("the program opens the pipe");
    path
}

/// Kills the child once it is older than a second, and waits for its successor; milliseconds.
fn succession(world: &World, fifo: &Path) -> f64 {
    world.wait_state("phoenix", "RUNNING");
    rest(Duration::from_millis(1200));
    let pid = world.pid_of("phoenix");
    let reader = read_in_background(fifo);
    let killed = Instant::now();
    processes::send(pid, processes::signal("KILL"));
    let opened = reader.recv_timeout(PATIENCE).expect("a successor");
    milliseconds(opened - killed)
}

/// Tells when somebody has opened the pipe for writing and written to it.
fn read_in_background(fifo: &Path) -> mpsc::Receiver<Instant> {
    let (sender, receiver) = mpsc::channel();
    let fifo = fifo.to_owned();
    thread::spawn(move || {
        let mut word = [0; 2];
        // Opening blocks until there is a writer.
        let read = File::open(fifo).and_then(|mut pipe| pipe.read_exact(&mut word));
        if read.is_ok() {
            let _nobody_waits_any_more = sender.send(Instant::now());
        }
    });
    receiver
}

/// One call of getAllProcessInfo over a new connection; milliseconds.
fn call(world: &World) -> f64 {
    const BODY: &str = "<?xml version='1.0'?><methodCall><methodName>supervisor.getAllProcessInfo</methodName>\
                        <params></params></methodCall>";
    let request = format!("POST /RPC2 HTTP/1.1\r\nContent-Length: {}\r\n\r\n{BODY}", BODY.len());
    let begin = Instant::now();
    let answer = world.server.exchange(request.as_bytes()).expect("an answer");
    let took = begin.elapsed();
    assert!(answer.code() == 200 && answer.body.contains("many_000"), "{answer:?}");
    milliseconds(took)
}

fn resident(world: &World) -> f64 {
    number(processes::status_field(world.daemon_pid(), "VmRSS").expect("the daemon lives"))
}

/// Lets time pass: what is measured here is what a daemon does when nothing happens.
fn rest(time: Duration) {
    let _nothing_is_looked_for = look_for::<()>(time, || None);
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[expect(clippy::cast_precision_loss, reason = "the numbers are far below 2^52")]
fn number(value: u64) -> f64 {
    value as f64
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The table: a row for each metric.
fn print(metrics: &[(&str, &str)], theirs: &mut [Vec<f64>], ours: &mut [Vec<f64>]) {
    println!("| median | unit | reference | ours | reference / ours |");
    println!("| --- | --- | ---: | ---: | ---: |");
    for (index, (name, unit)) in metrics.iter().enumerate() {
        let (their, our) = (median(&mut theirs[index]), median(&mut ours[index]));
        let ratio = if our > 0.0 { format!("{:.1}", their / our) } else { "-".to_owned() };
        println!("| {name} | {unit} | {their:.2} | {our:.2} | {ratio} |");
    }
}

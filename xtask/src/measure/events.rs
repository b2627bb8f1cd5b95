//! Events, from outside: how fast they come, and what they cost who makes them.
//!
//! - PROCESS_COMMUNICATION events in a second through one listener, beside the same listener on bare pipes, which
//!   is as fast as anybody can be with it;
//! - the time from `kill -9` of one of twenty programs to the arrival of its event, when all die at once;
//! - the output that a program gets rid of while its listener takes a second for each event, and without events.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use provost_tests::wait::until;
use provost_tests::{Implementation, Scratch, Sides, World, processes};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::time::{ClockId, clock_gettime};

use super::{milliseconds, number, print};
use crate::chore::Failure;
use crate::{reference, test};

/// How often everything is measured unless the command line says otherwise.
const ROUNDS: usize = 3;
/// Messages in each round.
const MESSAGES: usize = 20_000;
/// Programs that die at once.
const MORTALS: usize = 20;
/// Output in each round, in MiB.
const OUTPUT: usize = 200;
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is measured, in the order of the table.
const METRICS: [(&str, &str); 5] = [
    ("PROCESS_COMMUNICATION events through one listener", "1/s"),
    ("20 programs die at once: median until the event arrives", "ms"),
    ("20 programs die at once: longest until the event arrives", "ms"),
    ("output with PROCESS_LOG and a slow listener", "MiB/s"),
    ("the same without events", "MiB/s"),
];

pub(super) fn run(words: &[String]) -> Result<(), Failure> {
    let rounds = super::rounds(words, ROUNDS)?;
    test::build()?;
    reference::install()?;
    let (mut theirs, mut ours) = (vec![Vec::new(); METRICS.len()], vec![Vec::new(); METRICS.len()]);
    let mut bare = Vec::new();
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}");
        measure(Implementation::Reference, &mut theirs);
        bare.push(round_trips());
        measure(Implementation::Ours, &mut ours);
    }
    print(&METRICS, &mut theirs, &mut ours);
    println!("\nThe same listener on bare pipes: {:.0} events a second.", super::median(&mut bare));
    Ok(())
}

fn measure(implementation: Implementation, samples: &mut [Vec<f64>]) {
    samples[0].push(messages(implementation));
    let (median, longest) = deaths(implementation);
    samples[1].push(median);
    samples[2].push(longest);
    samples[3].push(output(implementation, true));
    samples[4].push(output(implementation, false));
}

/// A started world with the listener's file in it.
fn world(implementation: Implementation, programs: &str) -> World {
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write("listener.py", include_str!("speed_listener.py"));
    world.scratch.write("talker.py", include_str!("speed_talker.py"));
    make_pipe(&world.scratch.file("credit"));
    world.configure(programs);
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world
}

fn make_pipe(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a named pipe");
}

/// What a listener noted: when events came, in nanoseconds of the monotonic clock, and their first lines.
fn noted(scratch: &Scratch) -> Vec<(i64, String)> {
    until(PATIENCE, "the listener's notes", || scratch.file("notes").exists());
    let note = |line: &str| {
        let (time, payload) = line.split_once(' ').expect("a time and a payload");
        (time.parse().expect("nanoseconds"), payload.to_owned())
    };
    scratch.read("notes").lines().map(note).collect()
}

/// Events in a second, by the listener's clock.
fn pace(events: &[(i64, String)]) -> f64 {
    let (first, last) = (events[0].0, events[events.len() - 1].0);
    number((events.len() - 1) as u64) / (number((last - first).unsigned_abs()) / 1e9)
}

fn messages(implementation: Implementation) -> f64 {
    let world = world(
        implementation,
        &format!(
            "[eventlistener:ear]\ncommand=python3 %(here)s/listener.py %(here)s/notes {MESSAGES} %(here)s/credit\n\
             events=PROCESS_COMMUNICATION\nbuffer_size=1000\nstdout_logfile=NONE\n\
             [program:talker]\ncommand=python3 %(here)s/talker.py %(here)s/credit {MESSAGES}\nautostart=false\n\
             stdout_capture_maxbytes=1MB\nstdout_logfile=NONE\n"
        ),
    );
    world.wait_state("ear", "RUNNING");
    assert_eq!(world.rpc("supervisor.startProcess('talker')"), ["True"]);
    pace(&noted(&world.scratch))
}

/// Events in a second between this process and the listener.
fn round_trips() -> f64 {
    let mut scratch = Scratch::new();
    scratch.write("listener.py", include_str!("speed_listener.py"));
    let mut command = scratch.command(Path::new("python3"));
    let notes = scratch.file("notes");
    command.arg(scratch.file("listener.py")).arg(notes).arg(MESSAGES.to_string());
    let mut listener = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python runs");
    let mut stdin = listener.stdin.take().expect("invariant: it is piped");
    let mut stdout = listener.stdout.take().expect("invariant: it is piped");
    let payload = "processname:talker groupname:talker pid:12345\na message of some length";
    let mut answer = [0; 64];
    let mut ready = stdout.read(&mut answer).expect("READY");
    for serial in 0..MESSAGES {
        assert!(answer[..ready].ends_with(b"READY\n"), "an answer comes in one piece");
        let event = format!(
            "ver:3.0 server:supervisor serial:{serial} pool:ear poolserial:{serial} \
             eventname:PROCESS_COMMUNICATION_STDOUT len:{} bytes:{}\n{payload}",
            payload.len(),
            payload.len()
        );
        stdin.write_all(event.as_bytes()).expect("it reads");
        ready = stdout.read(&mut answer).expect("an answer");
    }
    drop(stdin);
    listener.wait().expect("invariant: our own child can be waited for");
    pace(&noted(&scratch))
}

/// Milliseconds from the signal to the event: median and longest.
fn deaths(implementation: Implementation) -> (f64, f64) {
    let world = world(
        implementation,
        &format!(
            "[eventlistener:ear]\ncommand=python3 %(here)s/listener.py %(here)s/notes {MORTALS}\n\
             events=PROCESS_STATE_EXITED\nbuffer_size=100\n\
             [program:mortal]\ncommand=/bin/cat\nnumprocs={MORTALS}\nautorestart=false\nstartsecs=0\n\
             process_name=%(program_name)s_%(process_num)02d\n"
        ),
    );
    world.wait_state("ear", "RUNNING");
    let names: Vec<String> = (0..MORTALS).map(|index| format!("mortal:mortal_{index:02}")).collect();
    let pids: Vec<u32> = names.iter().map(|name| world.pid_of(name)).collect();
    let killed: Vec<(u32, i64)> = pids
        .into_iter()
        .map(|pid| {
            let at = now();
            processes::send(pid, processes::signal("KILL"));
            (pid, at)
        })
        .collect();
    let events = noted(&world.scratch);
    let mut delays: Vec<f64> = killed
        .iter()
        .map(|(pid, at)| {
            let event = events.iter().find(|(_, payload)| payload.ends_with(&format!(" pid:{pid}")));
            let (came, _) = event.expect("an event for every death");
            milliseconds(Duration::from_nanos((came - at).unsigned_abs()))
        })
        .collect();
    let median = super::median(&mut delays);
    (median, delays[delays.len() - 1])
}

/// Nanoseconds of the clock that Python calls monotonic.
fn now() -> i64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// MiB in a second that a program gets rid of.
fn output(implementation: Implementation, events: bool) -> f64 {
    let world = world(
        implementation,
        &format!(
            "[eventlistener:slow]\ncommand=/bin/sh -c \"while echo READY; do read header; sleep 1; printf 'RESULT 2\\nOK'; done\"\n\
             events=PROCESS_LOG\n\
             [program:flood]\ncommand=/bin/sh -c \"read go; head -c {OUTPUT}M /dev/zero; echo > %(here)s/done\"\n\
             stdout_events_enabled={events}\nstdout_logfile_maxbytes=0\nstdout_logfile=%(here)s/flood.log\n\
             autorestart=false\n"
        ),
    );
    world.wait_state("slow", "RUNNING");
    world.wait_state("flood", "RUNNING");
    make_pipe(&world.scratch.file("done"));
    let began = Instant::now();
    assert_eq!(world.rpc("supervisor.sendProcessStdin('flood', 'go\\n')"), ["True"]);
    let mut line = String::new();
    File::open(world.scratch.file("done"))
        .and_then(|mut done| done.read_to_string(&mut line))
        .expect("it ends");
    let took = began.elapsed();
    let _nobody_needs_it = fs::remove_file(world.scratch.file("flood.log"));
    number(OUTPUT as u64) / took.as_secs_f64()
}

//! How fast events reach a listener.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use provost_tests::Scratch;
use provost_tests::wait::{look_for, until};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use super::{Effort, PATIENCE, Seen};
use crate::contender::{Bout, Contender, Plan, Programs};
use crate::figure::Figure;
use crate::marks::Mark;
use crate::numbers::{Numbers, milliseconds, number};

const MESSAGES: Figure =
    Figure::more("PROCESS_COMMUNICATION events through one listener", "1/s").of_floor(0.7);
const RATE: Figure = Figure::more("PROCESS_STATE under churn: events", "1/s");
const MISSING: Figure = Figure::less("PROCESS_STATE under churn: missing or late by seconds", "").within(0.0);
const DELAY: Figure = Figure::less("PROCESS_STATE under churn: death to delivery, median", "ms");
const LONGEST: Figure =
    Figure::less("PROCESS_STATE under churn: death to delivery, longest", "ms").within(5.0);

/// Programs that exit at once.
const MORTALS: usize = 20;
/// How long after the last death an event may come and still count.
const LATE: Duration = Duration::from_secs(5);

/// An event that the listener noted.
struct Note {
    /// When it came, in nanoseconds of the marks' clock.
    at: i64,
    name: String,
    /// The first line of its payload.
    payload: String,
}

impl Note {
    fn parse(line: &str) -> Option<Self> {
        let mut words = line.splitn(3, ' ');
        let (at, name, payload) = (words.next()?, words.next()?, words.next()?);
        Some(Self { at: at.parse().ok()?, name: name.to_owned(), payload: payload.to_owned() })
    }
}

/// A directory with the listener and the program that sends messages.
fn stage() -> Scratch {
    let mut scratch = Scratch::new();
    scratch.write("listener.py", include_str!("../../../floor/listener.py"));
    scratch.write("talker.py", include_str!("../../../floor/talker.py"));
    mknodat(CWD, scratch.file("credit"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a named pipe");
    scratch
}

/// What the listener has noted so far; the last line may be under way.
fn noted(scratch: &Scratch) -> Vec<Note> {
    scratch.read("notes").lines().filter_map(Note::parse).collect()
}

/// Messages between a program's capture tokens. The floor is the same listener at the ends of two bare pipes.
pub(super) fn messages(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let count = effort.choose(20_000, 100_000);
    let scratch = stage();
    let notes = if contender == Contender::Floor {
        round_trips(&scratch, count);
        noted(&scratch)
    } else {
        let mut plan = Plan::waiting(0);
        plan.sections = format!(
            "[eventlistener:ear]\ncommand=python3 %(here)s/listener.py %(here)s/notes {count} %(here)s/credit\n\
             events=PROCESS_COMMUNICATION\nbuffer_size=1000\nstdout_logfile=NONE\n\
             [program:talker]\ncommand=python3 %(here)s/talker.py %(here)s/credit {count}\n\
             stdout_capture_maxbytes=1MB\nstdout_logfile=NONE\n"
        );
        let bout = Bout::start_in(scratch, contender, programs, &plan);
        until(PATIENCE, "the listener's notes", || bout.scratch.file("notes").exists());
        noted(&bout.scratch)
    };
    let (first, last) = (&notes[0], &notes[notes.len() - 1]);
    vec![(MESSAGES, number((notes.len() - 1) as u64) / (milliseconds(last.at - first.at) / 1e3))]
}

/// Hands events to the listener, each as soon as the one before is answered.
fn round_trips(scratch: &Scratch, count: usize) {
    let mut command = scratch.command(Path::new("python3"));
    command.arg(scratch.file("listener.py")).arg(scratch.file("notes")).arg(count.to_string());
    let mut listener = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python runs");
    let mut stdin = listener.stdin.take().expect("invariant: it is piped");
    let mut stdout = listener.stdout.take().expect("invariant: it is piped");
    let payload = "processname:talker groupname:talker pid:12345\na message of some length";
    let mut answer = [0; 64];
    let mut ready = stdout.read(&mut answer).expect("READY");
    for serial in 0..count {
        assert!(answer[..ready].ends_with(b"READY\n"), "an answer comes in one piece");
        let event = format!(
            "ver:3.0 server:supervisor serial:{serial} pool:ear poolserial:{serial} \
             eventname:PROCESS_COMMUNICATION_STDOUT len:{}\n{payload}",
            payload.len()
        );
        stdin.write_all(event.as_bytes()).expect("it reads");
        ready = stdout.read(&mut answer).expect("an answer");
    }
    drop(stdin);
    listener.wait().expect("invariant: our own child can be waited for");
}

/// Programs that are started again and again because they exit at once.
pub(super) fn churn(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let time = Duration::from_secs(effort.choose(8, 30));
    let mut plan = Plan::waiting(MORTALS);
    plan.arguments = "exit".to_owned();
    plan.options += "autorestart=true\n";
    plan.sections = "[eventlistener:ear]\ncommand=python3 %(here)s/listener.py %(here)s/notes 0\n\
                     events=PROCESS_STATE\nbuffer_size=1000\nstdout_logfile=NONE\n"
        .to_owned();
    let bout = Bout::start_in(stage(), contender, programs, &plan);
    let begun = Instant::now();
    // What happens before the listener is ready waits for it, and would tell how long Python takes to start.
    until(PATIENCE, "the first event", || !noted(&bout.scratch).is_empty());
    let deaths = deaths(&bout, begun + time);
    look_for(LATE, || unannounced(&deaths, &noted(&bout.scratch)).is_empty().then_some(()));
    let notes = noted(&bout.scratch);
    let missing = unannounced(&deaths, &notes).len();
    let mut delays = Numbers::default();
    for death in &deaths {
        let announcement = notes.iter().find(|note| announces(note, "PROCESS_STATE_EXITED", death.pid));
        if let Some(note) = announcement {
            delays.push(milliseconds(note.at - death.at));
        }
    }
    let (first, last) = (&notes[0], &notes[notes.len() - 1]);
    vec![
        (RATE, number(notes.len() as u64) / (milliseconds(last.at - first.at) / 1e3)),
        (MISSING, number(missing as u64)),
        (DELAY, delays.median()),
        (LONGEST, delays.quantile(1.0)),
    ]
}

/// The deaths from now until then: a program says that it lives and is gone some microseconds later.
fn deaths(bout: &Bout, end: Instant) -> Vec<Mark> {
    let ready = crate::marks::now();
    std::iter::from_fn(|| bout.marks.next().filter(|_| Instant::now() < end))
        .filter(|mark| mark.at > ready)
        .collect()
}

/// The states of dead children that the listener has not heard of.
fn unannounced<'a>(deaths: &[Mark], notes: &[Note]) -> Vec<(u32, &'a str)> {
    let states = ["PROCESS_STATE_RUNNING", "PROCESS_STATE_EXITED"];
    let heard: BTreeSet<(&str, u32)> =
        notes.iter().filter_map(|note| Some((note.name.as_str(), pid_of(note)?))).collect();
    let wanted = deaths.iter().flat_map(|death| states.map(|state| (death.pid, state)));
    wanted.filter(|(pid, state)| !heard.contains(&(*state, *pid))).collect()
}

fn announces(note: &Note, state: &str, pid: u32) -> bool {
    note.name == state && pid_of(note) == Some(pid)
}

/// The pid that an event is about.
fn pid_of(note: &Note) -> Option<u32> {
    note.payload.split(' ').find_map(|word| word.strip_prefix("pid:"))?.parse().ok()
}

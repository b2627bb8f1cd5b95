//! How soon questions are answered.

use std::iter;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use super::{CLIENTS, Effort, PATIENCE, REST, Seen, rest};
use crate::calls::Caller;
use crate::contender::{Bout, Contender, Plan, Programs};
use crate::figure::Figure;
use crate::marks::now;
use crate::numbers::{Numbers, milliseconds, number};

/// How long clients ask.
const LOAD: Duration = Duration::from_secs(4);

const INFO: Figure = Figure::less("getAllProcessInfo, median", "ms");
const CROWD: Figure = Figure::more("getAllProcessInfo, 8 clients, 1000 programs", "calls/s").within(500.0);
const CROWD_TAIL: Figure =
    Figure::less("getAllProcessInfo, 8 clients, 1000 programs, 99 of 100", "ms").within(25.0);
const FIRST: Figure = Figure::less("exec to the first answer", "ms").within(4.0);
const STATUS: Figure = Figure::less("supervisorctl status, 10 programs, the whole process", "ms").within(5.0);

/// Programs, and the milliseconds that the answer about them may take.
const SIZES: [(usize, f64); 3] = [(10, 0.15), (100, 0.4), (1000, 4.0)];

/// `getAllProcessInfo`, alone and in a crowd.
pub(super) fn info(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let mut seen = Seen::new();
    for (count, limit) in SIZES {
        let bout = Bout::running(contender, programs, &Plan::waiting(count));
        rest(REST);
        let is_slow = contender == Contender::Reference && count == 1000;
        let calls = if is_slow { 3 } else { effort.choose(50, 200) };
        seen.push((INFO.within(limit).at(count), asked(&bout, calls).median()));
        if count == 1000 {
            seen.extend(crowd(&bout));
        }
    }
    seen
}

/// So many answers in a row, in milliseconds.
fn asked(bout: &Bout, calls: usize) -> Numbers {
    let mut caller = Caller::connect(&bout.server);
    let mut times = Numbers::default();
    for _ in 0..calls {
        let begun = now();
        caller.call("supervisor.getAllProcessInfo");
        times.push(milliseconds(now() - begun));
    }
    times
}

/// Eight clients at once.
fn crowd(bout: &Bout) -> Seen {
    let begun = Instant::now();
    let ask = || {
        let mut caller = Caller::connect(&bout.server);
        let mut times = Vec::new();
        while begun.elapsed() < LOAD {
            let asked = now();
            caller.call("supervisor.getAllProcessInfo");
            times.push(milliseconds(now() - asked));
        }
        times
    };
    let mut times = Numbers::default();
    thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(ask)).collect();
        for time in clients.into_iter().flat_map(|client| client.join().expect("a client ends")) {
            times.push(time);
        }
    });
    let rate = number(times.len() as u64) / begun.elapsed().as_secs_f64();
    vec![(CROWD, rate), (CROWD_TAIL, times.quantile(0.99))]
}

/// A daemon without programs.
pub(super) fn first(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let mut times = Numbers::default();
    for _ in 0..effort.choose(5, 20) {
        let bout = Bout::start(contender, programs, &Plan::waiting(0));
        // Looks as often as it can: a pause would be most of what is measured.
        let answers = iter::repeat_with(|| bout.server.answers());
        let begun = Instant::now();
        let _first = answers.take_while(|_| begun.elapsed() < PATIENCE).find(|answered| *answered);
        times.push(milliseconds(now() - bout.begun));
    }
    vec![(FIRST, times.median())]
}

/// The client, from its start to its end.
pub(super) fn status(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let bout = Bout::running(contender, programs, &Plan::waiting(10));
    vec![(STATUS, client(&bout, &programs.of(contender, "supervisorctl"), effort.choose(5, 30)).median())]
}

/// So many times `supervisorctl status`, in milliseconds.
pub(super) fn client(bout: &Bout, program: &Path, count: usize) -> Numbers {
    let mut times = Numbers::default();
    for _ in 0..count {
        let mut client = bout.scratch.command(program);
        client.arg("-c").arg(bout.scratch.file("supervisord.conf")).arg("status").stdout(Stdio::null());
        let begun = now();
        let status = client.status().expect("the client runs");
        times.push(milliseconds(now() - begun));
        assert!(status.success(), "{status}");
    }
    times
}

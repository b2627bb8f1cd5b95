//! Starting and stopping a thousand programs.

use provost_tests::processes;

use super::{Effort, Seen};
use crate::calls::Caller;
use crate::contender::{Bout, Contender, Plan, Programs};
use crate::figure::Figure;
use crate::marks::now;
use crate::numbers::milliseconds;

const COUNT: usize = 1000;

const START: Figure = Figure::less("start of 1000 programs", "ms").of_floor(1.3);
const TIME: Figure = Figure::less("processor time of the daemon for it", "ms").of_floor(2.0);
const END: Figure = Figure::less("TERM to the end of daemon and 1000 programs", "ms").within(300.0);
const STOP_ALL: Figure = Figure::less("stopAllProcesses, 1000 programs", "ms");
const START_ALL: Figure = Figure::less("startAllProcesses, 1000 programs", "ms").of_floor(1.5);

/// From nothing, and back.
pub(super) fn start(contender: Contender, programs: &Programs, _: Effort) -> Seen {
    let mut bout = Bout::start(contender, programs, &Plan::waiting(COUNT));
    let mut seen = vec![(START, milliseconds(last_start(&bout)))];
    if !contender.is_peer() {
        // A family's members that are gone took their times along, so that peers have none.
        seen.push((TIME, processes::cpu_time(bout.pid()).as_secs_f64() * 1e3));
        if contender.has_api() {
            bout.wait_for_api();
        }
        seen.push((END, milliseconds(bout.end())));
    }
    seen
}

/// Waits for all programs; nanoseconds from the daemon's start to the first instruction of the last one.
pub(super) fn last_start(bout: &Bout) -> i64 {
    let marks = bout.marks.collect(COUNT);
    marks.values().map(|mark| mark.at).max().unwrap_or(bout.begun) - bout.begun
}

/// By calls that wait. The floor has none: its start is the measure of the second one.
pub(super) fn all(contender: Contender, programs: &Programs, _: Effort) -> Seen {
    if contender == Contender::Floor {
        return vec![(
            START_ALL,
            milliseconds(last_start(&Bout::start(contender, programs, &Plan::waiting(COUNT)))),
        )];
    }
    let bout = Bout::running(contender, programs, &Plan::waiting(COUNT));
    let mut caller = Caller::connect(&bout.server);
    let mut timed = |method| {
        let begun = now();
        caller.call(method);
        milliseconds(now() - begun)
    };
    let stop = timed("supervisor.stopAllProcesses");
    let start = timed("supervisor.startAllProcesses");
    vec![(STOP_ALL, stop), (START_ALL, start)]
}

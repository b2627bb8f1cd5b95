//! How soon a dead child is back.

use std::iter;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use provost_tests::processes;

use super::{CLIENTS, Effort, REST, Seen, rest};
use crate::calls::Caller;
use crate::contender::{Bout, Contender, Plan, Programs};
use crate::figure::Figure;
use crate::marks::{Mark, now};
use crate::numbers::{Numbers, milliseconds};

/// Median and tail.
type Pair = (Figure, Figure);

const CALM: Pair = (
    Figure::less("kill -9 to the successor's first instruction, median", "ms").of_floor(1.3),
    Figure::less("kill -9 to the successor's first instruction, 99 of 100", "ms").of_floor(2.0),
);
const BUSY: Pair = (
    Figure::less("the same with 8 clients and 4 talkative programs, median", "ms"),
    Figure::less("the same with 8 clients and 4 talkative programs, 99 of 100", "ms").within(10.0),
);
const PRESSED: Pair = (
    Figure::less("the same with 8 clients asking for 1000 programs, median", "ms"),
    Figure::less("the same with 8 clients asking for 1000 programs, 99 of 100", "ms"),
);

/// How often is killed: those that wait for a second or so between two starts would take all day.
fn kills(contender: Contender, effort: Effort) -> usize {
    match contender {
        Contender::Floor | Contender::Ours => effort.choose(50, 200),
        Contender::Reference | Contender::Circus => effort.choose(5, 20),
        Contender::S6 | Contender::Runit | Contender::Pm2 => effort.choose(20, 100),
    }
}

/// Nothing else happens.
pub(super) fn restart(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let (bout, children) = begin(contender, programs, &Plan::waiting(kills(contender, effort)));
    rest(REST);
    summary(CALM, &kill_each(&bout, &children))
}

/// Clients ask and programs talk, as fast as they can.
pub(super) fn busy(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let mut plan = Plan::waiting(kills(contender, effort));
    plan.sections = "[program:chatty]\ncommand=/usr/bin/yes 0123456789012345678901234567890123456789\nnumprocs=4\n\
                     process_name=%(program_name)s%(process_num)d\nstdout_logfile=%(here)s/chatty%(process_num)d\n\
                     stdout_logfile_maxbytes=10MB\nstdout_logfile_backups=1\n"
        .to_owned();
    let (bout, children) = begin(contender, programs, &plan);
    summary(BUSY, &kill_each_under_load(&bout, &children))
}

/// Clients ask for a thousand programs.
pub(super) fn pressed(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let (bout, mut children) = begin(contender, programs, &Plan::waiting(1000));
    children.truncate(kills(contender, effort));
    summary(PRESSED, &kill_each_under_load(&bout, &children))
}

/// Starts programs, and gives their first children.
pub(super) fn begin(contender: Contender, programs: &Programs, plan: &Plan) -> (Bout, Vec<Mark>) {
    let bout = Bout::start(contender, programs, plan);
    let children = bout.marks.collect(plan.count).into_values().collect();
    if contender.has_api() {
        bout.wait_for_api();
    }
    (bout, children)
}

/// Kills children one after the other; milliseconds until each one's successor ran.
pub(super) fn kill_each(bout: &Bout, children: &[Mark]) -> Numbers {
    let mut times = Numbers::default();
    for child in children {
        let killed = now();
        processes::send(child.pid, processes::signal("KILL"));
        let mut coming = iter::from_fn(|| bout.marks.next());
        let successor = coming.find(|mark| mark.tag == child.tag).expect("a successor");
        times.push(milliseconds(successor.at - killed));
    }
    times
}

/// The same while clients ask for all processes as fast as they are answered.
fn kill_each_under_load(bout: &Bout, children: &[Mark]) -> Numbers {
    rest(REST);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut caller = Caller::connect(&bout.server);
                while !done.load(Ordering::Relaxed) {
                    caller.call("supervisor.getAllProcessInfo");
                }
            });
        }
        let _end = SetOnDrop(&done);
        kill_each(bout, children)
    })
}

/// Ends the clients even when no successor comes: their threads would be waited for without end.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn summary((median, tail): Pair, times: &Numbers) -> Seen {
    vec![(median, times.median()), (tail, times.quantile(0.99))]
}

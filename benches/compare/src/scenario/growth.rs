//! What more programs cost: starting and asking about them may take longer in proportion, one restart and doing
//! nothing may not.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::restarts::kill_each;
use super::size::idle;
use super::{Effort, REST, Seen, answers, rest, restarts};
use crate::contender::{Contender, DESCRIPTORS, Plan, Programs, SPARE};
use crate::figure::Figure;
use crate::numbers::{milliseconds, number};

const START: Figure = Figure::less("growth: start", "ms");
const RESTART: Figure = Figure::less("growth: restart, median", "ms");
const STATUS: Figure = Figure::less("growth: supervisorctl status", "ms");
const IDLE: Figure = Figure::less("growth: idle wake-ups", "1/s").within(0.0);

/// A time as a multiple of another.
const TIMES: Figure = Figure::less("", "x");

/// How much more a program may cost among many.
const LINEAR: f64 = 1.3;
/// How much longer a restart may take among many.
const FLAT: f64 = 1.5;

/// How many programs the limit of descriptors has room for, after it was raised as far as we are allowed to.
fn room() -> usize {
    const WANTED: u64 = 65_536;
    let limit = getrlimit(Resource::Nofile);
    let raised = limit.maximum.map(|maximum| maximum.max(WANTED));
    // The limit that is in force stays: raising that is what supervisors do.
    let _only_root_may = setrlimit(Resource::Nofile, Rlimit { maximum: raised, ..limit });
    let room = getrlimit(Resource::Nofile).maximum.unwrap_or(WANTED);
    usize::try_from(room).unwrap_or(usize::MAX).saturating_sub(SPARE) / DESCRIPTORS
}

/// What was seen with so many programs.
struct Step {
    count: usize,
    start: f64,
    restart: f64,
    /// Of those that have one.
    status: Option<f64>,
}

/// From few to many.
pub(super) fn growth(contender: Contender, programs: &Programs, effort: Effort) -> Seen {
    let most = effort.choose(1000, 4000).min(room());
    let (mut seen, mut steps) = (Seen::new(), Vec::new());
    for count in [10, 100, 1000, 4000].map(|count| most.min(count)) {
        if steps.last().is_some_and(|step: &Step| step.count == count) {
            break;
        }
        let (bout, children) = restarts::begin(contender, programs, &Plan::waiting(count));
        let last = children.iter().map(|mark| mark.at).max().unwrap_or(bout.begun);
        // Thousands of starts echo for a while: pages are given back, logs are written.
        rest(REST + Duration::from_millis(count as u64));
        if contender.has_api() {
            seen.push((IDLE.at(count), idle(&bout, Duration::from_secs(3)).0));
        }
        let kills = count.min(effort.choose(20, 50));
        let restart = kill_each(&bout, &children[..kills]).median();
        let client = || answers::client(&bout, &programs.of(contender, "supervisorctl"), 5).median();
        let status = contender.has_api().then(client);
        let start = milliseconds(last - bout.begun);
        seen.push((START.at(count), start));
        seen.push((RESTART.at(count), restart));
        seen.extend(status.map(|status| (STATUS.at(count), status)));
        steps.push(Step { count, start, restart, status });
    }
    seen.extend(compared(&steps));
    seen
}

/// The step with the most programs against those with fewer.
fn compared(steps: &[Step]) -> Seen {
    let [fewest, .., fewer, most] = steps else { return Seen::new() };
    let against = |name: &str, other: &Step, figure: Figure| Figure {
        name: format!("growth: {name}, {} against {}", most.count, other.count).into(),
        ..figure
    };
    let per_program = |time: f64, step: &Step| time / number(step.count as u64);
    let start = per_program(most.start, most) / per_program(fewer.start, fewer);
    let mut seen = vec![
        // The machine itself is slower when it has more to look after, which the floor shows.
        (against("start for each program", fewer, TIMES.of_floor(LINEAR)), start),
        (against("one restart", fewest, TIMES.within(FLAT)), most.restart / fewest.restart),
    ];
    if let Some((many, few)) = most.status.zip(fewer.status) {
        let status = per_program(many, most) / per_program(few, fewer);
        seen.push((against("status for each program", fewer, TIMES.within(LINEAR)), status));
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::{Step, compared};

    #[test]
    fn what_grows_is_seen() {
        let step = |count: u32, start: f64| Step {
            count: count as usize,
            start,
            restart: f64::from(count),
            status: Some(f64::from(count) * 2.0),
        };
        let seen = compared(&[step(10, 10.0), step(100, 50.0), step(1000, 1000.0)]);
        let values: Vec<f64> = seen.iter().map(|(_, value)| *value).collect();
        assert_eq!(values, [2.0, 100.0, 1.0]);
        assert_eq!(seen[1].0.name, "growth: one restart, 1000 against 10");
    }
}

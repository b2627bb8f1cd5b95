//! What holds for the state machine of one process, whatever happens to it in whatever order.

use std::time::Duration;

use proptest::prelude::{Just, ProptestConfig, Strategy, any, proptest};
use proptest::{collection, prop_assert, prop_assert_eq, prop_oneof};
use provost_config::model::{AutoRestart, KillMode, Process as Recipe};
use provost_core::process::{Act, Event, Phase, Policy, Process, RESTART_FLOOR, step};
use provost_core::status::{ExitStatus, Pid};
use provost_core::time::{Mono, Now, Wall};

use crate::world::config::program;

/// Something happens after a while.
#[derive(Clone, Debug)]
struct Moment {
    pause: Duration,
    event: Event,
    may_start: bool,
}

fn recipes() -> impl Strategy<Value = Recipe> {
    let restart =
        prop_oneof![Just(AutoRestart::Always), Just(AutoRestart::Unexpected), Just(AutoRestart::Never)];
    let seconds = prop_oneof![-2..5_i64, Just(i64::MAX), Just(i64::MIN)];
    let mode = prop_oneof![Just(None), Just(Some(KillMode::Tree))];
    (restart, seconds.clone(), -2..5_i64, seconds, any::<bool>(), mode).prop_map(
        |(restart, start, retries, wait, group, mode)| {
            let mut recipe = program("p");
            recipe.autorestart = restart;
            recipe.startsecs = start;
            recipe.startretries = retries;
            recipe.stopwaitsecs = wait;
            recipe.stopasgroup = group;
            recipe.kill_mode = mode;
            recipe
        },
    )
}

fn statuses() -> impl Strategy<Value = ExitStatus> {
    prop_oneof![
        (0..3).prop_map(ExitStatus::Exited),
        Just(ExitStatus::Signaled { signal: 9, core_dumped: true }),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Start),
        4 => Just(Event::Prepared(Ok(()))),
        1 => Just(Event::Prepared(Err("no log".into()))),
        4 => (1..4).prop_map(|pid| Event::Spawned(Pid(pid))),
        2 => Just(Event::SpawnFailed("no child".into())),
        2 => Just(Event::Stop),
        1 => Just(Event::Shutdown),
        3 => statuses().prop_map(Event::Reaped),
        4 => Just(Event::Drained),
        4 => Just(Event::Cleared),
        8 => Just(Event::Due),
    ]
}

fn moments() -> impl Strategy<Value = Vec<Moment>> {
    let pause = prop_oneof![Just(0), 1..2_000_u64, Just(1000), Just(100_000)].prop_map(Duration::from_millis);
    let moment = (pause, events(), proptest::bool::weighted(0.9))
        .prop_map(|(pause, event, may_start)| Moment { pause, event, may_start });
    collection::vec(moment, 0..80)
}

fn later(now: Now, pause: Duration) -> Now {
    // The wall clock goes backwards, which must not matter.
    Now { mono: now.mono.after(pause), wall: Wall(now.wall.0 - 1) }
}

const BEGINNING: Now = Now { mono: Mono(1_000_000_000), wall: Wall(0) };

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn announced_states_chain_without_gaps(recipe in recipes(), moments in moments()) {
        let (mut process, mut now, mut announced) = (Process::default(), BEGINNING, Phase::Stopped.state());
        for Moment { pause, event, may_start } in moments {
            now = later(now, pause);
            let (after, acts) = step(process, event, now, Policy { recipe: &recipe, may_start });
            for act in acts {
                if let Act::Changed { from, to, .. } = act {
                    prop_assert_eq!(from, announced);
                    prop_assert!(from != to, "a change that is none: {:?}", from);
                    announced = to;
                }
            }
            prop_assert_eq!(after.phase.state(), announced);
            process = after;
        }
    }

    #[test]
    fn failures_never_exceed_the_attempts(recipe in recipes(), moments in moments()) {
        let (mut process, mut now) = (Process::default(), BEGINNING);
        let attempts = u32::try_from(recipe.startretries.max(0)).expect("a few") + 1;
        for Moment { pause, event, may_start } in moments {
            now = later(now, pause);
            let (after, acts) = step(process, event, now, Policy { recipe: &recipe, may_start });
            prop_assert!(after.failures <= attempts);
            for act in acts {
                if let Act::Changed { tries, .. } = act {
                    prop_assert!(tries <= attempts);
                }
            }
            let settled = matches!(after.phase, Phase::Stopped | Phase::Fatal | Phase::Exited { .. } | Phase::Running { .. });
            prop_assert!(!settled || after.failures == 0, "{:?} keeps an account of failures", after.phase);
            process = after;
        }
    }

    #[test]
    fn what_was_due_is_not_due_again(recipe in recipes(), moments in moments()) {
        let (mut process, mut now) = (Process::default(), BEGINNING);
        for Moment { pause, event, may_start } in moments {
            now = later(now, pause);
            let policy = Policy { recipe: &recipe, may_start };
            process = step(process, event, now, policy).0;
            // A grace of zero is due at once, once.
            for allowed in [true, false] {
                let Some(deadline) = process.phase.deadline(may_start).filter(|at| *at <= now.mono) else { break };
                prop_assert!(allowed, "{:?} is due again at {:?}", process.phase, deadline);
                process = step(process, Event::Due, now, policy).0;
            }
            let waits = process.phase.deadline(may_start);
            prop_assert!(waits.is_none_or(|at| at > now.mono), "{:?} stays due", process.phase);
        }
    }

    #[test]
    fn nothing_begins_while_the_daemon_stops(recipe in recipes(), moments in moments()) {
        let (mut process, mut now) = (Process::default(), BEGINNING);
        for Moment { pause, event, may_start } in moments {
            now = later(now, pause);
            let (after, acts) = step(process, event, now, Policy { recipe: &recipe, may_start });
            let begins = acts.iter().any(|act| matches!(act, Act::Prepare | Act::Fork));
            prop_assert!(may_start || !begins, "{:?}", acts);
            process = after;
        }
    }

    #[test]
    fn automatic_starts_keep_their_distance(recipe in recipes(), moments in moments()) {
        let (mut process, mut now) = (Process::default(), BEGINNING);
        for Moment { pause, event, may_start } in moments {
            now = later(now, pause);
            let policy = Policy { recipe: &recipe, may_start };
            let due = process.phase.deadline(may_start).is_some_and(|at| at <= now.mono);
            if event == Event::Due && !due {
                continue;
            }
            let (asked, before) = (event == Event::Start, process.last_start);
            let (after, acts) = step(process, event, now, policy);
            if acts.contains(&Act::Prepare) && !asked {
                let distance = now.mono.since(before.expect("it was started before").mono);
                prop_assert!(distance >= RESTART_FLOOR, "{:?} after the last start", distance);
            }
            process = after;
        }
    }

    #[test]
    fn only_the_present_child_is_signalled_and_a_second_one_never_made(recipe in recipes(), moments in moments()) {
        let (mut process, mut now) = (Process::default(), BEGINNING);
        for Moment { pause, event, may_start } in moments {
            now = later(now, pause);
            let before = process.phase;
            let (after, acts) = step(process, event, now, Policy { recipe: &recipe, may_start });
            for act in acts {
                match act {
                    Act::Kill { pid, .. } => prop_assert_eq!(Some(pid), after.phase.child()),
                    Act::Prepare | Act::Fork => {
                        prop_assert!(before.child().is_none() && after.phase.child().is_none());
                    }
                    Act::Drain => {
                        let had = before.child().is_some() || matches!(before, Phase::Clearing { .. });
                        prop_assert!(had && after.phase.child().is_none());
                    }
                    Act::Changed { .. }
                    | Act::Say(_)
                    | Act::Despair { .. }
                    | Act::Clear { .. }
                    | Act::Leave
                    | Act::Release => {}
                }
            }
            process = after;
        }
    }

    #[test]
    fn to_stop_twice_is_to_stop_once(recipe in recipes(), moments in moments()) {
        let (mut process, mut now) = (Process::default(), BEGINNING);
        for Moment { pause, event, may_start } in moments {
            now = later(now, pause);
            let policy = Policy { recipe: &recipe, may_start };
            process = step(process, event, now, policy).0;
            for stop in [Event::Stop, Event::Shutdown] {
                let (stopped, _) = step(process.clone(), stop.clone(), now, policy);
                let (again, acts) = step(stopped.clone(), stop, now, policy);
                prop_assert_eq!(&again, &stopped);
                prop_assert_eq!(acts, []);
                let over = stopped.phase.state().is_stopped() || stopped.phase.state().name() == "STOPPING";
                prop_assert!(over, "{:?} is neither stopped nor stopping", stopped.phase);
            }
        }
    }

    #[test]
    fn a_process_that_was_told_to_stop_ends_up_stopped(recipe in recipes(), moments in moments()) {
        let (mut process, mut now) = (Process::default(), BEGINNING);
        for Moment { pause, event, may_start } in moments {
            now = later(now, pause);
            process = step(process, event, now, Policy { recipe: &recipe, may_start }).0;
        }
        let policy = Policy { recipe: &recipe, may_start: true };
        for event in [Event::Stop, Event::Spawned(Pid(9)), Event::Reaped(ExitStatus::Exited(1)), Event::Cleared, Event::Drained] {
            process = step(process, event, now, policy).0;
        }
        prop_assert!(process.phase.state().is_stopped(), "{:?}", process.phase);
        prop_assert_eq!(process.phase.deadline(true), None);
    }
}

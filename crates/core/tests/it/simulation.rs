//! Years of supervision in seconds: crashes, programs that ignore TERM, disks that hang, operators who race each
//! other, and a shutdown at the end. The seed of a failure is printed; `PROVOST_SEED=n` runs just that one.

use std::time::Duration;

use crate::world::config::{config, group, pool, program};
use crate::world::{Dice, WallClock, World};
use provost_config::model::{AutoRestart, Config, KillMode, ShutdownMode};
use provost_core::call::Call;
use provost_core::notice::Notice;
use provost_core::shutdown::Ending;
use provost_core::supervisor::{DaemonSignal, Input};

const SEEDS: u64 = 300;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A configuration with every kind of policy.
fn mixed(seed: u64) -> Config {
    let mut dice = Dice::new(seed ^ 0x00c0_ffee);
    let mut groups = Vec::new();
    for number in 0..4 {
        let mut members = Vec::new();
        for index in 0..=dice.below(3) {
            let mut recipe = program(&format!("p{index}"));
            recipe.autostart = !dice.one_in(4);
            recipe.autorestart =
                *dice.pick(&[AutoRestart::Always, AutoRestart::Unexpected, AutoRestart::Never]);
            recipe.startsecs = *dice.pick(&[0, 0, 1, 5, -1]);
            recipe.startretries = *dice.pick(&[0, 1, 3]);
            recipe.stopwaitsecs = *dice.pick(&[0, 1, 10]);
            recipe.priority = *dice.pick(&[1, 5, 999]);
            recipe.stopasgroup = dice.one_in(3);
            recipe.kill_mode = *dice.pick(&[None, None, Some(KillMode::Group), Some(KillMode::Tree)]);
            members.push(recipe);
        }
        let name = format!("g{number}");
        let priority = number / 2;
        let listens = number == 0 && dice.one_in(2);
        groups.push(if listens { pool(&name, priority, members) } else { group(&name, priority, members) });
    }
    let mut config = config(groups);
    let modes = [ShutdownMode::Priority, ShutdownMode::Serial, ShutdownMode::Parallel];
    config.supervisord.shutdown_mode = *dice.pick(&modes);
    config
}

fn live(seed: u64) -> World {
    live_in(World::new(mixed(seed), seed))
}

fn live_in(mut world: World) -> World {
    for _ in 0..400 {
        let pause = match world.dice.below(4) {
            0 => Duration::ZERO,
            1 => Duration::from_millis(world.dice.below(1500)),
            2 => Duration::from_secs(world.dice.below(100)),
            _ => DAY * u32::try_from(world.dice.below(4)).expect("a small number"),
        };
        world.pass(pause);
        world.meddle();
        if world.dice.one_in(3) {
            world.meddle();
        }
    }
    world
}

/// Sums of the stop graces, with room for the repeats of SIGKILL: no shutdown of this world takes longer.
const LONGEST_SHUTDOWN: Duration = Duration::from_secs(16 * 60);

fn end(world: &mut World) {
    match world.dice.below(3) {
        0 => {
            world.call(Call::Shutdown);
        }
        1 => world.input(Input::Signaled(DaemonSignal::Exit(15))),
        _ => {
            world.input(Input::Signaled(DaemonSignal::Exit(2)));
            if world.ended.is_none() {
                world.input(Input::Signaled(DaemonSignal::Restart));
            }
            if world.ended.is_none() {
                world.input(Input::Signaled(DaemonSignal::Exit(15)));
            }
        }
    }
    for _ in 0..10 {
        if world.ended.is_none() {
            world.meddle();
        }
    }
    world.pass(LONGEST_SHUTDOWN);
}

fn run(seed: u64) {
    let mut world = live(seed);
    end(&mut world);
    assert_eq!(world.ended, Some(Ending::Exit), "the shutdown did not end");
    assert!(
        world.living() <= 3,
        "{} children survived: only those that SIGKILL cannot end may",
        world.living()
    );
    assert_eq!(world.unanswered(), 0, "a call was never answered");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may be told which seed to run")]
fn years_pass_and_every_promise_holds() {
    if let Some(seed) = std::env::var("PROVOST_SEED").ok().and_then(|seed| seed.parse().ok()) {
        return run(seed);
    }
    for seed in 0..SEEDS {
        let outcome = std::panic::catch_unwind(|| run(seed));
        if outcome.is_err() {
            panic!("seed {seed} failed; PROVOST_SEED={seed} runs it alone");
        }
    }
}

/// Nobody but the wall clock differs, and nobody notices: the same things happen at the same moments.
#[test]
fn a_wall_clock_that_jumps_changes_printed_times_only() {
    let mut jumped = 0;
    for seed in 0..SEEDS / 10 {
        let [steady, jumping] = [WallClock::Steady, WallClock::Jumping]
            .map(|clock| live_in(World::with_wall_clock(mixed(seed), seed, clock)));
        assert_eq!((steady.inputs, steady.now), (jumping.inputs, jumping.now), "seed {seed}");
        // A line has no time of its own; what has no line has no time at all.
        let told = |world: &World| {
            let of = |notice: &Notice| notice.line().map_or_else(|| format!("{notice:?}"), |line| line.1);
            world.notices.iter().map(of).collect::<Vec<_>>()
        };
        let differs = told(&steady).into_iter().zip(told(&jumping)).find(|(one, other)| one != other);
        assert_eq!((differs, steady.notices.len()), (None, jumping.notices.len()), "seed {seed}");
        assert_eq!(steady.replies, jumping.replies, "seed {seed}");
        let phases = |world: &World| {
            let of = |(id, process): (_, &provost_core::process::Process)| (id, process.phase);
            world.core.processes().map(of).collect::<Vec<_>>()
        };
        assert_eq!(phases(&steady), phases(&jumping), "seed {seed}");
        let starts = |world: &World| {
            let of = |entry: (_, &provost_core::process::Process)| entry.1.last_start.map(|start| start.wall);
            world.core.processes().map(of).collect::<Vec<_>>()
        };
        jumped += usize::from(starts(&steady) != starts(&jumping));
    }
    assert!(jumped > 10, "{jumped}: what is reported is the wall clock's time");
}

#[test]
fn a_seed_gives_the_same_life_twice() {
    let (first, second) = (live(42), live(42));
    assert_eq!(first.inputs, second.inputs);
    assert_eq!(first.notices, second.notices);
    assert!(first.now.since(provost_core::time::Mono(0)) > DAY * 100, "the simulated time was short");
}

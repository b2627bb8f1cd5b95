//! Thousands of short lives in a treacherous world: whatever is lost, late, doubled or out of order, whenever somebody
//! calls, whenever the daemon ends, starts over or is killed, what it announces is what the reference's table allows,
//! and what it knows is the truth.
//!
//! The seed of a failure is printed. `PROVOST_SEED=n` runs just that one, `PROVOST_SCHEDULES=1000000` so many.

use std::time::Duration;

use crate::world::config::{config, group, pool, program};
use crate::world::{Dice, Tally, World};
use provost_config::model::{AutoRestart, Config, KillMode, ShutdownMode};
use provost_core::shutdown::Ending;
use provost_core::supervisor::{DaemonSignal, Input};

/// What every run of the tests has time for.
const SCHEDULES: u64 = 4000;

/// Few processes, so that much happens to each, with every kind of policy.
fn small(seed: u64) -> Config {
    let mut dice = Dice::new(seed ^ 0x005e_edf1);
    let mut groups = Vec::new();
    for number in 0..=dice.below(2) {
        let mut members = Vec::new();
        for index in 0..=dice.below(2) {
            let mut recipe = program(&format!("p{index}"));
            recipe.autostart = !dice.one_in(4);
            recipe.autorestart =
                *dice.pick(&[AutoRestart::Always, AutoRestart::Unexpected, AutoRestart::Never]);
            recipe.startsecs = *dice.pick(&[0, 1, 1, 5, -1]);
            recipe.startretries = *dice.pick(&[0, 1, 3]);
            recipe.stopwaitsecs = *dice.pick(&[0, 1, 10]);
            recipe.stopasgroup = dice.one_in(3);
            recipe.kill_mode = *dice.pick(&[None, None, Some(KillMode::Group), Some(KillMode::Tree)]);
            recipe.broken = dice.one_in(30).then(|| "its section is wrong".into());
            members.push(recipe);
        }
        let name = format!("g{number}");
        let priority = *dice.pick(&[1, 999]);
        let listens = number == 0 && dice.one_in(4);
        groups.push(if listens { pool(&name, priority, members) } else { group(&name, priority, members) });
    }
    groups.sort_by_key(|group| group.priority);
    let mut config = config(groups);
    let modes = [ShutdownMode::Priority, ShutdownMode::Serial, ShutdownMode::Parallel];
    config.supervisord.shutdown_mode = *dice.pick(&modes);
    config
}

/// A few programs, each with its grace and the repeats of SIGKILL: no shutdown here takes longer.
const LONGEST_SHUTDOWN: Duration = Duration::from_secs(5 * 60);

fn run(seed: u64) -> Tally {
    let mut world = World::treacherous(small(seed), seed);
    for _ in 0..world.dice.below(60) {
        if world.ended.is_some() {
            break;
        }
        world.stir();
    }
    end(&mut world);
    assert_eq!(world.ended, Some(Ending::Exit), "the shutdown did not end");
    world.assert_answered();
    world.assert_only_the_unkillable_live();
    world.tally()
}

fn end(world: &mut World) {
    world.disarm();
    if world.ended.is_none() {
        world.input(Input::Signaled(DaemonSignal::Exit(15)));
    }
    for _ in 0..world.dice.below(5) {
        if world.ended.is_none() {
            world.meddle();
        }
    }
    world.pass(LONGEST_SHUTDOWN);
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test may be told which seeds to run")]
fn whatever_is_betrayed_the_core_keeps_to_the_table() {
    let told = |name| std::env::var(name).ok().and_then(|number: String| number.parse::<u64>().ok());
    if let Some(seed) = told("PROVOST_SEED") {
        run(seed);
        return;
    }
    let schedules = told("PROVOST_SCHEDULES").unwrap_or(SCHEDULES);
    let mut sum = Tally::default();
    for seed in 0..schedules {
        match std::panic::catch_unwind(|| run(seed)) {
            Ok(tally) => sum = sum.and(tally),
            Err(_) => panic!("schedule {seed} failed; PROVOST_SEED={seed} runs it alone"),
        }
    }
    println!("{schedules} schedules: {sum:?}");
    if schedules < SCHEDULES {
        return;
    }
    let Tally { crashes, restarts, lost, doubled, changes, .. } = sum;
    let fewest = [crashes * 10, restarts * 20, lost, doubled, changes].into_iter().min();
    assert!(fewest >= Some(schedules), "too little happened: {sum:?}");
    assert_eq!(sum.idle_rows(), [0; 0], "rows of the table that nothing needs");
}

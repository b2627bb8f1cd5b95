//! The core, with a world that grants every wish at once.

use std::sync::Arc;
use std::time::Duration;

use provost_config::model::Config;
use provost_core::status::{ExitStatus, Pid};
use provost_core::supervisor::{Effect, Input, Origin, Supervisor};
use provost_core::time::Now;

use crate::{PROGRAMS, Work, ini};

/// A core and what it needs of a world.
struct World {
    core: Supervisor,
    now: Now,
    /// The latest child; each gets the next number.
    pid: i32,
}

impl World {
    fn new(config: Arc<Config>) -> Self {
        let now = Now::default();
        Self { core: Supervisor::new(config, Origin::default()), now, pid: 0 }
    }

    /// Lets a second pass: nobody has to wait for the shortest time between two starts.
    fn wait(&mut self) {
        self.now = self.now.at(self.now.mono.after(Duration::from_secs(1)));
    }

    /// Hands an input over and grants what is wished for, until nothing is; how many effects there were.
    fn handle(&mut self, input: Input) -> usize {
        let (mut inputs, mut effects) = (vec![input], 0);
        while let Some(input) = inputs.pop() {
            self.core.handle(self.now, input);
            while let Some(effect) = self.core.poll_effect() {
                effects += 1;
                inputs.extend(self.grant(&effect));
            }
        }
        effects + self.core.snapshot().map_or(0, |snapshot| snapshot.processes.len())
    }

    /// What comes of a wish.
    fn grant(&mut self, effect: &Effect) -> Option<Input> {
        match *effect {
            Effect::Prepare { process, launch } => Some(Input::Prepared { process, launch, result: Ok(()) }),
            Effect::Spawn { process, .. } => {
                self.pid += 1;
                Some(Input::Spawned { process, pid: Pid(self.pid) })
            }
            Effect::Drain { process, launch, .. } => Some(Input::Drained { process, launch }),
            _ => None,
        }
    }
}

pub(crate) fn boot() -> Work {
    let config = Arc::new(ini::config());
    Box::new(move || World::new(Arc::clone(&config)).handle(Input::Booted))
}

pub(crate) fn restart() -> Work {
    let mut world = World::new(Arc::new(ini::config()));
    world.handle(Input::Booted);
    let programs = i32::try_from(PROGRAMS).expect("invariant: there are a thousand");
    assert_eq!(world.pid, programs, "every program runs");
    Box::new(move || {
        world.wait();
        // The child that runs longest: all have their turn.
        let pid = Pid(world.pid - programs + 1);
        let mut effects = world.handle(Input::Reaped { pid, status: ExitStatus::Exited(7) });
        if world.core.next_deadline().is_some_and(|deadline| deadline <= world.now.mono) {
            effects += world.handle(Input::Elapsed);
        }
        effects
    })
}

//! A calm world with the handles that tests of single rules need: names instead of ids, words instead of values.

use std::sync::Arc;
use std::time::Duration;

use provost_config::model::{Config, Group, Process};
use provost_core::call::{Call, CallId, Target};
use provost_core::status::{ExitStatus, ProcessId, ProcessStatus};
use provost_core::supervisor::{DaemonSignal, Input};

use crate::world::config::{config, group, program};
use crate::world::{Kind, Script, World, answer_text};

/// See the module.
pub(crate) struct Calm {
    pub(crate) world: World,
}

/// The exit status with that code.
pub(crate) fn code(code: i32) -> ExitStatus {
    ExitStatus::Exited(code)
}

/// A program that is not started by itself, changed as told.
pub(crate) fn idle(name: &str, change: impl FnOnce(&mut Process)) -> Process {
    let mut recipe = program(name);
    recipe.autostart = false;
    change(&mut recipe);
    recipe
}

/// A program that is started with the daemon, changed as told.
pub(crate) fn eager(name: &str, change: impl FnOnce(&mut Process)) -> Process {
    let mut recipe = program(name);
    change(&mut recipe);
    recipe
}

/// What RPC calls one process, or several: `p`, `g:p`, `g:*`, `all`.
fn target(given: &str) -> Target {
    let (group, process) = given.split_once(':').unwrap_or((given, given));
    match process {
        "all" => Target::All,
        "*" => Target::Group { group: group.into(), given: given.into() },
        process => Target::Process { group: group.into(), process: process.into(), given: given.into() },
    }
}

impl Calm {
    /// A daemon with these groups, in which nothing goes wrong.
    pub(crate) fn new(groups: Vec<Arc<Group>>) -> Self {
        Self::with(Script::default(), groups)
    }

    /// A daemon with these groups, and trouble ahead. What was said and done while it booted is read already.
    pub(crate) fn with(script: Script, groups: Vec<Arc<Group>>) -> Self {
        let mut calm = Self::unread(script, groups);
        calm.everything();
        calm
    }

    /// A daemon with these groups, and trouble ahead, whose boot can still be read about.
    pub(crate) fn unread(script: Script, groups: Vec<Arc<Group>>) -> Self {
        Self { world: World::calm(config(groups), script) }
    }

    /// A daemon with that configuration, and trouble ahead. What was said and done while it booted is read already.
    pub(crate) fn configured(script: Script, config: Config) -> Self {
        let mut calm = Self { world: World::calm(config, script) };
        calm.everything();
        calm
    }

    /// A daemon with one program in a group of its own.
    pub(crate) fn of(recipe: Process) -> Self {
        Self::scripted(Script::default(), recipe)
    }

    /// A daemon with one program in a group of its own, and trouble ahead.
    pub(crate) fn scripted(script: Script, recipe: Process) -> Self {
        let name = recipe.name.clone();
        Self::with(script, vec![group(&name, 999, vec![recipe])])
    }

    pub(crate) fn script(&mut self) -> &mut Script {
        self.world.script.as_mut().expect("the world is calm")
    }

    pub(crate) fn row(&self, name: &str) -> &Arc<ProcessStatus> {
        let (group, process) = name.split_once(':').unwrap_or((name, name));
        let snapshot = self.world.snapshot.as_ref().expect("a booted daemon has published");
        snapshot.process(group, process).unwrap_or_else(|| panic!("{name} is not on the board"))
    }

    pub(crate) fn id(&self, name: &str) -> ProcessId {
        self.row(name).id
    }

    pub(crate) fn state(&self, name: &str) -> &'static str {
        self.row(name).state.name()
    }

    pub(crate) fn call(&mut self, call: Call) -> CallId {
        self.world.call(call)
    }

    pub(crate) fn start(&mut self, given: &str) -> CallId {
        self.call(Call::Start { target: target(given), wait: true })
    }

    pub(crate) fn start_without_waiting(&mut self, given: &str) -> CallId {
        self.call(Call::Start { target: target(given), wait: false })
    }

    pub(crate) fn stop(&mut self, given: &str) -> CallId {
        self.call(Call::Stop { target: target(given), wait: true })
    }

    pub(crate) fn stop_without_waiting(&mut self, given: &str) -> CallId {
        self.call(Call::Stop { target: target(given), wait: false })
    }

    pub(crate) fn signal(&mut self, given: &str, signal: Option<i32>) -> CallId {
        self.call(Call::Signal { target: target(given), signal, given: "usr9".into() })
    }

    pub(crate) fn write(&mut self, given: &str, data: &str) -> CallId {
        self.call(Call::SendStdin { target: target(given), data: data.into() })
    }

    /// What the client was told; `nothing yet` while it waits.
    pub(crate) fn answer(&self, call: CallId) -> String {
        self.world.replies.get(&call).map_or_else(|| "nothing yet".into(), answer_text)
    }

    /// The answer to the call, which comes at once.
    pub(crate) fn ask(&mut self, call: Call) -> String {
        let id = self.call(call);
        self.answer(id)
    }

    pub(crate) fn signaled(&mut self, signal: DaemonSignal) {
        self.world.input(Input::Signaled(signal));
    }

    pub(crate) fn die(&mut self, name: &str, status: ExitStatus) {
        self.world.die(self.id(name), status);
    }

    /// The child of a listener writes to its standard output.
    pub(crate) fn hear(&mut self, name: &str, words: &[u8]) {
        let process = self.id(name);
        let launch = self.world.core.launch_of(process).expect("the test names a process");
        self.world.input(Input::Heard { process, launch, data: words.to_vec() });
    }

    /// Lets the time pass, with everything that is due in it.
    pub(crate) fn pass(&mut self, seconds: f64) {
        self.world.pass(Duration::from_secs_f64(seconds));
    }

    /// Lets the time pass although things are due: the daemon gets to run late.
    pub(crate) fn late(&mut self, seconds: f64) {
        self.world.now = self.world.now.after(Duration::from_secs_f64(seconds));
    }

    /// Seconds since the daemon booted.
    pub(crate) fn seconds(&self) -> f64 {
        self.world.now.since(World::BIRTH).as_secs_f64()
    }

    /// Seconds since the daemon booted at which the next thing is due.
    pub(crate) fn due(&self) -> Option<f64> {
        let deadline = self.world.core.next_deadline()?;
        Some(deadline.since(World::BIRTH).as_secs_f64())
    }

    pub(crate) fn events(&mut self) -> Vec<String> {
        self.world.diary.take(Kind::Event)
    }

    pub(crate) fn lines(&mut self) -> Vec<String> {
        self.world.diary.take(Kind::Line)
    }

    pub(crate) fn deeds(&mut self) -> Vec<String> {
        self.world.diary.take(Kind::Deed)
    }

    /// Deeds that begin with these words; all others are forgotten.
    pub(crate) fn deeds_of(&mut self, words: &str) -> Vec<String> {
        let mut deeds = self.deeds();
        deeds.retain(|deed| deed.starts_with(words));
        deeds
    }

    pub(crate) fn everything(&mut self) -> Vec<String> {
        self.world.diary.take_all()
    }
}

/// Compares what happened with what should have.
#[track_caller]
pub(crate) fn check(happened: &[String], expect: &[&str]) {
    assert_eq!(happened, expect);
}

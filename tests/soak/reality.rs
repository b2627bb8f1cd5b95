//! What the daemon says, compared with what the system says.

use std::collections::BTreeSet;
use std::fs;

use provost_tests::World;
use provost_tests::processes::{is_alive, status_field};
use provost_tests::wait::{PATIENCE, look_for, until, until_some};
use provost_wire::xmlrpc::Value;

use crate::clients::call;

/// Memory that may come between the second round and the last: allocators round up.
const SPARE_KIB: u64 = 1024;

/// How big the daemon is when everything is stopped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    descriptors: usize,
    resident_kib: u64,
}

impl Size {
    /// All of them, for a person.
    pub(crate) fn list(sizes: &[Self]) -> String {
        let one = |size: &Self| format!("{}/{}", size.descriptors, size.resident_kib);
        format!("descriptors/KiB {}", sizes.iter().map(one).collect::<Vec<_>>().join(" "))
    }

    /// The first round warms up; nothing may grow after that.
    #[track_caller]
    pub(crate) fn check_flat(sizes: &[Self]) {
        let [_, early, .., last] = sizes else { panic!("there are some rounds") };
        assert!(last.descriptors <= early.descriptors, "descriptors grow: {sizes:?}");
        let limit = early.resident_kib + early.resident_kib / 10 + SPARE_KIB;
        assert!(last.resident_kib <= limit, "memory grows: {sizes:?}");
    }
}

/// A process as the daemon reports it.
#[derive(Debug)]
struct Reported {
    name: String,
    state: i64,
    pid: u32,
}

/// Waits until the daemon and the system agree about everything, then stops everything and looks at what is left: at
/// most what is usual, if the daemon is given a moment.
pub(crate) fn check(world: &World, usual: Option<&Size>) -> Size {
    until(PATIENCE, "the daemon to be RUNNING", || {
        let state = call(&world.server, "supervisor.getState", &[]);
        state.is_some_and(|state| state.is_ok_and(|state| state.get("statecode") == Some(&Value::Int(1))))
    });
    agree(world);
    counted(world);
    // Whatever somebody had removed comes back, for the next round.
    for group in ["steady", "crasher", "counter", "stubborn", "hopeless", "forker", "pair"] {
        let _there_already = call(&world.server, "supervisor.addProcessGroup", &[group.into()]);
    }
    stop_all(world);
    agree(world);
    let mut size = until_some(PATIENCE, "the daemon to have nothing but its listener", || quiet(world));
    // Connections of clients who went away without a word are closed by and by.
    let settled = |size: &Size| usual.is_none_or(|usual| size.descriptors <= usual.descriptors);
    if !settled(&size) {
        let later = look_for(PATIENCE, || quiet(world).filter(settled));
        size = later.or_else(|| quiet(world)).expect("the daemon stays quiet");
    }
    let started = call(&world.server, "supervisor.startAllProcesses", &[false.into()]);
    started.expect("the daemon answers").expect("everything can be started");
    size
}

fn stop_all(world: &World) {
    for process in report(world).iter().filter(|process| process.name != "watch") {
        let _not_running = call(&world.server, "supervisor.stopProcess", &[process.name.as_str().into()]);
    }
}

fn report(world: &World) -> Vec<Reported> {
    let all = call(&world.server, "supervisor.getAllProcessInfo", &[]);
    let all = all.expect("the daemon answers").expect("it tells what runs");
    let one = |info: &Value| {
        let text = |key: &str| info.get(key).and_then(Value::as_str).expect("a text").to_owned();
        let number = |key: &str| info.get(key).and_then(Value::as_int).expect("a number");
        let (group, name) = (text("group"), text("name"));
        let name = if group == name { name } else { format!("{group}:{name}") };
        Reported { name, state: number("state"), pid: number("pid").try_into().expect("a pid") }
    };
    all.as_array().expect("a list").iter().map(one).collect()
}

/// The daemon's children that are not zombies, and those that are.
fn children(daemon: u32) -> (BTreeSet<u32>, BTreeSet<u32>) {
    let pids = fs::read_dir("/proc")
        .expect("there is a /proc")
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<u32>().ok());
    let parent = |pid: &u32| status_field(*pid, "PPid").is_some_and(|parent| parent == u64::from(daemon));
    pids.filter(parent).partition(|pid| is_alive(*pid))
}

/// What is reported to live lives and is the daemon's child, and no child lives unreported. Things move while they
/// are looked at, so a difference counts only if it stays.
fn agree(world: &World) {
    let mut difference = String::new();
    let agreed = look_for(PATIENCE, || {
        let reported: BTreeSet<u32> =
            report(world).iter().map(|process| process.pid).filter(|pid| *pid != 0).collect();
        let (alive, zombies) = children(world.daemon_pid());
        difference = format!("reported {reported:?}, alive {alive:?}, zombies {zombies:?}");
        (reported == alive && zombies.is_empty()).then_some(())
    });
    assert!(agreed.is_some(), "the daemon and the system do not agree: {difference}\n{:?}", report(world));
}

/// The daemon's size, once nothing but the listener lives.
fn quiet(world: &World) -> Option<Size> {
    let (alive, _) = children(world.daemon_pid());
    let still = report(world).iter().all(|process| process.pid == 0 || process.name == "watch");
    let stopped = |process: &Reported| [0, 100, 200].contains(&process.state) || process.name == "watch";
    if !still || alive.len() > 1 || !report(world).iter().all(stopped) {
        stop_all(world);
        return None;
    }
    let descriptors = fs::read_dir(format!("/proc/{}/fd", world.daemon_pid())).ok()?.count();
    Some(Size { descriptors, resident_kib: status_field(world.daemon_pid(), "VmRSS")? })
}

/// In every file of the counter's log, lines follow each other: a number after its predecessor, or a new beginning.
/// Where the log was cleared, a file begins with any number.
fn counted(world: &World) {
    let backups = (1..=3).map(|backup| format!("counter.log.{backup}"));
    for name in backups.chain(["counter.log".to_owned()]) {
        let text = world.scratch.read(&name);
        let mut before: Option<u64> = None;
        // The last line may be in the making.
        for line in text.rsplit_once('\n').map_or("", |(whole, _)| whole).lines() {
            let number = match line {
                "begin" => 0,
                line => line.parse().unwrap_or_else(|_| panic!("{name}: {line:?} is no line of the counter")),
            };
            let follows = number == 0 || before.is_none_or(|before| number == before + 1);
            assert!(follows, "{name}: {number} after {before:?}");
            before = Some(number);
        }
    }
}

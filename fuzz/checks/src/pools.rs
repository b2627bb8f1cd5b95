//! What event listeners answer.

use provost_config::cli::Overrides;
use provost_config::model::Config;
use provost_config::resolve::{ConfigFile, Request, load};
use provost_config::system::FakeSystem;
use provost_core::event::Event;
use provost_core::pool::{PoolEffect, Pools};
use provost_core::process::Phase;
use provost_core::status::{Pid, ProcessId};
use provost_core::time::{Mono, Now, Wall};

const LISTENER: ProcessId = ProcessId(0);
/// What is offered before the listener speaks.
const EVENTS: usize = 4;
/// Where the listener waits for the daemon: whatever is due is sent then.
const PAUSE: u8 = 0xff;

/// A configuration with a pool; its answers are judged by the default handler, or printed.
fn config(prints: bool) -> Config {
    let handler =
        if prints { "supervisor_stdout:event_handler" } else { "supervisor.dispatchers:default_handler" };
    let text = format!(
        "[supervisord]\n[eventlistener:l]\ncommand=/bin/cat\nevents=EVENT\nresult_handler={handler}\n"
    );
    let mut system = FakeSystem::default();
    system.add_file("/d/s.conf", text.as_bytes());
    let file = ConfigFile::Given("/d/s.conf".to_owned());
    let loaded = load(&Request { file, overrides: Overrides::default() }, &system);
    loaded.unwrap_or_else(|failure| panic!("{}", failure.render())).config
}

/// Everything that a pool does about a listener which says this, in reads of that length.
fn conversation(config: &Config, said: &[u8], length: usize) -> Vec<String> {
    let now = Now { mono: Mono(9_000_000_000), wall: Wall(1_795_399_683_000_000) };
    let mut pools = Pools::new(0);
    for group in &config.groups {
        pools.add(group, &[LISTENER]);
    }
    let mut done = Vec::new();
    let mut turn = |pools: &mut Pools| {
        pools.turn(now);
        while let Some(effect) = pools.poll_effect() {
            done.push(match effect {
                PoolEffect::Notify(notice) => notice.line().1.to_string(),
                PoolEffect::Print(output) => String::from_utf8_lossy(&output).into_owned(),
                PoolEffect::Deliver { envelope, .. } => format!("event {}", envelope.serial),
            });
        }
        pools.check_invariants().expect("what always holds");
    };
    pools.moved(LISTENER, &Phase::Forking { stop: false });
    pools.moved(LISTENER, &Phase::Running { pid: Pid(7) });
    for _ in 0..EVENTS {
        pools.offer(&Event::Remote { kind: "t", data: "d" });
    }
    turn(&mut pools);
    for part in said.split(|byte| *byte == PAUSE) {
        for read in part.chunks(length) {
            pools.heard(now, LISTENER, read);
        }
        turn(&mut pools);
    }
    done
}

/// The first byte chooses the handler, the others are what the listener says. Until the next event is sent, it makes
/// no difference whether it says it in one read or byte by byte.
pub(crate) fn events(bytes: &[u8]) {
    let Some((&choice, said)) = bytes.split_first() else { return };
    let config = config(choice & 1 != 0);
    let at_once = conversation(&config, said, usize::MAX);
    for length in [1, 7] {
        assert_eq!(conversation(&config, said, length), at_once, "reads of {length}");
    }
}

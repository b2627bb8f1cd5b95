//! Whoever the daemon talks to goes away or stops listening: a terminal, a pipe, a listener, a system call.

use std::fs::File;
use std::process::Command;

use provost_tests::{Implementation, Sides, World};
use rustix::fs::{Mode, OFlags, open};
use rustix::pipe::fcntl_setpipe_size;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::outcome::Kept;
use crate::stage::{Stage, passed_over};
use crate::tamper::{self, Fault, Injection};

/// The smallest size of a pipe, in bytes.
const SMALL: usize = 4096;

/// The terminal that a daemon in the foreground prints to is closed.
pub(crate) fn a_vanished_terminal(implementation: Implementation) -> Kept {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).and_then(|()| unlockpt(&terminal)).expect("it is ours");
    let name = ptsname(&terminal, Vec::new()).expect("it has a name");
    let name = name.to_str().expect("its name is ASCII").to_owned();
    let stage = printing_to(implementation, &name, |_| ());
    drop(terminal);
    goes_on(&stage)
}

/// The reader of what a daemon in the foreground prints ends.
pub(crate) fn a_closed_pipe(implementation: Implementation) -> Kept {
    let mut reader = None;
    let stage = printing_to(implementation, "said", |world| reader = Some(pipe(world, "said")));
    drop(reader);
    goes_on(&stage)
}

/// The reader of what a daemon in the foreground prints reads no more, and the pipe is full.
pub(crate) fn a_stalled_pipe(implementation: Implementation) -> Kept {
    let mut reader = None;
    let stage = printing_to(implementation, "said", |world| reader = Some(pipe(world, "said")));
    // Each round is four lines, and the pipe holds a page.
    let rounds = ["supervisor.startProcess", "supervisor.stopProcess"].into_iter().cycle().take(60);
    // Whoever does not answer any more has had enough.
    let _last_answer = rounds.map(|method| stage.call(method, &["extra"])).find(Result::is_err);
    stage.is_well()?;
    drop(reader);
    stage.is_well()
}

/// A listener says that it is ready, and does not read.
pub(crate) fn a_deaf_listener(implementation: Implementation) -> Kept {
    let listener =
        "[eventlistener:deaf]\ncommand=$ACTOR deaf\nevents=REMOTE_COMMUNICATION\nbuffer_size=100\n";
    let stage = Stage::new(implementation, listener);
    stage.becomes("deaf", "RUNNING")?;
    let text = "x".repeat(1000);
    for _ in 0..300 {
        stage.is_alive()?;
        stage.call("supervisor.sendRemoteCommEvent", &["flood", &text]).ok();
    }
    stage.is_well()?;
    stage.replaces_promptly()
}

/// Waiting for anything fails once for want of memory.
pub(crate) fn a_failing_poll(implementation: Implementation) -> Kept {
    failing(
        implementation,
        Fault { calls: "poll,ppoll,epoll_wait,epoll_pwait", errno: "ENOMEM", when: "1..4", paths: &[] },
    )
}

/// Accepting a connection fails for want of memory.
pub(crate) fn a_failing_accept(implementation: Implementation) -> Kept {
    failing(implementation, Fault { calls: "accept,accept4", errno: "ENOBUFS", when: "1..3", paths: &[] })
}

/// The next client is gone before it is accepted.
pub(crate) fn a_client_gone_before_accept(implementation: Implementation) -> Kept {
    failing(
        implementation,
        Fault { calls: "accept,accept4", errno: "ECONNABORTED", when: "1..3", paths: &[] },
    )
}

/// Looking for dead children fails.
pub(crate) fn a_failing_wait(implementation: Implementation) -> Kept {
    failing(implementation, Fault { calls: "wait4,waitid", errno: "EINTR", when: "1..3", paths: &[] })
}

/// These calls fail while a program is replaced and a client calls; afterwards all is well.
fn failing(implementation: Implementation, fault: Fault<'_>) -> Kept {
    if !tamper::is_possible() {
        return passed_over("strace may not look at processes here");
    }
    let stage = Stage::new(implementation, "");
    let threads = tamper::threads(stage.world.daemon_pid(), None);
    let injection = Injection::begin(&stage.world.scratch, &threads, fault);
    stage.bereave()?;
    stage.answers()?;
    let felt = injection.end();
    assert!(felt > 0, "{fault:?} was not felt");
    stage.is_well()
}

/// A daemon in the foreground that prints to `place`.
fn printing_to(implementation: Implementation, place: &str, prepare: impl FnOnce(&World)) -> Stage {
    let mut world = World::new(Sides::both(implementation));
    prepare(&world);
    world.wrap(&["sh", "-c", &format!("exec \"$@\" >{place} 2>&1"), "sh"]);
    Stage::within(world, "")
}

/// Makes a named pipe; the end to read from.
fn pipe(world: &World, name: &str) -> File {
    let path = world.scratch.file(name);
    let made = Command::new("mkfifo").arg(&path).status();
    assert!(made.is_ok_and(|status| status.success()), "a pipe");
    let reader = open(&path, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC, Mode::empty())
        .expect("our own pipe");
    fcntl_setpipe_size(&reader, SMALL).expect("a pipe may be made smaller");
    reader.into()
}

/// Lines are printed in vain, and nothing else comes of it.
fn goes_on(stage: &Stage) -> Kept {
    stage.replaces_promptly()?;
    stage.is_well()
}

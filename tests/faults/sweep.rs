//! Every system call of the daemon fails once, with each of its plausible errors, while the daemon is busy.
//!
//! A case has a number, from which call, error and moment follow; 40 of them run by default, and as many as
//! `PROVOST_FAULTS` says. What is left out, and why: the calls that memory is got with (a process without memory of its
//! own ends, as everywhere), and errors that no kernel gives, such as a `wait` that does not know our own child.

use std::path::PathBuf;
use std::time::Duration;

use provost_tests::wait::{PATIENCE, look_for};
use provost_tests::{Implementation, Sides, World};

use crate::outcome::{Kept, Outcome};
use crate::stage::Stage;
use crate::tamper::{self, Fault, Injection};

/// System calls that do the same thing, and how they may fail.
///
/// Writing is special: a wake-up between threads is also written, and no kernel refuses that, so there only files count.
const CALLS: &[(&str, &[&str])] = &[
    ("ppoll,poll", &["ENOMEM", "EINTR"]),
    ("epoll_wait,epoll_pwait", &["EINTR", "ENOMEM"]),
    ("epoll_ctl", &["ENOMEM", "ENOSPC"]),
    ("accept4", &["EMFILE", "ENFILE", "ENOBUFS", "ECONNABORTED", "EPERM", "EINTR"]),
    ("recvfrom,recvmsg", &["ECONNRESET", "EINTR", "ENOMEM"]),
    ("writev,sendto,sendmsg", &["EPIPE", "ENOBUFS", "EINTR"]),
    ("shutdown", &["ENOTCONN"]),
    ("read", &["EINTR", "EIO"]),
    (WRITE, &["EINTR", "EIO", "ENOSPC", "EDQUOT"]),
    ("open,openat", &["EMFILE", "ENFILE", "EACCES", "ENOSPC", "EROFS", "EIO", "ELOOP", "EINTR"]),
    ("close", &["EIO"]),
    ("fstat,newfstatat,statx", &["EIO", "EACCES", "ENOMEM"]),
    ("lseek", &["EINVAL"]),
    ("rename,renameat,renameat2", &["EIO", "EACCES", "EROFS", "ENOSPC", "EBUSY"]),
    ("unlink,unlinkat", &["EIO", "EACCES", "EBUSY"]),
    ("pipe2,socketpair", &["EMFILE", "ENFILE"]),
    ("clone,clone3,vfork,fork", &["EAGAIN", "ENOMEM"]),
    ("fcntl", &["EMFILE", "EPERM", "EBUSY"]),
    ("wait4,waitid", &["EINTR"]),
    ("kill,tgkill", &["EPERM"]),
    ("faccessat,faccessat2,access", &["EIO", "EACCES"]),
    ("readlink", &["EACCES", "EIO"]),
];

/// The row that is about files alone.
const WRITE: &str = "write";
/// Those files.
const LOGS: [&str; 5] = ["supervisord.log", "heart.log", "speaker.log", "speaker.log.1", "speaker.log.2"];

/// Cases that run unless somebody wants more.
const USUAL: usize = 40;
/// Tests that share the cases, each with a daemon of its own.
const SHARES: usize = 4;
/// A call fails on one of its first occasions, which differ.
const OCCASIONS: usize = 6;

/// Logs that roll over with nearly every line, and a listener.
const PROGRAMS: &str = "\
[program:speaker]
command=/bin/cat
startsecs=0
startretries=20
stdout_logfile=%(here)s/speaker.log
stdout_logfile_maxbytes=64
stdout_logfile_backups=2
[eventlistener:ears]
command=$ACTOR listen
events=PROCESS_STATE,REMOTE_COMMUNICATION
stderr_logfile=NONE
startretries=20
";

#[test]
fn every_call_may_fail_first_share() {
    play_share(0);
}

#[test]
fn every_call_may_fail_second_share() {
    play_share(1);
}

#[test]
fn every_call_may_fail_third_share() {
    play_share(2);
}

#[test]
fn every_call_may_fail_fourth_share() {
    play_share(3);
}

/// The same while the daemon starts over: nothing may be missing in its new life that the next one does not have.
#[test]
fn every_call_may_fail_at_a_reload() {
    if !tamper::is_possible() {
        return println!("passed over: strace may not look at processes here");
    }
    let stage = Stage::new(Implementation::Ours, PROGRAMS);
    for number in (0..cases()).step_by(SHARES) {
        let fault = case(number);
        let lives = stage.world.log().matches("supervisord started with pid").count();
        let injection = start_fault(&stage, fault);
        stage.world.signal("HUP");
        let reborn = look_for(PATIENCE, || {
            let now = stage.world.log().matches("supervisord started with pid").count();
            (now > lives || stage.is_alive().is_err()).then_some(())
        });
        let felt = injection.end();
        println!("{fault:?}: felt {felt} times");
        let told = reborn.map_or(Err(Outcome::Hangs.because("no new life")), |()| settle(&stage));
        told.unwrap_or_else(|broken| panic!("{fault:?}: {broken:?}\n{}", stage.world.log()));
    }
}

/// A new life may have begun without its servers: the next one has them.
fn settle(stage: &Stage) -> Kept {
    if stage.answers().is_err() {
        stage.is_alive()?;
        stage.world.signal("HUP");
    }
    stage.answers()?;
    for program in ["heart", "victim", "speaker", "quick"] {
        stage.becomes(program, "RUNNING")?;
    }
    Ok(())
}

fn play_share(share: usize) {
    if !tamper::is_possible() {
        return println!("passed over: strace may not look at processes here");
    }
    let stage = Stage::within(World::new(Sides::both(Implementation::Ours)), PROGRAMS);
    let (mut played, mut noticed) = (0, 0);
    for number in (0..cases()).filter(|number| number % SHARES == share) {
        let fault = case(number);
        let injection = start_fault(&stage, fault);
        let busy = be_busy(&stage, number);
        let felt = injection.end();
        played += 1;
        noticed += usize::from(felt > 0);
        println!("{number} {fault:?}: felt {felt} times");
        let kept = busy.and_then(|()| recover(&stage, number));
        kept.unwrap_or_else(|broken| panic!("case {number}, {fault:?}: {broken:?}\n{}", stage.world.log()));
    }
    // Not each call has a fifth occasion; but faults that nobody feels prove nothing.
    assert!(2 * noticed > played, "{noticed} of {played} faults were felt");
}

fn cases() -> usize {
    let wanted = std::env::var("PROVOST_FAULTS").ok();
    wanted.map_or(USUAL, |text| text.parse().expect("PROVOST_FAULTS is a number of cases"))
}

/// The case of this number.
fn case(number: usize) -> Fault<'static> {
    const WHEN: [&str; OCCASIONS] = ["1", "2", "3", "4", "5..6", "1..2"];
    let all: Vec<_> =
        CALLS.iter().flat_map(|(calls, errors)| errors.iter().map(move |errno| (*calls, *errno))).collect();
    // Neighbours in the table are much alike; a stride that has no factor in common with its length visits all.
    let stride = (all.len() / 3..).find(|stride| gcd(*stride, all.len()) == 1).expect("there are primes");
    let (calls, errno) = all[number * stride % all.len()];
    Fault { calls, errno, when: WHEN[(number + number / all.len()) % OCCASIONS], paths: &[] }
}

fn gcd(one: usize, other: usize) -> usize {
    if other == 0 { one } else { gcd(other, one % other) }
}

fn start_fault(stage: &Stage, fault: Fault<'_>) -> Injection {
    let threads = tamper::threads(stage.world.daemon_pid(), None);
    let logs = LOGS.map(|name| stage.world.scratch.file(name));
    let paths: &[PathBuf] = if fault.calls == WRITE { &logs } else { &[] };
    Injection::begin(&stage.world.scratch, &threads, Fault { paths, ..fault })
}

/// Has the daemon do everything that it can do. Answers may be errors or missing; but nobody may wait for ever.
fn be_busy(stage: &Stage, number: usize) -> Kept {
    if let Some((pid, _)) = stage.births().last() {
        provost_tests::processes::send(*pid, provost_tests::processes::signal("KILL"));
    }
    let line = format!("{number} {}\n", "x".repeat(50));
    for (method, words) in [
        ("supervisor.startProcess", &["extra"][..]),
        ("supervisor.sendProcessStdin", &["speaker", &line]),
        ("supervisor.sendProcessStdin", &["speaker", &line]),
        ("supervisor.sendRemoteCommEvent", &["kind", "text"]),
        ("supervisor.getAllProcessInfo", &[]),
        ("supervisor.stopProcess", &["extra"]),
        ("supervisor.clearProcessLogs", &["quick"]),
        ("supervisor.reloadConfig", &[]),
        ("supervisor.sendProcessStdin", &["speaker", &line]),
    ] {
        is_in_time(method, stage.call(method, words).map(drop))?;
    }
    stage.world.signal("USR2");
    for path in [
        "/",
        "/metrics",
        "/api/v1/processes",
        "/logtail/quick?lines=0",
        "/mainlogtail",
        "/tail.html?processname=speaker",
    ] {
        let request = format!("GET {path} HTTP/1.0\r\n\r\n");
        if path.contains("logtail") {
            // It has no end; whoever has left is noticed.
            let opened = stage
                .world
                .server
                .connect()
                .and_then(|mut client| std::io::Write::write_all(&mut client, request.as_bytes()));
            is_in_time(path, opened)?;
        } else {
            is_in_time(path, stage.world.server.exchange(request.as_bytes()).map(drop))?;
        }
    }
    stage.is_alive()
}

fn is_in_time(what: &str, answer: std::io::Result<()>) -> Kept {
    use std::io::ErrorKind::{TimedOut, WouldBlock};
    let late = answer.is_err_and(|error| [TimedOut, WouldBlock].contains(&error.kind()));
    Outcome::Hangs.unless(!late, || format!("{what} was never answered"))
}

/// Once the cause is gone, everything works as before, and nothing was a defect but what the runtime makes of a system
/// that does not let it wait.
fn recover(stage: &Stage, number: usize) -> Kept {
    stage.is_sound()?;
    for program in ["victim", "speaker", "quick", "ears"] {
        stage.becomes(program, "RUNNING")?;
    }
    let text = format!("after {number}");
    let logged = look_for(Duration::from_secs(10), || {
        stage.call("supervisor.sendProcessStdin", &["speaker", &format!("{text}\n")]).ok();
        stage.world.scratch.read("speaker.log").contains(&text).then_some(())
    });
    Outcome::Loses.unless(logged.is_some(), || "the speaker is not logged".into())?;
    let said = stage.world.log();
    stage.call("supervisor.startProcess", &["extra"]).ok();
    stage.call("supervisor.stopProcess", &["extra"]).ok();
    let grown = look_for(Duration::from_secs(10), || (stage.world.log().len() > said.len()).then_some(()));
    Outcome::Loses.unless(grown.is_some(), || "the activity log is dead".into())?;
    Outcome::Loses.unless(!said.contains("defect"), || "a plane had a defect".into())
}

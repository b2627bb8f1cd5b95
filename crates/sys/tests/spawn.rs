//! Children as they really are: what they see, what they inherit, and how they fail.

mod common;

use std::fs::{self, File};
use std::io::Write as _;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use common::{Started, contents, run, session, shell, start, wait};
use provost_sys::socket::{bind_fcgi_tcp, bind_fcgi_unix};
use provost_sys::{
    ChildFailure, Errno, ExitStatus, Gid, Identity, NOT_SPAWNED, Refusal, SpawnSpec, Spawned, Stdio, Uid,
    pipe, signal, spawn,
};
use tempfile::TempDir;

const LAST_LINE: &str = "supervisor: child process was not spawned\n";

/// Runs a script with the spec changed by `prepare`, and compares its stdout.
#[track_caller]
fn check(script: &str, prepare: impl FnOnce(SpawnSpec) -> SpawnSpec, expect: &str) {
    let outcome = run(&prepare(shell(script, &["one", "two words", ""])));
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), (expect, ""));
    assert_eq!((outcome.status, outcome.failure), (ExitStatus::Exited(0), None));
}

/// Runs a spec that cannot become its program, and compares the first line of its complaint and its report.
#[track_caller]
fn check_failure(spec: &SpawnSpec, expect: &str, report: ChildFailure) {
    let outcome = run(spec);
    assert_eq!(outcome.stderr, format!("{expect}\n{LAST_LINE}"));
    assert_eq!(outcome.stdout, "");
    assert_eq!((outcome.status, outcome.failure), (ExitStatus::Exited(NOT_SPAWNED), Some(report)));
}

fn program(path: &Path, word: &str) -> SpawnSpec {
    SpawnSpec::new(path, &[word]).expect("no NUL bytes")
}

#[test]
fn arguments_directory_and_mask() {
    check(r#"printf '%s|' "$@""#, |spec| spec, "one|two words||");
    check("pwd -P", |spec| spec.directory("/".as_ref()).expect("no NUL"), "/\n");
    check("umask", |spec| spec.umask(0o027), "0027\n");
    check("echo out", |spec| spec, "out\n");
}

#[test]
fn the_environment_is_the_one_given_and_no_other() {
    let spec = SpawnSpec::new("/usr/bin/env".as_ref(), &["env"])
        .and_then(|spec| spec.env([("A", "1"), ("EMPTY", ""), ("ODD", "a=b\nc")]))
        .expect("no NUL bytes");
    assert_eq!(run(&spec).stdout, "A=1\nEMPTY=\nODD=a=b\nc\n");
    assert_eq!(run(&program("/usr/bin/env".as_ref(), "env")).stdout, "");
}

#[test]
fn exit_codes_and_signals_are_told_apart() {
    assert_eq!(run(&shell("exit 7", &[])).status, ExitStatus::Exited(7));
    let killed = run(&shell("kill -KILL $$", &[])).status;
    assert_eq!(killed, ExitStatus::Signaled { signal: libc::SIGKILL, core: false });
}

#[test]
fn a_child_leads_its_own_group_in_our_session() {
    let Started { pid, stdin, .. } = start(&shell("read line", &[]));
    let raw = rustix::process::Pid::from_raw(pid.raw());
    assert_eq!(rustix::process::getpgid(raw).expect("alive"), raw.expect("positive"));
    assert_eq!(session(&pid.to_string()), session("self"));
    drop(stdin);
    wait(pid);
}

#[test]
fn a_group_can_be_signalled_at_once() {
    // No waiting in between: the group must exist when `spawn` returns, for children of either making.
    for identity in [None, other_user()] {
        let spec = shell("read line", &[]);
        let spec = match identity {
            Some(identity) => spec.identity(identity),
            None => spec,
        };
        let Started { pid, stdin, .. } = start(&spec);
        signal::kill_group(pid, libc::SIGTERM).expect("the group is there");
        assert_eq!(wait(pid), ExitStatus::Signaled { signal: libc::SIGTERM, core: false });
        drop(stdin);
    }
}

#[test]
fn redirected_stderr_shares_stdout() {
    let stdin = pipe::input_pipe().expect("pipe");
    let stdout = pipe::output_pipe(None).expect("pipe");
    let both = stdout.childs.as_fd();
    let spec = shell("echo out; echo err >&2", &[]);
    let stdio = Stdio { stdin: stdin.childs.as_fd(), stdout: both, stderr: both };
    let Spawned { pid, .. } = spawn(&spec, &stdio).expect("spawn");
    drop(stdout.childs);
    wait(pid);
    assert_eq!(contents(stdout.ours), "out\nerr\n");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_but_the_three_descriptors_is_inherited() {
    let file = tempfile::tempfile().expect("temp file");
    // Inheritable, as something the daemon was itself started with would be.
    let leaked = rustix::io::fcntl_dupfd_cloexec(&file, 200).expect("dup");
    rustix::io::fcntl_setfd(&leaked, rustix::io::FdFlags::empty()).expect("inheritable");
    assert!(leaked.as_raw_fd() >= 200);
    // The listing has the directory itself open, as the lowest free number.
    let spec = SpawnSpec::new("/bin/ls".as_ref(), &["ls", "/proc/self/fd"]).expect("no NUL bytes");
    assert_eq!(run(&spec).stdout, "0\n1\n2\n3\n");
}

#[cfg(target_os = "linux")]
#[test]
fn nothing_is_ignored_caught_or_blocked() {
    use nix::sys::signal::{SigSet, Signal};
    // The test's own process ignores SIGPIPE, as every Rust program does.
    let mut blocked = SigSet::empty();
    blocked.add(Signal::SIGTERM);
    blocked.add(Signal::SIGCHLD);
    blocked.thread_block().expect("mask");
    let spec = SpawnSpec::new("/bin/cat".as_ref(), &["cat", "/proc/self/status"]).expect("no NUL bytes");
    let status = run(&spec).stdout;
    let masks: Vec<_> = status
        .lines()
        .filter_map(|line| line.strip_prefix("Sig"))
        .filter(|line| !line.starts_with('Q'))
        .collect();
    let none = "0000000000000000";
    assert_eq!(
        masks,
        ["Pnd", "Blk", "Ign", "Cgt"].map(|mask| format!("{mask}:\t{none}")),
        "pending, blocked, ignored, caught"
    );
    // The daemon's own mask is as before.
    assert_eq!(SigSet::thread_get_mask().expect("mask"), blocked);
}

#[test]
fn failures_to_execute() {
    let directory = TempDir::new().expect("temp dir");
    let file = |name: &str, mode| {
        let path = directory.path().join(name);
        fs::write(&path, "echo no interpreter line\n").expect("write");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("chmod");
        path
    };
    let check = |path: &Path, word: &str, symbol: &str, number| {
        let complaint = format!("supervisor: couldn't exec {word}: {symbol}");
        check_failure(&program(path, word), &complaint, ChildFailure::Execute(Errno::new(number)));
    };
    check("/no/such/program".as_ref(), "typed", "ENOENT", libc::ENOENT);
    check(&file("script", 0o755), "./script", "ENOEXEC", libc::ENOEXEC);
    check(&file("plain", 0o644), "plain", "EACCES", libc::EACCES);
    check("/".as_ref(), "/", "EACCES", libc::EACCES);
    let long = "x".repeat(300_000);
    let spec = SpawnSpec::new("/bin/true".as_ref(), &["true", &long]).expect("no NUL bytes");
    let report = ChildFailure::Execute(Errno::new(libc::E2BIG));
    check_failure(&spec, "supervisor: couldn't exec true: E2BIG", report);
}

#[test]
fn failures_to_change_directory() {
    let check = |directory: &str, reason: &str, number| {
        let spec = shell("echo reached", &[]).directory(directory.as_ref()).expect("no NUL");
        let complaint = format!("supervisor: couldn't chdir to {directory}: {reason}");
        check_failure(&spec, &complaint, ChildFailure::Enter(Errno::new(number)));
    };
    check("/no/such/directory", "ENOENT", libc::ENOENT);
    check("/dev/null", "ENOTDIR", libc::ENOTDIR);
    check("/öäü", "ENOENT", libc::ENOENT);
}

#[test]
fn failures_to_become_somebody() {
    if Uid::current() != Uid::ROOT {
        let root = Identity { uid: Uid::ROOT, gid: Gid::new(0), groups: Vec::new() };
        check_failure(
            &shell("echo reached", &[]).identity(root),
            "supervisor: couldn't setuid to 0: Can't drop privilege as nonroot user",
            ChildFailure::Become(Refusal::NotRoot),
        );
    }
}

/// Some other user, if this test may become one.
fn other_user() -> Option<Identity> {
    (Uid::current() == Uid::ROOT).then(|| Identity {
        uid: Uid::new(65534),
        gid: Gid::new(65533),
        groups: vec![Gid::new(65533), Gid::new(4242)],
    })
}

#[test]
fn the_own_user_is_left_as_it_is() {
    let own = Identity { uid: Uid::current(), gid: Gid::new(4711), groups: vec![Gid::new(4711)] };
    let expect = run(&shell("id -u; id -g; id -G", &[])).stdout;
    check("id -u; id -g; id -G", |spec| spec.identity(own), &expect);
}

#[cfg(target_os = "linux")]
#[test]
fn another_user_with_all_its_groups_and_no_way_back() {
    let Some(identity) = other_user() else { return };
    let spec = SpawnSpec::new("/bin/cat".as_ref(), &["cat", "/proc/self/status"]).expect("no NUL bytes");
    let status = run(&spec.identity(identity)).stdout;
    let line = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line of the status");
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(line("Uid:"), ["65534"; 4], "real, effective, saved, file system");
    assert_eq!(line("Gid:"), ["65533"; 4]);
    assert_eq!(line("Groups:"), ["4242", "65533"]);
    assert_eq!(line("CapEff:"), ["0000000000000000"]);
    assert_eq!(line("CapPrm:"), ["0000000000000000"]);
}

#[cfg(target_os = "linux")]
#[test]
fn steps_are_done_in_order() {
    let Some(identity) = other_user() else { return };
    let directory = TempDir::new().expect("temp dir");
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700)).expect("chmod");
    // Entered as root first, then as the other user, who may not.
    let entered = shell("echo reached", &[]).directory(directory.path()).expect("no NUL");
    assert_eq!(run(&entered.identity(identity.clone())).stdout, "reached\n");
    let refused = shell("echo reached", &[]).identity(identity).directory(directory.path()).expect("no NUL");
    let shown = directory.path().display();
    // The report crosses from a memory of its own.
    let report = ChildFailure::Enter(Errno::new(libc::EACCES));
    check_failure(&refused, &format!("supervisor: couldn't chdir to {shown}: EACCES"), report);
}

#[cfg(target_os = "linux")]
#[test]
fn a_given_pipe_can_be_opened_by_its_user() {
    let Some(Identity { uid, gid, groups }) = other_user() else { return };
    let attempt =
        |owner| {
            let stdin = pipe::input_pipe().expect("pipe");
            let stdout = pipe::output_pipe(owner).expect("pipe");
            let spec = shell("{ echo through the name > /dev/stdout; } 2>/dev/null", &[])
                .identity(Identity { uid, gid, groups: groups.clone() });
            let childs = stdout.childs.as_fd();
            let stdio = Stdio { stdin: stdin.childs.as_fd(), stdout: childs, stderr: childs };
            let Spawned { pid, .. } = spawn(&spec, &stdio).expect("spawn");
            drop(stdout.childs);
            wait(pid);
            contents(stdout.ours)
        };
    assert_eq!(attempt(Some((uid, gid))), "through the name\n");
    assert_eq!(attempt(None), "", "refused to a user the pipe does not belong to");
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_outlives_the_reader_of_its_output() {
    let Started { pid, stdin, stdout, stderr, .. } =
        start(&shell("read line; echo out; echo err >&2; exit 3", &[]));
    drop((stdout, stderr));
    File::from(stdin).write_all(b"go\n").expect("write");
    assert_eq!(wait(pid), ExitStatus::Exited(3));
}

#[test]
fn threads_may_spawn_at_the_same_time() {
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            std::thread::spawn(move || {
                for round in 0..25 {
                    let word = format!("{thread} {round}");
                    assert_eq!(run(&shell("echo \"$1\"", &[&word])).stdout, format!("{word}\n"));
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("all outputs right");
    }
}

#[test]
fn descriptor_0_may_be_a_listening_socket() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let directory = TempDir::new().expect("temp dir");
    let unix = bind_fcgi_unix(&directory.path().join("f.sock"), 0o700, None, None).expect("bind");
    let tcp = bind_fcgi_tcp(([127, 0, 0, 1], 0).into(), None).expect("bind");
    for socket in [unix, tcp] {
        let same = fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).expect("link");
        let stdout = pipe::output_pipe(None).expect("pipe");
        let stdio =
            Stdio { stdin: socket.as_fd(), stdout: stdout.childs.as_fd(), stderr: stdout.childs.as_fd() };
        let Spawned { pid, .. } = spawn(&shell("readlink /proc/self/fd/0", &[]), &stdio).expect("spawn");
        assert_eq!(wait(pid), ExitStatus::Exited(0));
        drop(stdout.childs);
        assert_eq!(contents(stdout.ours), format!("{}\n", same.display()));
    }
}

/// A child begins in the table of its parent; what it does to descriptors must not be seen there.
#[cfg(target_os = "linux")]
#[test]
fn the_parents_descriptors_stay_as_they_are() {
    let file = tempfile::tempfile().expect("temp file");
    let high = rustix::io::fcntl_dupfd_cloexec(&file, 300).expect("dup");
    let own = || {
        let link = |fd: i32| fs::read_link(format!("/proc/self/fd/{fd}")).ok();
        [0, 1, 2, high.as_raw_fd()].map(link)
    };
    let before = own();
    let missing = SpawnSpec::new("/no/such/program".as_ref(), &["x"]).expect("no NUL bytes");
    for spec in [shell("exec 0<&- 1>&- 2>&-", &[]), missing] {
        run(&spec);
        assert_eq!(own(), before);
    }
    assert!(before.iter().all(Option::is_some), "{before:?}");
}

//! Cases that change the whole process, and cases that need it to have a single thread.
//!
//! The usual harness runs tests as threads of one process, so this file has its own `main`: each case runs in
//! a process of its own, which is this program started again with the case's name.

mod common;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::path::Path;
use std::process::{Command, ExitCode};

use common::{run, session, shell, start, wait};
use provost_sys::daemonize::{Entered, daemonize};
use provost_sys::rlimit::{Resource, RlimitError, raise};
use provost_sys::wait::reap;
use provost_sys::wake::{PollFd, PollFlags, poll};
use provost_sys::{
    ChildFailure, Daemonized, Detach, Errno, ExitStatus, Gid, Identity, Refusal, Signals, SpawnError, Stdio,
    Uid, pipe, signal, socket, spawn, user,
};
use rustix::process::{Rlimit, getrlimit, setrlimit};
use tempfile::TempDir;

const CASES: &[(&str, fn())] = &[
    ("daemonizing", daemonizing),
    ("descriptors_in_any_place", descriptors_in_any_place),
    ("dropping_privileges", dropping_privileges),
    ("raising_limits", raising_limits),
    ("reaping", reaping),
    ("thousand_spawns_leave_nothing", thousand_spawns_leave_nothing),
];

/// Set to the name of the case that the started-again program is to run.
const SELECTED: &str = "PROVOST_TEST_CASE";

fn main() -> ExitCode {
    if let Some(selected) = std::env::var_os(SELECTED) {
        let (_, case) = CASES.iter().find(|(name, _)| selected == *name).expect("a case of this file");
        case();
        return ExitCode::SUCCESS;
    }
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let asked = |option: &str| arguments.iter().any(|argument| argument == option);
    let ignored_only = asked("--ignored");
    // A filter is a plain word, as with the usual harness.
    let filters: Vec<&str> =
        arguments.iter().filter_map(|word| word.to_str()).filter(|word| !word.starts_with('-')).collect();
    let chosen = CASES.iter().filter(|(name, _)| {
        !ignored_only && (filters.is_empty() || filters.iter().any(|filter| name.contains(filter)))
    });
    if asked("--list") {
        chosen.for_each(|(name, _)| println!("{name}: test"));
        return ExitCode::SUCCESS;
    }
    let failed = chosen.filter(|(name, _)| !passes(name)).count();
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn passes(name: &str) -> bool {
    let program = std::env::current_exe().expect("own path");
    let status = Command::new(program).env(SELECTED, name).status().expect("start again");
    println!("test {name} ... {}", if status.success() { "ok" } else { "FAILED" });
    status.success()
}

/// The child of the daemonizing tells through a pipe what it has become.
fn daemonizing() {
    let directory = TempDir::new().expect("temp dir");
    let place = fs::canonicalize(directory.path()).expect("path");
    let report = pipe::output_pipe(None).expect("pipe");
    rustix::io::ioctl_fionbio(&report.ours, false).expect("blocking");
    let before = session("self");

    match daemonize(&Detach { directory: Some(&place), umask: 0o027 }).expect("daemonize") {
        Daemonized::Parent { child } => {
            drop(report.childs);
            let mut text = String::new();
            File::from(report.ours).read_to_string(&mut text).expect("read");
            let expect = [
                format!("message set current directory: '{}'", place.display()),
                format!("directory {}", place.display()),
                format!("session {child}"),
                "umask 027".to_owned(),
                "0 /dev/null".to_owned(),
                "1 /dev/null".to_owned(),
                "2 /dev/null".to_owned(),
            ];
            assert_ne!(child.raw(), before);
            assert_eq!(text.lines().collect::<Vec<_>>(), expect);
            assert_eq!(wait(child), ExitStatus::Exited(0));
        }
        Daemonized::Child { directory: entered } => {
            let mut report = File::from(report.childs);
            if let Entered::Done(message) = entered {
                writeln!(report, "message {message}").expect("write");
            }
            writeln!(report, "directory {}", std::env::current_dir().expect("cwd").display()).expect("write");
            writeln!(report, "session {}", session("self")).expect("write");
            let mask = rustix::process::umask(rustix::fs::Mode::empty());
            writeln!(report, "umask {:03o}", mask.as_raw_mode()).expect("write");
            for fd in 0..3 {
                let target = fs::read_link(format!("/proc/self/fd/{fd}")).expect("open");
                writeln!(report, "{fd} {}", target.display()).expect("write");
            }
            // The temp directory is the parent's to remove.
            std::mem::forget(directory);
        }
    }
}

/// Every way in which a child's three descriptors can themselves be numbered 0 to 2.
fn descriptors_in_any_place() {
    let directory = TempDir::new().expect("temp dir");
    let files = ["zero", "one", "two"].map(|name| File::create(directory.path().join(name)).expect("create"));
    let errors = rustix::io::fcntl_dupfd_cloexec(std::io::stderr(), 10).expect("dup");
    rustix::stdio::dup2_stdin(&files[0]).expect("dup2");
    rustix::stdio::dup2_stdout(&files[1]).expect("dup2");
    rustix::stdio::dup2_stderr(&files[2]).expect("dup2");

    // Both reads happen in subprocesses, so the shell's own descriptors stay as they were given.
    let report = directory.path().join("report");
    let script = "exec 9>\"$1\"; for fd in 0 1 2; do basename \"$(readlink /proc/$$/fd/$fd)\" >&9; done";
    let spec = shell(script, &[report.to_str().expect("UTF-8")]);
    let (stdin, stdout, stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let places: [(BorrowedFd<'_>, &str); 4] = [
        (stdin.as_fd(), "zero"),
        (stdout.as_fd(), "one"),
        (stderr.as_fd(), "two"),
        (files[1].as_fd(), "one"),
    ];
    let mut failures = Vec::new();
    for first in places {
        for second in places {
            for third in places {
                let stdio = Stdio { stdin: first.0, stdout: second.0, stderr: third.0 };
                let status = wait(spawn(&spec, &stdio).expect("spawn").pid);
                let seen = fs::read_to_string(&report).unwrap_or_default();
                let expect = format!("{}\n{}\n{}\n", first.1, second.1, third.1);
                if seen != expect || status != ExitStatus::Exited(0) {
                    failures.push(format!("wanted {expect:?}, saw {seen:?}, {status:?}"));
                }
            }
        }
    }
    rustix::stdio::dup2_stderr(&errors).expect("dup2");
    assert!(failures.is_empty(), "{failures:#?}");
}

/// As root becomes an ordinary user and looks what that user is refused; an ordinary user just looks.
fn dropping_privileges() {
    let directory = TempDir::new().expect("temp dir");
    fs::set_permissions(directory.path(), std::os::unix::fs::PermissionsExt::from_mode(0o777))
        .expect("chmod");
    if Uid::current() == Uid::ROOT {
        let Ok(nobody) = user::lookup_user("nobody") else { return };
        let taken = user::drop_privileges(Some(nobody.uid)).expect("root may");
        assert_eq!(taken.message(), Some(format!("Set uid to user {} succeeded", nobody.uid)));
        assert_eq!((Uid::current(), Uid::effective(), Gid::current()), (nobody.uid, nobody.uid, nobody.gid));
        let groups = user::supplementary_groups(&nobody).expect("groups");
        let raw: Vec<_> =
            rustix::process::getgroups().expect("groups").iter().map(|gid| gid.as_raw()).collect();
        assert_eq!(raw, groups.iter().map(|gid| gid.raw()).collect::<Vec<_>>());
    }
    let refused = user::drop_privileges(Some(Uid::ROOT)).expect_err("not root any more");
    assert_eq!(refused.to_string(), "Can't drop privilege as nonroot user");
    assert_eq!(user::drop_privileges(None), Ok(user::Privileges::Untouched));

    let root = Identity { uid: Uid::ROOT, gid: Gid::new(0), groups: vec![Gid::new(0)] };
    let outcome = run(&shell("echo reached", &[]).identity(root));
    let expect = "supervisor: couldn't setuid to 0: Can't drop privilege as nonroot user\n\
                  supervisor: child process was not spawned\n";
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", expect));
    assert_eq!(outcome.failure, Some(ChildFailure::Become(Refusal::NotRoot)));

    check_chown_refused(&directory.path().join("x.sock"));
    check_no_permission(directory.path());
    check_too_many_processes();
}

fn check_chown_refused(path: &Path) {
    let name = user::user_by_id(Uid::current()).expect("database").expect("account").name;
    for (gid, shown) in [(Some(Gid::new(0)), "0"), (None, "-1")] {
        let error = socket::bind_unix(path, 0o700, Some((Uid::ROOT, gid))).expect_err("not root");
        let expect = format!(
            "Not permitted to chown {} to uid/gid (0, {shown}); adjust \"sockchown\" value in config file or on \
             command line to values that the current user ({name}) can successfully chown",
            path.display()
        );
        assert_eq!(error.to_string(), expect);
        assert!(!path.exists());
    }
}

fn check_no_permission(directory: &Path) {
    let file = directory.join("others-only");
    fs::write(&file, "#!/bin/sh\n").expect("write");
    // Executable for somebody, but not for the owner.
    fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o011)).expect("chmod");
    let shown = file.to_str().expect("UTF-8");
    let error = provost_sys::command::resolve(shown, None, None).expect_err("no permission");
    assert_eq!(error.to_string(), format!("no permission to run command '{shown}'"));
}

fn check_too_many_processes() {
    let limit = rustix::process::Resource::Nproc;
    let before = getrlimit(limit);
    setrlimit(limit, Rlimit { current: Some(0), ..before }).expect("lowering is always allowed");
    let input = pipe::input_pipe().expect("pipe");
    let end = input.childs.as_fd();
    let refused = spawn(&shell("true", &[]), &Stdio { stdin: end, stdout: end, stderr: end });
    assert_eq!(refused.expect_err("no process"), SpawnError(Errno::new(libc::EAGAIN)));
}

fn raising_limits() {
    let limit = rustix::process::Resource::Nofile;
    let hard = getrlimit(limit).maximum;
    setrlimit(limit, Rlimit { current: Some(100), maximum: hard }).expect("lowering is always allowed");
    assert_eq!(raise(Resource::OpenFiles, 100), Ok(None));
    let raised = raise(Resource::OpenFiles, 200).expect("below the hard limit");
    assert_eq!(raised.as_deref(), Some("Increased RLIMIT_NOFILE limit to 200"));
    assert_eq!(getrlimit(limit), Rlimit { current: Some(200), maximum: hard });
    assert_eq!(run(&shell("ulimit -n", &[])).stdout, "200\n", "inherited");

    // Raising the hard limit takes a right that root has on a plain machine, but not in every container.
    setrlimit(limit, Rlimit { current: Some(100), maximum: Some(150) }).expect("lowering is always allowed");
    match raise(Resource::OpenFiles, 300) {
        Ok(raised) => {
            assert_eq!(raised.as_deref(), Some("Increased RLIMIT_NOFILE limit to 300"));
            assert_eq!(getrlimit(limit), Rlimit { current: Some(300), maximum: Some(300) });
        }
        Err(error) => {
            assert_eq!(error, RlimitError::OpenFiles { minimum: 300, hard: Some(150) });
            assert_eq!(getrlimit(limit), Rlimit { current: Some(100), maximum: Some(150) });
        }
    }
    let limit = rustix::process::Resource::Nproc;
    let hard = getrlimit(limit).maximum;
    setrlimit(limit, Rlimit { current: Some(10), maximum: hard }).expect("lowering is always allowed");
    let raised = raise(Resource::Processes, 20).expect("below the hard limit");
    assert_eq!(raised.as_deref(), Some("Increased RLIMIT_NPROC limit to 20"));
}

/// Takes any child, so it cannot share a process with tests that have children.
fn reaping() {
    assert_eq!(reap(), Ok(None), "no children at all");
    let signals = Signals::install().expect("handlers");
    let until_child_signal = || {
        let fd = signals.fd();
        poll(&mut [PollFd::new(&fd, PollFlags::IN)], None).expect("poll");
        assert_eq!(signals.drain().collect::<Vec<_>>(), [libc::SIGCHLD]);
    };
    let first = start(&shell("read line; exit 3", &[]));
    let second = start(&shell("read line", &[]));
    assert_eq!(reap(), Ok(None), "both alive");

    drop(first.stdin);
    until_child_signal();
    assert_eq!(reap(), Ok(Some((first.pid, ExitStatus::Exited(3)))));
    assert_eq!(reap(), Ok(None));

    signal::kill(second.pid, libc::SIGKILL).expect("alive");
    until_child_signal();
    let killed = ExitStatus::Signaled { signal: libc::SIGKILL, core: false };
    assert_eq!(reap(), Ok(Some((second.pid, killed))));
    assert_eq!(reap(), Ok(None), "no children left");
}

fn thousand_spawns_leave_nothing() {
    let lines = |path: &str| fs::read_to_string(path).expect("proc").lines().count();
    let descriptors = || fs::read_dir("/proc/self/fd").expect("proc").count();
    let identity = (Uid::current() == Uid::ROOT).then(|| Identity {
        uid: Uid::new(65534),
        gid: Gid::new(65534),
        groups: Vec::new(),
    });
    let spec = shell("exit 5", &[]);
    let other = match identity {
        Some(identity) => spec.clone().identity(identity),
        None => spec.clone(),
    };
    // Once of each kind first, for what is made only once.
    let rounds = |count: usize| {
        for round in 0..count {
            let outcome = run(if round % 2 == 0 { &spec } else { &other });
            assert_eq!(outcome.status, ExitStatus::Exited(5), "{}", outcome.stderr);
        }
    };
    rounds(2);
    let before = (descriptors(), lines("/proc/self/maps"));
    rounds(1000);
    assert_eq!((descriptors(), lines("/proc/self/maps")), before, "descriptors and mappings");
    assert_eq!(reap(), Ok(None));
    let children = rustix::process::wait(rustix::process::WaitOptions::NOHANG).map(drop);
    assert_eq!(children, Err(rustix::io::Errno::CHILD), "no child is left");
}

//! Signals belong to the process, so this is the only test of its process.

use nix::sys::signal::{SigSet, Signal, raise};
use provost_sys::Signals;
use provost_sys::signal::InstallError;
use provost_sys::wake::{PollFd, PollFlags, poll};
use std::time::Duration;

/// Raised in the own thread, hence delivered before the call returns.
fn arrive(signals: &[Signal]) {
    for signal in signals {
        raise(*signal).expect("raise");
    }
}

#[track_caller]
fn check(signals: &Signals, expect: &[Signal]) {
    let fd = signals.fd();
    let ready = poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(Duration::ZERO)).expect("poll");
    assert_eq!(ready > 0, !expect.is_empty(), "readable when there is something");
    let expect: Vec<i32> = expect.iter().map(|signal| *signal as i32).collect();
    assert_eq!(signals.drain().collect::<Vec<_>>(), expect);
}

#[test]
fn signals_arrive_in_order_and_once() {
    use Signal::{SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGPIPE, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXFSZ};

    // Started with a mask, as some parents do.
    SigSet::from(SIGTERM).thread_block().expect("mask");
    let signals = Signals::install().expect("install");
    check(&signals, &[]);

    arrive(&[SIGTERM]);
    check(&signals, &[SIGTERM]);
    check(&signals, &[]);
    arrive(&[SIGUSR2, SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGCHLD]);
    check(&signals, &[SIGUSR2, SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGCHLD]);
    arrive(&[SIGHUP, SIGTERM, SIGHUP, SIGHUP, SIGTERM]);
    check(&signals, &[SIGHUP, SIGTERM]);

    // A flood neither fills the pipe nor crowds out another signal.
    arrive(&[SIGCHLD; 100_000]);
    arrive(&[SIGINT]);
    check(&signals, &[SIGCHLD, SIGINT]);

    // Still alive after those that end a process by default.
    arrive(&[SIGPIPE, SIGXFSZ, SIGUSR1, SIGALRM]);
    check(&signals, &[]);

    assert!(matches!(Signals::install(), Err(InstallError::AlreadyInstalled)));

    // What arrives between two owners waits for the second.
    arrive(&[SIGHUP]);
    drop(signals);
    arrive(&[SIGTERM]);
    let signals = Signals::install().expect("install again");
    check(&signals, &[SIGHUP, SIGTERM]);
    arrive(&[SIGINT]);
    check(&signals, &[SIGINT]);
}

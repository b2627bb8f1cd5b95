//! Ctrl-C. In a program of its own with a single test, because a signal reaches a whole process.

use std::future::pending;
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use provost_supervisorctl::reactor::{Interrupted, Reactor};
use rustix::process::{Signal, getpid, kill_process};

fn press() {
    kill_process(getpid(), Signal::INT).expect("a process may signal itself");
}

#[test]
fn a_wait_ends_with_its_future_or_with_a_press_that_is_watched() {
    let reactor = Reactor::new().expect("descriptors are left");
    let (ours, theirs) = UnixStream::pair().expect("descriptors are left");
    let wait_readable = || reactor.wait_readable(ours.as_fd()).expect("a socket can be polled");
    assert_eq!(reactor.wait_for(async { 7 }), Ok(7));

    reactor.watch_interrupts().expect("a handler for SIGINT is allowed");
    assert_eq!(reactor.wait_for(async { 7 }), Ok(7));
    press();
    assert_eq!(reactor.wait_for(pending::<()>()), Err(Interrupted));
    press();
    assert_eq!(wait_readable(), Err(Interrupted));

    // Neither kind of wait leaves anything behind for the other.
    (&theirs).write_all(b"x").expect("the buffer has room");
    assert_eq!(wait_readable(), Ok(()));
    assert_eq!(reactor.wait_for(async { 7 }), Ok(7));

    // What was pressed for a plug-in is not pressed for what comes next.
    press();
    reactor.forget_presses();
    assert_eq!(wait_readable(), Ok(()));
    assert_eq!(reactor.wait_for(async { 7 }), Ok(7));

    reactor.watch_interrupts().expect("watching twice is watching");
    press();
    assert_eq!(reactor.wait_for(pending::<()>()), Err(Interrupted));
    assert_eq!(wait_readable(), Ok(()));
}

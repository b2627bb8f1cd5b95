//! `fg` on a terminal: lines to the program, both of its streams back, and the ways to leave. Every pair of client and
//! daemon, because the streams and the lines travel in different requests.

use provost_tests::{Implementation, Sides, World};
use rexpect::session::PtySession;

use crate::prompt::{end, press, see};

/// Answers on stdout to lines with an o, on stderr to those with an e, and leaves at a q.
const PROGRAMS: &str = r#"
[program:talk]
command=/bin/sh -c 'while read l; do case $l in o*) echo "heard $l";; e*) echo "refused $l" >&2;; q*) exit 0;; esac; done'
startsecs=0
autorestart=false
stdout_logfile=%(here)s/talk.out
stderr_logfile=%(here)s/talk.err
[program:merged]
command=/bin/cat
startsecs=0
redirect_stderr=true
stdout_logfile=%(here)s/merged.out
"#;

const HEAD: &str = "==> Press Ctrl-C to exit <==";
const LEAVING: &str = "Exiting foreground";

/// Makes a test of each scenario for each pair.
macro_rules! crossed {
    ($($scenario:ident),* $(,)?) => {
        $(mod $scenario {
            use provost_tests::{Implementation::{Ours, Reference}, Sides};

            #[test]
            fn reference() {
                super::$scenario(Sides::both(Reference));
            }

            #[test]
            fn ours() {
                super::$scenario(Sides::both(Ours));
            }

            #[test]
            fn reference_ctl_on_our_daemon() {
                super::$scenario(Sides { daemon: Ours, client: Reference });
            }

            #[test]
            fn our_ctl_on_reference_daemon() {
                super::$scenario(Sides { daemon: Reference, client: Ours });
            }
        })*
    };
}

crossed! {
    lines_and_both_streams,
    the_end_of_the_input_leaves,
    a_process_that_ends_is_left,
    at_the_prompt,
}

fn world(sides: Sides) -> World {
    let world = World::crossed(sides, PROGRAMS);
    world.wait_state("talk", "RUNNING");
    world.wait_state("merged", "RUNNING");
    world
}

/// The program has left with 0. The reference's has a thread that goes on; it is killed with its world.
fn left(world: &World, terminal: &mut PtySession) {
    see(terminal, LEAVING);
    if world.sides.client == Implementation::Ours {
        end(terminal);
    }
}

fn lines_and_both_streams(sides: Sides) {
    let world = world(sides);
    let mut terminal = world.terminal_for("fg talk");
    see(&mut terminal, HEAD);
    press(&mut terminal, "one\r");
    see(&mut terminal, "heard one");
    press(&mut terminal, "error\r");
    see(&mut terminal, "refused error");
    press(&mut terminal, "other\r");
    see(&mut terminal, "heard other");
    press(&mut terminal, "\x03");
    left(&world, &mut terminal);
    assert_eq!(world.scratch.read("talk.out"), "heard one\nheard other\n");
    assert_eq!(world.state("talk"), "RUNNING");

    // The next visit begins with what was said before.
    let mut terminal = world.terminal_for("fg talk");
    see(&mut terminal, HEAD);
    see(&mut terminal, "heard other");
}

fn the_end_of_the_input_leaves(sides: Sides) {
    let world = world(sides);
    let mut terminal = world.terminal_for("fg merged");
    see(&mut terminal, HEAD);
    press(&mut terminal, "words\r");
    see(&mut terminal, "words");
    press(&mut terminal, "\x04");
    left(&world, &mut terminal);
    assert_eq!(world.state("merged"), "RUNNING");
}

fn a_process_that_ends_is_left(sides: Sides) {
    let world = world(sides);
    let mut terminal = world.terminal_for("fg talk");
    see(&mut terminal, HEAD);
    press(&mut terminal, "quit\r");
    world.wait_state("talk", "EXITED");
    // Whether it was noticed after the line before is a matter of milliseconds.
    press(&mut terminal, "other\r");
    see(&mut terminal, "Process got killed");
    left(&world, &mut terminal);
}

fn at_the_prompt(sides: Sides) {
    let world = world(sides);
    let mut terminal = world.terminal();
    see(&mut terminal, "supervisor> ");
    press(&mut terminal, "fg talk\r");
    see(&mut terminal, HEAD);
    press(&mut terminal, "one\r");
    see(&mut terminal, "heard one");
    press(&mut terminal, "\x03");
    see(&mut terminal, LEAVING);
    see(&mut terminal, "supervisor> ");
    press(&mut terminal, "pid zz\r");
    see(&mut terminal, "No such process zz");
    see(&mut terminal, "supervisor> ");
}

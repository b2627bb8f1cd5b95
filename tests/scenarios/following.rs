//! Following several logs at once, with our client on both daemons.

use provost_tests::{Implementation, Sides, World};

use crate::on_both;
use crate::prompt::{end, press, see};

on_both! {
    groups_and_names,
    both_streams_of_one,
    lines_and_patterns,
    a_daemon_that_ends,
}

const PROGRAMS: &str = r#"
[group:band]
programs=guitar,drums
[program:guitar]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/guitar.log
[program:drums]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/drums.log
[program:solo]
command=/bin/sh -c 'while read l; do echo "$l"; echo "no $l" >&2; done'
startsecs=0
stdout_logfile=%(here)s/solo.out
stderr_logfile=%(here)s/solo.err
"#;

fn world(daemon: Implementation) -> World {
    let world = World::crossed(Sides { daemon, client: Implementation::Ours }, PROGRAMS);
    for name in ["band:guitar", "band:drums", "solo"] {
        world.wait_state(name, "RUNNING");
    }
    world
}

fn say(world: &World, name: &str, words: &str) {
    assert_eq!(world.rpc(&format!(r"supervisor.sendProcessStdin('{name}', '{words}\n')")), ["True"]);
}

const HEAD: &str = "==> Press Ctrl-C to exit <==";

fn groups_and_names(daemon: Implementation) {
    let world = world(daemon);
    let mut terminal = world.terminal_for("tail -f solo band:*");
    see(&mut terminal, HEAD);
    for (name, label) in
        [("band:guitar", "band:guitar | "), ("solo", "solo        | "), ("band:drums", "band:drums  | ")]
    {
        say(&world, name, "la la");
        see(&mut terminal, &format!("{label}la la"));
    }
    press(&mut terminal, "\x03");
    end(&mut terminal);
}

fn both_streams_of_one(daemon: Implementation) {
    let world = world(daemon);
    let mut terminal = world.terminal_for("tail -f --both solo");
    see(&mut terminal, HEAD);
    say(&world, "solo", "one");
    world.wait_file("solo.err", "no one");
    // The two streams come in either order.
    terminal
        .exp_regex(r"(solo stdout \| one\s+solo stderr \| no one|solo stderr \| no one\s+solo stdout \| one)")
        .expect("both lines are shown");
    press(&mut terminal, "\x03");
    end(&mut terminal);
}

fn lines_and_patterns(daemon: Implementation) {
    let world = world(daemon);
    for number in 0..100 {
        say(&world, "band:guitar", &format!("number {number} {}", "x".repeat(30)));
    }
    world.wait_file("guitar.log", "number 99 ");
    // More than the kilobyte with which a stream begins is in reach of `-n` only on our daemon.
    let (lines, first) = match daemon {
        Implementation::Ours => (60, 40),
        Implementation::Reference => (5, 95),
    };
    let output = world.ctl(&format!("tail -n {lines} band:guitar"));
    assert!(output.stdout.starts_with(&format!("number {first} ")), "{}", output.stdout);
    assert_eq!(output.stdout.lines().count(), lines);
    let mut terminal = world.terminal_for(&format!("tail -f -n {lines} band:guitar"));
    see(&mut terminal, &format!("{HEAD}\r\nnumber {first} "));
    see(&mut terminal, "number 99 ");
    press(&mut terminal, "\x03");
    end(&mut terminal);

    let output = world.ctl("tail -0 --grep [37]7 band:guitar");
    let found: Vec<&str> = output.stdout.lines().map(|line| &line[..9]).collect();
    assert_eq!((found, output.code), (vec!["number 37", "number 77"], Some(0)));
    say(&world, "band:guitar", "yard");
    world.wait_file("guitar.log", "yard");
    let mut terminal = world.terminal_for("tail -f -n 1 --grep ^y band:guitar");
    see(&mut terminal, &format!("{HEAD}\r\nyard\r\n"));
    for words in ["no", "yes"] {
        say(&world, "band:guitar", words);
    }
    see(&mut terminal, "yes");
    press(&mut terminal, "\x03");
    end(&mut terminal);
}

fn a_daemon_that_ends(daemon: Implementation) {
    let mut world = world(daemon);
    let mut terminal = world.terminal_for("tail -f solo band:*");
    say(&world, "solo", "one");
    see(&mut terminal, "solo        | one");
    world.stop();
    end(&mut terminal);
}

//! The sample configuration: what `echo_supervisord_conf` prints can be loaded as it is.

use provost_tests::world::CONFIG;
use provost_tests::{Implementation, Scratch, Sides, World, ctl};

use crate::on_both;

on_both! {
    the_sample_passes_our_check,
    the_sample_starts_both_daemons,
}

/// What the implementation prints; arguments make no difference.
fn sample(scratch: &Scratch, implementation: Implementation) -> String {
    let program =
        implementation.program("echo_supervisord_conf").unwrap_or_else(|missing| panic!("{missing}"));
    let plain = ctl::run(scratch.command(&program), "");
    let mut command = scratch.command(&program);
    command.args(["--help", "anything"]);
    assert_eq!(ctl::run(command, ""), plain);
    assert_eq!((plain.code, plain.stderr.as_str()), (Some(0), ""));
    assert!(plain.stdout.starts_with("; Sample supervisor config file.\n"), "{}", plain.stdout);
    plain.stdout
}

fn the_sample_passes_our_check(implementation: Implementation) {
    let mut scratch = Scratch::new();
    let text = sample(&scratch, implementation);
    scratch.write(CONFIG, &text);
    let program = Implementation::Ours.program("supervisord").unwrap_or_else(|missing| panic!("{missing}"));
    let mut command = scratch.command(&program);
    command.args(["--check", "-c", CONFIG]);
    let checked = ctl::run(command, "");
    assert_eq!(checked.code, Some(0), "{}{}", checked.stdout, checked.stderr);
    assert!(!checked.stderr.contains("warning"), "a sample is no bad example: {}", checked.stderr);
}

fn the_sample_starts_both_daemons(implementation: Implementation) {
    for daemon in [Implementation::Reference, Implementation::Ours] {
        let mut world = World::new(Sides { daemon, client: implementation });
        let text = sample(&world.scratch, implementation);
        // Only the place is changed: the sample's sockets and files are the same for everybody.
        world.scratch.write(CONFIG, &text.replace("/tmp/", "$DIR/"));
        world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
        let status = world.ctl("status");
        assert_eq!((status.code, status.stdout.as_str()), (Some(0), ""), "{}", status.stderr);
        assert_eq!(world.rpc("supervisor.getState()['statename']"), ["'RUNNING'"]);
        assert_eq!(world.stop(), Some(0));
    }
}

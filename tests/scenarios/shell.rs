//! Daemons that a line of shell starts in the background, and what the system says of them.
//!
//! They are no children of ours: [`end`] has to be called, or the scratch ends them.

use std::fs;
use std::path::{Path, PathBuf};

use provost_tests::wait::{PATIENCE, until, until_some};
use provost_tests::world::CONFIG;
use provost_tests::{World, ctl, processes};

/// The line that only starts the daemon.
pub(crate) const PLAIN: &str = "exec \"$@\"";

/// Runs the daemon of a world with blank-separated arguments, through a line of shell in which `"$@"` is its command
/// line; its pid once it serves.
pub(crate) fn start(world: &World, shell: &str, arguments: &str) -> u32 {
    let output = run(world, shell, arguments);
    assert_eq!((output.code, output.stdout.as_str(), output.stderr.as_str()), (Some(0), "", ""));
    until(PATIENCE, "the daemon to serve", || world.server.answers());
    until_some(PATIENCE, "a pid", || world.rpc("supervisor.getPID()").remove(0).parse().ok())
}

/// Runs the same to the end of what the starter can see.
pub(crate) fn run(world: &World, shell: &str, arguments: &str) -> ctl::Output {
    let mut command = world.scratch.command(Path::new("/bin/sh"));
    command.args(["-c", shell, "sh"]).arg(program(world)).arg("-c").arg(world.scratch.file(CONFIG));
    command.args(arguments.split_whitespace());
    ctl::run(command, "")
}

/// The daemon's program.
pub(crate) fn program(world: &World) -> PathBuf {
    world.sides.daemon.program("supervisord").unwrap_or_else(|missing| panic!("{missing}"))
}

/// Ends a daemon with TERM, and waits until nobody is left.
pub(crate) fn end(world: &mut World, pid: u32) {
    // A client that is held open must not count among those who are left.
    let server = world.server.clone();
    world.serve_on(server, "", "");
    processes::send(pid, processes::signal("TERM"));
    until(PATIENCE, "nobody to be left", || world.scratch.processes().is_empty());
}

/// The umask of a process, in four digits.
pub(crate) fn umask_of(pid: u32) -> String {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("the process lives");
    let line = status.lines().find_map(|line| line.strip_prefix("Umask:"));
    line.expect("invariant: the system shows umasks").trim().to_owned()
}

/// The working directory of a process.
pub(crate) fn directory_of(pid: u32) -> PathBuf {
    fs::read_link(format!("/proc/{pid}/cwd")).expect("the process lives")
}

/// The soft limit of a process, by the name that the system has for it.
pub(crate) fn soft_limit(pid: u32, name: &str) -> String {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).expect("the process lives");
    let line = limits.lines().find_map(|line| line.strip_prefix(name)).expect("invariant: the system has it");
    line.split_whitespace().next().expect("a number").to_owned()
}

//! A daemon that another program starts: in namespaces of its own, as another user, with odd descriptors.
//!
//! The world is an ordinary one that has not been started, so everything but its daemon can be used.

use std::fs;
use std::path::Path;
use std::process::{Child, ChildStdout, Stdio};

use provost_tests::wait::{PATIENCE, until_some};
use provost_tests::world::CONFIG;
use provost_tests::{Scratch, World, ctl, processes};

/// See the [module](self).
pub(crate) struct Wrapped {
    /// The world in which it runs.
    pub(crate) world: World,
    child: Child,
}

impl Wrapped {
    /// Runs `wrapper`, followed by the daemon's command line, and waits until the daemon serves.
    pub(crate) fn start(world: World, wrapper: &[&str], stdout: Stdio) -> Self {
        let (first, rest) = wrapper.split_first().expect("invariant: a wrapper is a command");
        let program = world.sides.daemon.program("supervisord").unwrap_or_else(|missing| panic!("{missing}"));
        let mut command = world.scratch.command(Path::new(first));
        command.args(rest).arg(program).args(["-n", "-c", CONFIG]);
        let stderr = fs::File::create(world.scratch.file("daemon.stderr")).expect("our own directory");
        let child = command.stdout(stdout).stderr(stderr).spawn().expect("the wrapper runs");
        let mut wrapped = Self { world, child };
        until_some(PATIENCE, "the daemon to serve", || {
            let status = wrapped.child.try_wait().expect("invariant: our own child can be waited for");
            assert_eq!(status, None, "it ended: {}", wrapped.world.scratch.read("daemon.stderr"));
            wrapped.world.server.answers().then_some(())
        });
        wrapped
    }

    /// The wrapper's pid, which is the daemon's own if the wrapper does not fork.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The reading end of the daemon's standard output, if that was piped.
    pub(crate) fn take_stdout(&mut self) -> ChildStdout {
        self.child.stdout.take().expect("invariant: standard output was piped")
    }

    /// Waits for the end; the exit code.
    pub(crate) fn wait_end(&mut self) -> Option<i32> {
        // A client that is held open must not count among those who are left.
        let server = self.world.server.clone();
        self.world.serve_on(server, "", "");
        until_some(PATIENCE, "the daemon to end", || {
            self.child.try_wait().expect("invariant: our own child can be waited for")
        })
        .code()
    }
}

impl Drop for Wrapped {
    fn drop(&mut self) {
        let ended = matches!(self.child.try_wait(), Ok(Some(_)));
        if !ended {
            processes::send(self.child.id(), processes::signal("KILL"));
            self.world.scratch.end_processes();
            let _reaped_already = self.child.wait();
        }
    }
}

/// The children of `pid`, each with the letter of its state; zombies are among them.
pub(crate) fn children_of(pid: u32) -> Vec<(u32, char)> {
    let entries = fs::read_dir("/proc").expect("a process table");
    let child = |name: &str| {
        let stat = fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
        let mut fields = stat.rsplit(')').next()?.split_whitespace();
        let state = fields.next()?.chars().next()?;
        let parent: u32 = fields.next()?.parse().ok()?;
        Some((name.parse().ok()?, state)).filter(|_| parent == pid)
    };
    entries.filter_map(|entry| child(entry.ok()?.file_name().to_str()?)).collect()
}

/// Whether `wrapper` may be used here; if not, the test that asks says why it does nothing.
pub(crate) fn allowed(wrapper: &[&str]) -> bool {
    let (first, rest) = wrapper.split_first().expect("invariant: a wrapper is a command");
    let scratch = Scratch::new();
    let mut command = scratch.command(Path::new(first));
    command.args(rest).arg("true");
    let root = rustix::process::geteuid().is_root();
    let allowed = root && ctl::run(command, "").code == Some(0);
    if !allowed {
        eprintln!("skipped: `{}` needs root and a system that permits it", wrapper.join(" "));
    }
    allowed
}

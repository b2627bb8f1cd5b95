//! `pidproxy`, which stands in for a program that detaches itself.

use std::process::{Child, ChildStdin, Command, Stdio};

use provost_tests::wait::{PATIENCE, until, until_some};
use provost_tests::{Implementation, Output, Scratch, ctl, processes};

use crate::on_both;

on_both! {
    usage_without_a_command,
    runs_commands_without_a_pid_file,
    forwards_signals_to_the_pid_in_the_file,
    a_term_that_was_forwarded_is_the_end,
    a_pid_file_that_cannot_be_read_drops_the_signal,
    a_pid_that_is_gone_is_an_error,
}

/// Says that it runs, and then runs until its standard input ends.
const COMMAND: [&str; 3] = ["/bin/sh", "-c", "echo $$ > started; exec cat"];

/// Notes the signals it gets, until it gets TERM.
const TARGET: &str = "for name in HUP USR1 USR2; do trap \"echo $name >> got\" $name; done; \
    trap 'echo TERM >> got; kill $!; exit' TERM; tail -f /dev/null & echo $$ > real.pid; while :; do wait; done";

/// A proxy whose command lives as long as `input` is held.
struct Proxy {
    child: Child,
    input: Option<ChildStdin>,
}

fn scratch() -> Scratch {
    let mut scratch = Scratch::new();
    // Python would keep its messages until it ends.
    scratch.set_variable("PYTHONUNBUFFERED", "1");
    scratch
}

fn pidproxy(scratch: &Scratch, implementation: Implementation, arguments: &[&str]) -> Command {
    let program = implementation.program("pidproxy").unwrap_or_else(|missing| panic!("{missing}"));
    let mut command = scratch.command(&program);
    command.args(arguments);
    command
}

fn run(scratch: &Scratch, implementation: Implementation, arguments: &[&str]) -> Output {
    ctl::run(pidproxy(scratch, implementation, arguments), "")
}

impl Proxy {
    /// Started, with its command running and its handlers therefore installed.
    fn start(scratch: &Scratch, implementation: Implementation) -> Self {
        let mut command = pidproxy(scratch, implementation, &["real.pid"]);
        let stdout = std::fs::File::create(scratch.file("said")).expect("a file in our own directory");
        let mut child =
            command.args(COMMAND).stdin(Stdio::piped()).stdout(stdout).spawn().expect("pidproxy runs");
        until(PATIENCE, "the command to run", || !scratch.read("started").is_empty());
        let input = child.stdin.take();
        Self { child, input }
    }

    fn signal(&self, name: &str) {
        processes::send(self.child.id(), processes::signal(name));
    }

    fn end(&mut self) -> Option<i32> {
        until_some(PATIENCE, "pidproxy to end", || {
            self.child.try_wait().expect("invariant: our own child can be waited for")
        })
        .code()
    }
}

/// Starts the process whose pid is in `real.pid`; the scratch ends it.
fn start_target(scratch: &Scratch) -> Child {
    let mut command = scratch.command("/bin/sh".as_ref());
    let target = command.args(["-c", TARGET]).spawn().expect("a shell");
    until(PATIENCE, "the target to listen", || scratch.read("real.pid") == format!("{}\n", target.id()));
    target
}

fn usage_without_a_command(implementation: Implementation) {
    let scratch = scratch();
    for arguments in [&[][..], &["only.pid"][..]] {
        let output = run(&scratch, implementation, arguments);
        assert_eq!((output.code, output.stderr.as_str()), (Some(1), ""), "{arguments:?}");
        assert!(output.stdout.to_lowercase().contains("usage: "), "{}", output.stdout);
        assert!(output.stdout.contains("pidproxy"), "{}", output.stdout);
    }
}

fn runs_commands_without_a_pid_file(implementation: Implementation) {
    let mut scratch = scratch();
    let silent = Output { stdout: String::new(), stderr: String::new(), code: Some(0) };
    assert_eq!(run(&scratch, implementation, &["no.pid", "/bin/true"]), silent);

    // The command's own status is not handed on.
    let words = ["no.pid", "/bin/sh", "-c", "echo \"$0 $1\"; exit 7", "one", "two three"];
    let output = run(&scratch, implementation, &words);
    assert_eq!((output.code, output.stdout.as_str()), (Some(0), "one two three\n"));

    // A relative command is found from the working directory, and is called what was typed.
    scratch.write("bin/empty", "");
    std::os::unix::fs::symlink("/bin/cat", scratch.file("bin/cat")).expect("a link in our own directory");
    let output = run(&scratch, implementation, &["no.pid", "bin/cat", "/proc/self/cmdline"]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(0), "bin/cat\0/proc/self/cmdline\0"));
}

fn forwards_signals_to_the_pid_in_the_file(implementation: Implementation) {
    let scratch = scratch();
    let mut target = start_target(&scratch);
    let mut proxy = Proxy::start(&scratch, implementation);
    for (number, name) in (1..).zip(["HUP", "USR1", "USR2", "HUP"]) {
        proxy.signal(name);
        until(PATIENCE, name, || scratch.read("got").lines().count() == number);
    }
    assert_eq!(scratch.read("got"), "HUP\nUSR1\nUSR2\nHUP\n");
    assert_eq!(proxy.child.try_wait().expect("our own child"), None, "these do not end it");

    // The end of its own command does, whatever the other process does.
    proxy.input = None;
    assert_eq!(proxy.end(), Some(0));
    assert_eq!(target.try_wait().expect("our own child"), None);
    target.kill().and_then(|()| target.wait()).expect("our own child");
}

fn a_term_that_was_forwarded_is_the_end(implementation: Implementation) {
    let scratch = scratch();
    let mut target = start_target(&scratch);
    let mut proxy = Proxy::start(&scratch, implementation);
    proxy.signal("TERM");
    assert_eq!(proxy.end(), Some(0));
    let command = scratch.read("started").trim().parse().expect("a pid");
    assert!(processes::is_alive(command), "it does not wait for its command");
    until(PATIENCE, "the target to end", || target.try_wait().expect("our own child").is_some());
    assert_eq!(scratch.read("got"), "TERM\n");
    proxy.input = None;
    until(PATIENCE, "nobody to be left", || scratch.processes().is_empty());
}

fn a_pid_file_that_cannot_be_read_drops_the_signal(implementation: Implementation) {
    let mut scratch = scratch();
    let mut proxy = Proxy::start(&scratch, implementation);
    let complaints = || scratch.read("said").matches("Can't read child pidfile real.pid!\n").count();
    for (number, name) in (1..).zip(["HUP", "TERM"]) {
        proxy.signal(name);
        until(PATIENCE, "a complaint", || complaints() == number);
    }
    scratch.write("real.pid", "not a number\n");
    let complaints = || scratch.read("said").matches("Can't read child pidfile real.pid!\n").count();
    proxy.signal("INT");
    until(PATIENCE, "a complaint", || complaints() == 3);
    assert_eq!(proxy.child.try_wait().expect("our own child"), None, "it keeps running");
    proxy.input = None;
    assert_eq!(proxy.end(), Some(0));
}

fn a_pid_that_is_gone_is_an_error(implementation: Implementation) {
    let mut scratch = scratch();
    let mut gone = scratch.command("/bin/true".as_ref()).spawn().expect("a program");
    gone.wait().expect("our own child");
    scratch.write("real.pid", &gone.id().to_string());
    let mut proxy = Proxy::start(&scratch, implementation);
    proxy.signal("HUP");
    assert_eq!(proxy.end(), Some(1));
}

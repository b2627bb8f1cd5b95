//! The interactive client on a terminal: completion with TAB, history, questions, Ctrl-C and Ctrl-D.

use provost_tests::{Implementation, World};
use rexpect::session::PtySession;

use crate::on_both;

on_both! {
    completion_and_history,
    a_question_before_the_end,
    following_at_the_prompt,
    a_name_and_a_password,
}

const PROMPT: &str = "supervisor> ";
/// What arrow-up sends.
const UP: &str = "\x1b[A";

const PROGRAMS: &str = "\
[supervisorctl]
history_file=%(here)s/history
[program:cat]
command=/bin/cat
startsecs=0
stdout_logfile=%(here)s/cat.log
[group:band]
programs=guitar,drums
[program:guitar]
command=/bin/cat
startsecs=0
[program:drums]
command=/bin/cat
startsecs=0
";

fn world(implementation: Implementation) -> World {
    let world = World::with_programs(implementation, PROGRAMS);
    for name in ["cat", "band:guitar", "band:drums"] {
        world.wait_state(name, "RUNNING");
    }
    world
}

/// Sends keys as they are, without a line end.
pub(crate) fn press(terminal: &mut PtySession, keys: &str) {
    terminal.send(keys).and_then(|_| terminal.flush()).expect("the terminal takes keys");
}

/// Waits until the terminal shows `text`.
pub(crate) fn see(terminal: &mut PtySession, text: &str) {
    terminal.exp_string(text).unwrap_or_else(|error| panic!("{text:?} should be shown: {error}"));
}

fn completion_and_history(implementation: Implementation) {
    let world = world(implementation);
    let mut terminal = world.terminal();
    see(&mut terminal, "RUNNING");
    see(&mut terminal, PROMPT);

    // A command and a name, each by its first letters.
    press(&mut terminal, "versi\t\r");
    see(&mut terminal, "4.");
    see(&mut terminal, PROMPT);
    press(&mut terminal, "stop c\t\r");
    see(&mut terminal, "cat: stopped");
    see(&mut terminal, PROMPT);

    // A member of a group, after its colon.
    press(&mut terminal, "stop band:g\t\r");
    see(&mut terminal, "band:guitar: stopped");
    see(&mut terminal, PROMPT);

    // The last command again, and the one before it.
    press(&mut terminal, &format!("{UP}\r"));
    see(&mut terminal, "band:guitar: ERROR (not running)");
    see(&mut terminal, PROMPT);
    press(&mut terminal, "start cat\r");
    see(&mut terminal, "cat: started");
    see(&mut terminal, PROMPT);

    // Ctrl-D leaves, and the history is kept.
    press(&mut terminal, "\x04");
    end(&mut terminal);
    let history = world.scratch.read("history");
    assert!(history.lines().any(|line| line.trim_end() == "stop cat"), "{history}");
    assert!(history.lines().any(|line| line.trim_end() == "start cat"), "{history}");

    // The next session remembers.
    let mut terminal = world.terminal();
    see(&mut terminal, PROMPT);
    press(&mut terminal, &format!("{UP}\r"));
    see(&mut terminal, "cat: ERROR (already started)");
    see(&mut terminal, PROMPT);
    press(&mut terminal, "exit\r");
    end(&mut terminal);
}

fn a_question_before_the_end(implementation: Implementation) {
    let mut world = world(implementation);
    let mut terminal = world.terminal();
    see(&mut terminal, PROMPT);
    press(&mut terminal, "shutdown\r");
    see(&mut terminal, "Really shut the remote supervisord process down y/N? ");
    press(&mut terminal, "n\r");
    see(&mut terminal, PROMPT);
    assert_eq!(world.state("cat"), "RUNNING");
    press(&mut terminal, "shutdown\r");
    see(&mut terminal, "y/N? ");
    press(&mut terminal, "y\r");
    see(&mut terminal, "Shut down");
    assert_eq!(world.wait_end(), Some(0));
    see(&mut terminal, PROMPT);
    press(&mut terminal, "quit\r");
    end(&mut terminal);
}

fn following_at_the_prompt(implementation: Implementation) {
    let world = world(implementation);
    assert_eq!(world.rpc(r"supervisor.sendProcessStdin('cat', 'first words\n')"), ["True"]);
    world.wait_file("cat.log", "first words");
    let mut terminal = world.terminal();
    see(&mut terminal, PROMPT);
    press(&mut terminal, "tail -f cat\r");
    see(&mut terminal, "==> Press Ctrl-C to exit <==");
    see(&mut terminal, "first words");
    assert_eq!(world.rpc(r"supervisor.sendProcessStdin('cat', 'more words\n')"), ["True"]);
    see(&mut terminal, "more words");
    // Ctrl-C ends the stream, not the client.
    press(&mut terminal, "\x03");
    see(&mut terminal, PROMPT);
    press(&mut terminal, "pid zz\r");
    see(&mut terminal, "No such process zz");
    see(&mut terminal, PROMPT);
    // At the prompt it ends the client.
    press(&mut terminal, "\x03");
    end(&mut terminal);
}

/// Waits until the client has left, with status 0.
pub(crate) fn end(terminal: &mut PtySession) {
    terminal.exp_eof().expect("the client leaves");
    let status = terminal.process().wait().expect("invariant: our own child can be waited for");
    // The type is another crate's; its text says all there is to know.
    let status = format!("{status:?}");
    assert!(status.starts_with("Exited(") && status.ends_with(", 0)"), "{status}");
}

fn a_name_and_a_password(implementation: Implementation) {
    let world = World::locked(implementation);
    let mut terminal = world.terminal();
    for (user, password) in [("u", "wrong"), ("u", "p")] {
        see(&mut terminal, "Server requires authentication");
        see(&mut terminal, "Username:");
        press(&mut terminal, &format!("{user}\r"));
        see(&mut terminal, "Password:");
        press(&mut terminal, &format!("{password}\r"));
    }
    see(&mut terminal, PROMPT);
    press(&mut terminal, "version\r");
    see(&mut terminal, "4.3.0");
    press(&mut terminal, "exit\r");
    end(&mut terminal);
}

/// The reference's option has no effect.
#[test]
fn a_history_file_on_the_command_line() {
    let world = World::with_programs(Implementation::Ours, "");
    let history = world.scratch.file("typed");
    let line = format!("-r {}", history.display());
    let mut terminal = world.terminal_for(&line);
    see(&mut terminal, PROMPT);
    press(&mut terminal, "pid zz\r");
    see(&mut terminal, "No such process zz");
    see(&mut terminal, PROMPT);
    press(&mut terminal, "exit\r");
    end(&mut terminal);
    assert_eq!(world.scratch.read("typed"), "pid zz\nexit\n");
    let mut terminal = world.terminal_for(&line);
    see(&mut terminal, PROMPT);
    press(&mut terminal, &format!("{UP}{UP}\r"));
    see(&mut terminal, "No such process zz");
}

/// Plug-ins are ours alone.
#[test]
fn a_plugin_takes_its_own_interrupt() {
    let mut world = World::with_programs(Implementation::Ours, "");
    world.configure("[ctlplugin:wait]\ncommand=/bin/sh -c 'echo waits; exec sleep 1000'\n");
    let mut terminal = world.terminal();
    see(&mut terminal, PROMPT);
    press(&mut terminal, "wait\r");
    see(&mut terminal, "waits");
    press(&mut terminal, "\x03");
    see(&mut terminal, PROMPT);
    // Neither of these is ended by it.
    for _ in 0..2 {
        press(&mut terminal, "pid zz\r");
        see(&mut terminal, "No such process zz");
        see(&mut terminal, PROMPT);
    }
    press(&mut terminal, "exit\r");
    end(&mut terminal);
}

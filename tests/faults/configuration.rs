//! A broken configuration changes nothing, by any way of loading it.

use std::fs;
use std::process::Command;
use std::thread;

use provost_tests::wait::look_for;
use provost_tests::world::CONFIG;
use provost_tests::{Implementation, Sides, World};

use crate::outcome::{Kept, Outcome};
use crate::stage::{HANGING, Stage, call};

/// A way for a configuration to be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    /// A line that is no line of such a file.
    Syntax,
    /// A value that is none of those that are allowed.
    Value,
    /// A file that is included has a syntax error.
    Include,
    /// There is no file.
    Vanished,
    /// It is a directory.
    Directory,
    /// Bytes that are no text.
    Junk,
    /// Text that is no configuration, 40 MB of it.
    Huge,
    /// A named pipe that nobody writes to.
    Pipe,
}

use Defect::{Directory, Huge, Include, Junk, Pipe, Syntax, Value, Vanished};

/// All of them.
const DEFECTS: [Defect; 8] = [Syntax, Value, Include, Vanished, Directory, Junk, Huge, Pipe];

/// SIGHUP, and the file is broken.
pub(crate) fn hangup_with_broken_syntax(implementation: Implementation) -> Kept {
    hangup(implementation, Syntax)
}

/// SIGHUP, and a value is wrong.
pub(crate) fn hangup_with_a_broken_value(implementation: Implementation) -> Kept {
    hangup(implementation, Value)
}

/// SIGHUP, and an included file is broken.
pub(crate) fn hangup_with_a_broken_include(implementation: Implementation) -> Kept {
    hangup(implementation, Include)
}

/// SIGHUP, and the file is gone.
pub(crate) fn hangup_without_a_file(implementation: Implementation) -> Kept {
    hangup(implementation, Vanished)
}

/// SIGHUP, and the file is a directory.
pub(crate) fn hangup_with_a_directory(implementation: Implementation) -> Kept {
    hangup(implementation, Directory)
}

/// SIGHUP, and the file is binary junk.
pub(crate) fn hangup_with_junk(implementation: Implementation) -> Kept {
    hangup(implementation, Junk)
}

/// SIGHUP, and the file is a named pipe that nobody writes to.
pub(crate) fn hangup_with_a_pipe(implementation: Implementation) -> Kept {
    hangup(implementation, Pipe)
}

/// SIGHUP, and the file is 40 MB of junk.
pub(crate) fn hangup_with_a_huge_file(implementation: Implementation) -> Kept {
    hangup(implementation, Huge)
}

fn hangup(implementation: Implementation, defect: Defect) -> Kept {
    let stage = Stage::new(implementation, "");
    spoil(&stage, defect);
    stage.world.signal("HUP");
    let answered = match implementation {
        // A pipe is not an answer: it is still being waited for, by a thread that nobody misses.
        Implementation::Ours if defect != Pipe => "CRIT ",
        Implementation::Ours => "SIGHUP",
        Implementation::Reference => "received SIGHUP indicating restart request",
    };
    stage.says(answered)?;
    if implementation == Implementation::Reference {
        // It stops everything before it reads the file.
        let _what_is_seen_next = look_for(HANGING, || stage.is_alive().err());
    }
    stage.is_unchanged()
}

/// A client asks for a restart of the daemon, and the file is broken.
pub(crate) fn reload_with_broken_syntax(implementation: Implementation) -> Kept {
    let mut stage = Stage::new(implementation, "");
    spoil(&stage, Syntax);
    // The client reads the same file, and needs a sound one.
    fs::write(stage.world.scratch.file("client.conf"), stage.world.scratch.template(CONFIG))
        .expect("our own file");
    stage.call("supervisor.restart", &[]).ok();
    if implementation == Implementation::Reference {
        let _what_is_seen_next = look_for(HANGING, || stage.is_alive().err());
    }
    stage.is_unchanged()?;
    mend(&mut stage);
    stage.is_unchanged()
}

/// The file is read again, which changes nothing yet, and is broken in every way.
pub(crate) fn reread_of_anything_broken(implementation: Implementation) -> Kept {
    let stage = Stage::new(implementation, "");
    for defect in DEFECTS.into_iter().filter(|defect| *defect != Pipe) {
        spoil(&stage, defect);
        let answer = stage.call("supervisor.reloadConfig", &[]).unwrap_or_default();
        stage.is_alive()?;
        Outcome::Loses
            .unless(answer.contains("<int>92</int>"), || format!("{defect:?} was read: {answer}"))?;
    }
    stage.is_unchanged()
}

/// Whoever asks, whatever is wrong: an error for who asked, and nothing else.
#[test]
fn no_way_of_loading_lets_anything_broken_in() {
    let mut stage = Stage::new(Implementation::Ours, "");
    for defect in DEFECTS.into_iter().filter(|defect| *defect != Pipe) {
        spoil(&stage, defect);
        for request in
            ["POST /api/v1/reread", "POST /api/v1/update", "POST /api/v1/reload", "GET /api/v1/plan"]
        {
            let bytes = format!(
                "{request} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
            );
            let answer = stage.world.server.exchange(bytes.as_bytes()).expect("an answer");
            assert!(
                (400..600).contains(&answer.code()),
                "{defect:?}: {request}: {} {}",
                answer.status,
                answer.body
            );
        }
        let restart = stage.call("supervisor.restart", &[]).expect("an answer");
        assert!(restart.contains("<int>92</int>"), "{defect:?}: {restart}");
        stage.world.signal("HUP");
    }
    stage.is_unchanged().unwrap_or_else(|broken| panic!("{}", broken.why));
    mend(&mut stage);
    let answer = stage.call("supervisor.reloadConfig", &[]).expect("an answer");
    assert!(!answer.contains("fault"), "a sound file is read again: {answer}");
}

/// A pipe that nobody writes to is no error but a wait, until somebody closes it.
#[test]
fn a_pipe_for_a_configuration_holds_up_who_asked_alone() {
    let mut stage = Stage::new(Implementation::Ours, "");
    spoil(&stage, Pipe);
    let server = stage.world.server.clone();
    let asked = thread::spawn(move || call(&server, "supervisor.reloadConfig", &[]));
    stage.is_unchanged().unwrap_or_else(|broken| panic!("{}", broken.why));
    let path = stage.world.scratch.file(CONFIG);
    // Opening it waits for the reader; that nothing is written makes an empty file of it.
    drop(fs::OpenOptions::new().write(true).open(path).expect("the daemon reads it"));
    let answer = asked.join().expect("the client lives").expect("an answer");
    assert!(answer.contains("<int>92</int>"), "{answer}");
    mend(&mut stage);
}

/// Whoever types the command, the client's answer is an error, and nothing is stopped.
#[test]
fn no_command_lets_anything_broken_in() {
    let mut stage = Stage::new(Implementation::Ours, "");
    let server = stage.world.server.url();
    for defect in [Syntax, Value, Include, Directory] {
        spoil(&stage, defect);
        for command in ["reread", "update", "reload"] {
            // The client would stumble over the same file, so it is told where the daemon is.
            let mut client = Command::new(Implementation::Ours.program("supervisorctl").expect("our client"));
            client.args(["-c", "/dev/null", "-s", &server, command]);
            let output = client.output().expect("our client runs");
            assert!(
                !output.status.success(),
                "{defect:?}: {command}: {}",
                String::from_utf8_lossy(&output.stdout)
            );
        }
    }
    stage.is_unchanged().unwrap_or_else(|broken| panic!("{}", broken.why));
    mend(&mut stage);
}

/// A daemon that is told to start with something broken refuses, says why, and leaves nothing behind.
#[test]
fn nothing_starts_with_anything_broken() {
    for defect in [Syntax, Value, Include, Vanished, Directory, Junk, Huge] {
        let mut world = World::new(Sides::both(Implementation::Ours));
        world.configure("");
        break_file(&world, defect);
        let refused = world.refusal(&[]).unwrap_or_else(|| panic!("it started with {defect:?}"));
        assert_eq!(refused.code, Some(2), "{defect:?}: {}", refused.stderr);
        assert!(
            !refused.complaint().is_empty() && !refused.stderr.contains("panicked"),
            "{defect:?}: {}",
            refused.stderr
        );
        for leftover in ["supervisord.log", "supervisord.pid", "supervisor.sock"] {
            assert!(!world.scratch.file(leftover).exists(), "{defect:?} left {leftover}");
        }
    }
}

/// Breaks the file of a running daemon.
fn spoil(stage: &Stage, defect: Defect) {
    break_file(&stage.world, defect);
}

fn break_file(world: &World, defect: Defect) {
    let path = world.scratch.file(CONFIG);
    let sound = world.scratch.template(CONFIG).to_owned();
    if path.is_dir() {
        fs::remove_dir(&path).expect("a folder of our own");
    } else if path.exists() {
        fs::remove_file(&path).expect("a file of our own");
    }
    let text = match defect {
        Syntax => format!("{sound}\nthis is no line of such a file\n"),
        Value => format!("{sound}\n[program:new]\ncommand=/bin/cat\nautostart=perhaps\n"),
        Include => {
            fs::write(world.scratch.file("broken.conf"), "[program:new]\nno line at all\n")
                .expect("our own file");
            format!("{sound}\n[include]\nfiles=%(here)s/broken.conf\n")
        }
        Vanished => return,
        Directory => return fs::create_dir(&path).expect("a folder of our own"),
        Junk => {
            let bytes: Vec<u8> = (0..=255_u8).rev().cycle().take(4096).collect();
            return fs::write(&path, bytes).expect("our own file");
        }
        Huge => "nothing but words\n".repeat((40 << 20) / 18),
        Pipe => {
            let made = Command::new("mkfifo").arg(&path).status();
            return assert!(made.is_ok_and(|status| status.success()), "a pipe");
        }
    };
    fs::write(&path, text).expect("our own file");
}

/// Puts the sound file back.
fn mend(stage: &mut Stage) {
    let sound = stage.world.scratch.template(CONFIG).to_owned();
    let path = stage.world.scratch.file(CONFIG);
    if path.is_dir() {
        fs::remove_dir(&path).expect("a folder of our own");
    } else if path.exists() {
        fs::remove_file(&path).expect("a file of our own");
    }
    stage.world.scratch.write(CONFIG, &sound);
}

impl Stage {
    /// The same programs run as before, under the same pids.
    fn is_unchanged(&self) -> Kept {
        self.is_well()?;
        let births = self.births().len();
        Outcome::Loses.unless(births == 1, || format!("{births} victims were born"))
    }
}

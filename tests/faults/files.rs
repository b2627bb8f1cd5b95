//! Disks and paths that let the daemon down.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use provost_tests::wait::look_for;
use provost_tests::{Implementation, Sides, World};

use crate::outcome::{Kept, Outcome};
use crate::stage::{HANGING, Stage, passed_over};
use crate::tamper::{self, Fault, Injection};

/// A program that writes a line whenever it is sent one, with a log in a folder of its own.
const SPEAKER: &str = "\
[program:speaker]
command=/bin/cat
stdout_logfile=%(here)s/disk/speaker.log
";

/// A log is deleted; it is made anew when the daemon is told to reopen its logs.
pub(crate) fn a_deleted_log(implementation: Implementation) -> Kept {
    let stage = speaking(implementation);
    fs::remove_file(log(&stage)).expect("the log is there");
    stage.world.signal("USR2");
    comes_back(&stage)
}

/// A directory stands where a log was, when the daemon is told to reopen its logs.
pub(crate) fn a_directory_for_a_log(implementation: Implementation) -> Kept {
    let stage = speaking(implementation);
    fs::remove_file(log(&stage)).expect("the log is there");
    fs::create_dir(log(&stage)).expect("a directory");
    reopens_in_vain(&stage)?;
    fs::remove_dir(log(&stage)).expect("it is empty");
    stage.world.signal("USR2");
    comes_back(&stage)
}

/// The directory of a log is gone when the daemon is told to reopen its logs.
pub(crate) fn no_directory_for_a_log(implementation: Implementation) -> Kept {
    let stage = speaking(implementation);
    let (here, away) = (stage.world.scratch.file("disk"), stage.world.scratch.file("away"));
    fs::rename(&here, &away).expect("a folder of our own");
    reopens_in_vain(&stage)?;
    fs::rename(&away, &here).expect("a folder of our own");
    stage.world.signal("USR2");
    comes_back(&stage)
}

/// A named pipe that nobody reads stands where a log was, when the daemon is told to reopen its logs.
pub(crate) fn a_pipe_without_reader_for_a_log(implementation: Implementation) -> Kept {
    let stage = speaking(implementation);
    fs::remove_file(log(&stage)).expect("the log is there");
    make_pipe(&log(&stage));
    stage.world.signal("USR2");
    stage.call("supervisor.sendProcessStdin", &["speaker", "for nobody\n"]).ok();
    stage.is_well()?;
    fs::remove_file(log(&stage)).expect("the pipe is there");
    stage.world.signal("USR2");
    comes_back(&stage)
}

/// The same before the program's first start.
pub(crate) fn a_start_with_a_pipe_without_reader(implementation: Implementation) -> Kept {
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write("disk/empty", "");
    make_pipe(&world.scratch.file("disk/speaker.log"));
    let stage = Stage::within(world, &format!("{SPEAKER}autostart=false\n"));
    stage.call("supervisor.startProcess", &["speaker", "0"]).ok();
    stage.is_well()
}

/// A backup cannot be made, because a directory that is not empty stands where it belongs.
pub(crate) fn a_rollover_that_fails(implementation: Implementation) -> Kept {
    let stage = speaking_with(implementation, "stdout_logfile_maxbytes=64\nstdout_logfile_backups=1\n");
    let backup = stage.world.scratch.file("disk/speaker.log.1");
    fs::create_dir_all(backup.join("in the way")).expect("folders of our own");
    for _ in 0..4 {
        say(&stage, &"x".repeat(60));
    }
    stage.is_well()?;
    fs::remove_dir_all(&backup).expect("folders of our own");
    comes_back(&stage)
}

/// Writing to one program's log fails with an error of the disk.
pub(crate) fn a_broken_disk(implementation: Implementation) -> Kept {
    if !tamper::is_possible() {
        return passed_over("strace may not look at processes here");
    }
    let stage = speaking(implementation);
    let paths = [log(&stage)];
    let threads = tamper::threads(stage.world.daemon_pid(), None);
    let fault =
        Fault { calls: "write,writev,pwrite64,splice,sendfile", errno: "EIO", when: "1+", paths: &paths };
    let injection = Injection::begin(&stage.world.scratch, &threads, fault);
    say(&stage, "into the void");
    let felt = look_for(HANGING, || (injection.felt() > 0).then_some(()));
    assert!(felt.is_some(), "the log was written to");
    stage.is_well()?;
    injection.end();
    comes_back(&stage)
}

/// The disk of one program's log is full for a while.
pub(crate) fn a_full_disk(implementation: Implementation) -> Kept {
    let Some(stage) = on_a_small_disk(implementation) else {
        return passed_over("no file systems can be mounted here");
    };
    let disk = inside(&stage, "disk");
    let filler = disk.join("filler");
    fill(&filler);
    for _ in 0..40 {
        say(&stage, &"x".repeat(1000));
    }
    stage.is_well()?;
    fs::remove_file(&filler).expect("the filler is there");
    let spoken = look_for(HANGING, || {
        say(&stage, "room again");
        fs::read_to_string(disk.join("speaker.log")).unwrap_or_default().contains("room again").then_some(())
    });
    Outcome::Loses.unless(spoken.is_some(), || "the log stays dead when there is room again".into())?;
    stage.is_well()
}

/// The file system of one program's log is read-only for a while, and the program starts in that time.
pub(crate) fn a_read_only_disk(implementation: Implementation) -> Kept {
    let Some(stage) = on_a_small_disk(implementation) else {
        return passed_over("no file systems can be mounted here");
    };
    stage.call("supervisor.stopProcess", &["speaker"]).ok();
    remount(&stage, "ro");
    stage.call("supervisor.startProcess", &["speaker"]).ok();
    stage.is_well()?;
    remount(&stage, "rw");
    let disk = inside(&stage, "disk");
    let spoken = look_for(2 * HANGING, || {
        stage.call("supervisor.startProcess", &["speaker"]).ok();
        say(&stage, "room again");
        fs::read_to_string(disk.join("speaker.log")).unwrap_or_default().contains("room again").then_some(())
    });
    Outcome::Loses.unless(spoken.is_some(), || "the log stays dead when it can be written again".into())?;
    stage.is_well()
}

/// A stage with a speaker that has spoken.
fn speaking(implementation: Implementation) -> Stage {
    speaking_with(implementation, "")
}

fn speaking_with(implementation: Implementation, options: &str) -> Stage {
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write("disk/empty", "");
    let stage = Stage::within(world, &format!("{SPEAKER}{options}"));
    say(&stage, "hello");
    stage.writes("disk/speaker.log", "hello").unwrap_or_else(|broken| panic!("{}", broken.why));
    stage
}

fn log(stage: &Stage) -> PathBuf {
    stage.world.scratch.file("disk/speaker.log")
}

fn say(stage: &Stage, text: &str) {
    // Whether it is heard is what the case finds out.
    let _may_be_gone = stage.call("supervisor.sendProcessStdin", &["speaker", &format!("{text}\n")]);
}

/// Reopening the log fails; that is all that happens.
fn reopens_in_vain(stage: &Stage) -> Kept {
    stage.world.signal("USR2");
    stage.says("supervisord logreopen")?;
    say(stage, "for nobody");
    stage.is_well()?;
    if stage.world.sides.daemon == Implementation::Ours {
        stage.says("speaker.log")?;
    }
    Ok(())
}

/// What the speaker says now is in its log.
fn comes_back(stage: &Stage) -> Kept {
    let spoken = look_for(HANGING, || {
        say(stage, "back");
        stage.world.scratch.read("disk/speaker.log").contains("back").then_some(())
    });
    stage.is_alive()?;
    Outcome::Loses
        .unless(spoken.is_some(), || "what the program writes does not reach its log any more".into())?;
    stage.is_well()
}

fn make_pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.is_ok_and(|status| status.success()), "a pipe at {}", path.display());
}

/// A stage whose speaker logs to a file system of a quarter of a megabyte that only its daemon sees; nothing where
/// such a thing may not be made.
fn on_a_small_disk(implementation: Implementation) -> Option<Stage> {
    if !can_mount() {
        return None;
    }
    let mut world = World::new(Sides::both(implementation));
    world.scratch.write("disk/empty", "");
    let disk = world.scratch.file("disk").display().to_string();
    let begin = format!("mount -t tmpfs -o size=256k faults '{disk}' && exec \"$@\"");
    world.wrap(&["unshare", "-m", "sh", "-c", &begin, "sh"]);
    Some(Stage::within(world, SPEAKER))
}

fn can_mount() -> bool {
    let mut unshare = Command::new("unshare");
    unshare.args(["-m", "sh", "-c", "mount -t tmpfs faults /mnt 2>/dev/null"]);
    unshare.status().is_ok_and(|status| status.success())
}

/// A file as the daemon sees it.
fn inside(stage: &Stage, name: &str) -> PathBuf {
    let path = stage.world.scratch.file(name);
    let root = PathBuf::from(format!("/proc/{}/root", stage.world.daemon_pid()));
    root.join(path.strip_prefix("/").expect("invariant: a scratch has an absolute path"))
}

/// Writes to a file until there is no room.
fn fill(path: &Path) {
    let full = fs::write(path, vec![0; 1 << 20]).expect_err("the file system is smaller");
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
}

fn remount(stage: &Stage, mode: &str) {
    let disk = stage.world.scratch.file("disk");
    let mut mount = Command::new("nsenter");
    mount.args([
        "-t",
        &stage.world.daemon_pid().to_string(),
        "-m",
        "mount",
        "-o",
        &format!("remount,{mode}"),
    ]);
    assert!(mount.arg(disk).status().is_ok_and(|status| status.success()), "remounted {mode}");
}

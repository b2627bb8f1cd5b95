//! Every byte that a program writes is in its log once and in order, whatever happens to the log, the program or the
//! disk meanwhile. What programs write here is 1, 2, 3 and so on, a number to a line.

use std::fs::{self, File};
use std::io::Write as _;
use std::ops::RangeInclusive;
use std::os::unix::fs::{PermissionsExt as _, lchown, symlink};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use provost_tests::wait::{PATIENCE, until};
use provost_tests::{Implementation, Sides, World, processes};
use rustix::fs::{CWD, Mode, OFlags, mkfifoat};

use crate::log_targets::SMALL_DISK;
use crate::wrapped::{Wrapped, allowed};

/// Counts until a file `enough` appears, and says then how far it has come.
const COUNTER: &str = "command=/bin/sh -c \"i=0; while [ ! -e enough ]; do i=$((i+1)); echo $i; done; \
                       echo $i > last; exec cat\"\n";

fn ours(programs: &str) -> World {
    World::with_programs(Implementation::Ours, programs)
}

fn numbers(range: RangeInclusive<u64>) -> String {
    range.map(|number| format!("{number}\n")).collect()
}

fn contents<P: AsRef<Path>>(files: impl IntoIterator<Item = P>) -> String {
    files.into_iter().map(|file| fs::read_to_string(file).unwrap_or_default()).collect()
}

/// Waits until so much is there, and compares; a difference is shown where it begins.
#[track_caller]
fn check_text(expected: &str, found: impl Fn() -> String) {
    until(PATIENCE, "everything to be logged", || found().len() >= expected.len());
    let found = found();
    if found != expected {
        let same = found.bytes().zip(expected.bytes()).take_while(|(one, other)| one == other).count();
        let around =
            |text: &str| text.get(same.saturating_sub(30)..(same + 30).min(text.len())).map(str::to_owned);
        panic!("after {same} bytes: {:?} instead of {:?}", around(&found), around(expected));
    }
}

/// Ends the counter; the last number it wrote.
fn stop_counting(world: &mut World) -> u64 {
    world.scratch.write("enough", "");
    world.wait_file("last", "\n");
    world.scratch.read("last").trim().parse().expect("invariant: the counter writes a number")
}

/// The oldest backup first, then the log itself.
fn with_backups(world: &World, name: &str, backups: u32) -> Vec<PathBuf> {
    let backups = (1..=backups).rev().map(|number| world.scratch.file(&format!("{name}.{number}")));
    backups.filter(|file| file.exists()).chain([world.scratch.file(name)]).collect()
}

#[test]
fn lines_stay_whole_when_logs_roll_over() {
    let world = ours(
        "[program:seq]\ncommand=/bin/sh -c \"seq 1 60000; exec cat\"\nnumprocs=4\nprocess_name=s%(process_num)d\n\
         stdout_logfile=%(here)s/s%(process_num)d\nstdout_logfile_maxbytes=10KB\nstdout_logfile_backups=100\n",
    );
    for name in ["s0", "s1", "s2", "s3"] {
        check_text(&numbers(1..=60_000), || contents(with_backups(&world, name, 100)));
        let files = with_backups(&world, name, 100);
        assert_eq!(files.len(), 35, "{name}");
        for file in &files[..34] {
            let text = fs::read_to_string(file).expect("a backup");
            assert!(text.ends_with('\n'), "{} ends within a line", file.display());
            assert!(
                (10_240..10_240 + 6).contains(&text.len()),
                "{} has {} bytes",
                file.display(),
                text.len()
            );
        }
    }
}

#[test]
fn a_log_that_is_renamed_and_reopened() {
    let mut world = ours(&format!("[program:counter]\n{COUNTER}stdout_logfile=%(here)s/log\n"));
    let log = world.scratch.file("log");
    let has_begun = || fs::metadata(&log).is_ok_and(|file| file.len() > 0);
    let moved: Vec<PathBuf> = (1..=15).map(|number| world.scratch.file(&format!("moved.{number}"))).collect();
    for moved in &moved {
        until(PATIENCE, "a new log", has_begun);
        fs::rename(&log, moved).expect("our own file");
        world.signal("USR2");
    }
    until(PATIENCE, "a new log", has_begun);
    let last = stop_counting(&mut world);
    check_text(&numbers(1..=last), || contents(moved.iter().chain([&log])));
}

#[test]
fn what_comes_after_clearing_is_complete() {
    let mut world = ours(&format!("[program:counter]\n{COUNTER}stdout_logfile=%(here)s/log\n"));
    let log = world.scratch.file("log");
    let has_lines = || fs::metadata(&log).is_ok_and(|file| file.len() > 100);
    for _ in 0..15 {
        until(PATIENCE, "some lines", has_lines);
        assert_eq!(world.rpc("supervisor.clearProcessLogs('counter')"), ["True"]);
    }
    until(PATIENCE, "some lines", has_lines);
    let all = numbers(1..=stop_counting(&mut world));
    let end = &all[all.len() - 8..];
    until(PATIENCE, "the last line", || world.scratch.read("log").ends_with(end));
    let found = world.scratch.read("log");
    assert!(all.ends_with(&found) && found.len() < all.len(), "{} of {} bytes", found.len(), all.len());
}

#[test]
fn restart_update_and_shutdown_wait_for_last_words() {
    let program = "[program:talker]\ncommand=/bin/sh -c \"trap 'seq 5001 10000; exit 0' TERM; seq 1 5000; sleep 1000 & wait\"\n\
                   stopasgroup=true\nstartsecs=0\nstdout_logfile=%(here)s/log\n";
    let mut world = ours(program);
    let life = numbers(1..=10_000);
    let begun = |lives: usize| {
        let expected = life.repeat(lives) + &life[..life.find("5001\n").expect("it is there")];
        check_text(&expected, || world.scratch.read("log"));
    };
    begun(0);
    assert_eq!(world.ctl("restart talker").stdout, "talker: stopped\ntalker: started\n");
    begun(1);
    fs::write(
        world.scratch.file("supervisord.conf"),
        world.scratch.read("supervisord.conf") + "priority=5\n",
    )
    .expect("our own file");
    let update = world.ctl("update").stdout;
    assert!(update.ends_with("talker: updated process group\n"), "{update}");
    begun(2);
    assert_eq!(world.stop(), Some(0));
    check_text(&life.repeat(3), || world.scratch.read("log"));
}

#[test]
fn what_is_written_just_before_an_exit_is_there_when_it_is_reported() {
    let world = ours(
        "[program:brief]\ncommand=/usr/bin/seq 1 200000\nstartsecs=0\nautorestart=false\nautostart=false\n\
         stdout_logfile=%(here)s/log\n",
    );
    let all = numbers(1..=200_000);
    for lives in 1..=5 {
        world.ctl("start brief");
        world.wait_state("brief", "EXITED");
        let found = world.scratch.read("log");
        assert!(found == all.repeat(lives), "{} bytes after {lives} lives", found.len());
    }
}

/// The first child leaves a descendant behind and exits; the second one is `cat`.
#[test]
fn a_survivor_of_an_earlier_child_is_heard() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    let go = world.scratch.file("go");
    mkfifoat(CWD, &go, Mode::from_raw_mode(0o600)).expect("our own directory");
    world.configure(
        "[program:parent]\ncommand=/bin/sh -c \"if mkdir once; then (read x < go; seq 1 20000) & else exec cat; fi\"\n\
         startsecs=0\nautorestart=false\nstdout_logfile=%(here)s/log\n",
    );
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("parent", "EXITED");
    world.ctl("start parent");
    assert_eq!(world.rpc(r"supervisor.sendProcessStdin('parent', 'the second one\n')"), ["True"]);
    world.wait_file("log", "the second one\n");
    // Opening waits for the reader, and a line for nobody but it.
    File::options().write(true).open(&go).and_then(|mut go| go.write_all(b"\n")).expect("the survivor reads");
    let expected = format!("the second one\n{}", numbers(1..=20_000));
    check_text(&expected, || world.scratch.read("log"));
}

/// Counts in lines of 1001 bytes, a hundred a second at most.
const SLOW_COUNTER: &str = "command=/bin/sh -c \"i=0; while [ ! -e enough ]; do i=$((i+1)); printf '%%01000d\\n' $i; sleep 0.01; \
                            done; echo $i > last; exec cat\"\n";

#[test]
fn what_a_full_disk_costs_is_counted_to_the_byte() {
    if !allowed(&SMALL_DISK) {
        return;
    }
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure(&format!("[program:counter]\n{SLOW_COUNTER}stdout_logfile=%(here)s/full/log\n"));
    let mut wrapped = Wrapped::start(world, &SMALL_DISK, Stdio::null());
    let disk = format!("/proc/{}/root{}", wrapped.pid(), wrapped.world.scratch.file("full").display());
    let log = || contents([format!("{disk}/log")]);
    until(PATIENCE, "the first lines", || log().len() > 5000);
    fs::write(format!("{disk}/filler"), vec![0; 2 << 20]).expect_err("the disk is smaller than that");
    let world = &mut wrapped.world;
    world.wait_log("full/log) cannot be written: No space left on device");
    fs::remove_file(format!("{disk}/filler")).expect("our own file");
    world.wait_log("full/log) is written again; ");

    let last = stop_counting(world);
    let written: String = (1..=last).map(|number| format!("{number:01000}\n")).collect();
    until(PATIENCE, "the last line", || written.ends_with(&log()[log().len() - 1001..]));
    let dropped = world.rpc("int(proxy.provost.getProcessDetails('counter')['log_bytes_dropped'])").concat();
    let dropped: usize = dropped.parse().expect("a number");
    let found = log();
    let before = found.bytes().zip(written.bytes()).take_while(|(one, other)| one == other).count();
    assert_eq!(found.len() + dropped, written.len(), "every byte is in the log or counted");
    assert!(dropped > 0 && written.ends_with(&found[before..]), "what is missing is in one place");
    let status = world.ctl("status -l counter").stdout;
    assert!(status.contains("dropped"), "{status}");
}

#[test]
fn messages_are_captured_although_the_log_cannot_roll_over() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    fs::create_dir_all(world.scratch.file("log.1/obstacle")).expect("our own directory");
    world.configure(
        "[program:teller]\ncommand=/bin/cat\nstdout_capture_maxbytes=1KB\nstdout_logfile=%(here)s/log\n\
         stdout_logfile_maxbytes=10\nstdout_logfile_backups=1\n[supervisord]\nloglevel=debug\n",
    );
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("teller", "RUNNING");
    let say = |text: &str| {
        assert_eq!(world.rpc(&format!(r"supervisor.sendProcessStdin('teller', '{text}\n')")), ["True"]);
    };
    let events = || world.log().matches("'teller' stdout emitted a comm event").count();
    say("longer than ten bytes");
    world.wait_log("cannot be rolled over, and grows beyond its limit meanwhile: ");
    for round in 1..=3 {
        say("<!--XSUPERVISOR:BEGIN-->message<!--XSUPERVISOR:END-->");
        until(PATIENCE, "an event", || events() == round);
    }
    check_text("longer than ten bytes\n\n\n\n", || world.scratch.read("log"));
    // To open it again is a reason not to wait for the next try.
    fs::remove_dir_all(world.scratch.file("log.1")).expect("our own directory");
    world.signal("USR2");
    world.wait_log("supervisord logreopen");
    say("the end");
    world.wait_file("log.1", "the end\n");
    assert_eq!(world.scratch.read("log.1"), "longer than ten bytes\n\n\n\nthe end\n");
}

/// A stranger may write to the directory of a log, and has put a link there that leads to root's file.
#[test]
fn a_link_that_a_stranger_has_made_is_not_followed() {
    if !rustix::process::geteuid().is_root() {
        return eprintln!("skipped: only root makes links for others");
    }
    let mut world = World::new(Sides::both(Implementation::Ours));
    let path = |name: &str| world.scratch.file(name);
    fs::create_dir(path("public")).expect("our own directory");
    fs::set_permissions(path("public"), fs::Permissions::from_mode(0o1777)).expect("our own directory");
    for (name, owner) in [("own", None), ("strange", Some(54_321))] {
        fs::write(path(&format!("{name}.target")), "").expect("our own file");
        symlink(format!("../{name}.target"), path(&format!("public/{name}"))).expect("our own directory");
        lchown(path(&format!("public/{name}")), owner, owner).expect("root may do that");
    }
    world.configure(
        "[program:own]\ncommand=/bin/sh -c \"echo here; exec cat\"\nstdout_logfile=%(here)s/public/own\n\
         [program:strange]\ncommand=/bin/sh -c \"echo here; exec cat\"\nstdout_logfile=%(here)s/public/strange\n\
         startretries=0\n",
    );
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_file("own.target", "here\n");
    world.wait_state("strange", "FATAL");
    world.wait_log("the symbolic link strange belongs to user 54321");
    assert_eq!(world.scratch.read("strange.target"), "");
}

/// What keeps its writer waiting, or refuses it, costs the program whose log it is.
#[test]
fn a_named_pipe_holds_up_nobody_else() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    for name in ["unread", "stalled"] {
        mkfifoat(CWD, world.scratch.file(name), Mode::from_raw_mode(0o600)).expect("our own directory");
    }
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let reader = rustix::fs::open(world.scratch.file("stalled"), flags, Mode::empty()).expect("our own pipe");
    world.configure(&format!(
        "[program:unread]\ncommand=/bin/cat\nstdout_logfile=%(here)s/unread\nstartretries=0\n\
         [program:stalled]\ncommand=/usr/bin/yes\nstdout_logfile=%(here)s/stalled\n\
         [program:cat]\ncommand=/bin/cat\n[program:counter]\n{COUNTER}stdout_logfile=%(here)s/log\n"
    ));
    world.start(&[]).unwrap_or_else(|refused| panic!("{refused}"));
    world.wait_state("unread", "FATAL");
    world.wait_log("ENXIO");
    for name in ["stalled", "cat"] {
        world.wait_state(name, "RUNNING");
    }
    for _ in 0..3 {
        let before = world.pid_of("cat");
        processes::send(before, processes::signal("KILL"));
        until(PATIENCE, "a successor", || ![0, before].contains(&world.pid_of("cat")));
        world.wait_state("cat", "RUNNING");
    }
    assert_eq!(world.ctl("restart stalled").stdout, "stalled: stopped\nstalled: started\n");
    let last = stop_counting(&mut world);
    check_text(&numbers(1..=last), || world.scratch.read("log"));
    drop(reader);
}

#[test]
fn the_activity_log_has_what_was_answered_before() {
    let world = ours("[program:cat]\ncommand=/bin/cat\nautostart=false\nstartsecs=0\n");
    let round = "[supervisor.clearLog(), supervisor.startProcess('cat'), supervisor.stopProcess('cat'), supervisor.readLog(0, 0)][3]";
    let missing = world.rpc(&format!("sum('stopped: cat' not in {round} for _ in range(100))"));
    assert_eq!(missing, ["0"]);
}

//! The activity log, before and after the plane has it.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use provost_config::model::{Level, MainLog};
use tempfile::TempDir;

use crate::logs::{ActivityLog, ActivitySettings};

fn settings(path: &str) -> ActivitySettings {
    ActivitySettings {
        target: MainLog::File(path.to_owned()),
        maxbytes: 0,
        backups: 0,
        level: Level::Info,
        copy_to_stdout: false,
    }
}

/// A log in a directory of its own.
fn log(level: Level, maxbytes: i64) -> (TempDir, ActivityLog) {
    let directory = TempDir::new().expect("directory");
    let path = directory.path().join("main.log").display().to_string();
    let log = ActivityLog::open(&ActivitySettings { level, maxbytes, backups: 1, ..settings(&path) });
    (directory, log.expect("open"))
}

fn content(directory: &TempDir, name: &str) -> String {
    fs::read_to_string(directory.path().join(name)).expect("read")
}

#[track_caller]
fn check_line(level: Level, text: &str, expect: &str) {
    let (directory, mut log) = log(Level::Blather, 0);
    log.write(UNIX_EPOCH + Duration::from_millis(1_767_225_599_007), level, text);
    let line = content(&directory, "main.log");
    let (time, rest) = line.split_at(23);
    // The hour depends on the zone of who runs this.
    assert!(time.starts_with("202") && time.ends_with(":59,007") && time.as_bytes()[10] == b' ', "{time}");
    assert_eq!(rest, expect);
}

#[test]
fn lines_have_time_level_and_text() {
    check_line(Level::Critical, "c", " CRIT c\n");
    check_line(Level::Error, "e", " ERRO e\n");
    check_line(Level::Warn, "w", " WARN w\n");
    check_line(Level::Info, "i", " INFO i\n");
    check_line(Level::Debug, "d", " DEBG d\n");
    check_line(Level::Trace, "t", " TRAC t\n");
    check_line(Level::Blather, "b", " BLAT b\n");
    check_line(Level::Info, "two\nlines\n", " INFO two\nlines\n\n");
    check_line(Level::Info, "öäü", " INFO öäü\n");
    check_line(Level::Info, "", " INFO \n");
}

#[test]
fn lines_below_the_level_are_left_out() {
    let (directory, mut log) = log(Level::Warn, 0);
    for level in [Level::Blather, Level::Info, Level::Warn, Level::Critical] {
        assert_eq!(log.writes(level), level >= Level::Warn);
        log.write(SystemTime::now(), level, "text");
    }
    assert_eq!(content(&directory, "main.log").lines().count(), 2);
}

#[test]
fn rolls_over_between_lines() {
    let (directory, mut log) = log(Level::Info, 60);
    for text in ["one", "two", "three"] {
        log.write(SystemTime::now(), Level::Info, text);
    }
    assert_eq!(content(&directory, "main.log").lines().count(), 1);
    assert_eq!(content(&directory, "main.log.1").lines().count(), 2);
}

#[test]
fn appends_to_what_is_there() {
    let directory = TempDir::new().expect("directory");
    let path = directory.path().join("main.log");
    fs::write(&path, "before\n").expect("write");
    let mut log = ActivityLog::open(&settings(&path.display().to_string())).expect("open");
    log.write(SystemTime::now(), Level::Info, "after");
    assert!(content(&directory, "main.log").starts_with("before\n"));
}

#[test]
fn a_log_that_cannot_be_opened_is_an_error() {
    let directory = TempDir::new().expect("directory");
    assert!(ActivityLog::open(&settings(&directory.path().display().to_string())).is_err());
    let missing = directory.path().join("missing/main.log");
    assert!(ActivityLog::open(&settings(&missing.display().to_string())).is_err());
}

#[test]
fn reopening_finds_the_new_file() {
    let (directory, mut log) = log(Level::Info, 0);
    log.write(SystemTime::now(), Level::Info, "one");
    fs::rename(directory.path().join("main.log"), directory.path().join("old")).expect("rename");
    log.write(SystemTime::now(), Level::Info, "two");
    log.reopen().expect("reopen");
    log.write(SystemTime::now(), Level::Info, "three");
    assert_eq!(content(&directory, "old").lines().count(), 2);
    assert_eq!(content(&directory, "main.log").lines().count(), 1);
}

/// As the reference has it: the line goes to the file that is being removed, so the new one is empty.
#[test]
fn clearing_leaves_an_empty_file() {
    let (directory, mut log) = log(Level::Info, 0);
    log.write(SystemTime::now(), Level::Info, "one");
    fs::hard_link(directory.path().join("main.log"), directory.path().join("old")).expect("link");
    log.clear().expect("clear");
    assert_eq!(content(&directory, "main.log"), "");
    assert!(content(&directory, "old").ends_with(" INFO reopening log file\n"));
    fs::remove_file(directory.path().join("main.log")).expect("remove");
    log.clear().expect("a missing file is no error");
    assert_eq!(content(&directory, "main.log"), "");
}

#[test]
fn a_failing_log_heals_and_tells_what_it_lost() {
    let (directory, mut log) = log(Level::Info, 0);
    let path = directory.path().join("main.log");
    fs::remove_file(&path).expect("remove");
    symlink("/dev/full", &path).expect("link");
    log.reopen().expect("reopen");
    log.write(SystemTime::now(), Level::Info, "lost");
    log.write(SystemTime::now(), Level::Info, "lost");
    fs::remove_file(&path).expect("remove");
    log.reopen().expect("reopen");
    log.write(SystemTime::now(), Level::Info, "found");
    let lines = content(&directory, "main.log");
    let texts: Vec<_> = lines.lines().map(|line| &line[24..]).collect();
    let lost = 2 * ("2026-01-31 23:59:59,999 INFO lost\n".len());
    assert_eq!(
        texts,
        ["INFO found".to_owned(), format!("WARN the activity log is written again; {lost} bytes were lost"),]
    );
}

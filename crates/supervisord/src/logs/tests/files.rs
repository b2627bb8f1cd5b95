//! Files that roll over.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use tempfile::TempDir;

use crate::logs::health::Trouble;
use crate::logs::open::Access;
use crate::logs::rolling::{Limits, RollingFile};
use crate::ports::Making;

/// `log` stands for the file and `log.N` for a backup; each entry is a name and its content.
type Files<'a> = &'a [(&'a str, &'a str)];

fn lay_out(files: Files<'_>) -> TempDir {
    let directory = TempDir::new().expect("directory");
    for (name, content) in files {
        fs::write(directory.path().join(name), content).expect("write");
    }
    directory
}

#[track_caller]
fn check_files(directory: &Path, expect: Files<'_>) {
    let mut found: Vec<_> = fs::read_dir(directory)
        .expect("directory")
        .map(|entry| {
            let entry = entry.expect("entry");
            let content = fs::read_to_string(entry.path()).expect("read");
            (entry.file_name().into_string().expect("name"), content)
        })
        .collect();
    found.sort();
    let found: Vec<_> = found.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect();
    assert_eq!(found, expect);
}

/// A path as the configuration has it.
fn text(path: &Path) -> &str {
    path.to_str().expect("the paths of tests are text")
}

fn log_in(directory: &Path, maxbytes: i64, backups: u32) -> RollingFile {
    RollingFile::new(text(&directory.join("log")), Access::Common, Limits::new(maxbytes, backups))
}

/// Opens, writes every record, and looks at the directory.
#[track_caller]
fn check((maxbytes, backups): (i64, u32), before: Files<'_>, records: &[&str], after: Files<'_>) {
    let directory = lay_out(before);
    let mut log = log_in(directory.path(), maxbytes, backups);
    log.open().expect("open");
    for record in records {
        log.write(record.as_bytes()).expect("write");
    }
    check_files(directory.path(), after);
}

#[test]
fn without_a_limit_nothing_rolls() {
    check((0, 3), &[("log", "old\n")], &["a", "b"], &[("log", "old\nab")]);
    check((-1, 3), &[], &["a", "b"], &[("log", "ab")]);
}

#[test]
fn rolls_when_the_size_reaches_the_limit() {
    check((4, 2), &[], &["ab\n"], &[("log", "ab\n")]);
    check((4, 2), &[], &["ab\n", "\n"], &[("log", ""), ("log.1", "ab\n\n")]);
    check((4, 2), &[], &["ab\n", "defghi\n", "j"], &[("log", "j"), ("log.1", "ab\ndefghi\n")]);
    check((4, 2), &[], &["a line is never cut\n"], &[("log", ""), ("log.1", "a line is never cut\n")]);
}

#[test]
fn the_rest_of_a_line_is_waited_for() {
    check((4, 2), &[], &["abc", "de"], &[("log", "abcde")]);
    check((4, 2), &[], &["abc", "de", "f\nnext"], &[("log", "next"), ("log.1", "abcdef\n")]);
    check((4, 2), &[], &["abc", "defgh", "i"], &[("log", "i"), ("log.1", "abcdefgh")]);
}

/// A text of so many lines of 100 bytes, each with its number.
fn numbered(lines: std::ops::Range<usize>) -> String {
    lines.map(|number| format!("{number:099}\n")).collect()
}

#[test]
fn one_write_may_fill_several_files() {
    check(
        (5000, 2),
        &[],
        &[&numbered(0..120)],
        &[("log", &numbered(100..120)), ("log.1", &numbered(50..100)), ("log.2", &numbered(0..50))],
    );
    // A limit of less than a page takes effect within a write whenever a page is full.
    check(
        (200, 2),
        &[],
        &[&numbered(0..50)],
        &[("log", &numbered(43..50)), ("log.1", &numbered(2..43)), ("log.2", &numbered(0..2))],
    );
}

#[test]
fn records_are_never_divided() {
    let directory = lay_out(&[]);
    let mut log = log_in(directory.path(), 4, 2).in_records();
    for record in ["a\n", "b\nc\nd\n", "e"] {
        log.write(record.as_bytes()).expect("write");
    }
    check_files(directory.path(), &[("log", "e"), ("log.1", "a\nb\nc\nd\n")]);
}

#[test]
fn a_file_that_was_too_large_rolls_after_the_next_write() {
    check((4, 1), &[("log", "0123456789")], &[], &[("log", "0123456789")]);
    check((4, 1), &[("log", "0123456789")], &["a\nb"], &[("log", "b"), ("log.1", "0123456789a\n")]);
}

#[test]
fn keeps_as_many_backups_as_configured() {
    let lines = ["a\n", "b\n", "c\n"];
    check((1, 1), &[], &lines, &[("log", ""), ("log.1", "c\n")]);
    check((1, 2), &[], &lines, &[("log", ""), ("log.1", "c\n"), ("log.2", "b\n")]);
    check((1, 3), &[], &lines, &[("log", ""), ("log.1", "c\n"), ("log.2", "b\n"), ("log.3", "a\n")]);
}

#[test]
fn without_backups_the_file_is_emptied() {
    check((4, 0), &[], &["abc\n"], &[("log", "")]);
    check((4, 0), &[("log.1", "old")], &["abc\n", "ef"], &[("log", "ef"), ("log.1", "old")]);
}

#[test]
fn higher_numbers_than_configured_are_left_alone() {
    check(
        (1, 2),
        &[("log.2", "two"), ("log.3", "three"), ("log.10", "ten")],
        &["a\n"],
        &[("log", ""), ("log.1", "a\n"), ("log.10", "ten"), ("log.2", "two"), ("log.3", "three")],
    );
    check(
        (1, 2),
        &[("log.1", "one"), ("log.2", "two")],
        &["a\n"],
        &[("log", ""), ("log.1", "a\n"), ("log.2", "one")],
    );
}

#[test]
fn what_is_missing_is_passed_over() {
    check(
        (1, 4),
        &[("log.1", "one"), ("log.3", "three")],
        &["a\n"],
        &[("log", ""), ("log.1", "a\n"), ("log.2", "one"), ("log.4", "three")],
    );
}

#[test]
fn rolls_although_somebody_removed_the_file() {
    let directory = lay_out(&[("log.1", "one")]);
    let mut log = log_in(directory.path(), 4, 2);
    log.write(b"abc").expect("write");
    fs::remove_file(directory.path().join("log")).expect("remove");
    log.write(b"d\n").expect("write");
    log.write(b"e").expect("write");
    check_files(directory.path(), &[("log", "e"), ("log.2", "one")]);
}

#[test]
fn a_missing_file_does_not_cost_a_backup() {
    let directory = lay_out(&[("log.1", "one")]);
    let mut log = log_in(directory.path(), 1, 1);
    log.open().expect("open");
    fs::remove_file(directory.path().join("log")).expect("remove");
    log.write(b"a\n").expect("write");
    check_files(directory.path(), &[("log", ""), ("log.1", "one")]);
}

#[test]
fn a_file_truncated_by_somebody_counts_as_small() {
    let directory = lay_out(&[]);
    let mut log = log_in(directory.path(), 4, 1);
    log.write(b"abc").expect("write");
    fs::File::create(directory.path().join("log")).expect("truncate");
    log.write(b"def").expect("write");
    check_files(directory.path(), &[("log", "def")]);
}

/// Standard output and error of many programs are configured to go to one file.
#[test]
fn two_writers_of_one_file_lose_nothing() {
    let directory = lay_out(&[]);
    let (mut one, mut two) = (log_in(directory.path(), 6, 9), log_in(directory.path(), 6, 9));
    for log in [&mut one, &mut two] {
        log.open().expect("open");
    }
    one.write(b"ab\n").expect("write");
    two.write(b"de\n").expect("write");
    one.write(b"gh\n").expect("write");
    one.write(b"jk").expect("write");
    two.write(b"l").expect("write");
    check_files(directory.path(), &[("log", "jkl"), ("log.1", "ab\nde\ngh\n")]);
}

#[test]
fn opening_leaves_a_file_that_was_renamed() {
    let directory = lay_out(&[]);
    let mut log = log_in(directory.path(), 0, 0);
    log.write(b"a").expect("write");
    log.open().expect("same file");
    log.write(b"b").expect("write");
    fs::rename(directory.path().join("log"), directory.path().join("moved")).expect("rename");
    log.write(b"c").expect("write");
    log.open().expect("new file");
    log.write(b"d").expect("write");
    check_files(directory.path(), &[("log", "d"), ("moved", "abc")]);
}

#[test]
fn clearing_leaves_the_backups() {
    let directory = lay_out(&[("log.1", "one")]);
    let mut log = log_in(directory.path(), 0, 0);
    log.clear().expect("nothing to clear");
    check_files(directory.path(), &[("log.1", "one")]);
    log.write(b"a").expect("write");
    log.clear().expect("clear");
    check_files(directory.path(), &[("log", ""), ("log.1", "one")]);
    log.write(b"b").expect("write");
    fs::remove_file(directory.path().join("log")).expect("remove");
    log.clear().expect("was open, and is again");
    log.write(b"c").expect("write");
    log.close();
    check_files(directory.path(), &[("log", "c"), ("log.1", "one")]);
    log.clear().expect("clear a closed one");
    assert!(!log.is_open());
    check_files(directory.path(), &[("log", ""), ("log.1", "one")]);
}

#[track_caller]
fn check_mode(access: Access, expect: u32) {
    let directory = lay_out(&[]);
    let mut log = RollingFile::new(text(&directory.path().join("log")), access, Limits::new(1, 1));
    log.open().expect("open");
    log.write(b"a\n").expect("write and roll");
    for name in ["log", "log.1"] {
        let mode = fs::metadata(directory.path().join(name)).expect("metadata").permissions().mode() & 0o777;
        assert_eq!(format!("{mode:o}"), format!("{expect:o}"));
    }
}

#[test]
fn modes_of_files() {
    let status = fs::read_to_string("/proc/self/status").expect("status");
    let umask = status.lines().find_map(|line| line.strip_prefix("Umask:")).expect("umask");
    let umask = u32::from_str_radix(umask.trim(), 8).expect("octal");
    check_mode(Access::Common, 0o666 & !umask);
    check_mode(Access::Private, 0o600);
}

/// A file below `directory` that is made in that way.
fn made_so(directory: &Path, name: &str, making: Making) -> RollingFile {
    RollingFile::new(text(&directory.join(name)), Access::Common, Limits::new(1, 1)).made_so(making)
}

#[track_caller]
fn check_rights(path: &Path, expect: (u32, u32, u32)) {
    let found = fs::metadata(path).expect("metadata");
    let found = (found.mode() & 0o7777, found.uid(), found.gid());
    assert_eq!(found, expect, "{}", path.display());
}

#[test]
fn a_file_gets_the_mode_and_owner_it_is_to_have_and_so_does_the_next() {
    let directory = lay_out(&[]);
    let own = fs::metadata(directory.path()).expect("metadata");
    let (uid, gid) = (own.uid(), own.gid());
    for (name, mode) in [("open", 0o666), ("closed", 0o600), ("odd", 0o2640)] {
        let making = Making { mode: Some(mode), owner: Some((uid, Some(gid))), ..Making::default() };
        let mut log = made_so(directory.path(), name, making);
        log.open().expect("open");
        check_rights(&directory.path().join(name), (mode, uid, gid));
        log.write(b"a\n").expect("write and roll");
        check_rights(&directory.path().join(name), (mode, uid, gid));
        check_rights(&directory.path().join(format!("{name}.1")), (mode, uid, gid));
    }
}

#[test]
fn a_file_that_exists_keeps_its_rights() {
    let directory = lay_out(&[("log", "old")]);
    let path = directory.path().join("log");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).expect("chmod");
    let making = Making { mode: Some(0o640), ..Making::default() };
    let mut log = made_so(directory.path(), "log", making);
    log.open().expect("open");
    assert_eq!(fs::metadata(&path).expect("metadata").mode() & 0o777, 0o604);
    log.write(b"new\n").expect("write and roll");
    assert_eq!(fs::metadata(&path).expect("metadata").mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(directory.path().join("log.1")).expect("read"), "oldnew\n");
}

#[test]
fn a_file_whose_owner_cannot_be_set_is_not_left_behind() {
    let directory = lay_out(&[]);
    // No system lets anybody have this id: it stands for "unchanged" in the system call. One below is taken by root only.
    let making = Making { owner: Some((u32::MAX - 1, None)), ..Making::default() };
    let mut log = made_so(directory.path(), "log", making);
    match log.open() {
        Ok(()) => check_owner(&directory.path().join("log"), u32::MAX - 1),
        Err(error) => {
            assert_eq!(error.raw_os_error(), Some(Errno::PERM.raw_os_error()));
            check_files(directory.path(), &[]);
        }
    }
}

#[track_caller]
fn check_owner(path: &Path, expect: u32) {
    assert_eq!(fs::metadata(path).expect("metadata").uid(), expect);
}

#[test]
fn directories_are_made_only_if_that_is_wanted() {
    let directory = lay_out(&[("file", "")]);
    let mut log = made_so(directory.path(), "a/b/log", Making::default());
    assert_eq!(log.open().expect_err("no directory").kind(), io::ErrorKind::NotFound);
    assert!(!directory.path().join("a").exists());

    let making = Making { directories: true, ..Making::default() };
    let mut log = made_so(directory.path(), "a/b/log", making);
    log.open().expect("made");
    let mode = fs::metadata(directory.path().join("a")).expect("metadata").mode() & 0o777;
    assert_eq!(mode & !0o755, 0, "{mode:o}");
    // They come back with the file if somebody takes them away.
    fs::remove_dir_all(directory.path().join("a")).expect("remove");
    log.reopen().expect("made again");
    assert!(directory.path().join("a/b/log").is_file());

    let mut log = made_so(directory.path(), "file/b/log", making);
    assert_eq!(log.open().expect_err("a file").raw_os_error(), Some(Errno::NOTDIR.raw_os_error()));
}

#[test]
fn a_private_file_must_be_new_and_no_link() {
    let directory = lay_out(&[("elsewhere", "")]);
    let path = directory.path().join("log");
    let mut log = RollingFile::new(text(&path), Access::Private, Limits::new(0, 0));
    log.create().expect("new");
    assert_eq!(log.create().expect_err("not new").kind(), io::ErrorKind::AlreadyExists);
    fs::remove_file(&path).expect("remove");
    std::os::unix::fs::symlink(directory.path().join("elsewhere"), &path).expect("link");
    assert_eq!(log.open().expect_err("a link").raw_os_error(), Some(Errno::LOOP.raw_os_error()));
}

#[track_caller]
fn check_lost(outcome: Result<(), Trouble>, expect: (usize, Errno)) {
    match outcome {
        Err(Trouble::Lost { bytes, error }) => {
            assert_eq!((bytes, error.raw_os_error()), (expect.0, Some(expect.1.raw_os_error())));
        }
        other => panic!("expected {expect:?} to be lost, not {other:?}"),
    }
}

#[test]
fn what_has_no_size_does_not_roll() {
    let directory = lay_out(&[]);
    let path = directory.path().join("log");
    rustix::fs::mkfifoat(rustix::fs::CWD, &path, Mode::from_raw_mode(0o600)).expect("named pipe");
    let mut log = log_in(directory.path(), 1, 1);
    check_lost(log.write(b"nobody reads"), (12, Errno::NXIO));
    let reader = rustix::fs::open(&path, OFlags::RDONLY | OFlags::NONBLOCK, Mode::empty()).expect("reader");
    log.write(b"abc").expect("write");
    log.write(b"def").expect("write");
    log.clear().expect("left alone");
    let mut buffer = [0; 16];
    assert_eq!(rustix::io::read(&reader, &mut buffer), Ok(6));
    assert_eq!(&buffer[..6], b"abcdef");
    assert!(!directory.path().join("log.1").exists());
    drop(reader);
    check_lost(log.write(b"gone"), (4, Errno::PIPE));
}

#[test]
fn a_full_device_loses_and_counts() {
    let mut log = RollingFile::new("/dev/full", Access::Common, Limits::new(1, 1));
    check_lost(log.write(b"abc"), (3, Errno::NOSPC));
    check_lost(log.write(b"de"), (2, Errno::NOSPC));
}

#[test]
fn a_directory_is_no_log() {
    let directory = lay_out(&[]);
    let mut log = RollingFile::new(text(directory.path()), Access::Common, Limits::new(1, 1));
    assert_eq!(log.open().expect_err("a directory").raw_os_error(), Some(Errno::ISDIR.raw_os_error()));
    check_lost(log.write(b"abc"), (3, Errno::ISDIR));
    log.clear().expect("left alone");
}

#[test]
fn a_vanished_directory_heals() {
    let parent = lay_out(&[]);
    let directory = parent.path().join("logs");
    fs::create_dir(&directory).expect("make");
    let mut log = log_in(&directory, 0, 0);
    log.write(b"a").expect("write");
    fs::rename(&directory, parent.path().join("away")).expect("rename");
    log.write(b"b").expect("the file is still there");
    assert_eq!(log.reopen().expect_err("no directory").kind(), io::ErrorKind::NotFound);
    log.write(b"c").expect("goes on where it was");
    fs::create_dir(&directory).expect("make");
    log.write(b"d").expect("write");
    check_files(&parent.path().join("away"), &[("log", "abc")]);
    check_files(&directory, &[("log", "d")]);

    log.close();
    fs::remove_dir_all(&directory).expect("remove");
    check_lost(log.write(b"e"), (1, Errno::NOENT));
    fs::create_dir(&directory).expect("make");
    log.write(b"f").expect("write");
    check_files(&directory, &[("log", "f")]);
}

/// The new name of the oldest backup is taken by a directory.
#[test]
fn a_failed_roll_over_loses_nothing() {
    let directory = lay_out(&[("log.1", "one")]);
    let obstacle = directory.path().join("log.2");
    fs::create_dir(&obstacle).expect("make");
    let mut log = log_in(directory.path(), 2, 2);
    assert!(matches!(log.write(b"ab\nc"), Err(Trouble::NotRolled(_))));
    log.write(b"d\n").expect("not tried again at once");
    fs::remove_dir(&obstacle).expect("remove");
    check_files(directory.path(), &[("log", "ab\ncd\n"), ("log.1", "one")]);
}

/// A file system of one page, kept alive by a descriptor only, so that nothing is left of it.
fn tiny_file_system() -> Option<(PathBuf, rustix::fd::OwnedFd)> {
    use std::os::fd::AsRawFd as _;
    let point = lay_out(&[]);
    let run =
        |command: &mut Command| command.stderr(Stdio::null()).status().is_ok_and(|status| status.success());
    if !run(Command::new("mount").args(["-t", "tmpfs", "-o", "size=4k", "none"]).arg(point.path())) {
        return None;
    }
    let flags = OFlags::DIRECTORY | OFlags::CLOEXEC;
    let directory = rustix::fs::open(point.path(), flags, Mode::empty()).expect("open");
    assert!(run(Command::new("umount").arg("-l").arg(point.path())), "unmounted");
    Some((format!("/proc/self/fd/{}", directory.as_raw_fd()).into(), directory))
}

#[test]
fn a_full_disk_heals() {
    // Only root may mount; others have `/dev/full` above.
    let Some((directory, _keep)) = tiny_file_system() else { return };
    let mut log = log_in(&directory, 0, 0);
    check_lost(log.write(&[b'x'; 5000]), (5000 - 4096, Errno::NOSPC));
    check_lost(log.write(b"abc"), (3, Errno::NOSPC));
    fs::File::create(directory.join("log")).expect("make room");
    log.write(b"def").expect("write");
    check_files(&directory, &[("log", "def")]);
}

#[test]
fn rolling_over_makes_room_on_a_full_disk() {
    let Some((directory, _keep)) = tiny_file_system() else { return };
    let mut log = log_in(&directory, 3000, 0);
    // What the disk had no room for has it when the rest is gone.
    log.write(&[b'x'; 5000]).expect("write");
    log.write(b"abc").expect("write");
    check_files(&directory, &[("log", &format!("{}abc", "x".repeat(5000 - 4096)))]);
}

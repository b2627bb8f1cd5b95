//! Paths that name descriptors.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixStream;
use std::path::Path;

use tempfile::TempDir;

use crate::logs::open::{Access, Begin, Nature, open, own_descriptor};
use crate::logs::stream::Manner;
use crate::ports::Making;

#[track_caller]
fn check(path: &str, expect: Option<i32>) {
    assert_eq!(own_descriptor(Path::new(path)), expect, "{path}");
}

#[test]
fn knows_paths_of_descriptors() {
    check("/dev/stdin", Some(0));
    check("/dev/stdout", Some(1));
    check("/dev/stderr", Some(2));
    check("/dev/fd/7", Some(7));
    check("/proc/self/fd/12", Some(12));
    check("/dev/null", None);
    check("/dev/fd/", None);
    check("/proc/self/fd/3/log", None);
    check("stdout", None);
    check("", None);
}

#[test]
fn follows_links_to_descriptors() {
    let directory = TempDir::new().expect("directory");
    let path = |name: &str| directory.path().join(name);
    symlink("/dev/stdout", path("access.log")).expect("link");
    symlink("access.log", path("again.log")).expect("link");
    symlink("circle", path("circle")).expect("link");
    File::create(path("file")).expect("file");
    symlink("file", path("link")).expect("link");
    for (name, expect) in [("access.log", Some(1)), ("again.log", Some(1)), ("circle", None), ("link", None)]
    {
        assert_eq!(own_descriptor(&path(name)), expect, "{name}");
    }
}

/// As a service manager gives it: no path opens a socket.
#[test]
fn a_socket_is_duplicated() {
    let (ours, mut theirs) = UnixStream::pair().expect("sockets");
    let path = format!("/proc/self/fd/{}", ours.as_raw_fd());
    let opened = open(Path::new(&path), (Access::Common, Making::default()), Begin::AtEnd).expect("open");
    assert_eq!(opened.nature, Nature::Stream(Manner::Asking));
    (&opened.file).write_all(b"log").expect("write");
    drop((opened, ours));
    let mut text = String::new();
    theirs.read_to_string(&mut text).expect("read");
    assert_eq!(text, "log");
}

/// As with `supervisord >out`: what the daemon prints and what its children log do not overwrite each other.
#[test]
fn a_file_behind_a_descriptor_is_shared_and_never_moved() {
    let directory = TempDir::new().expect("directory");
    let mut file = File::create(directory.path().join("out")).expect("file");
    let path = format!("/dev/fd/{}", file.as_raw_fd());
    let opened = open(Path::new(&path), (Access::Common, Making::default()), Begin::AtEnd).expect("open");
    assert_eq!(opened.nature, Nature::Fixed);
    for number in 1..=2 {
        writeln!(file, "daemon {number}").expect("write");
        writeln!(&opened.file, "child {number}").expect("write");
    }
    let out = std::fs::read_to_string(directory.path().join("out")).expect("read");
    assert_eq!(out, "daemon 1\nchild 1\ndaemon 2\nchild 2\n");
}

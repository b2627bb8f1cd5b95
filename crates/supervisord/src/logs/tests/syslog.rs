//! Records of the system log, as a system log receives them.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use provost_config::model::{Level, MainLog};
use provost_core::output::Channel;
use tempfile::TempDir;

use crate::logs::health::Trouble;
use crate::logs::sink::{Desk, Whose, sinks};
use crate::logs::syslog::Syslog;
use crate::logs::{ActivityLog, ActivitySettings};
use crate::ports::ChannelSpec;

struct Daemon {
    directory: TempDir,
    socket: UnixDatagram,
}

impl Daemon {
    fn new() -> Self {
        let directory = TempDir::new().expect("directory");
        let socket = bind(directory.path().join("log"));
        Self { directory, socket }
    }

    fn log(&self) -> Syslog {
        Syslog::at(self.path())
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    /// What has come in.
    fn records(&self) -> Vec<String> {
        let mut buffer = [0; 1024];
        std::iter::from_fn(|| self.socket.recv(&mut buffer).ok().map(|length| buffer[..length].to_vec()))
            .map(|record| String::from_utf8(record).expect("text"))
            .collect()
    }
}

fn bind(path: PathBuf) -> UnixDatagram {
    let socket = UnixDatagram::bind(path).expect("bind");
    socket.set_nonblocking(true).expect("non-blocking");
    socket
}

/// The text comes in as these records (without priority and time, which are checked here).
#[track_caller]
fn check(head: &str, text: &str, expect: &[&str]) {
    let daemon = Daemon::new();
    daemon.log().send(SystemTime::now(), head.as_bytes(), text.as_bytes()).expect("send");
    let records = daemon.records();
    let texts: Vec<_> = records
        .iter()
        .map(|record| {
            let (time, text) = record.split_at("<14>Jan  1 23:59:59 ".len());
            assert!(time.starts_with("<14>") && time.ends_with(' ') && time.as_bytes()[7] == b' ', "{time}");
            text.strip_prefix("supervisord: ").expect("program name")
        })
        .collect();
    assert_eq!(texts, expect);
}

#[test]
fn every_line_is_a_record() {
    check("cat ", "one\n", &["cat one"]);
    check("cat ", "one\ntwo\n", &["cat one", "cat two"]);
    check("cat ", "no line end", &["cat no line end"]);
    check("", "main", &["main"]);
}

#[test]
fn empty_lines_are_records_but_not_at_the_end() {
    check("cat ", "one\n\ntwo\n\n\n", &["cat one", "cat ", "cat two"]);
    check("cat ", "\n", &["cat "]);
    check("cat ", "\n\none", &["cat ", "cat ", "cat one"]);
}

#[track_caller]
fn check_lost(outcome: &Result<(), Trouble>, expect: usize) {
    assert!(matches!(outcome, Err(Trouble::Lost { bytes, .. }) if *bytes == expect), "{outcome:?}");
}

#[test]
fn a_system_log_that_comes_back_is_found() {
    let mut daemon = Daemon::new();
    let mut log = daemon.log();
    log.send(SystemTime::now(), b"", b"before").expect("send");
    fs::remove_file(daemon.path()).expect("remove");
    daemon.socket = UnixDatagram::unbound().expect("the old socket closes");
    check_lost(&log.send(SystemTime::now(), b"", b"one\ntwo"), 8);
    daemon.socket = bind(daemon.path());
    log.send(SystemTime::now(), b"", b"after").expect("send");
    assert_eq!(daemon.records().len(), 1);
}

#[test]
fn a_system_log_that_stalls_is_waited_for_once() {
    let daemon = Daemon::new();
    let mut log = daemon.log();
    let fill = |log: &mut Syslog| while log.send(SystemTime::now(), b"", b"x").is_ok() {};
    fill(&mut log);
    let start = Instant::now();
    for _ in 0..100 {
        check_lost(&log.send(SystemTime::now(), b"", b"x"), 2);
    }
    assert!(start.elapsed() < Duration::from_secs(50), "a hundred seconds of waiting");
    assert!(!daemon.records().is_empty());
    log.send(SystemTime::now(), b"", b"again").expect("there is room");
    assert!(daemon.records()[0].ends_with(": again"));
}

#[test]
fn a_record_that_is_too_long_does_not_harm_the_next() {
    let daemon = Daemon::new();
    let mut log = daemon.log();
    let long = vec![b'x'; 16 << 20];
    check_lost(&log.send(SystemTime::now(), b"", &long), long.len() + 1);
    log.send(SystemTime::now(), b"", b"short").expect("send");
    assert_eq!(daemon.records().len(), 1);
}

#[test]
fn a_channel_may_have_a_file_and_the_system_log() {
    let daemon = Daemon::new();
    let path = |name: &str| daemon.directory.path().join(name);
    let activity = ActivityLog::open(&ActivitySettings {
        target: MainLog::File(path("main.log").display().to_string()),
        maxbytes: 0,
        backups: 0,
        level: Level::Info,
        copy_to_stdout: false,
    });
    let waker = provost_sys::Waker::new().expect("a waker");
    let supervisor = crate::ports::SupervisorPort::new(std::sync::mpsc::channel().0, waker);
    let mut desk = Desk { activity: activity.expect("activity log"), syslog: daemon.log(), supervisor };
    let spec = ChannelSpec {
        path: Some(path("out").display().to_string().into()),
        auto: false,
        maxbytes: 0,
        backups: 0,
        strip_ansi: false,
        syslog: true,
        capture_maxbytes: 0,
        events: false,
        protocol: false,
        making: crate::ports::Making::default(),
    };
    let mut sinks = sinks(&"cat".into(), &spec);
    let whose = Whose { name: "cat".into(), channel: Channel::Stdout };
    for sink in &mut sinks {
        sink.prepare().expect("prepared");
        sink.write(&whose, b"one\ntwo\n", &mut desk);
    }
    assert_eq!(fs::read_to_string(path("out")).expect("read"), "one\ntwo\n");
    let records = daemon.records();
    assert!(records[0].ends_with(" supervisord: cat one") && records[1].ends_with(" supervisord: cat two"));

    fs::remove_file(daemon.path()).expect("remove");
    for sink in &mut sinks {
        sink.write(&whose, b"three\n", &mut desk);
    }
    assert_eq!(fs::read_to_string(path("out")).expect("read"), "one\ntwo\nthree\n");
    // The connection outlives the name, so this is lost only when the daemon is gone.
    drop(daemon.socket);
    for sink in &mut sinks {
        sink.write(&whose, b"four\n", &mut desk);
    }
    assert_eq!(fs::read_to_string(path("out")).expect("read"), "one\ntwo\nthree\nfour\n");
    let log = fs::read_to_string(path("main.log")).expect("read");
    assert!(log.contains(" ERRO log of 'cat' stdout (syslog) cannot be written: "), "{log}");
}

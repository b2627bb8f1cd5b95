use std::io;

use super::*;

const URL: &str = "unix:///nowhere/s.sock";

fn surroundings() -> Surroundings {
    Surroundings {
        config_file: Some("s.conf".into()),
        server_url: URL.into(),
        url_origin: UrlOrigin::File,
        daemon: DaemonTraces { pidfile: None, urls: vec![URL.into()] },
        user: None,
    }
}

fn refused(errno: i32) -> Failure {
    Failure::Unreachable { url: URL.into(), source: io::Error::from_raw_os_error(errno) }
}

#[track_caller]
fn check(surroundings: &Surroundings, failure: &Failure, expect: &str) {
    assert_eq!(surroundings.explain(URL, failure).as_deref(), Some(expect));
}

/// A pid file with this text; the directory keeps it.
fn pidfile(text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().expect("the temporary directory is writable");
    let path = dir.path().join("pid");
    fs::write(&path, text).expect("the disk has room");
    let path = path.to_str().expect("temporary directories have plain names").to_owned();
    (dir, path)
}

const ASKED: &str = "unix:///nowhere/s.sock was asked, as serverurl in s.conf says";

#[test]
fn who_chose_the_url() {
    let check = |origin: UrlOrigin, file: Option<&str>, expect: &str| {
        let config_file = file.map(str::to_owned);
        let surroundings = Surroundings { url_origin: origin, config_file, ..surroundings() };
        assert_eq!(surroundings.choice(URL), format!("{URL} was asked{expect}"));
        // A URL that was opened at the prompt is nobody's choice but the user's.
        assert_eq!(surroundings.choice("http://h"), "http://h was asked");
    };
    check(UrlOrigin::File, Some("f"), ", as serverurl in f says");
    check(UrlOrigin::CommandLine, Some("f"), ", as -s says, and not what f says");
    check(UrlOrigin::CommandLine, None, ", as -s says");
    check(UrlOrigin::Default, Some("f"), ", the default, because f has no serverurl");
    check(UrlOrigin::Default, None, ", the default, because no configuration file was found");
}

#[test]
fn whether_the_daemon_is_alive() {
    let check = |pidfile: Option<&str>, expect: &str| {
        assert_eq!(Daemon::look(pidfile).to_string(), expect);
    };
    check(None, "");
    check(Some("/nowhere/pid"), "; supervisord does not run: there is no pid file /nowhere/pid");
    let (_dir, path) = pidfile("nonsense\n");
    check(Some(&path), "");
    let own = std::process::id();
    let (_dir, path) = pidfile(&format!("{own}\n"));
    check(Some(&path), &format!("; process {own} of its pid file {path} is alive"));
    // Beyond what any system gives out.
    let (_dir, path) = pidfile("2147483646\n");
    check(
        Some(&path),
        &format!("; supervisord does not run: process 2147483646 of its pid file {path} is gone"),
    );
}

#[test]
fn nobody_listens() {
    for errno in [NO_SUCH_FILE, CONNECTION_REFUSED] {
        check(&surroundings(), &refused(errno), &format!("{ASKED}; start it with: supervisord -c s.conf"));
    }
    let (_dir, path) = pidfile(&std::process::id().to_string());
    let mut alive = surroundings();
    alive.daemon.pidfile = Some(path);
    let text = alive.explain(URL, &refused(NO_SUCH_FILE)).expect("there is something to say");
    assert!(
        text.ends_with("; if it is supervisord, it began with another file or lost its socket: restart it"),
        "{text}"
    );
    let mut elsewhere = surroundings();
    elsewhere.daemon.urls = vec!["http://localhost:9001".into(), "unix:///x".into()];
    check(
        &elsewhere,
        &refused(NO_SUCH_FILE),
        &format!("{ASKED}; by its file supervisord listens at http://localhost:9001: ask there"),
    );
    elsewhere.daemon.pidfile = Some("/nowhere/pid".into());
    check(
        &elsewhere,
        &refused(NO_SUCH_FILE),
        &format!(
            "{ASKED}; supervisord does not run: there is no pid file /nowhere/pid; start it with: supervisord -c s.conf; \
             by that file it will listen at http://localhost:9001, so ask there"
        ),
    );
    let lost = Surroundings { config_file: None, ..surroundings() };
    let text = lost.explain(URL, &refused(NO_SUCH_FILE)).expect("there is something to say");
    assert!(text.ends_with("; start supervisord, or name its configuration file with -c"), "{text}");
}

#[test]
fn sockets_of_others() {
    let uid = geteuid().as_raw();
    let text = surroundings().explain(URL, &refused(PERMISSION_DENIED)).expect("there is something to say");
    assert!(text.contains(&format!("; uid {uid} may not use this socket: a directory on the way")), "{text}");
    let (_dir, path) = pidfile("");
    let text = surroundings().explain(&format!("unix://{path}"), &refused(PERMISSION_DENIED));
    let text = text.expect("there is something to say");
    assert!(text.contains(&format!(": it belongs to uid {uid} with mode 0")), "{text}");
}

#[test]
fn other_troubles() {
    let answered = |status: u16| Failure::Status { url: URL.into(), status, reason: "Reason" };
    check(
        &surroundings(),
        &answered(429),
        &format!(
            "{ASKED}; too many wrong passwords came from here, so nothing is looked at for up to a minute"
        ),
    );
    let broken = Failure::Broken { url: URL.into(), source: "not HTTP".into() };
    let how = "set username= and password= in [supervisorctl] of s.conf, or use -u and -p, or -i to be asked";
    check(&surroundings(), &answered(401), &format!("{ASKED}; no user name and password were given; {how}"));
    let user = Surroundings { user: Some("u".into()), ..surroundings() };
    let refused_user = "the server refused user u with the password that was given";
    check(&user, &answered(401), &format!("{ASKED}; {refused_user}; {how}"));
    let nobody = "what answers there is no supervisord, or it is ending: correct the URL, or try again";
    check(&surroundings(), &answered(404), &format!("{ASKED}; {nobody}"));
    check(&surroundings(), &broken, &format!("{ASKED}; {nobody}"));
    let unknown = Failure::Unreachable { url: URL.into(), source: io::Error::other("no such host") };
    check(&surroundings(), &unknown, &format!("{ASKED}; check the host and port of the URL"));
    let protocol = Failure::UnknownProtocol(URL.into());
    check(&surroundings(), &protocol, &format!("{ASKED}; write http://HOST:PORT or unix:///PATH"));
    assert_eq!(surroundings().explain(URL, &Failure::NoAnswer), None);
}

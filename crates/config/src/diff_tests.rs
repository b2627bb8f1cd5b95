use super::*;
use crate::resolve::{ConfigFile, Loaded, Request, load};
use crate::system::FakeSystem;

fn config(text: &str) -> Config {
    let text = format!("[supervisord]\n{text}");
    let request =
        Request { file: ConfigFile::Text { name: "s.conf".into(), text }, overrides: Default::default() };
    let Loaded { config, .. } = load(&request, &FakeSystem::default()).expect("valid");
    config
}

/// Checks `added / changed / removed` between two configurations.
fn check(old: &str, new: &str, expect: &str) {
    let (old, new) = (config(old), config(new));
    let active: Vec<&Group> = old.groups.iter().map(AsRef::as_ref).collect();
    let changes = diff(&active, &new);
    let shown = [changes.added, changes.changed, changes.removed].map(|names| names.join(" ")).join("/");
    assert_eq!(shown, expect);
}

/// Checks that one more option line makes `[program:a]` (or whatever the header says) a changed group, and why.
fn changes(header: &str, line: &str, why: &[&str]) {
    let base = format!("[{header}]\ncommand=a\nevents=EVENT\nsocket=unix:///s\n");
    let (old, new) = (config(&base), config(&format!("{base}{line}\n")));
    let active: Vec<&Group> = old.groups.iter().map(AsRef::as_ref).collect();
    let changed = diff(&active, &new);
    let expect = if why.is_empty() { vec![] } else { vec!["a".to_owned()] };
    assert_eq!(changed, Changes { changed: expect, ..Changes::default() }, "{header} {line}");
    assert_eq!(why_changed(&old.groups[0], &new.groups[0]), why, "{header} {line}");
}

const A: &str = "[program:a]\ncommand=a\n";
const B: &str = "[program:b]\ncommand=b\n";

#[test]
fn groups_are_added_changed_and_removed() {
    check(A, A, "//");
    check(A, &format!("{A}{B}"), "b//");
    check(&format!("{A}{B}"), B, "//a");
    check(A, "[program:a]\ncommand=c\n", "/a/");
    check(&format!("{A}{B}"), &format!("{A}{B}[group:g]\nprograms=a,b\n"), "g//a b");
    check(A, "[eventlistener:a]\ncommand=a\nevents=EVENT\n", "/a/");
    check("", "[program:z]\ncommand=z\npriority=1\n[program:a]\ncommand=a\n", "z a//");
    check(A, &format!("environment=K=\"v\"\n{A}"), "/a/");
    check(A, &format!("identifier=x\nloglevel=debug\n{A}"), "//");
    let group = |programs: &str| format!("{A}{B}[group:g]\nprograms={programs}\n");
    check(&group("a,b"), &group("b,a"), "/g/");
    check(&group("a,b"), &group("a"), "b/g/");
}

#[test]
fn every_option_of_a_program_counts() {
    for (line, why) in [
        ("command=x", "command"),
        ("directory=/x", "directory"),
        ("umask=077", "umask"),
        ("autostart=false", "autostart"),
        ("autorestart=true", "autorestart"),
        ("startsecs=2", "startsecs"),
        ("startretries=2", "startretries"),
        ("exitcodes=0,1", "exitcodes"),
        ("stopsignal=INT", "stopsignal"),
        ("stopwaitsecs=2", "stopwaitsecs"),
        ("killasgroup=true", "killasgroup"),
        ("kill_mode=tree", "kill_mode"),
        ("user=web", "user"),
        ("stdout_logfile=/tmp/x", "stdout_logfile"),
        ("stdout_logfile_maxbytes=1", "stdout_logfile_maxbytes"),
        ("stdout_logfile_backups=1", "stdout_logfile_backups"),
        ("stdout_capture_maxbytes=1", "stdout_capture_maxbytes"),
        ("stdout_events_enabled=true", "stdout_events_enabled"),
        ("stdout_syslog=true", "stdout_syslog"),
        ("stderr_logfile=NONE", "stderr_logfile"),
        ("stderr_logfile_maxbytes=1", "stderr_logfile_maxbytes"),
        ("stderr_logfile_backups=1", "stderr_logfile_backups"),
        ("stderr_capture_maxbytes=1", "stderr_capture_maxbytes"),
        ("stderr_events_enabled=true", "stderr_events_enabled"),
        ("stderr_syslog=true", "stderr_syslog"),
        ("environment=A=\"b\"", "environment"),
        ("serverurl=http://x", "serverurl"),
        ("create_log_dirs=true", "create_log_dirs"),
        ("user_environment=true", "user_environment"),
        ("stdout_logfile_mode=640", "stdout_logfile_mode"),
        ("stderr_logfile_owner=web", "stderr_logfile_owner"),
        ("priority=1", "priority"),
        ("process_name=x", "programs"),
    ] {
        changes("program:a", line, &[why]);
    }
    changes("program:a", "stopasgroup=true", &["killasgroup", "stopasgroup"]);
    changes("program:a", "redirect_stderr=true", &["redirect_stderr", "stderr_logfile"]);
}

#[test]
fn what_means_the_same_is_no_change() {
    for line in [
        "command = a",
        "unknown=1",
        "numprocs_start=7",
        "stdout_logfile=auto",
        "stopsignal=sigterm",
        "autostart=on",
    ] {
        changes("program:a", line, &[]);
    }
}

#[test]
fn a_broken_program_is_a_change_only_where_nothing_works() {
    let broken = "on_config_error=skip-program\n[program:a]\ncommand=a\nstartsecs=x\n";
    check(broken, broken, "//");
    check(broken, A, "/a/");
    check(broken, &broken.replace("=x", "=y"), "/a/");
    // What works is not stopped for a mistake, neither alone nor beside the broken one.
    check(A, broken, "//");
    let group = |programs: &str| format!("{A}[group:g]\nprograms={programs}\n");
    let skipping = |text: &str| format!("on_config_error=skip-program\n{text}");
    check(&group("a"), &skipping(&group("a,gone")), "//");
    check(&skipping(&group("a,gone")), &skipping(&group("a,lost")), "//");
    check(&skipping(&group("a,gone")), &group("a"), "/g/");
    check("", broken, "a//");
    let (old, new) = (config(A), config(broken));
    assert!(why_changed(&old.groups[0], &new.groups[0]).contains(&"[error]"));
}

#[test]
fn pools_and_sockets_count_too() {
    changes("eventlistener:a", "buffer_size=11", &["buffer_size"]);
    changes("eventlistener:a", "events=EVENT,TICK_5", &["events"]);
    changes("eventlistener:a", "events=event, EVENT", &[]);
    changes("fcgi-program:a", "socket=unix:///t", &["socket"]);
    changes("fcgi-program:a", "socket=tcp://h:1", &["socket"]);
    changes("fcgi-program:a", "socket_mode=0777", &["socket_mode"]);
    changes("fcgi-program:a", "socket_owner=web", &["socket_owner"]);
    changes("fcgi-program:a", "socket_backlog=5", &["socket_backlog"]);
}

#[test]
fn a_log_file_that_becomes_automatic_is_a_change() {
    check("[program:a]\ncommand=a\nstdout_logfile=/tmp/x\n", A, "/a/");
}

#[test]
fn that_a_user_joined_a_group_is_no_change() {
    let text = "[supervisord]\n[program:a]\ncommand=a\nuser=web\n";
    let file = || ConfigFile::Text { name: "s.conf".into(), text: text.into() };
    let load_in = |system: &FakeSystem| {
        load(&Request { file: file(), overrides: Default::default() }, system).expect("valid").config
    };
    let mut system = FakeSystem::default();
    let old = load_in(&system);
    let web = system.users.iter_mut().find(|user| user.name == "web").expect("everybody knows web");
    web.groups = [34, 4711].into();
    let new = load_in(&system);
    let groups =
        |config: &Config| config.groups[0].processes[0].user.as_ref().expect("it has one").groups.clone();
    assert_eq!((&*groups(&old), &*groups(&new)), (&[34][..], &[34, 4711][..]), "but it is known");
    assert_eq!(diff(&[&old.groups[0]], &new), Changes::default());
}

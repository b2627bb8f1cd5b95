use super::*;
use crate::resolve::{ConfigFile, Request, load};
use crate::system::FakeSystem;

const MAIN: &str = "/d/s.conf";

fn dump_with(text: &str, overrides: Overrides, secrets: Secrets) -> Dump {
    let system = FakeSystem::with_files(&[(MAIN, text)]);
    let request = Request { file: ConfigFile::Given(MAIN.into()), overrides };
    let loaded = load(&request, &system).unwrap_or_else(|failure| panic!("{}", failure.render()));
    Dump::new(&loaded, secrets)
}

fn dump(text: &str) -> Dump {
    dump_with(text, Overrides::default(), Secrets::Masked)
}

/// Checks one option, as `name = value ; origin`. `section` is its section, or its process.
#[track_caller]
fn check(dump: &Dump, section: &str, expect: &str) {
    let name = expect.split(' ').next().expect("a name");
    let found = dump.sections.iter().find(|found| match &found.process {
        Some(process) => process == section,
        None => found.section == section,
    });
    let found = found.unwrap_or_else(|| panic!("no {section} in\n{dump}"));
    let option = found.options.iter().find(|option| option.name == name).expect("the option");
    assert_eq!(format!("{} = {} ; {}", option.name, option.value, option.origin), expect);
}

#[test]
fn values_are_told_with_where_they_come_from() {
    let overrides = Overrides { nodaemon: true, loglevel: Some(Level::Debug), ..Overrides::default() };
    let text = "[supervisord]\nlogfile = x.log\nloglevel=warn\numask=27\n[DEFAULT]\nminfds=5\n";
    let found = dump_with(text, overrides, Secrets::Masked);
    check(&found, "supervisord", "logfile = /w/x.log ; /d/s.conf:2");
    check(&found, "supervisord", "umask = 0027 ; /d/s.conf:4");
    check(&found, "supervisord", "minfds = 5 ; /d/s.conf:6");
    check(&found, "supervisord", "minprocs = 200 ; default");
    check(&found, "supervisord", "loglevel = debug ; command line");
    check(&found, "supervisord", "nodaemon = true ; command line");
    check(&found, "supervisord", "silent = false ; default");
    check(&found, "supervisord", "directory =  ; default");
    check(&found, "supervisord", "on_config_error = abort ; default");
}

#[test]
fn every_option_of_the_daemon_is_told() {
    let found = dump("[supervisord]\n");
    let names: Vec<&str> = found.sections[0].options.iter().map(|option| option.name).collect();
    let table: Vec<&str> =
        crate::options::row_of(crate::options::Kind::Supervisord).options().map(|row| row.name).collect();
    assert_eq!(names, table);
}

#[test]
fn every_option_of_a_program_is_told_except_the_count() {
    let found = dump("[supervisord]\n[program:p]\ncommand=c\n");
    let mut names: Vec<&str> = found.sections[1].options.iter().map(|option| option.name).collect();
    names.extend(["numprocs", "numprocs_start"]);
    names.sort_unstable();
    let mut table: Vec<&str> =
        crate::options::row_of(crate::options::Kind::Program).options().map(|row| row.name).collect();
    table.sort_unstable();
    assert_eq!(names, table);
}

#[test]
fn processes_are_told_one_by_one() {
    let found = dump(
        "[supervisord]\nenvironment=A=\"1\"\ncreate_log_dirs=true\n[program:p]\ncommand=c %(process_num)d\nnumprocs=2\n\
         process_name=%(program_name)s_%(process_num)d\nstopasgroup=1\nstopsignal=int\nexitcodes=0,2\n\
         redirect_stderr=true\nstdout_logfile=/new/%(process_num)d\nstdout_logfile_mode=640\nstdout_logfile_owner=web\n\
         [group:g]\nprograms=p\n",
    );
    check(&found, "group:g", "programs = p ; /d/s.conf:16");
    check(&found, "group:g", "priority = 999 ; default");
    check(&found, "g:p_0", "command = c 0 ; /d/s.conf:5");
    check(&found, "g:p_1", "command = c 1 ; /d/s.conf:5");
    check(&found, "g:p_1", "process_name = p_1 ; /d/s.conf:7");
    check(&found, "g:p_0", "killasgroup = true ; /d/s.conf:8");
    check(&found, "g:p_0", "stopsignal = SIGINT ; /d/s.conf:9");
    check(&found, "g:p_0", "exitcodes = 0,2 ; /d/s.conf:10");
    check(&found, "g:p_0", "stderr_logfile = NONE ; /d/s.conf:11");
    check(&found, "g:p_0", "stdout_logfile = /new/0 ; /d/s.conf:12");
    check(&found, "g:p_0", "stdout_logfile_mode = 0640 ; /d/s.conf:13");
    check(&found, "g:p_0", "stdout_logfile_owner = 33 ; /d/s.conf:14");
    check(&found, "g:p_0", "environment = A=1 ; /d/s.conf:2");
    check(&found, "g:p_0", "create_log_dirs = true ; /d/s.conf:3");
}

#[test]
fn pools_sockets_and_servers_are_told() {
    let found = dump(
        "[supervisord]\n[eventlistener:l]\ncommand=l\nevents=TICK_5\n[fcgi-program:f]\ncommand=f\n\
         socket=unix:///tmp/f.sock\nuser=web\n[inet_http_server]\nport=9001\n[unix_http_server]\nfile=/d/s\nchown=web:web\n\
         allowed_hosts=A,b\n",
    );
    check(&found, "l:l", "events = TICK_5 ; /d/s.conf:4");
    check(&found, "l:l", "buffer_size = 10 ; default");
    check(&found, "l:l", "priority = -1 ; default");
    check(&found, "f:f", "socket = unix:///tmp/f.sock ; /d/s.conf:7");
    check(&found, "f:f", "socket_backlog =  ; default");
    check(&found, "inet_http_server", "port = *:9001 ; /d/s.conf:10");
    check(&found, "unix_http_server", "chown = 33:34 ; /d/s.conf:13");
    check(&found, "unix_http_server", "chmod = 0700 ; default");
    check(&found, "unix_http_server", "allowed_hosts = a,b ; /d/s.conf:14");
    check(&found, "inet_http_server", "allowed_hosts =  ; default");
}

#[test]
fn secrets_are_masked_unless_asked_for() {
    let text = "[supervisord]\nenvironment=DB_PASSWORD=\"s3cret\",PLAIN=\"x\",URL=\"a://u:s3cret@h\",EMPTY_TOKEN=\"\"\n\
                [inet_http_server]\nport=1\nusername=u\npassword=s3cret\n\
                [program:p]\ncommand=c --db a://u:s3cret@h/x\n";
    let found = dump(text);
    check(&found, "inet_http_server", "password = *** ; /d/s.conf:6");
    check(&found, "inet_http_server", "username = u ; /d/s.conf:5");
    check(&found, "p:p", "command = c --db a://u:***@h/x ; /d/s.conf:8");
    check(
        &found,
        "p:p",
        "environment = DB_PASSWORD=\"***\",EMPTY_TOKEN=\"\",PLAIN=x,URL=\"a://u:***@h\" ; /d/s.conf:2",
    );
    assert!(!found.to_string().contains("s3cret") && !found.to_json().contains("s3cret"));
    let shown = dump_with(text, Overrides::default(), Secrets::Shown);
    check(&shown, "inet_http_server", "password = s3cret ; /d/s.conf:6");
    assert_eq!(shown.to_string().matches("s3cret").count(), 6);
}

#[test]
fn what_was_skipped_is_told_with_its_error() {
    let found = dump("[supervisord]\non_config_error=skip-program\n[program:p]\ncommand=c\nstartsecs=x\n");
    check(
        &found,
        "p:p",
        "error = invalid literal for int() with base 10: 'x' in section 'program:p' (file: '/d/s.conf'); write a whole \
         number (/d/s.conf:5:11) ; /d/s.conf:3",
    );
}

#[test]
fn the_text_looks_like_a_configuration_file() {
    let text = dump("[supervisord]\nidentifier=\n[program:p]\ncommand=sh -c \"a\n  b\"\n").to_string();
    let line = |assignment: &str, origin: &str| format!("\n{assignment:52} ; {origin}\n");
    assert!(text.starts_with("; /d/s.conf\n\n[supervisord]\n"), "{text}");
    assert!(text.contains(&line("logfile = /w/supervisord.log", "default")), "{text}");
    assert!(text.contains(&line(";user =", "default")), "{text}");
    assert!(text.contains(&line("identifier =", "/d/s.conf:2")), "empty is not unset: {text}");
    assert!(text.contains("\n[program:p] ; p:p\ncommand = sh -c \"a\n    b\""), "{text}");
}

#[test]
fn the_json_has_types_and_places() {
    let text = "[supervisord]\nminfds=7\n[program:p]\ncommand=c\nenvironment=A=\"b\"\n";
    let found: serde_json::Value = serde_json::from_str(&dump(text).to_json()).expect("JSON");
    assert_eq!(found["config_file"], MAIN);
    let [daemon, process] = found["sections"].as_array().expect("sections").as_slice() else {
        panic!("two sections: {found}")
    };
    assert_eq!((&daemon["section"], &daemon["process"]), (&"supervisord".into(), &serde_json::Value::Null));
    assert_eq!(
        daemon["options"]["minfds"],
        serde_json::json!({ "value": 7, "origin": "file", "file": MAIN, "line": 2 })
    );
    assert_eq!(daemon["options"]["silent"], serde_json::json!({ "value": false, "origin": "default" }));
    assert_eq!(daemon["options"]["user"]["value"], serde_json::Value::Null);
    assert_eq!((&process["section"], &process["process"]), (&"program:p".into(), &"p:p".into()));
    assert_eq!(process["options"]["environment"]["value"], serde_json::json!({ "A": "b" }));
    assert_eq!(process["options"]["exitcodes"]["value"], serde_json::json!(["0"]));
}

//! Several mistakes at once: all are told, none is told twice, and `on_config_error` may let the rest run.

use super::*;
use crate::model::{GroupKind, LogFile};
use crate::system::FakeSystem;

const MAIN: &str = "/d/s.conf";

fn load_files(files: &[(&str, &str)]) -> Result<Loaded, Failure> {
    let request = Request { file: ConfigFile::Given(MAIN.into()), overrides: Overrides::default() };
    load(&request, &FakeSystem::with_files(files))
}

/// The diagnostics as `line:column message`, with the suffix of programs left out.
fn shown(diagnostics: &[Diagnostic]) -> Vec<String> {
    let one = |found: &Diagnostic| {
        let message = found.message.split(" in section '").next().expect("a part");
        match &found.place {
            Some(place) => format!("{}:{} {message}", place.line, place.column),
            None => message.to_owned(),
        }
    };
    diagnostics.iter().map(one).collect()
}

/// Checks everything that is refused in a text.
#[track_caller]
fn check(text: &str, expect: &[&str]) {
    let failure = load_files(&[(MAIN, text)]).expect_err("a refusal");
    assert_eq!(shown(&failure.diagnostics), expect, "{text}");
    assert!(failure.diagnostics.iter().all(|found| found.severity == Severity::Error));
}

/// Checks everything that is refused in `[program:p]`, whose lines begin with line 3.
#[track_caller]
fn program(lines: &str, expect: &[&str]) {
    check(&format!("[supervisord]\n[program:p]\n{lines}"), expect);
}

const NO_INT: &str = "invalid literal for int() with base 10: 'x'";
const NO_BOOL: &str = "not a valid boolean value: 'x'";

#[test]
fn every_mistake_of_a_section_is_told_in_the_order_of_evaluation() {
    check(
        "[supervisord]\nnodaemon=x\nminfds=x\nuser=nobody\n",
        &[&format!("3:8 {NO_INT}"), &format!("2:10 {NO_BOOL}"), "4:6 Invalid user name nobody"],
    );
    program(
        "startsecs=x\nautostart=x\nstdout_logfile=/nope/x\n",
        &[
            &format!("4:11 {NO_BOOL}"),
            &format!("3:11 {NO_INT}"),
            "5:16 The directory named as part of the path /nope/x does not exist",
            "2:1 program section program:p does not specify a command",
        ],
    );
    check(
        "[supervisord]\n[unix_http_server]\nchmod=9\nchown=a:b:c\n[inet_http_server]\nusername=u\n",
        &[
            "6:10 Section [inet_http_server] contains incomplete authentication: If a username or a password is specified, \
             both the username and password must be specified",
            "5:1 section [inet_http_server] has no port value",
            "2:1 section [unix_http_server] has no file value",
            "4:7 Invalid sockchown value a:b:c",
            "3:7 Invalid chmod value 9",
        ],
    );
    check(
        "[supervisord]\n[fcgi-program:f]\ncommand=f\nsocket=foo\nsocket_mode=9\nsocket_backlog=0\n",
        &[
            "6:16 Invalid socket_backlog value 0",
            "5:13 Invalid socket_mode value 9",
            "4:8 Bad socket format foo in [fcgi-program:f] socket",
        ],
    );
    check(
        "[supervisord]\n[eventlistener:l]\ncommand=l\nevents=A,TICK,B\nbuffer_size=0\n",
        &[
            "5:13 [eventlistener:l] section sets invalid buffer_size (0)",
            "4:8 Unknown event type A in [eventlistener:l] events",
            "4:15 Unknown event type B in [eventlistener:l] events",
        ],
    );
}

#[test]
fn mistakes_of_all_sections_are_told() {
    check(
        "[program:b]\nstartsecs=x\ncommand=b\n[rpcinterface:supervisor]\n[program:a]\ncommand=%(nope)s\n[group:g]\n\
         programs=c,b\n[inet_http_server]\nport=x\n",
        &[
            ".ini file does not include supervisord section",
            "4:1 section [rpcinterface:supervisor] does not specify a supervisor.rpcinterface_factory",
            "8:10 [group:g] names unknown program or fcgi-program c",
            &format!("2:11 {NO_INT}"),
            "6:9 Format string '%(nope)s' for 'program:a.command' contains names ('nope') which cannot be expanded. \
             Available names: group_name, here, host_node_name, numprocs, process_num, program_name",
            "10:6 not a valid port number: 'x' ",
        ],
    );
}

#[test]
fn one_mistake_is_told_once() {
    program("command=c\npriority=x\n", &[&format!("4:10 {NO_INT}")]);
    program(
        "command=c\nnumprocs=3\nprocess_name=%(process_num)d\ndirectory=%(no)d\n",
        &[
            "6:11 Format string '%(no)d' for 'program:p.directory' contains names ('no') which cannot be expanded. Available \
         names: group_name, here, host_node_name, numprocs, process_num, program_name",
        ],
    );
    check(
        "[supervisord]\n[program:p]\ncommand=c\nstartsecs=x\n[group:g]\nprograms=p\n[group:h]\nprograms=p\n",
        &[&format!("4:11 {NO_INT}")],
    );
    check(
        "[supervisord]\n[fcgi-program:f]\ncommand=f\nuser=no\nsocket=tcp://h:1\n",
        &["4:6 Invalid user name no"],
    );
    check(
        "[supervisord]\n[program:a b]\ncommand=f\n",
        &["2:1 Invalid name: 'a b' because of character: ' '"],
    );
}

#[test]
fn what_follows_from_a_mistake_is_not_told() {
    // Values that are compared with a refused one are not.
    program("command=c\nstopasgroup=x\nkillasgroup=false\n", &[&format!("4:13 {NO_BOOL}")]);
    program("command=c\nstopasgroup=true\nkillasgroup=x\n", &[&format!("5:13 {NO_BOOL}")]);
    program("command=c\nnumprocs=x\n", &[&format!("4:10 {NO_INT}")]);
    // Variables of a refused environment are missing everywhere; other names are not.
    let pairs = "Unexpected end of key/value pairs in value 'A'";
    program("command=%(ENV_A)s\nenvironment=A\ndirectory=%(ENV_B)s\n", &[&format!("4:13 {pairs}")]);
    check(
        "[supervisord]\nenvironment=A\n[program:p]\ncommand=%(ENV_A)s\nstartsecs=x\n[inet_http_server]\nport=%(ENV_P)s\n",
        &[&format!("2:13 {pairs}"), &format!("5:11 {NO_INT}")],
    );
}

#[test]
fn parse_errors_of_all_included_files_are_told_and_nothing_else() {
    let main = "[supervisord]\nminfds=x\n[include]\nfiles=*.ini\n";
    let failure =
        load_files(&[(MAIN, main), ("/d/a.ini", "[program:a]\njunk\nmore\n"), ("/d/b.ini", "x=1\n")])
            .expect_err("a refusal");
    let places: Vec<String> = failure
        .diagnostics
        .iter()
        .map(|found| found.place.as_ref().expect("a place"))
        .map(|place| format!("{}:{}", place.file, place.line))
        .collect();
    assert_eq!(places, ["/d/a.ini:2", "/d/a.ini:3", "/d/b.ini:1"]);
}

#[test]
fn mistakes_come_with_what_to_do() {
    let help = |lines: &str| {
        let text = format!("[supervisord]\n[program:p]\ncommand=c\n{lines}");
        let failure = load_files(&[(MAIN, &text)]).expect_err("a refusal");
        failure.diagnostics[0].help.clone().unwrap_or_default()
    };
    for (line, expect) in [
        ("autostart=ja", "write true or false"),
        ("startsecs=x", "write a whole number"),
        (
            "stdout_logfile_maxbytes=5M",
            "write a number of bytes, or a number with KB, MB or GB right behind it",
        ),
        (
            "stdout_logfile_maxbytes=5XB",
            "write a number of bytes, or a number with KB, MB or GB right behind it",
        ),
        ("process_name=%s", "write %% for each percent sign that the value is to have"),
        ("stdout_logfile=/no/x", "make the directory, or write create_log_dirs=true"),
        ("stopsignal=TREM", "write a signal such as TERM, INT or 15"),
        ("umask=888", "write digits from 0 to 7, such as 022"),
        ("autorestart=maybe", "write true, false or unexpected"),
        ("exitcodes=a", "write numbers from 0 to 255 with commas between them"),
        ("directory=100%", "write %% for a percent sign, and %(name)s for a name"),
        ("directory=%(progam_name)s", "did you mean program_name?"),
        ("directory=%(ENV_NO)s", "set NO in the environment supervisord is started with"),
        (
            "user=nobody",
            "there is no user nobody on this machine: make one, or write the name or id of another",
        ),
        ("user=\"web\"", "quotes are not removed from values: write the name without them"),
        ("user=web:web", "write the user alone: the groups are those of the user"),
        ("user=99", "write the name or the id of a user of this machine"),
        ("process_name=a b", "blanks, colons and slashes cannot be in names: write a_b"),
        ("stdout_logfile=\"/tmp/x\"", "quotes are not removed from values: write the path without them"),
    ] {
        assert_eq!(help(line), expect, "{line}");
    }
    assert!(help("environment=A=\"b ; c\"").starts_with("the value ends where a ; or #"));
    let help = |text: &str| {
        let failure = load_files(&[(MAIN, text)]).expect_err("a refusal");
        failure.diagnostics[0].help.clone().unwrap_or_default()
    };
    let port = "port takes a port from 1 to 65535";
    for (text, expect) in [
        ("loglevel=warning", "did you mean warn?"),
        ("childlogdir='/tmp'", "quotes are not removed from values: write the path without them"),
        ("[inet_http_server]\nport=0", port),
        (
            "[inet_http_server]\nport=foo:bar",
            "write a port from 1 to 65535, or an address and a port: 127.0.0.1:9001",
        ),
        ("[unix_http_server]\nfile=s\nchmod=999", "write permissions in octal digits, such as 0700"),
        (
            "[unix_http_server]\nfile=s\nchown=a:b:c",
            "write user or user:group of this machine, as names or ids",
        ),
        ("[inet_http_server]\nport=1\nusername=a", "write password=, or remove username"),
        ("[inet_http_server]\nport=h:0", port),
        ("[inet_http_server]\nport=h:65536", port),
        ("[inet_http_server]\nport=h:", port),
        ("[fcgi-program:f]\ncommand=f\nsocket=tcp://h:0", "socket takes a port from 1 to 65535"),
        ("[program: my web]", "blanks, colons and slashes cannot be in names: write [program:my_web]"),
        ("[group:a/b]\nprograms=", "blanks, colons and slashes cannot be in names: write [group:a_b]"),
        ("[group:g]\nprograms=a", "add a section [program:a], or remove the name"),
        ("[program:a]\ncommand=c\n[group:g]\nprograms=a,", "there is a comma too many in the list"),
        (
            "[eventlistener:l]\ncommand=c\nevents=EVENT\n[group:g]\nprograms=l",
            "[eventlistener:l] is a group of its own and cannot be in another",
        ),
    ] {
        assert_eq!(help(&format!("[supervisord]\n{text}\n")), expect, "{text}");
    }
    assert_eq!(help("[supervisorctl]\n[supervisor]\n"), "did you mean [supervisord] by [supervisor]?");
    assert_eq!(help("[Supervisord]\n"), "did you mean [supervisord] by [Supervisord]?");
    assert_eq!(help("[supervisorctl]\n"), "add a line [supervisord] to it; the section may be empty");
}

#[test]
fn an_item_of_a_list_is_marked() {
    let unknown = |place: &str| format!("{place} [group:g] names unknown program or fcgi-program no");
    for (list, place) in [("no", "3:10"), ("a, no ,b", "3:13"), ("a,\n no", "3:10"), ("nono,ä,no", "3:17")] {
        let programs = ["nono", "ä", "a", "b"].map(|name| format!("[program:{name}]\ncommand=c\n"));
        let text = format!("[supervisord]\n[group:g]\nprograms={list}\n{}", programs.concat());
        check(&text, &[&unknown(place)]);
    }
}

#[test]
fn a_header_that_lost_its_bracket_is_told_beside_what_follows_from_it() {
    let text = "[supervisord]\n[program:a\n[group:g]\nprograms=a\n";
    let failure = load_files(&[(MAIN, text)]).expect_err("a refusal");
    let severities: Vec<Severity> = failure.diagnostics.iter().map(|found| found.severity).collect();
    assert_eq!(severities, [Severity::Error, Severity::Warning]);
    assert_eq!(failure.diagnostics[1].help.as_deref(), Some("write [program:a]"));
}

/// Loads a text below `[supervisord]` with `on_config_error=skip-program`.
fn skipping(text: &str) -> Result<Loaded, Failure> {
    load_files(&[(MAIN, &format!("[supervisord]\non_config_error=skip-program\n{text}"))])
}

/// Checks the processes of a configuration with broken sections, as `group:process`, a `!` behind the broken ones.
#[track_caller]
fn skips(text: &str, expect: &[&str], mistakes: usize) {
    let loaded = skipping(text).unwrap_or_else(|failure| panic!("{}", failure.render()));
    let groups = loaded.config.groups.iter();
    let processes = groups.flat_map(|group| group.processes.iter().map(move |process| (group, process)));
    let shown: Vec<String> = processes
        .map(|(group, process)| {
            let mark = if process.broken.is_some() { "!" } else { "" };
            format!("{}:{}{mark}", group.name, process.name)
        })
        .collect();
    assert_eq!(shown, expect, "{text}");
    assert_eq!(loaded.skipped.len(), mistakes, "{text}");
}

#[test]
fn a_broken_program_is_skipped_if_that_is_wanted() {
    const GOOD: &str = "[program:good]\ncommand=c\n";
    skips(&format!("{GOOD}[program:bad]\nstartsecs=x\n"), &["bad:bad!", "good:good"], 2);
    skips(&format!("{GOOD}[program:bad]\ncommand=c\npriority=x\n"), &["bad:bad!", "good:good"], 1);
    skips(&format!("{GOOD}[eventlistener:l]\ncommand=c\n"), &["good:good", "l:l!"], 1);
    skips(&format!("{GOOD}[fcgi-program:f]\ncommand=c\n"), &["f:f!", "good:good"], 1);
    skips(&format!("{GOOD}[program:a b/c]\ncommand=c\n"), &["a_b_c:a_b_c!", "good:good"], 1);
    skips(
        &format!("{GOOD}[program:bad]\n[group:g]\nprograms=good,bad,gone\n"),
        &["g:good", "g:bad!", "g:gone!"],
        2,
    );
    skips(GOOD, &["good:good"], 0);
}

#[test]
fn a_broken_program_has_its_mistake_and_nothing_else() {
    let loaded = skipping("[eventlistener:l]\nevents=NO\ncommand=l\n").expect("the rest is valid");
    let group = &loaded.config.groups[0];
    assert_eq!((group.priority, &group.kind), (999, &GroupKind::Programs));
    let process = &group.processes[0];
    assert_eq!(
        process.broken.as_deref(),
        Some("Unknown event type NO in [eventlistener:l] events (/d/s.conf:4:8)")
    );
    assert_eq!((&process.stdout.logfile, &process.stderr.logfile), (&LogFile::None, &LogFile::None));
    let mut loaded = loaded;
    let lines = loaded.take_lines();
    assert_eq!(lines.iter().filter(|(level, _)| *level == Level::Error).count(), 1, "{lines:?}");
}

#[test]
fn everything_else_still_refuses_the_configuration() {
    for text in
        ["minfds=x\n", "[inet_http_server]\nport=x\n", "[group:g]\npriority=x\n", "[rpcinterface:x]\n"]
    {
        assert!(skipping(text).is_err(), "{text}");
    }
    let failure = skipping("minfds=x\n[program:a]\n").expect_err("a refusal");
    assert_eq!(failure.diagnostics.len(), 1, "what can be skipped is not in the way");
    check("[supervisord]\non_config_error=ignore\n", &["2:17 invalid 'on_config_error' value 'ignore'"]);
    let abort = load_files(&[(MAIN, "[supervisord]\non_config_error=ABORT\n[program:a]\n")]);
    assert!(abort.is_err());
}

#[test]
fn missing_log_directories_are_accepted_when_they_will_be_made() {
    let channels = |text: &str| {
        let loaded = load_files(&[(MAIN, text)]).unwrap_or_else(|failure| panic!("{}", failure.render()));
        let process = &loaded.config.groups[0].processes[0];
        (process.create_log_dirs, process.stdout.clone(), process.stderr.clone())
    };
    let program = "[program:p]\ncommand=c\nstdout_logfile=/new/dir/x\n";
    let (creates, stdout, _) = channels(&format!("[supervisord]\n{program}create_log_dirs=true\n"));
    assert_eq!((creates, stdout.logfile), (true, LogFile::Path("/new/dir/x".into())));
    assert!(channels(&format!("[supervisord]\ncreate_log_dirs=true\n{program}")).0);
    check(
        &format!("[supervisord]\ncreate_log_dirs=true\n{program}create_log_dirs=false\n"),
        &["5:16 The directory named as part of the path /new/dir/x does not exist"],
    );
    let (_, stdout, stderr) = channels(
        "[supervisord]\n[program:p]\ncommand=c\nstdout_logfile_mode=0640\nstderr_logfile_mode=600\n\
         stdout_logfile_owner=web:op\nstderr_logfile_owner=33\n",
    );
    assert_eq!((stdout.mode, stdout.owner), (Some(0o640), Some((33, Some(1000)))));
    assert_eq!((stderr.mode, stderr.owner), (Some(0o600), Some((33, None))));
    program_mistakes();
}

fn program_mistakes() {
    program("command=c\nstdout_logfile_mode=9\n", &["4:21 9 can not be converted to an octal type"]);
    program("command=c\nstderr_logfile_owner=no\n", &["4:22 Invalid user:group definition no"]);
    program("command=c\ncreate_log_dirs=x\n", &[&format!("4:17 {NO_BOOL}")]);
    // What the reference does not know comes after its own mistakes.
    program(
        "create_log_dirs=x\nserverurl=%(no\n",
        &[
            "4:11 Format string '%(no' for 'program:p.serverurl' is badly formatted: incomplete format key",
            &format!("3:17 {NO_BOOL}"),
            "2:1 program section program:p does not specify a command",
        ],
    );
}

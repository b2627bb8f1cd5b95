use crate::check::lint;
use crate::cli::Overrides;
use crate::resolve::{ConfigFile, Request, load};
use crate::system::FakeSystem;

const MAIN: &str = "/d/s.conf";

/// A user's daemon with everything as it should be: no rule has anything to say about it.
const CALM: &str = "[supervisord]\nchildlogdir=/d\n";

fn system(text: &str) -> FakeSystem {
    let mut system = FakeSystem::with_files(&[(MAIN, text)]);
    system.uid = 1000;
    system
}

/// Checks what rules say of a text, as `line rule`.
#[track_caller]
fn check_in(system: &FakeSystem, expect: &[&str]) {
    let request = Request { file: ConfigFile::Given(MAIN.into()), overrides: Overrides::default() };
    let loaded = load(&request, system).unwrap_or_else(|failure| panic!("{}", failure.render()));
    let found = lint(&loaded, system);
    let shown = found.iter().map(|warning| {
        let place = warning.place.as_ref().expect("a place");
        let id = warning.message.rsplit_once(" (").expect("a rule").1.trim_end_matches(')');
        assert!(warning.help.is_some() && !warning.message.contains("{}"), "{warning}");
        format!("{} {id}", place.line)
    });
    assert_eq!(shown.collect::<Vec<_>>(), expect, "{found:#?}");
}

/// Checks what rules say of a text below the three lines of [`CALM`].
#[track_caller]
fn check(text: &str, expect: &[&str]) {
    check_in(&system(&format!("{CALM}{text}")), expect);
}

/// Checks `[program:a]` with these lines; its command stands in line 4, theirs follow.
#[track_caller]
fn program(command: &str, lines: &str, expect: &[&str]) {
    check(&format!("[program:a]\ncommand={command}\n{lines}"), expect);
}

#[test]
fn a_calm_configuration_is_left_alone() {
    check("", &[]);
    program("/bin/cat", "", &[]);
    check(
        "[unix_http_server]\nfile=/d/s\n[inet_http_server]\nport=127.0.0.1:9001\n\
         [rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n",
        &[],
    );
}

#[test]
fn values_that_comments_cut_inside_quotes() {
    program("c", "process_name='a ; b'\n", &["5 cut-in-quotes"]);
    check("[supervisorctl]\nprompt=\"a # b\"\n", &["4 cut-in-quotes"]);
    check("[supervisorctl]\nprompt=\"a#b\"\n", &[]);
    check("[supervisorctl]\nprompt=it's\n", &[]);
    check("[unknown]\nx=\"a ; b\"\n", &[]);
    check("[supervisorctl]\nprompt=\"a\" ; b\"\n", &[]);
}

#[test]
fn percent_signs_that_the_client_will_refuse() {
    check("[supervisorctl]\nprompt=100%\n", &["4 lone-percent"]);
    check("[supervisorctl]\nprompt=%d\n", &["4 lone-percent"]);
    check("[supervisorctl]\nprompt=%(ENV_X\n", &["4 lone-percent"]);
    check("[supervisorctl]\nprompt=%%%(ENV_X)s\n", &[]);
    check("[unknown]\nx=100%\n", &[]);
}

#[test]
fn log_directories_that_cannot_be_written() {
    let text = format!("{CALM}[program:a]\ncommand=c\nstdout_logfile=/logs/a\nstderr_logfile=/logs/b\n");
    let mut system = system(&text);
    system.dirs.insert("/logs".into());
    check_in(&system, &[]);
    system.locked.insert("/logs".into());
    check_in(&system, &["5 no-log-directory", "6 no-log-directory"]);
    program("c", "stdout_logfile=/new/a\ncreate_log_dirs=true\n", &[]);
    program("c", "stdout_logfile=a.log\n", &[]);
}

#[test]
fn working_directories_that_are_missing() {
    program("c", "directory=/nope\n", &["5 no-directory"]);
    program("c", "directory=/tmp\n", &[]);
    check(
        "[program:a]\ncommand=c\nprocess_name=%(process_num)d\nnumprocs=3\ndirectory=/nope\n",
        &["7 no-directory"],
    );
}

#[test]
fn programs_that_leave_the_foreground() {
    program("nohup app", "", &["4 daemonizes"]);
    program("sh -c \"app &\"", "", &["4 daemonizes"]);
    program("%(ENV_X)s", "environment=X=\"nginx\"\n", &["4 daemonizes"]);
    program("nginx -g \"daemon off;\"", "", &[]);
}

#[test]
fn signals_that_stay_with_the_shell() {
    program("sh -c \"a && b\"", "", &["4 shell-keeps-signals"]);
    program("sh -c \"a && b\"", "stopasgroup=true\n", &[]);
    program("sh -c \"a && exec b\"", "", &[]);
    program("c", "killasgroup=true\n", &["5 kill-without-stop"]);
    program("c", "stopasgroup=true\n", &[]);
    program("c", "stopasgroup=true\nkillasgroup=true\n", &[]);
}

#[test]
fn servers_that_everybody_can_use() {
    let rpc = "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n";
    for (place, expect) in [
        ("*:9001", true),
        ("9001", true),
        ("0.0.0.0:9001", true),
        ("host:9001", true),
        ("127.0.0.1:9001", false),
        ("127.1.2.3:9001", false),
        ("LOCALHOST:9001", false),
        ("::1:9001", false),
        ("*:9001\nusername=a\npassword=b", false),
    ] {
        let expect: &[&str] = if expect { &["6 open-to-all"] } else { &[] };
        check(&format!("{rpc}[inet_http_server]\nport={place}\n"), expect);
    }
    let unix = |lines: &str| format!("{rpc}[unix_http_server]\nfile=/d/s\n{lines}");
    check(&unix("chmod=0777\n"), &["7 socket-for-all"]);
    check(&unix("chmod=0770\n"), &[]);
    check(&unix("chmod=0777\nusername=a\npassword=b\n"), &[]);
    check("[unix_http_server]\nfile=/d/s\n", &["3 no-interface"]);
}

#[test]
fn automatic_logs_in_public_directories() {
    let check_file = |text: &str, expect: &[&str]| check_in(&system(text), expect);
    check_file("[supervisord]\n[program:a]\ncommand=c\n", &["1 logs-in-tmp"]);
    check_file("[supervisord]\nchildlogdir=/tmp\n[program:a]\ncommand=c\n", &["2 logs-in-tmp"]);
    check_file("[supervisord]\n[program:a]\ncommand=c\nstdout_logfile=NONE\nredirect_stderr=true\n", &[]);
    check_file("[supervisord]\n", &[]);
}

#[test]
fn a_daemon_of_root_without_a_user() {
    let check_root = |text: &str, expect: &[&str]| {
        let mut system = system(text);
        system.uid = 0;
        check_in(&system, expect);
    };
    check_root(CALM, &["1 root"]);
    check_root("[supervisord]\nchildlogdir=/d\n[program:a]\ncommand=c\nuser=web\n", &["1 root"]);
    check_root("[supervisord]\nuser=root\n", &[]);
    check_root("[supervisord]\nuser=web\n", &[]);
}

#[test]
fn a_warning_reads_as_a_sentence() {
    let system = system(&format!("{CALM}[program:a]\ncommand=nohup x\n"));
    let request = Request { file: ConfigFile::Given(MAIN.into()), overrides: Overrides::default() };
    let loaded = load(&request, &system).expect("valid");
    let warning = lint(&loaded, &system).remove(0);
    assert_eq!(
        warning.message,
        "command of [program:a] has `nohup`: the program goes to the background, where it cannot be supervised (daemonizes)"
    );
}

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
fn quotes_that_are_a_part_of_a_path() {
    program("c", "stdout_logfile=\"x.log\"\nstderr_logfile='y.log'\n", &["5 quoted-path", "6 quoted-path"]);
    program("c", "stdout_logfile=x.log\nprocess_name='a'\n", &[]);
    program("c", "stdout_logfile=\"\nstderr_logfile=\"\"\n", &[]);
    check("[supervisorctl]\nhistory_file=\"h\"\nprompt=\"p\"\n", &["4 quoted-path"]);
    check_in(
        &system("[supervisord]\nchildlogdir=/d\npidfile='p'\nlogfile='l'\n"),
        &["3 quoted-path", "4 quoted-path"],
    );
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
fn patterns_that_include_nothing() {
    check("[include]\nfiles=/nope/*.conf s.conf conf.d/x\n", &["4 nothing-included", "4 nothing-included"]);
}

#[test]
fn sockets_in_directories_that_are_missing() {
    const INTERFACE: &str = "[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n";
    check(&format!("[unix_http_server]\nfile=/nope/s\n{INTERFACE}"), &["4 no-socket-directory"]);
    check(&format!("[unix_http_server]\nfile=s\n{INTERFACE}"), &[]);
}

#[test]
fn commands_of_the_client_that_are_python_only() {
    check("[ctlplugin:x]\nsupervisor.ctl_factory=a:b\n", &["3 python-command"]);
    check("[ctlplugin:x]\nsupervisor.ctl_factory=a:b\ncommand=/bin/x\n", &[]);
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

/// Checks `[program:a]` as [`program`] does, where only `/bin/cat`, `/opt/x/run` and `/w/here` can be executed.
#[track_caller]
fn command(command: &str, lines: &str, expect: &[&str]) {
    let mut system = system(&format!("{CALM}[program:a]\ncommand={command}\n{lines}"));
    system.add_file("/bin/data", b"x");
    system.dirs.insert("/opt/x".into());
    system.programs = Some(["/bin/cat", "/opt/x/run", "/w/here"].map(str::to_owned).into());
    check_in(&system, expect);
}

#[test]
fn commands_that_cannot_start() {
    command("cat", "", &[]);
    command("/bin/cat -v", "", &[]);
    command("./here", "", &[]);
    command("run", "", &["4 not-found"]);
    command("run", "environment=PATH=\"/bin:/opt/x\"\n", &[]);
    command("cat", "environment=PATH=\"/opt/x\"\n", &["4 not-found"]);
    command("./run", "directory=/opt/x\n", &[]);
    command("./run", "", &["4 not-found"]);
    command("/nope", "", &["4 not-found"]);
    command("/bin/data", "", &["4 not-executable"]);
    command("/bin", "", &["4 not-executable"]);
    command("~/bin/cat", "", &["4 tilde"]);
    command("\"/bin/cat -v\"", "", &["4 quoted-command"]);
    command("\"/bin/cat\" -v", "", &[]);
    command("\"/bin/cut\"", "", &["4 not-found"]);
    command("/bin/cat 'x", "", &["4 unreadable-command"]);
    command("/bin/cat x\\", "", &["4 unreadable-command"]);
    // The warning of the log says it.
    command("/bin/cat 'x ; y'", "", &[]);
    command("/nope", "process_name=%(process_num)d\nnumprocs=3\n", &["4 not-found"]);
}

#[test]
fn the_daemons_path_is_searched_unless_the_program_has_one() {
    let mut system = system(&format!("{CALM}[program:a]\ncommand=run\n"));
    system.programs = Some(["/opt/x/run".to_owned()].into());
    check_in(&system, &["4 not-found"]);
    system.environment.insert("PATH".into(), "/bin:/opt/x".into());
    check_in(&system, &[]);
    system.environment.insert("PATH".into(), String::new());
    check_in(&system, &["4 not-found"]);
}

#[test]
fn seconds_that_are_negative() {
    program("c", "startsecs=-1\nstopwaitsecs=-2\n", &["5 negative-time", "6 negative-time"]);
    program("c", "startsecs=0\nstopwaitsecs=0\n", &[]);
}

#[test]
fn log_files_with_two_writers() {
    program("c", "stdout_logfile=/d/x\nstderr_logfile=/d/../d/x\n", &["6 shared-log"]);
    program("c", "stdout_logfile=x\nstderr_logfile=/w/x\n", &["6 shared-log"]);
    program("c", "stdout_logfile=/d/x\nredirect_stderr=true\n", &[]);
    program("c", "stdout_logfile=/dev/stdout\nstderr_logfile=/dev/stdout\ncreate_log_dirs=true\n", &[]);
    program("c", "stdout_logfile=/w/supervisord.log\n", &["5 shared-log"]);
    let several = "process_name=%(process_num)d\nnumprocs=3\n";
    program("c", &format!("{several}stdout_logfile=/d/x\n"), &["7 shared-log"]);
    program("c", &format!("{several}stdout_logfile=/d/%(process_num)d\n"), &[]);
    check(
        "[program:a]\ncommand=c\nstdout_logfile=/d/x\n[program:b]\ncommand=c\nstderr_logfile=/d/x\n",
        &["8 shared-log"],
    );
}

#[test]
fn an_environment_of_a_user_whom_nobody_names() {
    program("c", "user_environment=true\n", &["5 environment-of-nobody"]);
    program("c", "user_environment=false\n", &[]);
    let named = system(&format!("{CALM}[program:a]\ncommand=c\nuser=root\nuser_environment=true\n"));
    check_in(&named, &[]);
}

#[test]
fn signals_that_stay_with_the_shell() {
    program("sh -c \"a && b\"", "", &["4 shell-keeps-signals"]);
    program("sh -c \"a && b\"", "stopasgroup=true\n", &[]);
    program("sh -c \"a && b\"", "kill_mode=tree\n", &[]);
    program("sh -c \"a && b\"", "kill_mode=process\n", &["4 shell-keeps-signals"]);
    program("sh -c \"a && exec b\"", "", &[]);
    program("c", "killasgroup=true\n", &["5 kill-without-stop"]);
    program("c", "stopasgroup=true\n", &[]);
    program("c", "killasgroup=true\nkill_mode=tree\n", &[]);
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

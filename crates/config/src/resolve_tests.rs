use std::sync::Arc;

use super::*;
use crate::model::{AutoRestart, Channel, KillMode, LogFile, MainLog, Process, ServerUrl, User};
use crate::system::FakeSystem;

const MAIN: &str = "/d/s.conf";

fn load_in(system: &FakeSystem, overrides: &Overrides) -> Result<Loaded, Failure> {
    load(&Request { file: ConfigFile::Given(MAIN.into()), overrides: overrides.clone() }, system)
}

fn system(text: &str) -> FakeSystem {
    let mut system = FakeSystem::with_files(&[(MAIN, text)]);
    system.environment =
        [("HOME", "/h"), ("E", "e%")].map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    system
}

fn loaded(text: &str) -> Loaded {
    load_in(&system(text), &Overrides::default())
        .unwrap_or_else(|failure| panic!("{}\n{text}", failure.render()))
}

/// Loads a text below `[supervisord]`.
fn config(text: &str) -> Config {
    loaded(&format!("[supervisord]\n{text}")).config
}

fn refused_file(text: &str, expect: &str) -> Failure {
    let failure = load_in(&system(text), &Overrides::default()).expect_err("a refusal");
    assert_eq!(failure.message(), expect, "{text}");
    failure
}

/// Checks the message about a text below `[supervisord]`, and the line it points at.
fn refused(text: &str, line: u32, expect: &str) {
    let failure = refused_file(&format!("[supervisord]\n{text}"), expect);
    assert_eq!(failure.diagnostics[0].place.as_ref().map(|place| place.line), Some(line), "{text}");
}

/// The only process of `[program:p]` with these lines.
fn process(lines: &str) -> Arc<Process> {
    let config = config(&format!("[program:p]\ncommand=c\n{lines}"));
    let [process] = config.groups[0].processes.as_slice() else { panic!("one process: {lines}") };
    Arc::clone(process)
}

/// Checks the message about `[program:p]` with these lines; it gets the suffix of its section.
fn program_refused(lines: &str, expect: &str) {
    let expect = format!("{expect} in section 'program:p' (file: '{MAIN}')");
    refused_file(&format!("[supervisord]\n[program:p]\ncommand=c\n{lines}"), &expect);
}

#[test]
fn an_empty_section_is_all_defaults() {
    let found = config("");
    let supervisord = &found.supervisord;
    assert_eq!(supervisord.config_file, MAIN);
    assert_eq!(supervisord.logfile, MainLog::File("/w/supervisord.log".into()));
    assert_eq!((supervisord.logfile_maxbytes, supervisord.logfile_backups), (50 << 20, 10));
    assert_eq!((supervisord.loglevel, supervisord.umask), (Level::Info, 0o22));
    assert_eq!(supervisord.pidfile, "/w/supervisord.pid");
    assert!(
        !supervisord.nodaemon && !supervisord.silent && !supervisord.nocleanup && !supervisord.strip_ansi
    );
    assert_eq!((supervisord.minfds, supervisord.minprocs), (1024, 200));
    assert_eq!(supervisord.childlogdir.as_deref(), Some("/tmp"));
    assert_eq!((&supervisord.user, &supervisord.directory), (&None, &None));
    assert_eq!(supervisord.identifier, "supervisor");
    assert!(supervisord.environment.is_empty());
    assert!(found.servers.is_empty() && found.rpc_namespaces.is_empty() && found.groups.is_empty());
}

#[test]
fn the_daemons_options_are_read() {
    let found = config(
        "logfile=/tmp/x.log\nlogfile_backups=-1\nloglevel=BLATHER\npidfile=%(here)s/x.pid\numask=077\nminfds=-5\n\
         identifier=%(ENV_E)s\nchildlogdir=/tmp\nuser=web\ndirectory=/tmp\nstrip_ansi=yes\n\
         environment=A=\"%(host_node_name)s%%\",B=\"%(ENV_E)s\"\n",
    );
    let supervisord = &found.supervisord;
    assert_eq!(supervisord.logfile, MainLog::File("/tmp/x.log".into()));
    assert_eq!((supervisord.logfile_backups, supervisord.minfds, supervisord.umask), (0, 0, 0o77));
    assert_eq!((supervisord.loglevel, supervisord.pidfile.as_str()), (Level::Blather, "/d/x.pid"));
    assert_eq!((supervisord.identifier.as_str(), supervisord.strip_ansi), ("e%", true));
    assert_eq!(
        supervisord.user.as_ref().map(|user| (user.name.as_str(), user.uid, user.gid)),
        Some(("web", 33, 34))
    );
    let environment: Vec<_> =
        supervisord.environment.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(environment, ["A=node1%", "B=e%"]);
    assert_eq!(config("logfile=syslog").supervisord.logfile, MainLog::Syslog);
    assert_eq!(config("logfile=Syslog").supervisord.logfile, MainLog::File("/w/Syslog".into()));
    assert_eq!(config("logfile=none").supervisord.logfile, MainLog::File("/w/none".into()));
}

#[test]
fn the_command_line_wins_over_the_file() {
    let text = "[supervisord]\nloglevel=info\numask=027\nuser=nobody\nlogfile=a.log\nidentifier=f\nchildlogdir=/tmp\n";
    let overrides = Overrides {
        nodaemon: true,
        loglevel: Some(Level::Debug),
        user: Some("33".into()),
        umask: Some(0),
        logfile: Some("b.log".into()),
        identifier: Some("c".into()),
        minfds: Some(1),
        ..Overrides::default()
    };
    let supervisord = load_in(&system(text), &overrides).expect("valid").config.supervisord;
    assert!(supervisord.nodaemon && !supervisord.silent);
    assert_eq!((supervisord.loglevel, supervisord.umask, supervisord.minfds), (Level::Debug, 0, 1));
    assert_eq!(supervisord.logfile, MainLog::File("/w/b.log".into()));
    assert_eq!((supervisord.identifier.as_str(), supervisord.user.map(|user| user.uid)), ("c", Some(33)));
    let failure = load_in(&system(text), &Overrides::default()).expect_err("an unknown user");
    assert_eq!(failure.message(), "Invalid user name nobody");
    let overrides = Overrides { user: Some("77".into()), ..Overrides::default() };
    assert_eq!(
        load_in(&system(text), &overrides).expect_err("an unknown user").message(),
        "Invalid user id 77"
    );
}

#[test]
fn an_empty_path_on_the_command_line_leaves_it_to_the_file() {
    let empty = Some(String::new());
    let overrides = Overrides { logfile: empty.clone(), pidfile: empty, ..Overrides::default() };
    let found = load_in(&system("[supervisord]\nlogfile=a.log\npidfile=a.pid\n"), &overrides).expect("valid");
    assert_eq!(found.config.supervisord.logfile, MainLog::File("/w/a.log".into()));
    assert_eq!(found.config.supervisord.pidfile, "/w/a.pid");
}

#[test]
fn values_of_the_daemon_are_refused_without_a_suffix() {
    refused("minfds=x\n", 2, "invalid literal for int() with base 10: 'x'");
    refused("\ndirectory=/nope\n", 3, "/nope is not an existing directory");
    refused("umask=9\n", 2, "9 can not be converted to an octal type");
    refused("logfile=/nope/x\n", 2, "The directory named as part of the path /nope/x does not exist");
    refused("loglevel=warning\n", 2, "bad logging level name 'warning'");
    refused("nodaemon=maybe\n", 2, "not a valid boolean value: 'maybe'");
    refused("childlogdir=/nope\n", 2, "/nope is not an existing directory");
    refused("user=nobody\n", 2, "Invalid user name nobody");
    refused("environment=A\n", 2, "Unexpected end of key/value pairs in value 'A'");
    refused(
        "environment=A=\"%(x)s\"\n",
        2,
        "Format string 'A=\"%(x)s\"' for 'environment' contains names ('x') which cannot be expanded. Available names: \
         ENV_E, ENV_HOME, here, host_node_name",
    );
    refused(
        "identifier=%(host_node_name)s\n",
        2,
        "Format string '%(host_node_name)s' for 'supervisord.identifier' contains names ('host_node_name') which cannot \
         be expanded. Available names: ENV_E, ENV_HOME, here",
    );
    refused_file("[program:x]\n", ".ini file does not include supervisord section");
}

#[test]
fn the_first_mistake_in_the_order_of_the_reference_is_reported() {
    // Each line is wrong; taking away the one that is reported brings up the next.
    let mut lines = vec![
        ("pidfile=/nope/x", "The directory named as part of the path /nope/x does not exist"),
        ("environment=A", "Unexpected end of key/value pairs in value 'A'"),
        ("umask=9", "9 can not be converted to an octal type"),
        ("minfds=x", "invalid literal for int() with base 10: 'x'"),
        ("silent=x", "not a valid boolean value: 'x'"),
        ("logfile_maxbytes=1x", "invalid literal for int() with base 10: '1x'"),
        ("user=nobody", "Invalid user name nobody"),
    ];
    let rest = "[inet_http_server]\n[fcgi-program:f]\n[eventlistener:l]\nevents=x\n[program:p]\n[group:g]\nprograms=x\n[rpcinterface:r]\n";
    for expect in ["minfds", "umask", "logfile_maxbytes", "pidfile", "silent", "environment"] {
        let text: String = lines.iter().map(|(line, _)| format!("{line}\n")).collect();
        let at =
            lines.iter().position(|(line, _)| line.starts_with(&format!("{expect}="))).expect("the line");
        let (_, message) = lines.remove(at);
        refused_file(&format!("[supervisord]\n{text}{rest}"), message);
    }
    let mut text = rest.to_owned();
    for (drop, expect) in [
        ("[rpcinterface:r]\n", "section [rpcinterface:r] does not specify a supervisor.rpcinterface_factory"),
        ("[group:g]\nprograms=x\n", "[group:g] names unknown program or fcgi-program x"),
        (
            "[program:p]\n",
            "program section program:p does not specify a command in section 'program:p' (file: '/d/s.conf')",
        ),
        ("[eventlistener:l]\nevents=x\n", "Unknown event type X in [eventlistener:l] events"),
        ("[fcgi-program:f]\n", "[fcgi-program:f] section requires a \"socket\" line"),
        ("[inet_http_server]\n", "section [inet_http_server] has no port value"),
    ] {
        refused_file(&format!("[supervisord]\nuser=nobody\n{text}"), expect);
        text = text.replace(drop, "");
    }
    refused_file(&format!("[supervisord]\nuser=nobody\n{text}"), "Invalid user name nobody");
}

#[test]
fn a_program_with_only_a_command_is_all_defaults() {
    assert_eq!(*process(""), Process::with_defaults("p", "c"));
}

#[test]
fn the_options_of_a_program_are_read() {
    let found = process(
        "priority=-3\nautostart=off\nautorestart=yes\nstartsecs=0\nstartretries=9\nexitcodes=\nstopsignal=usr1\n\
         stopwaitsecs=1\nstopasgroup=true\nkill_mode=Tree\nuser=33\numask=0\ndirectory=~/x\nserverurl=\n\
         stdout_logfile=%(program_name)s.log\nstdout_logfile_maxbytes=-1\nstdout_logfile_backups=0\n\
         stdout_capture_maxbytes=1kb\nstdout_events_enabled=1\nstdout_syslog=1\nstderr_logfile=None\n\
         environment=A=\"%(process_num)d %(group_name)s\",E=\"own\"\n",
    );
    let plain = Process::with_defaults("p", "c");
    let stdout = Channel {
        logfile: LogFile::Path("p.log".into()),
        maxbytes: -1,
        backups: 0,
        capture_maxbytes: 1024,
        events_enabled: true,
        syslog: true,
        mode: None,
        owner: None,
    };
    let expect = Process {
        priority: -3,
        autostart: false,
        autorestart: AutoRestart::Always,
        startsecs: 0,
        startretries: 9,
        exitcodes: [].into(),
        stopsignal: 10,
        stopwaitsecs: 1,
        stopasgroup: true,
        killasgroup: true,
        kill_mode: Some(KillMode::Tree),
        user: Some(User::new("web", 33, 34)),
        umask: Some(0),
        directory: Some("~/x".into()),
        stdout,
        stderr: Channel { logfile: LogFile::None, ..plain.stderr.clone() },
        environment: [("A", "0 p"), ("E", "own")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        serverurl: ServerUrl::Given(String::new()),
        ..plain
    };
    assert_eq!(*found, expect);
}

#[test]
fn a_kill_mode_and_the_options_of_the_reference() {
    #[track_caller]
    fn check(text: &str, expect: (bool, bool)) {
        let found = process(text);
        assert_eq!((found.stopasgroup, found.killasgroup), expect, "{text}");
    }
    check("kill_mode=group\n", (true, true));
    check("kill_mode=group\nstopasgroup=false\n", (false, true));
    check("kill_mode=tree\n", (false, false));
    check("kill_mode=cgroup\nstopasgroup=true\n", (true, true));
    check("kill_mode=process\n", (false, false));
}

#[test]
fn names_are_expanded_where_they_may_be() {
    let command = |text: &str| process(&format!("command={text}\nenvironment=E=\"own\"\n")).command.clone();
    assert_eq!(command("%(here)s %(program_name)s %(group_name)s %(host_node_name)s"), "/d p p node1");
    assert_eq!(command("%(process_num)02d/%(numprocs)d %(ENV_HOME)s %(ENV_E)s 100%%"), "00/1 /h own 100%");
    assert_eq!(process("startsecs=1%(program_name).0s").startsecs, 1);
}

#[test]
fn variables_of_the_daemon_reach_programs() {
    let found = config(
        "environment=E=\"d\",G=\"g\"\n[program:p]\ncommand=%(ENV_E)s%(ENV_G)s\nenvironment=G=\"p%(ENV_E)s\"\n",
    );
    let process = &found.groups[0].processes[0];
    assert_eq!(process.command, "dpd");
    let environment: Vec<_> =
        process.environment.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(environment, ["E=d", "G=pd"]);
}

#[test]
fn numbered_processes_are_expanded_one_by_one() {
    let found = config(
        "[program:p]\ncommand=c %(process_num)d\nnumprocs=3\nnumprocs_start=9\nprocess_name=p_%(process_num)d\n\
         directory=/x/%(process_num)03d\n",
    );
    let shown: Vec<String> = found.groups[0]
        .processes
        .iter()
        .map(|process| {
            format!("{} {} {}", process.name, process.command, process.directory.as_deref().unwrap_or("-"))
        })
        .collect();
    // Sorted as text.
    assert_eq!(shown, ["p_10 c 10 /x/010", "p_11 c 11 /x/011", "p_9 c 9 /x/009"]);
}

#[test]
fn a_name_may_begin_in_the_next_line() {
    let found = config("[program:p]\ncommand=c\nprocess_name=\n  p_%(process_num)d\n");
    assert_eq!(&*found.groups[0].processes[0].name, "p_0");
}

#[test]
fn values_of_a_process_are_refused_with_section_and_file() {
    for (line, expect) in [
        ("autostart=x", "not a valid boolean value: 'x'"),
        ("autorestart=X", "invalid 'autorestart' value 'x'"),
        ("startsecs=", "invalid literal for int() with base 10: ''"),
        ("startretries=1.5", "invalid literal for int() with base 10: '1.5'"),
        ("stopsignal=FOO", "value 'FOO' is not a valid signal name"),
        ("stopsignal=0", "value '0' is not a valid signal number"),
        ("exitcodes=256", "not a valid list of exit codes: '256'"),
        ("stdout_capture_maxbytes=1x", "invalid literal for int() with base 10: '1x'"),
        ("user=nobody", "Invalid user name nobody"),
        ("umask=8", "8 can not be converted to an octal type"),
        ("process_name=a:b", "Invalid name: 'a:b' because of character: ':'"),
        ("stdout_logfile=/nope/x", "The directory named as part of the path /nope/x does not exist"),
        ("environment=A=", "Unexpected end of key/value pairs in value 'A='"),
        ("stopasgroup=1\nkillasgroup=0", "Cannot set stopasgroup=true and killasgroup=false"),
        ("numprocs=2", "%(process_num) must be present within process_name when numprocs > 1"),
        (
            "numprocs=2\nprocess_name=x",
            "%(process_num) must be present within process_name when numprocs > 1",
        ),
        ("numprocs=99999\nprocess_name=%(process_num)d", "numprocs 99999 is above upper bound (65536)"),
        (
            "command=%s",
            "Format string '%s' for 'program:p.command' is badly formatted: format requires a mapping key, as in %(name)s; write %% for a percent sign",
        ),
        (
            "process_name=%(x)s",
            "Format string '%(x)s' for 'process_name' contains names ('x') which cannot be expanded. Available names: ENV_E, ENV_HOME, group_name, here, host_node_name, numprocs, process_num, program_name",
        ),
        (
            "environment=A=%(ENV_A)s",
            "Format string 'A=%(ENV_A)s' for 'environment' contains names ('ENV_A') which cannot be expanded. Available names: ENV_E, ENV_HOME, group_name, here, host_node_name, numprocs, process_num, program_name",
        ),
        (
            "startsecs=%(process_num)d",
            "Format string '%(process_num)d' for 'program:p.startsecs' contains names ('process_num') which cannot be expanded. Available names: ENV_E, ENV_HOME, group_name, here, host_node_name, program_name",
        ),
    ] {
        program_refused(line, expect);
    }
}

//! The methods, as clients see them.

use std::sync::{Arc, mpsc};

use provost_config::model::{AutoRestart, LogFile, Process, ServerUrl, User};
use provost_core::call::{BulkItem, Call, Changes, Fault, Reply};
use provost_core::rows::Rows;
use provost_core::status::{ExitStatus, LastExit, Mood, Pid, ProcessStatus, State};
use provost_core::time::Wall;
use provost_wire::xmlrpc::{Value, encode_call};

use super::world::{Setup, World, config, exited, group, post, row, until, until_logged};
use crate::http::rpc::clock::Clock;
use crate::http::rpc::description::Description;

/// A result, or a fault as `CODE STRING`, in one comparable line.
fn shown(world: &World, method: &str, params: &[Value]) -> String {
    match world.rpc(method, params) {
        Ok(value) => print(&value),
        Err(fault) => format!("fault {} {}", fault.code, fault.string),
    }
}

fn print(value: &Value) -> String {
    match value {
        Value::Str(text) => format!("{text:?}"),
        Value::Int(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(print).collect::<Vec<_>>().join(", ")),
        Value::Struct(members) => {
            let members: Vec<_> =
                members.iter().map(|(key, value)| format!("{key}: {}", print(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
        other => format!("{other:?}"),
    }
}

#[track_caller]
fn check(world: &World, method: &str, params: &[Value], expect: &str) {
    assert_eq!(shown(world, method, params), expect, "{method}{params:?}");
}

#[test]
fn names_arity_and_mood_are_checked_in_this_order() {
    let world = World::new(Setup::default());
    const UNKNOWN: &str = "fault 1 UNKNOWN_METHOD";
    const INCORRECT: &str = "fault 2 INCORRECT_PARAMETERS";
    for name in [
        "foo",
        "supervisor",
        "supervisor.",
        "supervisor.nope",
        "supervisor._update",
        "supervisor.a.b",
        "nope.getPID",
    ] {
        check(&world, name, &[], UNKNOWN);
    }
    check(&world, " supervisor.getPID", &[], UNKNOWN);
    check(&world, "supervisor.getpid", &[], UNKNOWN);
    check(&world, "system.nope", &[1.into()], UNKNOWN);
    check(&world, "supervisor.getPID", &[1.into()], INCORRECT);
    check(&world, "supervisor.startProcess", &[], INCORRECT);
    check(&world, "supervisor.startProcess", &["a".into(), 1.into(), 2.into()], INCORRECT);
    check(&world, "supervisor.readLog", &[1.into()], INCORRECT);
    world.publish(|snapshot| snapshot.mood = Mood::Shutdown);
    check(&world, "supervisor.nope", &[], UNKNOWN);
    check(&world, "supervisor.getPID", &[1.into()], INCORRECT);
    const SHUTDOWN: &str = "fault 6 SHUTDOWN_STATE";
    for name in ["getPID", "getState", "getVersion", "shutdown", "restart", "getAllProcessInfo", "clearLog"] {
        check(&world, &format!("supervisor.{name}"), &[], SHUTDOWN);
    }
    check(&world, "supervisor.startProcess", &["nope".into()], SHUTDOWN);
    check(&world, "supervisor.sendRemoteCommEvent", &["a".into(), "b".into()], "true");
    check(&world, "system.methodSignature", &["supervisor.getPID".into()], "[\"int\"]");
    let calls = Value::from(vec![Value::from_iter([("methodName", "supervisor.getPID")])]);
    check(&world, "system.multicall", &[calls], "[{faultCode: 6, faultString: \"SHUTDOWN_STATE\"}]");
    world.publish(|snapshot| snapshot.mood = Mood::Restarting);
    check(&world, "supervisor.getPID", &[], SHUTDOWN);
}

#[test]
fn the_daemon_tells_who_it_is() {
    let world = World::new(Setup::default());
    check(&world, "supervisor.getAPIVersion", &[], "\"3.0\"");
    check(&world, "supervisor.getVersion", &[], "\"3.0\"");
    check(&world, "supervisor.getSupervisorVersion", &[], "\"4.3.0\"");
    check(&world, "provost.getVersion", &[], &format!("{:?}", env!("CARGO_PKG_VERSION")));
    check(&world, "supervisor.getIdentification", &[], "\"supervisor\"");
    check(&world, "supervisor.getState", &[], "{statecode: 1, statename: \"RUNNING\"}");
    check(&world, "supervisor.getPID", &[], &std::process::id().to_string());
}

#[test]
fn the_interface_describes_itself() {
    let world = World::new(Setup::default());
    let names = world.rpc("system.listMethods", &[]).expect("no fault");
    let names: Vec<_> = names.as_array().expect("an array").iter().filter_map(Value::as_str).collect();
    let (reference, ours) = names.split_at(41);
    assert!(reference.is_sorted());
    assert!(ours.is_sorted() && ours.iter().all(|name| name.starts_with("provost.")), "{ours:?}");
    for name in names {
        let help = world.rpc("system.methodHelp", &[name.into()]).expect("no fault");
        assert!(help.as_str().is_some_and(|text| text.contains("\n@return ")), "{name}");
    }
    check(
        &world,
        "system.methodSignature",
        &["supervisor.startProcess".into()],
        "[\"boolean\", \"string\", \"boolean\"]",
    );
    for method in ["system.methodHelp", "system.methodSignature"] {
        check(&world, method, &["nope".into()], "fault 4 SIGNATURE_UNSUPPORTED");
        check(&world, method, &[5.into()], "fault 4 SIGNATURE_UNSUPPORTED");
    }
}

#[test]
fn the_main_interface_has_the_names_the_configuration_gives_it() {
    let mut configured = config(Vec::new());
    configured.rpc_namespaces = vec!["one".into(), "two".into()];
    let world = World::new(Setup { configured, ..Setup::default() });
    check(&world, "one.getVersion", &[], "\"3.0\"");
    check(&world, "two.getVersion", &[], "\"3.0\"");
    check(&world, "supervisor.getVersion", &[], "fault 1 UNKNOWN_METHOD");
    let names = world.rpc("system.listMethods", &[]).expect("no fault");
    assert_eq!(names.as_array().map(<[_]>::len), Some(37 * 2 + 4 + 4));
    world.publish(|snapshot| Arc::make_mut(&mut snapshot.configured).rpc_namespaces.clear());
    check(&world, "one.getVersion", &[], "\"3.0\"");
}

#[test]
fn changes_become_calls() {
    let world = World::new(Setup::default());
    let check = |method: &str, params: &[Value], expect: &str| {
        shown(&world, &format!("supervisor.{method}"), params);
        let calls = std::mem::take(&mut *world.calls.lock().expect("no panic"));
        assert_eq!(calls, [expect], "{method}{params:?}");
    };
    let a = "Process { group: \"a\", process: \"a\", given: \"a\" }";
    let g = "Group { group: \"g\", given: \"g\" }";
    let all_of_g = "Group { group: \"g\", given: \"g:*\" }";
    check("startProcess", &["a".into()], &format!("Start {{ target: {a}, wait: true }}"));
    check("startProcess", &["a".into(), 0.into()], &format!("Start {{ target: {a}, wait: false }}"));
    check("startProcess", &["g:*".into()], &format!("Start {{ target: {all_of_g}, wait: true }}"));
    check("startProcessGroup", &["g".into()], &format!("Start {{ target: {g}, wait: true }}"));
    check("startAllProcesses", &[false.into()], "Start { target: All, wait: false }");
    check("stopProcess", &["a".into(), "no".into()], &format!("Stop {{ target: {a}, wait: true }}"));
    check("stopProcessGroup", &["g".into(), "".into()], &format!("Stop {{ target: {g}, wait: false }}"));
    check("stopAllProcesses", &[], "Stop { target: All, wait: true }");
    let hup = "signal: Some(1), given: \"hup\"";
    check("signalProcess", &["a".into(), "hup".into()], &format!("Signal {{ target: {a}, {hup} }}"));
    check(
        "signalProcess",
        &["a".into(), 9.into()],
        &format!("Signal {{ target: {a}, signal: Some(9), given: \"9\" }}"),
    );
    check(
        "signalProcessGroup",
        &["g".into(), "x".into()],
        &format!("Signal {{ target: {g}, signal: None, given: \"x\" }}"),
    );
    check("signalAllProcesses", &["hup".into()], &format!("Signal {{ target: All, {hup} }}"));
    check(
        "sendProcessStdin",
        &["a".into(), "ü".into()],
        &format!("SendStdin {{ target: {a}, data: [195, 188] }}"),
    );
    check("sendRemoteCommEvent", &[5.into(), true.into()], "SendRemoteEvent { kind: \"5\", data: \"True\" }");
    check("addProcessGroup", &["g".into()], "AddGroup(\"g\")");
    check("removeProcessGroup", &["g:*".into()], "RemoveGroup(\"g:*\")");
    check("shutdown", &[], "Shutdown");
}

#[test]
fn wrong_types_are_faults_and_reach_nobody() {
    let world = World::new(Setup::default());
    let not_a_string = "fault 2 INCORRECT_PARAMETERS: name must be a string, not int";
    for method in ["startProcess", "stopProcess", "getProcessInfo", "addProcessGroup", "clearProcessLogs"] {
        check(&world, &format!("supervisor.{method}"), &[5.into()], not_a_string);
    }
    check(&world, "supervisor.sendProcessStdin", &["zz".into(), 5.into()], "fault 2 INCORRECT_PARAMETERS: 5");
    check(
        &world,
        "supervisor.sendProcessStdin",
        &["zz".into(), true.into()],
        "fault 2 INCORRECT_PARAMETERS: True",
    );
    check(&world, "supervisor.sendProcessStdin", &["a:*".into(), "x".into()], "fault 10 BAD_NAME: a:*");
    check(&world, "supervisor.readLog", &["x".into(), 0.into()], "fault 3 BAD_ARGUMENTS");
    let nil = Value::Nil;
    check(
        &world,
        "supervisor.readLog",
        &[nil, 0.into()],
        "fault 2 INCORRECT_PARAMETERS: offset must be an int, not nil",
    );
    assert_eq!(world.calls.lock().expect("no panic").len(), 0);
}

#[test]
fn refusals_have_the_references_codes_and_texts() {
    let faults = vec![
        (Fault::BadName("n".into()), "fault 10 BAD_NAME: n"),
        (Fault::BadName(String::new()), "fault 10 BAD_NAME: "),
        (Fault::BadSignal("n".into()), "fault 11 BAD_SIGNAL: n"),
        (Fault::NoFile("n".into()), "fault 20 NO_FILE: n"),
        (Fault::NotExecutable("n".into()), "fault 21 NOT_EXECUTABLE: n"),
        (Fault::Failed("n".into()), "fault 30 FAILED: n"),
        (Fault::AbnormalTermination("n".into()), "fault 40 ABNORMAL_TERMINATION: n"),
        (Fault::SpawnError("n".into()), "fault 50 SPAWN_ERROR: n"),
        (Fault::AlreadyStarted("n".into()), "fault 60 ALREADY_STARTED: n"),
        (Fault::NotRunning("n".into()), "fault 70 NOT_RUNNING: n"),
        (Fault::AlreadyAdded("n".into()), "fault 90 ALREADY_ADDED: n"),
        (Fault::StillRunning("n".into()), "fault 91 STILL_RUNNING: n"),
        (Fault::ShutdownState, "fault 6 SHUTDOWN_STATE"),
    ];
    let mut answers = faults.clone().into_iter();
    let script = move |_: &Call| answers.next().map(|(fault, _)| Err(fault));
    let world = World::new(Setup { script: Box::new(script), ..Setup::default() });
    for (_, expect) in faults {
        check(&world, "supervisor.startProcess", &["n".into()], expect);
    }
}

#[test]
fn bulk_results_keep_the_order_of_completion() {
    let items = vec![
        BulkItem { name: "z".into(), group: "gü".into(), outcome: Ok(()) },
        BulkItem { name: "a".into(), group: "g".into(), outcome: Err(Fault::SpawnError("g:a".into())) },
    ];
    let script = move |_: &Call| Some(Ok(Reply::Bulk(items.clone())));
    let world = World::new(Setup { script: Box::new(script), ..Setup::default() });
    let expect = "[{name: \"z\", group: \"gü\", status: 80, description: \"OK\"}, \
                  {name: \"a\", group: \"g\", status: 50, description: \"SPAWN_ERROR: g:a\"}]";
    check(&world, "supervisor.startProcessGroup", &["g".into()], expect);
    check(&world, "supervisor.startProcess", &["g:*".into()], expect);
    check(&world, "supervisor.stopAllProcesses", &[], expect);
}

#[test]
fn a_process_is_described_with_all_its_members() {
    let mut setup = Setup::default();
    setup.processes[1] = exited(setup.processes[1].clone(), 7, 86_400);
    let world = World::new(setup);
    let mut info = world.rpc("supervisor.getProcessInfo", &["g:one".into()]).expect("no fault");
    let Value::Struct(members) = &mut info else { panic!("a struct was expected") };
    let now = members.iter_mut().find(|(key, _)| key == "now").expect("the time");
    assert!(now.1.as_int().is_some_and(|now| now > 1_700_000_000));
    now.1 = 0.into();
    members.retain(|(key, _)| key != "description");
    let log = |name: &str| world.directory.path().join(name).to_str().expect("text").to_owned();
    let (out, err) = (log("one.out"), log("one.err"));
    let expect = format!(
        "{{name: \"one\", group: \"g\", start: 86395, stop: 86400, now: 0, state: 0, statename: \"STOPPED\", \
         spawnerr: \"\", exitstatus: 7, logfile: {out:?}, stdout_logfile: {out:?}, stderr_logfile: {err:?}, pid: 0}}"
    );
    assert_eq!(print(&info), expect);
    for name in ["nope", "g", "g:*", "g:", "*", ""] {
        check(&world, "supervisor.getProcessInfo", &[name.into()], &format!("fault 10 BAD_NAME: {name}"));
    }
    let all = world.rpc("supervisor.getAllProcessInfo", &[]).expect("no fault");
    let names: Vec<_> =
        all.as_array().expect("an array").iter().filter_map(|row| row.get("name")?.as_str()).collect();
    assert_eq!(names, ["a", "one", "two"]);
}

#[test]
fn descriptions_are_the_references() {
    let check = |row: ProcessStatus, expect: &str| {
        assert_eq!(Description::new(&row, &Clock::at(200_000)).to_string(), expect, "{row:?}");
    };
    let fresh = |state| row(1, "g", "p", state);
    let running = |start: i64| ProcessStatus {
        pid: Some(Pid(123)),
        started: Some(Wall(start * 1_000_000)),
        ..fresh(State::Running)
    };
    check(running(199_995), "pid 123, uptime 0:00:05");
    check(running(200_000 - 86_400 - 7384), "pid 123, uptime 1 day, 2:03:04");
    check(running(200_000 - 172_800), "pid 123, uptime 2 days, 0:00:00");
    check(running(300_000), "pid 123, uptime 0:00:00");
    for state in [State::Fatal, State::Backoff] {
        check(fresh(state), "unknown error (try \"tail p\")");
        check(ProcessStatus { spawn_error: "why".into(), ..fresh(state) }, "why");
    }
    for state in [State::Starting, State::Stopping, State::Unknown] {
        check(fresh(state), "");
    }
    for state in [State::Stopped, State::Exited] {
        check(fresh(state), "Not started");
        check(exited(fresh(state), 0, 83_340), "Jan 01 11:09 PM");
        check(exited(fresh(state), 0, 86_400), "Jan 02 12:00 AM");
        // Started, but never forked and without a time of failure: the reference shows the epoch.
        check(ProcessStatus { started: Some(Wall(1)), ..fresh(state) }, "");
    }
}

#[test]
fn a_failed_start_is_no_stop() {
    let mut setup = Setup::default();
    setup.processes[1].started = Some(Wall(5_000_000));
    setup.processes[1].stopped = Some(Wall(6_000_000));
    setup.processes[2] = exited(setup.processes[2].clone(), 0, 9);
    let killed = ExitStatus::Signaled { signal: 9, core_dumped: false };
    setup.processes[2].last_exit =
        setup.processes[2].last_exit.map(|exit| LastExit { status: killed, ..exit });
    setup.processes[2].exit_status = Some(-1);
    let world = World::new(setup);
    let member = |name: &str, key: &str| {
        world
            .rpc("supervisor.getProcessInfo", &[name.into()])
            .expect("no fault")
            .get(key)
            .and_then(Value::as_int)
    };
    assert_eq!((member("g:one", "start"), member("g:one", "stop")), (Some(5), Some(0)));
    assert_eq!((member("g:two", "stop"), member("g:two", "exitstatus")), (Some(9), Some(-1)));
}

#[test]
fn the_configuration_is_told_as_it_was_read_last() {
    let mut odd = Process::with_defaults("b", "/bin/b --x");
    odd.autorestart = AutoRestart::Always;
    odd.user = Some(User::new("root", 0, 0));
    odd.directory = Some("/tmp".into());
    odd.exitcodes = [0, 2].into();
    odd.redirect_stderr = true;
    odd.stdout.logfile = LogFile::Path("/var/b.log".into());
    odd.stdout.maxbytes = 5 << 30;
    odd.stderr.logfile = LogFile::None;
    odd.serverurl = ServerUrl::Given("http://x".into());
    let mut never = Process::with_defaults("a", "/bin/a");
    never.autorestart = AutoRestart::Never;
    let configured = config(vec![group("z", 5, vec![odd]), group("a", 6, vec![never])]);
    let world = World::new(Setup { configured, ..Setup::default() });
    // The group with the odd program is configured but not active.
    world.publish(|snapshot| snapshot.groups = snapshot.groups[1..].into());
    let found = world.rpc("supervisor.getAllConfigInfo", &[]).expect("no fault");
    let rows = found.as_array().expect("an array");
    let (out, err) = (world.directory.path().join("a.out"), world.directory.path().join("a.err"));
    let expect_a = format!(
        "{{autostart: true, autorestart: false, directory: \"none\", uid: \"none\", command: \"/bin/a\", exitcodes: [0], \
         group: \"a\", group_prio: 6, inuse: true, killasgroup: false, name: \"a\", process_prio: 999, \
         redirect_stderr: false, startretries: 3, startsecs: 1, stdout_capture_maxbytes: 0, \
         stdout_events_enabled: false, stdout_logfile: {out:?}, stdout_logfile_backups: 10, \
         stdout_logfile_maxbytes: 52428800, stdout_syslog: false, stopsignal: 15, stopwaitsecs: 10, \
         stderr_capture_maxbytes: 0, stderr_events_enabled: false, stderr_logfile: {err:?}, \
         stderr_logfile_backups: 10, stderr_logfile_maxbytes: 52428800, stderr_syslog: false, serverurl: \"none\"}}"
    );
    assert_eq!(print(&rows[0]), expect_a);
    let expect_b = "{autostart: true, autorestart: true, directory: \"/tmp\", uid: 0, command: \"/bin/b --x\", \
         exitcodes: [0, 2], group: \"z\", group_prio: 5, inuse: false, killasgroup: false, name: \"b\", \
         process_prio: 999, redirect_stderr: true, startretries: 3, startsecs: 1, stdout_capture_maxbytes: 0, \
         stdout_events_enabled: false, stdout_logfile: \"/var/b.log\", stdout_logfile_backups: 10, \
         stdout_logfile_maxbytes: 2147483647, stdout_syslog: false, stopsignal: 15, stopwaitsecs: 10, \
         stderr_capture_maxbytes: 0, stderr_events_enabled: false, stderr_logfile: \"none\", \
         stderr_logfile_backups: 10, stderr_logfile_maxbytes: 52428800, stderr_syslog: false, serverurl: \"http://x\"}";
    assert_eq!(print(&rows[1]), expect_b);
    world.publish(|snapshot| snapshot.processes = Rows::default());
    let found = world.rpc("supervisor.getAllConfigInfo", &[]).expect("no fault");
    assert_eq!(found.as_array().and_then(|rows| rows[0].get("stdout_logfile")?.as_str()), Some("auto"));
}

#[test]
fn logs_are_read_and_their_absence_told() {
    let mut setup = Setup::default();
    setup.processes[2].stdout_logfile = None;
    let world = World::new(setup);
    world.write("a.out", "ein ü und\x1b ein\rEnde\n".as_bytes());
    let read = |name: &str, offset: i64, length: i64| {
        shown(&world, "supervisor.readProcessStdoutLog", &[name.into(), offset.into(), length.into()])
    };
    assert_eq!(read("a", 0, 5), "\"ein \u{fffd}\"", "a slice may cut a character");
    assert_eq!(read("a", -5, 0), "\"Ende\\n\"");
    assert_eq!(read("a", 100, 0), "\"\"");
    assert_eq!(read("a", 8, 5), "\"nd\u{fffd} e\"", "XML cannot carry escape characters");
    assert_eq!(read("a", 14, 3), "\"n\\rE\"");
    assert_eq!(read("a", 0, -1), "fault 3 BAD_ARGUMENTS");
    assert_eq!(read("a", -1, 1), "fault 3 BAD_ARGUMENTS");
    assert_eq!(read("nope", 0, 0), "fault 10 BAD_NAME: nope");
    assert_eq!(read("a:*", 0, 0), "fault 10 BAD_NAME: a:*");
    assert_eq!(read("g:two", 0, 0), "fault 20 NO_FILE");
    let missing = world.directory.path().join("one.out");
    assert_eq!(read("g:one", 0, -1), format!("fault 20 NO_FILE: {}", missing.display()));
    let params = ["a".into(), "4".into(), 2.9.into()];
    check(&world, "supervisor.readProcessLog", &params, "\"ü\"");
    let err = world.directory.path().join("a.err");
    let expect = format!("fault 20 NO_FILE: {}", err.display());
    check(&world, "supervisor.readProcessStderrLog", &["a".into(), 0.into(), 0.into()], &expect);
}

#[test]
fn the_main_log_is_read_and_cleared() {
    let world = World::new(Setup::default());
    let missing = world.directory.path().join("main.log").display().to_string();
    let all = [0.into(), 0.into()];
    check(&world, "supervisor.readLog", &all, &format!("fault 20 NO_FILE: {missing}"));
    check(&world, "supervisor.clearLog", &[], "fault 20 NO_FILE");
    world.write("main.log", b"line\n");
    check(&world, "supervisor.readLog", &all, "\"line\\n\"");
    check(&world, "supervisor.readMainLog", &[(-2).into(), 0.into()], "\"e\\n\"");
    check(&world, "supervisor.clearLog", &[], "true");
    until("clearing", || world.lines.lock().expect("no panic").contains(&"cleared main".to_owned()));
    let none = World::new(Setup { main_log: None, ..Setup::default() });
    check(&none, "supervisor.readLog", &all, "fault 20 NO_FILE");
    check(&none, "supervisor.clearLog", &[], "fault 20 NO_FILE");
    let stuck = World::new(Setup { log_trouble: Some("it is held"), ..Setup::default() });
    stuck.write("main.log", b"");
    check(&stuck, "supervisor.clearLog", &[], "fault 30 FAILED: it is held");
}

#[test]
fn the_end_of_a_log_is_no_fault_without_a_log() {
    let mut setup = Setup::default();
    setup.processes[2].stdout_logfile = None;
    let world = World::new(setup);
    world.write("a.out", b"line one\nline two\nx");
    let tail = |name: &str, offset: i64, length: i64| {
        shown(&world, "supervisor.tailProcessStdoutLog", &[name.into(), offset.into(), length.into()])
    };
    assert_eq!(tail("a", 0, 5), "[\"two\\nx\", 19, true]");
    assert_eq!(tail("a", 0, 1000), "[\"line one\\nline two\\nx\", 19, false]");
    assert_eq!(tail("a", 1000, 5), "[\"\", 19, false]");
    assert_eq!(tail("g:two", 3, 5), "[\"\", 0, false]");
    assert_eq!(tail("g:one", 3, 5), "[\"\", 0, false]");
    assert_eq!(tail("nope", 3, 5), "fault 10 BAD_NAME: nope");
    std::fs::create_dir(world.directory.path().join("one.out")).expect("a directory");
    assert_eq!(tail("g:one", 3, 5), "[\"\", 3, false]");
}

#[test]
fn logs_are_cleared_by_the_log_plane() {
    let cleared = |world: &World| {
        let lines = world.lines.lock().expect("no panic");
        lines.iter().filter(|line| line.starts_with("cleared")).cloned().collect::<Vec<_>>()
    };
    let world = World::new(Setup::default());
    check(&world, "supervisor.clearProcessLogs", &["g:one".into()], "true");
    check(&world, "supervisor.clearProcessLog", &["nope".into()], "fault 10 BAD_NAME: nope");
    check(&world, "supervisor.clearProcessLog", &["g:*".into()], "fault 10 BAD_NAME: g:*");
    // In the order of priorities, and of the configuration where they are equal.
    let expect = "[{name: \"a\", group: \"a\", status: 80, description: \"OK\"}, \
                  {name: \"two\", group: \"g\", status: 80, description: \"OK\"}, \
                  {name: \"one\", group: \"g\", status: 80, description: \"OK\"}]";
    check(&world, "supervisor.clearAllProcessLogs", &[], expect);
    until("clearing", || cleared(&world) == ["cleared 2", "cleared 1", "cleared 3", "cleared 2"]);
    let stuck = World::new(Setup { log_trouble: Some("it is held"), ..Setup::default() });
    check(&stuck, "supervisor.clearProcessLogs", &["g:one".into()], "fault 30 FAILED: g:one");
    let all = shown(&stuck, "supervisor.clearAllProcessLogs", &[]);
    assert!(all.contains("status: 30, description: \"FAILED: g:one\""), "{all}");
    until_logged(&stuck.lines, "ERRO cannot clear the logs of g:one: it is held");
}

#[test]
fn a_configuration_is_read_before_anybody_hears_of_it() {
    let changes =
        Changes { added: vec!["n".into()], changed: Vec::new(), removed: vec!["o".into(), "p".into()] };
    let script = move |call: &Call| match call {
        Call::Reread(_) => Some(Ok(Reply::Changes(changes.clone()))),
        _ => Some(Ok(Reply::Done)),
    };
    let world = World::new(Setup { script: Box::new(script), ..Setup::default() });
    check(&world, "supervisor.reloadConfig", &[], "[[[\"n\"], [], [\"o\", \"p\"]]]");
    check(&world, "supervisor.restart", &[], "true");
    assert_eq!(world.calls.lock().expect("no panic").len(), 2);
    let broken = World::new(Setup { loader: Arc::new(|| Err("line 3 is odd".into())), ..Setup::default() });
    check(&broken, "supervisor.reloadConfig", &[], "fault 92 CANT_REREAD: line 3 is odd");
    check(&broken, "supervisor.restart", &[], "fault 92 CANT_REREAD: line 3 is odd");
    assert_eq!(broken.calls.lock().expect("no panic").len(), 0);
}

#[test]
fn a_panic_while_the_configuration_is_read_is_a_fault() {
    let loader = Arc::new(|| panic!("this panic is part of the test"));
    let world = World::new(Setup { loader, ..Setup::default() });
    let found = shown(&world, "supervisor.reloadConfig", &[]);
    assert!(found.starts_with("fault 92 CANT_REREAD: "), "{found}");
    check(&world, "supervisor.getVersion", &[], "\"3.0\"");
}

fn call(name: &str, params: Vec<Value>) -> Value {
    Value::from_iter([("methodName", Value::from(name)), ("params", Value::Array(params))])
}

#[test]
fn several_calls_in_one_have_bare_results() {
    let world = World::new(Setup::default());
    let calls = vec![
        call("supervisor.getVersion", Vec::new()),
        Value::from_iter([("methodName", "supervisor.getState")]),
        Value::Struct(Vec::new()),
        call("system.multicall", vec![Value::Array(Vec::new())]),
        call("", Vec::new()),
        call("x", Vec::new()),
        call("supervisor.getPID", vec![1.into()]),
        Value::from_iter([("methodName", Value::from("supervisor.getPID")), ("params", 5.into())]),
        Value::from_iter([("methodName", 5)]),
        call("supervisor.stopProcess", vec!["a".into()]),
        call("supervisor.getProcessInfo", vec!["nope".into()]),
    ];
    let expect = "[\"3.0\", {statecode: 1, statename: \"RUNNING\"}, \
        {faultCode: 2, faultString: \"INCORRECT_PARAMETERS: No methodName\"}, \
        {faultCode: 2, faultString: \"INCORRECT_PARAMETERS: Recursive system.multicall forbidden\"}, \
        {faultCode: 1, faultString: \"UNKNOWN_METHOD\"}, {faultCode: 1, faultString: \"UNKNOWN_METHOD\"}, \
        {faultCode: 2, faultString: \"INCORRECT_PARAMETERS\"}, {faultCode: 2, faultString: \"INCORRECT_PARAMETERS\"}, \
        {faultCode: 2, faultString: \"INCORRECT_PARAMETERS: methodName must be a string\"}, true, \
        {faultCode: 10, faultString: \"BAD_NAME: nope\"}]";
    check(&world, "system.multicall", &[calls.into()], expect);
    check(&world, "system.multicall", &[Value::Array(Vec::new())], "[]");
    check(&world, "system.multicall", &[5.into()], "fault 2 INCORRECT_PARAMETERS");
    check(&world, "system.multicall", &["x".into()], "fault 2 INCORRECT_PARAMETERS");
    let mixed = vec![call("supervisor.shutdown", Vec::new()), 5.into()];
    world.calls.lock().expect("no panic").clear();
    let fault = "fault 2 INCORRECT_PARAMETERS: each call must be a struct";
    check(&world, "system.multicall", &[Value::Array(mixed)], fault);
    assert_eq!(world.calls.lock().expect("no panic").len(), 0, "nothing is carried out by halves");
}

#[test]
fn a_multicall_goes_on_when_its_client_has_left() {
    let (release, released) = mpsc::channel::<()>();
    let script = move |call: &Call| {
        if let Call::Stop { .. } = call {
            released.recv().expect("the test says when");
        }
        Some(Ok(Reply::Done))
    };
    let world = World::new(Setup { script: Box::new(script), ..Setup::default() });
    let calls = vec![
        call("supervisor.stopProcess", vec!["a".into()]),
        call("supervisor.startProcess", vec!["a".into()]),
    ];
    let request = encode_call("system.multicall", &[Value::from(calls)]);
    let mut client = world.connect();
    client.send(post(&String::from_utf8(request).expect("text")).as_bytes());
    until("the stop", || world.calls.lock().expect("no panic").len() == 1);
    drop(client);
    release.send(()).expect("the script waits");
    until("the start", || world.calls.lock().expect("no panic").len() == 2);
    assert!(world.calls.lock().expect("no panic")[1].starts_with("Start"));
}

#[test]
fn results_of_a_multicall_are_bounded() {
    let world = World::new(Setup::default());
    world.write("main.log", &vec![b'x'; 40 << 20]);
    let read = || call("supervisor.readLog", vec![0.into(), 0.into()]);
    let found = world.rpc("system.multicall", &[vec![read(), read(), read()].into()]).expect("no fault");
    let results = found.as_array().expect("an array");
    assert_eq!(results[1].as_str().map(str::len), Some(40 << 20));
    assert_eq!(results[2].get("faultCode").and_then(Value::as_int), Some(30));
}

#[test]
fn calls_under_way_are_bounded() {
    use crate::http::limits::MAX_CALLS;
    let world = World::new(Setup { script: Box::new(|_| None), ..Setup::default() });
    let request = post(&String::from_utf8(encode_call::<Value>("supervisor.shutdown", &[])).expect("text"));
    for started in 1..=MAX_CALLS {
        let mut client = world.connect();
        client.send(request.as_bytes());
        until("the call", || world.calls.lock().expect("no panic").len() == started);
        client.end_writing();
    }
    let fault = world.rpc("supervisor.shutdown", &[]).expect_err("too many calls are under way");
    assert_eq!(fault.code, 30);
    check(&world, "supervisor.getVersion", &[], "\"3.0\"");
}

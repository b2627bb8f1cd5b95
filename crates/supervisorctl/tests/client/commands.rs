//! Every command against a scripted server: which calls it makes, what it prints, how it exits.

use crate::scripted::{Reply, Scene, check, entry, info, strukt, up};
use provost_supervisorctl::commands::{COMMANDS, Flow};
use provost_wire::fault::FaultCode::{
    AbnormalTermination, AlreadyAdded, AlreadyStarted, BadName, BadSignal, CantReread, Failed, NoFile,
    NotExecutable, NotRunning, ShutdownState, SpawnError, StillRunning, UnknownMethod,
};
use provost_wire::xmlrpc::Value;

const RUNNING: (i32, &str) = (20, "RUNNING");
const STOPPED: (i32, &str) = (0, "STOPPED");
const FATAL: (i32, &str) = (200, "FATAL");

fn all_info() -> Reply {
    Value::Array(vec![
        info("cat", "cat", RUNNING, 11),
        info("g", "a", RUNNING, 12),
        info("g", "b", STOPPED, 0),
    ])
    .into()
}

fn bulk(entries: &[(&str, i32)]) -> Reply {
    let entries = entries.iter().map(|(name, status)| entry("g", name, *status, "FAILED: would not"));
    Value::Array(entries.collect()).into()
}

fn changes(added: &[&str], changed: &[&str], removed: &[&str]) -> Reply {
    let list = |names: &[&str]| Value::from(names.to_vec());
    Value::Array(vec![Value::Array(vec![list(added), list(changed), list(removed)])]).into()
}

const CAT: &str = "cat                              RUNNING   pid 11, uptime 0:00:05\n";
const GA: &str = "g:a                              RUNNING   pid 12, uptime 0:00:05\n";
const GB: &str = "g:b                              STOPPED   Not started\n";

#[test]
fn status() {
    let check = |line: &str, expect: &str, exit: u8| {
        check(line, &[up(), ("getAllProcessInfo", all_info())], expect, exit);
    };
    check("status", &[CAT, GA, GB].concat(), 3);
    check("status all", &[CAT, GA, GB].concat(), 3);
    check("status zz all", &[CAT, GA, GB].concat(), 3);
    check("status cat", CAT, 0);
    check("status cat:cat", CAT, 0);
    check("status g:a cat g:a", &[GA, CAT, GA].concat(), 0);
    check("status g:b", GB, 3);
    check("status g:*", &[GA, GB].concat(), 3);
    check("status g:", &[GA, GB].concat(), 3);
    check("status g", "g: ERROR (no such process)\n", 4);
    check("status zz", "zz: ERROR (no such process)\n", 4);
    check("status zz:*", "zz: ERROR (no such group)\n", 4);
    check("status cat zz", &format!("zz: ERROR (no such process)\n{CAT}"), 4);
    check("status zz g:b", &format!("zz: ERROR (no such process)\n{GB}"), 3);
}

#[test]
fn names_move_no_cursor() {
    let odd = Value::Array(vec![info("a\u{9b}2J", "b\x1b[H", RUNNING, 11)]);
    let expect = format!("{:<33}RUNNING   pid 11, uptime 0:00:05\n", "a\u{fffd}2J:b\u{fffd}[H");
    check("status", &[up(), ("getAllProcessInfo", odd.into())], &expect, 0);
    let mistake = Reply::Fault(CantReread, "bad name \x1b]0;x\x07");
    let expect = "ERROR: CANT_REREAD: bad name \u{fffd}]0;x\u{fffd}\n";
    check("reread", &[("reloadConfig", mistake)], expect, 1);
}

#[test]
fn a_name_may_be_longer_than_any_column() {
    let name = "x".repeat(100_000);
    let long = Value::Array(vec![info(&name, &name, RUNNING, 11), info("cat", "cat", RUNNING, 12)]);
    let blanks = " ".repeat(100_000);
    let expect = format!(
        "{name}   RUNNING   pid 11, uptime 0:00:05\ncat{}RUNNING   pid 12, uptime 0:00:05\n",
        &blanks[..100_000]
    );
    check("status", &[up(), ("getAllProcessInfo", long.into())], &expect, 0);
    let labels = format!("{name} | end\ncat{} | end\n", &blanks[..99_997]);
    let end = |name: &str| format!("readProcessStdoutLog {name} -9 0");
    let (first, second): (&'static str, &'static str) = (end(&name).leak(), end("cat").leak());
    check(
        &format!("tail --grep . -9 {name} cat"),
        &[up(), (first, "end\n".into()), (second, "end\n".into())],
        &labels,
        0,
    );
}

#[test]
fn only_the_stopped_states_make_status_fail() {
    let check = |state: (i32, &str), exit: u8| {
        let all = Value::Array(vec![info("x", "x", state, 0)]);
        let line = format!("x                                {:<10}Not started\n", state.1);
        check("status", &[up(), ("getAllProcessInfo", all.into())], &line, exit);
    };
    check(STOPPED, 3);
    check((10, "STARTING"), 0);
    check(RUNNING, 0);
    check((30, "BACKOFF"), 0);
    check((40, "STOPPING"), 0);
    check((100, "EXITED"), 3);
    check(FATAL, 3);
    check((1000, "UNKNOWN"), 3);
}

#[test]
fn start() {
    let one = |name: &'static str, reply: Reply, expect: &str, exit: u8| {
        let call = Box::leak(format!("startProcess {name}").into_boxed_str());
        check(&format!("start {name}"), &[up(), (call, reply)], expect, exit);
    };
    one("x", true.into(), "x: started\n", 0);
    one("g:a", true.into(), "g:a: started\n", 0);
    one("x:x", true.into(), "x: started\n", 0);
    one("x", Reply::Fault(AlreadyStarted, "x"), "x: ERROR (already started)\n", 0);
    one("x", Reply::Fault(BadName, "x"), "x: ERROR (no such process)\n", 1);
    one("x", Reply::Fault(NoFile, "x"), "x: ERROR (no such file)\n", 1);
    one("x", Reply::Fault(NotExecutable, "x"), "x: ERROR (file is not executable)\n", 1);
    one("x", Reply::Fault(SpawnError, "x"), "x: ERROR (spawn error)\n", 7);
    one("x", Reply::Fault(AbnormalTermination, "x"), "x: ERROR (abnormal termination)\n", 7);
    one("x", Reply::Fault(Failed, "x"), "error: Unknown result code 30 for x\n", 1);
    one("x", Reply::OddFault(12345), "error: Unknown result code 12345 for x\n", 1);

    check(
        "start g:*",
        &[up(), ("startProcessGroup g", bulk(&[("a", 80), ("b", 50)]))],
        "g:a: started\ng:b: ERROR (spawn error)\n",
        7,
    );
    check("start g:", &[up(), ("startProcessGroup g", bulk(&[]))], "", 0);
    check(
        "start zz:*",
        &[up(), ("startProcessGroup zz", Reply::Fault(BadName, "zz"))],
        "zz: ERROR (no such group)\n",
        2,
    );
    check(
        "start x all",
        &[up(), ("startAllProcesses", bulk(&[("a", 20), ("b", 80)]))],
        "g:a: ERROR (no such file)\ng:b: started\n",
        1,
    );
    check(
        "start a b c",
        &[
            up(),
            ("startProcess a", true.into()),
            ("startProcess b", Reply::Fault(NoFile, "b")),
            ("startProcess c", true.into()),
        ],
        "a: started\nb: ERROR (no such file)\nc: started\n",
        1,
    );
}

#[test]
fn stop() {
    let one = |reply: Reply, expect: &str, exit: u8| {
        check("stop x", &[up(), ("stopProcess x", reply)], expect, exit);
    };
    one(true.into(), "x: stopped\n", 0);
    one(Reply::Fault(NotRunning, "x"), "x: ERROR (not running)\n", 0);
    one(Reply::Fault(BadName, "x"), "x: ERROR (no such process)\n", 1);
    one(Reply::Fault(Failed, "unknown problem"), "FAILED: unknown problem\n", 1);
    one(Reply::Fault(AlreadyStarted, "x"), "error: Unknown result code 60 for x\n", 1);

    check(
        "stop g:*",
        &[up(), ("stopProcessGroup g", bulk(&[("a", 80), ("b", 70)]))],
        "g:a: stopped\ng:b: ERROR (not running)\n",
        0,
    );
    check(
        "stop zz:*",
        &[up(), ("stopProcessGroup zz", Reply::Fault(BadName, "zz"))],
        "zz: ERROR (no such group)\n",
        1,
    );
    check("stop all", &[up(), ("stopAllProcesses", bulk(&[("a", 30)]))], "FAILED: would not\n", 1);
}

#[test]
fn restart() {
    check(
        "restart x g:*",
        &[
            up(),
            up(),
            ("stopProcess x", Reply::Fault(NotRunning, "x")),
            ("stopProcessGroup g", bulk(&[("a", 80)])),
            up(),
            ("startProcess x", true.into()),
            ("startProcessGroup g", bulk(&[("a", 80), ("b", 80)])),
            ("provost.planUpdate", Reply::Fault(UnknownMethod, "")),
        ],
        "x: ERROR (not running)\ng:a: stopped\nx: started\ng:a: started\ng:b: started\n",
        0,
    );
    check(
        "restart zz:*",
        &[
            up(),
            up(),
            ("stopProcessGroup zz", Reply::Fault(BadName, "zz")),
            up(),
            ("startProcessGroup zz", Reply::Fault(BadName, "zz")),
            ("provost.planUpdate", Reply::Fault(UnknownMethod, "")),
        ],
        "zz: ERROR (no such group)\nzz: ERROR (no such group)\n",
        2,
    );
}

#[test]
fn signal() {
    let one = |reply: Reply, expect: &str, exit: u8| {
        check("signal HUP x", &[up(), ("signalProcess x HUP", reply)], expect, exit);
    };
    one(true.into(), "x: signalled\n", 0);
    one(Reply::Fault(NotRunning, "x"), "x: ERROR (not running)\n", 7);
    one(Reply::Fault(BadName, "x"), "x: ERROR (no such process)\n", 1);
    one(Reply::Fault(BadSignal, "HUP"), "x: ERROR (bad signal name)\n", 1);
    one(Reply::Fault(Failed, "no"), "FAILED: no\n", 1);

    check(
        "signal 1 g:*",
        &[up(), ("signalProcessGroup g 1", bulk(&[("a", 80), ("b", 11)]))],
        "g:a: signalled\ng:b: ERROR (bad signal name)\n",
        1,
    );
    check(
        "signal 1 zz:*",
        &[up(), ("signalProcessGroup zz 1", Reply::Fault(BadName, "zz"))],
        "zz: ERROR (no such group)\n",
        1,
    );
    check("signal 1 all", &[up(), ("signalAllProcesses 1", bulk(&[("a", 80)]))], "g:a: signalled\n", 0);
}

#[test]
fn clear() {
    check("clear x", &[up(), ("clearProcessLogs x", true.into())], "x: cleared\n", 0);
    check(
        "clear x",
        &[up(), ("clearProcessLogs x", Reply::Fault(BadName, "x"))],
        "x: ERROR (no such process)\n",
        1,
    );
    check("clear x", &[up(), ("clearProcessLogs x", Reply::Fault(Failed, "x"))], "x: ERROR (failed)\n", 1);
    check(
        "clear all",
        &[up(), ("clearAllProcessLogs", bulk(&[("a", 80), ("b", 30)]))],
        "g:a: cleared\ng:b: ERROR (failed)\n",
        1,
    );
    // The interface has no method for a group: its members are cleared one by one.
    check(
        "clear g:*",
        &[
            up(),
            ("getAllProcessInfo", all_info()),
            ("clearProcessLogs g:a", true.into()),
            ("clearProcessLogs g:b", Reply::Fault(Failed, "g:b")),
        ],
        "g:a: cleared\ng:b: ERROR (failed)\n",
        1,
    );
    check("clear zz:*", &[up(), ("getAllProcessInfo", all_info())], "zz: ERROR (no such group)\n", 1);
}

#[test]
fn missing_arguments_print_the_forms() {
    let check = |line: &str, complaint: &str, exit: u8| {
        let mut scene = Scene::new(&[up()], None);
        let _ = scene.session.execute(line);
        let out = scene.out();
        let mut lines = out.lines();
        assert_eq!(lines.next(), Some(complaint), "{line}");
        let name = line.split(' ').next().expect("a line has a first word");
        let forms = COMMANDS.iter().find(|command| command.name == name).expect("it is a command").forms;
        let shown: Vec<&str> = lines.map(|line| line.split('\t').next().unwrap_or_default()).collect();
        assert_eq!(shown, forms.iter().map(|form| form.synopsis).collect::<Vec<_>>(), "{line}");
        assert_eq!(scene.session.exit().code(), exit, "{line}");
    };
    check("start", "Error: start requires a process name", 2);
    check("stop", "Error: stop requires a process name", 1);
    check("restart", "Error: restart requires a process name", 1);
    check("clear", "Error: clear requires a process name", 1);
    check("signal", "Error: signal requires a signal name and a process name", 1);
    check("signal HUP", "Error: signal requires a signal name and a process name", 1);
    check("tail", "Error: too few arguments", 1);
    check("tail a b c d", "Error: too many arguments", 1);
    check("maintail a b", "Error: too many arguments", 1);
    for command in ["avail", "reread", "reload", "shutdown", "version"] {
        check(&format!("{command} x"), &format!("Error: {command} accepts no arguments"), 1);
    }
}

#[test]
fn tail() {
    let text = || Reply::from("the end\n");
    check("tail x", &[up(), ("readProcessStdoutLog x -1600 0", text())], "the end\n\n", 0);
    check("tail -9 x stderr", &[up(), ("readProcessStderrLog x -9 0", text())], "the end\n\n", 0);
    check("tail -0 x", &[up(), ("readProcessStdoutLog x 0 0", text())], "the end\n\n", 0);
    let failing = |reply: Reply, expect: &str| {
        check("tail x", &[up(), ("readProcessStdoutLog x -1600 0", reply)], expect, 1);
    };
    failing(Reply::Fault(NoFile, "/log"), "x: ERROR (no log file)\n");
    failing(Reply::Fault(BadName, "x"), "x: ERROR (no such process name)\n");
    failing(Reply::Fault(Failed, ""), "x: ERROR (unknown error reading log)\n");
    failing(Reply::Fault(ShutdownState, ""), "error: <Fault 6: 'SHUTDOWN_STATE'>\n");
    check("tail -f", &[up()], "Error: tail requires process name\n", 1);
    check("tail x foo", &[up()], "Error: bad channel 'foo'\n", 1);
    check("tail --5 x", &[up()], "Error: bad argument --5\n", 1);
}

#[test]
fn maintail() {
    check("maintail", &[up(), ("readLog -1600 0", "log\n".into())], "log\n\n", 0);
    check("maintail -5", &[up(), ("readLog -5 0", "log\n".into())], "log\n\n", 0);
    let none = Reply::Fault(NoFile, "");
    check("maintail", &[up(), ("readLog -1600 0", none)], "supervisord: ERROR (no log file)\n", 1);
    let failed = Reply::Fault(Failed, "");
    let expect = "supervisord: ERROR (unknown error reading log)\n";
    check("maintail", &[up(), ("readLog -1600 0", failed)], expect, 1);
    check("maintail foo", &[up()], "Error: bad argument foo\n", 1);
    check("maintail -x", &[up()], "Error: bad argument -x\n", 1);
}

#[test]
fn following_a_log() {
    const HEAD: &str = "==> Press Ctrl-C to exit <==\n";
    let check = |line: &str, call: &'static str, reply: Reply, (out, err, exit): (&str, &str, u8)| {
        let mut scene = Scene::new(&[up(), (call, reply)], None);
        assert_eq!(scene.session.execute(line), Flow::Continue, "{line}");
        assert_eq!(scene.out(), format!("{HEAD}{out}"), "{line}");
        assert_eq!(scene.err(), err, "{line}");
        assert_eq!(scene.session.exit().code(), exit, "{line}");
    };
    check("tail -f x", "GET /logtail/x/stdout", Reply::Stream("a\n"), ("a\n", "", 0));
    check("tail -f g:x stderr", "GET /logtail/g:x/stderr", Reply::Stream("a"), ("a", "", 0));
    check("tail -f é/%", "GET /logtail/%C3%A9%2F%25/stdout", Reply::Stream(""), ("", "", 0));
    check("maintail -f", "GET /mainlogtail", Reply::StreamInterrupted("a\n"), ("a\n\n", "", 0));
    let missing = "unix:///s.sock/logtail/zz/stdout Cannot read, status code 404\n";
    check("tail -f zz", "GET /logtail/zz/stdout", Reply::Http(404), ("", missing, 1));
    let refused = "unix:///s.sock/mainlogtail Cannot connect, error: [Errno 111] Connection refused\n";
    check("maintail -f", "GET /mainlogtail", Reply::Errno(111), ("", refused, 1));
}

#[test]
fn pid() {
    check("pid", &[up(), ("getPID", 4711.into())], "4711\n", 0);
    check("pid all", &[up(), ("getAllProcessInfo", all_info())], "11\n12\n0\n", 0);
    check("pid cat", &[up(), ("getProcessInfo cat", info("cat", "cat", RUNNING, 11).into())], "11\n", 0);
    check("pid zz", &[up(), ("getProcessInfo zz", Reply::Fault(BadName, "zz"))], "No such process zz\n", 1);
    let stopped = || Reply::from(info("g", "b", STOPPED, 0));
    let running = || Reply::from(info("g", "a", RUNNING, 12));
    check("pid g:b", &[up(), ("getProcessInfo g:b", stopped())], "0\n", 7);
    check(
        "pid g:b g:a",
        &[up(), ("getProcessInfo g:b", stopped()), ("getProcessInfo g:a", running())],
        "0\n12\n",
        7,
    );
}

#[test]
fn avail_and_version() {
    let config = strukt([
        ("name", "ga".into()),
        ("group", "grp".into()),
        ("inuse", true.into()),
        ("autostart", true.into()),
        ("group_prio", 5.into()),
        ("process_prio", 999.into()),
    ]);
    let line = "grp:ga                           in use    auto      5:999\n";
    check("avail", &[("getAllConfigInfo", Value::Array(vec![config]).into())], line, 0);
    let stopping = || Reply::Fault(ShutdownState, "");
    check("avail", &[("getAllConfigInfo", stopping())], "ERROR: supervisor shutting down\n", 1);
    check("version", &[up(), ("getSupervisorVersion", "4.3.0".into())], "4.3.0\n", 0);
    let expect = "error: supervisor.getSupervisorVersion answered with something else than a string; is it a \
                  server of another version?\n";
    check("version", &[up(), ("getSupervisorVersion", 5.into())], expect, 1);
}

#[test]
fn reread() {
    let check =
        |reply: Reply, expect: &str, exit: u8| check("reread", &[("reloadConfig", reply)], expect, exit);
    check(changes(&["n"], &["c"], &["a"]), "a: disappeared\nc: changed\nn: available\n", 0);
    check(changes(&[], &[], &[]), "No config updates to processes\n", 0);
    check(Reply::Fault(CantReread, "bad value"), "ERROR: CANT_REREAD: bad value\n", 1);
    check(Reply::Fault(ShutdownState, ""), "ERROR: supervisor shutting down\n", 1);
    check(Reply::Fault(Failed, "x"), "error: <Fault 30: 'FAILED: x'>\n", 1);
}

#[test]
fn add_and_remove() {
    let add =
        |reply: Reply, expect: &str, exit: u8| check("add g", &[("addProcessGroup g", reply)], expect, exit);
    add(true.into(), "g: added process group\n", 0);
    add(Reply::Fault(AlreadyAdded, "g"), "ERROR: process group already active\n", 0);
    add(Reply::Fault(BadName, "g"), "ERROR: no such process/group: g\n", 1);
    add(Reply::Fault(ShutdownState, ""), "ERROR: shutting down\n", 1);
    add(Reply::Fault(Failed, "x"), "error: <Fault 30: 'FAILED: x'>\n", 1);
    check("add", &[], "", 0);

    let remove = |reply: Reply, expect: &str, exit: u8| {
        check("remove g", &[("removeProcessGroup g", reply)], expect, exit);
    };
    remove(true.into(), "g: removed process group\n", 0);
    remove(Reply::Fault(StillRunning, "g"), "ERROR: process/group still running: g\n", 1);
    remove(Reply::Fault(BadName, "g"), "ERROR: no such process/group: g\n", 1);
    remove(Reply::Fault(ShutdownState, ""), "error: <Fault 6: 'SHUTDOWN_STATE'>\n", 1);
    check("remove", &[], "", 0);
}

#[test]
fn update_in_full() {
    check(
        "update",
        &[
            ("reloadConfig", changes(&["n"], &["c"], &["r", "s"])),
            ("stopProcessGroup r", bulk(&[("x", 80)])),
            ("removeProcessGroup r", true.into()),
            ("stopProcessGroup s", bulk(&[("x", 30)])),
            ("stopProcessGroup c", bulk(&[])),
            ("removeProcessGroup c", true.into()),
            ("addProcessGroup c", true.into()),
            ("addProcessGroup n", true.into()),
        ],
        "r: stopped\nr: removed process group\ns: stopped\ns: has problems; not removing\n\
         c: stopped\nc: updated process group\nn: added process group\n",
        1,
    );
    check("update", &[("reloadConfig", changes(&[], &[], &[]))], "", 0);
    check("update all", &[("reloadConfig", changes(&[], &[], &[]))], "", 0);
}

#[test]
fn update_of_named_groups() {
    let three = || changes(&["n"], &["c"], &["r"]);
    check(
        "update zz n cat zz",
        &[("reloadConfig", three()), ("getAllProcessInfo", all_info()), ("addProcessGroup n", true.into())],
        "ERROR: no such group: zz\nn: added process group\n",
        1,
    );
    check("update cat", &[("reloadConfig", three()), ("getAllProcessInfo", all_info())], "", 0);
    check(
        "update n all",
        &[("reloadConfig", changes(&["n"], &[], &[])), ("addProcessGroup n", true.into())],
        "n: added process group\n",
        0,
    );
}

#[test]
fn update_that_cannot_read() {
    let check = |reply: Reply, expect: &str| check("update", &[("reloadConfig", reply)], expect, 1);
    check(Reply::Fault(CantReread, "bad value"), "ERROR: CANT_REREAD: bad value\n");
    check(Reply::Fault(ShutdownState, ""), "ERROR: already shutting down\n");
    check(Reply::Fault(Failed, "x"), "error: <Fault 30: 'FAILED: x'>\n");
}

#[test]
fn shutdown_and_reload() {
    check("shutdown", &[("shutdown", true.into())], "Shut down\n", 0);
    check("shutdown", &[("shutdown", Reply::Fault(ShutdownState, ""))], "ERROR: already shutting down\n", 0);
    let refused = "ERROR: unix:///s.sock refused connection (already shut down?)\n";
    check("shutdown", &[("shutdown", Reply::Errno(111))], refused, 1);
    let missing = "ERROR: unix:///s.sock no such file (already shut down?)\n";
    check("shutdown", &[("shutdown", Reply::Errno(2))], missing, 1);
    check("reload", &[("restart", true.into())], "Restarted supervisord\n", 0);
    check("reload", &[("restart", Reply::Fault(ShutdownState, ""))], "ERROR: already shutting down\n", 1);
}

#[test]
fn a_user_is_asked_before_everything_stops() {
    let check = |line: &str, answer: &[&'static str], calls: bool, expect: &str, exit: u8| {
        let call = if line == "reload" { "restart" } else { "shutdown" };
        let steps = if calls { vec![(call, true.into())] } else { Vec::new() };
        let mut scene = Scene::new(&steps, Some(answer));
        assert_eq!(scene.session.execute(line), Flow::Continue);
        assert_eq!(scene.out(), expect);
        assert!(scene.progress.borrow().steps.is_empty());
        assert_eq!(scene.session.exit().code(), exit);
    };
    const SHUTDOWN: &str = "Really shut the remote supervisord process down y/N? ";
    const RELOAD: &str = "Really restart the remote supervisord process y/N? ";
    check("shutdown", &["y"], true, &format!("{SHUTDOWN}Shut down\n"), 0);
    check("shutdown", &["Yes"], true, &format!("{SHUTDOWN}Shut down\n"), 0);
    check("shutdown", &["n"], false, SHUTDOWN, 0);
    check("shutdown", &[""], false, SHUTDOWN, 0);
    check("shutdown", &[], false, &format!("{SHUTDOWN}error: EOF when reading a line\n"), 1);
    check("reload", &["y"], true, &format!("{RELOAD}Restarted supervisord\n"), 0);
    check("reload", &["no"], false, RELOAD, 0);
}

#[test]
fn open() {
    let elsewhere = "http://h:1 refused connection\n";
    check("open http://h:1", &[("getVersion", Reply::Errno(111))], elsewhere, 0);
    check("open unix:///s.sock", &[up(), ("getAllProcessInfo", all_info())], &[CAT, GA, GB].concat(), 0);
    for url in ["", "foo", "https://h:1"] {
        check(&format!("open {url}"), &[], "ERROR: url must be http:// or unix://\n", 1);
    }
}

//! What the reference does not offer: JSON, details, readings again and again, wildcards, plans, hints.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::scripted::{Reply, Scene, Step, check, entry, info, strukt, up};
use provost_supervisorctl::commands::Flow;
use provost_supervisorctl::explain::Surroundings;
use provost_supervisorctl::failure::Failure;
use provost_supervisorctl::json::Document;
use provost_supervisorctl::manner::{Manner, Pacer, Voice};
use provost_supervisorctl::surface::{Paint, Surface};
use provost_wire::fault::FaultCode::{
    AlreadyStarted, BadName, CantReread, Failed, NotRunning, SpawnError, StillRunning, UnknownMethod,
};
use provost_wire::xmlrpc::Value;

const RUNNING: (i32, &str) = (20, "RUNNING");
const STOPPED: (i32, &str) = (0, "STOPPED");

fn all_info() -> Reply {
    let web = |name: &str, pid: i32| info("web", name, RUNNING, pid);
    Value::Array(vec![
        info("cat", "cat", RUNNING, 11),
        info("db", "db", STOPPED, 0),
        web("web-1", 12),
        web("web-2", 13),
    ])
    .into()
}

/// A `getProcessDetails` struct of a process that has used so many seconds of processor time.
fn details(name: &str, pid: i32, cpu: f64) -> Value {
    let state = if pid == 0 { STOPPED } else { RUNNING };
    let Value::Struct(mut members) = info(name, name, state, pid) else { unreachable!("it is a struct") };
    let more: [(&str, Value); 17] = [
        ("start", 1_700_000_000.into()),
        ("uptime", 5.5.into()),
        ("restarts", 2.into()),
        ("last_exit", "".into()),
        ("last_exit_code", (-1).into()),
        ("last_exit_signal", "".into()),
        ("last_exit_time", 0.into()),
        ("failure", "".into()),
        ("attempt", 0.into()),
        ("attempts", 3.into()),
        ("next_retry_in", (-1.0).into()),
        ("memory", 4096.0.into()),
        ("cpu", cpu.into()),
        ("processes", i32::from(pid != 0).into()),
        ("events_buffered", 0.into()),
        ("events_dropped", 0.into()),
        ("log_bytes_dropped", 0.0.into()),
    ];
    members.extend(more.map(|(key, value)| (key.to_owned(), value)));
    Value::Struct(members)
}

fn not_offered() -> Reply {
    Reply::Fault(UnknownMethod, "")
}

fn plan(added: &[&str], removed: &[&str], changed: &[(&str, &[&str])]) -> Reply {
    let groups = changed.iter().map(|(group, reasons)| {
        strukt([("group", (*group).into()), ("reasons", Value::from(reasons.to_vec()))])
    });
    strukt([
        ("added", added.to_vec().into()),
        ("removed", removed.to_vec().into()),
        ("changed", Value::Array(groups.collect())),
    ])
    .into()
}

const CAT: &str = "cat                              RUNNING   pid 11, uptime 0:00:05\n";
const DB: &str = "db                               STOPPED   Not started\n";
const WEB_1: &str = "web:web-1                        RUNNING   pid 12, uptime 0:00:05\n";
const WEB_2: &str = "web:web-2                        RUNNING   pid 13, uptime 0:00:05\n";

#[test]
fn wildcards_of_status() {
    let check = |line: &str, expect: &[&str], exit: u8| {
        check(line, &[up(), ("getAllProcessInfo", all_info())], &expect.concat(), exit);
    };
    check("status web-*", &[WEB_1, WEB_2], 0);
    check("status web:*-1", &[WEB_1], 0);
    check("status w*:*", &[WEB_1, WEB_2], 0);
    check("status [cd]*", &[CAT, DB], 3);
    check("status cat c*", &[CAT], 0);
    check("status zz*", &["zz*: ERROR (no such process)\n"], 4);
    check("status zz*:*", &["zz*: ERROR (no such group)\n"], 4);
    check("status zz* cat", &["zz*: ERROR (no such process)\n", CAT], 4);
}

#[test]
fn wildcards_of_the_verbs() {
    let names = || ("getAllProcessInfo", all_info());
    check(
        "stop web-? cat",
        &[
            up(),
            names(),
            ("stopProcess web:web-1", true.into()),
            ("stopProcess web:web-2", Reply::Fault(NotRunning, "")),
            ("stopProcess cat", true.into()),
        ],
        "web:web-1: stopped\nweb:web-2: ERROR (not running)\ncat: stopped\n",
        0,
    );
    check(
        "start *:*-2",
        &[up(), names(), ("startProcess web:web-2", Reply::Fault(SpawnError, ""))],
        "web:web-2: ERROR (spawn error)\n",
        7,
    );
    // All processes of a group are that group.
    let stopped = Value::Array(vec![entry("web", "web-1", 80, "OK")]);
    check("stop w*:*", &[up(), names(), ("stopProcessGroup web", stopped.into())], "web:web-1: stopped\n", 0);
    check("signal HUP c*", &[up(), names(), ("signalProcess cat HUP", true.into())], "cat: signalled\n", 0);
    check("clear d?", &[up(), names(), ("clearProcessLogs db", true.into())], "db: cleared\n", 0);
    let one = |name: &str, pid: i32| Reply::from(info("web", name, RUNNING, pid));
    check(
        "pid web:*[12]",
        &[
            up(),
            names(),
            ("getProcessInfo web:web-1", one("web-1", 12)),
            ("getProcessInfo web:web-2", one("web-2", 13)),
        ],
        "12\n13\n",
        0,
    );
    // What matches nothing is a name that nothing bears, with the words and the code of the command.
    let unknown = |call: &'static str| [up(), names(), (call, Reply::Fault(BadName, ""))];
    check("start zz*", &unknown("startProcess zz*"), "zz*: ERROR (no such process)\n", 1);
    check("start zz*:*", &unknown("startProcessGroup zz*"), "zz*: ERROR (no such group)\n", 2);
    check("pid zz*", &unknown("getProcessInfo zz*"), "No such process zz*\n", 1);
    // These have their old meaning and cost no look at the processes.
    check("stop all web-*", &[up(), ("stopAllProcesses", Value::Array(vec![]).into())], "", 0);
    check("stop web:*", &[up(), ("stopProcessGroup web", Value::Array(vec![]).into())], "", 0);
}

/// Runs a line as `--json` does.
#[track_caller]
fn json(line: &str, steps: &[Step], expect: &str, exit: u8) {
    let mut scene = Scene::new(steps, None).in_manner(Manner {
        voice: Voice::Json(Document::default()),
        // Colours are for people.
        surface: Surface::Screen(Paint::Colour),
        pacer: None,
    });
    let _ = scene.session.execute(line);
    assert_eq!(scene.out(), format!("{expect}\n"), "output of {line}");
    assert_eq!(scene.session.exit().code(), exit, "exit code of {line}");
    assert!(scene.progress.borrow().steps.is_empty(), "{line} did not make all calls");
}

#[test]
fn json_of_what_is_asked() {
    json(
        "version",
        &[up(), ("getSupervisorVersion", "4.3.0".into())],
        r#"{"errors":[],"version":"4.3.0"}"#,
        0,
    );
    json("pid", &[up(), ("getPID", 7.into())], r#"{"errors":[],"pid":7}"#, 0);
    json(
        "pid all",
        &[
            up(),
            (
                "getAllProcessInfo",
                Value::Array(vec![info("g", "a", RUNNING, 7), info("b", "b", STOPPED, 0)]).into(),
            ),
        ],
        r#"{"errors":[],"pids":[{"name":"g:a","pid":7},{"name":"b","pid":null}]}"#,
        0,
    );
    json(
        "pid zz",
        &[up(), ("getProcessInfo zz", Reply::Fault(BadName, "zz"))],
        r#"{"errors":["No such process zz"]}"#,
        1,
    );
    json(
        "status db zz",
        &[up(), ("getAllProcessInfo", all_info())],
        r#"{"errors":["zz: ERROR (no such process)"],"processes":[{"code":0,"description":"Not started","group":"db","name":"db","pid":null,"process":"db","state":"STOPPED"}]}"#,
        3,
    );
    json(
        "avail",
        &[("getAllConfigInfo", Value::Array(vec![]).into())],
        r#"{"configured":[],"errors":[]}"#,
        0,
    );
    json(
        "tail x",
        &[up(), ("readProcessStdoutLog x -1600 0", "a\nb".into())],
        r#"{"errors":[],"logs":[{"channel":"stdout","name":"x","text":"a\nb"}]}"#,
        0,
    );
    json(
        "maintail",
        &[up(), ("readLog -1600 0", "a".into())],
        r#"{"errors":[],"logs":[{"channel":null,"name":null,"text":"a"}]}"#,
        0,
    );
}

#[test]
fn the_prompt_of_json_says_nothing_but_json() {
    let manner = Manner { voice: Voice::Json(Document::default()), ..Manner::default() };
    let mut scene = Scene::new(&[], None).in_manner(manner);
    assert_eq!(scene.session.execute("EOF"), Flow::Quit);
    assert_eq!(scene.out(), "");
}

#[test]
fn a_failed_start_has_the_reason_that_the_daemon_knows() {
    let Value::Struct(mut members) = details("db", 0, 0.0) else { unreachable!("it is a struct") };
    members.retain(|(key, _)| key != "failure");
    members.push(("failure".to_owned(), "/nope/db: No such file or directory (errno 2)".into()));
    let all = vec![details("cat", 11, 0.5), Value::Struct(members)];
    let notes = |details: Reply| {
        let start = ("startProcess db", Reply::Fault(SpawnError, "db"));
        let steps = [up(), start, ("provost.getAllProcessDetails", details)];
        let mut scene = Scene::new(&steps, None).in_surroundings(Surroundings::default());
        let _ = scene.session.execute("start db");
        assert_eq!(scene.out(), "db: ERROR (spawn error)\n");
        scene.err()
    };
    let reason = "note: db: /nope/db: No such file or directory (errno 2)\n";
    assert_eq!(notes(Value::Array(all).into()), reason);
    assert_eq!(notes(not_offered()), "");
}

#[test]
fn json_of_what_was_done() {
    let done = |action: &str, name: &str, ok: bool, message: &str| {
        format!(
            r#"{{"action":"{action}","group":"{name}","message":"{message}","name":"{name}","ok":{ok},"process":"{name}"}}"#
        )
    };
    let group = |action: &str, name: &str, ok: bool, message: &str| {
        format!(
            r#"{{"action":"{action}","group":"{name}","message":"{message}","name":"{name}","ok":{ok},"process":null}}"#
        )
    };
    let with_error = |error: &str, results: &[String]| {
        let errors = if error.is_empty() { String::new() } else { format!("\"{error}\"") };
        format!(r#"{{"errors":[{errors}],"results":[{}]}}"#, results.join(","))
    };
    let results = |results: &[String]| with_error("", results);
    json(
        "start a b",
        &[up(), ("startProcess a", true.into()), ("startProcess b", Reply::Fault(SpawnError, "b"))],
        &with_error(
            "b: ERROR (spawn error)",
            &[done("start", "a", true, "started"), done("start", "b", false, "spawn error")],
        ),
        7,
    );
    json(
        "start a",
        &[up(), ("startProcess a", Reply::Fault(AlreadyStarted, "a"))],
        &results(&[done("start", "a", true, "already started")]),
        0,
    );
    json(
        "stop a",
        &[up(), ("stopProcess a", Reply::Fault(Failed, "no"))],
        &with_error("FAILED: no", &[done("stop", "a", false, "FAILED: no")]),
        1,
    );
    json(
        "stop zz:*",
        &[up(), ("stopProcessGroup zz", Reply::Fault(BadName, "zz"))],
        &with_error("zz: ERROR (no such group)", &[group("stop", "zz", false, "no such group")]),
        1,
    );
    json("stop all", &[up(), ("stopAllProcesses", Value::Array(vec![]).into())], &results(&[]), 0);
    json(
        "restart a",
        &[
            up(),
            up(),
            ("stopProcess a", true.into()),
            up(),
            ("startProcess a", true.into()),
            ("provost.planUpdate", not_offered()),
        ],
        &results(&[done("stop", "a", true, "stopped"), done("start", "a", true, "started")]),
        0,
    );
    json(
        "add g",
        &[("addProcessGroup g", true.into())],
        &results(&[group("add", "g", true, "added process group")]),
        0,
    );
    json(
        "remove g",
        &[("removeProcessGroup g", Reply::Fault(StillRunning, "g"))],
        &with_error(
            "ERROR: process/group still running: g",
            &[group("remove", "g", false, "process/group still running: g")],
        ),
        1,
    );
    let list = |names: &[&str]| Value::from(names.to_vec());
    let changes =
        || Reply::from(Value::Array(vec![Value::Array(vec![list(&["n"]), list(&["c"]), list(&[])])]));
    json(
        "reread",
        &[("reloadConfig", changes())],
        r#"{"changes":{"added":["n"],"changed":["c"],"removed":[]},"errors":[]}"#,
        0,
    );
    json(
        "update",
        &[
            ("reloadConfig", changes()),
            ("stopProcessGroup c", Value::Array(vec![]).into()),
            ("removeProcessGroup c", true.into()),
            ("addProcessGroup c", true.into()),
            ("addProcessGroup n", true.into()),
        ],
        &results(&[
            group("stop", "c", true, "stopped"),
            group("update", "c", true, "updated process group"),
            group("add", "n", true, "added process group"),
        ]),
        0,
    );
}

#[test]
fn json_of_what_is_no_data() {
    json("shutdown", &[("shutdown", true.into())], r#"{"errors":[],"messages":["Shut down"]}"#, 0);
    json("nonsense", &[], r#"{"errors":["*** Unknown syntax: nonsense"]}"#, 1);
    json("start", &[up()], r#"{"errors":["Error: start requires a process name"]}"#, 2);
    json("version x", &[], r#"{"errors":["Error: version accepts no arguments"]}"#, 1);
    json("status", &[("getVersion", Reply::Errno(2))], r#"{"errors":["unix:///s.sock no such file"]}"#, 4);
    json(
        "reread",
        &[("reloadConfig", Reply::Http(500))],
        r#"{"errors":["error: <ProtocolError for unix:///s.sock/RPC2: 500 Reason>"]}"#,
        1,
    );
    json(
        "avail",
        &[("getAllConfigInfo", Reply::Http(401))],
        r#"{"errors":["Server requires authentication"]}"#,
        1,
    );
    // A stream has no end, and so no object.
    for line in ["tail -f x", "maintail -f", "fg x"] {
        let mut scene = Scene::new(&[up()], None)
            .in_manner(Manner { voice: Voice::Json(Document::default()), ..Manner::default() });
        assert_eq!(scene.session.execute(line), Flow::Continue);
        assert!(
            scene.out().starts_with(r#"{"errors":["E"#) && scene.out().ends_with("\"]}\n"),
            "{}",
            scene.out()
        );
        assert_eq!(scene.session.exit().code(), 1, "{line}");
    }
    // An empty line is no command.
    let mut scene = Scene::new(&[], None)
        .in_manner(Manner { voice: Voice::Json(Document::default()), ..Manner::default() });
    let _ = scene.session.execute("  ");
    assert_eq!(scene.out(), "");
}

#[test]
fn questions_stay_out_of_the_json() {
    let steps = [("shutdown", Reply::from(true))];
    let mut scene = Scene::new(&steps, Some(&["y"]))
        .in_manner(Manner { voice: Voice::Json(Document::default()), ..Manner::default() });
    let _ = scene.session.execute("shutdown");
    assert_eq!(scene.out(), "{\"errors\":[],\"messages\":[\"Shut down\"]}\n");
    assert_eq!(scene.err(), "Really shut the remote supervisord process down y/N? ");
}

#[test]
fn details_of_processes() {
    let all = Value::Array(vec![details("cat", 11, 0.5), details("db", 0, 0.0)]);
    let expect = [
        CAT,
        "    restarts    2\n",
        "    tree        1 process, 4.0 KiB of memory, 0.50 s of processor time\n",
        DB,
        "    restarts    2\n",
    ];
    check("status -l", &[up(), ("provost.getAllProcessDetails", all.clone().into())], &expect.concat(), 3);
    check(
        "status --long cat",
        &[up(), ("provost.getAllProcessDetails", all.into())],
        &expect[..3].concat(),
        0,
    );
    let broken = Value::Array(vec![info("cat", "cat", RUNNING, 11)]);
    let complaint = "error: provost.getAllProcessDetails answered with something else than a list of structs; is it a \
                     server of another version?\n";
    check("status -l", &[up(), ("provost.getAllProcessDetails", broken.into())], complaint, 1);
    json(
        "status -l cat",
        &[up(), ("provost.getAllProcessDetails", Value::Array(vec![details("cat", 11, 0.5)]).into())],
        r#"{"errors":[],"processes":[{"code":20,"cpu_percent":null,"description":"pid 11, uptime 0:00:05","details":{"attempt":0,"attempts":3,"cpu_seconds":0.5,"events_buffered":0,"events_dropped":0,"failure":null,"last_exit":null,"log_bytes_dropped":0,"memory_bytes":4096,"next_retry_in":null,"restarts":2,"started":1700000000,"tree_processes":1,"uptime":5.5},"group":"cat","name":"cat","pid":11,"process":"cat","state":"RUNNING"}]}"#,
        0,
    );
}

#[test]
fn a_server_without_details_shows_what_it_has() {
    let steps = [up(), ("provost.getAllProcessDetails", not_offered()), ("getAllProcessInfo", all_info())];
    let mut scene = Scene::new(&steps, None);
    let _ = scene.session.execute("status -l cat");
    assert_eq!(scene.out(), CAT);
    assert_eq!(
        scene.err(),
        "this supervisord does not tell details (it has no provost.getAllProcessDetails)\n"
    );
    assert_eq!(scene.session.exit().code(), 0);
}

/// Somebody for whom time flies, until Ctrl-C is pressed.
#[derive(Clone)]
struct Flying {
    begin: Instant,
    passed: Rc<Cell<Duration>>,
    pauses: Rc<RefCell<Vec<Duration>>>,
    limit: usize,
}

impl Flying {
    fn new(limit: usize) -> Self {
        Self { begin: Instant::now(), passed: Rc::default(), pauses: Rc::default(), limit }
    }
}

impl Pacer for Flying {
    fn now(&self) -> Instant {
        self.begin + self.passed.get()
    }

    fn pause(&self, duration: Duration) -> Result<(), Failure> {
        self.passed.set(self.passed.get() + duration);
        self.pauses.borrow_mut().push(duration);
        if self.pauses.borrow().len() > self.limit { Err(Failure::Interrupted) } else { Ok(()) }
    }
}

/// Watches through two readings, then presses Ctrl-C.
fn watched(line: &str, steps: &[Step], voice: Voice, surface: Surface) -> Scene {
    let pacer = Flying::new(2);
    let pauses = pacer.pauses.clone();
    let mut scene =
        Scene::new(steps, None).in_manner(Manner { voice, surface, pacer: Some(Box::new(pacer)) });
    assert_eq!(scene.session.execute(line), Flow::Continue, "{line}");
    assert_eq!(scene.session.exit().code(), 0, "{line}");
    assert!(scene.progress.borrow().steps.is_empty(), "{line} did not make all calls");
    let seconds: Vec<f64> = pauses.borrow().iter().map(Duration::as_secs_f64).collect();
    let interval = line.split("--watch=").nth(1).and_then(|rest| rest.parse().ok()).unwrap_or(2.0);
    assert_eq!(seconds, [0.0, interval, interval], "{line}");
    scene
}

fn two_readings() -> [Step; 3] {
    let reading = |cat: f64| {
        let all = Value::Array(vec![details("cat", 11, cat), details("db", 0, 0.0)]);
        ("provost.getAllProcessDetails", Reply::from(all))
    };
    [up(), reading(1.0), reading(1.5)]
}

const HEADLINE: &str =
    "NAME                             STATE       CPU %     MEMORY  RESTARTS  DESCRIPTION\n";

#[test]
fn watching_on_paper() {
    let line = |cpu: &str| {
        format!(
            "cat                              RUNNING   {cpu:>7}    4.0 KiB         2  pid 11, uptime 0:00:05\n"
        )
    };
    let db = "db                               STOPPED         -          -         2  Not started\n";
    let check = |command: &str, readings: [&str; 2]| {
        let scene = watched(command, &two_readings(), Voice::Lines, Surface::Paper);
        let [first, second] = readings.map(line);
        assert_eq!(scene.out(), format!("{HEADLINE}{first}{db}\n{HEADLINE}{second}{db}\n\n"));
        assert_eq!(scene.err(), "");
    };
    // Half a second of processor time in two seconds, and in half a second.
    check("status --watch", ["-", "25.0"]);
    check("status --watch=0.5", ["-", "100.0"]);
}

#[test]
fn watching_on_a_screen() {
    let scene = watched("status -l --watch", &two_readings(), Voice::Lines, Surface::Screen(Paint::Colour));
    let out = scene.out();
    assert_eq!(out.matches("\x1b[H\x1b[?7l").count(), 2, "{out:?}");
    assert_eq!(out.matches("\x1b[32mRUNNING\x1b[0m").count(), 2, "{out:?}");
    assert!(out.contains("1.50 s of processor time, now 25.0 %"), "{out:?}");
    assert!(out.ends_with("\x1b[J\x1b[?7h\n"), "{out:?}");
}

#[test]
fn watching_in_json() {
    let scene =
        watched("status --watch=4", &two_readings(), Voice::Json(Document::default()), Surface::Paper);
    let out = scene.out();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 2, "{out}");
    assert!(
        lines[0].contains(r#""cpu_percent":null"#) && lines[1].contains(r#""cpu_percent":12.5"#),
        "{out}"
    );
}

#[test]
fn watching_a_server_without_details() {
    let steps = [
        up(),
        ("provost.getAllProcessDetails", not_offered()),
        ("getAllProcessInfo", all_info()),
        ("getAllProcessInfo", all_info()),
    ];
    let scene = watched("status --watch cat", &steps, Voice::Lines, Surface::Paper);
    assert_eq!(scene.out(), format!("{CAT}\n{CAT}\n\n"));
    assert_eq!(scene.err().lines().count(), 1, "it is said once");
}

#[test]
fn a_bad_interval_is_refused() {
    let mut scene = Scene::new(&[up()], None);
    let _ = scene.session.execute("status --watch=soon");
    let complaint = "Error: bad interval 'soon': use a number of seconds from 0.1 to 86400\nstatus <name>\t";
    assert!(scene.out().starts_with(complaint), "{}", scene.out());
    assert_eq!(scene.session.exit().code(), 4);
}

#[test]
fn a_plan_changes_nothing() {
    let full = || plan(&["n"], &["r"], &[("c", &["command", "environment"]), ("d", &["user"])]);
    let line = "r: would be stopped and removed\nc: would be restarted (command, environment)\n\
                d: would be restarted (user)\nn: would be added\n";
    check("update --dry-run", &[("provost.planUpdate", full())], line, 0);
    check("update --dry-run all", &[("provost.planUpdate", full())], line, 0);
    check(
        "update d --dry-run n zz",
        &[
            ("provost.planUpdate", full()),
            ("getAllProcessInfo", Value::Array(vec![info("d", "d", RUNNING, 1)]).into()),
        ],
        "ERROR: no such group: zz\nd: would be restarted (user)\nn: would be added\n",
        1,
    );
    check(
        "update --dry-run",
        &[("provost.planUpdate", plan(&[], &[], &[]))],
        "No config updates to processes\n",
        0,
    );
    check(
        "update --dry-run",
        &[("provost.planUpdate", not_offered())],
        "ERROR: this supervisord cannot plan an update (it has no provost.planUpdate)\n",
        1,
    );
    check(
        "update --dry-run",
        &[("provost.planUpdate", Reply::Fault(CantReread, "bad value"))],
        "ERROR: CANT_REREAD: bad value\n",
        1,
    );
    json(
        "update --dry-run",
        &[("provost.planUpdate", plan(&[], &[], &[("c", &["command"])]))],
        r#"{"errors":[],"plan":{"added":[],"changed":[{"group":"c","reasons":["command"]}],"removed":[]}}"#,
        0,
    );
}

#[test]
fn a_restart_tells_of_another_file() {
    let check = |plan: Reply, hint: &str| {
        let steps = [
            up(),
            up(),
            ("stopProcess c", true.into()),
            up(),
            ("startProcess c", true.into()),
            ("provost.planUpdate", plan),
        ];
        let mut scene = Scene::new(&steps, None);
        let _ = scene.session.execute("restart c");
        assert_eq!(scene.out(), "c: stopped\nc: started\n");
        assert_eq!(scene.err(), hint);
        assert_eq!(scene.session.exit().code(), 0);
    };
    check(
        plan(&["n"], &["r"], &[("c", &["command", "environment"]), ("d", &["user"])]),
        "note: the configuration file differs from what was started: c (command, environment); `update` applies it\n",
    );
    check(plan(&["n"], &["r"], &[("d", &["user"])]), "");
    check(not_offered(), "");
    // The restart itself went well.
    check(Reply::Http(500), "");
    check(
        Reply::Fault(CantReread, "bad value"),
        "note: the configuration file is in error, so the old configuration was started: CANT_REREAD: bad value\n",
    );
}

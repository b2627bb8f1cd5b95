//! The note beside a failure: on standard error, and only there.

use crate::scripted::{Reply, Scene, Step, URL, info, up};
use provost_supervisorctl::explain::Surroundings;
use provost_wire::fault::FaultCode::{BadName, CantReread, Failed, ShutdownState};
use provost_wire::xmlrpc::Value;

#[track_caller]
fn check(line: &str, step: Step, (out, note): (&str, &str)) {
    let surroundings = Surroundings { server_url: URL.to_owned(), ..Surroundings::default() };
    let mut scene = Scene::new(&[step], None).in_surroundings(surroundings);
    let _ = scene.session.execute(line);
    assert_eq!(scene.out(), out, "{line}");
    let err = scene.err();
    if note.is_empty() {
        assert_eq!(err, "", "{line}");
    } else {
        assert!(
            err.starts_with("note: unix:///s.sock was asked, ") && err.ends_with(&format!("; {note}\n")),
            "{err}"
        );
        assert_eq!(err.lines().count(), 1, "{err}");
    }
}

#[test]
fn the_lines_of_the_reference_stay_as_they_are() {
    let start = "start supervisord, or name its configuration file with -c";
    check("status", ("getVersion", Reply::Errno(2)), ("unix:///s.sock no such file\n", start));
    check("status", ("getVersion", Reply::Errno(111)), ("unix:///s.sock refused connection\n", start));
    let avail = ("getAllConfigInfo", Reply::Errno(2));
    check("avail", avail, ("error: [Errno 2] No such file or directory\n", start));
    let shutdown = ("shutdown", Reply::Errno(2));
    let line = "ERROR: unix:///s.sock no such file (already shut down?)\n";
    check("shutdown", shutdown, (line, start));
    let credentials = "no user name and password were given; set username= and password= or use -u and -p, or -i to be asked";
    check("pid", ("getVersion", Reply::Http(401)), ("Server requires authentication\n", credentials));
    let other = "what answers there is no supervisord, or it is ending: correct the URL, or try again";
    let line = "error: <ProtocolError for unix:///s.sock/RPC2: 404 Reason>\n";
    check("pid", ("getVersion", Reply::Http(404)), (line, other));
}

#[test]
fn what_the_server_says_itself_needs_no_note() {
    check("pid", ("getVersion", Reply::Fault(Failed, "")), ("error: <Fault 30: 'FAILED'>\n", ""));
    check("pid", ("getVersion", Reply::Interrupt), ("", ""));
}

/// A line, the calls it makes, and all notes it brings.
#[track_caller]
fn check_notes(line: &str, steps: &[Step], notes: &str) {
    let mut scene = Scene::new(steps, None).in_surroundings(Surroundings::default());
    let _ = scene.session.execute(line);
    assert_eq!(scene.err(), notes, "{line}");
    let left: Vec<&str> = scene.progress.borrow().steps.iter().map(|(call, _)| *call).collect();
    assert!(left.is_empty(), "{line} did not call {left:?}");
}

fn known() -> Step {
    let running = (20, "RUNNING");
    (
        "getAllProcessInfo",
        Value::Array(vec![info("api", "one", running, 7), info("web", "web", running, 8)]).into(),
    )
}

#[test]
fn who_names_what_is_not_there_is_told_what_is() {
    let api = "note: api is a group; `api:*` means all its processes\n";
    check_notes("status api", &[up(), known(), known()], api);
    check_notes(
        "stop one",
        &[up(), ("stopProcess one", Reply::Fault(BadName, "one")), known()],
        "note: there is `api:one`\n",
    );
    let group = ("stopProcessGroup wbe", Reply::Fault(BadName, "wbe"));
    check_notes("stop wbe:*", &[up(), group, known()], "note: did you mean `web:*`?\n");
    check_notes(
        "start *",
        &[up(), ("startProcess *", Reply::Fault(BadName, "*"))],
        "note: `all` means every process\n",
    );
    check_notes(
        "pid wbe",
        &[up(), ("getProcessInfo wbe", Reply::Fault(BadName, "wbe")), known()],
        "note: did you mean `web`?\n",
    );
    check_notes(
        "tail wbe",
        &[up(), ("readProcessStdoutLog wbe -1600 0", Reply::Fault(BadName, "wbe")), known()],
        "note: did you mean `web`?\n",
    );
    check_notes("stopp web", &[], "note: did you mean `stop`?\n");
    let configured = || ("getAllConfigInfo", Value::Array(Vec::new()).into());
    check_notes("add x", &[("addProcessGroup x", Reply::Fault(BadName, "x")), configured()], "");
    let foo = "note: `status` has no option `--foobar`; it has `-l`, `--long`, `--watch`\n";
    check_notes("status --foobar", &[up(), known()], foo);
}

#[test]
fn a_restart_is_advised_on_once() {
    let steps = [
        up(),
        up(),
        ("stopProcess api", Reply::Fault(BadName, "api")),
        known(),
        up(),
        ("startProcess api", Reply::Fault(BadName, "api")),
        known(),
        ("provost.planUpdate", Reply::Fault(ShutdownState, "")),
    ];
    check_notes("restart api", &steps, "note: api is a group; `api:*` means all its processes\n");
}

#[test]
fn a_log_that_is_not_there_has_a_reason() {
    let check = |name: &'static str, note: &str| {
        let path = Box::leak(format!("GET /logtail/{name}/stdout").into_boxed_str());
        let refused = format!("unix:///s.sock/logtail/{name}/stdout Cannot read, status code 404\n");
        let line = format!("tail -f {name}");
        check_notes(&line, &[up(), (path, Reply::Http(404)), known()], &format!("{refused}note: {note}\n"));
    };
    check("web", "web has no stdout log");
    check("wbe", "there is no process wbe; did you mean `web`?");
    check("nothing", "there is no process nothing");
}

#[test]
fn what_the_daemon_knows_is_told() {
    let ending = Reply::Fault(ShutdownState, "");
    let note = "note: supervisord is about to end, or to start over after `reload`\n";
    check_notes("status", &[("getVersion", ending)], note);
    let note = "note: nothing was changed; `supervisord --check`, with the daemon's -c, shows every mistake and its line\n";
    for (line, call) in [("reread", "reloadConfig"), ("update", "reloadConfig"), ("reload", "restart")] {
        check_notes(line, &[(call, Reply::Fault(CantReread, "bad"))], note);
    }
}

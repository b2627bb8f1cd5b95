//! The session around the commands: servers that cannot be worked with, credentials, odd lines, exit codes.

use crate::scripted::{Reply, Scene, Step, check, info, up};
use provost_supervisorctl::commands::Flow;
use provost_supervisorctl::exit::Exit;
use provost_wire::fault::FaultCode::{NoFile, ShutdownState, UnknownMethod};
use provost_wire::xmlrpc::Value;

/// Commands that look whether the server is there, with arguments that make them go on.
const CHECKED: [&str; 9] =
    ["status", "start x", "stop x", "restart x", "signal 1 x", "clear x", "tail x", "maintail", "pid"];

/// Commands that do not, with the call they begin with.
const UNCHECKED: [(&str, &str); 6] = [
    ("avail", "getAllConfigInfo"),
    ("reread", "reloadConfig"),
    ("update", "reloadConfig"),
    ("add x", "addProcessGroup x"),
    ("remove x", "removeProcessGroup x"),
    ("reload", "restart"),
];

fn check_unusable(reply: &Reply, expect: &str, (exit, exit_of_status): (u8, u8)) {
    for line in CHECKED {
        let exit = if line == "status" { exit_of_status } else { exit };
        check(line, &[("getVersion", reply.clone())], expect, exit);
    }
    check("version", &[("getVersion", reply.clone())], expect, exit);
}

#[test]
fn unusable_servers() {
    check_unusable(&Reply::Errno(111), "unix:///s.sock refused connection\n", (4, 4));
    check_unusable(&Reply::Errno(2), "unix:///s.sock no such file\n", (7, 4));
    let namespace = "Sorry, supervisord responded but did not recognize the supervisor namespace commands that \
                     supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section \
                     is enabled in the configuration file (see sample.conf).\n";
    check_unusable(&Reply::Fault(UnknownMethod, ""), namespace, (3, 4));
    let version = "Sorry, this version of supervisorctl expects to talk to a server with API version 3.0, but \
                   the remote version is 9.9.\n";
    check_unusable(&"9.9".into(), version, (5, 4));
    check_unusable(&Reply::Fault(ShutdownState, ""), "error: <Fault 6: 'SHUTDOWN_STATE'>\n", (1, 1));
    check_unusable(&Reply::Errno(13), "error: [Errno 13] Permission denied\n", (1, 1));
    let status = "error: <ProtocolError for unix:///s.sock/RPC2: 500 Reason>\n";
    check_unusable(&Reply::Http(500), status, (1, 1));
}

#[test]
fn commands_that_do_not_check_fail_in_general_terms() {
    for (line, call) in UNCHECKED {
        check(line, &[(call, Reply::Errno(111))], "error: [Errno 111] Connection refused\n", 1);
        check(line, &[(call, Reply::Errno(2))], "error: [Errno 2] No such file or directory\n", 1);
    }
}

#[test]
fn without_a_user_credentials_are_not_asked_for() {
    for line in CHECKED {
        check(line, &[("getVersion", Reply::Http(401))], "Server requires authentication\n", 1);
    }
}

#[test]
fn a_user_may_try_credentials_again() {
    let denied: Step = ("getVersion", Reply::Http(401));
    let steps = [denied.clone(), denied, up(), ("getPID", 7.into())];
    let mut scene = Scene::new(&steps, Some(&["u", "wrong", "u", "right"]));
    assert_eq!(scene.session.execute("pid"), Flow::Continue);
    let question = "Server requires authentication\nUsername:\n";
    assert_eq!(scene.out(), format!("{question}{question}7\n"));
    assert_eq!(scene.session.exit(), Exit::Success);
    let progress = scene.progress.borrow();
    let credentials = progress.credentials.as_ref().expect("the user gave some");
    assert_eq!((credentials.user.as_str(), credentials.password.as_str()), ("u", "right"));
}

#[test]
fn a_user_may_have_no_credentials() {
    let mut scene = Scene::new(&[("getVersion", Reply::Http(401))], Some(&["u"]));
    assert_eq!(scene.session.execute("pid"), Flow::Continue);
    assert_eq!(scene.out(), "Server requires authentication\nUsername:error: EOF when reading a line\n");
    assert_eq!(scene.session.exit(), Exit::Failure);
}

#[test]
fn odd_lines() {
    check("", &[], "", 0);
    check("  ", &[], "", 0);
    check("bogus x  y ", &[], "*** Unknown syntax: bogus x  y\n", 1);
    check("!ls", &[], "*** Unknown syntax: !ls\n", 1);
    check("help nope", &[], "*** No help on nope\n", 0);
    check("?nope", &[], "*** No help on nope\n", 0);
    check("start-cat", &[up(), ("startProcess -cat", true.into())], "-cat: started\n", 0);
    check("\tpid  ", &[up(), ("getPID", 7.into())], "7\n", 0);
}

#[test]
fn lines_that_end_a_session() {
    let check = |line: &str, steps: &[Step], flow: Flow, out: &str| {
        let mut scene = Scene::new(steps, None);
        assert_eq!(scene.session.execute(line), flow, "{line}");
        assert_eq!(scene.out(), out, "{line}");
        assert_eq!(scene.session.exit(), Exit::Success, "{line}");
    };
    check("quit", &[], Flow::Quit, "\n");
    check("exit now", &[], Flow::Quit, "\n");
    check("EOF", &[], Flow::Quit, "\n");
    check("pid", &[("getVersion", Reply::Interrupt)], Flow::Interrupted, "");
    let waiting = [up(), ("stopProcess a", true.into()), ("stopProcess b", Reply::Interrupt)];
    check("stop a b c", &waiting, Flow::Interrupted, "a: stopped\n");
}

#[test]
fn an_exit_code_is_that_of_the_last_failure() {
    let steps = [
        up(),
        ("startProcess a", Reply::Fault(NoFile, "a")),
        up(),
        ("getAllProcessInfo", Value::Array(vec![info("x", "x", (0, "STOPPED"), 0)]).into()),
        up(),
        ("getPID", 7.into()),
    ];
    let mut scene = Scene::new(&steps, None);
    for (line, exit) in [("start a", 1), ("status", 3), ("pid", 3)] {
        let _ = scene.session.execute(line);
        assert_eq!(scene.session.exit().code(), exit, "{line}");
    }
}

#[test]
fn a_connection_lasts_for_one_command() {
    let mut scene = Scene::new(&[up(), ("getPID", 7.into()), up(), ("getPID", 7.into())], None);
    for done in 1..=2 {
        let _ = scene.session.execute("pid");
        assert_eq!(scene.progress.borrow().hang_ups, done);
    }
}

//! Several logs at once, lines and patterns, and `fg`.

use crate::scripted::{Reply, Scene, Step, Tell, check, info, up};
use provost_supervisorctl::commands::Flow;
use provost_wire::fault::FaultCode::{BadName, NoFile, NotRunning, ShutdownState};
use provost_wire::xmlrpc::Value;

use Tell::{EndOfInput, Ended, Interrupt, Line, Opened, Piece, Refused};

const RUNNING: (i32, &str) = (20, "RUNNING");
const STOPPED: (i32, &str) = (0, "STOPPED");
const HEAD: &str = "==> Press Ctrl-C to exit <==\n";

/// Runs `line` against these calls; what is printed to both streams, the heading left out, and the exit code.
#[track_caller]
fn follow(line: &str, steps: &[Step], (out, err, exit): (&str, &str, u8)) {
    let mut scene = Scene::new(&[&[up()], steps].concat(), None);
    assert_eq!(scene.session.execute(line), Flow::Continue, "{line}");
    assert_eq!(scene.out(), format!("{HEAD}{out}"), "{line}");
    assert_eq!(scene.err(), err, "{line}");
    assert_eq!(scene.session.exit().code(), exit, "{line}");
    let left = scene.progress.borrow().steps.len();
    assert_eq!(left, 0, "{line} leaves calls");
}

const BOTH: Reply = Reply::Streams(&[
    Opened(0),
    Opened(1),
    Piece(0, "one\ntw"),
    Piece(1, "un\n"),
    Piece(0, "o\n"),
    Ended(1),
    Piece(0, "rest"),
    Interrupt,
]);

#[test]
fn several_logs_line_by_line() {
    let paths = "GET /logtail/a/stdout /logtail/long/stdout";
    follow("tail -f a long", &[(paths, BOTH)], ("a    | one\nlong | un\na    | two\na    | rest\n\n", "", 0));
    let paths = "GET /logtail/a/stdout /logtail/a/stderr";
    let out = "a stdout | one\na stderr | un\na stdout | two\na stdout | rest\n\n";
    follow("tail -f --both a", &[(paths, BOTH)], (out, "", 0));
    let paths = "GET /logtail/a/stderr /logtail/b/stderr";
    follow("tail -f a b stderr", &[(paths, BOTH)], ("a | one\nb | un\na | two\na | rest\n\n", "", 0));
    follow("tail -f --stderr a b", &[(paths, BOTH)], ("a | one\nb | un\na | two\na | rest\n\n", "", 0));
    let paths = "GET /logtail/a/stdout /logtail/b/stdout";
    follow("tail -f --grep ^t a b", &[(paths, BOTH)], ("a | two\n\n", "", 0));
}

#[test]
fn groups_and_patterns_are_followed_by_member() {
    let all = || {
        Reply::from(Value::Array(vec![
            info("cat", "cat", RUNNING, 11),
            info("g", "a", RUNNING, 12),
            info("g", "b", STOPPED, 0),
        ]))
    };
    let steps = |paths: &'static str| [("getAllProcessInfo", all()), (paths, BOTH)];
    let out = "g:a | one\ng:b | un\ng:a | two\ng:a | rest\n\n";
    follow("tail -f g:*", &steps("GET /logtail/g:a/stdout /logtail/g:b/stdout"), (out, "", 0));
    follow("tail -f g:?", &steps("GET /logtail/g:a/stdout /logtail/g:b/stdout"), (out, "", 0));
    let out = "cat | one\ng:a | un\ncat | two\ncat | rest\n\n";
    follow("tail -f c* *a", &steps("GET /logtail/cat/stdout /logtail/g:a/stdout"), (out, "", 0));
}

#[test]
fn a_log_that_is_refused_does_not_end_the_others() {
    let reply = Reply::Streams(&[Opened(0), Refused(1, 404), Piece(0, "a\n"), Ended(0)]);
    let missing = "unix:///s.sock/logtail/zz/stdout Cannot read, status code 404\n";
    follow("tail -f a zz", &[("GET /logtail/a/stdout /logtail/zz/stdout", reply)], ("a  | a\n", missing, 1));
}

#[test]
fn lines_instead_of_bytes() {
    let begin = Reply::Stream("one\ntwo\nthree\n");
    follow("tail -f -n 2 x", &[("GET /logtail/x/stdout?lines=2", begin)], ("two\nthree\n", "", 0));
    let text = || Reply::from("one\ntwo\nthree\n");
    let check_end = |line: &str, call: &'static str, expect: &str| {
        check(line, &[up(), (call, text())], expect, 0);
    };
    check_end("tail -n 2 x", "readProcessStdoutLog x -768 0", "two\nthree\n");
    check_end("tail -n1 x stderr", "readProcessStderrLog x -512 0", "three\n");
    check_end("tail -n 9 x", "readProcessStdoutLog x -2560 0", "one\ntwo\nthree\n");
    check_end("tail --stderr -5 x", "readProcessStderrLog x -5 0", "one\ntwo\nthree\n\n");
    check_end("tail --grep=[ew]o? x", "readProcessStdoutLog x -1600 0", "one\ntwo\nthree\n");
    check_end("tail --grep ^t.o x", "readProcessStdoutLog x -1600 0", "two\n");
    check_end("tail --grep zz x", "readProcessStdoutLog x -1600 0", "");
}

#[test]
fn long_lines_are_fetched_in_larger_and_larger_pieces() {
    let long: &'static str = Box::leak("x".repeat(512).into_boxed_str());
    let whole: &'static str = Box::leak(format!("{}\nlast\n", "x".repeat(600)).into_boxed_str());
    let steps = [
        up(),
        ("readProcessStdoutLog x -512 0", long.into()),
        ("readProcessStdoutLog x -2048 0", whole.into()),
    ];
    check("tail -n 1 x", &steps, "last\n", 0);
}

#[test]
fn one_of_two_followed_streams_may_be_missing() {
    const BOTH: &str = "GET /logtail/x/stdout /logtail/x/stderr";
    let check = |tells: &'static [Tell], expect: (&str, &str, u8)| {
        follow("tail -f --both x", &[(BOTH, Reply::Streams(tells))], expect);
    };
    check(&[Refused(1, 404), Opened(0), Piece(0, "a\n"), Ended(0)], ("x stdout | a\n", "", 0));
    check(&[Refused(0, 404), Opened(1), Piece(1, "b\n"), Ended(1)], ("x stderr | b\n", "", 0));
    let refused = "unix:///s.sock/logtail/x/stdout Cannot read, status code 404\n\
                   unix:///s.sock/logtail/x/stderr Cannot read, status code 404\n";
    check(&[Refused(0, 404), Refused(1, 404)], ("", refused, 1));
}

#[test]
fn several_ends_of_logs() {
    let steps = [
        up(),
        ("readProcessStdoutLog a -1600 0", "one\n".into()),
        ("readProcessStderrLog a -1600 0", Reply::Fault(NoFile, "")),
        ("readProcessStdoutLog bb -1600 0", "two\nrest".into()),
        ("readProcessStderrLog bb -1600 0", "".into()),
    ];
    // A process may have one of them only.
    let expect = "a stdout  | one\nbb stdout | two\nbb stdout | rest\n";
    check("tail --both a bb", &steps, expect, 0);
    let missing = || Reply::Fault(NoFile, "");
    let stdout = |reply| ("readProcessStdoutLog a -1600 0", reply);
    let stderr = |reply| ("readProcessStderrLog a -1600 0", reply);
    check("tail --both a", &[up(), stdout(missing()), stderr("two\n".into())], "a stderr | two\n", 0);
    let no_file = "a: ERROR (no log file)\n";
    check("tail --both a", &[up(), stdout(missing()), stderr(missing())], &no_file.repeat(2), 1);
    check("tail --stderr a", &[up(), stderr(missing())], no_file, 1);
}

#[test]
fn mistakes() {
    let check = |line: &str, expect: &str| check(line, &[up()], &format!("Error: {expect}\n"), 1);
    check("tail -n x y", "bad argument -n x");
    check("tail -f -5 y", "bad argument -5");
    check("tail --both", "tail requires process name");
    let mut scene = Scene::new(&[up()], None);
    let _ = scene.session.execute("tail --grep ( x");
    assert!(scene.out().starts_with("Error: bad pattern: "), "{}", scene.out());
    assert_eq!(scene.session.exit().code(), 1);
}

const FG: &str = "GET /logtail/x/stdout /logtail/x/stderr";

fn running() -> Step {
    ("getProcessInfo x", info("x", "x", RUNNING, 11).into())
}

#[test]
fn fg_refuses_what_is_no_running_process() {
    let forms = "fg <process>\tTalk to a process as if it ran in this terminal; Ctrl-C to leave it\n";
    check("fg", &[up()], &format!("ERROR: no process name supplied\n{forms}"), 1);
    check("fg a b", &[up()], "ERROR: too many process names supplied\n", 1);
    let unknown = ("getProcessInfo zz", Reply::Fault(BadName, "zz"));
    check("fg zz", &[up(), unknown], "ERROR: bad process name supplied\n", 1);
    let stopped = ("getProcessInfo x", info("x", "x", STOPPED, 0).into());
    check("fg x", &[up(), stopped], "ERROR: process not running\n", 1);
    let ending = ("getProcessInfo x", Reply::Fault(ShutdownState, ""));
    check("fg x", &[up(), ending], "ERROR: <Fault 6: 'SHUTDOWN_STATE'>\n", 1);
}

#[test]
fn fg_carries_both_streams_and_the_lines() {
    let talk = |tells: &'static [Tell], calls: &[Step], expect: (&str, &str, u8)| {
        let steps = [&[running(), (FG, Reply::Streams(tells))], calls].concat();
        follow("fg x", &steps, expect);
    };
    let leave = "Exiting foreground\n";
    talk(&[Opened(0), Opened(1), Interrupt], &[], (leave, "", 0));
    talk(&[Opened(0), Opened(1), EndOfInput], &[], (leave, "", 0));
    talk(
        &[Opened(0), Piece(0, "a"), Opened(1), Piece(1, "b\n"), Line("hi"), Piece(0, "hi\n"), Interrupt],
        &[("sendProcessStdin x hi\n", true.into()), running()],
        ("ab\nhi\nExiting foreground\n", "", 0),
    );
    // One log is enough, and its lack no news.
    talk(
        &[Refused(1, 404), Opened(0), Line("é"), Interrupt],
        &[("sendProcessStdin x é\n", true.into()), running()],
        (leave, "", 0),
    );
    talk(
        &[Refused(0, 404), Refused(1, 404), EndOfInput],
        &[],
        (
            leave,
            "unix:///s.sock/logtail/x/stdout Cannot read, status code 404\n\
             unix:///s.sock/logtail/x/stderr Cannot read, status code 404\n",
            1,
        ),
    );
    talk(
        &[Opened(0), Opened(1), Ended(0), Ended(1)],
        &[],
        ("ERROR: the server has ended the connection\nExiting foreground\n", "", 1),
    );
    // Also if the server ended one before it could refuse the other.
    talk(
        &[Opened(0), Ended(0), Refused(1, 404)],
        &[],
        ("ERROR: the server has ended the connection\nExiting foreground\n", "", 1),
    );
}

#[test]
fn fg_leaves_a_process_that_has_ended() {
    let gone = |calls: &[Step], expect: &str| {
        let stream = (FG, Reply::Streams(&[Opened(0), Opened(1), Line("x")]));
        follow("fg x", &[&[running(), stream], calls].concat(), (expect, "", 0));
    };
    let killed = "Process got killed\nExiting foreground\n";
    let stopped = || Reply::from(info("x", "x", STOPPED, 0));
    gone(&[("sendProcessStdin x x\n", true.into()), ("getProcessInfo x", stopped())], killed);
    gone(&[("sendProcessStdin x x\n", Reply::Fault(NotRunning, "x"))], killed);
    gone(
        &[("sendProcessStdin x x\n", Reply::Fault(NoFile, "x"))],
        "ERROR: <Fault 20: 'NO_FILE: x'>\nExiting foreground\n",
    );
    gone(&[("sendProcessStdin x x\n", Reply::Interrupt)], "Exiting foreground\n");
}

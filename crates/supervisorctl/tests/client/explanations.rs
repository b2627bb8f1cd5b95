//! The note beside a failure: on standard error, and only there.

use crate::scripted::{Reply, Scene, Step, URL};
use provost_supervisorctl::explain::Surroundings;
use provost_wire::fault::FaultCode::ShutdownState;

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
    let ending = ("getVersion", Reply::Fault(ShutdownState, ""));
    check("pid", ending, ("error: <Fault 6: 'SHUTDOWN_STATE'>\n", ""));
    check("pid", ("getVersion", Reply::Interrupt), ("", ""));
}

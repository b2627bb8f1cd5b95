//! Servers that cannot be worked with: the line of the reference on standard output, the note of ours beside it.
//!
//! The strange servers are threads with prepared answers.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::thread;

use provost_tests::ctl::{Output, run};
use provost_tests::{Implementation, Sides, World};
use rustix::process::{geteuid, getuid};

use crate::on_both;

on_both! {
    nobody_is_there,
    a_daemon_that_was_killed,
    wrong_credentials,
    another_version_of_the_interface,
    no_namespace,
}

/// The user that owns nothing.
const NOBODY: u32 = 65534;

/// Checks what is printed on standard output and the exit code; and, of ours, how the note ends.
#[track_caller]
fn check(world: &World, line: &str, (out, code): (&str, i32), note: &str) {
    let here = |text: &str| text.replace("$DIR", &world.scratch.path().to_string_lossy());
    let out = here(out);
    let output = world.ctl(&here(line));
    assert_eq!((output.stdout.as_str(), output.code), (format!("{out}\n").as_str(), Some(code)), "{line}");
    match world.sides.client {
        Implementation::Reference => check_note(&output, ""),
        Implementation::Ours => check_note(&output, &here(note)),
    }
}

#[track_caller]
fn check_note(output: &Output, note: &str) {
    if note.is_empty() {
        assert_eq!(output.stderr, "");
    } else {
        assert!(output.stderr.starts_with("note: "), "{}", output.stderr);
        assert!(output.stderr.ends_with(&format!("{note}\n")), "{}", output.stderr);
        assert_eq!(output.stderr.lines().count(), 1, "{}", output.stderr);
    }
}

fn nobody_is_there(client: Implementation) {
    let mut world = World::new(Sides::both(client));
    world.configure("");
    let note = "unix://$DIR/supervisor.sock was asked, as serverurl in $DIR/supervisord.conf says; supervisord does not \
                run: there is no pid file $DIR/supervisord.pid; start it with: supervisord -c $DIR/supervisord.conf";
    check(&world, "status", ("unix://$DIR/supervisor.sock no such file", 4), note);
    check(&world, "start x", ("unix://$DIR/supervisor.sock no such file", 7), note);
    let shutdown = "ERROR: unix://$DIR/supervisor.sock no such file (already shut down?)";
    check(&world, "shutdown", (shutdown, 1), note);
    let note = "; by that file it will listen at unix://$DIR/supervisor.sock, so ask there";
    check(&world, "-s unix://$DIR/x pid", ("unix://$DIR/x no such file", 7), note);
}

fn a_daemon_that_was_killed(client: Implementation) {
    let mut world = World::with_programs(client, "");
    let pid = world.daemon_pid();
    world.signal("KILL");
    world.wait_end();
    let note = format!(
        "supervisord does not run: process {pid} of its pid file $DIR/supervisord.pid is gone; start it with: supervisord \
         -c $DIR/supervisord.conf"
    );
    check(&world, "status", ("unix://$DIR/supervisor.sock refused connection", 4), &note);
}

fn wrong_credentials(client: Implementation) {
    let world = World::locked(client);
    let first_line = |line: &str, note: &str| {
        let output = world.ctl(line);
        // The reference runs the command twice, and says so in a second line.
        assert_eq!(output.stdout.lines().next(), Some("Server requires authentication"), "{line}");
        assert_eq!(output.code, Some(1), "{line}");
        let note = if client == Implementation::Ours { note } else { "" };
        check_note(&output, &note.replace("$DIR", &world.scratch.path().to_string_lossy()));
    };
    let how = "set username= and password= in [supervisorctl] of $DIR/supervisord.conf, or use -u and -p, or -i to be asked";
    first_line("version", &format!("; no user name and password were given; {how}"));
    first_line(
        "-u u -p x version",
        &format!("; the server refused user u with the password that was given; {how}"),
    );
    assert_eq!(world.ctl("-u u -p p version").code, Some(0));
}

/// A server that gives every connection this answer, whatever it asks; its URL.
fn strange_server(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it was just bound");
    // It ends with the test's process.
    thread::spawn(move || {
        for stream in listener.incoming().filter_map(Result::ok) {
            let answer = answer.clone();
            thread::spawn(move || serve(stream, &answer));
        }
    });
    format!("http://{address}")
}

fn serve(mut stream: TcpStream, answer: &str) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    while let Ok(count) = stream.read(&mut piece) {
        request.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&request);
        if count == 0 || text.contains("</methodCall>") {
            let _client_may_be_gone = stream.write_all(answer.as_bytes());
            return;
        }
    }
}

fn xml(body: &str) -> String {
    let body = format!("<?xml version='1.0'?>\n<methodResponse>{body}</methodResponse>");
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// The server of another version, as a URL.
pub(crate) fn another_version() -> String {
    strange_server(xml("<params><param><value><string>2.0</string></value></param></params>"))
}

/// The server without the namespace, as a URL.
pub(crate) fn without_namespace() -> String {
    strange_server(xml(
        "<fault><value><struct><member><name>faultCode</name><value><int>1</int></value></member><member>\
         <name>faultString</name><value><string>UNKNOWN_METHOD</string></value></member></struct></value></fault>",
    ))
}

fn another_version_of_the_interface(client: Implementation) {
    let mut world = World::new(Sides::both(client));
    world.configure("");
    let url = another_version();
    let line = "Sorry, this version of supervisorctl expects to talk to a server with API version 3.0, but the remote \
                version is 2.0.";
    check(&world, &format!("-s {url} pid"), (line, 5), "");
    check(&world, &format!("-s {url} status"), (line, 4), "");
}

fn no_namespace(client: Implementation) {
    let mut world = World::new(Sides::both(client));
    world.configure("");
    let url = without_namespace();
    let line = "Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl \
                uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the \
                configuration file (see sample.conf).";
    check(&world, &format!("-s {url} pid"), (line, 3), "");
    check(&world, &format!("-s {url} status"), (line, 4), "");
}

#[test]
fn what_is_no_supervisord() {
    let mut world = World::new(Sides::both(Implementation::Ours));
    world.configure("");
    let note = "what answers there is no supervisord, or it is ending: correct the URL, or try again";
    for (answer, expect) in [
        ("SSH-2.0-OpenSSH_9.2\r\n", " broke before the answer was complete: "),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "/RPC2: 404 Not Found>\n"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", " is not XML-RPC: "),
    ] {
        let output = world.ctl(&format!("-s {} status", strange_server(answer.to_owned())));
        assert!(output.stdout.starts_with("error: ") && output.stdout.contains(expect), "{}", output.stdout);
        assert_eq!((output.stdout.lines().count(), output.code), (1, Some(1)), "{}", output.stdout);
        check_note(&output, note);
    }
    let output = world.ctl("-s http://nosuchhost.invalid:1 status");
    assert!(output.stdout.starts_with("error: "), "{}", output.stdout);
    assert_eq!(output.code, Some(1));
    check_note(&output, "; check the host and port of the URL");
}

/// A command that runs our client from inside the scratch, where every user finds it, as somebody who may not
/// use the socket.
fn as_a_stranger(world: &World) -> Command {
    let program = Implementation::Ours.program("supervisorctl").unwrap_or_else(|missing| panic!("{missing}"));
    let copy = world.scratch.file("supervisorctl");
    fs::copy(program, &copy).expect("a file in our own directory");
    let mut command = world.scratch.command(&copy);
    if geteuid().is_root() {
        command.uid(NOBODY);
    } else {
        let socket = world.scratch.file("supervisor.sock");
        fs::set_permissions(socket, fs::Permissions::from_mode(0o000)).expect("our own socket");
    }
    command
}

#[test]
fn a_socket_of_somebody_else() {
    let world = World::with_programs(Implementation::Ours, "");
    let owner = getuid().as_raw();
    let mut command = as_a_stranger(&world);
    command.arg("-c").arg(world.scratch.file("supervisord.conf")).arg("status");
    let output = run(command, "");
    assert_eq!((output.stdout.as_str(), output.code), ("error: [Errno 13] Permission denied\n", Some(1)));
    let text = &output.stderr;
    assert!(text.contains(" is alive; uid "), "{text}");
    assert!(
        text.contains(&format!(" may not use this socket: it belongs to uid {owner} with mode ")),
        "{text}"
    );
    check_note(
        &output,
        "; run supervisorctl as its owner, or change chmod= and chown= in [unix_http_server]",
    );
}

#[test]
fn a_configuration_of_somebody_else_in_the_current_directory() {
    if !geteuid().is_root() {
        // Nobody else can give a file away.
        return;
    }
    let world = World::with_programs(Implementation::Ours, "");
    std::os::unix::fs::chown(world.scratch.file("supervisord.conf"), Some(NOBODY), None)
        .expect("we are root");
    let program = Implementation::Ours.program("supervisorctl").unwrap_or_else(|missing| panic!("{missing}"));
    let mut command = world.scratch.command(&program);
    command.arg("version");
    let output = run(command, "");
    assert_eq!((output.stdout.as_str(), output.code), ("4.3.0\n", Some(0)));
    let warning = "Warning: supervisord.conf was found in the current directory and belongs to another user (uid 65534); ";
    assert!(output.stderr.starts_with(warning), "{}", output.stderr);
    assert_eq!(world.ctl("version").stderr, "", "a file that is named is trusted");
}

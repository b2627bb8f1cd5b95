//! The client against a server that is a thread with prepared bytes.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;

use super::*;

/// A server that answers, connection after connection, each request with the next of its answers, and returns
/// what it was sent.
struct Server {
    dir: TempDir,
    thread: JoinHandle<Vec<Vec<String>>>,
}

impl Server {
    /// One list of answers per connection. After the last answer the connection is closed.
    fn new(connections: Vec<Vec<String>>) -> Self {
        let dir = tempfile::tempdir().expect("the temporary directory is writable");
        let listener = UnixListener::bind(dir.path().join("s")).expect("the directory is new");
        let serve = move |answers: Vec<String>| {
            let (mut stream, _) = listener.accept().expect("a client comes");
            let answer = |answer: String| {
                let request = read_request(&mut stream);
                stream.write_all(answer.as_bytes()).expect("the client reads");
                request
            };
            answers.into_iter().map(answer).collect()
        };
        Self { dir, thread: thread::spawn(move || connections.into_iter().map(serve).collect()) }
    }

    fn client(&self, credentials: Option<Credentials>) -> Client {
        let reactor = Rc::new(Reactor::new().expect("descriptors are left"));
        Client::new(reactor, format!("unix://{}/s", self.dir.path().display()), credentials)
    }

    fn requests(self) -> Vec<Vec<String>> {
        self.thread.join().expect("the server does not panic")
    }
}

/// Reads a request with as much body as its length says. The head comes in lower case.
fn read_request(stream: &mut UnixStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("the request has a head");
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).expect("heads are ASCII");
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    let mut body = vec![0; length.map_or(0, |digits| digits.parse().expect("it is a number"))];
    stream.read_exact(&mut body).expect("the request has its body");
    head + &String::from_utf8(body).expect("the body is UTF-8")
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/xml\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn number(number: i32) -> String {
    let body = format!(
        "<?xml version='1.0'?>\n<methodResponse><params><param><value><int>{number}</int></value></param></params></methodResponse>"
    );
    answer("200 OK", "", &body)
}

const METHOD: &str = "supervisor.getPID";

fn pid(client: &mut Client) -> i64 {
    client.call(METHOD, &[]).expect("the server answers").as_int().expect("with a number")
}

#[test]
fn calls_share_a_connection_until_the_command_ends() {
    let server = Server::new(vec![vec![number(1), number(2)], vec![number(3)]]);
    let mut client = server.client(None);
    assert_eq!((pid(&mut client), pid(&mut client)), (1, 2));
    client.hang_up();
    assert_eq!(pid(&mut client), 3);
    let requests = server.requests();
    let request = &requests[0][0];
    assert!(request.starts_with("POST /RPC2 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\nHost: localhost\r\n"), "{request}");
    assert!(request.contains("\r\nContent-Type: text/xml\r\n"), "{request}");
    assert!(request.contains("<methodName>supervisor.getPID</methodName>"), "{request}");
    assert!(!request.contains("Authorization"), "{request}");
}

#[test]
fn a_connection_that_the_server_closed_is_made_again() {
    let closing = number(1).replacen("\r\n", "\r\nConnection: close\r\n", 1);
    let server = Server::new(vec![vec![closing], vec![number(2)]]);
    let mut client = server.client(None);
    assert_eq!((pid(&mut client), pid(&mut client)), (1, 2));
    server.requests();
}

#[test]
fn credentials_go_with_every_request() {
    let server = Server::new(vec![vec![number(1)], vec![number(2)]]);
    let credentials = |password: &str| Credentials { user: "u".into(), password: password.into() };
    let mut client = server.client(Some(credentials("p")));
    pid(&mut client);
    client.log_in(credentials("q"));
    pid(&mut client);
    let requests = server.requests();
    assert!(requests[0][0].contains("\r\nAuthorization: Basic dTpw\r\n"), "{}", requests[0][0]);
    assert!(requests[1][0].contains("\r\nAuthorization: Basic dTpx\r\n"), "{}", requests[1][0]);
}

#[test]
fn other_statuses_are_failures_and_redirects_are_not_followed() {
    let check = |status: &str, headers: &str, expect: &str| {
        let server = Server::new(vec![vec![answer(status, headers, "<html>")]]);
        let failure = server.client(None).call(METHOD, &[]).expect_err("it is no success");
        let url = format!("unix://{}/s", server.dir.path().display());
        assert_eq!(failure.to_string().replace(&url, "URL"), expect);
        server.requests();
    };
    check("401 Unauthorized", "", "<ProtocolError for URL/RPC2: 401 Unauthorized>");
    check("500 Whatever", "", "<ProtocolError for URL/RPC2: 500 Internal Server Error>");
    check(
        "301 Moved",
        "Location: http://elsewhere/\r\n",
        "<ProtocolError for URL/RPC2: 301 Moved Permanently>",
    );
}

#[test]
fn answers_that_are_none() {
    let check = |bytes: &str, expect: &str| {
        let server = Server::new(vec![vec![bytes.to_owned()]]);
        let failure = server.client(None).call(METHOD, &[]).expect_err("it is no answer");
        assert!(failure.to_string().contains(expect), "{failure}");
        server.requests();
    };
    check("", "broke before the answer was complete");
    check("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "broke before the answer was complete");
    check("SSH-2.0-OpenSSH\r\n", "broke before the answer was complete");
    check(&answer("200 OK", "", "not XML"), "is not XML-RPC");
}

#[test]
fn faults_come_through() {
    let body = "<?xml version='1.0'?>\n<methodResponse><fault><value><struct><member><name>faultCode</name>\
                <value><int>10</int></value></member><member><name>faultString</name><value><string>BAD_NAME: x\
                </string></value></member></struct></value></fault></methodResponse>";
    let server = Server::new(vec![vec![answer("200 OK", "", body)]]);
    let failure = server.client(None).call(METHOD, &[]).expect_err("it is a fault");
    assert_eq!(failure.to_string(), "<Fault 10: 'BAD_NAME: x'>");
    server.requests();
}

/// What was streamed, for the test to look at.
#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_stream_is_copied_to_its_end() {
    let check = |body: &str, expect: &str| {
        let answer = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        let server = Server::new(vec![vec![answer]]);
        let sink = Sink::default();
        let mut output = Output::new(sink.clone());
        server.client(None).follow("/logtail/x/stdout", &mut output).expect("the server streams");
        assert_eq!(String::from_utf8_lossy(&sink.0.borrow()), expect);
        let requests = server.requests();
        assert!(requests[0][0].starts_with("GET /logtail/x/stdout HTTP/1.1\r\n"), "{}", requests[0][0]);
    };
    check("3\r\nabc\r\n1\r\n\n\r\n0\r\n\r\n", "abc\n");
    // The daemon's own end closes its streams without a last chunk.
    check("3\r\nabc\r\n", "abc");
    check("", "");
}

#[test]
fn missing_sockets_are_told_apart() {
    let dir = tempfile::tempdir().expect("the temporary directory is writable");
    let reactor = Rc::new(Reactor::new().expect("descriptors are left"));
    let url = format!("unix://{}/s", dir.path().display());
    let errno =
        || Client::new(reactor.clone(), url.clone(), None).call(METHOD, &[]).expect_err("no server").errno();
    assert_eq!(errno(), Some(2));
    drop(UnixListener::bind(dir.path().join("s")).expect("the directory is new"));
    assert_eq!(errno(), Some(111));
}

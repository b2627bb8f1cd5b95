//! The client against a server that is a thread with prepared bytes.

use std::cell::RefCell;
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;

use super::*;
use crate::remote::{Happening, Typing};

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
        let lines = Rc::new(RefCell::new(LineReader::new(reactor.clone())));
        Client::new(reactor, lines, format!("unix://{}/s", self.dir.path().display()), credentials)
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

/// Everything that happens to streams that end by themselves, in words, and the text of all pieces together.
fn all_of(mut feed: Box<dyn Feed>, streams: usize) -> (Vec<String>, String) {
    let (mut words, mut text, mut ended) = (Vec::new(), String::new(), 0);
    while ended < streams {
        match feed.next(Typing::Ignored).expect("nobody interrupts") {
            Happening::Opened { stream } => words.push(format!("{stream} opened")),
            Happening::Piece { bytes, .. } => text += &String::from_utf8_lossy(&bytes),
            Happening::Ended { stream } => words.push(format!("{stream} ended")),
            Happening::Refused { stream, failure } => words.push(format!("{stream} refused: {failure}")),
            Happening::Line(_) | Happening::EndOfInput => panic!("nobody types"),
        }
        ended = words.iter().filter(|word| !word.ends_with("opened")).count();
    }
    (words, text)
}

#[test]
fn a_stream_is_handed_over_to_its_end() {
    let check = |body: &str, expect: &str| {
        let answer = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
        let server = Server::new(vec![vec![answer]]);
        let path = "/logtail/x/stdout?lines=1".to_owned();
        let mut client = server.client(None);
        let feed = client.follow(&[path]).expect("Ctrl-C can be watched");
        assert_eq!(all_of(feed, 1), (vec!["0 opened".to_owned(), "0 ended".to_owned()], expect.to_owned()));
        let requests = server.requests();
        assert!(
            requests[0][0].starts_with("GET /logtail/x/stdout?lines=1 HTTP/1.1\r\n"),
            "{}",
            requests[0][0]
        );
    };
    check("3\r\nabc\r\n1\r\n\n\r\n0\r\n\r\n", "abc\n");
    // The daemon's own end closes its streams without a last chunk.
    check("3\r\nabc\r\n", "abc");
    check("", "");
}

#[test]
fn streams_have_connections_of_their_own() {
    let refusal = answer("404 Not Found", "", "");
    let server = Server::new(vec![vec![refusal], vec![number(7)]]);
    let mut client = server.client(None);
    let feed = client.follow(&["/logtail/zz/stdout".to_owned()]).expect("Ctrl-C can be watched");
    let (words, _) = all_of(feed, 1);
    assert!(words[0].starts_with("0 refused: <ProtocolError for unix://"), "{words:?}");
    assert!(words[0].ends_with("/s/logtail/zz/stdout: 404 Not Found>"), "{words:?}");
    assert_eq!(pid(&mut client), 7);
    server.requests();
}

#[test]
fn missing_sockets_are_told_apart() {
    let dir = tempfile::tempdir().expect("the temporary directory is writable");
    let reactor = Rc::new(Reactor::new().expect("descriptors are left"));
    let url = format!("unix://{}/s", dir.path().display());
    let errno = || {
        let lines = Rc::new(RefCell::new(LineReader::new(reactor.clone())));
        let mut client = Client::new(reactor.clone(), lines, url.clone(), None);
        client.call(METHOD, &[]).expect_err("no server").errno()
    };
    assert_eq!(errno(), Some(2));
    drop(UnixListener::bind(dir.path().join("s")).expect("the directory is new"));
    assert_eq!(errno(), Some(111));
}

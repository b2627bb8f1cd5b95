//! Calls over a connection that is kept, as bare as they get: what is measured is the daemon.

use std::io::{BufReader, Write};
use std::time::Duration;

use provost_tests::http::{Answer, Connection, Server, read_answer};

/// The longest wait for an answer: the reference needs most of a minute to stop a thousand programs.
const PATIENCE: Duration = Duration::from_secs(180);

/// A client with one connection.
pub(crate) struct Caller(BufReader<Connection>);

impl Caller {
    /// Connects.
    ///
    /// # Panics
    ///
    /// When nobody listens.
    pub(crate) fn connect(server: &Server) -> Self {
        let connection = server.connect().expect("the daemon listens");
        connection.set_read_limit(PATIENCE).expect("a time-out can be set on a socket");
        Self(BufReader::new(connection))
    }

    /// Calls a method without arguments, and reads the answer.
    ///
    /// # Panics
    ///
    /// When it is not answered with success.
    pub(crate) fn call(&mut self, method: &str) -> Answer {
        let body = format!(
            "<?xml version='1.0'?><methodCall><methodName>{method}</methodName><params></params></methodCall>"
        );
        let request = format!(
            "POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(request.as_bytes()).expect("the daemon reads");
        let answer = read_answer(&mut self.0).expect("an answer");
        assert!(answer.code() == 200 && !answer.body.contains("<fault>"), "{method}: {answer:?}");
        answer
    }
}

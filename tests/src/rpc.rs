//! XML-RPC as third parties do it: Python's client with the reference's own transport.
//!
//! One interpreter serves all calls of a test, because starting one costs more than a hundred calls.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::http::Server;
use crate::implementation::reference_python;
use crate::scratch::Scratch;
use crate::wait::PATIENCE;

/// A running interpreter with a connection to one server.
#[derive(Debug)]
pub struct Console {
    interpreter: Child,
    questions: ChildStdin,
    /// Lines from a thread of their own, because a call may never be answered.
    answers: Receiver<String>,
}

/// Name and password for a server that asks for them; both empty for none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Credentials<'a> {
    /// The user's name.
    pub user: &'a str,
    /// The password, in plain text.
    pub password: &'a str,
}

impl Console {
    /// Starts the interpreter; a connection is made at each call.
    ///
    /// # Panics
    ///
    /// When the reference is not installed: its transport is needed.
    pub fn open(scratch: &Scratch, server: &Server, credentials: Credentials<'_>) -> Self {
        let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
        let mut command = scratch.command(&python);
        command
            .args(["-u", "-c", include_str!("rpc.py"), &server.url(), credentials.user, credentials.password])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut interpreter = command.spawn().expect("Python runs");
        let questions = interpreter.stdin.take().expect("invariant: standard input was piped");
        let output = interpreter.stdout.take().expect("invariant: standard output was piped");
        let (sender, answers) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _nobody_asks_any_more = sender.send(line);
            }
        });
        Self { interpreter, questions, answers }
    }

    /// Evaluates one expression, such as `supervisor.getState()`.
    ///
    /// The answer is Python's `repr` of the result (a line for each item of a list of structs),
    /// `fault CODE TEXT`, or `http CODE REASON`.
    ///
    /// # Panics
    ///
    /// When the interpreter died, or no answer came in time.
    pub fn eval(&mut self, expression: &str) -> Vec<String> {
        writeln!(self.questions, "{expression}").expect("the interpreter listens");
        let answer = self.answers.recv_timeout(PATIENCE);
        let line = answer.unwrap_or_else(|_| panic!("{expression} was not answered within {PATIENCE:?}"));
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{expression}: {line:?}: {error}"))
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _gone_already = self.interpreter.kill();
        let _reaped_already = self.interpreter.wait();
    }
}

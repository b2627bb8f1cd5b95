//! XML-RPC as third parties do it: Python's client with the reference's own transport.
//!
//! One interpreter serves all calls of a test, because starting one costs more than a hundred calls.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use crate::http::Server;
use crate::implementation::reference_python;
use crate::scratch::Scratch;

/// A running interpreter with a connection to one server.
#[derive(Debug)]
pub struct Console {
    interpreter: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
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
        let answers =
            BufReader::new(interpreter.stdout.take().expect("invariant: standard output was piped"));
        Self { interpreter, questions, answers }
    }

    /// Evaluates one expression, such as `supervisor.getState()`.
    ///
    /// The answer is Python's `repr` of the result (a line for each item of a list of structs),
    /// `fault CODE TEXT`, or `http CODE REASON`.
    ///
    /// # Panics
    ///
    /// When the interpreter died.
    pub fn eval(&mut self, expression: &str) -> Vec<String> {
        let mut line = String::new();
        writeln!(self.questions, "{expression}").expect("the interpreter listens");
        self.answers.read_line(&mut line).expect("the interpreter answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{expression}: {line:?}: {error}"))
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _gone_already = self.interpreter.kill();
        let _reaped_already = self.interpreter.wait();
    }
}

//! The reference, asked in-process: one interpreter for thousands of questions.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use provost_tests::implementation::reference_python;
use serde_json::{Value, json};

/// A running interpreter.
#[derive(Debug)]
pub(crate) struct Oracle {
    interpreter: Child,
    /// `None` once the end was announced.
    questions: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// Where both sides stand.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The working directory.
    pub(crate) directory: String,
    /// The whole environment.
    pub(crate) environment: BTreeMap<String, String>,
    /// What the programs believe to be called by.
    pub(crate) program: String,
}

impl Oracle {
    /// Starts it; also what it says about the system.
    pub(crate) fn start(place: &Place) -> (Self, Value) {
        let python = reference_python().unwrap_or_else(|missing| panic!("{missing}"));
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("differential/oracle/ask.py");
        let mut interpreter = Command::new(python)
            // UTF-8 whatever the locale is, and nothing added to the environment.
            .args(["-X", "utf8", "-u", "-B"])
            .arg(script)
            .env("LC_ALL", "C.UTF-8")
            // Sets have the same order each time.
            .env("PYTHONHASHSEED", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the reference's interpreter starts");
        let questions = interpreter.stdin.take();
        let answers = BufReader::new(interpreter.stdout.take().expect("invariant: it has a pipe"));
        let mut oracle = Self { interpreter, questions, answers };
        let stage = json!({
            "directory": place.directory,
            "environment": place.environment,
            "program": place.program,
        });
        let system = oracle.ask(&stage);
        (oracle, system)
    }

    /// Asks a question.
    ///
    /// # Panics
    ///
    /// When the interpreter ended: its traceback is on standard error.
    pub(crate) fn ask(&mut self, question: &Value) -> Value {
        let questions = self.questions.as_mut().expect("invariant: open until it is dropped");
        writeln!(questions, "{question}").expect("the interpreter listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the interpreter answers in UTF-8");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("to {question} it said {line:?}: {error}"))
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // At the end of its input it ends by itself.
        self.questions = None;
        let _ = self.interpreter.wait();
    }
}

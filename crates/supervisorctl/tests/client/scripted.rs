//! A server that is a script: which calls come in which order, and what each one answers.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::rc::Rc;

use provost_supervisorctl::explain::Surroundings;
use provost_supervisorctl::failure::Failure;
use provost_supervisorctl::manner::Manner;
use provost_supervisorctl::output::Output;
use provost_supervisorctl::remote::{Feed, Happening, Remote, Transport, Typing};
use provost_supervisorctl::session::{Console, Session, Streams};
use provost_wire::auth::Credentials;
use provost_wire::fault::{Fault, FaultCode};
use provost_wire::xmlrpc::Value;

/// The URL of every scripted server.
pub(crate) const URL: &str = "unix:///s.sock";

/// What a call is answered with.
#[derive(Clone)]
pub(crate) enum Reply {
    Result(Value),
    Fault(FaultCode, &'static str),
    /// A fault with a number that no table has.
    OddFault(i32),
    /// No connection, with this error number.
    Errno(i32),
    Http(u16),
    /// Ctrl-C while it was waited for.
    Interrupt,
    /// A piece of a stream, then its end.
    Stream(&'static str),
    /// A piece of a stream, then Ctrl-C.
    StreamInterrupted(&'static str),
    /// What happens to several streams.
    Streams(&'static [Tell]),
}

/// What happens while streams are followed; a number says to which of them.
#[derive(Clone, Copy)]
pub(crate) enum Tell {
    Opened(usize),
    Piece(usize, &'static str),
    Ended(usize),
    /// Refused with this HTTP status.
    Refused(usize, u16),
    /// A line that the user types.
    Line(&'static str),
    /// Ctrl-D.
    EndOfInput,
    /// Ctrl-C.
    Interrupt,
}

impl From<bool> for Reply {
    fn from(truth: bool) -> Self {
        Self::Result(Value::Bool(truth))
    }
}

impl From<&str> for Reply {
    fn from(text: &str) -> Self {
        Self::Result(text.into())
    }
}

impl From<i32> for Reply {
    fn from(number: i32) -> Self {
        Self::Result(number.into())
    }
}

impl From<Value> for Reply {
    fn from(value: Value) -> Self {
        Self::Result(value)
    }
}

/// One call, as `method argument argument`, without the namespace if that is `supervisor`; and its answer.
pub(crate) type Step = (&'static str, Reply);

/// The call before most commands, answered well.
pub(crate) fn up() -> Step {
    ("getVersion", "3.0".into())
}

/// What is left of a script, and what else the transport was told.
#[derive(Default)]
pub(crate) struct Progress {
    pub(crate) steps: VecDeque<Step>,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) hang_ups: usize,
}

struct Script {
    url: String,
    progress: Rc<RefCell<Progress>>,
}

impl Script {
    fn next(&self, call: &str) -> Reply {
        let next = self.progress.borrow_mut().steps.pop_front();
        let (expect, reply) = next.unwrap_or_else(|| panic!("the script has no call left for {call}"));
        assert_eq!(call, expect, "another call than the script's");
        reply
    }

    fn fail(&self, reply: &Reply, path: &str) -> Failure {
        let url = self.url.clone();
        match *reply {
            Reply::Fault(code, "") => Fault::bare(code).into(),
            Reply::Fault(code, detail) => Fault::with_detail(code, detail).into(),
            Reply::OddFault(number) => Fault::numbered(number, None).into(),
            Reply::Errno(number) => {
                Failure::Unreachable { url, source: io::Error::from_raw_os_error(number) }
            }
            Reply::Http(status) => Failure::Status { url: url + path, status, reason: "Reason" },
            Reply::Interrupt => Failure::Interrupted,
            Reply::Result(_) | Reply::Stream(_) | Reply::StreamInterrupted(_) | Reply::Streams(_) => {
                panic!("the script answers a call to {path} with something of another kind")
            }
        }
    }
}

impl Transport for Script {
    fn url(&self) -> &str {
        &self.url
    }

    fn open(&mut self, url: &str) {
        url.clone_into(&mut self.url);
    }

    fn log_in(&mut self, credentials: Credentials) {
        self.progress.borrow_mut().credentials = Some(credentials);
    }

    fn hang_up(&mut self) {
        self.progress.borrow_mut().hang_ups += 1;
    }

    fn call(&mut self, method: &'static str, params: &[Value]) -> Result<Value, Failure> {
        let mut call = method.strip_prefix("supervisor.").unwrap_or(method).to_owned();
        for param in params {
            match param {
                Value::Str(text) => call.extend([" ", text]),
                Value::Int(number) => call.extend([" ", &number.to_string()]),
                other => panic!("no method takes a {}", other.type_name()),
            }
        }
        match self.next(&call) {
            Reply::Result(value) => Ok(value),
            other => Err(self.fail(&other, "/RPC2")),
        }
    }

    fn follow(&mut self, paths: &[String]) -> Result<Box<dyn Feed>, Failure> {
        use Tell::{Ended, Interrupt, Opened, Piece};
        let happening = |tell: &Tell| match *tell {
            Opened(stream) => Ok(Happening::Opened { stream }),
            Piece(stream, text) => Ok(Happening::Piece { stream, bytes: text.into() }),
            Ended(stream) => Ok(Happening::Ended { stream }),
            Tell::Refused(stream, status) => {
                let failure = self.fail(&Reply::Http(status), &paths[stream]);
                Ok(Happening::Refused { stream, failure })
            }
            Tell::Line(line) => Ok(Happening::Line(line.to_owned())),
            Tell::EndOfInput => Ok(Happening::EndOfInput),
            Interrupt => Err(Failure::Interrupted),
        };
        let happenings = match self.next(&format!("GET {}", paths.join(" "))) {
            Reply::Stream(text) => [Opened(0), Piece(0, text), Ended(0)].iter().map(happening).collect(),
            Reply::StreamInterrupted(text) => {
                [Opened(0), Piece(0, text), Interrupt].iter().map(happening).collect()
            }
            Reply::Streams(tells) => tells.iter().map(happening).collect(),
            other => {
                VecDeque::from([Ok(Happening::Refused { stream: 0, failure: self.fail(&other, &paths[0]) })])
            }
        };
        Ok(Box::new(Happenings(happenings)))
    }
}

/// Streams that were written down beforehand.
struct Happenings(VecDeque<Result<Happening, Failure>>);

impl Feed for Happenings {
    fn next(&mut self, typing: Typing) -> Result<Happening, Failure> {
        let next = self.0.pop_front().expect("the script has streams to the end");
        if matches!(next, Ok(Happening::Line(_) | Happening::EndOfInput)) {
            assert_eq!(typing, Typing::Wanted, "what is typed is read too early");
        }
        next
    }
}

/// Bytes that the test can look at while the session owns the stream.
#[derive(Clone, Default)]
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Shared {
    fn text(&self) -> String {
        String::from_utf8(self.0.borrow().clone()).expect("the program prints UTF-8")
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A user who knows the answers beforehand.
struct Answers(VecDeque<&'static str>);

impl Console for Answers {
    fn answer(&mut self) -> Result<String, Failure> {
        self.0.pop_front().map(str::to_owned).ok_or(Failure::NoAnswer)
    }

    fn secret(&mut self, question: &str) -> Result<String, Failure> {
        assert_eq!(question, "Password:");
        self.answer()
    }
}

/// A session with a scripted server.
pub(crate) struct Scene {
    pub(crate) session: Session,
    pub(crate) progress: Rc<RefCell<Progress>>,
    out: Shared,
    err: Shared,
}

impl Scene {
    /// `answers` is what the user will say; `None` means there is no user.
    pub(crate) fn new(steps: &[Step], answers: Option<&[&'static str]>) -> Self {
        let progress = Progress { steps: steps.iter().cloned().collect(), ..Progress::default() };
        let progress = Rc::new(RefCell::new(progress));
        let script = Script { url: URL.to_owned(), progress: progress.clone() };
        let (out, err) = (Shared::default(), Shared::default());
        let streams = Streams { out: Output::new(out.clone()), err: Output::new(err.clone()) };
        let console = answers
            .map(|answers| -> Box<dyn Console> { Box::new(Answers(answers.iter().copied().collect())) });
        let session = Session::new(Remote::new(Box::new(script)), streams, console);
        Self { session, progress, out, err }
    }

    /// The same scene, whose session has other manners.
    pub(crate) fn in_manner(self, manner: Manner) -> Self {
        Self { session: self.session.in_manner(manner), ..self }
    }

    /// The same scene, whose session explains failures.
    pub(crate) fn in_surroundings(self, surroundings: Surroundings) -> Self {
        Self { session: self.session.in_surroundings(surroundings), ..self }
    }

    /// Everything printed to standard output so far.
    pub(crate) fn out(&self) -> String {
        self.out.text()
    }

    /// Everything printed to standard error so far.
    pub(crate) fn err(&self) -> String {
        self.err.text()
    }
}

/// Runs one line as a script would: the server's part, then what must be printed and the exit code.
#[track_caller]
pub(crate) fn check(line: &str, steps: &[Step], expect: &str, exit: u8) {
    let mut scene = Scene::new(steps, None);
    let _ = scene.session.execute(line);
    assert_eq!(scene.out(), expect, "output of {line}");
    assert_eq!(scene.session.exit().code(), exit, "exit code of {line}");
    let left = scene.progress.borrow().steps.iter().map(|(call, _)| *call).collect::<Vec<_>>();
    assert!(left.is_empty(), "{line} did not call {left:?}");
}

/// A `getProcessInfo` struct.
pub(crate) fn info(group: &str, name: &str, (state, state_name): (i32, &str), pid: i32) -> Value {
    let description = if pid == 0 { "Not started".to_owned() } else { format!("pid {pid}, uptime 0:00:05") };
    let members: [(&str, Value); 6] = [
        ("name", name.into()),
        ("group", group.into()),
        ("state", state.into()),
        ("statename", state_name.into()),
        ("description", description.into()),
        ("pid", pid.into()),
    ];
    strukt(members)
}

/// An entry of a bulk result.
pub(crate) fn entry(group: &str, name: &str, status: i32, description: &str) -> Value {
    let members: [(&str, Value); 4] = [
        ("name", name.into()),
        ("group", group.into()),
        ("status", status.into()),
        ("description", description.into()),
    ];
    strukt(members)
}

/// A struct of these members.
pub(crate) fn strukt<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Struct(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

//! One child that serves a namespace: its pipes, from the first line to the last.
//!
//! Standard input and output of the child are lines of JSON-RPC. The child may ask, too: the pipe is its right to use
//! the daemon's interface, without a server's address and without a password. It must not hold anybody up: what
//! it says is read as it comes, and a line without end is dropped.

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use provost_config::model::{Level, RpcPlugin};
use provost_wire::fault::{Fault, FaultCode};
use provost_wire::jsonrpc::{self, Description, Message};
use provost_wire::xmlrpc::MethodCall;
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::pipe;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::time::sleep;

use super::link::{DESCRIBE, Introduction, Link};
use crate::http::App;
use crate::http::limits::{MAX_PLUGIN_LINE_BYTES, MAX_PLUGIN_QUESTIONS};

/// Bytes of one read.
const READ_BYTES: usize = 16 << 10;
/// Reads of what a dead child left in its pipe; a survivor that goes on writing must not be heard for ever.
const LAST_READS: usize = 64;
/// How often at most it is reported that a child writes something else.
const REPORT_EVERY: Duration = Duration::from_secs(60);
/// Characters of such a line that are shown.
const SHOWN_CHARACTERS: usize = 80;
/// The note by which a child writes to the activity log.
const LOG: &str = "rpc.log";

/// The daemon's ends of a child's pipes.
pub(super) struct Pipes {
    stdin: pipe::Sender,
    stdout: pipe::Receiver,
}

impl Pipes {
    /// The ends as the runtime waits on them.
    ///
    /// # Errors
    /// What the system says of descriptors that are no pipes, or of too many to wait on.
    pub(super) fn new(stdin: OwnedFd, stdout: OwnedFd) -> std::io::Result<Self> {
        Ok(Self {
            stdin: pipe::Sender::from_owned_fd(stdin)?,
            stdout: pipe::Receiver::from_owned_fd(stdout)?,
        })
    }
}

/// See the module.
pub(super) struct Conversation {
    app: Arc<App>,
    link: Arc<Link>,
    /// One permit for each question of the child.
    questions: Arc<Semaphore>,
    odd_lines: u64,
    reported: Option<Instant>,
}

impl Conversation {
    pub(super) fn new(app: Arc<App>, link: Arc<Link>) -> Self {
        let questions = Arc::new(Semaphore::new(MAX_PLUGIN_QUESTIONS));
        Self { app, link, questions, odd_lines: 0, reported: None }
    }

    /// Talks until the child closes its output or is dead, and what it had said is heard.
    pub(super) async fn hold(
        mut self,
        pipes: Pipes,
        queue: mpsc::Receiver<Vec<u8>>,
        mut is_dead: oneshot::Receiver<()>,
    ) {
        let Pipes { stdin, mut stdout } = pipes;
        let writing = tokio::spawn(write(stdin, queue));
        let mut lines = Lines::default();
        let mut buffer = vec![0; READ_BYTES];
        loop {
            tokio::select! {
                read = stdout.read(&mut buffer) => match read {
                    Ok(0) | Err(_) => break,
                    Ok(count) => self.hear(&mut lines, &buffer[..count]),
                },
                _ = &mut is_dead => {
                    for _ in 0..LAST_READS {
                        match stdout.try_read(&mut buffer) {
                            Ok(0) | Err(_) => break,
                            Ok(count) => self.hear(&mut lines, &buffer[..count]),
                        }
                    }
                    break;
                }
            }
        }
        self.link.end();
        // Closes the child's standard input: one that lives and has nothing more to say should end.
        writing.abort();
    }

    fn hear(&mut self, lines: &mut Lines, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
            lines.push(&rest[..at]);
            match lines.take() {
                Some(line) => self.heard(&line),
                None => self.report(format_args!("a line of more than {MAX_PLUGIN_LINE_BYTES} bytes")),
            }
            rest = &rest[at + 1..];
        }
        lines.push(rest);
    }

    fn heard(&mut self, line: &[u8]) {
        if line.trim_ascii().is_empty() {
            return;
        }
        match jsonrpc::read(line) {
            Some(Message::Answer { id, result }) => self.link.answered(id, result),
            Some(Message::Question { id, call }) => self.answer(id, call),
            Some(Message::Note { method, params }) if method == LOG => self.log(&params),
            // JSON-RPC asks for silence about notes that mean nothing.
            Some(Message::Note { .. }) => {}
            None => {
                let text = String::from_utf8_lossy(line);
                let shown: String = text.chars().take(SHOWN_CHARACTERS).collect();
                self.report(format_args!("what is no JSON-RPC message: {}", shown.escape_debug()));
            }
        }
    }

    /// Answers a question of the child, in a task of its own.
    fn answer(&self, id: Json, call: MethodCall) {
        let permit = Arc::clone(&self.questions).try_acquire_owned();
        let (app, lines) = (Arc::clone(&self.app), self.link.lines().clone());
        tokio::spawn(async move {
            let result = match permit {
                Ok(_permit) => super::super::value_of(&app, call).await,
                Err(_) => Err(Fault::with_detail(
                    FaultCode::Failed,
                    format_args!("{MAX_PLUGIN_QUESTIONS} questions are under way already"),
                )),
            };
            // A child that is gone wants no answer; one that does not read holds up nobody but this task.
            let _gone_meanwhile = lines.send(jsonrpc::answer(&id, result)).await;
        });
    }

    /// Writes what the child says to the activity log: `{level, message}`.
    fn log(&self, params: &Json) {
        let Some(text) = params.get("message").and_then(Json::as_str) else { return };
        let level = params.get("level").and_then(Json::as_str).and_then(level).unwrap_or(Level::Info);
        for line in text.lines() {
            self.app.ports.logs.line(level, line);
        }
    }

    /// Says what the child writes instead of messages, once in a while.
    fn report(&mut self, what: std::fmt::Arguments<'_>) {
        self.odd_lines += 1;
        if self.reported.is_some_and(|at| at.elapsed() < REPORT_EVERY) {
            return;
        }
        self.reported = Some(Instant::now());
        let (namespace, times) = (self.link.namespace(), self.odd_lines);
        self.app
            .ports
            .logs
            .line(Level::Warn, format!("RPC interface '{namespace}' wrote {what} ({times} so far)"));
    }
}

/// Asks a child what it offers, and says in the activity log what comes of it.
pub(super) async fn introduce(app: Arc<App>, link: Arc<Link>, plugin: RpcPlugin) {
    let namespace = link.namespace();
    let params = introduction_params(&app, namespace, &plugin);
    let asking = link.ask(DESCRIBE, &params);
    tokio::pin!(asking);
    let answer = tokio::select! {
        answer = &mut asking => answer,
        () = sleep(link.patience()) => {
            let seconds = link.patience().as_secs();
            let text = format!("RPC interface '{namespace}' has not told its methods within {seconds} seconds");
            app.ports.logs.line(Level::Warn, text);
            asking.await
        }
    };
    let description =
        answer.map_err(|fault| fault.string.into()).and_then(|answer| Description::read(&answer));
    match description {
        Ok(description) => {
            link.introduce(Introduction::Made(Arc::new(description)));
            app.ports.logs.line(Level::Info, format!("RPC interface '{namespace}' initialized"));
        }
        // Of a child that ended the log tells already.
        Err(_) if !link.is_open() => {}
        Err(reason) => {
            let text = format!("RPC interface '{namespace}' cannot be used: its description: {reason}");
            app.ports.logs.line(Level::Error, text);
            link.introduce(Introduction::Failed(format!("cannot be used: {reason}").into()));
        }
    }
}

/// What a plug-in is told of itself and of the daemon.
fn introduction_params(app: &App, namespace: &str, plugin: &RpcPlugin) -> Json {
    let snapshot = app.ports.snapshot.load();
    let daemon = &snapshot.configured.supervisord;
    json!({
        "namespace": namespace,
        "factory": plugin.factory,
        "settings": plugin.settings,
        "daemon": {
            "version": env!("CARGO_PKG_VERSION"),
            "pid": std::process::id(),
            "identifier": &*snapshot.identifier,
            "configfile": daemon.config_file,
            "interfaces": app.namespaces,
        },
    })
}

/// The level of that name, as `loglevel` spells it.
fn level(name: &str) -> Option<Level> {
    provost_config::value::log_level(name).ok()
}

/// Writes lines to the child until one cannot be written, or nobody can send one any more.
async fn write(mut stdin: pipe::Sender, mut queue: mpsc::Receiver<Vec<u8>>) {
    while let Some(line) = queue.recv().await {
        if stdin.write_all(&line).await.is_err() {
            return;
        }
    }
}

/// Puts lines together from what comes with single reads.
#[derive(Default)]
struct Lines {
    unfinished: Vec<u8>,
    /// The line is longer than any may be, and is passed over to its end.
    is_too_long: bool,
}

impl Lines {
    fn push(&mut self, bytes: &[u8]) {
        if self.is_too_long || self.unfinished.len() + bytes.len() > MAX_PLUGIN_LINE_BYTES {
            self.is_too_long = true;
            self.unfinished = Vec::new();
        } else {
            self.unfinished.extend_from_slice(bytes);
        }
    }

    /// The line that is finished now, unless it was too long.
    fn take(&mut self) -> Option<Vec<u8>> {
        let is_too_long = std::mem::take(&mut self.is_too_long);
        let line = std::mem::take(&mut self.unfinished);
        (!is_too_long).then_some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_end_takes_no_more_memory_than_one_may() {
        let mut lines = Lines::default();
        lines.push(b"ab");
        lines.push(b"c");
        assert_eq!(lines.take().as_deref(), Some(&b"abc"[..]));
        for _ in 0..=MAX_PLUGIN_LINE_BYTES / 65_536 {
            lines.push(&[b'x'; 65_536]);
        }
        lines.push(b"end of it");
        assert!(lines.unfinished.capacity() == 0);
        assert_eq!(lines.take(), None);
        lines.push(b"next");
        assert_eq!(lines.take().as_deref(), Some(&b"next"[..]));
    }
}

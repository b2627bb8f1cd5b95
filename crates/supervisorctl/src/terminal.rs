//! The user's side: lines from standard input, and questions that must not be seen.
//!
//! Lines are read plainly here, with whatever editing the terminal itself offers; the prompt has an editor of
//! its own. What is read ahead belongs to the program and never to a child, so one reader serves all.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::rc::Rc;

use rustix::io::{read, retry_on_intr};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::failure::Failure;
use crate::reactor::{Interrupted, Reactor};
use crate::session::Console;

/// How much is read at once.
const PIECE: usize = 4096;

/// What one read brought.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// The first of what may be several lines.
    Line(String),
    /// The beginning of a line.
    Part,
    /// The end of the input.
    End,
}

/// Lines of a descriptor.
pub struct LineReader {
    reactor: Rc<Reactor>,
    /// Read, but not yet asked for.
    ahead: Vec<u8>,
    /// How much of that is known to have no line end.
    searched: usize,
}

impl LineReader {
    /// Reads nothing yet.
    #[must_use]
    pub fn new(reactor: Rc<Reactor>) -> Self {
        Self { reactor, ahead: Vec::new(), searched: 0 }
    }

    /// The next line without its end; `None` at the end of the input. A last line may lack its end.
    ///
    /// # Errors
    ///
    /// [`Failure::Interrupted`] at Ctrl-C, if that is watched; [`Failure::Terminal`] when reading fails.
    pub fn next_line(&mut self, source: BorrowedFd<'_>) -> Result<Option<String>, Failure> {
        loop {
            if let Some(line) = self.complete_line() {
                return Ok(Some(line));
            }
            let readable = self.reactor.wait_readable(source).map_err(Failure::Terminal)?;
            readable.map_err(|Interrupted| Failure::Interrupted)?;
            if self.read_more(source)? == 0 {
                return Ok(self.rest());
            }
        }
    }

    /// Reads once, which does not wait if `source` is readable.
    ///
    /// # Errors
    ///
    /// [`Failure::Terminal`] when reading fails.
    pub(crate) fn read_once(&mut self, source: BorrowedFd<'_>) -> Result<Typed, Failure> {
        if self.read_more(source)? == 0 {
            return Ok(self.rest().map_or(Typed::End, Typed::Line));
        }
        Ok(self.complete_line().map_or(Typed::Part, Typed::Line))
    }

    /// A line that was read already.
    pub(crate) fn complete_line(&mut self) -> Option<String> {
        let end = self.searched + self.ahead[self.searched..].iter().position(|&byte| byte == b'\n')?;
        self.searched = 0;
        let line: Vec<u8> = self.ahead.drain(..=end).collect();
        Some(text(&line))
    }

    /// What stands before the end of the input.
    fn rest(&mut self) -> Option<String> {
        self.searched = 0;
        let rest = std::mem::take(&mut self.ahead);
        (!rest.is_empty()).then(|| text(&rest))
    }

    fn read_more(&mut self, source: BorrowedFd<'_>) -> Result<usize, Failure> {
        self.searched = self.ahead.len();
        let mut piece = [0; PIECE];
        let count = retry_on_intr(|| read(source, &mut piece));
        let count = count.map_err(|error| Failure::Terminal(error.into()))?;
        self.ahead.extend_from_slice(&piece[..count]);
        Ok(count)
    }
}

fn text(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    String::from_utf8_lossy(line).into_owned()
}

/// The user at a terminal, or whatever feeds standard input instead.
pub struct Terminal {
    reactor: Rc<Reactor>,
    lines: Rc<RefCell<LineReader>>,
}

impl Terminal {
    /// Answers come from `lines`.
    #[must_use]
    pub fn new(reactor: Rc<Reactor>, lines: Rc<RefCell<LineReader>>) -> Self {
        Self { reactor, lines }
    }

    /// Asks at the controlling terminal itself, with echo off.
    fn secret_at(&self, mut terminal: &File, question: &str) -> Result<String, Failure> {
        // From here on Ctrl-C must not kill the program: it would leave the terminal mute.
        self.reactor.watch_interrupts().map_err(Failure::Terminal)?;
        let _mute = Mute::new(terminal).map_err(Failure::Terminal)?;
        terminal.write_all(question.as_bytes()).map_err(Failure::Terminal)?;
        let answer = LineReader::new(self.reactor.clone()).next_line(terminal.as_fd())?;
        // The user's own newline was not shown either.
        terminal.write_all(b"\n").map_err(Failure::Terminal)?;
        answer.ok_or(Failure::NoAnswer)
    }
}

impl Console for Terminal {
    fn answer(&mut self) -> Result<String, Failure> {
        self.lines.borrow_mut().next_line(rustix::stdio::stdin())?.ok_or(Failure::NoAnswer)
    }

    fn secret(&mut self, question: &str) -> Result<String, Failure> {
        match OpenOptions::new().read(true).write(true).open("/dev/tty") {
            Ok(terminal) => self.secret_at(&terminal, question),
            Err(_) => {
                let mut complaints = io::stderr();
                let warning = format!("Warning: Password input may be echoed.\n{question}");
                complaints.write_all(warning.as_bytes()).map_err(Failure::Terminal)?;
                self.answer()
            }
        }
    }
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Mute<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Mute<'a> {
    fn new(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut mute = before.clone();
        mute.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Flush, &mute)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Mute<'_> {
    fn drop(&mut self) {
        // If the terminal is gone there is nothing left to restore.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use super::*;

    fn reader() -> LineReader {
        LineReader::new(Rc::new(Reactor::new().expect("descriptors are left")))
    }

    fn drain(reader: &mut LineReader, source: BorrowedFd<'_>) -> Vec<String> {
        std::iter::from_fn(|| reader.next_line(source).expect("the source is readable")).collect()
    }

    #[test]
    fn lines_of_a_pipe_and_of_a_file() {
        let check = |input: &[u8], expect: &[&str]| {
            let (ours, theirs) = UnixStream::pair().expect("descriptors are left");
            (&theirs).write_all(input).expect("the buffer has room");
            drop(theirs);
            assert_eq!(drain(&mut reader(), ours.as_fd()), expect);

            let mut file = tempfile::NamedTempFile::new().expect("the temporary directory is writable");
            file.write_all(input).expect("the disk has room");
            let file = file.reopen().expect("it exists");
            assert_eq!(drain(&mut reader(), file.as_fd()), expect);
        };
        check(b"", &[]);
        check(b"a\nb\n", &["a", "b"]);
        check(b"a\n\nlast", &["a", "", "last"]);
        check(b"\xff\n", &["\u{fffd}"]);
        let long = "x".repeat(3 * PIECE);
        check(format!("{long}\nshort").as_bytes(), &[&long, "short"]);
    }

    #[test]
    fn lines_come_one_by_one_as_they_are_typed() {
        let (ours, theirs) = UnixStream::pair().expect("descriptors are left");
        let mut reader = reader();
        (&theirs).write_all(b"one\ntwo\n").expect("the buffer has room");
        let mut next = || reader.next_line(ours.as_fd()).expect("the source is readable");
        assert_eq!(next().as_deref(), Some("one"));
        assert_eq!(next().as_deref(), Some("two"));
        (&theirs).write_all(b"three\n").expect("the buffer has room");
        assert_eq!(next().as_deref(), Some("three"));
    }
}

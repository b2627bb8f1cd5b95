//! The prompt: lines from a user until the user is done.
//!
//! At a terminal there is an editor with history and completion; otherwise lines are read plainly, and the
//! prompt is printed all the same, because scripts that talk to it wait for it. Both begin with `status`, and
//! both end well, whatever the commands did.

use std::cell::RefCell;
use std::fs::{self, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::rc::Rc;

use rustyline::completion::Completer;
use rustyline::config::Configurer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{History, MemHistory};
use rustyline::validate::Validator;
use rustyline::{CompletionType, Context, Editor, Helper};

use crate::commands::Flow;
use crate::complete::{ProcessName, candidates, wants_command, word_start};
use crate::failure::Failure;
use crate::reactor::Reactor;
use crate::session::{END_OF_INPUT, Session};
use crate::settings::Settings;
use crate::terminal::LineReader;

/// Terminals that cannot move their cursor; the editor declines them, too.
const SIMPLE_TERMINALS: [&str; 3] = ["dumb", "cons25", "emacs"];

/// The mode of a new history file: what was typed is nobody else's business.
const HISTORY_MODE: u32 = 0o600;

/// A session that the prompt and the editor's completion take turns in.
pub type SharedSession = Rc<RefCell<Session>>;

/// Reads and carries out lines until the user is done.
///
/// # Errors
///
/// When the terminal fails.
pub fn run(
    session: &SharedSession,
    (reactor, lines): (&Reactor, Rc<RefCell<LineReader>>),
    settings: &Settings,
) -> Result<(), Failure> {
    let mut reader = if at_capable_terminal() {
        Reader::edited(session.clone(), settings.history_file.as_deref())?
    } else {
        Reader::Plain(lines)
    };
    reactor.watch_interrupts().map_err(Failure::Terminal)?;
    let prompt = format!("{}> ", settings.prompt);
    let mut flow = session.borrow_mut().execute("status");
    while flow == Flow::Continue {
        flow = match reader.next(session, &prompt)? {
            Next::Line(line) => {
                let flow = session.borrow_mut().execute(&line);
                // A plug-in takes its own Ctrl-C, which must not end the next command.
                reactor.forget_presses();
                flow
            }
            Next::End => session.borrow_mut().execute(END_OF_INPUT),
            Next::Interrupted => Flow::Interrupted,
            Next::Left => Flow::Quit,
        };
    }
    if flow == Flow::Interrupted {
        session.borrow_mut().end_line();
    }
    if let (Reader::Edited(editor), Some(file)) = (&reader, &settings.history_file) {
        // The reference, too, keeps quiet about a history that cannot be written.
        let _ = save_history(editor.history(), file);
    }
    Ok(())
}

fn at_capable_terminal() -> bool {
    let terminal = std::env::var("TERM").unwrap_or_default();
    let capable = !SIMPLE_TERMINALS.iter().any(|simple| terminal.eq_ignore_ascii_case(simple));
    capable && io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Where lines come from.
enum Reader {
    Edited(Box<Editor<Completion, MemHistory>>),
    Plain(Rc<RefCell<LineReader>>),
}

/// What came.
enum Next {
    Line(String),
    /// The end of the input; the cursor stands behind the prompt.
    End,
    /// Ctrl-C; the cursor stands behind the prompt.
    Interrupted,
    /// The end or Ctrl-C in the editor, which moved the cursor to a new line already.
    Left,
}

impl Reader {
    fn edited(session: SharedSession, history_file: Option<&Path>) -> Result<Self, Failure> {
        let mut config = rustyline::Config::builder().completion_type(CompletionType::List);
        // One line needs no transactions, and not every terminal swallows their escape sequences.
        config.enable_synchronized_output(false);
        let mut editor = Editor::with_history(config.build(), MemHistory::new()).map_err(editor_failed)?;
        editor.set_max_history_size(usize::MAX).map_err(editor_failed)?;
        editor.set_helper(Some(Completion { session, processes: RefCell::new(None) }));
        if let Some(file) = history_file {
            // Bytes that are no text come from elsewhere and are of no use as a command.
            let content = fs::read(file).unwrap_or_default();
            for line in String::from_utf8_lossy(&content).lines().filter(|line| !line.is_empty()) {
                editor.add_history_entry(line).map_err(editor_failed)?;
            }
        }
        Ok(Self::Edited(Box::new(editor)))
    }

    fn next(&mut self, session: &SharedSession, prompt: &str) -> Result<Next, Failure> {
        match self {
            Self::Plain(lines) => {
                session.borrow_mut().show_prompt(prompt);
                let line = lines.borrow_mut().next_line(rustix::stdio::stdin());
                match line {
                    Ok(Some(line)) => Ok(Next::Line(line)),
                    Ok(None) => Ok(Next::End),
                    Err(Failure::Interrupted) => Ok(Next::Interrupted),
                    Err(failure) => Err(failure),
                }
            }
            Self::Edited(editor) => {
                if let Some(completion) = editor.helper_mut() {
                    completion.processes.take();
                }
                match editor.readline(prompt) {
                    Ok(line) => {
                        if !line.is_empty() {
                            editor.add_history_entry(&line).map_err(editor_failed)?;
                        }
                        Ok(Next::Line(line))
                    }
                    Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok(Next::Left),
                    Err(error) => Err(editor_failed(error)),
                }
            }
        }
    }
}

fn editor_failed(error: ReadlineError) -> Failure {
    Failure::Terminal(match error {
        ReadlineError::Io(error) => error,
        other => io::Error::other(other),
    })
}

/// One command per line, without the header that the editor's own format has: the file is shared with the
/// reference.
fn save_history(history: &MemHistory, file: &Path) -> io::Result<()> {
    let mut text = String::new();
    for index in 0..history.len() {
        text.push_str(&history[index]);
        text.push('\n');
    }
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(HISTORY_MODE).open(file)?;
    file.write_all(text.as_bytes())
}

/// What the editor asks at the Tab key.
struct Completion {
    session: SharedSession,
    /// Fetched at the first Tab that needs them and kept until the line is done.
    processes: RefCell<Option<Vec<ProcessName>>>,
}

impl Completer for Completion {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        cursor: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let start = word_start(line, cursor);
        let mut cache = self.processes.borrow_mut();
        let processes = &mut *cache;
        let word = &line[start..cursor];
        let mut offers = candidates(line, word, move || {
            processes.get_or_insert_with(|| self.session.borrow_mut().process_names())
        });
        if wants_command(line) {
            let names = self.session.borrow().plugin_names();
            offers.extend(names.into_iter().filter(|name| name.starts_with(word)).map(|name| name + " "));
            offers.sort_unstable();
        }
        Ok((start, offers))
    }
}

impl Helper for Completion {}
impl Highlighter for Completion {}
impl Hinter for Completion {
    type Hint = String;
}
impl Validator for Completion {}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_history_file_is_plain_lines_for_the_user_only() {
        let dir = tempfile::tempdir().expect("the temporary directory is writable");
        let file = dir.path().join("history");
        let mut history = MemHistory::new();
        for line in ["status", "start g:*", "start g:*", " stop é"] {
            history.add(line).expect("memory is left");
        }
        save_history(&history, &file).expect("the directory is writable");
        assert_eq!(fs::read_to_string(&file).expect("it was written"), "status\nstart g:*\n stop é\n");
        let mode = fs::metadata(&file).expect("it exists").permissions().mode();
        assert_eq!(mode & 0o777, HISTORY_MODE);
    }
}

//! A session: one server, one user, one command line after the other.
//!
//! It owns the exit code and the streams, finds a line's command in the table, and puts into words whatever a
//! command did not handle itself. It reads no configuration and does not know where its lines come from.

use std::fmt;

use provost_wire::auth::Credentials;
use provost_wire::fault::FaultCode;

use crate::answer::Answer;
use crate::commands::{self, Action, Arguments, Command, Flow, Invocation};
use crate::complete::ProcessName;
use crate::exit::Exit;
use crate::explain::Surroundings;
use crate::failure::Failure;
use crate::manner::{Manner, Pacer, Voice};
use crate::names::{self, Groups};
use crate::output::{Output, ReaderGone};
use crate::plugin::{self, Plugin, Plugins};
use crate::remote::{Feed, Remote};
use crate::render::harmless;

/// The version of the interface that this program speaks.
const API_VERSION: &str = "3.0";
/// The HTTP status of a server that wants credentials.
const UNAUTHORIZED: u16 = 401;
/// `ECONNREFUSED`: the address is right, but nobody listens.
pub(crate) const CONNECTION_REFUSED: i32 = rustix::io::Errno::CONNREFUSED.raw_os_error();
/// `ENOENT`: the socket's path does not exist.
pub(crate) const NO_SUCH_FILE: i32 = rustix::io::Errno::NOENT.raw_os_error();

/// The user, when there is one to ask.
pub trait Console {
    /// Reads one line; the question stands on the output already.
    ///
    /// # Errors
    ///
    /// [`Failure::NoAnswer`] at the end of the input, [`Failure::Interrupted`] at Ctrl-C.
    fn answer(&mut self) -> Result<String, Failure>;

    /// Asks for a line that must not be seen.
    ///
    /// # Errors
    ///
    /// As [`Console::answer`].
    fn secret(&mut self, question: &str) -> Result<String, Failure>;
}

/// The two streams of a program.
pub struct Streams {
    /// Standard output: everything a command says, its complaints too.
    pub out: Output,
    /// Standard error: what would spoil a followed log.
    pub err: Output,
}

/// See the module.
pub struct Session {
    remote: Remote,
    streams: Streams,
    /// `None` in scripts, where nothing is asked and every question counts as answered with yes.
    console: Option<Box<dyn Console>>,
    manner: Manner,
    /// For explanations; `None` where nobody wants any.
    surroundings: Option<Surroundings>,
    /// Commands that are not in the table.
    plugins: Plugins,
    /// The command that is carried out, or was last.
    command: Option<&'static Command>,
    /// What was noted about the line that is carried out.
    notes: Vec<String>,
    exit: Exit,
}

/// Whether the server can be worked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Server {
    /// It answers and speaks our version.
    Ready,
    /// It does not; the user was told and the exit code is set.
    Unusable,
}

impl Session {
    /// A session in which nothing has been said yet.
    #[must_use]
    pub fn new(remote: Remote, streams: Streams, console: Option<Box<dyn Console>>) -> Self {
        Self {
            remote,
            streams,
            console,
            manner: Manner::default(),
            surroundings: None,
            plugins: Plugins::default(),
            command: None,
            notes: Vec::new(),
            exit: Exit::Success,
        }
    }

    /// The same session with other manners.
    #[must_use]
    pub fn in_manner(self, manner: Manner) -> Self {
        Self { manner, ..self }
    }

    /// The same session, with explanations.
    #[must_use]
    pub fn in_surroundings(self, surroundings: Surroundings) -> Self {
        Self { surroundings: Some(surroundings), ..self }
    }

    /// The same session, with commands that other programs provide.
    #[must_use]
    pub fn with_plugins(self, plugins: Plugins) -> Self {
        Self { plugins, ..self }
    }

    /// Carries out the words of a shell. They are one line, as if typed at the prompt, so that `'start a b'` is as good
    /// as `start a b`; but a plug-in gets each of them as it is.
    pub fn execute_words(&mut self, words: &[String]) -> Flow {
        let is_plugin = |name: &str| commands::find(name).is_none() && self.plugins.find(name).is_some();
        match words {
            [name, rest @ ..] if is_plugin(name) => self.execute(&format!("{name} {}", plugin::quoted(rest))),
            words => self.execute(&words.join(" ")),
        }
    }

    /// Carries out one line.
    pub fn execute(&mut self, line: &str) -> Flow {
        self.notes.clear();
        let flow = loop {
            match self.dispatch(line) {
                Ok(flow) => break flow,
                Err(Failure::Interrupted) => break Flow::Interrupted,
                Err(failure @ Failure::Status { status: UNAUTHORIZED, .. }) => match self.log_in() {
                    Ok(Login::Again) => {}
                    Ok(Login::Impossible) => {
                        self.explain(&failure);
                        break Flow::Continue;
                    }
                    Err(Failure::Interrupted) => break Flow::Interrupted,
                    Err(failure) => {
                        self.complain(format!("error: {failure}"));
                        break Flow::Continue;
                    }
                },
                Err(failure) => {
                    self.complain(format!("error: {failure}"));
                    self.explain(&failure);
                    break Flow::Continue;
                }
            }
        };
        self.remote.transport().hang_up();
        if let Voice::Json(document) = &mut self.manner.voice
            && !matches!(line.trim(), "" | END_OF_INPUT)
            && let Some(object) = document.finish()
        {
            self.streams.out.line(object);
        }
        self.streams.out.flush();
        self.streams.err.flush();
        flow
    }

    /// How the session stands.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Why output was lost, if that was nobody's wish.
    #[must_use]
    pub fn lost_output(&self) -> Option<&std::io::Error> {
        self.streams.out.lost()
    }

    /// Prints the prompt, for readers that do not do so themselves. Programs that read JSON do not wait for it.
    pub(crate) fn show_prompt(&mut self, prompt: &str) {
        if !self.speaks_json() {
            self.streams.out.text(prompt);
        }
    }

    /// Ends the line the cursor stands on.
    pub(crate) fn end_line(&mut self) {
        if !self.speaks_json() {
            self.streams.out.text("\n");
        }
    }

    /// The names of all processes, for completion; none if the server does not say.
    pub(crate) fn process_names(&mut self) -> Vec<ProcessName> {
        let names = self.remote.process_names().unwrap_or_default();
        self.remote.transport().hang_up();
        names
    }

    fn dispatch(&mut self, line: &str) -> Result<Flow, Failure> {
        let line = line.trim();
        let (word, argument) = split_command(line);
        if line.is_empty() {
            return Ok(Flow::Continue);
        }
        let Some(command) = commands::find(word) else {
            if word == END_OF_INPUT {
                return Ok(self.quit());
            }
            match self.plugins.find(word) {
                Some(plugin) => self.run_plugin(&plugin, argument),
                None => {
                    self.complain(format!("*** Unknown syntax: {line}"));
                    self.advise_on_command(word);
                }
            }
            return Ok(Flow::Continue);
        };
        self.command = Some(command);
        if command.arguments == Arguments::None && !argument.is_empty() {
            let complaint = format!("{} accepts no arguments", command.name);
            self.misused(command, &complaint, Exit::Failure);
            return Ok(Flow::Continue);
        }
        match command.action {
            Action::Quit => return Ok(self.quit()),
            Action::Help => self.help(argument),
            Action::Run(run) => run(self, &Invocation { command, argument })?,
        }
        Ok(Flow::Continue)
    }

    fn help(&mut self, topic: &str) {
        let lines = match self.plugins.find(topic).filter(|_| commands::find(topic).is_none()) {
            Some(plugin) => vec![plugin.help_line().unwrap_or_else(|error| error.to_string())],
            None => commands::help_lines(topic),
        };
        lines.into_iter().for_each(|line| self.say(line));
        if let Some(reason) = self.python_plugin(topic) {
            self.note(&reason);
        }
        if topic.is_empty() {
            commands::more_commands(&self.plugin_names()).into_iter().for_each(|line| self.say(line));
        }
    }

    /// Commands that other programs provide. Those of the table come first.
    pub(crate) fn plugin_names(&self) -> Vec<String> {
        self.plugins.names().into_iter().filter(|name| commands::find(name).is_none()).collect()
    }

    /// Why a command of Python code is not there; nothing if something else provides it.
    pub(crate) fn python_plugin(&self, name: &str) -> Option<String> {
        let is_there = commands::find(name).is_some() || self.plugins.find(name).is_some();
        self.plugins.python.get(name).filter(|_| !is_there).cloned()
    }

    fn run_plugin(&mut self, plugin: &Plugin, argument: &str) {
        self.streams.out.flush();
        let url = self.remote.transport().url();
        match self.plugins.run(plugin, argument, url) {
            Ok(code) => {
                if let Voice::Json(document) = &mut self.manner.voice {
                    document.leave_to_another();
                }
                self.failed(if code == 0 { Exit::Success } else { Exit::Foreign(code) });
            }
            Err(error) => self.complain(format!("error: {error}")),
        }
    }

    /// Ends the line the prompt stands on.
    fn quit(&mut self) -> Flow {
        self.say("");
        Flow::Quit
    }

    /// Asks for a name and a password, if there is somebody to ask.
    fn log_in(&mut self) -> Result<Login, Failure> {
        const REQUIRED: &str = "Server requires authentication";
        if self.console.is_none() {
            self.complain(REQUIRED.to_owned());
            return Ok(Login::Impossible);
        }
        self.say(REQUIRED);
        self.ask("Username:");
        let console = self.console.as_mut().expect("invariant: it was there a moment ago");
        let user = console.answer()?;
        let password = console.secret("Password:")?;
        self.say("");
        self.remote.transport().log_in(Credentials { user, password });
        Ok(Login::Again)
    }
}

/// The word that stands for the end of the input, which the reference accepts as a command, too.
pub(crate) const END_OF_INPUT: &str = "EOF";

/// What to do about a server that wants credentials.
enum Login {
    /// Send the command again, with others.
    Again,
    /// Give up.
    Impossible,
}

/// What commands are built from.
impl Session {
    /// The server. What was said so far is shown first, because the answer may take long.
    pub(crate) fn remote(&mut self) -> &mut Remote {
        self.streams.out.flush();
        &mut self.remote
    }

    /// Opens streams of the server.
    pub(crate) fn follow(&mut self, paths: &[String]) -> Result<Box<dyn Feed>, Failure> {
        self.streams.out.flush();
        self.remote.transport().follow(paths)
    }

    /// Prints bytes as they are, at once.
    pub(crate) fn pass_on(&mut self, bytes: &[u8]) -> Result<(), ReaderGone> {
        self.streams.out.stream(bytes)
    }

    /// Prints a line that is no data.
    pub(crate) fn say(&mut self, line: impl fmt::Display) {
        match &mut self.manner.voice {
            Voice::Lines => self.streams.out.line(line),
            Voice::Json(document) => document.message(line.to_string()),
        }
    }

    /// Tells what was found out or done.
    pub(crate) fn answer(&mut self, answer: &Answer<'_>) {
        match &mut self.manner.voice {
            Voice::Lines => {
                let lines = answer.lines(self.manner.surface.paint());
                lines.into_iter().for_each(|line| self.streams.out.line(line));
            }
            Voice::Json(document) => document.add(answer),
        }
    }

    /// Prints a line and sets the exit code for failures in general.
    pub(crate) fn complain(&mut self, line: String) {
        self.refuse(line, Exit::Failure);
    }

    /// Prints a line about what went wrong, and sets the exit code.
    pub(crate) fn refuse(&mut self, line: String, exit: Exit) {
        match &mut self.manner.voice {
            Voice::Lines => self.streams.out.line(harmless(&line)),
            Voice::Json(document) => document.error(line),
        }
        self.failed(exit);
    }

    /// Whether answers are JSON, of which streams have none.
    pub(crate) fn speaks_json(&self) -> bool {
        matches!(self.manner.voice, Voice::Json(_))
    }

    /// Replaces the wildcards among names by what they mean now. Costs a call only if there are any.
    pub(crate) fn expand(&mut self, words: &[&str], groups: Groups) -> Result<Vec<String>, Failure> {
        if !names::has_pattern(words) {
            return Ok(words.iter().map(|word| (*word).to_owned()).collect());
        }
        let processes = self.remote().process_names()?;
        Ok(names::expand(words, &processes, groups))
    }

    /// Shows one of several readings: in the place of the last one on a screen, below it elsewhere.
    pub(crate) fn show_reading(&mut self, answer: &Answer<'_>) -> Result<(), ReaderGone> {
        let surface = self.manner.surface;
        let text = match &mut self.manner.voice {
            Voice::Lines => surface.frame(&answer.lines(surface.paint())),
            Voice::Json(document) => {
                document.add(answer);
                format!("{}\n", document.take())
            }
        };
        self.streams.out.stream(text.as_bytes())
    }

    /// Who waits between readings.
    pub(crate) fn pacer(&self) -> Option<&dyn Pacer> {
        self.manner.pacer.as_deref()
    }

    /// Puts a question, whose answer is read next.
    fn ask(&mut self, question: &str) {
        match self.manner.voice {
            Voice::Lines => self.streams.out.text(question),
            // Between two objects there is no place for it.
            Voice::Json(_) => self.streams.err.text(question),
        }
    }

    /// Says on standard error what is behind a failure, and what fixes it, if that is known.
    pub(crate) fn explain(&mut self, failure: &Failure) {
        let Some(surroundings) = &self.surroundings else { return };
        if let Some(text) = surroundings.explain(self.remote.transport().url(), failure) {
            self.note(&text);
        }
    }

    /// The command that is carried out, if it is one of the table.
    pub(crate) fn command(&self) -> Option<&'static Command> {
        self.command
    }

    /// Whether anybody wants more than the reference says.
    pub(crate) fn takes_advice(&self) -> bool {
        self.surroundings.is_some()
    }

    /// Says on standard error what may help, if anybody wants that; once for each line that is carried out.
    pub(crate) fn note(&mut self, text: &str) {
        if self.takes_advice() && !self.notes.iter().any(|said| said == text) {
            self.notes.push(text.to_owned());
            self.warn(&format!("note: {text}"));
        }
    }

    /// Prints a line to standard error.
    pub(crate) fn warn(&mut self, line: &str) {
        self.streams.out.flush();
        self.streams.err.line(harmless(line));
        self.streams.err.flush();
    }

    /// Notes an outcome. Success does not undo a failure.
    pub(crate) fn failed(&mut self, exit: Exit) {
        if exit != Exit::Success {
            self.exit = exit;
        }
    }

    /// Sets the exit code back; see `open`.
    pub(crate) fn set_exit(&mut self, exit: Exit) {
        self.exit = exit;
    }

    /// Says what is wrong with a command line and how the command is used.
    pub(crate) fn misused(&mut self, command: &'static Command, complaint: &str, exit: Exit) {
        self.refuse(format!("Error: {complaint}"), exit);
        if self.speaks_json() {
            return;
        }
        for line in commands::help_lines(command.name) {
            self.say(line);
        }
    }

    /// Whether the user is sure. Scripts always are.
    pub(crate) fn confirm(&mut self, question: &str) -> Result<bool, Failure> {
        if self.console.is_none() {
            return Ok(true);
        }
        self.ask(question);
        let console = self.console.as_mut().expect("invariant: it was there a moment ago");
        let answer = console.answer()?;
        Ok(answer.starts_with(['y', 'Y']))
    }

    /// Asks the server for its version before anything else, so that the usual troubles get words of their own.
    pub(crate) fn check_server(&mut self) -> Result<Server, Failure> {
        let failure = match self.remote().api_version() {
            Ok(version) if version == API_VERSION => return Ok(Server::Ready),
            Ok(version) => {
                let line = format!(
                    "Sorry, this version of supervisorctl expects to talk to a server with API version \
                     {API_VERSION}, but the remote version is {version}."
                );
                self.refuse(line, Exit::VersionMismatch);
                return Ok(Server::Unusable);
            }
            Err(failure) => failure,
        };
        let url = self.remote.transport().url();
        let (line, exit) = match (&failure, failure.errno()) {
            (Failure::Fault(fault), _) if fault.known() == Some(FaultCode::UnknownMethod) => {
                (NAMESPACE_MISSING.to_owned(), Exit::NamespaceMissing)
            }
            (_, Some(CONNECTION_REFUSED)) => (format!("{url} refused connection"), Exit::ConnectionRefused),
            (_, Some(NO_SUCH_FILE)) => (format!("{url} no such file"), Exit::NotRunning),
            _ => return Err(failure),
        };
        self.refuse(line, exit);
        self.explain(&failure);
        Ok(Server::Unusable)
    }
}

const NAMESPACE_MISSING: &str = "Sorry, supervisord responded but did not recognize the supervisor namespace \
     commands that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section \
     is enabled in the configuration file (see sample.conf).";

/// Cuts a line into its command and the rest. A command is letters, digits and underscores, whatever follows:
/// `start-cat` is `start` with the argument `-cat`. `?` is short for `help`.
fn split_command(line: &str) -> (&str, &str) {
    if let Some(topic) = line.strip_prefix('?') {
        return ("help", topic.trim());
    }
    let ends_word = |character: char| !(character.is_ascii_alphanumeric() || character == '_');
    let end = line.find(ends_word).unwrap_or(line.len());
    (&line[..end], line[end..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_end_where_their_letters_end() {
        let check = |line: &str, word: &str, argument: &str| {
            assert_eq!(split_command(line), (word, argument), "{line}");
        };
        check("status", "status", "");
        check("start  a b", "start", "a b");
        check("start-cat", "start", "-cat");
        check("help_me x", "help_me", "x");
        check("?", "help", "");
        check("? start", "help", "start");
        check("?start", "help", "start");
        check("!ls", "", "!ls");
        check("étage", "", "étage");
        check("", "", "");
    }
}

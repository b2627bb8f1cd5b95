//! Plays the steps of a case in a world of its own, and collects what they print.
//!
//! The directives:
//!
//! | directive | meaning |
//! | --- | --- |
//! | `config` | write `supervisord.conf`: the usual head, then the lines below |
//! | `write FILE` | write the lines below |
//! | `executable FILE` | let the file be executed |
//! | `remove FILE`, `rename FILE FILE` | as the commands |
//! | `start [ARGUMENTS]` | start the daemon and wait until it serves |
//! | `refuse [ARGUMENTS]` | run the daemon with the lines below (after the head, unless they have their own `[supervisord]`); prints the first line of its complaint and its exit code |
//! | `run [ARGUMENTS]` | run the daemon's program with just these arguments; prints everything |
//! | `wait NAME STATE` | until a process is in a state |
//! | `wait-log TEXT`, `wait-file FILE TEXT`, `wait-empty FILE` | until a file contains a text, or nothing |
//! | `gone` | until the daemon has ended; prints its exit code |
//! | `signal NAME` | send the daemon a signal |
//! | `kill NAME PROCESS` | send a process's child a signal |
//! | `log [without TEXT \| TEXT …]` | print what the activity log has gained since the last time, without lines that come or not as it happens |
//! | `skip-log` | pass over what it has gained |
//! | `file FILE` | print a file |
//! | `on PORT [USER PASSWORD]` | XML-RPC and raw HTTP go to `$PORTn` from now on |
//! | `http`, `http-status` | send the lines below as a request; prints the answer, or only its first line |
//! | `mode FILE` | print a file's permissions |
//! | `prompt` | type the lines below at the client's prompt; prints what it says |
//! | `follow TEXT : ARGUMENTS` | run the client until it has printed TEXT, then interrupt it |

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use provost_tests::ctl::{Output, run};
use provost_tests::http::{Answer, Server};
use provost_tests::processes;
use provost_tests::wait::{PATIENCE, look_for, until, until_some};
use provost_tests::world::{CONFIG, HEAD};
use provost_tests::{Implementation, Sides, World};

use crate::script::{Action, Step};

/// After this time somebody who interrupted a client in vain does it again.
const AGAIN: Duration = Duration::from_secs(3);

/// How long a line may take from the answer it belongs to into the activity log.
const LOG_LAG: Duration = Duration::from_secs(3);
/// How long the log has to be quiet before it counts as complete.
const LOG_QUIET: Duration = Duration::from_millis(300);

/// Marks the end of a line that could not be told apart without it.
const END: char = '␤';

/// Lines of the activity log that contain one of these are diagnostics of an implementation, or say more than the
/// other one does.
const NOT_INTERFACE: [&str; 2] = ["closed, stopped monitoring", " WARN start of '"];

/// Plays steps one after another.
pub(crate) struct Player {
    world: World,
    /// How much of the activity log has been printed.
    log_printed: usize,
}

impl Player {
    /// In a new world without a daemon.
    pub(crate) fn new(sides: Sides) -> Self {
        Self { world: World::new(sides), log_printed: 0 }
    }

    /// Plays one step; the lines it prints, in the form in which a case holds them.
    pub(crate) fn play(&mut self, step: &Step) -> Vec<String> {
        let body = step.body.join("\n") + "\n";
        match &step.action {
            Action::Ctl(line) => self.ctl(line),
            Action::Rpc(expression) => {
                let expression = self.world.scratch.fill(expression);
                let lines = self.world.rpc(&expression).join("\n") + "\n";
                self.lines(&lines)
            }
            Action::Directive(text) => self.direct(text, &body, step.expected.len()),
        }
    }

    fn direct(&mut self, text: &str, body: &str, expected: usize) -> Vec<String> {
        let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
        match name {
            "config" | "write" | "executable" | "remove" | "rename" => self.change_files(name, rest, body),
            "start" => self.start(rest),
            "refuse" => return self.refuse(rest, body),
            "run" => return self.run_program(rest),
            "wait" | "wait-log" | "wait-file" | "wait-empty" => self.wait(name, rest),
            "gone" => return vec![exit_line(self.world.wait_end())],
            "signal" => self.world.signal(rest),
            "kill" => {
                let (signal, process) = rest.split_once(' ').expect("kill NAME PROCESS");
                processes::send(self.world.pid_of(process), processes::signal(signal));
            }
            "log" => return self.log(rest, expected),
            "skip-log" => self.skip_log(),
            "file" => return self.lines(&self.world.scratch.read(rest)),
            "on" => self.serve_on(rest),
            "http" => return self.exchange(body, printed),
            "http-status" => return self.exchange(body, |answer| status(answer) + "\n"),
            "mode" => {
                let metadata = fs::metadata(self.world.scratch.file(rest)).expect("the file is there");
                return vec![format!("{:o}", metadata.permissions().mode() & 0o7777)];
            }
            "prompt" => {
                let lines = self.world.scratch.fill(body);
                let output = self.world.prompt(&lines);
                return self.output(&output, &[]);
            }
            "follow" => return self.follow(rest),
            _ => panic!("no directive is named {name}"),
        }
        Vec::new()
    }

    /// The arguments in a line: separated by blanks; single quotes keep blanks and may be empty.
    fn words(&mut self, line: &str) -> Vec<String> {
        let mut words = Vec::new();
        for (index, part) in self.world.scratch.fill(line).split('\'').enumerate() {
            if index % 2 == 1 {
                words.push(part.to_owned());
            } else {
                words.extend(part.split_whitespace().map(str::to_owned));
            }
        }
        words
    }

    /// `$ WORDS`, optionally `$ WORDS | sort` or `$ WORDS | head N`.
    fn ctl(&mut self, line: &str) -> Vec<String> {
        let mut parts = line.split(" | ");
        let words = self.words(parts.next().unwrap_or_default());
        let mut command = self.world.client();
        command.args(words);
        self.output(&run(command, ""), &parts.collect::<Vec<_>>())
    }

    fn change_files(&mut self, name: &str, rest: &str, body: &str) {
        let scratch = &mut self.world.scratch;
        match name {
            "config" => scratch.write(CONFIG, &format!("{HEAD}{body}")),
            "write" => scratch.write(rest, body),
            "executable" => {
                let permissions = fs::Permissions::from_mode(0o755);
                fs::set_permissions(scratch.file(rest), permissions).expect("the file is there");
            }
            "remove" => fs::remove_file(scratch.file(rest)).expect("the file is there"),
            _ => {
                let (from, to) = rest.split_once(' ').expect("rename FILE FILE");
                fs::rename(scratch.file(from), scratch.file(to)).expect("the file is there");
            }
        }
    }

    fn start(&mut self, rest: &str) {
        self.log_printed = self.world.log().len();
        let words = self.words(rest);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.world.start(&words).unwrap_or_else(|refused| panic!("{refused}"));
    }

    fn refuse(&mut self, rest: &str, body: &str) -> Vec<String> {
        if body.trim().is_empty() {
            // The configuration was written before.
        } else if body.contains("[supervisord]") {
            self.world.scratch.write(CONFIG, body);
        } else {
            self.world.configure(body);
        }
        let words = self.words(rest);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let Some(output) = self.world.refusal(&words) else { return vec!["(not refused)".to_owned()] };
        self.output(
            &Output { stdout: String::new(), stderr: output.complaint().to_owned() + "\n", ..output },
            &[],
        )
    }

    fn run_program(&mut self, rest: &str) -> Vec<String> {
        let words = self.words(rest);
        let program =
            self.world.sides.daemon.program("supervisord").unwrap_or_else(|missing| panic!("{missing}"));
        let mut command = self.world.scratch.command(&program);
        command.args(words);
        self.output(&run(command, ""), &[])
    }

    fn wait(&mut self, name: &str, rest: &str) {
        let rest = self.world.scratch.fill(rest);
        match (name, rest.split_once(' ')) {
            ("wait", Some((process, state))) => self.world.wait_state(process, state),
            ("wait-log", _) => {
                let seen = self.log_printed;
                until(PATIENCE, &format!("the log to contain {rest}"), || {
                    self.world.log().get(seen..).is_some_and(|log| log.contains(&rest))
                });
            }
            ("wait-empty", _) => {
                until(PATIENCE, &format!("{rest} to be empty"), || self.world.scratch.read(&rest).is_empty());
            }
            (_, Some((file, text))) => self.world.wait_file(file, text),
            _ => panic!("{name} needs more words than {rest}"),
        }
    }

    /// `skip-log`: what was written so far does not count. A line may reach the file after the answer that it belongs
    /// to, so "so far" lasts until nothing has come for a while.
    fn skip_log(&mut self) {
        let mut last = (self.world.log().len(), Instant::now());
        until(PATIENCE, "the log to be quiet", || {
            let length = self.world.log().len();
            if length != last.0 {
                last = (length, Instant::now());
            }
            last.1.elapsed() >= LOG_QUIET
        });
        self.log_printed = last.0;
    }

    /// `log`, optionally `log without TEXT | TEXT`.
    ///
    /// A line may reach the file after the answer that it belongs to, so as many lines as are expected are
    /// waited for; what is printed is what is there then.
    fn log(&mut self, rest: &str, expected: usize) -> Vec<String> {
        let complete = || (self.new_log_lines(rest).len() >= expected).then_some(());
        let _what_is_missing_will_show = look_for(LOG_LAG, complete);
        let lines = self.new_log_lines(rest);
        self.log_printed = self.world.log().len();
        lines
    }

    fn new_log_lines(&self, rest: &str) -> Vec<String> {
        let log = self.world.log();
        let mut lines = self.lines(log.get(self.log_printed..).unwrap_or(&log));
        lines.retain(|line| NOT_INTERFACE.iter().all(|text| !line.contains(text)));
        if let Some(unwanted) = rest.strip_prefix("without ") {
            lines.retain(|line| unwanted.split(" | ").all(|text| !line.contains(text)));
        }
        lines
    }

    fn serve_on(&mut self, rest: &str) {
        let mut words = rest.split(' ');
        let number =
            words.next().and_then(|word| word.strip_prefix("$PORT")?.parse().ok()).expect("on $PORTn");
        let server = Server::Tcp(self.world.scratch.port(number));
        self.world.serve_on(server, words.next().unwrap_or_default(), words.next().unwrap_or_default());
    }

    /// Sends the lines as a request: the head with network line ends, and after a blank line the body as it
    /// is, without its last line end.
    fn exchange(&mut self, body: &str, print: fn(&Answer) -> String) -> Vec<String> {
        let (head, content) = body.trim_end_matches('\n').split_once("\n\n").unwrap_or((body.trim_end(), ""));
        let request = format!("{}\r\n\r\n{content}", head.replace('\n', "\r\n"));
        let request = self.world.scratch.fill(&request);
        match self.world.server.exchange(request.as_bytes()) {
            Ok(answer) => self.lines(&print(&answer)),
            Err(error) => vec![format!("({error})")],
        }
    }

    /// Runs the client until it has printed a text, and interrupts it as an operator would.
    fn follow(&mut self, rest: &str) -> Vec<String> {
        let (text, words) = rest.split_once(" : ").expect("follow TEXT : ARGUMENTS");
        let words = self.words(words);
        let out =
            fs::File::create(self.world.scratch.file("follow.out")).expect("a file in our own directory");
        let mut command = self.world.client();
        command.args(words).stdout(out);
        let mut child = command.spawn().expect("the client runs");
        self.world.wait_file("follow.out", text);
        // Python forgets an interrupt that comes while it is inside of a callback, and people press the keys again.
        let status = until_some(PATIENCE, "the client to end", || {
            processes::send(child.id(), processes::signal("INT"));
            look_for(AGAIN, || child.try_wait().ok().flatten())
        });
        let output = Output {
            stdout: self.world.scratch.read("follow.out"),
            stderr: String::new(),
            code: status.code(),
        };
        self.output(&output, &[])
    }

    /// What a program printed, in the form in which a case holds it.
    fn output(&self, output: &Output, filters: &[&str]) -> Vec<String> {
        let mut lines = self.lines(&output.stdout);
        for filter in filters {
            match filter.split_once(' ') {
                Some(("head", count)) => lines.truncate(count.parse().expect("head N")),
                _ if *filter == "sort" => lines.sort(),
                _ => panic!("no filter is named {filter}"),
            }
        }
        lines.extend(
            self.lines(&complaint(&output.stderr)).into_iter().map(|line| marked(format!("2| {line}"))),
        );
        if output.code != Some(0) {
            lines.push(exit_line(output.code));
        }
        lines
    }

    fn lines(&self, text: &str) -> Vec<String> {
        let text = self.world.scratch.normal().text(text);
        let mut lines: Vec<String> =
            text.split_terminator('\n').map(|line| marked(line.to_owned())).collect();
        if let (Some(last), false) = (lines.last_mut(), text.ends_with('\n')) {
            last.push_str(" (no line end)");
        }
        lines
    }
}

/// Which pairs of implementations can play a case.
pub(crate) fn casts(uses_client: bool) -> Vec<Sides> {
    let (reference, ours) = (Implementation::Reference, Implementation::Ours);
    let mut casts = vec![Sides::both(reference), Sides::both(ours)];
    if uses_client {
        casts.push(Sides { daemon: ours, client: reference });
        casts.push(Sides { daemon: reference, client: ours });
    }
    casts
}

/// What stands before an explanation on standard error. It may say what it likes; the scenarios look at it.
const NOTE: &str = "note: ";

/// Of a complaint about the configuration or the command line only the lines that everybody prints: between
/// them, an implementation may explain as it likes. Elsewhere explanations are lines of their own kind.
fn complaint(stderr: &str) -> String {
    if !stderr.starts_with("Error: ") {
        return stderr.split_inclusive('\n').filter(|line| !line.starts_with(NOTE)).collect();
    }
    let is_common = |(number, line): &(usize, &str)| *number == 0 || line.starts_with("For help, use ");
    stderr.split_inclusive('\n').enumerate().filter(is_common).map(|(_, line)| line).collect()
}

fn exit_line(code: Option<i32>) -> String {
    code.map_or_else(|| "[killed]".to_owned(), |code| format!("[{code}]"))
}

/// Marks the end of a line that is empty or ends in a blank.
fn marked(mut line: String) -> String {
    if line.is_empty() || line.ends_with(char::is_whitespace) {
        line.push(END);
    }
    line
}

/// The headers on which a client may depend; the others, their order and the case of their names are the
/// server's own affair.
const HEADERS: [&str; 4] = ["content-length", "content-type", "transfer-encoding", "www-authenticate"];

fn printed(answer: &Answer) -> String {
    let mut text = status(answer) + "\n";
    for name in HEADERS {
        if let Some(value) = answer.header(name) {
            text += &format!("{name}: {value}\n");
        }
    }
    if answer.status.is_empty() {
        return text;
    }
    text + "\n" + answer.body.trim_end_matches(['\r', '\n']).replace("\r\n", "\n").as_str() + "\n"
}

fn status(answer: &Answer) -> String {
    if answer.status.is_empty() { "(closed)".to_owned() } else { answer.status.clone() }
}

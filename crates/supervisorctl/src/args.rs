//! Arguments: what the shell passed, and the file it points to, as [`Settings`].
//!
//! The grammar of the command line and of the file is `provost-config`'s. Here they are put together, and what
//! is wrong with them goes to standard error in the reference's form.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use provost_config::cli::{self, CtlCommand, CtlInvocation};
use provost_config::ctl::{self, CtlConfig};
use provost_config::diagnostic::{Diagnostic, Failure};
use provost_wire::auth::Credentials;

use crate::exit::Exit;
use crate::explain::Surroundings;
use crate::output::Output;
use crate::settings::{Settings, Task};
use crate::system::RealSystem;

/// A program that ends before it began.
#[derive(Debug)]
pub enum Early {
    /// It was asked for its help.
    Help(String),
    /// It was called in a way that makes no sense, or its configuration is broken.
    Refused {
        /// The name it was called by, for the hint.
        program: String,
        /// What is wrong.
        failure: Failure,
    },
}

impl Early {
    /// Tells the user, and says with which code to exit.
    #[must_use]
    pub fn tell(self) -> ExitCode {
        let (mut stream, text, exit) = match self {
            Self::Help(text) => (Output::stdout(), text, Exit::Success),
            Self::Refused { program, failure } => {
                let mistake = failure.diagnostics.first();
                // A client can do without the file, which is of use while somebody mends it.
                let way_out = match mistake.and_then(|mistake| mistake.place.as_ref()) {
                    Some(_) => {
                        "note: `-c '' -s URL` before the command asks the daemon at URL without a file\n"
                    }
                    None => "",
                };
                let text = format!("{}For help, use {program} -h\n{way_out}", failure.render());
                (Output::stderr(), text, Exit::BadArguments)
            }
        };
        stream.text(&text);
        ExitCode::from(exit.code())
    }
}

/// Understands a command line; its first word is the name the program was called by. Arguments that are not
/// UTF-8 lose the bytes that are not.
///
/// # Errors
///
/// What ends the program before it began.
pub fn understand(arguments: impl IntoIterator<Item = OsString>) -> Result<Settings, Early> {
    let mut words = arguments.into_iter().map(|word| word.to_string_lossy().into_owned());
    let program = words.next().unwrap_or_else(|| "supervisorctl".to_owned());
    let words: Vec<String> = words.collect();
    let refused = |failure: Failure| Early::Refused { program: program.clone(), failure };
    let invocation = match cli::supervisorctl(&words).map_err(|error| refused(error.into()))? {
        CtlCommand::Help => return Err(Early::Help(cli::ctl_help(&program))),
        CtlCommand::Run(invocation) => invocation,
    };
    let config = ctl::load(&invocation, &executable(&program), &RealSystem).map_err(refused)?;
    warn(&config.warnings);
    Ok(settle(&invocation, config))
}

/// The path of this program, from which the places to search are told. The name it was called by has no
/// directory when the shell found it in `PATH`.
fn executable(program: &str) -> String {
    if program.contains('/') {
        return program.to_owned();
    }
    let path = std::env::current_exe().ok().and_then(|path| path.into_os_string().into_string().ok());
    path.unwrap_or_else(|| program.to_owned())
}

fn warn(warnings: &[Diagnostic]) {
    let mut stderr = Output::stderr();
    for warning in warnings {
        stderr.line(format_args!("Warning: {}", warning.summary()));
    }
    stderr.flush();
}

fn settle(invocation: &CtlInvocation, config: CtlConfig) -> Settings {
    let task = match (invocation.action.is_empty(), invocation.interactive) {
        (true, _) => Task::Prompt,
        (false, true) => Task::Attended(invocation.action.clone()),
        (false, false) => Task::Script(invocation.action.clone()),
    };
    let credentials = config.username.zip(config.password);
    let surroundings = Surroundings {
        config_file: config.config_file,
        server_url: config.serverurl.clone(),
        url_origin: config.url_origin,
        daemon: config.daemon,
        user: credentials.as_ref().map(|(user, _)| user.clone()),
    };
    let said = |(name, warning): (String, Diagnostic)| (name, warning.summary());
    let python_plugins = config.python_plugins.into_iter().map(said).collect();
    Settings {
        server_url: config.serverurl,
        credentials: credentials.map(|(user, password)| Credentials { user, password }),
        prompt: config.prompt,
        history_file: config.history_file.map(PathBuf::from),
        json: invocation.json,
        surroundings,
        plugins: config.plugins,
        python_plugins,
        task,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// Understands `words` after `-c` and a file with `text` in it.
    fn with_file(text: &str, words: &[&str]) -> Result<Settings, Early> {
        let mut file = tempfile::NamedTempFile::new().expect("the temporary directory is writable");
        file.write_all(text.as_bytes()).expect("the disk has room");
        let path = file.path().to_str().expect("temporary directories have plain names");
        let words = ["supervisorctl", "-c", path].into_iter().chain(words.iter().copied());
        let settings = understand(words.map(OsString::from))?;
        // Their file has another name each time; what they are made of is tested where it is read.
        let Surroundings { config_file, server_url, .. } = &settings.surroundings;
        assert_eq!((config_file.as_deref(), server_url), (Some(path), &settings.server_url));
        Ok(Settings { surroundings: Surroundings::default(), ..settings })
    }

    const FILE: &str =
        "[supervisorctl]\nserverurl=http://f:1\nusername=fu\npassword=fp\nprompt=p\nhistory_file=/h\n";

    #[test]
    fn the_command_line_wins_over_the_file_and_the_file_over_defaults() {
        let credentials = |user: &str, password: &str| {
            Some(Credentials { user: user.to_owned(), password: password.to_owned() })
        };
        let defaults = Settings {
            server_url: "http://localhost:9001".into(),
            credentials: None,
            prompt: "supervisor".into(),
            history_file: None,
            json: false,
            surroundings: Surroundings::default(),
            plugins: Default::default(),
            python_plugins: Default::default(),
            task: Task::Prompt,
        };
        assert_eq!(with_file("[supervisorctl]\n", &[]).expect("it is complete"), defaults);
        let from_file = Settings {
            server_url: "http://f:1".into(),
            credentials: credentials("fu", "fp"),
            prompt: "p".into(),
            history_file: Some("/h".into()),
            json: false,
            surroundings: Surroundings::default(),
            plugins: Default::default(),
            python_plugins: Default::default(),
            task: Task::Prompt,
        };
        assert_eq!(with_file(FILE, &[]).expect("it is complete"), from_file);
        let words = ["-s", "unix:///s", "-u", "u", "-p", "p", "-r", "/r"];
        let from_line = Settings {
            server_url: "unix:///s".into(),
            credentials: credentials("u", "p"),
            history_file: Some("/r".into()),
            ..from_file
        };
        assert_eq!(with_file(FILE, &words).expect("it is complete"), from_line);
    }

    #[test]
    fn half_a_pair_of_credentials_is_none() {
        let check = |words: &[&str]| {
            let settings = with_file("[supervisorctl]\n", words).expect("it is complete");
            assert_eq!(settings.credentials, None, "{words:?}");
        };
        check(&["-u", "u"]);
        check(&["-p", "p"]);
    }

    #[test]
    fn an_action_is_carried_out_and_without_one_there_is_a_prompt() {
        let check = |words: &[&str], expect: Task| {
            let settings = with_file("[supervisorctl]\n", words).expect("it is complete");
            assert_eq!(settings.task, expect, "{words:?}");
        };
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        check(&[], Task::Prompt);
        check(&["-i"], Task::Prompt);
        check(&["status"], Task::Script(owned(&["status"])));
        check(&["start a b"], Task::Script(owned(&["start a b"])));
        check(&["tail", "-f", "x"], Task::Script(owned(&["tail", "-f", "x"])));
        check(&["-i", "shutdown"], Task::Attended(owned(&["shutdown"])));
    }

    #[test]
    fn refusals_carry_the_words_of_the_reference() {
        let check = |text: &str, words: &[&str], expect: &str| match with_file(text, words) {
            Err(Early::Refused { program, failure }) => {
                assert_eq!((program.as_str(), failure.message()), ("supervisorctl", expect));
            }
            other => panic!("{words:?} became {other:?}"),
        };
        check("[supervisord]\n", &[], ".ini file does not include supervisorctl section");
        check(FILE, &["-z"], "option -z not recognized");
        check(FILE, &["-s", "foo"], "invalid value for -s 'foo': value 'foo' is not a URL");
        check(FILE, &["-c", "x"], "conflicting command line option '-c'");
    }

    #[test]
    fn help_comes_before_everything_else() {
        match with_file("", &["--help", "start", "x"]) {
            Err(Early::Help(text)) => assert!(text.contains("Usage: supervisorctl [options]"), "{text}"),
            other => panic!("--help became {other:?}"),
        }
    }
}

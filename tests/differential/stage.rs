//! Where a case is played: a directory, a system that both sides agree about, and the two sides.

use std::fs;
use std::path::Path;

use provost_config::cli::{self, Command, CtlCommand, Overrides};
use provost_config::ctl;
use provost_config::diff::diff;
use provost_config::model::Group;
use provost_config::resolve::{ConfigFile, Loaded, Request, load};
use provost_config::system::System as _;
use provost_config::value::Asked;
use serde_json::json;
use tempfile::TempDir;

use crate::answer::Answer;
use crate::case::{self, About, Case, File, MAIN};
use crate::describe;
use crate::oracle::{Oracle, Place};
use crate::system::StageSystem;
use crate::values::VARIABLES;

/// A directory with both sides in it.
#[derive(Debug)]
pub(crate) struct Stage {
    // Before the directory it stands in, so that it is gone when that goes.
    oracle: Oracle,
    system: StageSystem,
    program: String,
    directory: TempDir,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let directory = tempfile::Builder::new().prefix("provost-").tempdir().expect("a temporary directory");
        let path = fs::canonicalize(directory.path()).expect("it was just made");
        for folder in ["logs", "sub dir", "home"] {
            fs::create_dir(path.join(folder)).expect("a folder in our own directory");
        }
        let path =
            path.to_str().expect("invariant: the names below a temporary directory are ASCII").to_owned();
        let mut environment: std::collections::BTreeMap<String, String> =
            VARIABLES.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        environment.insert("HOME".to_owned(), format!("{path}/home"));
        let program = format!("{path}/bin/supervisord");
        let place = Place { directory: path, environment, program: program.clone() };
        let (oracle, facts) = Oracle::start(&place);
        Self { oracle, system: StageSystem::new(place, &facts), program, directory }
    }

    /// What the reference says, with these amendments; also which of them made a difference.
    pub(crate) fn reference(&mut self, case: &Case, amendments: &[&str]) -> (Answer, Vec<String>) {
        self.write(&case.files);
        let about = match case.about {
            About::Daemon => "daemon",
            About::Client => "client",
        };
        let question = json!({ "about": about, "arguments": case.arguments, "amendments": amendments });
        let (first, mut fired) = self.ask(&question);
        let (Some(later), Answer::Settings(_)) = (&case.later, &first) else { return (first, fired) };
        self.write(later);
        let (second, more) = self.ask(&json!({ "about": "reread", "amendments": amendments }));
        fired.extend(more);
        (second, fired)
    }

    fn ask(&mut self, question: &serde_json::Value) -> (Answer, Vec<String>) {
        let found = self.oracle.ask(question);
        let fired = found["fired"].as_array().into_iter().flatten().filter_map(|name| name.as_str());
        let fired = fired.map(str::to_owned).collect();
        (Answer::of_reference(&found, &self.program), fired)
    }

    /// What ours says.
    pub(crate) fn ours(&self, case: &Case) -> Answer {
        self.write(&case.files);
        match case.about {
            About::Daemon => self.our_daemon(case),
            About::Client => self.our_client(&case.arguments),
        }
    }

    /// What ours says to a daemon's configuration, shown in another way.
    pub(crate) fn ours_in(&self, case: &Case, show: fn(&Loaded) -> serde_json::Value) -> Answer {
        self.write(&case.files);
        let request = Request { file: ConfigFile::Given(MAIN.to_owned()), overrides: Overrides::default() };
        match load(&request, &self.system) {
            Err(failure) => Answer::refused(failure.message()),
            Ok(loaded) => Answer::Settings(show(&loaded)),
        }
    }

    /// The text with `$DIR` and `$HOST` replaced.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("$DIR", &self.system.current_dir()).replace("$HOST", &self.system.hostname())
    }

    fn our_daemon(&self, case: &Case) -> Answer {
        let environment = self.system.environment();
        let asked = Asked { system: &self.system, environment: &environment };
        let invocation = match cli::supervisord(&case.arguments, &asked) {
            Err(error) => return Answer::refused(&error.to_string()),
            Ok(Command::Help) => return Answer::Printed("help"),
            Ok(Command::Version) => return Answer::Printed("version"),
            Ok(Command::Start(invocation)) => invocation,
        };
        let file = match invocation.configuration {
            Some(file) => ConfigFile::Given(file),
            None => ConfigFile::Search { program: self.program.clone() },
        };
        let loaded = match load(&Request { file, overrides: invocation.overrides }, &self.system) {
            Err(failure) => return Answer::refused(failure.message()),
            Ok(loaded) => loaded,
        };
        match &case.later {
            None => Answer::Settings(describe::daemon(&loaded)),
            Some(later) => self.our_reread(&loaded, later),
        }
    }

    fn our_reread(&self, running: &Loaded, later: &[File]) -> Answer {
        self.write(later);
        let active: Vec<&Group> = running.config.groups.iter().map(AsRef::as_ref).collect();
        match load(&running.again, &self.system) {
            Err(failure) => Answer::refused(failure.message()),
            Ok(new) => Answer::Settings(describe::changes(&diff(&active, &new.config))),
        }
    }

    fn our_client(&self, arguments: &[String]) -> Answer {
        let invocation = match cli::supervisorctl(arguments) {
            Err(error) => return Answer::refused(&error.to_string()),
            Ok(CtlCommand::Help) => return Answer::Printed("help"),
            Ok(CtlCommand::Run(invocation)) => invocation,
        };
        match ctl::load(&invocation, &self.program, &self.system) {
            Err(failure) => Answer::refused(failure.message()),
            Ok(config) => {
                Answer::Settings(describe::client(&config, invocation.interactive, &invocation.action))
            }
        }
    }

    fn write(&self, files: &[File]) {
        let stage: &Path = self.directory.path();
        case::write(stage, files)
            .unwrap_or_else(|error| panic!("failed to write below {}: {error}", stage.display()));
    }
}

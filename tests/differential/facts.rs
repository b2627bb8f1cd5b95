//! What holds of every option, one by one: its default, the ends of its range, its mistakes, and who shows its effect.
//!
//! The rows stand in [`table`]. Each value of a row is put to the reference and to ours; both must agree (or differ for a
//! reason that [`on_purpose`](crate::on_purpose) lists), and what they agree about must be what the row says. An
//! option that has no row fails [`completeness`], so no option can be added without its facts.

mod table;

use std::fs;
use std::path::Path;

use libtest_mimic::{Failed, Trial};
use provost_config::options::{Kind, OURS, OptionRow, SECTIONS, SectionRow, row_of};
use serde_json::Value;

use crate::answer::Answer;
use crate::case::{About, Case, File, MAIN};
use crate::describe;
use crate::on_purpose::{Verdict, judge};
use crate::stage::Stage;
use crate::suite::Outcome;

use table::TABLE;

/// What holds of one option.
struct Facts {
    of: Kind,
    option: &'static str,
    /// Where its value stands in an answer, as a JSON pointer; of an option that only ours has it is looked up in the
    /// dump of the configuration, by its section and its name.
    at: &'static str,
    without: Without,
    /// Values as they are written (further lines may follow), and what they come to in JSON. `$DIR` and `$HOST` stand for the
    /// directory of the stage and the name of the machine.
    takes: &'static [(&'static str, &'static str)],
    /// Values as they are written, and the message, of which `…` leaves the end open. `$IN` stands for the section and the file behind it, `$S` for the section.
    refuses: &'static [(&'static str, &'static str)],
    effect: Effect,
}

/// What leaving the option out comes to.
enum Without {
    /// As if this were written, in JSON.
    Is(&'static str),
    /// A refusal.
    Refused(&'static str),
}

/// Which test shows what the option does.
enum Effect {
    /// A case of the compatibility suite.
    Case(&'static str),
    /// A scenario, as `file::function`.
    Scenario(&'static str),
    /// A test of a crate: its file below the workspace, and the function.
    Unit(&'static str, &'static str),
}

/// One trial for each kind of section, and two about the table.
pub(crate) fn trials(publish: impl Fn(&'static str, Outcome) + Clone + Send + 'static) -> Vec<Trial> {
    let mut trials = vec![
        Trial::test("facts::every_option_has_them", completeness),
        Trial::test("facts::effects_are_shown", || all(TABLE.iter().map(shown))),
    ];
    trials.extend(SECTIONS.iter().map(|section| {
        let publish = publish.clone();
        Trial::test(format!("facts::{}", section.name), move || {
            let (outcome, complaints) = play(section);
            publish(section.name, outcome);
            all(complaints.into_iter().map(Err))
        })
    }));
    trials
}

fn all(results: impl Iterator<Item = Result<(), String>>) -> Result<(), Failed> {
    let complaints: Vec<String> = results.filter_map(Result::err).collect();
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

/// The facts about an option of a section: what it shares with programs holds of it as of them.
fn facts(section: &SectionRow, option: &OptionRow) -> Option<&'static Facts> {
    let is_own = section.own.iter().any(|own| own.name == option.name);
    let of = if is_own { section.kind } else { Kind::Program };
    TABLE.iter().find(|facts| facts.of == of && facts.option == option.name)
}

fn completeness() -> Result<(), Failed> {
    let options = SECTIONS.iter().flat_map(|section| section.options().map(move |option| (section, option)));
    let missing =
        options.filter(|(section, option)| facts(section, option).is_none()).map(|(section, option)| {
            Err(format!(
                "nothing is known of [{}] {}: add a row to facts/table.rs",
                section.name, option.name
            ))
        });
    let unknown = TABLE.iter().filter(|facts| row_of(facts.of).option(facts.option).is_none()).map(|facts| {
        Err(format!("{:?} {} has facts and is no option: remove its row", facts.of, facts.option))
    });
    let thin = TABLE
        .iter()
        .filter(|facts| facts.takes.is_empty())
        .map(|facts| Err(format!("{:?} {} has no value that is taken", facts.of, facts.option)));
    all(missing.chain(unknown).chain(thin))
}

/// The test that is named exists, and has to do with the option.
fn shown(facts: &Facts) -> Result<(), String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (path, function) = match facts.effect {
        Effect::Case(name) => (tests.join(format!("compat/cases/{name}.t")), None),
        Effect::Scenario(name) => {
            let (file, function) = name.split_once("::").expect("invariant: file::function");
            (tests.join(format!("scenarios/{file}.rs")), Some(function))
        }
        Effect::Unit(file, function) => (tests.join("..").join(file), Some(function)),
    };
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let has_function = function.is_none_or(|name| text.contains(&format!("fn {name}(")));
    // Tests of a crate know what an option became, and not always what it was called.
    let names_it = matches!(facts.effect, Effect::Unit(..)) || text.contains(facts.option);
    if has_function && names_it {
        return Ok(());
    }
    let what = function.unwrap_or("the file");
    Err(format!("{}: {what} does not show {}", path.display(), facts.option))
}

fn play(section: &'static SectionRow) -> (Outcome, Vec<String>) {
    let mut player = Player { stage: Stage::new(), outcome: Outcome::default(), complaints: Vec::new() };
    for option in section.options() {
        if let Some(facts) = facts(section, option) {
            player.option(section, option, facts);
        }
    }
    (player.outcome, player.complaints)
}

struct Player {
    stage: Stage,
    outcome: Outcome,
    complaints: Vec<String>,
}

/// What a row says of one value.
#[derive(Clone, Copy)]
enum Expected {
    Value(&'static str),
    Message(&'static str),
}

impl Player {
    fn option(&mut self, section: &SectionRow, option: &OptionRow, facts: &Facts) {
        let without = match facts.without {
            Without::Is(value) => Expected::Value(value),
            Without::Refused(message) => Expected::Message(message),
        };
        let takes = facts.takes.iter().map(|(text, value)| (Some(*text), Expected::Value(value)));
        let refuses = facts.refuses.iter().map(|(text, message)| (Some(*text), Expected::Message(message)));
        for (text, expected) in std::iter::once((None, without)).chain(takes).chain(refuses) {
            let mut case = case(section, option.name, text);
            case.tags.insert(format!("[{}] {}", section.name, option.name));
            let found = self.found(&case, option);
            if let Err(complaint) = self.compare(section, facts, (&found, expected)) {
                self.complaints.push(format!("{complaint}\n{case}"));
            }
        }
    }

    /// What ours says, once it is known that the reference says so too or need not be asked.
    fn found(&mut self, case: &Case, option: &OptionRow) -> Answer {
        if option.since == Some(OURS) {
            return match case.about {
                About::Daemon => self.stage.ours_in(case, describe::dumped),
                About::Client => self.stage.ours(case),
            };
        }
        let verdict = judge(&mut self.stage, case);
        self.outcome.note(case, &verdict);
        if let Verdict::Differ(answers) = verdict {
            self.complaints.push(format!("{}\n{case}", Answer::difference(&answers.0, &answers.1)));
        }
        self.stage.ours(case)
    }

    fn compare(
        &self,
        section: &SectionRow,
        facts: &Facts,
        (found, expected): (&Answer, Expected),
    ) -> Result<(), String> {
        let (name, _) = written(section.kind);
        let fill = |text: &str| {
            let text =
                text.replace("$IN", &format!(" in section '{name}' (file: '{MAIN}')")).replace("$S", name);
            self.stage.fill(&text)
        };
        match (expected, found) {
            (Expected::Value(text), Answer::Settings(settings)) => {
                let expected: Value = serde_json::from_str(&fill(text)).expect("invariant: rows hold JSON");
                let value = match facts.at {
                    "" => &settings[name][facts.option],
                    at => settings.pointer(at).unwrap_or(&Value::Null),
                };
                if *value == expected {
                    Ok(())
                } else {
                    Err(format!("{} is {value}, not {expected}", facts.option))
                }
            }
            (Expected::Message(text), Answer::Refused(message)) => {
                let expected = format!("Error: {}", fill(text));
                let is_so = match expected.strip_suffix('…') {
                    Some(beginning) => message.starts_with(beginning),
                    None => *message == expected,
                };
                if is_so { Ok(()) } else { Err(format!("{message:?} is not {expected:?}")) }
            }
            (Expected::Value(text), _) => Err(format!("{found:?} should be {text}")),
            (Expected::Message(text), _) => Err(format!("accepted, and should be refused: {text}")),
        }
    }
}

/// A section of a kind: its name, and the lines that it cannot do without.
fn written(kind: Kind) -> (&'static str, &'static [&'static str]) {
    match kind {
        Kind::Supervisord => ("supervisord", &[]),
        Kind::UnixHttpServer => ("unix_http_server", &["file=/s"]),
        Kind::InetHttpServer => ("inet_http_server", &["port=9001"]),
        Kind::RpcInterface => ("rpcinterface:r", &[]),
        Kind::Supervisorctl => ("supervisorctl", &[]),
        Kind::CtlPlugin => ("ctlplugin:c", &[]),
        Kind::Program => ("program:p", &["command=cat"]),
        Kind::EventListener => ("eventlistener:p", &["command=cat", "events=TICK_5"]),
        Kind::FcgiProgram => ("fcgi-program:p", &["command=cat", "socket=unix:///s"]),
        Kind::Group => ("group:p", &["programs=a"]),
        Kind::Include => ("include", &[]),
    }
}

/// The option with this text, or without it, in a section of its kind and as little else as can be.
fn case(section: &SectionRow, option: &str, text: Option<&str>) -> Case {
    let (name, required) = written(section.kind);
    let (before, about) = match section.kind {
        Kind::Supervisord => ("", About::Daemon),
        Kind::Supervisorctl => ("", About::Client),
        Kind::CtlPlugin => ("[supervisorctl]\n", About::Client),
        Kind::Group => ("[supervisord]\n[program:a]\ncommand=cat\n[program:b]\ncommand=cat\n", About::Daemon),
        _ => ("[supervisord]\n", About::Daemon),
    };
    let mut lines = format!("{before}[{name}]\n");
    for line in required.iter().filter(|line| !line.starts_with(&format!("{option}="))) {
        lines += &format!("{line}\n");
    }
    if let Some(text) = text {
        lines += &format!("{option}={text}\n");
    }
    let more = File::new("conf.d/a.ini", "[program:a]\ncommand=cat\n");
    Case { about, ..Case::daemon(vec![File::new(MAIN, &lines), more]) }
}

//! The one table of sections and options. The readers take defaults from it, the warnings about unknown names
//! their candidates, and the sample configuration and the option reference are printed from it.
//!
//! Versions are those of the reference that introduced an option after 3.0; options of our own have [`OURS`] there.

use std::fmt::Write as _;

use crate::ini::DEFAULT_SECTION;

/// Kinds of sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the variants are the names of the sections")]
pub enum Kind {
    UnixHttpServer,
    InetHttpServer,
    Supervisord,
    RpcInterface,
    Supervisorctl,
    CtlPlugin,
    Program,
    EventListener,
    FcgiProgram,
    Group,
    Include,
}

/// How a section is found by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The name is exactly this.
    Exactly,
    /// The name starts with this; what follows tells several sections apart.
    StartsWith,
    /// The name starts with this and a colon; what follows names the thing.
    Named,
}

/// One kind of section.
#[derive(Debug)]
pub struct SectionRow {
    /// Which.
    pub kind: Kind,
    /// Its name, without what follows a colon.
    pub name: &'static str,
    /// How its name is compared.
    pub matching: Match,
    /// What the name behind the colon stands for in documentation.
    pub example: &'static str,
    /// One paragraph about it.
    pub help: &'static str,
    /// Options that only this kind has, or that it has with other defaults.
    pub own: &'static [OptionRow],
    /// Options it shares with programs.
    pub shared: &'static [OptionRow],
    /// Whether the sample configuration has it switched on.
    pub in_sample: bool,
}

impl SectionRow {
    /// All options of such a section: its own, then those it shares and does not redefine.
    pub fn options(&self) -> impl Iterator<Item = &'static OptionRow> {
        let (own, shared) = (self.own, self.shared);
        own.iter().chain(shared.iter().filter(|row| own.iter().all(|mine| mine.name != row.name)))
    }

    /// The option of that name.
    pub fn option(&self, name: &str) -> Option<&'static OptionRow> {
        self.own
            .iter()
            .find(|row| row.name == name)
            .or_else(|| self.shared.iter().find(|row| row.name == name))
    }
}

/// What kind of value an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is explained by `ValueType::describe`")]
pub enum ValueType {
    Text,
    Integer,
    Boolean,
    Bytes,
    Octal,
    Directory,
    Path,
    FilePath,
    MainLog,
    LogFile,
    LogLevel,
    Signal,
    ExitCodes,
    AutoRestart,
    User,
    UserGroup,
    HostPort,
    Pairs,
    List,
    Events,
    Socket,
    Url,
    Callable,
    Patterns,
    OnConfigError,
    EventLength,
    KillMode,
    ShutdownMode,
}

impl ValueType {
    /// What such a value looks like, for the option reference.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Boolean => "`true`/`yes`/`on`/`1` or `false`/`no`/`off`/`0`",
            Self::Bytes => "number of bytes, with `KB`, `MB` or `GB` behind it or not",
            Self::Octal => "octal number",
            Self::Directory => "existing directory",
            Self::Path => "path",
            Self::FilePath => "path of a file in an existing directory",
            Self::MainLog => "path of a file in an existing directory, or `syslog`",
            Self::LogFile => "path of a file in an existing directory, `AUTO` or `NONE`",
            Self::LogLevel => "`critical`, `error`, `warn`, `info`, `debug`, `trace` or `blather`",
            Self::Signal => "name or number of a signal",
            Self::ExitCodes => "numbers from 0 to 255, with commas between them",
            Self::AutoRestart => "`unexpected`, or a boolean",
            Self::User => "name or id of a user",
            Self::UserGroup => "`user` or `user:group`, as names or ids",
            Self::HostPort => "`port`, `*:port` or `host:port`",
            Self::Pairs => "`KEY=\"value\"`, with commas between them",
            Self::List => "names with commas between them",
            Self::Events => "event names with commas between them",
            Self::Socket => "`unix:///path` or `tcp://host:port`",
            Self::Url => "URL",
            Self::Callable => "`module:callable`",
            Self::Patterns => "paths and globs with blanks between them",
            Self::OnConfigError => "`abort` or `skip-program`",
            Self::EventLength => "`characters` or `bytes`",
            Self::KillMode => "`process`, `group`, `tree` or `cgroup`",
            Self::ShutdownMode => "`priority`, `serial` or `parallel`",
        }
    }
}

/// What an option that is not written means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fallback {
    /// The same as this text.
    Text(&'static str),
    /// It must be written.
    Required,
    /// It must be written unless another option is, whose name this is.
    RequiredWithout(&'static str),
    /// Something that is no text, described here.
    Described(&'static str),
}

/// Which names a value may use in `%(name)s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// `ENV_*`.
    Environment,
    /// `here` and `ENV_*`.
    Here,
    /// `here`, `host_node_name` and `ENV_*`.
    Host,
    /// `here`, `program_name` and `ENV_*`.
    Socket,
    /// `here`, `program_name`, `group_name`, `host_node_name` and `ENV_*`.
    Program,
    /// As [`Names::Program`], with `process_num` and `numprocs`.
    Numbered,
    /// As [`Names::Numbered`], and the section's own `environment` is in `ENV_*`.
    Process,
}

impl Names {
    /// What [`Names::describe`] means by "those of a program", for the head of the option references.
    pub fn legend() -> String {
        format!(
            "Expansions are the names that a value may use as `%(name)s`. *Those of a program* are {}; `ENV_*` is any \
             environment variable of the daemon, such as `ENV_HOME`.",
            Self::Program.describe()
        )
    }

    /// The names, for the option reference.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Environment => "`ENV_*`",
            Self::Here => "`here`, `ENV_*`",
            Self::Host => "`here`, `host_node_name`, `ENV_*`",
            Self::Socket => "`here`, `program_name`, `ENV_*`",
            Self::Program => "`here`, `program_name`, `group_name`, `host_node_name`, `ENV_*`",
            Self::Numbered => "those of a program, `process_num`, `numprocs`",
            Self::Process => {
                "those of a program, `process_num`, `numprocs`, and its own `environment` as `ENV_*`"
            }
        }
    }
}

/// One option.
#[derive(Clone, Copy, Debug)]
pub struct OptionRow {
    /// Its name.
    pub name: &'static str,
    /// What it takes.
    pub value: ValueType,
    /// What it means when it is not written.
    pub fallback: Fallback,
    /// What its value may use.
    pub names: Names,
    /// The version of the reference that brought it, if that was after 3.0; [`OURS`] if it has none.
    pub since: Option<&'static str>,
    /// An example value; what the sample configuration shows.
    pub sample: &'static str,
    /// What it does, in one sentence.
    pub help: &'static str,
}

/// Stands for a version in rows of options that the reference does not have.
pub const OURS: &str = "Provost";

mod table;
pub use table::SECTIONS;

/// The kind of a section, by its name.
pub fn section_row(name: &str) -> Option<&'static SectionRow> {
    SECTIONS.iter().find(|row| match row.matching {
        Match::Exactly => name == row.name,
        Match::StartsWith => name.starts_with(row.name),
        Match::Named => name.strip_prefix(row.name).is_some_and(|rest| rest.starts_with(':')),
    })
}

/// The row of a kind.
pub fn row_of(kind: Kind) -> &'static SectionRow {
    SECTIONS.iter().find(|row| row.kind == kind).expect("invariant: every kind has a row")
}

/// The candidate that is nearest to `name`, if one is near enough to have been meant: at most a third of its
/// letters differ, are missing, are too many, or changed places with their neighbour.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = name.chars().count().div_ceil(3);
    let ranked = candidates.map(|candidate| (distance(name, candidate), candidate));
    ranked.min_by_key(|ranked| ranked.0).filter(|ranked| ranked.0 <= limit).map(|ranked| ranked.1)
}

/// Optimal string alignment distance.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = [(0..=b.len()).collect::<Vec<_>>(), vec![0; b.len() + 1], vec![0; b.len() + 1]];
    for i in 1..=a.len() {
        rows.rotate_right(1);
        // Now rows[0] is to be filled, rows[1] is the row above it, and rows[2] the one above that.
        rows[0][0] = i;
        for j in 1..=b.len() {
            let replaced = rows[1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(rows[1][j] + 1).min(rows[0][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[2][j - 2] + 1);
            }
            rows[0][j] = best;
        }
    }
    rows[0][b.len()]
}

/// The option reference, as a Markdown document.
pub fn option_reference_markdown() -> String {
    let mut page = format!(
        "# Options\n\nGenerated from the option table; do not edit.\n\nOptions that are not listed are ignored, with a \
         warning. Options of a `[{DEFAULT_SECTION}]` section appear in every other section.\n\n{}\n",
        Names::legend()
    );
    for section in SECTIONS {
        page.push_str(&section_markdown(section));
    }
    page.push_str(&crate::check::rules_markdown());
    page
}

fn section_markdown(section: &SectionRow) -> String {
    let title = match section.matching {
        Match::Named => format!("{}:{}", section.name, section.example),
        Match::Exactly | Match::StartsWith => section.name.to_owned(),
    };
    let mut page = format!("\n## `[{title}]`\n\n{}\n\n", section.help);
    page.push_str("| option | value | default | expansions | since | meaning |\n| --- | --- | --- | --- | --- | --- |\n");
    for row in section.options() {
        let fallback = match row.fallback {
            Fallback::Text("") => "empty".to_owned(),
            Fallback::Text(text) => format!("`{text}`"),
            Fallback::Required => "required".to_owned(),
            Fallback::RequiredWithout(other) => format!("required without `{other}`"),
            Fallback::Described(text) => text.to_owned(),
        };
        let (value, names, since) = (row.value.describe(), row.names.describe(), row.since.unwrap_or(""));
        writeln!(page, "| `{}` | {value} | {fallback} | {names} | {since} | {} |", row.name, row.help)
            .expect("invariant: writing to a String does not fail");
    }
    page
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;

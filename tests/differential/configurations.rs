//! Configurations made up from the option table, and changes to them.

use std::collections::BTreeSet;

use provost_config::options::{Fallback, Kind, Match, OURS, OptionRow, ValueType, row_of};

use crate::case::{About, Case, File, MAIN};
use crate::layout::{Section, plain, spoil, written};
use crate::values::{Care, value};
use provost_tests::random::Random;

/// Names of programs and groups: good ones, and others.
const NAMES: &[&str] = &["a", "b", "web", "db", "x.y", "a-b", "W", "ä"];
const ODD_NAMES: &[&str] = &["a b", "a:b", "a/b", "", " a", "a ", "a]b", "a;b", "%(here)s", "A", "𝒳", "'"];

/// Files that are included, or not.
const INCLUDED: &[&str] = &["conf.d/a.ini", "conf.d/b.conf", "conf.d/c.ini", "conf.d/.h.ini"];

/// Kinds of sections that a daemon reads: those with many options more often.
const KINDS: &[Kind] = &[
    Kind::Supervisord,
    Kind::Supervisord,
    Kind::Program,
    Kind::Program,
    Kind::Program,
    Kind::EventListener,
    Kind::FcgiProgram,
    Kind::Group,
    Kind::UnixHttpServer,
    Kind::InetHttpServer,
    Kind::RpcInterface,
    Kind::Include,
];

/// A whole configuration, for a daemon or (now and then) a client.
pub(crate) fn configuration(random: &mut Random) -> Case {
    let damage = random.pick(&[0, 0, 0, 0, 0, 1, 1, 3]);
    let mut maker = Maker::new(random, damage);
    if maker.random.one_in(3) {
        maker.one_option();
    } else {
        maker.all_sections();
    }
    let Maker { sections, mut tags, random, .. } = maker;
    let mut files = in_files(sections, &mut tags, random);
    if random.one_in(15) {
        for _ in 0..=random.below(3) {
            spoil(&mut files, random);
        }
        tags.insert("layout: slips of the hand".to_owned());
    }
    let mut case = Case::daemon(files);
    let for_client = tags.contains("section [supervisorctl]");
    if random.one_in(if for_client { 4 } else { 40 }) {
        case.about = About::Client;
        tags = BTreeSet::from(["section [supervisorctl], read by the client".to_owned()]);
    }
    case.tags = tags;
    case
}

/// A configuration, and the same after somebody edited it.
pub(crate) fn reread(random: &mut Random) -> Case {
    let mut maker = Maker::new(random, 0);
    maker.all_sections();
    let mut sections = std::mem::take(&mut maker.sections);
    let before = plain(&sections);
    maker.tags.clear();
    maker.edit(&mut sections);
    let mut case = Case::daemon(before);
    case.later = Some(plain(&sections));
    case.tags = maker.tags;
    case
}

/// The options that the reference has, too.
fn of_the_reference(kind: Kind) -> impl Iterator<Item = &'static OptionRow> {
    row_of(kind).options().filter(|option| option.since != Some(OURS))
}

struct Maker<'a> {
    random: &'a mut Random,
    /// Values that may still be damaged.
    damage: usize,
    sections: Vec<Section>,
    tags: BTreeSet<String>,
    /// Names that are taken.
    names: BTreeSet<&'static str>,
}

impl<'a> Maker<'a> {
    fn new(random: &'a mut Random, damage: usize) -> Self {
        Self { random, damage, sections: Vec::new(), tags: BTreeSet::new(), names: BTreeSet::new() }
    }

    fn all_sections(&mut self) {
        if !self.random.one_in(60) {
            self.section(Kind::Supervisord, "");
        }
        for kind in [Kind::Program, Kind::Program, Kind::Program, Kind::FcgiProgram, Kind::EventListener] {
            if self.random.one_in(2) {
                let name = self.name();
                self.section(kind, &name);
            }
        }
        for _ in 0..self.random.below(3) {
            let name = self.name();
            self.section(Kind::Group, &name);
        }
        for (kind, times) in [
            (Kind::UnixHttpServer, 3),
            (Kind::InetHttpServer, 3),
            (Kind::InetHttpServer, 12),
            (Kind::UnixHttpServer, 12),
            (Kind::RpcInterface, 3),
            (Kind::Supervisorctl, 2),
            (Kind::CtlPlugin, 60),
        ] {
            if self.random.one_in(times) {
                let name = if self.random.one_in(3) { self.name() } else { "supervisor".to_owned() };
                self.section(kind, &name);
            }
        }
        if self.random.one_in(40) {
            self.sections.push(Section {
                name: "DEFAULT".to_owned(),
                options: vec![
                    ("directory".to_owned(), "/tmp".to_owned()),
                    ("own".to_owned(), "%(x)s".to_owned()),
                ],
            });
            self.tags.insert("section [DEFAULT]".to_owned());
        }
        self.random.shuffle(&mut self.sections);
    }

    /// One section with one option about which nobody took care: nothing hides what becomes of it.
    fn one_option(&mut self) {
        let kind = self.random.pick(KINDS);
        let name = self.name();
        self.damage = 0;
        self.section(kind, &name);
        let own: Vec<&OptionRow> = of_the_reference(kind).collect();
        let careless = self.random.pick(&own);
        let text = self.careless_value(careless);
        let section = self.sections.last_mut().expect("invariant: it was just made");
        let is_required =
            |name: &str| own.iter().any(|row| row.name == name && row.fallback == Fallback::Required);
        section.options.retain(|(name, _)| is_required(name) && name != careless.name);
        section.options.push((careless.name.to_owned(), text));
        for (name, partner) in [("username", "password"), ("password", "username")] {
            if careless.name == name {
                section.options.push((partner.to_owned(), "x".to_owned()));
            }
        }
        if kind != Kind::Supervisord {
            self.section(Kind::Supervisord, "");
        }
    }

    fn name(&mut self) -> String {
        if self.damage > 0 && self.random.one_in(12) {
            return self.random.pick(ODD_NAMES).to_owned();
        }
        let free: Vec<&str> = NAMES.iter().copied().filter(|name| !self.names.contains(name)).collect();
        let twice = free.is_empty() || self.random.one_in(20);
        let name = self.random.pick(if twice { NAMES } else { &free });
        self.names.insert(name);
        name.to_owned()
    }

    fn section(&mut self, kind: Kind, name: &str) {
        let row = row_of(kind);
        self.tags.insert(format!("section [{}]", row.name));
        let full = match row.matching {
            Match::Exactly => row.name.to_owned(),
            Match::Named => format!("{}:{name}", row.name),
            Match::StartsWith if self.random.one_in(4) => format!("{}{name}", row.name),
            Match::StartsWith if self.random.one_in(4) => format!("{}:{name}", row.name),
            Match::StartsWith => row.name.to_owned(),
        };
        let all: Vec<&OptionRow> = of_the_reference(kind).collect();
        // About four options of many, and all of few: what is long hides what it means.
        let every = all.len().div_ceil(4);
        let mut options = Vec::new();
        for option in &all {
            let wanted = match option.fallback {
                Fallback::Required => !(self.damage > 0 && self.random.one_in(20)),
                _ => self.random.one_in(every),
            };
            if wanted && !self.is_left_out(option) {
                options.push((option.name.to_owned(), self.value(option)));
            }
        }
        self.agree(kind, &mut options);
        self.random.shuffle(&mut options);
        self.sections.push(Section { name: full, options });
    }

    /// Options that would refuse nearly every configuration if they were drawn as often as others.
    fn is_left_out(&mut self, option: &OptionRow) -> bool {
        let refuses = matches!(option.name, "redirect_stderr" | "result_handler" | "user" | "numprocs");
        refuses && self.damage == 0 && self.random.one_in(2)
    }

    fn value(&mut self, option: &OptionRow) -> String {
        self.tags.insert(format!("type {:?}", option.value));
        if option.value == ValueType::List && !self.random.one_in(6) {
            return self.programs();
        }
        let careless = self.damage > 0 && self.random.one_in(14);
        if careless {
            self.damage -= 1;
            return self.careless_value(option);
        }
        let text = value(option, Care::Careful, self.random);
        if text.contains('%') {
            self.tags.insert(format!("expansion in {:?}", option.value));
        }
        text
    }

    fn careless_value(&mut self, option: &OptionRow) -> String {
        self.tags.insert(format!("type {:?}", option.value));
        self.tags.insert(format!("damaged {:?}", option.value));
        value(option, Care::Careless, self.random)
    }

    /// Some of the programs there are.
    fn programs(&mut self) -> String {
        let named = self.sections.iter().filter_map(|section| {
            section.name.strip_prefix("program:").or_else(|| section.name.strip_prefix("fcgi-program:"))
        });
        let mut names: Vec<String> = named.map(str::to_owned).collect();
        self.random.shuffle(&mut names);
        names.truncate(1 + self.random.below(2));
        names.join(self.random.pick(&[",", ", ", " ,"]))
    }

    /// Options that only go together.
    fn agree(&mut self, kind: Kind, options: &mut Vec<(String, String)>) {
        let has = |options: &[(String, String)], name: &str| options.iter().any(|option| option.0 == name);
        let mut also = |name: &str, text: &str| {
            options.retain(|option| option.0 != name);
            options.push((name.to_owned(), text.to_owned()));
        };
        match kind {
            Kind::UnixHttpServer | Kind::InetHttpServer if self.damage == 0 || !self.random.one_in(4) => {
                if self.random.one_in(2) {
                    also("username", "user");
                    also("password", "123");
                } else {
                    options.retain(|option| option.0 != "username" && option.0 != "password");
                }
            }
            Kind::EventListener if self.damage == 0 => also("redirect_stderr", "false"),
            _ => {}
        }
        if self.damage == 0 {
            if has(options, "numprocs") && !has(options, "process_name") {
                options.push(("process_name".to_owned(), "%(program_name)s_%(process_num)02d".to_owned()));
            }
            if has(options, "stopasgroup") {
                options.retain(|option| option.0 != "killasgroup");
            }
            let inet = options.iter().any(|(name, text)| name == "socket" && text.starts_with("tcp"));
            if inet {
                options.retain(|option| option.0 != "socket_owner" && option.0 != "socket_mode");
            }
        }
    }

    /// One change, as somebody makes it before `supervisorctl update`.
    fn edit(&mut self, sections: &mut Vec<Section>) {
        let place = self.random.below(sections.len().max(1));
        match self.random.below(8) {
            0 if !sections.is_empty() => {
                let gone = sections.remove(place);
                self.note_edit("section removed", &gone.name);
            }
            1 => {
                self.sections.clone_from(sections);
                let kinds = [Kind::Program, Kind::EventListener, Kind::FcgiProgram, Kind::Group];
                let kind = self.random.pick(&kinds);
                let name = self.name();
                self.section(kind, &name);
                self.tags.clear();
                self.note_edit("section added", row_of(kind).name);
                sections.clone_from(&self.sections);
            }
            2 if !sections[place].options.is_empty() => {
                let option = self.random.below(sections[place].options.len());
                let (name, _) = sections[place].options.remove(option);
                self.note_edit("option removed", &name);
            }
            3 => {
                self.random.shuffle(sections);
                self.note_edit("sections in another order", "");
            }
            _ if !sections.is_empty() => self.edit_option(&mut sections[place]),
            _ => {}
        }
    }

    fn edit_option(&mut self, section: &mut Section) {
        let Some(row) = provost_config::options::section_row(&section.name) else { return };
        let all: Vec<&OptionRow> = of_the_reference(row.kind).collect();
        let option = self.random.pick(&all);
        self.damage = usize::from(self.random.one_in(8));
        let text = self.value(option);
        self.tags.clear();
        self.note_edit("option changed", option.name);
        section.options.retain(|(name, _)| name != option.name);
        section.options.push((option.name.to_owned(), text));
    }

    fn note_edit(&mut self, what: &str, which: &str) {
        let kind = which.split(':').next().unwrap_or_default();
        self.tags.insert(format!("{what} {kind}").trim_end().to_owned());
    }
}

/// Writes the sections to one file, or to several.
fn in_files(sections: Vec<Section>, tags: &mut BTreeSet<String>, random: &mut Random) -> Vec<File> {
    let mut homes: Vec<(String, Vec<Section>)> = vec![(MAIN.to_owned(), Vec::new())];
    if random.one_in(6) {
        tags.insert("section [include]".to_owned());
        let mut maker = Maker::new(random, 0);
        maker.damage = usize::from(maker.random.one_in(3));
        maker.section(Kind::Include, "");
        tags.extend(std::mem::take(&mut maker.tags));
        homes[0].1.append(&mut maker.sections);
        for name in INCLUDED {
            if random.one_in(2) {
                homes.push(((*name).to_owned(), Vec::new()));
            }
        }
    }
    for section in sections {
        let mut place = if random.one_in(2) { 0 } else { random.below(homes.len()) };
        let mut section = section;
        // A section can begin in one file and go on in another.
        if homes.len() > 1 && section.options.len() > 1 && random.one_in(4) {
            let rest = section.options.split_off(section.options.len() / 2);
            homes[place].1.push(Section { name: section.name.clone(), options: section.options });
            place = random.below(homes.len());
            section = Section { name: section.name, options: rest };
        }
        homes[place].1.push(section);
    }
    let write =
        |(name, sections): (String, Vec<Section>)| File { name, lines: written(&sections, tags, random) };
    homes.into_iter().map(write).collect()
}

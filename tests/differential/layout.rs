//! How sections become lines: the same content in the many spellings that the dialect allows, and some it does not.

use std::collections::BTreeSet;

use crate::case::{File, MAIN};
use crate::values::mutated;
use provost_tests::random::Random;

/// A section before it is written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) options: Vec<(String, String)>,
}

/// As plain as can be, in one file.
pub(crate) fn plain(sections: &[Section]) -> Vec<File> {
    let mut lines = Vec::new();
    for section in sections {
        lines.push(format!("[{}]", section.name));
        lines.extend(section.options.iter().map(|(name, value)| format!("{name}={value}")));
    }
    vec![File::new(MAIN, &lines.join("\n"))]
}

/// With everything that people do to configuration files.
pub(crate) fn written(
    sections: &[Section],
    tags: &mut BTreeSet<String>,
    random: &mut Random,
) -> Vec<Vec<u8>> {
    let hand =
        random.pick(&[Hand::Tidy, Hand::Tidy, Hand::Tidy, Hand::Loose, Hand::Loose, Hand::Loose, Hand::Wild]);
    let mut writer = Writer { hand, lines: Vec::new(), tags, random };
    for section in sections {
        writer.section(section);
    }
    writer.finish()
}

/// Spellings of `name=value`, and of what may stand behind it.
const DELIMITERS: &[&str] = &["=", "=", "=", " = ", ": ", ":", " =", "= ", "\t=\t", " : "];
const COMMENTS_BEHIND: &[&str] =
    &[" ; c", " # c", "\t;c", " ;", "  # a ; b", " ; a # b", ";c", "#c", ";a #b"];
const BLANKS_BEHIND: &[&str] = &[" ", "\t", " \u{a0}", "\u{c}", "\u{85}", "\u{2003}", "\u{1f}", "\u{200b}"];
const LINES_BETWEEN: &[&str] =
    &["", "; a comment", "# a comment", "  ; indented", "   ", "\t", "rem no comment=1", " #x"];
const ODD_LINES: &[&str] = &[
    "no delimiter",
    "= no name",
    "[",
    "[]",
    "[unclosed",
    "]",
    "[unknown:section]",
    "unknown_option = 1",
    "[a]junk",
    "x",
    ":",
    " [deeper]",
    "[DEFAULT]",
    "[program:late]",
    "command",
    "[supervisord]",
    "=",
    "[ supervisord ]",
    "key value = %(nope)s",
    "\u{a0}x=1",
    "\u{c}",
];

/// How somebody writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hand {
    /// One option a line, and comments where they belong.
    Tidy,
    /// Anything else that may be meant to work.
    Loose,
    /// Whatever comes.
    Wild,
}

struct Writer<'a> {
    hand: Hand,
    lines: Vec<String>,
    tags: &'a mut BTreeSet<String>,
    random: &'a mut Random,
}

impl Writer<'_> {
    fn tag(&mut self, what: &str) {
        self.tags.insert(format!("layout: {what}"));
    }

    fn section(&mut self, section: &Section) {
        self.between();
        let mut header = format!("[{}]", section.name);
        if self.hand == Hand::Wild && self.random.one_in(8) {
            header += self.random.pick(COMMENTS_BEHIND);
            self.tag("comment behind a header");
        }
        self.lines.push(header);
        for (name, value) in &section.options {
            self.between();
            self.option(name, value);
        }
    }

    fn between(&mut self) {
        if self.random.one_in(10) {
            let tidy = if self.hand == Hand::Wild { LINES_BETWEEN.len() } else { 4 };
            let line = self.random.pick(&LINES_BETWEEN[..tidy]);
            self.lines.push(line.to_owned());
            self.tag("comments and blank lines");
        }
        if self.hand == Hand::Wild && self.random.one_in(60) {
            let line = self.random.pick(ODD_LINES);
            self.lines.push(line.to_owned());
            self.tag("odd lines");
        }
    }

    fn option(&mut self, name: &str, value: &str) {
        let mut name = name.to_owned();
        if self.hand != Hand::Tidy && self.random.one_in(10) {
            name = if self.random.one_in(2) { name.to_uppercase() } else { capitalised(&name) };
            self.tag("upper case");
        }
        let delimiter = self.random.pick(if self.hand == Hand::Tidy { &DELIMITERS[..4] } else { DELIMITERS });
        let mut line = format!("{name}{delimiter}{value}");
        // A word that goes on in the next line is another word; a list or a command stays what it is.
        let may_go_on = self.hand == Hand::Wild || value.contains([' ', ',']);
        if self.hand != Hand::Tidy && may_go_on && self.random.one_in(6) {
            line = self.continued(&line, line.len() - value.len());
        }
        if self.hand == Hand::Wild && self.random.one_in(15) {
            line += self.random.pick(BLANKS_BEHIND);
            self.tag("blanks behind a value");
        }
        if self.hand == Hand::Wild && self.random.one_in(8) {
            line.insert_str(0, self.random.pick(&[" ", "  ", "\t"]));
            self.tag("indented options");
        }
        if self.random.one_in(15) {
            // The first few are cut off; the others are part of the value.
            let cut_off = if self.hand == Hand::Wild { COMMENTS_BEHIND.len() } else { 5 };
            line += self.random.pick(&COMMENTS_BEHIND[..cut_off]);
            self.tag("comment behind a value");
        }
        self.lines.push(line);
        if self.random.one_in(60) {
            self.lines.push(format!("{name} = {value}"));
            self.tag("duplicate options");
        }
    }

    /// The value goes on in the next line.
    fn continued(&mut self, line: &str, start: usize) -> String {
        self.tag("continuation lines");
        let blanks: Vec<usize> = line
            .match_indices([' ', ','])
            .map(|(place, _)| place + 1)
            .filter(|place| *place > start)
            .collect();
        let cut = if blanks.is_empty() { line.len() } else { self.random.pick(&blanks) };
        let inner =
            self.random.pick(&["\n  ", "\n\t", "\n ", "\n\n  ", "\n  ; c\n  ", "\n#c\n  ", "\n   ;\n\n   "]);
        let tail = match self.hand {
            Hand::Wild => self.random.pick(&["", "", "\n  more", "\n  k = v", "\n  [x]", "\n\n\n"]),
            Hand::Tidy | Hand::Loose => "",
        };
        format!("{}{inner}{}{tail}", &line[..cut], &line[cut..])
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        let mut end = "";
        if self.random.one_in(40) {
            self.tag("CRLF");
            end = "\r";
        }
        let text = self.lines.join("\n");
        let mut lines: Vec<Vec<u8>> =
            text.split('\n').map(|line| format!("{line}{end}").into_bytes()).collect();
        if self.hand == Hand::Wild && self.random.one_in(60) {
            self.tag("byte order mark");
            lines[0].splice(0..0, [0xef, 0xbb, 0xbf]);
        }
        if self.hand == Hand::Wild && self.random.one_in(60) {
            self.tag("not UTF-8");
            let place = self.random.below(lines.len());
            let byte = self.random.pick(&[0xff, 0xc3, 0x80, 0xed]);
            lines[place].push(byte);
        }
        lines
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Does to a text what slips of the hand do.
pub(crate) fn spoil(files: &mut [File], random: &mut Random) {
    let file = random.below(files.len());
    let lines = &mut files[file].lines;
    if lines.is_empty() {
        return;
    }
    let place = random.below(lines.len());
    match random.below(5) {
        0 => drop(lines.remove(place)),
        1 => lines.insert(place, lines[place].clone()),
        2 => {
            let other = random.below(lines.len());
            lines.swap(place, other);
        }
        3 => {
            let keep = random.below(lines[place].len() + 1);
            lines[place].truncate(keep);
        }
        _ => {
            let text = String::from_utf8_lossy(&lines[place]).into_owned();
            lines[place] = mutated(&text, random).into_bytes();
        }
    }
}

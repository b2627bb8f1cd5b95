//! The INI dialect: Python's `RawConfigParser`, not strict, with `;` and `#` as inline comment prefixes.
//!
//! Owns the text of every file that was read and the merged sections, and remembers for each section and option
//! where it stands. Knows no option names and expands nothing, with one exception that is part of the dialect
//! of included files: [`Document::replace_here`].

use std::collections::HashMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Failure, Place, Severity};
use crate::text::{Repr, is_space, strip};

/// The section whose options appear in every other section.
pub const DEFAULT_SECTION: &str = "DEFAULT";

/// What a value says for the directory of its own file.
const HERE: &str = "%(here)s";

/// Where a piece of text stands: file, line (from 1), column (from 1, in characters) and length in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    source: u32,
    line: u32,
    column: u32,
    length: u32,
}

impl Span {
    /// A part of it: so many characters, behind the first `skipped`.
    pub(crate) fn part(self, skipped: usize, length: usize) -> Self {
        // A column too large for its type marks nothing, and no line is so long.
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Self { column: self.column.saturating_add(number(skipped)), length: number(length), ..self }
    }
}

/// One file that was read.
#[derive(Clone, Debug)]
struct Source {
    name: String,
    text: Arc<str>,
}

/// One option of a section.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Name, lower-cased.
    pub key: String,
    /// Value: lines joined with `\n`, comments gone, stripped.
    pub value: String,
    /// Where the name stands.
    pub key_span: Span,
    /// Where the value starts, and how long its first line is.
    pub value_span: Span,
    /// The comment that was cut off the first line of the value, if one was.
    pub comment: Option<Span>,
}

/// One section, merged from everywhere it is written.
#[derive(Clone, Debug)]
pub struct Section {
    /// Name, as between the brackets.
    pub name: String,
    /// Where it is first written.
    pub span: Span,
    entries: Vec<Entry>,
    index: HashMap<String, usize>,
}

impl Section {
    fn new(name: &str, span: Span) -> Self {
        Self { name: name.to_owned(), span, entries: Vec::new(), index: HashMap::new() }
    }

    /// The option of that (lower-case) name that is written in this section.
    pub fn own(&self, key: &str) -> Option<&Entry> {
        self.index.get(key).map(|at| &self.entries[*at])
    }

    /// The options written in this section, in file order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Puts an option in, over an earlier one of its name; answers where.
    fn put(&mut self, entry: Entry) -> usize {
        if let Some(at) = self.index.get(&entry.key) {
            self.entries[*at] = entry;
            return *at;
        }
        self.index.insert(entry.key.clone(), self.entries.len());
        self.entries.push(entry);
        self.entries.len() - 1
    }
}

/// Something that is read all the same, and that hardly anybody means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// A section header without its `]`, read as an option.
    OpenHeader {
        /// The line.
        span: Span,
        /// What it says, without the `[`.
        name: String,
        /// The section that what follows goes to.
        section: String,
    },
    /// A line that begins as a section header does, and continues a value because it is indented.
    HeaderInValue {
        /// The line.
        span: Span,
        /// What it says, without brackets.
        name: String,
        /// The section that what follows goes to.
        section: String,
    },
    /// An option that an earlier line of the same section and file has too.
    OptionTwice {
        /// The later name.
        span: Span,
        /// The earlier name.
        first: Span,
        /// The name.
        name: String,
        /// Its section.
        section: String,
    },
    /// A section that an earlier line of the same file begins too.
    SectionTwice {
        /// The later header.
        span: Span,
        /// The earlier header.
        first: Span,
        /// The name.
        name: String,
    },
}

/// Every section of every file read so far.
#[derive(Clone, Debug)]
pub struct Document {
    sources: Vec<Source>,
    sections: Vec<Section>,
    index: HashMap<String, usize>,
    defaults: Section,
    /// Options whose `%(here)s` was not replaced yet: what was read since the last [`Document::replace_here`].
    fresh: Vec<(Slot, usize)>,
    /// Sections below this had their chance to take `%(here)s` values from the defaults.
    seen_sections: usize,
    oddities: Vec<Oddity>,
}

/// Which section an option is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    Defaults,
    Section(usize),
}

impl Default for Document {
    fn default() -> Self {
        let span = Span { source: 0, line: 1, column: 1, length: 1 };
        Self {
            sources: Vec::new(),
            sections: Vec::new(),
            index: HashMap::new(),
            defaults: Section::new(DEFAULT_SECTION, span),
            fresh: Vec::new(),
            seen_sections: 0,
            oddities: Vec::new(),
        }
    }
}

impl Document {
    /// Reads one more file over what is there. `name` is what messages call it.
    ///
    /// # Errors
    /// The reference's texts for bytes that are no UTF-8, options before any section, and lines that are neither
    /// header nor option. The document is not fit for use afterwards.
    pub fn read(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let text = decode(name, bytes)?;
        let source = u32::try_from(self.sources.len()).expect("invariant: fewer than 2^32 files");
        self.sources.push(Source { name: name.to_owned(), text: Arc::from(text) });
        Reader::new(self, source).read()
    }

    /// All sections but `[DEFAULT]`, in the order in which they are first written.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The section of that exact name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.index.get(name).map(|at| &self.sections[*at])
    }

    /// The options of `[DEFAULT]`.
    pub fn defaults(&self) -> &Section {
        &self.defaults
    }

    /// What is read all the same and hardly meant, in the order in which it was read.
    pub fn oddities(&self) -> &[Oddity] {
        &self.oddities
    }

    /// The option of that (lower-case) name in `section`, or else in `[DEFAULT]`.
    pub fn option<'a>(&'a self, section: &'a Section, key: &str) -> Option<&'a Entry> {
        section.own(key).or_else(|| self.defaults.own(key))
    }

    /// Name of the file that a span is in.
    pub fn file_of(&self, span: Span) -> &str {
        &self.sources[span.source as usize].name
    }

    /// Line of a span, counted from 1.
    pub fn line_of(&self, span: Span) -> u32 {
        span.line
    }

    /// The span with its file's name and its line, for a diagnostic.
    pub fn place(&self, span: Span) -> Place {
        let source = &self.sources[span.source as usize];
        let text = source.text.split('\n').nth(span.line as usize - 1).unwrap_or("").to_owned();
        Place { file: source.name.clone(), line: span.line, column: span.column, length: span.length, text }
    }

    /// Replaces every literal `%(here)s` that was read since the last call. In files with includes the text means
    /// the directory of the file it stands in, in every option of every section.
    pub fn replace_here(&mut self, here: &str) {
        let fresh = std::mem::take(&mut self.fresh);
        let defaults_changed = fresh.iter().any(|(slot, _)| *slot == Slot::Defaults);
        // A section keeps its own copy of a default with `%(here)s`, fixed at the first chance it gets.
        let inherit_from = if defaults_changed { 0 } else { self.seen_sections };
        for default in self.defaults.entries.iter().filter(|entry| entry.value.contains(HERE)) {
            for section in &mut self.sections[inherit_from..] {
                if section.own(&default.key).is_none() {
                    let value = default.value.replace(HERE, here);
                    section.put(Entry { value, ..default.clone() });
                }
            }
        }
        self.seen_sections = self.sections.len();
        for (slot, at) in fresh {
            if let Slot::Section(section) = slot {
                let value = &mut self.sections[section].entries[at].value;
                if value.contains(HERE) {
                    *value = value.replace(HERE, here);
                }
            }
        }
    }

    /// The section of that name, made if it is new.
    fn open(&mut self, name: &str, span: Span) -> Slot {
        if let Some(at) = self.index.get(name) {
            return Slot::Section(*at);
        }
        if name == DEFAULT_SECTION {
            return Slot::Defaults;
        }
        self.index.insert(name.to_owned(), self.sections.len());
        self.sections.push(Section::new(name, span));
        Slot::Section(self.sections.len() - 1)
    }

    fn slot(&mut self, slot: Slot) -> &mut Section {
        match slot {
            Slot::Defaults => &mut self.defaults,
            Slot::Section(at) => &mut self.sections[at],
        }
    }
}

/// The text of a file, with every line end made `\n`.
fn decode(name: &str, bytes: &[u8]) -> Result<String, Failure> {
    let text = std::str::from_utf8(bytes).map_err(|error| undecodable(name, bytes, error))?;
    if text.contains('\r') {
        return Ok(text.replace("\r\n", "\n").replace('\r', "\n"));
    }
    Ok(text.to_owned())
}

fn undecodable(name: &str, bytes: &[u8], error: std::str::Utf8Error) -> Failure {
    let start = error.valid_up_to();
    let length = error.error_len().unwrap_or(bytes.len() - start);
    let reason = match (error.error_len(), bytes[start]) {
        (None, _) => "unexpected end of data",
        (Some(_), 0xc2..=0xf4) => "invalid continuation byte",
        (Some(_), _) => "invalid start byte",
    };
    let which = match length {
        1 => format!("byte {:#04x} in position {start}", bytes[start]),
        _ => format!("bytes in position {start}-{}", start + length - 1),
    };
    let before = String::from_utf8_lossy(&bytes[..start]);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = bytes[start..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| start + at);
    let place = Place {
        file: name.to_owned(),
        line: count(before.matches('\n').count() + 1),
        column: count(before[line_start..].chars().count() + 1),
        length: 1,
        text: String::from_utf8_lossy(&bytes[line_start..end]).into_owned(),
    };
    let help = Some("configuration files are read as UTF-8; save the file in that encoding".to_owned());
    Failure::new(format!("'utf-8' codec can't decode {which}: {reason}"), Some(place), help)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What a line is, once comments are cut.
enum Line<'a> {
    Header(&'a str),
    Option { key: &'a str, value: &'a str },
    Neither,
}

/// The state of reading one file.
struct Reader<'a> {
    document: &'a mut Document,
    source: u32,
    section: Option<Slot>,
    /// The option that a deeper indented line continues, with its lines so far.
    open: Option<(Entry, Vec<String>)>,
    /// Indent of the last line that was no continuation.
    indent: usize,
    offences: Vec<(Span, String)>,
    /// The headers of this file.
    headers: HashMap<String, Span>,
}

impl<'a> Reader<'a> {
    fn new(document: &'a mut Document, source: u32) -> Self {
        Self {
            document,
            source,
            section: None,
            open: None,
            indent: 0,
            offences: Vec::new(),
            headers: HashMap::new(),
        }
    }

    fn read(mut self) -> Result<(), Failure> {
        let text = Arc::clone(&self.document.sources[self.source as usize].text);
        for (index, line) in text.split_inclusive('\n').enumerate() {
            self.line(count(index + 1), line)?;
        }
        self.close_option();
        if self.offences.is_empty() { Ok(()) } else { Err(self.parsing_errors()) }
    }

    fn line(&mut self, number: u32, line: &str) -> Result<(), Failure> {
        let comment = comment_start(line);
        let value = strip(&line[..comment.unwrap_or(line.len())]);
        if value.is_empty() {
            if let (None, Some((_, lines))) = (comment, &mut self.open) {
                lines.push(String::new());
            }
            return Ok(());
        }
        let indent = line.chars().take_while(|c| is_space(*c)).count();
        if let Some((entry, lines)) = &mut self.open
            && indent > self.indent
        {
            if lines.iter().all(String::is_empty) {
                entry.value_span = Span { line: number, ..span_in(line, value, self.source) };
            }
            lines.push(value.to_owned());
            self.note_header_in_value(value, Span { line: number, ..span_in(line, value, self.source) });
            return Ok(());
        }
        self.indent = indent;
        let span = Span { line: number, ..span_in(line, value, self.source) };
        match (classify(value), self.section) {
            (Line::Header(name), _) => {
                self.close_option();
                let span = Span { length: count(name.chars().count() + 2), ..span };
                self.note_header(name, span);
                self.section = Some(self.document.open(name, span));
            }
            (_, None) => return Err(self.no_section(span, line)),
            (Line::Option { key: "", .. }, _) => {
                self.close_option();
                self.offences.push((span, line.to_owned()));
            }
            (Line::Option { key, value: text }, Some(slot)) => {
                self.close_option();
                match open_header(value) {
                    Some(name) => self.note_open_header(name, (slot, span)),
                    None => self.note_option(&key.to_lowercase(), (slot, span)),
                }
                let key_span = Span { length: count(key.chars().count()), ..span };
                let at = |part: &str| Span { line: number, ..span_in(line, part, self.source) };
                let comment = comment.map(|start| at(line[start..].trim_end_matches('\n')));
                let entry = Entry {
                    key: key.to_lowercase(),
                    value: String::new(),
                    key_span,
                    value_span: at(text),
                    comment,
                };
                self.open = Some((entry, vec![text.to_owned()]));
            }
            (Line::Neither, _) => self.offences.push((span, line.to_owned())),
        }
        Ok(())
    }

    /// Stores the option that was open: from here on nothing continues it.
    fn close_option(&mut self) {
        let (Some((mut entry, lines)), Some(slot)) = (self.open.take(), self.section) else { return };
        entry.value = lines.join("\n").trim_end_matches(is_space).to_owned();
        let at = self.document.slot(slot).put(entry);
        self.document.fresh.push((slot, at));
    }

    fn note_header(&mut self, name: &str, span: Span) {
        match self.headers.get(name) {
            Some(&first) => {
                self.document.oddities.push(Oddity::SectionTwice { span, first, name: name.to_owned() });
            }
            None => {
                self.headers.insert(name.to_owned(), span);
            }
        }
    }

    fn note_open_header(&mut self, name: &str, (slot, span): (Slot, Span)) {
        let section = self.document.slot(slot).name.clone();
        self.document.oddities.push(Oddity::OpenHeader { span, name: name.to_owned(), section });
    }

    fn note_header_in_value(&mut self, line: &str, span: Span) {
        let (Some(name), Some(slot)) = (line.strip_prefix('['), self.section) else { return };
        let name = strip(name.strip_suffix(']').unwrap_or(name)).to_owned();
        let section = self.document.slot(slot).name.clone();
        self.document.oddities.push(Oddity::HeaderInValue { span, name, section });
    }

    fn note_option(&mut self, name: &str, (slot, span): (Slot, Span)) {
        let span = Span { length: count(name.chars().count()), ..span };
        let section = self.document.slot(slot);
        // What another file says before is meant to be replaced.
        let Some(entry) = section.own(name).filter(|entry| entry.key_span.source == span.source) else {
            return;
        };
        let (first, section) = (entry.key_span, section.name.clone());
        self.document.oddities.push(Oddity::OptionTwice { span, first, name: name.to_owned(), section });
    }

    fn no_section(&self, span: Span, line: &str) -> Failure {
        let place = self.document.place(span);
        let message = format!(
            "File contains no section headers.\nfile: {}, line: {}\n{}",
            Repr(&place.file),
            span.line,
            Repr(line)
        );
        let help = if line.starts_with('\u{feff}') {
            "the file starts with a byte order mark; save it without one".to_owned()
        } else if let Some(help) = open_header_help(line) {
            help
        } else {
            "every option stands below a section header such as [supervisord]".to_owned()
        };
        Failure::new(message, Some(place), Some(help))
    }

    fn parsing_errors(&self) -> Failure {
        let name = &self.document.sources[self.source as usize].name;
        let mut message = format!("Source contains parsing errors: {}", Repr(name));
        for (span, line) in &self.offences {
            message.push_str(&format!("\n\t[line {:2}]: {}", span.line, Repr(line)));
        }
        let first = self.offences.first();
        let help = first.and_then(|(_, line)| open_header_help(line)).unwrap_or_else(|| {
            "a line is `[section]`, `name = value`, a comment, or an indented continuation".to_owned()
        });
        let place = first.map(|first| self.document.place(first.0));
        let mut failure = Failure::new(message, place, Some(help));
        failure.diagnostics.extend(self.offences.iter().skip(1).map(|(span, line)| Diagnostic {
            severity: Severity::Error,
            message: "this line is neither a section header nor an option".to_owned(),
            place: Some(self.document.place(*span)),
            help: open_header_help(line),
        }));
        failure
    }
}

/// The name in a line that begins as a section header does and has no `]`.
fn open_header(line: &str) -> Option<&str> {
    line.strip_prefix('[').filter(|name| !name.contains(']')).map(strip)
}

/// What to do about such a line, with or without its comment.
fn open_header_help(line: &str) -> Option<String> {
    let name = open_header(strip(&line[..comment_start(line).unwrap_or(line.len())]))?;
    Some(format!("this looks like a section header without its ]: write [{name}]"))
}

/// The span of `part`, a piece of `line`; the line number is left to the caller.
fn span_in(line: &str, part: &str, source: u32) -> Span {
    let offset = part.as_ptr() as usize - line.as_ptr() as usize;
    let column = count(line[..offset].chars().count() + 1);
    Span { source, line: 0, column, length: count(part.chars().count()) }
}

/// Where the comment of a line starts, as Python finds it: a line that begins with a prefix is a comment as a
/// whole, otherwise a prefix counts behind whitespace.
///
/// The reference looks for both prefixes in rounds: the first `;` and the first `#`, then the second of each. The
/// first round in which one of them stands behind whitespace decides, so in `a;b ;c #d` the comment is `#d`.
fn comment_start(line: &str) -> Option<usize> {
    if strip(line).starts_with([';', '#']) {
        return Some(0);
    }
    let mut semicolons = line.match_indices(';').map(|found| found.0);
    let mut hashes = line.match_indices('#').map(|found| found.0);
    loop {
        let round = [semicolons.next(), hashes.next()];
        if round == [None, None] {
            return None;
        }
        let behind_space = |at: &usize| line[..*at].chars().next_back().is_none_or(is_space);
        if let Some(start) = round.into_iter().flatten().filter(behind_space).min() {
            return Some(start);
        }
    }
}

fn classify(value: &str) -> Line<'_> {
    if let Some(rest) = value.strip_prefix('[')
        && let Some(end) = rest.rfind(']')
        && end > 0
    {
        return Line::Header(&rest[..end]);
    }
    match value.split_once(['=', ':']) {
        Some((key, text)) => Line::Option { key: key.trim_end_matches(is_space), value: strip(text) },
        None => Line::Neither,
    }
}

#[cfg(test)]
#[path = "ini_tests.rs"]
mod tests;

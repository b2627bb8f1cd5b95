//! Bytes to tags and text: what is well-formed, before anything is XML-RPC.
//!
//! `quick-xml` finds the tags and resolves the namespaces; this layer adds the rules that it leaves to its
//! users (one root, legal names and characters, no `]]>` in text, known entities only), so that what the
//! reference's parser refuses is refused here too. Comments and processing instructions end here. It knows
//! the names of the elements, not their meaning.
//!
//! Not checked, because nothing could come of it: the letters of names beyond ASCII, the rest of the XML
//! declaration after the version, and two attributes whose different prefixes mean the same namespace.

use std::borrow::Cow;

use quick_xml::Error as XmlError;
use quick_xml::NsReader;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::escape::is_xml_char;
use super::{DecodeError, Limits};

/// Attributes of one element that are read. XML-RPC defines none; a few are spent on namespaces. The check
/// for duplicates costs the square of this.
const MAX_ATTRIBUTES: usize = 8;

/// The elements that mean something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    MethodName,
    Params,
    Param,
    Fault,
    Value,
    Int,
    I4,
    Boolean,
    Text,
    Double,
    DateTime,
    Base64,
    Array,
    Data,
    Struct,
    /// `methodCall`, `member`, `name`, `nil` and whatever else: no rule of its own.
    Other,
}

impl Tag {
    fn named(name: &[u8]) -> Self {
        match name {
            b"methodName" => Self::MethodName,
            b"params" => Self::Params,
            b"param" => Self::Param,
            b"fault" => Self::Fault,
            b"value" => Self::Value,
            b"int" => Self::Int,
            b"i4" => Self::I4,
            b"boolean" => Self::Boolean,
            b"string" => Self::Text,
            b"double" => Self::Double,
            b"dateTime.iso8601" => Self::DateTime,
            b"base64" => Self::Base64,
            b"array" => Self::Array,
            b"data" => Self::Data,
            b"struct" => Self::Struct,
            _ => Self::Other,
        }
    }
}

/// A piece of a document.
#[derive(Debug)]
pub(super) enum Token<'a> {
    /// An element begins. An empty element begins and ends.
    Open(Tag),
    /// The element that began last ends.
    Close,
    /// Text inside an element; adjacent pieces belong together.
    Text(Cow<'a, str>),
    /// One character of text that was written as a reference.
    Char(char),
    /// The document ended properly.
    End,
}

/// Where in the document the reader is.
#[derive(Debug)]
enum Place {
    /// Before everything: only here may the XML declaration stand.
    Start,
    /// Before the root element.
    Prolog,
    /// Inside this many elements, at least one.
    Inside(usize),
    /// After the root element.
    Epilog,
}

/// The tokens of one document.
pub(super) struct Markup<'a> {
    reader: NsReader<&'a [u8]>,
    limits: Limits,
    place: Place,
    elements: usize,
}

impl<'a> Markup<'a> {
    pub(super) fn new(document: &'a str, limits: Limits) -> Self {
        let mut reader = NsReader::from_str(document);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        Self { reader, limits, place: Place::Start, elements: 0 }
    }

    /// The next token. After [`Token::End`] or an error there is nothing more to ask for.
    pub(super) fn next(&mut self) -> Result<Token<'a>, DecodeError> {
        loop {
            if let Some(token) = self.step()? {
                return Ok(token);
            }
        }
    }

    /// Takes one event from the parser; `None` when it is of no interest.
    fn step(&mut self) -> Result<Option<Token<'a>>, DecodeError> {
        let resolved = self.reader.read_resolved_event();
        let (name, event) = match resolved {
            Ok((name, event)) => (Binding::of(&name), event),
            Err(error) => return Err(self.ill(reason(&error))),
        };
        let at_start = matches!(self.place, Place::Start);
        if at_start {
            self.place = Place::Prolog;
        }
        match event {
            Event::Start(start) => self.open(&start, name).map(Some),
            Event::Empty(_) => unreachable!("the reader expands empty elements"),
            Event::End(_) => Ok(Some(self.close())),
            Event::Text(text) => {
                let text = text.xml10_content().map_err(|_| self.ill("the text is not UTF-8"))?;
                if text.contains("]]>") {
                    return Err(self.ill("`]]>` stands in text; write `]]&gt;`"));
                }
                self.text(text)
            }
            Event::CData(data) => {
                self.inside()?;
                let text = data.xml10_content().map_err(|_| self.ill("the text is not UTF-8"))?;
                Ok(Some(Token::Text(text)))
            }
            Event::GeneralRef(reference) => {
                self.inside()?;
                self.character(&reference).map(|character| Some(Token::Char(character)))
            }
            Event::Comment(_) => Ok(None),
            Event::PI(instruction) if is_instruction_target(instruction.target()) => Ok(None),
            Event::PI(_) => Err(self.ill("a processing instruction has no name of its own")),
            Event::Decl(declaration) if at_start && declaration.version().is_ok() => Ok(None),
            Event::Decl(_) if at_start => Err(self.ill("the XML declaration names no version")),
            Event::Decl(_) => Err(self.ill("the XML declaration does not stand at the very beginning")),
            Event::DocType(_) => Err(DecodeError::DocType),
            Event::Eof => match self.place {
                Place::Epilog => Ok(Some(Token::End)),
                Place::Inside(_) => Err(self.ill("the document ends inside an element")),
                Place::Start | Place::Prolog => Err(self.ill("the document has no element")),
            },
        }
    }

    fn open(&mut self, start: &BytesStart<'_>, binding: Binding) -> Result<Token<'a>, DecodeError> {
        let depth = match self.place {
            Place::Inside(depth) => depth,
            Place::Start | Place::Prolog => 0,
            Place::Epilog => return Err(self.ill("a second root element")),
        };
        if depth == self.limits.depth {
            return Err(DecodeError::TooDeep { limit: self.limits.depth });
        }
        self.elements += 1;
        if self.elements > self.limits.elements {
            return Err(DecodeError::TooManyElements { limit: self.limits.elements });
        }
        self.place = Place::Inside(depth + 1);
        if !is_name(start.name().as_ref()) {
            return Err(self.ill("the name of an element is not a name"));
        }
        self.check_attributes(start)?;
        match binding {
            Binding::None => Ok(Token::Open(Tag::named(start.name().as_ref()))),
            // XML-RPC has no namespace; an element that has one is a stranger, whatever it is called.
            Binding::Namespace => Ok(Token::Open(Tag::Other)),
            Binding::UnknownPrefix => Err(self.ill("the prefix of an element is not declared")),
        }
    }

    fn close(&mut self) -> Token<'a> {
        self.place = match self.place {
            Place::Inside(depth) if depth > 1 => Place::Inside(depth - 1),
            _ => Place::Epilog,
        };
        Token::Close
    }

    fn text(&self, text: Cow<'a, str>) -> Result<Option<Token<'a>>, DecodeError> {
        if matches!(self.place, Place::Inside(_)) {
            return Ok(Some(Token::Text(text)));
        }
        if text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            return Ok(None);
        }
        Err(self.ill("text outside of the root element"))
    }

    /// Attributes mean nothing here, but they have to be attributes.
    fn check_attributes(&self, start: &BytesStart<'_>) -> Result<(), DecodeError> {
        if start.attributes().with_checks(false).count() > MAX_ATTRIBUTES {
            return Err(DecodeError::TooManyAttributes { limit: MAX_ATTRIBUTES });
        }
        if !are_separated(start.attributes_raw()) {
            return Err(self.ill("an attribute follows another without a blank"));
        }
        for attribute in start.attributes() {
            let attribute =
                attribute.map_err(|_| self.ill("an attribute is not `name=\"value\"`, or is there twice"))?;
            if let Some(reason) = attribute_fault(&attribute) {
                return Err(self.ill(reason));
            }
            if let (ResolveResult::Unknown(_), _) = self.reader.resolver().resolve_attribute(attribute.key) {
                return Err(self.ill("the prefix of an attribute is not declared"));
            }
        }
        Ok(())
    }

    fn character(&self, reference: &BytesRef<'_>) -> Result<char, DecodeError> {
        if reference.is_char_ref() {
            let character = reference.resolve_char_ref().ok().flatten();
            return character
                .filter(|&character| is_xml_char(character))
                .ok_or_else(|| self.ill("a reference to a character that XML does not allow"));
        }
        match &**reference {
            b"lt" => Ok('<'),
            b"gt" => Ok('>'),
            b"amp" => Ok('&'),
            b"apos" => Ok('\''),
            b"quot" => Ok('"'),
            _ => Err(self.ill("a reference to an entity that does not exist")),
        }
    }

    fn inside(&self) -> Result<(), DecodeError> {
        match self.place {
            Place::Inside(_) => Ok(()),
            _ => Err(self.ill("text outside of the root element")),
        }
    }

    fn ill(&self, reason: &'static str) -> DecodeError {
        DecodeError::NotWellFormed { offset: self.reader.buffer_position(), reason }
    }
}

/// What the namespaces in force make of a name.
#[derive(Debug, Clone, Copy)]
enum Binding {
    None,
    Namespace,
    UnknownPrefix,
}

impl Binding {
    fn of(resolved: &ResolveResult<'_>) -> Self {
        match resolved {
            ResolveResult::Unbound => Self::None,
            ResolveResult::Bound(_) => Self::Namespace,
            ResolveResult::Unknown(_) => Self::UnknownPrefix,
        }
    }
}

/// What is wrong with an attribute by itself.
fn attribute_fault(attribute: &Attribute<'_>) -> Option<&'static str> {
    if !is_name(attribute.key.as_ref()) {
        return Some("the name of an attribute is not a name");
    }
    if attribute.value.contains(&b'<') {
        return Some("`<` stands in an attribute; write `&lt;`");
    }
    if attribute.unescape_value().is_err() {
        return Some("an attribute refers to an entity that does not exist");
    }
    if attribute.value.is_empty() && attribute.key.as_ref().starts_with(b"xmlns:") {
        return Some("a prefix is declared for no namespace");
    }
    None
}

/// Whether white space follows every quoted value, or nothing does. The parser does not insist on it.
fn are_separated(attributes: &[u8]) -> bool {
    let mut rest = attributes;
    while let Some(open) = rest.iter().position(|byte| matches!(byte, b'"' | b'\'')) {
        let (quote, after) = (rest[open], &rest[open + 1..]);
        let Some(close) = after.iter().position(|&byte| byte == quote) else { return false };
        rest = &after[close + 1..];
        if rest.first().is_some_and(|byte| !byte.is_ascii_whitespace()) {
            return false;
        }
    }
    true
}

/// Whether a processing instruction may be called this. `xml` in any case is reserved.
fn is_instruction_target(name: &[u8]) -> bool {
    is_name(name) && !name.eq_ignore_ascii_case(b"xml")
}

/// Whether this can be the name of an element or attribute. All characters beyond ASCII are let through.
fn is_name(name: &[u8]) -> bool {
    let starts = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b':') || !byte.is_ascii();
    let continues = |byte: u8| starts(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    matches!(name, [first, rest @ ..] if starts(*first) && rest.iter().all(|&byte| continues(byte)))
}

/// The parser's complaint in words that do not quote the document.
fn reason(error: &XmlError) -> &'static str {
    match error {
        XmlError::Syntax(_) => "a tag, comment or section is not closed",
        XmlError::IllFormed(_) => "tags do not match, or a comment or reference is not valid",
        XmlError::InvalidAttr(_) => "an attribute is not `name=\"value\"`, or is there twice",
        XmlError::Namespace(_) => "a namespace is not declared properly",
        XmlError::Escape(_) => "a reference is not valid",
        XmlError::Encoding(_) | XmlError::Io(_) => "the text is not UTF-8",
    }
}

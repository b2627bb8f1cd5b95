//! Tags and text to values.
//!
//! The reference evaluates a document bottom-up: each element, when it ends, becomes one value, by a rule
//! that depends on its name and on nothing around it. Doing the same, instead of demanding the grammar of
//! the XML-RPC specification, accepts and refuses the same documents: `<value><int>5</int></value>`,
//! `<data><int>5</int></data>` and `<param>` straight around a scalar are all fine, and an element nobody
//! knows is its text. An element's text is what stands before its first child.
//!
//! The stack of open elements is a vector and not the call stack, and it has a limit.

use std::borrow::Cow;
use std::mem;

use super::escape::is_xml_char;
use super::markup::{Markup, Tag, Token};
use super::{DecodeError, MethodCall, Value, scalar};
use crate::fault::Fault;

/// How much of a document is read before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Length of the document in bytes.
    pub bytes: usize,
    /// Elements inside one another. One array inside another takes three (`value`, `array`, `data`).
    pub depth: usize,
    /// Elements in all. Bounds the memory of the values: an element of four bytes makes one of 32.
    pub elements: usize,
}

/// For calls, which come from strangers. The reference has no limits; the largest calls are
/// `sendProcessStdin` with much text and `system.multicall` over every program.
pub const CALL_LIMITS: Limits = Limits { bytes: 8 << 20, depth: 128, elements: 1 << 18 };

/// For responses, which come from a server the user chose. Room for a log of 50 MB (the reference's default
/// before it is rolled over) with every character escaped, and for the state of 10,000 processes.
pub const RESPONSE_LIMITS: Limits = Limits { bytes: 256 << 20, depth: 128, elements: 1 << 21 };

/// Reads a call. A missing or empty `<params>` means no arguments; if elements are there twice, the last
/// one counts. The name of the root element does not matter.
///
/// # Errors
///
/// Whenever the reference answers `400 Bad Request`, and beyond [`CALL_LIMITS`] or with a DOCTYPE.
pub fn decode_call(document: &[u8]) -> Result<MethodCall, DecodeError> {
    let document = text_within(document, CALL_LIMITS)?;
    if let Some((offset, _)) = document.char_indices().find(|&(_, character)| !is_xml_char(character)) {
        let reason = "a character that XML does not allow";
        return Err(DecodeError::NotWellFormed { offset: offset as u64, reason });
    }
    let outcome = evaluate(document, CALL_LIMITS)?;
    let method = outcome.method.filter(|name| !name.is_empty()).ok_or(DecodeError::NoMethodName)?;
    Ok(MethodCall { method, params: outcome.params.unwrap_or_default() })
}

/// Reads a response: a result or a fault.
///
/// Control characters that XML forbids are let through, because the reference sends them raw when a log has
/// them; a client that insisted could not show a coloured log.
///
/// # Errors
///
/// When the document is not XML, or is no response to one call, or is beyond [`RESPONSE_LIMITS`].
pub fn decode_response(document: &[u8]) -> Result<Result<Value, Fault>, DecodeError> {
    let outcome = evaluate(text_within(document, RESPONSE_LIMITS)?, RESPONSE_LIMITS)?;
    if let Some(fault) = outcome.fault {
        return Fault::from_value(&fault).map(Err).ok_or(DecodeError::BadFault);
    }
    let mut params = outcome.params.unwrap_or_default();
    match (params.pop(), params.is_empty()) {
        (Some(result), true) => Ok(Ok(result)),
        _ => Err(DecodeError::NoResult),
    }
}

fn text_within(document: &[u8], limits: Limits) -> Result<&str, DecodeError> {
    if document.len() > limits.bytes {
        return Err(DecodeError::TooLarge { size: document.len(), limit: limits.bytes });
    }
    std::str::from_utf8(document).map_err(|error| DecodeError::NotUtf8 { offset: error.valid_up_to() })
}

/// What a document says at its top level, wherever in it the elements stand.
#[derive(Debug, Default)]
struct Outcome {
    method: Option<String>,
    params: Option<Vec<Value>>,
    fault: Option<Value>,
}

fn evaluate(document: &str, limits: Limits) -> Result<Outcome, DecodeError> {
    let mut markup = Markup::new(document, limits);
    let mut outcome = Outcome::default();
    let mut open: Vec<Element<'_>> = Vec::new();
    loop {
        match markup.next()? {
            Token::Open(tag) => {
                let element = Element::opened(tag, open.last_mut());
                open.push(element);
            }
            Token::Text(text) => innermost(&mut open).push_text(text),
            Token::Char(character) => innermost(&mut open).push_char(character),
            Token::Close => {
                let closed = open.pop().expect("a tag closes only what was opened").close(&mut outcome)?;
                if let Some(parent) = open.last_mut() {
                    parent.adopt(closed)?;
                }
            }
            Token::End => return Ok(outcome),
        }
    }
}

fn innermost<'o, 'a>(open: &'o mut [Element<'a>]) -> &'o mut Element<'a> {
    open.last_mut().expect("text stands only inside elements")
}

/// An element whose end has not come yet.
#[derive(Debug)]
struct Element<'a> {
    /// What it will become.
    tag: Tag,
    /// Borrowed from the document for as long as it is one piece.
    text: Cow<'a, str>,
    /// Set by the first child, after which text no longer counts.
    text_ended: bool,
    children: Children,
}

/// What an element remembers of its children.
#[derive(Debug)]
enum Children {
    Dropped,
    First(Option<Value>),
    All(Vec<Value>),
    /// Of a struct: each child must have come as [`Closed::Member`].
    Members(Vec<(String, Value)>),
    /// Of a child of a struct, which is one member: the key and the value.
    Pair(Vec<Value>),
}

/// What an element became.
#[derive(Debug)]
enum Closed {
    Value(Value),
    Member(String, Value),
}

impl<'a> Element<'a> {
    fn opened(tag: Tag, parent: Option<&mut Self>) -> Self {
        let mut in_struct = false;
        if let Some(parent) = parent {
            parent.text_ended = true;
            in_struct = parent.tag == Tag::Struct;
        }
        let children = match tag {
            Tag::Other | Tag::MethodName | Tag::Params | Tag::Fault if in_struct => {
                Children::Pair(Vec::new())
            }
            Tag::Value | Tag::Param | Tag::Array | Tag::Fault => Children::First(None),
            Tag::Data | Tag::Params => Children::All(Vec::new()),
            Tag::Struct => Children::Members(Vec::new()),
            _ => Children::Dropped,
        };
        Self { tag, text: Cow::Borrowed(""), text_ended: false, children }
    }

    fn push_text(&mut self, text: Cow<'a, str>) {
        if self.text_ended {
            return;
        }
        if self.text.is_empty() {
            self.text = text;
        } else {
            self.text.to_mut().push_str(&text);
        }
    }

    fn push_char(&mut self, character: char) {
        if !self.text_ended {
            self.text.to_mut().push(character);
        }
    }

    fn adopt(&mut self, child: Closed) -> Result<(), DecodeError> {
        match (&mut self.children, child) {
            (Children::Members(members), Closed::Member(key, value)) => members.push((key, value)),
            (Children::Members(_), Closed::Value(_)) => return Err(DecodeError::BadMember),
            (Children::First(first @ None), Closed::Value(value)) => *first = Some(value),
            (Children::All(all) | Children::Pair(all), Closed::Value(value)) => all.push(value),
            (Children::First(Some(_)) | Children::Dropped, Closed::Value(_)) => {}
            (_, Closed::Member(..)) => unreachable!("only the child of a struct becomes a member"),
        }
        Ok(())
    }

    fn close(self, outcome: &mut Outcome) -> Result<Closed, DecodeError> {
        let Self { tag, text, children, .. } = self;
        if let Children::Pair(pair) = children {
            return member(pair);
        }
        let value = match (tag, children) {
            (Tag::Int, _) => Value::Int(scalar::parse_int(&text).ok_or(BAD_INT)?),
            (Tag::I4, _) => Value::Int(scalar::parse_int(&text).ok_or(BAD_I4)?),
            // Anything but the one character means no, so a slip reads as a refusal.
            (Tag::Boolean, _) => Value::Bool(text == "1"),
            (Tag::Text, _) => Value::Str(text.into_owned()),
            (Tag::Double, _) => Value::Double(scalar::parse_double(&text).ok_or(BAD_DOUBLE)?),
            (Tag::DateTime, _) if scalar::is_date_time(&text) => Value::DateTime(text.into_owned()),
            (Tag::DateTime, _) => return Err(BAD_DATE_TIME),
            (Tag::Base64, _) => Value::Str(scalar::parse_base64(&text).ok_or(BAD_BASE64)?),
            (Tag::Value, Children::First(Some(value))) => value,
            (Tag::Value, _) => Value::Str(text.into_owned()),
            (Tag::Array, Children::First(child)) => child.ok_or(DecodeError::Childless { tag: "array" })?,
            (Tag::Param, Children::First(child)) => child.ok_or(DecodeError::Childless { tag: "param" })?,
            (Tag::Data, Children::All(items)) => Value::Array(items),
            (Tag::Struct, Children::Members(members)) => Value::Struct(last_of_each(members)),
            (tag, children) => {
                outcome.note(tag, &text, children);
                unknown(text)
            }
        };
        Ok(Closed::Value(value))
    }
}

impl Outcome {
    /// Keeps what the elements say that are not values.
    fn note(&mut self, tag: Tag, text: &str, children: Children) {
        match (tag, children) {
            (Tag::MethodName, _) => self.method = Some(text.to_owned()),
            (Tag::Params, Children::All(params)) => self.params = Some(params),
            (Tag::Fault, Children::First(fault)) => self.fault = fault,
            _ => {}
        }
    }
}

const BAD_INT: DecodeError = DecodeError::BadScalar { tag: "int" };
const BAD_I4: DecodeError = DecodeError::BadScalar { tag: "i4" };
const BAD_DOUBLE: DecodeError = DecodeError::BadScalar { tag: "double" };
const BAD_DATE_TIME: DecodeError = DecodeError::BadScalar { tag: "dateTime.iso8601" };
const BAD_BASE64: DecodeError = DecodeError::BadScalar { tag: "base64" };

/// An element without a rule is its text, or nothing: this is what makes `<nil/>` a null.
fn unknown(text: Cow<'_, str>) -> Value {
    if text.is_empty() { Value::Nil } else { Value::Str(text.into_owned()) }
}

/// A member is two children, whatever they are called: the key and the value.
fn member(pair: Vec<Value>) -> Result<Closed, DecodeError> {
    let [key, value] = <[Value; 2]>::try_from(pair).map_err(|_| DecodeError::BadMember)?;
    let key = match key {
        Value::Str(text) => text,
        empty if !empty.is_truthy() => String::new(),
        Value::Int(number) => number.to_string(),
        _ => return Err(DecodeError::BadMember),
    };
    Ok(Closed::Member(key, value))
}

/// Of members with the same key, the last value wins and the first position stays.
///
/// Sorting positions costs n log n; comparing every key with every other would let a client with a hundred
/// thousand members occupy the daemon.
fn last_of_each(mut members: Vec<(String, Value)>) -> Vec<(String, Value)> {
    let mut by_key: Vec<usize> = (0..members.len()).collect();
    by_key.sort_by(|&left, &right| members[left].0.cmp(&members[right].0));
    if by_key.windows(2).all(|pair| members[pair[0]].0 != members[pair[1]].0) {
        return members;
    }
    let runs = by_key.chunk_by(|&left, &right| members[left].0 == members[right].0);
    let ends: Vec<(usize, usize)> = runs.map(|run| (run[0], run[run.len() - 1])).collect();
    let mut stays = vec![false; members.len()];
    for (first, last) in ends {
        stays[first] = true;
        members[first].1 = mem::replace(&mut members[last].1, Value::Nil);
    }
    let mut position = 0;
    members.retain(|_| {
        position += 1;
        stays[position - 1]
    });
    members
}

//! Values to bytes, in the reference's layout.
//!
//! A document is written front to back into the caller's buffer. Each [`ValueWriter`] is the place for
//! exactly one value and is used up by writing it, so a document cannot come out unbalanced: whoever holds
//! one must write one value, and can write no second.
//!
//! ```
//! use provost_wire::xmlrpc::write_response;
//!
//! let mut body = Vec::new();
//! write_response(&mut body, |result| {
//!     result.structure(|state| {
//!         state.member("statecode").int(1);
//!         state.member("statename").string("RUNNING");
//!     });
//! });
//! assert!(body.starts_with(b"<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><struct>\n"));
//! ```

use std::fmt;

use super::{Value, escape, scalar};
use crate::base64;
use crate::fault::{FAULT_CODE, FAULT_STRING, Fault};

const DECLARATION: &[u8] = b"<?xml version='1.0'?>\n";

/// What comes before and after a text.
const STRING: &str = "<value><string>";
const STRING_END: &str = "</string></value>\n";

/// Characters of base64 on one line, as Python breaks them.
const BASE64_LINE: usize = 76;

/// Something with a form in XML-RPC.
pub trait ToXml {
    /// Writes `self` as one value.
    fn to_xml(&self, to: ValueWriter<'_>);
}

/// Appends a response whose result `result` writes.
pub fn write_response(out: &mut Vec<u8>, result: impl FnOnce(ValueWriter<'_>)) {
    out.extend_from_slice(DECLARATION);
    out.extend_from_slice(b"<methodResponse>\n<params>\n<param>\n");
    result(ValueWriter { out, tail: "</param>\n" });
    out.extend_from_slice(b"</params>\n</methodResponse>\n");
}

/// Appends a response that is a fault.
pub fn write_fault(out: &mut Vec<u8>, fault: &Fault) {
    out.extend_from_slice(DECLARATION);
    out.extend_from_slice(b"<methodResponse>\n<fault>\n");
    fault.to_xml(ValueWriter { out, tail: "</fault>\n" });
    out.extend_from_slice(b"</methodResponse>\n");
}

/// Appends a call of `method`.
pub fn write_call<P: ToXml>(out: &mut Vec<u8>, method: &str, params: &[P]) {
    out.extend_from_slice(DECLARATION);
    out.extend_from_slice(b"<methodCall>\n<methodName>");
    escape::push_text(out, method);
    out.extend_from_slice(b"</methodName>\n<params>\n");
    for param in params {
        out.extend_from_slice(b"<param>\n");
        param.to_xml(ValueWriter { out, tail: "</param>\n" });
    }
    out.extend_from_slice(b"</params>\n</methodCall>\n");
}

/// A response with `result`, as a document of its own.
#[must_use]
pub fn encode_response<R: ToXml + ?Sized>(result: &R) -> Vec<u8> {
    let mut out = Vec::new();
    write_response(&mut out, |to| result.to_xml(to));
    out
}

/// A fault, as a document of its own.
#[must_use]
pub fn encode_fault(fault: &Fault) -> Vec<u8> {
    let mut out = Vec::new();
    write_fault(&mut out, fault);
    out
}

/// A call, as a document of its own.
#[must_use]
pub fn encode_call<P: ToXml>(method: &str, params: &[P]) -> Vec<u8> {
    let mut out = Vec::new();
    write_call(&mut out, method, params);
    out
}

/// The place for one value in a document.
#[must_use = "a document with a place left empty is not XML-RPC"]
#[derive(Debug)]
pub struct ValueWriter<'a> {
    out: &'a mut Vec<u8>,
    /// What closes the element around the value, written after it.
    tail: &'static str,
}

impl ValueWriter<'_> {
    /// Writes an integer. XML-RPC has 32 bits for it: what lies outside becomes the nearest number inside,
    /// because a log offset beyond 2 GiB must not turn a whole answer into an error.
    pub fn int(self, number: i64) {
        let number = number.clamp(i32::MIN.into(), i32::MAX.into());
        self.scalar("<value><int>", "</int></value>\n", |out| scalar::push_int(out, number));
    }

    /// Writes a boolean.
    pub fn boolean(self, truth: bool) {
        let digit = if truth { b'1' } else { b'0' };
        self.scalar("<value><boolean>", "</boolean></value>\n", |out| out.push(digit));
    }

    /// Writes text. Characters that XML cannot carry are replaced by U+FFFD.
    pub fn string(self, text: &str) {
        self.scalar(STRING, STRING_END, |out| escape::push_text(out, text));
    }

    /// Writes what `text` displays, without building the string first.
    pub fn display(self, text: impl fmt::Display) {
        self.scalar(STRING, STRING_END, |out| escape::push_display(out, &text));
    }

    /// Writes bytes that are meant as text, such as a slice of a log that may begin or end inside a
    /// character. Each maximal piece that is not UTF-8 becomes one U+FFFD.
    pub fn lossy_string(self, bytes: &[u8]) {
        self.scalar(STRING, STRING_END, |out| escape::push_lossy(out, bytes));
    }

    /// Writes a double in Python's spelling (`1.0`, `1e+16`, `nan`).
    pub fn double(self, number: f64) {
        self.scalar("<value><double>", "</double></value>\n", |out| scalar::push_double(out, number));
    }

    /// Writes a date and time; `text` has the form `YYYYMMDDTHH:MM:SS`, which is not checked.
    pub fn date_time(self, text: &str) {
        let (open, close) = ("<value><dateTime.iso8601>", "</dateTime.iso8601></value>\n");
        self.scalar(open, close, |out| escape::push_text(out, text));
    }

    /// Writes bytes as `<base64>`, in lines. No method of the interface answers with it.
    pub fn base64(self, bytes: &[u8]) {
        self.scalar("<value><base64>\n", "</base64></value>\n", |out| {
            for line in base64::encode(bytes).as_bytes().chunks(BASE64_LINE) {
                out.extend_from_slice(line);
                out.push(b'\n');
            }
        });
    }

    /// Writes "no value". Python leaves out the line feed after it, so this does too.
    pub fn nil(self) {
        self.out.extend_from_slice(b"<value><nil/></value>");
        self.out.extend_from_slice(self.tail.as_bytes());
    }

    /// Writes an array whose elements `items` writes.
    pub fn array(self, items: impl FnOnce(&mut ArrayWriter<'_>)) {
        self.out.extend_from_slice(b"<value><array><data>\n");
        items(&mut ArrayWriter { out: self.out });
        self.finish("</data></array></value>\n");
    }

    /// Writes a struct whose members `members` writes.
    pub fn structure(self, members: impl FnOnce(&mut StructWriter<'_>)) {
        self.out.extend_from_slice(b"<value><struct>\n");
        members(&mut StructWriter { out: self.out });
        self.finish("</struct></value>\n");
    }

    /// Writes one scalar between its tags, which hold those of the value.
    fn scalar(self, open: &str, close: &str, content: impl FnOnce(&mut Vec<u8>)) {
        self.out.extend_from_slice(open.as_bytes());
        content(self.out);
        self.finish(close);
    }

    fn finish(self, end: &str) {
        self.out.extend_from_slice(end.as_bytes());
        self.out.extend_from_slice(self.tail.as_bytes());
    }
}

/// The inside of an array.
#[derive(Debug)]
pub struct ArrayWriter<'a> {
    out: &'a mut Vec<u8>,
}

impl ArrayWriter<'_> {
    /// The place of the next element.
    pub fn item(&mut self) -> ValueWriter<'_> {
        ValueWriter { out: self.out, tail: "" }
    }
}

/// The inside of a struct.
#[derive(Debug)]
pub struct StructWriter<'a> {
    out: &'a mut Vec<u8>,
}

impl StructWriter<'_> {
    /// The place of the value of the next member. Clients see members in the order they are written.
    pub fn member(&mut self, name: &str) -> ValueWriter<'_> {
        self.out.extend_from_slice(b"<member>\n<name>");
        escape::push_text(self.out, name);
        self.out.extend_from_slice(b"</name>\n");
        ValueWriter { out: self.out, tail: "</member>\n" }
    }
}

impl ToXml for Value {
    fn to_xml(&self, to: ValueWriter<'_>) {
        match self {
            Self::Int(number) => to.int(*number),
            Self::Bool(truth) => to.boolean(*truth),
            Self::Str(text) => to.string(text),
            Self::Double(number) => to.double(*number),
            Self::DateTime(text) => to.date_time(text),
            Self::Array(items) => items.to_xml(to),
            Self::Struct(members) => to.structure(|inside| {
                for (name, value) in members {
                    value.to_xml(inside.member(name));
                }
            }),
            Self::Nil => to.nil(),
        }
    }
}

/// The struct form, which stands in a fault response and inside the result of `system.multicall`.
impl ToXml for Fault {
    fn to_xml(&self, to: ValueWriter<'_>) {
        to.structure(|inside| {
            inside.member(FAULT_CODE).int(self.code.into());
            inside.member(FAULT_STRING).string(&self.string);
        });
    }
}

impl ToXml for i64 {
    fn to_xml(&self, to: ValueWriter<'_>) {
        to.int(*self);
    }
}

impl ToXml for bool {
    fn to_xml(&self, to: ValueWriter<'_>) {
        to.boolean(*self);
    }
}

impl ToXml for str {
    fn to_xml(&self, to: ValueWriter<'_>) {
        to.string(self);
    }
}

impl ToXml for String {
    fn to_xml(&self, to: ValueWriter<'_>) {
        to.string(self);
    }
}

impl<T: ToXml> ToXml for [T] {
    fn to_xml(&self, to: ValueWriter<'_>) {
        to.array(|inside| {
            for item in self {
                item.to_xml(inside.item());
            }
        });
    }
}

impl<T: ToXml> ToXml for Vec<T> {
    fn to_xml(&self, to: ValueWriter<'_>) {
        self.as_slice().to_xml(to);
    }
}

impl<T: ToXml + ?Sized> ToXml for &T {
    fn to_xml(&self, to: ValueWriter<'_>) {
        (**self).to_xml(to);
    }
}

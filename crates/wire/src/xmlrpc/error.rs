//! Why a document was not understood.

/// A document that is not a usable call or response. The daemon answers it with `400 Bad Request`.
///
/// Messages say where and why, but never quote the document: requests carry what programs read on their
/// standard input, and these messages end up in logs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More bytes than [`Limits::bytes`](super::Limits::bytes).
    #[error("the document has {size} bytes; at most {limit} are read; split the request")]
    TooLarge {
        /// Bytes that arrived.
        size: usize,
        /// Bytes that are read.
        limit: usize,
    },
    /// Elements inside one another beyond [`Limits::depth`](super::Limits::depth).
    #[error("the document nests elements deeper than {limit}; send flatter values")]
    TooDeep {
        /// Levels that are followed.
        limit: usize,
    },
    /// More elements than [`Limits::elements`](super::Limits::elements).
    #[error("the document has more than {limit} elements; split the request")]
    TooManyElements {
        /// Elements that are read.
        limit: usize,
    },
    /// More attributes on one element than any client of XML-RPC has a use for.
    #[error("an element has more than {limit} attributes; XML-RPC defines none: remove them")]
    TooManyAttributes {
        /// Attributes that are read.
        limit: usize,
    },
    /// Not UTF-8, whatever encoding the document declares.
    #[error("the document is not UTF-8 at byte {offset}; encode it as UTF-8")]
    NotUtf8 {
        /// Position of the first wrong byte.
        offset: usize,
    },
    /// A document type definition.
    #[error("the document has a DOCTYPE, which is refused; XML-RPC needs none: remove it")]
    DocType,
    /// Not XML.
    #[error("the document is not well-formed XML near byte {offset}: {reason}")]
    NotWellFormed {
        /// Position of the error, as near as the parser knows it.
        offset: u64,
        /// The rule that is broken.
        reason: &'static str,
    },
    /// A scalar whose text is not of its type.
    #[error("the text of a <{tag}> is not valid for that type; correct the value or send a <string>")]
    BadScalar {
        /// The element.
        tag: &'static str,
    },
    /// An `<array>` or `<param>` with nothing in it.
    #[error("an element <{tag}> has no child; put a {} into it", expected_child(tag))]
    Childless {
        /// The element.
        tag: &'static str,
    },
    /// A member of a `<struct>` that is not one key and one value.
    #[error("a member of a <struct> is not a <name> followed by one <value>")]
    BadMember,
    /// A call without a method.
    #[error("the call has no or an empty <methodName>; name the method")]
    NoMethodName,
    /// A response with neither a result nor a fault, or with more than one result.
    #[error("the response has neither exactly one result nor a fault; is the server an XML-RPC server?")]
    NoResult,
    /// A fault without `faultCode` or `faultString`.
    #[error("the fault in the response lacks an integer faultCode or a text faultString")]
    BadFault,
}

fn expected_child(tag: &str) -> &'static str {
    if tag == "array" { "<data>" } else { "<value>" }
}

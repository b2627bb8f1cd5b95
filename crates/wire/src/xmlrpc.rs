//! XML-RPC: the documents that `/RPC2` receives and answers.
//!
//! Reading builds [`Value`]s from bytes ([`decode_call`], [`decode_response`]); writing appends to a buffer
//! as it goes ([`write_response`]), so that an answer about a thousand processes needs no tree in between.
//!
//! What is accepted is what the reference accepts, in its whole generosity, with three exceptions: a
//! DOCTYPE is refused (entity expansion), sizes are limited, and integers beyond 64 bits saturate. What is
//! written has the reference's layout to the byte, so that even clients that cut it up with patterns work.
//!
//! Which methods exist is not known here, nor how bytes arrive.

mod decode;
mod encode;
mod error;
mod escape;
mod markup;
pub(crate) mod scalar;
mod value;

pub use decode::{CALL_LIMITS, Limits, RESPONSE_LIMITS, decode_call, decode_response};
pub use encode::{
    ArrayWriter, StructWriter, ToXml, ValueWriter, encode_call, encode_fault, encode_response, write_call,
    write_fault, write_response,
};
pub use error::DecodeError;
pub use value::Value;

/// A method with its arguments, as it came over the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct MethodCall {
    /// The full name, such as `supervisor.getState`. Never empty; blanks around it are part of it.
    pub method: String,
    /// Positional arguments.
    pub params: Vec<Value>,
}

//! The formats, from outside: what bytes become, and what becomes of values.
//!
//! Facts about the reference are cases here: its answers were recorded from a running 4.3.0, its readings
//! from its own parser, and the documents of its clients from Python's `xmlrpc.client`.

#![forbid(unsafe_code)]

mod auth;
mod decode;
mod description;
mod encode;
mod envelope;
mod fault;
mod golden;
mod limits;
mod namespec;
mod properties;
mod response;

//! Bytes to values and back, for both ends of every conversation Provost has.
//!
//! The daemon and `supervisorctl` speak the same languages from opposite sides, so each language lives
//! here once: XML-RPC documents ([`xmlrpc`]), the faults they carry ([`fault`]), the lines of plug-ins
//! ([`jsonrpc`]), the names of processes ([`namespec`]), HTTP credentials ([`auth`]), the header before a
//! listener's event ([`envelope`]) and the texts that scripts parse ([`description`]).
//!
//! This crate owns no state. It opens no socket or file, reads no clock, knows no process and nothing of
//! the other crates of the workspace: every function here is bytes in, values out, or the reverse. Input
//! comes from strangers, so no input may panic, recurse without bound or use time that grows faster than
//! its size; every limit is a named constant.
//!
//! "The reference" in these pages is Supervisor 4.x under Python 3.

#![forbid(unsafe_code)]

pub mod auth;
mod base64;
pub mod description;
pub mod envelope;
pub mod fault;
pub mod jsonrpc;
pub mod namespec;
pub mod xmlrpc;

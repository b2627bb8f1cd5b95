//! The client without a server: everything between a command line and its output, against scripts.

mod commands;
mod scripted;
mod session;

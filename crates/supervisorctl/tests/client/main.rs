//! The client without a server: everything between a command line and its output, against scripts.

mod beyond;
mod commands;
mod explanations;
mod logs;
mod scripted;
mod session;

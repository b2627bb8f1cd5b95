//! The plane from outside, with real pipes and files, and its parts where they touch the system.

mod activity;
mod files;
mod opening;
mod output;
mod processes;
mod streams;
mod syslog;
mod world;

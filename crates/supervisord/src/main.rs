//! `supervisord`, the daemon.
//!
//! `boot` is its life, from arguments to exit status. The three planes (`supervise`, `logs`, `http`) never import
//! each other; they meet in `ports`.

mod autologs;
mod boot;
mod command_line;
mod defect;
mod demo;
mod descriptors;
mod feed;
mod foundation;
mod http;
mod inspect;
mod instance;
mod logs;
mod new_password;
mod os_error;
mod ports;
mod servers;
mod stats;
mod supervise;
mod system;
mod terminal;
mod zone;

fn main() -> std::process::ExitCode {
    boot::main()
}

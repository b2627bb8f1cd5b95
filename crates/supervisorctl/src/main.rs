//! `supervisorctl`: asks a running supervisord. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    provost_supervisorctl::main_with_arguments(std::env::args_os())
}

//! `echo_supervisord_conf`: prints a sample configuration.

use std::io::Write as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let sample = provost_config::sample::sample_configuration();
    // Whoever closed standard output has read enough.
    let _ = std::io::stdout().write_all(sample.as_bytes());
    ExitCode::SUCCESS
}

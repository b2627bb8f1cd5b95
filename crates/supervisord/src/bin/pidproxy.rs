//! `pidproxy <pidfile> <command> [args…]`: stands in for a program that daemonizes itself.
//!
//! It runs the command, and sends the signals it gets to the pid that stands in the pidfile at that moment. It ends
//! when its child does, with status 0 whatever the child's was, or at once after it passed on TERM, INT or QUIT.

use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use provost_sys::{Pid, signal};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;

const USAGE: &str = "\
pidproxy -- run a command and pass signals on to the process named by a pid file

usage: pidproxy <pidfile> <command> [<argument> ...]

  <pidfile>   the file in which the real program writes its process id
  <command>   the program to run; taken as a path, not looked up in PATH
";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (Some(pidfile), Some(command)) = (words.next(), words.next()) else {
        let _ = std::io::stdout().write_all(USAGE.as_bytes());
        return ExitCode::FAILURE;
    };
    match run(Path::new(&pidfile), &command, words.collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "pidproxy: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(pidfile: &Path, command: &str, arguments: Vec<String>) -> Result<(), String> {
    // Installed first, so that no signal between here and the child's start is lost.
    let mut signals = Signals::new([SIGTERM, SIGHUP, SIGINT, SIGUSR1, SIGUSR2, SIGQUIT, SIGCHLD])
        .map_err(|error| format!("failed to install signal handlers: {error}"))?;
    let path: PathBuf =
        std::path::absolute(command).map_err(|error| format!("failed to find {command}: {error}"))?;
    let mut child = Command::new(path)
        .arg0(command)
        .args(arguments)
        .spawn()
        .map_err(|error| format!("failed to run {command}: {error}"))?;
    for number in signals.forever() {
        if number == SIGCHLD {
            if child.try_wait().map_err(|error| format!("failed to wait for {command}: {error}"))?.is_some() {
                return Ok(());
            }
            continue;
        }
        let forwarded = forward(pidfile, number)?;
        if forwarded == Forwarded::Sent && matches!(number, SIGTERM | SIGINT | SIGQUIT) {
            return Ok(());
        }
    }
    Ok(())
}

/// What became of a signal.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Forwarded {
    /// The process in the pidfile has it.
    Sent,
    /// There was no pid to be read, so nobody has it: a TERM must not end us and leave the program behind.
    Dropped,
}

/// Sends a signal to the pid in the file. A file that cannot be read drops the signal, as the reference does.
fn forward(pidfile: &Path, number: i32) -> Result<Forwarded, String> {
    let pid =
        std::fs::read_to_string(pidfile).ok().and_then(|text| text.trim().parse().ok()).and_then(Pid::new);
    let Some(pid) = pid else {
        // Who does not read this must not cost the program its signals.
        let _ = writeln!(std::io::stdout(), "Can't read child pidfile {}!", pidfile.display());
        return Ok(Forwarded::Dropped);
    };
    signal::kill(pid, number)
        .map(|()| Forwarded::Sent)
        .map_err(|errno| format!("failed to signal pid {pid}: {}", provost_sys::strerror(errno.raw())))
}

//! `supervisord --hash-password`: the line for a configuration file that holds a password nobody can read in it.

use std::io::{self, BufRead as _, Read as _};
use std::process::ExitCode;

use provost_wire::auth::hash_password;
use rustix::rand::{GetRandomFlags, getrandom};
use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr};

use crate::terminal;

/// Bytes of a password that are read; what is longer is refused rather than cut.
const LONGEST: u64 = 4096;

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("standard input cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("there is no password on standard input; write it there, on one line")]
    Nothing,
    #[error("the password is longer than {LONGEST} bytes; choose a shorter one")]
    TooLong,
    #[error("the two passwords differ; call again")]
    Different,
}

/// Asks on a terminal, twice and without showing it, or reads a line from elsewhere; prints `password=…`.
pub(crate) fn make() -> ExitCode {
    match ask() {
        Ok(password) => {
            terminal::print(format_args!("password={}\n", hash_password(&password, salt())));
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            terminal::complain(format_args!("Error: {trouble}\n"));
            ExitCode::from(2)
        }
    }
}

fn ask() -> Result<String, Trouble> {
    if !isatty(io::stdin()) {
        return read_line();
    }
    let _hidden = Hidden::new();
    terminal::complain("Password: ");
    let first = read_line();
    terminal::complain("\nThe same again: ");
    let second = read_line();
    terminal::complain("\n");
    let (first, second) = (first?, second?);
    if first == second { Ok(first) } else { Err(Trouble::Different) }
}

fn read_line() -> Result<String, Trouble> {
    let mut line = String::new();
    io::stdin().lock().take(LONGEST + 1).read_line(&mut line)?;
    let password =
        line.strip_suffix('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).unwrap_or(&line);
    match password.len() as u64 {
        0 => Err(Trouble::Nothing),
        length if length > LONGEST => Err(Trouble::TooLong),
        _ => Ok(password.to_owned()),
    }
}

fn salt() -> [u8; 16] {
    let mut bytes = [0; 16];
    // So few bytes are never cut short, and this call cannot fail since Linux 3.17.
    getrandom(&mut bytes, GetRandomFlags::empty()).expect("invariant: the system has random numbers");
    bytes
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Hidden(Option<Termios>);

impl Hidden {
    fn new() -> Self {
        let Ok(before) = tcgetattr(io::stdin()) else { return Self(None) };
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        // A terminal that cannot be told to be silent is seen to be so; the password is asked for all the same.
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &silent);
        Self(Some(before))
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
        }
    }
}

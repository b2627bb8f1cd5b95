//! The programs of the fault-injection suite: small, and honest about what they saw.
//!
//! `heart` and `mark` tell how they fared, `listen` is a listener as it should be; `flood` and `deaf` are a trouble to whoever supervises them.
//! Times are microseconds of the monotonic clock, so that those of two processes can be compared.

#![forbid(unsafe_code)]

use std::fs::OpenOptions;
use std::io::{self, BufRead, Read, Write};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::ioctl_fionread;
use rustix::time::{ClockId, clock_gettime};

/// Between two beats.
const BEAT: Duration = Duration::from_millis(10);
/// What a beat writes, in bytes: a daemon that does not read for a second is felt.
const BEAT_BYTES: usize = 1024;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["heart"] => heart(),
        ["mark", path] => mark(path),
        ["flood"] => flood(),
        ["deaf"] => deaf(),
        ["listen"] => listen(),
        _ => {
            eprintln!("fault-actor: heart | mark FILE | flood | deaf | listen");
            return ExitCode::from(2);
        }
    };
    // Whoever plays a part plays it until it is killed, or nobody listens.
    drop(outcome);
    ExitCode::FAILURE
}

/// Writes its number and how long it had to wait until the line before was taken. That the machine is busy does not count.
fn heart() -> io::Result<()> {
    let mut wait = Duration::ZERO;
    for number in 0_u64.. {
        let line = format!("{number} {} ", wait.as_micros());
        let begin = Instant::now();
        writeln!(io::stdout(), "{line:.<BEAT_BYTES$}")?;
        io::stdout().flush()?;
        wait = begin.elapsed();
        thread::park_timeout(BEAT);
    }
    Ok(())
}

/// Adds when it was born to a file, and waits.
fn mark(path: &str) -> io::Result<()> {
    let now = clock_gettime(ClockId::Monotonic);
    let micros = now.tv_sec * 1_000_000 + now.tv_nsec / 1_000;
    writeln!(OpenOptions::new().create(true).append(true).open(path)?, "{} {micros}", std::process::id())?;
    rest()
}

/// Writes as fast as it is read.
fn flood() -> io::Result<()> {
    let lines = "all work and no play makes a dull program\n".repeat(200);
    loop {
        io::stdout().write_all(lines.as_bytes())?;
    }
}

/// A listener that notices when an event comes, says that all is well, and reads none of them.
fn deaf() -> io::Result<()> {
    let mut seen = 0;
    let mut answer: &[u8] = b"READY\n";
    loop {
        io::stdout().write_all(answer)?;
        io::stdout().flush()?;
        while ioctl_fionread(io::stdin())? == seen {
            thread::park_timeout(Duration::from_millis(1));
        }
        seen = ioctl_fionread(io::stdin())?;
        answer = b"RESULT 2\nOKREADY\n";
    }
}

/// A listener as it should be.
fn listen() -> io::Result<()> {
    let mut events = io::stdin().lock();
    let mut header = String::new();
    loop {
        io::stdout().write_all(b"READY\n")?;
        io::stdout().flush()?;
        header.clear();
        if events.read_line(&mut header)? == 0 {
            return Ok(());
        }
        let length = header.split_whitespace().find_map(|token| token.strip_prefix("len:")?.parse().ok());
        let mut payload = vec![0; length.unwrap_or(0)];
        events.read_exact(&mut payload)?;
        io::stdout().write_all(b"RESULT 2\nOK")?;
    }
}

fn rest() -> ! {
    loop {
        thread::park();
    }
}

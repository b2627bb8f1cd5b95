//! Signals: their names, sending them, and receiving those that are meant for the daemon.
//!
//! **Names** are one table, `TABLE`; parsing and printing both come from it.
//!
//! **Receiving.** Signals belong to the process, so their queue does too: it is made at the first
//! [`Signals::install`] and lives as long as the process. [`Signals`] is the permission to read it, held by
//! one owner at a time; dropping it and installing again (the daemon does, on a reload) loses nothing that
//! arrived in between. A handler does the least possible: if its signal is not queued already, it writes one
//! byte, the signal's number, into a pipe. So the queue keeps arrival order, holds no signal twice, can never
//! overflow, and is readable to `poll` when there is something to do.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use nix::sys::signal::{SigSet, Signal};

use crate::errno::Errno;
use crate::id::Pid;
use crate::number::parse_integer;
use crate::pipe::{raw_pipe, set_nonblocking};
use crate::repr::python_repr;
use crate::spawn;

/// Signals the daemon acts upon.
const HANDLED: [i32; 6] =
    [libc::SIGTERM, libc::SIGINT, libc::SIGQUIT, libc::SIGHUP, libc::SIGUSR2, libc::SIGCHLD];

/// Signals the daemon must survive. PIPE and XFSZ turn into error numbers of the failing call. USR1 and ALRM
/// mean nothing to the daemon, and their default would end it without any cleaning up.
const IGNORED: [i32; 4] = [libc::SIGPIPE, libc::SIGXFSZ, libc::SIGUSR1, libc::SIGALRM];

/// All signals that have a name: number, preferred symbol without `SIG`, other spellings of it.
///
/// The real-time signals between the two ends have no name in the reference and are not accepted there.
const TABLE: &[(i32, &str, &[&str])] = &[
    (libc::SIGHUP, "HUP", &[]),
    (libc::SIGINT, "INT", &[]),
    (libc::SIGQUIT, "QUIT", &[]),
    (libc::SIGILL, "ILL", &[]),
    (libc::SIGTRAP, "TRAP", &[]),
    (libc::SIGABRT, "ABRT", &["IOT"]),
    (libc::SIGBUS, "BUS", &[]),
    (libc::SIGFPE, "FPE", &[]),
    (libc::SIGKILL, "KILL", &[]),
    (libc::SIGUSR1, "USR1", &[]),
    (libc::SIGSEGV, "SEGV", &[]),
    (libc::SIGUSR2, "USR2", &[]),
    (libc::SIGPIPE, "PIPE", &[]),
    (libc::SIGALRM, "ALRM", &[]),
    (libc::SIGTERM, "TERM", &[]),
    #[cfg(target_os = "linux")]
    (libc::SIGSTKFLT, "STKFLT", &[]),
    (libc::SIGCHLD, "CHLD", CHLD_ALIASES),
    (libc::SIGCONT, "CONT", &[]),
    (libc::SIGSTOP, "STOP", &[]),
    (libc::SIGTSTP, "TSTP", &[]),
    (libc::SIGTTIN, "TTIN", &[]),
    (libc::SIGTTOU, "TTOU", &[]),
    (libc::SIGURG, "URG", &[]),
    (libc::SIGXCPU, "XCPU", &[]),
    (libc::SIGXFSZ, "XFSZ", &[]),
    (libc::SIGVTALRM, "VTALRM", &[]),
    (libc::SIGPROF, "PROF", &[]),
    (libc::SIGWINCH, "WINCH", &[]),
    #[cfg(target_os = "linux")]
    (libc::SIGPOLL, "POLL", &["IO"]),
    #[cfg(target_os = "linux")]
    (libc::SIGPWR, "PWR", &[]),
    #[cfg(not(target_os = "linux"))]
    (libc::SIGIO, "IO", &[]),
    #[cfg(not(target_os = "linux"))]
    (libc::SIGEMT, "EMT", &[]),
    #[cfg(not(target_os = "linux"))]
    (libc::SIGINFO, "INFO", &[]),
    (libc::SIGSYS, "SYS", &[]),
];

const CHLD_ALIASES: &[&str] = if cfg!(target_os = "linux") { &["CLD"] } else { &[] };

/// A text that names no signal. The texts are the reference's.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignalError {
    /// Neither a number nor a known name.
    #[error("value {} is not a valid signal name", python_repr(.0))]
    Name(String),
    /// A number no named signal has.
    #[error("value {} is not a valid signal number", python_repr(.0))]
    Number(String),
}

/// The real-time signals that have names: the first and the last.
#[cfg(target_os = "linux")]
fn real_time() -> [(i32, &'static str); 2] {
    [(libc::SIGRTMIN(), "RTMIN"), (libc::SIGRTMAX(), "RTMAX")]
}

#[cfg(not(target_os = "linux"))]
fn real_time() -> [(i32, &'static str); 0] {
    []
}

/// Every named signal as (number, symbol without `SIG`), preferred symbols before aliases.
fn named() -> impl Iterator<Item = (i32, &'static str)> {
    let preferred = TABLE.iter().map(|&(number, name, _)| (number, name)).chain(real_time());
    let aliases =
        TABLE.iter().flat_map(|&(number, _, aliases)| aliases.iter().map(move |&alias| (number, alias)));
    preferred.chain(aliases)
}

/// Reads a signal as users write one: a decimal number, or a name in any case with or without `SIG`.
///
/// Unlike the reference, 0 and the names of handler constants (`SIG_DFL`, `SIG_IGN`) are no signals.
///
/// # Errors
/// [`SignalError`] with the reference's text.
pub fn parse_signal(text: &str) -> Result<i32, SignalError> {
    if let Some(number) = parse_integer(text) {
        let known = named().find(|&(signal, _)| i64::from(signal) == number);
        return known.map(|(signal, _)| signal).ok_or_else(|| SignalError::Number(text.to_owned()));
    }
    let upper = text.trim().to_ascii_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    named()
        .find(|&(_, symbol)| symbol == name)
        .map(|(signal, _)| signal)
        .ok_or_else(|| SignalError::Name(text.to_owned()))
}

/// The symbol of a signal (`SIGTERM`), or `signal <n>` for one that has none.
pub fn signal_name(signal: i32) -> String {
    match named().find(|&(number, _)| number == signal) {
        Some((_, name)) => format!("SIG{name}"),
        None => format!("signal {signal}"),
    }
}

/// Sends a signal to one process.
///
/// # Errors
/// `ESRCH` if it is gone, `EPERM` if it now belongs to somebody else, `EINVAL` if there is no such signal.
pub fn kill(pid: Pid, signal: i32) -> Result<(), Errno> {
    spawn::send_signal(pid.raw(), signal)
}

/// Sends a signal to all processes of the group that `leader` leads. Every child leads a group of its own.
///
/// # Errors
/// As [`kill`]; `EPERM` only if not one member could be signalled.
pub fn kill_group(leader: Pid, signal: i32) -> Result<(), Errno> {
    spawn::send_signal(-leader.raw(), signal)
}

/// What handlers write and [`Signals`] reads.
pub(crate) struct Queue {
    read: OwnedFd,
    write: OwnedFd,
    /// By signal number: whether its byte is in the pipe.
    queued: [AtomicBool; 65],
}

impl Queue {
    fn new() -> io::Result<Self> {
        let (read, write) = raw_pipe()?;
        set_nonblocking(read.as_fd())?;
        set_nonblocking(write.as_fd())?;
        Ok(Self { read, write, queued: [const { AtomicBool::new(false) }; 65] })
    }

    /// Called by the signal handler, hence only an atomic swap and a `write` that cannot block. The pipe
    /// holds at most one byte per handled signal, so the write does not fail either.
    pub(crate) fn record(&self, signal: i32) {
        let Ok(number) = u8::try_from(signal) else { return };
        let Some(queued) = self.queued.get(usize::from(number)) else { return };
        if !queued.swap(true, Ordering::AcqRel) {
            let _ = rustix::io::write(&self.write, &[number]);
        }
    }

    /// Empties the pipe into `numbers`; gives how many there were.
    fn take(&self, numbers: &mut [u8; HANDLED.len()]) -> usize {
        let count = rustix::io::retry_on_intr(|| rustix::io::read(&self.read, &mut *numbers)).unwrap_or(0);
        // From here on a new arrival is queued again. One that came since the read is the one about to be
        // handled.
        for number in &numbers[..count] {
            self.queued[usize::from(*number)].store(false, Ordering::Release);
        }
        count
    }
}

/// The one queue of this process, made at the first installation and kept for good.
static QUEUE: OnceLock<&'static Queue> = OnceLock::new();

/// Whether some [`Signals`] is alive.
static HELD: AtomicBool = AtomicBool::new(false);

/// Why signals cannot be received.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// Two owners would steal signals from each other.
    #[error(
        "signals are already being received in this process; drop the first Signals before installing another"
    )]
    AlreadyInstalled,
    /// No pipe or no handler could be made.
    #[error("could not install signal handlers: {0}")]
    System(#[from] io::Error),
}

/// The signals that are meant for the daemon, in order of arrival and without duplicates.
#[derive(Debug)]
pub struct Signals(());

impl Signals {
    /// Starts to receive TERM, INT, QUIT, HUP, USR2 and CHLD, and to ignore PIPE, XFSZ, USR1 and ALRM.
    ///
    /// Unblocks them in the calling thread, in case the daemon was started with a mask; so call it before
    /// other threads are started, which inherit the mask.
    ///
    /// # Errors
    /// [`InstallError::AlreadyInstalled`] while another `Signals` is alive; otherwise the system's refusal.
    pub fn install() -> Result<Self, InstallError> {
        if HELD.swap(true, Ordering::AcqRel) {
            return Err(InstallError::AlreadyInstalled);
        }
        // From here on an early return must release the claim, which dropping this does.
        let signals = Self(());
        if QUEUE.get().is_none() {
            // Leaked because handlers cannot be given a lifetime. Should a registration fail, what is
            // registered already goes on feeding a queue that nobody reads, and the next attempt starts
            // afresh.
            let queue = Box::leak(Box::new(Queue::new()?));
            for signal in HANDLED {
                spawn::record_on_arrival(signal, queue)?;
            }
            QUEUE.get_or_init(|| queue);
        }
        for signal in IGNORED {
            spawn::ignore_signal(signal).map_err(io::Error::from)?;
        }
        unblock(&HANDLED)?;
        Ok(signals)
    }

    /// Readable when [`drain`](Self::drain) would give something.
    pub fn fd(&self) -> BorrowedFd<'_> {
        self.queue().read.as_fd()
    }

    /// Takes the signals that arrived, first come first. Never blocks.
    pub fn drain(&self) -> impl Iterator<Item = i32> + use<> {
        let mut numbers = [0; HANDLED.len()];
        let count = self.queue().take(&mut numbers);
        numbers.into_iter().take(count).map(i32::from)
    }

    #[expect(clippy::unused_self, reason = "owning the value is the permission to read the queue")]
    fn queue(&self) -> &'static Queue {
        QUEUE.get().expect("invariant: a Signals exists only after the queue was made")
    }
}

fn unblock(signals: &[i32]) -> io::Result<()> {
    let set: SigSet = signals.iter().filter_map(|&signal| Signal::try_from(signal).ok()).collect();
    Ok(set.thread_unblock()?)
}

impl Drop for Signals {
    fn drop(&mut self) {
        HELD.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Result<i32, &str>) {
        let found = parse_signal(text).map_err(|error| error.to_string());
        assert_eq!(found, expect.map_err(str::to_owned), "{text:?}");
    }

    #[test]
    fn names_in_any_spelling() {
        for text in ["TERM", "SIGTERM", "sigterm", " Term ", "15", " 15 ", "+15", "1_5"] {
            check(text, Ok(libc::SIGTERM));
        }
        check("IOT", Ok(libc::SIGABRT));
        check("hup", Ok(1));
        check("9", Ok(libc::SIGKILL));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_names() {
        check("CLD", Ok(libc::SIGCHLD));
        check("IO", Ok(29));
        check("POLL", Ok(29));
        check("STKFLT", Ok(16));
        check("RTMIN", Ok(34));
        check("SIGRTMAX", Ok(64));
        check("34", Ok(34));
        check("64", Ok(64));
        for number in 1..=31 {
            check(&number.to_string(), Ok(number));
        }
    }

    #[test]
    fn refused() {
        check("0", Err("value '0' is not a valid signal number"));
        check("-1", Err("value '-1' is not a valid signal number"));
        check("35", Err("value '35' is not a valid signal number"));
        check("32", Err("value '32' is not a valid signal number"));
        check("65", Err("value '65' is not a valid signal number"));
        check("4294967311", Err("value '4294967311' is not a valid signal number"));
        check("", Err("value '' is not a valid signal name"));
        check("SIG", Err("value 'SIG' is not a valid signal name"));
        check("BOGUS", Err("value 'BOGUS' is not a valid signal name"));
        check("SIGSIGTERM", Err("value 'SIGSIGTERM' is not a valid signal name"));
        check("RTMIN+1", Err("value 'RTMIN+1' is not a valid signal name"));
        for text in ["SIG_DFL", "_DFL", "SIG_IGN", "_ign"] {
            check(text, Err(&format!("value '{text}' is not a valid signal name")));
        }
    }

    #[test]
    fn every_name_reads_back() {
        for (number, name) in named() {
            check(name, Ok(number));
            check(&signal_name(number), Ok(number));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn names_of_numbers() {
        for (number, name) in [
            (6, "SIGABRT"),
            (17, "SIGCHLD"),
            (29, "SIGPOLL"),
            (34, "SIGRTMIN"),
            (35, "signal 35"),
            (0, "signal 0"),
        ] {
            assert_eq!(signal_name(number), name);
        }
    }

    #[test]
    fn signalling_what_is_not_there() {
        // The largest pid any kernel gives out is far below this.
        let nobody = Pid::new(i32::MAX).expect("positive");
        assert_eq!(kill(nobody, libc::SIGTERM), Err(Errno::new(libc::ESRCH)));
        assert_eq!(kill_group(nobody, libc::SIGTERM), Err(Errno::new(libc::ESRCH)));
        assert_eq!(kill(Pid::current(), 4711), Err(Errno::new(libc::EINVAL)));
        assert_eq!(kill(Pid::current(), 0), Ok(()));
    }
}

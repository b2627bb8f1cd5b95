//! Reaping: which child ended, and how.

use std::fmt;

use rustix::process::{WaitOptions, WaitStatus};

use crate::errno::Errno;
use crate::id::Pid;
use crate::signal::signal_name;

/// How a child ended.
///
/// Shown with `{}` it is the `<how>` of the reference's messages: `exit status 1`, `terminated by SIGKILL`,
/// `terminated by SIGSEGV (core dumped)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExitStatus {
    /// It ended by itself with this status, 0 to 255.
    Exited(i32),
    /// A signal ended it.
    Signaled {
        /// The signal's number.
        signal: i32,
        /// Whether a core file was written.
        core: bool,
    },
    /// A status that is neither, kept as the kernel gave it.
    Unknown(i32),
}

impl ExitStatus {
    /// Takes a wait status as the kernel encodes it apart.
    pub fn from_raw(raw: i32) -> Self {
        const CORE_FLAG: i32 = 0x80;
        if libc::WIFEXITED(raw) {
            Self::Exited(libc::WEXITSTATUS(raw))
        } else if libc::WIFSIGNALED(raw) {
            Self::Signaled { signal: libc::WTERMSIG(raw), core: raw & CORE_FLAG != 0 }
        } else {
            Self::Unknown(raw)
        }
    }

    /// The exit code as the reference counts it: −1 for anything but a normal exit.
    pub fn code(self) -> i32 {
        match self {
            Self::Exited(code) => code,
            Self::Signaled { .. } | Self::Unknown(_) => -1,
        }
    }

    /// The `<how>` of messages as a string; the same as `{}`.
    pub fn how(self) -> String {
        self.to_string()
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Exited(code) => write!(f, "exit status {code}"),
            Self::Signaled { signal, core } => {
                let dumped = if core { " (core dumped)" } else { "" };
                write!(f, "terminated by {}{dumped}", signal_name(signal))
            }
            Self::Unknown(raw) => write!(f, "unknown termination cause 0x{raw:04x}"),
        }
    }
}

/// Reaps one child that has ended, if there is one; never blocks. To be called until it gives `None`.
///
/// Any child is meant, also one this daemon did not start: as pid 1 of a container it inherits orphans.
///
/// # Errors
/// Never for "no children", which is `None`; anything else means that a child may stay a zombie.
pub fn reap() -> Result<Option<(Pid, ExitStatus)>, Errno> {
    loop {
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(None) | Err(rustix::io::Errno::CHILD) => return Ok(None),
            Ok(Some((pid, status))) => return Ok(Some(ended(pid, status))),
            Err(rustix::io::Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
}

fn ended(pid: rustix::process::Pid, status: WaitStatus) -> (Pid, ExitStatus) {
    let pid = Pid::new(pid.as_raw_nonzero().get()).expect("invariant: the kernel reports positive pids");
    (pid, ExitStatus::from_raw(status.as_raw()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `raw` is a wait status: the code in the second byte, the signal in the low seven bits, the core flag
    /// in the eighth.
    #[track_caller]
    fn check(raw: i32, how: &str, code: i32) {
        let status = ExitStatus::from_raw(raw);
        assert_eq!((status.how().as_str(), status.code()), (how, code));
    }

    #[test]
    fn how_and_code() {
        check(0, "exit status 0", 0);
        check(1 << 8, "exit status 1", 1);
        check(127 << 8, "exit status 127", 127);
        check(255 << 8, "exit status 255", 255);
        check(libc::SIGKILL, "terminated by SIGKILL", -1);
        check(libc::SIGTERM, "terminated by SIGTERM", -1);
        check(libc::SIGABRT, "terminated by SIGABRT", -1);
        check(libc::SIGSEGV | 0x80, "terminated by SIGSEGV (core dumped)", -1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn preferred_and_missing_symbols() {
        check(29, "terminated by SIGPOLL", -1);
        check(17, "terminated by SIGCHLD", -1);
        check(34, "terminated by SIGRTMIN", -1);
        check(64, "terminated by SIGRTMAX", -1);
        check(40, "terminated by signal 40", -1);
        check(40 | 0x80, "terminated by signal 40 (core dumped)", -1);
        // Stopped, which is not an end.
        check(0x137f, "unknown termination cause 0x137f", -1);
    }
}

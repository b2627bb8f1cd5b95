//! Reaping: which child ended, and how.

use rustix::process::{WaitOptions, WaitStatus};

use crate::errno::Errno;
use crate::id::Pid;

/// How a child ended. What messages make of it is the core's business.
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

/// Reaps a child of which nobody shall hear, because it ended before it was anything; waits for the little that may be
/// left of it.
pub(crate) fn discard(pid: Pid) {
    let child = rustix::process::Pid::from_raw(pid.raw());
    // Somebody who reaps all there are may have it already.
    let _ = rustix::io::retry_on_intr(|| rustix::process::waitpid(child, WaitOptions::empty()));
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
    fn check(raw: i32, expect: ExitStatus) {
        assert_eq!(ExitStatus::from_raw(raw), expect, "{raw:#x}");
    }

    #[test]
    fn a_wait_status_is_a_code_or_a_signal() {
        let killed = |signal, core| ExitStatus::Signaled { signal, core };
        check(0, ExitStatus::Exited(0));
        check(1 << 8, ExitStatus::Exited(1));
        check(127 << 8, ExitStatus::Exited(127));
        check(255 << 8, ExitStatus::Exited(255));
        check(libc::SIGKILL, killed(libc::SIGKILL, false));
        check(libc::SIGSEGV | 0x80, killed(libc::SIGSEGV, true));
        check(64, killed(64, false));
        // Stopped, which is not an end.
        check(0x137f, ExitStatus::Unknown(0x137f));
    }
}

//! Leaving the terminal: the daemon goes on in the background, the process that was started returns to the
//! shell.
//!
//! One fork, a session of its own, null descriptors; no second fork and no change to `/`, because the
//! reference has neither and relative paths in configurations count on it. Must happen before any thread is
//! started.

use std::io;
use std::path::Path;

use rustix::fs::{Mode, OFlags};

use crate::errno::strerror;
use crate::id::Pid;
use crate::repr::python_repr;
use crate::spawn::{Forked, fork_single_threaded};

/// What the process in the background shall look like.
#[derive(Clone, Copy, Debug)]
pub struct Detach<'a> {
    /// Where it works; `None` leaves it where it was started.
    pub directory: Option<&'a Path>,
    /// Its file creation mask.
    pub umask: u32,
}

/// Which of the two processes this is.
#[must_use = "the parent has to exit at once"]
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Daemonized {
    /// The one that was started: it must exit with status 0 now, without cleaning up anything that the other
    /// goes on using (sockets, pidfile).
    Parent {
        /// The daemon.
        child: Pid,
    },
    /// The daemon.
    Child {
        /// What became of the wish for a directory.
        directory: Entered,
    },
}

/// What became of a wish to change directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Entered {
    /// There was none.
    NotAsked,
    /// Done; the text is for the activity log, level info.
    Done(String),
    /// Not possible, which does not stop the daemon; the text is for the activity log, level critical.
    Refused(String),
}

/// Goes on in the background.
///
/// # Errors
/// In the process that was started: if there are other threads (`EDEADLK`) or no process can be made. In the
/// child: if there is no null device.
pub fn daemonize(detach: &Detach<'_>) -> io::Result<Daemonized> {
    if let Forked::Parent(child) = fork_single_threaded()? {
        return Ok(Daemonized::Parent { child });
    }
    let directory = detach.directory.map_or(Entered::NotAsked, enter);
    let null = rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty())?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    // Refused only to the leader of a group, which a fresh child never is.
    rustix::process::setsid()?;
    rustix::process::umask(Mode::from_raw_mode(detach.umask as rustix::fs::RawMode));
    Ok(Daemonized::Child { directory })
}

fn enter(directory: &Path) -> Entered {
    let shown = python_repr(&directory.to_string_lossy());
    match rustix::process::chdir(directory) {
        Ok(()) => Entered::Done(format!("set current directory: {shown}")),
        Err(errno) => {
            let number = errno.raw_os_error();
            let reason = strerror(number);
            Entered::Refused(format!("can't chdir into {shown}: [Errno {number}] {reason}: {shown}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_with_threads_is_refused() {
        let (release, wait) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || wait.recv());
        let outcome = daemonize(&Detach { directory: None, umask: 0o22 });
        drop(release);
        thread.join().expect("thread").expect_err("released by dropping");
        assert_eq!(outcome.expect_err("two threads").raw_os_error(), Some(libc::EDEADLK));
    }

    #[test]
    fn a_refused_directory_is_a_message() {
        let refused = "can't chdir into '/no/such': [Errno 2] No such file or directory: '/no/such'";
        assert_eq!(enter(Path::new("/no/such")), Entered::Refused(refused.to_owned()));
    }
}

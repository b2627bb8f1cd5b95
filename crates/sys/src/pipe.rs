//! The pipes between the daemon and a child.
//!
//! The daemon's ends never block and are closed on exec; the child's ends block, as programs expect.
//!
//! **Outliving the daemon.** On Linux the child's end of an output pipe is opened for reading *and* writing.
//! As long as a child holds it, the pipe has a reader, so a child whose daemon died is not killed by SIGPIPE:
//! its output waits in the pipe (and it blocks when the pipe is full) until somebody opens the pipe again,
//! through `/proc/<pid>/fd/1`. End-of-file still reaches the daemon: when the last holder of the child's end
//! is gone, there is no writer left. Where `/proc` is missing, the plain write end is used and a child meets
//! SIGPIPE instead.
//!
//! **End-of-file says little.** A grandchild may hold the child's end for ever, and another child that is
//! just being made holds a copy for a moment. After a death a pipe is therefore read until it is empty, not
//! until it ends.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};

use rustix::fs::OFlags;

use crate::id::{Gid, Uid};

/// A pipe's two ends.
#[derive(Debug)]
pub struct Pipe {
    /// The daemon's end: non-blocking, closed on exec.
    pub ours: OwnedFd,
    /// The end for the child: blocking, closed on exec (spawning gives the child its own copy).
    pub childs: OwnedFd,
}

/// Makes a pipe for a child's stdout or stderr.
///
/// With `owner`, the pipe belongs to that user, so that a child that runs under it may open `/dev/stdout`
/// (which is permission-checked against the pipe, whoever inherited it).
///
/// # Errors
/// `EMFILE` and `ENFILE` when descriptors run out. A daemon that may not give the pipe away keeps it: then it
/// may not become that user either, which the child is to report in its own log.
pub fn output_pipe(owner: Option<(Uid, Gid)>) -> io::Result<Pipe> {
    let (ours, childs) = half_blocking_pipe()?;
    if let Some((uid, gid)) = owner {
        give_away(&ours, uid, gid)?;
    }
    Ok(Pipe { ours, childs })
}

fn give_away(pipe: &OwnedFd, uid: Uid, gid: Gid) -> io::Result<()> {
    let uid = rustix::process::Uid::from_raw(uid.raw());
    let gid = rustix::process::Gid::from_raw(gid.raw());
    match rustix::fs::fchown(pipe, Some(uid), Some(gid)) {
        Ok(()) | Err(rustix::io::Errno::PERM) => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Makes a pipe for a child's stdin: the child reads, the daemon writes. Writing to it after the child closed
/// its end gives `EPIPE` (SIGPIPE is ignored in the daemon).
///
/// # Errors
/// `EMFILE` and `ENFILE` when descriptors run out.
pub fn input_pipe() -> io::Result<Pipe> {
    let (read, write) = raw_pipe()?;
    // A new pipe has no other flags that would have to be kept.
    rustix::fs::fcntl_setfl(&write, OFlags::NONBLOCK)?;
    Ok(Pipe { ours: write, childs: read })
}

/// Makes reads and writes on this open file return `EAGAIN` where they would block.
pub(crate) fn set_nonblocking(fd: BorrowedFd<'_>) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(fd)?;
    Ok(rustix::fs::fcntl_setfl(fd, flags | OFlags::NONBLOCK)?)
}

/// A blocking pipe, both ends closed on exec: read end, write end.
#[cfg(not(target_vendor = "apple"))]
pub(crate) fn raw_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC)?)
}

/// A blocking pipe, both ends closed on exec: read end, write end.
///
/// This system cannot set the flag while creating; a spawn in another thread in between would leak the pipe
/// into that child, which closes everything above 2 before it executes.
#[cfg(target_vendor = "apple")]
pub(crate) fn raw_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = rustix::pipe::pipe()?;
    for end in [&read, &write] {
        rustix::io::fcntl_setfd(end, rustix::io::FdFlags::CLOEXEC)?;
    }
    Ok((read, write))
}

/// A pipe for output: the daemon's end to read from, which does not block, and the child's, which does and counts as
/// reader and writer. The child's is the plain write end if `/proc` is not there or refuses; running out of
/// descriptors is an error, not a reason to make a lesser pipe.
#[cfg(target_os = "linux")]
fn half_blocking_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    use std::os::fd::AsRawFd as _;

    use rustix::fs::Mode;
    use rustix::io::Errno;
    use rustix::pipe::{PipeFlags, pipe_with};

    // What is opened again has flags of its own, so both ends may begin without blocking.
    let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
    let path = format!("/proc/self/fd/{}", write.as_raw_fd());
    match rustix::fs::open(path, OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()) {
        Ok(both) => Ok((read, both)),
        Err(errno @ (Errno::MFILE | Errno::NFILE | Errno::NOMEM)) => Err(errno.into()),
        Err(_) => {
            rustix::fs::fcntl_setfl(&write, OFlags::empty())?;
            Ok((read, write))
        }
    }
}

/// A pipe for output: the daemon's end to read from, which does not block, and the child's, which does.
#[cfg(not(target_os = "linux"))]
fn half_blocking_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = raw_pipe()?;
    rustix::fs::fcntl_setfl(&read, OFlags::NONBLOCK)?;
    Ok((read, write))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{ErrorKind, Read as _, Write as _};

    use rustix::io::FdFlags;

    use super::*;

    #[track_caller]
    fn check_flags(fd: &OwnedFd, nonblocking: bool) {
        let flags = rustix::fs::fcntl_getfl(fd).expect("flags");
        assert_eq!(flags.contains(OFlags::NONBLOCK), nonblocking);
        assert_eq!(rustix::io::fcntl_getfd(fd).expect("descriptor flags"), FdFlags::CLOEXEC);
    }

    #[test]
    fn flags_of_the_ends() {
        for pipe in [output_pipe(None).expect("pipe"), input_pipe().expect("pipe")] {
            check_flags(&pipe.ours, true);
            check_flags(&pipe.childs, false);
        }
    }

    #[test]
    fn output_reaches_us_and_then_ends() {
        let Pipe { ours, childs } = output_pipe(None).expect("pipe");
        let mut ours = File::from(ours);
        let mut childs = File::from(childs);
        let mut buffer = [0; 16];
        assert_eq!(ours.read(&mut buffer).expect_err("empty pipe").kind(), ErrorKind::WouldBlock);
        childs.write_all(b"hello").expect("write");
        assert_eq!(rustix::io::ioctl_fionread(&ours).expect("pending"), 5);
        drop(childs);
        assert_eq!(ours.read(&mut buffer).expect("read"), 5);
        assert_eq!(ours.read(&mut buffer).expect("end of file"), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_childs_end_keeps_a_reader() {
        let Pipe { ours, childs } = output_pipe(None).expect("pipe");
        drop(ours);
        let mut childs = File::from(childs);
        childs.write_all(b"nobody hears").expect("no EPIPE: the child's own end reads");
        assert_eq!(rustix::io::ioctl_fionread(&childs).expect("pending"), 12);
    }

    #[test]
    fn input_to_a_closed_stdin_is_an_error() {
        let Pipe { ours, childs } = input_pipe().expect("pipe");
        drop(childs);
        let error = File::from(ours).write_all(b"x").expect_err("no reader");
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_pipe_belongs_to_the_owner() {
        let (uid, gid) = (Uid::current(), Gid::current());
        let owner = if uid == Uid::ROOT { (Uid::new(65534), Gid::new(65533)) } else { (uid, gid) };
        let pipe = output_pipe(Some(owner)).expect("pipe");
        let stat = rustix::fs::fstat(&pipe.childs).expect("fstat");
        assert_eq!((Uid::new(stat.st_uid), Gid::new(stat.st_gid)), owner);
    }
}

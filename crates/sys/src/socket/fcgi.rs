//! Listening sockets that are handed to children as their descriptor 0, as FastCGI workers expect.
//!
//! The daemon binds, keeps the descriptor as long as a child needs it, and never accepts. Closing leaves the
//! file of a unix socket where it is, as the reference does; the next bind takes its place.
//!
//! **Nobody can connect before it is right.** Owner and permission bits are set between `bind` and `listen`,
//! and until it listens a socket refuses everybody. So unlike a server socket it is bound under its own name,
//! which may be as long as the system allows, and which is the one that `ss` and `netstat` show.
//!
//! **Other files are safe.** The directory often belongs to the user of the program, who can put something else
//! under the name at any moment, while the daemon is root. What is in the way is removed only if it is a socket,
//! and owner and bits are given to nothing but a socket.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, RawMode};
use rustix::io::Errno as Raw;
use rustix::net::{AddressFamily, SocketAddrUnix};

use super::{BindError, address_of, inode, remove_dead, socket};
use crate::errno::{Errno, strerror};
use crate::id::{Gid, Uid};

/// Why a socket for children could not be made. The texts are the reference's where it has one: Python's words
/// for a system error.
#[derive(Debug, thiserror::Error)]
pub enum FcgiError {
    /// The system refused.
    #[error("{}", words(*.0))]
    System(Errno),
    /// The path does not fit into a socket address.
    #[error("AF_UNIX path too long")]
    PathTooLong,
    /// There is something at the path that is not a socket.
    #[error("{} exists and is not a socket; remove it, or set another socket", .0.display())]
    NotASocket(PathBuf),
    /// The daemon may not give the socket away.
    #[error("Could not change ownership of socket file: {}: '{}'", words(*.errno), .path.display())]
    Chown {
        /// The socket's path.
        path: PathBuf,
        /// What the system said.
        errno: Errno,
    },
    /// The permission bits could not be set.
    #[error("Could not change permissions of socket file: {}: '{}'", words(*.errno), .path.display())]
    Chmod {
        /// The socket's path.
        path: PathBuf,
        /// What the system said.
        errno: Errno,
    },
    /// The host name stands for no address.
    #[error("[Errno {code}] {reason}")]
    Resolve {
        /// The resolver's error number, as the reference prints it.
        code: i32,
        /// The resolver's own words.
        reason: String,
    },
}

fn words(errno: Errno) -> String {
    format!("[Errno {}] {}", errno.raw(), strerror(errno.raw()))
}

impl From<Raw> for FcgiError {
    fn from(errno: Raw) -> Self {
        Self::System(errno.into())
    }
}

/// Makes a listening unix socket at `path` with these permission bits and, if given, this owner and group (an
/// absent group stays as it is). A socket that is there already, alive or dead, loses its name to this one.
/// `backlog` is the number of connections that may wait; `None` is the system's `SOMAXCONN`.
///
/// The descriptor is blocking and closed on exec.
///
/// # Errors
/// [`FcgiError`]. The path is then free, unless something other than a socket is in the way.
pub fn bind_fcgi_unix(
    path: &Path,
    mode: u32,
    owner: Option<(Uid, Option<Gid>)>,
    backlog: Option<u32>,
) -> Result<OwnedFd, FcgiError> {
    let address = SocketAddrUnix::new(path).map_err(|errno| match errno {
        Raw::NAMETOOLONG => FcgiError::PathTooLong,
        other => other.into(),
    })?;
    clear(path)?;
    let socket = socket(AddressFamily::UNIX)?;
    rustix::net::bind(&socket, &address)?;
    let finish = || -> Result<(), FcgiError> {
        dress(path, mode, owner)?;
        Ok(rustix::net::listen(&socket, queue_length(backlog))?)
    };
    if let Err(error) = finish() {
        // A socket that never listened is of no use to anybody, and nothing else may be removed.
        let _ = clear(path);
        return Err(error);
    }
    Ok(socket)
}

/// Makes a listening TCP socket on this address, even if connections of its predecessor still linger. `backlog`
/// is as in [`bind_fcgi_unix`].
///
/// The descriptor is blocking and closed on exec.
///
/// # Errors
/// [`FcgiError::System`]: `EADDRINUSE`, `EADDRNOTAVAIL`, `EACCES` for ports below 1024, `EMFILE`.
pub fn bind_fcgi_tcp(address: SocketAddr, backlog: Option<u32>) -> Result<OwnedFd, FcgiError> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket(family)?;
    rustix::net::sockopt::set_socket_reuseaddr(&socket, true)?;
    rustix::net::bind(&socket, &address)?;
    rustix::net::listen(&socket, queue_length(backlog))?;
    Ok(socket)
}

/// The address that a host stands for: an address itself, an IPv6 address in or without brackets, or a name (its
/// first IPv4 address, or else its first). For names this asks the resolver and can take long.
///
/// # Errors
/// [`FcgiError::Resolve`].
pub fn resolve(host: &str, port: u16) -> Result<SocketAddr, FcgiError> {
    /// What the standard library puts before the resolver's words.
    const PREAMBLE: &str = "failed to lookup address information: ";
    address_of(host, port).map_err(|error| match error {
        BindError::Resolve { code, reason, .. } => {
            let reason = reason.strip_prefix(PREAMBLE).unwrap_or(&reason).to_owned();
            FcgiError::Resolve { code, reason }
        }
        other => FcgiError::Resolve { code: 0, reason: other.to_string() },
    })
}

/// The default is the reference's; the kernel lowers whatever is more than it allows.
fn queue_length(backlog: Option<u32>) -> i32 {
    backlog.map_or(libc::SOMAXCONN, |length| i32::try_from(length).unwrap_or(i32::MAX))
}

/// Removes the socket that has the name, if one has.
fn clear(path: &Path) -> Result<(), FcgiError> {
    /// Each round means that somebody else changed the path meanwhile; so many times is somebody's intention.
    const ROUNDS: usize = 16;
    for _ in 0..ROUNDS {
        match inode(path) {
            Ok((found, FileType::Socket)) => match remove_dead(path, found) {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(BindError::System(errno)) => return Err(FcgiError::System(errno)),
                Err(_) => return Err(Raw::ADDRINUSE.into()),
            },
            Ok(_) => return Err(FcgiError::NotASocket(path.to_owned())),
            Err(Raw::NOENT) => return Ok(()),
            Err(errno) => return Err(errno.into()),
        }
    }
    Err(Raw::ADDRINUSE.into())
}

/// Gives the socket file its permission bits and its owner, in this order, because only the owner may change the bits
/// (or CAP_FOWNER, which root may lack). A new owner clears some bits, which hardly anybody asks for: only for them it is
/// done again.
fn dress(path: &Path, mode: u32, owner: Option<(Uid, Option<Gid>)>) -> Result<(), FcgiError> {
    const CLEARED: u32 = 0o6000;
    let file = Handle::open(path)?;
    let chmod = || {
        file.chmod(Mode::from_raw_mode(mode as RawMode))
            .map_err(|errno| FcgiError::Chmod { path: path.to_owned(), errno: errno.into() })
    };
    chmod()?;
    if let Some((uid, gid)) = owner {
        let uid = rustix::process::Uid::from_raw(uid.raw());
        let gid = gid.map(|gid| rustix::process::Gid::from_raw(gid.raw()));
        file.chown(uid, gid)
            .map_err(|errno| FcgiError::Chown { path: path.to_owned(), errno: errno.into() })?;
    }
    if owner.is_some() && mode & CLEARED != 0 { chmod() } else { Ok(()) }
}

/// A socket file, held so that what is done to it reaches no other file, whatever has its name by then.
#[cfg(target_os = "linux")]
struct Handle(OwnedFd);

#[cfg(target_os = "linux")]
impl Handle {
    fn open(path: &Path) -> Result<Self, FcgiError> {
        use rustix::fs::OFlags;
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::open(path, flags, Mode::empty())?;
        match FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode) {
            FileType::Socket => Ok(Self(file)),
            _ => Err(FcgiError::NotASocket(path.to_owned())),
        }
    }

    fn chown(&self, uid: rustix::process::Uid, gid: Option<rustix::process::Gid>) -> Result<(), Raw> {
        rustix::fs::chownat(&self.0, "", Some(uid), gid, rustix::fs::AtFlags::EMPTY_PATH)
    }

    /// A descriptor that only names a file cannot be changed itself, but its name in `/proc` can.
    fn chmod(&self, mode: Mode) -> Result<(), Raw> {
        use std::os::fd::AsRawFd as _;
        rustix::fs::chmod(format!("/proc/self/fd/{}", self.0.as_raw_fd()), mode)
    }
}

/// A socket file by its name: elsewhere there is no way to hold one.
#[cfg(not(target_os = "linux"))]
struct Handle(PathBuf);

#[cfg(not(target_os = "linux"))]
impl Handle {
    fn open(path: &Path) -> Result<Self, FcgiError> {
        match inode(path)?.1 {
            FileType::Socket => Ok(Self(path.to_owned())),
            _ => Err(FcgiError::NotASocket(path.to_owned())),
        }
    }

    fn chown(&self, uid: rustix::process::Uid, gid: Option<rustix::process::Gid>) -> Result<(), Raw> {
        use rustix::fs::{AtFlags, CWD};
        rustix::fs::chownat(CWD, &self.0, Some(uid), gid, AtFlags::SYMLINK_NOFOLLOW)
    }

    fn chmod(&self, mode: Mode) -> Result<(), Raw> {
        rustix::fs::chmod(&self.0, mode)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    /// What somebody may put in the place of the socket between its binding and its dressing.
    #[test]
    fn only_sockets_get_an_owner_and_bits() {
        let directory = tempfile::TempDir::new().expect("temp dir");
        let bits = |path: &Path| fs::metadata(path).expect("stat").permissions().mode() & 0o777;
        let (file, link, real) =
            (directory.path().join("file"), directory.path().join("link"), directory.path().join("real"));
        fs::write(&file, "").expect("write");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).expect("chmod");
        let _listener = UnixListener::bind(&real).expect("bind");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o600)).expect("chmod");
        symlink(&real, &link).expect("symlink");
        for path in [&file, &link] {
            let refused = dress(path, 0o777, Some((Uid::current(), None))).expect_err("not a socket");
            assert!(matches!(refused, FcgiError::NotASocket(_)), "{refused}");
        }
        assert_eq!((bits(&file), bits(&real)), (0o640, 0o600));
        dress(&real, 0o770, Some((Uid::current(), None))).expect("a socket");
        assert_eq!(bits(&real), 0o770);
    }
}

//! The sockets on which the daemon can be reached.
//!
//! Binding happens once, at the start; nothing here accepts connections. Listeners are returned blocking and
//! closed on exec; who serves them sets them as needed.
//!
//! **A unix socket appears finished.** It is bound under a second name with no access for anybody, gets its
//! mode and owner, listens, and only then takes its real name, in one step that fails if the name is taken.
//! So nobody can connect before it is right, and two daemons that start together cannot both win.
//!
//! **What is in the way is removed only if it is a dead socket.** Whether a socket is alive is asked by
//! connecting without blocking: somebody who listens accepts or has a full queue, both of which mean alive; a
//! dead one refuses. No answer is waited for, so a hung daemon cannot hang the next one.
//!
//! Sockets that are bound for children, again and again, have other rules and a file of their own.

mod fcgi;

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawMode};
use rustix::io::Errno as Raw;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType};

use crate::errno::{Errno, known_name};
use crate::id::{Gid, Pid, Uid};
use crate::user::effective_user_name;

pub use fcgi::{FcgiError, bind_fcgi_tcp, bind_fcgi_unix, resolve};

/// Connections that may wait to be accepted; the reference's number.
const BACKLOG: i32 = 1024;

/// Why a server socket could not be opened. The texts are the reference's where it has one.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else listens there.
    #[error(
        "Another program is already listening on a port that one of our HTTP servers is configured to use.  Shut this \
         program down first before starting supervisord."
    )]
    InUse,
    /// The system refused.
    #[error("Cannot open an HTTP server: socket.error reported {}", reported(*.0))]
    System(Errno),
    /// The path does not fit into a socket address (with the pid that is added to it for a moment).
    #[error("Cannot open an HTTP server: socket.error reported AF_UNIX path too long")]
    PathTooLong,
    /// There is something at the path that is not a socket.
    #[error(
        "Cannot open an HTTP server: {} exists and is not a socket; remove it, or set another file", .0.display()
    )]
    NotASocket(PathBuf),
    /// The daemon may not give the socket away.
    #[error(
        "Not permitted to chown {} to uid/gid ({uid}, {}); adjust \"sockchown\" value in config file or on command \
         line to values that the current user ({user}) can successfully chown",
        .path.display(),
        .gid.map_or_else(|| "-1".to_owned(), |gid| gid.to_string())
    )]
    ChownRefused {
        /// The socket's path.
        path: PathBuf,
        /// The wanted owner.
        uid: Uid,
        /// The wanted group; `None` leaves it as it is.
        gid: Option<Gid>,
        /// Who the daemon runs as.
        user: String,
    },
    /// The host name stands for no address.
    #[error("Cannot open an HTTP server: socket.error reported {code}")]
    Resolve {
        /// The host as configured.
        host: String,
        /// The resolver's error number, as the reference prints it.
        code: i32,
        /// The resolver's own words.
        reason: String,
    },
}

fn reported(errno: Errno) -> String {
    match known_name(errno.raw()) {
        Some(name) => format!("errno.{name} ({})", errno.raw()),
        None => errno.raw().to_string(),
    }
}

impl From<Raw> for BindError {
    fn from(errno: Raw) -> Self {
        match errno {
            Raw::ADDRINUSE => Self::InUse,
            other => Self::System(other.into()),
        }
    }
}

/// A unix socket that listens.
#[derive(Debug)]
pub struct BoundUnix {
    /// The listener.
    pub listener: UnixListener,
    /// Where it can be found.
    pub place: Place,
    /// `Unlinking stale socket FILE`, if a dead socket had to be removed; for stderr.
    pub notice: Option<String>,
}

/// The name of a socket that was bound here.
#[derive(Debug)]
pub struct Place {
    path: PathBuf,
    inode: Inode,
}

impl Place {
    /// Removes the name, if it is still that of this socket: another daemon's, or another file, is left alone.
    pub fn remove(&self) {
        if inode(&self.path).is_ok_and(|(found, _)| found == self.inode) {
            // Somebody may remove it at this moment; either way it is gone.
            let _ = rustix::fs::unlink(&self.path);
        }
    }
}

/// Opens a listening unix socket at `path` with these permission bits and, if given, this owner and group.
///
/// Where the system cannot create a socket without access (others than Linux), the file creation mask of the
/// whole process is changed for a moment; so call it before other threads create files.
///
/// # Errors
/// [`BindError`]. Nothing is left behind.
pub fn bind_unix(path: &Path, mode: u32, owner: Option<(Uid, Option<Gid>)>) -> Result<BoundUnix, BindError> {
    let draft = Draft::at(path);
    let address = SocketAddrUnix::new(&draft.0).map_err(|errno| match errno {
        Raw::NAMETOOLONG => BindError::PathTooLong,
        other => other.into(),
    })?;
    draft.remove();
    let socket = socket(AddressFamily::UNIX)?;
    bind_closed(&socket, &address)?;
    // Before it is given away: afterwards only the privilege to change what others own (CAP_FOWNER) would do. Nobody
    // can connect to it yet, whatever its mode.
    set_mode(&draft.0, Mode::from_raw_mode(mode as RawMode))?;
    if let Some((uid, gid)) = owner {
        give_away(&draft.0, uid, gid).map_err(|errno| match errno {
            Raw::PERM => {
                BindError::ChownRefused { path: path.to_owned(), uid, gid, user: effective_user_name() }
            }
            other => other.into(),
        })?;
    }
    rustix::net::listen(&socket, BACKLOG)?;
    let removed_stale = publish(&draft, path)?;
    let notice = removed_stale.then(|| format!("Unlinking stale socket {}", path.display()));
    let place = Place { path: path.to_owned(), inode: inode(path)?.0 };
    Ok(BoundUnix { listener: socket.into(), place, notice })
}

fn socket(family: AddressFamily) -> Result<OwnedFd, Raw> {
    #[cfg(not(target_vendor = "apple"))]
    return rustix::net::socket_with(family, SocketType::STREAM, rustix::net::SocketFlags::CLOEXEC, None);
    #[cfg(target_vendor = "apple")]
    {
        let socket = rustix::net::socket(family, SocketType::STREAM, None)?;
        rustix::io::fcntl_setfd(&socket, rustix::io::FdFlags::CLOEXEC)?;
        Ok(socket)
    }
}

/// Binds so that the file has no permission bits at all. On Linux a socket file gets the bits of the unbound
/// socket, so no process-wide mask is needed.
#[cfg(target_os = "linux")]
fn bind_closed(socket: &OwnedFd, address: &SocketAddrUnix) -> Result<(), Raw> {
    rustix::fs::fchmod(socket, Mode::empty())?;
    rustix::net::bind(socket, address)
}

#[cfg(not(target_os = "linux"))]
fn bind_closed(socket: &OwnedFd, address: &SocketAddrUnix) -> Result<(), Raw> {
    let before = rustix::process::umask(Mode::RWXU | Mode::RWXG | Mode::RWXO);
    let bound = rustix::net::bind(socket, address);
    rustix::process::umask(before);
    bound
}

fn give_away(path: &Path, uid: Uid, gid: Option<Gid>) -> Result<(), Raw> {
    let uid = rustix::process::Uid::from_raw(uid.raw());
    let gid = gid.map(|gid| rustix::process::Gid::from_raw(gid.raw()));
    // In a directory where others may rename, the name may stand for a link by now.
    rustix::fs::chownat(CWD, path, Some(uid), gid, AtFlags::SYMLINK_NOFOLLOW)
}

/// Changes the mode of a socket, and of nothing else that may have got its name meanwhile. The mask of the process has
/// no say in it, as it would have at the binding.
#[cfg(target_os = "linux")]
fn set_mode(path: &Path, mode: Mode) -> Result<(), Raw> {
    let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty())?;
    if FileType::from_raw_mode(rustix::fs::fstat(&file)?.st_mode) != FileType::Socket {
        return Err(Raw::LOOP);
    }
    match rustix::fs::chmod(format!("/proc/self/fd/{}", file.as_raw_fd()), mode) {
        // There is no /proc here.
        Err(Raw::NOENT) => rustix::fs::chmod(path, mode),
        done => done,
    }
}

#[cfg(not(target_os = "linux"))]
fn set_mode(path: &Path, mode: Mode) -> Result<(), Raw> {
    rustix::fs::chmod(path, mode)
}

/// The name of a socket in the making, `FILE.PID` as in the reference. Whatever still has it is removed in
/// the end.
struct Draft(PathBuf);

impl Draft {
    fn at(path: &Path) -> Self {
        Self(with_suffix(path, ""))
    }

    fn remove(&self) {
        let _ = rustix::fs::unlink(&self.0);
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        self.remove();
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{}{suffix}", Pid::current()));
    name.into()
}

/// Gives the draft its real name; tells whether a dead socket had to go for it.
fn publish(draft: &Draft, path: &Path) -> Result<bool, BindError> {
    /// Each round means that somebody else changed the path meanwhile; so many times is somebody's intention.
    const ROUNDS: usize = 16;
    let mut removed_stale = false;
    for _ in 0..ROUNDS {
        match rename_if_free(&draft.0, path) {
            Ok(()) => return Ok(removed_stale),
            Err(Raw::EXIST) => {}
            Err(errno) => return Err(errno.into()),
        }
        match probe(path)? {
            Occupant::Gone => {}
            Occupant::Alive => return Err(BindError::InUse),
            Occupant::NotASocket => return Err(BindError::NotASocket(path.to_owned())),
            Occupant::Dead(inode) => removed_stale |= remove_dead(path, inode)?,
        }
    }
    Err(BindError::InUse)
}

/// What has the path's name.
enum Occupant {
    Gone,
    Alive,
    Dead(Inode),
    NotASocket,
}

/// Which file it is, whatever its name.
type Inode = (u64, u64);

fn inode(path: &Path) -> Result<(Inode, FileType), Raw> {
    let stat = rustix::fs::lstat(path)?;
    // The widths of these fields differ by system; none is wider than 64 bits.
    let identity = (stat.st_dev as u64, stat.st_ino as u64);
    Ok((identity, FileType::from_raw_mode(stat.st_mode)))
}

fn probe(path: &Path) -> Result<Occupant, BindError> {
    let (inode, file_type) = match inode(path) {
        Ok(found) => found,
        Err(Raw::NOENT) => return Ok(Occupant::Gone),
        Err(errno) => return Err(errno.into()),
    };
    if file_type != FileType::Socket {
        return Ok(Occupant::NotASocket);
    }
    let caller = socket(AddressFamily::UNIX)?;
    rustix::io::ioctl_fionbio(&caller, true)?;
    match rustix::net::connect(&caller, &SocketAddrUnix::new(path)?) {
        // EAGAIN: the queue is full. EPROTOTYPE: a socket of another kind, which only its owner can have
        // opened.
        Ok(()) | Err(Raw::AGAIN | Raw::INPROGRESS | Raw::PROTOTYPE) => Ok(Occupant::Alive),
        Err(Raw::CONNREFUSED) => Ok(Occupant::Dead(inode)),
        Err(Raw::NOENT) => Ok(Occupant::Gone),
        Err(errno) => Err(errno.into()),
    }
}

/// Removes the dead socket, unless another daemon has replaced it since it was found dead: it is moved aside
/// first, and put back if it is not the same file. Tells whether it was removed.
fn remove_dead(path: &Path, dead: Inode) -> Result<bool, BindError> {
    let aside = with_suffix(path, ".stale");
    match rustix::fs::rename(path, &aside) {
        Ok(()) => {}
        Err(Raw::NOENT) => return Ok(false),
        Err(errno) => return Err(errno.into()),
    }
    if inode(&aside)?.0 == dead {
        rustix::fs::unlink(&aside)?;
        return Ok(true);
    }
    rename_if_free(&aside, path)?;
    Ok(false)
}

/// Renames, but fails with `EEXIST` rather than replace something.
pub(crate) fn rename_if_free(from: &Path, to: &Path) -> Result<(), Raw> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::RenameFlags;
        match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // Some file systems cannot; they can link.
            Err(Raw::INVAL | Raw::NOSYS) => {}
            done => return done,
        }
    }
    rustix::fs::linkat(CWD, from, CWD, to, AtFlags::empty())?;
    rustix::fs::unlink(from)
}

/// Opens a listening TCP socket. Without a host it is reachable on all IPv4 addresses, as in the reference; a
/// host may be a name (its first IPv4 address, or else its first), an address, or an IPv6 address in or
/// without brackets.
///
/// # Errors
/// [`BindError`].
pub fn bind_tcp(host: Option<&str>, port: u16) -> Result<TcpListener, BindError> {
    let address = match host {
        None | Some("") => SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
        Some(host) => address_of(host, port)?,
    };
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket(family)?;
    rustix::net::sockopt::set_socket_reuseaddr(&socket, true)?;
    rustix::net::bind(&socket, &address)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket.into())
}

/// How long to wait for somebody far away to answer: a listener on this machine does in microseconds.
const ANSWER_LIMIT: Duration = Duration::from_millis(200);

/// Whether somebody listens at that unix socket.
pub fn is_served_unix(path: &Path) -> bool {
    matches!(probe(path), Ok(Occupant::Alive))
}

/// Whether somebody listens at that port; waits for up to 0.2 s.
pub fn is_served_tcp(host: Option<&str>, port: u16) -> bool {
    let address = match host {
        None => Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        Some(host) => address_of(host, port),
    };
    address.is_ok_and(|address| TcpStream::connect_timeout(&address, ANSWER_LIMIT).is_ok())
}

fn address_of(host: &str, port: u16) -> Result<SocketAddr, BindError> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let unresolved =
        |reason: String| BindError::Resolve { host: host.to_owned(), code: resolver_code(&reason), reason };
    let addresses: Vec<SocketAddr> =
        (bare, port).to_socket_addrs().map_err(|error: io::Error| unresolved(error.to_string()))?.collect();
    let first_ipv4 = addresses.iter().find(|address| address.is_ipv4());
    first_ipv4.or(addresses.first()).copied().ok_or_else(|| unresolved("no address".to_owned()))
}

/// The number behind the resolver's words, which is all the standard library passes on. Linux's numbers;
/// "unknown name" is what the reference reports for nearly everything.
fn resolver_code(reason: &str) -> i32 {
    const UNKNOWN_NAME: i32 = -2;
    const WORDS: [(&str, i32); 3] = [
        ("Temporary failure in name resolution", -3),
        ("Non-recoverable failure in name resolution", -4),
        ("No address associated with hostname", -5),
    ];
    WORDS.iter().find(|(words, _)| reason.contains(words)).map_or(UNKNOWN_NAME, |&(_, code)| code)
}

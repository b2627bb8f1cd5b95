//! The listening sockets of FastCGI programs: one per group and address, shared by the processes that name it.
//!
//! A socket is made when the first process of its group starts and closed when the last one has ended, so it stays
//! open over the restart of one while another lives. When a group is added its sockets are made and closed once, to
//! find out early what cannot work. The daemon itself never accepts: the socket is descriptor 0 of the children.
//!
//! This room owns the descriptors and who holds them. It does not spawn, and it does not decide what a failure
//! means: at the daemon's first start it is fatal, later it fails the start of one process.

use std::net::SocketAddr;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

use provost_config::model::{FastCgi, FastCgiSocket};
use provost_core::notice::ProcessName;
use provost_sys::socket::{self, FcgiError, bind_fcgi_tcp, bind_fcgi_unix};
use provost_sys::{Gid, Uid};

/// Takes a line of the activity log.
pub(crate) type Say<'a> = &'a mut dyn FnMut(String);

/// Why a socket could not be made; what spawnerr says.
#[derive(Debug, thiserror::Error)]
#[error("Could not create FastCGI socket {url}: {error}")]
pub(crate) struct Unmade {
    url: String,
    error: FcgiError,
}

/// All sockets. A daemon has few FastCGI programs, so they stand in a list.
#[derive(Debug, Default)]
pub(crate) struct Sockets {
    shared: Vec<Shared>,
}

impl Sockets {
    /// Makes and closes the socket of a process of this group, unless the socket is known already.
    pub(crate) fn check(
        &mut self,
        group: &str,
        config: Option<&Arc<FastCgi>>,
        say: Say<'_>,
    ) -> Result<(), Unmade> {
        match config {
            Some(config) if self.position(group, config).is_none() => self.add(group, config).check(say),
            _ => Ok(()),
        }
    }

    /// The socket for a child of this process, which holds it from now on; made if nobody else does.
    pub(super) fn acquire(
        &mut self,
        process: &ProcessName,
        config: &Arc<FastCgi>,
        say: Say<'_>,
    ) -> Result<BorrowedFd<'_>, Unmade> {
        let shared = match self.position(&process.group, config) {
            Some(at) => &mut self.shared[at],
            None => self.add(&process.group, config),
        };
        shared.acquire(&process.name, say)
    }

    /// The child of this process has ended, or was never made: without other holders its socket is closed.
    pub(super) fn release(&mut self, process: &ProcessName, say: Say<'_>) {
        for shared in self.shared.iter_mut().filter(|shared| shared.group == process.group) {
            shared.release(&process.name, say);
        }
    }

    /// The group is no more.
    pub(super) fn forget(&mut self, group: &str) {
        self.shared.retain(|shared| &*shared.group != group);
    }

    fn add(&mut self, group: &str, config: &Arc<FastCgi>) -> &mut Shared {
        self.shared.push_mut(Shared {
            group: group.into(),
            config: Arc::clone(config),
            address: None,
            open: None,
        })
    }

    fn position(&self, group: &str, config: &FastCgi) -> Option<usize> {
        self.shared
            .iter()
            .position(|shared| &*shared.group == group && same_address(&shared.config.socket, &config.socket))
    }
}

/// Processes of one group that name the same address share its socket, whatever else their sections say of it.
fn same_address(one: &FastCgiSocket, other: &FastCgiSocket) -> bool {
    match (one, other) {
        (FastCgiSocket::Unix { path, .. }, FastCgiSocket::Unix { path: other, .. }) => path == other,
        (one, other) => one == other,
    }
}

/// One socket, open or not.
#[derive(Debug)]
struct Shared {
    group: Arc<str>,
    config: Arc<FastCgi>,
    /// What the host of a TCP socket stands for, once it is known. A resolver that hangs may hold up the adding of a
    /// group, but not a restart.
    address: Option<SocketAddr>,
    open: Option<Open>,
}

/// The descriptor, and the names of the processes whose children have it: at least one between two calls.
#[derive(Debug)]
struct Open {
    socket: OwnedFd,
    holders: Vec<Arc<str>>,
}

impl Shared {
    fn check(&mut self, say: Say<'_>) -> Result<(), Unmade> {
        drop(self.create(say)?);
        self.announce_closing(say);
        Ok(())
    }

    fn acquire(&mut self, process: &Arc<str>, say: Say<'_>) -> Result<BorrowedFd<'_>, Unmade> {
        let open = match self.open.take() {
            Some(open) => open,
            None => Open { socket: self.create(say)?, holders: Vec::new() },
        };
        let open = self.open.insert(open);
        if !open.holders.contains(process) {
            open.holders.push(Arc::clone(process));
        }
        Ok(open.socket.as_fd())
    }

    fn release(&mut self, process: &str, say: Say<'_>) {
        let Some(open) = &mut self.open else { return };
        open.holders.retain(|holder| &**holder != process);
        if open.holders.is_empty() {
            self.announce_closing(say);
            self.open = None;
        }
    }

    fn create(&mut self, say: Say<'_>) -> Result<OwnedFd, Unmade> {
        let url = url(&self.config.socket);
        say(format!("Creating socket {url}"));
        self.bind().map_err(|error| Unmade { url, error })
    }

    fn bind(&mut self) -> Result<OwnedFd, FcgiError> {
        let backlog = self.config.backlog;
        match &self.config.socket {
            FastCgiSocket::Unix { path, mode, owner } => {
                let owner = owner.map(|(uid, gid)| (Uid::new(uid), gid.map(Gid::new)));
                bind_fcgi_unix(Path::new(path), *mode, owner, backlog)
            }
            FastCgiSocket::Tcp { host, port } => {
                let address = match self.address {
                    Some(address) => address,
                    None => *self.address.insert(socket::resolve(host, *port)?),
                };
                bind_fcgi_tcp(address, backlog)
            }
        }
    }

    fn announce_closing(&self, say: Say<'_>) {
        say(format!("Closing socket {}", url(&self.config.socket)));
    }
}

fn url(socket: &FastCgiSocket) -> String {
    match socket {
        FastCgiSocket::Unix { path, .. } => format!("unix://{path}"),
        FastCgiSocket::Tcp { host, port } => format!("tcp://{host}:{port}"),
    }
}

#[cfg(test)]
#[path = "fastcgi_tests.rs"]
mod tests;

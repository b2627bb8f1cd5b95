//! Opens the sockets of the HTTP servers, and removes what they leave behind.

use std::path::{Path, PathBuf};

use provost_config::model::{Address, Server};
use provost_sys::socket::{bind_tcp, bind_unix};
use provost_sys::{Gid, Uid};

use crate::http::{Listener, Socket};
use crate::terminal;

/// Open servers. Unix sockets vanish from the file system when this is dropped.
#[derive(Default)]
pub(crate) struct Servers {
    pub(crate) listeners: Vec<Listener>,
    paths: Vec<PathBuf>,
}

impl Servers {
    /// Opens one more server.
    ///
    /// # Errors
    /// The reference's text for why it cannot be opened.
    pub(crate) fn open(&mut self, server: &Server) -> Result<(), String> {
        let socket = match &server.address {
            Address::Unix { path, mode, owner } => {
                let owner = owner.map(|(uid, gid)| (Uid::new(uid), gid.map(Gid::new)));
                let bound = bind_unix(Path::new(path), *mode, owner).map_err(|error| error.to_string())?;
                if let Some(notice) = bound.notice {
                    terminal::complain(format_args!("{notice}\n"));
                }
                self.paths.push(path.into());
                Socket::Unix(bound.listener)
            }
            Address::Inet { host, port } => {
                let host = Some(host.as_str()).filter(|host| !host.is_empty());
                Socket::Tcp(bind_tcp(host, *port).map_err(|error| error.to_string())?)
            }
        };
        let (credentials, allowed) = (server.credentials.as_ref(), &server.allowed_hosts);
        let listener = Listener::new(&server.section, socket, credentials, allowed)
            .map_err(|error| format!("section [{}] has an unusable password: {error}", server.section))?;
        self.listeners.push(listener);
        Ok(())
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for path in &self.paths {
            // Somebody may have removed it already; either way it is gone.
            let _ = std::fs::remove_file(path);
        }
    }
}

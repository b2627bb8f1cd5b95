//! Opens the sockets of the HTTP servers, and removes what they leave behind.

use std::path::Path;

use provost_config::model::{Address, Server};
use provost_sys::socket::{BindError, Place, bind_tcp, bind_unix, is_served_tcp, is_served_unix};
use provost_sys::{Gid, Uid};

use crate::http::{Listener, Socket};
use crate::terminal;

/// Why a server is not open.
#[derive(Debug)]
pub(crate) struct Unopened {
    /// The section that asks for it.
    pub(crate) section: String,
    /// The option of the section that is behind it.
    pub(crate) option: &'static str,
    /// What happened, in the reference's words, which name neither.
    pub(crate) text: String,
    /// What to do.
    pub(crate) help: String,
}

impl Unopened {
    fn new(server: &Server, error: &BindError) -> Self {
        let (option, place) = match &server.address {
            Address::Unix { path, .. } if matches!(error, BindError::ChownRefused { .. }) => {
                ("chown", path.clone())
            }
            Address::Unix { path, .. } => ("file", path.clone()),
            Address::Inet { host, port } if host.is_empty() => {
                ("port", format!("port {port} of every interface"))
            }
            Address::Inet { host, port } => ("port", format!("{host}:{port}")),
        };
        let section = server.section.clone();
        let remedy = remedy(error, option, &place);
        Self {
            option,
            text: error.to_string(),
            help: format!("[{section}] is to listen at {place}: {remedy}"),
            section,
        }
    }

    /// Another daemon serves there, and this is known of it.
    pub(crate) fn in_use(server: &Server, known: &str) -> Self {
        let mut unopened = Self::new(server, &BindError::InUse);
        unopened.help = format!("{}; {known}", unopened.help);
        unopened
    }
}

/// Whether somebody listens where that server is to listen. Nothing is bound to find out, which could be in the way of
/// another daemon that is just starting.
pub(crate) fn is_served(server: &Server) -> bool {
    match &server.address {
        Address::Unix { path, .. } => is_served_unix(Path::new(path)),
        Address::Inet { host, port } => {
            is_served_tcp(Some(host.as_str()).filter(|host| !host.is_empty()), *port)
        }
    }
}

/// What to do about a server that cannot be opened.
fn remedy(error: &BindError, option: &str, place: &str) -> String {
    let is = |known: rustix::io::Errno| matches!(error, BindError::System(errno) if errno.raw() == known.raw_os_error());
    match error {
        BindError::InUse => {
            format!(
                "another process does already; stop it (`supervisorctl shutdown` if it is a supervisord), or write another {option}"
            )
        }
        _ if option == "file" && (is(rustix::io::Errno::NOENT) || is(rustix::io::Errno::NOTDIR)) => {
            let directory = Path::new(place).parent().unwrap_or(Path::new("/"));
            format!("make the directory {}, or write another file", directory.display())
        }
        _ if option == "port" && is(rustix::io::Errno::ACCESS) => {
            "ports below 1024 need a daemon that is started as root".to_owned()
        }
        _ if option == "port" && is(rustix::io::Errno::ADDRNOTAVAIL) => {
            "that is no address of this machine; `*:port` is every interface".to_owned()
        }
        BindError::Resolve { host, reason, .. } => format!("{host} has no address ({reason})"),
        _ => format!("correct {option}, or remove the section"),
    }
}

/// Open servers. Unix sockets vanish from the file system when this is dropped.
#[derive(Default)]
pub(crate) struct Servers {
    pub(crate) listeners: Vec<Listener>,
    places: Vec<Place>,
}

impl Servers {
    /// Opens one more server.
    ///
    /// # Errors
    /// Why it cannot be opened.
    pub(crate) fn open(&mut self, server: &Server) -> Result<(), Unopened> {
        let unopened = |error: BindError| Unopened::new(server, &error);
        let socket = match &server.address {
            Address::Unix { path, mode, owner } => {
                let owner = owner.map(|(uid, gid)| (Uid::new(uid), gid.map(Gid::new)));
                let bound = bind_unix(Path::new(path), *mode, owner).map_err(unopened)?;
                if let Some(notice) = bound.notice {
                    terminal::complain(format_args!("{notice}\n"));
                }
                self.places.push(bound.place);
                Socket::Unix(bound.listener)
            }
            Address::Inet { host, port } => {
                let host = Some(host.as_str()).filter(|host| !host.is_empty());
                Socket::Tcp(bind_tcp(host, *port).map_err(unopened)?)
            }
        };
        let (credentials, allowed) = (server.credentials.as_ref(), &server.allowed_hosts);
        let listener =
            Listener::new(&server.section, socket, credentials, allowed).map_err(|error| Unopened {
                section: server.section.clone(),
                option: "password",
                text: format!("section [{}] has an unusable password: {error}", server.section),
                help: "supervisord --hash-password makes a hash".to_owned(),
            })?;
        let listener = listener.with_metrics_auth(server.metrics_auth);
        self.listeners.push(listener.with_unsafe_get_actions(server.unsafe_get_actions));
        Ok(())
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.places.iter().for_each(Place::remove);
    }
}

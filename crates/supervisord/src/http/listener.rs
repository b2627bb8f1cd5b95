//! Where clients come in: bound sockets on the daemon's side, accepted connections on the plane's.

use std::io;
use std::net::{SocketAddr, TcpListener as StdTcpListener};
use std::os::unix::net::UnixListener as StdUnixListener;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use provost_config::model::{Credentials, Level};
use provost_wire::auth::{Account, Secret, SecretError};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use super::web::Sessions;

/// A bound and listening socket, with what its section of the configuration says about it.
pub(crate) struct Listener {
    section: Arc<str>,
    account: Option<Account>,
    allowed_hosts: Vec<String>,
    guards_metrics: bool,
    obeys_links: bool,
    sessions: Sessions,
    socket: Socket,
}

/// The two kinds of sockets the control plane serves.
pub(crate) enum Socket {
    /// `[unix_http_server]`.
    Unix(StdUnixListener),
    /// `[inet_http_server]`.
    Tcp(StdTcpListener),
}

impl Listener {
    /// A listener for `section`, open to who has the credentials, or to everybody without any; web pages may call it
    /// by `allowed_hosts`, too.
    ///
    /// # Errors
    ///
    /// When the configured password is marked as a hash but is none.
    pub(crate) fn new(
        section: &str,
        socket: Socket,
        credentials: Option<&Credentials>,
        allowed_hosts: &[String],
    ) -> Result<Self, SecretError> {
        let account = credentials
            .map(|stored| Ok(Account::new(&*stored.username, Secret::parse(&stored.password)?)))
            .transpose()?;
        Ok(Self {
            section: section.into(),
            account,
            allowed_hosts: allowed_hosts.to_vec(),
            guards_metrics: true,
            obeys_links: false,
            sessions: Sessions::default(),
            socket,
        })
    }

    /// The same listener, which asks for credentials at `/metrics`, or does not.
    pub(crate) fn with_metrics_auth(self, guards_metrics: bool) -> Self {
        Self { guards_metrics, ..self }
    }

    /// The same listener, on which links of the old page act, or ask first.
    pub(crate) fn with_unsafe_get_actions(self, obeys_links: bool) -> Self {
        Self { obeys_links, ..self }
    }

    /// Who is signed in was so before this listener was opened.
    pub(super) fn go_on_with(&mut self, sessions: Sessions) {
        self.sessions = sessions;
    }

    /// Who is signed in.
    pub(super) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// Whether links of the old page act instead of asking first.
    pub(super) fn obeys_links(&self) -> bool {
        self.obeys_links
    }

    /// What the activity log says when the server opens, in the reference's words; and what to do, if whoever reaches the
    /// machine can use it.
    pub(crate) fn opening_lines(&self, namespaces: &[String]) -> Vec<(Level, String)> {
        let mut lines: Vec<_> = namespaces
            .iter()
            .map(|namespace| (Level::Info, format!("RPC interface '{namespace}' initialized")))
            .collect();
        if self.account.is_none() {
            let section = &self.section;
            let line = format!("Server '{section}' running without any HTTP authentication checking");
            lines.push((Level::Critical, line));
            if let Some(port) = self.port().filter(|_| !self.is_loopback()) {
                let line = format!(
                    "[{section}] can be used without a password by everybody who reaches port {port} of this machine, to \
                     run programs as the daemon's user: write username= and password= (supervisord --hash-password makes \
                     one), or port=127.0.0.1:{port}"
                );
                lines.push((Level::Critical, line));
            }
        }
        lines
    }

    /// Who may use it.
    pub(super) fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// Names by which web pages may call it.
    pub(super) fn allowed_hosts(&self) -> &[String] {
        &self.allowed_hosts
    }

    /// Whether `/metrics` needs credentials as everything else does.
    pub(super) fn guards_metrics(&self) -> bool {
        self.guards_metrics
    }

    /// The section's name.
    pub(super) fn section(&self) -> &str {
        &self.section
    }

    /// Only programs on this machine can reach it, and they do so over TCP, as browsers can.
    pub(super) fn is_loopback(&self) -> bool {
        match &self.socket {
            Socket::Unix(_) => false,
            Socket::Tcp(socket) => socket.local_addr().is_ok_and(|address| address.ip().is_loopback()),
        }
    }

    /// The port, on TCP.
    pub(super) fn port(&self) -> Option<u16> {
        match &self.socket {
            Socket::Unix(_) => None,
            Socket::Tcp(socket) => socket.local_addr().ok().map(|address| address.port()),
        }
    }

    /// A second handle on the socket that the runtime can wait on. The first one stays open, so that the plane
    /// can be started again and clients in the backlog are not lost.
    pub(super) fn acceptor(&self) -> io::Result<Acceptor> {
        Ok(match &self.socket {
            Socket::Unix(socket) => {
                let socket = socket.try_clone()?;
                socket.set_nonblocking(true)?;
                Acceptor::Unix(UnixListener::from_std(socket)?)
            }
            Socket::Tcp(socket) => {
                let socket = socket.try_clone()?;
                socket.set_nonblocking(true)?;
                Acceptor::Tcp(TcpListener::from_std(socket)?)
            }
        })
    }
}

/// The plane's side of a listener.
pub(super) enum Acceptor {
    Unix(UnixListener),
    Tcp(TcpListener),
}

/// Where a client is, as the access log prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peer {
    /// On this machine, over a unix socket: a process of this user, if the system tells.
    Local(Option<u32>),
    /// Over TCP.
    Remote(SocketAddr),
}

impl std::fmt::Display for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            // Clients on a unix socket have no address; this is what the reference prints for them.
            Self::Local(_) => f.write_str("localhost:0"),
            Self::Remote(address) => address.fmt(f),
        }
    }
}

impl Acceptor {
    /// The next connection.
    pub(super) async fn accept(&self) -> io::Result<(Stream, Peer)> {
        match self {
            Self::Unix(socket) => {
                let (stream, _) = socket.accept().await?;
                let uid = stream.peer_cred().ok().map(|peer| peer.uid());
                Ok((Stream::Unix(stream), Peer::Local(uid)))
            }
            Self::Tcp(socket) => {
                let (stream, address) = socket.accept().await?;
                // Both are about comfort, so a refusal changes nothing: lines of a log that is followed must
                // not wait for more, and a client that vanished must not keep its place for ever.
                let _ = stream.set_nodelay(true);
                let _ = rustix::net::sockopt::set_socket_keepalive(&stream, true);
                Ok((Stream::Tcp(stream), Peer::Remote(address)))
            }
        }
    }
}

/// An accepted connection.
pub(super) enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, into),
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, into),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Unix(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Self::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }
}

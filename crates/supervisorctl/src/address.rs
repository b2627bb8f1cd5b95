//! Server URLs: where a server is.
//!
//! An address is understood when it is needed and not before, because an unusable one is an error of the
//! command that would have used it.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The port of a URL that names none.
const HTTP_PORT: u16 = 80;

/// Where a server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// On a unix socket.
    Unix(PathBuf),
    /// On a TCP port.
    Tcp {
        /// A name or an address, without the brackets of IPv6.
        host: String,
        /// The port.
        port: u16,
    },
}

impl Address {
    /// Understands `unix://PATH` and `http://HOST[:PORT]`. What else an HTTP URL may have, such as a user or a
    /// path, is ignored as in the reference.
    ///
    /// # Errors
    ///
    /// [`Failure::UnknownProtocol`] and [`Failure::BadPort`].
    pub fn parse(url: &str) -> Result<Self, Failure> {
        if let Some(path) = url.strip_prefix("unix://") {
            return Ok(Self::Unix(Path::new(path).to_owned()));
        }
        let rest = url.strip_prefix("http://").ok_or_else(|| Failure::UnknownProtocol(url.to_owned()))?;
        let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
        let host_and_port = authority.rsplit_once('@').map_or(authority, |(_user, server)| server);
        let (host, port) = match host_and_port.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => match host_and_port.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (host_and_port, None),
            },
        };
        let port = match port {
            None | Some("") => HTTP_PORT,
            Some(digits) => digits.parse().map_err(|_| Failure::BadPort(url.to_owned()))?,
        };
        Ok(Self::Tcp { host: host.to_ascii_lowercase(), port })
    }

    /// The value of the `Host` header.
    #[must_use]
    pub fn host_header(&self) -> String {
        match self {
            // Any name does; the path would be too long for one.
            Self::Unix(_) => "localhost".to_owned(),
            Self::Tcp { host, port } if host.contains(':') => format!("[{host}]:{port}"),
            Self::Tcp { host, port } => format!("{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let check = |url: &str, expect: &str| {
            let shown = match Address::parse(url) {
                Ok(Address::Unix(path)) => format!("unix {}", path.display()),
                Ok(tcp @ Address::Tcp { .. }) => format!("tcp {}", tcp.host_header()),
                Err(failure) => failure.to_string(),
            };
            assert_eq!(shown, expect, "{url}");
        };
        check("unix:///run/s.sock", "unix /run/s.sock");
        check("unix://relative", "unix relative");
        check("http://localhost:9001", "tcp localhost:9001");
        check("http://LOCALHOST", "tcp localhost:80");
        check("http://h:", "tcp h:80");
        check("http://127.0.0.1:9001/", "tcp 127.0.0.1:9001");
        check("http://h:1/RPC2?x#y", "tcp h:1");
        check("http://u:p@h:1", "tcp h:1");
        check("http://[::1]:9001", "tcp [::1]:9001");
        check("http://[::1]", "tcp [::1]:80");
        check("http://h:abc", "bad port in serverurl http://h:abc; use a number from 1 to 65535");
        check("http://h:99999", "bad port in serverurl http://h:99999; use a number from 1 to 65535");
        let unknown = "Unknown protocol for serverurl";
        check("https://h:1", &format!("{unknown} https://h:1"));
        check("file:///x", &format!("{unknown} file:///x"));
    }
}

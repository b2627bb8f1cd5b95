//! The system log.
//!
//! Records are written by hand: `<14>Mmm dd hh:mm:ss supervisord: text`, which is what the C library sends for the
//! reference (facility USER, priority INFO, no pid). A crate for this would bring its own idea of header and host
//! name, and would connect, fail and block in its own way.
//!
//! The system log may be away for a while, and may be slow. A record waits a second for it; after a record that
//! waited in vain nothing waits any more until one gets through.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::health::Trouble;
use super::stamp::Stamp;

/// Where the system log listens.
const SOCKET: &str = if cfg!(target_os = "macos") { "/var/run/syslog" } else { "/dev/log" };

/// Facility USER (1), priority INFO (6): 1 * 8 + 6.
const PRIORITY: &str = "<14>";

/// The name of the program in every record.
const IDENT: &str = "supervisord";

/// How long a record waits for a system log that is slow.
const PATIENCE: Duration = Duration::from_secs(1);

/// The connection to the system log.
#[derive(Debug)]
pub(super) struct Syslog {
    path: PathBuf,
    connection: Option<UnixDatagram>,
    /// The last record waited in vain.
    stalled: bool,
    stamp: Stamp,
    /// The record being sent; kept to be used again.
    record: Vec<u8>,
}

impl Syslog {
    /// The system's log, connected to when there is something to say.
    pub(super) fn system() -> Self {
        Self::at(SOCKET)
    }

    /// The system log that listens there.
    pub(super) fn at(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            connection: None,
            stalled: false,
            stamp: Stamp::new(Stamp::SYSLOG),
            record: Vec::new(),
        }
    }

    /// Sends every line of the text as a record that begins with `head`. Line ends at the end of the text are left
    /// out, empty lines before them are sent.
    ///
    /// # Errors
    /// Lines that could not be sent are lost; the others are sent all the same.
    pub(super) fn send(&mut self, at: SystemTime, head: &[u8], text: &[u8]) -> Result<(), Trouble> {
        let end = text.iter().rposition(|&byte| byte != b'\n').map_or(0, |last| last + 1);
        let (mut bytes, mut cause) = (0, None);
        for line in text[..end].split(|&byte| byte == b'\n') {
            self.compose(at, head, line);
            if let Err(error) = self.deliver() {
                bytes += line.len() + 1;
                cause = Some(error);
            }
        }
        cause.map_or(Ok(()), |error| Err(Trouble::Lost { bytes, error }))
    }

    fn compose(&mut self, at: SystemTime, head: &[u8], line: &[u8]) {
        let (time, _) = self.stamp.text(at);
        self.record.clear();
        for part in [PRIORITY.as_bytes(), time.as_bytes(), b" ", IDENT.as_bytes(), b": ", head, line] {
            self.record.extend_from_slice(part);
        }
    }

    /// Sends the record; a connection that has gone bad is made anew once.
    fn deliver(&mut self) -> io::Result<()> {
        if let Some(connection) = &self.connection {
            match send_patiently(connection, &self.record) {
                Ok(()) => return self.got_through(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return self.wait_no_more(error),
                // Too long for a record; a new connection would not change that.
                Err(error) if error.raw_os_error() == Some(rustix::io::Errno::MSGSIZE.raw_os_error()) => {
                    return Err(error);
                }
                Err(_) => self.connection = None,
            }
        }
        let connection = UnixDatagram::unbound()?;
        connection.connect(&self.path)?;
        connection.set_write_timeout(Some(PATIENCE))?;
        connection.set_nonblocking(self.stalled)?;
        let sent = send_patiently(&connection, &self.record);
        self.connection = Some(connection);
        match sent {
            Ok(()) => self.got_through(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait_no_more(error),
            Err(error) => Err(error),
        }
    }

    fn got_through(&mut self) -> io::Result<()> {
        self.set_stalled(false)
    }

    fn wait_no_more(&mut self, error: io::Error) -> io::Result<()> {
        self.set_stalled(true)?;
        Err(error)
    }

    fn set_stalled(&mut self, stalled: bool) -> io::Result<()> {
        if self.stalled != stalled {
            self.stalled = stalled;
            if let Some(connection) = &self.connection {
                connection.set_nonblocking(stalled)?;
            }
        }
        Ok(())
    }
}

/// Sends one record; interruptions are none.
fn send_patiently(connection: &UnixDatagram, record: &[u8]) -> io::Result<()> {
    loop {
        match connection.send(record) {
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

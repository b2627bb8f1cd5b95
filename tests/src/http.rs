//! A client of a few lines: sends the bytes it is given, and reads one answer.
//!
//! It exists because tests have to send what no decent client would send.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use crate::wait::PATIENCE;

/// Where a daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// A socket in the file system.
    Unix(PathBuf),
    /// A port on the loopback interface.
    Tcp(u16),
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The status line, without its end; empty when the server closed without a word.
    pub status: String,
    /// The header lines as they came.
    pub headers: Vec<String>,
    /// The body, chunks put together; bytes that are not UTF-8 are replaced.
    pub body: String,
}

/// A connection, of either kind.
#[derive(Debug)]
pub enum Connection {
    /// To a socket in the file system.
    Unix(UnixStream),
    /// To a port.
    Tcp(TcpStream),
}

impl Server {
    /// The URL `supervisorctl` and the reference's transport use for it.
    pub fn url(&self) -> String {
        match self {
            Self::Unix(path) => format!("unix://{}", path.display()),
            Self::Tcp(port) => format!("http://127.0.0.1:{port}"),
        }
    }

    /// Connects, with [`PATIENCE`] as the limit for each read.
    ///
    /// # Errors
    ///
    /// When nobody listens there.
    pub fn connect(&self) -> io::Result<Connection> {
        let connection = match self {
            Self::Unix(path) => Connection::Unix(UnixStream::connect(path)?),
            Self::Tcp(port) => Connection::Tcp(TcpStream::connect(("127.0.0.1", *port))?),
        };
        connection.set_read_limit(PATIENCE)?;
        Ok(connection)
    }

    /// Sends `request` as it is, and reads one answer.
    ///
    /// # Errors
    ///
    /// When there is no connection, or the answer breaks off in the middle.
    pub fn exchange(&self, request: &[u8]) -> io::Result<Answer> {
        let mut connection = self.connect()?;
        // The server may answer and close before it has read everything; what it said still counts.
        let _closed_early = connection.write_all(request);
        read_answer(&mut BufReader::new(connection))
    }

    /// Whether something that speaks HTTP answers here.
    pub fn answers(&self) -> bool {
        self.exchange(b"GET /ok.html HTTP/1.0\r\n\r\n").is_ok_and(|answer| answer.status.starts_with("HTTP/"))
    }
}

impl Connection {
    /// The longest time one read may take.
    ///
    /// # Errors
    ///
    /// As the system's.
    pub fn set_read_limit(&self, limit: Duration) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.set_read_timeout(Some(limit)),
            Self::Tcp(stream) => stream.set_read_timeout(Some(limit)),
        }
    }

    /// Tells the server that nothing more will be sent.
    ///
    /// # Errors
    ///
    /// As the system's.
    pub fn finish_sending(&self) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.shutdown(Shutdown::Write),
            Self::Tcp(stream) => stream.shutdown(Shutdown::Write),
        }
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.read(buffer),
            Self::Tcp(stream) => stream.read(buffer),
        }
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.write(bytes),
            Self::Tcp(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Unix(stream) => stream.flush(),
            Self::Tcp(stream) => stream.flush(),
        }
    }
}

/// Reads one answer; an answer of nothing at all is the empty [`Answer`].
///
/// # Errors
///
/// When it breaks off in the middle or does not come in time.
pub fn read_answer(reader: &mut impl BufRead) -> io::Result<Answer> {
    let mut answer = Answer { status: read_line(reader)?, ..Answer::default() };
    if answer.status.is_empty() {
        return Ok(answer);
    }
    loop {
        let line = read_line(reader)?;
        if line.is_empty() {
            break;
        }
        answer.headers.push(line);
    }
    let mut body = Vec::new();
    match answer.header("content-length").map(str::parse::<u64>) {
        Some(Ok(length)) => {
            reader.take(length).read_to_end(&mut body)?;
        }
        _ if answer.header("transfer-encoding").is_some() => read_chunks(reader, &mut body)?,
        _ => {
            reader.read_to_end(&mut body)?;
        }
    }
    answer.body = String::from_utf8_lossy(&body).into_owned();
    Ok(answer)
}

impl Answer {
    /// The status code, 0 when there was no answer.
    pub fn code(&self) -> u16 {
        self.status.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0)
    }

    /// The value of a header, whose name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .filter_map(|line| line.split_once(':'))
            .find(|(found, _)| found.to_lowercase() == name)
            .map(|(_, value)| value.trim())
    }
}

fn read_line(reader: &mut impl BufRead) -> io::Result<String> {
    let mut bytes = Vec::new();
    reader.read_until(b'\n', &mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned())
}

/// Reads chunks until the last one, or until the server closes.
fn read_chunks(reader: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let line = read_line(reader)?;
        let length = u64::from_str_radix(line.trim(), 16).unwrap_or(0);
        if length == 0 {
            return Ok(());
        }
        reader.take(length).read_to_end(body)?;
        read_line(reader)?;
    }
}

#[cfg(test)]
mod tests {
    use super::read_answer;

    fn check(bytes: &str, code: u16, body: &str) {
        let answer = read_answer(&mut bytes.as_bytes()).expect("a whole answer");
        assert_eq!((answer.code(), answer.body.as_str()), (code, body), "{bytes}");
    }

    #[test]
    fn answers_are_read_in_every_framing() {
        check("", 0, "");
        check("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOKmore", 200, "OK");
        check("HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\nall of it", 404, "all of it");
        check(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
            200,
            "abc",
        );
    }
}

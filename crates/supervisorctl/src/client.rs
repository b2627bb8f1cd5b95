//! HTTP: how a call travels to a daemon.
//!
//! One connection is made when a command first needs it, kept alive until the command ends, and made again
//! if the server closed it in between. There are no time-outs, because a call may rightly last as long as a
//! program takes to stop; and no redirects, because nothing but the named server is to see the credentials.
//! Followed logs have connections of their own; see [`streams`].

mod streams;

use std::cell::RefCell;
use std::error::Error;
use std::io;
use std::rc::Rc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, USER_AGENT};
use hyper::rt::{Read, Write};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use provost_wire::auth::Credentials;
use provost_wire::xmlrpc::{RESPONSE_LIMITS, Value, decode_response, encode_call};
use tokio::net::{TcpStream, UnixStream};

use crate::address::Address;
use crate::failure::Failure;
use crate::reactor::{Interrupted, Reactor};
use crate::remote::{Feed, Transport};
use crate::terminal::LineReader;

use streams::{Streams, Waiting};

/// Where calls go, whatever path a URL names.
const RPC_PATH: &str = "/RPC2";
/// How this program presents itself.
const AGENT: &str = concat!("supervisorctl/", env!("CARGO_PKG_VERSION"), " (Provost)");

/// A transport over HTTP/1.1.
pub struct Client {
    reactor: Rc<Reactor>,
    /// What the user types, for whoever waits for that and for streams at once.
    lines: Rc<RefCell<LineReader>>,
    server: Server,
    connection: Option<Connection>,
}

/// Where requests go, and who sends them.
#[derive(Clone)]
struct Server {
    url: String,
    credentials: Option<Credentials>,
}

/// A connection that can take requests.
struct Connection {
    sender: SendRequest<Full<Bytes>>,
    host: HeaderValue,
}

impl Client {
    /// Does not connect yet.
    #[must_use]
    pub fn new(
        reactor: Rc<Reactor>,
        lines: Rc<RefCell<LineReader>>,
        url: String,
        credentials: Option<Credentials>,
    ) -> Self {
        Self { reactor, lines, server: Server { url, credentials }, connection: None }
    }

    async fn exchange(&mut self, body: Vec<u8>) -> Result<Bytes, Failure> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(RPC_PATH)
            .header(CONTENT_TYPE, "text/xml")
            .header(ACCEPT, "text/xml");
        self.revive().await?;
        let connection = self.connection.as_mut().expect("invariant: it was just made");
        let response = self.server.send(connection, request.body(Full::new(body.into()))).await?;
        let body = Limited::new(response.into_body(), RESPONSE_LIMITS.bytes).collect().await;
        body.map(|body| body.to_bytes()).map_err(|source| self.server.broken(source))
    }

    /// Makes the connection of this command anew if there is none that still works.
    async fn revive(&mut self) -> Result<(), Failure> {
        let works = match &mut self.connection {
            Some(connection) => connection.sender.ready().await.is_ok(),
            None => false,
        };
        if !works {
            self.connection = Some(self.server.connect().await?);
        }
        Ok(())
    }
}

impl Server {
    /// Sends a request and waits for the head of the answer, which must say that all is well.
    async fn send(
        &self,
        connection: &mut Connection,
        request: hyper::http::Result<Request<Full<Bytes>>>,
    ) -> Result<Response<Incoming>, Failure> {
        let mut request = request.expect("invariant: methods, paths and headers are encoded");
        let path = request.uri().path().to_owned();
        let headers = request.headers_mut();
        headers.insert(HOST, connection.host.clone());
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        if let Some(credentials) = &self.credentials {
            let value = HeaderValue::from_str(&credentials.to_header());
            headers.insert(AUTHORIZATION, value.expect("invariant: the header's value is base64"));
        }
        let response = connection.sender.send_request(request).await;
        let response = response.map_err(|source| self.broken(source.into()))?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(Failure::Status {
                url: format!("{}{path}", self.url),
                status: status.as_u16(),
                reason: status.canonical_reason().unwrap_or("without a usual name"),
            }),
        }
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let address = Address::parse(&self.url)?;
        let host = HeaderValue::from_str(&address.host_header());
        // A name with blanks or control characters; no resolver would know it either.
        let host = host.map_err(|_| self.unreachable(io::ErrorKind::InvalidInput.into()))?;
        let sender = match &address {
            Address::Unix(path) => {
                let stream = UnixStream::connect(path).await.map_err(|source| self.unreachable(source))?;
                shake_hands(TokioIo::new(stream)).await
            }
            Address::Tcp { host, port } => {
                let stream = TcpStream::connect((host.as_str(), *port)).await;
                let stream = stream.map_err(|source| self.unreachable(source))?;
                // Requests are written whole; waiting for more to send only delays the answer.
                stream.set_nodelay(true).map_err(|source| self.unreachable(source))?;
                shake_hands(TokioIo::new(stream)).await
            }
        };
        Ok(Connection { sender: sender.map_err(|source| self.broken(source.into()))?, host })
    }

    /// Opens a stream, on a connection of its own that lives as long as the stream.
    async fn open(&self, path: &str) -> Result<(Connection, Incoming), Failure> {
        let request = Request::builder()
            .method(Method::GET)
            .uri(path)
            .header(ACCEPT_ENCODING, "chunked")
            .header(ACCEPT, "*/*")
            .body(Full::default());
        let mut connection = self.connect().await?;
        let response = self.send(&mut connection, request).await?;
        Ok((connection, response.into_body()))
    }

    fn unreachable(&self, source: io::Error) -> Failure {
        Failure::Unreachable { url: self.url.clone(), source }
    }

    fn broken(&self, source: Box<dyn Error + Send + Sync>) -> Failure {
        Failure::Broken { url: self.url.clone(), source }
    }
}

/// Makes a stream a connection and leaves its upkeep to the runtime.
async fn shake_hands<S>(stream: S) -> Result<SendRequest<Full<Bytes>>, hyper::Error>
where
    S: Read + Write + Unpin + Send + 'static,
{
    // Old servers are said to look for `Content-Length` in exactly this spelling.
    let (sender, upkeep) = http1::Builder::new().title_case_headers(true).handshake(stream).await?;
    tokio::spawn(async move {
        // Whoever waits for an answer on this connection learns of its end, too.
        let _ = upkeep.await;
    });
    Ok(sender)
}

impl Transport for Client {
    fn url(&self) -> &str {
        &self.server.url
    }

    fn open(&mut self, url: &str) {
        self.hang_up();
        url.clone_into(&mut self.server.url);
    }

    fn log_in(&mut self, credentials: Credentials) {
        // The reference's server ignores all further requests on a connection that it answered with 401.
        self.hang_up();
        self.server.credentials = Some(credentials);
    }

    fn hang_up(&mut self) {
        self.connection = None;
    }

    fn call(&mut self, method: &'static str, params: &[Value]) -> Result<Value, Failure> {
        let reactor = self.reactor.clone();
        let answer = reactor.wait_for(self.exchange(encode_call(method, params)));
        let answer = answer.map_err(|Interrupted| Failure::Interrupted)??;
        match decode_response(&answer) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(fault)) => Err(fault.into()),
            Err(source) => Err(Failure::Undecodable { url: self.server.url.clone(), source }),
        }
    }

    fn follow(&mut self, paths: &[String]) -> Result<Box<dyn Feed>, Failure> {
        self.reactor.watch_interrupts().map_err(Failure::Terminal)?;
        let waiting = Waiting { reactor: self.reactor.clone(), lines: self.lines.clone() };
        Ok(Box::new(Streams::open(waiting, &self.server, paths)))
    }
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;

//! How long clients may take, on a clock that jumps to the next deadline as soon as everybody waits.

use std::future::Future;
use std::sync::Arc;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::Instant;

use super::world::{Records, Setup, bind, ports, post, until_logged};
use crate::http::front::{Front, Site, Welcome};
use crate::http::limits::{BODY_TIMEOUT, DISCARD_TIMEOUT, HEAD_TIMEOUT, SEND_TIMEOUT};
use crate::http::listener::{Peer, Stream};
use crate::http::places::Life;
use crate::http::router::router;
use crate::http::stop::StopHandle;
use crate::http::{App, Listener, connection, stop_pair};

/// The client's end of a served connection, and what keeps the other end going.
struct Served {
    client: UnixStream,
    directory: TempDir,
    records: Records,
    _stop: StopHandle,
}

async fn serve(setup: Setup) -> Served {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let records = Records::default();
    let listener = Listener::new("unix_http_server", bind(&directory, false).0, None, &[]);
    let listener = listener.expect("there is no password to be refused");
    let (stop, stopped) = stop_pair();
    let app = App::new(ports(setup, &directory, &records), vec!["supervisor".into()], stopped);
    let app = Arc::new(app);
    let site = Arc::new(Site::new(&listener, router(Arc::clone(&app))));
    let front = Arc::new(Front { site, peer: Peer::Local(None), welcome: Welcome::Seated });
    let (client, server) = UnixStream::pair().expect("a pair of sockets");
    tokio::spawn(connection::serve(Stream::Unix(server), front, Life::new(), app));
    Served { client, directory, records, _stop: stop }
}

/// Runs on a clock that stands still while anybody is busy.
fn on_jumping_clock<F: Future<Output = ()>>(test: impl FnOnce() -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(test());
}

#[test]
fn headers_that_do_not_come_close_the_connection() {
    on_jumping_clock(|| async {
        let mut served = serve(Setup::default()).await;
        let start = Instant::now();
        served.client.write_all(b"GET / HTTP/1.1\r\nHost: lo").await.expect("the connection reads");
        let mut rest = Vec::new();
        served.client.read_to_end(&mut rest).await.expect("the connection is closed");
        assert_eq!(rest, b"");
        assert!((HEAD_TIMEOUT..HEAD_TIMEOUT * 2).contains(&start.elapsed()), "{:?}", start.elapsed());
    });
}

#[test]
fn an_idle_connection_stays_for_days() {
    on_jumping_clock(|| async {
        let mut served = serve(Setup::default()).await;
        for _ in 0..3 {
            tokio::time::advance(std::time::Duration::from_secs(86_400)).await;
            served.client.write_all(b"GET /ok.html HTTP/1.1\r\n\r\n").await.expect("the connection is open");
            let mut answer = [0; 15];
            served.client.read_exact(&mut answer).await.expect("an answer");
            assert_eq!(&answer, b"HTTP/1.1 200 OK");
            let mut rest = [0; 4096];
            let _ = served.client.read(&mut rest).await.expect("the rest of the answer");
        }
    });
}

#[test]
fn a_body_that_does_not_come_is_answered_408() {
    on_jumping_clock(|| async {
        let mut served = serve(Setup::default()).await;
        let start = Instant::now();
        let request = b"POST /RPC2 HTTP/1.1\r\nContent-Length: 100\r\n\r\n<methodCall>";
        served.client.write_all(request).await.expect("the connection reads");
        let mut answer = Vec::new();
        served.client.read_to_end(&mut answer).await.expect("the connection is closed");
        assert!(answer.starts_with(b"HTTP/1.1 408 "), "{}", String::from_utf8_lossy(&answer));
        assert!((BODY_TIMEOUT..BODY_TIMEOUT * 2).contains(&start.elapsed()), "{:?}", start.elapsed());
    });
}

#[test]
fn an_unwanted_body_is_not_waited_for() {
    on_jumping_clock(|| async {
        let mut served = serve(Setup::default()).await;
        let start = Instant::now();
        let request =
            b"POST /RPC2 HTTP/1.1\r\nOrigin: http://evil\r\nContent-Length: 100\r\n\r\n<methodCall>";
        served.client.write_all(request).await.expect("the connection reads");
        let mut answer = Vec::new();
        served.client.read_to_end(&mut answer).await.expect("the connection is closed");
        assert!(answer.starts_with(b"HTTP/1.1 403 "), "{}", String::from_utf8_lossy(&answer));
        assert!(start.elapsed() < DISCARD_TIMEOUT * 2, "{:?}", start.elapsed());
    });
}

#[test]
fn a_reader_that_stops_reading_is_given_up() {
    on_jumping_clock(|| async {
        let mut served = serve(Setup::default()).await;
        let path = served.directory.path().join("main.log");
        std::fs::write(path, vec![b'x'; 8 << 20]).expect("the log is written");
        let call = "<methodCall><methodName>supervisor.readLog</methodName><params><param><value><int>0</int></value>\
                    </param><param><value><int>0</int></value></param></params></methodCall>";
        served.client.write_all(post(call).as_bytes()).await.expect("the connection reads");
        let start = Instant::now();
        served.client.readable().await.expect("the answer begins");
        tokio::time::advance(SEND_TIMEOUT * 2).await;
        let mut answer = Vec::new();
        // Whether the rest ends or breaks off is up to the socket.
        let _ = served.client.read_to_end(&mut answer).await;
        assert!(answer.len() < 8 << 20, "the whole answer came after {:?}", start.elapsed());
        until_logged(&served.records.lines, "its client did not read in time");
    });
}

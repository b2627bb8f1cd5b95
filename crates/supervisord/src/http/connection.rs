//! One connection: hyper's HTTP/1 over a stream that knows when its client takes too long.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until, timeout};

use super::App;
use super::front::{self, Front};
use super::limits::{FLUSH_TIMEOUT, HEAD_TIMEOUT, Limit, MAX_BUFFER_BYTES, MAX_HEAD_BYTES, SEND_TIMEOUT};
use super::listener::Stream;
use super::places::{Life, Serving};

/// Serves the connection until either side ends it.
pub(super) async fn serve(stream: Stream, front: Arc<Front>, life: Arc<Life>, app: Arc<App>) {
    let mut stop = app.stop.clone();
    let patient = PatientStream::new(stream, Arc::clone(&life), Arc::clone(&app));
    let service = service_fn(|request| {
        let (front, life, app) = (Arc::clone(&front), Arc::clone(&life), Arc::clone(&app));
        async move {
            let serving = life.serve();
            let response = front::answer(request, &front, &life, &app).await;
            Ok::<_, Infallible>(response.map(|body| Tracked { body, _serving: serving }))
        }
    });
    let connection = http1::Builder::new()
        .title_case_headers(true)
        .header_read_timeout(None)
        .max_buf_size(MAX_BUFFER_BYTES)
        .max_header_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(patient), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // An error here is a client that left, was slow, or does not speak HTTP: nothing to tell anybody.
        _ = connection.as_mut() => {}
        () = life.evicted() => finish(connection, &life).await,
        () = stop.requested() => finish(connection, &life).await,
    }
}

/// Sends what is due, but not for long, and closes.
async fn finish<S>(mut connection: Pin<&mut http1::Connection<TokioIo<PatientStream>, S>>, life: &Life)
where
    S: hyper::service::HttpService<hyper::body::Incoming, ResBody = Tracked>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    if life.owes_answer() {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(FLUSH_TIMEOUT, connection).await;
    }
}

/// The body of an answer; the connection counts as busy as long as it exists.
pub(super) struct Tracked {
    body: Body,
    _serving: Serving,
}

impl http_body::Body for Tracked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A stream that fails with [`io::ErrorKind::TimedOut`] when a request's headers or the client's reading stall.
/// An idle connection has no timer at all.
struct PatientStream {
    stream: Stream,
    life: Arc<Life>,
    app: Arc<App>,
    head: Option<Pin<Box<Sleep>>>,
    send: Option<Pin<Box<Sleep>>>,
    /// The end of the client's side was met once.
    met_end: bool,
}

impl PatientStream {
    fn new(stream: Stream, life: Arc<Life>, app: Arc<App>) -> Self {
        Self { stream, life, app, head: None, send: None, met_end: false }
    }

    /// The reader waits: fine, unless it waits for the rest of a request's headers.
    fn await_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(since) = self.life.head_since() else {
            self.head = None;
            return Poll::Pending;
        };
        let sleep = self.head.get_or_insert_with(|| Box::pin(sleep_until(since + HEAD_TIMEOUT)));
        ready!(sleep.as_mut().poll(cx));
        self.timed_out(Limit::SlowHead)
    }

    /// Passes on what a write came to, after looking at how long the client has taken nothing.
    fn await_send<T>(&mut self, written: Poll<io::Result<T>>, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.send = None;
            return written;
        }
        let sleep = self.send.get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + SEND_TIMEOUT)));
        ready!(sleep.as_mut().poll(cx));
        self.timed_out(Limit::SlowReader)
    }

    fn timed_out<T>(&self, limit: Limit) -> Poll<io::Result<T>> {
        self.app.count(limit, None);
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for PatientStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let filled = into.filled().len();
        match Pin::new(&mut this.stream).poll_read(cx, into) {
            Poll::Ready(Ok(())) if into.filled().len() > filled => {
                this.life.received();
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Ok(())) if this.life.defers_end(cx.waker()) => Poll::Pending,
            // The last bytes of a body may not have reached the room yet, which could then say that the request is
            // complete and its answer wanted; it gets a turn before the end is believed.
            Poll::Ready(Ok(())) if !std::mem::replace(&mut this.met_end, true) => {
                cx.waker().wake_by_ref();
                Poll::Pending
            }
            Poll::Pending => this.await_head(cx),
            ended => ended,
        }
    }
}

impl AsyncWrite for PatientStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.await_send(written, cx)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.await_send(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

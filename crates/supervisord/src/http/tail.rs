//! Log streams: `/logtail/…` and `/mainlogtail`, the last kilobyte of a log and then everything that is added.
//!
//! Nobody polls. The log plane wakes followers when it has written, rolled over or cleared a log; then the file
//! tells what is new. Only as much is read as the client takes, so a slow reader costs one buffer, and what it
//! misses because a log rolled over twice meanwhile is gone for it as it is for everybody.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, LAST_MODIFIED};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use provost_core::output::Channel;
use provost_core::status::{ProcessId, Snapshot};
use provost_wire::namespec;
use tokio::task::spawn_blocking;

use super::places::Life;
use super::router::LogPath;
use super::{App, StopSignal, error, logfile};
use crate::ports::{Follower, LogWatch};

/// How much of what was there before is shown first.
const FIRST_BYTES: u64 = 1024;
/// What is read at once.
const CHUNK_BYTES: u64 = 64 << 10;
/// What tells a reader that the bytes before are no longer in the file.
const TRUNCATED: &[u8] = b"==> File truncated <==\n";

/// `/logtail/NAME`, `/logtail/NAME/stdout`, `/logtail/NAME/stderr`.
pub(super) async fn process(
    State(app): State<Arc<App>>,
    Extension(life): Extension<Arc<Life>>,
    Extension(LogPath(rest)): Extension<LogPath>,
) -> Response {
    let Some((process, channel, path)) = find(&app.ports.snapshot.load(), &rest) else {
        return error::page(StatusCode::NOT_FOUND);
    };
    let watch = app.ports.watches.channel(process, channel);
    let mut response = follow(path, &watch, &life, app.stop.clone()).await;
    if response.status() == StatusCode::OK {
        let unbuffered = HeaderName::from_static("x-accel-buffering");
        response.headers_mut().insert(unbuffered, HeaderValue::from_static("no"));
    }
    response
}

/// `/mainlogtail`.
pub(super) async fn main(State(app): State<Arc<App>>, Extension(life): Extension<Arc<Life>>) -> Response {
    match &app.ports.main_log {
        Some(path) => follow(Arc::clone(path), &app.ports.watches.main, &life, app.stop.clone()).await,
        None => error::page(StatusCode::NOT_FOUND),
    }
}

/// The log that stands behind `/logtail` in a path, if there is one.
fn find(snapshot: &Snapshot, rest: &str) -> Option<(ProcessId, Channel, Arc<str>)> {
    let (name, channel) = match rest.strip_prefix('/')?.split_once('/') {
        None => (rest.strip_prefix('/')?, Channel::Stdout),
        Some((name, "stdout")) => (name, Channel::Stdout),
        Some((name, "stderr")) => (name, Channel::Stderr),
        Some(_) => return None,
    };
    let (group, process) = namespec::split(name);
    let row = snapshot.process(group, process?)?;
    let path = match channel {
        Channel::Stdout => row.stdout_logfile.as_ref(),
        Channel::Stderr => row.stderr_logfile.as_ref(),
    };
    Some((row.id, channel, Arc::clone(path?)))
}

/// The stream of one file, or 404 if there is none.
async fn follow(path: Arc<str>, watch: &Arc<LogWatch>, life: &Life, stop: StopSignal) -> Response {
    let opened = spawn_blocking(move || Follow::open(path)).await;
    let Ok(Ok(follow)) = opened else {
        return error::page(StatusCode::NOT_FOUND);
    };
    let modified = follow.modified.clone();
    let reader = Reader { follow: Some(Box::new(follow)), follower: watch.follow(), stop };
    let chunks = stream::unfold(reader, |mut reader| async {
        let bytes = reader.next().await?;
        Some((Ok::<_, io::Error>(bytes), reader))
    });
    life.stream();
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    if let Some(modified) = modified.and_then(|text| HeaderValue::try_from(text).ok()) {
        headers.insert(LAST_MODIFIED, modified);
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain;charset=utf-8"));
    response
}

/// A stream in progress.
struct Reader {
    /// Away on a helper thread while it reads.
    follow: Option<Box<Follow>>,
    follower: Follower,
    stop: StopSignal,
}

impl Reader {
    /// The next bytes; `None` when the plane ends or the reading failed for good.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.stop.is_requested() {
                return None;
            }
            // Asked for before the file is looked at, so that nothing can happen unnoticed between the two.
            let changed = self.follower.changed();
            let mut follow = self.follow.take()?;
            let (follow, bytes) = spawn_blocking(move || {
                let bytes = follow.next();
                (follow, bytes)
            })
            .await
            .ok()?;
            self.follow = Some(follow);
            match bytes {
                Ok(bytes) if bytes.is_empty() => {}
                Ok(bytes) => return Some(bytes.into()),
                Err(_) => return None,
            }
            tokio::select! {
                () = changed => {}
                () = self.stop.requested() => return None,
            }
        }
    }
}

/// A position in a log that rolls over, is cleared or is cut short now and then.
struct Follow {
    path: Arc<str>,
    file: File,
    identity: (u64, u64),
    offset: u64,
    /// When it was last written to, as HTTP writes it.
    modified: Option<String>,
}

impl Follow {
    /// Opens the log a little before its end.
    fn open(path: Arc<str>) -> io::Result<Self> {
        let (file, metadata) = logfile::open(&path)?;
        let modified = Timestamp::from_second(metadata.mtime())
            .ok()
            .and_then(|time| DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok());
        let offset = metadata.len().saturating_sub(FIRST_BYTES);
        Ok(Self { path, file, identity: identity(&metadata), offset, modified })
    }

    /// What is new, at most one chunk; empty if nothing is.
    fn next(&mut self) -> io::Result<Vec<u8>> {
        let size = self.file.metadata()?.len();
        if size < self.offset {
            self.offset = 0;
            return Ok(TRUNCATED.to_vec());
        }
        if size > self.offset {
            return self.read(size);
        }
        // The old file has been read to its end, so another one at its path may take its place.
        if self.changes_file() {
            let size = self.file.metadata()?.len();
            return self.read(size);
        }
        Ok(Vec::new())
    }

    fn read(&mut self, size: u64) -> io::Result<Vec<u8>> {
        let length = size.saturating_sub(self.offset).min(CHUNK_BYTES);
        let bytes = logfile::read_at(&mut self.file, self.offset, length)?;
        self.offset += bytes.len() as u64;
        Ok(bytes)
    }

    /// A log that was removed and not made again, or cannot be opened, is no change: the old file may yet grow.
    fn changes_file(&mut self) -> bool {
        let at_path = std::fs::metadata(&*self.path).ok().filter(|found| identity(found) != self.identity);
        let Some((file, metadata)) = at_path.and_then(|_| logfile::open(&self.path).ok()) else {
            return false;
        };
        self.file = file;
        self.identity = identity(&metadata);
        self.offset = 0;
        true
    }
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use super::*;

    struct Log {
        _directory: tempfile::TempDir,
        path: std::path::PathBuf,
        follow: Follow,
    }

    fn log(content: &[u8]) -> Log {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("a.log");
        fs::write(&path, content).expect("the log is written");
        let follow = Follow::open(path.to_str().expect("temporary paths are text").into());
        Log { _directory: directory, path, follow: follow.expect("the log is there") }
    }

    impl Log {
        fn append(&self, bytes: &[u8]) {
            let mut file = File::options().append(true).create(true).open(&self.path).expect("the log opens");
            file.write_all(bytes).expect("the log takes bytes");
        }

        #[track_caller]
        fn expect(&mut self, expect: &[u8]) {
            let bytes = self.follow.next().expect("the log can be read");
            assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(expect));
        }
    }

    #[test]
    fn begins_with_the_last_kilobyte_and_goes_on_with_what_is_added() {
        let content: Vec<u8> = (0..3000_u32).map(|number| b'a' + (number % 26) as u8).collect();
        let mut log = log(&content);
        log.expect(&content[3000 - 1024..]);
        log.expect(b"");
        log.append(b"more\n");
        log.expect(b"more\n");
    }

    #[test]
    fn much_news_comes_in_chunks() {
        let mut log = log(b"");
        log.append(&vec![b'x'; 100_000]);
        log.expect(&vec![b'x'; 65536]);
        log.expect(&vec![b'x'; 100_000 - 65536]);
        log.expect(b"");
    }

    #[test]
    fn a_roll_over_loses_nothing() {
        let mut log = log(b"one\n");
        log.expect(b"one\n");
        log.append(b"last of the old\n");
        fs::rename(&log.path, log.path.with_extension("1")).expect("the log is renamed");
        log.append(b"first of the new\n");
        log.expect(b"last of the old\n");
        log.expect(b"first of the new\n");
        log.expect(b"");
    }

    #[test]
    fn a_removed_log_is_kept_until_another_is_there() {
        let mut log = log(b"one\n");
        let mut old = File::options().append(true).open(&log.path).expect("the log opens");
        log.expect(b"one\n");
        fs::remove_file(&log.path).expect("the log is removed");
        log.expect(b"");
        old.write_all(b"two\n").expect("the removed file takes bytes");
        log.expect(b"two\n");
        log.append(b"new\n");
        log.expect(b"new\n");
    }

    #[test]
    fn a_truncated_log_says_so_and_starts_over() {
        let mut log = log(b"one\ntwo\n");
        log.expect(b"one\ntwo\n");
        File::create(&log.path).expect("the log is truncated");
        log.append(b"new\n");
        log.expect(TRUNCATED);
        log.expect(b"new\n");
    }

    #[test]
    fn only_ordinary_files_are_followed() {
        assert!(Follow::open("/dev/null".into()).is_err());
        assert!(Follow::open("/".into()).is_err());
        assert!(Follow::open("/no/such/file".into()).is_err());
    }
}

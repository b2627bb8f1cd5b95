//! Following a log file that rolls over, is cleared or is cut short now and then.
//!
//! Nobody polls. The log plane wakes followers when it has written, rolled over or cleared a log; then the file
//! tells what is new. Only as much is read as the client takes, so a slow reader costs one buffer, and what it
//! misses because a log rolled over twice meanwhile is gone for it as it is for everybody.

use std::fmt;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::backlog::Backlog;
use super::{StopSignal, logfile};
use crate::ports::{Follower, LogWatch};

/// What is read at once.
const CHUNK_BYTES: u64 = 64 << 10;
/// What people get at most of what they missed: about as many lines as their page keeps.
const NEAR_BYTES: u64 = 1 << 20;

/// What a follower comes upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Nothing new.
    Nothing,
    /// What was added.
    Bytes(Vec<u8>),
    /// The bytes before are no longer in the file; it goes on with its first.
    Truncated,
}

/// Where a follower is: in which file, and how many bytes from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    /// The inode. Two files of one log are on the same device.
    pub(super) file: u64,
    /// Bytes before it.
    pub(super) offset: u64,
}

impl Position {
    /// Before the first byte of a log that did not exist yet.
    const NOWHERE: Self = Self { file: 0, offset: 0 };
}

/// `FILE-OFFSET`, both hexadecimal.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}", self.file, self.offset)
    }
}

impl FromStr for Position {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (file, offset) = text.split_once('-').ok_or(())?;
        let number = |text| u64::from_str_radix(text, 16).map_err(drop);
        Ok(Self { file: number(file)?, offset: number(offset)? })
    }
}

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// A little before the end.
    Backlog(Backlog),
    /// At that byte; at the end, if there are fewer.
    Offset(u64),
    /// Where a follower was before.
    Resume(Position),
    /// The same for people, who would not read megabytes that they missed: from far behind it begins anew.
    ResumeNear(Position, Backlog),
}

/// What comes of waiting for the next piece.
#[derive(Debug)]
pub(super) enum Next {
    /// Something new.
    Piece(Piece),
    /// Nothing for so long.
    Silence,
    /// The plane ends, or the reading failed for good.
    End,
}

/// Somebody who follows a log.
pub(super) struct Reader {
    /// Away on a helper thread while it reads.
    source: Option<Box<Source>>,
    follower: Follower,
    stop: StopSignal,
}

impl Reader {
    /// Opens the log.
    ///
    /// # Errors
    ///
    /// The system's, also when there is no such file.
    pub(super) async fn open(
        path: Arc<str>,
        start: Start,
        watch: &Arc<LogWatch>,
        stop: StopSignal,
    ) -> io::Result<Self> {
        Self::of(move || Ok(Source::There(Follow::open(path, start)?)), watch, stop).await
    }

    /// The same, but a log that does not exist yet is waited for.
    ///
    /// # Errors
    ///
    /// The system's.
    pub(super) async fn await_log(
        path: Arc<str>,
        start: Start,
        watch: &Arc<LogWatch>,
        stop: StopSignal,
    ) -> io::Result<Self> {
        Self::of(move || Source::open(path, start), watch, stop).await
    }

    async fn of(
        open: impl FnOnce() -> io::Result<Source> + Send + 'static,
        watch: &Arc<LogWatch>,
        stop: StopSignal,
    ) -> io::Result<Self> {
        let follower = watch.follow();
        let opened = spawn_blocking(open).await;
        let source = opened.unwrap_or_else(|_| Err(io::Error::other("the reading failed")))?;
        Ok(Self { source: Some(Box::new(source)), follower, stop })
    }

    /// When the log was last written to before it was opened, as HTTP writes it.
    pub(super) fn modified(&self) -> Option<&str> {
        match self.source.as_deref()? {
            Source::There(follow) => follow.modified.as_deref(),
            Source::Awaited(_) => None,
        }
    }

    /// Where the next piece begins.
    pub(super) fn position(&self) -> Position {
        match self.source.as_deref() {
            Some(Source::There(follow)) => follow.position(),
            Some(Source::Awaited(_)) | None => Position::NOWHERE,
        }
    }

    /// Waits for the next piece, but no longer than `patience`.
    pub(super) async fn next(&mut self, patience: Duration) -> Next {
        loop {
            if self.stop.is_requested() {
                return Next::End;
            }
            // Asked for before the file is looked at, so that nothing can happen unnoticed between the two.
            let changed = self.follower.changed();
            let Some(mut source) = self.source.take() else { return Next::End };
            let read = spawn_blocking(move || {
                let piece = source.next();
                (source, piece)
            });
            let Ok((source, piece)) = read.await else { return Next::End };
            self.source = Some(source);
            match piece {
                Ok(Piece::Nothing) => {}
                Ok(piece) => return Next::Piece(piece),
                Err(_) => return Next::End,
            }
            tokio::select! {
                waited = timeout(patience, changed) => if waited.is_err() { return Next::Silence },
                () = self.stop.requested() => return Next::End,
            }
        }
    }
}

/// A log, or the wish for one.
enum Source {
    /// Nothing is at this path yet. Whatever it begins with is news.
    Awaited(Arc<str>),
    There(Follow),
}

impl Source {
    fn open(path: Arc<str>, start: Start) -> io::Result<Self> {
        match Follow::open(Arc::clone(&path), start) {
            Ok(follow) => Ok(Self::There(follow)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::Awaited(path)),
            Err(error) => Err(error),
        }
    }

    fn next(&mut self) -> io::Result<Piece> {
        if let Self::Awaited(path) = self {
            *self = Self::open(Arc::clone(path), Start::Offset(0))?;
        }
        match self {
            Self::There(follow) => follow.next(),
            Self::Awaited(_) => Ok(Piece::Nothing),
        }
    }
}

/// A position in a log.
struct Follow {
    path: Arc<str>,
    file: File,
    identity: (u64, u64),
    offset: u64,
    /// The reader was elsewhere and does not know yet.
    is_torn: bool,
    modified: Option<String>,
}

impl Follow {
    fn open(path: Arc<str>, start: Start) -> io::Result<Self> {
        let (mut file, metadata) = logfile::open(&path)?;
        let modified = Timestamp::from_second(metadata.mtime())
            .ok()
            .and_then(|time| DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok());
        let (size, inode) = (metadata.len(), metadata.ino());
        let (offset, is_torn) = match start {
            Start::Backlog(backlog) => (backlog.start(&mut file, size)?, false),
            Start::Offset(offset) => (offset.min(size), false),
            Start::Resume(position) | Start::ResumeNear(position, _) if position == Position::NOWHERE => {
                (0, false)
            }
            Start::Resume(Position { file, offset }) if file == inode && offset <= size => (offset, false),
            Start::ResumeNear(Position { file, offset }, _)
                if file == inode && offset <= size && size - offset <= NEAR_BYTES =>
            {
                (offset, false)
            }
            Start::Resume(_) => (0, true),
            Start::ResumeNear(_, backlog) => (backlog.start(&mut file, size)?, true),
        };
        Ok(Self { path, file, identity: identity(&metadata), offset, is_torn, modified })
    }

    fn position(&self) -> Position {
        Position { file: self.identity.1, offset: self.offset }
    }

    /// What is new, at most one chunk.
    fn next(&mut self) -> io::Result<Piece> {
        if std::mem::take(&mut self.is_torn) {
            return Ok(Piece::Truncated);
        }
        let size = self.file.metadata()?.len();
        if size < self.offset {
            self.offset = 0;
            return Ok(Piece::Truncated);
        }
        if size > self.offset {
            return self.read(size);
        }
        // The old file has been read to its end, so another one at its path may take its place.
        if self.changes_file() {
            let size = self.file.metadata()?.len();
            return self.read(size);
        }
        Ok(Piece::Nothing)
    }

    fn read(&mut self, size: u64) -> io::Result<Piece> {
        let length = size.saturating_sub(self.offset).min(CHUNK_BYTES);
        let bytes = logfile::read_at(&mut self.file, self.offset, length)?;
        self.offset += bytes.len() as u64;
        Ok(if bytes.is_empty() { Piece::Nothing } else { Piece::Bytes(bytes) })
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

    const USUAL: Start = Start::Backlog(Backlog::Usual);

    struct Log {
        _directory: tempfile::TempDir,
        path: std::path::PathBuf,
        follow: Follow,
    }

    fn log(content: &[u8]) -> Log {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("a.log");
        fs::write(&path, content).expect("the log is written");
        let follow = Follow::open(path.to_str().expect("temporary paths are text").into(), USUAL);
        Log { _directory: directory, path, follow: follow.expect("the log is there") }
    }

    impl Log {
        fn append(&self, bytes: &[u8]) {
            let mut file = File::options().append(true).create(true).open(&self.path).expect("the log opens");
            file.write_all(bytes).expect("the log takes bytes");
        }

        #[track_caller]
        fn expect(&mut self, expect: &[u8]) {
            let piece = self.follow.next().expect("the log can be read");
            let expect = if expect.is_empty() { Piece::Nothing } else { Piece::Bytes(expect.to_vec()) };
            assert_eq!(piece, expect);
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
        assert_eq!(log.follow.next().expect("the log can be read"), Piece::Truncated);
        log.expect(b"new\n");
    }

    #[test]
    fn only_ordinary_files_are_followed() {
        assert!(Follow::open("/dev/null".into(), USUAL).is_err());
        assert!(Follow::open("/".into(), USUAL).is_err());
        assert!(Follow::open("/no/such/file".into(), USUAL).is_err());
    }

    #[test]
    fn a_log_that_is_not_there_yet_is_waited_for() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("late.log");
        let text: Arc<str> = path.to_str().expect("temporary paths are text").into();
        let mut source = Source::open(Arc::clone(&text), USUAL).expect("it may come later");
        assert_eq!(source.next().expect("nobody complains"), Piece::Nothing);
        fs::write(&path, "x".repeat(5000)).expect("the log is written");
        assert_eq!(source.next().expect("it is there"), Piece::Bytes(vec![b'x'; 5000]), "all of it is news");
        let mut follow = Follow::open(text, Start::Resume(Position::NOWHERE)).expect("it is there");
        assert_eq!(follow.next().expect("it is there"), Piece::Bytes(vec![b'x'; 5000]));
    }

    #[test]
    fn people_do_not_get_megabytes_that_they_missed() {
        let log = log(b"");
        let path: Arc<str> = log.path.to_str().expect("temporary paths are text").into();
        let near = |position| {
            let start = Start::ResumeNear(position, Backlog::Lines(1));
            let mut follow = Follow::open(Arc::clone(&path), start).expect("it is there");
            follow.next().expect("the log can be read")
        };
        let begin = log.follow.position();
        log.append(b"one\n");
        assert_eq!(near(begin), Piece::Bytes(b"one\n".to_vec()));
        log.append(&b"another line\n".repeat(100_000));
        assert_eq!(near(begin), Piece::Truncated);
    }

    #[test]
    fn a_position_is_good_for_one_file() {
        let mut log = log(b"one\n");
        log.expect(b"one\n");
        let path: Arc<str> = log.path.to_str().expect("temporary paths are text").into();
        let resume = |position| {
            let mut follow = Follow::open(Arc::clone(&path), Start::Resume(position)).expect("it is there");
            follow.next().expect("the log can be read")
        };
        let position = log.follow.position();
        log.append(b"two\n");
        assert_eq!(resume(position), Piece::Bytes(b"two\n".to_vec()));
        assert_eq!(resume(Position { offset: 9, ..position }), Piece::Truncated);
        assert_eq!(resume(Position { file: position.file + 1, ..position }), Piece::Truncated);
        let mut follow = Follow::open(path, Start::Offset(6)).expect("it is there");
        assert_eq!(follow.next().expect("the log can be read"), Piece::Bytes(b"o\n".to_vec()));
    }
}

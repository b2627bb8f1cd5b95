//! Where a command's lines go.
//!
//! Lines are gathered and handed over when a command waits or ends, so that a table leaves in one piece. A
//! reader who goes away (`supervisorctl restart all | head -1`) must not stop half of the work: from then on
//! lines are dropped and the command goes on. Only what exists for its output alone, following a log, ends.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::BorrowedFd;

/// A stream for the user.
pub struct Output(State);

/// Whether anybody still reads.
enum State {
    Open(BufWriter<Box<dyn Write>>),
    Gone(io::Error),
}

impl Output {
    /// Writes to `sink`.
    #[must_use]
    pub fn new(sink: impl Write + 'static) -> Self {
        Self(State::Open(BufWriter::new(Box::new(sink))))
    }

    /// The process's standard output.
    #[must_use]
    pub fn stdout() -> Self {
        Self::copy_of(rustix::stdio::stdout())
    }

    /// The process's standard error.
    #[must_use]
    pub fn stderr() -> Self {
        Self::copy_of(rustix::stdio::stderr())
    }

    /// The standard library's own handles flush at every newline; a copy of the descriptor does not. It stays
    /// with us: a plug-in has the streams themselves.
    fn copy_of(descriptor: BorrowedFd<'_>) -> Self {
        match rustix::io::fcntl_dupfd_cloexec(descriptor, 0) {
            Ok(descriptor) => Self::new(File::from(descriptor)),
            // Closed before the program began: there is no reader.
            Err(error) => Self(State::Gone(error.into())),
        }
    }

    /// Prints one line.
    pub fn line(&mut self, line: impl fmt::Display) {
        self.apply(|sink| writeln!(sink, "{line}"));
    }

    /// Prints text as it is and hands it over at once; for prompts.
    pub fn text(&mut self, text: &str) {
        self.apply(|sink| sink.write_all(text.as_bytes()).and_then(|()| sink.flush()));
    }

    /// Passes bytes on at once.
    ///
    /// # Errors
    ///
    /// When nobody reads any more. A follower has no reason to go on then.
    pub fn stream(&mut self, bytes: &[u8]) -> Result<(), ReaderGone> {
        self.apply(|sink| sink.write_all(bytes).and_then(|()| sink.flush()));
        match self.0 {
            State::Open(_) => Ok(()),
            State::Gone(_) => Err(ReaderGone),
        }
    }

    /// Hands over what was gathered.
    pub fn flush(&mut self) {
        self.apply(Write::flush);
    }

    /// The reason lines were lost, unless it is that the reader left, which is the reader's own business.
    #[must_use]
    pub fn lost(&self) -> Option<&io::Error> {
        match &self.0 {
            State::Gone(error) if error.kind() != io::ErrorKind::BrokenPipe => Some(error),
            _ => None,
        }
    }

    fn apply(&mut self, write: impl FnOnce(&mut BufWriter<Box<dyn Write>>) -> io::Result<()>) {
        if let State::Open(sink) = &mut self.0
            && let Err(error) = write(sink)
        {
            self.0 = State::Gone(error);
        }
    }
}

/// Nobody reads the output any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderGone;

#[cfg(test)]
mod tests {
    use super::*;

    /// A sink whose reader leaves after the first write, for the reason given.
    struct Leaves(Option<io::ErrorKind>);

    impl Write for Leaves {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.map_or(Ok(bytes.len()), |kind| Err(kind.into()))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_left_is_no_error() {
        let mut output = Output::new(Leaves(Some(io::ErrorKind::BrokenPipe)));
        output.line("lost");
        output.flush();
        output.line("dropped");
        assert!(output.lost().is_none());
        assert_eq!(output.stream(b"more"), Err(ReaderGone));
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let mut output = Output::new(Leaves(Some(io::ErrorKind::StorageFull)));
        output.line("lost");
        output.flush();
        assert_eq!(output.lost().map(io::Error::kind), Some(io::ErrorKind::StorageFull));
    }

    #[test]
    fn a_reader_who_stays_gets_everything() {
        let mut output = Output::new(Leaves(None));
        assert_eq!(output.stream(b"bytes"), Ok(()));
        assert!(output.lost().is_none());
    }
}

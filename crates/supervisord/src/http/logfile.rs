//! Reading log files for clients. What blocks here runs on a helper thread.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use provost_core::status::ProcessId;
use provost_sys::links;
use rustix::fs::{Mode, OFlags};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::ports::{LogPort, ToLogs};

/// How long a reader waits for what is not written yet. A disk that hangs must not make clients hang.
const PATIENCE: Duration = Duration::from_millis(100);

/// Waits until the log has what the daemon has said, or what the process has written, before this was called.
pub(super) async fn caught_up(logs: &LogPort, process: Option<ProcessId>) {
    let (reply, answer) = oneshot::channel();
    logs.send(ToLogs::CatchUp { process, reply });
    let _what_is_there_will_do = timeout(PATIENCE, answer).await;
}

/// Opens a log for reading.
///
/// # Errors
///
/// Beside the system's own, [`io::ErrorKind::InvalidInput`] for what is no ordinary file: a log may go to
/// `/dev/stdout`, and reading that would take the terminal's input or wait for ever.
pub(super) fn open(path: &str) -> io::Result<(File, Metadata)> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = File::from(links::open_trusted(Path::new(path), flags, Mode::empty())?);
    let metadata = file.metadata()?;
    if metadata.is_file() {
        Ok((file, metadata))
    } else {
        Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not an ordinary file, which is all that can be read",
        ))
    }
}

/// Reads up to `length` bytes from `offset` on; fewer if the file ends there.
pub(super) fn read_at(file: &mut File, offset: u64, length: u64) -> io::Result<Vec<u8>> {
    let capacity = usize::try_from(length).map_err(|_| io::ErrorKind::OutOfMemory)?;
    let mut bytes = Vec::with_capacity(capacity);
    file.seek(SeekFrom::Start(offset))?;
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

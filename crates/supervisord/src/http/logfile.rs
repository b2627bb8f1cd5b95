//! Reading log files for clients. Everything here blocks, and therefore runs on a helper thread.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

use rustix::fs::OFlags;

/// Opens a log for reading.
///
/// # Errors
///
/// Beside the system's own, [`io::ErrorKind::InvalidInput`] for what is no ordinary file: a log may go to
/// `/dev/stdout`, and reading that would take the terminal's input or wait for ever.
pub(super) fn open(path: &str) -> io::Result<(File, Metadata)> {
    let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).expect("open flags fit the type open(2) takes");
    let file = OpenOptions::new().read(true).custom_flags(nonblocking).open(path)?;
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

//! Methods that read log files.

use std::io;
use std::sync::Arc;

use provost_core::output::Channel;
use provost_core::status::ProcessStatus;
use provost_wire::fault::{Fault, FaultCode};
use tokio::task::spawn_blocking;

use super::Order;
use super::answer::{Answer, Tail};
use crate::http::limits::MAX_LOG_BYTES;
use crate::http::logfile;

/// Whose log is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The activity log.
    Main,
    /// A channel of the process that the first argument names.
    Process(Channel),
}

/// `readLog`, `readProcess…Log`.
pub(super) async fn read(order: &Order, source: Source) -> Result<Answer, Fault> {
    let (path, process, first) = match source {
        Source::Main => (order.app.ports.main_log.clone(), None, 0),
        Source::Process(channel) => {
            let row = order.asked().process(order.args.text(0, "name")?).map(Arc::clone)?;
            (log_of(&row, channel).cloned(), Some(row.id), 1)
        }
    };
    let offset = order.args.bytes(first, "offset")?;
    let length = order.args.bytes(first + 1, "length")?;
    let path = path.ok_or_else(|| Fault::bare(FaultCode::NoFile))?;
    logfile::caught_up(&order.app.ports.logs, process).await;
    blocking(move || slice(&path, offset, length)).await.map(Answer::Slice)
}

/// `tailProcess…Log`.
pub(super) async fn tail(order: &Order, channel: Channel) -> Result<Answer, Fault> {
    let row = order.asked().process(order.args.text(0, "name")?).map(Arc::clone)?;
    let offset = order.args.bytes(1, "offset")?;
    let length = order.args.bytes(2, "length")?;
    let Some(path) = log_of(&row, channel).cloned() else {
        return Ok(Answer::Tail(Tail::default()));
    };
    logfile::caught_up(&order.app.ports.logs, Some(row.id)).await;
    blocking(move || end(&path, offset, length)).await.map(Answer::Tail)
}

fn log_of(row: &ProcessStatus, channel: Channel) -> Option<&Arc<str>> {
    match channel {
        Channel::Stdout => row.stdout_logfile.as_ref(),
        Channel::Stderr => row.stderr_logfile.as_ref(),
    }
}

/// Runs `work` on a helper thread.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    spawn_blocking(work).await.unwrap_or_else(|_| Err(Fault::bare(FaultCode::Failed)))
}

fn slice(path: &str, offset: i64, length: i64) -> Result<Vec<u8>, Fault> {
    let (mut file, metadata) = logfile::open(path).map_err(|error| trouble(path, &error))?;
    let (start, count) =
        slice_of(metadata.len(), offset, length).ok_or_else(|| Fault::bare(FaultCode::BadArguments))?;
    limited(count)?;
    logfile::read_at(&mut file, start, count).map_err(|error| trouble(path, &error))
}

fn end(path: &str, offset: i64, length: i64) -> Result<Tail, Fault> {
    let (mut file, metadata) = match logfile::open(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Tail::default()),
        Err(_) => return Ok(Tail { offset, ..Tail::default() }),
    };
    let size = metadata.len();
    let (start, count, overflow) = end_of(size, offset, length);
    limited(count)?;
    match logfile::read_at(&mut file, start, count) {
        Ok(data) => Ok(Tail { data, offset: i64::try_from(size).unwrap_or(i64::MAX), overflow }),
        Err(_) => Ok(Tail { offset, ..Tail::default() }),
    }
}

fn limited(count: u64) -> Result<(), Fault> {
    if count <= MAX_LOG_BYTES {
        return Ok(());
    }
    let detail = format!("{count} bytes are too much for one answer; read at most {MAX_LOG_BYTES} at a time");
    Err(Fault::with_detail(FaultCode::Failed, detail))
}

fn trouble(path: &str, error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::NotFound => Fault::with_detail(FaultCode::NoFile, path),
        _ => Fault::with_detail(FaultCode::Failed, format_args!("cannot read {path}: {error}")),
    }
}

/// First byte and number of bytes of a slice; `None` if the arguments contradict each other.
fn slice_of(size: u64, offset: i64, length: i64) -> Option<(u64, u64)> {
    let Ok(start) = u64::try_from(offset) else {
        let count = offset.unsigned_abs().min(size);
        return (length == 0).then_some((size - count, count));
    };
    let rest = size.saturating_sub(start);
    match u64::try_from(length).ok()? {
        0 => Some((start, rest)),
        length => Some((start, length.min(rest))),
    }
}

/// First byte, number of bytes and overflow of the end of a log, by the reference's rules: whenever less than
/// everything was asked for, it is the last `length` bytes, wherever `offset` is.
fn end_of(size: u64, offset: i64, length: i64) -> (u64, u64, bool) {
    let size = i64::try_from(size).unwrap_or(i64::MAX);
    let (mut start, mut count) = (offset, length);
    let overflow = size > start.saturating_add(count);
    if overflow {
        start = size - 1;
    }
    if start.saturating_add(count) > size {
        if start > size - 1 {
            count = 0;
        }
        start = size.saturating_sub(count);
    }
    let (start, count) = (start.max(0), count.max(0));
    (start.unsigned_abs(), count.min(size.saturating_sub(start)).max(0).unsigned_abs(), overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &[u8] = b"line one\nline two\nx";

    #[track_caller]
    fn check_slice(offset: i64, length: i64, expect: Option<&[u8]>) {
        let found = slice_of(LOG.len() as u64, offset, length);
        let bytes = found.map(|(start, count)| {
            let start = usize::try_from(start).expect("a case is small").min(LOG.len());
            &LOG[start..][..usize::try_from(count).expect("a case is small")]
        });
        assert_eq!(bytes, expect, "({offset},{length})");
    }

    #[test]
    fn slices_are_the_references() {
        check_slice(0, 0, Some(LOG));
        check_slice(5, 0, Some(&LOG[5..]));
        check_slice(19, 0, Some(b""));
        check_slice(1000, 0, Some(b""));
        check_slice(0, 4, Some(b"line"));
        check_slice(5, 3, Some(b"one"));
        check_slice(17, 100, Some(&LOG[17..]));
        check_slice(1000, 5, Some(b""));
        check_slice(-4, 0, Some(&LOG[15..]));
        check_slice(-1000, 0, Some(LOG));
        check_slice(i64::MIN, 0, Some(LOG));
        check_slice(i64::MAX, i64::MAX, Some(b""));
        check_slice(0, -1, None);
        check_slice(-4, 2, None);
        check_slice(-4, -2, None);
    }

    #[track_caller]
    fn check_end(offset: i64, length: i64, last: usize, overflow: bool) {
        let (start, count, found) = end_of(LOG.len() as u64, offset, length);
        assert_eq!((count, found), (last as u64, overflow), "({offset},{length})");
        if count > 0 {
            assert_eq!(start + count, LOG.len() as u64, "({offset},{length})");
        }
    }

    /// The table was recorded from the reference with a log of 19 bytes.
    #[test]
    fn ends_are_the_references() {
        check_end(0, 0, 0, true);
        check_end(0, 5, 5, true);
        check_end(0, 18, 18, true);
        check_end(0, 19, 19, false);
        check_end(0, 20, 19, false);
        check_end(0, 1000, 19, false);
        check_end(18, 5, 5, false);
        check_end(19, 5, 0, false);
        check_end(20, 5, 0, false);
        check_end(1000, 5, 0, false);
        check_end(-4, 2, 2, true);
        check_end(0, -1, 0, true);
        check_end(-4, 0, 0, true);
        check_end(i64::MAX, i64::MAX, 0, false);
        check_end(i64::MIN, i64::MIN, 0, true);
        assert_eq!(end_of(0, 0, 0), (0, 0, false));
        assert_eq!(end_of(0, 0, 100), (0, 0, false));
        assert_eq!(end_of(0, -5, 0), (0, 0, true));
    }
}

//! `status --watch`: one reading after the other, with what happened in between.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::{Depth, NOT_OFFERED, Selection, Wish, complain_of_missing, detailed_rows, plain_rows, select};
use crate::answer::{Answer, Row};
use crate::failure::Failure;
use crate::session::Session;

/// Shows readings until Ctrl-C, which is the usual way out and no failure, or until nobody reads them.
pub(super) fn watch(session: &mut Session, wish: &Wish<'_>, interval: Duration) -> Result<(), Failure> {
    match show_readings(session, wish, interval) {
        Err(Failure::Interrupted) => {
            session.say("");
            Ok(())
        }
        outcome => outcome,
    }
}

fn show_readings(session: &mut Session, wish: &Wish<'_>, interval: Duration) -> Result<(), Failure> {
    // From here on Ctrl-C is watched.
    pause(session, Duration::ZERO)?;
    let mut offers = Offers::Unasked;
    let mut before = Loads::default();
    loop {
        // Between two readings the server may have started over, or given up a connection that was silent for long.
        session.remote().transport().hang_up();
        let all = read(session, &mut offers)?;
        let Selection { mut shown, missing } = select(all, &wish.names);
        if before.is_first() {
            complain_of_missing(session, missing);
        }
        before = before.compare(&mut shown, session.pacer().map_or_else(Instant::now, |pacer| pacer.now()));
        let answer = match wish.depth {
            Depth::Line => Answer::Load(&shown),
            Depth::Details => Answer::Details(&shown),
        };
        let nobody_reads = session.show_reading(&answer).is_err();
        if nobody_reads || session.pacer().is_none() {
            return Ok(());
        }
        pause(session, interval)?;
    }
}

fn pause(session: &Session, duration: Duration) -> Result<(), Failure> {
    session.pacer().map_or(Ok(()), |pacer| pacer.pause(duration))
}

/// Whether the server tells details.
enum Offers {
    Unasked,
    Details,
    Nothing,
}

/// One reading. A server that does not tell details is asked for them once.
fn read(session: &mut Session, offers: &mut Offers) -> Result<Vec<Row>, Failure> {
    if !matches!(offers, Offers::Nothing) {
        if let Some(rows) = detailed_rows(session)? {
            *offers = Offers::Details;
            return Ok(rows);
        }
        if matches!(offers, Offers::Unasked) {
            session.warn(NOT_OFFERED);
        }
        *offers = Offers::Nothing;
    }
    plain_rows(session)
}

/// Processor time of each child at the reading before.
#[derive(Default)]
struct Loads {
    taken: Option<Instant>,
    /// By pid, because another child begins from nothing.
    seconds: HashMap<i64, f64>,
}

impl Loads {
    fn is_first(&self) -> bool {
        self.taken.is_none()
    }

    /// Fills in what each process used since, and gives what to compare the next reading with.
    fn compare(&self, rows: &mut [Row], now: Instant) -> Self {
        let elapsed = self.taken.map(|taken| now.duration_since(taken).as_secs_f64());
        let mut seconds = HashMap::new();
        for row in rows {
            let Some(details) = &row.details else { continue };
            let before = self.seconds.get(&row.info.pid);
            if let (Some(before), Some(elapsed)) = (before, elapsed.filter(|elapsed| *elapsed > 0.0)) {
                // A tree that lost a process has used less than before.
                row.cpu_percent = Some((details.cpu - before).max(0.0) / elapsed * 100.0);
            }
            if row.info.pid != 0 {
                seconds.insert(row.info.pid, details.cpu);
            }
        }
        Self { taken: Some(now), seconds }
    }
}

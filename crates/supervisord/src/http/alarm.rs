//! What the log hears of wrong passwords: a line for each, and never so many that they fill it.
//!
//! Owns the count of the lines of late, and nothing else: who is barred is decided in [`mistakes`](super::mistakes), and
//! the log is written by whoever asks here.

use std::time::Duration;

use tokio::time::Instant;

use super::mistakes::Caller;

/// Lines in [`PERIOD`]: whoever guesses from many addresses must not fill the log.
const MAX_LINES: u32 = 20;
const PERIOD: Duration = Duration::from_secs(60);
/// Characters of a user's name in a line.
const MAX_NAME: usize = 64;

/// See the [module](self).
#[derive(Default)]
pub(super) struct Alarm {
    since: Option<Instant>,
    lines: u32,
}

impl Alarm {
    /// The line about a wrong password, unless there were enough of them.
    pub(super) fn line(&mut self, caller: Caller, user: &str, now: Instant) -> Option<String> {
        if self.since.is_none_or(|since| now.saturating_duration_since(since) >= PERIOD) {
            *self = Self { since: Some(now), lines: 0 };
        }
        self.lines = self.lines.saturating_add(1);
        let more = match self.lines {
            ..MAX_LINES => "",
            MAX_LINES => "; for a minute no more of these are told",
            _ => return None,
        };
        let name: String = user.chars().take(MAX_NAME).collect();
        Some(format!("HTTP: wrong name or password for user {name:?} from {caller}{more}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_hears_of_mistakes_and_is_not_filled_with_them() {
        let (mut alarm, now) = (Alarm::default(), Instant::now());
        let mut line =
            |user: &str, after| alarm.line(Caller::User(1), user, now + Duration::from_secs(after));
        let expect = |name: &str| Some(format!("HTTP: wrong name or password for user {name} from uid 1"));
        assert_eq!(line("ann", 0), expect("\"ann\""));
        assert_eq!(line("a\n\"b", 0), expect("\"a\\n\\\"b\""));
        assert_eq!(line(&"ü".repeat(1000), 0), expect(&format!("\"{}\"", "ü".repeat(64))));
        let lines: Vec<_> = (0..1000).filter_map(|_| line("x", 59)).collect();
        assert_eq!(lines.len(), 17);
        assert!(lines.last().expect("one").ends_with("; for a minute no more of these are told"));
        assert_eq!(line("x", 60), expect("\"x\""));
    }
}

//! How far the reader of a stream has come, as a short text that it brings back after a break.

use std::fmt;

use crate::feed::Feed;
use crate::http::follow::Position;

/// A number of the feed that is good for one life of the daemon: `LIFE-NUMBER`, both hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct EventId {
    life: i64,
    number: u64,
}

impl EventId {
    /// The latest event that there is. What is looked at after asking for it is at least as new.
    pub(in crate::http) fn latest(feed: &Feed) -> Self {
        Self { life: feed.born().0, number: feed.latest() }
    }

    /// Its number in that life.
    pub(super) fn number(self) -> u64 {
        self.number
    }

    /// Whether both are of one life.
    pub(super) fn is_of_life(self, other: &Self) -> bool {
        self.life == other.life
    }

    /// That of another event of the same life.
    pub(super) fn with_number(self, number: u64) -> Self {
        Self { number, ..self }
    }

    fn parse(text: &str) -> Option<Self> {
        let (life, number) = text.split_once('-')?;
        Some(Self {
            life: i64::from_str_radix(life, 16).ok()?,
            number: u64::from_str_radix(number, 16).ok()?,
        })
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{:x}", self.life, self.number)
    }
}

/// How far a reader has come: `EVENT` or, if it follows a log as well, `EVENT.POSITION`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bookmark {
    pub(super) event: EventId,
    pub(super) log: Option<Position>,
}

impl Bookmark {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (event, log) = match text.split_once('.') {
            Some((event, log)) => (event, Some(log.parse().ok()?)),
            None => (text, None),
        };
        Some(Self { event: EventId::parse(event)?, log })
    }
}

impl fmt::Display for Bookmark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.fmt(f)?;
        self.log.map_or(Ok(()), |log| write!(f, ".{log}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_the_life_they_are_good_for() {
        let id = EventId { life: 0x5f, number: 26 };
        assert_eq!(id.to_string(), "5f-1a");
        assert_eq!(EventId::parse("5f-1a"), Some(id));
        for wrong in ["", "5f", "5f-", "-1a", "x-1", "5f-1a-2"] {
            assert_eq!(EventId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn bookmarks_tell_of_both() {
        let event = EventId { life: 0x5f, number: 26 };
        for (text, log) in [("5f-1a", None), ("5f-1a.7-10", Some("7-10".parse().expect("a position")))] {
            let bookmark = Bookmark { event, log };
            assert_eq!((Bookmark::parse(text), bookmark.to_string().as_str()), (Some(bookmark), text));
        }
        for wrong in ["", ".", "5f-1a.", ".7-10", "5f-1a.7", "5f.7-10"] {
            assert_eq!(Bookmark::parse(wrong), None, "{wrong}");
        }
    }
}

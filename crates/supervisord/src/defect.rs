//! Surviving defects: a panic costs what was in hand, never the daemon.
//!
//! Each plane guards its turns with [`survived`] and decides itself what it says and how it goes on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does a piece of work, or gives what its panic said. State that the work has changed stays as it was left.
pub(crate) fn survived<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| reason(&*panic).to_owned())
}

/// What a panic says.
fn reason(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason given")
}

#[cfg(test)]
mod tests {
    use super::survived;

    #[test]
    fn panics_of_every_kind_have_a_reason() {
        assert_eq!(survived(|| 1), Ok(1));
        assert_eq!(survived(|| panic!("plain")), Err::<(), _>("plain".into()));
        assert_eq!(survived(|| panic!("{} words", 2)), Err::<(), _>("2 words".into()));
        assert_eq!(survived(|| std::panic::panic_any(7)), Err::<(), _>("no reason given".into()));
    }
}

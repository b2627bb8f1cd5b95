//! What the compiler's companions have to say.

use crate::chore::{Failure, cargo, succeed};

/// What to do when one of them cannot be started.
const REMEDY: &str = "install it with rustup: rustfmt and clippy are components";

/// Fails at the first that finds something.
pub(crate) fn run() -> Result<(), Failure> {
    succeed(cargo().args(["fmt", "--all", "--check"]), REMEDY)?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny", "warnings"];
    succeed(cargo().args(clippy), REMEDY)?;
    // On a stable compiler they cannot run, but they must not go stale.
    succeed(cargo().args(["check", "--quiet", "--manifest-path", "fuzz/Cargo.toml"]), REMEDY)
}

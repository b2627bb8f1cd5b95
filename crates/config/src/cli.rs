//! The command lines of `supervisord` and `supervisorctl`, read as the reference's `getopt` reads them.
//!
//! Two tables and one scanner: bundled short options, long options by any unique prefix, `--opt=v` and `--opt v`,
//! an end at `--` or the first word that is no option. The help texts are printed from the tables. What is ours
//! alone never makes a prefix ambiguous that the reference understands.

mod ctl;
mod scan;
mod supervisord;

pub use ctl::{CtlCommand, CtlInvocation, ctl_help, ctl_options, supervisorctl};
pub use scan::{OptionHelp, UsageError};
pub use supervisord::{
    Command, DumpOptions, Invocation, Mode, Overrides, supervisord, supervisord_help, supervisord_options,
};

//! Exit codes: what a one-shot command tells the shell that started it.
//!
//! The numbers follow the LSB conventions for init scripts, as the reference does, and monitoring depends on
//! them. Two of them have two meanings, so each meaning is a variant of its own and the number comes last.

use provost_wire::fault::FaultCode;

/// How a command line ended. A later outcome overwrites an earlier one, but success never resets a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Exit {
    /// All went well, or there was nothing to do.
    #[default]
    Success,
    /// A fault or error that has no number of its own.
    Failure,
    /// `start` without a name, or of a group that does not exist; also every option and configuration error.
    BadArguments,
    /// `status` showed a process that is stopped, exited, fatal or unknown.
    NotAllRunning,
    /// The server answers, but without the `supervisor` namespace.
    NamespaceMissing,
    /// `status` was asked for an unknown name, or could not ask at all.
    StatusUnknown,
    /// Nobody listens at the server's address.
    ConnectionRefused,
    /// The server speaks another version of the interface.
    VersionMismatch,
    /// The socket does not exist, or the process concerned does not run.
    NotRunning,
    /// What the program said that provides a command.
    Foreign(u8),
}

/// What each number says, for manuals; what a program says that provides a command is its own business.
pub const MEANINGS: [(u8, &str); 7] = [
    (0, "All went well, or there was nothing to do."),
    (
        1,
        "A name is unknown, or something else went wrong that has no number of its own; so after each line that begins with `error:`, and with `add`, `avail`, `reload`, `remove`, `reread`, `shutdown` and `update` when no daemon answers.",
    ),
    (
        2,
        "`start` got no name or an unknown group; or there is a mistake in the options or the configuration file.",
    ),
    (
        3,
        "`status` showed a process that is STOPPED, EXITED, FATAL or UNKNOWN; or the daemon has no `supervisor` namespace.",
    ),
    (
        4,
        "`status` was asked for an unknown name, or could not ask; with other commands (but those under 1): nobody listens.",
    ),
    (5, "The daemon speaks another version of the interface."),
    (
        7,
        "The process does not run, or could not be started; or the socket does not exist (but for `status`, and those under 1).",
    ),
];

impl Exit {
    /// The number for the operating system.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failure => 1,
            Self::BadArguments => 2,
            Self::NotAllRunning | Self::NamespaceMissing => 3,
            Self::StatusUnknown | Self::ConnectionRefused => 4,
            Self::VersionMismatch => 5,
            Self::NotRunning => 7,
            Self::Foreign(code) => code,
        }
    }

    /// What the status of one process in a result means for the exit code. `tolerated` is the fault that says
    /// that the wish was fulfilled before it was uttered, such as `ALREADY_STARTED` for `start`.
    #[must_use]
    pub fn of_status(status: i32, tolerated: Option<FaultCode>) -> Self {
        match FaultCode::from_number(status) {
            Some(FaultCode::Success) => Self::Success,
            Some(code) if Some(code) == tolerated => Self::Success,
            Some(FaultCode::SpawnError | FaultCode::AbnormalTermination | FaultCode::NotRunning) => {
                Self::NotRunning
            }
            _ => Self::Failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_reference() {
        let check = |exit: Exit, number: u8| {
            assert_eq!(exit.code(), number, "{exit:?}");
            assert!(MEANINGS.iter().any(|(told, _)| *told == number), "{number} has no meaning");
        };
        check(Exit::Success, 0);
        check(Exit::Failure, 1);
        check(Exit::BadArguments, 2);
        check(Exit::NotAllRunning, 3);
        check(Exit::NamespaceMissing, 3);
        check(Exit::StatusUnknown, 4);
        check(Exit::ConnectionRefused, 4);
        check(Exit::VersionMismatch, 5);
        check(Exit::NotRunning, 7);
    }

    #[test]
    fn statuses_map_to_exits() {
        let check = |status: i32, tolerated: Option<FaultCode>, expect: Exit| {
            assert_eq!(Exit::of_status(status, tolerated), expect, "{status} tolerating {tolerated:?}");
        };
        check(80, None, Exit::Success);
        check(60, Some(FaultCode::AlreadyStarted), Exit::Success);
        check(60, None, Exit::Failure);
        check(70, Some(FaultCode::NotRunning), Exit::Success);
        check(70, None, Exit::NotRunning);
        check(50, Some(FaultCode::AlreadyStarted), Exit::NotRunning);
        check(40, Some(FaultCode::AlreadyStarted), Exit::NotRunning);
        for generic in [1, 2, 6, 10, 11, 20, 21, 30, 90, 91, 92, 12345] {
            check(generic, Some(FaultCode::AlreadyStarted), Exit::Failure);
        }
    }
}

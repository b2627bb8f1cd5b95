//! Faults: how a call says no.
//!
//! The numbers and names are an interface that clients compare, so they stand in one table, and both ends
//! use it: the daemon to answer, `supervisorctl` to understand. Which call answers which fault is decided
//! elsewhere.

use std::fmt;

use crate::xmlrpc::Value;

/// One line per fault: variant, number, public name, meaning.
macro_rules! fault_codes {
    ($($variant:ident = $number:literal, $name:literal, $meaning:literal;)*) => {
        /// The faults the interface defines. Number 5 was never given out.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum FaultCode {
            $(#[doc = $meaning] $variant = $number,)*
        }

        impl FaultCode {
            /// Every code, in ascending order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The public name, the way it opens a fault string.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

fault_codes! {
    UnknownMethod = 1, "UNKNOWN_METHOD", "No such method.";
    IncorrectParameters = 2, "INCORRECT_PARAMETERS", "Wrong number or type of arguments.";
    BadArguments = 3, "BAD_ARGUMENTS", "Arguments that contradict each other, such as a negative length.";
    SignatureUnsupported = 4, "SIGNATURE_UNSUPPORTED", "No signature or help is known for the method.";
    ShutdownState = 6, "SHUTDOWN_STATE", "The daemon is stopping or restarting.";
    BadName = 10, "BAD_NAME", "No such process or group.";
    BadSignal = 11, "BAD_SIGNAL", "No such signal.";
    NoFile = 20, "NO_FILE", "A command or log file does not exist.";
    NotExecutable = 21, "NOT_EXECUTABLE", "The command cannot be executed.";
    Failed = 30, "FAILED", "The operation failed for the reason in the detail.";
    AbnormalTermination = 40, "ABNORMAL_TERMINATION", "The process ended while its start was awaited.";
    SpawnError = 50, "SPAWN_ERROR", "The child could not be created or died at once.";
    AlreadyStarted = 60, "ALREADY_STARTED", "The process is running already.";
    NotRunning = 70, "NOT_RUNNING", "The process is not running.";
    Success = 80, "SUCCESS", "Not a fault: the status of a successful entry in a bulk result.";
    AlreadyAdded = 90, "ALREADY_ADDED", "The group is active already.";
    StillRunning = 91, "STILL_RUNNING", "The group has processes that run.";
    CantReread = 92, "CANT_REREAD", "The configuration could not be read again.";
}

impl FaultCode {
    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The code with this number, if the interface defines one.
    #[must_use]
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }
}

/// What the description of a bulk entry says when all went well; its status is [`FaultCode::Success`].
pub const BULK_OK: &str = "OK";

/// What stands in a fault string in place of a name for a number the table lacks. Only extensions send such.
const UNLISTED: &str = "UNKNOWN";

/// A fault as it travels. `Display` prints the fault string.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{string}")]
pub struct Fault {
    /// `faultCode`; a number outside the table is possible in what a server sends.
    pub code: i32,
    /// `faultString`: the name of the code, alone or as `NAME: detail`.
    pub string: String,
}

impl Fault {
    /// A fault that is its name and nothing else.
    #[must_use]
    pub fn bare(code: FaultCode) -> Self {
        Self { code: code.number(), string: code.name().to_owned() }
    }

    /// `NAME: detail`.
    #[must_use]
    pub fn with_detail(code: FaultCode, detail: impl fmt::Display) -> Self {
        Self { code: code.number(), string: format!("{}: {detail}", code.name()) }
    }

    /// A fault with any number, as an extension may choose one. Listed numbers get their name, others
    /// `UNKNOWN`.
    #[must_use]
    pub fn numbered(number: i32, detail: Option<&str>) -> Self {
        let name = FaultCode::from_number(number).map_or(UNLISTED, FaultCode::name);
        let string = detail.map_or_else(|| name.to_owned(), |detail| format!("{name}: {detail}"));
        Self { code: number, string }
    }

    /// The method does not exist, or is none that may be called.
    #[must_use]
    pub fn unknown_method() -> Self {
        Self::bare(FaultCode::UnknownMethod)
    }

    /// Wrong number of arguments. For a wrong type say which one with [`Fault::with_detail`].
    #[must_use]
    pub fn incorrect_parameters() -> Self {
        Self::bare(FaultCode::IncorrectParameters)
    }

    /// The daemon no longer takes calls.
    #[must_use]
    pub fn shutdown_state() -> Self {
        Self::bare(FaultCode::ShutdownState)
    }

    /// Nothing bears this name. `name` is repeated exactly as the caller gave it.
    #[must_use]
    pub fn bad_name(name: &str) -> Self {
        Self::with_detail(FaultCode::BadName, name)
    }

    /// No such signal; `signal` is repeated exactly as the caller gave it.
    #[must_use]
    pub fn bad_signal(signal: &str) -> Self {
        Self::with_detail(FaultCode::BadSignal, signal)
    }

    /// The process called `name` runs already.
    #[must_use]
    pub fn already_started(name: &str) -> Self {
        Self::with_detail(FaultCode::AlreadyStarted, name)
    }

    /// The process called `name` does not run.
    #[must_use]
    pub fn not_running(name: &str) -> Self {
        Self::with_detail(FaultCode::NotRunning, name)
    }

    /// The table's entry for this fault, if it has one.
    #[must_use]
    pub fn known(&self) -> Option<FaultCode> {
        FaultCode::from_number(self.code)
    }

    /// What follows the name, if anything does: `zz` in `BAD_NAME: zz`.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.string.split_once(": ").map(|(_name, detail)| detail)
    }

    /// Recognises the struct form `{faultCode, faultString}`, which is how a fault stands inside the result
    /// of `system.multicall`.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        let code = value.get(FAULT_CODE)?.as_int()?;
        let string = value.get(FAULT_STRING)?.as_str()?.to_owned();
        let bound = if code < 0 { i32::MIN } else { i32::MAX };
        Some(Self { code: i32::try_from(code).unwrap_or(bound), string })
    }
}

/// Key of the number in the struct form.
pub(crate) const FAULT_CODE: &str = "faultCode";
/// Key of the text in the struct form.
pub(crate) const FAULT_STRING: &str = "faultString";

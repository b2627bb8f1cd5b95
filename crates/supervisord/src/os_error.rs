//! Errors of the system as the core keeps them: the planes that meet an error add the words, which the core, having
//! no system, cannot ask for.

use std::io;

use provost_core::failure::SystemError;

/// That error number, with its symbol and text.
pub(crate) fn of_number(number: i32) -> SystemError {
    SystemError {
        number,
        symbol: provost_sys::errno_name(number),
        text: provost_sys::strerror(number).into(),
    }
}

/// That error; one that does not come from the system has the number 0 and its own text.
pub(crate) fn of_io(error: &io::Error) -> SystemError {
    match error.raw_os_error() {
        Some(number) => of_number(number),
        None => SystemError { number: 0, symbol: "EUNKNOWN", text: error.to_string().into() },
    }
}

//! Errors of the system as the core keeps them: the planes that meet an error add the words, which the core, having
//! no system, cannot ask for.

use std::io;

use provost_core::failure::SystemError;
use provost_sys::links::ForeignLink;
use rustix::io::Errno;

/// That error number, with its symbol and text.
pub(crate) fn of_number(number: i32) -> SystemError {
    SystemError {
        number,
        symbol: provost_sys::errno_name(number),
        text: provost_sys::strerror(number).into(),
    }
}

/// That error; one that does not come from the system has the number 0 and its own text, but for a link that is not
/// followed: it has the number by which the system would refuse it.
pub(crate) fn of_io(error: &io::Error) -> SystemError {
    let is_foreign_link = error.get_ref().is_some_and(|reason| reason.is::<ForeignLink>());
    match error.raw_os_error() {
        Some(number) => of_number(number),
        None if is_foreign_link => {
            SystemError { text: error.to_string().into(), ..of_number(Errno::LOOP.raw_os_error()) }
        }
        None => SystemError { number: 0, symbol: "EUNKNOWN", text: error.to_string().into() },
    }
}

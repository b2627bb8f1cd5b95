//! System error numbers: their symbols and their texts.
//!
//! Symbols (`ENOENT`) stand in messages that the reference shows to users and that tools parse. The table is
//! a `match`, so that a lookup allocates nothing and may be used between fork and exec.

use std::fmt;

/// A system error number.
///
/// Shown with `{}` it is the C library's text (`No such file or directory`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Errno(i32);

impl Errno {
    /// Wraps a raw error number.
    pub const fn new(raw: i32) -> Self {
        Self(raw)
    }

    /// The raw number, comparable with `libc`'s constants.
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// The symbol, see [`errno_name`].
    pub fn name(self) -> &'static str {
        errno_name(self.0)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&strerror(self.0))
    }
}

impl std::error::Error for Errno {}

impl From<rustix::io::Errno> for Errno {
    fn from(errno: rustix::io::Errno) -> Self {
        Self(errno.raw_os_error())
    }
}

impl From<nix::errno::Errno> for Errno {
    fn from(errno: nix::errno::Errno) -> Self {
        Self(errno as i32)
    }
}

impl From<Errno> for std::io::Error {
    fn from(errno: Errno) -> Self {
        Self::from_raw_os_error(errno.0)
    }
}

/// The symbol of an error number (`ENOENT`), `EUNKNOWN` for a number that has none.
///
/// Where one number has two symbols, the one the reference prints: `EAGAIN`, `EDEADLOCK`, `ENOTSUP`.
pub fn errno_name(number: i32) -> &'static str {
    known_name(number).unwrap_or("EUNKNOWN")
}

/// The C library's text for an error number, e.g. `No such file or directory`.
pub fn strerror(number: i32) -> String {
    let text = std::io::Error::from_raw_os_error(number).to_string();
    // The standard library appends the number, which no message of ours wants.
    match text.rfind(" (os error ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

macro_rules! symbols {
    ($number:expr; $($symbol:ident)*) => {
        match $number {
            $(libc::$symbol => Some(stringify!($symbol)),)*
            _ => None,
        }
    };
}

/// The symbol, if the number has one.
pub(crate) fn known_name(number: i32) -> Option<&'static str> {
    if cfg!(target_os = "linux") && number == libc::EDEADLK {
        return Some("EDEADLOCK");
    }
    posix_name(number).or_else(|| system_name(number))
}

fn posix_name(number: i32) -> Option<&'static str> {
    symbols! { number;
        EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT ENOTBLK
        EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG ENOSPC ESPIPE
        EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP ENOMSG EIDRM
        EREMOTE EPROTO EBADMSG EOVERFLOW EILSEQ EUSERS ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT
        EPROTONOSUPPORT ESOCKTNOSUPPORT ENOTSUP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN
        ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN ETOOMANYREFS
        ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY EINPROGRESS ESTALE EDQUOT ECANCELED
        EOWNERDEAD ENOTRECOVERABLE
    }
}

#[cfg(target_os = "linux")]
fn system_name(number: i32) -> Option<&'static str> {
    symbols! { number;
        ECHRNG EL2NSYNC EL3HLT EL3RST ELNRNG EUNATCH ENOCSI EL2HLT EBADE EBADR EXFULL ENOANO EBADRQC EBADSLT
        EBFONT ENOSTR ENODATA ETIME ENOSR ENONET ENOPKG ENOLINK EADV ESRMNT ECOMM EMULTIHOP EDOTDOT ENOTUNIQ
        EBADFD EREMCHG ELIBACC ELIBBAD ELIBSCN ELIBMAX ELIBEXEC ERESTART ESTRPIPE EUCLEAN ENOTNAM ENAVAIL
        EISNAM EREMOTEIO ENOMEDIUM EMEDIUMTYPE ENOKEY EKEYEXPIRED EKEYREVOKED EKEYREJECTED ERFKILL EHWPOISON
    }
}

#[cfg(not(target_os = "linux"))]
fn system_name(_number: i32) -> Option<&'static str> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(number: i32, name: &str, text: &str) {
        assert_eq!((errno_name(number), strerror(number).as_str()), (name, text), "{number}");
    }

    #[test]
    fn names_and_texts() {
        check(libc::ENOENT, "ENOENT", "No such file or directory");
        check(libc::EACCES, "EACCES", "Permission denied");
        check(libc::ENOTDIR, "ENOTDIR", "Not a directory");
        check(libc::ENOEXEC, "ENOEXEC", "Exec format error");
        check(libc::EWOULDBLOCK, "EAGAIN", "Resource temporarily unavailable");
        check(libc::EMFILE, "EMFILE", "Too many open files");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn every_linux_number_has_a_name() {
        // 41 and 58 are holes in the kernel's numbering.
        for number in (1..=133).filter(|number| ![41, 58].contains(number)) {
            assert!(known_name(number).is_some(), "{number}");
        }
        check(35, "EDEADLOCK", "Resource deadlock avoided");
        check(95, "ENOTSUP", "Operation not supported");
        check(4095, "EUNKNOWN", "Unknown error 4095");
        assert_eq!(known_name(41), None);
    }
}

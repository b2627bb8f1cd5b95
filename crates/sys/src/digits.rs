//! Numbers as text for a child that has not executed its program yet: nothing here allocates.

use crate::errno::{Errno, known_name};

/// A number in decimal, without allocation.
pub(crate) struct Digits([u8; 10]);

impl Digits {
    pub(crate) fn new() -> Self {
        Self([0; 10])
    }

    pub(crate) fn write(&mut self, mut number: u32) -> &[u8] {
        let mut start = self.0.len();
        for digit in self.0.iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
            start -= 1;
            if number == 0 {
                break;
            }
        }
        &self.0[start..]
    }

    /// The symbol of an error number, or the number where it has none.
    pub(crate) fn errno(&mut self, errno: Errno) -> &[u8] {
        match known_name(errno.raw()) {
            Some(name) => name.as_bytes(),
            None => self.write(errno.raw().unsigned_abs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(number: u32, expect: &str) {
        assert_eq!(Digits::new().write(number), expect.as_bytes());
    }

    #[test]
    fn numbers_in_decimal() {
        check(0, "0");
        check(7, "7");
        check(1000, "1000");
        check(u32::MAX, "4294967295");
    }

    #[test]
    fn errors_have_symbols_or_numbers() {
        assert_eq!(Digits::new().errno(Errno::new(libc::ENOENT)), b"ENOENT");
        assert_eq!(Digits::new().errno(Errno::new(4711)), b"4711");
    }
}

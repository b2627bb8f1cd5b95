//! Integers as the reference reads them.

/// Reads a decimal integer the way the reference's users may write one: blanks around it, one sign, digits,
/// single underscores between digits. `None` for anything else, and for numbers beyond 64 bits.
pub(crate) fn parse_integer(text: &str) -> Option<i64> {
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.as_bytes().first()? {
        b'-' => (true, &trimmed[1..]),
        b'+' => (false, &trimmed[1..]),
        _ => (false, trimmed),
    };
    let mut value: i64 = 0;
    let mut after_digit = false;
    for byte in digits.bytes() {
        match byte {
            b'0'..=b'9' => {
                // Counted downwards, because the negative half of the range is the larger one.
                value = value.checked_mul(10)?.checked_sub(i64::from(byte - b'0'))?;
                after_digit = true;
            }
            b'_' if after_digit => after_digit = false,
            _ => return None,
        }
    }
    if !after_digit {
        return None;
    }
    if negative { Some(value) } else { value.checked_neg() }
}

#[cfg(test)]
mod tests {
    use super::parse_integer;

    #[track_caller]
    fn check(text: &str, expect: Option<i64>) {
        assert_eq!(parse_integer(text), expect, "{text:?}");
    }

    #[test]
    fn reads_what_the_reference_reads() {
        check("0", Some(0));
        check(" 15\n", Some(15));
        check("+15", Some(15));
        check("-1", Some(-1));
        check("1_000", Some(1000));
        check("007", Some(7));
        check("9223372036854775807", Some(i64::MAX));
        check("-9223372036854775808", Some(i64::MIN));
    }

    #[test]
    fn refuses_the_rest() {
        for text in
            ["", " ", "+", "--1", "1__0", "_1", "1_", "0x10", "1.5", "1 5", "TERM", "9223372036854775808"]
        {
            check(text, None);
        }
    }
}

//! The texts of scalars.
//!
//! The reference leaves these conversions to Python's `int`, `float` and `strptime`, so this is what those
//! accept, as far as clients can be seen to use it. Digits of other scripts are not read.

use super::escape::push_plain;
use crate::base64;

/// Reads an integer: white space around it, a sign and single underscores between digits are allowed.
/// Numbers beyond 64 bits become the nearest one inside; no parameter has a use for them.
pub(super) fn parse_int(text: &str) -> Option<i64> {
    let text = without_underscores(text.trim())?;
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, &text[..]),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // All that can still fail is the range.
    let saturated = if negative { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(saturated))
}

/// Reads a double: like [`parse_int`], and `inf`, `infinity` and `nan` in any case. What is too large for a
/// double is infinite.
pub(super) fn parse_double(text: &str) -> Option<f64> {
    without_underscores(text.trim())?.parse().ok()
}

/// Takes out underscores, which may stand singly between two digits and nowhere else.
fn without_underscores(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    if !text.contains('_') {
        return Some(text.into());
    }
    let bytes = text.as_bytes();
    let digit_at = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let well_placed = |(at, _)| at > 0 && digit_at(at - 1) && digit_at(at + 1);
    text.match_indices('_').all(well_placed).then(|| text.replace('_', "").into())
}

/// Whether `text` is a date and time that exists, in the form `YYYYMMDDTHH:MM:SS`.
pub(crate) fn is_date_time(text: &str) -> bool {
    const FORM: &[u8] = b"00000000T00:00:00";
    let bytes = text.as_bytes();
    let in_form = bytes.len() == FORM.len()
        && bytes.iter().zip(FORM).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            other => byte == other,
        });
    if !in_form {
        return false;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to].iter().fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    };
    let (year, month, day) = (number(0, 4), number(4, 6), number(6, 8));
    year >= 1
        && (1..=days_in_month(year, month)).contains(&day)
        && number(9, 11) < 24
        && number(12, 14) < 60
        && number(15, 17) < 60
}

/// Days of a month of the Gregorian calendar; none for a month that does not exist.
fn days_in_month(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    }
}

/// Reads base64 that holds text in UTF-8.
pub(super) fn parse_base64(text: &str) -> Option<String> {
    String::from_utf8(base64::decode(text.as_bytes())?).ok()
}

/// Appends an integer.
pub(super) fn push_int(out: &mut Vec<u8>, number: i64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Appends a double in Python's spelling: the fewest digits that read back the same, with an exponent of at
/// least two digits below 1e-4 and from 1e16 on.
pub(super) fn push_double(out: &mut Vec<u8>, number: f64) {
    if number.is_nan() {
        return out.extend_from_slice(b"nan");
    }
    if number.is_infinite() {
        return out.extend_from_slice(if number > 0.0 { b"inf" } else { b"-inf" });
    }
    if number != 0.0 && !(1e-4..1e16).contains(&number.abs()) {
        let scientific = format!("{number:e}");
        let (mantissa, exponent) = scientific.split_once('e').expect("LowerExp prints an exponent");
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(digits) => ('-', digits),
            None => ('+', exponent),
        };
        return push_plain(out, format_args!("{mantissa}e{sign}{exponent:0>2}"));
    }
    // Debug adds the `.0` that Display leaves out of whole numbers; in this range it has no exponent.
    push_plain(out, format_args!("{number:?}"));
}

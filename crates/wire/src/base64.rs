//! Base64 as the reference reads it: characters outside the alphabet are skipped, and the first padding
//! that completes a group of four ends the text, whatever follows.
//!
//! The forgiving part is done here; the arithmetic is left to the `base64` crate.

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD, STANDARD_NO_PAD};
use base64::engine::{DecodePaddingMode, Engine as _};

/// Stray bits after the last byte are ignored, as in the reference (`aGl=` reads like `aGk=`).
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Decodes `text`, or `None` when it stops in the middle of a group of four without padding.
pub(crate) fn decode(text: &[u8]) -> Option<Vec<u8>> {
    LENIENT.decode(alphabet_characters(text)?).ok()
}

/// Decodes `text` as it stands: no strange characters, padding or none.
pub(crate) fn decode_strictly(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

/// Encodes without line breaks.
pub(crate) fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// What is left of `text` when everything but the alphabet is dropped and padding is understood.
fn alphabet_characters(text: &[u8]) -> Option<Vec<u8>> {
    let mut kept = Vec::with_capacity(text.len());
    let mut padding = 0;
    for &byte in text {
        match byte {
            b'=' if kept.len() % 4 >= 2 => {
                padding += 1;
                if kept.len() % 4 + padding >= 4 {
                    return Some(kept);
                }
            }
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                padding = 0;
                kept.push(byte);
            }
            _ => {}
        }
    }
    (kept.len() % 4 == 0).then_some(kept)
}

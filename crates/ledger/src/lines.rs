//! How numbers, hashes and bytes are written in the lines of checkpoints, proofs and notes: one spelling each.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Digest;
use crate::merkle::SIZE_MAX;

/// The number that a decimal without sign and leading zeroes writes, 0 to 2^63 − 1.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let canonical = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    text.parse().ok().filter(|number| canonical && *number <= SIZE_MAX)
}

/// Standard Base64 with padding (RFC 4648 §4).
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of standard Base64; missing padding, line breaks and stray bits at the end are refused.
pub(crate) fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The hash that a line of Base64 writes.
pub(crate) fn hash(text: &str) -> Option<Digest> {
    from_base64(text)?.try_into().ok().map(Digest::from_bytes)
}

/// A text cut to 80 characters, for messages.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_of_numbers() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("20852163"), Some(20_852_163));
        assert_eq!(decimal("9223372036854775807"), Some(SIZE_MAX));
        for wrong in
            ["", "00", "01", "+1", "-1", " 1", "1 ", "1\n", "9223372036854775808", "18446744073709551616", "１"]
        {
            assert_eq!(decimal(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn one_spelling_of_bytes() {
        assert_eq!(from_base64("AA=="), Some(vec![0]));
        for wrong in ["AA", "AA=", "AB==", "AA==\n", "A A==", "AA==AA==", "-_=="] {
            assert_eq!(from_base64(wrong), None, "{wrong:?}");
        }
        let text = base64(Digest::from_bytes([7; 32]).as_bytes());
        assert_eq!(hash(&text), Some(Digest::from_bytes([7; 32])));
        assert_eq!(hash(&base64(&[7; 31])), None);
        assert_eq!(hash(&base64(&[7; 33])), None);
    }
}

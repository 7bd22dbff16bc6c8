//! The shapes of text that a leaf may hold: codes, dates and instants.

/// The longest code, in bytes.
pub const CODE_MAX_BYTES: usize = 256;

/// Whether a text is a code: 1 to 256 visible ASCII characters, no space.
///
/// A code names something; it cannot say something. That keeps free text and personal data out of leaves.
pub fn is_code(text: &str) -> bool {
    (1..=CODE_MAX_BYTES).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Whether a text is a date `YYYY-MM-DD` of the Gregorian calendar (RFC 3339 `full-date`).
///
/// ```
/// use dingce_ledger::text::is_date;
/// assert!(is_date("2024-02-29"));
/// assert!(!is_date("2023-02-29"));
/// ```
pub fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let (Some(year), Some(month), Some(day)) = (number(&bytes[..4]), number(&bytes[5..7]), number(&bytes[8..])) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

/// Whether a text is an instant of RFC 3339: date, `T`, time with optional fraction of 1 to 9 digits, and `Z` or an
/// offset `±hh:mm`. Letters are upper case. A leap second is refused, because few readers accept it.
pub fn is_instant(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else {
        return false;
    };
    let rest = rest.as_bytes();
    if !is_date(date) || rest.len() < 9 || !is_clock(&rest[..5]) || rest[5] != b':' {
        return false;
    }
    if number(&rest[6..8]).is_none_or(|second| second >= 60) {
        return false;
    }
    let mut zone = &rest[8..];
    if zone[0] == b'.' {
        let digits = zone[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        if !(1..=9).contains(&digits) {
            return false;
        }
        zone = &zone[1 + digits..];
    }
    match zone {
        b"Z" => true,
        [b'+' | b'-', offset @ ..] => is_clock(offset),
        _ => false,
    }
}

/// Whether bytes are `hh:mm`.
fn is_clock(bytes: &[u8]) -> bool {
    bytes.len() == 5
        && bytes[2] == b':'
        && number(&bytes[..2]).is_some_and(|hour| hour < 24)
        && number(&bytes[3..]).is_some_and(|minute| minute < 60)
}

/// The number that a few ASCII digits write.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, b| b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        for right in ["2026-11-23", "2000-02-29", "0001-01-01", "2026-12-31"] {
            assert!(is_date(right), "{right}");
        }
        for wrong in ["", "2026-1-23", "2026-13-01", "2026-00-10", "2026-04-31", "1900-02-29", "2026/11/23", "２０26-1"]
        {
            assert!(!is_date(wrong), "{wrong}");
        }
    }

    #[test]
    fn instants() {
        for right in ["2026-11-23T09:30:00Z", "2026-11-23T09:30:00.123+08:00", "2026-11-23T23:59:59.123456789-00:30"] {
            assert!(is_instant(right), "{right}");
        }
        for wrong in [
            "",
            "2026-11-23",
            "2026-11-23T",
            "2026-11-23T09:30:00",
            "2026-11-23t09:30:00Z",
            "2026-11-23T09:30:00z",
            "2026-11-23T24:00:00Z",
            "2026-11-23T09:60:00Z",
            "2026-11-23T09:30:60Z",
            "2026-11-23T09:30:00.Z",
            "2026-11-23T09:30:00.1234567890Z",
            "2026-11-23T09:30:00.1",
            "2026-11-23T09:30:00+0800",
            "2026-11-23T09:30:00+08:00Z",
            "2026-02-30T09:30:00Z",
            "2026-11-23T09:30:00定",
        ] {
            assert!(!is_instant(wrong), "{wrong}");
        }
    }

    #[test]
    fn codes() {
        assert!(is_code("draft_version_added"));
        assert!(is_code(&"x".repeat(CODE_MAX_BYTES)));
        for wrong in ["", "two words", "同意", "a\n", &"x".repeat(CODE_MAX_BYTES + 1)] {
            assert!(!is_code(wrong), "{wrong}");
        }
    }
}

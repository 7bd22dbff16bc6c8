//! Where the day begins: the fixed offset from UTC by which instants become dates.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp,
    civil::{Date, Time},
    tz::Offset,
};
use serde::{Deserialize, Serialize};

/// The civil time of an organ: a fixed offset from UTC, without daylight saving.
///
/// China has had one offset and no daylight saving since 1992, so a rule set of time zones would be a dependency
/// that can only change answers. Default: `+08:00` (Asia/Shanghai). Bounds: whole minutes, `-12:00` to `+14:00`.
/// Serde form: the string that [`Display`](fmt::Display) prints.
///
/// ```
/// use dingce_domain::time::Zone;
/// let instant = "2024-02-28T16:00:00Z".parse().unwrap();
/// assert_eq!(Zone::default().date_of(instant).to_string(), "2024-02-29");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    offset_minutes: i16,
}

/// A text that is not a fixed offset.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "Expected an offset from -12:00 to +14:00, such as +08:00, but {given:?} was given. Write sign, hours, minutes."
)]
pub struct ZoneProblem {
    /// What was given.
    pub given: String,
}

impl Zone {
    /// `+08:00`, the civil time of the whole country.
    pub const SHANGHAI: Self = Self { offset_minutes: 8 * 60 };

    /// The zone at this offset east of UTC, in minutes.
    ///
    /// # Errors
    /// [`ZoneProblem`] outside `-720..=840`.
    pub fn from_minutes(offset_minutes: i16) -> Result<Self, ZoneProblem> {
        let zone = Self { offset_minutes };
        if (-12 * 60..=14 * 60).contains(&offset_minutes) {
            Ok(zone)
        } else {
            Err(ZoneProblem { given: zone.to_string() })
        }
    }

    /// The date on the wall at this instant.
    pub fn date_of(self, at: Timestamp) -> Date {
        self.offset().to_datetime(at).date()
    }

    /// The instant at which this date begins, 00:00 local.
    ///
    /// Within a day of the first or last date that can be written, the nearest representable instant.
    pub fn start_of(self, date: Date) -> Timestamp {
        let nearest = if date.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
        self.offset().to_timestamp(date.to_datetime(Time::midnight())).unwrap_or(nearest)
    }

    /// The instant at which this date has ended, 24:00 local; it already belongs to the next day.
    ///
    /// A period whose last day is `date` is over at this instant and not before.
    pub fn end_of(self, date: Date) -> Timestamp {
        date.tomorrow().map_or(Timestamp::MAX, |next| self.start_of(next))
    }

    fn offset(self) -> Offset {
        // The bounds of the constructor are well inside what an offset can hold.
        Offset::from_seconds(i32::from(self.offset_minutes) * 60).unwrap_or(Offset::UTC)
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self::SHANGHAI
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.offset_minutes < 0 { '-' } else { '+' };
        let minutes = self.offset_minutes.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl FromStr for Zone {
    type Err = ZoneProblem;

    fn from_str(text: &str) -> Result<Self, ZoneProblem> {
        parse_minutes(text)
            .and_then(|minutes| Self::from_minutes(minutes).ok())
            .ok_or_else(|| ZoneProblem { given: text.to_owned() })
    }
}

impl TryFrom<String> for Zone {
    type Error = ZoneProblem;

    fn try_from(text: String) -> Result<Self, ZoneProblem> {
        text.parse()
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.to_string()
    }
}

/// Exactly `±hh:mm`; any other spelling is refused so that one offset has one stored form.
fn parse_minutes(text: &str) -> Option<i16> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hours) || !two_digits(minutes) {
        return None;
    }
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    // "-00:00" would be a second spelling of UTC.
    let total = sign * (hours * 60 + minutes);
    (minutes < 60 && !(sign < 0 && total == 0)).then_some(total)
}

//! The day-count convention, in one place. No other module adds days to a date.
//!
//! 1. The day on which a period starts is not counted; counting begins on the next day (Civil Code, Art. 201).
//! 2. The last day ends at 24:00 local time ([`Zone::end_of`](super::Zone::end_of)).
//! 3. A last day that is a holiday is *not* moved (Civil Code, Art. 203, is not applied). Most periods here are
//!    floors that protect the public or a reviewer; on those, moving the end would change a date that was announced.
//! 4. Counting backward from an event, the day of the event is not counted, and what must be done "before" is to be
//!    *delivered*, not dispatched, on or before the resulting day.
//! 5. Working days are those of the [`Calendar`]. A count that needs a year without data has no answer yet:
//!    [`Due::Pending`], or [`NoCalendarData`].
//!
//! That the Civil Code governs the clocks of administrative procedure is a convention of this product, to be
//! confirmed by the justice bureau; `docs/adr/0003-day-counts.md` has the reasons.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use super::{
    calendar::{Calendar, NoCalendarData},
    days::{CalendarDays, WorkingDays},
};

/// The last day of a period, or why it is not known yet.
///
/// Serde form: `{"fixed": "2023-03-02"}` or `{"pending": {"first_missing_year": 2027}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// The last day; it ends at 24:00.
    Fixed(Date),
    /// The count reached a year whose holiday arrangement is not loaded.
    Pending {
        /// The year that stopped the count. Loading it may reveal the next one.
        first_missing_year: i16,
    },
}

impl Due {
    /// The last day, when it is known.
    pub fn date(self) -> Option<Date> {
        match self {
            Self::Fixed(date) => Some(date),
            Self::Pending { .. } => None,
        }
    }
}

/// The last day of a period of calendar days that starts on `start`.
///
/// The starting day is not counted. Saturates at the last date that can be written, 9999-12-31.
///
/// ```
/// use dingce_domain::time::{CalendarDays, due_after_calendar_days};
/// use jiff::civil::date;
/// let comment_period = CalendarDays::new(30).unwrap();
/// assert_eq!(due_after_calendar_days(date(2023, 1, 31), comment_period), date(2023, 3, 2));
/// ```
pub fn due_after_calendar_days(start: Date, days: CalendarDays) -> Date {
    start.saturating_add(i32::from(days.get()).days())
}

/// The last day of a period of working days that starts on `start`: the n-th working day after it.
///
/// The starting day is not counted, whether it is worked or not. The answer is always a working day.
pub fn due_after_working_days(calendar: &Calendar, start: Date, days: WorkingDays) -> Due {
    nth_counted_day(start, u32::from(days.get()), |date| calendar.is_working(date))
}

/// The latest day on which something due a number of calendar days before an event may be delivered.
///
/// The day of the event is not counted: seven days before the 20th is the 13th. Source of the use: Decree No. 713
/// (2019), Art. 16, hearing materials. Saturates at the first date that can be written.
pub fn latest_before(event: Date, days: CalendarDays) -> Date {
    event.saturating_sub(i32::from(days.get()).days())
}

/// The latest day on which something due a number of working days before an event may be delivered: the n-th
/// working day before it.
///
/// The day of the event is not counted.
pub fn latest_before_working_days(calendar: &Calendar, event: Date, days: WorkingDays) -> Due {
    nth_day(event, u32::from(days.get()), |date| date.yesterday().ok(), |date| calendar.is_working(date))
}

/// How many working days lie after `from`, up to and including `to`; 0 when `to` is not after `from`.
///
/// The inverse of [`due_after_working_days`]: between a start and its due day lie exactly as many.
///
/// # Errors
/// [`NoCalendarData`] for the first year in the range that is not loaded.
pub fn working_days_between(calendar: &Calendar, from: Date, to: Date) -> Result<u32, NoCalendarData> {
    counted_days(from, to, |date| calendar.is_working(date))
}

/// How many working days since `start` are wholly over at the beginning of `today`: the starting day and today are
/// not counted.
///
/// # Errors
/// [`NoCalendarData`] for the first year in the range that is not loaded.
pub fn working_days_elapsed(calendar: &Calendar, start: Date, today: Date) -> Result<u32, NoCalendarData> {
    working_days_between(calendar, start, today.yesterday().unwrap_or(Date::MIN))
}

/// The n-th day after `start` for which `counts` holds.
pub(super) fn nth_counted_day(start: Date, n: u32, counts: impl Fn(Date) -> Result<bool, NoCalendarData>) -> Due {
    nth_day(start, n, |date| date.tomorrow().ok(), counts)
}

/// The number of days after `from`, up to and including `to`, for which `counts` holds.
pub(super) fn counted_days(
    from: Date,
    to: Date,
    counts: impl Fn(Date) -> Result<bool, NoCalendarData>,
) -> Result<u32, NoCalendarData> {
    let mut found = 0;
    let mut day = from;
    while day < to {
        // `day` is before another date, so it has a successor.
        day = day.tomorrow().unwrap_or(to);
        found += u32::from(counts(day)?);
    }
    Ok(found)
}

fn nth_day(
    start: Date,
    n: u32,
    step: impl Fn(Date) -> Option<Date>,
    counts: impl Fn(Date) -> Result<bool, NoCalendarData>,
) -> Due {
    let mut day = start;
    let mut missing = n;
    while missing > 0 {
        // The end of writable dates: saturate, as the calendar-day functions do.
        let Some(next) = step(day) else { break };
        day = next;
        match counts(day) {
            Ok(true) => missing -= 1,
            Ok(false) => {}
            Err(NoCalendarData { year }) => {
                return Due::Pending { first_missing_year: year };
            }
        }
    }
    Due::Fixed(day)
}

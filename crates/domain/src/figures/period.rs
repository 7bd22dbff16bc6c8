//! The days that figures are asked about.

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::check;
use crate::code::Code;
use crate::rejection::Rejection;

/// Most years of a period.
const YEARS_MAX: i16 = 10;

/// From one day to another, both included, as the organ counts days. Ten years at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    from: Date,
    to: Date,
}

impl Period {
    /// A year, from 1 January to 31 December; none for a year that no date can have.
    pub fn of_year(year: i16) -> Option<Self> {
        (1949..=9998).contains(&year).then(|| Self { from: date(year, 1, 1), to: date(year, 12, 31) })
    }

    /// From a day to another.
    ///
    /// # Errors
    /// `DATE_NOT_ACCEPTABLE` where it ends before it begins, or is longer than ten years.
    pub fn new(from: Date, to: Date) -> Result<Self, Rejection> {
        check::not_before("last_day", to, from)?;
        let last = from.year().saturating_add(YEARS_MAX);
        if (to.year(), to.month(), to.day()) >= (last, from.month(), from.day()) {
            return Err(Rejection::new(Code::DateNotAcceptable)
                .at("last_day")
                .given(to)
                .needed(format!("{YEARS_MAX} years")));
        }
        Ok(Self { from, to })
    }

    /// Its first day.
    pub const fn from(self) -> Date {
        self.from
    }

    /// Its last day.
    pub const fn to(self) -> Date {
        self.to
    }

    /// Whether a day is one of its days.
    pub fn has(self, day: Date) -> bool {
        self.from <= day && day <= self.to
    }

    /// Whether one of its days is in a year.
    pub fn meets_year(self, year: i16) -> bool {
        self.from.year() <= year && year <= self.to.year()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_its_first_and_last_day_and_no_other() {
        let leap = Period::of_year(2024).expect("a year");
        for (day, inside) in [
            (date(2023, 12, 31), false),
            (date(2024, 1, 1), true),
            (date(2024, 2, 29), true),
            (date(2024, 12, 31), true),
            (date(2025, 1, 1), false),
        ] {
            assert_eq!(leap.has(day), inside, "{day}");
        }
        assert!(leap.meets_year(2024) && !leap.meets_year(2023) && !leap.meets_year(2025));
        assert_eq!(Period::of_year(0), None);
    }

    #[test]
    fn a_period_ends_where_it_begins_at_the_earliest_and_has_ten_years_at_most() {
        let leap_day = date(2024, 2, 29);
        assert!(Period::new(leap_day, leap_day).is_ok_and(|period| period.has(leap_day)));
        let backwards = Period::new(leap_day, date(2024, 2, 28)).unwrap_err();
        assert_eq!((backwards.code, backwards.path.as_deref()), (Code::DateNotAcceptable, Some("last_day")));
        assert!(Period::new(leap_day, date(2034, 2, 28)).is_ok(), "ten years to the day before");
        assert_eq!(Period::new(leap_day, date(2034, 3, 1)).unwrap_err().code, Code::DateNotAcceptable);
    }
}

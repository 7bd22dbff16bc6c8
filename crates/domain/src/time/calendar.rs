//! Which days are worked.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use jiff::civil::Date;

use super::{
    file::{CalendarFile, CalendarProblem, CalendarProblems, HolidaySpan, Notice, is_weekend},
    zone::Zone,
};

/// A year whose arrangement is not loaded was asked about. The answer is unknown and is never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "Expected a working-day calendar for {year}, but none is loaded. Load the file once the notice for {year} is out."
)]
pub struct NoCalendarData {
    /// The year without data.
    pub year: i16,
}

/// One checked year: its days off and its make-up workdays.
///
/// Made only from a [`CalendarFile`] without problems, so days off and make-up workdays are disjoint, lie in the
/// year, and make-up workdays are Saturdays or Sundays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarYear {
    year: i16,
    source: Notice,
    amended_by: Vec<Notice>,
    holidays: Vec<HolidaySpan>,
    workdays: BTreeSet<Date>,
}

/// What a day is to an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayKind<'a> {
    /// An ordinary working weekday.
    Weekday,
    /// A Saturday or Sunday worked to make up for a holiday (调休).
    MakeUpWorkday,
    /// An ordinary Saturday or Sunday, off.
    Weekend,
    /// A day off by notice, weekends inside the span included.
    Holiday(&'a HolidaySpan),
}

/// The working days of all years whose arrangement is known, in one organ's civil time.
///
/// Years may be missing, also between others: questions about them answer [`NoCalendarData`]. Not serialised: events
/// carry dates and the [`digest`](Calendar::digest), so replay needs no calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    zone: Zone,
    years: BTreeMap<i16, CalendarYear>,
    digest: String,
}

impl TryFrom<CalendarFile> for CalendarYear {
    type Error = CalendarProblems;

    /// The year a file describes.
    ///
    /// # Errors
    /// All problems of the file at once, in the order in which it is read.
    fn try_from(file: CalendarFile) -> Result<Self, CalendarProblems> {
        let problems = file.problems();
        if !problems.is_empty() {
            return Err(CalendarProblems(problems));
        }
        let CalendarFile { year, source, amended_by, mut holidays, workdays } = file;
        holidays.sort_by_key(|span| span.from);
        Ok(Self { year, source, amended_by, holidays, workdays: workdays.into_iter().collect() })
    }
}

impl CalendarYear {
    /// The calendar year.
    pub fn year(&self) -> i16 {
        self.year
    }

    /// The notice that arranged the year.
    pub fn source(&self) -> &Notice {
        &self.source
    }

    /// Later notices that changed it, in order of issue.
    pub fn amended_by(&self) -> &[Notice] {
        &self.amended_by
    }

    /// Spans off work, in order of date.
    pub fn holidays(&self) -> &[HolidaySpan] {
        &self.holidays
    }

    /// Saturdays and Sundays that are worked.
    pub fn workdays(&self) -> &BTreeSet<Date> {
        &self.workdays
    }

    fn day(&self, date: Date) -> DayKind<'_> {
        if self.workdays.contains(&date) {
            return DayKind::MakeUpWorkday;
        }
        let holiday = self.holidays.iter().find(|span| (span.from..=span.to).contains(&date));
        match holiday {
            Some(span) => DayKind::Holiday(span),
            None if is_weekend(date) => DayKind::Weekend,
            None => DayKind::Weekday,
        }
    }
}

impl Calendar {
    /// The calendar of these years.
    ///
    /// `sha256` is the SHA-256 function; this crate has no hash of its own. It is applied once, to
    /// [`canonical_text`](Calendar::canonical_text).
    ///
    /// # Errors
    /// [`CalendarProblem::YearTwice`] when two of the years are the same.
    pub fn new(
        zone: Zone,
        years: impl IntoIterator<Item = CalendarYear>,
        sha256: impl FnOnce(&[u8]) -> [u8; 32],
    ) -> Result<Self, CalendarProblem> {
        let mut by_year = BTreeMap::new();
        for year in years {
            let number = year.year;
            if by_year.insert(number, year).is_some() {
                return Err(CalendarProblem::YearTwice { year: number });
            }
        }
        let mut calendar = Self { zone, years: by_year, digest: String::new() };
        calendar.digest = hex::encode(sha256(calendar.canonical_text().as_bytes()));
        Ok(calendar)
    }

    /// The organ's civil time.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// The loaded years, by number.
    pub fn years(&self) -> &BTreeMap<i16, CalendarYear> {
        &self.years
    }

    /// SHA-256 of [`canonical_text`](Calendar::canonical_text), 64 lower-case hexadecimal digits.
    ///
    /// Goes into the record of every computed date, so that an outsider can tell which arrangement it came from.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether the arrangement of this year is loaded.
    pub fn covers(&self, year: i16) -> bool {
        self.years.contains_key(&year)
    }

    /// What this day is to an office.
    ///
    /// # Errors
    /// [`NoCalendarData`] when the year is not loaded, also for days that no notice has ever changed.
    pub fn day(&self, date: Date) -> Result<DayKind<'_>, NoCalendarData> {
        let year = date.year();
        self.years.get(&year).map(|known| known.day(date)).ok_or(NoCalendarData { year })
    }

    /// Whether this day is a working day.
    ///
    /// # Errors
    /// [`NoCalendarData`] when the year is not loaded.
    pub fn is_working(&self, date: Date) -> Result<bool, NoCalendarData> {
        Ok(match self.day(date)? {
            DayKind::Weekday | DayKind::MakeUpWorkday => true,
            DayKind::Weekend | DayKind::Holiday(_) => false,
        })
    }

    /// What the digest covers: every day that differs from a plain week, the notices, and the zone.
    ///
    /// Names and links are left out: correcting one does not make it another calendar. Line by line in
    /// `docs/formats/calendar.md`.
    pub fn canonical_text(&self) -> String {
        let mut text = format!("dingce calendar v0\nzone {}\n", self.zone);
        // Writing to a string cannot fail.
        for year in self.years.values() {
            let _ = writeln!(text, "year {}", year.year);
            for notice in std::iter::once(&year.source).chain(&year.amended_by) {
                let _ = writeln!(text, "notice {}", notice.doc_no.trim());
            }
            for date in year.holidays.iter().flat_map(HolidaySpan::days) {
                let _ = writeln!(text, "off {date}");
            }
            for date in &year.workdays {
                let _ = writeln!(text, "work {date}");
            }
        }
        text
    }
}

//! One calendar file as written by people, and everything that can be wrong with it.
//!
//! The shape only; turning YAML into it belongs to whoever reads files. Format: `docs/formats/calendar.md`.

use std::{collections::BTreeSet, fmt};

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

/// The years a calendar file may speak about.
pub const YEARS: std::ops::RangeInclusive<i16> = 1949..=2199;

/// A yearly calendar file: `workflows/calendars/cn-<year>.yaml`.
///
/// Unchecked: turn it into a [`CalendarYear`](super::CalendarYear) with `try_from`. Unknown fields are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// The calendar year, 1949 to 2199. Every date in the file lies in it.
    pub year: i16,
    /// The notice that arranged this year.
    pub source: Notice,
    /// Notices that later changed it, in order of issue; the dates below already include their changes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amended_by: Vec<Notice>,
    /// Spans off work, weekends inside them included. At least one; no two overlap.
    pub holidays: Vec<HolidaySpan>,
    /// Saturdays and Sundays that are worked (调休上班).
    #[serde(default)]
    pub workdays: Vec<Date>,
}

/// A notice on holiday arrangements, as an official would cite it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Title in the original language.
    pub title: String,
    /// Document number (发文字号), such as `国办发明电〔2022〕16号`.
    pub doc_no: String,
    /// Where the issuing organ published it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Consecutive days off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidaySpan {
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// First day off.
    pub from: Date,
    /// Last day off, not before `from`.
    pub to: Date,
}

/// One thing wrong with a calendar file or with a set of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarProblem {
    /// The year is not plausible.
    #[error("Expected a year from 1949 to 2199, but {year} was given. Correct `year`.")]
    YearOutOfBounds {
        /// The year given.
        year: i16,
    },
    /// Two files speak about one year.
    #[error("Expected one calendar for {year}, but two were given. Merge them; list later notices in `amended_by`.")]
    YearTwice {
        /// The year given twice.
        year: i16,
    },
    /// The file names no holiday.
    #[error("Expected the holidays of {year}, but none is listed. Enter the spans from the notice.")]
    NoHolidays {
        /// The year of the file.
        year: i16,
    },
    /// A required text is blank.
    #[error("Expected a text in `{field}`, but it is blank. Enter it as the notice has it.")]
    Blank {
        /// Where in the file.
        field: &'static str,
    },
    /// A link does not look like one.
    #[error("Expected a link starting with https:// or http://, but {url:?} was given. Correct it or leave it out.")]
    BadUrl {
        /// The link given.
        url: String,
    },
    /// A date belongs to another year.
    #[error("Expected dates in {year}, but {date} is not. Move it to the file of its own year.")]
    OutsideYear {
        /// The year of the file.
        year: i16,
        /// The date outside it.
        date: Date,
    },
    /// A span ends before it begins.
    #[error("Expected a span to end on or after its first day, but {from} to {to} was given. Swap or correct them.")]
    SpanBackwards {
        /// First day given.
        from: Date,
        /// Last day given.
        to: Date,
    },
    /// A day off is listed in two spans.
    #[error("Expected each day off once, but {date} is in two spans. Make them one span or shorten one.")]
    HolidayTwice {
        /// The day in two spans.
        date: Date,
    },
    /// A make-up workday is listed twice.
    #[error("Expected each make-up workday once, but {date} is listed twice. Remove one.")]
    WorkdayTwice {
        /// The day listed twice.
        date: Date,
    },
    /// A make-up workday is an ordinary weekday.
    #[error("Expected make-up workdays on a Saturday or Sunday, but {date} is neither. Check it against the notice.")]
    WorkdayNotOnWeekend {
        /// The weekday given.
        date: Date,
    },
    /// A day is both off and worked.
    #[error("Expected {date} to be either off or worked, but it is listed as both. Check it against the notice.")]
    OffAndWorked {
        /// The day listed as both.
        date: Date,
    },
}

/// Everything wrong with one file, in the order in which the file is read. Never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarProblems(pub Vec<CalendarProblem>);

impl fmt::Display for CalendarProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let gap = if index == 0 { "" } else { " " };
            write!(f, "{gap}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for CalendarProblems {}

impl CalendarFile {
    /// All problems of this file, in the order in which it is read; empty when it can be used.
    pub fn problems(&self) -> Vec<CalendarProblem> {
        if !YEARS.contains(&self.year) {
            // Every date would be reported again as lying outside the year.
            return vec![CalendarProblem::YearOutOfBounds { year: self.year }];
        }
        let mut problems = Vec::new();
        for notice in std::iter::once(&self.source).chain(&self.amended_by) {
            check_notice(notice, &mut problems);
        }
        let off = self.check_holidays(&mut problems);
        self.check_workdays(&off, &mut problems);
        problems
    }

    fn check_holidays(&self, problems: &mut Vec<CalendarProblem>) -> BTreeSet<Date> {
        let mut off = BTreeSet::new();
        if self.holidays.is_empty() {
            problems.push(CalendarProblem::NoHolidays { year: self.year });
        }
        for span in &self.holidays {
            check_text("holidays.name_zh", &span.name_zh, problems);
            check_text("holidays.name_en", &span.name_en, problems);
            let (from, to) = (span.from, span.to);
            if let Some(date) = [from, to].into_iter().find(|date| date.year() != self.year) {
                problems.push(CalendarProblem::OutsideYear { year: self.year, date });
            } else if to < from {
                problems.push(CalendarProblem::SpanBackwards { from, to });
            } else {
                // One report per span: the first shared day is enough to find the mistake.
                let shared = span.days().filter(|date| !off.insert(*date)).min();
                problems.extend(shared.map(|date| CalendarProblem::HolidayTwice { date }));
            }
        }
        off
    }

    fn check_workdays(&self, off: &BTreeSet<Date>, problems: &mut Vec<CalendarProblem>) {
        let mut worked = BTreeSet::new();
        for &date in &self.workdays {
            if date.year() != self.year {
                problems.push(CalendarProblem::OutsideYear { year: self.year, date });
            } else if !is_weekend(date) {
                problems.push(CalendarProblem::WorkdayNotOnWeekend { date });
            } else if off.contains(&date) {
                problems.push(CalendarProblem::OffAndWorked { date });
            } else if !worked.insert(date) {
                problems.push(CalendarProblem::WorkdayTwice { date });
            }
        }
    }
}

impl HolidaySpan {
    /// Every day of the span, first to last; none when it ends before it begins.
    pub fn days(&self) -> impl Iterator<Item = Date> + use<> {
        let last = self.to;
        std::iter::successors(Some(self.from), |date| date.tomorrow().ok()).take_while(move |date| *date <= last)
    }
}

pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

fn check_notice(notice: &Notice, problems: &mut Vec<CalendarProblem>) {
    check_text("source.title", &notice.title, problems);
    check_text("source.doc_no", &notice.doc_no, problems);
    if let Some(url) = &notice.url
        && !(url.starts_with("https://") || url.starts_with("http://"))
    {
        problems.push(CalendarProblem::BadUrl { url: url.clone() });
    }
}

fn check_text(field: &'static str, text: &str, problems: &mut Vec<CalendarProblem>) {
    if text.trim().is_empty() {
        problems.push(CalendarProblem::Blank { field });
    }
}

//! The two units in which law counts days. They are different types because mixing them is the classic mistake.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest period either unit can hold, in days: ten years. Longer ones are typing errors.
pub const DAYS_MAX: u16 = 3_660;

/// A number of days outside `1..=DAYS_MAX`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Expected a period of 1 to {DAYS_MAX} days, but {given} were given. Correct the number of days.")]
pub struct DaysOutOfBounds {
    /// The number that was refused, in days.
    pub given: u16,
}

/// A period counted in calendar days (日), holidays and weekends included.
///
/// Unit: calendar days. Bounds: 1 to [`DAYS_MAX`]. Serde form: a number, checked when read.
/// Source of the unit: Decree No. 713 (2019), Art. 15 and 16, which say 日 where Art. 26 says 工作日.
///
/// ```
/// use dingce_domain::time::CalendarDays;
/// assert_eq!(CalendarDays::new(30).unwrap().to_string(), "30 calendar days");
/// assert!(CalendarDays::new(0).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct CalendarDays(u16);

/// A period counted in working days (工作日): days on which offices are open, make-up Saturdays and Sundays included.
///
/// Unit: working days of a [`Calendar`](super::Calendar). Bounds: 1 to [`DAYS_MAX`]. Serde form: a number, checked
/// when read. Source of the unit: Decree No. 713 (2019), Art. 26.
///
/// ```
/// use dingce_domain::time::WorkingDays;
/// assert_eq!(WorkingDays::new(7).unwrap().to_string(), "7 working days");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct WorkingDays(u16);

/// How long a clock runs, in one of the two units.
///
/// Serde form: `{"calendar": 30}` or `{"working": 7}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Every day counts.
    Calendar(CalendarDays),
    /// Only working days count.
    Working(WorkingDays),
}

impl CalendarDays {
    /// A period of `days` calendar days.
    ///
    /// # Errors
    /// [`DaysOutOfBounds`] unless `1 <= days <= DAYS_MAX`.
    pub const fn new(days: u16) -> Result<Self, DaysOutOfBounds> {
        match in_bounds(days) {
            Ok(days) => Ok(Self(days)),
            Err(problem) => Err(problem),
        }
    }

    /// The number of calendar days.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl WorkingDays {
    /// So many working days, for a number of the program's own.
    pub(super) const fn of(days: u16) -> Self {
        assert!(days >= 1 && days <= DAYS_MAX, "expected a period within the bounds");
        Self(days)
    }

    /// As many calendar days, which last no longer.
    pub(super) const fn as_calendar_days(self) -> CalendarDays {
        CalendarDays(self.0)
    }

    /// A period of `days` working days.
    ///
    /// # Errors
    /// [`DaysOutOfBounds`] unless `1 <= days <= DAYS_MAX`.
    pub const fn new(days: u16) -> Result<Self, DaysOutOfBounds> {
        match in_bounds(days) {
            Ok(days) => Ok(Self(days)),
            Err(problem) => Err(problem),
        }
    }

    /// The number of working days.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Limit {
    /// The number of days, in the unit of this limit.
    pub const fn count(self) -> u32 {
        match self {
            Self::Calendar(days) => days.0 as u32,
            Self::Working(days) => days.0 as u32,
        }
    }
}

impl TryFrom<u16> for CalendarDays {
    type Error = DaysOutOfBounds;

    fn try_from(days: u16) -> Result<Self, DaysOutOfBounds> {
        Self::new(days)
    }
}

impl TryFrom<u16> for WorkingDays {
    type Error = DaysOutOfBounds;

    fn try_from(days: u16) -> Result<Self, DaysOutOfBounds> {
        Self::new(days)
    }
}

impl From<CalendarDays> for u16 {
    fn from(days: CalendarDays) -> Self {
        days.0
    }
}

impl From<WorkingDays> for u16 {
    fn from(days: WorkingDays) -> Self {
        days.0
    }
}

impl From<CalendarDays> for Limit {
    fn from(days: CalendarDays) -> Self {
        Self::Calendar(days)
    }
}

impl From<WorkingDays> for Limit {
    fn from(days: WorkingDays) -> Self {
        Self::Working(days)
    }
}

impl fmt::Display for CalendarDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} calendar day{}", self.0, plural(self.0))
    }
}

impl fmt::Display for WorkingDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} working day{}", self.0, plural(self.0))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calendar(days) => days.fmt(f),
            Self::Working(days) => days.fmt(f),
        }
    }
}

const fn in_bounds(days: u16) -> Result<u16, DaysOutOfBounds> {
    if days >= 1 && days <= DAYS_MAX { Ok(days) } else { Err(DaysOutOfBounds { given: days }) }
}

const fn plural(days: u16) -> &'static str {
    if days == 1 { "" } else { "s" }
}

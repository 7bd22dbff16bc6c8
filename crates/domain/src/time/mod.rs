//! Days, calendars and clocks: every date the product computes is computed here.
//!
//! Read in this order: [`days`] holds the units, [`zone`] turns instants into dates, [`mod@file`] and [`calendar`] say which
//! days are worked, [`count`] holds the day-count convention, [`clock`] says what the end of a period means, [`run`]
//! lets it run and pause. Nothing here reads the time: every function is told the day it is asked about. The
//! convention and its reasons are in `docs/adr/0003-day-counts.md`, the data files in `docs/formats/calendar.md`.

pub mod calendar;
pub mod clock;
pub mod count;
pub mod days;
pub mod file;
pub mod run;
pub mod zone;

pub use calendar::{Calendar, CalendarYear, DayKind, NoCalendarData};
pub use clock::{ClockKind, ClockProblem, DueChange, Pause, RunState};
pub use count::{
    Due, due_after_calendar_days, due_after_working_days, latest_before, latest_before_working_days,
    working_days_between, working_days_elapsed,
};
pub use days::{CalendarDays, DaysOutOfBounds, Limit, WorkingDays};
pub use file::{CalendarFile, CalendarProblem, CalendarProblems, HolidaySpan, Notice};
pub use run::{DUE_SOON_DEFAULT, Run, Warning};
pub use zone::{Zone, ZoneProblem};

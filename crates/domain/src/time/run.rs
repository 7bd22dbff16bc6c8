//! A clock in motion: a period with its pauses and the day on which it ends.
//!
//! A [`Run`] keeps dates, not sums: the start, the limit and every pause. All else follows, so a notice that changes
//! past days too can be applied by [`Run::recompute`] without undoing anything.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    calendar::{Calendar, NoCalendarData},
    clock::{ClockKind, ClockProblem, DueChange, Pause, RunState},
    count::{self, Due, counted_days, nth_counted_day},
    days::{Limit, WorkingDays},
};

/// How long before its last day a clock says that this is near, where its definition names no lead of its own.
///
/// Unit: working days. Source: none; no law asks for a warning. It is a default of this program: three working days are left to act, the
/// last day among them. A clock of three working days or fewer is silent: it would say so on its first day.
pub const DUE_SOON_DEFAULT: WorkingDays = WorkingDays::of(3);

/// When a clock says that its last day is near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Warning {
    /// So many working days before its last day.
    pub before: WorkingDays,
    /// That day; absent while paused or pending.
    pub on: Option<Date>,
}

/// A clock that was started.
///
/// Immutable: each act returns the clock after it. Serde form: the fields below, for events and snapshots; what is
/// read back is taken as written, because it was checked when it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    kind: ClockKind,
    limit: Limit,
    /// For [`ClockKind::Backward`], the day of the event.
    started_on: Date,
    pauses: Vec<Pause>,
    state: RunState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    warning: Option<Warning>,
}

impl Run {
    /// Starts a clock on `on`, a day that is not counted; for [`ClockKind::Backward`], `on` is the day of the event.
    pub fn start(kind: ClockKind, limit: Limit, on: Date, calendar: &Calendar) -> Self {
        let due = compute_due(kind, limit, on, &[], calendar);
        Self { kind, limit, started_on: on, pauses: Vec::new(), state: RunState::Running { due }, warning: None }
    }

    /// The same clock, which says so many working days before its last day that this is near.
    ///
    /// `held_from` is the day on which somebody began to hold the matter. A clock so short that it would warn on that day or before warns
    /// not at all: whoever got the matter knows the day.
    #[must_use]
    pub fn warning(self, before: WorkingDays, held_from: Date, calendar: &Calendar) -> Self {
        let run = Self { warning: Some(Warning { before, on: None }), ..self }.aimed(calendar);
        let at_once = run.warns_on().is_some_and(|on| on <= held_from);
        Self { warning: run.warning.filter(|_| !at_once), ..run }
    }

    /// The same clock, with the day of its warning worked out for the last day that it has now.
    fn aimed(self, calendar: &Calendar) -> Self {
        let due_on = self.due_on();
        let on = |before: WorkingDays| {
            Some(match count::latest_before_working_days(calendar, due_on?, before) {
                Due::Fixed(on) => on,
                // Where a year's calendar is missing: as many calendar days before, which is never too early.
                Due::Pending { .. } => count::latest_before(due_on?, before.as_calendar_days()),
            })
        };
        let warning = self.warning.map(|Warning { before, .. }| Warning { before, on: on(before) });
        Self { warning, ..self }
    }

    /// The day from whose beginning it may be said that the last day is near; none where that is never said, and while paused or pending.
    pub fn warns_on(&self) -> Option<Date> {
        self.warning.and_then(|warning| warning.on)
    }

    /// Stops counting: `on`, the day the supplement is asked for, and all days after it are not counted.
    ///
    /// A day partly paused counts in no one's disfavour. Pausing on the due day itself keeps that day for later.
    ///
    /// # Errors
    /// In this order: [`ClockProblem::CannotPause`], [`ClockProblem::AlreadyPaused`], [`ClockProblem::TooEarly`]
    /// before the start or the latest resumption, [`ClockProblem::AlreadyElapsed`] after the due day.
    pub fn pause(&self, on: Date) -> Result<Self, ClockProblem> {
        if self.kind == ClockKind::Backward {
            return Err(ClockProblem::CannotPause);
        }
        let due = match self.state {
            RunState::Paused { since } => return Err(ClockProblem::AlreadyPaused { since }),
            RunState::Running { due } => due,
        };
        let earliest = self.pauses.last().map_or(self.started_on, |pause| pause.to);
        if on < earliest {
            return Err(ClockProblem::TooEarly { given: on, earliest });
        }
        match due {
            Due::Fixed(due_on) if due_on < on => Err(ClockProblem::AlreadyElapsed { given: on, due_on }),
            Due::Fixed(_) | Due::Pending { .. } => {
                let warning = self.warning.map(|warning| Warning { on: None, ..warning });
                Ok(Self { state: RunState::Paused { since: on }, warning, ..self.clone() })
            }
        }
    }

    /// Counts again: `on`, the day the supplement is received, is not counted; the next day is.
    ///
    /// # Errors
    /// [`ClockProblem::NotPaused`]; [`ClockProblem::TooEarly`] before the day the pause began.
    pub fn resume(&self, on: Date, calendar: &Calendar) -> Result<Self, ClockProblem> {
        let since = match self.state {
            RunState::Running { .. } => return Err(ClockProblem::NotPaused),
            RunState::Paused { since } => since,
        };
        if on < since {
            return Err(ClockProblem::TooEarly { given: on, earliest: since });
        }
        let mut pauses = self.pauses.clone();
        pauses.push(Pause { from: since, to: on });
        let due = compute_due(self.kind, self.limit, self.started_on, &pauses, calendar);
        Ok(Self { pauses, state: RunState::Running { due }, ..self.clone() }.aimed(calendar))
    }

    /// The same clock under this calendar, and what changed.
    ///
    /// A pending day becomes fixed when its data is there, a fixed one moves when the data says otherwise. A fixed
    /// day stays when the calendar has no data for it: absence of data refutes nothing. A paused clock has no due
    /// day to change.
    pub fn recompute(&self, calendar: &Calendar) -> (Self, DueChange) {
        let before = match self.state {
            RunState::Paused { .. } => return (self.clone(), DueChange::Unchanged),
            RunState::Running { due } => due,
        };
        let after = compute_due(self.kind, self.limit, self.started_on, &self.pauses, calendar);
        let change = match (before, after) {
            _ if before == after => DueChange::Unchanged,
            (Due::Fixed(_), Due::Pending { .. }) => DueChange::Unchanged,
            (Due::Fixed(from), Due::Fixed(to)) => DueChange::Moved { from, to },
            (Due::Pending { .. }, Due::Fixed(due_on)) => DueChange::Fixed { due_on },
            (Due::Pending { .. }, Due::Pending { first_missing_year }) => {
                DueChange::StillPending { first_missing_year }
            }
        };
        match change {
            DueChange::Unchanged => (self.clone(), change),
            DueChange::Fixed { .. } | DueChange::Moved { .. } | DueChange::StillPending { .. } => {
                (Self { state: RunState::Running { due: after }, ..self.clone() }.aimed(calendar), change)
            }
        }
    }

    /// Whether the due day is wholly past at the beginning of `today`: true from the day after it.
    ///
    /// For a floor or a guaranteed time, what waited for it is now permitted; for a cap or a backward clock, what is
    /// not done is late. Never true while the clock is paused or its due day is pending.
    pub fn elapsed(&self, today: Date) -> bool {
        self.due_on().is_some_and(|due_on| due_on < today)
    }

    /// How many days remain after `today`, in the unit of the limit; 0 on the due day, which still runs to 24:00.
    ///
    /// On the day of the start this is the whole limit. Known also while paused or pending, because it looks back,
    /// not ahead. For a backward clock it is the number of days until the latest day of delivery.
    ///
    /// # Errors
    /// [`NoCalendarData`] when a year that was lived through is not loaded.
    pub fn days_left(&self, today: Date, calendar: &Calendar) -> Result<u32, NoCalendarData> {
        match (self.kind, self.state) {
            (ClockKind::Backward, RunState::Running { due: Due::Pending { first_missing_year: year } }) => {
                Err(NoCalendarData { year })
            }
            (ClockKind::Backward, RunState::Running { due: Due::Fixed(due_on) }) => {
                counted_days(today, due_on, |date| counts(self.limit, date, calendar))
            }
            _ => Ok(self.limit.count().saturating_sub(self.days_used(today, calendar)?)),
        }
    }

    /// How many days were counted after the start, up to and including `today`, pauses left out; in the unit of the
    /// limit. Goes on growing past the due day, so it also says by how much a cap was exceeded.
    ///
    /// For a backward clock nothing is used up: the answer is 0 until the day of the event.
    ///
    /// # Errors
    /// [`NoCalendarData`] when a year that was lived through is not loaded.
    pub fn days_used(&self, today: Date, calendar: &Calendar) -> Result<u32, NoCalendarData> {
        let until = match self.state {
            RunState::Running { .. } => today,
            RunState::Paused { since } => today.min(since.yesterday().unwrap_or(since)),
        };
        counted_days(self.started_on, until, |date| {
            Ok(!paused(&self.pauses, date) && counts(self.limit, date, calendar)?)
        })
    }

    /// How many days after `from`, up to and including `until`, count towards the limit; pauses left out, in its unit.
    ///
    /// # Errors
    /// [`NoCalendarData`] when a year in between is not loaded.
    pub fn counted_between(&self, from: Date, until: Date, calendar: &Calendar) -> Result<u32, NoCalendarData> {
        counted_days(from, until, |date| Ok(!self.paused_on(date) && counts(self.limit, date, calendar)?))
    }

    /// Whether a day is not counted because of a pause, ended or not.
    pub fn paused_on(&self, date: Date) -> bool {
        let at_rest = matches!(self.state, RunState::Paused { since } if since <= date);
        at_rest || paused(&self.pauses, date)
    }

    /// The due day, when there is one: not while paused, not while pending.
    pub fn due_on(&self) -> Option<Date> {
        self.due().and_then(Due::date)
    }

    /// Whether it has a last day that is no later than that of the clock as it was: what was said of that day's being near then stays said.
    pub fn due_no_later_than(&self, before: &Self) -> bool {
        self.due_on().is_some_and(|due_on| Some(due_on) <= before.due_on())
    }

    /// The due day or the year it waits for; `None` while paused.
    pub fn due(&self) -> Option<Due> {
        match self.state {
            RunState::Running { due } => Some(due),
            RunState::Paused { .. } => None,
        }
    }

    /// What the end of this clock means.
    pub fn kind(&self) -> ClockKind {
        self.kind
    }

    /// How long it runs.
    pub fn limit(&self) -> Limit {
        self.limit
    }

    /// The day of the start, not counted; for a backward clock, the day of the event.
    pub fn started_on(&self) -> Date {
        self.started_on
    }

    /// Pauses that have ended, in order.
    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    /// Whether it counts, and until when.
    pub fn state(&self) -> RunState {
        self.state
    }

    /// The first day on which what waits for a floor or a guaranteed time is permitted: the day after the due day.
    ///
    /// `None` for caps and backward clocks, while paused, and while pending.
    pub fn permitted_from(&self) -> Option<Date> {
        match self.kind {
            ClockKind::Floor | ClockKind::Guaranteed => self.due_on().and_then(|due_on| due_on.tomorrow().ok()),
            ClockKind::Cap | ClockKind::Backward => None,
        }
    }
}

fn compute_due(kind: ClockKind, limit: Limit, on: Date, pauses: &[Pause], calendar: &Calendar) -> Due {
    match (kind, limit) {
        (ClockKind::Backward, Limit::Calendar(days)) => Due::Fixed(count::latest_before(on, days)),
        (ClockKind::Backward, Limit::Working(days)) => count::latest_before_working_days(calendar, on, days),
        (ClockKind::Floor | ClockKind::Cap | ClockKind::Guaranteed, _) => {
            nth_counted_day(on, limit.count(), |date| Ok(!paused(pauses, date) && counts(limit, date, calendar)?))
        }
    }
}

/// Whether a day counts towards the limit, pauses aside.
fn counts(limit: Limit, date: Date, calendar: &Calendar) -> Result<bool, NoCalendarData> {
    match limit {
        Limit::Calendar(_) => Ok(true),
        Limit::Working(_) => calendar.is_working(date),
    }
}

fn paused(pauses: &[Pause], date: Date) -> bool {
    pauses.iter().any(|pause| (pause.from..=pause.to).contains(&date))
}

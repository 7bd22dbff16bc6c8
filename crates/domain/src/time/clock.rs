//! What clocks are made of: what their end means, their pauses, and what can go wrong or change.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::count::Due;

/// What the end of a period means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    /// At least this long; the act that waits for it is permitted from the day after the due day. Example: the
    /// public comment period, Decree No. 713 (2019), Art. 15.
    Floor,
    /// At most this long; the act is late from the day after the due day. Example: publication.
    Cap,
    /// Delivery at least this long before an event; late from the day after the due day. Example: hearing
    /// materials, Decree No. 713 (2019), Art. 16. Cannot be paused.
    Backward,
    /// A floor owed to its holder: nobody may demand less or schedule what follows inside it; the holder may finish
    /// early on their own statement. Never shortened by a pause. Example: legality review, Art. 26.
    Guaranteed,
}

/// A pause that has ended. No day from `from` to `to`, both included, is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pause {
    /// The day the pause began: a supplement was asked for.
    pub from: Date,
    /// The day it ended: the supplement was received. Not before `from`.
    pub to: Date,
}

/// Whether a clock is counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Counting.
    Running {
        /// The last day, unless a calendar is missing.
        due: Due,
    },
    /// Not counting; no last day exists until it resumes.
    Paused {
        /// The day the pause began, itself not counted.
        since: Date,
    },
}

/// What [`Run::recompute`](super::Run::recompute) did to the due day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueChange {
    /// Nothing to record.
    Unchanged,
    /// The due day became known.
    Fixed {
        /// The last day.
        due_on: Date,
    },
    /// An amended notice moved a known due day.
    Moved {
        /// The last day until now.
        from: Date,
        /// The last day from now on.
        to: Date,
    },
    /// Still unknown, but another year is awaited.
    StillPending {
        /// The year that stops the count now.
        first_missing_year: i16,
    },
}

/// Why a clock could not be paused or resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockProblem {
    /// A backward clock hangs on the date of an event.
    #[error("Expected a clock that can pause, but a deadline before an event cannot. Move the event instead.")]
    CannotPause,
    /// The clock is paused.
    #[error("Expected a running clock, but it has been paused since {since}. Resume it first.")]
    AlreadyPaused {
        /// The day the pause began.
        since: Date,
    },
    /// The clock is running.
    #[error("Expected a paused clock, but it is running. There is no pause to end.")]
    NotPaused,
    /// The act lies before the one it follows.
    #[error("Expected a day on or after {earliest}, but {given} was given. Correct the day on which it happened.")]
    TooEarly {
        /// The day given.
        given: Date,
        /// The first day possible.
        earliest: Date,
    },
    /// Nothing is left to pause.
    #[error("Expected a clock still running on {given}, but it ended on {due_on}. A pause cannot reopen it.")]
    AlreadyElapsed {
        /// The day given.
        given: Date,
        /// The last day of the clock.
        due_on: Date,
    },
}

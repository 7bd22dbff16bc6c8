//! What a figure counts: things, how each stands, and the act that shows it.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::compliance::Who;
use crate::id::{CaseId, EventId, StreamId, UnitId};
use crate::words;

words! {
    /// Why a thing is in no number.
    Apart {
        /// The law excuses it, on a ground that somebody recorded.
        Excused = "excused",
        /// It does not apply to the matter.
        NotApplicable = "not_applicable",
        /// The matter has not come so far.
        NotYet = "not_yet",
        /// The clock runs, and its last day is not over.
        Running = "running",
        /// The clock is paused: nobody's time.
        Paused = "paused",
        /// Its last day is not known, because a calendar is missing.
        Pending = "pending",
        /// It came after the last day, is kept, and is told apart.
        Late = "late",
        /// The act was no longer waited for, was taken back, or was set aside.
        Dropped = "dropped",
        /// Whoever has it took it over when its last day was past already.
        TakenOverLate = "taken_over_late",
        /// The record does not tell.
        Untold = "untold",
    }
}

/// How a thing stands to the figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It counts.
    Counted,
    /// It is part of the whole, and does not count.
    Missed,
    /// It is in no number.
    Apart(Apart),
}

impl Standing {
    /// Whether it is in the denominator.
    pub const fn in_whole(self) -> bool {
        matches!(self, Self::Counted | Self::Missed)
    }

    /// Counts where this holds, else is part of the whole alone.
    pub const fn of(holds: bool) -> Self {
        if holds { Self::Counted } else { Self::Missed }
    }

    /// `counted`, `missed`, or the word of what keeps it apart.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Missed => "missed",
            Self::Apart(why) => why.as_str(),
        }
    }
}

/// An event on the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Its stream.
    pub stream: StreamId,
    /// Its number there.
    pub n: u64,
    /// Its id.
    pub event: EventId,
    /// Its kind.
    pub kind: String,
    /// The day on which it happened.
    pub day: Date,
}

/// The ground on which something was left undone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave {
    /// Who recorded it, as of the act; none where the record names nobody.
    pub by: Option<Who>,
    /// Why, as recorded.
    pub reason: String,
    /// The article that they cite; empty where they cite none.
    pub basis: String,
}

/// One thing of a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it is, by a name that is its alone in the figure: an id, or an id and a number.
    pub thing: String,
    /// How it stands.
    pub standing: Standing,
    /// The day by which it belongs to the period.
    pub day: Date,
    /// The act that shows it.
    pub act: Act,
    /// Other events of the same stream that show it.
    pub shown_by: Vec<u64>,
    /// Its case.
    pub case: Option<CaseId>,
    /// The name of the matter; empty where it has none.
    pub title: Arc<str>,
    /// The unit that undertakes the matter, or holds it.
    pub unit: Option<UnitId>,
    /// Days: of a period for comments its length, of a time how long the matter was held, net of pauses.
    pub days: Option<u32>,
    /// On which grounds it is excused.
    pub leave: Vec<Leave>,
}

impl Item {
    /// Where it stands among the things of a figure.
    pub fn place(&self) -> (Date, StreamId, u64, &str) {
        (self.day, self.act.stream, self.act.n, &self.thing)
    }
}

//! All that is not in the case when somebody acts: who acts, when, with which calendar and which drawn ids.

use std::cell::Cell;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::check;
use crate::id::{PersonId, PostId, UnitId};
use crate::permits::Relations;
use crate::rejection::Rejection;
use crate::time::Calendar;
use crate::words::DocumentRef;

/// Who acts, as of the act: names and posts are copied, so that later changes do not touch the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Actor {
    /// A person holding a post.
    Official {
        /// Who.
        person: PersonId,
        /// Name as of the act.
        name: String,
        /// Post.
        post: PostId,
        /// Title of the post as of the act.
        post_title: String,
        /// Unit.
        unit: UnitId,
        /// Name of the unit as of the act.
        unit_name: String,
        /// In whose place, where by delegation.
        acting_for: Option<PersonId>,
    },
    /// The anonymous public.
    Public,
    /// The system itself: a clock, or the follow-up of another stream's event.
    System,
}

impl Actor {
    /// The person, if there is one.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::Official { person, .. } => Some(*person),
            Self::Public | Self::System => None,
        }
    }

    /// The person and, under delegation, whom they act for.
    pub fn persons(&self) -> impl Iterator<Item = PersonId> {
        let acting_for = match self {
            Self::Official { acting_for, .. } => *acting_for,
            Self::Public | Self::System => None,
        };
        self.person().into_iter().chain(acting_for)
    }

    /// The unit, if there is one.
    pub const fn unit(&self) -> Option<UnitId> {
        match self {
            Self::Official { unit, .. } => Some(*unit),
            Self::Public | Self::System => None,
        }
    }
}

/// How the act was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Manner {
    /// Here and now.
    Online,
    /// Earlier, on paper or in a room; entered afterwards as it was.
    Offline {
        /// Day on which it happened.
        occurred_on: Date,
        /// What shows it, at least one document.
        evidence: Vec<DocumentRef>,
    },
}

/// The days of an act on a stream that has no definition: a catalogue, a proposal, a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct On {
    /// The present day.
    pub today: Date,
    /// The day on which it happened, today or earlier.
    pub day: Date,
    /// Whether it happened on paper and is entered afterwards: then it is recorded as it was, with its flags.
    pub offline: bool,
}

impl On {
    /// That what is entered afterwards has happened.
    ///
    /// # Errors
    /// `DATE_NOT_ACCEPTABLE` for a day that has not come.
    pub fn acceptable(self) -> Result<(), Rejection> {
        check::not_after("offline.occurred_on", self.day, self.today)
    }
}

/// Ids drawn for one act; the core has no randomness of its own.
#[derive(Debug)]
pub struct Ids {
    drawn: Vec<Uuid>,
    next: Cell<usize>,
}

impl Ids {
    /// How many ids an act can need.
    pub const NEEDED: usize = 4;

    /// Ids for one act.
    pub fn new(drawn: impl IntoIterator<Item = Uuid>) -> Self {
        Self { drawn: drawn.into_iter().collect(), next: Cell::new(0) }
    }

    /// The next id.
    ///
    /// # Panics
    /// If fewer than [`Ids::NEEDED`] were drawn: an error of the program, not of a person.
    pub fn next(&self) -> Uuid {
        let at = self.next.get();
        self.next.set(at + 1);
        *self.drawn.get(at).expect("an act draws at most Ids::NEEDED ids, and that many were given")
    }
}

/// The occasion of an act.
#[derive(Debug)]
pub struct Occasion<'a> {
    /// Who acts.
    pub actor: Actor,
    /// What the actor is to the case.
    pub who: Relations,
    /// When it is recorded.
    pub now: Timestamp,
    /// How it was done.
    pub manner: Manner,
    /// The working-day calendar.
    pub calendar: &'a Calendar,
    /// Drawn ids.
    pub ids: Ids,
}

impl Occasion<'_> {
    /// The present day where the organ is.
    pub fn today(&self) -> Date {
        self.calendar.zone().date_of(self.now)
    }

    /// The day on which the act happened: today, or earlier if it was offline.
    pub fn day(&self) -> Date {
        match &self.manner {
            Manner::Online => self.today(),
            Manner::Offline { occurred_on, .. } => *occurred_on,
        }
    }
}

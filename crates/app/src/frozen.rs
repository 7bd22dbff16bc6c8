//! A trace as it is frozen: one canonical JSON document, so that the same trace of the same record is the same bytes.
//!
//! All that is in it follows from the events up to a number, the directory and the calendar. Names stand as of each act; what a
//! clock or a directory knows is named by its id and its name. Nothing in it depends on the day on which it is made.

use std::collections::{BTreeMap, BTreeSet};

use dingce_domain::accountability::{Subject, TracedEvent};
use dingce_domain::holding::ConflictKind;
use dingce_domain::id::{Digest, DraftId, EventId, MeetingId, PersonId, StreamId, UnitId};
use dingce_domain::occasion::Actor;
use dingce_domain::time::Limit;
use dingce_domain::verb::Verb;
use dingce_domain::words::{DocumentRef, Text};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::use_cases::of_clock;

pub use dingce_archive::TRACE_FORMAT as FORMAT;

/// A frozen trace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceDocument {
    /// [`FORMAT`].
    pub format: String,
    /// What was traced.
    pub about: Subject,
    /// The stream that was read.
    pub stream: StreamId,
    /// The organ.
    pub organ: UnitId,
    /// Name of the matter.
    pub title: String,
    /// Nothing recorded after this day is in it, and what goes on is measured on it.
    pub as_known_on: Date,
    /// Number of the newest event in it.
    pub n: u64,
    /// Leaf hash of that event.
    pub leaf_hash: Digest,
    /// Digest of the calendar by which days were counted.
    pub calendar: Digest,
    /// Events, by number.
    pub events: Vec<FrozenEvent>,
    /// Who held the matter against which clock; of cases.
    pub holds: Vec<FrozenHold>,
    /// What units had to do with it; of cases.
    pub units: Vec<FrozenUnit>,
    /// Positions at meetings; of cases.
    pub positions: Vec<FrozenPosition>,
    /// What members had before them; of cases.
    pub materials: Vec<FrozenMaterials>,
    /// Facts that may mean more than one interest; of cases.
    pub conflicts: Vec<FrozenConflict>,
    /// The proposal, or the entry with what became of it, as it was then; none for a case.
    pub matter: Option<serde_json::Value>,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenEvent {
    /// Its number.
    pub n: u64,
    /// Its id.
    pub event: EventId,
    /// Its kind.
    pub kind: String,
    /// The clock that it is about; none for acts.
    pub clock: Option<String>,
    /// The day on which it happened.
    pub day: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// Whether it was entered afterwards.
    pub entered_afterwards: bool,
    /// Who acted, as of the act.
    pub by: Actor,
    /// Stage.
    pub stage: Option<String>,
    /// Draft version.
    pub draft: Option<DraftId>,
    /// Opinion, conclusion, position or outcome, as a stored word.
    pub opinion: Option<String>,
    /// Hash of the definition that bound it.
    pub law: Option<Digest>,
    /// What was said with it.
    pub text: Option<String>,
    /// Hash of its leaf in the log.
    pub leaf_hash: Digest,
}

/// One role's hold of the matter against one clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenHold {
    /// Number of the event that began it.
    pub n: u64,
    /// The clock.
    pub clock: String,
    /// Its name.
    pub clock_text: Text,
    /// The text that sets the period, as people cite it; none where it has none.
    pub source: Option<FrozenSource>,
    /// The role.
    pub holder: String,
    /// Its name.
    pub holder_text: Text,
    /// The unit.
    pub unit: Option<UnitId>,
    /// Its name.
    pub unit_name: Option<String>,
    /// First day, itself not counted.
    pub from: Date,
    /// When it ended.
    pub to: Option<Date>,
    /// By which act.
    pub ended_by: Option<Verb>,
    /// Number of that act.
    pub ended_by_n: Option<u64>,
    /// Last day.
    pub due_on: Option<Date>,
    /// The period.
    pub limit: Option<Limit>,
    /// Calendar days, net of pauses.
    pub held_days: u32,
    /// Calendar days of pauses.
    pub paused_days: u32,
    /// Counted days in the unit of the period; none where a calendar is missing.
    pub counted_days: Option<u32>,
    /// Counted days after the last day; none where a calendar is missing.
    pub days_beyond: Option<u32>,
    /// Number of the event that said that the last day was near; none where none did.
    pub due_soon_n: Option<u64>,
    /// Number of the event by which it is on the record that the last day passed without the act; none where it did not.
    pub overdue_n: Option<u64>,
}

/// A text that sets a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenSource {
    /// As people cite it.
    pub cite: Text,
    /// The article; empty where it names none.
    pub article: String,
}

/// What one unit had to do with a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenUnit {
    /// The unit; none for roles that no one unit has.
    pub unit: Option<UnitId>,
    /// Its name.
    pub name: Option<String>,
    /// How many acts.
    pub acts: u64,
    /// Different days on which it held the matter, net of pauses.
    pub held_days: u64,
    /// Different days on which it held it after a last day.
    pub overrun_days: u64,
    /// How many last days passed without its act.
    pub overdue: u64,
}

/// A position at a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenPosition {
    /// Number of the event.
    pub n: u64,
    /// Whose.
    pub member: PersonId,
    /// Their name.
    pub name: Option<String>,
    /// The position, as a stored word.
    pub position: String,
    /// Whether it is a dissent or a reservation.
    pub against: bool,
    /// What they said.
    pub statement: String,
}

/// What members had before them at a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenMaterials {
    /// The meeting.
    pub meeting: MeetingId,
    /// Number of the event that placed the matter on its agenda.
    pub n: u64,
    /// Session.
    pub session: String,
    /// Its day.
    pub held_on: Date,
    /// The version tabled.
    pub draft: Option<DraftId>,
    /// Documents of the version and of the file.
    pub documents: Vec<DocumentRef>,
    /// What the check of the file found missing.
    pub missing: Vec<String>,
    /// Members present.
    pub present: Vec<PersonId>,
    /// Members absent.
    pub absent: Vec<PersonId>,
    /// Members who withdrew.
    pub recused: Vec<PersonId>,
}

/// A fact that may mean more than one interest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenConflict {
    /// Which.
    pub kind: ConflictKind,
    /// Who.
    pub person: Option<PersonId>,
    /// Their name.
    pub name: Option<String>,
    /// Numbers of the events that show it.
    pub numbers: Vec<u64>,
    /// What was said of it.
    pub text: String,
}

/// Why bytes are not read as a frozen trace.
#[derive(Debug, thiserror::Error)]
pub enum TraceFormatError {
    /// Not JSON, or not of this form.
    #[error("expected a trace of the form {FORMAT}")]
    Form(#[from] serde_json::Error),
    /// Another version.
    #[error(
        "expected a trace of the form {FORMAT}, but got {found:?}: what an older program froze is read by that program; freeze the trace again"
    )]
    Version {
        /// What it says to be, cut to 80 characters.
        found: String,
    },
}

impl TraceDocument {
    /// Reads the bytes of a frozen trace.
    ///
    /// # Errors
    /// [`TraceFormatError`].
    pub fn read(bytes: &[u8]) -> Result<Self, TraceFormatError> {
        #[derive(Deserialize)]
        struct Versioned {
            format: String,
        }
        let Versioned { format } = serde_json::from_slice(bytes)?;
        if format != FORMAT {
            return Err(TraceFormatError::Version { found: format.chars().take(80).collect() });
        }
        Ok(serde_json::from_slice(bytes)?)
    }

    /// Events as far as naming persons needs them: those of people, and those of clocks. A position is its member's, whoever
    /// entered it.
    pub fn events_by_number(&self) -> BTreeMap<u64, TracedEvent> {
        let mut events: BTreeMap<u64, TracedEvent> = self
            .events
            .iter()
            .filter_map(|event| {
                let persons: BTreeSet<PersonId> = event.by.persons().collect();
                let known = !persons.is_empty() || of_clock(&event.kind);
                known.then_some((event.n, TracedEvent { day: event.day, persons }))
            })
            .collect();
        for position in &self.positions {
            if let Some(event) = events.get_mut(&position.n) {
                event.persons.insert(position.member);
            }
        }
        events
    }
}

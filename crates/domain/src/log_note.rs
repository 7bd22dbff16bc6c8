//! What the log has on record about itself: how far every stream had come, that it was healed, by which key it goes on, who looked things up.
//!
//! Each note is a stream of one event, so that the loss of others locks none. Nobody's act is among them: the system writes them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::id::{Digest, LogNoteId};

/// A note of the log about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum LogNoteEvent {
    /// How far each stream had come when a day began, as one root: a stream of which less is shown later was cut off.
    #[serde(rename = "log_heads_recorded")]
    HeadsRecorded {
        /// The day.
        on: Date,
        /// How many entries the log had.
        size: u64,
        /// Of how many streams.
        streams: u64,
        /// RFC 6962 root over one line a stream, by the bytes of the stream's name.
        root: Digest,
    },
    /// A database that was older than its published log had its entries put back.
    #[serde(rename = "log_restored")]
    Restored {
        /// How many entries the database still had.
        from: u64,
        /// How many it has now.
        to: u64,
        /// Of how many the events are lost.
        lost: u64,
        /// Of how many streams: they are locked.
        streams: u64,
    },
    /// Lost events came back from a backup.
    #[serde(rename = "log_events_returned")]
    EventsReturned {
        /// How many events.
        events: u64,
        /// How many are lost still.
        lost: u64,
    },
    /// From here on another key signs.
    #[serde(rename = "log_key_rotated")]
    KeyRotated {
        /// The key until now, as a verifier takes it.
        from: String,
        /// The key from now on.
        to: String,
    },
    /// Who looked what up, as one root: a look-up that is taken out of the list later is missed.
    #[serde(rename = "log_lookups_recorded")]
    LookupsRecorded {
        /// Number of the first look-up, from 1.
        first: u64,
        /// Number of the last.
        last: u64,
        /// RFC 6962 root over the look-ups as canonical JSON, in their order.
        root: Digest,
    },
    /// Somebody else's clock vouched for a checkpoint: a time-stamp token of RFC 3161.
    #[serde(rename = "log_timestamped")]
    Timestamped {
        /// How many entries the checkpoint is over.
        size: u64,
        /// SHA-256 of the checkpoint that was stamped, without later cosignatures.
        checkpoint: Digest,
        /// SHA-256 of the answer of the authority, which is kept with the log's files.
        token: Digest,
    },
}

impl LogNoteEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::HeadsRecorded { .. } => "log_heads_recorded",
            Self::Restored { .. } => "log_restored",
            Self::EventsReturned { .. } => "log_events_returned",
            Self::KeyRotated { .. } => "log_key_rotated",
            Self::LookupsRecorded { .. } => "log_lookups_recorded",
            Self::Timestamped { .. } => "log_timestamped",
        }
    }

    /// The root or digest that the leaf names, so that a holder of the leaf alone can hold it against something.
    pub fn digest(&self) -> Option<Digest> {
        match self {
            Self::HeadsRecorded { root, .. } | Self::LookupsRecorded { root, .. } => Some(*root),
            Self::Timestamped { token, .. } => Some(*token),
            Self::Restored { .. } | Self::EventsReturned { .. } | Self::KeyRotated { .. } => None,
        }
    }
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogNote {
    /// Its id.
    pub id: LogNoteId,
    /// What it says.
    pub said: LogNoteEvent,
}

impl LogNote {
    /// The note after its one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] for a second event.
    pub fn evolve(state: Option<Self>, id: LogNoteId, event: &LogNoteEvent) -> Result<Self, CorruptHistory> {
        match state {
            None => Ok(Self { id, said: event.clone() }),
            Some(_) => {
                let why = "a note of the log has one event".to_owned();
                Err(CorruptHistory { n: 2, kind: event.kind().to_owned(), why })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_has_one_event() {
        let said = LogNoteEvent::Restored { from: 3, to: 5, lost: 1, streams: 1 };
        let id = LogNoteId::new(uuid::Uuid::from_u128(7));
        let note = LogNote::evolve(None, id, &said).expect("a note");
        assert_eq!(note.said, said);
        let again = LogNote::evolve(Some(note), id, &said).expect_err("a second event");
        assert_eq!((again.n, again.kind.as_str()), (2, "log_restored"));
    }
}

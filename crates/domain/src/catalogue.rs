//! The yearly catalogue of major decisions 决策事项目录, as a plain published list.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::CorruptHistory;
use crate::check;
use crate::code::Code;
use crate::id::{CatalogueId, EntryId};
use crate::rejection::Rejection;

/// One entry of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Its number in the list, as printed.
    pub no: String,
    /// Name of the matter.
    pub title: String,
    /// Undertaking unit or units, as printed; empty where none is.
    pub undertaking_unit: String,
    /// Whether a hearing is to be held; absent where the list does not say.
    pub hearing: Option<bool>,
    /// Planned time, as printed; empty where none is.
    pub planned_time: String,
}

/// Publish a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublishCatalogue {
    /// The year it is for.
    pub year: i16,
    /// Title, as printed.
    pub title: String,
    /// Document number; empty where none is.
    pub doc_no: String,
    /// Day of publication.
    pub published_on: Date,
    /// Whether the organ's executive meeting approved it.
    pub government_consent: bool,
    /// Whether the Party committee of the same level consented; a missing consent is flagged, not hidden (T2).
    pub party_consent: bool,
    /// Entries, at least one.
    pub entries: Vec<Entry>,
}

/// One event of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum CatalogueEvent {
    /// It was published.
    #[serde(rename = "catalogue_published")]
    Published { given: PublishCatalogue },
}

impl CatalogueEvent {
    /// The kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Published { .. } => "catalogue_published",
        }
    }
}

/// A catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Its id.
    pub id: CatalogueId,
    /// As published.
    pub published: PublishCatalogue,
    /// How many events made it.
    pub n: u64,
}

impl Catalogue {
    /// The catalogue after one event.
    ///
    /// # Errors
    /// [`CorruptHistory`] where the event cannot follow.
    pub fn evolve(state: Option<Self>, id: CatalogueId, event: &CatalogueEvent) -> Result<Self, CorruptHistory> {
        match (state, event) {
            (None, CatalogueEvent::Published { given }) => Ok(Self { id, published: given.clone(), n: 1 }),
            (Some(state), _) => Err(CorruptHistory {
                n: state.n + 1,
                kind: event.kind().to_owned(),
                why: "the catalogue is already published".to_owned(),
            }),
        }
    }

    /// The event that publishes a catalogue.
    ///
    /// # Errors
    /// A [`Rejection`] where the list cannot be accepted.
    pub fn publish(given: PublishCatalogue, today: Date) -> Result<CatalogueEvent, Rejection> {
        check::line("title", &given.title)?;
        check::line_or_empty("doc_no", &given.doc_no)?;
        check::not_after("published_on", given.published_on, today)?;
        check::count("entries", given.entries.len(), 1)?;
        if !(1949..=9999).contains(&given.year) {
            return Err(Rejection::new(Code::DateNotAcceptable).at("year").given(given.year));
        }
        for (i, entry) in given.entries.iter().enumerate() {
            check::line(&format!("entries.{i}.title"), &entry.title)?;
            check::line_or_empty(&format!("entries.{i}.no"), &entry.no)?;
            check::line_or_empty(&format!("entries.{i}.undertaking_unit"), &entry.undertaking_unit)?;
            check::line_or_empty(&format!("entries.{i}.planned_time"), &entry.planned_time)?;
        }
        Ok(CatalogueEvent::Published { given })
    }
}

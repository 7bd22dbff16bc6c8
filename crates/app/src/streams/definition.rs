//! The definition stream: a definition is published once, with its bytes and the certificate of its proof, and never
//! changes; only its certificate does, when a newer program proves it again under its own rules.

use dingce_domain::case::CorruptHistory;
use dingce_domain::id::{DefinitionId, Digest, StreamId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::DefinitionRow;
use crate::stream::{Follows, Loaded, Stream};

/// A definition as published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedDefinition {
    /// SHA-256 of its bytes.
    pub hash: Digest,
    /// Name.
    pub name: String,
    /// Version.
    pub version: u32,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// First day on which a case may be opened under it.
    pub valid_from: Date,
    /// First day no longer.
    pub valid_to: Option<Date>,
    /// The file.
    pub source: String,
    /// The proof certificate.
    pub certificate: serde_json::Value,
}

/// One event of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", deny_unknown_fields)]
pub enum DefinitionEvent {
    /// It was published.
    #[serde(rename = "definition_published")]
    Published {
        /// As published.
        given: PublishedDefinition,
    },
    /// It was proven again, under other rules of the engine.
    #[serde(rename = "definition_proven_again")]
    ProvenAgain {
        /// The certificate of the new proof.
        certificate: serde_json::Value,
    },
}

impl Stream for PublishedDefinition {
    type Id = DefinitionId;
    type Event = DefinitionEvent;
    const SHAPE: u32 = 1;

    fn id(stream: StreamId) -> DefinitionId {
        DefinitionId::new(stream.value)
    }

    fn evolve(
        state: Option<Self>,
        _id: DefinitionId,
        event: &Recorded<DefinitionEvent>,
    ) -> Result<Self, CorruptHistory> {
        let corrupt = |why: &str| {
            Err(CorruptHistory { n: event.envelope.n, kind: event.envelope.kind.clone(), why: why.to_owned() })
        };
        match (state, &event.body) {
            (None, DefinitionEvent::Published { given }) => Ok(given.clone()),
            (Some(state), DefinitionEvent::ProvenAgain { certificate }) => {
                Ok(Self { certificate: certificate.clone(), ..state })
            }
            (None, DefinitionEvent::ProvenAgain { .. }) => corrupt("the definition was never published"),
            (Some(_), DefinitionEvent::Published { .. }) => corrupt("the definition is already published"),
        }
    }

    fn marks(event: &DefinitionEvent) -> Marks {
        let kind = match event {
            DefinitionEvent::Published { .. } => "definition_published",
            DefinitionEvent::ProvenAgain { .. } => "definition_proven_again",
        };
        Marks { kind, ..Marks::default() }
    }

    fn follows(id: DefinitionId, after: &Loaded<Self>, _events: &[Recorded<DefinitionEvent>]) -> Follows {
        let given = &after.state;
        let mut follows = Follows::default();
        follows.rows.push(
            DefinitionRow {
                hash: given.hash.to_string(),
                definition: id.to_string(),
                name: given.name.clone(),
                version: i64::from(given.version),
                title_zh: given.title_zh.clone(),
                title_en: given.title_en.clone(),
                valid_from: given.valid_from.to_string(),
                valid_to: given.valid_to.map(|d| d.to_string()),
                source: given.source.clone(),
                certificate_json: json(&given.certificate),
                published_at: after.tip.first_at,
            }
            .put(),
        );
        follows
    }
}

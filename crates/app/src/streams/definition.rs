//! The definition stream: a definition is published once, with its bytes and the certificate of its proof, and never
//! changes; only its certificate does, when a newer program proves it again under its own rules. Beside it stands what
//! organs confirmed of its values.

use dingce_domain::case::CorruptHistory;
use dingce_domain::confirmation::{ConfirmationWithdrawn, Confirmations, ParameterConfirmed};
use dingce_domain::id::{DefinitionId, Digest, StreamId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::json;
use crate::envelope::{Marks, Recorded};
use crate::ports::ReadRow;
use crate::read_rows::{ConfirmationRow, DefinitionRow};
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

/// A definition with what became of it since.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDefinition {
    /// As published, with the newest certificate.
    pub given: PublishedDefinition,
    /// What organs confirmed of its values.
    pub confirmations: Confirmations,
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
    /// A value that only advises binds one organ from a day on.
    #[serde(rename = "parameter_confirmed")]
    ParameterConfirmed {
        /// As confirmed.
        given: ParameterConfirmed,
    },
    /// A value that was confirmed only advises again, from a day on.
    #[serde(rename = "confirmation_withdrawn")]
    ConfirmationWithdrawn {
        /// As withdrawn.
        given: ConfirmationWithdrawn,
    },
}

impl Stream for KeptDefinition {
    type Id = DefinitionId;
    type Event = DefinitionEvent;
    const SHAPE: u32 = 2;

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
        let Some(mut state) = state else {
            return match &event.body {
                DefinitionEvent::Published { given } => {
                    Ok(Self { given: given.clone(), confirmations: Confirmations::default() })
                }
                _ => corrupt("the definition was never published"),
            };
        };
        match &event.body {
            DefinitionEvent::Published { .. } => return corrupt("the definition is already published"),
            DefinitionEvent::ProvenAgain { certificate } => state.given.certificate = certificate.clone(),
            DefinitionEvent::ParameterConfirmed { given } => {
                let envelope = &event.envelope;
                state.confirmations.take(given.clone(), envelope.n, envelope.by.clone(), envelope.recorded_at);
            }
            DefinitionEvent::ConfirmationWithdrawn { given } => {
                if !state.confirmations.end(given.clone()) {
                    return corrupt("the value is not confirmed");
                }
            }
        }
        Ok(state)
    }

    fn marks(event: &DefinitionEvent) -> Marks {
        let kind = match event {
            DefinitionEvent::Published { .. } => "definition_published",
            DefinitionEvent::ProvenAgain { .. } => "definition_proven_again",
            DefinitionEvent::ParameterConfirmed { .. } => "parameter_confirmed",
            DefinitionEvent::ConfirmationWithdrawn { .. } => "confirmation_withdrawn",
        };
        let documents = match event {
            DefinitionEvent::ParameterConfirmed { given } => given.given.documents.iter().map(|d| d.digest).collect(),
            _ => Vec::new(),
        };
        Marks { kind, documents, ..Marks::default() }
    }

    fn follows(id: DefinitionId, after: &Loaded<Self>, _events: &[Recorded<DefinitionEvent>]) -> Follows {
        let Self { given, confirmations } = &after.state;
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
        for confirmation in confirmations.iter() {
            let organ = confirmation.confirmed.organ.to_string();
            let parameter = confirmation.confirmed.given.parameter.to_string();
            let (definition, n) = (given.hash.to_string(), i64::try_from(confirmation.n).unwrap_or(i64::MAX));
            let confirmation_json = json(confirmation);
            follows.rows.push(ConfirmationRow { definition, n, organ, parameter, confirmation_json }.put());
        }
        follows
    }
}

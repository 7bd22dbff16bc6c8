//! The kinds of streams: what their events mean for read tables, timers and process managers.

mod case;
mod case_clocks;
mod case_rows;
mod catalogue;
mod consultation;
mod definition;
mod dossier;
mod hearing;
mod legal_bases;
mod meeting;
mod organisation;
mod secret;

pub use case::{CaseState, topics};
pub use definition::{DefinitionEvent, PublishedDefinition};

use serde::Serialize;

/// The JSON of a value of ours; such values always have one.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| {
        tracing::error!(%error, "a value of the domain has no JSON form");
        String::from("null")
    })
}

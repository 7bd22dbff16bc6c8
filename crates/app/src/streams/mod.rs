//! The kinds of streams: what their events mean for read tables, timers and process managers.

mod accountability;
mod adviser;
pub(crate) mod case;
mod case_clocks;
mod case_holds;
mod case_rows;
mod case_spoken;
mod catalogue;
mod consultation;
mod definition;
mod determination;
mod dossier;
mod erasure;
mod hearing;
mod legal_bases;
mod log_note;
mod meeting;
mod organisation;
mod printed_agenda;
mod proposal;
mod secret;
mod supervision;

pub use case::{CaseState, topics};
pub use case_clocks::kind_word;
pub use case_spoken::{Detail, SaidPart, Spoken, spoken};
pub use definition::{DefinitionEvent, KeptDefinition, PublishedDefinition};

use std::collections::BTreeSet;

use dingce_domain::erasure::{ErasurePart, PersonalDataErased};
use dingce_domain::id::EventId;
use dingce_domain::id::StreamId;
use dingce_domain::tie::TieMatter;
use serde::Serialize;

use crate::envelope::Envelope;
use crate::ports::{OutboxMessage, ReadRow, RowChange, Value};
use crate::read_rows::{ErasedRow, TieRow};

/// Does something with the type of a kind of stream, under a name that the caller gives it: `by_kind!(kind, S => something::<S>())`.
macro_rules! by_kind {
    ($kind:expr, $name:ident => $do:expr) => {
        $crate::streams::by_kind! { @match $kind, $name, $do;
            Case: dingce_domain::case::Case,
            Catalogue: dingce_domain::catalogue::Catalogue,
            Consultation: dingce_domain::consultation::Consultation,
            Hearing: dingce_domain::hearing::Hearing,
            Organisation: dingce_domain::organisation::Organisation,
            Definition: $crate::streams::KeptDefinition,
            Dossier: dingce_domain::dossier::HistoricalDossier,
            Proposal: dingce_domain::proposal::Proposal,
            Determination: dingce_domain::determination::Determination,
            PrintedAgenda: dingce_domain::printed_agenda::PrintedAgenda,
            Adviser: dingce_domain::adviser::Adviser,
            Engagement: dingce_domain::engagement::Engagement,
            SecretStub: dingce_domain::secret::SecretStub,
            Meeting: dingce_domain::meeting::Meeting,
            LegalBases: dingce_domain::legal_bases::LegalBases,
            AccountabilityFile: dingce_domain::accountability::AccountabilityFile,
            SupervisionNotice: dingce_domain::supervision::SupervisionNotice,
            Erasure: dingce_domain::erasure::Erasure,
            InspectionMandate: dingce_domain::mandate::InspectionMandate,
            LogNote: dingce_domain::log_note::LogNote,
        }
    };
    (@match $kind:expr, $name:ident, $do:expr; $($of:ident: $stream:ty,)+) => {
        match $kind {
            $(dingce_domain::id::StreamKind::$of => {
                type $name = $stream;
                $do
            })+
        }
    };
}
pub(crate) use by_kind;

/// That something was tied to a case or a catalogue entry.
fn tied(source: impl ToString, given: &TieMatter) -> RowChange {
    let TieMatter { to, reason } = given;
    let (source, target, kind) = (source.to_string(), to.to_string(), to.target().to_string());
    TieRow { source, target, kind, reason: reason.clone() }.put()
}

/// That it was untied.
fn untied(source: impl ToString, given: &TieMatter) -> RowChange {
    let key = vec![Value::Text(source.to_string()), Value::Text(given.to.to_string())];
    RowChange::Remove { table: TieRow::TABLE, key }
}

/// What follows in every stream that holds it when something of the public was erased: that readers are told so, and the
/// message that destroys it. `erased` is all that was erased of it until now.
fn erased(
    stream: impl Into<StreamId>,
    given: &PersonalDataErased,
    erased: &BTreeSet<ErasurePart>,
    envelope: &Envelope,
) -> (RowChange, OutboxMessage) {
    let stream: StreamId = stream.into();
    let row = ErasedRow {
        subject: given.subject.clone(),
        stream: stream.to_string(),
        parts_json: json(erased),
        ground: given.ground.to_string(),
        article: given.article.clone(),
        erasure: given.erasure.to_string(),
        erased_at: envelope.recorded_at.as_millisecond(),
    };
    let payload = serde_json::json!({
        "erasure": given.erasure,
        "stream": stream,
        "subject": given.subject,
        "n": given.n,
        "recorded_n": envelope.n,
        "identity": given.parts.contains(&ErasurePart::Identity),
        "organ": envelope.organ,
    });
    (row.put(), message(envelope.event, topics::DESTROY_ERASED, payload))
}

/// The JSON of a value of ours; such values always have one.
pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| {
        tracing::error!(%error, "a value of the domain has no JSON form");
        String::from("null")
    })
}

/// A message to a process manager that follows from an event.
pub(crate) fn message(event: EventId, topic: impl Into<String>, payload: serde_json::Value) -> OutboxMessage {
    OutboxMessage { event, topic: topic.into(), payload: json(&payload) }
}

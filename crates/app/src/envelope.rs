//! The stored form of an event: its envelope and its open body, in one canonical JSON object; and the leaf made of it.

use dingce_domain::id::{Digest, DraftId, EventId, PersonId, PostId, StreamId, UnitId};
use dingce_domain::occasion::{Actor, Manner};
use dingce_domain::time::Zone;
use dingce_domain::words::DocumentRef;
use dingce_ledger as ledger;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::ports::{NewEvent, SealedBody, StoredEvent};

/// The version of every event's stored form that this program writes and reads.
pub const EVENT_VERSION: u16 = 1;

/// Who did what, when, on which version: everything about an event but its content.
///
/// The members `kind` to `opinion` repeat what the leaf says; the rest is for readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Kind of the event.
    pub kind: String,
    /// Its stream.
    pub stream: StreamId,
    /// Its number in the stream, from 1.
    pub n: u64,
    /// Its id.
    pub event: EventId,
    /// The organ.
    pub organ: UnitId,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it happened, for offline acts.
    pub occurred_on: Option<Date>,
    /// What shows an offline act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<DocumentRef>,
    /// Who acted, in full, as of the act.
    pub by: Actor,
    /// Who acted.
    pub actor: Option<PersonId>,
    /// In which post.
    pub post: Option<PostId>,
    /// Of which unit.
    pub unit: Option<UnitId>,
    /// In whose place.
    pub acting_for: Option<PersonId>,
    /// Stage.
    pub stage: Option<String>,
    /// Draft version.
    pub draft: Option<DraftId>,
    /// Opinion code.
    pub opinion: Option<String>,
    /// Definition the case runs under.
    pub law: Option<Digest>,
    /// Calendar used.
    pub cal: Option<Digest>,
}

impl Envelope {
    /// The day on which it happened: that of the act, where it was entered afterwards, else that of its record.
    pub fn day(&self) -> Date {
        self.occurred_on.unwrap_or_else(|| Zone::SHANGHAI.date_of(self.recorded_at))
    }
}

/// An event with its envelope, as read back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded<E> {
    /// The envelope.
    #[serde(flatten)]
    pub envelope: Envelope,
    /// The open body.
    pub body: E,
}

/// What the ledger and the index columns need to know of an event's body.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// Kind, as stored.
    pub kind: &'static str,
    /// Stage.
    pub stage: Option<String>,
    /// Draft version.
    pub draft: Option<DraftId>,
    /// Draft that it tables, adopts or issues.
    pub adopts_draft: Option<DraftId>,
    /// Opinion code.
    pub opinion: Option<String>,
    /// Clock.
    pub clock: Option<String>,
    /// Documents.
    pub documents: Vec<Digest>,
    /// Whether the body was written by the public: the leaf then holds a commitment.
    pub committed: bool,
}

/// What is the same for all events of one act.
pub struct Act<'a> {
    /// The stream.
    pub stream: StreamId,
    /// The organ.
    pub organ: UnitId,
    /// Who acts.
    pub actor: &'a Actor,
    /// How.
    pub manner: &'a Manner,
    /// When it is recorded.
    pub now: Timestamp,
    /// Definition.
    pub law: Option<Digest>,
    /// Calendar.
    pub cal: Option<Digest>,
}

/// Values drawn for one event.
pub struct Drawn {
    /// Its id.
    pub event: EventId,
    /// The leaf's salt.
    pub salt: [u8; 32],
    /// Key of the commitment to the open body.
    pub body_key: [u8; 32],
}

/// The number of an id that follows from a name, so that on no two nodes one name becomes two ids: the first 16 bytes of its SHA-256.
pub(crate) fn uuid_named(name: &[u8]) -> uuid::Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&ledger::sha256(name).as_bytes()[..16]);
    uuid::Uuid::from_bytes(bytes)
}

/// An instant as it is stored: to the millisecond.
pub fn to_millis(at: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at)
}

fn digest(of: Digest) -> ledger::Digest {
    ledger::Digest::from_bytes(*of.bytes())
}

/// Makes the stored form of an event that follows the leaf `prev` as number `n`.
///
/// # Errors
/// Where the body has no canonical form or the leaf would be too long: an error of the program.
pub fn record<E: Serialize>(
    act: &Act<'_>,
    n: u64,
    prev: Option<[u8; 32]>,
    body: &E,
    marks: Marks,
    drawn: Drawn,
    sealed: Option<SealedBody>,
    sealed_commitment: Option<ledger::BodyRef>,
) -> Result<(Envelope, NewEvent), AppError> {
    let (post, unit, acting_for) = match act.actor {
        Actor::Official { post, unit, acting_for, .. } => (Some(*post), Some(*unit), *acting_for),
        Actor::Public | Actor::System => (None, None, None),
    };
    let (occurred_on, evidence) = match act.manner {
        Manner::Online => (None, Vec::new()),
        Manner::Offline { occurred_on, evidence } => (Some(*occurred_on), evidence.clone()),
    };
    let recorded_at = to_millis(act.now);
    let mut docs: Vec<ledger::Digest> = marks.documents.iter().copied().map(digest).collect();
    docs.extend(evidence.iter().map(|d| digest(d.digest)));
    let envelope = Envelope {
        kind: marks.kind.to_owned(),
        stream: act.stream,
        n,
        event: drawn.event,
        organ: act.organ,
        recorded_at,
        occurred_on,
        evidence,
        by: act.actor.clone(),
        actor: act.actor.person(),
        post,
        unit,
        acting_for,
        stage: marks.stage,
        draft: marks.draft,
        opinion: marks.opinion,
        law: act.law,
        cal: act.cal,
    };
    let body_bytes = ledger::jcs::to_canonical(body)
        .map_err(|error| AppError::internal("writing an event as canonical JSON", error))?;
    let body_key = marks.committed.then_some(drawn.body_key);
    let leaf = ledger::LeafInput {
        v: ledger::leaf::LEAF_VERSION,
        k: envelope.kind.clone(),
        stream: act.stream.to_string(),
        n,
        prev: prev.map(ledger::Digest::from_bytes),
        event: drawn.event.to_string(),
        at: recorded_at.to_string(),
        on: occurred_on.map(|d| d.to_string()),
        actor: envelope.actor.map(|p| p.to_string()),
        post: post.map(|p| p.to_string()),
        unit: unit.map(|u| u.to_string()),
        acting_for: acting_for.map(|p| p.to_string()),
        stage: envelope.stage.clone(),
        draft: marks.draft.map(|d| d.to_string()),
        op: envelope.opinion.clone(),
        law: act.law.map(digest),
        cal: act.cal.map(digest),
        clock: marks.clock,
        docs,
        body: match &body_key {
            Some(key) => ledger::BodyRef::committed(key, &body_bytes),
            None => ledger::BodyRef::plain(&body_bytes),
        },
        sealed: sealed_commitment,
        salt: ledger::Salt(drawn.salt),
    };
    let leaf = ledger::Leaf::encode(&leaf).map_err(|e| AppError::internal("writing a leaf", e))?;
    let leaf_hash = *ledger::leaf_hash(&leaf).as_bytes();
    let kept = Kept { leaf, leaf_hash, body_key, sealed };
    let event = stored(&envelope, &body_bytes, marks.adopts_draft, kept)?;
    Ok((envelope, event))
}

/// What the ledger keeps of an event beside its envelope and open body.
pub struct Kept {
    /// The leaf.
    pub leaf: Vec<u8>,
    /// Its hash.
    pub leaf_hash: [u8; 32],
    /// Key of the commitment to the open body, where the leaf holds a commitment.
    pub body_key: Option<[u8; 32]>,
    /// The sealed body.
    pub sealed: Option<SealedBody>,
}

/// The stored form of an event of this envelope and this open body, which is canonical JSON. It is that of [`Recorded`], without making that
/// of the body twice.
///
/// # Errors
/// Where the envelope has no canonical form: an error of the program.
pub fn stored(
    envelope: &Envelope,
    body: &[u8],
    adopts_draft: Option<DraftId>,
    kept: Kept,
) -> Result<NewEvent, AppError> {
    let json = ledger::jcs::to_canonical_with(envelope, "body", body)
        .map_err(|error| AppError::internal("writing an event as canonical JSON", error))?;
    let Kept { leaf, leaf_hash, body_key, sealed } = kept;
    Ok(NewEvent {
        event: envelope.event,
        kind: envelope.kind.clone(),
        version: EVENT_VERSION,
        actor: envelope.actor,
        post: envelope.post,
        unit: envelope.unit,
        acting_for: envelope.acting_for,
        stage: envelope.stage.clone(),
        draft: envelope.draft,
        adopts_draft,
        opinion: envelope.opinion.clone(),
        occurred_on: envelope.occurred_on.map(|d| d.to_string()),
        recorded_at: envelope.recorded_at.as_millisecond(),
        json: String::from_utf8(json).map_err(|e| AppError::internal("writing an event", e))?,
        leaf,
        leaf_hash,
        body_key,
        sealed,
    })
}

/// Reads a stored event back.
///
/// # Errors
/// [`AppError::Corrupt`] where it cannot be read: damaged, or of a version this program does not know.
pub fn read<E: DeserializeOwned>(stored: &StoredEvent) -> Result<Recorded<E>, AppError> {
    let corrupt = |why: String| AppError::Corrupt {
        stream: stored.stream.to_string(),
        source: dingce_domain::case::CorruptHistory { n: stored.n, kind: stored.event.kind.clone(), why },
    };
    if stored.event.version != EVENT_VERSION {
        return Err(corrupt(format!("event version {} is not known to this program", stored.event.version)));
    }
    let recorded: Recorded<E> = serde_json::from_str(&stored.event.json).map_err(|e| corrupt(e.to_string()))?;
    let Envelope { stream, n, .. } = recorded.envelope;
    if (stream, n) != (stored.stream, stored.n) {
        return Err(corrupt(format!("it says that it is event {n} of {stream}")));
    }
    Ok(recorded)
}

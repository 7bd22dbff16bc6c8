//! Erasures that the log has on record and the database has lost: carried out again.
//!
//! A backup from before an erasure brings the person back. Where the published log is still there, healing puts the leaf back by which
//! the body's own stream said that it was erased; the event is lost. But that event holds only ids, codes, digests and instants, and all
//! of them follow from what is still there. So it is made again, and it is the one that was lost only if its body has the digest in the
//! leaf: nothing is destroyed on a guess. The stream stays locked, for other events of it may be lost; what followed from the event in
//! read tables is computed from the one that was made again, here and in every rebuild.
//!
//! Of a body that came after the backup nothing is here, and nothing is erased. Where the published log is gone too, nobody knows of the
//! erasure any more: see `docs/how-to/back-up-and-restore.md`.

use std::collections::{BTreeMap, BTreeSet};

use dingce_domain::consultation::ConsultationEvent;
use dingce_domain::erasure::{ErasureGround, ErasurePart, PersonalDataErased};
use dingce_domain::hearing::HearingEvent;
use dingce_domain::id::{Digest, StreamId, StreamKind, UnitId};
use dingce_domain::occasion::Actor;
use dingce_domain::proposal::ProposalEvent;
use dingce_ledger as ledger;
use jiff::Timestamp;
use ledger::LeafInput;
use serde::de::IgnoredAny;

use super::erasures::{erasure_id, of_the_public};
use crate::app::App;
use crate::envelope::{self, Envelope};
use crate::error::AppError;
use crate::ports::{Destroy, Filter, KeptLeaf, PublishedEntry, ReadRow, RowQuery, StoredEvent, Value};
use crate::read_rows::ErasedRow;

const ERASED: &str = "personal_data_erased";
const APPROVED: &str = "erasure_approved";

/// A lost event that says that something was erased, made again.
pub(super) struct LostErasure {
    given: PersonalDataErased,
    /// As it was stored.
    pub(super) stored: StoredEvent,
}

/// A body of the public that is here.
struct Body {
    given: PersonalDataErased,
    organ: UnitId,
}

impl App {
    /// Erases again what the log says was erased and is here again. Gives how many erasures it carried out; twice is as once.
    ///
    /// No server may run: read tables are computed anew.
    ///
    /// # Errors
    /// Where the store fails or a stream cannot be read. It is run again.
    pub async fn erase_again(&self) -> Result<u64, AppError> {
        let undone = self.undone_erasures().await?;
        for LostErasure { given, stored } in &undone {
            let identity = given.parts.contains(&ErasurePart::Identity);
            let what = Destroy { stream: stored.stream, n: given.n, subject: given.subject.clone(), identity };
            self.store.destroy(&what).await?;
        }
        if !undone.is_empty() {
            self.rebuild(true, &|_, _| {}).await?;
        }
        Ok(undone.len() as u64)
    }

    /// How many erasures the log has on record that are not carried out in this database.
    ///
    /// # Errors
    /// Where the store fails or a stream cannot be read.
    pub async fn erasures_undone(&self) -> Result<u64, AppError> {
        Ok(self.undone_erasures().await?.len() as u64)
    }

    async fn undone_erasures(&self) -> Result<Vec<LostErasure>, AppError> {
        let mut undone = Vec::new();
        for lost in self.lost_erasures().await? {
            let PersonalDataErased { subject, n, parts, .. } = &lost.given;
            let told = RowQuery::all(ErasedRow::TABLE).with(Filter::Eq("subject", Value::Text(subject.clone())));
            let told = self.row::<ErasedRow>(told).await?;
            let told: BTreeSet<ErasurePart> =
                told.and_then(|row| serde_json::from_str(&row.parts_json).ok()).unwrap_or_default();
            let body = self.store.events_at(lost.stored.stream, &[*n]).await?;
            let sealed = body.iter().any(|stored| stored.event.sealed.is_some());
            if (sealed && parts.contains(&ErasurePart::Identity)) || !told.is_superset(parts) {
                undone.push(lost);
            }
        }
        Ok(undone)
    }

    /// Lost events that say that something was erased which is or was here, in the order of streams and numbers.
    pub(super) async fn lost_erasures(&self) -> Result<Vec<LostErasure>, AppError> {
        let said = self.store.lost_of_kind(ERASED).await?;
        if said.is_empty() {
            return Ok(Vec::new());
        }
        let mut approvals: BTreeMap<StreamId, Vec<(u64, [u8; 32])>> = BTreeMap::new();
        for approval in self.store.lost_of_kind(APPROVED).await? {
            approvals.entry(approval.stream).or_default().push((approval.n, approval.leaf.leaf_hash));
        }
        let mut made = Vec::new();
        for entry in said {
            made.extend(self.made_again(entry, &approvals).await?);
        }
        Ok(made)
    }

    async fn made_again(
        &self,
        entry: PublishedEntry,
        approvals: &BTreeMap<StreamId, Vec<(u64, [u8; 32])>>,
    ) -> Result<Option<LostErasure>, AppError> {
        let unreadable = |error| AppError::internal("reading the leaf of a lost event", error);
        let leaf = ledger::Leaf::parse(&entry.leaf.leaf).map_err(unreadable)?.into_input();
        let Some(ground) = leaf.op.as_deref().and_then(ErasureGround::from_word) else { return Ok(None) };
        for Body { given, organ } in self.bodies_of_the_public(entry.stream, ground).await? {
            let register: StreamId = given.erasure.into();
            let mut approved = approvals.get(&register).cloned().unwrap_or_default();
            // The approval itself may be older than the backup.
            let kept = self.store.events(register, 0, 1000).await?;
            let kept = kept.iter().filter(|stored| stored.event.kind == APPROVED);
            approved.extend(kept.map(|stored| (stored.n, stored.event.leaf_hash)));
            for (approved_n, approved_leaf) in approved {
                for parts in [&[ErasurePart::Identity][..], &[ErasurePart::Text], ErasurePart::ALL] {
                    let given = PersonalDataErased {
                        parts: parts.iter().copied().collect(),
                        approved_n,
                        approved_leaf: Digest::new(approved_leaf),
                        ..given.clone()
                    };
                    let Some(body) = body_bytes(entry.stream.kind, &given)? else { return Ok(None) };
                    if ledger::BodyRef::plain(&body) == leaf.body {
                        let stored = stored(entry, leaf, organ, &body)?;
                        return Ok(Some(LostErasure { given, stored }));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The bodies of the public in a stream, each with what an erasure on this ground would say of it; who approved it is left open.
    async fn bodies_of_the_public(&self, stream: StreamId, ground: ErasureGround) -> Result<Vec<Body>, AppError> {
        let mut bodies = Vec::new();
        self.each_stored(stream, 0, u64::MAX, |stored| {
            let Some((subject, channel)) = of_the_public(&stored)? else { return Ok(()) };
            let known = envelope::read::<IgnoredAny>(&stored)?.envelope;
            let given = PersonalDataErased {
                erasure: erasure_id(stream, &subject),
                subject,
                n: stored.n,
                parts: BTreeSet::new(),
                ground,
                article: ground.article().to_owned(),
                approved_n: 0,
                approved_leaf: Digest::new([0; 32]),
                channel,
                received_at: known.recorded_at,
            };
            bodies.push(Body { given, organ: known.organ });
            Ok(())
        })
        .await?;
        Ok(bodies)
    }
}

/// The open body of the event; nothing for a stream that holds nothing of the public.
fn body_bytes(kind: StreamKind, given: &PersonalDataErased) -> Result<Option<Vec<u8>>, AppError> {
    let given = given.clone();
    let bytes = match kind {
        StreamKind::Consultation => ledger::jcs::to_canonical(&ConsultationEvent::PersonalDataErased { given }),
        StreamKind::Hearing => ledger::jcs::to_canonical(&HearingEvent::PersonalDataErased { given }),
        StreamKind::Proposal => ledger::jcs::to_canonical(&ProposalEvent::PersonalDataErased { given }),
        _ => return Ok(None),
    };
    bytes.map(Some).map_err(|error| AppError::internal("writing an event as canonical JSON", error))
}

/// The event as the leaf and its body say it.
fn stored(entry: PublishedEntry, leaf: LeafInput, organ: UnitId, body: &[u8]) -> Result<StoredEvent, AppError> {
    let PublishedEntry { event, stream, n, kind, leaf: KeptLeaf { leaf: bytes, leaf_hash } } = entry;
    let digest = |of: ledger::Digest| Digest::new(*of.as_bytes());
    let recorded_at: Timestamp =
        leaf.at.parse().map_err(|error| AppError::internal("reading the leaf of a lost event", error))?;
    let envelope = Envelope {
        kind,
        stream,
        n,
        event,
        organ,
        recorded_at,
        occurred_on: None,
        evidence: Vec::new(),
        by: Actor::System,
        actor: None,
        post: None,
        unit: None,
        acting_for: None,
        stage: None,
        draft: None,
        opinion: leaf.op,
        law: leaf.law.map(digest),
        cal: leaf.cal.map(digest),
    };
    let kept = envelope::Kept { leaf: bytes, leaf_hash, body_key: None, sealed: None };
    let event = envelope::stored(&envelope, body, None, kept)?;
    Ok(StoredEvent { stream, n, event })
}

//! Closed volumes as packages that a stranger can verify.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

use dingce_archive as archive;
use dingce_archive::volume::OmissionReason;
use dingce_domain::case::Case;
use dingce_domain::code::Code;
use dingce_domain::control::Filing;
use dingce_domain::engagement::{Engagement, EngagementEvent};
use dingce_domain::erasure::{ErasurePart, PersonalDataErased};
use dingce_domain::event::CaseEvent;
use dingce_domain::id::{CaseId, Digest, EngagementId, ProposalId, StreamId};
use dingce_domain::occasion::Actor;
use dingce_domain::proposal::{Proposal, ProposalEvent};
use dingce_domain::rejection::Rejection;
use dingce_domain::words::{Disclosure, DocumentRef, Volume};
use dingce_ledger as ledger;
use jiff::Timestamp;

use super::lookups::LookupKind;
use crate::app::App;
use crate::documents_on_file::DocumentsOnFile;
use crate::envelope::{self, Recorded};
use crate::error::AppError;
use crate::policy::Right;
use crate::ports::{Filter, ReadRow, RowQuery, StoredEvent, Value};
use crate::principal::Principal;
use crate::read_rows::{DefinitionRow, EngagementRow};
use crate::stream::Stream;

/// Why a volume was not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It could not be read, or the actor may not.
    #[error(transparent)]
    App(#[from] AppError),
    /// It could not be packed.
    #[error("the package could not be built")]
    Build(#[from] archive::BuildError),
}

/// How a volume is exported.
#[derive(Debug, Clone, Default)]
pub struct Export {
    /// For somebody outside: openings and documents that are not public are left out, and named.
    pub redacted: bool,
    /// Whether SM3 digests are listed beside those of SHA-256 and SHA-512.
    pub sm3: bool,
    /// How its documents are numbered 档号, where they are.
    pub numbering: Option<archive::Numbering>,
    /// Whether the proofs of its leaves in the published log go with it, as the log stands now. The package is then the same
    /// only while the log's checkpoint is.
    pub proofs: bool,
}

impl App {
    /// Exports a closed volume of a case as a package folder `<out>/<case>-<volume>`.
    ///
    /// # Errors
    /// Where the actor has no right to it, the volume is not closed, or something on file is missing.
    pub async fn export_volume(
        &self,
        who: Principal,
        case: CaseId,
        volume: Volume,
        out: &Path,
    ) -> Result<archive::PackageReport, ExportError> {
        let hat = self.entitled(who, Right::ExportVolume).await?;
        self.case(who, case).await?;
        self.looks_up(&hat, LookupKind::ExportVolume, case).await?;
        self.export_volume_unchecked(case, volume, out).await
    }

    /// The same for whoever runs the program on the machine itself: the command line.
    ///
    /// # Errors
    /// As [`App::export_volume`], without the right.
    pub async fn export_volume_unchecked(
        &self,
        case: CaseId,
        volume: Volume,
        out: &Path,
    ) -> Result<archive::PackageReport, ExportError> {
        self.export_volume_as(case, volume, out, &Export::default()).await
    }

    /// The same in a chosen way. A redacted package is the folder `<out>/<case>-<volume>-redacted`.
    ///
    /// # Errors
    /// As [`App::export_volume_unchecked`]; where proofs are asked for, also where a leaf is not in the published log yet.
    pub async fn export_volume_as(
        &self,
        case: CaseId,
        volume: Volume,
        out: &Path,
        how: &Export,
    ) -> Result<archive::PackageReport, ExportError> {
        let loaded = self.load::<Case>(case).await?.ok_or_else(|| AppError::not_found(case))?;
        if !loaded.state.closed(volume) {
            let refused = Rejection::new(Code::VolumeNotChecked).given(loaded.state.control.filing(volume));
            return Err(AppError::from(refused.needed(Filing::Closed)).into());
        }
        let input = self.volume_input(case, volume, how).await?;
        // What is missing is told before the rest is copied.
        let left_out = |digest| input.redaction.as_ref().is_some_and(|r| r.documents.contains_key(digest));
        for document in input.documents.iter().filter(|d| !left_out(&d.digest)) {
            let digest = Digest::new(*document.digest.as_bytes());
            let found = self.files.stat(digest).await.map_err(AppError::from)?;
            found.ok_or_else(|| AppError::not_found(digest))?;
        }
        let source = DocumentsOnFile::new(Arc::clone(&self.files));
        let making = |e: io::Error| AppError::internal(format!("making the folder {}", out.display()), e);
        tokio::fs::create_dir_all(out).await.map_err(making)?;
        let kind = if how.redacted { "-redacted" } else { "" };
        let target = out.join(format!("{case}-{volume}{kind}"));
        let built = tokio::task::spawn_blocking(move || archive::build(&input, &source, &target)).await;
        Ok(built.map_err(|error| AppError::internal("building a package", error))??)
    }

    /// The log's files of a package: the proof of each leaf of the case up to the closing, and the checkpoint they lead to.
    async fn log_of(&self, case: CaseId, leaves: u64) -> Result<BTreeMap<String, Vec<u8>>, AppError> {
        let mut files = BTreeMap::new();
        for n in 1..=leaves {
            let proof = self.log_proof(case.into(), n).await?;
            let missing =
                || AppError::internal("exporting proofs", format!("leaf {n} is not in the published log yet"));
            let proof = proof.ok_or_else(missing)?;
            files.insert("checkpoint".to_owned(), proof.checkpoint().to_string().into_bytes());
            files.insert(format!("proofs/{n:06}.tlog-proof"), proof.to_string().into_bytes());
        }
        Ok(files)
    }

    /// The events of a case up to the one that closed a volume, and the case as it was then. They are held in memory, some
    /// kilobytes each; documents are not.
    async fn until_closed(&self, case: CaseId, volume: Volume) -> Result<(Vec<Kept>, Case), AppError> {
        let mut all: Vec<Kept> = Vec::new();
        let mut state = None;
        loop {
            let page = self.store.events(case.into(), all.len() as u64, 1000).await?;
            if page.is_empty() {
                return Err(AppError::internal("exporting a volume", "no event closes it"));
            }
            for stored in page {
                let recorded = envelope::read::<CaseEvent>(&stored)?;
                let closes = matches!(&recorded.body, CaseEvent::VolumeClosed { given, .. } if given.volume == volume);
                let after = <Case as Stream>::evolve(state.take(), case, &recorded)
                    .map_err(|source| AppError::Corrupt { stream: case.to_string(), source })?;
                all.push(Kept { stored, recorded });
                if closes {
                    return Ok((all, after));
                }
                state = Some(after);
            }
        }
    }

    /// The bytes of a published definition.
    async fn definition_text(&self, hash: Digest) -> Result<String, AppError> {
        let query = RowQuery::all(DefinitionRow::TABLE).with(Filter::Eq("hash", Value::Text(hash.to_string())));
        let row = self.row::<DefinitionRow>(query).await?.ok_or_else(|| AppError::not_found(hash))?;
        Ok(row.source)
    }

    async fn volume_input(&self, case: CaseId, volume: Volume, how: &Export) -> Result<archive::VolumeInput, AppError> {
        let (all, closed) = self.until_closed(case, volume).await?;
        let file = &closed.file;
        let definition = self.definition_text(file.definition.hash).await?;
        // Those that it ran under before it was moved: the leaves of that time name them.
        let laws: BTreeSet<Digest> = all.iter().filter_map(|e| e.recorded.envelope.law).collect();
        let mut earlier_definitions = Vec::new();
        for law in laws.into_iter().filter(|law| *law != file.definition.hash) {
            earlier_definitions.push(self.definition_text(law).await?.into_bytes());
        }
        let inside = |n: u64| file.volume_of(n) == Some(volume);
        let recorded: Vec<Recorded<CaseEvent>> =
            all.iter().filter(|e| inside(e.stored.n)).map(|e| e.recorded.clone()).collect();
        let closing = recorded.last().map(|r| (&r.body, r.envelope.recorded_at));
        let Some((CaseEvent::VolumeClosed { count, root, retention, .. }, closed_at)) = closing else {
            return Err(AppError::internal("exporting a volume", "its last event does not close it"));
        };
        let beside = match volume {
            Volume::Decision => self.beside(case, closed_at).await?,
            Volume::Execution | Volume::Evaluation => Beside::default(),
        };
        let mut documents = documents_of(&recorded);
        let mut seen: BTreeSet<Digest> = documents.iter().map(|d| d.digest).collect();
        documents.extend(beside.documents.iter().filter(|d| seen.insert(d.digest)).cloned());
        let redacting = Redacting { closed: &closed, recorded: &recorded };
        let redaction = how.redacted.then(|| redacting.of(&all, &documents, &beside));
        let page = match &redaction {
            None => crate::dossier::file_list(&closed, &documents, &recorded, &beside),
            Some(redaction) => {
                let open = |d: &&DocumentRef| {
                    !redaction.documents.contains_key(&ledger::Digest::from_bytes(*d.digest.bytes()))
                };
                let documents: Vec<DocumentRef> = documents.iter().filter(open).cloned().collect();
                let stream = case.to_string();
                let told = |r: &&Recorded<CaseEvent>| !redaction.openings.contains_key(&(stream.clone(), r.envelope.n));
                let recorded: Vec<_> = recorded.iter().filter(told).cloned().collect();
                crate::dossier::file_list(&closed, &documents, &recorded, &Beside::default())
            }
        };
        let log = match how.proofs {
            true => self.log_of(case, all.len() as u64).await?,
            false => BTreeMap::new(),
        };
        let events = all.iter().map(|Kept { stored, .. }| archive::EventEntry {
            n: stored.n,
            // What is filed elsewhere is packed there; here only its leaf keeps the chain whole.
            event_json: inside(stored.n).then(|| stored.event.json.clone().into_bytes()),
            leaf: stored.event.leaf.clone(),
            body_key: stored.event.body_key.filter(|_| inside(stored.n)),
            sealed_present: inside(stored.n) && stored.event.sealed.is_some(),
        });
        Ok(archive::VolumeInput {
            case: file.id.to_string(),
            volume: volume.to_string(),
            title: file.title.clone(),
            closed_on: self.calendar().zone().date_of(closed_at).to_string(),
            definition: definition.into_bytes(),
            earlier_definitions,
            events: events.collect(),
            readable: vec![("filelist.html".to_owned(), page.into_bytes())],
            beside: beside.streams,
            documents: documents.into_iter().map(|d| entry(&closed, &recorded, d)).collect(),
            count: *count,
            volume_root: ledger::Digest::from_bytes(*root.bytes()),
            retention: Some(retention.to_string()),
            numbering: how.numbering.clone(),
            sm3: how.sm3,
            log,
            redaction,
        })
    }

    /// Streams beside a case that belong to its decision volume: the proposal that it came from, and the engagements of legal
    /// advisers for it, in the order of their ids.
    ///
    /// # Errors
    /// Where the store fails.
    pub async fn streams_beside(&self, case: CaseId) -> Result<(Option<ProposalId>, Vec<EngagementId>), AppError> {
        let missing = || AppError::not_found(case);
        let first = self.store.events(case.into(), 0, 1).await?.into_iter().next().ok_or_else(missing)?;
        let proposal = match envelope::read::<CaseEvent>(&first)?.body {
            CaseEvent::CaseOpened { given, .. } => given.proposal,
            _ => None,
        };
        let query = RowQuery::all(EngagementRow::TABLE).with(Filter::Eq("case_id", Value::Text(case.to_string())));
        let unreadable = |error| AppError::internal("reading an engagement's id", error);
        let mut engagements = Vec::new();
        for row in self.all_rows::<EngagementRow>(query).await? {
            engagements.push(row.engagement.parse::<EngagementId>().map_err(unreadable)?);
        }
        engagements.sort_unstable();
        Ok((proposal, engagements))
    }

    /// Those streams as they stood when the volume was closed. What was recorded of them later is not in it, so that the
    /// package is the same whatever comes after.
    async fn beside(&self, case: CaseId, until: Timestamp) -> Result<Beside, AppError> {
        let (proposal, engagements) = self.streams_beside(case).await?;
        let mut beside = Beside::default();
        if let Some(id) = proposal {
            beside.proposal = self.stood::<Proposal>(id, until, &mut beside).await?;
        }
        for id in engagements {
            let state = self.stood::<Engagement>(id, until, &mut beside).await?;
            beside.engagements.extend(state);
        }
        Ok(beside)
    }

    /// The events of a stream until an instant, packed, and what they made; none where it began later.
    ///
    /// Where something of it was erased later, its events go on until the one that says so: a reader sees that what is gone was
    /// lawfully erased. What they made stays that of the instant, with the masks.
    async fn stood<S: StandsBeside>(
        &self,
        id: S::Id,
        until: Timestamp,
        beside: &mut Beside,
    ) -> Result<Option<S>, AppError> {
        let stream: StreamId = id.into();
        let (mut all, mut packed) = (Vec::new(), 0);
        self.each_stored(stream, 0, u64::MAX, |stored| {
            let recorded = envelope::read::<S::Event>(&stored)?;
            let in_time = recorded.envelope.recorded_at <= until && packed == all.len();
            all.push((stored, recorded));
            if in_time {
                packed = all.len();
            }
            Ok(())
        })
        .await?;
        let stood = packed;
        let erasures: Vec<(u64, PersonalDataErased)> =
            all.iter().filter_map(|(stored, event)| Some((stored.n, S::erased(&event.body)?.clone()))).collect();
        if stood > 0 {
            let last = erasures.iter().map(|(n, _)| usize::try_from(*n).unwrap_or(usize::MAX)).max();
            packed = packed.max(last.unwrap_or(0)).min(all.len());
        }
        let masks = |n: u64| erasures.iter().any(|(_, e)| e.n == n && e.parts.contains(&ErasurePart::Text));
        let (mut state, mut events) = (None, Vec::new());
        for (at, (stored, recorded)) in all.into_iter().take(packed).enumerate() {
            beside.documents.extend(S::documents(&recorded.body).iter().chain(&recorded.envelope.evidence).cloned());
            if at < stood {
                let after = S::evolve(state.take(), id, &recorded);
                state = Some(after.map_err(|source| AppError::Corrupt { stream: stream.to_string(), source })?);
            }
            let place = (stream.to_string(), stored.n);
            let masked = masks(stored.n);
            if masked {
                beside.masked.insert(place.clone());
            }
            if S::erased(&recorded.body).is_some() {
                beside.erasures.insert(place);
            }
            events.push(archive::EventEntry {
                n: stored.n,
                sealed_present: stored.event.sealed.is_some(),
                event_json: Some(if masked { without_body(&stored)? } else { stored.event.json.into_bytes() }),
                leaf: stored.event.leaf,
                body_key: stored.event.body_key.filter(|_| !masked),
            });
        }
        if !events.is_empty() {
            beside.streams.push(archive::BesideStream { stream: stream.to_string(), events });
        }
        Ok(state.map(|state| erasures.iter().fold(state, |state, (_, erased)| S::masked(state, erased))))
    }
}

/// What stood beside a case when its decision volume was closed. Who sent a proposal stays sealed: of a sealed body nothing
/// is packed but that it was kept.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// The proposal that the case came from.
    pub proposal: Option<Proposal>,
    /// Engagements of legal advisers for it.
    pub engagements: Vec<Engagement>,
    streams: Vec<archive::BesideStream>,
    documents: Vec<DocumentRef>,
    /// Events whose open body was masked, by stream and number.
    masked: BTreeSet<(String, u64)>,
    /// Events that say that something was erased.
    erasures: BTreeSet<(String, u64)>,
}

/// A stream beside a case, as a package needs to know it.
trait StandsBeside: Stream {
    /// Documents of an event.
    fn documents(event: &Self::Event) -> &[DocumentRef];
    /// What an event says was erased.
    fn erased(event: &Self::Event) -> Option<&PersonalDataErased>;
    /// The state without what was erased later.
    fn masked(state: Self, erased: &PersonalDataErased) -> Self;
}

impl StandsBeside for Proposal {
    fn documents(event: &ProposalEvent) -> &[DocumentRef] {
        event.documents()
    }

    fn erased(event: &ProposalEvent) -> Option<&PersonalDataErased> {
        match event {
            ProposalEvent::PersonalDataErased { given } => Some(given),
            _ => None,
        }
    }

    fn masked(state: Self, erased: &PersonalDataErased) -> Self {
        state.without(erased)
    }
}

impl StandsBeside for Engagement {
    fn documents(event: &EngagementEvent) -> &[DocumentRef] {
        event.documents()
    }

    /// Nobody of the public writes in it.
    fn erased(_: &EngagementEvent) -> Option<&PersonalDataErased> {
        None
    }

    fn masked(state: Self, _: &PersonalDataErased) -> Self {
        state
    }
}

/// The stored form of an event without its open body, which was masked.
fn without_body(stored: &StoredEvent) -> Result<Vec<u8>, AppError> {
    let internal = |error: serde_json::Error| AppError::internal("leaving out a masked body", error);
    let mut event: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&stored.event.json).map_err(internal)?;
    event.remove("body");
    ledger::jcs::to_canonical(&event).map_err(|error| AppError::internal("leaving out a masked body", error))
}

/// An event as it is stored, and as it is read.
struct Kept {
    stored: StoredEvent,
    recorded: Recorded<CaseEvent>,
}

/// A document with how it is disclosed and where its original lies, as known when the volume was closed.
fn entry(closed: &Case, recorded: &[Recorded<CaseEvent>], document: DocumentRef) -> archive::DocumentEntry {
    let filed = closed.file.documents.get(&document.digest);
    let came = filed.and_then(|f| recorded.iter().map(|r| &r.envelope).find(|e| e.n == f.n));
    let responsible = came.and_then(|envelope| match &envelope.by {
        Actor::Official { unit_name, .. } => Some(unit_name.clone()),
        Actor::Public | Actor::System => None,
    });
    let disclosure = filed.and_then(|f| f.disclosure.as_ref()).map(|found| archive::volume::Disclosure {
        attribute: found.attribute.to_string(),
        basis: found.basis.clone(),
        reviewed_by: found.by.clone(),
        reviewed_n: found.n,
        again_on: found.again_on.map(|day| day.to_string()),
    });
    let paper = filed.and_then(|f| f.paper.as_ref()).map(|paper| archive::volume::PaperOriginal {
        location: paper.location.clone(),
        pages: paper.pages,
        signatory: paper.signatory.clone(),
        seal: paper.seal.clone(),
    });
    archive::DocumentEntry {
        digest: ledger::Digest::from_bytes(*document.digest.bytes()),
        name: document.name,
        media_type: document.media_type,
        size_bytes: document.size_bytes,
        disclosure,
        paper,
        responsible,
        dated: came.map(|envelope| envelope.day().to_string()),
    }
}

/// The acts whose text the organ itself made public, or that say nothing but that the volume is closed. Of every other act a
/// redacted package has the leaf only.
const ANNOUNCED: [&str; 7] = [
    "solicitation_opened",
    "hearing_noticed",
    "hearing_participants_published",
    "decision_issued",
    "decision_published",
    "explanation_published",
    "volume_closed",
];

/// What a redacted package leaves out.
struct Redacting<'a> {
    closed: &'a Case,
    recorded: &'a [Recorded<CaseEvent>],
}

impl Redacting<'_> {
    fn of(&self, all: &[Kept], documents: &[DocumentRef], beside: &Beside) -> archive::Redaction {
        let mut redaction = archive::Redaction::default();
        for document in documents {
            if let Some(reason) = self.document(document.digest) {
                redaction.documents.insert(ledger::Digest::from_bytes(*document.digest.bytes()), reason);
            }
        }
        let stored: BTreeMap<u64, &StoredEvent> = all.iter().map(|kept| (kept.stored.n, &kept.stored)).collect();
        let stream = self.closed.file.id.to_string();
        for recorded in self.recorded {
            let n = recorded.envelope.n;
            let committed = stored.get(&n).is_some_and(|stored| stored.event.body_key.is_some());
            if let Some(reason) = self.opening(recorded, committed) {
                redaction.openings.insert((stream.clone(), n), reason);
            }
        }
        // What came from beside the case is correspondence: nobody announced it.
        let Beside { streams, masked, erasures, .. } = beside;
        for beside in streams {
            for event in &beside.events {
                let place = (beside.stream.clone(), event.n);
                // Codes and digests only, and without it what is gone would seem destroyed.
                if erasures.contains(&place) {
                    continue;
                }
                let reason = match event.body_key {
                    _ if masked.contains(&place) => OmissionReason::Erased,
                    Some(_) => OmissionReason::Personal,
                    None => OmissionReason::Internal,
                };
                redaction.openings.insert(place, reason);
            }
        }
        redaction
    }

    /// Why a document is left out; nothing for one that is public.
    fn document(&self, digest: Digest) -> Option<OmissionReason> {
        let filed = self.closed.file.documents.get(&digest);
        if filed.is_some_and(|filed| filed.released) {
            return None;
        }
        match filed.and_then(|filed| filed.disclosure.as_ref()).map(|found| found.attribute) {
            Some(Disclosure::Public) => None,
            Some(Disclosure::OnRequest) => Some(OmissionReason::OnRequest),
            Some(Disclosure::Withheld) => Some(OmissionReason::Withheld),
            None => Some(OmissionReason::NotReviewed),
        }
    }

    /// Why the opening of an act is left out; nothing for one that was announced and names public documents only.
    fn opening(&self, recorded: &Recorded<CaseEvent>, committed: bool) -> Option<OmissionReason> {
        if committed {
            return Some(OmissionReason::Personal);
        }
        let mut named = recorded.body.documents().iter().chain(&recorded.envelope.evidence);
        let closes = matches!(recorded.body, CaseEvent::VolumeClosed { .. });
        let announced = ANNOUNCED.contains(&recorded.body.kind());
        let public = announced && named.all(|document| self.document(document.digest).is_none());
        (!public && !closes).then_some(OmissionReason::Internal)
    }
}

/// The documents of these events: those that acts attached, by digest, under the name by which each came first; then what
/// shows offline acts.
fn documents_of(events: &[Recorded<CaseEvent>]) -> Vec<DocumentRef> {
    let mut attached: BTreeMap<Digest, &DocumentRef> = BTreeMap::new();
    for document in events.iter().flat_map(|r| r.body.documents()) {
        attached.entry(document.digest).or_insert(document);
    }
    let mut seen: BTreeSet<Digest> = attached.keys().copied().collect();
    let evidence = events.iter().flat_map(|r| &r.envelope.evidence).filter(|d| seen.insert(d.digest));
    let evidence: Vec<&DocumentRef> = evidence.collect();
    attached.into_values().chain(evidence).cloned().collect()
}
